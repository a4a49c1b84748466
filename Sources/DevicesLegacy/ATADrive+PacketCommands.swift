/// Commands in packets.
///
/// Source: Multi-Media Commands - 3 (MMC-3), SCSI Primary Commands - 2 (SPC-2), and SFF-8020i for the six-byte ones.
enum PacketCommand: UInt8 {
  case testUnitReady = 0x00
  case requestSense = 0x03
  case inquiry = 0x12
  case modeSense6 = 0x1A
  case startStopUnit = 0x1B
  case preventAllowMediumRemoval = 0x1E
  case readCapacity = 0x25
  case read10 = 0x28
  case seek10 = 0x2B
  case readTOC = 0x43
  case getConfiguration = 0x46
  case getEventStatusNotification = 0x4A
  case readDiscInformation = 0x51
  case modeSense10 = 0x5A
  case read12 = 0xA8
  case mechanismStatus = 0xBD
  case readCD = 0xBE

  /// It is carried out while a unit attention is pending.
  var ignoresAttention: Bool {
    switch self {
    case .requestSense, .inquiry, .getConfiguration, .getEventStatusNotification: true
    case .testUnitReady, .modeSense6, .startStopUnit, .preventAllowMediumRemoval, .readCapacity, .read10, .seek10,
      .readTOC, .readDiscInformation, .modeSense10, .read12, .mechanismStatus, .readCD:
      false
    }
  }

  /// It is refused without a medium.
  var needsMedium: Bool {
    switch self {
    case .testUnitReady, .readCapacity, .read10, .seek10, .readTOC, .readDiscInformation, .read12, .readCD: true
    case .requestSense, .inquiry, .modeSense6, .startStopUnit, .preventAllowMediumRemoval, .getConfiguration,
      .getEventStatusNotification, .modeSense10, .mechanismStatus:
      false
    }
  }
}

/// Fields of a packet or an answer, most significant byte first.
private func field(_ packet: [UInt8], _ first: Int, _ count: Int) -> UInt64 {
  packet[first..<first + count].reduce(0) { $0 << 8 | UInt64($1) }
}

private func bytes(_ value: UInt64, _ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * (count - 1 - $0))) }
}

extension ATADrive {
  /// Fields of answers.
  private enum Disc {
    /// Where minutes, seconds and frames begin to count, in sectors before the first.
    static let firstFrame: UInt64 = 150
    static let framesPerSecond: UInt64 = 75
    /// A data track without copy permission, position in the subchannel.
    static let addressAndControl: UInt8 = 0x14
    static let leadOut: UInt8 = 0xAA
    /// One complete session on a complete disc.
    static let complete: UInt8 = 0x0E
    /// The disc can be used without restrictions.
    static let unrestricted: UInt8 = 0x20
  }

  /// A command whose packet is complete.
  func execute(_ command: PacketCommand, _ packet: [UInt8]) {
    switch command {
    case .testUnitReady: finish()
    case .requestSense: requestSense(packet)
    case .inquiry: inquiry(packet)
    case .modeSense6: modeSense(packet, isShort: true)
    case .modeSense10: modeSense(packet, isShort: false)
    case .startStopUnit: startStopUnit(packet)
    case .preventAllowMediumRemoval:
      state.packet.isLocked = packet[4] & 1 != 0
      finish()
    case .readCapacity: send(bytes(max(discSectorCount, 1) - 1, 4) + bytes(Self.discSectorSize, 4), limit: 8)
    case .read10: send(sector: field(packet, 2, 4), count: field(packet, 7, 2))
    case .read12: send(sector: field(packet, 2, 4), count: field(packet, 6, 4))
    case .seek10:
      guard field(packet, 2, 4) < discSectorCount else { return check(.illegalRequest, .addressOutOfRange) }
      finish()
    case .readTOC: readTOC(packet)
    case .getConfiguration: getConfiguration(packet)
    case .getEventStatusNotification: getEventStatus(packet)
    case .readDiscInformation: send(discInformation, limit: Int(field(packet, 7, 2)))
    case .mechanismStatus:
      let state: UInt8 = state.packet.isTrayOpen ? 0x10 : 0
      send([0, state, 0, 0, 0, 0, 0, 0], limit: Int(field(packet, 8, 2)))
    case .readCD: readCD(packet)
    }
  }

