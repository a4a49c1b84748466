/// Bits of the entries of L1 and L2 tables.
///
/// Source: "Qcow2 Image File Format", section "Cluster mapping".
enum Qcow2Entry {
  /// Bits 9 to 55: the offset of a table or a cluster.
  static let offset: UInt64 = (1 << 56 - 1) & ~0x1FF
  /// Bit 63: the refcount of the table or cluster is exactly one.
  static let copied: UInt64 = 1 << 63
  /// Bit 62 of an L2 entry: the cluster is compressed.
  static let compressed: UInt64 = 1 << 62
  /// Bit 0 of an L2 entry of version 3: the cluster reads as zeros.
  static let zero: UInt64 = 1 << 0

  /// Whether an L2 entry names a cluster to be read.
  static func hasData(_ entry: UInt64) -> Bool { entry & offset != 0 && entry & zero == 0 }

  /// What is wrong with an L2 entry by itself; nil if nothing is.
  static func problem(ofL2Entry entry: UInt64, version: UInt32, clusterByteCount: UInt64) -> String? {
    let place = entry & offset
    if entry & compressed != 0 {
      return "is of a compressed cluster, which emu does not read; qemu-img convert makes an image without"
    }
    if entry & ~(offset | copied | zero) != 0 { return "has reserved bits" }
    if entry & zero != 0, version < 3 { return "has bit 0, which version 2 reserves" }
    if place % clusterByteCount != 0 { return "is not at the start of a cluster" }
    if place == 0, entry & copied != 0 { return "is at offset 0 of an external file" }
    return nil
  }

  /// What is wrong with an L1 entry by itself; nil if nothing is.
  static func problem(ofL1Entry entry: UInt64, clusterByteCount: UInt64) -> String? {
    let place = entry & offset
    if entry & ~(offset | copied) != 0 { return "has reserved bits" }
    if place % clusterByteCount != 0 { return "is not at the start of a cluster" }
    if place == 0, entry & copied != 0 { return "is at offset 0" }
    return nil
  }
}

/// The check of all tables of an image when it is opened: what it makes is what the image works with.
///
/// Every table and every entry is read once. Memory is a bit for each cluster of the file, the L1 table and the refcount
/// table; time is bounded by `largestTables`, whatever a header says.
struct Qcow2Check {
  /// The most bytes of all L2 tables, and of all refcount blocks: those of a disk of 8 TiB in clusters of 64 KiB.
  static let largestTables: UInt64 = 1 << 30

  let file: any ByteFile
  let header: Qcow2Header
  let forWriting: Bool
  private(set) var l1: [UInt64] = []
  private(set) var refcountTable: [UInt64] = []
  /// Clusters that are in use; if the image is to be written also those that only a refcount claims.
  private(set) var used: ClusterSet
  private let fileByteCount: UInt64

  private var clusterByteCount: UInt64 { header.clusterByteCount }

  init(_ file: any ByteFile, _ header: Qcow2Header, forWriting: Bool) throws(DiskImageError) {
    self.file = file
    self.header = header
    self.forWriting = forWriting
    fileByteCount = file.byteCount
    let count = fileByteCount / header.clusterByteCount + (fileByteCount % header.clusterByteCount == 0 ? 0 : 1)
    guard count <= ClusterSet.largestCount else {
      throw DiskImageError(
        file.name, "has \(count) clusters of \(header.clusterByteCount) bytes, more than \(ClusterSet.largestCount)")
    }
    used = ClusterSet(count: count)
    try claim(0, "the header")
    try readRefcountTable()
    try readL1Table()
    try checkL2Tables()
    if forWriting { try checkRefcounts() }
  }

  private func refusal(_ problem: String) -> DiskImageError { DiskImageError(file.name, problem) }

  private func read(_ offset: UInt64, _ count: Int, _ name: @autoclosure () -> String) throws(DiskImageError) -> [UInt8]
  {
    guard let bytes = file.readPadded(at: offset, count: count) else {
      throw refusal("\(name()) at \(hexadecimal(offset)) cannot be read")
    }
    return bytes
  }

  /// Notes that a cluster is in use, and refuses one that is so twice or that the file does not have.
  private mutating func claim(_ offset: UInt64, _ name: @autoclosure () -> String) throws(DiskImageError) {
    guard offset < fileByteCount else {
      throw refusal(
        "\(name()) is at \(hexadecimal(offset)), behind the end of the file of \(fileByteCount) bytes; is it truncated?"
      )
    }
    guard used.insert(offset / clusterByteCount) else {
      let name = name()
      throw refusal("\(name) is at \(hexadecimal(offset)), which \(owner(of: offset, besides: name)) has already")
    }
  }

  /// Notes a table of one cluster, all of which the file must have.
  private mutating func claim(tableCluster offset: UInt64, _ name: @autoclosure () -> String) throws(DiskImageError) {
    try claim(offset, name())
    guard fileByteCount - offset >= clusterByteCount else {
      throw refusal("\(name()) at \(hexadecimal(offset)) ends behind the end of the file; is it truncated?")
    }
  }

  /// What has a cluster, as far as the tables of fixed places say.
  private func owner(of offset: UInt64, besides name: String) -> String {
    if offset < clusterByteCount { return "the header" }
    let tables: [(name: String, start: UInt64, byteCount: UInt64)] = [
      ("the L1 table", header.l1TableOffset, UInt64(header.l1Size) * 8),
      (
        "the refcount table", header.refcountTableOffset, UInt64(header.refcountTableClusters) * clusterByteCount
      ),
    ]
    for table in tables where table.name != name {
      if offset >= table.start, offset - table.start < table.byteCount { return table.name }
    }
    return "another table or cluster"
  }

