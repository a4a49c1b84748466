import X86Decoder

/// Which forms no machine can judge in user mode, and why.
public enum Judgeable {
  /// Why a form is not drawn; nil if it is.
  public static func reason(_ template: EncodingTemplate, cpl: UInt8) -> String? {
    switch template.operation {
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
}
