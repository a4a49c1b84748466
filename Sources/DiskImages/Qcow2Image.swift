import DevicesLegacy

/// A disk in a qcow2 file: versions 2 and 3, neither compressed nor encrypted, without backing file and snapshots.
///
/// Source: "Qcow2 Image File Format".
///
/// A write to a new cluster goes to the file at once; the L2 entry that points at it waits in memory until `flush`, or
/// until many wait. Then the host makes clusters and refcounts durable before an entry is written, so that whatever ends
/// emu or the host leaves an image whose tables are right. At worst clusters are counted that nothing uses.
final class Qcow2Image: MappedStorage {
  /// Bytes of L2 tables that are kept, if that is more than the least number of tables.
  private static let cacheByteCount: UInt64 = 1 << 22
  private static let leastTableCount = 4

  let byteCount: UInt64
  let isReadOnly: Bool
  private let file: any ByteFile
  private let header: Qcow2Header
  /// L2 entries that may wait.
  private let pendingLimit: Int
  private let allocator: Qcow2Allocator?
  private var l1: [UInt64]
  /// L2 tables as the file has them, by their numbers.
  private var tables: [UInt64: (entries: [UInt64], use: UInt64)] = [:]
  private var useCount: UInt64 = 0
  /// L2 entries that the file does not have yet, by the numbers of guest clusters.
  private var pending: [UInt64: UInt64] = [:]
  /// The L2 tables that pending entries need and the L1 table lacks: the offset once there is one.
  private var newTables: [UInt64: UInt64?] = [:]
  private var autoclearFeatures: UInt64

  private var clusterByteCount: UInt64 { header.clusterByteCount }
  /// L2 tables that memory holds.
  var keptTableCount: Int { tables.count }

  /// Checks an image.
  ///
  /// - Parameters:
  ///   - known: the header of an image that is being made, whose file does not have it yet.
  ///   - pendingLimit: L2 entries that may wait.
  init(
    _ file: any ByteFile, isReadOnly: Bool, header known: [UInt8]? = nil, pendingLimit: Int = 4096
  ) throws(DiskImageError) {
    self.file = file
    self.pendingLimit = pendingLimit
    self.isReadOnly = isReadOnly
    guard let bytes = known ?? file.readPadded(at: 0, count: Qcow2Header.byteCount) else {
      throw DiskImageError(file.name, "its header cannot be read")
    }
    header = try Qcow2Header(bytes, fileByteCount: file.byteCount, name: file.name, forWriting: !isReadOnly)
    byteCount = try mediumByteCount(header.size, of: file.name, field: "size", isReadOnly: isReadOnly)
    let check = try Qcow2Check(file, header, forWriting: !isReadOnly)
    l1 = check.l1
    autoclearFeatures = header.autoclearFeatures
    allocator = isReadOnly ? nil : Qcow2Allocator(check)
  }

  // Entries that wait are in no file: an orderly end writes them even if the guest asked for no flush.
  deinit { _ = commit() }

  // MARK: Reading

  func read(at offset: UInt64, count: Int) -> [UInt8]? {
    guard holds(offset, count) else { return nil }
    var bytes = [UInt8](repeating: 0, count: count)
    for piece in pieces(offset, count) {
      guard let entry = entry(piece.cluster) else { return nil }
      guard Qcow2Entry.hasData(entry) else { continue }
      guard let data = read(entry, piece) else { return nil }
      bytes.replaceSubrange(piece.start..<piece.start + piece.count, with: data)
    }
    // Behind the size of the image its last cluster may hold anything.
    let end = header.size > offset ? header.size - offset : 0
    if UInt64(count) > end { for place in Int(end)..<count { bytes[place] = 0 } }
    return bytes
  }

  private func read(_ entry: UInt64, _ piece: Piece) -> [UInt8]? {
    let place = entry & Qcow2Entry.offset
    guard place < file.byteCount else { return nil }
    return file.readPadded(at: place + piece.offset, count: piece.count)
  }

