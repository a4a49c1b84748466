public import X86

/// A function on PCI bus 0: its configuration space, and its registers behind base address registers.
///
/// Source: PCI Local Bus Specification 3.0, "Configuration Space".
public protocol PCIFunction: AnyObject {
  /// Its configuration space; the bus writes it by `configuration.write`, then calls `configurationChanged()`.
  var configuration: PCIConfiguration { get set }
  /// Software has written configuration space: decoding, a base address or a register of the function's own.
  func configurationChanged(now: VirtualTime)
  /// Ranges that registers of the function's own place, beside those of base address registers.
  var ownWindows: [PCIOwnWindow] { get }
  /// Software has written `width` bytes of configuration space at a register; what the bus calls.
  func configurationChanged(at register: Int, width: Int, now: VirtualTime)
  /// Software is about to read `width` bytes of configuration space at a register.
  func configurationWillBeRead(at register: Int, width: Int, now: VirtualTime)
  /// Reads `width` bytes (1, 2, 4 or 8) of the window of a base address register.
  func read(window: Int, offset: UInt64, width: Int, now: VirtualTime) -> UInt64
  /// Writes `width` bytes (1, 2, 4 or 8) of the window of a base address register.
  func write(_ value: UInt64, window: Int, offset: UInt64, width: Int, now: VirtualTime)
}

extension PCIFunction {
  /// Nothing of the function depends on its configuration but where its windows are.
  public func configurationChanged(now: VirtualTime) {}
  /// The function has base address registers alone.
  public var ownWindows: [PCIOwnWindow] { [] }
  /// The function does not ask which register was written.
  public func configurationChanged(at register: Int, width: Int, now: VirtualTime) { configurationChanged(now: now) }
  /// No register of configuration space changes by being looked at.
  public func configurationWillBeRead(at register: Int, width: Int, now: VirtualTime) {}
}

/// A range that a register of a function's own places.
public struct PCIOwnWindow: Equatable, Sendable {
  /// The number by which the function's `read` and `write` know it, beyond those of base address registers.
  public var number: Int
  /// Its first port or address.
  public var first: UInt64
  /// Bytes.
  public var byteCount: UInt64
  /// Ports rather than memory addresses.
  public var isIO: Bool

  /// Makes a range.
  public init(number: Int, first: UInt64, byteCount: UInt64, isIO: Bool) {
    (self.number, self.first, self.byteCount, self.isIO) = (number, first, byteCount, isIO)
  }
}

/// 256 bytes of configuration space with the bits that software can write.
public struct PCIConfiguration: Equatable, Sendable, Codable {
  /// Registers of the header ("Type 00h Configuration Space Header").
  public enum Register {
    static let vendor = 0x00
    static let device = 0x02
    /// The command register.
    public static let command = 0x04
    static let status = 0x06
    static let revision = 0x08
    static let classCode = 0x09
    static let headerType = 0x0E
    /// The first base address register.
    public static let baseAddress = 0x10
    static let subsystemVendor = 0x2C
    static let subsystem = 0x2E
    static let romBaseAddress = 0x30
    static let capabilities = 0x34
    /// The interrupt line, which software sets for itself.
    public static let interruptLine = 0x3C
    /// The interrupt pin: 1 for INTA#, 0 for none.
    public static let interruptPin = 0x3D
  }

  /// The command register.
  public enum Command {
    /// I/O space is decoded.
    public static let ioSpace: UInt16 = 1 << 0
    /// Memory space is decoded.
    public static let memorySpace: UInt16 = 1 << 1
    /// The function may be master of the bus.
    public static let busMaster: UInt16 = 1 << 2
    static let interruptDisable: UInt16 = 1 << 10
  }

  /// Base address registers.
  enum BaseAddress {
    static let prefetchable: UInt32 = 1 << 3
    /// In the expansion ROM's.
    static let romEnable: UInt32 = 1 << 0
    /// The expansion ROM's address is that of 2 KiB.
    static let romUnit: UInt64 = 2048
  }

  /// The number of the expansion ROM's window, behind those of the six base address registers.
  public static let romWindow = 6

  /// A range that a base address register places.
  public struct Window: Equatable, Sendable, Codable {
    /// Which base address register, 0 to 5, or `romWindow`.
    public var index: Int
    /// Bytes, a power of two.
    public var byteCount: UInt64
    /// Ports rather than memory addresses.
    public var isIO: Bool
  }

  /// The bytes as software reads them.
  public private(set) var bytes = [UInt8](repeating: 0, count: 256)
  /// The bits that software can write.
  public private(set) var writable = [UInt8](repeating: 0, count: 256)
  /// The windows that this function has; constant.
  public private(set) var windows: [Window] = []

