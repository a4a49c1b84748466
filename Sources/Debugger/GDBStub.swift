/// A server, the session of the debugger that is connected, and what the guest may do meanwhile.
public final class GDBStub {
  /// What the guest may do.
  public enum State: Equatable, Sendable {
    /// It stands still.
    case stopped
    /// No debugger holds it.
    case free
    /// A debugger killed it.
    case killed
    /// It ended, and the debugger knows.
    case exited
  }

  private let server: GDBServer
  private let target: any DebugTarget
  private var session: GDBSession?
  private var wentWhileRunning = false
  /// What the guest may do now; at first it waits for a debugger.
  public private(set) var state = State.stopped

  /// Where debuggers connect.
  public var address: String { server.address }

  /// Makes a stub around a guest that stands before its first instruction.
  public init(server: GDBServer, target: any DebugTarget) {
    self.server = server
    self.target = target
  }

  /// Waits so many milliseconds for the debugger, and does what it asks, which may run the guest for long.
  public func serve(milliseconds: Int32) {
    let bytes = server.poll(milliseconds: milliseconds)
    if server.isConnected, session == nil { begin() }
    guard let session else { return }
    if !bytes.isEmpty { session.receive(bytes) }
    server.send(session.takeOutput())
    if let ending = session.ending {
      server.disconnect()
      end(by: ending)
    } else if !server.isConnected {
      if session.hasOnlyReadRegisters { complainOfArchitecture() }
      // A debugger that went without a word leaves the guest as it was, but without its breakpoints.
      end(by: wentWhileRunning ? .detached : nil)
    }
  }

  private func begin() {
    let new = GDBSession(target: target)
    new.pollInput = { [unowned self, unowned new] in
      server.send(new.takeOutput())
      return server.poll(milliseconds: 0)
    }
    new.isGone = { [unowned self] in
      if !server.isConnected { wentWhileRunning = true }
      return !server.isConnected
    }
    wentWhileRunning = false
    session = new
    state = .stopped
  }

  /// GDB leaves so when it counts on other registers than were described.
  private func complainOfArchitecture() {
    let shown = target.architecture
    let other = shown == .i386 ? DebugArchitecture.amd64 : .i386
    server.complain(
      "the debugger left at once, as GDB does when its own file or `set architecture` is not for \(shown.rawValue): "
        + "say set architecture \(shown.nameInGDB) before target remote, or run with --gdb-architecture "
        + "\(other.rawValue)")
  }

  private func end(by ending: GDBSession.Ending?) {
    session = nil
    target.breakpoints = []
    target.watchpoints = []
    switch ending {
    case .detached: state = .free
    case .killed: state = .killed
    case .exited: state = .exited
    case nil: break
    }
  }

  /// Reports the end of the process with this status to a debugger that waits for the guest.
  public func finish(status: UInt8) {
    session?.finish(status: status)
    if let output = session?.takeOutput() { server.send(output) }
    server.end()
  }
}
