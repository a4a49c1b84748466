import Glibc
import HostSystem
import Synchronization
import TextForms

/// A message for the user, on standard error.
func complain(_ text: String) { writeAll(2, Array("emu: \(text.printable)\n".utf8)) }

/// Writes all bytes; gives false if the far end is gone or full, or a signal ends the wait for it.
@discardableResult
func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) -> Bool {
  HostIO.write(descriptor, bytes) { EndingSignals.caught != nil } == bytes.count
}

/// Makes a file of bytes; a signal ends the wait for a far end that takes none.
///
/// - Throws: `HostError` with the file's name.
func writeFile(_ path: String, _ bytes: [UInt8]) throws(HostError) {
  try HostIO.writeFile(path, bytes) { EndingSignals.caught != nil }
}

/// The last SIGINT or SIGTERM that came, 0 if none: all that a signal handler may touch.
private let caughtSignal = Atomic<Int32>(0)

/// Signals that end a run.
enum EndingSignals {
  /// Notes SIGINT and SIGTERM instead of dying at once; a closed pipe is an error of write(2), not a signal.
  static func watch() {
    var numbers = sigset_t()
    _ = unsafe sigemptyset(&numbers)
    for number in [SIGINT, SIGTERM] {
      _ = unsafe sigaddset(&numbers, number)
      var action = sigaction()
      unsafe action.__sigaction_handler.sa_handler = { caughtSignal.store($0, ordering: .relaxed) }
      _ = unsafe sigaction(number, &action, nil)
    }
    // A parent's thread may have lent us its mask with these in it.
    _ = unsafe pthread_sigmask(SIG_UNBLOCK, &numbers, nil)
    _ = signal(SIGPIPE, SIG_IGN)
  }

  /// What the host may send for a write is an error of write(2), not an end: a reader that is gone, a file that has
  /// reached its limit.
  static func ignoreWriteSignals() {
    for number in [SIGPIPE, SIGXFSZ] { _ = signal(number, SIG_IGN) }
  }

  /// The signal that came, if any.
  static var caught: Int32? {
    let number = caughtSignal.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  /// Ends the process by a signal, as if it had not been caught.
  static func die(by number: Int32) {
    _ = signal(number, SIG_DFL)
    raise(number)
  }
}

/// What a person at the terminal asks of emu itself.
enum ConsoleRequest { case quit, help, screenshot }

/// Standard input, or another descriptor, as the far end of the serial line.
///
/// A terminal is put into raw mode, where Ctrl-A is the escape character, and restored when this goes.
final class ConsoleInput {
  let descriptor: Int32
  private let isTerminal: Bool
  private var saved = termios()
  private var isEscaped = false
  /// Requests that nobody has taken yet.
  private var requests: [ConsoleRequest] = []
  /// Bytes that the serial line had no space for yet.
  private(set) var pending: [UInt8] = []
  /// No more bytes will come.
  private(set) var hasEnded = false

  /// - Parameter descriptor: what is read; a negative one has ended already.
  init(descriptor: Int32, isInteractive: Bool) {
    self.descriptor = descriptor
    isTerminal = isInteractive
    hasEnded = descriptor < 0
    guard isTerminal, unsafe tcgetattr(descriptor, &saved) == 0 else { return }
    var raw = saved
    unsafe cfmakeraw(&raw)
    // Output keeps its line ends: the guest's own carriage returns do no harm.
    raw.c_oflag = saved.c_oflag
    _ = unsafe tcsetattr(descriptor, TCSANOW, &raw)
  }

  deinit { restore() }

  /// Gives the terminal back as it was.
  func restore() {
    if isTerminal { _ = unsafe tcsetattr(descriptor, TCSANOW, &saved) }
  }

  /// Waits until something can be read, or something else happens, or so many milliseconds (for ever if negative).
  func wait(milliseconds: Int32, for others: [pollfd] = []) {
    var waiting = others
    waiting.append(pollfd(fd: hasEnded || pending.count >= 4096 ? -1 : descriptor, events: Int16(POLLIN), revents: 0))
    _ = unsafe Glibc.poll(&waiting, nfds_t(waiting.count), milliseconds)
  }

  /// The next request; without one it reads what is there, and does not wait.
  func poll() -> ConsoleRequest? {
    if requests.isEmpty { readPresent() }
    return requests.isEmpty ? nil : requests.removeFirst()
  }

  private func readPresent() {
    guard !hasEnded, pending.count < 4096 else { return }
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard unsafe Glibc.poll(&waiting, 1, 0) > 0 else { return }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
    // A pseudo-terminal nobody has opened answers EIO: it may be opened later.
    if count < 0 && (errno == EINTR || errno == EAGAIN || errno == EIO) { return }
    guard count > 0 else {
      hasEnded = true
      return
    }
    guard isTerminal else {
      pending += buffer.prefix(count)
      return
    }
    for byte in buffer.prefix(count) {
      if let request = take(byte) { requests.append(request) }
    }
  }

  /// One byte from the keyboard, with the escape character Ctrl-A.
  private func take(_ byte: UInt8) -> ConsoleRequest? {
    guard isEscaped else {
      if byte == 1 { isEscaped = true } else { pending.append(byte) }
      return nil
    }
    isEscaped = false
    switch byte {
    case UInt8(ascii: "x"), UInt8(ascii: "X"): return .quit
    case UInt8(ascii: "s"), UInt8(ascii: "S"): return .screenshot
    case UInt8(ascii: "h"), UInt8(ascii: "H"), UInt8(ascii: "?"): return .help
    case 1: pending.append(1)
    default: pending += [1, byte]
    }
    return nil
  }

  /// Hands pending bytes to `accept`, which says how many it took.
  func feed(_ accept: ([UInt8]) -> Int) {
    guard !pending.isEmpty else { return }
    pending.removeFirst(accept(pending))
  }
}
