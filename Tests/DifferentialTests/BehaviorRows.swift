import InstructionTesting
import Interpreter
import X86

/// What Intel's processors do as Granite Rapids shows it, and AMD's as Zen 2 does.
extension BehaviorCase {
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

  static let ofFetch: [BehaviorCase] = [
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
      behavior: .takesEighthRegisterOfVZEROUPPER, code: [0xC4, 0xE1, 0x38, 0x77], mode: .compatibility32, level: .v3,
      with: Outcome(exception: "none"), without: Outcome(exception: "#UD")),
    BehaviorCase(
      behavior: .takesPauseOfEighthRegister, code: [0xF3, 0x41, 0x90], prepare: { $0.generalRegisters[8] = 5 },
      field: { $0.generalRegisters[0] }, with: Outcome(exception: "none"), without: Outcome(exception: "none", value: 5)
    ),
    BehaviorCase(
      behavior: .checksWrittenBaseByPagingMode, code: [0xF3, 0x48, 0x0F, 0xAE, 0xD0], feature: .la57,
      prepare: { $0.generalRegisters[0] = 1 << 50 }, field: { $0.fsBase }, with: Outcome(exception: "#GP"),
      without: Outcome(exception: "none", value: 1 << 50)),
    // ENTER with a 32-bit operand, SP 0.
    BehaviorCase(
      behavior: .borrowsInFrameOfENTER, code: [0x66, 0xC8, 0x08, 0x00, 0x00], mode: .segmented,
      prepare: {
        $0.selectors = [0x67, 0x07, 0x67, 0x67, 0, 0]
        $0.rip = InstructionTest.codeAddress - InstructionTest.codePage
        $0.generalRegisters[4] = 0
      }, field: { $0.generalRegisters[5] }, with: Outcome(exception: "none", value: 0xFFFF_FFFC),
      without: Outcome(exception: "none", value: 0xFFFC)),
  ]

  static let ofVectors: [BehaviorCase] = [
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
      behavior: .exemptsHalfConversionsFromAlignmentCheck, code: [0xC4, 0xE3, 0x79, 0x1D, 0x0B, 0x00], level: .v3,
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

  static let ofSaveAreas: [BehaviorCase] = [
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
}
