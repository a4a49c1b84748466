import Inspection
import KVM
import Machine
import X86
import TextForms

extension RunSession {
  /// Kinds of events that are reported at an end.
  private static let reportedEvents = 3

  /// In what state the guest was at an end that is not its own, and what it met that is not there: one sentence each.
  func notes(_ end: End) -> [String] {
    let events = counts.events(machine)
    var notes: [String] = []
    var isOwnEnd = false
    switch end {
    case .moved(let address): return ["the guest has moved to \(address)"]
    case .followed(let reason), .differs(let reason): return [reason]
    default: break
    }
    if case .guest(let reason) = end {
      switch reason {
      case .debugExit, .powerOff: isOwnEnd = true
      case .halted, .tripleFault, .reset: break
      }
    }
    if case .expected = end { isOwnEnd = true }
    if let cause = cause(end) { notes.append(situation.map { "\(cause): \($0)" } ?? cause) }
    switch end {
    case .guest(.debugExit), .guest(.powerOff), .guest(.tripleFault), .guest(.reset), .expected, .moved, .followed,
      .differs:
      break
    case .guest(.halted), .limit, .quit, .recordingEnd, .signal: notes += machine.missingEnds
    }
    notes += events.sentences(
      limit: Self.reportedEvents,
      including: { $0.isOfTheModel || (!isOwnEnd && $0.kind != .keyboardRead) }, symbol: placeName)
    if let sentence = handOvers.sentence(isKVM: kvm != nil) { notes.append(sentence) }
    // A driver that looks for a keyboard gives up soon; who waits for a key does not.
    if !isOwnEnd, let keyboard = events.entries.first(where: { $0.event.kind == .keyboardRead }), keyboard.count >= 1000
    {
      notes.append(keyboard.sentence(placeName))
    }
    return notes
  }

  /// Why the run ended; nil if the guest ended it by power-off or its own exit value, and of a triple fault, which
  /// has a report of its own.
  private func cause(_ end: End) -> String? {
    switch end {
    case .limit: return limits.reached ?? "the guest cannot be started again"
    case .quit: return output.hasFailed ? "the serial output has failed" : "left by the user"
    case .expected, .moved, .followed, .differs: return nil
    case .recordingEnd: return "the recording ends here"
    case .signal(let number):
      return number == 2 ? "ended by SIGINT" : number == 15 ? "ended by SIGTERM" : "ended by signal \(number)"
    case .guest(let reason):
      switch reason {
      case .debugExit, .powerOff, .tripleFault: return nil
      case .halted: return "halted for good"
      case .reset(let cause): return "the guest asked for a reset by \(cause)"
      }
    }
  }

  /// Where the first processor that runs stands, else the first that sleeps; nil if the host does not report it.
  private var situation: String? {
    let states = (0..<machine.processorCount).compactMap { hostState(ofProcessor: $0) }
    guard !states.isEmpty else { return nil }
    let order: [ActivityState] = [.shutdown, .running, .halted, .waitForSIPI]
    let activity = order.first { wanted in states.contains { $0.activity == wanted } } ?? .running
    let index = states.firstIndex { $0.activity == activity } ?? 0
    let state = states[index]
    let linear = state.linearRIP
    let name = placeName(linear).map { " (\($0))" } ?? ""
    let processor = states.count > 1 ? "processor \(index)" : "the processor"
    let enabled = state.rflags & RFLAGS.interruptEnable != 0
    var text =
      "\(processor) \(verb(activity)) at \(Text.suffixed(linear))\(name), \(state.mode.words), "
      + "CPL \(state.privilegeLevel), interrupts \(enabled ? "on" : "off")"
    if activity == .halted, enabled {
      let sources = machine.enabledInterrupts
      text += sources.isEmpty ? "; every interrupt is masked" : "; it waits for \(sources.joined(separator: ", "))"
    }
    if machine.isSuspended { text += "; the machine is suspended to RAM (ACPI S3)" }
    if states.count > 1 { text += "; of the others \(others(states, but: index))" }
    return text
  }

  private func verb(_ activity: ActivityState) -> String {
    switch activity {
    case .running: "runs"
    case .halted: "sleeps in HLT"
    case .waitForSIPI: "waits to be started"
    case .shutdown: "is shut down"
    }
  }

  private func others(_ states: [ArchitecturalState], but index: Int) -> String {
    var parts: [String] = []
    for activity in [ActivityState.running, .halted, .waitForSIPI, .shutdown] {
      let count = states.indices.count { $0 != index && states[$0].activity == activity }
      if count > 0 { parts.append("\(count) \(count == 1 ? verb(activity) : Self.plural(activity))") }
    }
    return parts.joined(separator: ", ")
  }

  private static func plural(_ activity: ActivityState) -> String {
    switch activity {
    case .running: "run"
    case .halted: "sleep in HLT"
    case .waitForSIPI: "wait to be started"
    case .shutdown: "are shut down"
    }
  }

  /// The state of a processor; nil if the host does not report it.
  func hostState(ofProcessor index: Int) -> ArchitecturalState? {
    guard let kvm else { return machine.state(ofProcessor: index) }
    // Of several, each still runs in a thread of its own: KVM answers only when that stops.
    return machine.processorCount == 1 ? try? kvm.state(ofProcessor: index) : nil
  }

  /// The name of an address, as far as symbols are known.
  private func placeName(_ address: UInt64) -> String? { knownSymbols?.text(of: address) }

  /// Reports as soon as it happens what a boot sector seldom survives: an interrupt for a firmware that is not there.
  func reportEmptyVector() {
    guard reported.emptyVector == nil, !options.quiet,
      let entry = machine.events.entries.first(where: { $0.event.kind == .emptyVector })
    else { return }
    var first = entry
    first.count = 1
    reported.emptyVector = first.sentence(placeName)
    output.flush()
    complain(first.sentence(placeName))
  }

  /// Prints what has not been said yet.
  func printNotes(_ notes: [String]) {
    guard !options.quiet else { return }
    for note in notes where reported.emptyVector.map({ !note.hasPrefix($0) }) ?? true { complain(note) }
  }
}
