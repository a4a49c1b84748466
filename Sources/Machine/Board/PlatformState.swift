import DevicesLegacy
import TextForms

/// Everything on the board that changes, apart from RAM, the processors and the clock.
///
/// The levels of wires are not saved by themselves: each receiver's state has them. INTR, pending NMIs and the A20 mask
/// are states of the processors.
struct PlatformState: Codable, Equatable, Sendable {
  /// The chips.
  var pic: PIC8259.State
  var pit: PIT8254.State
  var rtc: RTC146818.State
  var serial: UART16550.State
  var ioapic: IOAPIC.State
  var apics: [LocalAPIC.State]
  var keyboard: PS2Controller8042.State
  var power: ACPIPowerManagement.State
  /// fw_cfg.
  var firmware: FirmwareConfiguration.State
  /// System control port A.
  var systemControl: UInt8
  /// System control port B, bits 0 and 1.
  var portB: UInt8
  /// The host bridge's reset control.
  var resetControl: UInt8
  /// The host bridge's CONFIG_ADDRESS.
  var configurationAddress: UInt32
  /// Files from before they were there have none.
  var coprocessor: CoprocessorError.State?
  var display: TextDisplay.State?
  var isSuspended: Bool?
  /// Of a board that has one.
  var hpet: HPET.State?
  var testDevice: TestDevice.State?
}

extension PlatformState {
  /// The host bridge.
  fileprivate var bridge: HostBridge.State {
    HostBridge.State(configurationAddress: configurationAddress, resetControl: resetControl)
  }
}

extension Platform {
  /// The state of every chip.
  func capture() -> PlatformState {
    PlatformState(
      pic: pic.state, pit: pit.state, rtc: rtc.state, serial: serial.state, ioapic: ioapic.state,
      apics: apics.map(\.state), keyboard: keyboard.state, power: power.state, firmware: firmware.state,
      systemControl: systemControlA.state.register, portB: systemControlB.state.register,
      resetControl: bridge.state.resetControl, configurationAddress: bridge.state.configurationAddress,
      coprocessor: coprocessor.state, display: display.state,
      isSuspended: isSuspended, hpet: hpet?.state, testDevice: testDevice?.state)
  }

  /// Puts back a state in which `problem(in:processorCount:)` finds nothing for this board; drives no line.
  func restore(_ state: PlatformState) {
    pic.restore(state.pic)
    pit.restore(state.pit)
    rtc.restore(state.rtc)
    serial.restore(state.serial)
    ioapic.restore(state.ioapic)
    for (apic, saved) in zip(apics, state.apics) { apic.restore(saved) }
    keyboard.restore(state.keyboard)
    power.restore(state.power)
    firmware.restore(state.firmware)
    systemControlA.restore(.init(register: state.systemControl))
    systemControlB.restore(.init(register: state.portB))
    bridge.restore(state.bridge)
    coprocessor.restore(state.coprocessor ?? CoprocessorError.State())
    display.restore(state.display ?? TextDisplay.State())
    isSuspended = state.isSuspended ?? false
    if let saved = state.hpet { hpet?.restore(saved) }
    if let saved = state.testDevice { testDevice?.restore(saved) }
  }

  /// What is impossible in a state of a board with so many processors, as a sentence that names field and value.
  static func problem(in state: PlatformState, processorCount: Int) -> String? {
    guard state.apics.count == processorCount else {
      return "the board has \(state.apics.count) local APICs for \(processorCount) processors"
    }
    for (index, apic) in state.apics.enumerated() {
      if let problem = LocalAPIC.problem(in: apic) { return "processor \(index): \(problem)" }
      guard (apic.base & LocalAPIC.BaseMSR.bootstrap != 0) == (index == 0) else {
        return "processor \(index): local APIC IA32_APIC_BASE \(Text.suffixed(apic.base)) has the wrong bootstrap bit"
      }
    }
    if let problem = SystemControlPortA.problem(in: .init(register: state.systemControl))
      ?? SystemControlPortB.problem(in: .init(register: state.portB)) ?? HostBridge.problem(in: state.bridge)
    {
      return problem
    }
    if let problem = PIC8259.problem(in: state.pic) ?? PIT8254.problem(in: state.pit)
      ?? RTC146818.problem(in: state.rtc) ?? UART16550.problem(in: state.serial) ?? IOAPIC.problem(in: state.ioapic)
    {
      return problem
    }
    if let problem = PS2Controller8042.problem(in: state.keyboard) ?? ACPIPowerManagement.problem(in: state.power)
      ?? FirmwareConfiguration.problem(in: state.firmware)
    {
      return problem
    }
    if let problem = state.coprocessor.flatMap({ CoprocessorError.problem(in: $0) }) { return problem }
    return state.display.flatMap { TextDisplay.problem(in: $0) } ?? state.hpet.flatMap { HPET.problem(in: $0) }
      ?? state.testDevice.flatMap { TestDevice.problem(in: $0) }
  }
}
