public import Interpreter
public import Machine
import X86
import X86Decoder

/// Observes a machine and tells the story of each fault.
public final class FaultRecorder: MachineObserver {
  /// Instructions before a fault that its story tells.
  public static let recentCount = 16

  private let symbol: (UInt64) -> String?
  private let receive: (FaultStory) -> Bool
  private var recent: [Int: [FaultStory.Step]] = [:]

  /// Makes an observer.
  ///
  /// - Parameters:
  ///   - symbol: names addresses.
  ///   - receive: takes a story; false stops the machine after the step.
  public init(
    symbol: @escaping (UInt64) -> String? = { _ in nil }, receive: @escaping (FaultStory) -> Bool
  ) {
    self.symbol = symbol
    self.receive = receive
  }

  /// Never stops the machine.
  public func willStep(_ machine: Machine, _ processor: Processor) -> Bool { true }

  /// Tells the story of a step that raised an exception, and remembers any other.
  public func didStep(_ machine: Machine, _ processor: Processor) -> Bool {
    guard let log = processor.log else { return true }
    let index = processor.state.index
    if var scene = FaultScene(log, after: processor, machine.memory, symbol: symbol) {
      scene.recent = recent[index] ?? []
      return receive(FaultStory(scene))
    }
    if let step = FaultStory.Step(log, after: processor, symbol: symbol) {
      recent[index, default: []].append(step)
      if recent[index, default: []].count > Self.recentCount { recent[index]?.removeFirst() }
    }
    return true
  }
}

extension FaultStory.Step {
  /// An observed step; nil if it executed no instruction.
  init?(_ log: ExecutionLog, after processor: Processor, symbol: (UInt64) -> String?) {
    guard let instruction = log.instruction, let mode = DecodeMode(rawValue: log.before.decodeMode) else { return nil }
    let text = withoutActuallyEscaping(symbol) {
      instruction.text(at: log.before.rip, mode: mode, symbol: $0)
    }
    let after = processor.state
    let changes = (0..<16).filter { log.before.registers[$0] != after.registers[$0] }.map {
      FaultStory.Value(name: FaultScene.registerNames[$0], value: after.registers[$0])
    }
    self.init(rip: log.before.rip, text: text, changes: changes)
  }
}
