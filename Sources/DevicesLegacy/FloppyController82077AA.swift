public import X86

/// The 82077AA floppy disk controller with one or two drives: offsets are those from port 3F0h.
///
/// Source: Intel 82077AA data sheet, "Registers", "Controller Phases", "Command Set/Descriptions". It is wired in PC/AT
/// mode: status registers A and B are not driven, and DMAGATE opens interrupt and DMA. The drives turn and step faster
/// than any of metal, so that a guest which polls does not wait long; their order of events is the data sheet's.
/// Overruns come about only if nothing takes a sector by DMA; in non-DMA mode the diskette waits for the host.
public final class FloppyController82077AA: BusDevice, TimedChip {
  /// Offsets of registers.
  enum Register {
    static let digitalOutput: UInt64 = 2
    static let tapeDrive: UInt64 = 3
    /// Main status when read, data rate select when written.
    static let status: UInt64 = 4
    static let fifo: UInt64 = 5
    /// Digital input when read, configuration control when written.
    static let digitalInput: UInt64 = 7
  }

  /// The digital output register, DOR.
  enum DOR {
    static let driveSelect: UInt8 = 3
    static let notReset: UInt8 = 1 << 2
    static let dmaGate: UInt8 = 1 << 3
    /// MOT EN0; the others follow.
    static let motor0: UInt8 = 1 << 4
  }

  /// The main status register, MSR; bits 3:0 are DRV3 BUSY to DRV0 BUSY.
  enum MSR {
    static let commandBusy: UInt8 = 1 << 4
    static let nonDMA: UInt8 = 1 << 5
    /// DIO: the host reads.
    static let toHost: UInt8 = 1 << 6
    /// RQM: the host may access the FIFO.
    static let request: UInt8 = 1 << 7
  }

  /// The data rate select register, DSR; its data rate is that of the configuration control register, CCR.
  enum DSR {
    static let dataRate: UInt8 = 3
    static let reset: UInt8 = 1 << 7
    /// Of a hardware reset: 250 kbit/s.
    static let initialRate: UInt8 = 2
  }

  /// The digital input register, DIR, in PC/AT mode.
  enum DIR {
    static let notDriven: UInt8 = 0x7F
    static let diskChange: UInt8 = 1 << 7
  }

  /// Bits of the tape drive register that are not driven.
  private static let tapeNotDriven: UInt8 = 0xFC
  private static let notDriven: UInt8 = 0xFF

  /// A logical drive of the controller, with the physical drive on that select line.
  public struct Drive: Equatable, Sendable, Codable {
    /// Present cylinder number, PCN.
    public var presentCylinder: UInt8 = 0
    /// Where the head of the physical drive is.
    public var position: UInt8 = 0
    /// The latch of the drive's disk change line.
    public var hasChanged = true
    /// DRV BUSY: a seek or recalibration that no SENSE INTERRUPT STATUS has ended.
    public var isBusy = false
    /// When a seek ends, in nanoseconds.
    public var seekEnd: UInt64?
    /// Status register 0 of that end.
    public var seekStatus: UInt8 = 0
    /// Cylinder number of that end.
    public var seekCylinder: UInt8 = 0
    /// Status register 0 for the next SENSE INTERRUPT STATUS.
    public var pending: UInt8?
  }

  /// A data transfer command in its execution phase.
  public struct Transfer: Equatable, Sendable, Codable {
    /// The command byte: MT, MFM, SK and the code.
    public var command: UInt8
    /// HDS, DS1 and DS0.
    public var unit: UInt8
    /// The ID of the sector: C, H, R, N.
    public var cylinder: UInt8 = 0
    /// H of the ID.
    public var head: UInt8 = 0
    /// R of the ID.
    public var sector: UInt8 = 0
    /// N of the ID.
    public var size: UInt8 = 0
    /// EOT.
    public var endOfTrack: UInt8 = 0
    /// The data pattern of FORMAT TRACK.
    public var filler: UInt8 = 0
    /// Sectors to come, for commands that count them; 0 for those that do not.
    public var remaining = 0
    /// Sectors that READ TRACK has read.
    public var done = 0
    /// Status register 1 so far.
    public var status1: UInt8 = 0
    /// Status register 2 so far.
    public var status2: UInt8 = 0
    /// An implied seek is under way.
    public var isSeeking = false
    /// When the next sector is under the head; nil while the host or index pulses are waited for.
    public var due: UInt64?
    /// Bytes that the host reads or writes in non-DMA mode.
    public var buffer: [UInt8] = []
    /// How many of them it has accessed.
    public var position = 0
  }

