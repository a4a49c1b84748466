import Differential
import InstructionTesting
import Interpreter
import ModelExecution
import Testing
import X86

/// What a processor does that has a behavior, and what one does that has not.
struct BehaviorCase: Sendable, CustomTestStringConvertible {
  var behavior: ProcessorBehavior
  var code: [UInt8]
  var mode = InstructionTest.Mode.long64
  var cpl: UInt8 = 3
  /// The lowest level that has the instruction.
  var level = ProcessorLevel.v1
  /// What a model needs beside; nil is nothing.
  var feature: CPUIDFeature?
  /// How many instructions the code is.
  var steps: UInt8 = 1
  /// The state, where the default does not do.
  var prepare: @Sendable (inout UserState) -> Void = { _ in }
  /// What is compared beside the exception.
  var field: @Sendable (UserState) -> UInt64 = { _ in 0 }
  /// The exception and the field: with the behavior, and without.
  var with: Outcome
  var without: Outcome

  struct Outcome: Sendable, Equatable {
    var exception: String
    var value: UInt64 = 0
  }

  var testDescription: String { "\(BehaviorRow.row(behavior).id)" }

  /// What a processor with these behaviors does.
  func outcome(_ model: ProcessorModel) throws -> Outcome {
    var test = InstructionTest()
    test.mode = mode
    test.cpl = cpl
    test.steps = steps
    test.input.selectors =
      cpl == 0
      ? [0, 0x10, 0x18, 0, 0, 0] : mode == .long64 ? [0, 0x33, 0x2B, 0, 0, 0] : [0x2B, 0x23, 0x2B, 0x2B, 0, 0]
    test.setCode(code)
    test.codeLength = UInt8(code.count)
    for (index, byte) in code.enumerated() { test.code[index] = byte }
    prepare(&test.input)
    let result = try ModelRunner(model).run(test)
    return Outcome(exception: Divergence.vectorName(result.vector), value: field(result))
  }

  static let data = InstructionTest.windowAddress
  static let nonCanonical: UInt64 = 0x8000_0000_0000

  /// The forms of the reproducers that real processors gave, and what the manuals say of CPL 0.
  static let all = general + ofFetch + ofVectors + ofSaveAreas

