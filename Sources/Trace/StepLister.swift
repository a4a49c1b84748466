import FaultReports
public import Interpreter
public import Machine
import TextForms
import X86
import X86Decoder

/// Observes a machine and writes a line for each step: address, name, instruction, and the event that it raised.
public final class StepLister: MachineObserver {
  /// The lines.
  public private(set) var lines: [String] = []
  private let symbol: (UInt64) -> String?

  /// Makes an observer; `symbol` names addresses.
  public init(symbol: @escaping (UInt64) -> String?) { self.symbol = symbol }

  /// Never stops the machine.
  public func willStep(_ machine: Machine, _ processor: Processor) -> Bool { true }

  /// Writes the line of a step.
  public func didStep(_ machine: Machine, _ processor: Processor) -> Bool {
    guard let log = processor.log else { return true }
    let address = log.linearStart
    var line = "\(machine.executedTicks &- 1)  "
    if machine.processorCount > 1 { line += "processor \(processor.state.index)  " }
    line += "\(log.mode.rawValue):\(log.before.cpl)  \(Text.hex(address))"
    if let name = symbol(address) { line += " <\(name)>" }
    if let instruction = log.instruction, let mode = DecodeMode(rawValue: log.before.decodeMode) {
      line += "  \(instruction.text(at: log.before.rip, mode: mode, symbol: symbol))"
    }
    for event in log.events {
      line += event.isExternal ? "  -> interrupt" : "  -> \(event.exception?.vector.mnemonic ?? "interrupt")"
      line += " \(Text.hex(event.vector))"
      if event.isExternal, let origin = machine.interruptOrigin(log, processor: processor.state.index) {
        line += " (\(origin))"
      }
    }
    if log.entersCompatibilityMode(processor) { line += "  \(ProcessorMode.compatibilityCause)" }
    lines.append(line)
    return true
  }
}
