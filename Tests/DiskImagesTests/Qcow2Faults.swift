import TestSupport
import Testing

@testable import DiskImages

/// A change of a file that is right, and what is said of it when it is read, and when it is to be written.
private struct Fault: Sendable {
  var builder = Qcow2Builder(clusters: [(3, 0xA3), (2, 0xA2)])
  var change: @Sendable (inout [UInt8]) -> Void
  var reading: String?
  var writing: String?

  /// A fault that neither a reader nor a writer takes.
  init(_ both: String, _ builder: Qcow2Builder? = nil, _ change: @escaping @Sendable (inout [UInt8]) -> Void) {
    if let builder { self.builder = builder }
    (reading, writing, self.change) = (both, both, change)
  }

  /// A fault that only a writer minds.
  init(writing: String, _ change: @escaping @Sendable (inout [UInt8]) -> Void) {
    (self.writing, self.change) = (writing, change)
  }
}

/// Places in the builder's file of 512-byte clusters: header 0, refcount table 200h, refcount block 400h, L1 table 600h,
/// L2 table 800h, guest cluster 3 at A00h, guest cluster 2 at C00h; the file ends at E00h.
private let faults: [Fault] = [
  Fault("does not begin with the magic number of qcow2; is it format=raw?") { $0[3] = 0 },
  Fault("version is 1, neither 2 nor 3") { $0[7] = 1 },
  Fault("version is 4, neither 2 nor 3") { $0[7] = 4 },
  Fault("has a backing file, which emu does not follow; qemu-img convert makes one image of both") { $0[14] = 1 },
  Fault("cluster_bits is 8, not 9...21") { $0[23] = 8 },
  Fault("cluster_bits is 22, not 9...21") { $0[23] = 22 },
  Fault("cluster_bits is 4294967295, not 9...21") { $0.put(UInt32.max, at: 20) },
  Fault("size is 0: a disk has bytes") { $0.put(0 as UInt64, at: 24) },
  Fault("l1_size is 2, and a disk of 18446744073709551615 bytes needs 562949953421312") { $0.put(UInt64.max, at: 24) },
  Fault("l1_size is 2, and a disk of 65537 bytes needs 3") { $0.put(65537 as UInt64, at: 24) },
  Fault("crypt_method is 1: emu reads no encrypted images") { $0[35] = 1 },
  Fault("crypt_method is 2: emu reads no encrypted images") { $0[35] = 2 },
  Fault("l1_size is 4194305, more than the 4194304 entries that emu takes") { $0.put(4_194_305 as UInt32, at: 36) },
  Fault("the L1 table is at E00h, behind the end of the file of 3584 bytes; is it truncated?") { $0[38] = 0xFF },
  Fault("the L1 table at C00h ends behind the end of the file; is it truncated?") {
    $0.put(0xC00 as UInt64, at: 40)
    $0.put(65 as UInt32, at: 36)
    $0.append(0)
  },
  Fault("l1_table_offset is 601h, not at the start of a cluster") { $0[47] = 1 },
  Fault("the L1 table is at 0h, which the header has already") { $0.put(0 as UInt64, at: 40) },
  Fault("the L1 table is at 200h, which the refcount table has already") { $0.put(0x200 as UInt64, at: 40) },
  Fault("the L1 table is at FFFFFFFFFFFFFE00h, behind the end of the file of 3584 bytes; is it truncated?") {
    $0.put(0xFFFF_FFFF_FFFF_FE00 as UInt64, at: 40)
  },
  Fault("refcount_table_offset is 201h, not at the start of a cluster") { $0[55] = 1 },
  Fault("refcount_table_clusters is 0") { $0[59] = 0 },
  Fault("refcount_table_clusters is 4294967295: the table is longer than 8 MiB") { $0.put(UInt32.max, at: 56) },
  Fault("the refcount table is at E00h, behind the end of the file of 3584 bytes; is it truncated?") { $0[59] = 7 },
  Fault("nb_snapshots is 1: emu opens no images with internal snapshots") { $0[63] = 1 },
  Fault("has its data in an external file, which emu does not open") { $0[79] = 4 },
  Fault("has a compression type of its own: emu reads no compressed images") { $0[79] = 8 },
  Fault("has extended L2 entries, which emu does not read") { $0[79] = 16 },
  Fault("incompatible_features has unknown bits: 8000000000000020h") {
    $0[79] = 0x20
    $0[72] = 0x80
  },
  Fault(writing: "is marked dirty; qemu-img check -r all repairs it, or add readonly") { $0[79] = 1 },
  Fault(writing: "is marked corrupt; qemu-img check -r all repairs it, or add readonly") { $0[79] = 2 },
  Fault("refcount_order is 3: emu reads refcounts of 16 bits, not 8") { $0[99] = 3 },
  Fault("refcount_order is 7: emu reads refcounts of 16 bits, not 2^7") { $0[99] = 7 },
  Fault("header_length is 103, not a multiple of 8 from 104 to 512") { $0[103] = 103 },
  Fault("header_length is 108, not a multiple of 8 from 104 to 512") { $0[103] = 108 },
  Fault("header_length is 520, not a multiple of 8 from 104 to 512") { $0.put(520 as UInt32, at: 100) },
  Fault("compression_type is 1 without its feature bit") {
    $0[103] = 112
    $0[104] = 1
  },
  Fault("refcount table entry 0 is 401h, not the start of a cluster") { $0[0x207] = 1 },
  Fault("refcount block 1 is at 400h, which another table or cluster has already") { $0[0x20E] = 4 },
  Fault("refcount block 63 is at 8000000000000000h, behind the end of the file of 3584 bytes; is it truncated?") {
    $0[0x3F8] = 0x80
  },
  Fault("L1 entry 0, 8000000000000801h, has reserved bits") { $0[0x607] = 1 },
  Fault("L1 entry 1, 100000000000000h, has reserved bits") { $0[0x608] = 1 },
  Fault("L1 entry 1, 8000000000000000h, is at offset 0") { $0[0x608] = 0x80 },
  Fault("L2 table 1 is at 800h, which another table or cluster has already") {
    $0.put(0x8000_0000_0000_0800 as UInt64, at: 0x608)
  },
  Fault("L2 table 1 is at 600h, which the L1 table has already") { $0.put(0x8000_0000_0000_0600 as UInt64, at: 0x608) },
  Fault("L2 table 1 is at E00h, behind the end of the file of 3584 bytes; is it truncated?") {
    $0.put(0x8000_0000_0000_0E00 as UInt64, at: 0x608)
  },
  Fault("L2 table 1 at E00h ends behind the end of the file; is it truncated?") {
    $0.put(0x8000_0000_0000_0E00 as UInt64, at: 0x608)
    $0.append(0)
  },
  Fault("L2 table 0 entry 3, 8000000000000A02h, has reserved bits") { $0[0x81F] = 2 },
  Fault("L2 table 0 entry 0, 2000000000000000h, has reserved bits") { $0[0x800] = 0x20 },
  Fault("L2 table 0 entry 0, 8000000000000000h, is at offset 0 of an external file") { $0[0x800] = 0x80 },
  Fault(
    "L2 table 0 entry 0, 4000000000000A00h, is of a compressed cluster, which emu does not read; "
      + "qemu-img convert makes an image without"
  ) { $0.put(0x4000_0000_0000_0A00 as UInt64, at: 0x800) },
  Fault("L2 table 0 entry 0, 1h, has bit 0, which version 2 reserves", Qcow2Builder(version: 2, clusters: [(3, 0xA3)]))
  {
    $0[0x807] = 1
  },
  Fault("the cluster of L2 table 0 entry 3 is at C00h, which another table or cluster has already") { $0[0x81E] = 0xC },
  Fault("the cluster of L2 table 0 entry 3 is at 800h, which another table or cluster has already") { $0[0x81E] = 8 },
  Fault(
    "the cluster of L2 table 0 entry 3 is at E00h, behind the end of the file of 3584 bytes; is it truncated?"

  ) { $0[0x81E] = 0xE },
  Fault("the cluster of L2 table 0 entry 2 is at C00h, behind the end of the file of 3072 bytes; is it truncated?") {
    $0.removeLast(0x200)
  },
  Fault(
    "L2 table 0 entry 3, 8000000000000200h, is not at the start of a cluster",
    Qcow2Builder(clusterBits: 10, clusters: [(3, 1)])
  ) {
    let table = Int($0.bigEndian64(Int($0.bigEndian64(40))) & 0xFFFF)
    $0.put(0x8000_0000_0000_0200 as UInt64, at: table + 24)
  },
  Fault("has 100 bytes, fewer than the 104 of a header of version 3") { $0.removeLast($0.count - 100) },
  Fault("has 71 bytes, fewer than the 72 of a qcow2 header") { $0.removeLast($0.count - 71) },
  Fault("the refcount table is at 200h, behind the end of the file of 512 bytes; is it truncated?") {
    $0.removeLast($0.count - 512)
  },
  Fault(
    writing:
      "the cluster at A00h is in use once and its refcount is 0; qemu-img check -r all repairs it, or add readonly"
  ) { $0[0x40B] = 0 },
  Fault(
    writing:
      "the cluster at C00h is in use once and its refcount is 258; qemu-img check -r all repairs it, or add readonly"
  ) { $0.put(258 as UInt16, at: 0x40C) },
  Fault(
    writing:
      "the cluster at 0h is in use and no refcount block covers it; qemu-img check -r all repairs it, or add readonly"
  ) { $0.put(0 as UInt64, at: 0x200) },
  Fault(
    writing: "L1 entry 0, 800h, says that its cluster is shared; qemu-img check -r all repairs it, or add readonly"
  ) { $0[0x600] = 0 },
  Fault(
    writing:
      "L2 table 0 entry 2, C00h, says that its cluster is shared; qemu-img check -r all repairs it, or add readonly"
  ) { $0[0x810] = 0 },
]

