@testable import DiskImages

/// Makes qcow2 files by the format's document, independently of the code that writes them.
struct Qcow2Builder {
  var version: UInt32 = 3
  var clusterBits: UInt32 = 9
  var size: UInt64 = 1 << 16
  /// Entries of the L1 table that the size does not need.
  var extraL1Entries = 0
  var refcountTableClusters = 1
  /// Guest clusters that have data, in the order in which they lie in the file: the byte that fills each.
  var clusters: [(cluster: UInt64, fill: UInt8)] = []
  /// Guest clusters with the zero flag, and whether each has a cluster of the file.
  var zeros: [(cluster: UInt64, isPreallocated: Bool)] = []

  private var clusterByteCount: Int { 1 << Int(clusterBits) }
  private var perTable: UInt64 { 1 << UInt64(clusterBits - 3) }
  /// Entries of the L1 table.
  var l1Size: Int {
    Int((size + UInt64(clusterByteCount) * perTable - 1) / (UInt64(clusterByteCount) * perTable)) + extraL1Entries
  }
  /// First cluster of the L1 table: the header, the refcount table and one refcount block precede it.
  var l1Cluster: Int { 2 + refcountTableClusters }
  private var l1Clusters: Int { (l1Size * 8 + clusterByteCount - 1) / clusterByteCount }
  /// First cluster of the L2 tables.
  var l2Cluster: Int { l1Cluster + l1Clusters }

  /// The file.
  func build() -> [UInt8] {
    var file = [UInt8](repeating: 0, count: l2Cluster * clusterByteCount)
    let copied: UInt64 = 1 << 63
    var tables: [UInt64: Int] = [:]
    func appendCluster(_ fill: UInt8) -> Int {
      file += [UInt8](repeating: fill, count: clusterByteCount)
      return file.count - clusterByteCount
    }
    func setEntry(_ cluster: UInt64, _ entry: UInt64) {
      let number = cluster / perTable
      let table = tables[number] ?? appendCluster(0)
      tables[number] = table
      file.put(UInt64(table) | copied, at: l1Cluster * clusterByteCount + Int(number) * 8)
      file.put(entry, at: table + Int(cluster % perTable) * 8)
    }
    for (cluster, _) in clusters { setEntry(cluster, 0) }
    for (cluster, fill) in clusters { setEntry(cluster, UInt64(appendCluster(fill)) | copied) }
    for (cluster, isPreallocated) in zeros {
      setEntry(cluster, 1 | (isPreallocated ? UInt64(appendCluster(0xEE)) | copied : 0))
    }
    file.replaceSubrange(0..<4, with: [0x51, 0x46, 0x49, 0xFB])
    file.put(version, at: 4)
    file.put(clusterBits, at: 20)
    file.put(size, at: 24)
    file.put(UInt32(l1Size), at: 36)
    file.put(UInt64(l1Cluster * clusterByteCount), at: 40)
    file.put(UInt64(clusterByteCount), at: 48)
    file.put(UInt32(refcountTableClusters), at: 56)
    if version == 3 {
      file.put(UInt32(4), at: 96)
      file.put(UInt32(104), at: 100)
    }
    let block = (1 + refcountTableClusters) * clusterByteCount
    file.put(UInt64(block), at: clusterByteCount)
    for cluster in 0..<min(file.count / clusterByteCount, clusterByteCount / 2) { file[block + cluster * 2 + 1] = 1 }
    return file
  }
}

extension [UInt8] {
  /// Puts a number in the order of the format.
  mutating func put<Number: FixedWidthInteger>(_ value: Number, at place: Int) {
    let width = Number.bitWidth / 8
    for index in 0..<width { self[place + index] = UInt8(truncatingIfNeeded: value >> Number((width - 1 - index) * 8)) }
  }
}
