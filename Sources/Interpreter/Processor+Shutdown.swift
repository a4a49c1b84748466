import MMU
import X86

extension Processor {
  /// One line a link of a chain of exceptions that ended in shutdown.
  ///
  /// - Parameters:
  ///   - first: the exception of the instruction.
  ///   - cause: what the delivery before that of `last` raised; nil if `last` is the first.
  ///   - last: the exception whose delivery failed at the end.
  ///   - final: what that delivery raised.
  func shutdownText(_ first: Exception, _ cause: Exception?, _ last: Exception, _ final: Exception) -> String {
    func tell(_ exception: Exception) -> String {
      var text = exception.vector.mnemonic
      if exception.hasErrorCode { text += "(0x\(String(exception.errorCode, radix: 16)))" }
      if exception.vector == .pageFault { text += " at 0x\(String(exception.address.rawValue, radix: 16))" }
      return text + " (\(exception.reason.sentence))"
    }
    let cs = String(segment(.cs).selector, radix: 16)
    let rip = String(state.rip, radix: 16)
    var text = "\(tell(first)) at \(cs):\(rip), CPL \(state.cpl)"
    if let cause {
      text += "; its delivery raised \(tell(cause))"
      if cause != last { text += ", then \(tell(last))" }
    }
    text += "; its delivery raised \(tell(final)): shutdown"
    text += "; IDTR 0x\(String(state.idtr.base, radix: 16)) limit 0x\(String(state.idtr.limit, radix: 16))"
    text += ", CR3 0x\(String(state.paging.cr3, radix: 16)), RSP 0x\(String(unsafe registers[4], radix: 16))"
    return text
  }
}
