import DevicesLegacy

extension BoardMap {
  /// The board of a PC: the one place where chips are wired.
  ///
  /// A new chip is a row here. Its closure may make the chip, on the interrupt line that it wants, for example
  /// `{ MyChip(interrupt: $0.line(5)) }`; a chip that the board itself uses is a property of `Platform`.
  static let pc = BoardMap(rows: chips + absences)

  private static let chips: [Row] = [
    // Interrupts
    .chip("8259 PIC", ports: 0x20...0x21) { $0.pic },
    .chip("8259 PIC", ports: 0xA0...0xA1, offset: 2) { $0.pic },
    .chip("8259 PIC", ports: 0x4D0...0x4D1, offset: 4) { $0.pic },
    .chip("I/O APIC", memory: 0xFEC0_0000, byteCount: IOAPIC.pageSize) { $0.ioapic },
    .localAPIC("local APIC"),
    .chip("coprocessor error", ports: 0xF0...0xF1) { $0.coprocessor },

    // Time
    .chip("8254 PIT", ports: 0x40...0x43) { $0.pit },
    .chip("system control port B", ports: 0x61...0x61) { $0.systemControlB },
    .chip("MC146818 RTC", ports: 0x70...0x71, selector: 0x70) { $0.rtc },
    .chip("HPET", memory: 0xFED0_0000, byteCount: HPET.size) { $0.hpet },

    // Keyboard, power, reset
    .chip("8042 keyboard controller", ports: 0x60...0x60, report: .keyboardReads, missing: "no keyboard") {
      $0.keyboard
    },
    .chip("8042 keyboard controller", ports: 0x64...0x64, offset: 1, report: .keyboardReads) { $0.keyboard },
    .chip("system control port A", ports: 0x92...0x92) { $0.systemControlA },
    .chip("ACPI power management", ports: 0x600...0x60B, takesWholeAccesses: true) { $0.power },
    .chip("PCI configuration", ports: 0xCF8...0xCF8, takesWholeAccesses: true, selector: 0xCF8) { $0.bridge },
    .chip("reset control", ports: 0xCF9...0xCF9, offset: HostBridge.resetOffset) { $0.bridge },
    .chip("PCI configuration", ports: 0xCFA...0xCFF, offset: 2, takesWholeAccesses: true) { $0.bridge },

    // To the outside
    .chip("16550 UART", ports: 0x3F8...0x3FF) { $0.serial },
    .chip("debug console", ports: 0xE9...0xE9) { $0.debugConsole },
    .chip("debug exit", ports: 0xF4...0xF4, takesWholeAccesses: true) { $0.debugExit },
    .chip("firmware configuration", ports: 0x510...0x510, takesWholeAccesses: true, selector: 0x510) { $0.firmware },
    .chip("firmware configuration", ports: 0x511...0x511, offset: 1) { $0.firmware },

    // No display is shown: each access of the guest is an event.
    .chip("text display", ports: 0x3D4...0x3D5, selector: 0x3D4, report: .accesses, missing: "no display") {
      $0.display
    },
    .chip("text display", ports: 0x3DA...0x3DA, offset: 6) { $0.display },
    .chip(
      "text display", memory: 0xB8000, byteCount: UInt64(TextDisplay.memorySize), report: .accesses,
      missing: "no display"
    ) { $0.display.memory },

    // kvm-unit-tests
    .chip("test device", ports: 0xE0...0xE8, takesWholeAccesses: true) { $0.testDevice },
    .chip("test device", ports: 0xEA...0xEB, offset: 0xA, takesWholeAccesses: true) { $0.testDevice },
    .chip("test device", ports: 0x2000...0x2017, offset: TestDevice.lineOffset, takesWholeAccesses: true) {
      $0.testDevice
    },
    .chip("test device", memory: 0xFF00_0000, byteCount: UInt64(TestDevice.memorySize)) { $0.testDevice?.memory },
  ]

  /// What usually answers where nothing answers here. A port without a row is reported by its number alone.
  private static let absences: [Row] = [
    .absent(ports: 0x00...0x1F, "no DMA controller"),
    .absent(ports: 0x2E...0x2F, "no Super I/O"),
    .absent(ports: 0x4E...0x4F, "no Super I/O"),
    .delay(port: 0x80, selector: 0x80),
    .absent(ports: 0x81...0x8F, "no DMA page registers"),
    .absent(ports: 0xB2...0xB3, "no system management"),
    .absent(ports: 0xC0...0xDF, "no second DMA controller"),
    .delay(port: 0xED),
    .absent(ports: 0x170...0x177, "no second disk controller"),
    .absent(ports: 0x1CE...0x1D0, "no display"),
    .absent(ports: 0x1F0...0x1F7, "no disk"),
    .absent(ports: 0x200...0x207, "no joystick"),
    .absent(ports: 0x220...0x22F, "no sound card"),
    .absent(ports: 0x278...0x27F, "no printer"),
    .absent(ports: 0x2E8...0x2EF, "no serial line COM4"),
    .absent(ports: 0x2F8...0x2FF, "no serial line COM2"),
    .absent(ports: 0x300...0x31F, "no network card"),
    .absent(ports: 0x376...0x376, "no second disk controller"),
    .absent(ports: 0x378...0x37F, "no printer"),
    .absent(ports: 0x388...0x38B, "no sound card"),
    .absent(ports: 0x3B0...0x3BF, "no display"),
    .absent(ports: 0x3C0...0x3CF, "no display"),
    .absent(ports: 0x3D6...0x3D9, "no display"),
    .absent(ports: 0x3DB...0x3DF, "no display"),
    .absent(ports: 0x3E8...0x3EF, "no serial line COM3"),
    .absent(ports: 0x3F0...0x3F5, "no diskette"),
    .absent(ports: 0x3F6...0x3F6, "no disk"),
    .absent(ports: 0x3F7...0x3F7, "no diskette"),
    .absent(ports: 0x402...0x402, "no debug console (it is at E9h)"),
    .absent(ports: 0x5658...0x5659, "no hypervisor's backdoor"),
    .absent(memory: 0xA0000...0xAFFFF, "no display"),
    .absent(memory: 0xB0000...0xB7FFF, "no display"),
  ]
}
