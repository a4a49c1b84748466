import X86

// The command and the result phase ("Command Set/Descriptions"), and the commands that move no data.

extension FloppyController82077AA {
  /// The codes of commands that transfer data, in bits 4:0 of the command byte.
  enum Opcode: UInt8 {
    case readTrack = 0x02
    case writeData = 0x05
    case readData = 0x06
    case writeDeletedData = 0x09
    case readID = 0x0A
    case readDeletedData = 0x0C
    case formatTrack = 0x0D
    case verify = 0x16

    /// Bytes after the command byte.
    var parameterCount: Int {
      switch self {
      case .readTrack, .writeData, .readData, .writeDeletedData, .readDeletedData, .verify: 8
      case .readID: 1
      case .formatTrack: 5
      }
    }

    /// DIO in the execution phase.
    var isToHost: Bool {
      switch self {
      case .readTrack, .readData, .readDeletedData, .readID, .verify: true
      case .writeData, .writeDeletedData, .formatTrack: false
      }
    }
  }

  /// The command bytes of commands that transfer nothing.
  enum Control: UInt8 {
    case specify = 0x03
    case senseDriveStatus = 0x04
    case recalibrate = 0x07
    case senseInterruptStatus = 0x08
    case dumpRegisters = 0x0E
    case seek = 0x0F
    case relativeSeekOut = 0x8F
    case relativeSeekIn = 0xCF
    case version = 0x10
    case perpendicularMode = 0x12
    case configure = 0x13
    case unlock = 0x14
    case lock = 0x94

    /// Bytes after the command byte.
    var parameterCount: Int {
      switch self {
      case .senseInterruptStatus, .dumpRegisters, .version, .unlock, .lock: 0
      case .senseDriveStatus, .recalibrate, .perpendicularMode: 1
      case .specify, .seek, .relativeSeekOut, .relativeSeekIn: 2
      case .configure: 3
      }
    }
  }

  /// Bits of the command byte of a data transfer.
  enum CommandByte {
    static let code: UInt8 = 0x1F
    /// SK.
    static let skip: UInt8 = 1 << 5
    /// MFM.
    static let doubleDensity: UInt8 = 1 << 6
    /// MT.
    static let multiTrack: UInt8 = 1 << 7
  }

  /// The byte that names a drive and a head.
  enum Unit {
    static let drive: UInt8 = 3
    static let head: UInt8 = 1 << 2
    static let all = drive | head
    /// EC of VERIFY: sectors are counted.
    static let enableCount: UInt8 = 1 << 7
  }

  /// SPECIFY.
  enum Specify {
    static let nonDMA: UInt8 = 1 << 0
  }

  /// CONFIGURE, its second byte.
  enum Configure {
    /// FIFOTHR.
    static let threshold: UInt8 = 0xF
    /// POLL.
    static let pollDisable: UInt8 = 1 << 4
    /// EFIFO.
    static let fifoDisable: UInt8 = 1 << 5
    /// EIS.
    static let impliedSeek: UInt8 = 1 << 6
    static let initial = fifoDisable
    static let all: UInt8 = 0x7F
  }

  /// PERPENDICULAR MODE.
  enum Perpendicular {
    /// GAP and WGATE.
    static let mode: UInt8 = 3
    /// D3 to D0.
    static let drives: UInt8 = 0xF << 2
    /// OW: the drives' bits are written.
    static let overwrite: UInt8 = 1 << 7
    static let all = mode | drives
  }

  /// Status register 0.
  enum ST0 {
    /// EC.
    static let equipmentCheck: UInt8 = 1 << 4
    /// SE.
    static let seekEnd: UInt8 = 1 << 5
    /// IC: abnormal termination.
    static let abnormal: UInt8 = 1 << 6
    /// IC: invalid command.
    static let invalid: UInt8 = 2 << 6
    /// IC: polling found another state of a drive.
    static let polled: UInt8 = 3 << 6
  }

  /// Status register 3.
  enum ST3 {
    /// Unused bits that are 1.
    static let ones: UInt8 = 1 << 5 | 1 << 3
    static let track0: UInt8 = 1 << 4
    static let writeProtected: UInt8 = 1 << 6
  }

  /// The answers of VERSION and LOCK.
  private static let version: UInt8 = 0x90
  private static let lockBit: UInt8 = 1 << 4
  /// Steps after which RECALIBRATE gives up.
  private static let recalibrationSteps: UInt8 = 79
  /// Cylinders that a head can reach beyond those of a format.
  private static let spareCylinders = 3
  /// Bytes that the FIFO holds.
  private static let fifoCount = 16

  // MARK: FIFO

  func writeFIFO(_ value: UInt8, _ now: VirtualTime) {
    if let transfer = state.transfer {
      if transfer.opcode?.isToHost == false && isRequesting { takeByte(value, now) }
      return
    }
    guard state.result.isEmpty else { return }
    state.command.append(value)
    guard let first = state.command.first else { return }
    let opcode = Opcode(rawValue: first & CommandByte.code)
    let control = Control(rawValue: first)
    guard let count = control?.parameterCount ?? opcode?.parameterCount else {
      state.command = []
      state.result = [ST0.invalid]
      return
    }
    guard state.command.count > count else { return }
    let command = state.command
    state.command = []
    if let control {
      perform(control, command, now)
    } else {
      begin(command, now)
    }
  }

  func readFIFO(_ now: VirtualTime) -> UInt8 {
    if state.transfer?.opcode?.isToHost == true && isRequesting { return giveByte(now) }
    guard !state.result.isEmpty else { return 0 }
    state.hasResultInterrupt = false
    update()
    return state.result.removeFirst()
  }

