import X86

// The execution phase of commands that transfer data ("Data Transfer Commands").

extension FloppyController82077AA {
  /// Status register 1.
  enum ST1 {
    /// MA.
    static let missingAddressMark: UInt8 = 1 << 0
    /// NW.
    static let notWritable: UInt8 = 1 << 1
    /// ND.
    static let noData: UInt8 = 1 << 2
    /// OR.
    static let overrun: UInt8 = 1 << 4
    /// DE.
    static let dataError: UInt8 = 1 << 5
    /// EN.
    static let endOfCylinder: UInt8 = 1 << 7
    static let all = missingAddressMark | notWritable | noData | overrun | dataError | endOfCylinder
  }

  /// Status register 2.
  enum ST2 {
    /// WC.
    static let wrongCylinder: UInt8 = 1 << 4
    /// DD.
    static let dataError: UInt8 = 1 << 5
    /// CM.
    static let controlMark: UInt8 = 1 << 6
    static let all = wrongCylinder | dataError | controlMark
  }

  /// Bytes that the host sends for each sector of FORMAT TRACK.
  static let formatCount = 4
  /// A count of 0 stands for this.
  static let fullCount = 256

  // MARK: Beginning

  func begin(_ command: [UInt8], _ now: VirtualTime) {
    var transfer = Transfer(command: command[0], unit: command[1] & Unit.all)
    func count(_ byte: UInt8) -> Int { byte == 0 ? Self.fullCount : Int(byte) }
    switch transfer.opcode {
    case nil: return
    case .readID: break
    case .formatTrack:
      (transfer.size, transfer.filler) = (command[2], command[5])
      transfer.remaining = count(command[3])
      state.lastEndOfTrack = command[3]
    case .readTrack, .readData, .readDeletedData, .writeData, .writeDeletedData, .verify:
      (transfer.cylinder, transfer.head) = (command[2], command[3])
      (transfer.sector, transfer.size, transfer.endOfTrack) = (command[4], command[5], command[6])
      state.lastEndOfTrack = command[6]
      if transfer.opcode == .readTrack { transfer.remaining = count(command[6]) }
      if transfer.opcode == .verify && command[1] & Unit.enableCount != 0 { transfer.remaining = count(command[8]) }
    }
    let steps = impliedSteps(transfer)
    transfer.isSeeking = steps != 0
    let start = steps == 0 ? now.nanoseconds : Self.stepEnd(now.nanoseconds, steps)
    transfer.due = Self.moment(start, Delay.rotation)
    if steps != 0 {
      step(steps)
      state.drives[Int(transfer.unit & Unit.drive)].presentCylinder = transfer.cylinder
    }
    state.transfer = transfer
  }

  /// Steps before a command that names a cylinder, if CONFIGURE has asked for them.
  private func impliedSteps(_ transfer: Transfer) -> Int {
    switch transfer.opcode {
    case nil, .readID, .formatTrack: return 0
    case .readTrack, .readData, .readDeletedData, .writeData, .writeDeletedData, .verify:
      guard state.configuration & Configure.impliedSeek != 0 else { return 0 }
      return Int(transfer.cylinder) - Int(state.drives[Int(transfer.unit & Unit.drive)].presentCylinder)
    }
  }

  // MARK: Sectors

  /// The next sector of the command is under the head.
  func moveSector(_ moment: UInt64) {
    state.transfer?.due = nil
    state.transfer?.isSeeking = false
    // Without index pulses nothing ends the command but a reset ("Programming Guidelines").
    guard let transfer = state.transfer, let medium = turningMedium else { return }
    if transfer.opcode?.isToHost == false && medium.storage.isReadOnly { return fail(ST1.notWritable) }
    guard isReadable(transfer, medium.geometry) else { return fail(ST1.missingAddressMark) }
    switch transfer.opcode {
    case nil: state.transfer = nil
    case .readID: giveID(medium.geometry, moment)
    case .formatTrack: requestBytes(Self.formatCount, medium, moment)
    case .readTrack: readTrack(transfer, medium, moment)
    case .readData, .readDeletedData, .writeData, .writeDeletedData, .verify:
      guard let place = find(transfer, medium.geometry) else { return }
      let isControlMark = transfer.opcode == .readDeletedData
      if isControlMark { state.transfer?.status2 |= ST2.controlMark }
      if isControlMark && transfer.command & CommandByte.skip != 0 { return endSector(false, moment) }
      if transfer.opcode?.isToHost == false {
        requestBytes(FloppyGeometry.sectorSize, medium, moment)
      } else {
        read(place, medium, moment)
      }
    }
  }

