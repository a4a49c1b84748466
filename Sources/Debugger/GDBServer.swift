import Glibc

/// A listening socket and at most one connection, none of which ever blocks for longer than its caller allows.
public final class GDBServer {
  /// Where it listens, as a debugger's `target remote` wants it.
  public let address: String
  private var listener: Int32
  private var connection: Int32 = -1
  private let socketPath: String?
  /// Prints one sentence for the user of the process.
  let complain: (String) -> Void

  /// Listens.
  ///
  /// - Parameter complain: gets one sentence for each debugger that is turned away.
  public init(_ endpoint: GDBEndpoint, complain: @escaping (String) -> Void) throws(GDBServerError) {
    self.complain = complain
    switch endpoint {
    case .internet(let host, let port):
      (listener, address) = try Self.listen(host: host, port: port)
      socketPath = nil
    case .internet6(let host, let port):
      (listener, address) = try Self.listen6(host: host, port: port)
      socketPath = nil
    case .unix(let path):
      listener = try Self.listen(path: path)
      address = path
      socketPath = path
    }
  }

  deinit { end() }

  /// Closes everything; a Unix socket goes from its folder.
  public func end() {
    disconnect()
    guard listener >= 0 else { return }
    close(listener)
    listener = -1
    if let socketPath { _ = unsafe unlink(socketPath) }
  }

  /// Whether a debugger is connected.
  public var isConnected: Bool { connection >= 0 }

  /// Waits so many milliseconds for something to happen, takes a connection or turns it away.
  ///
  /// - Returns: what the debugger sent.
  public func poll(milliseconds: Int32) -> [UInt8] {
    var waiting = [
      pollfd(fd: listener, events: Int16(POLLIN), revents: 0),
      pollfd(fd: connection, events: Int16(POLLIN), revents: 0),
    ]
    guard unsafe Glibc.poll(&waiting, 2, milliseconds) > 0 else { return [] }
    guard connection >= 0, waiting[1].revents != 0 else {
      if waiting[0].revents != 0 { takeConnection() }
      return []
    }
    // The connection comes first: a debugger that leaves and comes back is not a second one.
    var buffer = [UInt8](repeating: 0, count: 0x4000)
    let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(connection, $0.baseAddress, $0.count) }
    if count < 0, errno == EAGAIN || errno == EINTR { return [] }
    guard count > 0 else {
      disconnect()
      return []
    }
    return Array(buffer.prefix(count))
  }

  private func takeConnection() {
    let new = accept(listener, nil, nil)
    guard new >= 0 else { return }
    guard connection < 0 else {
      close(new)
      complain("a second debugger wanted to connect to \(address) and was turned away")
      return
    }
    _ = fcntl(new, F_SETFL, fcntl(new, F_GETFL) | O_NONBLOCK)
    _ = fcntl(new, F_SETFD, FD_CLOEXEC)
    var yes: Int32 = 1
    // Fails on a Unix socket, which does not wait for more to send anyway.
    _ = unsafe setsockopt(new, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, 4)
    connection = new
  }

  /// Sends all bytes; a debugger that takes none of them for ten seconds is let go.
  public func send(_ bytes: [UInt8]) {
    var done = 0
    while done < bytes.count, connection >= 0 {
      let count = unsafe bytes.withUnsafeBytes { area in
        unsafe Glibc.send(
          connection, area.baseAddress.map { unsafe $0 + done }, area.count - done, Int32(MSG_NOSIGNAL))
      }
      if count > 0 {
        done += count
      } else if count < 0, errno == EINTR {
        continue
      } else if count < 0, errno == EAGAIN {
        var waiting = pollfd(fd: connection, events: Int16(POLLOUT), revents: 0)
        if unsafe Glibc.poll(&waiting, 1, 10_000) <= 0, errno != EINTR {
          complain("the debugger takes no answer: its connection is closed")
          disconnect()
        }
      } else {
        disconnect()
      }
    }
  }

  /// Closes the connection, if there is one.
  public func disconnect() {
    if connection >= 0 { close(connection) }
    connection = -1
  }

  // MARK: Listening

  private static func failure(_ what: String) -> GDBServerError {
    GDBServerError("--gdb \(what): \(unsafe String(cString: strerror(errno)))")
  }

  private static func makeSocket(_ family: Int32, _ what: String) throws(GDBServerError) -> Int32 {
    let descriptor = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
    guard descriptor >= 0 else { throw failure(what) }
    var yes: Int32 = 1
    _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, 4)
    return descriptor
  }

  /// Binds a socket to an address, listens, and gives the address that it has then.
  private static func bind<Address>(
    _ descriptor: Int32, _ address: inout Address, _ what: String
  ) throws(GDBServerError) {
    var size = socklen_t(MemoryLayout<Address>.size)
    let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        unsafe Glibc.bind(descriptor, generic, size) == 0 && Glibc.listen(descriptor, 4) == 0
          && getsockname(descriptor, generic, &size) == 0
      }
    }
    guard isBound else {
      let error = failure(what)
      close(descriptor)
      throw error
    }
  }

  private static func listen(host: String, port: UInt16) throws(GDBServerError) -> (Int32, String) {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    guard unsafe inet_pton(AF_INET, host, &address.sin_addr) == 1 else {
      throw GDBServerError("--gdb \(host):\(port): \(host) is not an address")
    }
    let descriptor = try makeSocket(AF_INET, "\(host):\(port)")
    try bind(descriptor, &address, "\(host):\(port)")
    return (descriptor, "\(host):\(UInt16(bigEndian: address.sin_port))")
  }

  private static func listen6(host: String, port: UInt16) throws(GDBServerError) -> (Int32, String) {
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    address.sin6_port = port.bigEndian
    guard unsafe inet_pton(AF_INET6, host, &address.sin6_addr) == 1 else {
      throw GDBServerError("--gdb [\(host)]:\(port): \(host) is not an address")
    }
    let descriptor = try makeSocket(AF_INET6, "[\(host)]:\(port)")
    try bind(descriptor, &address, "[\(host)]:\(port)")
    return (descriptor, "[\(host)]:\(UInt16(bigEndian: address.sin6_port))")
  }

  private static func listen(path: String) throws(GDBServerError) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes.prefix(107)) }
    let descriptor = try makeSocket(AF_UNIX, path)
    // What an earlier run left behind answers nobody; a living one does.
    var old = stat()
    if unsafe lstat(path, &old) == 0, old.st_mode & S_IFMT == S_IFSOCK {
      let probe = try makeSocket(AF_UNIX, path)
      let isDead = unsafe withUnsafeMutablePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
          unsafe connect(probe, generic, socklen_t(MemoryLayout<sockaddr_un>.size)) != 0 && errno == ECONNREFUSED
        }
      }
      close(probe)
      if isDead { _ = unsafe unlink(path) }
    }
    // Whoever connects owns the guest: nobody but its user may.
    let mask = umask(0o077)
    defer { _ = umask(mask) }
    try bind(descriptor, &address, path)
    return descriptor
  }
}