  /// Makes the configuration of a function as it is after reset.
  ///
  /// - Parameters:
  ///   - classCode: base class, sub-class and programming interface, as 24 bits.
  ///   - interruptPin: 1 for INTA#, 0 for none.
  public init(
    vendor: UInt16, device: UInt16, revision: UInt8 = 0, classCode: UInt32, isMultifunction: Bool = false,
    subsystem: (vendor: UInt16, device: UInt16) = (0, 0), interruptPin: UInt8 = 0
  ) {
    set(UInt32(vendor) | UInt32(device) << 16, at: Register.vendor, width: 4)
    set(UInt32(revision) | classCode << 8, at: Register.revision, width: 4)
    set(isMultifunction ? 0x80 : 0, at: Register.headerType, width: 1)
    set(UInt32(subsystem.vendor) | UInt32(subsystem.device) << 16, at: Register.subsystemVendor, width: 4)
    set(UInt32(interruptPin), at: Register.interruptPin, width: 1)
    allowWrites(0xFF, at: Register.interruptLine, width: 1)
    let command = Command.ioSpace | Command.memorySpace | Command.busMaster | Command.interruptDisable
    allowWrites(UInt32(command), at: Register.command, width: 2)
  }

  /// Adds a base address register with a window of a power of two bytes.
  public mutating func addWindow(_ index: Int, byteCount: UInt64, isIO: Bool, isPrefetchable: Bool = false) {
    windows.append(Window(index: index, byteCount: byteCount, isIO: isIO))
    let register = Register.baseAddress + 4 * index
    set(isIO ? 1 : isPrefetchable ? BaseAddress.prefetchable : 0, at: register, width: 4)
    allowWrites(~UInt32(truncatingIfNeeded: byteCount - 1), at: register, width: 4)
  }

  /// Adds the expansion ROM's base address register, with a window of the next power of two bytes ("Expansion ROM Base
  /// Address Register").
  public mutating func addROM(byteCount: UInt64) {
    var size = BaseAddress.romUnit
    while size < byteCount { size *= 2 }
    windows.append(Window(index: Self.romWindow, byteCount: size, isIO: false))
    let mask = ~UInt32(truncatingIfNeeded: size - 1) | BaseAddress.romEnable
    allowWrites(mask, at: Register.romBaseAddress, width: 4)
  }

  /// Where a window is: nil while its space is not decoded.
  public func address(of window: Window) -> UInt64? {
    let command = UInt16(truncatingIfNeeded: value(at: Register.command, width: 2))
    guard command & (window.isIO ? Command.ioSpace : Command.memorySpace) != 0 else { return nil }
    let isROM = window.index == Self.romWindow
    let base = value(at: isROM ? Register.romBaseAddress : Register.baseAddress + 4 * window.index, width: 4)
    guard !isROM || base & BaseAddress.romEnable != 0 else { return nil }
    let address = UInt64(base) & ~(window.byteCount - 1) & (window.isIO ? 0xFFFF : 0xFFFF_FFFF)
    return address == 0 ? nil : address
  }

  /// The function may be master of the bus.
  public var isBusMaster: Bool { UInt16(value(at: Register.command, width: 2)) & Command.busMaster != 0 }

  /// Reads 1, 2 or 4 bytes; beyond the end are zeros.
  public func value(at register: Int, width: Int) -> UInt32 {
    var value: UInt32 = 0
    for index in 0..<width where (0..<256).contains(register + index) {
      value |= UInt32(bytes[register + index]) << UInt32(8 * index)
    }
    return value
  }

  /// Software writes 1, 2 or 4 bytes: only writable bits change.
  public mutating func write(_ value: UInt32, at register: Int, width: Int) {
    for index in 0..<width where (0..<256).contains(register + index) {
      let (at, byte) = (register + index, UInt8(truncatingIfNeeded: value >> UInt32(8 * index)))
      bytes[at] = (bytes[at] & ~writable[at]) | (byte & writable[at])
    }
  }

  /// Sets bytes, whatever software may write.
  public mutating func set(_ value: UInt32, at register: Int, width: Int) {
    for index in 0..<width { bytes[register + index] = UInt8(truncatingIfNeeded: value >> UInt32(8 * index)) }
  }

  /// Lets software write bits.
  public mutating func allowWrites(_ mask: UInt32, at register: Int, width: Int) {
    for index in 0..<width { writable[register + index] |= UInt8(truncatingIfNeeded: mask >> UInt32(8 * index)) }
  }
}