  /// Notes the clusters of a table that is in one piece.
  private mutating func claim(table start: UInt64, byteCount: UInt64, _ name: String) throws(DiskImageError) {
    var done: UInt64 = 0
    while done < byteCount {
      let (offset, isTooLarge) = start.addingReportingOverflow(done)
      guard !isTooLarge else { throw refusal("\(name) at \(hexadecimal(start)) is too long") }
      try claim(offset, name)
      done += clusterByteCount
    }
    guard start + byteCount <= fileByteCount else {
      throw refusal("\(name) at \(hexadecimal(start)) ends behind the end of the file; is it truncated?")
    }
  }

  private mutating func readRefcountTable() throws(DiskImageError) {
    let byteCount = UInt64(header.refcountTableClusters) * clusterByteCount
    try claim(table: header.refcountTableOffset, byteCount: byteCount, "the refcount table")
    refcountTable = try read(header.refcountTableOffset, Int(byteCount), "the refcount table").bigEndianWords
    var blocks: UInt64 = 0
    for (index, entry) in refcountTable.enumerated() where entry != 0 {
      guard entry % clusterByteCount == 0 else {
        throw refusal("refcount table entry \(index) is \(hexadecimal(entry)), not the start of a cluster")
      }
      try claim(tableCluster: entry, "refcount block \(index)")
      blocks += 1
    }
    guard blocks * clusterByteCount <= Self.largestTables else {
      throw refusal("has \(blocks) refcount blocks of \(clusterByteCount) bytes, more than emu checks")
    }
  }

  private mutating func readL1Table() throws(DiskImageError) {
    let byteCount = UInt64(header.l1Size) * 8
    try claim(table: header.l1TableOffset, byteCount: byteCount, "the L1 table")
    l1 = try read(header.l1TableOffset, Int(byteCount), "the L1 table").bigEndianWords
    var tables: UInt64 = 0
    for (index, entry) in l1.enumerated() where entry != 0 {
      if let problem = Qcow2Entry.problem(ofL1Entry: entry, clusterByteCount: clusterByteCount) {
        throw refusal("L1 entry \(index), \(hexadecimal(entry)), \(problem)")
      }
      try claim(tableCluster: entry & Qcow2Entry.offset, "L2 table \(index)")
      try checkCopied(entry, "L1 entry \(index)")
      tables += 1
    }
    guard tables * clusterByteCount <= Self.largestTables else {
      throw refusal("has \(tables) L2 tables of \(clusterByteCount) bytes, more than emu checks")
    }
  }

  private mutating func checkL2Tables() throws(DiskImageError) {
    for (index, l1Entry) in l1.enumerated() where l1Entry != 0 {
      let entries = try read(l1Entry & Qcow2Entry.offset, Int(clusterByteCount), "L2 table \(index)").bigEndianWords
      for (place, entry) in entries.enumerated() where entry != 0 {
        let problem = Qcow2Entry.problem(
          ofL2Entry: entry, version: header.version, clusterByteCount: clusterByteCount)
        if let problem { throw refusal("L2 table \(index) entry \(place), \(hexadecimal(entry)), \(problem)") }
        guard entry & Qcow2Entry.offset != 0 else { continue }
        try claim(entry & Qcow2Entry.offset, "the cluster of L2 table \(index) entry \(place)")
        try checkCopied(entry, "L2 table \(index) entry \(place)")
      }
    }
  }

  /// Without internal snapshots every cluster is in use once, and its entry says so.
  private func checkCopied(_ entry: UInt64, _ name: @autoclosure () -> String) throws(DiskImageError) {
    guard forWriting, entry & Qcow2Entry.copied == 0 else { return }
    throw refusal(
      "\(name()), \(hexadecimal(entry)), says that its cluster is shared; qemu-img check -r all repairs it, "
        + "or add readonly")
  }

  /// Compares the refcounts with the use of the clusters, and adds those that are only counted.
  private mutating func checkRefcounts() throws(DiskImageError) {
    let perBlock = clusterByteCount / 2
    for (index, block) in refcountTable.enumerated() {
      let start = UInt64(index) * perBlock
      guard block != 0 else {
        try checkUncounted(start, start + perBlock)
        continue
      }
      let bytes = try read(block, Int(clusterByteCount), "refcount block \(index)")
      for place in 0..<Int(perBlock) {
        let count = UInt16(bytes[place * 2]) << 8 | UInt16(bytes[place * 2 + 1])
        try checkRefcount(count, of: start + UInt64(place))
      }
    }
    let covered = UInt64(refcountTable.count) * perBlock
    try checkUncounted(covered, max(used.count, covered))
  }

  private mutating func checkRefcount(_ count: UInt16, of cluster: UInt64) throws(DiskImageError) {
    if used.contains(cluster) {
      guard count != 1 else { return }
      throw refusal(
        "the cluster at \(hexadecimal(cluster * clusterByteCount)) is in use once and its refcount is \(count); "
          + "qemu-img check -r all repairs it, or add readonly")
    }
    guard count != 0 else { return }
    guard cluster < ClusterSet.largestCount else {
      throw refusal("cluster \(cluster), far behind the end of the file, has the refcount \(count)")
    }
    used.grow(to: cluster + 1)
    _ = used.insert(cluster)
  }

  /// Refuses clusters that are in use where the refcounts are all 0.
  private func checkUncounted(_ start: UInt64, _ end: UInt64) throws(DiskImageError) {
    guard let cluster = used.first(in: start..<end) else { return }
    throw refusal(
      "the cluster at \(hexadecimal(cluster * clusterByteCount)) is in use and no refcount block covers it; "
        + "qemu-img check -r all repairs it, or add readonly")
  }
}
