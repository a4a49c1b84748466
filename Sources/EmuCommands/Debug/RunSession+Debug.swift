import Debugger
import Machine
import Symbols

/// The debugger's side of a run.
struct Debugging {
  /// The machine as a debugger sees it.
  var target: MachineDebugTarget?
  /// Who serves the debugger.
  var stub: GDBStub?
  /// What ended the run while a debugger's request ran the guest.
  var pendingEnd: RunSession.End?
}

extension RunSession: DebugHost {
  /// Opens the debugger's socket; the guest waits for it.
  func listen(_ text: String) throws {
    let server = try GDBServer(GDBEndpoint(text)) { complain($0) }
    let symbols = try loadSymbols()
    let architecture = symbols.architecture ?? options.imagePath.flatMap { ImageKind($0)?.architecture }
    let target = MachineDebugTarget(
      machine, host: self, program: DebuggedProgram(file: symbols.elfFile, architecture: architecture))
    target.chosenArchitecture = options.gdbArchitecture.architecture
    target.listsAllRegisters = options.gdbRegisters == .all
    debugging.target = target
    debugging.stub = GDBStub(server: server, target: target)
    complain("waiting for GDB at \(server.address)")
  }

  /// Serves the debugger, and lets the guest run whenever no debugger holds it.
  func debugLoop() throws -> End {
    guard let debugger = debugging.stub else { return .quit }
    while true {
      if let end = debugging.pendingEnd ?? lookForEnd() { return end }
      switch debugger.state {
      case .stopped: debugger.serve(milliseconds: 50)
      case .free:
        debugger.serve(milliseconds: 0)
        if debugger.state == .free, let end = try runFreely() { return end }
      case .killed: return .quit
      case .exited:
        guard let reason = debugging.target?.exitReason else { return .quit }
        return .guest(reason)
      }
    }
  }

  private func runFreely() throws -> End? {
    let before = machine
    try saveSnapshotsDue()
    let end = try runOn()
    if machine !== before { debugging.target?.follow(machine) }
    return end
  }

  /// Remembers what ends the run.
  func lookAround() -> Bool {
    if debugging.pendingEnd == nil { debugging.pendingEnd = lookForEnd() }
    return debugging.pendingEnd != nil
  }

  func sleep(nanoseconds: UInt64?) {
    output.flush()
    sleep(nanoseconds)
  }

  func replacement(after reason: ExitReason) -> Machine? {
    guard case .reset = reason, options.reboot else { return nil }
    do {
      if try reboot() { return machine }
    } catch {
      // Only a board on KVM throws, and none has a debugger.
      complain("\(error)")
    }
    debugging.pendingEnd = .limit
    return nil
  }

  func guestShutDown(_ sentence: String) { reportShutdown(sentence) }

  func symbolName(of address: UInt64) -> String? { knownSymbols?.text(of: address) }

  func address(ofSymbol name: String) -> UInt64? { knownSymbols?.table?.address(of: name) }

  func status(of reason: ExitReason) -> UInt8 { UInt8(truncatingIfNeeded: Self.outcome(reason).0.code) }
}
