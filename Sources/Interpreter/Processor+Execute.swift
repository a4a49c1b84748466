import MMU
import X86
import X86Decoder

extension Processor {
  /// Executes one decoded instruction; `state.rip` and `state.nextRIP` stand at it and behind it.
  @inline(__always)
  func execute(_ instruction: Instruction) throws(Exception) {
    switch instruction.operation {
    case .mov:
      try writeOperand(
        instruction, instruction.operand0, instruction.width0,
        try readOperand(instruction, instruction.operand1, instruction.width1))
    case .jcc:
      if state.flags.holds(instruction.opcode & 15) { try branch(state.nextRIP &+ instruction.immediate, instruction) }
    case .jmp:
      if instruction.operand0 == .relative {
        try branch(state.nextRIP &+ instruction.immediate, instruction)
      } else {
        try branch(try readOperand(instruction, instruction.operand0, instruction.width0), instruction)
      }
    case .call: try nearCall(instruction)
    case .ret: try nearReturn(instruction)
    case .push:
      let value = try readOperand(instruction, instruction.operand0, instruction.width0)
      try push(value, instruction.operandSize)
    case .pop: try executePop(instruction)
    case .lea: write(instruction.reg, width: instruction.width0, effectiveAddress(instruction))
    case .movzx:
      write(
        instruction.reg, width: instruction.width0,
        try readOperand(instruction, instruction.operand1, instruction.width1))
    case .movsx, .movsxd:
      let value = try readOperand(instruction, instruction.operand1, instruction.width1)
      write(instruction.reg, width: instruction.width0, signExtend(value, instruction.width1))
    case .cmovcc:
      let value = try readOperand(instruction, instruction.operand1, instruction.width1)
      let holds = state.flags.holds(instruction.opcode & 15)
      write(
        instruction.reg, width: instruction.width0, holds ? value : read(instruction.reg, width: instruction.width0))
    case .setcc:
      try writeOperand(
        instruction, instruction.operand0, 1, state.flags.holds(instruction.opcode & 15) ? 1 : 0)
    case .nop: break
    default: try executeLessFrequent(instruction)
    }
  }

  @inline(never)
  private func executeLessFrequent(_ instruction: Instruction) throws(Exception) {
    let isInteger: Bool
    switch instruction.operandSize {
    case 1: isInteger = try executeInteger(instruction, UInt8.self)
    case 2: isInteger = try executeInteger(instruction, UInt16.self)
    case 4: isInteger = try executeInteger(instruction, UInt32.self)
    default: isInteger = try executeInteger(instruction, UInt64.self)
    }
    if isInteger { return }
    if try executeMiscellaneous(instruction) { return }
    if try executeSystem(instruction) { return }
    if try executeVector(instruction) { return }
    bus.note(.unimplementedInstruction(instruction.operation), processor: state.index)
    throw .invalidOpcode(.unimplementedInstruction)
  }

  @inline(__always)
  func signExtend(_ value: UInt64, _ width: UInt8) -> UInt64 {
    let shift = 64 &- UInt64(width) &* 8
    return UInt64(bitPattern: Int64(bitPattern: value << shift) >> Int64(shift))
  }

  /// A near branch: the target is cut to the operand size and judged before anything changes.
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

  private func nearCall(_ instruction: Instruction) throws(Exception) {
    let target =
      instruction.operand0 == .relative
      ? state.nextRIP &+ instruction.immediate
      : try readOperand(instruction, instruction.operand0, instruction.width0)
    let checked: UInt64
    do throws(Exception) { checked = try checkedTarget(target, instruction.operandSize) } catch {
      // The stack's own faults count first.
      try judgeStackSlot(instruction.operandSize)
      if is64Bit, does(.storesReturnAddressBeforeTargetCheck) {
        try storeStack(unsafe registers[4] &- 8, state.nextRIP, 8)
      }
      throw error
    }
    try push(state.nextRIP, instruction.operandSize)
    state.nextRIP = checked
  }

  /// Raises what a push of so many bytes would.
  private func judgeStackSlot(_ size: UInt8) throws(Exception) {
    let size = UInt64(size)
    let slot = try linear(2, stackOffset(unsafe registers[4] &- size), size, isWrite: true)
    if isCheckingAlignment { try checkAccess(slot, size, isWrite: true) }
    try probeWrite(slot, Int(size))
  }

  private func nearReturn(_ instruction: Instruction) throws(Exception) {
    let size = instruction.operandSize
    let target = try checkedTarget(try peek(0, size), size)
    setStackPointer(unsafe registers[4] &+ UInt64(size) &+ instruction.immediate)
    state.nextRIP = target
  }

