import Glibc
public import Interpreter
import MMU
public import Machine
import TextForms
import X86
import X86Decoder

/// One guest on two boards, one with each engine, compared every so many ticks up to the end of the guest.
///
/// Both boards are deterministic, so that a difference can be looked for again: from the last comparison that found none,
/// the fewest ticks are searched after which the boards differ.
@safe public final class EngineLockstep {
  /// How to compare.
  public struct Options: Sendable {
    /// Ticks between two comparisons of everything but RAM and chips.
    public var every: UInt64 = 1000
    /// Comparisons between two of RAM and chips as well.
    public var comparisonsPerMemory: UInt64 = 1000
    /// Ticks after which the comparison ends.
    public var maximumTicks = UInt64.max
    /// A mistake to make.
    public var plant: EnginePlant?
    /// Makes the defaults.
    public init() {}
  }

  /// How a comparison ended.
  public enum Outcome: Sendable {
    /// Nothing differed; the text says how the guest ended.
    case agrees(String)
    /// Something did.
    case differs(Point)
  }

  /// Where the boards went different ways.
  public struct Point: Sendable {
    /// The difference; its ticks count from the guest's start.
    public var difference: EngineDifference
    /// The last instructions of the reference engine up to it, with their addresses.
    public var instructions: [String]

    /// Some lines.
    public var text: String {
      var lines = ["the engines differ after \(difference.ticks) ticks: \(difference.signature)"]
      for field in difference.fields.prefix(12) {
        lines.append("  \(field.name): threaded \(field.ours), reference \(field.theirs)")
      }
      if difference.fields.count > 12 { lines.append("  and \(difference.fields.count - 12) more") }
      return (lines + ["  up to there:"] + instructions.map { "    \($0)" }).joined(separator: "\n")
    }
  }

  /// Ticks that were compared.
  public private(set) var ticks: UInt64 = 0
  /// Comparisons of the state.
  public private(set) var comparisons: UInt64 = 0
  /// Comparisons of RAM and chips.
  public private(set) var memoryComparisons: UInt64 = 0

  private let options: Options
  private let makeBoard: (Engine) throws -> Machine
  private var boards: Boards

  /// The boards and what they have sent.
  private struct Boards {
    var ours: Board
    var theirs: Board
    var states: [EngineState]
  }

  /// Puts a guest on two boards.
  ///
  /// - Parameter makeBoard: a board with the guest loaded, the same each time.
  public init(_ options: Options, _ makeBoard: @escaping (Engine) throws -> Machine) throws {
    self.options = options
    self.makeBoard = makeBoard
    boards = try Self.boards(makeBoard)
  }

  private static func boards(_ makeBoard: (Engine) throws -> Machine) throws -> Boards {
    let (ours, theirs) = (Board(try makeBoard(.threaded)), Board(try makeBoard(.reference)))
    return Boards(
      ours: ours, theirs: theirs,
      states: (0..<ours.machine.processorCount).map { EngineState(ours.machine.processor($0)) })
  }

  /// Runs to the end of the guest, of the limit, or to a difference.
  public func run() throws -> Outcome {
    var lastWhole: UInt64 = 0
    while true {
      let count = min(options.every, options.maximumTicks - ticks)
      let (left, right) = step(count, from: ticks)
      ticks += count
      comparisons += 1
      let isLast = left != .sliceEnded || right != .sliceEnded || ticks >= options.maximumTicks
      let isWhole = isLast || comparisons % options.comparisonsPerMemory == 0
      if difference(left, right, isWhole: isWhole) != nil { return .differs(try narrow(from: lastWhole, to: ticks)) }
      if isWhole {
        memoryComparisons += 1
        lastWhole = ticks
      }
      if isLast {
        ticks = boards.theirs.machine.executedTicks
        return .agrees(Self.text(right) ?? "stopped after \(ticks) ticks")
      }
    }
  }

  private static func text(_ result: RunResult) -> String? {
    switch result {
    case .exited(let reason): "\(reason)"
    case .idle: "every processor sleeps, and no event will wake one"
    default: nil
    }
  }

  /// Lets both run; a mistake that falls into the slice is made at its end.
  private func step(_ count: UInt64, from start: UInt64) -> (RunResult, RunResult) {
    let results = (boards.ours.machine.run(ticks: count), boards.theirs.machine.run(ticks: count))
    if let plant = options.plant, (start..<start + count).contains(UInt64(plant.ticks)) {
      plant.change(boards.ours.machine)
    }
    return results
  }

