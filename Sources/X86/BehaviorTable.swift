extension BehaviorRow {
  private static let amd: Set<ProcessorFamily> = [.zen2, .zen4]
  private static let intel: Set<ProcessorFamily> = [.intel]

  /// Every behavior, in the order of the cases.
  ///
  /// "recordings" in the column of tests are those of Tests/Vectors, checked by `emu fuzz --against recorded` and
  /// `emu mutants`; "rows" are those of Tests/DifferentialTests/BehaviorTests.swift; a ROM runs on each
  /// model, and the corners that fail on the other vendor's are listed.
  public static let table: [BehaviorRow] = [
    BehaviorRow(
      behavior: .ignoresOperandSizeOfNearBranches, id: "near-branch-operand-size",
      decides: "66h before a near branch, CALL or RET in 64-bit mode",
      amd: "RIP is cut to 16 bits, the displacement has 16, CALL and RET move 2 bytes", intel: "ignored",
      families: intel,
      evidence:
        "SDM Vol. 2A \"CALL\", \"JMP\", \"Jcc\"; APM Vol. 3 \"Near Branches in 64-Bit Mode\"; icelake 66E8, zen4",
      test: "recordings"),
    BehaviorRow(
      behavior: .hasModRMOfUndefinedOpcodes, id: "undefined-modrm",
      decides: "whether UD0 and UD1 have a ModRM byte, which is fetched before #UD",
      amd: "no", intel: "yes", families: intel,
      evidence: "SDM Vol. 2B \"UD—Undefined Instruction\"; icelake 66650FB9 at the end of a page", test: "recordings"),
    BehaviorRow(
      behavior: .takesPrefetchOfRegister, id: "prefetch-register",
      decides: "0F 0D with a register operand", amd: "#UD", intel: "NOP", families: intel,
      evidence: "APM Vol. 3 \"PREFETCH\"; Ice Lake 0F0DC2; zen4, zen2", test: "rows"),
    BehaviorRow(
      behavior: .readsLockedCR0AsCR8, id: "lock-mov-cr0",
      decides: "LOCK before MOV to and from CR0", amd: "MOV CR8", intel: "#UD", families: amd,
      evidence: "APM Vol. 3 \"MOV CRn\"; SDM Vol. 2B \"MOV—Move to/from Control Registers\"; icelake F00F2044",
      test: "recordings"),
    BehaviorRow(
      behavior: .letsRepeatDecideLoopCondition, id: "loop-repeat-prefix",
      decides: "F3 and F2 before LOOPE and LOOPNE", amd: "F3 makes it LOOPE, F2 LOOPNE, whatever the opcode says",
      intel: "ignored", families: amd, evidence: "zen4 F3E07B, zen2; icelake F3E012", test: "recordings"),
    BehaviorRow(
      behavior: .readsWordByMOVSXD, id: "movsxd-operand-size",
      decides: "the width of the source of MOVSXD with a 16-bit operand", amd: "32 bits are read, 16 are kept",
      intel: "16 bits are read", families: intel, evidence: "SDM Vol. 2B \"MOVSX/MOVSXD\"; icelake 66639E under AC",
      test: "recordings"),
    BehaviorRow(
      behavior: .ignoresWOfQuadwordPermutations, id: "vpermq-w",
      decides: "VPERMQ and VPERMPD with VEX.W clear", amd: "as with VEX.W set", intel: "#UD", families: amd,
      evidence: "SDM Vol. 2C \"VPERMQ\", \"VPERMPD\": W1; Zen 2 C4E37D01E0", test: "rows"),
    BehaviorRow(
      behavior: .takes64BitFarPointers, id: "far-pointer-rexw",
      decides: "REX.W before LSS, LFS, LGS and far JMP and CALL through memory",
      amd: "ignored: the offset has at most 32 bits", intel: "m16:64", families: intel,
      evidence: "SDM Vol. 2A \"LDS/LES/LFS/LGS/LSS\", \"JMP\"; APM Vol. 3 \"JMP (Far)\"; icelake 480FB4, zen4",
      test: "recordings"),
    BehaviorRow(
      behavior: .fetchesXOPAndSSE4A, id: "amd-extension-fetch",
      decides: "what is fetched before #UD of 8F with ModRM.reg not 0, and of 0F 78",
      amd: "XOP: two bytes, opcode, ModRM, in map Ah 4 bytes more; ModRM and two bytes",
      intel: "ModRM, as of POP and VMREAD", families: amd,
      evidence: "APM Vol. 3 \"XOP\", \"EXTRQ\"; SDM Vol. 2B \"POP\", Vol. 3C \"VMREAD\"; Zen 2 8FE32E",
      test: "rows"),
    BehaviorRow(
      behavior: .fetchesVEXBehindREX, id: "rex-vex",
      decides: "what is fetched before #UD of C4 and C5 behind REX", amd: "ModRM, as of LES and LDS",
      intel: "the whole instruction", families: intel,
      evidence: "Granite Rapids 40C5E57699 at the end of a page; zen2", test: "rows"),
    BehaviorRow(
      behavior: .ignoresWOfElementMoves, id: "vpextr-w",
      decides: "VEX.W of VPEXTRD, VPEXTRQ, VPINSRD and VPINSRQ outside 64-bit mode", amd: "#UD if it is set",
      intel: "ignored", families: intel,
      evidence: "SDM Vol. 2B \"PEXTRB/PEXTRD/PEXTRQ\", \"PINSRB/PINSRD/PINSRQ\"; Granite Rapids C4C3F916E8; Zen 2",
      test: "rows"),
    BehaviorRow(
      behavior: .fetchesUndefinedByNeighbor, id: "undefined-fetch",
      decides:
        "what is fetched before #UD of 0F 0F, 0F 39 to 0F 3F, 0F 7A, 7B, A6, A7 and of maps of C4 that do not exist",
      amd: "0F 0F and those maps have ModRM, 0F 0F an immediate too; the others end with the opcode",
      intel:
        "0F 0F ends with the opcode, 0F 7A, 7B, A6 and A7 have ModRM; 0F 39 and those behind it are as 0F 38, where "
        + "bit 1 is set as 0F 3A; of a map the lower two bits count, where they are 0 C4 is LES",
      families: intel, evidence: "Granite Rapids, every opcode of each map at the end of a page; Zen 2", test: "rows"),
    BehaviorRow(
      behavior: .takesEighthRegisterOfVZEROUPPER, id: "vzeroupper-vvvv",
      decides: "VZEROUPPER outside 64-bit mode with VEX.vvvv = 0111b", amd: "taken", intel: "#UD", families: amd,
      evidence: "SDM Vol. 2A \"VEX.vvvv\"; Zen 2; Granite Rapids C4E13877", test: "rows"),
    BehaviorRow(
      behavior: .takesPauseOfEighthRegister, id: "pause-rexb",
      decides: "F3 90 with REX.B", amd: "XCHG of R8", intel: "PAUSE", families: intel,
      evidence: "SDM Vol. 2B \"PAUSE\"; Granite Rapids F34190; Zen 2", test: "rows"),
    BehaviorRow(
      behavior: .wrapsFlatSegments, id: "wrap-4-gib",
      decides: "an access beyond FFFFFFFFh through a segment with base 0 and that limit",
      amd: "#GP or #SS, as with another base", intel: "goes on at address 0; with another base #GP or #SS",
      families: intel,
      evidence:
        "SDM Vol. 3A \"Limit Checking\"; icelake A5 with EDI = FFFFFFFFh; Granite Rapids 5A with base FFFFF000h; zen4",
      test: "recordings"),
    BehaviorRow(
      behavior: .checksCanonicalOffset, id: "canonical-offset",
      decides: "a non-canonical effective address that the base of FS or GS makes canonical",
      amd: "#GP(0), for the first byte and for the last", intel: "only the linear address counts", families: amd,
      evidence: "Zen 2, loads and stores through GS with bases of both halves; SDM Vol. 1 \"Canonical Addressing\"",
      test: "rows"),
    BehaviorRow(
      behavior: .movesSelectorsAs16Bits, id: "selector-16-bits",
      decides: "bytes that PUSH and POP of a segment register with a 32-bit operand and CS of RETF and IRET move",
      amd: "the operand's size", intel: "2; the rest of the slot stays as it is", families: intel,
      evidence: "SDM Vol. 2B \"PUSH\": the IA-32 Architecture Compatibility note; icelake 06, 1E, CA",
      test: "recordings"),
    BehaviorRow(
      behavior: .borrowsInFrameOfENTER, id: "enter-frame",
      decides: "the frame pointer of ENTER on a 16-bit stack with SP below the operand's size",
      amd: "bits 31:16 of ESP with SP wrapped", intel: "ESP less the operand's size", families: intel,
      evidence: "Granite Rapids 66C8080001 with ESP = 0; zen2-segments", test: "rows"),
    BehaviorRow(
      behavior: .readsOuterStackFirst, id: "return-outer-stack",
      decides: "when RETF and IRET read the outer stack's rSP and SS",
      amd: "before the code segment is checked", intel: "after it", families: amd,
      evidence: "zen4 CA, CF, zen2; icelake CA703C, 40CF", test: "recordings"),
    BehaviorRow(
      behavior: .checksReturnTargetFirst, id: "return-target-first",
      decides:
        "RETF and IRET with a target that is not canonical or beyond the limit, and an outer SS that is not valid",
      amd: "#GP(0) for the target", intel: "the fault of SS", families: amd,
      evidence:
        "SDM Vol. 2A \"IRET/IRETD/IRETQ—Interrupt Return\", Vol. 2B \"RET\"; zen2, zen4 48CF with SS of both tables",
      test: "rows"),
    BehaviorRow(
      behavior: .storesReturnAddressBeforeTargetCheck, id: "call-stores-first",
      decides: "what a near CALL to a target that is not canonical or beyond the limit leaves in memory",
      amd: "nothing",
      intel: "the return address, below an unchanged rSP", families: intel,
      evidence: "icelake FFD2; Granite Rapids E8CA708285; zen4", test: "recordings"),
    BehaviorRow(
      behavior: .storesFarReturnAddressInNewStack, id: "far-call-stack",
      decides: "where a far CALL from 64-bit mode to 16- or 32-bit code stores CS and the return address",
      amd: "family 19h below rSP of the new stack's size, family 17h below RSP", intel: "below RSP", families: [.zen4],
      evidence: "SDM Vol. 2A \"CALL—Call Procedure\"; zen4 FF1B with RSP above 4 GiB and not canonical", test: "rows"),
    BehaviorRow(
      behavior: .checksLowerBoundFirst, id: "bound-order",
      decides: "BOUND with an index below the lower bound and an upper bound that faults", amd: "the fault",
      intel: "#BR", families: intel, evidence: "Ice Lake 628424CC1F0000; zen2", test: "rows"),
    BehaviorRow(
      behavior: .exemptsUnalignedVectorsFromAlignmentCheck, id: "unaligned-vector-ac",
      decides: "alignment checks of MOVUPS, MOVUPD and MOVDQU", amd: "#AC unless aligned to 16", intel: "none",
      families: intel, evidence: "SDM Vol. 3A \"Alignment Check Exception (#AC)\"; icelake F30F6F; zen4",
      test: "recordings"),
    BehaviorRow(
      behavior: .checksUpperHalfOfMaskedStoreFirst, id: "masked-store-order",
      decides: "which half of MASKMOVDQU's operand faults first", amd: "the lower", intel: "the upper",
      families: intel, evidence: "icelake 660FF7; zen4", test: "recordings"),
    BehaviorRow(
      behavior: .takesUnalignedSHAOperands, id: "sha-alignment",
      decides: "memory operands of SHA instructions that are not aligned to 16 bytes", amd: "taken", intel: "#GP",
      families: amd,
      evidence: "SDM Vol. 2B \"SHA1MSG1\": Type 4; Zen 2 0F38CA with an operand at 20002FFCh", test: "rows"),
    BehaviorRow(
      behavior: .widensMaskOfFaultingGather, id: "gather-mask",
      decides: "the registers of a gather that faults",
      amd: "masks that are not done are as they were; what lies above 128 bits is kept",
      intel:
        "masks that are not done have all bits or none; with VEX.128 the upper half is 0, that of the destination too "
        + "if an element was loaded", families: intel,
      evidence: "SDM Vol. 2C \"VPGATHERDD/VPGATHERQD\"; Granite Rapids C4E26990048B; Zen 2", test: "rows"),
    BehaviorRow(
      behavior: .faultsAtLastByteOfMaskedVectorStore, id: "masked-vector-store-cr2",
      decides: "CR2 of a VMASKMOV or VPMASKMOV that writes to two pages, of which the second faults",
      amd: "the first byte there that would be written", intel: "the last byte that would be written",
      families: intel, evidence: "Granite Rapids C4E26D2E03, 31 bytes above the operand's start; Zen 2", test: "rows"),
    BehaviorRow(
      behavior: .checksSpanOfMaskedVectorMove, id: "masked-vector-limit",
      decides: "how the elements of VMASKMOV and VPMASKMOV that the mask takes must lie within the segment",
      amd: "each when it is accessed, wrapped at the address size",
      intel: "from the first to the last, before any is accessed, and without wrapping",
      families: intel, evidence: "Granite Rapids C4E2DD8C74FA beyond a limit, C4E2512E26F8FF beyond FFFFh; Zen 2",
      test: "rows"),
    BehaviorRow(
      behavior: .convertsToHalvesBeforeMemory, id: "half-store-order",
      decides: "which exceptions of VCVTPS2PH to memory come first",
      amd: "those of memory, and MXCSR is as it was", intel: "those of the numbers, and their flags stay",
      families: intel, evidence: "Granite Rapids C4E3791D0B00; Zen 2", test: "rows"),
    BehaviorRow(
      behavior: .findsDenormalsInexactAsHalves, id: "half-denormal-pe",
      decides: "PE of VCVTPS2PH of a denormal number with underflow unmasked",
      amd: "not set, since it is exact with another exponent", intel: "set", families: intel,
      evidence: "Granite Rapids C4E3791DC804 of 00000001h; Zen 2", test: "rows"),
    BehaviorRow(
      behavior: .exemptsHalfConversionsFromAlignmentCheck, id: "half-ac",
      decides: "alignment checks of VCVTPS2PH and VCVTPH2PS", amd: "#AC unless aligned to 8, or to 16 of 16 bytes",
      intel: "none", families: intel, evidence: "SDM Vol. 2A \"Exceptions Type 11\"; Granite Rapids C4E2791303; Zen 2",
      test: "rows"),
    BehaviorRow(
      behavior: .addsDotProductsAcross, id: "dot-product-nan",
      decides: "which of several NaNs DPPS and DPPD give",
      amd: "the first of the products, in order, in all elements",
      intel:
        "by the element: DPPS adds the neighbour's product and its own, then the other pair's sum; DPPD its own and "
        + "the neighbour's", families: intel, evidence: "Granite Rapids 660F3A40C1, 3,825 cases; Zen 2", test: "rows"),
    BehaviorRow(
      behavior: .checksEndOfSaveAreaFirst, id: "save-area-order",
      decides: "which byte of an XSAVE area faults first",
      amd: "the first, then of XRSTOR the header, then the last",
      intel: "of XRSTOR XCOMP_BV; the last, before the header's contents count; then the first that is accessed",
      families: intel, evidence: "Granite Rapids 0FAE23, 0FAE2B across a page, each of 8 masks; Zen 2", test: "rows"),
    BehaviorRow(
      behavior: .checksAlignmentOfSaveArea, id: "save-area-ac",
      decides: "alignment checks of XSAVE, XRSTOR and their kin, not aligned to 64", amd: "#GP",
      intel: "#AC if it is not even aligned to 4, else #GP", families: intel,
      evidence: "SDM Vol. 2D \"XRSTOR\"; Granite Rapids 0FAE23, 64 addresses; Zen 2", test: "rows"),
    BehaviorRow(
      behavior: .zeroExtendsRepeatedRegisters, id: "repeat-address-size",
      decides: "registers of a repeated string instruction with 67h in 64-bit mode that moves nothing",
      amd: "kept", intel: "rCX is cut to 32 bits; of MOVS rSI and rDI, of STOS rDI too", families: intel,
      evidence: "icelake F367A5, F367AA, F26748AC; zen4", test: "recordings"),
    BehaviorRow(
      behavior: .restoresFlagsOfFaultingComparison, id: "repeat-compare-flags",
      decides: "flags of REP CMPS and REP SCAS that fault after the first iteration",
      amd: "those of the last comparison", intel: "those before the instruction", families: intel,
      evidence: "SDM Vol. 2B \"REP/REPE/REPZ/REPNE/REPNZ\"; icelake F2A7, F2AF; zen4", test: "recordings"),
    BehaviorRow(
      behavior: .readsSourceFirstInRepeatedByteComparison, id: "repe-cmpsb-order",
      decides: "which operand of REPE CMPSB faults first", amd: "family 19h the source, family 17h the destination",
      intel: "the destination", families: [.zen4], evidence: "zen4, zen2, icelake F3A6", test: "recordings"),
    BehaviorRow(
      behavior: .skipsMemoryOfUnmaskedX87Store, id: "x87-unmasked-store",
      decides: "the memory operand of an x87 store that raises an unmasked exception",
      amd: "is checked first: its fault counts", intel: "is not touched", families: intel,
      evidence: "icelake DB9C241B200000; zen4 DB9D10300020", test: "recordings"),
    BehaviorRow(
      behavior: .storesExtendedInTwoParts, id: "x87-extended-store",
      decides: "what FSTP m80 and FBSTP leave below the border of a page or segment when the part above it faults",
      amd: "nothing", intel: "the first 8 bytes, if they lie below", families: intel,
      evidence: "Ice Lake DBBC4A610F0000; Granite Rapids DF33; zen2", test: "rows"),
    BehaviorRow(
      behavior: .clearsTopBeforeMMXStore, id: "mmx-store-state",
      decides: "the x87 state after an MMX store that faults", amd: "untouched", intel: "TOP is 0",
      families: intel, evidence: "icelake 0F7E, 0F7F, 0FE7; zen4 0FE06717", test: "recordings"),
    BehaviorRow(
      behavior: .recordsX87OperandOfExceptionsAlone, id: "x87-operand-pointer",
      decides: "which x87 instructions become those of FOP, and of FDP if they have an operand in memory",
      amd: "all but those of control", intel: "of these, those alone that raise an unmasked exception",
      families: intel,
      evidence:
        "SDM Vol. 1 \"x87 FPU Instruction and Data (Operand) Pointers\", \"Fopcode Compatibility Sub-mode\"; "
        + "CPUID.7.EBX[6]; Zen 2 D903 D933", test: "rows"),
    BehaviorRow(
      behavior: .savesX87PointersOfExceptionsAlone, id: "x87-saved-pointers",
      decides: "FIP, FOP and FDP in the images of FXSAVE and XSAVE while no x87 exception waits", amd: "0",
      intel: "what they are", families: amd,
      evidence: "APM Vol. 3 \"FXSAVE\"; CPUID.80000008.EBX[2]; Zen 2 D903 480FAE03", test: "rows"),
    BehaviorRow(
      behavior: .dropsX87Selectors, id: "x87-selectors", decides: "FCS and FDS in saved images and environments",
      amd: "the selectors", intel: "0", families: intel,
      evidence: "SDM Vol. 1 \"x87 FPU Instruction and Data (Operand) Pointers\"; CPUID.7.EBX[13]; Zen 2 D903 D933",
      test: "rows"),
    BehaviorRow(
      behavior: .keepsUnchangedDenormals, id: "x87-unchanged-denormal",
      decides: "FSCALE of a denormal by zero and FPREM of one by infinity while underflow is not masked",
      amd: "UE, and the exponent is wrapped", intel: "the denormal stays, without UE", families: intel,
      evidence: "SDM Vol. 1 \"Numeric Underflow Exception (#U)\"; Zen 2; Granite Rapids D9FD, D9F8", test: "rows"),
    BehaviorRow(
      behavior: .cutsTinyAngles, id: "x87-tiny-angle",
      decides: "what is rounded of FSIN, FCOS and FPTAN of a tiny angle and FPATAN of a tiny quotient",
      amd: "the exact result, which lies beside the angle, 1 or the quotient",
      intel:
        "below 2^-68 the angle and 1; below 2^-33 a tangent a little less than the angle, or a power of two itself; "
        + "below 2^-40 the first 67 bits of the quotient",
      families: intel,
      evidence: "SDM Vol. 1 \"Transcendental Instruction Accuracy\"; icelake D9FE, D9FF; Granite Rapids", test: "rows"),
    BehaviorRow(
      behavior: .takesNegativeLogarithmsAsInexact, id: "x87-power-logarithm",
      decides: "what is rounded of FYL2X and FYL2XP1 where the logarithm is a negative integer",
      amd: "the product with it",
      intel: "the product with the number of 67 bits next to it, towards zero", families: intel,
      evidence: "SDM Vol. 1 \"Transcendental Instruction Accuracy\"; Granite Rapids D9F1, D9F9", test: "rows"),
    BehaviorRow(
      behavior: .reportsRoundingOfCosine, id: "x87-fsincos-c1", decides: "C1 after FSINCOS",
      amd: "how the sine was rounded", intel: "how the cosine was rounded", families: intel,
      evidence: "SDM Vol. 2A \"FSINCOS\"; Zen 2; Granite Rapids D9FB", test: "rows"),
    BehaviorRow(
      behavior: .estimatesReciprocalsIn12Bits, id: "reciprocal-estimates",
      decides: "the results of RCPPS, RCPSS, RSQRTPS and RSQRTSS", amd: "12 bits, from tables that were read off",
      intel: "unknown: not executed", families: amd, evidence: "zen4, zen2 0F52, 0F53", test: "rows"),
    BehaviorRow(
      behavior: .checksWrittenBaseByPagingMode, id: "fsbase-width",
      decides: "the width at which WRFSBASE and WRGSBASE take a canonical base on a processor with LA57",
      amd: "57 bits", intel: "that of the paging mode", families: intel,
      evidence: "Granite Rapids F3490FAEDA with bits 50:48 set and CR4.LA57 clear", test: "rows"),
    BehaviorRow(
      behavior: .takesSystemCallOutside64BitMode, id: "syscall-legacy",
      decides: "SYSCALL and SYSRET in compatibility and legacy mode", amd: "instructions", intel: "#UD", families: amd,
      evidence: "SDM Vol. 2B \"SYSCALL\"; APM Vol. 3 \"SYSCALL\"; icelake 0F07, Ice Lake 0F05", test: "recordings"),
    BehaviorRow(
      behavior: .takesSysenterInLongMode, id: "sysenter-long",
      decides: "SYSENTER and SYSEXIT in long mode, and the width of their MSRs", amd: "#UD; 32 bits",
      intel: "instructions; 64 bits, canonical", families: intel,
      evidence: "SDM Vol. 2B \"SYSENTER\", \"SYSEXIT\"; APM Vol. 3 \"SYSENTER\"", test: "rows"),
    BehaviorRow(
      behavior: .checksSysretTarget, id: "sysret-canonical",
      decides: "SYSRET to a non-canonical RIP", amd: "returns, and the fetch faults at CPL 3",
      intel: "#GP(0) at CPL 0", families: intel, evidence: "SDM Vol. 2B \"SYSRET\"; APM Vol. 3 \"SYSRET\"",
      test: "rows"),
    BehaviorRow(
      behavior: .reloadsStackSegmentBySysret, id: "sysret-ss",
      decides: "SS after SYSRET", amd: "the sum as it is; base, limit and attributes stay",
      intel: "RPL 3, a flat writable segment of DPL 3", families: intel,
      evidence: "SDM Vol. 2B \"SYSRET\"; APM Vol. 3 \"SYSRET\"", test: "rows"),
    BehaviorRow(
      behavior: .inhibitsCodeBreakpointAfterMovSS, id: "mov-ss-code-breakpoint",
      decides: "an instruction breakpoint behind MOV SS or POP SS", amd: "#DB", intel: "inhibited", families: intel,
      evidence: "SDM Vol. 3A \"Masking Exceptions and Interrupts When Switching Stacks\"; Zen 2",
      test: "rom:corners-privilege"),
    BehaviorRow(
      behavior: .computesMultiplicationFlags, id: "multiply-flags",
      decides: "SF, ZF, AF and PF of MUL and IMUL", amd: "kept",
      intel: "SF and PF by the lower half, ZF and AF 0", families: intel,
      evidence: "icelake, 2,790 tests; zen4 and zen2", test: "recordings", isUndefined: true),
    BehaviorRow(
      behavior: .keepsDivisionFlags, id: "divide-flags",
      decides: "flags of DIV and IDIV", amd: "AF 1, SF, ZF and PF 0, CF and OF kept", intel: "kept", families: intel,
      evidence: "icelake, 835 tests; zen4 and zen2", test: "recordings", isUndefined: true),
    BehaviorRow(
      behavior: .computesBitScanFlags, id: "bit-scan-flags",
      decides: "CF, OF, SF, AF and PF of BSF and BSR",
      amd: "family 19h: PF by the result, or 1 if there is none, the others 0; family 17h: kept",
      intel: "PF by the result, or 1 if there is none, the others 0", families: [.zen4, .intel],
      evidence: "icelake, 788 tests; zen4; zen2", test: "recordings", isUndefined: true),
    BehaviorRow(
      behavior: .computesASCIIAdjustFlags, id: "ascii-adjust-flags",
      decides: "SF, ZF, OF and PF of AAA and AAS", amd: "by a rule that is not known",
      intel: "ZF and PF by AL, SF and OF 0", families: intel, evidence: "icelake, 856 tests", test: "recordings",
      isUndefined: true),
    BehaviorRow(
      behavior: .shiftsDestinationInAgain, id: "double-shift-beyond-width",
      decides: "what SHLD and SHRD of 16 bits by more than 16 shift in behind the source", amd: "the source again",
      intel: "the destination", families: intel, evidence: "icelake, 99 tests; zen4 and zen2, 290 tests",
      test: "recordings", isUndefined: true),
    BehaviorRow(
      behavior: .clearsUpperStackPointer, id: "upper-stack-pointer",
      decides: "bits 63:32 of RSP after a transfer from 64-bit mode to 16- or 32-bit code",
      amd: "family 17h: 0, while the other registers keep theirs; family 19h: not known, kept",
      intel: "not known, kept",
      families: [.zen2],
      evidence:
        "APM Vol. 1 \"GPR High 32 Bits Across Mode Switches\"; Zen 2 FF /5, CB, CF to selector 23h, and back by EA without "
        + "an exception between", test: "rows", isUndefined: true),
  ]

  /// The row of a behavior.
  public static func row(_ behavior: ProcessorBehavior) -> BehaviorRow { table[Int(behavior.rawValue)] }
}