@Suite("qcow2 images that are wrong")
struct Qcow2Faults {
  @Test("The image without a fault is opened")
  func right() throws {
    let bytes = Qcow2Builder(clusters: [(3, 0xA3), (2, 0xA2)]).build()
    #expect(bytes.count == 0xE00)
    for isReadOnly in [true, false] { _ = try Qcow2Image(MemoryFile(bytes), isReadOnly: isReadOnly) }
  }

  @Test("are refused in one sentence", arguments: faults.indices)
  func refused(_ index: Int) {
    let fault = faults[index]
    var bytes = fault.builder.build()
    fault.change(&bytes)
    for (isReadOnly, wanted) in [(true, fault.reading), (false, fault.writing)] {
      var found: String?
      do throws(DiskImageError) { _ = try Qcow2Image(MemoryFile(bytes), isReadOnly: isReadOnly) } catch {
        found = error.description
      }
      #expect(found == wanted.map { "disk.qcow2: \($0)" })
    }
  }

  @Test("A file of too many clusters is refused before memory is taken for them")
  func huge() {
    let file = MemoryFile(Qcow2Builder().build())
    #expect(file.write([0], at: 1 << 62))
    #expect(
      throws: DiskImageError("disk.qcow2", "has 9007199254740993 clusters of 512 bytes, more than 268435456")
    ) { try Qcow2Image(file, isReadOnly: true) }
  }

  @Test("Clusters that are only counted stay as they are, behind the end of the file too")
  func leaks() throws {
    var bytes = Qcow2Builder(clusters: [(3, 0xA3)]).build()
    // The file ends with cluster 6; 7 and 9 are counted.
    #expect(bytes.count == 6 * 512)
    bytes[0x40F] = 1
    bytes[0x413] = 3
    let file = MemoryFile(bytes)
    let image = try Qcow2Image(file, isReadOnly: false)
    #expect(image.write([1], at: 0) && image.write([2], at: 5 * 512) && image.write([3], at: 6 * 512) && image.flush())
    let table = Array(file.bytes[0x800..<0xA00]).bigEndianWords.map { $0 & 0xFFFF_FFFF }
    let wanted: [UInt64] = [0xC00, 0x1000, 0x1400]
    #expect([table[0], table[5], table[6]] == wanted)
    #expect(file.bytes[0x40F] == 1 && file.bytes[0x413] == 3)
  }
}
