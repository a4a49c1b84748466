/// The bus master of one IDE channel: command, status and the table of physical regions.
///
/// Source: Intel, Programming Interface for Bus Master IDE Controller 1.0; 82371SB data sheet, "Bus Master Function".
/// The table stays within 64 KiB: behind its last entry there it goes on at the begin of them. A region that crosses a
/// boundary of 64 KiB, which the data sheet forbids, goes on behind it. The error bit stands for an abort on PCI, and no
/// transfer meets one here.
public final class IDEBusMaster: ATABusMaster {
  /// Offsets of the registers.
  enum Register {
    /// BMIC.
    static let command: UInt64 = 0
    /// BMIS.
    static let status: UInt64 = 2
    /// BMIDTP.
    static let table: ClosedRange<UInt64> = 4...7
  }

  /// BMIC, "Bus Master IDE Command Register".
  enum Command {
    /// SSBM.
    static let start: UInt8 = 1 << 0
    /// RWCON: the bus master writes memory.
    static let writesMemory: UInt8 = 1 << 3
    static let all = start | writesMemory
  }

  /// BMIS, "Bus Master IDE Status Register".
  enum Status {
    /// BMIDEA.
    static let active: UInt8 = 1 << 0
    /// IDE DMA error.
    static let error: UInt8 = 1 << 1
    /// IDEINTS.
    static let interrupt: UInt8 = 1 << 2
    /// DMA0CAP and DMA1CAP: for software.
    static let capable: UInt8 = 3 << 5
    static let all = active | error | interrupt | capable
  }

  /// A descriptor of a region.
  private enum Descriptor {
    static let size = 8
    static let endOfTable: UInt8 = 1 << 7
    /// A count of 0.
    static let largest: UInt32 = 65536
  }

  /// Registers, and the place in the table.
  public struct State: Equatable, Sendable, Codable {
    /// BMIC.
    public var command: UInt8 = 0
    /// BMIS.
    public var status: UInt8 = 0
    /// BMIDTP.
    public var table: UInt32 = 0
    /// Where the next descriptor is.
    public var next: UInt32 = 0
    /// Where the present region goes on.
    public var address: UInt32 = 0
    /// Bytes left of it.
    public var count: UInt32 = 0
    /// It is the last of the table.
    public var isLast = false
    /// Makes the reset state.
    public init() {}
  }

  var state = State()
  /// BME of the function's command register.
  var isEnabled = false
  private let memory: any BusMasterMemory
  /// Regions of one piece of a transfer; a piece with more of them ends early.
  private static let regionLimit = 128

  init(memory: any BusMasterMemory) { self.memory = memory }

  // MARK: Registers

  func read(_ offset: UInt64) -> UInt8 {
    switch offset {
    case Register.command: state.command
    case Register.status: state.status
    case Register.table: UInt8(truncatingIfNeeded: state.table >> UInt32(8 * (offset - Register.table.lowerBound)))
    default: 0
    }
  }

  /// Writes a byte; true if the bus master has begun or ceased to serve requests.
  func write(_ byte: UInt8, _ offset: UInt64) -> Bool {
    switch offset {
    case Register.command: return writeCommand(byte)
    case Register.status:
      state.status &= ~(byte & (Status.error | Status.interrupt))
      state.status = (state.status & ~Status.capable) | (byte & Status.capable)
    case Register.table:
      let shift = UInt32(8 * (offset - Register.table.lowerBound))
      state.table = ((state.table & ~(0xFF << shift)) | UInt32(byte) << shift) & ~3
    default: break
    }
    return false
  }

  private func writeCommand(_ byte: UInt8) -> Bool {
    let wasStarted = state.command & Command.start != 0
    // The direction stays as it is during a transfer.
    let isActive = state.status & Status.active != 0 && byte & Command.start != 0
    state.command =
      isActive ? (state.command & Command.writesMemory) | (byte & Command.start) : byte & Command.all
    let isStarted = state.command & Command.start != 0
    guard isStarted != wasStarted else { return false }
    if isStarted { state.status |= Status.active } else { state.status &= ~Status.active }
    state.next = state.table
    state.count = 0
    state.isLast = false
    return true
  }

  // MARK: Transfers

  func interruptRose() { state.status |= Status.interrupt }

  private var isActive: Bool { state.status & Status.active != 0 && !(state.isLast && state.count == 0) }

  func serves(isWrite: Bool) -> Bool {
    isEnabled && isActive && (state.command & Command.writesMemory == 0) == isWrite
  }

  func take(_ bytes: [UInt8]) -> Int {
    var done = 0
    for _ in 0..<Self.regionLimit where done < bytes.count && isActive {
      let (address, count) = nextPart(bytes.count - done)
      memory.write(Array(bytes[done..<done + count]), at: address)
      done += count
    }
    return done
  }

  func give(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0..<Self.regionLimit where bytes.count < count && isActive {
      let (address, part) = nextPart(count - bytes.count)
      bytes += memory.read(at: address, count: part)
    }
    return bytes
  }

  /// The next at most `limit` bytes of the regions, of which there are some, as long as they are in one region.
  private func nextPart(_ limit: Int) -> (address: UInt64, count: Int) {
    if state.count == 0 { loadDescriptor() }
    let address = UInt64(state.address)
    // Addresses have 32 bits: a region ends with them, and goes on from 0.
    let count = min(limit, Int(state.count), Int((1 << 32) - address))
    state.address &+= UInt32(count)
    state.count -= UInt32(count)
    if state.count == 0 && state.isLast { state.status &= ~Status.active }
    return (address, count)
  }

  private func loadDescriptor() {
    let bytes = memory.read(at: UInt64(state.next), count: Descriptor.size)
    func half(_ index: Int) -> UInt32 {
      index + 1 < bytes.count ? UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8 : 0xFFFF
    }
    state.address = (half(0) | half(2) << 16) & ~1
    let count = half(4) & ~1
    state.count = count == 0 ? Descriptor.largest : count
    state.isLast = half(6) >> 8 & UInt32(Descriptor.endOfTable) != 0
    state.next = (state.next & ~0xFFFF) | ((state.next &+ UInt32(Descriptor.size)) & 0xFFFF)
  }
}
