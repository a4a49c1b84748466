/// Makes qcow2 images of version 3 that read as zeros.
///
/// Source: "Qcow2 Image File Format", sections "Header" and "Host cluster management".
enum Qcow2Blank {
  /// Clusters of 64 KiB, and larger ones so that no disk has more than this many: a full image is opened again.
  private static let largestClusterCount: UInt64 = 1 << 26

  /// Makes an image in an empty file; the magic number is missing until `complete`, so that nothing takes it for one.
  static func make(in file: any ByteFile, byteCount: UInt64) throws(DiskImageError) -> Qcow2Image {
    var bits: UInt32 = 16
    while byteCount >> UInt64(bits) > largestClusterCount, bits < Qcow2Header.clusterBitsRange.upperBound { bits += 1 }
    let cluster: UInt64 = 1 << UInt64(bits)
    let span = cluster * (cluster / 8)
    let l1Size = byteCount / span + (byteCount % span == 0 ? 0 : 1)
    guard l1Size * 8 <= Qcow2Header.largestL1Table else {
      throw DiskImageError(file.name, "a disk of \(byteCount) bytes is too large for a qcow2 image")
    }
    let l1Clusters = (l1Size * 8 + cluster - 1) / cluster
    // The header, the refcount table, its only block, the L1 table.
    var bytes = [UInt8](repeating: 0, count: Int((3 + l1Clusters) * cluster))
    bytes.replaceSubrange(0..<4, with: Qcow2Header.magic)
    bytes.put32(3, at: 4)
    bytes.put32(bits, at: 20)
    bytes.put64(byteCount, at: 24)
    bytes.put32(UInt32(l1Size), at: 36)
    bytes.put64(3 * cluster, at: 40)
    bytes.put64(cluster, at: 48)
    bytes.put32(1, at: 56)
    bytes.put32(4, at: 96)
    bytes.put32(UInt32(Qcow2Header.version3Length), at: 100)
    bytes.put64(2 * cluster, at: Int(cluster))
    for index in 0..<Int(3 + l1Clusters) { bytes[Int(2 * cluster) + index * 2 + 1] = 1 }
    let header = Array(bytes[..<Qcow2Header.byteCount])
    bytes.replaceSubrange(0..<4, with: [0, 0, 0, 0])
    guard file.write(bytes, at: 0) else {
      throw DiskImageError(file.name, "the tables cannot be written\(file.failure.map { ": \($0)" } ?? "")")
    }
    return try Qcow2Image(file, isReadOnly: false, header: header)
  }

  /// Gives an image that is durable its magic number; false if the host fails.
  static func complete(_ file: any ByteFile) -> Bool { file.write(Qcow2Header.magic, at: 0) && file.sync() }
}

extension [UInt8] {
  fileprivate mutating func put32(_ value: UInt32, at place: Int) {
    for index in 0..<4 { self[place + index] = UInt8(truncatingIfNeeded: value >> UInt32(24 - index * 8)) }
  }

  fileprivate mutating func put64(_ value: UInt64, at place: Int) {
    replaceSubrange(place..<place + 8, with: [UInt8](bigEndian: [value]))
  }
}
