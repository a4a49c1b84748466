import DevicesLegacy
import MMU
import X86

extension Machine {
  /// The board for people, a line a part: RAM, and what each chip that raises interrupts waits for.
  public var boardSummary: [String] {
    let state = platform.capture()
    func hex(_ value: some BinaryInteger) -> String { String(value, radix: 16, uppercase: true) + "h" }
    var lines = ["RAM \(memory.byteCount >> 20) MiB, processors: \(processorCount), virtual time \(now.nanoseconds) ns"]
    for (name, chip) in [("8259A at 20h", state.pic.master), ("8259A at A0h", state.pic.slave)] {
      lines.append(
        "\(name): vectors from \(hex(chip.base)), IRR \(hex(chip.request)), ISR \(hex(chip.inService)), "
          + "IMR \(hex(chip.mask))")
    }
    let timer = state.pit.channels.first
    lines.append("8254 at 40h: channel 0 in mode \(timer?.mode ?? 0), count \(timer?.written ?? timer?.reload ?? 0)")
    let serial = state.serial
    lines.append(
      "16550A at 3F8h: IER \(hex(serial.interruptEnable)), LCR \(hex(serial.lineControl)), "
        + "\(serial.receiveFIFO.count) bytes wait")
    for (index, apic) in state.apics.enumerated() {
      lines.append(
        "local APIC \(index) at \(hex(apic.base & ~0xFFF)): \(apic.spurious & 0x100 != 0 ? "enabled" : "disabled"), "
          + "TPR \(hex(apic.taskPriority)), IRR \(vectors(apic.request)), ISR \(vectors(apic.inService)), "
          + "LVT timer \(hex(apic.vectorTable.first ?? 0))")
    }
    return lines
  }

  private func vectors(_ set: LocalAPIC.VectorSet) -> String {
    let members = (0..<256).filter { set.words.indices.contains($0 >> 5) && set.words[$0 >> 5] >> ($0 & 31) & 1 != 0 }
    return members.isEmpty
      ? "none" : members.map { String($0, radix: 16, uppercase: true) + "h" }.joined(separator: " ")
  }
}
