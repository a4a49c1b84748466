public import X86Decoder

/// One of the instructions that a processor is about to execute, as a profile counts them.
public struct UpcomingInstruction: Sendable {
  /// The instruction.
  public var instruction: Instruction
  /// Its linear address.
  public var address: UInt64
  /// How the code around it is decoded.
  public var mode: DecodeMode
  /// Whether the threaded engine has a handler of its own for it; else the shared semantics execute it.
  public var hasHandler: Bool
}

extension Processor {
  /// The instructions from RIP on, `count` at most: up to the first that cannot be decoded, or is not in RAM.
  ///
  /// They follow one another in memory; whether the first branches is not asked.
  public func upcomingInstructions(_ count: Int) -> [UpcomingInstruction] {
    guard let mode = DecodeMode(rawValue: state.decodeMode) else { return [] }
    let start = linearInstructionPointer
    let bytes = bytesAtRIP(count * Decoder.maximumLength)
    var result: [UpcomingInstruction] = []
    var offset = 0
    while result.count < count, offset < bytes.count {
      var instruction = Instruction()
      let failure = unsafe bytes[offset...].withUnsafeBufferPointer { buffer in
        unsafe buffer.baseAddress.map { unsafe decoder.decode($0, count: buffer.count, mode: mode, into: &instruction) }
          ?? DecodeFailure.truncated
      }
      guard failure == nil else { break }
      let operation: MicroOp
      if mode == .code64 {
        FastForm.note(&instruction, model.behaviors)
        operation = MicroOp(instruction, offset: 0, count: 1, isQuiet: false, model.behaviors)
      } else {
        operation = MicroOp(legacy: instruction, mode, offset: 0, count: 1, model.behaviors)
      }
      result.append(
        UpcomingInstruction(
          instruction: instruction, address: start &+ UInt64(offset), mode: mode,
          hasHandler: operation.handler != ThreadedHandlers.general))
      offset += Int(instruction.length)
    }
    return result
  }
}
