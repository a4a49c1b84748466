/// A drive on an AT attachment: a disk, or a CD-ROM drive that takes command packets.
///
/// Source: ATA/ATAPI-6, "Protocol". Every step of a command (its start, each further data block) takes 20 microseconds
/// of virtual time, a piece of at most 64 KiB by DMA 50, a reset 100; within a data block the data register is
/// immediate, and the data request of a command that writes by programmed I/O comes at once. A drive keeps at most a data block of 64 KiB in memory.
public final class ATADrive {
  /// What the drive says of itself; other characters than those of ASCII become question marks.
  public struct Identity: Equatable, Sendable {
    /// 20 characters.
    public var serial: String
    /// 8 characters, of which a packet device gives 4 in INQUIRY.
    public var firmware: String
    /// 40 characters, of which a packet device gives 16 in INQUIRY.
    public var model: String
    /// Makes an identity.
    public init(serial: String, firmware: String, model: String) {
      self.serial = serial
      self.firmware = firmware
      self.model = model
    }
  }

  /// A register of the command block that keeps the byte that was written before ("48-bit Address feature set").
  public struct Register: Equatable, Sendable, Codable {
    /// The byte written last.
    public var current: UInt8 = 0
    /// The byte written before it.
    public var previous: UInt8 = 0

    mutating func push(_ byte: UInt8) {
      previous = current
      current = byte
    }

    mutating func set(_ byte: UInt8) { self = Register(current: byte) }

    /// Both bytes.
    var word: UInt64 { UInt64(previous) << 8 | UInt64(current) }
  }

  /// What a drive is at.
  public enum Activity: String, Equatable, Sendable, Codable, CaseIterable {
    /// Nothing.
    case idle
    /// A reset, until the deadline, or for as long as SRST is set.
    case reset
    /// A command is about to start.
    case begin
    /// The next data block for the host is fetched.
    case readBlock
    /// The host reads a data block.
    case dataIn
    /// The host writes a data block.
    case dataOut
    /// The data block of the host is stored.
    case writeBlock
    /// Sectors are verified.
    case verify
    /// The host writes a command packet.
    case packetOut
    /// The command of a packet is about to start.
    case packet
    /// DMARQ is asserted, no bus master serves it.
    case waitDMA
    /// A bus master moves data.
    case moveDMA
    /// A packet command is about to end.
    case endPacket

    /// BSY.
    var isBusy: Bool {
      switch self {
      case .reset, .begin, .readBlock, .writeBlock, .verify, .packet, .moveDMA, .endPacket: true
      case .idle, .dataIn, .dataOut, .packetOut, .waitDMA: false
      }
    }

    /// DRQ.
    var requestsData: Bool { self != .idle && !isBusy }
  }

  /// Power management modes ("Power Management feature set").
  public enum Power: String, Equatable, Sendable, Codable, CaseIterable {
    /// PM0.
    case active
    /// PM1.
    case idle
    /// PM2.
    case standby
    /// PM3: only a reset ends it.
    case sleep
  }

  /// What only a packet device has.
  public struct PacketState: Equatable, Sendable, Codable {
    /// The most bytes of a data block, from the byte count registers.
    public var byteCountLimit = 0
    /// The sense data of the last command: key.
    public var senseKey: UInt8 = 0
    /// The sense data of the last command: additional code and its qualifier.
    public var additionalSense: UInt16 = 0
    /// What the next command is to report as unit attention: additional code and qualifier, 0 for nothing.
    public var attention: UInt16 = 0
    /// The medium may not be removed.
    public var isLocked = false
    /// The tray is open.
    public var isTrayOpen = false
    /// The media event that was not asked for yet, 0 for none.
    public var mediaEvent: UInt8 = 0
  }

