import DevicesLegacy
import MMU
import X86
import TextForms

extension Machine {
  /// The board as text, a line a part: RAM, and what each chip that raises interrupts waits for.
  public var boardSummary: [String] {
    let state = platform.capture()
    var lines = ["RAM \(memory.byteCount >> 20) MiB, processors: \(processorCount), virtual time \(now.nanoseconds) ns"]
    func place(_ chip: any BusDevice, _ offset: UInt64 = 0) -> String {
      platform.bus.port(of: chip, offset: offset).map { "at \(Text.suffixed($0))" } ?? "without ports"
    }
    for (chip, offset) in [(state.pic.master, 0), (state.pic.slave, 2)] as [(PIC8259.Chip, UInt64)] {
      lines.append(
        "8259A \(place(platform.pic, offset)): vectors from \(Text.suffixed(chip.base)), IRR \(Text.suffixed(chip.request)), ISR \(Text.suffixed(chip.inService)), "
          + "IMR \(Text.suffixed(chip.mask))")
    }
    let timer = state.pit.channels.first
    lines.append(
      "8254 \(place(platform.pit)): channel 0 in mode \(timer?.mode ?? 0), "
        + "count \(timer?.written ?? timer?.reload ?? 0)")
    let serial = state.serial
    lines.append(
      "16550A \(place(platform.serial)): IER \(Text.suffixed(serial.interruptEnable)), LCR \(Text.suffixed(serial.lineControl)), "
        + "\(serial.receiveFIFO.count) bytes wait")
    for (index, apic) in state.apics.enumerated() {
      lines.append(
        "local APIC \(index) at \(Text.suffixed(apic.base & ~0xFFF)): \(apic.spurious & LocalAPIC.SVR.enable != 0 ? "enabled" : "disabled"), "
          + "TPR \(Text.suffixed(apic.taskPriority)), IRR \(vectors(apic.request)), ISR \(vectors(apic.inService)), "
          + "LVT timer \(Text.suffixed(apic.vectorTable.first ?? 0))")
    }
    return lines
  }

  /// The interrupts that no mask holds back, by the names of their devices: what a sleeping guest can be woken by.
  public var enabledInterrupts: [String] {
    let state = platform.capture()
    var lines: Set<Int> = []
    for line in 0..<16 where line != 2 {
      let chip = line < 8 ? state.pic.master : state.pic.slave
      let isCascadeOpen = line < 8 || state.pic.master.mask >> PIC8259.cascadeInput & 1 == 0
      if chip.mask >> UInt8(line & 7) & 1 == 0 && isCascadeOpen { lines.insert(line) }
    }
    for (pin, entry) in state.ioapic.entries.enumerated() where entry & IOAPIC.Redirection.masked == 0 {
      // ExtINT passes on what the 8259A pair has.
      if IOAPIC.Redirection.delivery(entry) != .external { lines.insert(pin == 2 ? 0 : pin) }
    }
    var names = lines.sorted().map { line in
      let device = (Self.interruptLines[line]?.name ?? "no device") + (isDriven(line) ? "" : ", which is not there")
      return "IRQ \(line) (\(device))"
    }
    let masked = LocalAPIC.LVT.masked
    if state.apics.contains(where: {
      $0.spurious & LocalAPIC.SVR.enable != 0 && ($0.vectorTable.first ?? masked) & masked == 0
    }) {
      names.append("the local APIC's timer")
    }
    return names
  }

  /// Whether the board has what drives an ISA interrupt.
  private func isDriven(_ line: Int) -> Bool {
    switch line {
    case 1: configuration.hasDisplay
    case 3, 12: false
    case 6: platform.diskettes != nil
    case 14, 15: platform.attached != nil
    default: true
    }
  }

  /// ISA interrupts: what a guest awaits there, and the chip that drives the line, if this board has one.
  static let interruptLines: [Int: (name: String, chip: String?)] = [
    0: ("timer", "the 8254 PIT"), 1: ("keyboard", "the 8042 keyboard controller"), 3: ("COM2", nil),
    4: ("serial line", "the 16550 UART"), 8: ("clock", "the MC146818 RTC"),
    6: ("diskette", "the 82077AA diskette controller"), 9: ("ACPI", nil), 12: ("mouse", nil),
    13: ("x87", "the x87's FERR#"), 14: ("disk", "the primary IDE channel"), 15: ("disk", "the secondary IDE channel"),
  ]

  private func vectors(_ set: LocalAPIC.VectorSet) -> String {
    let members = set.members
    return members.isEmpty
      ? "none" : members.map { Text.suffixed($0) }.joined(separator: " ")
  }
}
