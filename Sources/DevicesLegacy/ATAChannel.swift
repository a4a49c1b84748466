public import X86

/// A channel of AT attachment with at most two drives: offsets 0 to 7 are the command block, 8 the control block.
///
/// Source: ATA/ATAPI-6, "Interface register definitions and descriptions", "Device 0 only configurations". The data
/// register takes 1, 2 and 4 bytes. Where no drive answers, the bus reads as 7Fh: all lines float high, DD7 has its
/// pull-down. Device 0 answers for an absent device 1, with a status of 00h.
public final class ATAChannel: BusDevice, TimedChip {
  /// Device Control, and the drives.
  public struct State: Equatable, Sendable, Codable {
    /// HOB, SRST and nIEN.
    public var control: UInt8 = 0
    /// DEV: which device is selected.
    public var selected = 0
    /// Device 0 and device 1, nil where there is none.
    public var drives: [ATADrive.State?] = [nil, nil]
    /// Makes the state of a channel without drives.
    public init() {}
  }

  private var control: UInt8 = 0
  private var selected = 0
  private let drives: [ATADrive?]
  private let interrupt: any SignalLine
  private var level = false
  /// What serves DMA requests.
  weak var master: (any ATABusMaster)?

  /// What a read gives where no drive drives the bus.
  private static let floating: UInt64 = 0xFFFF_FF7F

  /// Makes a channel with its drives; the interrupt line is INTRQ.
  public init(interrupt: any SignalLine, device0: ATADrive?, device1: ATADrive?) {
    self.interrupt = interrupt
    drives = [device0, device1]
    device0?.position = 0
    device1?.position = 1
  }

  /// The state.
  public var state: State {
    var state = State()
    state.control = control
    state.selected = selected
    state.drives = drives.map { $0?.state }
    return state
  }

  /// Takes over a state: a drive that it does not have stays as it is.
  func setState(_ state: State) {
    control = state.control
    selected = state.selected
    for (drive, saved) in zip(drives, state.drives) {
      if let saved { drive?.state = saved }
    }
    level = wantsInterrupt
  }

  /// Puts another medium, or none, into a CD-ROM drive.
  public func changeMedium(_ storage: (any BlockStorage)?, device: Int) {
    if drives.indices.contains(device) { drives[device]?.changeMedium(storage) }
  }

  private var selectedDrive: ATADrive? { drives[selected] }
  private var isReset: Bool { control & ATA.Control.softwareReset != 0 }

  // MARK: Interrupts and time

  private var wantsInterrupt: Bool {
    control & ATA.Control.interruptDisable == 0 && selectedDrive?.state.isInterruptPending == true
  }

  private func update() {
    let wanted = wantsInterrupt
    guard wanted != level else { return }
    level = wanted
    if wanted { master?.interruptRose() }
    interrupt.set(wanted)
  }

  /// Brings the drives up to `now`.
  public func advance(to now: VirtualTime) {
    while let drive = nextDrive, let deadline = drive.state.deadline, deadline <= now.nanoseconds {
      drive.step(master)
      update()
    }
  }

  /// The drive whose deadline comes first.
  private var nextDrive: ATADrive? {
    var next: ATADrive?
    for drive in drives {
      guard let drive, let deadline = drive.state.deadline else { continue }
      if deadline < next?.state.deadline ?? .max || next == nil { next = drive }
    }
    return next
  }

  /// The next moment at which a drive goes on by itself.
  public var nextEvent: VirtualTime? { nextDrive?.state.deadline.map { VirtualTime(nanoseconds: $0) } }

  /// The bus master has begun or ceased to serve requests.
  func masterChanged(now: VirtualTime) {
    advance(to: now)
    for drive in drives { drive?.follow(master, at: now.nanoseconds) }
  }

  // MARK: Registers

  /// Reads the data register, or a register of one byte.
  public func read(offset: UInt64, width: Int, now: VirtualTime) -> UInt64 {
    advance(to: now)
    defer { update() }
    if offset == ATA.Register.data { return readData(width, now) }
    guard ATA.Register.commandBlock.contains(offset) else { return UInt64(readByte(offset)) | ~0xFF }
    var value = UInt64.max
    for index in 0..<UInt64(min(width, 8)) where ATA.Register.commandBlock.contains(offset + index) {
      value &= ~(0xFF << (8 * index))
      value |= UInt64(readByte(offset + index)) << (8 * index)
    }
    return value
  }

  private func readData(_ width: Int, _ now: VirtualTime) -> UInt64 {
    guard let drive = selectedDrive else { return selected == 1 && drives[0] != nil ? .max : Self.floating }
    return drive.readData(min(width, 8), at: now.nanoseconds)
  }

  private func readByte(_ offset: UInt64) -> UInt8 {
    guard let drive = selectedDrive ?? (selected == 1 ? drives[0] : nil) else {
      return UInt8(truncatingIfNeeded: Self.floating)
    }
    let isStatus = offset == ATA.Register.status || offset == ATA.Register.control
    guard selectedDrive != nil || !isStatus else { return 0 }
    guard !isStatus else {
      // The alternate status leaves the interrupt pending.
      if offset == ATA.Register.status { drive.state.isInterruptPending = false }
      return drive.status
    }
    guard offset <= ATA.Register.device else { return UInt8(truncatingIfNeeded: Self.floating) }
    let value = drive.read(offset, highOrderByte: control & ATA.Control.highOrderByte != 0)
    return offset == ATA.Register.device && selected == 1 ? value | ATA.Device.select : value
  }

  /// Writes the data register, or a register of one byte.
  public func write(_ value: UInt64, offset: UInt64, width: Int, now: VirtualTime) {
    advance(to: now)
    defer { update() }
    if offset == ATA.Register.data {
      selectedDrive?.writeData(value, min(width, 8), at: now.nanoseconds)
    } else if offset == ATA.Register.control {
      writeControl(UInt8(truncatingIfNeeded: value), now)
    } else {
      for index in 0..<UInt64(min(width, 8)) where ATA.Register.commandBlock.contains(offset &+ index) {
        writeByte(UInt8(truncatingIfNeeded: value >> (8 * index)), offset + index, now)
      }
    }
  }

  /// Both drives take what is written to the command block, the selected one a command.
  private func writeByte(_ byte: UInt8, _ offset: UInt64, _ now: VirtualTime) {
    control &= ~ATA.Control.highOrderByte
    guard offset == ATA.Register.status else {
      if offset == ATA.Register.device { selected = byte & ATA.Device.select != 0 ? 1 : 0 }
      for drive in drives { drive?.write(offset, byte) }
      return
    }
    guard !isReset else { return }
    if byte == ATACommand.executeDeviceDiagnostic.rawValue {
      selected = 0
      for drive in drives { drive?.take(byte, at: now.nanoseconds) }
    } else {
      selectedDrive?.take(byte, at: now.nanoseconds)
      advance(to: now)
    }
  }

  private func writeControl(_ byte: UInt8, _ now: VirtualTime) {
    let wasReset = isReset
    control = byte & ATA.Control.all
    if isReset && !wasReset {
      for drive in drives { drive?.beginReset() }
    } else if wasReset && !isReset {
      selected = 0
      for drive in drives { drive?.endReset(at: now.nanoseconds) }
    }
  }
}