  /// REQUEST SENSE: what the last command left, else a unit attention.
  private func requestSense(_ packet: [UInt8]) {
    if state.packet.senseKey == 0 && state.packet.attention != 0 {
      state.packet.senseKey = SenseKey.unitAttention.rawValue
      state.packet.additionalSense = state.packet.attention
      state.packet.attention = 0
    }
    // Current errors, in the fixed format of 18 bytes.
    let sense =
      [0x70, 0, state.packet.senseKey, 0, 0, 0, 0, 10, 0, 0, 0, 0] + bytes(UInt64(state.packet.additionalSense), 2)
      + [0, 0, 0, 0]
    clearSense()
    send(sense, limit: Int(packet[4]))
  }

  private func inquiry(_ packet: [UInt8]) {
    guard packet[1] & 1 == 0, packet[2] == 0 else { return check(.illegalRequest, .invalidFieldInPacket) }
    // A CD-ROM device with a removable medium; ATAPI version 2, response format 1; 31 bytes follow.
    send(
      [0x05, 0x80, 0, 0x21, 31, 0, 0, 0] + Self.padded("EMU", 8) + Self.padded(identity.model, 16)
        + Self.padded(identity.firmware, 4), limit: Int(packet[4]))
  }

  /// LoEj moves the tray, as Start says.
  private func startStopUnit(_ packet: [UInt8]) {
    let (start, loadEject) = (packet[4] & 1 != 0, packet[4] & 2 != 0)
    guard packet[4] >> 4 == 0 else { return finish() }
    if loadEject {
      guard start || !state.packet.isLocked else { return check(.illegalRequest, .removalPrevented) }
      setTray(isOpen: !start)
    }
    finish()
  }

  /// READ CD: the user data of a track of mode 1, or nothing of a sector.
  private func readCD(_ packet: [UInt8]) {
    let (expectedType, channels, subchannel) = (packet[1] >> 2 & 7, packet[9] & 0xFE, packet[10] & 7)
    // Any type, or mode 1.
    guard expectedType == 0 || expectedType == 2 else { return check(.illegalRequest, .illegalModeForTrack) }
    guard subchannel == 0, channels == 0 || channels == 0x10 else {
      return check(.illegalRequest, .invalidFieldInPacket)
    }
    let (sector, count) = (field(packet, 2, 4), field(packet, 6, 3))
    guard channels != 0 || sector &+ count > discSectorCount else { return finish() }
    send(sector: sector, count: count)
  }

  // MARK: Mode pages

  private func modeSense(_ packet: [UInt8], isShort: Bool) {
    let (control, code) = (packet[2] >> 6, packet[2] & 0x3F)
    let limit = Int(isShort ? UInt64(packet[4]) : field(packet, 7, 2))
    // Saved values.
    guard control != 3 else { return check(.illegalRequest, .savingNotSupported) }
    var pages: [UInt8] = []
    for page in [errorRecoveryPage, capabilitiesPage] where code == 0x3F || code == page[0] {
      // No value can be changed.
      pages += control == 1 ? page[..<2] + [UInt8](repeating: 0, count: page.count - 2) : page[...]
    }
    guard !pages.isEmpty else { return check(.illegalRequest, .invalidFieldInPacket) }
    let type: UInt8 = storage != nil ? 0x01 : state.packet.isTrayOpen ? 0x71 : 0x70
    let header =
      isShort
      ? bytes(UInt64(pages.count + 3), 1) + [type, 0, 0]
      : bytes(UInt64(pages.count + 6), 2) + [type, 0, 0, 0, 0, 0]
    send(header + pages, limit: limit)
  }

  /// Read error recovery parameters: five retries.
  private var errorRecoveryPage: [UInt8] { [0x01, 6, 0, 5, 0, 0, 0, 0] }

  /// CD capabilities and mechanical status: reads CD-R and CD-RW, a tray with lock and eject, four times the speed.
  private var capabilitiesPage: [UInt8] {
    let speed = bytes(4 * 176, 2)
    let mechanism: UInt8 = 0x29 | (state.packet.isLocked ? 2 : 0)
    return [0x2A, 18, 0x03, 0, 0, 0, mechanism, 0] + speed + [0, 0] + bytes(512, 2) + speed + [0, 0, 0, 0]
  }

  // MARK: Disc

