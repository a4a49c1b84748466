import DevicesLegacy
import TestSupport
import Testing
import X86

private let rows: [ChipRow] = [
  row(
    "ACPI",
    { recorder in ACPIPowerManagement(powerOff: { recorder.write(0x55) }, suspend: { recorder.write(0x56) }) }
  ) { chip, dice, now in
    if dice.below(8) == 0 { return "\(chip.wakesByClock())" }
    if dice.below(2) == 0 { chip.write(dice.next(), offset: UInt64(dice.below(12)), width: 4, now: now) }
    return "\(chip.value(UInt64(dice.below(12)), width: 4, now: now))"
  },
  row("I/O APIC", { recorder in IOAPIC { recorder.send($0) } }) { chip, dice, now in
    let value = dice.next() & 0xFFFF_FFFF
    switch dice.below(5) {
    case 0: chip.set(dice.below(26), dice.below(2) == 0)
    case 1: chip.endOfInterrupt(UInt8(truncatingIfNeeded: value))
    case 2: chip.write(dice.pick([value, value & 0x9F, value & 0x3F]), offset: 0, width: 4, now: now)
    default:
      let offset: UInt64 = dice.pick([0x10, 0x10, 0x40, 0x20])
      chip.write(dice.pick([value, value & ~0x10000]), offset: offset, width: 4, now: now)
    }
    return "\(chip.value(dice.pick([0, 0x10]), width: 4))"
  },
  row("local APIC 0", { localAPIC(0, $0) }, driveLocalAPIC), row("local APIC 3", { localAPIC(3, $0) }, driveLocalAPIC),
  row("PIC", { PIC8259(output: $0) }) { chip, dice, _ in
    let value = UInt8(truncatingIfNeeded: dice.next())
    switch dice.below(8) {
    case 0...2: chip.set(dice.below(16), dice.below(2) == 0)
    case 3: return "INTA \(chip.acknowledge())"
    case 4: chip.setByte(UInt64(dice.below(4)), value)
    case 5: chip.setByte(dice.pick([0, 2]), dice.pick([0x20, 0x60 | value & 7, 0x0B, 0x0A, 0x0C, 0x68]))
    case 6: chip.setByte(dice.pick([4, 5]), value)
    default: return "ELCR \(chip.byte(dice.pick([4, 5])))"
    }
    return "\(chip.byte(UInt64(dice.below(4))))"
  },
  row("PIT", { PIT8254(interrupt: $0) }) { chip, dice, now in
    switch dice.below(8) {
    case 0: chip.setSpeakerGate(dice.below(2) == 0, now: now)
    case 1: chip.setByte(3, UInt8(truncatingIfNeeded: dice.next()), now: now)
    case 2: chip.setByte(3, UInt8(dice.below(3) << 6 | 0x30 | dice.below(6) << 1), now: now)
    case 3, 4:
      let value = UInt8(truncatingIfNeeded: dice.next() >> UInt64(dice.below(64)))
      chip.setByte(UInt64(dice.below(3)), value, now: now)
    case 5: chip.advance(to: now)
    default: return "\(chip.byte(UInt64(dice.below(4)), now: now))"
    }
    return "\(chip.speakerOutput(now: now)) \(String(describing: chip.nextEvent))"
  },
  row(
    "8042",
    { recorder in PS2Controller8042(interrupt: recorder, reset: { recorder.write(1) }, gateA20: { recorder.set($0) }) }
  ) {
    chip, dice, _ in
    switch dice.below(3) {
    case 0: chip.setByte(1, dice.pick([0x20, 0x60, 0xA5, 0xAA, 0xC1, 0xD1, 0xD2, UInt8(dice.below(256))]))
    case 1: chip.setByte(0, UInt8(truncatingIfNeeded: dice.next()))
    default: return "\(chip.byte(0))"
    }
    return "\(chip.byte(1))"
  },
  row(
    "8042 with a keyboard",
    { recorder in
      PS2Controller8042(
        interrupt: recorder, reset: { recorder.write(1) }, gateA20: { recorder.set($0) }, hasKeyboard: true,
        armed: { recorder.write(2) })
    }, driveKeyboard),
  row("VGA", { _ in VGA() }, driveVGA),
  row("RTC", { RTC146818(interrupt: $0, startSeconds: 1_767_225_600) }) { chip, dice, now in
    if dice.below(2) == 0 { chip.setByte(0, UInt8(dice.pick([dice.below(14), dice.below(256), 0x32])), now: now) }
    switch dice.below(4) {
    case 0: chip.setByte(1, UInt8(truncatingIfNeeded: dice.next()), now: now)
    case 1: chip.advance(to: now)
    default: return "\(chip.byte(1, now: now))"
    }
    return String(describing: chip.nextEvent)
  },
  row("UART", { UART16550(output: $0, interrupt: $0) }) { chip, dice, now in
    switch dice.below(4) {
    case 0: return "\(chip.receive(UInt8(truncatingIfNeeded: dice.next()), now: now))"
    case 1: chip.write(dice.next(), offset: UInt64(dice.below(8)), width: 1, now: now)
    default: return "\(chip.read(offset: UInt64(dice.below(8)), width: 1, now: now))"
    }
    return "\(chip.canReceive)"
  },
  row("HPET", { recorder in HPET { recorder.log.append("\($0) \($1)") } }) { chip, dice, now in
    let value = dice.next() >> UInt64(dice.pick([0, 32, 40, 52, 60]))
    switch dice.below(6) {
    case 0: chip.write(value, offset: UInt64(dice.below(0x80)) * 4, width: dice.pick([4, 8]), now: now)
    case 1: chip.write(UInt64(dice.below(4)), offset: 0x10, width: 8, now: now)
    case 2:
      chip.write(value & 0x14E | 0x2800, offset: dice.pick([0x100, 0x120, 0x140]), width: 8, now: now)
    case 3: chip.write(value, offset: dice.pick([0x108, 0x128, 0x148, 0xF0, 0x20]), width: 8, now: now)
    case 4: chip.advance(to: now)
    default: return "\(chip.read(offset: UInt64(dice.below(0x60)) * 4, width: dice.pick([4, 8]), now: now))"
    }
    return String(describing: chip.nextEvent)
  },
  row("test device", { recorder in TestDevice { recorder.log.append("\($0) \($1)") } }) { chip, dice, _ in
    let register = dice.pick([0, 4, 8, TestDevice.lineOffset]) + UInt64(dice.below(4))
    let offset = UInt64(dice.below(TestDevice.memorySize))
    switch dice.below(4) {
    case 0: chip.write(dice.next(), offset: register, width: dice.pick([1, 2, 4]), now: .zero)
    case 1: return "\(chip.memory.value(offset, width: dice.pick([1, 2, 4, 8])))"
    case 2: chip.memory.write(dice.next(), offset: offset, width: dice.pick([1, 2, 4, 8]), now: .zero)
    default: return "\(chip.value(register, width: 4))"
    }
    return ""
  },
  row("text display", { _ in TextDisplay() }) { chip, dice, now in
    let register: UInt64 = dice.pick([0, 1, 6])
    let offset = UInt64(dice.below(TextDisplay.memorySize))
    switch dice.below(4) {
    case 0: chip.setByte(register, UInt8(truncatingIfNeeded: dice.next() >> UInt64(dice.pick([0, 59]))))
    case 1: chip.memory.write(dice.next(), offset: offset, width: 2, now: .zero)
    default: return "\(chip.byte(register, now: now))"
    }
    return "\(chip.memory.value(offset, width: 2))"
  },
  row(
    "system control port A",
    { recorder in
      SystemControlPortA(reset: { recorder.write(1) }, a20Changed: { recorder.write(2) })
    }
  ) { chip, dice, _ in
    if dice.below(2) == 0 { chip.setByte(0, UInt8(truncatingIfNeeded: dice.next())) }
    return "\(chip.byte(0)) \(chip.opensA20)"
  },
  row(
    "system control port B",
    { recorder in
      SystemControlPortB(setGate: { level, _ in recorder.set(level) }, output: { $0.nanoseconds & 1 != 0 })
    }
  ) { chip, dice, now in
    if dice.below(2) == 0 { chip.setByte(0, UInt8(truncatingIfNeeded: dice.next()), now: now) }
    return "\(chip.byte(0, now: now))"
  },
  row("host bridge", { recorder in HostBridge(reset: { recorder.write(1) }) }) { chip, dice, now in
    let (offset, width) = (UInt64(dice.below(8)), dice.pick([1, 2, 4]))
    if dice.below(2) == 0 { chip.write(dice.next(), offset: offset, width: width, now: now) }
    return "\(chip.value(offset, width: width))"
  },
  row("i440FX", { recorder in I440FX { recorder.write(1) } }) { chip, dice, now in
    drive(chip, &dice, now)
    return "\(chip.attributes.count { $0.readsRAM })"
  },
  row("PIIX3", { recorder in PIIX3 { recorder.log.append("\($0) \($1)") } }) { chip, dice, now in
    if dice.below(2) == 0 { drive(chip, &dice, now) }
    if dice.below(2) == 0 {
      chip.configuration.write(UInt32(dice.below(16)), at: 0x60 + dice.below(4), width: 1)
      chip.configurationChanged(now: now)
    }
    chip.set(device: dice.below(34), pin: dice.below(6), dice.below(2) == 0)
    return "\(chip.configuration.value(at: 0x60, width: 4))"
  },
  row(
    "PIIX4 power management",
    { recorder in
      PIIX4PowerManagement(ACPIPowerManagement(powerOff: { recorder.write(0x55) }, suspend: { recorder.write(0x56) }))
    }
  ) { chip, dice, now in
    drive(chip, &dice, now)
    let (window, offset) = (6 + dice.below(2), UInt64(dice.below(64)))
    if dice.below(2) == 0 { chip.write(dice.next(), window: window, offset: offset & 3, width: 1, now: now) }
    return "\(chip.ownWindows) \(chip.read(window: 7, offset: offset, width: 1, now: now))"
  },
  row("coprocessor error", { CoprocessorError(interrupt: $0) }) { chip, dice, _ in
    switch dice.below(3) {
    case 0: return "\(chip.raise())"
    case 1: chip.clear()
    default: chip.setByte(0, 0)
    }
    return ""
  },
]

