public import InstructionTesting
import X86

/// A small test that shows whether an oracle has a limit on this very host.
public struct LimitProbe: Sendable {
  /// The limit, as rules name it.
  let name: String
  private let code: [UInt8]
  private var mode = InstructionTest.Mode.long64
  private var cpl: UInt8 = 3
  private let prepare: @Sendable (inout UserState) -> Void
  private let shows: @Sendable (UserState) -> Bool

  private init(
    name: String, code: [UInt8], mode: InstructionTest.Mode = .long64, cpl: UInt8 = 3,
    prepare: @escaping @Sendable (inout UserState) -> Void, shows: @escaping @Sendable (UserState) -> Bool
  ) {
    self.name = name
    self.code = code
    self.mode = mode
    self.cpl = cpl
    self.prepare = prepare
    self.shows = shows
  }

  /// The limits of the host's own processor under its kernel.
  static let native: [LimitProbe] = [
    LimitProbe(name: "fence", code: [0x0F, 0x05], prepare: { _ in }) { $0.vector == UserState.lost },
    LimitProbe(name: "kernel-half", code: [0x8A, 0x03], prepare: { $0.generalRegisters[3] = 0xFFFF_8000_0000_0000 }) {
      $0.vector == 14 && $0.errorCode & 1 != 0
    },
    LimitProbe(
      name: "umip", code: [0x0F, 0x01, 0x03], prepare: { $0.generalRegisters[3] = InstructionTest.windowAddress }
    ) {
      $0.vector == UserState.noException || $0.vector == UserState.lost
    },
    // The selector by which Linux gives the number of the processor.
    LimitProbe(name: "host-gdt", code: [0x0F, 0x02, 0xC3], prepare: { $0.generalRegisters[3] = 0x7B }) {
      $0.rflags & RFLAGS.zero != 0
    },
    LimitProbe(name: "host-idt", code: [0xCD, 0x80], prepare: { _ in }) { $0.vector == UserState.lost },
    LimitProbe(name: "int1", code: [0xF1], prepare: { _ in }) { $0.vector != 1 },
    LimitProbe(name: "null-selector", code: [0x8E, 0xD8], prepare: { $0.generalRegisters[0] = 1 }) {
      $0.vector == UserState.noException && $0.selectors[3] == 0
    },
    // XGETBV: more than x87, SSE and AVX.
    LimitProbe(name: "components-absent", code: [0x0F, 0x01, 0xD0], prepare: { $0.generalRegisters[1] = 0 }) {
      $0.vector == UserState.noException && $0.generalRegisters[0] & ~7 != 0
    },
  ]

