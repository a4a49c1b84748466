// A disk's sectors: where they are, and the commands that read, write and verify them.
extension ATADrive {
  /// Sectors of the medium.
  var sectorCount: UInt64 { min((storage?.byteCount ?? 0) / UInt64(ATA.sectorSize), ATA.sectorCountLimit) }

  /// Cylinders, heads and sectors per track as IDENTIFY DEVICE gives them.
  struct Geometry: Equatable {
    var cylinders: Int
    var heads: Int
    var sectorsPerTrack: Int
  }

  /// Source: ATA/ATAPI-6, annex "Bootable CHS translation": 16 heads and 63 sectors, at most 16,383 cylinders.
  var geometry: Geometry {
    let (heads, sectors): (UInt64, UInt64) = (16, 63)
    let count = sectorCount
    guard count < heads * sectors else {
      return Geometry(cylinders: Int(min(count / (heads * sectors), 16383)), heads: 16, sectorsPerTrack: 63)
    }
    // The cylinders of a disk smaller than one of those have one track, so that none is cut off.
    let perTrack = max(min(count, sectors), 1)
    return Geometry(cylinders: max(Int(count / perTrack), 1), heads: 1, sectorsPerTrack: Int(perTrack))
  }

  // MARK: Addresses

  /// The sector that the registers address; nil if there is none.
  private func address(isExtended: Bool) -> UInt64? {
    let low = UInt64(state.lbaLow.current), mid = UInt64(state.lbaMid.current), high = UInt64(state.lbaHigh.current)
    if isExtended {
      let older =
        UInt64(state.lbaHigh.previous) << 16 | UInt64(state.lbaMid.previous) << 8 | UInt64(state.lbaLow.previous)
      return older << 24 | high << 16 | mid << 8 | low
    }
    let head = UInt64(state.device & ATA.Device.head)
    if state.device & ATA.Device.lba != 0 { return head << 24 | high << 16 | mid << 8 | low }
    let (heads, perTrack) = (UInt64(state.heads), UInt64(state.sectorsPerTrack))
    guard head < heads, (1...255).contains(low), low <= perTrack else { return nil }
    return ((high << 8 | mid) * heads + head) * perTrack + low - 1
  }

