import MMU
import X86
import X86Decoder

extension Processor {
  /// MOV Sreg, r/m.
  func moveToSegment(_ instruction: Instruction) throws(Exception) {
    guard let register = SegmentRegister(rawValue: instruction.reg) else {
      throw .invalidOpcode(.segmentRegisterInvalid)
    }
    let value = try readOperand(instruction, instruction.operand1, 2)
    try loadSegment(register, UInt16(truncatingIfNeeded: value))
    if register == .ss { armStackShadow() }
  }

  /// MOV r/m, Sreg: 16 bits to memory, whatever the operand size.
  func moveFromSegment(_ instruction: Instruction) throws(Exception) {
    let selector = UInt64(state.segments[Int(instruction.reg)].selector)
    try writeOperand(
      instruction, instruction.operand0, instruction.isMemory ? 2 : instruction.operandSize, selector)
  }

  /// PUSH Sreg.
  func pushSegmentRegister(_ instruction: Instruction) throws(Exception) {
    let selector = UInt64(state.segments[Int(instruction.reg)].selector)
    guard instruction.operandSize == 4, does(.movesSelectorsAs16Bits) else {
      return try push(selector, instruction.operandSize)
    }
    let offset = stackOffset(unsafe registers[.sp] &- 4)
    try storeStack(offset, selector, 2)
    setStackPointer(offset)
  }

  /// POP Sreg.
  func popSegmentRegister(_ instruction: Instruction) throws(Exception) {
    guard let register = SegmentRegister(rawValue: instruction.reg) else {
      throw .invalidOpcode(.segmentRegisterInvalid)
    }
    let selector = try peekSelector(0, instruction.operandSize)
    // The old SS.B says how many bytes of rSP move.
    let old = unsafe registers[.sp]
    setStackPointer(old &+ UInt64(instruction.operandSize))
    do throws(Exception) { try loadSegment(register, selector) } catch {
      unsafe registers[.sp] = old
      throw error
    }
    if register == .ss { armStackShadow() }
  }

  /// What LAR and its kin, LLDT, LTR, SLDT and STR are in real and virtual-8086 mode: #UD.
  func requireProtectedMode() throws(Exception) {
    if isRealStyle { throw .invalidOpcode(.protectedModeOnly) }
  }

  /// CR4.FSGSBASE.
  func requireSegmentBaseAccess() throws(Exception) {
    guard state.paging.cr4 & CR4.fsgsbase != 0 else { throw .invalidOpcode(.segmentBaseDisabled) }
  }

  /// LES, LDS, LSS, LFS and LGS.
  func loadFarPointer(_ instruction: Instruction, _ register: SegmentRegister) throws(Exception) {
    let size = farPointerSize(instruction)
    let pointer = parts(instruction)
    let offset = try loadSized(pointer.segment, pointer.offset, size)
    let selector = try load(pointer.segment, pointer.offset(at: UInt64(size)), as: UInt16.self)
    try loadSegment(register, selector)
    write(instruction.reg, width: size, offset)
  }

  func checkUserModeInstructionPrevention() throws(Exception) {
    if state.cpl > 0, isProtected, state.paging.cr4 & CR4.userModeInstructionPrevention != 0 {
      throw .generalProtection(.umip)
    }
  }

  /// SGDT and SIDT.
  func storeTableRegister(_ instruction: Instruction, _ which: TableRegister) throws(Exception) {
    try checkUserModeInstructionPrevention()
    let table = which == .gdtr ? state.gdtr : state.idtr
    let operand = parts(instruction)
    try store(operand.segment, operand.offset, table.limit)
    if is64Bit {
      try store(operand.segment, operand.offset(at: 2), table.base)
    } else {
      try store(operand.segment, operand.offset(at: 2), UInt32(truncatingIfNeeded: table.base))
    }
  }

  /// LGDT and LIDT.
  func loadTableRegister(_ instruction: Instruction, _ which: TableRegister) throws(Exception) {
    let table = try tableOperand(instruction)
    switch which {
    case .gdtr: state.gdtr = table
    case .idtr: state.idtr = table
    }
  }

  private func tableOperand(_ instruction: Instruction) throws(Exception) -> DescriptorTableRegister {
    let operand = parts(instruction)
    let limit = try load(operand.segment, operand.offset, as: UInt16.self)
    if is64Bit {
      let base = try load(operand.segment, operand.offset(at: 2), as: UInt64.self)
      guard state.paging.isCanonicalBase(base) else { throw .generalProtection(.nonCanonicalBase) }
      return DescriptorTableRegister(base: base, limit: limit)
    }
    let base = UInt64(try load(operand.segment, operand.offset(at: 2), as: UInt32.self))
    return DescriptorTableRegister(base: instruction.operandSize == 2 ? base & 0xFF_FFFF : base, limit: limit)
  }

  /// SLDT and STR.
  func storeSystemSelector(_ instruction: Instruction, _ which: SystemSegment) throws(Exception) {
    try checkUserModeInstructionPrevention()
    let selector = which == .ldtr ? state.ldtr.selector : state.tr.selector
    try writeOperand(instruction, instruction.operand0, instruction.width0, UInt64(selector))
  }

