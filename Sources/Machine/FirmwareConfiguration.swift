import DevicesLegacy
import MMU
import X86

/// QEMU's fw_cfg, as guests written for it expect: offset 0 selects an item by 2 bytes, offset 1 gives its bytes, and on
/// a board with firmware the 8 bytes from offset 4 take the big-endian address of a request that reads many at once.
///
/// Source: QEMU's document "fw_cfg", "Hardware Interface".
final class FirmwareConfiguration: BusDevice {
  /// The offset of the address of a request.
  static let addressOffset: UInt64 = 4
  private static let addressLowOffset: UInt64 = 8

  /// Numbers of items.
  private enum Item {
    static let signature: UInt16 = 0
    static let identifier: UInt16 = 1
    static let memoryByteCount: UInt16 = 3
    static let processorCount: UInt16 = 5
    static let bootMenu: UInt16 = 0x0E
    static let processorLimit: UInt16 = 0x0F
    static let commandLineByteCount: UInt16 = 0x14
    static let commandLine: UInt16 = 0x15
    static let directory: UInt16 = 0x19
    static let firstFile: UInt16 = 0x20
  }

  /// The control word of a request, whose upper half is the item to select.
  private enum Control {
    static let error: UInt32 = 1 << 0
    static let read: UInt32 = 1 << 1
    static let skip: UInt32 = 1 << 2
    static let select: UInt32 = 1 << 3
    static let write: UInt32 = 1 << 4
  }

  private var items: [UInt16: [UInt8]] = [:]
  private let bus: (any BusMasterMemory)?
  private let memoryByteCount: UInt64

  /// What changes: the other items follow from the board.
  struct State: Codable, Equatable, Sendable {
    /// The kernel's command line without its closing zero; nil before an image was loaded.
    var commandLine: [UInt8]?
    /// The selected item.
    var selected: UInt16 = 0
    /// The next byte of it.
    var position: UInt32 = 0
    /// The upper half of the address of the next request; nil on a board that has taken none.
    var requestAddressHigh: UInt32?
  }
  private(set) var state = State()

  /// Makes the interface; with a way to the bus it takes requests.
  init(processorCount: Int, memory: GuestMemory, bus: (any BusMasterMemory)? = nil) {
    self.bus = bus
    memoryByteCount = memory.byteCount
    items[Item.signature] = Array("QEMU".utf8)
    items[Item.identifier] = Loader.pack([(bus == nil ? 1 : 3, 4)])
    items[Item.memoryByteCount] = Loader.pack([(memory.byteCount, 8)])
    items[Item.processorCount] = Loader.pack([(UInt64(processorCount), 2)])
    if bus != nil {
      items[Item.bootMenu] = [0, 0]
      items[Item.processorLimit] = Loader.pack([(UInt64(processorCount), 2)])
    }
    publish(files: ["etc/e820": Self.table(memoryMap(for: memory))])
  }

  /// A memory map as a file.
  static func table(_ map: [MemoryMapEntry]) -> [UInt8] {
    map.flatMap { Loader.pack([($0.base, 8), ($0.byteCount, 8), (UInt64($0.type), 4)]) }
  }