  /// What page-table virtualised KVM, or its instruction emulator, gets wrong.
  static let kvm: [LimitProbe] = [
    LimitProbe(
      name: "kvm-misaligned-sse", code: [0x0F, 0x56, 0x03],
      prepare: { $0.generalRegisters[3] = InstructionTest.windowAddress + 1 }
    ) { $0.vector == 6 },
    LimitProbe(
      name: "kvm-compare-order", code: [0xA6],
      prepare: {
        $0.generalRegisters[6] = 0x4C
        $0.generalRegisters[7] = 1 << 62
      }
    ) { $0.vector == 14 },
    LimitProbe(name: "kvm-compatibility-mode", code: [0xD9, 0xE8], mode: .compatibility32, prepare: { _ in }) {
      $0.vector == 6 || $0.vector == UserState.lost
    },
    LimitProbe(name: "kvm-refuses", code: [0xD9, 0xE8], cpl: 0, prepare: { _ in }) { $0.vector == UserState.lost },
    LimitProbe(
      name: "kvm-fxsave", code: [0x0F, 0xAE, 0x03],
      prepare: { $0.generalRegisters[3] = InstructionTest.dataPage + 0x108 }
    ) { $0.vector == UserState.noException },
    LimitProbe(name: "kvm-syscall", code: [0x0F, 0x05], prepare: { _ in }) { $0.selectors[1] == 0x33 },
    LimitProbe(name: "kvm-gates", code: [0xCD, 0x40], prepare: { _ in }) { $0.vector == 6 },
    LimitProbe(name: "kvm-nt", code: [0x90], prepare: { $0.rflags |= RFLAGS.nestedTask }) {
      $0.rflags & RFLAGS.nestedTask == 0
    },
    LimitProbe(
      name: "kvm-undefined", code: [0x66, 0x0F, 0xC3, 0x03],
      prepare: { $0.generalRegisters[3] = InstructionTest.windowAddress }
    ) { $0.vector != 6 },
    LimitProbe(name: "kvm-bit-scan", code: [0xF3, 0x0F, 0xBC, 0xC3], cpl: 0, prepare: { $0.generalRegisters[3] = 0 }) {
      $0.generalRegisters[0] == 0
    },
    LimitProbe(name: "kvm-near-branch", code: [0x66, 0xEB, 0x10], cpl: 0, prepare: { _ in }) { $0.rip >> 16 != 0 },
    LimitProbe(name: "kvm-host-gdt", code: [0x0F, 0x02, 0xC3], prepare: { $0.generalRegisters[3] = 0x7B }) {
      $0.rflags & RFLAGS.zero != 0
    },
    // The processor itself, under its kernel, reports P of that half as set.
    LimitProbe(
      name: "kvm-kernel-half", code: [0x8A, 0x03], prepare: { $0.generalRegisters[3] = 0xFFFF_8000_0000_0000 }
    ) { $0.vector == 14 && $0.errorCode & 1 == 0 },
    LimitProbe(name: "kvm-control-registers", code: [0x0F, 0x22, 0xF8], prepare: { _ in }) { $0.vector == 13 },
    LimitProbe(name: "kvm-broken-stack", code: [0x90], prepare: { $0.generalRegisters[4] = 1 << 62 }) {
      $0.vector == 6
    },
    LimitProbe(
      name: "kvm-alignment", code: [0x8B, 0x03], cpl: 0,
      prepare: {
        $0.generalRegisters[3] = InstructionTest.windowAddress + 1
        $0.rflags |= RFLAGS.alignmentCheck
      }
    ) { $0.vector == UserState.noException },
  ]

  /// What an emulating KVM gets wrong in real mode.
  static let realMode: [LimitProbe] = [
    LimitProbe(name: "real-refuses", code: [0x0F, 0xC7, 0xF0], mode: .real16, prepare: { _ in }) {
      $0.vector == UserState.lost || $0.vector == 6
    },
    LimitProbe(
      name: "real-delivery-stack", code: [0xF0, 0x83, 0xD0, 0x00], mode: .real16,
      prepare: { $0.generalRegisters[4] = 0x1234_1000 }
    ) { $0.vector == 6 && $0.generalRegisters[4] >> 16 == 0 },
    LimitProbe(name: "real-interrupt-size", code: [0x66, 0xCC], mode: .real16, prepare: { _ in }) {
      $0.generalRegisters[4] == 0x1000 - 12
    },
    // The stack's top is the window's second half.
    LimitProbe(
      name: "real-push-selector", code: [0x66, 0x1E], mode: .real16, prepare: { $0.window[31] = .max }
    ) { $0.vector == UserState.noException && $0.window[31] >> 48 == 0xFFFF },
    LimitProbe(name: "real-enter-size", code: [0x66, 0xC8, 0, 0, 0], mode: .real16, prepare: { _ in }) {
      $0.vector == UserState.noException && $0.generalRegisters[4] == 0x1000 - 2
    },
    LimitProbe(
      name: "real-decimal-adjust", code: [0xD4, 0x0A], mode: .real16, prepare: { $0.generalRegisters[0] = 10 }
    ) {
      $0.vector == UserState.noException && $0.rflags & RFLAGS.zero == 0
    },
  ]

  /// The names of the limits that an oracle shows.
  ///
  /// - Parameter isRealMode: the oracle runs tests of real mode, and no others.
  public static func shown(by oracle: any InstructionRunner, isRealMode: Bool = false) throws -> Set<String> {
    var names: Set<String> = []
    for probe in isRealMode ? realMode : oracle.name == "kvm" ? kvm : native {
      var test = InstructionTest()
      test.mode = probe.mode
      test.cpl = probe.cpl
      test.input = StateGenerator.plainState(mode: probe.mode, cpl: probe.cpl)
      test.setCode(probe.code)
      test.chooseStepping()
      if probe.mode == .compatibility32 { test.singleSteps = true }
      probe.prepare(&test.input)
      if probe.shows(try oracle.run(test)) { names.insert(probe.name) }
    }
    return names
  }
}