  /// There are ID address marks under this head, at this data rate.
  private func isReadable(_ transfer: Transfer, _ geometry: FloppyGeometry) -> Bool {
    transfer.command & CommandByte.doubleDensity != 0 && geometry.dataRates.contains(state.dataRate)
      && geometry.offset(cylinder: Int(state.drives[selected].position), head: transfer.physicalHead, sector: 1) != nil
  }

  /// The place of the sector whose ID the command names; if it is not on the track the command ends.
  private func find(_ transfer: Transfer, _ geometry: FloppyGeometry) -> UInt64? {
    let position = state.drives[selected].position
    if transfer.cylinder != position {
      fail(ST1.noData, ST2.wrongCylinder)
    } else if transfer.size == FloppyGeometry.sectorSizeCode && Int(transfer.head) == transfer.physicalHead,
      let place = geometry.offset(
        cylinder: Int(position), head: transfer.physicalHead, sector: Int(transfer.sector))
    {
      return place
    } else {
      fail(ST1.noData)
    }
    return nil
  }

  /// READ ID: the sector that rotation has brought.
  private func giveID(_ geometry: FloppyGeometry, _ moment: UInt64) {
    guard var transfer = state.transfer else { return }
    transfer.cylinder = state.drives[selected].position
    transfer.head = UInt8(truncatingIfNeeded: transfer.physicalHead)
    transfer.sector = UInt8(truncatingIfNeeded: moment / Delay.sector % UInt64(geometry.sectors) + 1)
    transfer.size = FloppyGeometry.sectorSizeCode
    state.transfer = transfer
    finish(0)
  }

  /// READ TRACK: sectors in the order in which they pass the head; an ID that differs is an error at the end.
  private func readTrack(_ transfer: Transfer, _ medium: FloppyMedium, _ moment: UInt64) {
    let (head, position) = (transfer.physicalHead, Int(state.drives[selected].position))
    let sector = transfer.done % medium.geometry.sectors + 1
    if Int(transfer.cylinder) != position || Int(transfer.head) != head || Int(transfer.sector) != sector
      || transfer.size != FloppyGeometry.sectorSizeCode
    {
      state.transfer?.status1 |= ST1.noData
    }
    guard let place = medium.geometry.offset(cylinder: position, head: head, sector: sector) else { return }
    read(place, medium, moment)
  }

  private func read(_ place: UInt64, _ medium: FloppyMedium, _ moment: UInt64) {
    guard let bytes = medium.storage.read(at: place, count: FloppyGeometry.sectorSize),
      bytes.count == FloppyGeometry.sectorSize
    else { return fail(ST1.dataError, ST2.dataError) }
    if state.transfer?.opcode == .verify { return endSector(false, moment) }
    guard !isNonDMA else { return offer(bytes) }
    guard isDMAOpen else { return fail(ST1.overrun) }
    let moved = dma.transferToMemory(Self.channel, bytes)
    guard moved.isTerminal || moved.count == bytes.count else { return fail(ST1.overrun) }
    endSector(moved.isTerminal, moment)
  }

  private var isDMAOpen: Bool { state.digitalOutput & DOR.dmaGate != 0 }

  /// Bytes of a sector, or of an ID, come from the host; those behind terminal count are 0.
  private func requestBytes(_ count: Int, _ medium: FloppyMedium, _ moment: UInt64) {
    guard !isNonDMA else { return offer([UInt8](repeating: 0, count: count)) }
    guard isDMAOpen else { return fail(ST1.overrun) }
    let (bytes, moved) = dma.transferFromMemory(Self.channel, count: count)
    guard moved.isTerminal || moved.count == count else { return fail(ST1.overrun) }
    use(bytes + [UInt8](repeating: 0, count: count - bytes.count), moved.isTerminal, medium, moment)
  }

