import Glibc

/// An I/O error of the host.
package struct HostError: Error, CustomStringConvertible {
  /// One sentence.
  package var description: String

  /// Makes an error from its sentence.
  package init(description: String) { self.description = description }
}

/// Files, pipes and terminals of the host by their descriptors.
package enum HostIO {
  /// An errno in words.
  package static func reason(_ code: Int32) -> String {
    guard let text = unsafe strerror(code) else { return "error \(code)" }
    return unsafe String(cString: text)
  }

  /// The present errno in words.
  package static var lastReason: String { reason(errno) }

  /// Opens a file to read.
  ///
  /// - Throws: `HostError` with the file's name.
  package static func openToRead(_ path: String) throws(HostError) -> Int32 {
    try opened(unsafe open(path, O_RDONLY | O_CLOEXEC), path)
  }

  /// Opens a file to write; what it held is lost.
  ///
  /// - Parameter name: what a message calls it, if that is not its path.
  /// - Throws: `HostError` with the file's name.
  package static func openToWrite(_ path: String, name: String? = nil) throws(HostError) -> Int32 {
    try opened(unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666), name ?? path)
  }

  private static func opened(_ descriptor: Int32, _ name: String) throws(HostError) -> Int32 {
    guard descriptor >= 0 else { throw HostError(description: "\(name): cannot be opened: \(lastReason)") }
    return descriptor
  }

  /// Whether a descriptor is of a regular file.
  package static func isRegularFile(_ descriptor: Int32) -> Bool {
    var status = stat()
    return unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// Reads what is there, at most `limit` bytes; none at the end, nil with errno if it fails.
  package static func read(_ descriptor: Int32, limit: Int = 1 << 16) -> [UInt8]? {
    var chunk = [UInt8](repeating: 0, count: limit)
    while true {
      let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { return nil }
      chunk.removeLast(chunk.count - count)
      return chunk
    }
  }

  /// The bytes of a file.
  ///
  /// - Throws: `HostError` with the file's name.
  package static func readFile(_ path: String) throws(HostError) -> [UInt8] {
    let descriptor = try openToRead(path)
    defer { close(descriptor) }
    var result: [UInt8] = []
    while true {
      guard let chunk = read(descriptor, limit: 1 << 20) else {
        throw HostError(description: "\(path): cannot be read: \(lastReason)")
      }
      if chunk.isEmpty { return result }
      result += chunk
    }
  }

  /// Writes bytes, and waits for a far end that takes none just now.
  ///
  /// - Parameter isInterrupted: whether a signal has come that ends a wait; standard error takes the last words all the
  ///   same.
  /// - Returns: how many were written; if fewer than all, the far end is gone or full, or a signal has come.
  package static func write(_ descriptor: Int32, _ bytes: [UInt8], isInterrupted: () -> Bool = { false }) -> Int {
    var done = 0
    while done < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { area in
        unsafe Glibc.write(descriptor, area.baseAddress.map { unsafe $0 + done }, area.count - done)
      }
      // Whoever reads may have stopped; a signal must end emu all the same.
      if count < 0 && errno == EINTR && !(isInterrupted() && descriptor != STDERR_FILENO) { continue }
      if count < 0 && errno == EAGAIN {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = unsafe poll(&waiting, 1, 100)
        if !isInterrupted() { continue }
      }
      guard count > 0 else { return done }
      done += count
    }
    return done
  }

  /// Makes a file of bytes. If that fails no half of it is left; a device stays.
  ///
  /// - Throws: `HostError` with the file's name.
  package static func writeFile(
    _ path: String, _ bytes: [UInt8], isInterrupted: () -> Bool = { false }
  ) throws(HostError) {
    let descriptor = try openToWrite(path)
    defer { close(descriptor) }
    guard write(descriptor, bytes, isInterrupted: isInterrupted) == bytes.count else {
      let reason = lastReason
      if isRegularFile(descriptor) { unsafe unlink(path) }
      throw HostError(description: "\(path): cannot be written: \(reason)")
    }
  }
}