  /// In non-DMA mode the host is interrupted for as many bytes as the threshold says.
  func isAtThreshold(_ position: Int) -> Bool {
    let burst =
      state.configuration & Configure.fifoDisable != 0
      ? 1 : Self.fifoCount - Int(state.configuration & Configure.threshold)
    return position % burst == 0
  }

  // MARK: Commands

  private func perform(_ control: Control, _ command: [UInt8], _ now: VirtualTime) {
    switch control {
    case .specify:
      state.stepAndUnload = command[1]
      state.loadAndMode = command[2]
    case .senseDriveStatus: state.result = [driveStatus(command[1])]
    case .recalibrate: recalibrate(Int(command[1] & Unit.drive), now)
    case .senseInterruptStatus: senseInterruptStatus()
    case .dumpRegisters: state.result = registers
    case .seek:
      let index = Int(command[1] & Unit.drive)
      seek(index, Int(command[2]) - Int(state.drives[index].presentCylinder), 0, now)
    case .relativeSeekOut:
      // Stepping outward beyond track 0 is an equipment check.
      let isBeyond = isAttached && command[2] > state.drives[selected].position
      seek(
        Int(command[1] & Unit.drive), -Int(command[2]), isBeyond ? ST0.abnormal | ST0.equipmentCheck : 0, now)
    case .relativeSeekIn: seek(Int(command[1] & Unit.drive), Int(command[2]), 0, now)
    case .version: state.result = [Self.version]
    case .perpendicularMode:
      let mask = Perpendicular.mode | (command[1] & Perpendicular.overwrite != 0 ? Perpendicular.drives : 0)
      state.perpendicular = state.perpendicular & ~mask | command[1] & mask
    case .configure:
      state.configuration = command[2] & Configure.all
      state.precompensation = command[3]
    case .unlock:
      state.isLocked = false
      state.result = [0]
    case .lock:
      state.isLocked = true
      state.result = [Self.lockBit]
    }
  }

  /// The result of DUMPREG.
  private var registers: [UInt8] {
    state.drives.map(\.presentCylinder) + [
      state.stepAndUnload, state.loadAndMode, state.lastEndOfTrack,
      (state.isLocked ? 1 << 7 : 0) | state.perpendicular, state.configuration, state.precompensation,
    ]
  }

  /// Status register 3: lines of the selected drive. The sensor of an empty drive sees no tab that allows writing.
  private func driveStatus(_ unit: UInt8) -> UInt8 {
    var value = ST3.ones | unit & Unit.all
    guard isAttached else { return value }
    if state.drives[selected].position == 0 { value |= ST3.track0 }
    if medium?.storage.isReadOnly ?? true { value |= ST3.writeProtected }
    return value
  }

  /// One cause of an interrupt, the lowest drive's first; the line stays for the end of another seek.
  private func senseInterruptStatus() {
    guard let index = state.drives.firstIndex(where: { $0.pending != nil }), let status = state.drives[index].pending
    else {
      state.result = [ST0.invalid]
      return
    }
    state.drives[index].pending = nil
    state.drives[index].isBusy = state.drives[index].seekEnd != nil
    state.hasSenseInterrupt = state.drives.contains { $0.pending.map { $0 & ST0.seekEnd != 0 } ?? false }
    state.result = [status, state.drives[index].presentCylinder]
    update()
  }

  // MARK: Steps

  /// Moves the head of the selected drive; gives the steps that reached it. A step with a diskette in the drive takes
  /// the disk change line away.
  func step(_ count: Int) {
    guard isAttached, count != 0 else { return }
    let last = (medium?.geometry.cylinders ?? 80) - 1 + Self.spareCylinders
    let position = min(max(Int(state.drives[selected].position) + count, 0), last)
    state.drives[selected].position = UInt8(truncatingIfNeeded: position)
    if medium != nil { state.drives[selected].hasChanged = false }
  }

  /// When so many steps are done.
  static func stepEnd(_ now: UInt64, _ count: Int) -> UInt64 {
    moment(now, Delay.settle + Delay.step * UInt64(count.magnitude))
  }

  private func seek(_ index: Int, _ count: Int, _ status: UInt8, _ now: VirtualTime) {
    step(count)
    let cylinder = UInt8(truncatingIfNeeded: Int(state.drives[index].presentCylinder) + count)
    start(index, cylinder, status, Self.stepEnd(now.nanoseconds, count))
  }

  private func recalibrate(_ index: Int, _ now: VirtualTime) {
    let distance = isAttached ? min(state.drives[selected].position, Self.recalibrationSteps) : Self.recalibrationSteps
    step(-Int(distance))
    // TRK0 of an absent drive is never active.
    let isThere = isAttached && state.drives[selected].position == 0
    let status = isThere ? 0 : ST0.abnormal | ST0.equipmentCheck
    start(index, 0, status, Self.stepEnd(now.nanoseconds, Int(distance)))
  }

  private func start(_ index: Int, _ cylinder: UInt8, _ status: UInt8, _ end: UInt64) {
    state.drives[index].isBusy = true
    state.drives[index].pending = nil
    state.drives[index].seekCylinder = cylinder
    state.drives[index].seekStatus = ST0.seekEnd | status | UInt8(index)
    state.drives[index].seekEnd = end
  }
}

extension FloppyController82077AA.Transfer {
  /// The command.
  var opcode: FloppyController82077AA.Opcode? {
    FloppyController82077AA.Opcode(rawValue: command & FloppyController82077AA.CommandByte.code)
  }
}
