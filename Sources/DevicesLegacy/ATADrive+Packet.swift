// The PACKET command, and the state of a CD-ROM drive behind it.
extension ATADrive {
  /// Sense keys (SPC-2, "Sense key descriptions").
  enum SenseKey: UInt8 {
    case none = 0x0
    case notReady = 0x2
    case mediumError = 0x3
    case illegalRequest = 0x5
    case unitAttention = 0x6
  }

  /// Additional sense codes with their qualifiers (MMC-3, annex "Mode/sense error codes").
  enum Sense: UInt16 {
    case none = 0x0000
    case unrecoveredReadError = 0x1100
    case invalidOperationCode = 0x2000
    case addressOutOfRange = 0x2100
    case invalidFieldInPacket = 0x2400
    case mediumChanged = 0x2800
    case reset = 0x2900
    case savingNotSupported = 0x3900
    case mediumNotPresentTrayClosed = 0x3A01
    case mediumNotPresentTrayOpen = 0x3A02
    case removalPrevented = 0x5302
    case illegalModeForTrack = 0x6400
  }

  /// Events of the media class (MMC-3, "GET EVENT STATUS NOTIFICATION").
  enum MediaEvent {
    static let none: UInt8 = 0
    static let newMedia: UInt8 = 2
    static let mediaRemoval: UInt8 = 3
  }

  /// Bytes of a sector of a CD-ROM.
  static let discSectorSize: UInt64 = 2048

  /// Sectors of the medium, at most those that 32 bits count.
  var discSectorCount: UInt64 {
    min((storage?.byteCount ?? 0) / Self.discSectorSize, UInt64(UInt32.max))
  }

  /// What a reset does to the packet device.
  func resetPacketState() {
    state.packet = PacketState(
      attention: Sense.reset.rawValue, isTrayOpen: state.packet.isTrayOpen, mediaEvent: state.packet.mediaEvent)
  }

  /// Another medium, or none, is in the drive.
  func changeMedium(_ storage: (any BlockStorage)?) {
    guard isPacketDevice else { return }
    medium = .cdrom(storage)
    state.packet.isTrayOpen = false
    noteMedium()
  }

  /// The medium is another one, or gone.
  private func noteMedium() {
    state.packet.mediaEvent = storage == nil ? MediaEvent.mediaRemoval : MediaEvent.newMedia
    if storage != nil { state.packet.attention = Sense.mediumChanged.rawValue }
  }

  /// Opens or closes the tray, as START STOP UNIT asks.
  func setTray(isOpen: Bool) {
    guard state.packet.isTrayOpen != isOpen else { return }
    state.packet.isTrayOpen = isOpen
    noteMedium()
  }

  // MARK: The command

  /// PACKET: the host is to write the command packet.
  func beginPacket() {
    let features = state.features.current
    guard features & ATA.PacketFeature.overlap == 0 else { return fail() }
    state.usesDMA = features & ATA.PacketFeature.dma != 0
    // A limit of FFFFh is taken as FFFEh.
    let limit = Int(state.lbaHigh.current) << 8 | Int(state.lbaMid.current)
    state.packet.byteCountLimit = min(limit, 0xFFFE)
    state.isReady = true
    state.isWrite = false
    state.sectorCount.set(ATA.Reason.command)
    state.buffer = [UInt8](repeating: 0, count: ATA.packetSize)
    state.position = 0
    state.blockEnd = ATA.packetSize
    state.activity = .packetOut
  }

  /// Carries out the packet in the buffer.
  func executePacket() {
    let packet = state.buffer
    clearBuffer()
    guard packet.count == ATA.packetSize, let command = PacketCommand(rawValue: packet[0]) else {
      return check(.illegalRequest, .invalidOperationCode)
    }
    if state.packet.attention != 0 && !command.ignoresAttention {
      let attention = state.packet.attention
      state.packet.attention = 0
      return check(.unitAttention, code: attention)
    }
    if command != .requestSense { clearSense() }
    guard storage != nil || !command.needsMedium else { return checkNotReady() }
    execute(command, packet)
  }

  func clearSense() {
    state.packet.senseKey = SenseKey.none.rawValue
    state.packet.additionalSense = Sense.none.rawValue
  }

  func checkNotReady() {
    check(.notReady, state.packet.isTrayOpen ? .mediumNotPresentTrayOpen : .mediumNotPresentTrayClosed)
  }

  /// Ends a packet command with sense data.
  func check(_ key: SenseKey, _ sense: Sense) { check(key, code: sense.rawValue) }

  private func check(_ key: SenseKey, code: UInt16) {
    state.packet.senseKey = key.rawValue
    state.packet.additionalSense = code
    fail(key.rawValue << ATA.Failure.senseKeyShift | (key == .illegalRequest ? ATA.Failure.abort : 0))
  }

  // MARK: Data

  /// Sends an answer, at most as many bytes as were asked for.
  func send(_ bytes: [UInt8], limit: Int) {
    state.buffer = Array(bytes.prefix(limit))
    startData(total: UInt64(state.buffer.count))
  }

  /// Sends sectors.
  func send(sector: UInt64, count: UInt64) {
    let limit = discSectorCount
    guard sector < limit || (count == 0 && sector == limit), count <= limit - sector else {
      return check(.illegalRequest, .addressOutOfRange)
    }
    state.offset = sector * Self.discSectorSize
    state.remaining = count * Self.discSectorSize
    startData(total: state.remaining)
  }

  /// Starts to send what is in the buffer or, if that is empty, on the medium.
  private func startData(total: UInt64) {
    guard total > 0 else { return finish() }
    guard !state.usesDMA else { return requestDMA() }
    let limit = state.packet.byteCountLimit
    // PACKET, "Byte count limit": zero is refused with data to send, all blocks but the last have an even size.
    guard limit > 0 else {
      clearBuffer()
      return fail()
    }
    state.blockSize = total > UInt64(limit) && limit > 1 ? limit & ~1 : limit
    loadBlock()
  }

  /// Says how many bytes of a data block the host is to read.
  func announceBlock() {
    let count = state.blockEnd - state.position
    state.sectorCount.set(ATA.Reason.toHost)
    state.lbaMid.set(UInt8(truncatingIfNeeded: count))
    state.lbaHigh.set(UInt8(truncatingIfNeeded: count >> 8))
  }
}