  /// Writes a sector of data, or one by its ID.
  private func use(_ bytes: [UInt8], _ isTerminal: Bool, _ medium: FloppyMedium, _ moment: UInt64) {
    guard let transfer = state.transfer else { return }
    // In non-DMA mode the host may have selected another drive meanwhile.
    if medium.storage.isReadOnly { return fail(ST1.notWritable) }
    if transfer.opcode == .formatTrack { return format(bytes, medium, moment) }
    guard let place = find(transfer, medium.geometry) else { return }
    guard medium.storage.write(bytes, at: place) else { return finish(ST0.abnormal | ST0.equipmentCheck) }
    endSector(isTerminal, moment)
  }

  /// FORMAT TRACK: an image holds no format but its own; another sector is an equipment check.
  private func format(_ id: [UInt8], _ medium: FloppyMedium, _ moment: UInt64) {
    guard let transfer = state.transfer else { return }
    state.transfer?.cylinder = id[0]
    state.transfer?.head = id[1]
    state.transfer?.sector = id[2]
    let position = state.drives[selected].position
    let filler = [UInt8](repeating: transfer.filler, count: FloppyGeometry.sectorSize)
    guard id[0] == position, Int(id[1]) == transfer.physicalHead, id[3] == FloppyGeometry.sectorSizeCode,
      transfer.size == id[3],
      let place = medium.geometry.offset(cylinder: Int(position), head: transfer.physicalHead, sector: Int(id[2])),
      medium.storage.write(filler, at: place)
    else { return finish(ST0.abnormal | ST0.equipmentCheck) }
    state.transfer?.remaining = transfer.remaining - 1
    guard transfer.remaining > 1 else { return finish(0) }
    state.transfer?.due = Self.moment(moment, Delay.sector)
  }

  // MARK: The host's bytes in non-DMA mode

  private func offer(_ bytes: [UInt8]) {
    state.transfer?.buffer = bytes
    state.transfer?.position = 0
    pulse()
  }

  func giveByte(_ now: VirtualTime) -> UInt8 {
    guard let transfer = state.transfer, transfer.position < transfer.buffer.count else { return 0 }
    if !passByte() { endSector(false, now.nanoseconds) }
    return transfer.buffer[transfer.position]
  }

  func takeByte(_ value: UInt8, _ now: VirtualTime) {
    guard let position = state.transfer?.position else { return }
    state.transfer?.buffer[position] = value
    let bytes = state.transfer?.buffer ?? []
    guard !passByte() else { return }
    // A diskette that was taken out or stopped meanwhile gives no index pulse; the bytes are asked for again after it.
    if let turningMedium { use(bytes, false, turningMedium, now.nanoseconds) }
  }

  /// Counts a byte; false behind the last of the buffer, which is emptied.
  private func passByte() -> Bool {
    guard let transfer = state.transfer else { return false }
    state.transfer?.position = transfer.position + 1
    if isRequesting {
      if isAtThreshold(transfer.position + 1) { pulse() }
      return true
    }
    state.transfer?.buffer = []
    state.transfer?.position = 0
    update()
    return false
  }

  // MARK: Ends

  /// A sector is done: the command goes on with the next one, or ends by terminal count, EOT or its count.
  private func endSector(_ isTerminal: Bool, _ moment: UInt64) {
    guard let transfer = state.transfer else { return }
    state.transfer?.done = transfer.done + 1
    if transfer.remaining > 0 { state.transfer?.remaining = transfer.remaining - 1 }
    let isCounted = transfer.remaining == 1
    let isStopped = transfer.opcode == .readDeletedData && transfer.command & CommandByte.skip == 0
    if isStopped { return finish(0) }
    let isLast = transfer.opcode != .readTrack && transfer.sector == transfer.endOfTrack
    let isMultiTrack = transfer.command & CommandByte.multiTrack != 0 && transfer.opcode != .readTrack
    let continuesOnHead1 = isLast && isMultiTrack && transfer.head & 1 == 0
    state.transfer?.sector = isLast ? 1 : transfer.sector &+ 1
    if isLast && isMultiTrack { state.transfer?.head ^= 1 }
    if isLast && !continuesOnHead1 { state.transfer?.cylinder &+= 1 }
    if isTerminal || isCounted {
      // READ TRACK has met an ID that differs.
      return finish(transfer.status1 != 0 ? ST0.abnormal : 0)
    }
    if isLast && !continuesOnHead1 {
      // VERIFY without a count ends here; the others miss their terminal count.
      let isEnd = transfer.opcode == .verify && transfer.remaining == 0
      return isEnd ? finish(0) : fail(ST1.endOfCylinder)
    }
    if continuesOnHead1 { state.transfer?.unit ^= Unit.head }
    state.transfer?.due = Self.moment(moment, Delay.sector)
  }

