import Differential
import FoundationEssentials
import Glibc
import HostSystem

/// The files of one shard: results as JSON lines, the checkpoint, and reproducers.
final class ShardOutput {
  private let folder: String
  private let resultsPath: String
  private let checkpointPath: String
  private var descriptor: Int32 = -1
  private(set) var byteCount: UInt64 = 0

  /// The files of a shard in a folder, which is made if it is not there.
  init(folder: String, identity: Checkpoint.Identity) throws {
    self.folder = folder
    let name = "shard-\(identity.shard)-of-\(identity.shards)"
    resultsPath = "\(folder)/\(name).jsonl"
    checkpointPath = "\(folder)/\(name).checkpoint"
    if unsafe mkdir(folder, 0o777) != 0, errno != EEXIST { throw Self.failure("--output \(folder)", "cannot be made") }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  private static func failure(_ path: String, _ what: String) -> HostError {
    HostError(description: "\(path): \(what): \(HostIO.lastReason)")
  }

  /// The checkpoint to resume from, if there is one.
  ///
  /// - Throws: if it belongs to another campaign or cannot be understood.
  func checkpoint(for identity: Checkpoint.Identity) throws -> Checkpoint? {
    guard let data = FileManager.default.contents(atPath: checkpointPath) else { return nil }
    guard let found = try? JSONDecoder().decode(Checkpoint.self, from: data) else {
      throw HostError(description: "\(checkpointPath): is not a checkpoint; remove it to begin anew")
    }
    guard found.identity == identity else {
      throw HostError(
        description: "\(checkpointPath): belongs to another campaign (seed \(found.identity.seed), "
          + "\(found.identity.count) tests against \(found.identity.against) on \(found.identity.processor))")
    }
    return found
  }

  /// Opens the results; what lies behind `keeping` bytes was written after the checkpoint and goes.
  func open(keeping: UInt64) throws {
    descriptor = unsafe Glibc.open(resultsPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw Self.failure(resultsPath, "cannot be opened") }
    let size = lseek(descriptor, 0, SEEK_END)
    guard size >= Int(keeping) else {
      throw HostError(description: "\(resultsPath): has \(size) bytes, and its checkpoint counts \(keeping)")
    }
    guard ftruncate(descriptor, Int(keeping)) == 0, lseek(descriptor, Int(keeping), SEEK_SET) >= 0 else {
      throw Self.failure(resultsPath, "cannot be shortened to its checkpoint")
    }
    byteCount = keeping
  }

  /// Appends a JSON line.
  func append(_ line: String) throws {
    let bytes = Array((line + "\n").utf8)
    guard writeAll(descriptor, bytes) else {
      throw Self.failure(resultsPath, "cannot be written; the campaign resumes from its last checkpoint")
    }
    byteCount += UInt64(bytes.count)
  }

  /// Writes the checkpoint so that at any time there is a whole one.
  func save(_ checkpoint: Checkpoint) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    try write(Array(try encoder.encode(checkpoint)) + [10], to: checkpointPath)
  }

  /// Writes a file of the folder, unless another shard has done so.
  func write(_ text: String, name: String) throws {
    let path = "\(folder)/\(name)"
    if unsafe access(path, F_OK) != 0 { try write(Array(text.utf8), to: path) }
  }

  private func write(_ bytes: [UInt8], to path: String) throws {
    // Shards share the folder: each has names of its own for what is not finished.
    let temporary = "\(path).\(getpid()).new"
    let file = try HostIO.openToWrite(temporary)
    let isWritten = writeAll(file, bytes) && fsync(file) == 0
    let code = errno
    close(file)
    guard isWritten else {
      unsafe unlink(temporary)
      errno = code
      throw Self.failure(path, "cannot be written; the campaign resumes from its last checkpoint")
    }
    guard unsafe rename(temporary, path) == 0 else { throw Self.failure(path, "cannot be replaced") }
  }
}