  /// Registers, and how far a command is.
  public struct State: Equatable, Sendable, Codable {
    /// Features.
    public var features = Register()
    /// Sector count, or interrupt reason.
    public var sectorCount = Register()
    /// LBA low.
    public var lbaLow = Register()
    /// LBA mid, or byte count low.
    public var lbaMid = Register()
    /// LBA high, or byte count high.
    public var lbaHigh = Register()
    /// Device, without DEV.
    public var device: UInt8 = 0
    /// Error.
    public var error: UInt8 = 0
    /// DRDY while no command is carried out.
    public var isReady = false
    /// ERR.
    public var hasError = false
    /// DF.
    public var hasFault = false
    /// An interrupt is pending.
    public var isInterruptPending = false
    /// What the drive is at.
    public var activity = Activity.idle
    /// The moment at which the activity ends, in nanoseconds; nil if the host or a bus master ends it.
    public var deadline: UInt64?
    /// The code of the last command.
    public var command: UInt8 = 0
    /// The data goes to the medium.
    public var isWrite = false
    /// The data goes by DMA.
    public var usesDMA = false
    /// Where on the medium the command goes on, in bytes.
    public var offset: UInt64 = 0
    /// Bytes between the data in `buffer` and the end of the command.
    public var remaining: UInt64 = 0
    /// The most bytes of a data block.
    public var blockSize = ATA.sectorSize
    /// Data on its way.
    public var buffer: [UInt8] = []
    /// The next byte of the buffer that goes to or comes from the host.
    public var position = 0
    /// Where the present data block ends in the buffer.
    public var blockEnd = 0
    /// Sectors of a block of READ MULTIPLE, 0 if that is disabled.
    public var multiple = 0
    /// Heads of the translation, 0 if there is none.
    public var heads = 0
    /// Sectors per track of the translation, 0 if there is none.
    public var sectorsPerTrack = 0
    /// The transfer mode of SET FEATURES.
    public var transferMode: UInt8 = 0
    /// The write cache is enabled: without it each command that writes ends on the medium.
    public var hasWriteCache = true
    /// Look-ahead is enabled.
    public var hasLookAhead = true
    /// The power mode.
    public var power = Power.active
    /// What only a packet device has.
    public var packet = PacketState()
    /// Makes a state without a drive's signature.
    init() {}
  }

  /// What is in the drive.
  enum Medium {
    case disk(any BlockStorage)
    case cdrom((any BlockStorage)?)
  }

  /// Steps of a command.
  static let stepTime: UInt64 = 20_000
  /// A piece of a transfer by DMA.
  static let dmaTime: UInt64 = 50_000
  /// A reset.
  static let resetTime: UInt64 = 100_000
  /// Bytes of the largest piece of a transfer by DMA.
  static let pieceSize = 65536

  /// The state.
  var state = State()
  var medium: Medium
  let identity: Identity
  /// Device 0 or device 1.
  var position = 0

  /// Makes a disk of sectors of 512 bytes.
  public init(disk storage: any BlockStorage, identity: Identity) {
    medium = .disk(storage)
    self.identity = identity
    powerOn()
  }

  /// Makes a CD-ROM drive with a medium of sectors of 2,048 bytes, or with none.
  public init(cdrom storage: (any BlockStorage)?, identity: Identity) {
    medium = .cdrom(storage)
    self.identity = identity
    powerOn()
  }

  private func powerOn() {
    state.heads = geometry.heads
    state.sectorsPerTrack = geometry.sectorsPerTrack
    setDefaults()
    setSignature()
  }

  var isPacketDevice: Bool {
    switch medium {
    case .disk: false
    case .cdrom: true
    }
  }

  var storage: (any BlockStorage)? {
    switch medium {
    case .disk(let storage): storage
    case .cdrom(let storage): state.packet.isTrayOpen ? nil : storage
    }
  }

  // MARK: Registers

  /// The status register.
  var status: UInt8 {
    if state.activity.isBusy { return ATA.Status.busy }
    return (state.isReady ? ATA.Status.ready | ATA.Status.seekComplete : 0)
      | (state.activity.requestsData ? ATA.Status.dataRequest : 0)
      | (state.hasFault ? ATA.Status.deviceFault : 0) | (state.hasError ? ATA.Status.error : 0)
  }

  /// Reads a register other than data and status.
  func read(_ register: UInt64, highOrderByte: Bool) -> UInt8 {
    func byte(_ register: Register) -> UInt8 { highOrderByte ? register.previous : register.current }
    switch register {
    case ATA.Register.error: return state.error
    case ATA.Register.sectorCount: return byte(state.sectorCount)
    case ATA.Register.lbaLow: return byte(state.lbaLow)
    case ATA.Register.lbaMid: return byte(state.lbaMid)
    case ATA.Register.lbaHigh: return byte(state.lbaHigh)
    default: return state.device | ATA.Device.obsolete
    }
  }

