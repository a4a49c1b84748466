/// What moves data between memory and a drive in DMA, as drives see it.
protocol ATABusMaster: AnyObject {
  /// Whether it serves a drive's DMA request that writes to the drive or reads from it.
  func serves(isWrite: Bool) -> Bool
  /// Takes bytes from a drive; gives how many it took, at least one while it serves.
  func take(_ bytes: [UInt8]) -> Int
  /// Gives a drive at most `count` bytes, at least one while it serves.
  func give(_ count: Int) -> [UInt8]
  /// INTRQ was asserted.
  func interruptRose()
}

// Data between drive, host and bus master, whatever the command.
extension ATADrive {
  // MARK: Medium

  /// Reads from the medium; nil if the host fails or the place is not there.
  func readMedium(_ offset: UInt64, _ count: Int) -> [UInt8]? {
    guard let storage, count > 0, isInside(offset, count, storage) else { return nil }
    let bytes = storage.read(at: offset, count: count)
    return bytes?.count == count ? bytes : nil
  }

  /// Writes to the medium; false if the host fails or the place is not there.
  func writeMedium(_ bytes: [UInt8], _ offset: UInt64) -> Bool {
    guard let storage, !bytes.isEmpty, isInside(offset, bytes.count, storage) else { return false }
    return storage.write(bytes, at: offset)
  }

  private func isInside(_ offset: UInt64, _ count: Int, _ storage: any BlockStorage) -> Bool {
    offset <= storage.byteCount && UInt64(count) <= storage.byteCount - offset
  }

  private func advance(_ count: Int) {
    state.offset &+= UInt64(count)
    state.remaining -= min(state.remaining, UInt64(count))
  }

  // MARK: Programmed I/O

  /// Reads the data register.
  func readData(_ width: Int, at moment: UInt64) -> UInt64 {
    guard state.activity == .dataIn else { return .max }
    var value: UInt64 = 0
    let count = min(width, state.blockEnd - state.position)
    for index in 0..<count { value |= UInt64(state.buffer[state.position + index]) << UInt64(8 * index) }
    state.position += count
    if state.position == state.blockEnd { endBlock(at: moment) }
    return value
  }

  private func endBlock(at moment: UInt64) {
    if state.blockEnd < state.buffer.count || state.remaining > 0 {
      schedule(.readBlock, at: moment)
    } else if isPacketDevice && state.command == ATACommand.packet.rawValue {
      schedule(.endPacket, at: moment)
    } else if isPacketDevice || state.command == ATACommand.identifyDevice.rawValue {
      finish(interrupt: false)
    } else {
      finishTransfer(interrupt: false)
    }
  }

  /// Writes the data register.
  func writeData(_ value: UInt64, _ width: Int, at moment: UInt64) {
    guard state.activity == .dataOut || state.activity == .packetOut else { return }
    let count = min(width, state.blockEnd - state.position)
    for index in 0..<count {
      state.buffer[state.position + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index))
    }
    state.position += count
    guard state.position == state.blockEnd else { return }
    schedule(state.activity == .packetOut ? .packet : .writeBlock, at: moment)
  }

  /// Lets the host read the next data block: of an answer in the buffer, or of the medium.
  func loadBlock() {
    if state.blockEnd < state.buffer.count {
      state.position = state.blockEnd
      state.blockEnd = state.position + min(state.blockSize, state.buffer.count - state.position)
    } else {
      let count = Int(min(UInt64(state.blockSize), state.remaining))
      guard let bytes = readMedium(state.offset, count) else { return readFailed(count) }
      advance(count)
      state.buffer = bytes
      state.position = 0
      state.blockEnd = count
    }
    if isPacketDevice && state.command == ATACommand.packet.rawValue { announceBlock() }
    state.activity = .dataIn
    state.isInterruptPending = true
  }

  /// Lets the host write the next data block.
  func awaitBlock(interrupt: Bool) {
    let count = Int(min(UInt64(state.blockSize), state.remaining))
    guard count > 0 else { return finishWrite() }
    state.buffer = [UInt8](repeating: 0, count: count)
    state.position = 0
    state.blockEnd = count
    state.activity = .dataOut
    state.isInterruptPending = interrupt
  }

  /// Stores the data block that the host has written.
  func storeBlock() {
    guard writeMedium(state.buffer, state.offset) else { return writeFailed() }
    advance(state.buffer.count)
    clearBuffer()
    awaitBlock(interrupt: true)
  }

  /// Ends a command that wrote.
  private func finishWrite() {
    guard state.hasWriteCache || storage?.flush() == true else { return writeFailed() }
    finishTransfer()
  }

  // MARK: DMA

  /// Asserts DMARQ.
  func requestDMA() { state.activity = .waitDMA }

  /// Moves data when a bus master serves the request, and waits when it stops.
  func follow(_ master: (any ATABusMaster)?, at moment: UInt64) {
    let isServed = master?.serves(isWrite: state.isWrite) == true
    if state.activity == .waitDMA && isServed {
      schedule(.moveDMA, after: Self.dmaTime, at: moment)
    } else if state.activity == .moveDMA && !isServed {
      state.activity = .waitDMA
      state.deadline = nil
    }
  }

  /// Moves a piece.
  func move(_ master: (any ATABusMaster)?, at moment: UInt64) {
    state.activity = .waitDMA
    guard let master, master.serves(isWrite: state.isWrite) else { return }
    if state.isWrite { moveOut(master) } else { moveIn(master) }
  }

  /// From the drive: what is left of an answer in the buffer, else the medium.
  private func moveIn(_ master: any ATABusMaster) {
    if state.position < state.buffer.count {
      state.position += master.take(Array(state.buffer[state.position...]))
    } else if state.remaining > 0 {
      let count = Int(min(UInt64(Self.pieceSize), state.remaining))
      guard let bytes = readPrefix(count) else { return readFailed(ATA.sectorSize) }
      advance(master.take(bytes))
    }
    if state.position >= state.buffer.count && state.remaining == 0 { finishTransfer() }
  }

  /// As much as can be read of a piece, by sectors; nil if its first sector cannot be read.
  private func readPrefix(_ count: Int) -> [UInt8]? {
    if let bytes = readMedium(state.offset, count) { return bytes }
    var bytes: [UInt8] = []
    while bytes.count < count {
      let size = min(ATA.sectorSize, count - bytes.count)
      guard let sector = readMedium(state.offset &+ UInt64(bytes.count), size) else { break }
      bytes += sector
    }
    return bytes.isEmpty ? nil : bytes
  }

  /// To the drive: whole sectors go to the medium, the rest stays in the buffer.
  private func moveOut(_ master: any ATABusMaster) {
    let wanted = Int(min(UInt64(Self.pieceSize), state.remaining)) - state.buffer.count
    if wanted > 0 { state.buffer += master.give(wanted) }
    let count = state.buffer.count / ATA.sectorSize * ATA.sectorSize
    if count > 0 {
      guard writeMedium(Array(state.buffer[..<count]), state.offset) else { return writeFailed() }
      advance(count)
      state.buffer.removeFirst(count)
    }
    if state.remaining == 0 { finishWrite() }
  }
}
