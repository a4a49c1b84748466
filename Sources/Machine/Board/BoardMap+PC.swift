import DevicesLegacy

extension BoardMap {
  /// The board of a PC: the one place where chips are wired.
  ///
  /// A new chip is a row here. Its closure may make the chip, on the interrupt line that it wants, for example
  /// `{ MyChip(interrupt: $0.line(5)) }`; a chip that the board itself uses is a property of `Platform`.
  static let pc = BoardMap(rows: chips + virtioDisks + absences)

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
    // With the PIIX4 it is where that puts it.
    .chip("ACPI power management", ports: 0x600...0x60B, takesWholeAccesses: true) { $0.pci == nil ? $0.power : nil },
    .chip("PCI configuration", ports: 0xCF8...0xCF8, takesWholeAccesses: true, selector: 0xCF8) { $0.bridge },
    .chip("reset control", ports: 0xCF9...0xCF9, offset: HostBridge.resetOffset) { $0.bridge },
    .chip("PCI configuration", ports: 0xCFA...0xCFF, offset: 2, takesWholeAccesses: true) { $0.bridge },

    // To the outside
    .chip("16550 UART", ports: 0x3F8...0x3FF) { $0.serial },
    .chip("debug console", ports: 0xE9...0xE9) { $0.debugConsole },
    .chip("debug exit", ports: 0xF4...0xF4, takesWholeAccesses: true) { $0.debugExit },
    .chip("firmware configuration", ports: 0x510...0x510, takesWholeAccesses: true, selector: 0x510) { $0.firmware },
    .chip("firmware configuration", ports: 0x511...0x511, offset: 1) { $0.firmware },
    .chip(
      "firmware configuration", ports: 0x514...0x51B, offset: FirmwareConfiguration.addressOffset,
      takesWholeAccesses: true
    ) { $0.pci == nil ? nil : $0.firmware },
    .chip("firmware log", ports: 0x402...0x402, missing: "no debug console (it is at E9h)") { $0.firmwareLog },

    // PCI bus 0, on a board with firmware or drives
    .function("i440FX host bridge", device: 0) { $0.hostBridge },
    .function("PIIX3 ISA bridge", device: 1) { $0.isaBridge },
    .function("PIIX3 IDE", device: 1, number: 1) { $0.attached?.function },
    .function("PIIX4 power management", device: 1, number: 3) { $0.pci == nil ? nil : PIIX4PowerManagement($0.power) },

    .function("VGA", device: 2) { $0.vgaFunction },

    // Drives
    .behind("primary IDE channel") { $0.attached?.primary },
    .chip("primary IDE channel", ports: 0x1F0...0x1F7, takesWholeAccesses: true, missing: "no disk") {
      $0.attached?.ports[0]
    },
    .chip("primary IDE channel", ports: 0x3F6...0x3F6, offset: 8, missing: "no disk") { $0.attached?.ports[0] },
    .behind("secondary IDE channel") { $0.attached?.secondary },
    .chip(
      "secondary IDE channel", ports: 0x170...0x177, takesWholeAccesses: true, missing: "no second disk controller"
    ) { $0.attached?.ports[1] },
    .chip("secondary IDE channel", ports: 0x376...0x376, offset: 8, missing: "no second disk controller") {
      $0.attached?.ports[1]
    },
    .behind("82077AA diskette controller") { $0.diskettes?.controller },
    .chip("82077AA diskette controller", ports: 0x3F0...0x3F5, missing: "no diskette") { $0.diskettes?.ports },
    .chip("82077AA diskette controller", ports: 0x3F7...0x3F7, offset: 7, missing: "no diskette") {
      $0.diskettes?.ports
    },
    .chip("8237A DMA controller", ports: 0x00...0x1F, missing: "no DMA controller") { $0.diskettes?.dma },
    .chip("8237A DMA controller", ports: 0x81...0x8F, offset: 0x81, missing: "no DMA page registers") {
      $0.diskettes?.dma
    },
    .chip("8237A DMA controller", ports: 0xC0...0xDF, offset: 0xC0, missing: "no second DMA controller") {
      $0.diskettes?.dma
    },

