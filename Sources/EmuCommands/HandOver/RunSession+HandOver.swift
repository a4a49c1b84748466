import HostSystem
import KVM
import Machine
import TextForms

extension RunSession {
  /// Prepares the places where the run changes over, and puts KVM under the machine if it begins there.
  func beginHandOvers() throws {
    if handOvers.hasSymbols { try handOvers.resolve(loadSymbols()) }
    if options.backend == .kvm {
      kvm = try KVMBoard(machine, continues: handOvers.isWanted)
      handOvers.noteKVM()
    }
    try armHandOver()
  }

  /// Changes over to the other backend now, between two slices.
  ///
  /// - Throws: one sentence if it cannot.
  func handOver() throws {
    guard handOvers.allowsRequests else {
      throw UsageError(description: "a hand-over was not asked for: the run needs --hand-over at=control")
    }
    try changeOver()
  }

  private func changeOver() throws {
    guard migration == nil, protection == nil else {
      throw UsageError(description: "the guest is being moved or followed by a backup")
    }
    output.flush()
    let wasKVM = kvm != nil
    if let board = kvm {
      try board.leave()
      kvm = nil
    } else {
      let place = placeOfHandOver()
      do throws(KVMError) {
        kvm = try KVMBoard(machine, continues: true)
      } catch {
        throw KVMError("KVM cannot go on at \(place): \(error.description)", isUnavailable: error.isUnavailable)
      }
      handOvers.note(false, until: place)
      handOvers.noteKVM()
    }
    if wasKVM { handOvers.note(true, until: placeOfHandOver()) }
    try armHandOver()
  }

  /// Where the processor that executes next stands, and when.
  private func placeOfHandOver() -> String {
    let address = machine.linearInstructionPointer(ofProcessor: machine.currentProcessor)
    let name = knownSymbols?.text(of: address).map { " (\($0))" } ?? ""
    return "\(Text.suffixed(address))\(name) at \(HandOverPlan.seconds(machine.virtualNanoseconds))"
  }

  /// Sets what stops the backend that executes at the next place.
  private func armHandOver() throws {
    machine.stopPorts = handOvers.port.map { [$0] } ?? []
    guard let board = kvm else { return }
    if let port = handOvers.port, board.hasOwnChip(onPort: port) {
      let place = "--hand-over at=port:\(Text.hex(port))"
      throw UsageError(description: "\(place): the chip on this port is KVM's own with several processors")
    }
    guard let address = handOvers.address else { return try board.setBreakpoints([]) }
    let levels = KVMBoard.breakpointLevels
    guard levels.kernel || levels.user else {
      let place = "--hand-over at=\(Text.hex(address))"
      throw UsageError(description: "\(place): KVM on this host does not stop at breakpoints")
    }
    try board.setBreakpoints([address])
    if !levels.user, !options.quiet {
      complain("KVM on this host stops at \(Text.hex(address)) at CPL 0 only: its user code runs past breakpoints")
    }
  }

  /// Runs the guest on KVM up to the next place, for a slice at most.
  func runOnKVM(_ board: KVMBoard) throws -> RunResult {
    let result = try board.run(nanoseconds: handOvers.bound(nanoseconds: SliceLength.nanoseconds, machine))
    // A sleeping guest sleeps no longer than to the next place.
    guard case .idle(let sleep) = result else { return result }
    board.catchUp()
    let left = handOvers.bound(nanoseconds: .max, machine)
    return left == .max ? result : .idle(min(sleep ?? .max, left))
  }

  /// Before a slice: sets the breakpoint of the next place beside those of a trace, and brings KVM's clock up to date.
  ///
  /// - Returns: how many ticks of a slice of the model may run.
  func prepareHandOver(_ ticks: UInt64) -> UInt64 {
    guard handOvers.next != nil else { return ticks }
    if let kvm {
      kvm.catchUp()
      return ticks
    }
    if let address = handOvers.address, !machine.breakpoints.contains(address) {
      machine.setBreakpoints(machine.breakpoints.union([address]))
    }
    return handOvers.bound(ticks, machine)
  }

  /// Changes over if a slice has ended at the next place; gives the result that the session goes on with.
  func passHandOver(_ result: RunResult) throws -> RunResult {
    guard handOvers.next != nil else { return result }
    let isThere: Bool
    switch result {
    case .breakpoint(let processor):
      isThere =
        kvm != nil || handOvers.address == machine.linearInstructionPointer(ofProcessor: processor)
    case .stopped: isThere = handOvers.port != nil && (kvm != nil || machine.hasStoppedAtPort)
    case .exited: return result
    default: isThere = handOvers.isDue(machine)
    }
    guard isThere else { return result }
    if kvm == nil, let address = handOvers.address {
      machine.setBreakpoints(machine.breakpoints.subtracting([address]))
      machine.leaveBreakpoints(passing: false)
    }
    handOvers.pass()
    try changeOver()
    return .sliceEnded
  }
}
