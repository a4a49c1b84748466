import HostSystem
import Interpreter
import Machine
import Symbols
import X86Decoder

/// `--profile FILE`: what the guest was about to execute whenever so many ticks had passed.
final class RunProfile {
  /// Rows of a table.
  private static let rows = 40

  private let path: String
  private let interval: UInt64
  private let symbols: GuestSymbols?
  /// Ticks up to the next sample.
  private var left: UInt64

  private var samples = 0
  private var paths: [ExecutionPath: Int] = [:]
  private var functions: [String: Int] = [:]
  private var forms: [FormKey: Int] = [:]
  private var withoutHandler: [FormKey: Int] = [:]
  private var pairs: [[FormKey]: Int] = [:]

  /// Who executes an instruction.
  private enum ExecutionPath: String, CaseIterable {
    case handler = "handlers of the threaded engine"
    case shared = "the shared semantics"
    case unknown = "no instruction that can be read"
  }

  /// A row of the opcode table with the width and place of its operand.
  private struct FormKey: Hashable {
    var form: UInt16
    var width: UInt8
    var isMemory: Bool

    var text: String {
      let row = OpcodeForm.all[Int(form)].assembly
      return "\(row), \(Int(width) * 8) bits\(isMemory ? ", memory" : "")"
    }
  }

  /// - Throws: `HostError` if the file cannot be made: that shows at once, not at the end.
  init?(_ options: ProfileOptions, symbols: @autoclosure () throws -> GuestSymbols) throws {
    guard let path = options.profile else { return nil }
    self.path = path
    interval = options.profileEvery
    left = options.profileEvery
    try HostIO.writeFile(path, [])
    self.symbols = try symbols()
  }

  /// Lets the guest run, and takes the samples that are due.
  func run(_ machine: Machine, ticks: UInt64) -> RunResult {
    var rest = ticks
    while true {
      let before = machine.executedTicks
      let result = machine.run(ticks: min(left, rest))
      let used = machine.executedTicks &- before
      rest &-= min(used, rest)
      left &-= min(used, left)
      if left == 0 {
        sample(machine)
        left = interval
      }
      guard case .sliceEnded = result, rest > 0, used > 0 else { return result }
    }
  }

  private func sample(_ machine: Machine) {
    let processor = machine.currentProcessor
    samples += 1
    functions[
      symbols?.table?.symbol(at: machine.linearInstructionPointer(ofProcessor: processor))?.name ?? "?", default: 0] +=
      1
    let upcoming = machine.upcomingInstructions(2, ofProcessor: processor)
    guard let first = upcoming.first else {
      paths[.unknown, default: 0] += 1
      return
    }
    let keys = upcoming.map { Self.key($0.instruction) }
    forms[keys[0], default: 0] += 1
    if keys.count == 2 { pairs[keys, default: 0] += 1 }
    let path = first.hasHandler ? ExecutionPath.handler : .shared
    paths[path, default: 0] += 1
    if path == .shared { withoutHandler[keys[0], default: 0] += 1 }
  }

  private static func key(_ instruction: Instruction) -> FormKey {
    FormKey(form: instruction.form, width: instruction.operandSize, isMemory: instruction.hasMemoryOperand)
  }

  /// Writes the file.
  func finish() throws {
    var lines = ["\(samples) samples, one every \(interval) ticks"]
    lines += table("executed by", paths.map { ($0.key.rawValue, $0.value) })
    lines += table("instructions without a handler", withoutHandler.map { ($0.key.text, $0.value) })
    lines += table("functions", functions.map { ($0.key, $0.value) })
    lines += table("instructions", forms.map { ($0.key.text, $0.value) })
    lines += table(
      "instructions and those behind them in memory",
      pairs.map { ($0.key.map(\.text).joined(separator: "; "), $0.value) })
    try HostIO.writeFile(path, Array((lines.joined(separator: "\n") + "\n").utf8))
  }

  /// The heading, and the most frequent rows with their share of all samples.
  private func table(_ heading: String, _ counts: [(String, Int)]) -> [String] {
    let sorted = counts.sorted { $0.1 == $1.1 ? $0.0 < $1.0 : $0.1 > $1.1 }
    return ["", "\(heading):"] + sorted.prefix(Self.rows).map { "\(share($0.1))  \($0.0)" }
  }

  /// Per cent with two decimals, in seven columns.
  private func share(_ count: Int) -> String {
    let hundredths = samples == 0 ? 0 : (count * 10_000 + samples / 2) / samples
    let text = "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
    return String(repeating: " ", count: max(6 - text.count, 0)) + text + "%"
  }
}
