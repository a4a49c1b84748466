import ArgumentParser
import CHost
import Glibc
import HostSystem

/// Where the guest's serial line ends.
enum SerialChoice: ExpressibleByArgument, Equatable {
  case stdio, none, pty
  case file(String)

  init?(argument: String) {
    switch argument {
    case "stdio": self = .stdio
    case "none": self = .none
    case "pty": self = .pty
    default:
      guard argument.hasPrefix("file:"), argument.count > 5 else { return nil }
      self = .file(String(argument.dropFirst(5)))
    }
  }

  /// Opens the far end; a negative descriptor is nowhere.
  ///
  /// - Throws: `HostError` with the file's name.
  func open() throws -> (input: Int32, output: Int32) {
    switch self {
    case .none: return (-1, -1)
    case .stdio: return (0, 1)
    case .file(let path):
      return (-1, try HostIO.openToWrite(path))
    case .pty:
      let descriptor = try Self.openPseudoTerminal()
      return (descriptor, descriptor)
    }
  }

  private static func openPseudoTerminal() throws -> Int32 {
    var name = [CChar](repeating: 0, count: 128)
    let descriptor = unsafe emu_open_pseudo_terminal(&name, name.count)
    guard descriptor >= 0 else {
      throw HostError(description: "--serial pty: \(HostIO.lastReason)")
    }
    var settings = termios()
    if unsafe tcgetattr(descriptor, &settings) == 0 {
      unsafe cfmakeraw(&settings)
      _ = unsafe tcsetattr(descriptor, TCSANOW, &settings)
    }
    complain(
      "the serial line is \(String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))")
    return descriptor
  }
}

/// What the guest sends on its serial line, on its way out.
final class SerialOutput {
  private let descriptor: Int32
  private var waiting: [UInt8] = []
  /// The far end is gone.
  private(set) var hasFailed = false
  /// Until when a far end that takes nothing is waited for, by the monotonic clock.
  var deadline = UInt64.max

  /// - Parameter descriptor: where it goes; negative is nowhere.
  init(descriptor: Int32) { self.descriptor = descriptor }

  /// Takes a byte; a line goes out when it ends.
  func send(_ byte: UInt8) {
    guard descriptor >= 0 else { return }
    waiting.append(byte)
    if byte == 10 || waiting.count > 512 { flush() }
  }

  /// Writes what waits.
  func flush() {
    guard !waiting.isEmpty else { return }
    if isWritable(), !writeAll(descriptor, waiting) { hasFailed = true }
    waiting.removeAll(keepingCapacity: true)
  }

  /// The far end takes something just now, or nowhere is the far end, or it is gone.
  var isOpen: Bool {
    guard descriptor >= 0 else { return true }
    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return unsafe poll(&waiting, 1, 0) > 0
  }

  /// Waits until the far end takes something; false if a signal or the time limit comes first.
  private func isWritable() -> Bool {
    while true {
      var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      let ready = unsafe poll(&waiting, 1, 50)
      if ready > 0 || (ready < 0 && errno != EINTR) { return true }
      if EndingSignals.caught != nil || HostClock.monotonic >= deadline { return false }
    }
  }
}