  private func executePop(_ instruction: Instruction) throws(Exception) {
    let size = instruction.operandSize
    let value = try peek(0, size)
    let old = unsafe registers[4]
    // POP [rSP+d] computes its address after the increment; a fault puts rSP back.
    setStackPointer(old &+ UInt64(size))
    do throws(Exception) { try writeOperand(instruction, instruction.operand0, size, value) } catch {
      unsafe registers[4] = old
      throw error
    }
  }

  /// Conversions, flags, stack frames, loops, far transfers, decimal adjustment.
  private func executeMiscellaneous(_ instruction: Instruction) throws(Exception) -> Bool {
    let size = instruction.operandSize
    switch instruction.operation {
    case .movs, .stos, .lods, .scas, .cmps, .ins, .outs: try executeString(instruction)
    case .cbw: write(0, width: size, signExtend(read(0, width: size / 2), size / 2))
    case .cwd:
      write(2, width: size, signExtend(read(0, width: size), size) >> 63 != 0 ? .max : 0)
    case .bswap:
      let value = register64(instruction.reg)
      switch size {
      case 8: write(instruction.reg, width: 8, value.byteSwapped)
      case 4: write(instruction.reg, width: 4, UInt64(UInt32(truncatingIfNeeded: value).byteSwapped))
      default: write(instruction.reg, width: 2, 0)
      }
    case .cmpxchg8b, .cmpxchg16b: try compareExchangeDouble(instruction)
    case .xlat:
      var offset = register64(3) &+ (register64(0) & 0xFF)
      if instruction.addressSize < 8 { offset &= instruction.addressSize == 4 ? 0xFFFF_FFFF : 0xFFFF }
      write(0, width: 1, UInt64(try load(instruction.segment, offset, as: UInt8.self)))
    case .clc: state.flags.set(RFLAGS.carry, to: 0)
    case .stc: state.flags.set(RFLAGS.carry, to: RFLAGS.carry)
    case .cmc: state.flags.set(RFLAGS.carry, to: state.flags.carry ? 0 : RFLAGS.carry)
    case .cld: state.systemFlags &= ~RFLAGS.direction
    case .std: state.systemFlags |= RFLAGS.direction
    case .lahf: write(0 | Instruction.highByte, width: 1, (state.flags.rflags & 0xD5) | 2)
    case .sahf: state.flags.set(0xD5, to: read(0 | Instruction.highByte, width: 1))
    case .salc: write(0, width: 1, state.flags.carry ? 0xFF : 0)
    case .loop, .loope, .loopne:
      let count = read(1, width: instruction.addressSize) &- 1
      let width = instruction.addressSize
      let left = width == 8 ? count : count & (width == 4 ? 0xFFFF_FFFF : 0xFFFF)
      // The decoder leaves a REP prefix only where it decides, whatever the opcode says.
      let wantsZero =
        instruction.flags.contains(.rep)
        || (instruction.operation == .loope && !instruction.flags.contains(.repne))
      let condition = instruction.operation == .loop || state.flags.zero == wantsZero
      if left != 0 && condition { try branch(state.nextRIP &+ instruction.immediate, instruction) }
      write(1, width: width, left)
    case .jrcxz:
      if read(1, width: instruction.addressSize) == 0 {
        try branch(state.nextRIP &+ instruction.immediate, instruction)
      }
    case .jmpFar, .callFar: try executeFar(instruction)
    case .retFar: try farReturn(size, release: instruction.immediate)
    case .iret: try interruptReturn(size)
    case .int3: try softwareInterrupt(3, .breakpoint)
    case .int: try softwareInterrupt(UInt8(truncatingIfNeeded: instruction.immediate), .software)
    case .int1: try softwareInterrupt(1, .privileged)
    case .into: if state.flags.overflow { try softwareInterrupt(4, .breakpoint) }
    case .enter: try executeEnter(instruction)
    case .leave:
      let frame = stackOffset(register64(5))
      let value = try loadSized(2, frame, size)
      setStackPointer(frame &+ UInt64(size))
      write(5, width: size, value)
    case .pusha: try executePushAll(size)
    case .popa: try executePopAll(size)
    case .bound:
      let index = Int64(bitPattern: signExtend(read(instruction.reg, width: size), size))
      let at = effectiveAddress(instruction)
      let low = Int64(bitPattern: signExtend(try loadSized(instruction.segment, at, size), size))
      if index < low, does(.judgesLowerBoundFirst) { throw .boundRange(.boundRange) }
      let high = Int64(bitPattern: signExtend(try loadSized(instruction.segment, at &+ UInt64(size), size), size))
      if index < low || index > high { throw .boundRange(.boundRange) }
    case .daa, .das:
      let al = UInt8(truncatingIfNeeded: register64(0))
      write(
        0, width: 1,
        UInt64(Integer.decimalAdjust(al, subtract: instruction.operation == .das, &state.flags)))
    case .aaa, .aas:
      let ax = UInt16(truncatingIfNeeded: register64(0))
      write(0, width: 2, UInt64(Integer.asciiAdjust(ax, subtract: instruction.operation == .aas, &state.flags)))
      if does(.computesASCIIAdjustFlags) {
        let result = LazyFlags(result: read(0, width: 1), carries: 0)
        state.flags.set(RFLAGS.sign | RFLAGS.zero | RFLAGS.overflow | RFLAGS.parity, to: result.rflags)
      }
    case .aam:
      let divisor = UInt8(truncatingIfNeeded: instruction.immediate)
      guard divisor != 0 else { throw .divideError(.divideByZero) }
      let al = UInt8(truncatingIfNeeded: register64(0))
      write(0, width: 2, UInt64(al / divisor) << 8 | UInt64(al % divisor))
      state.flags = LazyFlags(result: (al % divisor).signExtended, carries: 0)
    case .aad:
      let ax = register64(0)
      let al = UInt8(truncatingIfNeeded: (ax & 0xFF) &+ ((ax >> 8) & 0xFF) &* instruction.immediate)
      write(0, width: 2, UInt64(al))
      state.flags = LazyFlags(result: al.signExtended, carries: 0)
    case .ud0, .ud1, .ud2: throw .invalidOpcode(.undefinedInstruction)
    case .movnti:
      try writeOperand(instruction, .memory, instruction.width0, read(instruction.reg, width: instruction.width1))
    case .pause:
      state.budget = min(state.budget, state.budget)
    default: return false
    }
    return true
  }

