/// The header of a qcow2 image, checked.
///
/// Source: "Qcow2 Image File Format", sections "Header" and "Additional fields".
struct Qcow2Header: Equatable {
  /// "QFI" and FBh.
  static let magic: [UInt8] = [0x51, 0x46, 0x49, 0xFB]
  /// Bytes that hold every field.
  static let byteCount = 112
  /// Bytes of a header of version 2.
  static let version2Length = 72
  /// The least length of a header of version 3.
  static let version3Length = 104
  /// Place of refcount_table_offset, which refcount_table_clusters follows.
  static let refcountTableOffsetPlace: UInt64 = 48
  /// Place of autoclear_features.
  static let autoclearFeaturesPlace: UInt64 = 88

  /// Bits of incompatible_features.
  enum Incompatible {
    static let dirty: UInt64 = 1 << 0
    static let corrupt: UInt64 = 1 << 1
    static let externalDataFile: UInt64 = 1 << 2
    static let compressionType: UInt64 = 1 << 3
    static let extendedL2: UInt64 = 1 << 4
  }

  /// The sizes of clusters that emu takes: 512 bytes to 2 MiB.
  static let clusterBitsRange: ClosedRange<UInt32> = 9...21
  /// Bytes of the longest L1 table: 32 MiB.
  static let largestL1Table: UInt64 = 1 << 25
  /// Bytes of the longest refcount table: 8 MiB.
  static let largestRefcountTable: UInt64 = 1 << 23

  var version: UInt32
  var clusterBits: UInt32
  /// The size of the disk.
  var size: UInt64
  var l1Size: UInt32
  var l1TableOffset: UInt64
  var refcountTableOffset: UInt64
  var refcountTableClusters: UInt32
  var autoclearFeatures: UInt64

  var clusterByteCount: UInt64 { 1 << UInt64(clusterBits) }
  /// Entries of an L2 table.
  var tableEntryCount: UInt64 { clusterByteCount / 8 }

  /// Reads a header.
  ///
  /// - Parameters:
  ///   - bytes: the first 112 bytes of the file; those behind its end are zero.
  ///   - fileByteCount: bytes of the file.
  ///   - forWriting: whether the image is to be written.
  init(_ bytes: [UInt8], fileByteCount: UInt64, name: String, forWriting: Bool) throws(DiskImageError) {
    func refusal(_ problem: String) -> DiskImageError { DiskImageError(name, problem) }
    guard fileByteCount >= UInt64(Self.version2Length) else {
      throw refusal("has \(fileByteCount) bytes, fewer than the 72 of a qcow2 header")
    }
    guard Array(bytes.prefix(4)) == Self.magic else {
      throw refusal("does not begin with the magic number of qcow2; is it format=raw?")
    }
    version = bytes.bigEndian32(4)
    guard version == 2 || version == 3 else { throw refusal("version is \(version), neither 2 nor 3") }
    guard bytes.bigEndian64(8) == 0 else {
      throw refusal("has a backing file, which emu does not follow; qemu-img convert makes one image of both")
    }
    clusterBits = bytes.bigEndian32(20)
    guard Self.clusterBitsRange.contains(clusterBits) else {
      throw refusal("cluster_bits is \(clusterBits), not 9...21")
    }
    size = bytes.bigEndian64(24)
    let cryptMethod = bytes.bigEndian32(32)
    guard cryptMethod == 0 else { throw refusal("crypt_method is \(cryptMethod): emu reads no encrypted images") }
    l1Size = bytes.bigEndian32(36)
    l1TableOffset = bytes.bigEndian64(40)
    refcountTableOffset = bytes.bigEndian64(48)
    refcountTableClusters = bytes.bigEndian32(56)
    let snapshotCount = bytes.bigEndian32(60)
    guard snapshotCount == 0 else {
      throw refusal("nb_snapshots is \(snapshotCount): emu opens no images with internal snapshots")
    }
    autoclearFeatures = 0
    if version == 3 {
      guard fileByteCount >= UInt64(Self.version3Length) else {
        throw refusal("has \(fileByteCount) bytes, fewer than the 104 of a header of version 3")
      }
      autoclearFeatures = bytes.bigEndian64(Int(Self.autoclearFeaturesPlace))
      try checkVersion3(bytes, name: name, forWriting: forWriting)
    }
    try checkTables(name)
  }

