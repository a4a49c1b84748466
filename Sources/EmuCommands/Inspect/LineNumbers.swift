import Glibc
import TextForms

/// Lines of source for addresses: one `addr2line` of the host, asked for some addresses at a time.
final class LineNumbers {
  private let identifier: pid_t
  private let questions: Int32
  private let answers: Int32
  private var isAlive = true
  private var known: [UInt64: String?] = [:]
  /// What has been read of the answers; those before `next` are done with.
  private var unread: [UInt8] = []
  private var next = 0

  /// An answer that takes longer will not come: so many milliseconds.
  private static let patience: Int32 = 30_000
  /// No path is so long.
  private static let longestLine = 16384
  /// Addresses in one exchange, less than what a pipe holds in questions.
  private static let batchByteCount: UInt64 = 32

  /// Starts the child; nil if the host has no addr2line.
  init?(_ path: String) {
    guard let input = Self.makePipe() else { return nil }
    guard let output = Self.makePipe() else {
      input.forEach { close($0) }
      return nil
    }
    defer {
      close(input[0])
      close(output[1])
    }
    // A child that died is an answer that does not come, not a signal.
    _ = signal(SIGPIPE, SIG_IGN)
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, input[0], 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, output[1], 1)
    unsafe posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    // A path that begins with a hyphen is a file all the same.
    let words = ["addr2line", "-e", path.hasPrefix("-") ? "./\(path)" : path]
    var arguments: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) } + [nil]
    defer { unsafe arguments.forEach { unsafe free($0) } }
    var environment: [UnsafeMutablePointer<CChar>?] = unsafe [nil]
    var child: pid_t = 0
    guard unsafe posix_spawnp(&child, "addr2line", &actions, nil, &arguments, &environment) == 0 else {
      close(input[1])
      close(output[0])
      return nil
    }
    (identifier, questions, answers) = (child, input[1], output[0])
  }

  /// The ends of a pipe for reading and for writing, closed in children; nil if there is none.
  private static func makePipe() -> [Int32]? {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return ends
  }

  deinit {
    close(questions)
    close(answers)
    // It ends at the end of its input; one that hangs is not waited for.
    if !isAlive { kill(identifier, SIGKILL) }
    _ = waitpid(identifier, nil, 0)
  }

  /// `file.c:34`, or nil if the child does not know.
  func line(of address: UInt64) -> String? {
    if let answer = known[address] { return answer }
    guard isAlive else { return nil }
    // Whoever asks for an instruction soon asks for the next: one exchange answers for all bytes near it.
    let batch = (0..<Self.batchByteCount).map { address &+ $0 }
    let question = batch.reduce(into: "") { $0 += "0x\(String($1, radix: 16))\n" }
    guard writeAll(questions, Array(question.utf8)) else {
      giveUp()
      return nil
    }
    for one in batch {
      guard let text = readLine() else {
        giveUp()
        break
      }
      let isUnknown = text.hasPrefix("??") || text.hasSuffix(":0") || text.hasSuffix(":?")
      known[one] = .some(isUnknown ? nil : text)
    }
    return known[address] ?? nil
  }

  private func giveUp() {
    isAlive = false
    complain("addr2line answers no more: lines of source are left out from here on")
  }

  private func readLine() -> String? {
    while true {
      if let end = unread[next...].firstIndex(of: 10) {
        defer { next = end + 1 }
        return String(decoding: unread[next..<end], as: UTF8.self).printable
      }
      unread.removeFirst(next)
      next = 0
      guard unread.count < Self.longestLine, readMore() else { return nil }
    }
  }

  private func readMore() -> Bool {
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      var waiting = pollfd(fd: answers, events: Int16(POLLIN), revents: 0)
      let ready = unsafe poll(&waiting, 1, Self.patience)
      if ready < 0 && errno == EINTR { continue }
      guard ready > 0 else { return false }
      let count = unsafe read(answers, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      unread += chunk[0..<count]
      return true
    }
  }
}