/// Writes configuration space as PCI does.
private func drive(_ function: some PCIFunction, _ dice: inout Dice, _ now: VirtualTime) {
  let value = UInt32(truncatingIfNeeded: dice.next())
  let register = dice.pick([dice.below(256), 0x04, 0x40, 0x58 + dice.below(8), 0x60 + dice.below(4), 0x80, 0x90, 0xD2])
  function.configuration.write(value, at: register, width: dice.pick([1, 2, 4]))
  function.configurationChanged(now: now)
}

@Sendable private func driveKeyboard(_ chip: PS2Controller8042, _ dice: inout Dice, _ now: VirtualTime) -> String {
  let byte = UInt8(truncatingIfNeeded: dice.next())
  switch dice.below(10) {
  case 0: chip.setByte(1, dice.pick([0x20, 0x60, 0xAA, 0xAD, 0xAE, 0xD2, 0xD4, byte]), now: now)
  case 1: chip.setByte(0, dice.pick([0xED, 0xF0, 0xF2, 0xF3, 0xF4, 0xF5, 0xFE, 0xFF, byte, byte & 7]), now: now)
  case 2: chip.setUp()
  case 3, 4: chip.press(dice.pick(Key.allCases), now: now)
  case 5: chip.release(dice.pick(Key.allCases), now: now)
  case 6: chip.advance(to: now)
  default: return "\(chip.byte(0, now: now)) \(String(describing: chip.nextEvent))"
  }
  return "\(chip.byte(1, now: now)) \(String(describing: chip.nextEvent)) \(chip.isReadyForKeys)"
}