  /// Puts the address of a sector into the registers.
  func setAddress(_ sector: UInt64, isExtended: Bool) {
    func byte(_ shift: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: sector >> shift) }
    if isExtended {
      state.lbaLow = Register(current: byte(0), previous: byte(24))
      state.lbaMid = Register(current: byte(8), previous: byte(32))
      state.lbaHigh = Register(current: byte(16), previous: byte(40))
    } else if state.device & ATA.Device.lba != 0 {
      state.lbaLow.set(byte(0))
      state.lbaMid.set(byte(8))
      state.lbaHigh.set(byte(16))
      state.device = (state.device & ~ATA.Device.head) | (byte(24) & ATA.Device.head)
    } else if state.heads > 0 && state.sectorsPerTrack > 0 {
      let (heads, perTrack) = (UInt64(state.heads), UInt64(state.sectorsPerTrack))
      let track = sector / perTrack
      state.lbaLow.set(UInt8(truncatingIfNeeded: sector % perTrack + 1))
      state.lbaMid.set(UInt8(truncatingIfNeeded: track / heads))
      state.lbaHigh.set(UInt8(truncatingIfNeeded: (track / heads) >> 8))
      state.device = (state.device & ~ATA.Device.head) | (UInt8(truncatingIfNeeded: track % heads) & ATA.Device.head)
    }
  }

  /// The number of sectors that the registers give: 0 is the largest.
  private func count(isExtended: Bool) -> UInt64 {
    if isExtended { return state.sectorCount.word == 0 ? ATA.transferLimit : state.sectorCount.word }
    return state.sectorCount.current == 0 ? 256 : UInt64(state.sectorCount.current)
  }

  /// Puts the place that a command came to into the registers: the sector, and how many are left.
  private func setProgress(_ sector: UInt64) {
    let isExtended = ATACommand(code: state.command)?.isExtended == true
    let left = state.remaining / UInt64(ATA.sectorSize)
    setAddress(sector, isExtended: isExtended)
    state.sectorCount = Register(
      current: UInt8(truncatingIfNeeded: left), previous: isExtended ? UInt8(truncatingIfNeeded: left >> 8) : 0)
  }

  // MARK: Commands

  /// SEEK.
  func seek() {
    guard let sector = address(isExtended: false), sector < sectorCount else { return fail(ATA.Failure.idNotFound) }
    state.power = .active
    finish()
  }

  /// Starts a command that reads, writes or verifies sectors.
  func beginTransfer(_ command: ATACommand, at moment: UInt64) {
    let count = count(isExtended: command.isExtended)
    guard let first = address(isExtended: command.isExtended), first < sectorCount else {
      return fail(ATA.Failure.idNotFound)
    }
    guard count <= sectorCount - first else {
      state.remaining = count * UInt64(ATA.sectorSize)
      setProgress(sectorCount)
      return fail(ATA.Failure.idNotFound)
    }
    state.power = .active
    state.offset = first * UInt64(ATA.sectorSize)
    state.remaining = count * UInt64(ATA.sectorSize)
    state.blockSize = ATA.sectorSize
    state.isWrite = false
    switch command {
    case .readSectors, .readSectorsExt: loadBlock()
    case .readMultiple, .readMultipleExt: if setMultipleBlock() { loadBlock() }
    case .readDMA, .readDMAExt: requestDMA()
    case .readVerifySectors, .readVerifySectorsExt: verify(at: moment)
    case .writeSectors, .writeSectorsExt: if setWrite() { awaitBlock(interrupt: false) }
    case .writeMultiple, .writeMultipleExt: if setWrite() && setMultipleBlock() { awaitBlock(interrupt: false) }
    case .writeDMA, .writeDMAExt: if setWrite() { requestDMA() }
    case .nop, .deviceReset, .recalibrate, .readNativeMaxAddressExt, .seek, .executeDeviceDiagnostic,
      .initializeDeviceParameters, .packet, .identifyPacketDevice, .setMultipleMode, .standbyImmediate,
      .idleImmediate, .standby, .idle, .checkPowerMode, .sleep, .flushCache, .flushCacheExt, .identifyDevice,
      .setFeatures, .readNativeMaxAddress:
      fail()
    }
  }

  private func setMultipleBlock() -> Bool {
    guard state.multiple > 0 else {
      fail()
      return false
    }
    state.blockSize = state.multiple * ATA.sectorSize
    return true
  }

  private func setWrite() -> Bool {
    guard storage?.isReadOnly == false else {
      fail(ATA.Failure.writeProtected | ATA.Failure.abort)
      return false
    }
    state.isWrite = true
    return true
  }

  /// READ VERIFY SECTOR(S), a piece at a time; the first piece comes with the start of the command.
  func verify(at moment: UInt64) {
    let count = Int(min(UInt64(Self.pieceSize), state.remaining))
    if count > 0 {
      guard readMedium(state.offset, count) != nil else { return readFailed(count) }
      state.offset &+= UInt64(count)
      state.remaining -= UInt64(count)
    }
    guard state.remaining > 0 else { return finishTransfer() }
    schedule(.verify, after: Self.dmaTime, at: moment)
  }

  // MARK: Ends

  /// Ends a command that reached all its sectors: the registers have the last one.
  func finishTransfer(interrupt: Bool = true) {
    if !isPacketDevice {
      state.remaining = 0
      setProgress(max(state.offset / UInt64(ATA.sectorSize), 1) - 1)
    }
    finish(interrupt: interrupt)
  }

  /// Ends a command whose data at `state.offset` cannot be read; the first bad sector is among `count` bytes.
  func readFailed(_ count: Int) {
    guard !isPacketDevice else { return check(.mediumError, .unrecoveredReadError) }
    var good = 0
    while good + ATA.sectorSize < count, readMedium(state.offset &+ UInt64(good), ATA.sectorSize) != nil {
      good += ATA.sectorSize
    }
    state.remaining -= min(state.remaining, UInt64(good))
    setProgress((state.offset &+ UInt64(good)) / UInt64(ATA.sectorSize))
    fail(ATA.Failure.uncorrectable)
  }

  /// Ends a command whose data cannot be written, or not be brought to the medium.
  func writeFailed() {
    if !isPacketDevice { setProgress(state.offset / UInt64(ATA.sectorSize)) }
    fail(ATA.Failure.abort, isFault: true)
  }
}
