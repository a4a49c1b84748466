import TextForms
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

/// Where bytes go that nobody wants to see.
final class NoSink: ByteSink {
  func write(_ byte: UInt8) {}
}

/// The far end of the serial line.
final class SerialSink: ByteSink {
  unowned var machine: Machine?
  func write(_ byte: UInt8) { machine?.serialOutput(byte) }
}

/// The chips of the PC, on their ports and addresses.
final class Platform {
  /// The owner. Weak references would make every use of it slow, on the way of each interrupt.
  unowned var machine: Machine? {
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
  let systemControlA: SystemControlPortA
  let systemControlB: SystemControlPortB
  let bridge: HostBridge
  let debugConsole: DebugConsole
  let debugExit: DebugExit
  /// RAM, for chips that are master of the bus.
  let busMaster: any BusMasterMemory
  /// On a board with firmware or drives: PCI, and what only such a board has on it.
  let pci: PCIBus?
  let hostBridge: I440FX?
  let isaBridge: PIIX3?
  /// Only on a board with firmware.
  let shadow: ShadowMemory?
  let firmwareLog: DebugConsole?
  /// Only on a board that has them.
  let hpet: HPET?
  let testDevice: TestDevice?
  private let router: Router
  let firmware: FirmwareConfiguration
  /// A screen, on a board that has one.
  let vga: VGA?
  /// That screen on PCI.
  let vgaFunction: VGAFunction?
  /// The drives, on a board that has some.
  private(set) var attached: AttachedDrives?
  private(set) var virtio: [VirtioBlock] = []
  private(set) var diskettes: DisketteDrives?
  /// What is in the drives.
  let drives: MachineDrives
  /// Their ports and addresses.
  private(set) var bus = BoardBus(BoardMap(rows: []), nil)
  /// ACPI S3: the processors are off.
  var isSuspended = false

  /// The PCI device of the first disk on virtio.
  static let firstVirtioDevice = 3

  /// 1 January 2026, so that every run shows the same date.
  static let startSeconds: Int64 = 1_767_225_600

  init(_ configuration: MachineConfiguration, memory: GuestMemory, map: BoardMap, drives: MachineDrives) {
    self.drives = drives
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
      output: sink, interrupt: router.line(4), isGated: !configuration.serialIgnoresOUT2,
      armed: { router.platform?.machine?.interruptSlice() })
    coprocessor = CoprocessorError(interrupt: router.line(13))
    keyboard = PS2Controller8042(
      interrupt: router.line(1), reset: { router.platform?.machine?.stop(.reset("keyboard controller")) },
      gateA20: { _ in router.platform?.updateA20() }, hasKeyboard: configuration.hasDisplay,
      armed: { router.platform?.machine?.interruptSlice() })
    systemControlA = SystemControlPortA(
      reset: { router.reset { ($0.systemControlA, 0) } }, a20Changed: { router.platform?.updateA20() })
    systemControlB = SystemControlPortB(
      setGate: { [pit] in pit.setSpeakerGate($0, now: $1) }, output: { [pit] in pit.speakerOutput(now: $0) })
    let hasFirmware = configuration.romByteCount > 0
    busMaster = GuestBusMaster(memory) { router.platform?.machine }
    let hasPCI = hasFirmware || drives.needPCI
    pci = hasPCI ? PCIBus() : nil
    hostBridge = hasPCI ? I440FX { router.platform?.shadow?.follow() } : nil
    isaBridge = hasPCI ? PIIX3 { router.platform?.setIRQ($0, $1) } : nil
    shadow = hasFirmware ? hostBridge.map { ShadowMemory($0, memory) { router.platform?.machine } } : nil
    firmwareLog =
      hasFirmware ? DebugConsole(output: configuration.showsFirmwareLog ? sink : NoSink()) : nil
    bridge = HostBridge(bus: pci, reset: { router.reset { ($0.bridge, HostBridge.resetOffset) } })
    power = ACPIPowerManagement(
      powerOff: { router.platform?.machine?.stop(.powerOff) }, suspend: { router.platform?.machine?.requestSuspend() })
    debugConsole = DebugConsole(output: sink)
    debugExit = DebugExit { router.platform?.machine?.stop(.debugExit($0)) }
    firmware = FirmwareConfiguration(
      processorCount: processorCount, memory: memory, bus: hasPCI ? busMaster : nil)
    hpet =
      configuration.hasHPET ? HPET { output, level in router.platform?.setTimerInterrupt(output, level) } : nil
    testDevice = configuration.hasTestDevice ? TestDevice { router.platform?.setIRQ($0, $1) } : nil
    // Where no firmware sets them up, screen and keyboard are as it would leave them.
    vga = configuration.hasDisplay ? VGA(hasFirmware ? VGA.State() : .textMode()) : nil
    vgaFunction = hasFirmware ? vga.map { VGAFunction(display: $0, rom: configuration.displayROM) } : nil
    if configuration.hasDisplay && !hasFirmware { keyboard.setUp() }
    router.platform = self
    for apic in apics {
      apic.output = router
      apic.setVirtualWire()
    }
    if drives.hasAttached { attached = AttachedDrives(drives, self) }
    virtio = drives.virtio.enumerated().map { index, medium in
      VirtioBlock(
        storage: medium, memory: busMaster, interrupt: pciLine(device: Self.firstVirtioDevice + index),
        serial: "EMU1000\(index + 1)")
    }
    if !drives.floppies.isEmpty { diskettes = DisketteDrives(drives, self) }
    setConfigurationRAM(memory)
    bus = BoardBus(map, self)
    if hasFirmware { prepareFirmware(configuration, memory) } else { setUpPCI() }
  }

