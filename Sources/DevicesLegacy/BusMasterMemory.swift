/// Guest-physical memory as a chip that is master of the bus reaches it (DMA).
public protocol BusMasterMemory: AnyObject {
  /// Reads `count` bytes, 0 to 2^24; those that are not RAM are FFh.
  func read(at address: UInt64, count: Int) -> [UInt8]
  /// Writes bytes; those that are not RAM go nowhere.
  func write(_ bytes: [UInt8], at address: UInt64)
}
