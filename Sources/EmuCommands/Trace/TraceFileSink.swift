import Glibc
import Trace

/// The file that a trace goes to, through zstd or gzip if its name ends so.
final class TraceFileSink: TraceSink {
  /// What went wrong, if anything: one sentence.
  private(set) var problem: String?

  private let path: String
  /// What the trace is written to: the file, or the pipe to the packer.
  private var descriptor: Int32
  private let file: Int32
  private var packer: (process: pid_t, tool: String)?
  /// Bytes that are in the file, whole lines all of them.
  private var size: Int64 = 0

  /// Opens a file for a trace, which replaces what it held.
  ///
  /// - Throws: `HostError` that names the file or the tool that is missing.
  init(_ path: String) throws {
    self.path = path
    file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard file >= 0 else {
      throw HostError(description: "--trace \(path): cannot be opened: \(unsafe String(cString: strerror(errno)))")
    }
    descriptor = file
    // A packer or a reader of a pipe may go away; that is an error of write(2), not a signal.
    _ = signal(SIGPIPE, SIG_IGN)
    if path.hasSuffix(".zst") { try pack("zstd") } else if path.hasSuffix(".gz") { try pack("gzip") }
  }

  private func pack(_ tool: String) throws {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else {
      throw HostError(description: "--trace \(path): no pipe can be made: \(unsafe String(cString: strerror(errno)))")
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let process = Self.spawn(tool, ends[0], file)
    Glibc.close(ends[0])
    guard let process else {
      Glibc.close(ends[1])
      throw HostError(description: "--trace \(path): \(tool) cannot be started: is it installed?")
    }
    Glibc.close(file)
    descriptor = ends[1]
    packer = (process, tool)
  }

  /// Starts a tool that packs its input; nil if it is not there.
  private static func spawn(_ tool: String, _ input: Int32, _ output: Int32) -> pid_t? {
    var actions = unsafe posix_spawn_file_actions_t()
    _ = unsafe posix_spawn_file_actions_init(&actions)
    defer { _ = unsafe posix_spawn_file_actions_destroy(&actions) }
    _ = unsafe posix_spawn_file_actions_adddup2(&actions, input, 0)
    _ = unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
    var attributes = posix_spawnattr_t()
    _ = unsafe posix_spawnattr_init(&attributes)
    defer { _ = unsafe posix_spawnattr_destroy(&attributes) }
    // A group of its own: Ctrl-C ends emu, which then ends the trace in order.
    _ = unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    _ = unsafe posix_spawnattr_setpgroup(&attributes, 0)
    var process: pid_t = 0
    var arguments: [UnsafeMutablePointer<CChar>?] = unsafe [strdup(tool), strdup("-qc"), nil]
    defer { for index in 0..<2 { unsafe free(arguments[index]) } }
    return unsafe posix_spawnp(&process, tool, &actions, &attributes, &arguments, environ) == 0 ? process : nil
  }

  func write(_ bytes: [UInt8]) -> Bool {
    guard problem == nil, descriptor >= 0 else { return false }
    var done = 0
    while done < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { area in
        unsafe Glibc.write(descriptor, area.baseAddress.map { unsafe $0 + done }, area.count - done)
      }
      if count < 0 && errno == EINTR && EndingSignals.caught == nil { continue }
      guard count > 0 else {
        problem = "--trace \(path): cannot be written: \(unsafe String(cString: strerror(errno)))"
        cut(bytes.prefix(done))
        return false
      }
      done += count
    }
    size += Int64(bytes.count)
    return true
  }

  /// Leaves whole lines only in a file that is full.
  private func cut(_ written: ArraySlice<UInt8>) {
    guard packer == nil else { return }
    let whole = written.lastIndex(of: 10).map { $0 + 1 } ?? 0
    // A pipe or a device cannot be cut, and need not be.
    _ = ftruncate(descriptor, off_t(size + Int64(whole)))
  }

  /// Closes the file; false, with `problem` set, if not all of the trace is in it.
  func close() -> Bool {
    guard descriptor >= 0 else { return problem == nil }
    if Glibc.close(descriptor) != 0, problem == nil {
      problem = "--trace \(path): cannot be written: \(unsafe String(cString: strerror(errno)))"
    }
    descriptor = -1
    if let packer {
      var status: Int32 = 0
      while unsafe waitpid(packer.process, &status, 0) < 0 && errno == EINTR {}
      if status != 0, problem == nil { problem = "--trace \(path): \(packer.tool) failed, the file is not whole" }
    }
    return problem == nil
  }
}
