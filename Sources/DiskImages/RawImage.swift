import DevicesLegacy

/// A medium that knows where it may hold anything but zeros.
protocol MappedStorage: BlockStorage {
  /// The next bytes from a place on that may be other than zero; nil if there are none.
  func nextData(from offset: UInt64) -> Range<UInt64>?
}

/// A medium whose file is closed: everything fails.
final class ClosedStorage: MappedStorage {
  let byteCount: UInt64
  let isReadOnly = true

  init(byteCount: UInt64) { self.byteCount = byteCount }

  func read(at offset: UInt64, count: Int) -> [UInt8]? { nil }
  func write(_ bytes: [UInt8], at offset: UInt64) -> Bool { false }
  func flush() -> Bool { false }
  func nextData(from offset: UInt64) -> Range<UInt64>? { offset < byteCount ? offset..<byteCount : nil }
}

extension BlockStorage {
  /// Whether so many bytes from a place on lie within the medium, and are few enough for one request.
  func holds(_ offset: UInt64, _ count: Int) -> Bool {
    guard count >= 0, count <= largestRequest, offset <= byteCount else { return false }
    return UInt64(count) <= byteCount - offset
  }
}

/// The most bytes of one read or write, so that no request takes more memory than that.
let largestRequest = 1 << 28
/// The bytes of a sector; the size of every medium is a multiple of it.
let sectorByteCount: UInt64 = 512

/// The size of a medium whose image has so many bytes: the last sector of one that cannot be written is filled with
/// zeros, one that can be written must end with a whole sector.
func mediumByteCount(
  _ byteCount: UInt64, of name: String, field: String, isReadOnly: Bool
) throws(DiskImageError) -> UInt64 {
  guard byteCount > 0 else { throw DiskImageError(name, field == "size" ? "size is 0: a disk has bytes" : "is empty") }
  let tail = byteCount % sectorByteCount
  guard tail != 0 else { return byteCount }
  guard isReadOnly else {
    throw DiskImageError(
      name, "\(field) is \(byteCount) bytes, not a multiple of 512; add readonly or snapshot to fill the last sector")
  }
  let (sum, isTooLarge) = byteCount.addingReportingOverflow(sectorByteCount - tail)
  guard !isTooLarge else { throw DiskImageError(name, "\(field) is \(byteCount) bytes, too many for a disk") }
  return sum
}

/// The sectors of a disk in their order in a file.
final class RawImage: MappedStorage {
  let byteCount: UInt64
  let isReadOnly: Bool
  private let file: any ByteFile
  /// Bytes that the file must have.
  private let fileByteCount: UInt64

  init(_ file: any ByteFile, isReadOnly: Bool) throws(DiskImageError) {
    self.file = file
    self.isReadOnly = isReadOnly
    fileByteCount = file.byteCount
    byteCount = try mediumByteCount(fileByteCount, of: file.name, field: "its size", isReadOnly: isReadOnly)
  }

  func read(at offset: UInt64, count: Int) -> [UInt8]? {
    guard holds(offset, count) else { return nil }
    guard offset < fileByteCount else { return [UInt8](repeating: 0, count: count) }
    let there = Int(min(UInt64(count), fileByteCount - offset))
    guard var bytes = file.read(at: offset, count: there) else { return nil }
    if there < count { bytes += [UInt8](repeating: 0, count: count - there) }
    return bytes
  }

  func write(_ bytes: [UInt8], at offset: UInt64) -> Bool {
    !isReadOnly && holds(offset, bytes.count) && file.write(bytes, at: offset)
  }

  func flush() -> Bool { isReadOnly || file.sync() }

  func nextData(from offset: UInt64) -> Range<UInt64>? {
    guard let range = file.nextData(from: offset), range.lowerBound < fileByteCount else { return nil }
    return range.lowerBound..<min(range.upperBound, fileByteCount)
  }
}
