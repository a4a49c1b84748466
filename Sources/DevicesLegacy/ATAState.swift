// What saved states of drives, channels and bus masters may hold.

extension ATAChannel: RestorableChip {
  /// Puts back a state; the levels of INTRQ follow from it, the media are those of the drives.
  public func restore(_ state: State) { setState(state) }

  /// What is impossible in a state, if anything.
  public static func problem(in state: State) -> String? {
    if let problem = FieldCheck.count("ATA drives", state.drives, 2) { return problem }
    let isReset = state.control & ATA.Control.softwareReset != 0
    for (number, drive) in state.drives.enumerated() {
      guard let drive else { continue }
      if let problem = ATADrive.problem("ATA device \(number)", drive) { return problem }
      if isReset != (drive.activity == .reset && drive.deadline == nil) {
        return "ATA device \(number) is \(drive.activity) where SRST is \(isReset ? 1 : 0)"
      }
    }
    return FieldCheck.first(
      FieldCheck.bits("ATA device control", state.control, ATA.Control.all),
      FieldCheck.range("ATA selected device", state.selected, 0...1))
  }
}

extension ATADrive {
  /// Bytes of the largest medium.
  private static let largestOffset = ATA.sectorCountLimit * UInt64(ATA.sectorSize)
  /// Bytes of the longest command: READ(12).
  private static let longestTransfer = UInt64(UInt32.max) * discSectorSize
  /// Bytes of the largest answer or data block.
  private static let largestBuffer = 65536

  static func problem(_ name: String, _ state: State) -> String? {
    FieldCheck.first(
      FieldCheck.bits("\(name) device register", state.device, ~ATA.Device.select),
      FieldCheck.choice("\(name) block of READ MULTIPLE", state.multiple, multiples),
      FieldCheck.range("\(name) heads", state.heads, 0...16),
      FieldCheck.range("\(name) sectors per track", state.sectorsPerTrack, 0...255),
      TransferModeCheck.problem(name, state.transferMode),
      FieldCheck.range("\(name) place on the medium", state.offset, 0...largestOffset),
      FieldCheck.range("\(name) bytes left", state.remaining, 0...longestTransfer),
      FieldCheck.range("\(name) data block", state.blockSize, 1...0xFFFE),
      FieldCheck.range("\(name) bytes in the buffer", state.buffer.count, 0...largestBuffer),
      FieldCheck.range("\(name) end of the data block", state.blockEnd, 0...state.buffer.count),
      problem(name, state.packet), activityProblem(name, state))
  }

  private enum TransferModeCheck {
    static func problem(_ name: String, _ mode: UInt8) -> String? {
      ATA.TransferMode.isPossible(mode) ? nil : "\(name) transfer mode \(FieldCheck.hexadecimal(mode)) is not there"
    }
  }

  private static func problem(_ name: String, _ packet: PacketState) -> String? {
    FieldCheck.first(
      FieldCheck.range("\(name) byte count limit", packet.byteCountLimit, 0...0xFFFE),
      FieldCheck.choice(
        "\(name) sense key", packet.senseKey,
        [SenseKey.none, .notReady, .mediumError, .illegalRequest, .unitAttention].map(\.rawValue)),
      FieldCheck.choice(
        "\(name) unit attention", packet.attention, [Sense.none, .mediumChanged, .reset].map(\.rawValue)),
      FieldCheck.choice(
        "\(name) media event", packet.mediaEvent, [MediaEvent.none, MediaEvent.newMedia, MediaEvent.mediaRemoval]))
  }

