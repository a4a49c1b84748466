import Glibc
import HostSystem
import Machine

/// A connection between two processes that hand over a guest; it closes itself.
final class MoveConnection {
  let descriptor: Int32
  /// What is read goes here first: a fresh array for each look would cost more than the look.
  private var buffer = [UInt8](repeating: 0, count: 1 << 18)

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// Sends what is there as far as the far end takes it; gives how much, nil if the far end is gone.
  func send(_ bytes: ArraySlice<UInt8>) -> Int? { bytes.isEmpty ? 0 : HostSocket.send(descriptor, bytes) }

  /// Reads what is there; nil if the far end is gone.
  func receive() -> [UInt8]? {
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      if count < 0 && errno == EAGAIN { return [] }
      return count > 0 ? Array(buffer[..<count]) : nil
    }
  }

  /// What to wait for.
  func awaited(hasOutput: Bool) -> pollfd {
    pollfd(fd: descriptor, events: Int16(POLLIN | (hasOutput ? POLLOUT : 0)), revents: 0)
  }

  /// Waits until the far end takes or gives something, at most so long.
  func wait(milliseconds: Int32, hasOutput: Bool) {
    var waiting = awaited(hasOutput: hasOutput)
    _ = unsafe poll(&waiting, 1, milliseconds)
  }
}
