public import X86

/// The display as a function on PCI: its linear frame buffer and the ROM of its video BIOS.
///
/// It is the adapter that Bochs' documents give the identification 1234h:1111h; the ports and the window at A0000h
/// answer whatever its command register says.
public final class VGAFunction: PCIFunction {
  /// The linear frame buffer.
  private static let frameBufferWindow = 0
  private static let displayClass: UInt32 = 0x03_0000

  /// Its configuration space.
  public var configuration: PCIConfiguration
  private let display: VGA
  private let rom: [UInt8]

  /// Makes the function of a display.
  ///
  /// - Parameter rom: the image of a video BIOS, at most 16 MiB; without one there is no ROM base address register.
  public init(display: VGA, rom: [UInt8] = []) {
    self.display = display
    self.rom = rom
    configuration = PCIConfiguration(vendor: 0x1234, device: 0x1111, revision: 2, classCode: Self.displayClass)
    configuration.addWindow(
      Self.frameBufferWindow, byteCount: UInt64(VideoMemory.byteCount), isIO: false, isPrefetchable: true)
    if !rom.isEmpty { configuration.addROM(byteCount: UInt64(rom.count)) }
  }

  /// Reads the frame buffer or the ROM.
  public func read(window: Int, offset: UInt64, width: Int, now: VirtualTime) -> UInt64 {
    guard window == PCIConfiguration.romWindow else { return display.readFrameBuffer(offset: offset, width: width) }
    var value: UInt64 = 0
    for index in 0..<min(width, 8) {
      let at = offset &+ UInt64(index)
      let byte = at < UInt64(rom.count) ? rom[Int(at)] : 0xFF
      value |= UInt64(byte) << UInt64(index * 8)
    }
    return value
  }

  /// Writes the frame buffer.
  public func write(_ value: UInt64, window: Int, offset: UInt64, width: Int, now: VirtualTime) {
    if window == Self.frameBufferWindow { display.writeFrameBuffer(value, offset: offset, width: width) }
  }
}