  /// Checks the fields that version 3 adds.
  private func checkVersion3(_ bytes: [UInt8], name: String, forWriting: Bool) throws(DiskImageError) {
    func refusal(_ problem: String) -> DiskImageError { DiskImageError(name, problem) }
    let features = bytes.bigEndian64(72)
    let refused: [(bit: UInt64, problem: String)] = [
      (Incompatible.externalDataFile, "has its data in an external file, which emu does not open"),
      (Incompatible.compressionType, "has a compression type of its own: emu reads no compressed images"),
      (Incompatible.extendedL2, "has extended L2 entries, which emu does not read"),
    ]
    for (bit, problem) in refused where features & bit != 0 { throw refusal(problem) }
    let known = Incompatible.dirty | Incompatible.corrupt
    guard features & ~known == 0 else {
      throw refusal("incompatible_features has unknown bits: \(hexadecimal(features & ~known))")
    }
    // Readers use neither refcounts nor free clusters, and every table that they use is checked.
    if forWriting, features & Incompatible.dirty != 0 {
      throw refusal("is marked dirty; qemu-img check -r all repairs it, or add readonly")
    }
    if forWriting, features & Incompatible.corrupt != 0 {
      throw refusal("is marked corrupt; qemu-img check -r all repairs it, or add readonly")
    }
    let order = bytes.bigEndian32(96)
    guard order == 4 else {
      let width = order <= 6 ? "\(1 << order)" : "2^\(order)"
      throw refusal("refcount_order is \(order): emu reads refcounts of 16 bits, not \(width)")
    }
    let length = bytes.bigEndian32(100)
    guard length >= 104, length % 8 == 0, UInt64(length) <= clusterByteCount else {
      throw refusal("header_length is \(length), not a multiple of 8 from 104 to \(clusterByteCount)")
    }
    if length > 104, bytes[104] != 0 {
      throw refusal("compression_type is \(bytes[104]) without its feature bit")
    }
  }

  /// Checks the sizes and places of the tables, as far as the header says them.
  private func checkTables(_ name: String) throws(DiskImageError) {
    func refusal(_ problem: String) -> DiskImageError { DiskImageError(name, problem) }
    let tableSpan = clusterByteCount * tableEntryCount
    let needed = size / tableSpan + (size % tableSpan == 0 ? 0 : 1)
    guard UInt64(l1Size) * 8 <= Self.largestL1Table else {
      throw refusal("l1_size is \(l1Size), more than the \(Self.largestL1Table / 8) entries that emu takes")
    }
    guard UInt64(l1Size) >= needed else {
      throw refusal("l1_size is \(l1Size), and a disk of \(size) bytes needs \(needed)")
    }
    guard refcountTableClusters > 0 else { throw refusal("refcount_table_clusters is 0") }
    guard UInt64(refcountTableClusters) * clusterByteCount <= Self.largestRefcountTable else {
      throw refusal("refcount_table_clusters is \(refcountTableClusters): the table is longer than 8 MiB")
    }
    for (field, offset) in [
      ("l1_table_offset", l1TableOffset), ("refcount_table_offset", refcountTableOffset),
    ] where offset % clusterByteCount != 0 {
      throw refusal("\(field) is \(hexadecimal(offset)), not at the start of a cluster")
    }
  }
}

/// A number as the manuals write it.
func hexadecimal(_ value: UInt64) -> String { String(value, radix: 16, uppercase: true) + "h" }

extension [UInt8] {
  func bigEndian32(_ place: Int) -> UInt32 {
    self[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }

  func bigEndian64(_ place: Int) -> UInt64 {
    self[place..<place + 8].reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// All 64-bit numbers.
  var bigEndianWords: [UInt64] {
    unsafe withUnsafeBytes { area in
      (0..<area.count / 8).map { index in
        UInt64(bigEndian: unsafe area.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
      }
    }
  }

  init(bigEndian words: some Sequence<UInt64>) {
    self = words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - $0 * 8)) } }
  }
}
