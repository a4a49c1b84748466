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

  private static let data = InstructionTest.windowAddress
  private static let nonCanonical: UInt64 = 0x8000_0000_0000

  /// The forms of the reproducers that real processors gave, and what the manuals say of CPL 0.
  static let all: [BehaviorCase] =
    [
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
    ] + ofFetch + ofVectors + ofSaveAreas

  /// Code that ends where its page does.
  private static func atEnd(_ code: [UInt8]) -> @Sendable (inout UserState) -> Void {
    { $0.rip = InstructionTest.codePage + 0x1000 - UInt64(code.count) }
  }

  private static func fetch(
    _ behavior: ProcessorBehavior, _ code: [UInt8], with: String, without: String, level: ProcessorLevel = .v3
  ) -> BehaviorCase {
    BehaviorCase(
      behavior: behavior, code: code, level: level, prepare: atEnd(code), with: Outcome(exception: with),
      without: Outcome(exception: without))
  }

  private static let ofFetch: [BehaviorCase] = [
    fetch(.fetchesVEXBehindREX, [0x40, 0xC5, 0xE5, 0x76, 0x99], with: "#PF", without: "#UD"),
    fetch(.fetchesVEXBehindREX, [0x48, 0xC4, 0xE1, 0x78, 0x10], with: "#PF", without: "#UD"),
    fetch(.fetchesUndefinedByNeighbor, [0x0F, 0x0F], with: "#UD", without: "#PF", level: .v1),
    fetch(.fetchesUndefinedByNeighbor, [0x0F, 0x39, 0x00], with: "#PF", without: "#UD", level: .v1),
    fetch(.fetchesUndefinedByNeighbor, [0x0F, 0x3E, 0x00, 0xC0], with: "#PF", without: "#UD", level: .v1),
    fetch(.fetchesUndefinedByNeighbor, [0x0F, 0xA6], with: "#PF", without: "#UD", level: .v1),
    // A map of which the lower bits are those of map 1, where 30 has no ModRM; and one that is LES.
    fetch(.fetchesUndefinedByNeighbor, [0xC4, 0xE5, 0x78, 0x30], with: "#UD", without: "#PF"),
    fetch(.fetchesUndefinedByNeighbor, [0xC4, 0xE4], with: "#UD", without: "#PF"),
    BehaviorCase(
      behavior: .ignoresWOfElementMoves, code: [0xC4, 0xE3, 0xF9, 0x16, 0xE8, 0x00], mode: .compatibility32, level: .v3,
      prepare: { $0.ymm[20] = 0x1234_5678_9ABC_DEF0 },
      field: { $0.vector == UserState.noException ? $0.generalRegisters[0] : 0 },
      with: Outcome(exception: "none", value: 0x9ABC_DEF0), without: Outcome(exception: "#UD")),
    BehaviorCase(
      behavior: .ignoresWOfElementMoves, code: [0xC4, 0xE3, 0xF9, 0x22, 0xC0, 0x00], mode: .compatibility32, level: .v3,
      with: Outcome(exception: "none"), without: Outcome(exception: "#UD")),
    BehaviorCase(
      behavior: .takesEighthRegisterOfVZEROUPPER, code: [0xC5, 0xB8, 0x77], mode: .compatibility32, level: .v3,
      with: Outcome(exception: "none"), without: Outcome(exception: "#UD")),
    BehaviorCase(
      behavior: .checksWrittenBaseByPagingMode, code: [0xF3, 0x48, 0x0F, 0xAE, 0xD0], feature: .la57,
      prepare: { $0.generalRegisters[0] = 1 << 50 }, field: { $0.fsBase }, with: Outcome(exception: "#GP"),
      without: Outcome(exception: "none", value: 1 << 50)),
    // ENTER with a 32-bit operand, SP 0.
    BehaviorCase(
      behavior: .borrowsInFrameOfENTER, code: [0x66, 0xC8, 0x08, 0x00, 0x00], mode: .segmented,
      prepare: {
        $0.selectors = [0x67, 0x07, 0x67, 0x67, 0, 0]
        $0.generalRegisters[4] = 0
      }, field: { $0.generalRegisters[5] }, with: Outcome(exception: "none", value: 0xFFFF_FFFC),
      without: Outcome(exception: "none", value: 0xFFFC)),
  ]

  private static let ofVectors: [BehaviorCase] = [
    // VPGATHERDD XMM0: the first element faults, or the third, and the mask has more than signs.
    BehaviorCase(
      behavior: .widensMaskOfFaultingGather, code: [0xC4, 0xE2, 0x69, 0x90, 0x04, 0x8B], level: .v3,
      prepare: { gather(&$0, faulting: 0) }, field: { $0.ymm[8] ^ $0.ymm[10] },
      with: Outcome(exception: "#PF", value: 0xFFFF_FFFF), without: Outcome(exception: "#PF", value: 0x8000_0001 ^ 7)),
    BehaviorCase(
      behavior: .widensMaskOfFaultingGather, code: [0xC4, 0xE2, 0x69, 0x90, 0x04, 0x8B], level: .v3,
      prepare: { gather(&$0, faulting: 2) }, field: { $0.ymm[9] ^ $0.ymm[2] },
      with: Outcome(exception: "#PF", value: 0xFFFF_FFFF), without: Outcome(exception: "#PF", value: 0x8000_0003 ^ 9)),
    // VMASKMOVPS of 16 bytes, of which the last 8 lie in the page that is not writable.
    BehaviorCase(
      behavior: .faultsAtLastByteOfMaskedVectorStore, code: [0xC4, 0xE2, 0x69, 0x2E, 0x03], level: .v3,
      prepare: {
        $0.generalRegisters[3] = InstructionTest.readOnlyPage - 8
        ($0.ymm[8], $0.ymm[9]) = (.max, .max)
      }, field: { $0.cr2 }, with: Outcome(exception: "#PF", value: InstructionTest.readOnlyPage + 7),
      without: Outcome(exception: "#PF", value: InstructionTest.readOnlyPage)),
    BehaviorCase(
      behavior: .faultsAtLastByteOfMaskedVectorStore, code: [0xC4, 0xE2, 0x69, 0x2E, 0x03], level: .v3,
      prepare: {
        $0.generalRegisters[3] = InstructionTest.readOnlyPage - 8
        $0.ymm[9] = .max
      }, field: { $0.cr2 }, with: Outcome(exception: "#PF", value: InstructionTest.readOnlyPage),
      without: Outcome(exception: "#PF", value: InstructionTest.readOnlyPage)),
    // VMASKMOVPS whose first element is not there, and whose last one is not canonical.
    BehaviorCase(
      behavior: .checksSpanOfMaskedVectorMove, code: [0xC4, 0xE2, 0x69, 0x2C, 0x03], level: .v3,
      prepare: {
        $0.generalRegisters[3] = nonCanonical - 8
        ($0.ymm[8], $0.ymm[9]) = (0x8000_0000, 0x8000_0000_0000_0000)
      }, with: Outcome(exception: "#GP"), without: Outcome(exception: "#PF")),
    // VCVTPS2PH of an inexact number to the page that is not writable; of a denormal one with UM clear.
    BehaviorCase(
      behavior: .convertsToHalvesBeforeMemory, code: [0xC4, 0xE3, 0x79, 0x1D, 0x0B, 0x00], level: .v3,
      prepare: {
        $0.generalRegisters[3] = InstructionTest.readOnlyPage
        $0.ymm[4] = 0x3F80_0001
      }, field: { UInt64($0.mxcsr) }, with: Outcome(exception: "#PF", value: 0x1FA0),
      without: Outcome(exception: "#PF", value: 0x1F80)),
    BehaviorCase(
      behavior: .findsDenormalsInexactAsHalves, code: [0xC4, 0xE3, 0x79, 0x1D, 0xC8, 0x04], level: .v3,
      prepare: {
        $0.mxcsr = 0x1780
        $0.ymm[4] = 1
      }, field: { UInt64($0.mxcsr) }, with: Outcome(exception: "#XM", value: 0x17B2),
      without: Outcome(exception: "#XM", value: 0x1792)),
    BehaviorCase(
      behavior: .exemptsHalfConversionsFromAlignmentCheck, code: [0xC4, 0xE2, 0x79, 0x13, 0x03], level: .v3,
      prepare: misaligned, with: Outcome(exception: "none"), without: Outcome(exception: "#AC")),
    BehaviorCase(
      behavior: .exemptsHalfConversionsFromAlignmentCheck, code: [0xC4, 0xE3, 0x7D, 0x1D, 0x0B, 0x00], level: .v3,
      prepare: misaligned, with: Outcome(exception: "none"), without: Outcome(exception: "#AC")),
    // DPPS and DPPD of two NaNs.
    BehaviorCase(
      behavior: .addsDotProductsAcross, code: [0x66, 0x0F, 0x3A, 0x40, 0xC1, 0xFF], level: .v2,
      prepare: { $0.ymm[0] = 0x7FC0_00A1_7FC0_00A0 }, field: { $0.ymm[0] },
      with: Outcome(exception: "none", value: 0x7FC0_00A0_7FC0_00A1),
      without: Outcome(exception: "none", value: 0x7FC0_00A0_7FC0_00A0)),
    BehaviorCase(
      behavior: .addsDotProductsAcross, code: [0x66, 0x0F, 0x3A, 0x40, 0xC1, 0xFF], level: .v2,
      prepare: { ($0.ymm[0], $0.ymm[1]) = (0x7FC0_00A0, 0x7FC0_00A3_7FC0_00A2) }, field: { $0.ymm[1] },
      with: Outcome(exception: "none", value: 0x7FC0_00A2_7FC0_00A3),
      without: Outcome(exception: "none", value: 0x7FC0_00A0_7FC0_00A0)),
    BehaviorCase(
      behavior: .addsDotProductsAcross, code: [0x66, 0x0F, 0x3A, 0x41, 0xC1, 0xFF], level: .v2,
      prepare: { ($0.ymm[0], $0.ymm[1]) = (0x7FF8_0000_0000_00A0, 0x7FF8_0000_0000_00A1) }, field: { $0.ymm[1] },
      with: Outcome(exception: "none", value: 0x7FF8_0000_0000_00A1),
      without: Outcome(exception: "none", value: 0x7FF8_0000_0000_00A0)),
  ]

  private static let ofSaveAreas: [BehaviorCase] = [
    // XSAVE to the page that is not writable, with all and with nothing; XRSTOR whose header is not there.
    BehaviorCase(
      behavior: .checksEndOfSaveAreaFirst, code: [0x0F, 0xAE, 0x23], level: .v3,
      prepare: { area(&$0, InstructionTest.readOnlyPage, 7) }, field: { $0.cr2 },
      with: Outcome(exception: "#PF", value: InstructionTest.readOnlyPage + 0x33F),
      without: Outcome(exception: "#PF", value: InstructionTest.readOnlyPage)),
    BehaviorCase(
      behavior: .checksEndOfSaveAreaFirst, code: [0x0F, 0xAE, 0x23], level: .v3,
      prepare: { area(&$0, InstructionTest.dataPage - 0x40, 0) }, field: { $0.cr2 }, with: Outcome(exception: "none"),
      without: Outcome(exception: "#PF", value: InstructionTest.dataPage - 0x40)),
    BehaviorCase(
      behavior: .checksEndOfSaveAreaFirst, code: [0x0F, 0xAE, 0x23], level: .v3,
      prepare: { area(&$0, InstructionTest.dataPage - 0x40, 2) }, field: { $0.cr2 },
      with: Outcome(exception: "#PF", value: InstructionTest.dataPage - 0x28),
      without: Outcome(exception: "#PF", value: InstructionTest.dataPage - 0x40)),
    BehaviorCase(
      behavior: .checksEndOfSaveAreaFirst, code: [0x0F, 0xAE, 0x2B], level: .v3,
      prepare: { area(&$0, InstructionTest.readOnlyPage + 0xF80, 7) }, field: { $0.cr2 },
      with: Outcome(exception: "#PF", value: InstructionTest.readOnlyPage + 0x1188),
      without: Outcome(exception: "#PF", value: InstructionTest.readOnlyPage + 0x1180)),
    BehaviorCase(
      behavior: .checksAlignmentOfSaveArea, code: [0x0F, 0xAE, 0x23], level: .v3, prepare: misaligned,
      with: Outcome(exception: "#AC"), without: Outcome(exception: "#GP")),
    BehaviorCase(
      behavior: .checksAlignmentOfSaveArea, code: [0x0F, 0xAE, 0x2B], level: .v3,
      prepare: {
        misaligned(&$0)
        $0.generalRegisters[3] += 3
      }, with: Outcome(exception: "#GP"), without: Outcome(exception: "#GP")),
  ]

  /// An odd address in RBX, and alignment checks.
  private static func misaligned(_ state: inout UserState) {
    state.generalRegisters[3] = data + 1
    state.rflags |= RFLAGS.alignmentCheck
  }

  /// An area of XSAVE at RBX, and the components that are asked for.
  private static func area(_ state: inout UserState, _ address: UInt64, _ components: UInt64) {
    state.generalRegisters[3] = address
    state.generalRegisters[0] = components
    state.generalRegisters[2] = 0
  }

  /// Indices in XMM1 of which one leads to no page, and a mask in YMM2.
  private static func gather(_ state: inout UserState, faulting element: Int) {
    state.generalRegisters[3] = data
    let indices = (0..<4).map { $0 == element ? 0x40_0000 : UInt64($0) }
    (state.ymm[4], state.ymm[5]) = (indices[0] | indices[1] << 32, indices[2] | indices[3] << 32)
    (state.ymm[8], state.ymm[9], state.ymm[10]) = (0x8000_0001, 0x8000_0003, 7)
    state.ymm[2] = 9
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
