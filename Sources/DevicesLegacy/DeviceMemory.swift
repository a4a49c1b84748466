public import X86

/// Memory of a device: an array that stays empty as long as nothing was written.
public final class DeviceMemory: BusDevice {
  /// Bytes of it.
  public let size: Int
  /// What was written; empty as long as nothing was.
  public internal(set) var bytes: [UInt8] = []

  /// Makes memory that reads as zeros.
  public init(size: Int) { self.size = size }

  /// Reads `width` bytes; those beyond the end are ones.
  public func read(offset: UInt64, width: Int, now: VirtualTime) -> UInt64 {
    var value: UInt64 = 0
    for index in 0..<min(width, 8) {
      let at = Int(offset) + index
      let byte = at >= size ? 0xFF : at < bytes.count ? bytes[at] : 0
      value |= UInt64(byte) << UInt64(index * 8)
    }
    return value
  }

  /// Writes `width` bytes; those beyond the end go nowhere.
  public func write(_ value: UInt64, offset: UInt64, width: Int, now: VirtualTime) {
    if bytes.isEmpty { bytes = [UInt8](repeating: 0, count: size) }
    for index in 0..<min(width, 8) where Int(offset) + index < size {
      bytes[Int(offset) + index] = UInt8(truncatingIfNeeded: value >> UInt64(index * 8))
    }
  }

  /// What is impossible as the saved bytes of a device.
  static func problem(_ name: String, _ bytes: [UInt8], size: Int) -> String? {
    FieldCheck.choice("\(name)'s memory size", bytes.count, [0, size])
  }
}
