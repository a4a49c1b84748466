public import ArgumentParser
import Symbols
import TextForms
public import Trace

extension TraceFormat: ExpressibleByArgument {}

/// The options of `emu run` about traces.
struct TraceOptions: ParsableArguments {
  @Option(help: "Write what every step does to this file; .zst and .gz pack it by zstd and gzip.") var trace: String?
  @Option(
    help: """
      The form of the trace: text, jsonl (for emu view) or perfetto. By the file's name if it ends with .jsonl or .json.
      """)
  var traceFormat: TraceFormat?
  @Option(help: "End the trace after so many steps; the guest goes on.") var traceLimit: UInt64 = 1_000_000
  @Option(
    help: "Only code from A to B, such as 0x100000-0x100fff or main-main+0x20, or of one symbol; may be repeated.")
  var traceRange: [String] = []
  @Option(name: .customLong("trace-cpl"), help: "Only steps at CPL 0 or 3.") var traceCPL: UInt8?
  @Option(
    name: .customLong("trace-kinds"),
    help: "What to write of each step: \(TraceKinds.names.map(\.name).joined(separator: ",")).")
  var traceKinds: String?
  @Option(help: "Begin after so many ticks; until then the guest runs at full speed.") var traceStart: UInt64 = 0
  @Option(help: "End the trace after so many ticks.") var traceStop: UInt64?
  @Flag(help: "The guest switches recording on and off by xchg bx, bx.") var traceMagic = false
  @Flag(help: "A trace that cannot be written ends the run (status 74).") var traceStrict = false

  func validate() throws {
    _ = try limits()
    guard trace == nil else { return }
    let given: [(String, Bool)] = [
      ("format", traceFormat != nil), ("limit", traceLimit != 1_000_000), ("range", !traceRange.isEmpty),
      ("cpl", traceCPL != nil), ("kinds", traceKinds != nil), ("start", traceStart != 0), ("stop", traceStop != nil),
      ("magic", traceMagic), ("strict", traceStrict),
    ]
    if let (name, _) = given.first(where: \.1) { throw ValidationError("--trace-\(name) needs --trace FILE.") }
  }

  /// The format that option or name ask for.
  var format: TraceFormat {
    if let traceFormat { return traceFormat }
    var name = trace ?? ""
    for suffix in [".zst", ".gz"] where name.hasSuffix(suffix) { name.removeLast(suffix.count) }
    return name.hasSuffix(".jsonl") ? .jsonl : name.hasSuffix(".json") ? .perfetto : .text
  }

  /// What the trace shall hold.
  ///
  /// - Throws: `ValidationError` also for a range of unknown names.
  func selection(_ symbols: SymbolTable?) throws -> TraceSelection {
    var selection = try limits()
    selection.ranges = try traceRange.map { try range($0, symbols) }
    return selection
  }

  /// All of the selection but what needs symbols.
  private func limits() throws -> TraceSelection {
    var selection = TraceSelection()
    guard traceLimit > 0 else { throw ValidationError("--trace-limit 0 is not 1 or more.") }
    selection.limit = traceLimit
    if let traceCPL {
      guard traceCPL == 0 || traceCPL == 3 else { throw ValidationError("--trace-cpl \(traceCPL) is not 0 or 3.") }
      selection.cpl = traceCPL
    }
    if let traceKinds { selection.kinds = try kinds(traceKinds) }
    selection.start = traceStart
    if let traceStop, traceStop <= traceStart {
      throw ValidationError("--trace-stop \(traceStop) is not after --trace-start \(traceStart).")
    }
    selection.stop = traceStop
    selection.isMagic = traceMagic
    return selection
  }

  private func range(_ text: String, _ symbols: SymbolTable?) throws -> ClosedRange<UInt64> {
    if let address = symbols?.address(of: text), let symbol = symbols?.symbol(at: address) {
      return symbol.address...lastByte(of: symbol, symbols)
    }
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map {
      NumberText.address(String($0), orSymbol: { symbols?.address(of: $0) })
    }
    guard ends.count == 2, let first = ends[0], let last = ends[1], first <= last else {
      throw ValidationError(
        "--trace-range \(text) is not two addresses in order such as 0x100000-0x100fff, nor a symbol of the image.")
    }
    return first...last
  }

  /// Where a symbol ends: by its size, or before the next one.
  private func lastByte(of symbol: Symbol, _ symbols: SymbolTable?) -> UInt64 {
    if symbol.byteCount > 0 { return symbol.address &+ (symbol.byteCount &- 1) }
    let next = symbols?.symbols.first { $0.address > symbol.address }?.address ?? .max
    return min(next, symbol.bound) &- 1
  }

  private func kinds(_ text: String) throws -> TraceKinds {
    var kinds: TraceKinds = []
    for word in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let (_, kind) = TraceKinds.names.first(where: { $0.name == word }) else {
        let names = TraceKinds.names.map(\.name).joined(separator: ", ")
        throw ValidationError("--trace-kinds '\(word)' is not one of \(names).")
      }
      kinds.insert(kind)
    }
    return kinds
  }
}
