import X86

/// A small test that shows whether a judge has a limit on this very host.
public struct LimitProbe: Sendable {
  /// The limit, as rules name it.
  let name: String
  private let code: [UInt8]
  private let prepare: @Sendable (inout UserState) -> Void
  private let shows: @Sendable (UserState) -> Bool

  /// The limits of the host's own processor under its kernel.
  static let native: [LimitProbe] = [
    LimitProbe(name: "fence", code: [0x0F, 0x05], prepare: { _ in }) { $0.vector == UserState.lost },
    LimitProbe(name: "kernel-half", code: [0x8A, 0x03], prepare: { $0.generalRegisters[3] = 0xFFFF_8000_0000_0000 }) {
      $0.vector == 14 && $0.errorCode & 1 != 0
    },
    LimitProbe(name: "umip", code: [0x0F, 0x01, 0x03], prepare: { $0.generalRegisters[3] = InstructionTest.windowAddress }) {
      $0.vector == UserState.noException || $0.vector == UserState.lost
    },
    // The selector by which Linux tells the number of the processor.
    LimitProbe(name: "host-gdt", code: [0x0F, 0x02, 0xC3], prepare: { $0.generalRegisters[3] = 0x7B }) {
      $0.rflags & RFLAGS.zero != 0
    },
    LimitProbe(name: "host-idt", code: [0xCD, 0x80], prepare: { _ in }) { $0.vector == UserState.lost },
    LimitProbe(name: "int1", code: [0xF1], prepare: { _ in }) { $0.vector != 1 },
    LimitProbe(name: "null-selector", code: [0x8E, 0xD8], prepare: { $0.generalRegisters[0] = 1 }) {
      $0.vector == UserState.noException && $0.selectors[3] == 0
    },
  ]

  /// The names of the limits that a judge shows.
  public static func shown(by judge: any InstructionRunner) throws -> Set<String> {
    var names: Set<String> = []
    for probe in native {
      var test = InstructionTest()
      test.setCode(probe.code)
      test.chooseStepping()
      probe.prepare(&test.input)
      if probe.shows(try judge.run(test)) { names.insert(probe.name) }
    }
    return names
  }
}
