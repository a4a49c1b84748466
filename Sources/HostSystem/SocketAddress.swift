/// Where a process listens or connects: a Unix socket, or TCP on an address of the host.
package enum SocketAddress: Equatable, Sendable, CustomStringConvertible {
  /// A Unix socket.
  case unix(path: String)
  /// TCP on one IPv4 address; port 0 lets the host choose.
  case internet(host: String, port: UInt16)
  /// TCP on one IPv6 address.
  case internet6(host: String, port: UInt16)

  /// The most bytes of a Unix socket's path.
  package static let pathLimit = 107

  /// The text that `init(parsing:option:)` reads.
  package var description: String {
    switch self {
    case .unix(let path): "unix:\(path)"
    case .internet(let host, let port): "tcp:\(host):\(port)"
    case .internet6(let host, let port): "tcp:[\(host)]:\(port)"
    }
  }

  /// Reads `unix:PATH` or `tcp:[HOST:]PORT`; a host that is left out or `localhost` is 127.0.0.1.
  ///
  /// - Parameter option: what a message begins with, such as `--incoming`.
  /// - Throws: `HostError` with option and text.
  package init(parsing text: String, option: String) throws(HostError) {
    func refusal(_ problem: String) -> HostError { HostError(description: "\(option) \(text): \(problem)") }
    if text.hasPrefix("unix:") {
      let path = String(text.dropFirst(5))
      guard !path.isEmpty else { throw refusal("the socket's path is missing") }
      guard !path.utf8.contains(0) else { throw refusal("the socket's path holds a zero byte") }
      guard path.utf8.count <= Self.pathLimit else {
        throw refusal("the path has \(path.utf8.count) bytes, a socket's has at most \(Self.pathLimit)")
      }
      self = .unix(path: path)
      return
    }
    guard text.hasPrefix("tcp:") else { throw refusal("is neither unix:PATH nor tcp:[HOST:]PORT") }
    let place = text.dropFirst(4)
    let parts = place.split(separator: ":", omittingEmptySubsequences: false)
    guard let last = parts.last, let port = UInt16(last), last.allSatisfy({ ("0"..."9").contains($0) }) else {
      throw refusal("\(parts.last ?? "") is not a port from 0 to 65535")
    }
    let host = parts.dropLast().joined(separator: ":")
    if host.hasPrefix("["), host.hasSuffix("]") {
      self = .internet6(host: String(host.dropFirst().dropLast()), port: port)
    } else {
      self = .internet(host: host.isEmpty || host == "localhost" ? "127.0.0.1" : host, port: port)
    }
  }
}
