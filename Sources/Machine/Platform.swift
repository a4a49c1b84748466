import DevicesLegacy
import Interpreter
import MMU
import X86

/// A wire that calls a closure.
final class Wire: SignalLine {
  private let drive: (Bool) -> Void
  init(_ drive: @escaping (Bool) -> Void) { self.drive = drive }
  func set(_ level: Bool) { drive(level) }
}

/// The far end of the serial line.
final class SerialSink: ByteSink {
  weak var machine: Machine?
  func write(_ byte: UInt8) { machine?.serialOutput(byte) }
}

/// The chips of the PC, on their ports and addresses.
final class Platform {
  weak var machine: Machine? {
    didSet { sink.machine = machine }
  }
  let sink = SerialSink()
  let pic: PIC8259
  let pit: PIT8254
  let rtc: RTC146818
  let serial: UART16550
  let ioapic: IOAPIC
  let apics: [LocalAPIC]
  let keyboard: PS2Controller8042
  let power: ACPIPowerManagement
  let coprocessor: CoprocessorError
  let display = TextDisplay()
  /// Only on a board that has them.
  let hpet: HPET?
  let testDevice: TestDevice?
  private let router: Router
  let firmware: FirmwareConfiguration
  var systemControl: UInt8 = 0
  var portB: UInt8 = 0
  var resetControl: UInt8 = 0
  var configurationAddress: UInt32 = 0
  /// ACPI S3: the processors are off.
  var isSuspended = false

  /// 1 January 2026, so that every run shows the same date.
  static let startSeconds: Int64 = 1_767_225_600

  init(_ configuration: MachineConfiguration, memory: GuestMemory) {
    let processorCount = configuration.processorCount
    let router = Router()
    self.router = router
    apics = (0..<processorCount).map { LocalAPIC(index: $0) }
    pic = PIC8259(
      output: Wire { level in router.platform?.apics.first?.setExternalRequest(level) }, restoring: .ofPC)
    ioapic = IOAPIC { message in router.platform?.deliver(message) }
    pit = PIT8254(interrupt: Wire { level in router.platform?.setLegacyTimer(0, level) })
    rtc = RTC146818(
      interrupt: Wire { level in router.platform?.setLegacyTimer(8, level) }, startSeconds: Self.startSeconds)
    serial = UART16550(
      output: sink, interrupt: Wire { level in router.platform?.setIRQ(4, level) },
      isGated: !configuration.serialIgnoresOUT2)
    coprocessor = CoprocessorError(interrupt: Wire { level in router.platform?.setIRQ(13, level) })
    keyboard = PS2Controller8042(
      interrupt: Wire { level in router.platform?.setIRQ(1, level) },
      reset: { router.platform?.machine?.stop(.reset("keyboard controller")) },
      gateA20: { _ in router.platform?.updateA20() })
    power = ACPIPowerManagement(
      powerOff: { router.platform?.machine?.stop(.powerOff) }, suspend: { router.platform?.machine?.requestSuspend() })
    firmware = FirmwareConfiguration(processorCount: processorCount, memory: memory)
    hpet =
      configuration.hasHPET ? HPET { output, level in router.platform?.setTimerInterrupt(output, level) } : nil
    testDevice = configuration.hasTestDevice ? TestDevice { router.platform?.setIRQ($0, $1) } : nil
    router.platform = self
    // GATE of channel 2 is bit 0 of port 61h.
    pit.setSpeakerGate(false, now: .zero)
    for apic in apics {
      apic.output = router
      apic.setVirtualWire()
    }
    let kilobytes = min(memory.byteCount - (1 << 20), 63 << 20) / 1024
    let blocks = memory.lowByteCount > 16 << 20 ? (memory.lowByteCount - (16 << 20)) >> 16 : 0
    for (index, value) in [
      (0x14, BIOSData.equipment & 0xFF), (0x15, 640 & 0xFF), (0x16, 640 >> 8), (0x17, kilobytes & 0xFF),
      (0x18, kilobytes >> 8), (0x30, kilobytes & 0xFF),
      (0x31, kilobytes >> 8), (0x34, blocks & 0xFF), (0x35, blocks >> 8),
    ] as [(Int, UInt64)] {
      rtc.setMemory(index, UInt8(truncatingIfNeeded: value))
    }
  }

