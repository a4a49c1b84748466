import DevicesLegacy

/// Guest memory of a test: RAM from address 0, FFh behind its end.
final class ScratchMemory: BusMasterMemory {
  var bytes: [UInt8]

  /// Bytes for many memories.
  struct Image: Sendable { fileprivate let bytes: [UInt8] }

  init(byteCount: Int) { bytes = [UInt8](repeating: 0, count: byteCount) }
  init(_ image: Image) { bytes = image.bytes }

  var image: Image { Image(bytes: bytes) }

  func read(at address: UInt64, count: Int) -> [UInt8] {
    let present = address < UInt64(bytes.count) ? Array(bytes[Int(address)...].prefix(count)) : []
    return present + [UInt8](repeating: 0xFF, count: count - present.count)
  }

  func write(_ written: [UInt8], at address: UInt64) {
    guard address < UInt64(bytes.count) else { return }
    let range = Int(address)..<min(Int(address) + written.count, bytes.count)
    bytes.replaceSubrange(range, with: written.prefix(range.count))
  }

  func number(at address: UInt64, width: Int) -> UInt64 {
    read(at: address, count: width).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  func put(_ value: UInt64, width: Int, at address: UInt64) {
    write((0..<width).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }, at: address)
  }
}

/// A medium of a test: each sector begins with the low and the high byte of its number, and is filled with the low one.
final class ScratchMedium: BlockStorage {
  var bytes: [UInt8]
  let isReadOnly: Bool
  /// Every access fails, as if the host did.
  var isBroken = false
  private(set) var flushes: UInt64 = 0
  private(set) var unflushedWrites: UInt64 = 0

  init(byteCount: Int, isReadOnly: Bool = false) {
    bytes = []
    bytes.reserveCapacity(byteCount)
    while bytes.count < byteCount {
      let sector = bytes.count / 512
      let fill = [UInt8](repeating: UInt8(truncatingIfNeeded: sector), count: min(510, byteCount - bytes.count))
      bytes += [UInt8(truncatingIfNeeded: sector), UInt8(truncatingIfNeeded: sector >> 8)] + fill
    }
    self.isReadOnly = isReadOnly
  }

  var byteCount: UInt64 { UInt64(bytes.count) }

  func read(at offset: UInt64, count: Int) -> [UInt8]? {
    isBroken ? nil : Array(bytes[Int(offset)..<Int(offset) + count])
  }

  func write(_ written: [UInt8], at offset: UInt64) -> Bool {
    guard !isReadOnly, !isBroken else { return false }
    bytes.replaceSubrange(Int(offset)..<Int(offset) + written.count, with: written)
    unflushedWrites += 1
    return true
  }

  func flush() -> Bool {
    guard !isBroken else { return false }
    flushes += 1
    unflushedWrites = 0
    return true
  }
}