  /// Writes a register other than data and command; a busy drive takes none.
  func write(_ register: UInt64, _ byte: UInt8) {
    guard !state.activity.isBusy else { return }
    switch register {
    case ATA.Register.error: state.features.push(byte)
    case ATA.Register.sectorCount: state.sectorCount.push(byte)
    case ATA.Register.lbaLow: state.lbaLow.push(byte)
    case ATA.Register.lbaMid: state.lbaMid.push(byte)
    case ATA.Register.lbaHigh: state.lbaHigh.push(byte)
    default: state.device = byte & ~ATA.Device.select
    }
  }

  // MARK: Steps

  /// Starts an activity that ends by itself.
  func schedule(_ activity: Activity, after time: UInt64 = ATADrive.stepTime, at moment: UInt64) {
    let (deadline, overflow) = moment.addingReportingOverflow(time)
    state.activity = activity
    state.deadline = overflow ? .max : deadline
  }

  /// Ends an activity at its deadline.
  func step(_ master: (any ATABusMaster)?) {
    guard let moment = state.deadline else { return }
    state.deadline = nil
    switch state.activity {
    case .reset: finishReset()
    case .begin: begin(at: moment)
    case .readBlock: loadBlock()
    case .writeBlock: storeBlock()
    case .verify: verify(at: moment)
    case .packet: executePacket()
    case .moveDMA: move(master, at: moment)
    case .endPacket: finish()
    case .idle, .dataIn, .dataOut, .packetOut, .waitDMA: break
    }
    follow(master, at: moment)
  }

  /// Takes a command; a busy drive takes none but DEVICE RESET, a sleeping one only that.
  func take(_ code: UInt8, at moment: UInt64) {
    let isReset = isPacketDevice && code == ATACommand.deviceReset.rawValue
    guard isReset || !(state.activity.isBusy || state.power == .sleep) else { return }
    // A reset by SRST goes on for as long as the bit is set.
    guard state.activity != .reset else { return }
    dropCommand()
    state.command = code
    if isReset { return schedule(.reset, after: Self.resetTime, at: moment) }
    // Small guests write the data of these without a look at DRQ: it is there at once, as on a fast drive.
    let asksForData = ATACommand(code: code)?.asksForData == true
    schedule(.begin, after: asksForData ? 0 : Self.stepTime, at: moment)
  }

  /// Forgets the present command.
  private func dropCommand() {
    state.activity = .idle
    state.deadline = nil
    state.isInterruptPending = false
    state.hasError = false
    state.hasFault = false
    state.error = 0
    state.remaining = 0
    clearBuffer()
  }

  func clearBuffer() {
    state.buffer = []
    state.position = 0
    state.blockEnd = 0
  }

  /// Ends a command that went well.
  func finish(interrupt: Bool = true) {
    state.activity = .idle
    state.isReady = true
    // An interrupt that the host has not taken yet stays pending.
    if interrupt { state.isInterruptPending = true }
    state.remaining = 0
    clearBuffer()
    if isPacketDevice && state.command == ATACommand.packet.rawValue { state.sectorCount.set(ATA.Reason.end) }
  }

  /// Ends a command with an error.
  func fail(_ error: UInt8 = ATA.Failure.abort, isFault: Bool = false) {
    state.error = error
    state.hasError = true
    state.hasFault = isFault
    finish()
  }

  // MARK: Resets

  /// SRST is set.
  func beginReset() {
    dropCommand()
    state.activity = .reset
  }

  /// SRST is cleared.
  func endReset(at moment: UInt64) {
    guard state.activity == .reset else { return }
    state.command = 0
    setDefaults()
    schedule(.reset, after: Self.resetTime, at: moment)
  }

  private func finishReset() {
    state.activity = .idle
    state.power = .active
    setSignature()
  }

  /// What a reset changes beside the registers ("Software reset", "SET MULTIPLE MODE").
  private func setDefaults() {
    state.multiple = 0
    state.hasWriteCache = true
    state.hasLookAhead = true
    if isPacketDevice { resetPacketState() }
  }

  /// The registers after a reset ("Signature and persistence").
  func setSignature() {
    state.sectorCount.set(1)
    state.lbaLow.set(1)
    state.lbaMid.set(isPacketDevice ? 0x14 : 0)
    state.lbaHigh.set(isPacketDevice ? 0xEB : 0)
    state.device = 0
    state.error = ATA.Failure.diagnosticPassed
    state.isReady = !isPacketDevice
  }
}
