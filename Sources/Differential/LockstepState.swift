public import X86
import TextForms

/// A state as a row of words, in the form in which two machines must agree.
public struct LockstepState: Hashable, Sendable {
  /// The words: `names` says what each is.
  public internal(set) var words: [UInt64]

  init(words: [UInt64]) { self.words = words }

  /// Index of RIP and of RFLAGS.
  static let (rip, rflags) = (16, 17)
  /// Words of general and system registers; those behind are MSRs and floating-point state.
  static let plainCount = 18 + 8 * 3 + 4 + 6

  /// MSRs that both sides keep the same way.
  private static let msrs = MSRTable.numbers(exportedTo: .lockstep)

  /// The name of each word.
  static let names: [String] = {
    var names = ["RAX", "RCX", "RDX", "RBX", "RSP", "RBP", "RSI", "RDI"] + (8..<16).map { "R\($0)" }
    names += ["RIP", "RFLAGS"]
    for segment in ["ES", "CS", "SS", "DS", "FS", "GS", "LDTR", "TR"] {
      names += [segment, "\(segment).base", "\(segment).limit and attributes"]
    }
    names += ["GDTR.base", "GDTR.limit", "IDTR.base", "IDTR.limit", "CR0", "CR2", "CR3", "CR4", "CR8", "EFER"]
    names += ["DR0", "DR1", "DR2", "DR3", "DR7"]
    names += msrs.map { "MSR \(Text.suffixed($0))" }
    names += ["FCW, FSW, FTW", "MXCSR"]
    for index in 0..<8 { names += ["ST/MM\(index)", "ST\(index) sign and exponent"] }
    for index in 0..<16 { names += ["XMM\(index) low", "XMM\(index) high"] }
    for index in 0..<16 { names += ["YMM\(index) bits 191:128", "YMM\(index) bits 255:192"] }
    names += ["XCR0", "PKRU"]
    return names
  }()

  /// The words of a state.
  ///
  /// - Parameter isComplete: MSRs and floating-point state count.
  public init(_ state: ArchitecturalState, isComplete: Bool) {
    var words = state.generalRegisters
    words.reserveCapacity(isComplete ? Self.names.count : Self.plainCount)
    // RF is a mark between an instruction and its retry, which the two sides set at other moments.
    words.append(state.rip)
    words.append(state.rflags & ~RFLAGS.resume | RFLAGS.alwaysOne)
    for segment in state.segments { Self.append(segment, &words) }
    Self.append(state.ldtr, &words)
    Self.append(state.tr, &words)
    words += [
      state.gdtr.base, UInt64(state.gdtr.limit), state.idtr.base, UInt64(state.idtr.limit), state.cr0, state.cr2,
      state.cr3, state.cr4, state.cr8, state.efer,
    ]
    if isComplete { Self.appendRest(state, &words) }
    self.words = words
  }

  private static func append(_ segment: SegmentState, _ words: inout [UInt64]) {
    words.append(UInt64(segment.selector))
    if segment.isUnusable || segment.attributes & 0x80 == 0 {
      // Nothing of a null segment counts but that it is one; FS and GS keep a base.
      words += [segment.selector & 0xFFFC == 0 ? 0 : segment.base, UInt64(SegmentState.unusable)]
    } else {
      words += [segment.base, UInt64(segment.limit) << 32 | UInt64(segment.attributes)]
    }
  }

  private static func appendRest(_ state: ArchitecturalState, _ words: inout [UInt64]) {
    words += state.debugAddresses
    words.append(state.dr7)
    for number in msrs { words.append(state.msrs[number] ?? 0) }
    let area = state.fxsaveArea
    func load(_ at: Int, _ count: Int) -> UInt64 {
      (0..<count).reduce(0) { $0 | UInt64(area[at + $1]) << UInt64($1 * 8) }
    }
    // FOP, FIP, FDP and MXCSR_MASK depend on the make, not on the result.
    words += [load(0, 5), load(24, 4)]
    for index in 0..<8 { words += [load(32 + index * 16, 8), load(40 + index * 16, 2)] }
    for index in 0..<16 { words += [load(160 + index * 16, 8), load(168 + index * 16, 8)] }
    words += state.upperVectors
    words += [state.xcr0, UInt64(state.pkru)]
  }

  /// The fields that differ, flags outside a mask apart.
  func differences(_ other: LockstepState, ignoring undefined: UInt64) -> [Int] {
    let count = min(words.count, other.words.count)
    return (0..<count).filter { index in
      let difference = words[index] ^ other.words[index]
      return index == Self.rflags ? difference & ~undefined != 0 : difference != 0
    }
  }
}