  /// Registers, phases and drives.
  public struct State: Equatable, Sendable, Codable {
    /// Digital output register.
    public var digitalOutput: UInt8 = 0
    /// Tape select bits of the tape drive register.
    public var tapeSelect: UInt8 = 0
    /// Data rate select.
    public var dataRate = DSR.initialRate
    /// SRT and HUT of SPECIFY.
    public var stepAndUnload: UInt8 = 0
    /// HLT and ND of SPECIFY.
    public var loadAndMode: UInt8 = 0
    /// EIS, EFIFO, POLL and FIFOTHR of CONFIGURE.
    public var configuration = Configure.initial
    /// PRETRK of CONFIGURE.
    public var precompensation: UInt8 = 0
    /// LOCK.
    public var isLocked = false
    /// D3 to D0, GAP and WGATE of PERPENDICULAR MODE.
    public var perpendicular: UInt8 = 0
    /// SC or EOT of the last command that had one.
    public var lastEndOfTrack: UInt8 = 0
    /// Bytes of a command in its command phase.
    public var command: [UInt8] = []
    /// Bytes of a result phase that the host has not read.
    public var result: [UInt8] = []
    /// The execution phase.
    public var transfer: Transfer?
    /// Drives 0 to 3.
    public var drives = [Drive](repeating: Drive(), count: 4)
    /// When drives are polled after a reset, in nanoseconds.
    public var pollEnd: UInt64?
    /// An interrupt that the first byte of a result takes away.
    public var hasResultInterrupt = false
    /// An interrupt that SENSE INTERRUPT STATUS takes away.
    public var hasSenseInterrupt = false
    /// Makes the state after a hardware reset.
    public init() {}
  }

  /// How long things take, in nanoseconds.
  enum Delay {
    static let poll: UInt64 = 20_000
    static let step: UInt64 = 20_000
    /// Until a head is quiet after steps.
    static let settle: UInt64 = 200_000
    /// Until the first sector of a command.
    static let rotation: UInt64 = 200_000
    static let sector: UInt64 = 50_000
  }

  /// The DMA channel.
  static let channel = 2

  /// The state.
  public internal(set) var state = State()
  /// Diskettes by drive; nil in an empty drive.
  private(set) var media: [FloppyMedium?]
  let dma: DMA8237
  private let interrupt: any SignalLine

  /// Makes a controller with at most four drives, of which those with nil are empty; it drives `interrupt` (IRQ 6) and
  /// moves data by channel 2 of `dma`.
  public init(drives: [FloppyMedium?], dma: DMA8237, interrupt: any SignalLine) {
    media = Array(drives.prefix(4))
    self.dma = dma
    self.interrupt = interrupt
  }

  /// The type of a drive as CMOS RAM has it, by its diskette; an empty drive is one of 1.44 MB, no drive 0.
  public func driveType(_ drive: Int) -> UInt8 {
    guard media.indices.contains(drive) else { return 0 }
    return media[drive]?.geometry.driveType ?? 4
  }

  /// Puts a diskette into a drive or takes it out: the drive's disk change line becomes active.
  public func insert(_ medium: FloppyMedium?, drive: Int, now: VirtualTime) {
    guard media.indices.contains(drive) else { return }
    media[drive] = medium
    state.drives[drive].hasChanged = true
    resume(now)
  }

  // MARK: Selection

  /// The drive whose lines the controller sees: that of the DOR, not of a command.
  var selected: Int { Int(state.digitalOutput & DOR.driveSelect) }
  var isAttached: Bool { media.indices.contains(selected) }
  /// The diskette in the selected drive.
  var medium: FloppyMedium? { isAttached ? media[selected] : nil }
  /// The diskette if it gives index pulses.
  var turningMedium: FloppyMedium? {
    state.digitalOutput & (DOR.motor0 << UInt8(selected)) != 0 ? medium : nil
  }
  private var isReset: Bool { state.digitalOutput & DOR.notReset == 0 }
  var isNonDMA: Bool { state.loadAndMode & Specify.nonDMA != 0 }
  /// In non-DMA mode bytes wait for the host.
  var isRequesting: Bool { state.transfer.map { $0.position < $0.buffer.count } ?? false }

  func update() {
    let isActive = state.hasResultInterrupt || state.hasSenseInterrupt || isRequesting
    interrupt.set(isActive && state.digitalOutput & DOR.dmaGate != 0)
  }

  /// A new edge for the next bytes of a transfer in non-DMA mode.
  func pulse() {
    interrupt.set(false)
    update()
  }

  // MARK: Registers

  /// Reads a register of one byte.
  public func read(offset: UInt64, width: Int, now: VirtualTime) -> UInt64 {
    advance(to: now)
    return UInt64(readRegister(offset, now))
  }

