import HostSystem

/// Lines of a file descriptor, without their line feeds.
struct LineReader {
  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private var start = 0
  private var hasEnded = false
  /// The last line was longer than the limit: what came of it is its beginning.
  private(set) var isCut = false

  init(descriptor: Int32) { self.descriptor = descriptor }

  /// Another line is here without waiting.
  var hasBufferedLine: Bool { buffer[start...].contains(10) }

  /// The next line; nil at the end.
  ///
  /// - Parameter limit: of a line with more bytes the rest is read over.
  mutating func next(limit: Int = .max) -> [UInt8]? {
    isCut = false
    var searched = start
    var beginning: [UInt8]?
    while true {
      if let end = buffer[searched...].firstIndex(of: 10) {
        defer { start = end + 1 }
        return line(beginning, end, limit)
      }
      if hasEnded {
        guard start < buffer.count || beginning != nil else { return nil }
        defer { start = buffer.count }
        return line(beginning, buffer.count, limit)
      }
      if buffer.count - start > limit {
        // A few bytes are enough: nobody reads a line that is cut.
        beginning = beginning ?? Array(buffer[start..<start + min(limit, 64)])
        start = buffer.count
      }
      buffer.removeFirst(start)
      start = 0
      searched = buffer.count
      if let chunk = HostIO.read(descriptor), !chunk.isEmpty { buffer += chunk } else { hasEnded = true }
    }
  }

  private mutating func line(_ beginning: [UInt8]?, _ end: Int, _ limit: Int) -> [UInt8] {
    isCut = beginning != nil || end - start > limit
    return beginning ?? Array(buffer[start..<end].prefix(limit))
  }
}