  private static let general: [BehaviorCase] = [
    BehaviorCase(
      behavior: .takesPrefetchOfRegister, code: [0x0F, 0x0D, 0xC2], with: Outcome(exception: "none"),
      without: Outcome(exception: "#UD")),
    BehaviorCase(
      behavior: .takesPrefetchOfRegister, code: [0x0F, 0x0D, 0xC2], mode: .compatibility32,
      with: Outcome(exception: "none"), without: Outcome(exception: "#UD")),
    // Four bytes of XOP and two of 0F 78 at the end of the page: ModRM, or an immediate, is missing.
    BehaviorCase(
      behavior: .fetchesXOPAndSSE4A, code: [0x8F, 0xE3, 0x2E, 0x00], mode: .compatibility32,
      prepare: { $0.rip = InstructionTest.codePage + 0xFFC }, with: Outcome(exception: "#PF"),
      without: Outcome(exception: "#UD")),
    BehaviorCase(
      behavior: .fetchesXOPAndSSE4A, code: [0x0F, 0x78, 0xC0, 0x00],
      prepare: { $0.rip = InstructionTest.codePage + 0xFFC }, with: Outcome(exception: "#PF"),
      without: Outcome(exception: "#UD")),
    BehaviorCase(
      behavior: .ignoresWOfQuadwordPermutations, code: [0xC4, 0xE3, 0x7D, 0x00, 0xC1, 0x1B], level: .v3,
      with: Outcome(exception: "none"), without: Outcome(exception: "#UD")),
    BehaviorCase(
      behavior: .takesUnalignedSHAOperands, code: [0x0F, 0x38, 0xC9, 0x03], level: .v3,
      prepare: { $0.generalRegisters[3] = data + 4 }, with: Outcome(exception: "none"),
      without: Outcome(exception: "#GP")),
    // IRETQ, and RETF from CPL 0 to CPL 3, with SS in no table: a target in no half, and one beyond 4 GiB in 32-bit code.
    BehaviorCase(
      behavior: .checksReturnTargetFirst, code: [0x48, 0xCF],
      prepare: { frame(&$0, [nonCanonical, 0x33, 0x202, data + 0x80, 0xA6F7]) }, field: { UInt64($0.errorCode) },
      with: Outcome(exception: "#GP"), without: Outcome(exception: "#GP", value: 0xA6F4)),
    BehaviorCase(
      behavior: .checksReturnTargetFirst, code: [0x48, 0xCF],
      prepare: { frame(&$0, [1 << 32, 0x23, 0x202, data + 0x80, 0xA6F7]) }, field: { UInt64($0.errorCode) },
      with: Outcome(exception: "#GP"), without: Outcome(exception: "#GP", value: 0xA6F4)),
    BehaviorCase(
      behavior: .checksReturnTargetFirst, code: [0x48, 0xCF],
      prepare: { frame(&$0, [0, 0x33, 0x202, data + 0x80, 0xA6F7]) }, field: { UInt64($0.errorCode) },
      with: Outcome(exception: "#GP", value: 0xA6F4), without: Outcome(exception: "#GP", value: 0xA6F4)),
    BehaviorCase(
      behavior: .checksReturnTargetFirst, code: [0x48, 0xCB], cpl: 0,
      prepare: { frame(&$0, [nonCanonical, 0x33, data + 0x80, 0xA6F7]) }, field: { UInt64($0.errorCode) },
      with: Outcome(exception: "#GP"), without: Outcome(exception: "#GP", value: 0xA6F4)),
    // CALL m16:32 to 32-bit code: RSP above 4 GiB with memory at its lower half; not canonical; no page there.
    BehaviorCase(
      behavior: .storesFarReturnAddressInNewStack, code: [0xFF, 0x1B],
      prepare: { farCall(&$0, stack: 1 << 32 | (data + 0x100)) }, field: { $0.window[31] },
      with: Outcome(exception: "none", value: 0x33_1000_0802), without: Outcome(exception: "#PF")),
    BehaviorCase(
      behavior: .storesFarReturnAddressInNewStack, code: [0xFF, 0x1B],
      prepare: { farCall(&$0, stack: nonCanonical << 4 | (data + 0x100)) }, field: { $0.generalRegisters[4] },
      with: Outcome(exception: "none", value: data + 0xF8),
      without: Outcome(exception: "#SS", value: nonCanonical << 4 | (data + 0x100))),
    BehaviorCase(
      behavior: .storesFarReturnAddressInNewStack, code: [0xFF, 0x1B],
      prepare: { farCall(&$0, stack: 1 << 32 | 0x2000_9000) }, field: { $0.cr2 },
      with: Outcome(exception: "#PF", value: 0x2000_8FFC),
      without: Outcome(exception: "#PF", value: 1 << 32 | 0x2000_8FFC)),
    // An index below the lower bound, whose neighbor lies in the page that is not there.
    BehaviorCase(
      behavior: .checksLowerBoundFirst, code: [0x62, 0x03], mode: .compatibility32,
      prepare: {
        $0.generalRegisters[0] = 0x8000_0000
        $0.generalRegisters[3] = InstructionTest.readOnlyPage + 0xFFC
      }, with: Outcome(exception: "#BR"), without: Outcome(exception: "#PF")),
    // FSTP m80 whose significand fills the last word of the writable pages.
    BehaviorCase(
      behavior: .storesExtendedInTwoParts, code: [0xDB, 0x3B],
      prepare: {
        $0.generalRegisters[3] = InstructionTest.readOnlyPage - 8
        $0.ftw = 0x80
        $0.fsw = 7 << 11
        $0.st[0] = 0x1234_5678_9ABC_DEF0
        $0.st[1] = 0x3FFF
      }, field: { $0.strayWrites == 0 ? 0 : 1 }, with: Outcome(exception: "#PF", value: 1),
      without: Outcome(exception: "#PF", value: 0)),
    // The same of an empty register, and of FBSTP.
    BehaviorCase(
      behavior: .storesExtendedInTwoParts, code: [0xDB, 0x3B],
      prepare: { $0.generalRegisters[3] = InstructionTest.readOnlyPage - 9 },
      field: { $0.strayWrites == 0 ? 0 : 1 }, with: Outcome(exception: "#PF", value: 1),
      without: Outcome(exception: "#PF", value: 0)),
    BehaviorCase(
      behavior: .storesExtendedInTwoParts, code: [0xDF, 0x33],
      prepare: {
        $0.generalRegisters[3] = InstructionTest.readOnlyPage - 8
        x87(&$0, (0x3FFF, 1 << 63))
      }, field: { $0.strayWrites == 0 ? 0 : 1 }, with: Outcome(exception: "#PF", value: 1),
      without: Outcome(exception: "#PF", value: 0)),
    // FBSTP across the limit of a segment.
    BehaviorCase(
      behavior: .storesExtendedInTwoParts, code: [0xDF, 0x33], mode: .compatibility32,
      prepare: {
        $0.selectors[3] = 0x4F
        $0.generalRegisters[3] = 0x17F8
        x87(&$0, (0x3FFF, 1 << 63))
      }, field: { $0.strayWrites == 0 ? 0 : 1 }, with: Outcome(exception: "#GP", value: 1),
      without: Outcome(exception: "#GP", value: 0)),
    // FSCALE by zero and FPREM by infinity, FSIN and FPATAN of the least normal number, FYL2X of a half, FSINCOS.
    BehaviorCase(
      behavior: .keepsUnchangedDenormals, code: [0xD9, 0xFD],
      prepare: { x87(&$0, (0, 1 << 62), (0, 0), control: 0x36F) }, field: { $0.st[0] },
      with: Outcome(exception: "none", value: 1 << 62), without: Outcome(exception: "none", value: 1 << 63)),
    BehaviorCase(
      behavior: .keepsUnchangedDenormals, code: [0xD9, 0xF8],
      prepare: { x87(&$0, (0, 1 << 62), (0x7FFF, 1 << 63), control: 0x36F) }, field: { $0.st[0] },
      with: Outcome(exception: "none", value: 1 << 62), without: Outcome(exception: "none", value: 1 << 63)),
    BehaviorCase(
      behavior: .cutsTinyAngles, code: [0xD9, 0xFE],
      prepare: { x87(&$0, (1, 1 << 63), control: 0xF7F) }, field: { $0.st[0] },
      with: Outcome(exception: "none", value: 1 << 63), without: Outcome(exception: "none", value: .max >> 1)),
    BehaviorCase(
      behavior: .cutsTinyAngles, code: [0xD9, 0xF3],
      prepare: { x87(&$0, (0x3FFF, 1 << 63), (1, 1 << 63), control: 0xF7F) }, field: { $0.st[0] },
      with: Outcome(exception: "none", value: 1 << 63), without: Outcome(exception: "none", value: .max >> 1)),
    BehaviorCase(
      behavior: .takesNegativeLogarithmsAsInexact, code: [0xD9, 0xF1],
      prepare: { x87(&$0, (0x3FFE, 1 << 63), (0x3FFF, 1 << 63), control: 0xF7F) }, field: { $0.st[0] },
      with: Outcome(exception: "none", value: .max), without: Outcome(exception: "none", value: 1 << 63)),
    BehaviorCase(
      behavior: .reportsRoundingOfCosine, code: [0xD9, 0xFB],
      prepare: { x87(&$0, (0x3FFF, 1 << 63 | 3)) }, field: { UInt64($0.fsw) & 0x200 },
      with: Outcome(exception: "none", value: 0x200), without: Outcome(exception: "none", value: 0)),
    // FLD m32 and FNSTENV; FLD1 and FXSAVE64; FLD1 and FNSTENV.
    BehaviorCase(
      behavior: .recordsX87OperandOfExceptionsAlone, code: [0xD9, 0x03, 0xD9, 0x73, 0x40], steps: 2,
      prepare: { $0.generalRegisters[3] = data }, field: { $0.window[10] >> 32 },
      with: Outcome(exception: "none", value: 0), without: Outcome(exception: "none", value: data)),
    BehaviorCase(
      behavior: .savesX87PointersOfExceptionsAlone, code: [0xD9, 0xE8, 0x48, 0x0F, 0xAE, 0x43, 0x40], steps: 2,
      prepare: { $0.generalRegisters[3] = data }, field: { $0.window[9] },
      with: Outcome(exception: "none", value: 0),
      without: Outcome(exception: "none", value: InstructionTest.codeAddress)),
    BehaviorCase(
      behavior: .dropsX87Selectors, code: [0xD9, 0xE8, 0xD9, 0x73, 0x40], steps: 2,
      prepare: { $0.generalRegisters[3] = data }, field: { $0.window[10] & 0xFFFF },
      with: Outcome(exception: "none", value: 0), without: Outcome(exception: "none", value: 0x33)),
    // RCPSS of 1, which the model names as not built where it does not know the tables.
    BehaviorCase(
      behavior: .estimatesReciprocalsIn12Bits, code: [0xF3, 0x0F, 0x53, 0xC0],
      prepare: { $0.ymm[0] = 0x3F80_0000 }, field: { $0.vector == UserState.noException ? $0.ymm[0] : 0 },
      with: Outcome(exception: "none", value: 0x3F7F_F000), without: Outcome(exception: "lost")),
    // IA32_SYSENTER_CS is 0 here.
    BehaviorCase(
      behavior: .takesSysenterInLongMode, code: [0x0F, 0x34], with: Outcome(exception: "#GP"),
      without: Outcome(exception: "#UD")),
    BehaviorCase(
      behavior: .takesSysenterInLongMode, code: [0x0F, 0x35], cpl: 0, with: Outcome(exception: "#GP"),
      without: Outcome(exception: "#UD")),
    BehaviorCase(
      behavior: .checksSysretTarget, code: [0x48, 0x0F, 0x07], cpl: 0,
      prepare: { $0.generalRegisters[1] = nonCanonical }, field: { $0.rip },
      with: Outcome(exception: "#GP", value: InstructionTest.codeAddress),
      without: Outcome(exception: "none", value: nonCanonical)),
    // IA32_STAR is 0 here: SS is 8, or with RPL 3.
    BehaviorCase(
      behavior: .reloadsStackSegmentBySysret, code: [0x48, 0x0F, 0x07], cpl: 0,
      prepare: { $0.generalRegisters[1] = InstructionTest.codeAddress }, field: { UInt64($0.selectors[2]) },
      with: Outcome(exception: "none", value: 0xB), without: Outcome(exception: "none", value: 8)),
    BehaviorCase(
      behavior: .takesSystemCallOutside64BitMode, code: [0x0F, 0x05], mode: .compatibility32,
      with: Outcome(exception: "none"), without: Outcome(exception: "#UD")),
    BehaviorCase(
      behavior: .readsLockedCR0AsCR8, code: [0xF0, 0x0F, 0x20, 0xC0], cpl: 0, with: Outcome(exception: "none"),
      without: Outcome(exception: "#UD")),
    BehaviorCase(
      behavior: .ignoresOperandSizeOfNearBranches, code: [0x66, 0xEB, 0x10], field: { $0.rip },
      with: Outcome(exception: "none", value: InstructionTest.codeAddress + 0x13),
      without: Outcome(exception: "none", value: 0x813)),
    BehaviorCase(
      behavior: .wrapsFlatSegments, code: [0x8B, 0x03], mode: .compatibility32,
      prepare: { $0.generalRegisters[3] = 0xFFFF_FFFE }, field: { $0.cr2 },
      with: Outcome(exception: "#PF", value: 0xFFFF_FFFE), without: Outcome(exception: "#GP")),
    // The same through a segment with a base.
    BehaviorCase(
      behavior: .wrapsFlatSegments, code: [0x8B, 0x03], mode: .compatibility32,
      prepare: {
        $0.selectors[3] = 0x57
        $0.generalRegisters[3] = 0xFFFF_FFFE
      }, field: { $0.cr2 }, with: Outcome(exception: "#GP"), without: Outcome(exception: "#GP")),
    // The sum with the base of FS lies in the window, the offset in no half.
    BehaviorCase(
      behavior: .checksCanonicalOffset, code: [0x64, 0x8B, 0x03],
      prepare: {
        $0.fsBase = 0xFFFF_8000_0000_0000
        $0.generalRegisters[3] = data &- $0.fsBase
      }, with: Outcome(exception: "#GP"), without: Outcome(exception: "none")),
    // The first byte's offset is canonical, the last one's is not.
    BehaviorCase(
      behavior: .checksCanonicalOffset, code: [0x64, 0x48, 0x89, 0x03],
      prepare: {
        $0.generalRegisters[3] = nonCanonical - 4
        $0.fsBase = data &- $0.generalRegisters[3]
      }, with: Outcome(exception: "#GP"), without: Outcome(exception: "none")),
    BehaviorCase(
      behavior: .zeroExtendsRepeatedRegisters, code: [0xF3, 0x67, 0xA4],
      prepare: {
        $0.generalRegisters[1] = 1 << 32
        $0.generalRegisters[6] = 1 << 33
        $0.generalRegisters[7] = 1 << 34
      }, field: { ($0.generalRegisters[1] | $0.generalRegisters[6] | $0.generalRegisters[7]) >> 32 },
      with: Outcome(exception: "none", value: 0), without: Outcome(exception: "none", value: 7)),
    // JMP m16:32 to 32-bit code, and to 64-bit code; SYSRET to 32-bit code, where IA32_STAR is 0.
    BehaviorCase(
      behavior: .clearsUpperStackPointer, code: [0xFF, 0x2B], prepare: { jump(&$0, to: 0x23) },
      field: { $0.generalRegisters[4] }, with: Outcome(exception: "none", value: 0x8000),
      without: Outcome(exception: "none", value: 0x7000_0000_8000)),
    BehaviorCase(
      behavior: .clearsUpperStackPointer, code: [0xFF, 0x2B], prepare: { jump(&$0, to: 0x33) },
      field: { $0.generalRegisters[4] }, with: Outcome(exception: "none", value: 0x7000_0000_8000),
      without: Outcome(exception: "none", value: 0x7000_0000_8000)),
    BehaviorCase(
      behavior: .clearsUpperStackPointer, code: [0x0F, 0x07], cpl: 0,
      prepare: {
        $0.generalRegisters[1] = InstructionTest.codeAddress
        $0.generalRegisters[4] = 0x7000_0000_8000
      }, field: { $0.generalRegisters[4] }, with: Outcome(exception: "none", value: 0x8000),
      without: Outcome(exception: "none", value: 0x7000_0000_8000)),
  ]