  /// What does not go together with what the drive is at.
  private static func activityProblem(_ name: String, _ state: State) -> String? {
    let activity = state.activity
    switch activity {
    case .idle, .dataIn, .dataOut, .packetOut, .waitDMA:
      if state.deadline != nil { return "\(name) is \(activity), which has no deadline" }
    case .begin, .readBlock, .writeBlock, .verify, .packet, .moveDMA, .endPacket:
      if state.deadline == nil { return "\(name) is \(activity) without a deadline" }
    case .reset: break
    }
    if let problem = positionProblem(name, state) { return problem }
    let count = UInt64(state.buffer.count)
    switch activity {
    case .idle, .reset, .begin, .endPacket, .dataIn: return nil
    case .packetOut, .packet: return FieldCheck.count("\(name) command packet", state.buffer, ATA.packetSize)
    case .readBlock:
      return state.blockEnd == state.buffer.count && state.remaining == 0
        ? "\(name) is \(activity) with no data left" : nil
    case .dataOut, .writeBlock: return FieldCheck.range("\(name) data to write", count, 1...max(state.remaining, 1))
    case .verify: return FieldCheck.range("\(name) data to verify", state.remaining, 1...longestDiskTransfer)
    case .waitDMA, .moveDMA:
      guard state.isWrite else { return nil }
      return FieldCheck.first(
        FieldCheck.range("\(name) data to write", count, 0...min(state.remaining, UInt64(ATA.sectorSize - 1))),
        state.remaining % UInt64(ATA.sectorSize) == 0 ? nil : "\(name) has \(state.remaining) bytes left to write")
    }
  }

  /// Bytes of the longest command of a disk.
  private static var longestDiskTransfer: UInt64 { ATA.transferLimit * UInt64(ATA.sectorSize) }

  /// The position in the buffer: within the data block, before its end while the host moves it.
  private static func positionProblem(_ name: String, _ state: State) -> String? {
    switch state.activity {
    case .dataIn, .dataOut, .packetOut:
      state.position >= 0 && state.position < state.blockEnd
        ? nil : "\(name) position \(state.position) is not in a data block that ends at \(state.blockEnd)"
    case .idle, .reset, .begin, .readBlock, .writeBlock, .verify, .packet, .waitDMA, .moveDMA, .endPacket:
      FieldCheck.range("\(name) position", state.position, 0...state.buffer.count)
    }
  }
}

extension PIIXIDE: RestorableChip {
  /// Puts back a state.
  public func restore(_ state: State) { setState(state) }

  /// What is impossible in a state, if anything.
  public static func problem(in state: State) -> String? {
    if let problem = state.configuration.difference("PIIX3 IDE", from: resetConfiguration) { return problem }
    if let problem = FieldCheck.count("PIIX3 bus masters", state.masters, 2) { return problem }
    for (number, master) in state.masters.enumerated() {
      if let problem = IDEBusMaster.problem("PIIX3 bus master \(number)", master) { return problem }
    }
    return nil
  }
}

extension IDEBusMaster {
  static func problem(_ name: String, _ state: State) -> String? {
    let isStarted = state.command & Command.start != 0
    return FieldCheck.first(
      FieldCheck.bits("\(name) command", state.command, Command.all),
      FieldCheck.bits("\(name) status", state.status, Status.all),
      FieldCheck.bits("\(name) table", state.table, ~3), FieldCheck.bits("\(name) next descriptor", state.next, ~3),
      FieldCheck.range("\(name) bytes of a region", state.count, 0...65536),
      state.status & Status.active != 0 && (!isStarted || (state.isLast && state.count == 0))
        ? "\(name) is active behind the end of a transfer" : nil)
  }
}

extension PCIConfiguration {
  /// What differs from configuration space after reset other than bits that software can write; nil if nothing does.
  func difference(_ name: String, from reset: PCIConfiguration) -> String? {
    if let problem = FieldCheck.count("\(name) configuration space", bytes, 256) { return problem }
    guard writable == reset.writable, windows == reset.windows else {
      return "\(name) configuration space has other registers"
    }
    for register in 0..<256 where (bytes[register] ^ reset.bytes[register]) & ~writable[register] != 0 {
      return "\(name) configuration byte \(FieldCheck.hexadecimal(register)) is "
        + FieldCheck.hexadecimal(bytes[register])
    }
    return nil
  }
}