    // A screen
    .chip("VGA", memory: VGA.windowAddress, byteCount: VGA.windowByteCount) { $0.vga },
    .chip("VGA", ports: 0x3B0...0x3BF, offset: VGA.portOffset, missing: "no display") { $0.vga },
    .chip("VGA", ports: 0x3C0...0x3CF, offset: VGA.portOffset + 0x10, missing: "no display") { $0.vga },
    .chip("VGA", ports: 0x3D0...0x3D3, offset: VGA.portOffset + 0x20) { $0.vga },
    .chip("VGA", ports: 0x3D6...0x3D9, offset: VGA.portOffset + 0x26, missing: "no display") { $0.vga },
    .chip("VGA", ports: 0x3DB...0x3DF, offset: VGA.portOffset + 0x2B, missing: "no display") { $0.vga },
    .chip(
      "VGA", ports: VGA.interfacePorts, offset: VGA.interfaceOffset, takesWholeAccesses: true, missing: "no display"
    ) { $0.vga },

    // Without one, nothing shows the text display: each access of the guest is an event.
    .chip("text display", ports: 0x3D4...0x3D5, selector: 0x3D4, report: .accesses, missing: "no display") {
      $0.vga == nil ? $0.display : nil
    },
    .chip("text display", ports: 0x3DA...0x3DA, offset: 6) { $0.vga == nil ? $0.display : nil },
    .chip("VGA", ports: 0x3D4...0x3D5, offset: VGA.portOffset + 0x24) { $0.vga },
    .chip("VGA", ports: 0x3DA...0x3DA, offset: VGA.portOffset + 0x2A) { $0.vga },
    .chip(
      "text display", memory: 0xB8000, byteCount: UInt64(TextDisplay.memorySize), report: .accesses,
      missing: "no display"
    ) { $0.vga == nil ? $0.display.memory : nil },

    // kvm-unit-tests
    .chip("test device", ports: 0xE0...0xE8, takesWholeAccesses: true) { $0.testDevice },
    .chip("test device", ports: 0xEA...0xEB, offset: 0xA, takesWholeAccesses: true) { $0.testDevice },
    .chip("test device", ports: 0x2000...0x2017, offset: TestDevice.lineOffset, takesWholeAccesses: true) {
      $0.testDevice
    },
    .chip("test device", memory: 0xFF00_0000, byteCount: UInt64(TestDevice.memorySize)) { $0.testDevice?.memory },
  ]

  private static let virtioDisks: [Row] = (0..<MachineDrives.virtioLimit).map { index in
    .function(MachineDrives.virtioName(index), device: Platform.firstVirtioDevice + index) {
      $0.virtio.indices.contains(index) ? $0.virtio[index] : nil
    }
  }

  /// What usually answers where nothing answers here. A port without a row is reported by its number alone.
  private static let absences: [Row] = [
    .absent(ports: 0x2E...0x2F, "no Super I/O"),
    .absent(ports: 0x4E...0x4F, "no Super I/O"),
    .delay(port: 0x80, selector: 0x80),
    .absent(ports: 0xB2...0xB3, "no system management"),
    .delay(port: 0xED),
    .absent(ports: 0x200...0x207, "no joystick"),
    .absent(ports: 0x220...0x22F, "no sound card"),
    .absent(ports: 0x278...0x27F, "no printer"),
    .absent(ports: 0x2E8...0x2EF, "no serial line COM4"),
    .absent(ports: 0x2F8...0x2FF, "no serial line COM2"),
    .absent(ports: 0x300...0x31F, "no network card"),
    .absent(ports: 0x378...0x37F, "no printer"),
    .absent(ports: 0x388...0x38B, "no sound card"),
    .absent(ports: 0x3E8...0x3EF, "no serial line COM3"),
    .absent(ports: 0x5658...0x5659, "no hypervisor's backdoor"),
    .absent(memory: 0xA0000...0xAFFFF, "no display"),
    .absent(memory: 0xB0000...0xB7FFF, "no display"),
  ]
}
