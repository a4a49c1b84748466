import Glibc

/// The bytes of a file.
///
/// - Throws: `HostError` with the file's name.
func readFile(_ path: String) throws -> [UInt8] {
  let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw HostError(description: "\(path): cannot be opened: \(lastError)") }
  defer { close(descriptor) }
  var result: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
    if count < 0 && errno == EINTR { continue }
    guard count >= 0 else { throw HostError(description: "\(path): cannot be read: \(lastError)") }
    if count == 0 { return result }
    result += buffer[0..<count]
  }
}

/// Makes a file of bytes.
///
/// - Throws: `HostError` with the file's name.
func writeFile(_ path: String, _ bytes: [UInt8]) throws {
  let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
  guard descriptor >= 0 else { throw HostError(description: "\(path): cannot be written: \(lastError)") }
  defer { close(descriptor) }
  guard writeAll(descriptor, bytes) else { throw HostError(description: "\(path): cannot be written: \(lastError)") }
}

private var lastError: String { unsafe String(cString: strerror(errno)) }