  private func difference(_ left: RunResult, _ right: RunResult, isWhole: Bool) -> EngineDifference? {
    let (ours, theirs) = (boards.ours.machine, boards.theirs.machine)
    var fields: [EngineField] = []
    if left != right {
      fields.append(EngineField(name: "end of the slice", kind: "end", ours: "\(left)", theirs: "\(right)"))
    }
    for (index, state) in boards.states.enumerated() {
      fields += BoardComparison.fields(ours.processor(index), theirs.processor(index), state)
    }
    if isWhole {
      if let (address, one, two) = boards.ours.memoryDifference(from: boards.theirs) {
        fields.append(
          EngineField(
            name: "RAM at \(Text.suffixed(address))", kind: "RAM", ours: Text.hex(one), theirs: Text.hex(two)))
      }
      fields += BoardComparison.fields(ours, theirs)
      if boards.ours.output.bytes != boards.theirs.output.bytes {
        fields.append(
          EngineField(
            name: "serial output", kind: "serial output", ours: "\(boards.ours.output.bytes.count) bytes",
            theirs: "\(boards.theirs.output.bytes.count) bytes"))
      }
    }
    guard !fields.isEmpty else { return nil }
    return EngineDifference(ticks: theirs.executedTicks, fields: fields)
  }

  // MARK: Narrowing

  /// The fewest ticks after which the boards differ: they do not at `start`, and do at `end`.
  private func narrow(from start: UInt64, to end: UInt64) throws -> Point {
    boards = try Self.boards(makeBoard)
    _ = step(start, from: 0)
    let (ours, theirs) = (boards.ours.saved(), boards.theirs.saved())
    func attempt(_ count: UInt64) -> EngineDifference? {
      boards.ours.restore(ours)
      boards.theirs.restore(theirs)
      let (left, right) = step(count, from: start)
      return difference(left, right, isWhole: true)
    }
    var (low, high) = (UInt64(0), end - start)
    while low + 1 < high {
      let middle = low + (high - low) / 2
      if attempt(middle) == nil { low = middle } else { high = middle }
    }
    guard let found = attempt(high) else {
      // Only the slices of the first run show it.
      return Point(
        difference: EngineDifference(
          ticks: end,
          fields: [
            EngineField(
              name: "something that no single slice shows", kind: "slices", ours: "slices of \(options.every)",
              theirs: "one slice")
          ]), instructions: [])
    }
    boards.theirs.restore(theirs)
    let shown = min(high, 20)
    _ = boards.theirs.machine.run(ticks: high - shown)
    var instructions: [String] = []
    for _ in 0..<shown {
      instructions.append(boards.theirs.nextInstruction)
      _ = boards.theirs.machine.run(ticks: 1)
    }
    return Point(difference: found, instructions: instructions)
  }
}

/// One of the two boards.
@safe private final class Board {
  let machine: Machine
  let output = SerialOutput()

  /// What has left the serial line.
  final class SerialOutput {
    var bytes: [UInt8] = []
  }

  init(_ machine: Machine) {
    self.machine = machine
    machine.serialOutput = { [output] in output.bytes.append($0) }
  }

  /// The instruction that the processor whose turn it is comes to.
  var nextInstruction: String {
    let processor = machine.currentProcessor
    guard let next = machine.upcomingInstructions(1, ofProcessor: processor).first else {
      return "\(Text.digits(machine.linearInstructionPointer(ofProcessor: processor), places: 8))  no instruction"
    }
    let row = OpcodeForm.all[Int(next.instruction.form)].assembly
    return "\(Text.digits(next.address, places: 8))  \(row)"
  }

  /// The first word of RAM that differs: its address and both words.
  func memoryDifference(from other: Board) -> (address: UInt64, ours: UInt64, theirs: UInt64)? {
    var pages = machine.memory.populatedPages()
    pages.formUnion(other.machine.memory.populatedPages())
    let (ours, theirs) = unsafe (machine.memory.base, other.machine.memory.base)
    for run in pages.runs {
      let (start, count) = (run.lowerBound << 12, run.count << 12)
      guard unsafe memcmp(ours + start, theirs + start, count) != 0 else { continue }
      for at in stride(from: start, to: start + count, by: 8) {
        let (one, two) = unsafe (
          ours.load(fromByteOffset: at, as: UInt64.self), theirs.load(fromByteOffset: at, as: UInt64.self)
        )
        if one != two { return (machine.memory.physical.address(of: UInt64(at)), one, two) }
      }
    }
    return nil
  }

  /// Everything, for `restore`.
  struct Saved {
    var checkpoint: MachineCheckpoint
    var runs: [Range<Int>]
    var bytes: [UInt8]
    var output: [UInt8]
  }

  func saved() -> Saved {
    let runs = machine.memory.populatedPages().runs
    var bytes: [UInt8] = []
    for run in runs {
      let start = unsafe UnsafeRawBufferPointer(
        start: machine.memory.base + run.lowerBound << 12, count: run.count << 12)
      unsafe bytes.append(contentsOf: start)
    }
    return Saved(checkpoint: machine.capture(), runs: runs, bytes: bytes, output: output.bytes)
  }

  func restore(_ saved: Saved) {
    for run in machine.memory.populatedPages().runs {
      unsafe _ = memset(machine.memory.base + run.lowerBound << 12, 0, run.count << 12)
    }
    var at = 0
    for run in saved.runs {
      let count = run.count << 12
      unsafe saved.bytes.withUnsafeBytes { buffer in
        unsafe _ = memcpy(machine.memory.base + run.lowerBound << 12, buffer.baseAddress.unsafelyUnwrapped + at, count)
      }
      at += count
    }
    machine.restore(saved.checkpoint)
    output.bytes = saved.output
  }
}
