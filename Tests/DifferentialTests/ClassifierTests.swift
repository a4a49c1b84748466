import InstructionTesting
import Interpreter
import ModelExecution
import Testing
import X86
import X86Decoder

@testable import Differential

@Suite("Comparison and rules") struct ClassifierTests {
  private let classifier = Classifier(rules: DivergenceRule.native, shown: [])

  /// ADD RAX, RBX as the model executes it.
  private func add() throws -> (InstructionTest, UserState) {
    let test = InstructionTest.code([0x48, 0x01, 0xD8]) { $0.generalRegisters[3] = 5 }
    return (test, try ModelRunner().run(test))
  }

  @Test("Every field counts, by its name") func everyField() throws {
    let (test, result) = try add()
    #expect(classifier.divergence(test, subject: result, oracle: result) == nil)
    let changes: [(String, (inout UserState) -> Void)] = [
      ("gpr", { $0.generalRegisters[15] ^= 1 << 63 }), ("rip", { $0.rip ^= 1 }), ("rflags ZF", { $0.rflags ^= 0x40 }),
      ("rflags DF ID", { $0.rflags ^= 0x20_0400 }), ("xmm", { $0.ymm[61] ^= 1 }), ("upper ymm", { $0.ymm[63] ^= 1 }),
      ("st", { $0.st[15] ^= 1 }), ("fsBase", { $0.fsBase = 1 }), ("gsBase", { $0.gsBase = 1 }),
      ("memory", { $0.window[63] ^= 1 << 63 }), ("memory outside the window", { $0.strayWrites = 1 }),
      ("mxcsr", { $0.mxcsr ^= 0x20 }), ("fcw", { $0.fcw ^= 1 }), ("fsw", { $0.fsw ^= 0x200 }), ("ftw", { $0.ftw ^= 1 }),
      ("gs", { $0.selectors[5] = 3 }), ("vector #GP for none", { $0.vector = 13 }), ("errorCode", { $0.errorCode = 1 }),
      ("cr2", { $0.cr2 = 1 }),
    ]
    var fingerprints: Set<String> = []
    for (signature, change) in changes {
      var wrong = result
      change(&wrong)
      let divergence = try #require(classifier.divergence(test, subject: wrong, oracle: result), "\(signature)")
      #expect(divergence.kind == .bug)
      #expect(divergence.signature == signature)
      #expect(divergence.rule == "none")
      fingerprints.insert(divergence.fingerprint)
    }
    #expect(fingerprints.count == changes.count)
  }

  @Test("Rules take what is theirs, and no more") func rules() throws {
    let (test, result) = try add()
    var lost = result
    lost.vector = UserState.lost
    #expect(classifier.divergence(test, subject: lost, oracle: result)?.kind == .unimplemented)
    let fence = Classifier(rules: DivergenceRule.native, shown: ["fence"])
    #expect(fence.divergence(test, subject: result, oracle: lost)?.rule == "oracle-lost")
    // A limit that no probe has shown is none.
    #expect(classifier.divergence(test, subject: result, oracle: lost)?.kind == .bug)
    // Without rules all is a bug.
    #expect(Classifier(rules: [], shown: []).divergence(test, subject: lost, oracle: result)?.kind == .bug)
    // VADDPS: an instruction there, #UD here.
    let vex = InstructionTest.code([0xC5, 0xF8, 0x58, 0xC1])
    var invalid = vex.input
    invalid.vector = 6
    #expect(classifier.divergence(vex, subject: invalid, oracle: vex.input)?.rule == "feature-absent")
    // The other way round it is a bug.
    #expect(classifier.divergence(vex, subject: vex.input, oracle: invalid)?.kind == .bug)
    // KXORW and KSHIFTLW: AVX-512 with a VEX prefix; and another opcode of that map.
    let newest = Classifier(rules: DivergenceRule.native, shown: [], model: .zen4)
    for (code, rule) in [
      ([0xC5, 0xEC, 0x47, 0xC9], "feature-absent"), ([0xC4, 0xE3, 0xF9, 0x32, 0xC9, 1], "feature-absent"),
      ([0xC5, 0xEC, 0x48, 0xC9], "none"),
    ] as [([UInt8], String)] {
      let mask = InstructionTest.code(code)
      #expect(newest.divergence(mask, subject: invalid, oracle: mask.input)?.rule == rule)
    }
    // RSM raises #UD in the model; nothing else of it is the feature's absence.
    let rsm = InstructionTest.code([0x0F, 0xAA])
    #expect(classifier.divergence(rsm, subject: invalid, oracle: rsm.input)?.rule == "feature-absent")
    #expect(classifier.divergence(rsm, subject: rsm.input, oracle: invalid)?.kind == .bug)
    // ADDPS: its result is a result like any other.
    let addps = InstructionTest.code([0x0F, 0x58, 0xC1])
    var other = addps.input
    other.ymm[0] = 1
    #expect(classifier.divergence(addps, subject: other, oracle: addps.input)?.kind == .bug)
    other = addps.input
    other.vector = 13
    #expect(classifier.divergence(addps, subject: other, oracle: addps.input)?.kind == .bug)
  }

