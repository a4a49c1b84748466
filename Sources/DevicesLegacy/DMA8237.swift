public import X86

/// The two 8237A DMA controllers of a PC/AT with the page registers: offsets are the ports' numbers.
///
/// Sources: Intel 8237A data sheet, "Register Description" and "DMA Operation"; IBM PC/AT technical reference, "DMA
/// Controller" (pages, the second controller's words, its channel 0 as the cascade of the first). Channels 0 to 3 move
/// bytes, 5 to 7 words. A device asks for a transfer when it is ready, so that single, demand and block mode differ in
/// nothing that software sees. Memory-to-memory transfers are not there, as in chip sets: their bits do nothing.
public final class DMA8237: BusDevice {
  /// Offsets within a controller of the registers behind its addresses and counts ("Software Commands").
  enum Register {
    /// Status when read, command when written.
    static let status = 0x8
    static let request = 0x9
    static let singleMask = 0xA
    static let mode = 0xB
    static let clearFlipFlop = 0xC
    /// Temporary register when read.
    static let masterClear = 0xD
    static let clearMask = 0xE
    static let allMask = 0xF
  }

  /// Where the parts are in the map of ports.
  enum Place {
    static let first: Range<UInt64> = 0x00..<0x20
    static let pages: Range<UInt64> = 0x80..<0x90
    static let second: Range<UInt64> = 0xC0..<0xE0
    /// Page registers, by channel: their offsets within the pages.
    static let pageOfChannel = [0x7, 0x3, 0x1, 0x2, 0xF, 0xB, 0x9, 0xA]
  }

  /// The command register.
  enum Command {
    static let disable: UInt8 = 1 << 2
  }

  /// The mode register.
  enum Mode {
    static let transfer: UInt8 = 3 << 2
    /// Nothing is read or written.
    static let verify: UInt8 = 0 << 2
    /// From the device to memory.
    static let write: UInt8 = 1 << 2
    /// From memory to the device.
    static let read: UInt8 = 2 << 2
    static let autoinitialize: UInt8 = 1 << 4
    static let decrement: UInt8 = 1 << 5
    static let cascade: UInt8 = 3 << 6
    static let all: UInt8 = 0xFC
  }

  /// The request register and the single mask.
  enum ChannelBit {
    static let channel: UInt8 = 3
    static let set: UInt8 = 1 << 2
  }

  /// What reads of a register give that cannot be read.
  private static let floating: UInt8 = 0xFF

  /// One channel.
  public struct Channel: Equatable, Sendable, Codable {
    /// Base address.
    public var baseAddress: UInt16 = 0
    /// Base word count.
    public var baseCount: UInt16 = 0
    /// Current address.
    public var address: UInt16 = 0
    /// Current word count: transfers to come, less one.
    public var count: UInt16 = 0
    /// Mode register without the bits that name the channel.
    public var mode: UInt8 = 0
  }

  /// One controller.
  public struct Controller: Equatable, Sendable, Codable {
    /// Its four channels.
    public var channels = [Channel](repeating: Channel(), count: 4)
    /// Command register.
    public var command: UInt8 = 0
    /// Channels that have reached terminal count since the status was read.
    public var terminalCounts: UInt8 = 0
    /// Request register.
    public var requests: UInt8 = 0
    /// Levels of the DREQ pins.
    public var pins: UInt8 = 0
    /// Mask register.
    public var mask: UInt8 = 0xF
    /// The byte pointer flip-flop: the next access is to a high byte.
    public var isHigh = false
  }

  /// All registers.
  public struct State: Equatable, Sendable, Codable {
    /// Channels 0 to 3, then 4 to 7.
    public var controllers = [Controller(), Controller()]
    /// Page registers, by the low four bits of their ports.
    public var pages = [UInt8](repeating: 0, count: 16)
    /// Makes the reset state.
    public init() {}
  }

  /// What came of a transfer.
  public struct Transfer: Equatable, Sendable {
    /// Bytes that were moved: fewer than asked for after terminal count, or none if the channel is not ready.
    public var count: Int
    /// The count ran out (TC).
    public var isTerminal: Bool
  }

  /// The state.
  public internal(set) var state = State()
  private let memory: any BusMasterMemory

  /// Makes the controllers as they are after reset, on memory.
  public init(memory: any BusMasterMemory) { self.memory = memory }

  // MARK: Registers

  /// Reads a register of one byte.
  public func read(offset: UInt64, width: Int, now: VirtualTime) -> UInt64 {
    if Place.first.contains(offset) { return UInt64(readRegister(0, Int(offset & 0xF))) }
    if Place.second.contains(offset) { return UInt64(readRegister(1, Int(offset >> 1 & 0xF))) }
    return UInt64(Place.pages.contains(offset) ? state.pages[Int(offset & 0xF)] : Self.floating)
  }

