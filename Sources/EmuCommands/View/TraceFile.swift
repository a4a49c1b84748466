import Glibc

/// A file's bytes, through gzip or zstd if it is compressed.
enum TraceFile {
  /// Reads a file in pieces.
  ///
  /// - Returns: why the end may be missing: the tool found that the file is cut off.
  /// - Throws: `HostError` with the file's name; what `take` throws.
  static func read(_ path: String, _ take: ([UInt8]) throws -> Void) throws -> String? {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw HostError(description: "\(path): cannot be opened: \(lastError)") }
    defer { close(file) }
    var information = stat()
    guard unsafe fstat(file, &information) == 0, information.st_mode & S_IFMT != S_IFDIR else {
      throw HostError(description: "\(path): is a folder")
    }
    var magic = [UInt8](repeating: 0, count: 4)
    let count = unsafe pread(file, &magic, magic.count, 0)
    if count >= 2, magic[0...1] == [0x1F, 0x8B] { return try decompress(path, file, "gzip", take) }
    if count == 4, magic == [0x28, 0xB5, 0x2F, 0xFD] { return try decompress(path, file, "zstd", take) }
    try drain(path, file, take)
    return nil
  }

  private static func drain(_ path: String, _ descriptor: Int32, _ take: ([UInt8]) throws -> Void) throws {
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw HostError(description: "\(path): cannot be read: \(lastError)") }
      if count == 0 { return }
      try take(Array(chunk[0..<count]))
    }
  }

  private static func decompress(
    _ path: String, _ file: Int32, _ tool: String, _ take: ([UInt8]) throws -> Void
  ) throws -> String? {
    let output = try makePipe()
    let errors = try makePipe()
    defer {
      close(output.reading)
      close(errors.reading)
    }
    let process = spawn(tool, file, output.writing, errors.writing)
    close(output.writing)
    close(errors.writing)
    guard let process else {
      throw HostError(description: "\(path): is compressed, and \(tool) cannot be started: is it installed?")
    }
    var failure: (any Error)?
    var message: [UInt8] = []
    try drain(path, output.reading) { bytes in
      // After a wrong line the rest is only read to learn whether the archive is damaged, which explains more.
      if failure == nil { do { try take(bytes) } catch { failure = error } }
    }
    try drain(path, errors.reading) { message += $0 }
    var status: Int32 = 0
    while unsafe waitpid(process, &status, 0) < 0 && errno == EINTR {}
    if status == 0, let failure { throw failure }
    if status == 0 { return nil }
    let text =
      String(decoding: message, as: UTF8.self).split { $0.isNewline }.map(String.init)
      .first { !$0.isEmpty } ?? "status \(status >> 8)"
    if text.contains("unexpected end of file") || text.contains("premature") || text.contains("unexpected end") {
      if let failure { throw failure }
      return "the compressed file ends too early"
    }
    throw HostError(description: "\(path): cannot be decompressed: \(text)")
  }

  private static func makePipe() throws -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { throw HostError(description: "no pipe can be made: \(lastError)") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  /// Starts a tool that writes the decompressed input; nil if it is not there.
  private static func spawn(_ tool: String, _ input: Int32, _ output: Int32, _ errors: Int32) -> pid_t? {
    var actions = unsafe posix_spawn_file_actions_t()
    _ = unsafe posix_spawn_file_actions_init(&actions)
    defer { _ = unsafe posix_spawn_file_actions_destroy(&actions) }
    _ = unsafe posix_spawn_file_actions_adddup2(&actions, input, 0)
    _ = unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
    _ = unsafe posix_spawn_file_actions_adddup2(&actions, errors, 2)
    var process: pid_t = 0
    var arguments: [UnsafeMutablePointer<CChar>?] = unsafe [strdup(tool), strdup("-dc"), nil]
    defer { for index in 0..<2 { unsafe free(arguments[index]) } }
    // Messages in English: they tell a file that was cut off from a damaged one.
    _ = unsafe setenv("LC_ALL", "C", 1)
    let status = unsafe posix_spawnp(&process, tool, &actions, nil, &arguments, environ)
    return status == 0 ? process : nil
  }

  private static var lastError: String { unsafe String(cString: strerror(errno)) }
}
