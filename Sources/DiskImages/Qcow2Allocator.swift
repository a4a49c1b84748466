/// Gives the clusters of a qcow2 image that are free, and keeps the refcounts.
///
/// Every step leaves an image that is right: a refcount stands in the file before the cluster is given, a new refcount
/// block is on the disk before the table names it, and a new refcount table before the header does. What is interrupted
/// leaves clusters that are counted and not used. Nothing is freed but refcount tables that were too short.
final class Qcow2Allocator {
  private let file: any ByteFile
  private let clusterByteCount: UInt64
  private var refcountTable: [UInt64]
  private var refcountTableOffset: UInt64
  private var used: ClusterSet
  /// No cluster below is free.
  private var nextFree: UInt64 = 0
  /// Clusters that are counted, and that nothing names.
  private var spares: [UInt64] = []
  /// The host failed in the middle of a change of the refcount table: what the file has of it is not known.
  private var isBroken = false

  /// Refcounts of a block: 16 bits each.
  private var perBlock: UInt64 { clusterByteCount / 2 }

  init(_ check: consuming Qcow2Check) {
    file = check.file
    clusterByteCount = check.header.clusterByteCount
    refcountTable = check.refcountTable
    refcountTableOffset = check.header.refcountTableOffset
    used = check.used
  }

  /// The offset of a cluster that nothing uses; nil if the host fails or the image is too large.
  func allocate() -> UInt64? {
    if let spare = spares.popLast() { return spare }
    guard !isBroken, let cluster = takeFree() else { return nil }
    guard count(cluster) else {
      release(cluster)
      return nil
    }
    return cluster * clusterByteCount
  }

  /// Takes a cluster back that `allocate` gave and that no table names.
  func giveBack(_ offset: UInt64) { spares.append(offset) }

  private func takeFree() -> UInt64? {
    let cluster = used.firstAbsent(from: nextFree) ?? used.count
    guard cluster < ClusterSet.largestCount else { return nil }
    used.grow(to: cluster + 1)
    guard used.insert(cluster) else { return nil }
    nextFree = cluster + 1
    return cluster
  }

  private func release(_ cluster: UInt64) {
    used.remove(cluster)
    nextFree = min(nextFree, cluster)
  }

  /// Sets the refcount of a cluster to 1.
  private func count(_ cluster: UInt64) -> Bool {
    let index = cluster / perBlock
    if index >= UInt64(refcountTable.count), !growTable() { return false }
    if refcountTable[Int(index)] == 0, !makeBlock(index) { return false }
    return file.write([0, 1], at: refcountTable[Int(index)] + cluster % perBlock * 2)
  }

  /// Makes a refcount block; it may count itself.
  private func makeBlock(_ index: UInt64) -> Bool {
    guard let cluster = takeFree() else { return false }
    let offset = cluster * clusterByteCount
    let countsItself = cluster / perBlock == index
    var bytes = [UInt8](repeating: 0, count: Int(clusterByteCount))
    if countsItself {
      bytes[Int(cluster % perBlock) * 2 + 1] = 1
    } else if !count(cluster) {
      release(cluster)
      return false
    }
    guard file.write(bytes, at: offset), file.sync() else {
      release(cluster)
      return false
    }
    guard file.write([UInt8](bigEndian: [offset]), at: refcountTableOffset + index * 8) else {
      isBroken = true
      return false
    }
    refcountTable[Int(index)] = offset
    return true
  }

  /// Makes a longer refcount table, with the blocks that count it and them, at the end of the file, which the table does
  /// not cover.
  private func growTable() -> Bool {
    let start = used.count
    let firstBlock = start / perBlock
    var blockCount: UInt64 = 0
    var tableClusters: UInt64 = 0
    var end = start
    repeat {
      blockCount += 1
      // Half as long again, so that a growing image makes few tables.
      let entryCount = (firstBlock + blockCount) * 3 / 2
      tableClusters = (entryCount * 8 + clusterByteCount - 1) / clusterByteCount
      end = start + blockCount + tableClusters
    } while (firstBlock + blockCount) * perBlock < end
    guard end <= ClusterSet.largestCount, tableClusters * clusterByteCount <= Qcow2Header.largestRefcountTable else {
      return false
    }
    var table = refcountTable
    table += [UInt64](repeating: 0, count: Int(tableClusters * clusterByteCount / 8) - table.count)
    for block in 0..<blockCount {
      let offset = (start + block) * clusterByteCount
      table[Int(firstBlock + block)] = offset
      guard file.write(newBlock(firstBlock + block, counting: start..<end), at: offset) else { return false }
    }
    let offset = (start + blockCount) * clusterByteCount
    let field =
      [UInt8](bigEndian: [offset])
      + (0..<4).map { UInt8(truncatingIfNeeded: tableClusters >> UInt64(24 - $0 * 8)) }
    guard file.write([UInt8](bigEndian: table), at: offset), file.sync() else { return false }
    guard file.write(field, at: Qcow2Header.refcountTableOffsetPlace), file.sync() else {
      isBroken = true
      return false
    }
    used.grow(to: end)
    for cluster in start..<end { _ = used.insert(cluster) }
    let old = (offset: refcountTableOffset, byteCount: UInt64(refcountTable.count) * 8)
    refcountTable = table
    refcountTableOffset = offset
    freeTable(old.offset, old.byteCount)
    return true
  }

  /// A refcount block in which some clusters have the refcount 1.
  private func newBlock(_ index: UInt64, counting clusters: Range<UInt64>) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Int(clusterByteCount))
    for cluster in clusters.clamped(to: index * perBlock..<(index + 1) * perBlock) {
      bytes[Int(cluster % perBlock) * 2 + 1] = 1
    }
    return bytes
  }

  /// Frees the clusters of a table that the header no longer names; one whose refcount stays is lost space.
  private func freeTable(_ offset: UInt64, _ byteCount: UInt64) {
    for cluster in offset / clusterByteCount..<(offset + byteCount) / clusterByteCount {
      let block = refcountTable[Int(cluster / perBlock)]
      if file.write([0, 0], at: block + cluster % perBlock * 2) { release(cluster) }
    }
  }
}