  private func fail(_ status1: UInt8, _ status2: UInt8 = 0) {
    state.transfer?.status1 |= status1
    state.transfer?.status2 |= status2
    finish(ST0.abnormal)
  }

  /// The result phase.
  private func finish(_ status0: UInt8) {
    guard let transfer = state.transfer else { return }
    state.transfer = nil
    state.result = [
      status0 | transfer.unit, transfer.status1, transfer.status2, transfer.cylinder, transfer.head, transfer.sector,
      transfer.size,
    ]
    state.hasResultInterrupt = true
    update()
  }
}

extension FloppyController82077AA.Transfer {
  /// HDS.
  var physicalHead: Int { unit & FloppyController82077AA.Unit.head != 0 ? 1 : 0 }
}

extension FloppyController82077AA: RestorableChip {
  /// Puts back a state; the diskettes and the level of the interrupt are others' to put back.
  public func restore(_ state: State) { self.state = state }

  /// What is impossible in a state, if anything.
  public static func problem(in state: State) -> String? {
    if let problem = FieldCheck.count("floppy drives", state.drives, 4) { return problem }
    for (index, drive) in state.drives.enumerated() {
      if drive.seekEnd != nil && !drive.isBusy { return "floppy drive \(index) seeks and is not busy" }
    }
    let parameters = state.command.first.flatMap { first in
      Control(rawValue: first)?.parameterCount ?? Opcode(rawValue: first & CommandByte.code)?.parameterCount
    }
    return FieldCheck.first(
      FieldCheck.range("floppy command bytes", state.command.count, 0...(parameters ?? 0)),
      FieldCheck.range("floppy result bytes", state.result.count, 0...10),
      FieldCheck.range("floppy tape select", state.tapeSelect, 0...3),
      FieldCheck.bits("floppy data rate", state.dataRate, DSR.dataRate),
      FieldCheck.bits("floppy configuration", state.configuration, Configure.all),
      FieldCheck.bits("floppy perpendicular mode", state.perpendicular, Perpendicular.all),
      !state.result.isEmpty && (!state.command.isEmpty || state.transfer != nil)
        ? "floppy controller is in two phases" : nil,
      state.transfer.flatMap(problem))
  }

  private static func problem(_ transfer: Transfer) -> String? {
    guard let opcode = transfer.opcode else { return "floppy transfer \(transfer.command) is none" }
    let size = opcode == .formatTrack ? formatCount : FloppyGeometry.sectorSize
    let isCounted = opcode == .formatTrack || opcode == .readTrack
    return FieldCheck.first(
      FieldCheck.bits("floppy unit", transfer.unit, Unit.all),
      FieldCheck.bits("floppy status 1", transfer.status1, ST1.all),
      FieldCheck.bits("floppy status 2", transfer.status2, ST2.all),
      FieldCheck.range("floppy sectors to come", transfer.remaining, (isCounted ? 1 : 0)...fullCount),
      FieldCheck.range("floppy sectors done", transfer.done, 0...2 * fullCount),
      FieldCheck.choice("floppy buffer bytes", transfer.buffer.count, [0, size]),
      FieldCheck.range("floppy buffer position", transfer.position, 0...max(transfer.buffer.count - 1, 0)),
      !transfer.buffer.isEmpty && transfer.due != nil ? "floppy transfer waits for host and diskette" : nil)
  }
}
