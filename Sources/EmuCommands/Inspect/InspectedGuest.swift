import ArgumentParser
import HostSystem
import Inspection
import Machine
import X86

/// The options of commands that look at a guest at one moment.
struct InspectArguments: ParsableArguments, GuestOptions {
  @Argument(help: "Kernel, ROM or raw code.") var image: String
  @OptionGroup var guest: GuestArguments
  @OptionGroup var board: BoardArguments
  @Option(help: "Inspect after this many ticks, counted as by emu run --max-ticks.") var at: UInt64 = 0
  @Option(help: "Whose registers: the processor's number.") var processor = 0
  @Option(help: "Inspect after this many seconds at the latest.") var timeout: Double?
  @Flag(help: "Print one JSON object.") var json = false
  var imagePath: String? { image }
  var configuration: MachineConfiguration { board.configuration }

  func validate() throws {
    if let timeout, !(timeout >= 0) { throw ValidationError("--timeout \(timeout) is not a number of seconds.") }
    // A wrong --cpus gets the board's own sentence.
    if (1...16).contains(board.cpus), !(0..<board.cpus).contains(processor) {
      throw ValidationError("--processor \(processor) is not one of 0 to \(board.cpus - 1).")
    }
  }
}

/// A guest, stopped at a moment.
struct InspectedGuest {
  /// The board.
  let machine: Machine
  /// The chosen processor and RAM.
  let view: GuestView
  /// Names of addresses.
  let symbols: GuestSymbols
  /// Which processor.
  let processor: Int
  /// Ticks that have passed.
  let ticks: UInt64

  /// Ticks between two looks at the count, as in `emu run`.
  private static let sliceTicks: UInt64 = 50_000

  /// Boots the image and runs it so far.
  init(_ options: InspectArguments) throws {
    machine = try options.makeMachine()
    symbols = try GuestSymbols(options)
    processor = options.processor
    EndingSignals.watch()
    let ending = Self.run(machine, options)
    if let number = EndingSignals.caught { EndingSignals.die(by: number) }
    ticks = machine.executedTicks
    view = GuestView(machine.state(ofProcessor: processor), machine.memory)
    if let ending { complain("the guest ended after \(ticks) ticks: \(ending)") }
  }

  /// Runs so far; gives why the guest did not come there.
  private static func run(_ machine: Machine, _ options: InspectArguments) -> String? {
    let start = HostClock.monotonic
    while machine.executedTicks < options.at, EndingSignals.caught == nil {
      switch machine.run(ticks: min(sliceTicks, options.at - machine.executedTicks)) {
      case .exited(let reason): return text(reason)
      // Nothing can wake the guest: no input comes.
      case .idle: return "it waits for input"
      case .sliceEnded, .breakpoint, .watchpoint, .stopped: break
      }
      if machine.isIdleForGood { return "it sleeps, and a million events of devices have not woken it" }
      if let timeout = options.timeout, Double(HostClock.monotonic - start) / 1e9 >= timeout {
        return "--timeout \(timeout) is reached"
      }
    }
    return nil
  }

  private static func text(_ reason: ExitReason) -> String {
    switch reason {
    case .debugExit(let value): "debug exit \(value)"
    case .powerOff: "power-off"
    case .halted: "halted for good"
    case .tripleFault(let reason): "triple fault: \(reason)"
    case .reset(let cause): "reset by \(cause)"
    }
  }

  /// It as text.
  var report: GuestReport {
    GuestReport(view, processor: processor, ticks: ticks) { [symbols] in symbols.text(of: $0) }
  }
}

/// Prints a report.
///
/// - Throws: `HostError` if standard output is gone.
func report(_ lines: [String]) throws {
  guard writeAll(1, Array((lines.joined(separator: "\n") + "\n").utf8)) else {
    throw HostError(description: "standard output cannot be written: its far end is gone or full")
  }
}