  /// Sign with exponent, and significand, of ST(0) and on; the control word.
  private static func x87(_ state: inout UserState, _ values: (UInt64, UInt64)..., control: UInt16 = 0x37F) {
    state.fcw = control
    state.fsw = UInt16(8 - values.count) << 11
    state.ftw = .max << (8 - values.count)
    for (index, value) in values.enumerated() { (state.st[2 * index + 1], state.st[2 * index]) = value }
  }

  /// A far pointer to 32-bit code at RBX.
  private static func farCall(_ state: inout UserState, stack: UInt64) {
    state.generalRegisters[3] = data
    state.generalRegisters[4] = stack
    state.window[0] = (InstructionTest.codeAddress + 0x100) | 0x23 << 32
  }

  /// RSP at the beginning of the window, with these words.
  private static func frame(_ state: inout UserState, _ words: [UInt64]) {
    state.generalRegisters[4] = data
    for (index, word) in words.enumerated() { state.window[index] = word }
  }

  /// RSP above 4 GiB, and a far pointer at RBX.
  private static func jump(_ state: inout UserState, to selector: UInt64) {
    state.generalRegisters[3] = data
    state.generalRegisters[4] = 0x7000_0000_8000
    state.window[0] = (InstructionTest.codeAddress + 0x40) | selector << 32
  }
}