  /// What firmware asks for.
  private func prepareFirmware(_ configuration: MachineConfiguration, _ memory: GuestMemory) {
    setFirmwareRAM(memory, configuration.bootOrder)
    let added = configuration.firmwareFiles
    let hasScreen = configuration.hasDisplay || added.keys.contains { $0.hasPrefix("vgaroms/") }
    firmware.publish(files: firmwareFiles(memory, hasDisplay: hasScreen).merging(added) { $1 })
  }

  /// What a PC's firmware leaves in the clock's RAM: the equipment and the sizes of memory.
  private func setConfigurationRAM(_ memory: GuestMemory) {
    let kilobytes = min(memory.byteCount - (1 << 20), 63 << 20) / 1024
    let blocks = memory.lowByteCount > 16 << 20 ? (memory.lowByteCount - (16 << 20)) >> 16 : 0
    let diskettes = UInt64(drives.floppies.count)
    // Diskette drives, and how many they are but one.
    let equipment = BIOSData.equipment | (diskettes > 0 ? 1 | (diskettes - 1) << 6 : 0)
    let types = drives.floppies.prefix(2).enumerated().reduce(UInt64(0)) {
      $0 | UInt64($1.element.geometry.driveType) << UInt64(4 - 4 * $1.offset)
    }
    for (index, value) in [
      (0x10, types), (0x14, equipment & 0xFF), (0x15, 640 & 0xFF), (0x16, 640 >> 8), (0x17, kilobytes & 0xFF),
      (0x18, kilobytes >> 8), (0x30, kilobytes & 0xFF),
      (0x31, kilobytes >> 8), (0x34, blocks & 0xFF), (0x35, blocks >> 8),
    ] as [(Int, UInt64)] {
      rtc.setMemory(index, UInt8(truncatingIfNeeded: value))
    }
  }

  /// What SeaBIOS reads in the clock's RAM beside that: memory above 4 GiB in units of 64 KiB, the number of further
  /// processors, and the order in which it tries what it can boot from.
  private func setFirmwareRAM(_ memory: GuestMemory, _ order: [BootDevice]) {
    let codes = order.map(\.code) + [0, 0, 0]
    let high = (memory.byteCount - memory.lowByteCount) >> 16
    for (index, value) in [
      (0x5B, high & 0xFF), (0x5C, high >> 8 & 0xFF), (0x5D, high >> 16 & 0xFF), (0x5F, UInt64(apics.count - 1)),
      (0x38, codes[2] << 4), (0x3D, codes[1] << 4 | codes[0]),
    ] as [(Int, UInt64)] {
      rtc.setMemory(index, UInt8(truncatingIfNeeded: value))
    }
  }

  /// The wire of an interrupt line of PCI, for a function: pin 1 is INTA#.
  func pciLine(device: Int, pin: Int = 1) -> any SignalLine {
    Wire { [router] level in router.platform?.isaBridge?.set(device: device, pin: pin, level) }
  }

  /// The wire of an interrupt line, for a chip.
  func line(_ irq: Int) -> any SignalLine { router.line(irq) }

  /// Either gate opens address line 20.
  func updateA20() { machine?.setA20(systemControlA.opensA20 || keyboard.opensA20) }

  /// An interrupt line, 0 to 23: to the I/O APIC, where the timer stands on pin 2, and if it is one of the ISA's, which
  /// has no line 2, to the PIC.
  func setIRQ(_ irq: Int, _ level: Bool) {
    if machine?.processorSet.interruptLineChanged(irq, level) == true { return }
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

  func advance(to now: VirtualTime) { for chip in bus.timedChips { chip.advance(to: now) } }

  var nextEvent: VirtualTime? {
    var next: VirtualTime?
    for chip in bus.timedChips {
      if let event = chip.nextEvent { next = next.map { min($0, event) } ?? event }
    }
    return next
  }
}

/// Connects chips with what the board does for them: interrupt lines, resets, messages between local APICs, the I/O APIC
/// and the processors.
final class Router: LocalAPICOutput {
  /// The owner.
  unowned var platform: Platform?

  /// The wire of an interrupt line.
  func line(_ irq: Int) -> any SignalLine { Wire { [self] level in platform?.setIRQ(irq, level) } }

  /// A chip's register resets the machine; the reason names its port.
  func reset(_ register: (Platform) -> (chip: any BusDevice, offset: UInt64)) {
    guard let platform else { return }
    let (chip, offset) = register(platform)
    let port = platform.bus.port(of: chip, offset: offset).map { " " + Text.suffixed($0) } ?? ""
    platform.machine?.stop(.reset("port\(port)"))
  }

  func interruptRequestChanged(_ apic: LocalAPIC) {
    guard let machine = platform?.machine else { return }
    machine.processor(apic.index).setInterruptRequest(apic.hasRequest)
  }

  func nonMaskableInterrupt(_ apic: LocalAPIC) {
    platform?.machine?.processorSet.nonMaskableInterrupt(processor: apic.index)
  }

  func initialize(_ apic: LocalAPIC) {
    guard let machine = platform?.machine else { return }
    machine.processorSet.initialize(processor: apic.index)
    apic.reset()
  }

  func startUp(_ apic: LocalAPIC, vector: UInt8) {
    platform?.machine?.processorSet.startUp(processor: apic.index, vector: vector)
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
