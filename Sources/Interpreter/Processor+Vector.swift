import MMU
import X86
import X86Decoder

extension Processor {
  /// x87, MMX and SSE instructions.
  ///
  /// - Returns: false if the operation has no semantics yet.
  func executeVector(_ instruction: Instruction) throws(Exception) -> Bool { false }
}