  /// Either gate opens address line 20.
  func updateA20() { machine?.setA20(systemControl & 2 != 0 || keyboard.state.outputPort & 2 != 0) }

  /// An interrupt line, 0 to 23: to the I/O APIC, where the timer stands on pin 2, and if it is one of the ISA's, which
  /// has no line 2, to the PIC.
  func setIRQ(_ irq: Int, _ level: Bool) {
    if let foreign = machine?.foreignProcessors, foreign.interruptLineChanged(irq, level) { return }
    if isSuspended && irq == 8 && level && power.wakesByClock() { machine?.wake() }
    if irq < 16 && irq != 2 { pic.set(irq, level) }
    ioapic.set(irq == 0 ? 2 : irq, level)
  }

  /// IRQ 0 of the 8254 or IRQ 8 of the real-time clock, unless the HPET has taken their places.
  fileprivate func setLegacyTimer(_ irq: Int, _ level: Bool) {
    if hpet?.replacesLegacyTimers != true { setIRQ(irq, level) }
  }

  private func setTimerInterrupt(_ output: HPET.Output, _ level: Bool) {
    switch output {
    case .timer: setIRQ(0, level)
    case .clock: setIRQ(8, level)
    case .pin(let pin): setIRQ(pin, level)
    }
  }

  /// Hands a message to the local APICs that it names.
  func deliver(_ message: InterruptMessage) {
    let targets = apics.filter { $0.matches(message) }
    if message.delivery == .lowestPriority {
      targets.min { $0.arbitrationPriority < $1.arbitrationPriority }?.accept(message)
    } else {
      for apic in targets { apic.accept(message) }
    }
  }

  func advance(to now: VirtualTime) {
    pit.advance(to: now)
    rtc.advance(to: now)
    hpet?.advance(to: now)
    serial.advance(to: now)
    for apic in apics { apic.advance(to: now) }
  }

  var nextEvent: VirtualTime? {
    var next = [pit.nextEvent, rtc.nextEvent, hpet?.nextEvent, serial.nextEvent].compactMap { $0 }.min()
    for apic in apics {
      if let event = apic.nextEvent { next = next.map { min($0, event) } ?? event }
    }
    return next
  }

  // MARK: Ports

  func readPort(_ port: UInt16, width: Int, now: VirtualTime) -> UInt32 {
    if (0x600...0x60B).contains(port) { return power.read(offset: Int(port) - 0x600, width: width, now: now) }
    if port == 0xCF8 && width == 4 { return configurationAddress }
    if (0xCF8...0xCFF).contains(port) && port != 0xCF9 { return .max }
    if let testDevice, TestDevice.claims(port) { return testDevice.read(port, width: width) }
    var value: UInt32 = 0
    for index in 0..<width {
      value |= UInt32(readByte(port &+ UInt16(index), now)) << UInt32(index * 8)
    }
    return value
  }

  private func readByte(_ port: UInt16, _ now: VirtualTime) -> UInt8 {
    switch port {
    case 0x20, 0x21: return pic.read(Int(port & 1), isSlave: false)
    case 0xA0, 0xA1: return pic.read(Int(port & 1), isSlave: true)
    case 0x4D0, 0x4D1: return pic.readLevels(isSlave: port & 1 != 0)
    case 0x40...0x43: return pit.read(Int(port & 3), now: now)
    case 0x60: return keyboard.readData()
    case 0x64: return keyboard.readStatus()
    case 0x61:
      // Bit 4 toggles with the refresh request, every 15 microseconds.
      let refresh: UInt8 = now.nanoseconds / 15085 & 1 != 0 ? 0x10 : 0
      return (portB & 3) | refresh | (pit.speakerOutput(now: now) ? 0x20 : 0)
    case 0x70, 0x71: return rtc.read(Int(port & 1), now: now)
    case 0x92: return systemControl
    case 0x3F8...0x3FF:
      let deadline = serial.nextEvent
      defer { if deadline == nil, serial.nextEvent != nil { machine?.interruptSlice() } }
      return UInt8(truncatingIfNeeded: serial.read(offset: UInt64(port & 7), width: 1, now: now))
    case 0xE9: return 0xE9
    case 0xCF9: return resetControl
    case 0x511: return firmware.read()
    case 0x3D4, 0x3D5, 0x3DA: return display.read(port, nanoseconds: now.nanoseconds)
    default: return 0xFF
    }
  }

