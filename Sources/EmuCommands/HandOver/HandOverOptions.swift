import ArgumentParser
import TextForms

/// Where a run changes over to the other backend.
enum HandOverPlace: Equatable {
  /// In front of the instruction at a linear address.
  case address(UInt64)
  /// In front of the instruction at a symbol.
  case symbol(String)
  /// At a moment of guest time, in nanoseconds since power-on, or as soon as a slice ends behind it.
  case time(UInt64)
  /// Behind the instruction that first accesses an I/O port.
  case port(UInt16)
  /// After so many ticks of the model.
  case ticks(UInt64)
  /// When it is asked for.
  case control

  /// Reads `at=WHERE`.
  ///
  /// - Throws: `ValidationError` with the text.
  init(_ text: String) throws {
    guard text.hasPrefix("at=") else {
      throw ValidationError("--hand-over \(text) is not at=WHERE, such as at=start_kernel or at=2.5s.")
    }
    let place = String(text.dropFirst(3))
    guard let found = Self.place(place) else {
      throw ValidationError(
        "--hand-over \(text): '\(place)' is not a symbol, an address with 0x, a time such as 2.5s or 300ms, port:0x80, "
          + "ticks:N or control.")
    }
    self = found
  }

  private static func place(_ text: String) -> HandOverPlace? {
    if text == "control" { return .control }
    if text.hasPrefix("port:") {
      return NumberText.value(text.dropFirst(5)).flatMap { UInt16(exactly: $0) }.map(Self.port)
    }
    if text.hasPrefix("ticks:") { return NumberText.value(text.dropFirst(6)).map(Self.ticks) }
    if text.lowercased().hasPrefix("0x") { return NumberText.value(text).map(Self.address) }
    if let first = text.utf8.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) {
      return nanoseconds(text).map(Self.time)
    }
    let isName = text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F && $0 != ":" }
    return text.isEmpty || !isName || text.hasPrefix("-") ? nil : .symbol(text)
  }

  /// `2.5s`, `300ms`, `20us` or `900ns`; nil for anything else.
  private static func nanoseconds(_ text: String) -> UInt64? {
    for (unit, scale) in [("ms", 1e6), ("us", 1e3), ("ns", 1), ("s", 1e9)] where text.hasSuffix(unit) {
      let digits = text.dropLast(unit.utf8.count)
      guard digits.utf8.allSatisfy({ $0 == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
        let value = Double(digits), value * scale < 1e18
      else { return nil }
      return UInt64((value * scale).rounded())
    }
    return nil
  }

  /// As the option names it.
  var text: String {
    switch self {
    case .address(let address): Text.hex(address)
    case .symbol(let name): name
    case .time(let nanoseconds): HandOverPlan.seconds(nanoseconds)
    case .port(let port): "port:\(Text.hex(port))"
    case .ticks(let ticks): "ticks:\(ticks)"
    case .control: "control"
    }
  }
}

/// Options about the change between the model and the host's processors.
struct HandOverOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Change over to the other backend, from that of --backend the first time: at a symbol, an address with 0x, a time \
      such as 2.5s, port:N, ticks:N of the model, or control, when it is asked for; may be repeated.
      """, valueName: "at=WHERE"),
    transform: HandOverPlace.init)
  var handOver: [HandOverPlace] = []

  /// Whether the run may change over.
  var isWanted: Bool { !handOver.isEmpty }

  /// Refuses what a run that changes over cannot do.
  func validate(_ run: RunCommand) throws {
    guard isWanted else { return }
    let excluded: [(name: String, isGiven: Bool)] = [
      ("--gdb", run.gdb != nil), ("--snapshot-at", !run.snapshots.snapshotAt.isEmpty),
      ("--record", run.snapshots.record != nil), ("--replay", run.snapshots.replay != nil),
      ("--profile", run.profiling.profile != nil), ("--max-ticks", run.maxTicks != nil), ("--reboot", run.reboot),
    ]
    if let other = excluded.first(where: \.isGiven) {
      throw ValidationError("--hand-over and \(other.name) exclude each other.")
    }
    // The places that count alternate between the backends.
    var isModel = run.backend == .model
    for place in handOver where place != .control {
      if case .ticks = place, !isModel {
        throw ValidationError("--hand-over at=\(place.text) counts ticks of the model, and KVM executes there.")
      }
      isModel.toggle()
    }
  }
}
