public import Interpreter
import MMU
public import Machine
package import X86
import X86Decoder

/// Observes a machine and makes a report of each fault.
public final class FaultRecorder: MachineObserver {
  /// Instructions before a fault that its report lists, unless more are asked for.
  public static let recentCount = 16

  private let symbol: (UInt64) -> String?
  private let receive: (FaultReport) -> Bool
  private let recentCount: Int
  private var pasts: [Int: Past] = [:]

  /// What a processor did: the last steps, the oldest at `next` once there are enough, and the step that entered
  /// compatibility mode. Text is made when a report needs it.
  private struct Past {
    var steps: [ObservedStep] = []
    var next = 0
    var count: UInt64 = 0
    var compatibilityEntry: (step: ObservedStep, order: UInt64)?

    mutating func add(_ step: ObservedStep, limit: Int) {
      count &+= 1
      if steps.count < limit {
        steps.append(step)
      } else {
        steps[next] = step
        next = (next + 1) % limit
      }
    }
  }

  /// Makes an observer.
  ///
  /// - Parameters:
  ///   - recentCount: instructions before a fault that its report lists, 1 or more.
  ///   - symbol: names addresses.
  ///   - receive: takes a report; false stops the machine after the step.
  public init(
    recentCount: Int = FaultRecorder.recentCount, symbol: @escaping (UInt64) -> String? = { _ in nil },
    receive: @escaping (FaultReport) -> Bool
  ) {
    self.recentCount = max(recentCount, 1)
    self.symbol = symbol
    self.receive = receive
  }

  /// Never stops the machine.
  public func willStep(_ machine: Machine, _ processor: Processor) -> Bool { true }

  /// Reports a step that raised an exception, and remembers any other.
  public func didStep(_ machine: Machine, _ processor: Processor) -> Bool {
    guard let log = processor.log else { return true }
    let index = processor.state.index
    let origin = machine.interruptOrigin(log, processor: index)
    if var scene = FaultScene(log, after: processor, machine.memory, origin: origin, symbol: symbol) {
      addPast(pasts[index] ?? Past(), to: &scene)
      noteEntry(log, processor)
      return receive(FaultReport(scene))
    }
    if let step = ObservedStep(log, after: processor) { pasts[index, default: Past()].add(step, limit: recentCount) }
    noteEntry(log, processor)
    return true
  }

  private func addPast(_ past: Past, to scene: inout FaultScene) {
    scene.recent = (past.steps[past.next...] + past.steps[..<past.next]).map { $0.described(symbol) }
    scene.compatibilityEntry = past.compatibilityEntry.map {
      FaultReport.CompatibilityEntry(
        step: $0.step.described(symbol), symbol: symbol($0.step.linear), stepsBefore: past.count &- $0.order &+ 1)
    }
  }

  /// Remembers the step after which CS.L is 0 and EFER.LMA 1, if it loaded one of them.
  private func noteEntry(_ log: ExecutionLog, _ processor: Processor) {
    let index = processor.state.index
    guard log.entersCompatibilityMode(processor) else { return }
    guard let step = ObservedStep(log, after: processor) else { return }
    pasts[index, default: Past()].compatibilityEntry = (step, pasts[index]?.count ?? 0)
  }
}

/// What is kept of an observed step until its text is needed.
struct ObservedStep {
  private let rip: UInt64
  /// The linear address of the instruction.
  let linear: UInt64
  private let mode: ProcessorMode
  private let decodeMode: DecodeMode
  private let instruction: Instruction
  private let changes: [FaultReport.Value]

  /// Nil if the step executed no instruction.
  init?(_ log: ExecutionLog, after processor: Processor) {
    guard let instruction = log.instruction, let decodeMode = DecodeMode(rawValue: log.before.decodeMode) else {
      return nil
    }
    self.instruction = instruction
    self.decodeMode = decodeMode
    rip = log.before.rip
    linear = log.linearStart
    mode = log.mode
    let after = processor.state
    var changes: [FaultReport.Value] = []
    for index in 0..<16 where log.before.registers[index] != after.registers[index] {
      changes.append(FaultReport.Value(name: FaultScene.registerNames[index], value: after.registers[index]))
    }
    self.changes = changes
  }

  /// The step as text.
  func described(_ symbol: (UInt64) -> String?) -> FaultReport.Step {
    let text = withoutActuallyEscaping(symbol) { instruction.text(at: rip, mode: decodeMode, symbol: $0) }
    return FaultReport.Step(rip: rip, mode: mode, text: text, changes: changes)
  }
}

extension ExecutionLog {
  /// The mode before the step.
  package var mode: ProcessorMode {
    ProcessorMode(
      cr0: before.paging.cr0, isLongMode: before.paging.isLongMode, rflags: rflagsBefore, code: before.segments[1])
  }

  /// Whether the step left CS.L 0 and EFER.LMA 1 by loading CS or by setting LMA.
  package func entersCompatibilityMode(_ processor: Processor) -> Bool {
    let state = processor.state
    guard state.paging.isLongMode, !state.segments[1].isLong else { return false }
    if !before.paging.isLongMode || before.segments[1] != state.segments[1] { return true }
    return events.isEmpty && instruction?.operation.traits.contains(.far) ?? false
  }
}