  /// Replaces all files; their directory is in the order of their names.
  func publish(files: [String: [UInt8]]) {
    for number in items.keys where number >= Item.firstFile { items[number] = nil }
    func bigEndian(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - $0))) }
    }
    // Count, then size, selector, reserved, name of 56 bytes.
    var directory = bigEndian(files.count, 4)
    for (index, file) in files.sorted(by: { $0.key < $1.key }).enumerated() {
      let number = Item.firstFile + UInt16(truncatingIfNeeded: index)
      items[number] = file.value
      let name = Array(file.key.utf8.prefix(55))
      directory += bigEndian(file.value.count, 4) + bigEndian(Int(number), 2) + [0, 0]
      directory += name + [UInt8](repeating: 0, count: 56 - name.count)
    }
    items[Item.directory] = directory
  }

  /// The kernel's command line: its size with the closing zero, and its text.
  func setCommandLine(_ text: String) {
    state.commandLine = Array(text.utf8)
    publishCommandLine()
  }

  private func publishCommandLine() {
    items[Item.commandLineByteCount] = state.commandLine.map { Loader.pack([(UInt64($0.count + 1), 4)]) }
    items[Item.commandLine] = state.commandLine.map { $0 + [0] }
  }

  /// Reads bytes; the selector cannot be read, and where the address of a request goes stands a signature.
  func read(offset: UInt64, width: Int, now: VirtualTime) -> UInt64 {
    var value = UInt64.max
    for index in 0..<min(UInt64(width), 4) {
      let byte: UInt8
      switch offset + index {
      case 1: byte = read()
      case Self.addressOffset..<Self.addressOffset + 8 where bus != nil:
        byte = Array("QEMU CFG".utf8)[Int(offset + index - Self.addressOffset)]
      default: continue
      }
      value = (value & ~(0xFF << (index * 8))) | UInt64(byte) << (index * 8)
    }
    return value
  }

  /// Selects an item, or takes half of the address of a request: the lower half starts it.
  func write(_ value: UInt64, offset: UInt64, width: Int, now: VirtualTime) {
    if offset == 0 && width == 2 { select(UInt16(truncatingIfNeeded: value)) }
    guard let bus, width == 4 else { return }
    let half = UInt32(truncatingIfNeeded: value).byteSwapped
    if offset == Self.addressOffset { state.requestAddressHigh = half }
    if offset == Self.addressLowOffset {
      let address = UInt64(state.requestAddressHigh ?? 0) << 32 | UInt64(half)
      state.requestAddressHigh = 0
      perform(at: address, bus)
    }
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

  /// What speaks against files as those of a board.
  static func problem(inFiles files: [String: [UInt8]]) -> String? {
    if files.count > 64 { return "\(files.count) files are too many for fw_cfg" }
    for (name, bytes) in files.sorted(by: { $0.key < $1.key }) {
      guard (1...55).contains(name.utf8.count), name.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
        return "a file of fw_cfg has a name that is not 1 to 55 characters of ASCII"
      }
      if bytes.count > 1 << 17 { return "\(name) of \(bytes.count) bytes is too large for fw_cfg" }
    }
    return nil
  }

  // MARK: Requests

  /// Carries out the request at an address: control word, length and address of the bytes, all big-endian. The control
  /// word becomes 0, or the error bit alone.
  private func perform(at address: UInt64, _ bus: any BusMasterMemory) {
    let request = bus.read(at: address, count: 16)
    func number(_ range: Range<Int>) -> UInt64 { request[range].reduce(0) { $0 << 8 | UInt64($1) } }
    let control = UInt32(truncatingIfNeeded: number(0..<4))
    let (byteCount, target) = (number(4..<8), number(8..<16))
    if control & Control.select != 0 { select(UInt16(truncatingIfNeeded: control >> 16)) }
    var result: UInt32 = 0
    if control & Control.read != 0 {
      copy(min(byteCount, memoryByteCount), to: target, bus)
    } else if control & Control.write != 0 {
      // No item can be written.
      result = Control.error
    } else if control & Control.skip != 0 {
      _ = take(byteCount)
    }
    bus.write([UInt8](repeating: 0, count: 3) + [UInt8(truncatingIfNeeded: result)], at: address)
  }

  /// The next bytes of the selected item, at most so many.
  private func take(_ byteCount: UInt64) -> ArraySlice<UInt8> {
    guard let item = items[state.selected], state.position < item.count else { return [] }
    let start = Int(state.position)
    let end = start + Int(min(byteCount, UInt64(item.count - start)))
    state.position = UInt32(end)
    return item[start..<end]
  }

  /// Writes the next bytes of the selected item, and zeros behind its end, to memory.
  private func copy(_ byteCount: UInt64, to target: UInt64, _ bus: any BusMasterMemory) {
    let bytes = take(byteCount)
    bus.write(Array(bytes), at: target)
    var done = UInt64(bytes.count)
    while done < byteCount {
      let count = min(byteCount - done, 1 << 20)
      bus.write([UInt8](repeating: 0, count: Int(count)), at: target &+ done)
      done += count
    }
  }
}
