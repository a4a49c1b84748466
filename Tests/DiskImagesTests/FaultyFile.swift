import DevicesLegacy
import Foundation
import TestSupport
import Testing

@testable import DiskImages

/// The new file of a move on a host that does something wrong at one call that changes the file.
final class FaultyFile: NewFile {
  enum Fault: CaseIterable {
    /// The call fails once; of a write a half is done.
    case fails
    /// The process ends at the call: half of a write is done, and nothing any more, neither here nor to the names.
    case ends
    /// The call says that it has done it, and has not.
    case lies
  }

  private let inner: NewDiskFile
  private let fault: Fault
  private var callsLeft: Int
  /// What is done just before.
  private let before: () -> Void
  /// Whether the call was reached.
  private(set) var isReached = false

  init(_ inner: NewDiskFile, _ fault: Fault, afterCalls calls: Int, before: @escaping () -> Void = {}) {
    (self.inner, self.fault, callsLeft, self.before) = (inner, fault, calls, before)
  }

  var name: String { inner.name }
  var byteCount: UInt64 { inner.byteCount }
  var identity: FileIdentity { inner.identity }
  var failure: String? { isReached ? "it is a test" : nil }
  /// What `isFaulty` answers all later calls: the process is gone.
  private var isGone: Bool { isReached && fault == .ends }

  private func isFaulty() -> Bool {
    callsLeft -= 1
    guard callsLeft == -1 else { return isGone }
    before()
    isReached = true
    return true
  }

  func read(at offset: UInt64, count: Int) -> [UInt8]? { inner.read(at: offset, count: count) }
  func nextData(from offset: UInt64) -> Range<UInt64>? { inner.nextData(from: offset) }

  func write(_ bytes: [UInt8], at offset: UInt64) -> Bool {
    let wasGone = isGone
    guard isFaulty() else { return inner.write(bytes, at: offset) }
    if fault != .lies, !wasGone { _ = inner.write(Array(bytes[..<(bytes.count / 2)]), at: offset) }
    return fault == .lies
  }

  func sync() -> Bool { isFaulty() ? fault == .lies : inner.sync() }
  func syncFolder() -> Bool { isFaulty() ? fault == .lies : inner.syncFolder() }

  func takeName() throws(DiskImageError) {
    guard isFaulty() else { return try inner.takeName() }
    if fault != .lies { throw DiskImageError(name, "it is a test") }
  }

  func shareLock() { inner.shareLock() }
  func remove() { if !isGone { inner.remove() } }
}

/// The new file of a move on a host that can end: it has then what was durable, and of the rest what chance keeps.
final class DurableFile: NewFile {
  /// The calls that make names durable, in their order.
  enum Call {
    case takesName, syncsFolder
  }

  private let inner: NewDiskFile
  private let memory = MemoryFile()
  /// What sees the files that may be left after each call.
  private let look: (MemoryFile, Call?) -> Void
  private var dice = Dice(1)
  private(set) var calls: [Call] = []

  init(_ inner: NewDiskFile, look: @escaping (MemoryFile, Call?) -> Void) {
    (self.inner, self.look) = (inner, look)
    if inner.byteCount > 0 { _ = memory.write([0], at: inner.byteCount - 1) }
    memory.beginJournal()
  }

  var name: String { inner.name }
  var byteCount: UInt64 { memory.byteCount }
  var identity: FileIdentity { inner.identity }

  private func look(after call: Call? = nil) {
    for part in [0, 2, 4] {
      look(memory.crashed { _, _ in dice.below(4) < part }, call)
    }
  }

  func read(at offset: UInt64, count: Int) -> [UInt8]? { memory.read(at: offset, count: count) }
  func nextData(from offset: UInt64) -> Range<UInt64>? { memory.nextData(from: offset) }

  func write(_ bytes: [UInt8], at offset: UInt64) -> Bool {
    defer { look() }
    return memory.write(bytes, at: offset)
  }

  func sync() -> Bool {
    defer { look() }
    return memory.sync()
  }

  func takeName() throws(DiskImageError) {
    calls.append(.takesName)
    look(after: .takesName)
    try inner.takeName()
  }

  func syncFolder() -> Bool {
    calls.append(.syncsFolder)
    return inner.syncFolder()
  }

  func shareLock() { inner.shareLock() }
  func remove() { inner.remove() }
}

extension TemporaryFolder {
  /// The names of all files, in their order.
  var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

  /// Makes an image of contents, sparse where they are zero, and gives its path.
  func image(_ name: String, _ format: DiskImageFormat, _ contents: [UInt8], clusterBits: UInt32 = 16) throws -> String
  {
    guard format == .qcow2 else { return try file(name, contents) }
    let path = try file(name, Qcow2Builder(clusterBits: clusterBits, size: UInt64(contents.count)).build())
    let disk = try DiskImage.open(path: path, format: .qcow2)
    for start in stride(from: 0, to: contents.count, by: 512) {
      #expect(disk.write(Array(contents[start..<start + 512]), at: UInt64(start)))
    }
    #expect(disk.flush())
    return path
  }

  /// What an image holds when it is opened anew, which checks all of its tables.
  func contents(_ name: String, _ format: DiskImageFormat) throws -> [UInt8]? {
    let disk = try DiskImage.open(path: "\(path)/\(name)", format: format)
    return DiskImagesTests.contents(disk, request: 1 << 20)
  }
}

/// Contents of a disk: some of its 64 KiB groups have data, in a few places.
func sparseContents(_ byteCount: Int, _ dice: inout Dice) -> [UInt8] {
  var result = [UInt8](repeating: 0, count: byteCount)
  for _ in 0..<byteCount >> 17 + 1 {
    let count = 1 + dice.below(min(byteCount, 9000))
    let start = dice.below(byteCount - count + 1)
    for place in start..<start + count { result[place] = UInt8(dice.below(256)) }
  }
  return result
}

/// The first byte that the new file of a move has wrong, of the groups that were copied.
func firstWrong(_ move: DiskImageMove, _ model: [UInt8]) -> Int? {
  for start in stride(from: 0, to: model.count, by: 1 << 16) where !move.pending.contains(UInt64(start)) {
    let wanted = model[start..<min(model.count, start + 1 << 16)]
    guard let found = move.target.read(at: UInt64(start), count: wanted.count) else { return start }
    if let place = wanted.indices.first(where: { found[$0 - start] != wanted[$0] }) { return place }
  }
  return nil
}

/// The sentence of an error that a call throws; empty if it throws none.
func sentence(_ call: () throws(DiskImageError) -> Void) -> String {
  do throws(DiskImageError) { try call() } catch { return error.description }
  return ""
}