  /// Results of XSAVE and its kin with components in EDX:EAX.
  struct Components: Sendable {
    var code: [UInt8]
    var asked: UInt64
    /// What the oracle has and the model has not.
    var change: @Sendable (_ subject: inout UserState, _ oracle: inout UserState) -> Void
    var rule: String
  }

  @Test(
    "Components that the oracle alone has are the model's limit, and nothing else is",
    arguments: [
      // XSAVE, XSAVEOPT, XSAVEC: a word of XSTATE_BV, or a byte outside the window.
      Components(
        code: [0x0F, 0xAE, 0x23], asked: 0x40, change: { _, there in there.window[0] = 0x40 }, rule: "components-absent"
      ),
      Components(
        code: [0x0F, 0xAE, 0x33], asked: 0xFF, change: { _, there in there.window[1] = 1 }, rule: "components-absent"),
      Components(
        code: [0x0F, 0xC7, 0x23], asked: 1 << 7, change: { _, there in there.window[0] = 1 }, rule: "components-absent"),
      Components(code: [0x0F, 0xAE, 0x23], asked: 7, change: { _, there in there.window[0] = 0x40 }, rule: "none"),
      Components(
        code: [0x0F, 0xAE, 0x23], asked: 1 << 63, change: { _, there in there.window[0] = 0x40 }, rule: "none"),
      Components(code: [0x0F, 0xAE, 0x23], asked: 0x40, change: { _, there in there.ymm[0] = 1 }, rule: "none"),
      Components(code: [0x0F, 0xAE, 0x23], asked: 0x40, change: { here, _ in here.vector = 13 }, rule: "none"),
      Components(code: [0x48, 0x89, 0x03], asked: 0x40, change: { _, there in there.window[0] = 0x40 }, rule: "none"),
      // XGETBV.
      Components(
        code: [0x0F, 0x01, 0xD0], asked: 0,
        change: {
          $0.generalRegisters[0] = 7; $1.generalRegisters[0] = 0xE7
        }, rule: "components-absent"),
      Components(
        code: [0x0F, 0x01, 0xD0], asked: 0,
        change: {
          $0.generalRegisters[0] = 7; $1.generalRegisters[0] = 3
        }, rule: "none"),
      Components(
        code: [0x0F, 0xAE, 0x23], asked: 0x40, change: { _, there in there.vector = 14 }, rule: "components-absent"),
      Components(code: [0x0F, 0xAE, 0x23], asked: 7, change: { _, there in there.vector = 14 }, rule: "none"),
      Components(
        code: [0x0F, 0xAE, 0x23], asked: 0x40, change: { _, there in there.vector = 12 }, rule: "components-absent"),
      Components(
        code: [0x0F, 0xAE, 0x23], asked: 0x40,
        change: { here, there in
          (here.vector, there.vector) = (14, 14)
          there.cr2 = 8
        }, rule: "components-absent"),
      Components(code: [0x0F, 0xAE, 0x23], asked: 0x40, change: { _, there in there.vector = 6 }, rule: "none"),
      Components(
        code: [0x0F, 0xAE, 0x23], asked: 0x40,
        change: { _, there in
          there.vector = 14
          there.generalRegisters[1] = 1
        }, rule: "none"),
      // XRSTOR.
      Components(
        code: [0x0F, 0xAE, 0x2B], asked: 0, change: { here, _ in here.vector = 13 }, rule: "components-absent"),
      Components(code: [0x0F, 0xAE, 0x2B], asked: 0, change: { _, there in there.vector = 13 }, rule: "none"),
      Components(code: [0x0F, 0xAE, 0x2B], asked: 0xE0, change: { _, there in there.ymm[0] = 1 }, rule: "none"),
    ])
  func components(_ row: Components) {
    let test = InstructionTest.code(row.code) {
      $0.generalRegisters[0] = row.asked & 0xFFFF_FFFF
      $0.generalRegisters[2] = row.asked >> 32
      $0.generalRegisters[3] = InstructionTest.windowAddress
    }
    var (here, there) = (test.input, test.input)
    row.change(&here, &there)
    for shown in [["components-absent"], []] as [Set<String>] {
      let classifier = Classifier(rules: DivergenceRule.native, shown: shown, model: .zen4)
      let rule = shown.isEmpty ? "none" : row.rule
      #expect(classifier.divergence(test, subject: here, oracle: there)?.rule == rule)
    }
  }

