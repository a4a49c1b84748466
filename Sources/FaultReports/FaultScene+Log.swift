public import Interpreter
public import MMU
package import X86
import X86Decoder

extension FaultScene {
  /// The scene of an observed step; nil if the step raised no exception.
  ///
  /// - Parameters:
  ///   - log: the step.
  ///   - processor: the processor after it.
  ///   - memory: guest RAM after it.
  ///   - origin: where an external interrupt of the step comes from.
  ///   - symbol: names addresses.
  public init?(
    _ log: ExecutionLog, after processor: Processor, _ memory: GuestMemory, origin: String? = nil,
    symbol: @escaping (UInt64) -> String? = { _ in nil }
  ) {
    guard log.events.contains(where: { $0.exception != nil }) else { return nil }
    self.init(ArchitecturalState(core: log.before, rflags: log.rflagsBefore), memory)
    self.symbol = symbol
    physicalAddressBits = log.before.paging.physicalAddressBits
    features = processor.model.features
    bytes = log.bytes
    instruction = log.instruction
    if let mode = DecodeMode(rawValue: log.before.decodeMode) {
      text = log.instruction?.text(at: log.before.rip, mode: mode, symbol: symbol)
    }
    for event in log.events {
      guard let exception = event.exception else {
        events.append(
          Event(interrupt: event.vector, isExternal: event.isExternal, origin: event.isExternal ? origin : nil))
        continue
      }
      if exception.vector == .doubleFault, let cause = event.cause, cause.vector != .doubleFault {
        events.append(Event(cause))
      }
      events.append(Event(exception))
    }
    walks = log.walks.filter { $0.walk.fault != nil }.map { ($0.linear, $0.walk) }
    wasHalted = log.before.activity == .halted
    wasTrapped = log.bytes.isEmpty && log.events.first?.exception != nil && log.before.pendingDebug != 0
    let state = processor.state
    outcome =
      state.activity == .shutdown
      ? .shutdown : .handler(selector: state.segments[1].selector, rip: state.rip, cpl: state.cpl)
  }
}

extension ArchitecturalState {
  /// What a report shows of a processor's state: general, segment, table and control registers.
  package init(core: CoreState, rflags: UInt64) {
    self.init()
    for index in 0..<16 { generalRegisters[index] = core.registers[index] }
    for index in 0..<6 { segments[index] = core.segments[index] }
    rip = core.rip
    self.rflags = rflags
    ldtr = core.ldtr
    tr = core.tr
    gdtr = core.gdtr
    idtr = core.idtr
    cr0 = core.paging.cr0
    cr2 = core.cr2
    cr3 = core.paging.cr3
    cr4 = core.paging.cr4
    efer = core.paging.efer
    pkru = core.paging.pkru
    for index in 0..<4 { pdpte[index] = core.paging.pdpte[index] }
  }
}
