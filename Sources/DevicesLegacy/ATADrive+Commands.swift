// Commands that move no data of the medium ("Command descriptions").
extension ATADrive {
  /// Starts the command in `state.command`.
  func begin(at moment: UInt64) {
    guard let command = ATACommand(code: state.command) else { return fail() }
    if isPacketDevice { beginPacketDevice(command) } else { beginDisk(command, at: moment) }
  }

  private func beginDisk(_ command: ATACommand, at moment: UInt64) {
    switch command {
    case .readSectors, .readSectorsExt, .readMultiple, .readMultipleExt, .readDMA, .readDMAExt, .writeSectors,
      .writeSectorsExt, .writeMultiple, .writeMultipleExt, .writeDMA, .writeDMAExt, .readVerifySectors,
      .readVerifySectorsExt:
      beginTransfer(command, at: moment)
    case .seek: seek()
    case .recalibrate: finish()
    case .initializeDeviceParameters: initializeDeviceParameters()
    case .setMultipleMode: setMultipleMode()
    case .flushCache, .flushCacheExt: flush()
    case .readNativeMaxAddress, .readNativeMaxAddressExt: readNativeMaxAddress(command)
    case .identifyDevice: answer(identifyDevice())
    case .nop, .deviceReset, .packet, .identifyPacketDevice: fail()
    case .setFeatures, .checkPowerMode, .idle, .idleImmediate, .standby, .standbyImmediate, .sleep,
      .executeDeviceDiagnostic:
      beginCommon(command)
    }
  }

  private func beginPacketDevice(_ command: ATACommand) {
    switch command {
    case .packet: beginPacket()
    case .identifyPacketDevice: answer(identifyPacketDevice())
    // Software that looks for a disk finds the signature and what it says ("Signature and persistence").
    case .identifyDevice, .readSectors:
      let isReady = state.isReady
      setSignature()
      fail()
      state.isReady = isReady
    case .flushCache: finish()
    case .setFeatures, .checkPowerMode, .idle, .idleImmediate, .standby, .standbyImmediate, .sleep,
      .executeDeviceDiagnostic:
      beginCommon(command)
    case .nop, .deviceReset, .recalibrate, .readSectorsExt, .readDMAExt, .readNativeMaxAddressExt, .readMultipleExt,
      .writeSectors, .writeSectorsExt, .writeDMAExt, .writeMultipleExt, .readVerifySectors, .readVerifySectorsExt,
      .seek, .initializeDeviceParameters, .readMultiple, .writeMultiple, .setMultipleMode, .readDMA, .writeDMA,
      .flushCacheExt, .readNativeMaxAddress:
      fail()
    }
  }

  /// Commands that disks and packet devices have in common.
  private func beginCommon(_ command: ATACommand) {
    switch command {
    case .setFeatures: setFeatures()
    case .checkPowerMode: checkPowerMode()
    case .idle, .idleImmediate: setPower(.idle)
    case .standby, .standbyImmediate: setPower(.standby)
    case .sleep: setPower(.sleep)
    case .executeDeviceDiagnostic: diagnose()
    case .nop, .deviceReset, .recalibrate, .readSectors, .readSectorsExt, .readDMAExt, .readNativeMaxAddressExt,
      .readMultipleExt, .writeSectors, .writeSectorsExt, .writeDMAExt, .writeMultipleExt, .readVerifySectors,
      .readVerifySectorsExt, .seek, .initializeDeviceParameters, .packet, .identifyPacketDevice, .readMultiple,
      .writeMultiple, .setMultipleMode, .readDMA, .writeDMA, .flushCache, .flushCacheExt, .identifyDevice,
      .readNativeMaxAddress:
      fail()
    }
  }

  /// Lets the host read an answer of one data block.
  private func answer(_ bytes: [UInt8]) {
    state.buffer = bytes
    state.position = 0
    state.blockEnd = bytes.count
    state.isReady = true
    state.activity = .dataIn
    state.isInterruptPending = true
  }

  /// EXECUTE DEVICE DIAGNOSTIC: both devices carry it out, device 0 interrupts.
  private func diagnose() {
    finish(interrupt: position == 0)
    setSignature()
  }

  private func setFeatures() {
    switch ATA.Feature(rawValue: state.features.current) {
    case .setTransferMode:
      guard ATA.TransferMode.isPossible(state.sectorCount.current) else { return fail() }
      state.transferMode = state.sectorCount.current
    case .enableWriteCache, .disableWriteCache, .enableLookAhead, .disableLookAhead:
      guard !isPacketDevice else { return fail() }
      setCaching(state.features.current)
      // What was written until now is not in a cache afterwards.
      guard state.hasWriteCache || storage?.flush() == true else { return writeFailed() }
    case nil: return fail()
    }
    finish()
  }

  private func setCaching(_ feature: UInt8) {
    if feature == ATA.Feature.enableWriteCache.rawValue { state.hasWriteCache = true }
    if feature == ATA.Feature.disableWriteCache.rawValue { state.hasWriteCache = false }
    if feature == ATA.Feature.enableLookAhead.rawValue { state.hasLookAhead = true }
    if feature == ATA.Feature.disableLookAhead.rawValue { state.hasLookAhead = false }
  }

  private func checkPowerMode() {
    switch state.power {
    case .active: state.sectorCount.set(0xFF)
    case .idle: state.sectorCount.set(0x80)
    case .standby, .sleep: state.sectorCount.set(0x00)
    }
    finish()
  }

  /// The standby timer is not there: a mode lasts until the next command that reaches the medium.
  private func setPower(_ power: Power) {
    // A disk that stops has nothing left in its cache.
    if power == .standby || power == .sleep {
      guard isPacketDevice || storage?.flush() == true else { return writeFailed() }
    }
    state.power = power
    finish()
  }

  private func flush() {
    guard storage?.flush() == true else { return writeFailed() }
    finish()
  }

  private func setMultipleMode() {
    let count = Int(state.sectorCount.current)
    guard ATADrive.multiples.contains(count) else {
      state.multiple = 0
      return fail()
    }
    state.multiple = count
    finish()
  }

  private func initializeDeviceParameters() {
    state.heads = Int(state.device & ATA.Device.head) + 1
    state.sectorsPerTrack = Int(state.sectorCount.current)
    guard state.sectorsPerTrack > 0 else {
      state.heads = 0
      return fail()
    }
    finish()
  }

  private func readNativeMaxAddress(_ command: ATACommand) {
    let limit = command.isExtended ? ATA.sectorCountLimit : ATA.shortSectorCount
    let last = max(min(sectorCount, limit), 1) - 1
    state.device |= ATA.Device.lba
    setAddress(last, isExtended: command.isExtended)
    finish()
  }

  /// Sectors of a block that SET MULTIPLE MODE takes; 0 disables READ MULTIPLE and WRITE MULTIPLE.
  static let multiples = [0, 1, 2, 4, 8, ATA.multipleLimit]
}