@Suite("Behavior table") struct BehaviorTests {
  @Test("A row for each case, in their order, with everything said") func complete() {
    #expect(BehaviorRow.table.map(\.behavior) == ProcessorBehavior.allCases)
    #expect(Set(BehaviorRow.table.map(\.id)).count == ProcessorBehavior.allCases.count)
    for row in BehaviorRow.table {
      #expect(!row.decides.isEmpty && !row.amd.isEmpty && !row.intel.isEmpty && !row.evidence.isEmpty, "\(row.id)")
      #expect(["recordings", "rows", "rom:corners-privilege"].contains(row.test), "\(row.id)")
      #expect(!row.families.isEmpty && row.families.count < ProcessorFamily.allCases.count, "\(row.id)")
      #expect(row.test != "rows" || BehaviorCase.all.contains { $0.behavior == row.behavior }, "\(row.id)")
    }
  }

  @Test(
    "Each model does what its row says, and with the behavior swapped what the other does", arguments: BehaviorCase.all)
  func cases(_ row: BehaviorCase) throws {
    for model in ProcessorModel.all
    where model.level >= row.level && (row.feature.map { model.features.contains($0) } ?? true) {
      let hasIt = model.behaviors.contains(row.behavior)
      #expect(try row.outcome(model) == (hasIt ? row.with : row.without), "\(model.name)")
      var other = model
      other.behaviors.toggle(row.behavior)
      #expect(try row.outcome(other) == (hasIt ? row.without : row.with), "\(model.name), swapped")
    }
  }

  @Test("Every behavior that recordings show, swapped to what other processors do, is found by one of them")
  func swapped() throws {
    let runs = try Vectors.names.map { (name: $0, run: try MutationRun(try Vectors.load($0))) }
    for row in BehaviorRow.table where row.test == "recordings" {
      // Those that the row names first: a recording that shows nothing is read to its end.
      let likely = runs.filter { row.evidence.lowercased().contains($0.name) }
      let others = runs.filter { run in !likely.contains { $0.name == run.name } }
      #expect(try (likely + others).contains { try $0.run.verdict(without: row.behavior) != nil }, "\(row.id)")
    }
  }

  @Test(
    "The model of a processor",
    arguments: [
      ("AuthenticAMD 25-17-1 AMD EPYC", "amd-v1"), ("AuthenticAMD 23-49-0", "amd-zen2-v1"),
      ("AuthenticAMD 26-2-1", "amd-v1"), ("GenuineIntel 6-106-6 Xeon", "intel-v1"), ("GenuineIntel", "intel-v1"),
      ("HygonGenuine 24-1-1", nil), ("", nil),
    ] as [(String, String?)])
  func models(_ processor: String, _ name: String?) { #expect(ProcessorModel(of: processor)?.name == name) }
}
