/// As what a debugger sees the processors: which registers there are, and how wide an address is.
public enum DebugArchitecture: String, CaseIterable, Sendable {
  /// A 32-bit processor: EAX to EDI and EIP, the lower halves in 64-bit mode.
  case i386
  /// A 64-bit processor, in every mode.
  case amd64 = "x86-64"

  /// What GDB calls it.
  public var nameInGDB: String {
    switch self {
    case .i386: "i386"
    case .amd64: "i386:x86-64"
    }
  }
}