  /// REP MOVSD from SS, with a number of elements: #SS here, another vector there.
  @Test(
    "A long MOVS from SS may fault as #GP, and nothing else may",
    arguments: [
      (code: [0xF3, 0x36, 0xA5], count: 64, vector: 13, rule: "long-move-stack-fault"),
      (code: [0xF2, 0x36, 0xA4], count: 0x1_0000, vector: 13, rule: "long-move-stack-fault"),
      (code: [0xF3, 0x36, 0xA5], count: 63, vector: 13, rule: "none"),
      (code: [0xF3, 0xA5], count: 64, vector: 13, rule: "none"),
      (code: [0x36, 0xA5], count: 64, vector: 13, rule: "none"),
      (code: [0xF3, 0x36, 0xA5], count: 64, vector: 14, rule: "none"),
      (code: [0xF3, 0x36, 0xAD], count: 64, vector: 13, rule: "none"),
      (code: [0x67, 0xF3, 0x36, 0xA5], count: 0x1_0000, vector: 13, rule: "none"),
    ] as [(code: [UInt8], count: UInt64, vector: UInt8, rule: String)])
  func longMoves(_ row: (code: [UInt8], count: UInt64, vector: UInt8, rule: String)) {
    var test = InstructionTest.code(row.code) { $0.generalRegisters[1] = row.count }
    test.mode = .compatibility32
    var (here, there) = (test.input, test.input)
    here.vector = 12
    there.vector = row.vector
    let found = classifier.divergence(test, subject: here, oracle: there)
    #expect(found?.rule == row.rule && found?.kind == (row.rule == "none" ? .bug : .modelSpecific))
  }

  /// #GP here, and another exception by KVM.
  @Test(
    "What KVM executes again after a #GP is a limit of KVM, and nothing else is",
    arguments: [
      // CMPSQ: the order of its two reads.
      (code: [0x48, 0xA7], vector: 14, rule: "kvm-compare-order"), (code: [0x48, 0xA5], vector: 14, rule: "none"),
      // ORPS of memory, MASKMOVDQU and MOVSB, whose operand no ModRM names; ORPS of registers.
      (code: [0x0F, 0x56, 0x03], vector: 6, rule: "kvm-misaligned-sse"),
      (code: [0x66, 0x0F, 0xF7, 0xCC], vector: 6, rule: "kvm-misaligned-sse"),
      (code: [0xA4], vector: 6, rule: "kvm-misaligned-sse"), (code: [0x0F, 0x56, 0xC1], vector: 6, rule: "none"),
    ] as [(code: [UInt8], vector: UInt8, rule: String)])
  func emulatedAgain(_ row: (code: [UInt8], vector: UInt8, rule: String)) {
    let test = InstructionTest.code(row.code)
    var (here, there) = (test.input, test.input)
    (here.vector, there.vector) = (13, row.vector)
    for shown in [["kvm-compare-order", "kvm-misaligned-sse"], []] as [Set<String>] {
      let classifier = Classifier(rules: DivergenceRule.kvm, shown: shown)
      let rule = shown.isEmpty ? "none" : row.rule
      #expect(classifier.divergence(test, subject: here, oracle: there)?.rule == rule)
    }
  }

