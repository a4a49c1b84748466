/// Memory of a device: an array that stays empty as long as nothing was written.
enum DeviceMemory {
  /// Reads `width` bytes; those beyond the end are ones.
  static func read(_ memory: [UInt8], size: Int, offset: UInt64, width: Int) -> UInt64 {
    var value: UInt64 = 0
    for index in 0..<min(width, 8) {
      let at = Int(offset) + index
      let byte = at >= size ? 0xFF : at < memory.count ? memory[at] : 0
      value |= UInt64(byte) << UInt64(index * 8)
    }
    return value
  }

  /// Writes `width` bytes; those beyond the end go nowhere.
  static func write(_ memory: inout [UInt8], size: Int, _ value: UInt64, offset: UInt64, width: Int) {
    if memory.isEmpty { memory = [UInt8](repeating: 0, count: size) }
    for index in 0..<min(width, 8) where Int(offset) + index < size {
      memory[Int(offset) + index] = UInt8(truncatingIfNeeded: value >> UInt64(index * 8))
    }
  }
}
