import X86
import X86Decoder

/// A memory operand that is accessed in parts, each at a distance from its start. Offsets wrap at the address size: behind
/// FFFFh comes 0 where addresses have 16 bits, so that the operand is not one block.
struct OperandParts {
  /// The segment.
  let segment: UInt8
  /// The base that the segment adds.
  let base: UInt64
  /// Where it starts in its segment.
  let offset: UInt64
  private let offsetMask: UInt64
  private let linearMask: UInt64

  fileprivate init(_ instruction: Instruction, offset: UInt64, base: UInt64, is64Bit: Bool) {
    segment = instruction.segment
    self.base = base
    self.offset = offset
    offsetMask = instruction.addressMask
    linearMask = is64Bit ? .max : 0xFFFF_FFFF
  }

  /// The offset of a part in its segment.
  func offset(at distance: UInt64) -> UInt64 { (offset &+ distance) & offsetMask }

  /// The linear address of a part, without any check.
  subscript(distance: UInt64) -> UInt64 { (base &+ offset(at: distance)) & linearMask }
}

extension Processor {
  /// The parts of the memory operand.
  func parts(_ instruction: Instruction) -> OperandParts {
    OperandParts(
      instruction, offset: effectiveAddress(instruction), base: base(of: instruction.segment), is64Bit: is64Bit)
  }

  /// Checks the last byte of an operand in parts, of `byteCount` bytes, as a part of its own.
  func checkLastByte(_ parts: OperandParts, _ byteCount: UInt64, isWrite: Bool) throws(Exception) {
    let last = try linear(parts.segment, parts.offset(at: byteCount &- 1), 1, isWrite: isWrite)
    try checkOperand(last, 1, isWrite: isWrite)
  }
}
