import Glibc
import HostSystem

/// A file that says which of two processes has a protected guest: neither takes it but by changing the file while it holds
/// the file's lock, so never both.
///
/// The file holds a line `GENERATION OWNER PROCESS HOST`: the owner is `both` while primary and backup follow one another,
/// then the one that goes on alone. PROCESS and HOST name the primary, so that a backup on the same host can end a primary
/// that is stopped within its lock.
final class Lease {
  enum Owner: String {
    case both, primary, backup
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
      close(descriptor)
      throw HostError(description: "--lease \(path): is no regular file")
    }
    if isPrimary {
      guard lock(milliseconds: 1000) else {
        throw HostError(description: "--lease \(path): another process holds its lock")
      }
      write(.both)
      unlock()
    }
  }

  deinit { close(descriptor) }

  /// What a host is called that has been up since the same moment.
  private static var host: String {
    let text = (try? HostIO.readFile("/proc/sys/kernel/random/boot_id")) ?? []
    return String(decoding: text.prefix(36), as: UTF8.self)
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

  private func write(_ owner: Owner) {
    let words = line
    let generation = (words.first.flatMap { UInt64($0) } ?? 0) &+ 1
    let primary = isPrimary ? "\(getpid()) \(Self.host)" : words.dropFirst(2).joined(separator: " ")
    let bytes = Array("\(generation) \(owner.rawValue) \(primary)\n".utf8)
    _ = HostIO.write(descriptor, bytes, at: 0)
    _ = ftruncate(descriptor, bytes.count)
    _ = fdatasync(descriptor)
  }

  /// Does something that only the owner may do; false, with nothing done, if the guest is the other's.
  ///
  /// The lock is held meanwhile: nobody takes the guest in the middle of it.
  func whileOwner(_ body: () -> Void) -> Bool {
    guard lock(milliseconds: 5000) else { return false }
    defer { unlock() }
    let owner = line.dropFirst().first.flatMap { Owner(rawValue: String($0)) }
    guard owner == .both || owner == (isPrimary ? .primary : .backup) else { return false }
    body()
    return true
  }

  /// Takes the guest for this process alone; false if the other has it, or holds the lock and is not surely dead.
  func take() -> Bool {
    if !lock(milliseconds: 300) {
      // A primary that was stopped while it held the lock must not go on.
      let words = line
      guard !isPrimary, words.count == 4, String(words[3]) == Self.host, let process = Int32(words[2]), process > 1
      else { return false }
      _ = kill(process, SIGKILL)
      guard lock(milliseconds: 300) else { return false }
    }
    defer { unlock() }
    let own: Owner = isPrimary ? .primary : .backup
    switch line.dropFirst().first.flatMap({ Owner(rawValue: String($0)) }) {
    case .both: write(own)
    case own: break
    default: return false
    }
    return true
  }
}