  /// The result of an x87 instruction by the subject and by the oracle: ST(0), ST(1) and FSW.
  struct Neighbors: Sendable {
    var code: [UInt8] = [0xD9, 0xFE]
    var subject: [UInt64]
    var oracle: [UInt64]
    var statusWords: (UInt16, UInt16) = (0x20, 0x20)
    var oracleVector = UserState.noException
    var isRule: Bool
  }

  @Test(
    "The last place of a transcendental result is the processor's own, and nothing else is",
    arguments: [
      Neighbors(subject: [1 << 63 + 5, 0x3FFE, 0, 0], oracle: [1 << 63 + 6, 0x3FFE, 0, 0], isRule: true),
      Neighbors(
        subject: [1 << 63 + 5, 0x3FFE, 0, 0], oracle: [1 << 63 + 6, 0x3FFE, 0, 0], statusWords: (0x20, 0x220),
        isRule: true),
      Neighbors(
        subject: [1 << 63, 0x3FFE, 0, 0], oracle: [1 << 63, 0x3FFE, 0, 0], statusWords: (0x20, 0x220), isRule: true),
      Neighbors(subject: [1 << 63, 0x3FFF, 0, 0], oracle: [.max, 0x3FFE, 0, 0], isRule: true),
      Neighbors(subject: [1 << 63, 1, 0, 0], oracle: [.max >> 1, 0, 0, 0], statusWords: (0x20, 0x30), isRule: true),
      Neighbors(code: [0xD9, 0xFB], subject: [.max, 1, .max, 2], oracle: [.max - 1, 1, .max - 1, 2], isRule: true),
      Neighbors(
        code: [0xD9, 0xF2], subject: [1 << 63, 0x3FFF, 9 << 60, 2], oracle: [1 << 63, 0x3FFF, 9 << 60 + 1, 2],
        isRule: true),
      // Two places; two signs; a NaN; a flag; the 1 that FPTAN pushes; a register that is no result; an exception.
      Neighbors(subject: [1 << 63 + 5, 0x3FFE, 0, 0], oracle: [1 << 63 + 7, 0x3FFE, 0, 0], isRule: false),
      Neighbors(subject: [1 << 63, 0x3FFF, 0, 0], oracle: [.max - 1, 0x3FFE, 0, 0], isRule: false),
      Neighbors(subject: [1 << 63, 0x3FFE, 0, 0], oracle: [1 << 63, 0xBFFE, 0, 0], isRule: false),
      Neighbors(subject: [3 << 62, 0x7FFF, 0, 0], oracle: [3 << 62 + 1, 0x7FFF, 0, 0], isRule: false),
      Neighbors(subject: [.max, 0x7FFE, 0, 0], oracle: [1 << 63, 0x7FFF, 0, 0], isRule: false),
      Neighbors(
        subject: [1 << 63 + 5, 0x3FFE, 0, 0], oracle: [1 << 63 + 6, 0x3FFE, 0, 0], statusWords: (0x20, 0x22),
        isRule: false),
      Neighbors(
        subject: [1 << 63 + 5, 0x3FFE, 0, 0], oracle: [1 << 63 + 6, 0x3FFE, 0, 0], statusWords: (0x20, 0x30),
        isRule: false),
      Neighbors(
        code: [0xD9, 0xF2], subject: [1 << 63, 0x3FFF, 0, 0], oracle: [1 << 63 + 1, 0x3FFF, 0, 0], isRule: false),
      Neighbors(subject: [1 << 63, 0x3FFE, 1 << 63, 5], oracle: [1 << 63, 0x3FFE, 1 << 63 + 1, 5], isRule: false),
      Neighbors(
        subject: [1 << 63 + 5, 0x3FFE, 0, 0], oracle: [1 << 63 + 6, 0x3FFE, 0, 0], oracleVector: 16, isRule: false),
      // C1 of the indefinite of a stack fault, of a zero, and of an argument out of range.
      Neighbors(
        subject: [3 << 62, 0xFFFF, 0, 0], oracle: [3 << 62, 0xFFFF, 0, 0], statusWords: (0x41, 0x241), isRule: false),
      Neighbors(subject: [0, 0, 0, 0], oracle: [0, 0, 0, 0], statusWords: (0x20, 0x220), isRule: false),
      Neighbors(
        subject: [1 << 63, 0x403F, 0, 0], oracle: [1 << 63, 0x403F, 0, 0], statusWords: (0x400, 0x600), isRule: false),
      // F2XM1 has none.
      Neighbors(
        code: [0xD9, 0xF0], subject: [1 << 63, 0x3FF0, 0, 0], oracle: [1 << 63, 0x3FF0, 0, 0],
        statusWords: (0x420, 0x620), isRule: true),
      // FSQRT is exact.
      Neighbors(
        code: [0xD9, 0xFA], subject: [1 << 63 + 5, 0x3FFE, 0, 0], oracle: [1 << 63 + 6, 0x3FFE, 0, 0], isRule: false),
    ])
  func neighbors(_ row: Neighbors) throws {
    let test = InstructionTest.code(row.code)
    var (here, there) = (test.input, test.input)
    for word in 0..<4 { (here.st[word], there.st[word]) = (row.subject[word], row.oracle[word]) }
    (here.fsw, there.fsw) = row.statusWords
    there.vector = row.oracleVector
    let found = try #require(classifier.divergence(test, subject: here, oracle: there))
    #expect(found.rule == (row.isRule ? "transcendental-last-bit" : "none"))
    #expect(found.kind == (row.isRule ? .modelSpecific : .bug))
  }

