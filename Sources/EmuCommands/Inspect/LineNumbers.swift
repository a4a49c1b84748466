import Glibc

/// Lines of source for addresses: one `addr2line` of the host, asked address by address.
final class LineNumbers {
  private let identifier: pid_t
  private let questions: Int32
  private let answers: Int32
  private var isAlive = true
  private var known: [UInt64: String?] = [:]

  /// An answer that takes longer will not come: so many milliseconds.
  private static let patience: Int32 = 30_000
  /// No path is so long.
  private static let longestLine = 16384

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
    guard isAlive, writeAll(questions, Array("0x\(String(address, radix: 16))\n".utf8)), let text = readLine() else {
      isAlive = false
      return nil
    }
    let answer = text.hasPrefix("??") || text.hasSuffix(":0") || text.hasSuffix(":?") ? nil : text
    known[address] = .some(answer)
    return answer
  }

  private func readLine() -> String? {
    var bytes: [UInt8] = []
    while bytes.count < Self.longestLine {
      var waiting = pollfd(fd: answers, events: Int16(POLLIN), revents: 0)
      let ready = unsafe poll(&waiting, 1, Self.patience)
      if ready < 0 && errno == EINTR { continue }
      guard ready > 0 else { return nil }
      var byte: UInt8 = 0
      let count = unsafe read(answers, &byte, 1)
      if count < 0 && errno == EINTR { continue }
      guard count == 1 else { return nil }
      if byte == 10 { return String(decoding: bytes, as: UTF8.self) }
      bytes.append(byte)
    }
    return nil
  }
}
