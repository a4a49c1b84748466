/// The medium of a drive: bytes in the order of its sectors.
///
/// A failure of the host (no space, an I/O error) is an answer that the drive passes on to the guest.
public protocol BlockStorage: AnyObject {
  /// Size in bytes; it does not change.
  var byteCount: UInt64 { get }
  /// Whether every write fails.
  var isReadOnly: Bool { get }
  /// Reads `count` bytes from a place within the medium; nil if the host fails.
  func read(at offset: UInt64, count: Int) -> [UInt8]?
  /// Writes bytes to a place within the medium; false if it is read-only or the host fails.
  func write(_ bytes: [UInt8], at offset: UInt64) -> Bool
  /// Comes back when all that was written would survive the end of the host; false if the host fails.
  func flush() -> Bool
}
