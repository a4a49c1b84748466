import DevicesLegacy
public import Interpreter
import MMU
import X86
import TextForms

/// Who gave the vector of an interrupt.
enum AcknowledgedInterrupt {
  /// The 8259A pair, for this input; nil is a spurious interrupt.
  case pic(Int?)
  /// A local APIC.
  case local(UInt8)
}

extension LocalAPIC.VectorSet {
  /// The vectors in it.
  var members: [UInt8] { (0...255 as ClosedRange<UInt8>).filter { self[$0] } }
}

extension Machine {
  /// Where the external interrupt of an observed step comes from; nil if it took none.
  ///
  /// - Parameter log: the step that has just been taken: what programs the controllers has not changed since.
  public func interruptOrigin(_ log: ExecutionLog, processor: Int) -> String? {
    guard let event = log.events.first, event.isExternal else { return nil }
    if event.vector == 2, log.before.nmiPending, !log.before.nmiBlocked { return "NMI" }
    switch acknowledged {
    case nil: return nil
    case .pic(let line?): return Self.name(ofLine: line)
    case .pic(nil): return "a spurious interrupt of the 8259A: its request went away before it was acknowledged"
    case .local(let vector): return localOrigin(vector, processor)
    }
  }

  /// An input of the 8259A pair and its device.
  static func name(ofLine line: Int) -> String { "IRQ \(line) of the 8259A, from \(source(ofLine: line))" }

  /// Counts an interrupt of the 8259A pair that a handler in protected mode takes for an exception.
  func noteExceptionVector(_ vector: UInt8, _ processor: Int) {
    guard vector < 32, processorSet.isModel, let line = platform.pic.acknowledged,
      self.processor(processor).state.paging.cr0 & CR0.protectionEnable != 0
    else { return }
    note(BoardEvent(.exceptionVector, UInt64(vector) << 4 | UInt64(line), processor: processor))
  }

  /// What drives an ISA interrupt.
  private static func source(ofLine line: Int) -> String { interruptLines[line]?.chip ?? "no device" }

  /// What has this vector of a local APIC; several may share one.
  private func localOrigin(_ vector: UInt8, _ processor: Int) -> String {
    var origins: [String] = []
    let entries = ["its timer", "its thermal sensor", "its performance counters", "LINT0", "LINT1", "its error entry"]
    if platform.apics.indices.contains(processor) {
      for (name, entry) in zip(entries, platform.apics[processor].state.vectorTable)
      where UInt8(truncatingIfNeeded: entry) == vector && entry & LocalAPIC.LVT.masked == 0
        && LocalAPIC.LVT.delivery(entry) == .fixed
      {
        origins.append(name)
      }
    }
    for (pin, entry) in platform.ioapic.state.entries.enumerated()
    where UInt8(truncatingIfNeeded: entry) == vector && entry & IOAPIC.Redirection.masked == 0
      && [.fixed, .lowestPriority].contains(IOAPIC.Redirection.delivery(entry))
    {
      origins.append("pin \(pin) of the I/O APIC, \(Self.source(ofLine: pin == 2 ? 0 : pin == 0 ? 2 : pin))")
    }
    let sources = origins.isEmpty ? "an interprocessor interrupt" : origins.joined(separator: " or ")
    return "vector \(Text.suffixed(vector)) of local APIC \(processor), from \(sources)"
  }

  // MARK: Interrupts that wait for an end

  /// Interrupts that were taken and not ended while the processor would take more, and what waits behind them: one
  /// sentence a controller.
  ///
  /// A handler that has just begun has interrupts off; who sleeps, or runs with them on, has forgotten the EOI.
  public var missingEnds: [String] {
    guard processorSet.isModel else { return [] }
    var sentences: [String] = []
    if let first = processors.first, takesInterrupts(first) { sentences += Self.missingEnds(platform.pic.state) }
    for (apic, processor) in zip(platform.apics.map(\.state), processors) where takesInterrupts(processor) {
      guard let service = apic.inService.members.last else { continue }
      let waiting = apic.request.members.filter { $0 & 0xF0 <= service & 0xF0 }
      guard processor.state.activity == .halted || !waiting.isEmpty else { continue }
      sentences.append(
        Self.missingEnd(
          "local APIC \(processor.state.index)", "vector", apic.inService.members.map(Text.suffixed),
          waiting.map(Text.suffixed)))
    }
    return sentences
  }

  private func takesInterrupts(_ processor: Processor) -> Bool {
    let state = processor.state
    return [.running, .halted].contains(state.activity) && processor.rflags & RFLAGS.interruptEnable != 0
  }

  private static func missingEnds(_ pic: PIC8259.State) -> [String] {
    let service = [pic.master.inService & ~pic.cascade, pic.slave.inService]
    let pending = [pic.master.request & ~pic.master.mask & ~pic.cascade, pic.slave.request & ~pic.slave.mask]
    func lines(_ bits: [UInt8]) -> [String] {
      (0..<16).filter { bits[$0 >> 3] >> UInt8($0 & 7) & 1 != 0 }.map(String.init)
    }
    var names = lines(service)
    // The slave is done, and the master did not get its EOI.
    if pic.slave.inService == 0, pic.master.inService & pic.cascade != 0 { names.append("2 (the slave)") }
    guard !names.isEmpty else { return [] }
    return [missingEnd("8259A", "IRQ", names, lines(pending))]
  }

  private static func missingEnd(_ chip: String, _ kind: String, _ names: [String], _ waiting: [String]) -> String {
    let sentence = "\(chip): \(kind) \(names.joined(separator: ", ")) in service, no EOI came"
    guard !waiting.isEmpty else { return sentence }
    return "\(sentence); \(kind) \(waiting.joined(separator: ", ")) \(waiting.count == 1 ? "waits" : "wait") behind it"
  }
}

extension PIC8259.State {
  /// The master's input with the slave.
  fileprivate var cascade: UInt8 { 1 << PIC8259.cascadeInput }
}
