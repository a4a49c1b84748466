import KVM
import Machine
import Symbols

/// What of `--hand-over` is still to come, and what has been.
struct HandOverPlan {
  /// Where the run changes over, in order; symbols have become addresses.
  private var places: ArraySlice<HandOverPlace>
  /// Whether it may change over when that is asked for.
  let allowsRequests: Bool
  /// Whether the run may change over at all.
  let isWanted: Bool
  /// KVM has executed a part of the run, or does.
  private(set) var hasUsedKVM = false
  /// Who executed the parts that are over, and where they ended.
  private var parts: [String] = []
  private var partCount = 0

  /// Parts that the notes list.
  private static let listedParts = 6

  init(_ options: HandOverOptions) {
    places = options.handOver.filter { $0 != .control }[...]
    allowsRequests = options.handOver.contains(.control)
    isWanted = options.isWanted
  }

  /// Whether a place is a symbol.
  var hasSymbols: Bool {
    places.contains {
      if case .symbol = $0 { return true }
      return false
    }
  }

  /// Makes addresses of symbols.
  ///
  /// - Throws: `UsageError` for a symbol that is not known.
  mutating func resolve(_ symbols: GuestSymbols) throws(UsageError) {
    for index in places.indices {
      guard case .symbol(let name) = places[index] else { continue }
      guard let address = symbols.table?.address(of: name) else {
        throw UsageError(description: "--hand-over at=\(name): there is no symbol of that name")
      }
      places[index] = .address(address)
    }
  }

  /// The place that comes next, if there is one.
  var next: HandOverPlace? { places.first }

  /// The address in front of which the run changes over next.
  var address: UInt64? {
    if case .address(let address) = places.first { return address }
    return nil
  }

  /// The port behind whose access the run changes over next.
  var port: UInt16? {
    if case .port(let port) = places.first { return port }
    return nil
  }

  /// At most so many ticks of a slice of the model.
  func bound(_ slice: UInt64, _ machine: Machine) -> UInt64 {
    switch places.first {
    case .time(let moment):
      let left = moment &- min(machine.virtualNanoseconds, moment)
      return max(1, min(slice, left.multipliedReportingOverflow(by: UInt64(machine.processorCount)).partialValue))
    case .ticks(let ticks): return max(1, min(slice, ticks &- min(machine.executedTicks, ticks)))
    default: return slice
    }
  }

  /// At most so many nanoseconds of a slice of KVM.
  func bound(nanoseconds slice: UInt64, _ machine: Machine) -> UInt64 {
    guard case .time(let moment) = places.first else { return slice }
    return min(slice, moment &- min(machine.clockNanoseconds, moment))
  }

  /// Whether the time or the tick of the next place has come.
  func isDue(_ machine: Machine) -> Bool {
    switch places.first {
    case .time(let moment): machine.virtualNanoseconds >= moment
    case .ticks(let ticks): machine.executedTicks >= ticks
    default: false
    }
  }

  /// The next place has been reached.
  mutating func pass() { places = places.dropFirst() }

  /// A part of the run is over.
  mutating func note(_ isKVM: Bool, until place: String) {
    partCount += 1
    if parts.count < Self.listedParts { parts.append("by \(isKVM ? "KVM" : "the model") to \(place)") }
  }

  /// KVM executes from now on.
  mutating func noteKVM() { hasUsedKVM = true }

  /// Where the run was executed, as a sentence; nil if it may not change over.
  func sentence(isKVM: Bool) -> String? {
    guard isWanted else { return nil }
    let last = isKVM ? "KVM" : "the model"
    guard !parts.isEmpty else { return "executed by \(last) alone: no hand-over came about" }
    let more = partCount > parts.count ? ", \(partCount - parts.count) more parts" : ""
    return "executed \(parts.joined(separator: ", "))\(more), then by \(last)"
  }

  /// A time as a sentence has it.
  static func seconds(_ nanoseconds: UInt64) -> String {
    let microseconds = nanoseconds / 1000
    let fraction = String(microseconds % 1_000_000)
    return "\(microseconds / 1_000_000)." + String(repeating: "0", count: 6 - fraction.utf8.count) + fraction + "s"
  }
}