/// Few places of the memory, so that the texts of the states stay short.
@Sendable private func driveVGA(_ chip: VGA, _ dice: inout Dice, _ now: VirtualTime) -> String {
  let value = dice.next() >> UInt64(dice.pick([0, 32, 48, 56, 60]))
  let port = VGA.portOffset + UInt64(dice.below(0x30))
  let interface = VGA.interfaceOffset + UInt64(dice.below(3))
  let place = UInt64(dice.pick([0, 0x8000, 0x1_0000, 0x1_8000, 0x1_FFFE])) + UInt64(dice.below(2))
  let width = dice.pick([1, 2, 4, 8])
  switch dice.below(12) {
  case 0, 1: chip.write(value, offset: port, width: 1, now: now)
  case 2: chip.write(dice.pick([3, 0xE3, value]), offset: VGA.portOffset + 0x12, width: 1, now: now)
  case 3: chip.write(UInt64(dice.below(11)), offset: VGA.interfaceOffset, width: 2, now: now)
  case 4: chip.write(dice.pick([value, 640, 1, 8, 4, 0x81]), offset: interface, width: dice.pick([1, 2, 4]), now: now)
  case 5, 6: chip.write(value, offset: place, width: width, now: now)
  case 7: chip.writeFrameBuffer(value, offset: dice.pick([0, 7, 0xFF_FFFF, value]), width: width)
  case 8: return "\(chip.readFrameBuffer(offset: dice.pick([0, 7, 0xFF_FFFC, 0xFF_FFFF, value]), width: width))"
  case 9: return "\(chip.read(offset: interface, width: 2, now: now))"
  case 10:
    let scanout = VGAScanout(chip.state)
    let line = dice.below(scanout.height)
    let place = scanout.place(ofLine: line)
    return "\(scanout.kind) \(scanout.width) \(scanout.word(counter: place.counter, scan: place.scan)) "
      + "\(String(describing: scanout.cursor)) \(scanout.panning(isSplit: place.isSplit)) \(scanout.rowCount)"
  default: return "\(chip.read(offset: dice.pick([port, place]), width: width, now: now))"
  }
  return ""
}

