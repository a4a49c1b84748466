import X86Decoder

/// Which forms no machine can test in user mode, and why.
public enum UntestableForms {
  /// Why a form is not drawn; nil if it is.
  ///
  /// - Parameter involvesNative: the host's own processor is one of the two sides, where a kernel stands behind.
  public static func reason(_ template: EncodingTemplate, cpl: UInt8, involvesNative: Bool = true) -> String? {
    if !involvesNative, [.syscall, .int].contains(template.operation) { return nil }
    if cpl == 0, dependsOnPrivilege(template.operation) { return "depends on CPL" }
    let traits = template.operation.traits
    if traits.contains(.time) { return "time" }
    if traits.contains(.random) { return "random numbers" }
    if traits.contains(.identity) { return "CPUID identifies the processor" }
    if traits.contains(.umip) { return "the host's kernel answers for the processor (UMIP)" }
    if traits.contains(.inspects) { return "the host's own GDT shows" }
    return fenced[template.operation]
  }

  /// What would reach the host's kernel.
  private static let fenced: [X86Decoder.Operation: String] = [
    .syscall: "fenced: it would call the host's kernel", .sysenter: "fenced: it would call the host's kernel",
    .int: "the host's own IDT shows, and INT 80h calls its kernel",
    .int1: "the host's kernel takes it for its own single step",
    .rdpkru: "PKRU is the host system's", .wrpkru: "PKRU is the host system's",
  ]

  /// Whether CPL 0 and CPL 3 make a difference beyond the rights to pages.
  static func dependsOnPrivilege(_ operation: X86Decoder.Operation) -> Bool {
    !operation.traits.isDisjoint(with: [.privileged, .selector, .descriptor])
  }
}
