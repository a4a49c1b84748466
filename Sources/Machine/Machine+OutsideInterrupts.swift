import DevicesLegacy
import TextForms

extension Machine {
  /// Why an interrupt cannot come from outside, as a sentence; nil if it can.
  public func problem(inInterrupt input: OutsideInput) -> String? {
    func unknown(_ processor: Int) -> String? {
      (0..<processorCount).contains(processor) ? nil : "processor \(processor) is not 0 to \(processorCount - 1)"
    }
    switch input {
    case .nonMaskableInterrupt(let processor): return unknown(processor)
    case .interrupt(let processor, let vector):
      if let problem = unknown(processor) { return problem }
      guard vector >= 0x10 else { return "vector \(Text.suffixed(vector)) is below 10h, which a local APIC refuses" }
      guard platform.apics[processor].isSoftwareEnabled else {
        return "the local APIC of processor \(processor) is off"
      }
      return nil
    case .line(let line):
      guard (0..<16).contains(line) else { return "line \(line) is not 0 to 15" }
      guard Self.interruptLines[line]?.chip == nil, line != 2, line != 9, !isUsedByPCI(line) else {
        return "line \(line) is driven by a chip of the board"
      }
      return nil
    default: return "is no interrupt"
    }
  }

  /// PCI's router leads to the line.
  private func isUsedByPCI(_ line: Int) -> Bool { platform.isaBridge?.routesTo(line) ?? false }

  /// Gives the machine an interrupt from outside; false if it cannot come.
  func takeInterrupt(_ input: OutsideInput) -> Bool {
    guard problem(inInterrupt: input) == nil else { return false }
    switch input {
    case .nonMaskableInterrupt(let processor): processorSet.nonMaskableInterrupt(processor: processor)
    case .interrupt(let processor, let vector):
      platform.apics[processor].accept(
        InterruptMessage(
          destination: UInt32(processor), isLogical: false, delivery: .fixed, vector: vector, isLevel: false))
    case .line(let line):
      platform.setIRQ(line, true)
      platform.setIRQ(line, false)
    default: return false
    }
    return true
  }
}
