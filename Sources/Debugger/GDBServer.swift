import Glibc
import HostSystem

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
    do throws(HostError) {
      let (descriptor, place) = try HostSocket.listen(at: endpoint.place, name: "--gdb \(endpoint.text)")
      listener = descriptor
      (address, socketPath) = GDBEndpoint.shown(place)
    } catch {
      throw GDBServerError(error.description)
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
    guard let new = HostSocket.accept(listener) else { return }
    guard connection < 0 else {
      close(new)
      complain("a second debugger wanted to connect to \(address) and was turned away")
      return
    }
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
}