  /// LLDT and LTR.
  func loadSystemSegment(_ instruction: Instruction, _ which: SystemSegment) throws(Exception) {
    let selector = UInt16(truncatingIfNeeded: try readOperand(instruction, instruction.operand0, 2))
    let isTask = which == .tr
    if selector & 0xFFFC == 0 {
      guard !isTask else { throw .generalProtection(.nullTaskRegister) }
      state.ldtr = nullSegment(selector)
      return
    }
    guard selector & 4 == 0 else { throw .generalProtection(code(selector), .systemSelectorLocal) }
    let entry = try readDescriptor(selector)
    let type = entry.systemType
    let isRight = isTask ? type == 9 || (type == 1 && !isLongMode) : type == 2
    guard isRight else {
      let isBusy = isTask && (type == 11 || (type == 3 && !isLongMode))
      throw .generalProtection(
        code(selector), isBusy ? .taskBusy : isTask ? .taskRegisterType : .ldtDescriptorType)
    }
    guard entry.isPresent else { throw .segmentNotPresent(code(selector), .systemNotPresent) }
    var segment = entry.segment
    if isLongMode {
      guard UInt64(selector | 7) + 8 <= UInt64(state.gdtr.limit) else {
        throw .generalProtection(code(selector), .upperHalfBeyondLimit)
      }
      let high = try loadSystem(entry.address &+ 8, as: UInt64.self)
      guard (high >> 40) & 0x1F == 0 else { throw .generalProtection(code(selector), .upperHalfType) }
      segment.base |= high << 32
      guard state.paging.isCanonicalBase(segment.base) else {
        throw .generalProtection(code(selector), .systemBaseNonCanonical)
      }
    }
    if isTask {
      try storeSystem(entry.address &+ 5, UInt8(truncatingIfNeeded: entry.raw >> 40) | 2)
      segment.attributes |= 2
      state.tr = segment
    } else {
      state.ldtr = segment
    }
  }

  /// VERR, VERW, LAR, LSL: a selector that cannot be used clears ZF and nothing else.
  func inspectDescriptor(_ instruction: Instruction, _ question: DescriptorQuestion) throws(Exception) {
    let isInspection = question == .rights || question == .limit
    let kind = isInspection ? instruction.operand1 : instruction.operand0
    let selector = UInt16(truncatingIfNeeded: try readOperand(instruction, kind, 2))
    state.flags.set(RFLAGS.zero, to: 0)
    guard selector & 0xFFFC != 0 else { return }
    let entry: DescriptorEntry
    do throws(Exception) { entry = try readDescriptor(selector) } catch {
      if error.vector == .generalProtection { return }
      throw error
    }
    let segment = entry.segment
    let requested = UInt8(selector & 3)
    let isReachable = segment.isConforming || segment.descriptorPrivilegeLevel >= max(state.cpl, requested)
    guard isReachable else { return }
    if !segment.isCodeOrData {
      guard isInspection else { return }
      let legal: [UInt32] =
        question == .rights
        ? (isLongMode ? [2, 9, 11, 12] : [1, 2, 3, 4, 5, 9, 11, 12]) : (isLongMode ? [2, 9, 11] : [1, 2, 3, 9, 11])
      guard legal.contains(segment.type) else { return }
    }
    switch question {
    case .verifyRead: guard !segment.isCode || segment.type & 2 != 0 else { return }
    case .verifyWrite: guard !segment.isCode && segment.type & 2 != 0 else { return }
    case .rights: write(instruction.reg, width: instruction.width0, (entry.raw >> 32) & 0x00FF_FF00)
    case .limit: write(instruction.reg, width: instruction.width0, UInt64(segment.limit))
    }
    state.flags.set(RFLAGS.zero, to: RFLAGS.zero)
  }

  /// ARPL.
  func adjustRequestedPrivilege(_ instruction: Instruction) throws(Exception) {
    let requested = read(instruction.reg, width: 2) & 3
    let value = try readOperand(instruction, instruction.operand0, 2)
    let adjusts = value & 3 < requested
    if adjusts { try writeOperand(instruction, instruction.operand0, 2, (value & ~3) | requested) }
    state.flags.set(RFLAGS.zero, to: adjusts ? RFLAGS.zero : 0)
  }

  /// RDFSBASE and RDGSBASE.
  func readSegmentBase(_ instruction: Instruction, _ register: SegmentRegister) throws(Exception) {
    write(instruction.rm, width: instruction.width0, segment(register).base)
  }

  /// WRFSBASE and WRGSBASE.
  func writeSegmentBase(_ instruction: Instruction, _ register: SegmentRegister) throws(Exception) {
    let base = read(instruction.rm, width: instruction.width0)
    let isCanonical =
      does(.checksWrittenBaseByPagingMode) ? state.paging.isCanonical(base) : state.paging.isCanonicalBase(base)
    guard isCanonical else { throw .generalProtection(.nonCanonicalBase) }
    state.segments[register].base = base
  }
}

/// The registers of descriptor tables.
enum TableRegister { case gdtr, idtr }

/// The system segments that a register holds.
enum SystemSegment { case ldtr, tr }

/// What VERR, VERW, LAR and LSL ask of a descriptor.
enum DescriptorQuestion { case verifyRead, verifyWrite, rights, limit }
