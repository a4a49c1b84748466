import MMU
import X86
import X86Decoder

extension Processor {
  /// PUSH.
  @inline(__always)
  func pushOperand(_ instruction: Instruction) throws(Exception) {
    let value = try readOperand(instruction, instruction.operand0, instruction.width0)
    try push(value, instruction.operandSize)
  }

  /// POP.
  func popOperand(_ instruction: Instruction) throws(Exception) {
    let size = instruction.operandSize
    let value = try peek(0, size)
    let old = unsafe registers[.sp]
    // POP [rSP+d] computes its address after the increment; a fault puts rSP back.
    setStackPointer(old &+ UInt64(size))
    do throws(Exception) { try writeOperand(instruction, instruction.operand0, size, value) } catch {
      unsafe registers[.sp] = old
      throw error
    }
  }

  /// LEAVE.
  func leaveFrame(_ instruction: Instruction) throws(Exception) {
    let size = instruction.operandSize
    let frame = stackOffset(register64(.bp))
    let value = try loadSized(.ss, frame, size)
    setStackPointer(frame &+ UInt64(size))
    write(.bp, width: size, value)
  }

  /// ENTER.
  func enterFrame(_ instruction: Instruction) throws(Exception) {
    let size = UInt64(instruction.operandSize)
    let level = UInt64(instruction.selector & 31)
    var top = unsafe registers[.sp]
    let framePointer = register64(.bp)
    top = stackOffset(top &- size)
    try storeStack(top, framePointer, instruction.operandSize)
    // The frame's address is all of rSP, whatever SS.B says.
    let below = unsafe registers[.sp] &- size
    let wrapped = unsafe (registers[.sp] & ~0xFFFF) | top
    let frame = stackSize != 2 ? top : does(.borrowsInFrameOfENTER) ? below & 0xFFFF_FFFF : wrapped
    if level > 0 {
      for index in 1..<max(level, 1) {
        let saved = try loadSized(.ss, stackOffset(framePointer &- index * size), instruction.operandSize)
        top = stackOffset(top &- size)
        try storeStack(top, saved, instruction.operandSize)
      }
      top = stackOffset(top &- size)
      try storeStack(top, frame, instruction.operandSize)
    }
    top = stackOffset(top &- instruction.immediate)
    // The new top must be writable, else nothing has happened.
    let last = try linear(.ss, top, size, isWrite: true)
    if isCheckingAlignment { try checkAccess(last, size, isWrite: true) }
    try probeWrite(last, Int(size))
    write(.bp, width: instruction.operandSize, frame)
    setStackPointer(top)
  }

  /// PUSHA.
  func pushAll(_ instruction: Instruction) throws(Exception) {
    let size = instruction.operandSize
    let old = unsafe registers[.sp]
    do throws(Exception) {
      for number in 0..<8 {
        try push(number == 4 ? old : (unsafe registers[number]), size)
      }
    } catch {
      unsafe registers[.sp] = old
      throw error
    }
  }

  /// POPA.
  func popAll(_ instruction: Instruction) throws(Exception) {
    let size = instruction.operandSize
    // What was read before a fault stays read; rSP moves at the end alone.
    for number in 0..<8 {
      let value = try peek(UInt64(number) * UInt64(size), size)
      if number != 3 { write(UInt8(7 - number), width: size, value) }
    }
    setStackPointer(unsafe registers[.sp] &+ 8 * UInt64(size))
  }
}
