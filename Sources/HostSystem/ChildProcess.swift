import Glibc

/// A program of the host that runs beside emu.
package struct ChildProcess {
  /// Where the child's standard error goes.
  package enum Errors {
    /// Where emu's goes.
    case inherited
    /// To a descriptor.
    case descriptor(Int32)
    /// Nowhere.
    case discarded
  }

  /// The variables that a child gets.
  package enum Environment {
    /// Those of emu.
    case inherited
    /// The same, but that messages are in English.
    case english
    /// None.
    case empty
  }

  /// Its process identifier.
  package let identifier: Int32

  /// The ends of a pipe, both closed in children that do not get them; nil if the host has no more.
  package static func makePipe() -> (reading: Int32, writing: Int32)? {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  /// Starts a program; nil if the host has none of that name.
  ///
  /// - Parameters:
  ///   - words: its name, which is looked for in PATH, and its arguments.
  ///   - input: its standard input.
  ///   - output: its standard output.
  ///   - errors: its standard error.
  ///   - hasOwnGroup: signals from the terminal do not reach it.
  ///   - environment: its variables.
  package init?(
    _ words: [String], input: Int32, output: Int32, errors: Errors = .inherited, hasOwnGroup: Bool = false,
    environment: Environment = .inherited
  ) {
    // A child that is gone is an error of write(2), not a signal.
    _ = signal(SIGPIPE, SIG_IGN)
    var actions = unsafe posix_spawn_file_actions_t()
    _ = unsafe posix_spawn_file_actions_init(&actions)
    defer { _ = unsafe posix_spawn_file_actions_destroy(&actions) }
    _ = unsafe posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
    _ = unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    switch errors {
    case .inherited: break
    case .descriptor(let number): _ = unsafe posix_spawn_file_actions_adddup2(&actions, number, STDERR_FILENO)
    case .discarded:
      _ = unsafe posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    }
    var attributes = posix_spawnattr_t()
    _ = unsafe posix_spawnattr_init(&attributes)
    defer { _ = unsafe posix_spawnattr_destroy(&attributes) }
    if hasOwnGroup {
      _ = unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
      _ = unsafe posix_spawnattr_setpgroup(&attributes, 0)
    }
    let variables: [String] =
      switch environment {
      case .inherited: Self.variables
      case .english: Self.variables.filter { !$0.hasPrefix("LC_ALL=") } + ["LC_ALL=C"]
      case .empty: []
      }
    var arguments: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) } + [nil]
    var values: [UnsafeMutablePointer<CChar>?] = unsafe variables.map { unsafe strdup($0) } + [nil]
    defer { unsafe (arguments + values).forEach { unsafe free($0) } }
    var process: pid_t = 0
    guard unsafe posix_spawnp(&process, words[0], &actions, &attributes, &arguments, &values) == 0 else {
      return nil
    }
    identifier = process
  }

  private static var variables: [String] {
    var result: [String] = []
    var next = unsafe environ
    while let text = unsafe next.pointee {
      unsafe result.append(String(cString: text))
      unsafe next += 1
    }
    return result
  }

  /// Waits for its end; gives the status as waitpid(2) does, 0 if all went well.
  @discardableResult
  package func wait() -> Int32 {
    var status: Int32 = 0
    while unsafe waitpid(identifier, &status, 0) < 0 && errno == EINTR {}
    return status
  }

  /// Ends it at once.
  package func kill() { _ = Glibc.kill(identifier, SIGKILL) }
}
