import Machine
import TextForms

extension RunSession {
  /// Follows the primary until the guest is here; gives an end if it never will be.
  func follow() -> End? {
    guard let backup else { return nil }
    backup.symbol = symbolNames
    while true {
      if let number = EndingSignals.caught { return .signal(number) }
      if let end = serveControl() { return end }
      switch backup.step(machine) {
      case .follows: continue
      case .ended: return .followed("the primary's run has ended")
      case .dismissed(let reason): return .followed(reason)
      case .differs(let sentence): return .differs("\(backup.address): \(sentence)")
      case .takesOver(let reason):
        takeOver(backup)
        complain("\(backup.address): the primary is gone, \(reason): the guest goes on here")
        control?.announce("took-over", [("reason", .string(reason))])
        return nil
      }
    }
  }

  /// The guest is here from now on: what has not left on the primary leaves here.
  private func takeOver(_ backup: BackupRun) {
    let held = history.bytes(from: min(max(backup.released, history.start), history.end), limit: .max) ?? []
    self.backup = nil
    for byte in held { output.send(byte) }
    input.adopt(backup.log)
  }
}