  func writePort(_ value: UInt32, _ port: UInt16, width: Int, now: VirtualTime) {
    switch port {
    case 0xF4: machine?.stop(.debugExit(value))
    case 0x600...0x60B: power.write(value, offset: Int(port) - 0x600, width: width)
    case 0x510 where width == 2: firmware.select(UInt16(truncatingIfNeeded: value))
    case 0xCF8 where width == 4: configurationAddress = value & 0x80FF_FFFC
    default:
      if let testDevice, TestDevice.claims(port) { return testDevice.write(value, port, width: width) }
      for index in 0..<width {
        writeByte(UInt8(truncatingIfNeeded: value >> UInt32(index * 8)), port &+ UInt16(index), now)
      }
    }
  }

  private func writeByte(_ value: UInt8, _ port: UInt16, _ now: VirtualTime) {
    switch port {
    case 0x20, 0x21: pic.write(value, Int(port & 1), isSlave: false)
    case 0xA0, 0xA1: pic.write(value, Int(port & 1), isSlave: true)
    case 0x4D0, 0x4D1: pic.writeLevels(value, isSlave: port & 1 != 0)
    case 0x40...0x43: pit.write(value, Int(port & 3), now: now)
    case 0x60: keyboard.writeData(value)
    case 0x64: keyboard.writeCommand(value)
    case 0x61:
      portB = value & 3
      pit.setSpeakerGate(value & 1 != 0, now: now)
    case 0x70, 0x71: rtc.write(value, Int(port & 1), now: now)
    case 0x92:
      let rises = value & 1 != 0 && systemControl & 1 == 0
      systemControl = value
      updateA20()
      if rises { machine?.stop(.reset("port 92h")) }
    case 0x3F8...0x3FF: serial.write(UInt64(value), offset: UInt64(port & 7), width: 1, now: now)
    case 0xE9: machine?.serialOutput(value)
    case 0xF0: coprocessor.write()
    case 0x3D4, 0x3D5: display.write(value, port)
    case 0xCF9:
      let rises = value & 4 != 0 && resetControl & 4 == 0
      resetControl = value
      if rises { machine?.stop(.reset("port CF9h")) }
    default: break
    }
  }

  // MARK: Memory-mapped chips

  /// Who answers at an address that is not RAM.
  private enum Target {
    case ioapic, localAPIC, display, hpet, testDevice
  }

  private func target(_ address: UInt64, _ processor: Int) -> (Target, offset: UInt64)? {
    if address & ~0xFFF == 0xFEC0_0000 { return (.ioapic, address & 0xFFF) }
    let apic = apics[processor]
    if apic.isEnabled, !apic.isX2, address & ~0xFFF == apic.state.base & 0xFF_FFFF_F000 {
      return (.localAPIC, address & 0xFFF)
    }
    if address & ~0x7FFF == TextDisplay.memoryBase { return (.display, address & 0x7FFF) }
    if hpet != nil, address & ~0x3FF == HPET.base { return (.hpet, address & 0x3FF) }
    if testDevice != nil, address & ~0xFFFF == TestDevice.memoryBase { return (.testDevice, address & 0xFFFF) }
    return nil
  }

