public import X86

/// The IDE function of the 82371SB (PIIX3): two channels with bus masters.
///
/// Source: Intel 82371FB (PIIX) and 82371SB (PIIX3) data sheet, "PCI Configuration Registers - IDE Interface (Function
/// 1)", "IDE Controller I/O Space Registers". It is function 1 of the device whose function 0 is the ISA bridge; the
/// interrupts are IRQ 14 and IRQ 15, no PCI interrupt pin. The timing that software sets is kept and changes nothing.
public final class PIIXIDE: PCIFunction {
  /// Registers of configuration space beside those of every function.
  public enum Register {
    /// MLT.
    static let latency = 0x0D
    /// IDETIM of the primary channel; that of the secondary follows.
    public static let timing = 0x40
    /// IDETIM: the channel's ports are decoded.
    public static let decodeEnable: UInt32 = 1 << 15
    /// SIDETIM.
    static let slaveTiming = 0x44
  }

  /// Bits of them.
  private enum Bits {
    /// Vendor and device.
    static let vendor: UInt16 = 0x8086
    static let device: UInt16 = 0x7010
    /// A mass storage controller, IDE, with bus masters.
    static let classCode: UInt32 = 0x01_0180
    /// PCISTS: DEVSEL# of medium speed, fast back-to-back.
    static let status: UInt32 = 0x0280
    static let latency: UInt32 = 0xF0
    /// IDETIM: IDE decode enable, slave timing enable, sample point, recovery time, and the bits of both drives.
    static let timing: UInt32 = 0xF3FF
  }

  /// Configuration space and the bus masters of both channels.
  public struct State: Equatable, Sendable, Codable {
    /// Configuration space.
    public var configuration: PCIConfiguration
    /// The bus masters of the primary and the secondary channel.
    public var masters = [IDEBusMaster.State(), IDEBusMaster.State()]
    /// Makes the reset state.
    public init() { configuration = PIIXIDE.resetConfiguration }
  }

  /// BMIBA: the base address register of the bus masters' registers.
  public static let window = 4
  /// Ports of the bus masters of both channels.
  public static let windowSize: UInt64 = 16
  /// Ports of one of them.
  private static let masterSize: UInt64 = 8

  /// Configuration space after reset.
  static var resetConfiguration: PCIConfiguration {
    var configuration = PCIConfiguration(vendor: Bits.vendor, device: Bits.device, classCode: Bits.classCode)
    configuration.addWindow(window, byteCount: windowSize, isIO: true)
    configuration.set(Bits.status, at: PCIConfiguration.Register.status, width: 2)
    configuration.allowWrites(Bits.latency, at: Register.latency, width: 1)
    configuration.allowWrites(Bits.timing | Bits.timing << 16, at: Register.timing, width: 4)
    configuration.allowWrites(0xFF, at: Register.slaveTiming, width: 1)
    return configuration
  }

  /// Configuration space; the bus calls `configurationChanged()` when it has written it.
  public var configuration = PIIXIDE.resetConfiguration
  private let masters: [IDEBusMaster]
  private let channels: [ATAChannel]

  /// Makes a function in front of two channels, whose DMA requests it serves from now on.
  public init(memory: any BusMasterMemory, primary: ATAChannel, secondary: ATAChannel) {
    masters = [IDEBusMaster(memory: memory), IDEBusMaster(memory: memory)]
    channels = [primary, secondary]
    for (channel, master) in zip(channels, masters) { channel.master = master }
  }

  /// The state.
  public var state: State {
    var state = State()
    state.configuration = configuration
    state.masters = masters.map(\.state)
    return state
  }

  func setState(_ state: State) {
    configuration = state.configuration
    for (master, saved) in zip(masters, state.masters) {
      master.state = saved
      master.isEnabled = configuration.isBusMaster
    }
  }

  /// Whether the legacy ports of the primary (0) or the secondary channel (1) are decoded: IOSE and IDE decode enable.
  public func decodes(channel: Int) -> Bool {
    guard channels.indices.contains(channel) else { return false }
    let command = configuration.value(at: PCIConfiguration.Register.command, width: 2)
    let timing = configuration.value(at: Register.timing + 2 * channel, width: 2)
    return command & UInt32(PCIConfiguration.Command.ioSpace) != 0 && timing & Register.decodeEnable != 0
  }

  /// Bus masters work only while the command register lets them.
  public func configurationChanged(now: VirtualTime) {
    // The function has no memory space and no interrupt pin: these bits of the command register are hard-wired.
    let command = configuration.value(at: PCIConfiguration.Register.command, width: 2)
    let possible = PCIConfiguration.Command.ioSpace | PCIConfiguration.Command.busMaster
    configuration.set(command & UInt32(possible), at: PCIConfiguration.Register.command, width: 2)
    for (master, channel) in zip(masters, channels) {
      // A transfer that is over by now used the memory by the command register as it was.
      channel.advance(to: now)
      master.isEnabled = configuration.isBusMaster
      channel.masterChanged(now: now)
    }
  }

  /// Reads registers of the bus masters.
  public func read(window: Int, offset: UInt64, width: Int, now: VirtualTime) -> UInt64 {
    guard window == Self.window else { return .max }
    var value = UInt64.max
    for index in 0..<UInt64(min(width, 8)) where offset < Self.windowSize && offset + index < Self.windowSize {
      let number = Int((offset + index) / Self.masterSize)
      channels[number].advance(to: now)
      value &= ~(0xFF << (8 * index))
      value |= UInt64(masters[number].read((offset + index) % Self.masterSize)) << (8 * index)
    }
    return value
  }

  /// Writes registers of the bus masters.
  public func write(_ value: UInt64, window: Int, offset: UInt64, width: Int, now: VirtualTime) {
    guard window == Self.window else { return }
    for index in 0..<UInt64(min(width, 8)) where offset < Self.windowSize && offset + index < Self.windowSize {
      let number = Int((offset + index) / Self.masterSize)
      channels[number].advance(to: now)
      let byte = UInt8(truncatingIfNeeded: value >> (8 * index))
      if masters[number].write(byte, (offset + index) % Self.masterSize) { channels[number].masterChanged(now: now) }
    }
  }

  /// The legacy ports of a channel, which are a floating bus while they are not decoded.
  public final class Ports: BusDevice {
    private let function: PIIXIDE
    private let number: Int

    /// Makes the ports of the primary (0) or the secondary channel (1).
    public init(_ function: PIIXIDE, channel: Int) {
      self.function = function
      number = channel
    }

    /// Reads a register of the channel.
    public func read(offset: UInt64, width: Int, now: VirtualTime) -> UInt64 {
      function.decodes(channel: number) ? function.channels[number].read(offset: offset, width: width, now: now) : .max
    }

    /// Writes a register of the channel.
    public func write(_ value: UInt64, offset: UInt64, width: Int, now: VirtualTime) {
      if function.decodes(channel: number) {
        function.channels[number].write(value, offset: offset, width: width, now: now)
      }
    }
  }
}
