import MMU
import X86
import X86Decoder

extension Processor {
  /// One line a link of a chain of exceptions that ended in shutdown.
  ///
  /// - Parameters:
  ///   - chain: the exception of the instruction, then each that a delivery raised, with double faults after them.
  ///   - final: what the last delivery raised.
  func shutdownText(_ chain: [Exception], _ final: Exception) -> String {
    let mode = DecodeMode(rawValue: state.decodeMode) ?? .code64
    func tell(_ exception: Exception) -> String {
      var text = exception.vector.mnemonic
      if exception.hasErrorCode { text += "(0x\(String(exception.errorCode, radix: 16)))" }
      if exception.vector == .pageFault { text += " at 0x\(String(exception.address.rawValue, radix: 16))" }
      var reason = exception.reason.sentence
      let isInTable = exception.reason == .absentFeature
      if isInTable || exception.reason == .invalidEncoding {
        // Of bytes that other processors know, the instruction's name says more than the rule.
        reason =
          NewerInstruction.sentence(bytesAtRIP(), mode: mode, features: model.features, isInTable: isInTable) ?? reason
      }
      return text + " (\(reason))"
    }
    let cs = String(segment(.cs).selector, radix: 16)
    let rip = String(state.rip, radix: 16)
    var text = ""
    for exception in chain {
      if text.isEmpty {
        let words = ProcessorMode(
          cr0: state.paging.cr0, isLongMode: isLongMode, rflags: rflags, code: segment(.cs)
        ).words
        text = "\(tell(exception)) at \(cs):\(rip), \(words), CPL \(state.cpl)"
      } else {
        text += "\(exception.vector == .doubleFault ? ", then" : "; its delivery raised") \(tell(exception))"
      }
    }
    text += "; its delivery raised \(tell(final)): shutdown"
    text += "; IDTR 0x\(String(state.idtr.base, radix: 16)) limit 0x\(String(state.idtr.limit, radix: 16))"
    text += ", CR3 0x\(String(state.paging.cr3, radix: 16)), RSP 0x\(String(unsafe registers[.sp], radix: 16))"
    return text
  }
}