  /// The chip's name; nil where nothing answers.
  func chip(at address: UInt64, processor: Int) -> String? {
    switch target(address, processor)?.0 {
    case .ioapic: "I/O APIC"
    case .localAPIC: "local APIC"
    case .display: "text display"
    case .hpet: "HPET"
    case .testDevice: "test device"
    case nil: nil
    }
  }

  func readPhysical(_ address: UInt64, width: Int, processor: Int, now: VirtualTime) -> UInt64 {
    let ones = UInt64.max >> UInt64(64 - 8 * min(max(width, 1), 8))
    switch target(address, processor) {
    case (.ioapic, let offset)?: return UInt64(ioapic.read(offset: offset)) & ones
    case (.localAPIC, let offset)?:
      let value = apics[processor].read(offset: offset & 0xFF0, now: now)
      // Swift's shifts bind tighter than its products.
      return UInt64(value >> (UInt32(offset & 3) * 8)) & ones
    case (.display, let offset)?: return display.readMemory(offset: offset, width: width)
    case (.hpet, let offset)?: return hpet?.read(offset: offset, width: width, now: now) ?? ones
    case (.testDevice, let offset)?: return testDevice?.readMemory(offset: offset, width: width) ?? ones
    case nil: return ones
    }
  }

  func writePhysical(_ value: UInt64, _ address: UInt64, width: Int, processor: Int, now: VirtualTime) {
    let word = UInt32(truncatingIfNeeded: value)
    switch target(address, processor) {
    case (.ioapic, let offset)?: ioapic.write(word, offset: offset)
    case (.localAPIC, let offset)?:
      if offset & 15 == 0 && width == 4 { apics[processor].write(word, offset: offset, now: now) }
    case (.display, let offset)?: display.writeMemory(value, offset: offset, width: width)
    case (.hpet, let offset)?: hpet?.write(value, offset: offset, width: width, now: now)
    case (.testDevice, let offset)?: testDevice?.writeMemory(value, offset: offset, width: width)
    // In FEE00000h-FEEFFFFFh only a device's write is an interrupt message (SDM Vol. 3A "Message Signalled
    // Interrupts"), and no device of this board writes memory: a processor's store goes nowhere.
    case nil: break
    }
  }
}

/// Connects the local APICs with each other, the I/O APIC and the processors.
final class Router: LocalAPICOutput {
  weak var platform: Platform?

  func interruptRequestChanged(_ apic: LocalAPIC) {
    guard let machine = platform?.machine else { return }
    machine.processor(apic.index).setInterruptRequest(apic.hasRequest)
  }

  func nonMaskableInterrupt(_ apic: LocalAPIC) {
    guard let machine = platform?.machine else { return }
    if let foreign = machine.foreignProcessors { return foreign.nonMaskableInterrupt(processor: apic.index) }
    machine.processor(apic.index).nonMaskableInterrupt()
  }

  func initialize(_ apic: LocalAPIC) {
    guard let machine = platform?.machine else { return }
    if let foreign = machine.foreignProcessors {
      foreign.initialize(processor: apic.index)
    } else {
      machine.processor(apic.index).initialize(isBootstrap: apic.index == 0)
    }
    apic.reset()
  }

  func startUp(_ apic: LocalAPIC, vector: UInt8) {
    guard let machine = platform?.machine else { return }
    if let foreign = machine.foreignProcessors { return foreign.startUp(processor: apic.index, vector: vector) }
    machine.processor(apic.index).startUp(vector: vector)
  }

  func endOfInterrupt(_ apic: LocalAPIC, vector: UInt8) { platform?.ioapic.endOfInterrupt(vector) }

  func send(_ apic: LocalAPIC, _ message: InterruptMessage, shorthand: UInt8) {
    guard let platform else { return }
    switch shorthand {
    case 1: apic.accept(message)
    case 2: for target in platform.apics { target.accept(message) }
    case 3: for target in platform.apics where target !== apic { target.accept(message) }
    default: platform.deliver(message)
    }
  }
}
