import HostSystem

/// Where a debugger connects.
public enum GDBEndpoint: Equatable, Sendable {
  /// TCP on one address of the host; port 0 lets the host choose.
  case internet(host: String, port: UInt16)
  /// TCP on one IPv6 address.
  case internet6(host: String, port: UInt16)
  /// A Unix socket.
  case unix(path: String)

  /// Reads `[HOST:]PORT`, or a path, which has a slash.
  ///
  /// The host is an address, `localhost` or, left out, 127.0.0.1; one that means all interfaces is refused.
  public init(_ text: String) throws(GDBServerError) {
    if text.contains("/") {
      guard text.utf8.count < 108 else {
        throw GDBServerError("--gdb \(text): the path has \(text.utf8.count) bytes, a socket's has at most 107")
      }
      self = .unix(path: text)
      return
    }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard let last = parts.last, let port = UInt16(last), last.allSatisfy(\.isNumber) else {
      throw GDBServerError("--gdb \(text): \(parts.last ?? "") is not a port from 0 to 65535")
    }
    var host = parts.dropLast().joined(separator: ":")
    if host.isEmpty || host == "localhost" { host = "127.0.0.1" }
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = String(host.dropFirst().dropLast())
      guard host.contains(where: { $0 != ":" && $0 != "0" }) else { throw Self.refusesAllInterfaces(text) }
      self = .internet6(host: host, port: port)
    } else {
      guard host.contains(where: { $0 != "." && $0 != "0" }) else { throw Self.refusesAllInterfaces(text) }
      self = .internet(host: host, port: port)
    }
  }

  /// Where it is for the host.
  var place: SocketAddress {
    switch self {
    case .internet(let host, let port): .internet(host: host, port: port)
    case .internet6(let host, let port): .internet6(host: host, port: port)
    case .unix(let path): .unix(path: path)
    }
  }

  /// What a message calls it.
  var text: String { Self.shown(place).address }

  /// An address as a debugger's `target remote` wants it, and the path of a Unix socket.
  static func shown(_ place: SocketAddress) -> (address: String, path: String?) {
    switch place {
    case .internet(let host, let port): ("\(host):\(port)", nil)
    case .internet6(let host, let port): ("[\(host)]:\(port)", nil)
    case .unix(let path): (path, path)
    }
  }

  private static func refusesAllInterfaces(_ text: String) -> GDBServerError {
    GDBServerError("--gdb \(text): all interfaces are not offered, since whoever connects owns the guest; name one")
  }
}

/// Why no debugger can connect.
public struct GDBServerError: Error, CustomStringConvertible, Equatable {
  /// One sentence.
  public var description: String

  init(_ description: String) { self.description = description }
}
