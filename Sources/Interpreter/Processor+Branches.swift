import MMU
import X86
import X86Decoder

extension Processor {
  /// Jcc.
  @inline(__always)
  func jumpIf(_ instruction: Instruction) throws(Exception) {
    if condition(instruction) { try branch(state.nextRIP &+ instruction.immediate, instruction) }
  }

  /// JMP, near.
  @inline(__always)
  func jump(_ instruction: Instruction) throws(Exception) {
    try branch(try nearTarget(instruction), instruction)
  }

  /// The target of a near JMP or CALL, before it is cut.
  @inline(__always)
  private func nearTarget(_ instruction: Instruction) throws(Exception) -> UInt64 {
    instruction.operand0 == .relative
      ? state.nextRIP &+ instruction.immediate
      : try readOperand(instruction, instruction.operand0, instruction.width0)
  }

  /// A near branch: the target is cut to the operand size and checked before anything changes.
  @inline(__always)
  func branch(_ target: UInt64, _ instruction: Instruction) throws(Exception) {
    state.nextRIP = try checkedTarget(target, instruction.operandSize)
  }

  @inline(__always)
  private func checkedTarget(_ target: UInt64, _ size: UInt8) throws(Exception) -> UInt64 {
    if is64Bit {
      let cut = size == 2 ? target & 0xFFFF : target
      guard state.paging.isCanonical(cut) else { throw .generalProtection(.nonCanonicalTarget) }
      return cut
    }
    let cut = size == 2 ? target & 0xFFFF : target & 0xFFFF_FFFF
    guard cut <= UInt64(segment(.cs).limit) else { throw .generalProtection(.targetLimit) }
    return cut
  }

  /// CALL, near.
  func nearCall(_ instruction: Instruction) throws(Exception) {
    let target = try nearTarget(instruction)
    let checked: UInt64
    do throws(Exception) { checked = try checkedTarget(target, instruction.operandSize) } catch {
      // The stack's own faults count first.
      try checkStackSlot(instruction.operandSize)
      if does(.storesReturnAddressBeforeTargetCheck) {
        let size = instruction.operandSize
        try storeStack(stackOffset(unsafe registers[.sp] &- UInt64(size)), state.nextRIP, size)
      }
      throw error
    }
    try push(state.nextRIP, instruction.operandSize)
    state.nextRIP = checked
  }

  /// Raises what a push of so many bytes would.
  private func checkStackSlot(_ size: UInt8) throws(Exception) {
    let size = UInt64(size)
    let slot = try linear(.ss, stackOffset(unsafe registers[.sp] &- size), size, isWrite: true)
    if isCheckingAlignment { try checkAccess(slot, size, isWrite: true) }
    try probeWrite(slot, Int(size))
  }

  /// RET, near.
  func nearReturn(_ instruction: Instruction) throws(Exception) {
    let size = instruction.operandSize
    let target = try checkedTarget(try peek(0, size), size)
    setStackPointer(unsafe registers[.sp] &+ UInt64(size) &+ instruction.immediate)
    state.nextRIP = target
  }

  /// LOOP, LOOPE and LOOPNE.
  func loopBranch(_ instruction: Instruction, _ condition: LoopCondition) throws(Exception) {
    let width = instruction.addressSize
    let count = read(.cx, width: width) &- 1
    let left = count & instruction.addressMask
    // The decoder leaves a REP prefix only where it decides, whatever the opcode says.
    let wantsZero =
      instruction.flags.contains(.rep) || (condition == .whileEqual && !instruction.flags.contains(.repne))
    if left != 0 && (condition == .always || state.flags.zero == wantsZero) {
      try branch(state.nextRIP &+ instruction.immediate, instruction)
    }
    write(.cx, width: width, left)
  }

  /// JCXZ, JECXZ and JRCXZ.
  func jumpIfCountIsZero(_ instruction: Instruction) throws(Exception) {
    if read(.cx, width: instruction.addressSize) == 0 {
      try branch(state.nextRIP &+ instruction.immediate, instruction)
    }
  }

  // MARK: Far transfers

  /// JMP and CALL, far.
  func farTransfer(_ instruction: Instruction, _ kind: FarTransfer) throws(Exception) {
    let selector: UInt16
    let offset: UInt64
    let size = farPointerSize(instruction)
    if instruction.operand0 == .farPointer {
      (selector, offset) = (instruction.selector, instruction.immediate)
    } else {
      let pointer = parts(instruction)
      offset = try loadSized(pointer.segment, pointer.offset, size)
      selector = try load(pointer.segment, pointer.offset(at: UInt64(size)), as: UInt16.self)
    }
    switch kind {
    case .jump: try farJump(selector, offset, size)
    case .call: try farCall(selector, offset, instruction.operandSize)
    }
  }

  /// Bytes of the offset of a far pointer in memory.
  func farPointerSize(_ instruction: Instruction) -> UInt8 {
    does(.takes64BitFarPointers) ? instruction.operandSize : min(instruction.operandSize, 4)
  }

  /// RET, far.
  func farReturn(_ instruction: Instruction) throws(Exception) {
    try farReturn(instruction.operandSize, release: instruction.immediate)
  }

  /// IRET.
  func interruptReturn(_ instruction: Instruction) throws(Exception) { try interruptReturn(instruction.operandSize) }

  /// INT n, INT3, INTO and INT1.
  func softwareInterrupt(_ instruction: Instruction, _ kind: SoftwareInterrupt) throws(Exception) {
    switch kind {
    case .immediate: try softwareInterrupt(UInt8(truncatingIfNeeded: instruction.immediate), .software)
    case .breakpoint: try softwareInterrupt(3, .breakpoint)
    case .overflow: if state.flags.overflow { try softwareInterrupt(4, .breakpoint) }
    case .debug: try softwareInterrupt(1, .privileged)
    }
  }

  /// BOUND.
  func checkBounds(_ instruction: Instruction) throws(Exception) {
    let size = instruction.operandSize
    let index = Int64(bitPattern: Integer.signExtend(read(instruction.reg, width: size), size))
    let bounds = parts(instruction)
    let low = Int64(
      bitPattern: Integer.signExtend(try loadSized(bounds.segment, bounds.offset, size), size))
    if index < low, does(.checksLowerBoundFirst) { throw .boundRange(.boundRange) }
    let high = Int64(
      bitPattern: Integer.signExtend(try loadSized(bounds.segment, bounds.offset(at: UInt64(size)), size), size))
    if index < low || index > high { throw .boundRange(.boundRange) }
  }

  /// UD0, UD1 and UD2.
  func undefinedInstruction(_ instruction: Instruction) throws(Exception) {
    throw .invalidOpcode(.undefinedInstruction)
  }

  /// Instructions of features that CPUID denies: MONITOR, XSAVE's registers, VMX, SVM; RSM exists in system-management
  /// mode alone.
  func absentFeature(_ instruction: Instruction) throws(Exception) { throw .invalidOpcode(.absentFeature) }

  /// Instructions that CPUID announces and the model does not execute: a note, and #UD.
  func unimplementedInstruction(_ instruction: Instruction) throws(Exception) {
    bus.note(.unimplementedInstruction(instruction.operation), processor: state.index)
    throw .invalidOpcode(.unimplementedInstruction)
  }
}

/// What a LOOP asks beside its count.
enum LoopCondition { case always, whileEqual, whileNotEqual }

/// Far JMP or CALL.
enum FarTransfer { case jump, call }

/// The instructions that raise an interrupt.
enum SoftwareInterrupt { case immediate, breakpoint, overflow, debug }