  private func readRegister(_ offset: UInt64, _ now: VirtualTime) -> UInt8 {
    switch offset {
    case Register.digitalOutput: return state.digitalOutput
    case Register.tapeDrive: return state.tapeSelect | Self.tapeNotDriven
    case Register.status: return mainStatus
    case Register.fifo: return readFIFO(now)
    case Register.digitalInput:
      return DIR.notDriven | (isAttached && state.drives[selected].hasChanged ? DIR.diskChange : 0)
    default: return Self.notDriven
    }
  }

  private var mainStatus: UInt8 {
    if isReset { return 0 }
    var value: UInt8 = 0
    for (index, drive) in state.drives.enumerated() where drive.isBusy { value |= 1 << UInt8(index) }
    guard let transfer = state.transfer else {
      if !state.result.isEmpty { return value | MSR.request | MSR.toHost | MSR.commandBusy }
      return value | MSR.request | (state.command.isEmpty ? 0 : MSR.commandBusy)
    }
    value |= MSR.commandBusy
    if transfer.isSeeking { value |= 1 << (transfer.unit & Unit.drive) }
    if isNonDMA { value |= MSR.nonDMA }
    if transfer.opcode?.isToHost == true { value |= MSR.toHost }
    return value | (isRequesting ? MSR.request : 0)
  }

  /// Writes a register of one byte.
  public func write(_ value: UInt64, offset: UInt64, width: Int, now: VirtualTime) {
    advance(to: now)
    let byte = UInt8(truncatingIfNeeded: value)
    switch offset {
    case Register.digitalOutput: writeDigitalOutput(byte, now)
    case Register.tapeDrive: state.tapeSelect = byte & ~Self.tapeNotDriven
    case Register.status:
      state.dataRate = byte & DSR.dataRate
      if byte & DSR.reset != 0 && !isReset {
        reset()
        state.pollEnd = Self.moment(now.nanoseconds, Delay.poll)
      }
    case Register.fifo: if !isReset { writeFIFO(byte, now) }
    case Register.digitalInput: state.dataRate = byte & DSR.dataRate
    default: break
    }
  }

  private func writeDigitalOutput(_ value: UInt8, _ now: VirtualTime) {
    let wasReset = isReset
    state.digitalOutput = value
    if isReset {
      reset()
    } else if wasReset {
      state.pollEnd = Self.moment(now.nanoseconds, Delay.poll)
    }
    resume(now)
    update()
  }

  /// "Reset Operation": by the DOR or the DSR; what SPECIFY set stays, and what LOCK holds.
  private func reset() {
    state.command = []
    state.result = []
    state.transfer = nil
    state.pollEnd = nil
    state.hasResultInterrupt = false
    state.hasSenseInterrupt = false
    let held = state.isLocked ? Configure.fifoDisable | Configure.threshold : 0
    state.configuration = state.configuration & held | Configure.initial & ~held
    if !state.isLocked { state.precompensation = 0 }
    state.perpendicular &= Perpendicular.drives
    for index in state.drives.indices {
      let drive = state.drives[index]
      state.drives[index] = Drive(position: drive.position, hasChanged: drive.hasChanged)
    }
    update()
  }

  // MARK: Time

  static func moment(_ now: UInt64, _ delay: UInt64) -> UInt64 {
    let (moment, overflow) = now.addingReportingOverflow(delay)
    return overflow ? .max : moment
  }

  /// Index pulses may have come back for a command that waits for them.
  private func resume(_ now: VirtualTime) {
    guard let transfer = state.transfer, transfer.due == nil, transfer.buffer.isEmpty, turningMedium != nil else {
      return
    }
    state.transfer?.due = Self.moment(now.nanoseconds, Delay.rotation)
  }

  private var next: UInt64? {
    (state.drives.map(\.seekEnd) + [state.pollEnd, state.transfer?.due]).compactMap { $0 }.min()
  }

  /// The end of a seek, of polling, or of the wait for a sector.
  public var nextEvent: VirtualTime? { next.map { VirtualTime(nanoseconds: $0) } }

  /// Ends seeks and moves sectors up to `now`, in their order.
  public func advance(to now: VirtualTime) {
    while let moment = next, moment <= now.nanoseconds {
      if state.pollEnd == moment { poll() }
      for index in state.drives.indices where state.drives[index].seekEnd == moment { endSeek(index) }
      if state.transfer?.due == moment { moveSector(moment) }
    }
  }

  /// "Drive Polling": after a reset each drive is seen to become ready.
  private func poll() {
    state.pollEnd = nil
    guard state.configuration & Configure.pollDisable == 0 else { return }
    for index in state.drives.indices { state.drives[index].pending = ST0.polled | UInt8(index) }
    state.hasSenseInterrupt = true
    update()
  }

  private func endSeek(_ index: Int) {
    state.drives[index].seekEnd = nil
    state.drives[index].presentCylinder = state.drives[index].seekCylinder
    state.drives[index].pending = state.drives[index].seekStatus
    state.hasSenseInterrupt = true
    update()
  }
}
