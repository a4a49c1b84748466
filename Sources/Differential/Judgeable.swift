import X86Decoder

/// Which forms no machine can judge in user mode, and why.
public enum Judgeable {
  /// Why a form is not drawn; nil if it is.
  ///
  /// - Parameter involvesNative: the host's own processor is one of the two sides, where a kernel stands behind.
  public static func reason(_ template: EncodingTemplate, cpl: UInt8, involvesNative: Bool = true) -> String? {
    if !involvesNative, [.syscall, .int].contains(template.operation) { return nil }
    if cpl == 0, dependsOnPrivilege(template.operation) { return "depends on CPL" }
    return switch template.operation {
    case .cpuid: "CPUID tells which processor it is"
    case .rdtsc, .rdtscp: "time"
    case .sgdt, .sidt, .smsw, .sldt, .str: "the host's kernel answers for the processor (UMIP)"
    case .lar, .lsl, .verr, .verw: "the host's own GDT shows"
    case .syscall, .sysenter: "fenced: it would call the host's kernel"
    case .int: "the host's own IDT shows, and INT 80h calls its kernel"
    case .int1: "the host's kernel takes it for its own single step"
    default: nil
    }
  }

  /// Whether CPL 0 and CPL 3 make a difference beyond the rights to pages.
  static func dependsOnPrivilege(_ operation: X86Decoder.Operation) -> Bool {
    switch operation {
    case .in, .out, .ins, .outs, .cli, .sti, .hlt, .popf, .pushf, .iret, .movToControl, .movFromControl, .movToDebug,
      .movFromDebug, .clts, .lmsw, .lgdt, .lidt, .lldt, .ltr, .invlpg, .invpcid, .wbinvd, .invd, .rdmsr, .wrmsr, .rdpmc,
      .sysret, .sysexit, .swapgs, .stac, .clac, .monitor, .mwait, .xgetbv, .xsetbv, .vmcall, .vmmcall, .rsm,
      .movToSegment, .movFromSegment, .pushSegment, .popSegment, .les, .lds, .lss, .lfs, .lgs, .jmpFar, .callFar,
      .retFar,
      .arpl:
      true
    default: false
    }
  }
}
