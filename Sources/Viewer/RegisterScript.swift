import X86

extension ViewerPage {
  /// Names of bits and registers, from the tables of system registers and of MSRs.
  static let registerScript: String = {
    func bits(_ register: SystemRegister) -> String {
      "[" + register.namedBits.map { "[\($0.bits.lowerBound), \"\($0.name)\"]" }.joined(separator: ", ") + "]"
    }
    let controls = [SystemRegister.cr0, .cr4, .efer].map { "  \($0.name.lowercased()): \(bits($0))," }
    // Registers of the trace by their own names, and the time, which goes on by itself.
    let traced = MSRTable.rows.filter { $0.trace != nil || $0.effect == .timeStamp }
      .map { "\"\($0.name.lowercased())\"" }
    return """
      const FLAGS = \(bits(SystemRegister.rflags));
      const CONTROL_BITS = {
      \(controls.joined(separator: "\n"))
      };
      const TRACED_MSRS = [\(traced.joined(separator: ", "))];
      """
  }()
}