  /// Writes a register of one byte.
  public func write(_ value: UInt64, offset: UInt64, width: Int, now: VirtualTime) {
    let byte = UInt8(truncatingIfNeeded: value)
    if Place.first.contains(offset) { writeRegister(0, Int(offset & 0xF), byte) }
    if Place.second.contains(offset) { writeRegister(1, Int(offset >> 1 & 0xF), byte) }
    if Place.pages.contains(offset) { state.pages[Int(offset & 0xF)] = byte }
  }

  private func readRegister(_ index: Int, _ register: Int) -> UInt8 {
    guard register >= Register.status else {
      let channel = state.controllers[index].channels[register >> 1]
      let word = register & 1 == 0 ? channel.address : channel.count
      state.controllers[index].isHigh.toggle()
      return UInt8(truncatingIfNeeded: state.controllers[index].isHigh ? word : word >> 8)
    }
    switch register {
    case Register.status:
      let controller = state.controllers[index]
      state.controllers[index].terminalCounts = 0
      return controller.terminalCounts | (controller.pins | controller.requests) << 4
    // No transfer between places of memory has left a byte in the temporary register.
    case Register.masterClear: return 0
    case Register.allMask: return state.controllers[index].mask
    default: return Self.floating
    }
  }

  private func writeRegister(_ index: Int, _ register: Int, _ value: UInt8) {
    guard register >= Register.status else { return writeWord(index, register, value) }
    let number = Int(value & ChannelBit.channel)
    let bit: UInt8 = 1 << UInt8(number)
    switch register {
    case Register.status: state.controllers[index].command = value
    case Register.request:
      if value & ChannelBit.set != 0 { state.controllers[index].requests |= bit }
      if value & ChannelBit.set == 0 { state.controllers[index].requests &= ~bit }
    case Register.singleMask:
      if value & ChannelBit.set != 0 { state.controllers[index].mask |= bit }
      if value & ChannelBit.set == 0 { state.controllers[index].mask &= ~bit }
    case Register.mode: state.controllers[index].channels[number].mode = value & Mode.all
    case Register.clearFlipFlop: state.controllers[index].isHigh = false
    case Register.masterClear:
      state.controllers[index].command = 0
      state.controllers[index].terminalCounts = 0
      state.controllers[index].requests = 0
      state.controllers[index].isHigh = false
      state.controllers[index].mask = 0xF
    case Register.clearMask: state.controllers[index].mask = 0
    // All mask bits.
    default: state.controllers[index].mask = value & 0xF
    }
  }

  /// A byte of a base register and, with it, of the current register.
  private func writeWord(_ index: Int, _ register: Int, _ value: UInt8) {
    let isHigh = state.controllers[index].isHigh
    state.controllers[index].isHigh.toggle()
    func merged(_ old: UInt16) -> UInt16 {
      isHigh ? old & 0x00FF | UInt16(value) << 8 : old & 0xFF00 | UInt16(value)
    }
    var channel = state.controllers[index].channels[register >> 1]
    if register & 1 == 0 {
      channel.baseAddress = merged(channel.baseAddress)
      channel.address = merged(channel.address)
    } else {
      channel.baseCount = merged(channel.baseCount)
      channel.count = merged(channel.count)
    }
    state.controllers[index].channels[register >> 1] = channel
  }

  // MARK: Transfers

  /// Drives a channel's DREQ, which the status shows.
  public func setRequest(_ channel: Int, _ level: Bool) {
    guard (0..<8).contains(channel) else { return }
    let bit: UInt8 = 1 << UInt8(channel & 3)
    if level { state.controllers[channel >> 2].pins |= bit } else { state.controllers[channel >> 2].pins &= ~bit }
  }

  /// A request of this channel is acknowledged: it is not masked, nor is the cascade that it goes through.
  public func isReady(_ channel: Int) -> Bool {
    guard (0..<8).contains(channel), isOpen(channel),
      state.controllers[channel >> 2].channels[channel & 3].mode & Mode.cascade != Mode.cascade
    else { return false }
    // The first controller's request is channel 4 of the second.
    return channel >= 4 || isOpen(4) && state.controllers[1].channels[0].mode & Mode.cascade == Mode.cascade
  }

  private func isOpen(_ channel: Int) -> Bool {
    let controller = state.controllers[channel >> 2]
    return controller.command & Command.disable == 0 && controller.mask >> UInt8(channel & 3) & 1 == 0
  }

  /// A device's bytes go to memory until they or the count end; the bytes of a verify transfer go nowhere.
  public func transferToMemory(_ channel: Int, _ bytes: [UInt8]) -> Transfer {
    transfer(channel, bytes.count) { address, unit, range, isReversed, mode in
      guard mode == Mode.write else { return }
      memory.write(isReversed ? Self.reversed(bytes[range], unit) : Array(bytes[range]), at: address)
    }
  }