  private func executeFar(_ instruction: Instruction) throws(Exception) {
    let selector: UInt16
    let offset: UInt64
    let size = farPointerSize(instruction)
    if instruction.operand0 == .farPointer {
      (selector, offset) = (instruction.selector, instruction.immediate)
    } else {
      let at = effectiveAddress(instruction)
      offset = try loadSized(instruction.segment, at, size)
      selector = try load(instruction.segment, at &+ UInt64(size), as: UInt16.self)
    }
    if instruction.operation == .jmpFar {
      try farJump(selector, offset, size)
    } else {
      try farCall(selector, offset, instruction.operandSize)
    }
  }

  /// Bytes of the offset of a far pointer in memory.
  func farPointerSize(_ instruction: Instruction) -> UInt8 {
    does(.takes64BitFarPointers) ? instruction.operandSize : min(instruction.operandSize, 4)
  }

  private func executeEnter(_ instruction: Instruction) throws(Exception) {
    let size = UInt64(instruction.operandSize)
    let level = UInt64(instruction.selector & 31)
    var top = unsafe registers[4]
    let framePointer = register64(5)
    top = stackOffset(top &- size)
    try storeStack(top, framePointer, instruction.operandSize)
    // The frame's address is all of rSP, whatever SS.B says.
    let frame = stackSize == 2 ? (unsafe registers[4] & ~0xFFFF) | top : top
    if level > 0 {
      for index in 1..<max(level, 1) {
        let saved = try loadSized(2, stackOffset(framePointer &- index * size), instruction.operandSize)
        top = stackOffset(top &- size)
        try storeStack(top, saved, instruction.operandSize)
      }
      top = stackOffset(top &- size)
      try storeStack(top, frame, instruction.operandSize)
    }
    top = stackOffset(top &- instruction.immediate)
    // The new top must be writable, else nothing has happened.
    let last = try linear(2, top, size, isWrite: true)
    if isCheckingAlignment { try checkAccess(last, size, isWrite: true) }
    try probeWrite(last, Int(size))
    write(5, width: instruction.operandSize, frame)
    setStackPointer(top)
  }

  private func executePushAll(_ size: UInt8) throws(Exception) {
    let old = unsafe registers[4]
    do throws(Exception) {
      for number in 0..<8 {
        try push(number == 4 ? old : (unsafe registers[number]), size)
      }
    } catch {
      unsafe registers[4] = old
      throw error
    }
  }

  private func executePopAll(_ size: UInt8) throws(Exception) {
    // What was read before a fault stays read; rSP moves at the end alone.
    for number in 0..<8 {
      let value = try peek(UInt64(number) * UInt64(size), size)
      if number != 3 { write(UInt8(7 - number), width: size, value) }
    }
    setStackPointer(unsafe registers[4] &+ 8 * UInt64(size))
  }
}