  private func readTOC(_ packet: [UInt8]) {
    let isTime = packet[1] & 2 != 0
    // The format stands in byte 2, in older software in the two high bits of byte 9.
    let format = packet[2] & 0xF == 0 ? packet[9] >> 6 : packet[2] & 0xF
    let limit = Int(field(packet, 7, 2))
    func descriptor(_ track: UInt8, _ sector: UInt64) -> [UInt8] {
      [0, Disc.addressAndControl, track, 0] + (isTime ? Self.time(sector) : bytes(sector, 4))
    }
    switch format {
    case 0:
      guard packet[6] <= 1 || packet[6] == Disc.leadOut else {
        return check(.illegalRequest, .invalidFieldInPacket)
      }
      let tracks =
        (packet[6] <= 1 ? descriptor(1, 0) : []) + descriptor(Disc.leadOut, discSectorCount)
      send(bytes(UInt64(tracks.count + 2), 2) + [1, 1] + tracks, limit: limit)
    case 1: send(bytes(10, 2) + [1, 1] + descriptor(1, 0), limit: limit)
    default: check(.illegalRequest, .invalidFieldInPacket)
    }
  }

  /// A sector's address as minutes, seconds and frames.
  private static func time(_ sector: UInt64) -> [UInt8] {
    let frames = sector + Disc.firstFrame
    let seconds = frames / Disc.framesPerSecond
    return [
      0, UInt8(truncatingIfNeeded: min(seconds / 60, 255)), UInt8(truncatingIfNeeded: seconds % 60),
      UInt8(truncatingIfNeeded: frames % Disc.framesPerSecond),
    ]
  }

  /// Standard disc information: a complete CD-ROM of one session and one track.
  private var discInformation: [UInt8] {
    let lengthToLeadIn: [UInt8] =
      bytes(32, 2) + [Disc.complete, 1, 1, 1, 1, Disc.unrestricted] + [UInt8](repeating: 0, count: 8)
    return lengthToLeadIn + bytes(0xFFFF_FFFF, 4) + bytes(0xFFFF_FFFF, 4) + [UInt8](repeating: 0, count: 10)
  }

  // MARK: The drive

  /// GET CONFIGURATION ("Features").
  private func getConfiguration(_ packet: [UInt8]) {
    let (request, start) = (packet[1] & 3, field(packet, 2, 2))
    guard request != 3 else { return check(.illegalRequest, .invalidFieldInPacket) }
    let hasMedium: UInt8 = storage != nil ? 1 : 0
    // Number, bits (version, persistent, current), data.
    let features: [(number: UInt64, bits: UInt8, data: [UInt8])] = [
      // Profile list: CD-ROM. Core: ATAPI. Removable medium: a tray with eject and lock.
      (0x0000, 0x03, [0, 8, hasMedium, 0]), (0x0001, 0x03, [0, 0, 0, 2]), (0x0003, 0x03, [0x29, 0, 0, 0]),
      // Random readable: sectors of 2,048 bytes, one by one. CD read.
      (0x0010, hasMedium, bytes(Self.discSectorSize, 4) + [0, 1, 0, 0]), (0x001E, hasMedium, [0, 0, 0, 0]),
    ]
    var list: [UInt8] = []
    for feature in features where request == 2 ? feature.number == start : feature.number >= start {
      if request == 1 && feature.bits & 1 == 0 { continue }
      list += bytes(feature.number, 2) + [feature.bits, UInt8(truncatingIfNeeded: feature.data.count)] + feature.data
    }
    let profile: [UInt8] = [0, hasMedium != 0 ? 8 : 0]
    send(bytes(UInt64(list.count + 4), 4) + [0, 0] + profile + list, limit: Int(field(packet, 7, 2)))
  }

  /// GET EVENT STATUS NOTIFICATION: polled, the media class alone.
  private func getEventStatus(_ packet: [UInt8]) {
    guard packet[1] & 1 != 0 else { return check(.illegalRequest, .invalidFieldInPacket) }
    let mediaClass: UInt8 = 4
    guard packet[4] >> mediaClass & 1 != 0 else {
      // NEA: no event of a class that was asked for.
      return send([0, 2, 0x80, 1 << mediaClass], limit: Int(field(packet, 7, 2)))
    }
    let status: UInt8 = (state.packet.isTrayOpen ? 1 : 0) | (storage != nil ? 2 : 0)
    let event = state.packet.mediaEvent
    let limit = Int(field(packet, 7, 2))
    // An event that does not fit into the answer is still there afterwards.
    if limit > 4 { state.packet.mediaEvent = MediaEvent.none }
    send([0, 6, mediaClass, 1 << mediaClass, event, status, 0, 0], limit: limit)
  }
}
