import Glibc

/// Lines of a file descriptor, without their line feeds.
struct LineReader {
  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private var start = 0
  private var hasEnded = false

  init(descriptor: Int32) { self.descriptor = descriptor }

  /// Another line is here without waiting.
  var hasBufferedLine: Bool { buffer[start...].contains(10) }

  /// The next line; nil at the end.
  mutating func next() -> [UInt8]? {
    var searched = start
    while true {
      if let end = buffer[searched...].firstIndex(of: 10) {
        defer { start = end + 1 }
        return Array(buffer[start..<end])
      }
      if hasEnded {
        guard start < buffer.count else { return nil }
        defer { start = buffer.count }
        return Array(buffer[start...])
      }
      buffer.removeFirst(start)
      start = 0
      searched = buffer.count
      var chunk = [UInt8](repeating: 0, count: 1 << 16)
      let count = unsafe read(descriptor, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { hasEnded = true } else { buffer += chunk[0..<count] }
    }
  }
}
