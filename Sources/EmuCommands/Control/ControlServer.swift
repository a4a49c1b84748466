import Glibc
import HostSystem

/// A Unix socket and its connections, none of which ever makes the guest wait: a far end that does not read is let go.
final class ControlServer {
  /// A line that came, or that it was too long.
  enum Line {
    case whole([UInt8])
    case tooLong
  }

  /// Bytes that a request may have, its line feed aside.
  static let lineLimit = 1 << 16
  /// Connections at the same time.
  static let connectionLimit = 8
  /// Bytes that may wait for a far end.
  static let outputLimit = 8 << 20

  private struct Connection {
    let descriptor: Int32
    var input: [UInt8] = []
    /// The rest of a line that is too long is on its way.
    var skips = false
    var output: [UInt8] = []
    /// Requests that have no answer yet.
    var unanswered = 0
    /// The far end has said all that it will: it is let go when it has all answers.
    var isEnding = false
  }

  private let path: String
  private var listener: Int32
  private var connections: [Int: Connection] = [:]
  private var lastNumber = 0

  /// - Throws: `HostError` with the option and the path.
  init(path: String) throws(HostError) {
    self.path = path
    (listener, _) = try HostSocket.listen(at: .unix(path: path), name: "--control unix:\(path)")
  }

  deinit { end() }

  /// Sends what waits, for a short time, and closes everything.
  func end() {
    guard listener >= 0 else { return }
    let deadline = HostClock.monotonic + 200_000_000
    while connections.values.contains(where: { !$0.output.isEmpty }), HostClock.monotonic < deadline {
      sendWaiting()
      usleep(1000)
    }
    for number in connections.keys { close(number) }
    Glibc.close(listener)
    listener = -1
    _ = unsafe unlink(path)
  }

  /// What to poll for: something may be read, or a far end takes more.
  var awaited: [pollfd] {
    var result = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
    for connection in connections.values {
      let events = (connection.isEnding ? 0 : POLLIN) | (connection.output.isEmpty ? 0 : POLLOUT)
      result.append(pollfd(fd: connection.descriptor, events: Int16(events), revents: 0))
    }
    return result
  }

  /// The numbers of the connections.
  var numbers: [Int] { connections.keys.sorted() }

  /// Takes new connections and what has come on the others; does not wait.
  ///
  /// - Parameter greeting: the first line for a new connection.
  func poll(greeting: () -> String) -> [(connection: Int, line: Line)] {
    while let new = HostSocket.accept(listener) {
      guard connections.count < Self.connectionLimit else {
        let text = #"{"ok":false,"error":"\#(Self.connectionLimit) connections are open already"}"# + "\n"
        _ = HostSocket.send(new, Array(text.utf8)[...])
        Glibc.close(new)
        continue
      }
      lastNumber += 1
      connections[lastNumber] = Connection(descriptor: new)
      send(greeting(), to: lastNumber)
    }
    var lines: [(Int, Line)] = []
    for number in numbers { lines += read(number).map { (number, $0) } }
    sendWaiting()
    return lines
  }

  private func read(_ number: Int) -> [Line] {
    guard var connection = connections[number], !connection.isEnding else { return [] }
    guard let bytes = HostSocket.receive(connection.descriptor) else {
      connections[number]?.isEnding = true
      return []
    }
    guard !bytes.isEmpty else { return [] }
    connection.input += bytes
    var lines: [Line] = []
    var start = 0
    while let end = connection.input[start...].firstIndex(of: 10) {
      let line = Array(connection.input[start..<end])
      start = end + 1
      if connection.skips {
        connection.skips = false
      } else if line.count > Self.lineLimit {
        lines.append(.tooLong)
      } else if !line.allSatisfy({ $0 == 0x20 || $0 == 13 }) {
        lines.append(.whole(line))
      }
    }
    connection.input.removeFirst(start)
    if connection.input.count > Self.lineLimit {
      if !connection.skips { lines.append(.tooLong) }
      (connection.input, connection.skips) = ([], true)
    }
    connection.unanswered += lines.count
    connections[number] = connection
    return lines
  }

  /// Sends the answer to a request.
  func answer(_ text: String, to number: Int) {
    connections[number]?.unanswered -= 1
    send(text, to: number)
  }

  /// Sends a line; a far end that is gone gets none.
  func send(_ text: String, to number: Int) {
    guard var connection = connections[number] else { return }
    connection.output += text.utf8
    connection.output.append(10)
    connections[number] = connection
    if connection.output.count > Self.outputLimit { return close(number) }
    sendWaiting(number)
  }

  private func sendWaiting() { for number in numbers { sendWaiting(number) } }

  private func sendWaiting(_ number: Int) {
    guard var connection = connections[number] else { return }
    if !connection.output.isEmpty {
      guard let count = HostSocket.send(connection.descriptor, connection.output[...]) else { return close(number) }
      connection.output.removeFirst(count)
      connections[number] = connection
    }
    if connection.isEnding, connection.output.isEmpty, connection.unanswered <= 0 { close(number) }
  }

  /// Waits until a far end takes or gives something, at most so long; sends what waits.
  func wait(milliseconds: Int32) {
    var waiting = awaited
    _ = unsafe Glibc.poll(&waiting, nfds_t(waiting.count), milliseconds)
    sendWaiting()
  }

  /// Whether a connection is there that takes more.
  func isOpen(_ number: Int) -> Bool { connections[number] != nil }

  /// Bytes that wait for a far end.
  func waiting(_ number: Int) -> Int { connections[number]?.output.count ?? 0 }

  private func close(_ number: Int) {
    if let connection = connections.removeValue(forKey: number) { Glibc.close(connection.descriptor) }
  }
}