private func localAPIC(_ index: Int, _ recorder: Recorder) -> LocalAPIC {
  let apic = LocalAPIC(index: index)
  apic.output = recorder
  apic.setVirtualWire()
  return apic
}

@Sendable private func driveLocalAPIC(_ chip: LocalAPIC, _ dice: inout Dice, _ now: VirtualTime) -> String {
  let value = dice.next() >> UInt64(dice.pick([0, 32, 40, 56, 60]))
  let word = UInt32(truncatingIfNeeded: value)
  switch dice.below(12) {
  case 0:
    chip.accept(
      InterruptMessage(
        destination: 0, isLogical: false, delivery: dice.pick([.fixed, .lowestPriority, .nonMaskable, .startUp]),
        vector: UInt8(truncatingIfNeeded: dice.next()), isLevel: dice.below(2) == 0))
  case 1: return "INTA \(chip.acknowledge())"
  case 2: chip.setExternalRequest(dice.below(2) == 0)
  case 3: chip.advance(to: now)
  case 4: chip.write(value, offset: 0xB0, width: 4, now: now)
  case 5: chip.write(0x10000 << UInt64(dice.below(3)) | 0x40 | value & 0xFF, offset: 0x320, width: 4, now: now)
  case 6: chip.write(value, offset: dice.pick([0x380, 0x3E0, 0xF0, 0x80]), width: 4, now: now)
  case 7: chip.write(value, offset: UInt64(dice.below(256)) << 4, width: 4, now: now)
  case 8:
    let msr: UInt32 = dice.pick([0x6E0, 0x80F, 0x832, 0x838, 0x83F, 0x800 | UInt32(dice.below(256))])
    return "\(chip.writeMSR(msr, value, now: now))"
  case 9:
    guard dice.below(8) == 0 else { return String(describing: chip.readMSR(0x800 | word & 0xFF, now: now)) }
    return "\(chip.writeMSR(0x1B, 0xFEE0_0000 | value & 0xC00, now: now))"
  case 10: chip.timeStampOffset = dice.pick([0, value, 0 &- value])
  default: return "\(chip.value(UInt64(dice.below(64)) << 4, width: 4, now: now))"
  }
  return "\(chip.hasRequest) \(String(describing: chip.nextEvent)) \(chip.taskPriorityClass)"
}

