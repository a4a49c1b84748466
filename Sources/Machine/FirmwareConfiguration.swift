import DevicesLegacy
import MMU
import X86

/// QEMU's fw_cfg, as guests written for it expect: offset 0 selects an item by 2 bytes, offset 1 gives its bytes.
final class FirmwareConfiguration: BusDevice {
  private var items: [UInt16: [UInt8]] = [:]

  /// What changes: the other items follow from the board.
  struct State: Codable, Equatable, Sendable {
    /// The kernel's command line without its closing zero; nil before an image was loaded.
    var commandLine: [UInt8]?
    /// The selected item.
    var selected: UInt16 = 0
    /// The next byte of it.
    var position: UInt32 = 0
  }
  private(set) var state = State()

  init(processorCount: Int, memory: GuestMemory) {
    items[0] = Array("QEMU".utf8)
    items[1] = Loader.pack([(1, 4)])
    items[3] = Loader.pack([(memory.byteCount, 8)])
    items[5] = Loader.pack([(UInt64(processorCount), 2)])
    var map: [(UInt64, Int)] = []
    for entry in memoryMap(for: memory) { map += [(entry.base, 8), (entry.byteCount, 8), (UInt64(entry.type), 4)] }
    let table = Loader.pack(map)
    items[0x20] = table
    // The directory is big-endian: count, then size, selector, reserved, name of 56 bytes.
    var name = Array("etc/e820".utf8)
    name += [UInt8](repeating: 0, count: 56 - name.count)
    items[0x19] = [0, 0, 0, 1, 0, 0, UInt8(table.count >> 8 & 0xFF), UInt8(table.count & 0xFF), 0, 0x20, 0, 0] + name
  }

  /// The kernel's command line: its size with the closing zero, and its text.
  func setCommandLine(_ text: String) {
    state.commandLine = Array(text.utf8)
    publishCommandLine()
  }

  private func publishCommandLine() {
    items[0x14] = state.commandLine.map { Loader.pack([(UInt64($0.count + 1), 4)]) }
    items[0x15] = state.commandLine.map { $0 + [0] }
  }

  /// Reads bytes; the selector cannot be read.
  func read(offset: UInt64, width: Int, now: VirtualTime) -> UInt64 {
    var value = UInt64.max
    for index in 0..<min(UInt64(width), 4) where offset + index == 1 {
      value = (value & ~(0xFF << (index * 8))) | UInt64(read()) << (index * 8)
    }
    return value
  }

  /// Selects an item.
  func write(_ value: UInt64, offset: UInt64, width: Int, now: VirtualTime) {
    if offset == 0 && width == 2 { select(UInt16(truncatingIfNeeded: value)) }
  }

  func select(_ item: UInt16) {
    state.selected = item
    state.position = 0
  }

  func read() -> UInt8 {
    guard let item = items[state.selected], state.position < item.count else { return 0 }
    defer { state.position += 1 }
    return item[Int(state.position)]
  }

  /// Puts back a state.
  func restore(_ state: State) {
    self.state = state
    publishCommandLine()
  }

  /// What is impossible in a state, if anything: an argument of Linux is at most 128 KiB.
  static func problem(in state: State) -> String? {
    if let line = state.commandLine, line.count >= 1 << 17 {
      return "fw_cfg command line of \(line.count) bytes is longer than 131071"
    }
    return state.position <= 1 << 17 ? nil : "fw_cfg position \(state.position) is not 0...131072"
  }
}
