import DevicesLegacy
import X86

// PCI of a board without firmware: as firmware would leave it, so that a kernel finds its drives.

extension Platform {
  /// What every function is allowed.
  private static let allEnabled = UInt32(
    PCIConfiguration.Command.ioSpace | PCIConfiguration.Command.memorySpace | PCIConfiguration.Command.busMaster)
  /// Where windows begin to be put.
  private static let (firstPort, firstAddress): (UInt64, UInt64) = (0xC000, 0xFEB0_0000)

  /// Registers of the board's own functions: device and function, register, value, bytes.
  private static let settings: [(place: Int, register: Int, value: UInt32, width: Int)] = {
    let (bridge, isa, ide, power) = (0, 1 << 3, 1 << 3 | 1, 1 << 3 | 3)
    var settings = I440FX.Register.attributes.map { (bridge, $0, I440FX.Register.allRAM, 1) }
    for (register, interrupt) in zip(PIIX3.routes, FirmwareTables.lineInterrupts) {
      settings.append((isa, register, interrupt, 1))
    }
    for channel in 0..<2 {
      settings.append((ide, PIIXIDE.Register.timing + 2 * channel, PIIXIDE.Register.decodeEnable, 2))
    }
    let base = UInt32(Machine.port(ofChip: "ACPI power management", register: 0) ?? 0)
    settings.append((power, PIIX4PowerManagement.Register.base, base, 2))
    settings.append((power, PIIX4PowerManagement.Register.miscellaneous, PIIX4PowerManagement.enable, 1))
    return settings
  }()

  /// Sets up what is on PCI, if there is PCI.
  func setUpPCI() {
    guard let pci else { return }
    let now = VirtualTime(nanoseconds: 0)
    func write(_ place: Int, _ register: Int, _ value: UInt32, _ width: Int) {
      let address = UInt32(1 << 31 | place << 8 | register & ~3)
      pci.write(value, address, offset: register & 3, width: width, now: now)
    }
    for setting in Self.settings { write(setting.place, setting.register, setting.value, setting.width) }
    var (port, address) = (Self.firstPort, Self.firstAddress)
    for (device, number, _, function) in pci.places where device > 0 {
      let place = device << 3 | number
      for window in function.configuration.windows where window.index < PCIConfiguration.romWindow {
        let first = window.isIO ? port : address
        let next = (first + window.byteCount - 1) & ~(window.byteCount - 1)
        write(place, PCIConfiguration.Register.baseAddress + 4 * window.index, UInt32(truncatingIfNeeded: next), 4)
        if window.isIO { port = next + window.byteCount } else { address = next + window.byteCount }
      }
      write(place, PCIConfiguration.Register.command, Self.allEnabled, 2)
      let pin = Int(function.configuration.value(at: PCIConfiguration.Register.interruptPin, width: 1))
      guard pin > 0 else { continue }
      let interrupt = FirmwareTables.lineInterrupts[PIIX3.line(device: device, pin: pin)]
      write(place, PCIConfiguration.Register.interruptLine, interrupt, 1)
    }
    // Those interrupts are level-triggered.
    let levels = FirmwareTables.lineInterrupts.reduce(UInt64(0)) { $0 | 1 << UInt64($1) }
    for half in 0..<UInt64(2) {
      let register = PIC8259.triggerOffset + half
      let present = pic.read(offset: register, width: 1, now: now)
      pic.write(present | levels >> (8 * half) & 0xFF, offset: register, width: 1, now: now)
    }
  }
}