  /// A part of a request that lies in one cluster.
  private struct Piece {
    /// The number of the guest's cluster.
    var cluster: UInt64
    /// Its first byte in the cluster.
    var offset: UInt64
    /// Its first byte in the request.
    var start: Int
    var count: Int
  }

  private func pieces(_ offset: UInt64, _ count: Int) -> [Piece] {
    var result: [Piece] = []
    var done = 0
    while done < count {
      let place = offset + UInt64(done)
      let within = place % clusterByteCount
      let length = Int(min(clusterByteCount - within, UInt64(count - done)))
      result.append(Piece(cluster: place / clusterByteCount, offset: within, start: done, count: length))
      done += length
    }
    return result
  }

  /// The L2 entry of a guest's cluster, 0 if it has none; nil if the host fails.
  private func entry(_ cluster: UInt64) -> UInt64? {
    if let entry = pending[cluster] { return entry }
    let number = cluster / header.tableEntryCount
    guard number < UInt64(l1.count) else { return nil }
    guard l1[Int(number)] != 0 else { return 0 }
    return table(number).map { $0[Int(cluster % header.tableEntryCount)] }
  }

  /// An L2 table that the L1 table names; nil if the host fails or another process has spoilt it.
  private func table(_ number: UInt64) -> [UInt64]? {
    useCount += 1
    if let known = tables[number] {
      tables[number]?.use = useCount
      return known.entries
    }
    let bytes = file.read(at: l1[Int(number)] & Qcow2Entry.offset, count: Int(clusterByteCount))
    guard let entries = bytes?.bigEndianWords else { return nil }
    for entry in entries where entry != 0 {
      let problem = Qcow2Entry.problem(
        ofL2Entry: entry, version: header.version, clusterByteCount: clusterByteCount)
      guard problem == nil else { return nil }
    }
    keep(entries, number)
    return entries
  }

  private func keep(_ entries: [UInt64], _ number: UInt64) {
    let limit = max(Self.leastTableCount, min(64, Int(Self.cacheByteCount / clusterByteCount)))
    if tables.count >= limit, tables[number] == nil, let oldest = tables.min(by: { $0.value.use < $1.value.use }) {
      tables[oldest.key] = nil
    }
    tables[number] = (entries, useCount)
  }

  func nextData(from offset: UInt64) -> Range<UInt64>? {
    guard offset < header.size else { return nil }
    let perTable = header.tableEntryCount
    var cluster = offset / clusterByteCount
    let end = (header.size + clusterByteCount - 1) / clusterByteCount
    while cluster < end {
      let number = cluster / perTable
      if l1[Int(number)] == 0, newTables[number] == nil {
        cluster = (number + 1) * perTable
        continue
      }
      // What cannot be read counts as data, so that whoever reads it sees the failure.
      guard let first = (cluster..<min(end, (number + 1) * perTable)).first(where: mayHaveData) else {
        cluster = (number + 1) * perTable
        continue
      }
      let last = (first..<min(end, (number + 1) * perTable)).first { !mayHaveData($0) }
      let upper = (last ?? min(end, (number + 1) * perTable)) * clusterByteCount
      return max(offset, first * clusterByteCount)..<min(upper, header.size)
    }
    return nil
  }

  private func mayHaveData(_ cluster: UInt64) -> Bool { entry(cluster).map(Qcow2Entry.hasData) ?? true }

  // MARK: Writing

  func write(_ bytes: [UInt8], at offset: UInt64) -> Bool {
    guard let allocator, holds(offset, bytes.count), clearFeatures() else { return false }
    for piece in pieces(offset, bytes.count) {
      let data = Array(bytes[piece.start..<piece.start + piece.count])
      guard let entry = entry(piece.cluster) else { return false }
      if Qcow2Entry.hasData(entry) {
        let place = entry & Qcow2Entry.offset
        guard place < file.byteCount, file.write(data, at: place + piece.offset) else { return false }
      } else if !data.allSatisfy({ $0 == 0 }) {
        guard writeNew(data, piece, entry, allocator) else { return false }
      }
    }
    return true
  }

