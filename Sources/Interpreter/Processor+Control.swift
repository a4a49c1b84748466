import MMU
import X86
import X86Decoder

extension Processor {
  /// MOV from CRn.
  func readControl(_ number: UInt8) -> UInt64 {
    switch number {
    case 0: state.paging.cr0
    case 2: state.cr2
    case 3: state.paging.cr3
    case 4: state.paging.cr4
    default: UInt64(bus.taskPriority(processor: state.index))
    }
  }

  /// MOV to CRn, with every check of reserved and contradictory bits.
  ///
  /// - SDM: Vol. 2B "MOV—Move to/from Control Registers"; Vol. 3A "Control Registers".
  func writeControl(_ number: UInt8, _ value: UInt64) throws(Exception) {
    switch number {
    case 0: try writeCR0(value)
    case 2: state.cr2 = value
    case 3: try writeCR3(value)
    case 4: try writeCR4(value)
    default:
      guard value & ~SystemRegister.cr8.mask == 0 else { throw .generalProtection(.cr8ReservedBits) }
      bus.setTaskPriority(UInt8(truncatingIfNeeded: value), processor: state.index)
    }
  }

  private func writeCR0(_ value: UInt64) throws(Exception) {
    guard value >> 32 == 0 else { throw .generalProtection(.cr0UpperBits) }
    let old = state.paging.cr0
    let new = (value & SystemRegister.cr0.writable) | CR0.extensionType
    let isPaging = new & CR0.paging != 0
    if isPaging && new & CR0.protectionEnable == 0 { throw .generalProtection(.pagingWithoutProtection) }
    if new & CR0.notWriteThrough != 0 && new & CR0.cacheDisable == 0 { throw .generalProtection(.notWriteThrough) }
    let wasPaging = old & CR0.paging != 0
    if isPaging && !wasPaging {
      if state.paging.efer & EFER.longModeEnable != 0 {
        guard state.paging.cr4 & CR4.physicalAddressExtension != 0, !segment(.cs).isLong else {
          throw .generalProtection(segment(.cs).isLong ? .longModeFromLongCode : .longModeWithoutPAE)
        }
        state.paging.efer |= EFER.longModeActive
      } else if state.paging.cr4 & CR4.physicalAddressExtension != 0, !loadPDPTEs(state.paging.cr3) {
        throw .generalProtection(.pdpteReservedBits)
      }
    } else if !isPaging && wasPaging {
      if is64Bit || state.paging.cr4 & CR4.pcidEnable != 0 {
        throw .generalProtection(is64Bit ? .pagingOffIn64Bit : .pagingOffWithPCID)
      }
      state.paging.efer &= ~EFER.longModeActive
    } else if isPaging && !isLongMode && state.paging.cr4 & CR4.physicalAddressExtension != 0,
      (old ^ new) & (CR0.cacheDisable | CR0.notWriteThrough) != 0
    {
      guard loadPDPTEs(state.paging.cr3) else { throw .generalProtection(.pdpteReservedBits) }
    }
    state.paging.cr0 = new
    if (old ^ new) & (CR0.paging | CR0.writeProtect | CR0.protectionEnable) != 0 {
      flushTranslations(keepsGlobal: false)
    }
    updateMode()
  }

  private func writeCR3(_ value: UInt64) throws(Exception) {
    var new = value
    if isLongMode {
      let usesPCID = state.paging.cr4 & CR4.pcidEnable != 0
      if usesPCID { new &= ~(1 << 63) }
      guard new >> state.paging.physicalAddressBits == 0 else { throw .generalProtection(.cr3ReservedBits) }
      // Bit 63 lets the processor keep translations; dropping them is always allowed.
    } else {
      new &= 0xFFFF_FFFF
      if state.paging.isPaging && state.paging.cr4 & CR4.physicalAddressExtension != 0 {
        guard loadPDPTEs(new) else { throw .generalProtection(.pdpteReservedBits) }
      }
    }
    state.paging.cr3 = new
    flushTranslations(keepsGlobal: true)
  }

  private func writeCR4(_ value: UInt64) throws(Exception) {
    let old = state.paging.cr4
    guard value & ~model.cr4Mask == 0 else { throw .generalProtection(.cr4ReservedBits) }
    if isLongMode {
      guard value & CR4.physicalAddressExtension != 0 else { throw .generalProtection(.paeClearedInLongMode) }
      guard (old ^ value) & CR4.linearAddress57 == 0 else { throw .generalProtection(.linearAddress57InLongMode) }
    }
    if value & CR4.pcidEnable != 0, old & CR4.pcidEnable == 0 {
      guard isLongMode, state.paging.cr3 & 0xFFF == 0 else {
        throw .generalProtection(isLongMode ? .pcidWithCR3Bits : .pcidOutsideLongMode)
      }
    }
    let paging =
      CR4.physicalAddressExtension | CR4.pageSizeExtensions | CR4.pageGlobalEnable
      | CR4.supervisorModeExecutionPrevention | CR4.supervisorModeAccessPrevention | CR4.pcidEnable
      | CR4.protectionKeyEnable
    if state.paging.isPaging && !isLongMode && value & CR4.physicalAddressExtension != 0,
      (old ^ value)
        & (CR4.physicalAddressExtension | CR4.pageGlobalEnable | CR4.pageSizeExtensions
          | CR4.supervisorModeExecutionPrevention) != 0
    {
      guard loadPDPTEs(state.paging.cr3) else { throw .generalProtection(.pdpteReservedBits) }
    }
    state.paging.cr4 = value
    if (old ^ value) & paging != 0 { flushTranslations(keepsGlobal: false) }
    updateMode()
  }