  /// Bytes of memory go to a device until there are `count` or the channel's count ends; FFh without a read transfer.
  public func transferFromMemory(_ channel: Int, count: Int) -> (bytes: [UInt8], transfer: Transfer) {
    var bytes: [UInt8] = []
    let transfer = transfer(channel, max(count, 0)) { address, unit, range, isReversed, mode in
      guard mode == Mode.read else {
        bytes += [UInt8](repeating: Self.floating, count: range.count)
        return
      }
      let read = memory.read(at: address, count: range.count)
      bytes += isReversed ? Self.reversed(read[...], unit) : read
    }
    return (bytes, transfer)
  }

  /// Units in opposite order.
  private static func reversed(_ bytes: ArraySlice<UInt8>, _ unit: Int) -> [UInt8] {
    unit == 1
      ? bytes.reversed()
      : stride(from: bytes.endIndex - unit, through: bytes.startIndex, by: -unit).flatMap { bytes[$0..<$0 + unit] }
  }

  /// Moves pieces that are contiguous in memory: `move` takes the lowest address, the bytes of a unit, the range in the
  /// device's bytes, whether addresses go down and the kind of transfer.
  private func transfer(
    _ number: Int, _ byteCount: Int,
    _ move: (_ address: UInt64, _ unit: Int, _ range: Range<Int>, _ isReversed: Bool, _ mode: UInt8) -> Void
  ) -> Transfer {
    guard isReady(number) else { return Transfer(count: 0, isTerminal: false) }
    let unit = number < 4 ? 1 : 2
    var done = 0
    while byteCount - done >= unit {
      let channel = state.controllers[number >> 2].channels[number & 3]
      let isReversed = channel.mode & Mode.decrement != 0
      let untilWrap = isReversed ? Int(channel.address) + 1 : 0x10000 - Int(channel.address)
      let units = min((byteCount - done) / unit, Int(channel.count) + 1, untilWrap)
      let steps = UInt16(truncatingIfNeeded: units)
      let lowest = isReversed ? channel.address &- (steps &- 1) : channel.address
      move(address(number, lowest), unit, done..<done + units * unit, isReversed, channel.mode & Mode.transfer)
      done += units * unit
      state.controllers[number >> 2].channels[number & 3].address =
        isReversed ? channel.address &- steps : channel.address &+ steps
      state.controllers[number >> 2].channels[number & 3].count = channel.count &- steps
      if units > Int(channel.count) {
        reachTerminalCount(number)
        return Transfer(count: done, isTerminal: true)
      }
    }
    return Transfer(count: done, isTerminal: false)
  }

  /// Channels of words have address lines 1 to 16 from the controller, 17 to 23 from the page.
  private func address(_ channel: Int, _ address: UInt16) -> UInt64 {
    let page = UInt64(state.pages[Place.pageOfChannel[channel]])
    return channel < 4 ? page << 16 | UInt64(address) : (page & 0xFE) << 16 | UInt64(address) << 1
  }

  private func reachTerminalCount(_ number: Int) {
    let bit: UInt8 = 1 << UInt8(number & 3)
    var controller = state.controllers[number >> 2]
    controller.terminalCounts |= bit
    controller.requests &= ~bit
    if controller.channels[number & 3].mode & Mode.autoinitialize != 0 {
      controller.channels[number & 3].address = controller.channels[number & 3].baseAddress
      controller.channels[number & 3].count = controller.channels[number & 3].baseCount
    } else {
      controller.mask |= bit
    }
    state.controllers[number >> 2] = controller
  }
}

extension DMA8237: RestorableChip {
  /// Puts back a state; the levels of DREQ are part of it.
  public func restore(_ state: State) { self.state = state }

  /// What is impossible in a state, if anything.
  public static func problem(in state: State) -> String? {
    if let problem = FieldCheck.first(
      FieldCheck.count("DMA controllers", state.controllers, 2), FieldCheck.count("DMA pages", state.pages, 16))
    {
      return problem
    }
    for (index, controller) in state.controllers.enumerated() {
      let name = "DMA controller \(index)"
      if let problem = FieldCheck.first(
        FieldCheck.count("\(name) channels", controller.channels, 4),
        FieldCheck.bits("\(name) terminal counts", controller.terminalCounts, 0xF),
        FieldCheck.bits("\(name) requests", controller.requests, 0xF),
        FieldCheck.bits("\(name) DREQ", controller.pins, 0xF), FieldCheck.bits("\(name) mask", controller.mask, 0xF))
      {
        return problem
      }
      for (number, channel) in controller.channels.enumerated() {
        if let problem = FieldCheck.bits("\(name) channel \(number) mode", channel.mode, Mode.all) { return problem }
      }
    }
    return nil
  }
}