private let allRows = rows + virtioRows + floppyRows + ideRows

@Suite("States of the chips")
struct StateTests {
  @Test("A restored chip goes on as the captured one", arguments: allRows)
  func goesOn(_ row: ChipRow) throws {
    for seed in 0..<200 as Range<UInt64> {
      let divergence = try row.divergence(seed)
      #expect(divergence == nil, "seed \(seed)")
    }
  }

  @Test("Corrupt states: refused, or harmless to whoever goes on with them", arguments: allRows)
  func corruption(_ row: ChipRow) throws {
    let count = Build.isDebug ? 400 : 10_000
    let refused = try row.refusals(count)
    #expect(refused > count / 20 && refused < count)
  }

  @Test("What is wrong with a state is one sentence with field and value")
  func sentences() {
    var pit = PIT8254.State()
    pit.channels[0].start = 1
    #expect(PIT8254.problem(in: pit) == "PIT channel 0 reload 0 is not 1...65536")
    pit = PIT8254.State()
    pit.channels[1].loadClock = 5
    #expect(PIT8254.problem(in: pit) == "PIT channel 1 is to be loaded without a count")
    var pic = PIC8259.State()
    pic.master.polled = 3
    #expect(PIC8259.problem(in: pic) == "PIC master has a polled input without a poll")
    var ioapic = IOAPIC.State()
    ioapic.entries.removeLast()
    #expect(IOAPIC.problem(in: ioapic) == "I/O APIC redirection table has 23 entries, not 24")
    var keyboard = PS2Controller8042.State()
    keyboard.pending = 7
    #expect(PS2Controller8042.problem(in: keyboard)?.hasPrefix("8042 pending command 7 is not one of 0, 96, ") == true)
    keyboard = PS2Controller8042.State()
    keyboard.keyboardPort = PS2Controller8042.KeyboardPort()
    #expect(PS2Controller8042.problem(in: keyboard) == nil)
    var display = VGA.State()
    display.colors[7] = 64
    #expect(VGA.problem(in: display) == "VGA colours have more than 6 bits")
    display.interface.enable = 0x21
    #expect(VGA.problem(in: display) == "VGA interface shows what is not in its memory")
    var apic = LocalAPIC(index: 0).state
    apic.divide = 4
    #expect(LocalAPIC.problem(in: apic) == "local APIC divide configuration 4h has bits outside Bh")
    apic.isCounting = true
    #expect(
      LocalAPIC.problem(in: apic) == "local APIC timer counts from 0, or in a mode that does not count: LVT 10000h")
  }

  @Test(
    "A guest that sets the year to 255 again and again meets no end of the calendar",
    arguments: [0x06, 0x02] as [UInt8])
  func centuries(_ registerB: UInt8) {
    let rtc = RTC146818(interrupt: Recorder(), startSeconds: 1_767_225_600)
    func set(_ index: UInt8, _ value: UInt8) {
      rtc.setByte(0, index)
      rtc.setByte(1, value)
    }
    set(0x0B, registerB)
    for _ in 0..<1000 {
      set(9, 0xFF)
      rtc.setByte(0, 0x32)
      let century = rtc.byte(1)
      #expect(registerB & 4 != 0 ? century < 100 : century <= 0x99)
    }
    #expect(RTC146818.problem(in: rtc.state) == nil)
  }
}
