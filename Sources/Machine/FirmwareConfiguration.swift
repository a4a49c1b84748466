import MMU

/// QEMU's fw_cfg at ports 510h and 511h, as guests written for it expect.
final class FirmwareConfiguration {
  private var items: [UInt16: [UInt8]] = [:]
  private var selected: UInt16 = 0
  private var position = 0

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
    let bytes = Array(text.utf8) + [0]
    items[0x14] = Loader.pack([(UInt64(bytes.count), 4)])
    items[0x15] = bytes
  }

  func select(_ item: UInt16) {
    selected = item
    position = 0
  }

  func read() -> UInt8 {
    guard let item = items[selected], position < item.count else { return 0 }
    defer { position += 1 }
    return item[position]
  }
}
