public import FaultReports
import Inspection
import Machine
import TextForms
import Trace
import X86

extension MachineDebugTarget {
  /// One line a command.
  public var monitorHelp: String {
    """
    info              processors, board, chips, position, memory that the past takes
    tick              ticks executed and instructions completed
    walk ADDRESS      the page walk of a linear address or symbol, level by level
    tables [NAME...]  gdt, idt, tss, pages (or tree): decoded tables; all of them without a name
    events            what the guest met so far that is not there, such as unclaimed ports, and EOIs that did not come
    report [N]        the last exception or triple fault, from the N instructions before it to the handler
    last [N]          the last N steps, 16 without a number
    seek TICK         go to a position, back or forth; then say: maintenance flush register-cache

    """
  }

  /// Answers a command.
  public func monitor(_ command: String, processor: Int) -> String? {
    let words = command.split(separator: " ").map(String.init)
    guard let name = words.first else { return nil }
    let arguments = words.dropFirst()
    switch (name, arguments.count) {
    case ("info", 0): return info()
    case ("tick", 0): return "\(machine.executedTicks) ticks, \(machine.retiredInstructions) instructions\n"
    case ("walk", 1): return walk(words[1], processor)
    case ("walk", _): return "monitor walk takes one linear address or symbol, such as 0xfee00000\n"
    case ("tables", _): return tables(arguments, processor)
    case ("events", 0):
      let lines = machine.events.sentences(
        limit: EventLog.limit, symbol: { [host] in host.symbolName(of: $0) })
      let all = lines + machine.missingEnds
      return all.isEmpty ? "none\n" : Self.text(all)
    // The command's name before it was `report` still works.
    case ("report", 0), ("story", 0): return reportText(FaultRecorder.recentCount)
    case ("report", 1), ("story", 1):
      guard let count = NumberText.value(words[1]), (1...Self.historyLimit).contains(count) else {
        return "monitor report \(words[1]): is not a number from 1 to \(Self.historyLimit)\n"
      }
      return reportText(Int(count))
    case ("last", 0): return lastSteps(16)
    case ("last", 1): return NumberText.value(words[1]).map(lastSteps) ?? "monitor last \(words[1]): is not a number\n"
    case ("seek", 1): return NumberText.value(words[1]).map(seek) ?? "monitor seek \(words[1]): is not a position\n"
    default: return nil
    }
  }

  private static func text(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }

  private func report(_ processor: Int) -> GuestReport {
    GuestReport(
      GuestView(machine.state(ofProcessor: processor), machine.memory), processor: processor, ticks: history.position
    ) { [host] in host.symbolName(of: $0) }
  }

  private func walk(_ text: String, _ processor: Int) -> String {
    guard let linear = NumberText.address(text, orSymbol: { host.address(ofSymbol: $0) }) else {
      return "monitor walk \(text): \(text) is neither an address nor a symbol\n"
    }
    return Self.text(report(processor).walk(linear))
  }

  private func tables(_ names: ArraySlice<String>, _ processor: Int) -> String {
    var choice: Set<GuestTable> = names.isEmpty ? [.gdt, .idt, .tss, .pages] : []
    for name in names {
      guard let table = GuestTable(rawValue: name) else {
        let known = GuestTable.allCases.map(\.rawValue).joined(separator: ", ")
        return "monitor tables \(name): \(name) is none of \(known)\n"
      }
      choice.insert(table)
    }
    return Self.text(report(processor).tables(choice))
  }

  private func info() -> String {
    let position = "position \(history.position), \(machine.retiredInstructions) instructions"
    let past = "the past begins at \(history.beginning): \(history.checkpointCount) checkpoints, "
    let kept = "\(history.byteCount >> 10) KiB, \(history.inputsKept) inputs"
    let processors = (0..<processorCount).map { index in
      let state = machine.state(ofProcessor: index)
      let name = host.symbolName(of: state.linearRIP).map { " (\($0))" } ?? ""
      return "\(state.summary(ofProcessor: index)), next at \(Text.hex(state.linearRIP))\(name)"
    }
    return Self.text([position, past + kept] + processors + machine.boardSummary)
  }

  // MARK: The past

  /// The report of the last exception or triple fault, by executing the last stretch again; nil if there was none.
  ///
  /// - Parameter recentCount: instructions before it that it shows.
  public func lastReport(recentCount: Int = FaultRecorder.recentCount) -> FaultReport? {
    var last: FaultReport?
    // Watched steps take their time: seldom is the last exception far.
    for reach: UInt64 in [20_000, 1_000_000] where last == nil {
      let recorder = FaultRecorder(
        recentCount: recentCount, symbol: { [host] in host.symbolName(of: $0) }
      ) { report in
        last = report
        return true
      }
      watchPast(reach, recorder)
    }
    return last
  }

  /// Instructions before a fault that a debugger may ask for.
  private static let historyLimit: UInt64 = 10_000

  private func reportText(_ recentCount: Int) -> String {
    lastReport(recentCount: recentCount)?.rendered(isColoured: false) ?? "there was none in the last million ticks\n"
  }

  private func lastSteps(_ count: UInt64) -> String {
    let lister = StepLister { [host] in host.symbolName(of: $0) }
    watchPast(min(count, 10_000), lister)
    return lister.lines.isEmpty ? "nothing lies before\n" : Self.text(lister.lines)
  }

  /// Shows the last ticks to an observer and ends where it began.
  private func watchPast(_ ticks: UInt64, _ observer: any MachineObserver) {
    let here = history.position
    guard history.seek(to: max(history.beginning, here - min(ticks, here))) else { return }
    history.observe(observer, to: here)
  }

  private func seek(_ ticks: UInt64) -> String {
    deadEndPosition = nil
    guard ticks >= history.beginning else {
      return "monitor seek \(ticks): the past begins at \(history.beginning)\n"
    }
    if ticks < history.position { _ = history.seek(to: ticks) }
    forward: while history.position < ticks, !host.lookAround() {
      switch history.run(ticks: min(1_000_000, ticks - history.position)) {
      case .sliceEnded, .breakpoint, .watchpoint, .stopped: continue
      case .idle(let nanoseconds): host.sleep(nanoseconds: nanoseconds)
      case .exited: break forward
      }
    }
    let end = history.position == ticks ? "" : ": it goes no further"
    return "position \(history.position)\(end); GDB must forget: maintenance flush register-cache\n"
  }
}
