import Glibc

/// Stream sockets of the host; none blocks unless it is made to.
package enum HostSocket {
  /// Listens at an address.
  ///
  /// A Unix socket of an earlier process that is gone gives way; only its user may connect to the new one (mode 0600).
  /// - Parameter name: what a message begins with.
  /// - Returns: the descriptor, and the address with the port that the host chose.
  /// - Throws: `HostError`.
  package static func listen(
    at address: SocketAddress, name: String
  ) throws(HostError) -> (descriptor: Int32, address: SocketAddress) {
    let descriptor: Int32
    var result = address
    switch address {
    case .unix(let path):
      removeStale(path)
      let mask = umask(0o177)
      defer { _ = umask(mask) }
      descriptor = try unsafe prepared(address, name) { unsafe Glibc.bind($0, $1, $2) }
    default: descriptor = try unsafe prepared(address, name) { unsafe Glibc.bind($0, $1, $2) }
    }
    guard Glibc.listen(descriptor, 8) == 0 else { throw failure(name, closing: descriptor) }
    if case .internet(let host, _) = address { result = .internet(host: host, port: port(of: descriptor)) }
    if case .internet6(let host, _) = address { result = .internet6(host: host, port: port(of: descriptor)) }
    return (descriptor, result)
  }

  /// Connects to an address and waits for that, some seconds at most.
  ///
  /// - Parameter name: what a message begins with.
  /// - Throws: `HostError`.
  package static func connect(to address: SocketAddress, name: String) throws(HostError) -> Int32 {
    var isConnected = false
    let descriptor = try unsafe prepared(address, name) {
      isConnected = unsafe Glibc.connect($0, $1, $2) == 0
      return isConnected || errno == EINPROGRESS ? 0 : -1
    }
    if !isConnected {
      var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      var code: Int32 = ETIMEDOUT
      var size = socklen_t(4)
      if unsafe poll(&waiting, 1, 5000) > 0 { _ = unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size) }
      guard code == 0 else {
        errno = code
        throw failure(name, closing: descriptor)
      }
    }
    return descriptor
  }

  /// Lets reads and writes wait.
  package static func setBlocking(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK)
  }

  /// Takes the next connection; nil if none waits.
  package static func accept(_ listener: Int32) -> Int32? {
    let new = Glibc.accept(listener, nil, nil)
    guard new >= 0 else { return nil }
    setUp(new)
    return new
  }

  /// Sends as much as the far end takes just now; gives how much, nil if it is gone.
  package static func send(_ descriptor: Int32, _ bytes: ArraySlice<UInt8>) -> Int? {
    while true {
      let count = unsafe bytes.withUnsafeBytes { area in
        unsafe Glibc.send(descriptor, area.baseAddress, area.count, Int32(MSG_NOSIGNAL))
      }
      if count < 0 && errno == EINTR { continue }
      if count < 0 && errno == EAGAIN { return 0 }
      return count >= 0 ? count : nil
    }
  }

  /// Reads what is there; nil if the far end is gone.
  package static func receive(_ descriptor: Int32, limit: Int = 1 << 16) -> [UInt8]? {
    guard let bytes = HostIO.read(descriptor, limit: limit) else { return errno == EAGAIN ? [] : nil }
    return bytes.isEmpty ? nil : bytes
  }

  // MARK: Parts

  private static func failure(_ name: String, closing descriptor: Int32 = -1) -> HostError {
    let error = HostError(description: "\(name): \(HostIO.lastReason)")
    if descriptor >= 0 { close(descriptor) }
    return error
  }

  private static func setUp(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    var yes: Int32 = 1
    _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &yes, 4)
    // Fails on a Unix socket, which does not wait for more to send anyway.
    _ = unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, 4)
  }

  private typealias Call = (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32

  /// A socket for which a call with the address has succeeded.
  private static func prepared(
    _ address: SocketAddress, _ name: String, _ call: Call
  ) throws(HostError) -> Int32 {
    switch address {
    case .unix(let path):
      var place = sockaddr_un()
      place.sun_family = sa_family_t(AF_UNIX)
      let bytes = Array(path.utf8)
      guard bytes.count <= SocketAddress.pathLimit else {
        throw HostError(description: "\(name): the path has more than \(SocketAddress.pathLimit) bytes")
      }
      unsafe withUnsafeMutableBytes(of: &place.sun_path) { unsafe $0.copyBytes(from: bytes) }
      return try unsafe made(AF_UNIX, &place, name, call)
    case .internet(let host, let port):
      var place = sockaddr_in()
      place.sin_family = sa_family_t(AF_INET)
      place.sin_port = port.bigEndian
      guard unsafe inet_pton(AF_INET, host, &place.sin_addr) == 1 else {
        throw HostError(description: "\(name): \(host) is not an address")
      }
      return try unsafe made(AF_INET, &place, name, call)
    case .internet6(let host, let port):
      var place = sockaddr_in6()
      place.sin6_family = sa_family_t(AF_INET6)
      place.sin6_port = port.bigEndian
      guard unsafe inet_pton(AF_INET6, host, &place.sin6_addr) == 1 else {
        throw HostError(description: "\(name): \(host) is not an address")
      }
      return try unsafe made(AF_INET6, &place, name, call)
    }
  }

  private static func made<Address>(
    _ family: Int32, _ address: inout Address, _ name: String, _ call: Call
  ) throws(HostError) -> Int32 {
    let descriptor = socket(family, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw failure(name) }
    setUp(descriptor)
    var yes: Int32 = 1
    _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, 4)
    let code = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe call(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
      }
    }
    guard code == 0 else { throw failure(name, closing: descriptor) }
    return descriptor
  }

  /// Which port a socket has.
  private static func port(of descriptor: Int32) -> UInt16 {
    // The port lies in the same place in both families.
    var address = sockaddr_in6()
    var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
    let code = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe getsockname(descriptor, $0, &size) }
    }
    return code == 0 ? UInt16(bigEndian: address.sin6_port) : 0
  }

  /// Removes a Unix socket that answers nobody.
  private static func removeStale(_ path: String) {
    var old = stat()
    guard unsafe lstat(path, &old) == 0, old.st_mode & S_IFMT == S_IFSOCK else { return }
    guard let probe = try? connect(to: .unix(path: path), name: path) else {
      if errno == ECONNREFUSED { _ = unsafe unlink(path) }
      return
    }
    close(probe)
  }
}
