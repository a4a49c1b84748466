/// A mode with the size of its code: how a processor decodes what CS holds.
///
/// - SDM: Vol. 3A "Modes of Operation", "Code-Segment Descriptor in 64-bit Mode".
public enum ProcessorMode: String, CaseIterable, Sendable {
  case long64, compatibility32, compatibility16, protected32, protected16, real16, virtual8086

  /// The mode that control registers, RFLAGS and CS make.
  ///
  /// - Parameters:
  ///   - cr0: CR0, of which PE matters.
  ///   - isLongMode: EFER.LMA.
  ///   - rflags: of which VM matters.
  ///   - code: CS with its hidden part.
  public init(cr0: UInt64, isLongMode: Bool, rflags: UInt64, code: SegmentState) {
    if cr0 & CR0.protectionEnable == 0 {
      self = .real16
    } else if isLongMode {
      self = code.isLong ? .long64 : code.isDefault32 ? .compatibility32 : .compatibility16
    } else if rflags & RFLAGS.virtual8086 != 0 {
      self = .virtual8086
    } else {
      self = code.isDefault32 ? .protected32 : .protected16
    }
  }

  /// For people: `64-bit mode`, `compatibility mode, 32-bit code`, `real mode`.
  public var words: String {
    switch self {
    case .long64: "64-bit mode"
    case .compatibility32: "compatibility mode, 32-bit code"
    case .compatibility16: "compatibility mode, 16-bit code"
    case .protected32: "protected mode, 32-bit code"
    case .protected16: "protected mode, 16-bit code"
    case .real16: "real mode"
    case .virtual8086: "virtual-8086 mode"
    }
  }

  /// One of the two in which IA-32e mode executes code of 16 or 32 bits.
  public var isCompatibility: Bool { self == .compatibility32 || self == .compatibility16 }

  /// What makes compatibility mode: new kernels come into it when the GDT's code segment lacks L.
  public static let compatibilityCause = "compatibility mode: CS.L = 0 while EFER.LMA = 1"
}