  @Test("The flags that a row leaves undefined are masked, and only they") func undefinedFlags() throws {
    for (index, form) in OpcodeForm.all.enumerated() {
      let written = FlagEffects.written[index]
      #expect(written & FlagEffects.undefined[index] == 0, "\(form.encoding) \(form.assembly)")
    }
    // MUL: SF, ZF, AF and PF.
    let mul = InstructionTest.code([0x48, 0xF7, 0xE3])
    var other = mul.input
    other.rflags ^= 0xD4
    #expect(classifier.divergence(mul, subject: other, oracle: mul.input) == nil)
    other.rflags ^= 1
    #expect(classifier.divergence(mul, subject: other, oracle: mul.input)?.signature == "rflags CF")
  }

  @Test("Shifts: OF by the count, CF beyond the width, nothing at zero") func undefinedShifts() throws {
    func mask(_ bytes: [UInt8], count: UInt64 = 0) throws -> ResultMask {
      let test = InstructionTest.code(bytes) { $0.generalRegisters[1] = count }
      return UndefinedResults.mask(try #require(test.decoded), test.input)
    }
    // SHL EAX, CL
    #expect(try mask([0xD3, 0xE0], count: 0).rflags == 0)
    #expect(try mask([0xD3, 0xE0], count: 32).rflags == 0)
    #expect(try mask([0xD3, 0xE0], count: 1).rflags & RFLAGS.overflow == 0)
    #expect(try mask([0xD3, 0xE0], count: 2).rflags & RFLAGS.overflow != 0)
    #expect(try mask([0xD3, 0xE0], count: 31).rflags & RFLAGS.carry == 0)
    // SHL AL, CL
    #expect(try mask([0xD2, 0xE0], count: 9).rflags & RFLAGS.carry != 0)
    // SHLD AX, BX, 17: the destination too.
    #expect(try mask([0x66, 0x0F, 0xA4, 0xD8, 17]).generalRegisters == 1)
    #expect(try mask([0x66, 0x0F, 0xA4, 0xD8, 16]).generalRegisters == 0)
  }

  @Test("FXSAVE: MXCSR_MASK is masked, the pointers and registers are not") func undefinedImage() throws {
    let test = InstructionTest.code([0x0F, 0xAE, 0x03]) { $0.generalRegisters[3] = InstructionTest.windowAddress }
    for word in 0..<64 {
      var other = test.input
      other.window[word] = 0xFF00_0000_0000_0000
      let differs = classifier.divergence(test, subject: other, oracle: test.input) != nil
      // Bytes 28 to 31.
      #expect(differs == (word != 3), "word \(word)")
    }
  }
}
