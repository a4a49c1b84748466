import MMU
import X86
import X86Decoder
import TextForms

extension Processor {
  /// One line a link of a chain of exceptions that ended in shutdown.
  ///
  /// - Parameters:
  ///   - chain: the exception of the instruction, then each that a delivery raised, with double faults after them.
  ///   - final: what the last delivery raised.
  func shutdownText(_ chain: [Exception], _ final: Exception) -> String {
    let mode = DecodeMode(rawValue: state.decodeMode) ?? .code64
    func describe(_ exception: Exception) -> String {
      var text = exception.vector.mnemonic
      if exception.hasErrorCode { text += "(\(Text.hex(exception.errorCode)))" }
      if exception.vector == .pageFault { text += " at \(Text.hex(exception.address.rawValue))" }
      var reason = exception.reason.sentence
      let isInTable = exception.reason == .absentFeature
      if isInTable || exception.reason == .invalidEncoding {
        // Of bytes that other processors know, the instruction's name says more than the rule.
        reason =
          NewerInstruction.sentence(bytesAtRIP(), mode: mode, features: model.features, isInTable: isInTable) ?? reason
      }
      return text + " (\(reason))"
    }
    let cs = Text.digits(UInt64(segment(.cs).selector))
    let rip = Text.digits(state.rip)
    var text = ""
    for exception in chain {
      if text.isEmpty {
        let words = ProcessorMode(
          cr0: state.paging.cr0, isLongMode: isLongMode, rflags: rflags, code: segment(.cs)
        ).words
        text = "\(describe(exception)) at \(cs):\(rip), \(words), CPL \(state.cpl)"
      } else {
        text += "\(exception.vector == .doubleFault ? ", then" : "; its delivery raised") \(describe(exception))"
      }
    }
    text += "; its delivery raised \(describe(final)): shutdown"
    text += "; IDTR \(Text.hex(state.idtr.base)) limit \(Text.hex(state.idtr.limit))"
    text += ", CR3 \(Text.hex(state.paging.cr3)), RSP \(Text.hex(unsafe registers[.sp]))"
    return text
  }
}
