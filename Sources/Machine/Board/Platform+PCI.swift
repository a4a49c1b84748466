import DevicesLegacy
import X86

// PCI of a board without firmware: as firmware would leave it, so that a kernel finds its drives.

extension Platform {
  /// Registers beside those of every function.
  private enum Register {
    static let command = 0x04
    static let baseAddress = 0x10
    static let interruptLine = 0x3C
    static let interruptPin = 0x3D
  }

  /// I/O space, memory space, bus master.
  private static let allEnabled: UInt32 = 0b111
  /// Where windows begin to be put.
  private static let (firstPort, firstAddress): (UInt64, UInt64) = (0xC000, 0xFEB0_0000)

  /// Registers of the board's own functions: device and function, register, value, bytes.
  private static let settings: [(place: UInt32, register: UInt32, value: UInt32, width: Int)] = {
    // PAM0 to PAM6: RAM alone.
    var settings: [(UInt32, UInt32, UInt32, Int)] = (0x59...0x5F).map { (0, $0, 0x33, 1) }
    for (line, interrupt) in FirmwareTables.lineInterrupts.enumerated() {
      settings.append((isa, 0x60 + UInt32(line), interrupt, 1))
    }
    // IDETIM: both channels are decoded.
    settings += [(ide, 0x40, 0x8000, 2), (ide, 0x42, 0x8000, 2)]
    // PMBA, PMREGMISC.
    let base = UInt32(Machine.port(ofChip: "ACPI power management", register: 0) ?? 0)
    return settings + [(power, 0x40, base | 1, 4), (power, 0x80, 1, 1)]
  }()

  private static let (isa, ide, power): (UInt32, UInt32, UInt32) = (1 << 3, 1 << 3 | 1, 1 << 3 | 3)

  /// Sets up what is on PCI, if there is PCI.
  func setUpPCI() {
    guard let pci else { return }
    func write(_ place: UInt32, _ register: UInt32, _ value: UInt32, _ width: Int) {
      let address = 1 << 31 | place << 8 | register & ~3
      pci.write(value, address, offset: Int(register & 3), width: width, now: VirtualTime(nanoseconds: 0))
    }
    for setting in Self.settings { write(setting.place, setting.register, setting.value, setting.width) }
    var (port, address) = (Self.firstPort, Self.firstAddress)
    for (device, number, _, function) in pci.places where device > 0 {
      let place = UInt32(device << 3 | number)
      for window in function.configuration.windows where window.index < PCIConfiguration.romWindow {
        let first = window.isIO ? port : address
        let next = (first + window.byteCount - 1) & ~(window.byteCount - 1)
        write(place, UInt32(Register.baseAddress + 4 * window.index), UInt32(truncatingIfNeeded: next), 4)
        if window.isIO { port = next + window.byteCount } else { address = next + window.byteCount }
      }
      write(place, UInt32(Register.command), Self.allEnabled, 2)
      let pin = Int(function.configuration.value(at: Register.interruptPin, width: 1))
      guard pin > 0 else { continue }
      let interrupt = FirmwareTables.lineInterrupts[PIIX3.line(device: device, pin: pin)]
      write(place, UInt32(Register.interruptLine), interrupt, 1)
    }
    // Those interrupts are level-triggered.
    let levels = FirmwareTables.lineInterrupts.reduce(UInt64(0)) { $0 | 1 << UInt64($1) }
    for half in 0..<UInt64(2) {
      let register = PIC8259.triggerOffset + half
      let present = pic.read(offset: register, width: 1, now: VirtualTime(nanoseconds: 0))
      pic.write(present | levels >> (8 * half) & 0xFF, offset: register, width: 1, now: VirtualTime(nanoseconds: 0))
    }
  }
}