  /// Writes to a cluster that reads as zeros.
  private func writeNew(_ data: [UInt8], _ piece: Piece, _ entry: UInt64, _ allocator: Qcow2Allocator) -> Bool {
    if pending.count >= pendingLimit, !commit() { return false }
    let preallocated = entry & Qcow2Entry.offset
    guard let place = preallocated != 0 ? preallocated : allocator.allocate() else { return false }
    var cluster = [UInt8](repeating: 0, count: Int(clusterByteCount))
    let start = Int(piece.offset)
    cluster.replaceSubrange(start..<start + piece.count, with: data)
    guard file.write(cluster, at: place) else {
      if preallocated == 0 { allocator.giveBack(place) }
      return false
    }
    pending[piece.cluster] = place | Qcow2Entry.copied
    let number = piece.cluster / header.tableEntryCount
    if l1[Int(number)] == 0, newTables[number] == nil { newTables[number] = .some(nil) }
    return true
  }

  /// Clears the bits for features that emu does not keep up, before anything else is written.
  private func clearFeatures() -> Bool {
    guard autoclearFeatures != 0 else { return true }
    guard file.write([UInt8](repeating: 0, count: 8), at: Qcow2Header.autoclearFeaturesPlace), file.sync() else {
      return false
    }
    autoclearFeatures = 0
    return true
  }

  func flush() -> Bool { isReadOnly || commit() && file.sync() }

  /// Writes the entries that wait; what was there before them is on the disk by then.
  private func commit() -> Bool {
    guard !pending.isEmpty else { return true }
    let groups = Dictionary(grouping: pending.keys) { $0 / header.tableEntryCount }
    let numbers = groups.keys.sorted()
    var filled: [UInt64: [UInt64]] = [:]
    for number in numbers where l1[Int(number)] == 0 {
      guard let entries = writeNewTable(number, groups[number] ?? []) else { return false }
      // Tables of 2 MiB are read again rather than kept.
      if filled.count < Self.leastTableCount { filled[number] = entries }
    }
    guard file.sync() else { return false }
    for number in numbers {
      let clusters = groups[number] ?? []
      if l1[Int(number)] == 0 {
        guard let place = newTables[number] ?? nil else { return false }
        let entry = place | Qcow2Entry.copied
        guard file.write([UInt8](bigEndian: [entry]), at: header.l1TableOffset + number * 8) else { return false }
        l1[Int(number)] = entry
        newTables[number] = nil
        if let entries = filled[number] { keep(entries, number) }
      } else if !updateTable(number, clusters.sorted()) {
        return false
      }
      for cluster in clusters { pending[cluster] = nil }
    }
    return true
  }

  /// Writes an L2 table that the L1 table does not name yet, with the entries that wait for it.
  private func writeNewTable(_ number: UInt64, _ clusters: [UInt64]) -> [UInt64]? {
    guard let place = (newTables[number] ?? nil) ?? allocator?.allocate() else { return nil }
    newTables[number] = place
    var entries = [UInt64](repeating: 0, count: Int(header.tableEntryCount))
    for cluster in clusters { entries[Int(cluster % header.tableEntryCount)] = pending[cluster] ?? 0 }
    return file.write([UInt8](bigEndian: entries), at: place) ? entries : nil
  }

  /// Writes the entries that wait for an L2 table, in runs.
  private func updateTable(_ number: UInt64, _ clusters: [UInt64]) -> Bool {
    guard var entries = table(number) else { return false }
    let place = l1[Int(number)] & Qcow2Entry.offset
    var index = clusters.startIndex
    while index < clusters.endIndex {
      let first = clusters[index]
      var run: [UInt64] = []
      while index < clusters.endIndex, clusters[index] == first + UInt64(run.count) {
        run.append(pending[clusters[index]] ?? 0)
        index += 1
      }
      let start = first % header.tableEntryCount
      guard file.write([UInt8](bigEndian: run), at: place + start * 8) else { return false }
      entries.replaceSubrange(Int(start)..<Int(start) + run.count, with: run)
    }
    keep(entries, number)
    return true
  }
}
