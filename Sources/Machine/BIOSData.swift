import DevicesLegacy
import MMU
import X86

/// What a PC's firmware leaves in low memory for those who look: the BIOS data area and the extended one.
///
/// Kernels find the end of low memory by 40Eh and 413h before they read any memory map. Interrupt vectors stay zero:
/// there are no firmware services.
enum BIOSData {
  /// The extended BIOS data area: 1 KiB below the video window, reserved in every memory map.
  static let extendedAreaStart: UInt64 = 0x9_FC00
  /// KiB of the extended BIOS data area, its first byte.
  static let extendedAreaKilobytes: UInt64 = 1
  /// KiB of low memory, as INT 12h would return it.
  static let lowMemoryKilobytes = extendedAreaStart / 1024
  /// Equipment word: an x87, one serial port, no diskette drive; the video mode is one of EGA or later.
  static let equipment: UInt64 = 1 << 1 | 1 << 9

  /// Writes both areas.
  static func place(in memory: GuestMemory, _ platform: Platform) {
    // 0 says that there is none.
    func port(_ chip: any BusDevice) -> UInt64 { UInt64(platform.bus.port(of: chip) ?? 0) }
    let screen = platform.vga.flatMap { platform.bus.port(of: $0, offset: VGA.portOffset + 0x24) }
    let controller = screen.map(UInt64.init) ?? port(platform.display)
    // 1,193,182 / 65,536 ticks a second since midnight.
    let tick = (UInt64(truncatingIfNeeded: Platform.startSeconds % 86400) &* PIT8254.frequency) >> 16
    let fields: [(UInt64, UInt64, Int)] = [
      (0x400, port(platform.serial), 2),  // COM1; no other serial port, no parallel port
      (0x40E, extendedAreaStart >> 4, 2),
      (0x410, equipment, 2),
      (0x413, lowMemoryKilobytes, 2),
      (0x41A, 0x1E, 2), (0x41C, 0x1E, 2), (0x480, 0x1E, 2), (0x482, 0x3E, 2),  // an empty keyboard buffer
      // The text page that guests write to, whether or not it is shown: mode 3, 80 columns, 25 rows of 16 lines.
      (0x449, 3, 1), (0x44A, 80, 2), (0x44C, 0x1000, 2), (0x460, 0x0607, 2), (0x463, controller, 2),
      (0x484, 24, 1), (0x485, 16, 2),
      (0x46C, tick, 4),
      (0x47C, 1, 1),  // time-out of COM1
      (extendedAreaStart, extendedAreaKilobytes, 1),
    ]
    for (address, value, count) in fields {
      _ = memory.write(Loader.pack([(value, count)]), at: PhysicalAddress(address))
    }
  }
}