  /// Loads the PDPTE registers; false if one has reserved bits set.
  func loadPDPTEs(_ cr3: UInt64) -> Bool {
    var entries: InlineArray<4, UInt64> = [0, 0, 0, 0]
    let reserved = state.paging.reservedAddressBits | 0xFFF0_0000_0000_01E6
    for index in 0..<4 {
      let address = ((cr3 & 0xFFFF_FFE0) &+ UInt64(index) * 8) & state.paging.addressMask
      let offset = memory.offset(of: address)
      let entry = offset == PhysicalMemory.nowhere ? UInt64.max : memory.load(offset, as: UInt64.self)
      if entry & 1 != 0 && entry & reserved != 0 { return false }
      entries[index] = entry
    }
    state.paging.pdpte = entries
    return true
  }

  /// INVLPG: a non-canonical address does nothing.
  func invalidatePage(_ address: UInt64) {
    translations.flush(page: isLongMode ? address : address & 0xFFFF_FFFF)
    state.fetchGeneration &+= 1
  }

  /// INVPCID.
  func invalidatePCID(_ instruction: Instruction) throws(Exception) {
    if isVirtual8086 || state.cpl != 0 { throw .generalProtection(.privilegedInstruction) }
    let type = read(instruction.reg, width: instruction.width0)
    let at = effectiveAddress(instruction)
    let descriptor = try load(instruction.segment, at, as: UInt64.self)
    let address = try load(instruction.segment, at &+ 8, as: UInt64.self)
    guard type <= 3, descriptor >> 12 == 0 else {
      throw .generalProtection(type > 3 ? .invpcidType : .invpcidReservedBits)
    }
    if type < 2, descriptor != 0, state.paging.cr4 & CR4.pcidEnable == 0 { throw .generalProtection(.invpcidDisabled) }
    switch type {
    case 0:
      guard state.paging.isCanonicalBase(address) else { throw .generalProtection(.invpcidAddress) }
      invalidatePage(address)
    case 2: flushTranslations(keepsGlobal: false)
    default: flushTranslations(keepsGlobal: true)
    }
  }

  // MARK: Debug registers

  /// The debug register that a MOV means, once it may: DR4 and DR5 are DR6 and DR7, or #UD with CR4.DE.
  private func accessibleDebugRegister(_ instruction: Instruction) throws(Exception) -> UInt8 {
    var number = instruction.reg
    if number == 4 || number == 5 {
      if state.paging.cr4 & CR4.debuggingExtensions != 0 { throw .invalidOpcode(.debugRegisterAlias) }
      number += 2
    }
    try requirePrivilege()
    if state.dr7 & (1 << 13) != 0 {
      noteDebugConditions(1 << 13)
      throw .debug(.generalDetect)
    }
    return number
  }

  /// MOV r, DRn.
  func moveFromDebug(_ instruction: Instruction) throws(Exception) {
    let number = try accessibleDebugRegister(instruction)
    let value: UInt64 =
      number < 4 ? state.debugAddresses[Int(number)] : number == 6 ? state.dr6 : state.dr7
    write(instruction.rm, width: instruction.width0, value)
  }

  /// MOV DRn, r.
  func moveToDebug(_ instruction: Instruction) throws(Exception) {
    let number = try accessibleDebugRegister(instruction)
    let value = read(instruction.rm, width: instruction.width1)
    switch number {
    case 6:
      guard value >> 32 == 0 else { throw .generalProtection(.debugUpperBits) }
      state.dr6 = (value & SystemRegister.dr6.writable) | SystemRegister.dr6.reset
    case 7:
      guard value >> 32 == 0 else { throw .generalProtection(.debugUpperBits) }
      state.dr7 = (value & SystemRegister.dr7.writable) | SystemRegister.dr7.reset
      updateStepping()
    default: state.debugAddresses[Int(number)] = value
    }
  }

  /// Notes data breakpoints that an access hits; #DB comes after the instruction.
  func matchDataBreakpoints(_ address: UInt64, _ byteCount: UInt64, isWrite: Bool) {
    guard state.dr7 & 0xFF != 0 else { return }
    for index in 0..<4 {
      let control = state.dr7 >> UInt64(16 + index * 4)
      let kind = control & 3
      guard kind == 3 || (kind == 1 && isWrite), matches(index, control >> 2 & 3, address, byteCount) else { continue }
      state.pendingDebug |= 1 << UInt64(index)
    }
  }

  /// Notes I/O breakpoints (CR4.DE).
  func matchPortBreakpoints(_ port: UInt64, _ byteCount: UInt64) {
    guard state.dr7 & 0xFF != 0, state.paging.cr4 & CR4.debuggingExtensions != 0 else { return }
    for index in 0..<4 {
      let control = state.dr7 >> UInt64(16 + index * 4)
      guard control & 3 == 2, matches(index, control >> 2 & 3, port, byteCount) else { continue }
      state.pendingDebug |= 1 << UInt64(index)
    }
  }

  private func matches(_ index: Int, _ lengthCode: UInt64, _ address: UInt64, _ byteCount: UInt64) -> Bool {
    guard state.dr7 >> UInt64(index * 2) & 3 != 0 else { return false }
    let length: UInt64 = lengthCode == 2 ? 8 : lengthCode &+ 1
    let start = state.debugAddresses[index] & ~(length &- 1)
    return address &- start < length || start &- address < byteCount
  }

  /// Instruction breakpoints at a linear address, as bits of DR6.
  func instructionBreakpoints(_ address: UInt64) -> UInt64 {
    var hits: UInt64 = 0
    for index in 0..<4 where state.dr7 >> UInt64(index * 2) & 3 != 0 {
      let control = state.dr7 >> UInt64(16 + index * 4)
      if control & 15 == 0 && state.debugAddresses[index] == address { hits |= 1 << UInt64(index) }
    }
    return hits
  }
}
