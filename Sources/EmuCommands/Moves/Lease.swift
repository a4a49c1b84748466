import Glibc
import HostSystem

/// A file that says which of two processes has a protected guest: neither takes it but by changing the file while it holds
/// the file's lock, so never both.
///
/// The file holds a line `GENERATION OWNER PROCESS START NAMESPACE HOST`: the owner is `both` while primary and backup follow
/// one another, then the one that goes on alone. The rest names the primary (its number, when it started, the namespace of
/// numbers, the host since its start), so that a backup on the same host can end a primary that is stopped within its lock.
final class Lease {
  enum Owner: String {
    case both, primary, backup
  }

  /// What came of asking for the guest.
  enum Answer {
    /// It is this process's.
    case own
    /// It is the other's.
    case others
    /// The lock or the file cannot be had just now.
    case busy
  }

  private let path: String
  private let descriptor: Int32
  private let isPrimary: Bool

  /// Opens the file; the primary claims it.
  ///
  /// - Throws: `HostError` with the file's name.
  init(_ path: String, isPrimary: Bool) throws(HostError) {
    self.path = path
    self.isPrimary = isPrimary
    descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw HostError(description: "--lease \(path): \(HostIO.lastReason)") }
    guard HostIO.isRegularFile(descriptor) else {
      throw HostError(description: "--lease \(path): is no regular file")
    }
    if isPrimary {
      guard lock(milliseconds: 1000) else {
        throw HostError(description: "--lease \(path): another process holds its lock")
      }
      defer { unlock() }
      guard write(.both) else {
        throw HostError(description: "--lease \(path): cannot be written: \(HostIO.lastReason)")
      }
    }
  }

  deinit { close(descriptor) }

  /// What names a process beside its number: when it started, the namespace of numbers, and the host since its start.
  private static func marks(of process: Int32) -> [String] {
    let status = (try? HostIO.readFile("/proc/\(process)/stat")) ?? []
    // The name, in parentheses, may hold anything.
    let fields = String(decoding: status.drop { $0 != 0x29 }.reversed().prefix { $0 != 0x29 }.reversed(), as: UTF8.self)
      .split(separator: " ")
    let boot = (try? HostIO.readFile("/proc/sys/kernel/random/boot_id")) ?? []
    var space = stat()
    let isKnown = unsafe stat("/proc/self/ns/pid", &space) == 0
    return [
      fields.count > 19 ? String(fields[19]) : "?", isKnown ? String(space.st_ino) : "?",
      String(decoding: boot.prefix(36), as: UTF8.self),
    ]
  }

  private func lock(milliseconds: Int) -> Bool {
    for _ in 0...milliseconds {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
      usleep(1000)
    }
    return false
  }

  private func unlock() { _ = flock(descriptor, LOCK_UN) }

  private var line: [Substring] {
    guard let bytes = readStart() else { return [] }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").first?.split(separator: " ") ?? []
  }

  private func readStart() -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 200)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, 0) }
    return count >= 0 ? Array(bytes.prefix(count)) : nil
  }

  /// Writes the owner; false if the host fails.
  private func write(_ owner: Owner) -> Bool {
    let words = line
    let generation = (words.first.flatMap { UInt64($0) } ?? 0) &+ 1
    let primary =
      isPrimary
      ? ([String(getpid())] + Self.marks(of: getpid())).joined(separator: " ")
      : words.dropFirst(2).joined(separator: " ")
    let bytes = Array("\(generation) \(owner.rawValue) \(primary)\n".utf8)
    return HostIO.write(descriptor, bytes, at: 0) == bytes.count && ftruncate(descriptor, bytes.count) == 0
      && fdatasync(descriptor) == 0
  }

  private var owner: Owner? { line.dropFirst().first.flatMap { Owner(rawValue: String($0)) } }

  /// Does something that only the owner may do; with another answer than `own` nothing is done.
  ///
  /// The lock is held meanwhile: nobody takes the guest in the middle of it.
  func whileOwner(_ body: () -> Void) -> Answer {
    guard lock(milliseconds: 20) else { return .busy }
    defer { unlock() }
    guard let owner else { return .busy }
    guard owner == .both || owner == (isPrimary ? .primary : .backup) else { return .others }
    body()
    return .own
  }

  /// Takes the guest for this process alone.
  func take() -> Answer {
    if !lock(milliseconds: 200) {
      // A primary that was stopped while it held the lock must not go on.
      let words = line.map(String.init)
      guard !isPrimary, words.count == 6, let process = Int32(words[2]), process > 1,
        Array(words[3...]) == Self.marks(of: process), words[3] != "?"
      else { return .busy }
      _ = kill(process, SIGKILL)
      guard lock(milliseconds: 200) else { return .busy }
    }
    defer { unlock() }
    let own: Owner = isPrimary ? .primary : .backup
    switch owner {
    case .both: return write(own) ? .own : .busy
    case own: return .own
    case nil: return .busy
    default: return .others
    }
  }
}
