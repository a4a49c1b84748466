// Generated from opcodes.txt by OpcodeTableGenerator; do not edit.
// swift-format-ignore-file

import SoftFloat
import X86
import X86Decoder

extension Processor {
  /// Executes one decoded instruction; `state.rip` and `state.nextRIP` stand at it and behind it.
  @inline(__always)
  func execute(_ instruction: Instruction) throws(Exception) {
    switch instruction.operation {
    case .add: try executeADD(instruction)
    case .or: try executeOR(instruction)
    case .adc: try executeADC(instruction)
    case .sbb: try executeSBB(instruction)
    case .and: try executeAND(instruction)
    case .sub: try executeSUB(instruction)
    case .xor: try executeXOR(instruction)
    case .cmp: try executeCMP(instruction)
    case .test: try executeTEST(instruction)
    case .not: try executeNOT(instruction)
    case .neg: try executeNEG(instruction)
    case .mul: try executeMUL(instruction)
    case .imul1: try executeIMUL1(instruction)
    case .div: try executeDIV(instruction)
    case .idiv: try executeIDIV(instruction)
    case .imul: try executeIMUL(instruction)
    case .inc: try executeINC(instruction)
    case .dec: try executeDEC(instruction)
    case .rol: try executeROL(instruction)
    case .ror: try executeROR(instruction)
    case .rcl: try executeRCL(instruction)
    case .rcr: try executeRCR(instruction)
    case .shl: try executeSHL(instruction)
    case .shr: try executeSHR(instruction)
    case .sar: try executeSAR(instruction)
    case .shld: try executeSHLD(instruction)
    case .shrd: try executeSHRD(instruction)
    case .bt: try executeBT(instruction)
    case .bts: try executeBTS(instruction)
    case .btr: try executeBTR(instruction)
    case .btc: try executeBTC(instruction)
    case .bsf: try executeBSF(instruction)
    case .bsr: try executeBSR(instruction)
    case .bswap: try byteSwap(instruction)
    case .popcnt: try executePOPCNT(instruction)
    case .lzcnt: try zeroCount(instruction, leading: true)
    case .tzcnt: try zeroCount(instruction, leading: false)
    case .crc32: try crc32(instruction)
    case .movbe: try moveSwapped(instruction)
    case .adcx: try addWithFlag(instruction, RFLAGS.carry)
    case .adox: try addWithFlag(instruction, RFLAGS.overflow)
    case .rdrand: try readRandomNumber(instruction)
    case .rdseed: try readRandomNumber(instruction)
    case .andn:
      try requireProtectedMode()
      try vexInteger(instruction, .andNot)
    case .bextr:
      try requireProtectedMode()
      try vexInteger(instruction, .extractBits)
    case .blsr:
      try requireProtectedMode()
      try vexInteger(instruction, .resetLowest)
    case .blsmsk:
      try requireProtectedMode()
      try vexInteger(instruction, .maskLowest)
    case .blsi:
      try requireProtectedMode()
      try vexInteger(instruction, .isolateLowest)
    case .bzhi:
      try requireProtectedMode()
      try vexInteger(instruction, .zeroHighBits)
    case .mulx:
      try requireProtectedMode()
      try vexInteger(instruction, .multiply)
    case .pdep:
      try requireProtectedMode()
      try depositBits(instruction)
    case .pext:
      try requireProtectedMode()
      try gatherBits(instruction)
    case .rorx:
      try requireProtectedMode()
      try vexInteger(instruction, .rotate)
    case .sarx:
      try requireProtectedMode()
      try vexInteger(instruction, .shiftArithmetic)
    case .shlx:
      try requireProtectedMode()
      try vexInteger(instruction, .shiftLeft)
    case .shrx:
      try requireProtectedMode()
      try vexInteger(instruction, .shiftRight)
    case .daa: try decimalAdjust(instruction, subtract: false)
    case .das: try decimalAdjust(instruction, subtract: true)
    case .aaa: try asciiAdjust(instruction, subtract: false)
    case .aas: try asciiAdjust(instruction, subtract: true)
    case .aam: try asciiMultiply(instruction)
    case .aad: try asciiDivide(instruction)
    case .cbw: try extendAccumulator(instruction)
    case .cwd: try extendIntoDX(instruction)
    case .salc: try setALFromCarry(instruction)
    case .mov: try move(instruction)
    case .movFromSegment: try moveFromSegment(instruction)
    case .movToSegment: try moveToSegment(instruction)
    case .movFromControl:
      try requirePrivilege()
      try moveFromControl(instruction)
    case .movToControl:
      try requirePrivilege()
      try moveToControl(instruction)
    case .movFromDebug: try moveFromDebug(instruction)
    case .movToDebug: try moveToDebug(instruction)
    case .movzx: try moveZeroExtended(instruction)
    case .movsx: try moveSignExtended(instruction)
    case .movsxd: try moveSignExtended(instruction)
    case .arpl:
      try requireProtectedMode()
      try adjustRequestedPrivilege(instruction)
    case .lea: try loadEffectiveAddress(instruction)
    case .xchg: try executeXCHG(instruction)
    case .pause: try noOperation(instruction)
    case .cmpxchg: try executeCMPXCHG(instruction)
    case .cmpxchg8b: try compareExchangeDouble(instruction, half: 4)
    case .cmpxchg16b: try compareExchangeDouble(instruction, half: 8)
    case .xadd: try executeXADD(instruction)
    case .push: try pushOperand(instruction)
    case .pop: try popOperand(instruction)
    case .pushSegment: try pushSegmentRegister(instruction)
    case .popSegment: try popSegmentRegister(instruction)
    case .pusha: try pushAll(instruction)
    case .popa: try popAll(instruction)
    case .pushf: try pushFlags(instruction)
    case .popf: try popFlags(instruction)
    case .sahf: try flagsFromAH(instruction)
    case .lahf: try flagsToAH(instruction)
    case .xlat: try translateByte(instruction)
    case .les: try loadFarPointer(instruction, .es)
    case .lds: try loadFarPointer(instruction, .ds)
    case .lss: try loadFarPointer(instruction, .ss)
    case .lfs: try loadFarPointer(instruction, .fs)
    case .lgs: try loadFarPointer(instruction, .gs)
    case .cmovcc: try conditionalMove(instruction)
    case .setcc: try setByteOnCondition(instruction)
    case .movs: try executeString(instruction, .move)
    case .cmps: try executeString(instruction, .compare)
    case .stos: try executeString(instruction, .store)
    case .lods: try executeString(instruction, .load)
    case .scas: try executeString(instruction, .scan)
    case .ins: try executeString(instruction, .input)
    case .outs: try executeString(instruction, .output)
    case .`in`: try inputPort(instruction)
    case .out: try outputPort(instruction)
    case .jcc: try jumpIf(instruction)
    case .loopne: try loopBranch(instruction, .whileNotEqual)
    case .loope: try loopBranch(instruction, .whileEqual)
    case .loop: try loopBranch(instruction, .always)
    case .jrcxz: try jumpIfCountIsZero(instruction)
    case .jmp: try jump(instruction)
    case .call: try nearCall(instruction)
    case .ret: try nearReturn(instruction)
    case .callFar: try farTransfer(instruction, .call)
    case .jmpFar: try farTransfer(instruction, .jump)
    case .retFar: try farReturn(instruction)
    case .iret: try interruptReturn(instruction)
    case .int3: try softwareInterrupt(instruction, .breakpoint)
    case .int: try softwareInterrupt(instruction, .immediate)
    case .into: try softwareInterrupt(instruction, .overflow)
    case .int1: try softwareInterrupt(instruction, .debug)
    case .enter: try enterFrame(instruction)
    case .leave: try leaveFrame(instruction)
    case .bound: try checkBounds(instruction)
    case .cmc: try changeCarry(instruction, .complement)
    case .clc: try changeCarry(instruction, .reset)
    case .stc: try changeCarry(instruction, .set)
    case .cli: try setInterruptFlag(instruction, false)
    case .sti: try setInterruptFlag(instruction, true)
    case .cld: try setDirection(instruction, false)
    case .std: try setDirection(instruction, true)
    case .nop: try noOperation(instruction)
    case .ud2: try undefinedInstruction(instruction)
    case .ud1: try undefinedInstruction(instruction)
    case .ud0: try undefinedInstruction(instruction)
    case .sldt:
      try requireProtectedMode()
      try storeSystemSelector(instruction, .ldtr)
    case .str:
      try requireProtectedMode()
      try storeSystemSelector(instruction, .tr)
    case .lldt:
      try requireProtectedMode()
      try requirePrivilege()
      try loadSystemSegment(instruction, .ldtr)
    case .ltr:
      try requireProtectedMode()
      try requirePrivilege()
      try loadSystemSegment(instruction, .tr)
    case .verr:
      try requireProtectedMode()
      try inspectDescriptor(instruction, .verifyRead)
    case .verw:
      try requireProtectedMode()
      try inspectDescriptor(instruction, .verifyWrite)
    case .sgdt: try storeTableRegister(instruction, .gdtr)
    case .sidt: try storeTableRegister(instruction, .idtr)
    case .lgdt:
      try requirePrivilege()
      try loadTableRegister(instruction, .gdtr)
    case .lidt:
      try requirePrivilege()
      try loadTableRegister(instruction, .idtr)
    case .smsw: try storeMachineStatusWord(instruction)
    case .lmsw:
      try requirePrivilege()
      try loadMachineStatusWord(instruction)
    case .invlpg:
      try requirePrivilege()
      try invalidatePageOperand(instruction)
    case .monitor: try absentFeature(instruction)
    case .mwait: try absentFeature(instruction)
    case .clac: try setAccessCheck(instruction, false)
    case .stac: try setAccessCheck(instruction, true)
    case .xgetbv: try readExtendedControl(instruction)
    case .xsetbv: try writeExtendedControl(instruction)
    case .rdpkru: try readProtectionKeyRights(instruction)
    case .wrpkru: try writeProtectionKeyRights(instruction)
    case .vmmcall: try absentFeature(instruction)
    case .vmcall: try absentFeature(instruction)
    case .swapgs:
      try requirePrivilege()
      try swapGS(instruction)
    case .rdtscp: try readTimeStampAndProcessor(instruction)
    case .rdpid: try readProcessorID(instruction)
    case .lar:
      try requireProtectedMode()
      try inspectDescriptor(instruction, .rights)
    case .lsl:
      try requireProtectedMode()
      try inspectDescriptor(instruction, .limit)
    case .syscall: try systemCall(instruction)
    case .clts:
      try requirePrivilege()
      try clearTaskSwitched(instruction)
    case .sysret: try systemReturn(instruction)
    case .invd:
      try requirePrivilege()
      try noOperation(instruction)
    case .wbinvd:
      try requirePrivilege()
      try noOperation(instruction)
    case .wrmsr:
      try requirePrivilege()
      try writeModelSpecificRegister(instruction)
    case .rdtsc: try readTimeStamp(instruction)
    case .rdmsr:
      try requirePrivilege()
      try readModelSpecificRegister(instruction)
    case .rdpmc: try readPerformanceCounter(instruction)
    case .sysenter: try systemEnter(instruction)
    case .sysexit: try systemExit(instruction)
    case .cpuid: try identifyProcessor(instruction)
    case .rsm: try absentFeature(instruction)
    case .hlt:
      try requirePrivilege()
      try halt(instruction)
    case .invpcid: try invalidatePCID(instruction)
    case .rdfsbase:
      try requireSegmentBaseAccess()
      try readSegmentBase(instruction, .fs)
    case .rdgsbase:
      try requireSegmentBaseAccess()
      try readSegmentBase(instruction, .gs)
    case .wrfsbase:
      try requireSegmentBaseAccess()
      try writeSegmentBase(instruction, .fs)
    case .wrgsbase:
      try requireSegmentBaseAccess()
      try writeSegmentBase(instruction, .gs)
    case .fadd:
      try checkX87(waits: true)
      try x87Binary(instruction, .add)
      recordX87Pointers(instruction)
    case .fiadd:
      try checkX87(waits: true)
      try x87Binary(instruction, .add)
      recordX87Pointers(instruction)
    case .fmul:
      try checkX87(waits: true)
      try x87Binary(instruction, .multiply)
      recordX87Pointers(instruction)
    case .fimul:
      try checkX87(waits: true)
      try x87Binary(instruction, .multiply)
      recordX87Pointers(instruction)
    case .fcom:
      try checkX87(waits: true)
      try x87Compare(instruction, .ordered)
      recordX87Pointers(instruction)
    case .ficom:
      try checkX87(waits: true)
      try x87Compare(instruction, .ordered)
      recordX87Pointers(instruction)
    case .fcomp:
      try checkX87(waits: true)
      try x87Compare(instruction, .ordered)
      recordX87Pointers(instruction)
    case .ficomp:
      try checkX87(waits: true)
      try x87Compare(instruction, .ordered)
      recordX87Pointers(instruction)
    case .fsub:
      try checkX87(waits: true)
      try x87Binary(instruction, .subtract)
      recordX87Pointers(instruction)
    case .fisub:
      try checkX87(waits: true)
      try x87Binary(instruction, .subtract)
      recordX87Pointers(instruction)
    case .fsubr:
      try checkX87(waits: true)
      try x87Binary(instruction, .subtractReversed)
      recordX87Pointers(instruction)
    case .fisubr:
      try checkX87(waits: true)
      try x87Binary(instruction, .subtractReversed)
      recordX87Pointers(instruction)
    case .fdiv:
      try checkX87(waits: true)
      try x87Binary(instruction, .divide)
      recordX87Pointers(instruction)
    case .fidiv:
      try checkX87(waits: true)
      try x87Binary(instruction, .divide)
      recordX87Pointers(instruction)
    case .fdivr:
      try checkX87(waits: true)
      try x87Binary(instruction, .divideReversed)
      recordX87Pointers(instruction)
    case .fidivr:
      try checkX87(waits: true)
      try x87Binary(instruction, .divideReversed)
      recordX87Pointers(instruction)
    case .faddp:
      try checkX87(waits: true)
      try x87Binary(instruction, .add)
      recordX87Pointers(instruction)
    case .fmulp:
      try checkX87(waits: true)
      try x87Binary(instruction, .multiply)
      recordX87Pointers(instruction)
    case .fsubrp:
      try checkX87(waits: true)
      try x87Binary(instruction, .subtractReversed)
      recordX87Pointers(instruction)
    case .fsubp:
      try checkX87(waits: true)
      try x87Binary(instruction, .subtract)
      recordX87Pointers(instruction)
    case .fdivrp:
      try checkX87(waits: true)
      try x87Binary(instruction, .divideReversed)
      recordX87Pointers(instruction)
    case .fdivp:
      try checkX87(waits: true)
      try x87Binary(instruction, .divide)
      recordX87Pointers(instruction)
    case .fcompp:
      try checkX87(waits: true)
      try x87Compare(instruction, .ordered)
      recordX87Pointers(instruction)
    case .fld:
      try checkX87(waits: true)
      try x87Load(instruction)
      recordX87Pointers(instruction)
    case .fst:
      try checkX87(waits: true)
      try x87StoreReal(instruction)
      recordX87Pointers(instruction)
    case .fstp:
      try checkX87(waits: true)
      try x87StoreReal(instruction)
      recordX87Pointers(instruction)
    case .fldenv:
      try checkX87(waits: true)
      try x87LoadEnvironment(instruction, registers: false)
    case .fldcw:
      try checkX87(waits: true)
      try x87LoadControlWord(instruction)
    case .fnstenv:
      try checkX87(waits: false)
      try x87StoreEnvironment(instruction, registers: false)
    case .fnstcw:
      try checkX87(waits: false)
      try x87StoreControlWord(instruction)
    case .fxch:
      try checkX87(waits: true)
      try x87Exchange(instruction)
      recordX87Pointers(instruction)
    case .fnop:
      try checkX87(waits: false)
      try x87NoOperation(instruction)
    case .fchs:
      try checkX87(waits: true)
      try x87ChangeSign(instruction, clears: false)
      recordX87Pointers(instruction)
    case .fabs:
      try checkX87(waits: true)
      try x87ChangeSign(instruction, clears: true)
      recordX87Pointers(instruction)
    case .ftst:
      try checkX87(waits: true)
      try x87Compare(instruction, .withZero)
      recordX87Pointers(instruction)
    case .fxam:
      try checkX87(waits: true)
      try x87Examine(instruction)
      recordX87Pointers(instruction)
    case .fld1:
      try checkX87(waits: true)
      try x87LoadConstant(instruction, .one)
      recordX87Pointers(instruction)
    case .fldl2t:
      try checkX87(waits: true)
      try x87LoadConstant(instruction, .log2Of10)
      recordX87Pointers(instruction)
    case .fldl2e:
      try checkX87(waits: true)
      try x87LoadConstant(instruction, .log2OfE)
      recordX87Pointers(instruction)
    case .fldpi:
      try checkX87(waits: true)
      try x87LoadConstant(instruction, .pi)
      recordX87Pointers(instruction)
    case .fldlg2:
      try checkX87(waits: true)
      try x87LoadConstant(instruction, .log10Of2)
      recordX87Pointers(instruction)
    case .fldln2:
      try checkX87(waits: true)
      try x87LoadConstant(instruction, .lnOf2)
      recordX87Pointers(instruction)
    case .fldz:
      try checkX87(waits: true)
      try x87LoadConstant(instruction, .zero)
      recordX87Pointers(instruction)
    case .f2xm1:
      try checkX87(waits: true)
      try x87Function(instruction, .exponential)
      recordX87Pointers(instruction)
    case .fyl2x:
      try checkX87(waits: true)
      try x87FunctionOfTwo(instruction, .logarithm)
      recordX87Pointers(instruction)
    case .fptan:
      try checkX87(waits: true)
      try x87FunctionPair(instruction, .tangentAndOne)
      recordX87Pointers(instruction)
    case .fpatan:
      try checkX87(waits: true)
      try x87FunctionOfTwo(instruction, .arctangent)
      recordX87Pointers(instruction)
    case .fxtract:
      try checkX87(waits: true)
      try x87Extract(instruction)
      recordX87Pointers(instruction)
    case .fprem1:
      try checkX87(waits: true)
      try x87Remainder(instruction, toNearest: true)
      recordX87Pointers(instruction)
    case .fdecstp:
      try checkX87(waits: true)
      try x87Rotate(instruction, up: false)
      recordX87Pointers(instruction)
    case .fincstp:
      try checkX87(waits: true)
      try x87Rotate(instruction, up: true)
      recordX87Pointers(instruction)
    case .fprem:
      try checkX87(waits: true)
      try x87Remainder(instruction, toNearest: false)
      recordX87Pointers(instruction)
    case .fyl2xp1:
      try checkX87(waits: true)
      try x87FunctionOfTwo(instruction, .logarithmOfOnePlus)
      recordX87Pointers(instruction)
    case .fsqrt:
      try checkX87(waits: true)
      try x87SquareRoot(instruction)
      recordX87Pointers(instruction)
    case .fsincos:
      try checkX87(waits: true)
      try x87FunctionPair(instruction, .sineAndCosine)
      recordX87Pointers(instruction)
    case .frndint:
      try checkX87(waits: true)
      try x87RoundToInteger(instruction)
      recordX87Pointers(instruction)
    case .fscale:
      try checkX87(waits: true)
      try x87Scale(instruction)
      recordX87Pointers(instruction)
    case .fsin:
      try checkX87(waits: true)
      try x87Function(instruction, .sine)
      recordX87Pointers(instruction)
    case .fcos:
      try checkX87(waits: true)
      try x87Function(instruction, .cosine)
      recordX87Pointers(instruction)
    case .fcmovb:
      try checkX87(waits: true)
      try x87ConditionalMove(instruction, .carry)
      recordX87Pointers(instruction)
    case .fcmovnb:
      try checkX87(waits: true)
      try x87ConditionalMove(instruction, .notCarry)
      recordX87Pointers(instruction)
    case .fcmove:
      try checkX87(waits: true)
      try x87ConditionalMove(instruction, .zero)
      recordX87Pointers(instruction)
    case .fcmovne:
      try checkX87(waits: true)
      try x87ConditionalMove(instruction, .notZero)
      recordX87Pointers(instruction)
    case .fcmovbe:
      try checkX87(waits: true)
      try x87ConditionalMove(instruction, .carryOrZero)
      recordX87Pointers(instruction)
    case .fcmovnbe:
      try checkX87(waits: true)
      try x87ConditionalMove(instruction, .notCarryOrZero)
      recordX87Pointers(instruction)
    case .fcmovu:
      try checkX87(waits: true)
      try x87ConditionalMove(instruction, .parity)
      recordX87Pointers(instruction)
    case .fcmovnu:
      try checkX87(waits: true)
      try x87ConditionalMove(instruction, .notParity)
      recordX87Pointers(instruction)
    case .fucompp:
      try checkX87(waits: true)
      try x87Compare(instruction, .unordered)
      recordX87Pointers(instruction)
    case .fild:
      try checkX87(waits: true)
      try x87LoadInteger(instruction)
      recordX87Pointers(instruction)
    case .fisttp:
      try checkX87(waits: true)
      try x87StoreInteger(instruction, truncating: true)
      recordX87Pointers(instruction)
    case .fist:
      try checkX87(waits: true)
      try x87StoreInteger(instruction, truncating: false)
      recordX87Pointers(instruction)
    case .fistp:
      try checkX87(waits: true)
      try x87StoreInteger(instruction, truncating: false)
      recordX87Pointers(instruction)
    case .fnclex:
      try checkX87(waits: false)
      try x87ClearExceptions(instruction)
    case .fninit:
      try checkX87(waits: false)
      try x87Initialize(instruction)
    case .fucomi:
      try checkX87(waits: true)
      try x87CompareToFlags(instruction, .unordered)
      recordX87Pointers(instruction)
    case .fcomi:
      try checkX87(waits: true)
      try x87CompareToFlags(instruction, .ordered)
      recordX87Pointers(instruction)
    case .frstor:
      try checkX87(waits: true)
      try x87LoadEnvironment(instruction, registers: true)
    case .fnsave:
      try checkX87(waits: false)
      try x87StoreEnvironment(instruction, registers: true)
    case .fnstsw:
      try checkX87(waits: false)
      try x87StoreStatusWord(instruction)
    case .ffree:
      try checkX87(waits: true)
      try x87Free(instruction)
      recordX87Pointers(instruction)
    case .fucom:
      try checkX87(waits: true)
      try x87Compare(instruction, .unordered)
      recordX87Pointers(instruction)
    case .fucomp:
      try checkX87(waits: true)
      try x87Compare(instruction, .unordered)
      recordX87Pointers(instruction)
    case .fbld:
      try checkX87(waits: true)
      try x87LoadDecimal(instruction)
      recordX87Pointers(instruction)
    case .fbstp:
      try checkX87(waits: true)
      try x87StoreDecimal(instruction)
      recordX87Pointers(instruction)
    case .ffreep:
      try checkX87(waits: true)
      try x87FreeAndPop(instruction)
      recordX87Pointers(instruction)
    case .fucomip:
      try checkX87(waits: true)
      try x87CompareToFlags(instruction, .unordered)
      recordX87Pointers(instruction)
    case .fcomip:
      try checkX87(waits: true)
      try x87CompareToFlags(instruction, .ordered)
      recordX87Pointers(instruction)
    case .fwait: try x87Wait(instruction)
    case .movups:
      try checkVectorAccess(instruction)
      try moveVector(instruction, aligned: false)
    case .movaps:
      try checkVectorAccess(instruction)
      try moveVector(instruction, aligned: true)
    case .movlps:
      try checkVectorAccess(instruction)
      try moveHalf(instruction, high: false)
    case .movhps:
      try checkVectorAccess(instruction)
      try moveHalf(instruction, high: true)
    case .unpcklps:
      try checkVectorAccess(instruction)
      try vectorInterleave(instruction, 4, high: false)
    case .unpckhps:
      try checkVectorAccess(instruction)
      try vectorInterleave(instruction, 4, high: true)
    case .movntps:
      try checkVectorAccess(instruction)
      try moveVector(instruction, aligned: true)
    case .movmskps:
      try checkVectorAccess(instruction)
      try moveMask(instruction, .singles)
    case .shufps:
      try checkVectorAccess(instruction)
      try shuffleSingles(instruction)
    case .andps:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.and)
    case .andnps:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.andNot)
    case .orps:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.or)
    case .xorps:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.xor)
    case .ucomiss:
      try checkVectorAccess(instruction)
      try floatCompare(instruction, single: true, signalsQuiet: false)
    case .comiss:
      try checkVectorAccess(instruction)
      try floatCompare(instruction, single: true, signalsQuiet: true)
    case .movupd:
      try checkVectorAccess(instruction)
      try moveVector(instruction, aligned: false)
    case .movapd:
      try checkVectorAccess(instruction)
      try moveVector(instruction, aligned: true)
    case .movlpd:
      try checkVectorAccess(instruction)
      try moveHalf(instruction, high: false)
    case .movhpd:
      try checkVectorAccess(instruction)
      try moveHalf(instruction, high: true)
    case .unpcklpd:
      try checkVectorAccess(instruction)
      try vectorInterleave(instruction, 8, high: false)
    case .unpckhpd:
      try checkVectorAccess(instruction)
      try vectorInterleave(instruction, 8, high: true)
    case .movntpd:
      try checkVectorAccess(instruction)
      try moveVector(instruction, aligned: true)
    case .movmskpd:
      try checkVectorAccess(instruction)
      try moveMask(instruction, .doubles)
    case .shufpd:
      try checkVectorAccess(instruction)
      try shuffleDoubles(instruction)
    case .andpd:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.and)
    case .andnpd:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.andNot)
    case .orpd:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.or)
    case .xorpd:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.xor)
    case .ucomisd:
      try checkVectorAccess(instruction)
      try floatCompare(instruction, single: false, signalsQuiet: false)
    case .comisd:
      try checkVectorAccess(instruction)
      try floatCompare(instruction, single: false, signalsQuiet: true)
    case .movhlps:
      try checkVectorAccess(instruction)
      try moveHighToLow(instruction)
    case .movlhps:
      try checkVectorAccess(instruction)
      try moveLowToHigh(instruction)
    case .movss:
      try checkVectorAccess(instruction)
      try moveScalar(instruction, width: 4)
    case .movsdXmm:
      try checkVectorAccess(instruction)
      try moveScalar(instruction, width: 8)
    case .sqrtps:
      try checkVectorAccess(instruction)
      try floatSquareRoot(instruction, .packedSingle)
    case .sqrtpd:
      try checkVectorAccess(instruction)
      try floatSquareRoot(instruction, .packedDouble)
    case .sqrtss:
      try checkVectorAccess(instruction)
      try floatSquareRoot(instruction, .scalarSingle)
    case .sqrtsd:
      try checkVectorAccess(instruction)
      try floatSquareRoot(instruction, .scalarDouble)
    case .addps:
      try checkVectorAccess(instruction)
      try floatArithmetic(instruction, .add, .packedSingle)
    case .addpd:
      try checkVectorAccess(instruction)
      try floatArithmetic(instruction, .add, .packedDouble)
    case .addss:
      try checkVectorAccess(instruction)
      try floatArithmetic(instruction, .add, .scalarSingle)
    case .addsd:
      try checkVectorAccess(instruction)
      try floatArithmetic(instruction, .add, .scalarDouble)
    case .mulps:
      try checkVectorAccess(instruction)
      try floatArithmetic(instruction, .multiply, .packedSingle)
    case .mulpd:
      try checkVectorAccess(instruction)
      try floatArithmetic(instruction, .multiply, .packedDouble)
    case .mulss:
      try checkVectorAccess(instruction)
      try floatArithmetic(instruction, .multiply, .scalarSingle)
    case .mulsd:
      try checkVectorAccess(instruction)
      try floatArithmetic(instruction, .multiply, .scalarDouble)
    case .subps:
      try checkVectorAccess(instruction)
      try floatArithmetic(instruction, .subtract, .packedSingle)
    case .subpd:
      try checkVectorAccess(instruction)
      try floatArithmetic(instruction, .subtract, .packedDouble)
    case .subss:
      try checkVectorAccess(instruction)
      try floatArithmetic(instruction, .subtract, .scalarSingle)
    case .subsd:
      try checkVectorAccess(instruction)
      try floatArithmetic(instruction, .subtract, .scalarDouble)
    case .minps:
      try checkVectorAccess(instruction)
      try floatArithmetic(instruction, .minimum, .packedSingle)
    case .minpd:
      try checkVectorAccess(instruction)
      try floatArithmetic(instruction, .minimum, .packedDouble)
    case .minss:
      try checkVectorAccess(instruction)
      try floatArithmetic(instruction, .minimum, .scalarSingle)
    case .minsd:
      try checkVectorAccess(instruction)
      try floatArithmetic(instruction, .minimum, .scalarDouble)
    case .divps:
      try checkVectorAccess(instruction)
      try floatArithmetic(instruction, .divide, .packedSingle)
    case .divpd:
      try checkVectorAccess(instruction)
      try floatArithmetic(instruction, .divide, .packedDouble)
    case .divss:
      try checkVectorAccess(instruction)
      try floatArithmetic(instruction, .divide, .scalarSingle)
    case .divsd:
      try checkVectorAccess(instruction)
      try floatArithmetic(instruction, .divide, .scalarDouble)
    case .maxps:
      try checkVectorAccess(instruction)
      try floatArithmetic(instruction, .maximum, .packedSingle)
    case .maxpd:
      try checkVectorAccess(instruction)
      try floatArithmetic(instruction, .maximum, .packedDouble)
    case .maxss:
      try checkVectorAccess(instruction)
      try floatArithmetic(instruction, .maximum, .scalarSingle)
    case .maxsd:
      try checkVectorAccess(instruction)
      try floatArithmetic(instruction, .maximum, .scalarDouble)
    case .rsqrtps:
      try checkVectorAccess(instruction)
      try estimate(instruction, .reciprocalRoot, .packedSingle)
    case .rsqrtss:
      try checkVectorAccess(instruction)
      try estimate(instruction, .reciprocalRoot, .scalarSingle)
    case .rcpps:
      try checkVectorAccess(instruction)
      try estimate(instruction, .reciprocal, .packedSingle)
    case .rcpss:
      try checkVectorAccess(instruction)
      try estimate(instruction, .reciprocal, .scalarSingle)
    case .cmpps:
      try checkVectorAccess(instruction)
      try floatCompareToMask(instruction, .packedSingle)
    case .cmppd:
      try checkVectorAccess(instruction)
      try floatCompareToMask(instruction, .packedDouble)
    case .cmpss:
      try checkVectorAccess(instruction)
      try floatCompareToMask(instruction, .scalarSingle)
    case .cmpsdXmm:
      try checkVectorAccess(instruction)
      try floatCompareToMask(instruction, .scalarDouble)
    case .cvtpi2ps:
      try checkVectorAccess(instruction)
      try convertMMXToSingles(instruction)
      finishMMX(instruction)
    case .cvtpi2pd:
      try checkVectorAccess(instruction)
      try convertDoublewordsToDoubles(instruction)
      finishMMX(instruction)
    case .cvtsi2ss:
      try checkVectorAccess(instruction)
      try convertFromInteger(instruction, single: true)
    case .cvtsi2sd:
      try checkVectorAccess(instruction)
      try convertFromInteger(instruction, single: false)
    case .cvttps2pi:
      try checkVectorAccess(instruction)
      try convertSinglesToMMX(instruction, truncating: true)
      finishMMX(instruction)
    case .cvttpd2pi:
      try checkVectorAccess(instruction)
      try convertDoublesToDoublewords(instruction, truncating: true)
      finishMMX(instruction)
    case .cvttss2si:
      try checkVectorAccess(instruction)
      try convertToInteger(instruction, single: true, truncating: true)
    case .cvttsd2si:
      try checkVectorAccess(instruction)
      try convertToInteger(instruction, single: false, truncating: true)
    case .cvtps2pi:
      try checkVectorAccess(instruction)
      try convertSinglesToMMX(instruction, truncating: false)
      finishMMX(instruction)
    case .cvtpd2pi:
      try checkVectorAccess(instruction)
      try convertDoublesToDoublewords(instruction, truncating: false)
      finishMMX(instruction)
    case .cvtss2si:
      try checkVectorAccess(instruction)
      try convertToInteger(instruction, single: true, truncating: false)
    case .cvtsd2si:
      try checkVectorAccess(instruction)
      try convertToInteger(instruction, single: false, truncating: false)
    case .cvtps2pd:
      try checkVectorAccess(instruction)
      try widenSingles(instruction)
    case .cvtpd2ps:
      try checkVectorAccess(instruction)
      try narrowDoubles(instruction)
    case .cvtss2sd:
      try checkVectorAccess(instruction)
      try widenSingle(instruction)
    case .cvtsd2ss:
      try checkVectorAccess(instruction)
      try narrowDouble(instruction)
    case .cvtdq2ps:
      try checkVectorAccess(instruction)
      try convertDoublewordsToSingles(instruction)
    case .cvtps2dq:
      try checkVectorAccess(instruction)
      try convertSinglesToDoublewords(instruction, truncating: false)
    case .cvttps2dq:
      try checkVectorAccess(instruction)
      try convertSinglesToDoublewords(instruction, truncating: true)
    case .cvttpd2dq:
      try checkVectorAccess(instruction)
      try convertDoublesToDoublewords(instruction, truncating: true)
    case .cvtpd2dq:
      try checkVectorAccess(instruction)
      try convertDoublesToDoublewords(instruction, truncating: false)
    case .cvtdq2pd:
      try checkVectorAccess(instruction)
      try convertDoublewordsToDoubles(instruction)
    case .movd:
      try checkVectorAccess(instruction)
      try moveLowPart(instruction)
      finishMMX(instruction)
    case .movq:
      try checkVectorAccess(instruction)
      try moveLowPart(instruction)
      finishMMX(instruction)
    case .movdqa:
      try checkVectorAccess(instruction)
      try moveVector(instruction, aligned: true)
    case .movdqu:
      try checkVectorAccess(instruction)
      try moveVector(instruction, aligned: false)
    case .movq2dq:
      try checkVectorAccess(instruction)
      try moveFromMMX(instruction)
      finishMMX(instruction)
    case .movdq2q:
      try checkVectorAccess(instruction)
      try moveToMMX(instruction)
      finishMMX(instruction)
    case .movntq:
      try checkVectorAccess(instruction)
      try storeNonTemporalMMX(instruction)
      finishMMX(instruction)
    case .movntdq:
      try checkVectorAccess(instruction)
      try moveVector(instruction, aligned: true)
    case .movnti: try moveRegisterToMemory(instruction)
    case .maskmovq:
      try checkVectorAccess(instruction)
      try maskedStore(instruction)
      finishMMX(instruction)
    case .maskmovdqu:
      try checkVectorAccess(instruction)
      try maskedStore(instruction)
    case .pshufw:
      try checkVectorAccess(instruction)
      try shuffleWords(instruction, high: false)
      finishMMX(instruction)
    case .pshufd:
      try checkVectorAccess(instruction)
      try shuffleDoublewords(instruction)
    case .pshufhw:
      try checkVectorAccess(instruction)
      try shuffleWords(instruction, high: true)
    case .pshuflw:
      try checkVectorAccess(instruction)
      try shuffleWords(instruction, high: false)
    case .pinsrw:
      try checkVectorAccess(instruction)
      try insertElement(instruction, 2)
      finishMMX(instruction)
    case .pextrw:
      try checkVectorAccess(instruction)
      try extractElement(instruction, 2)
      finishMMX(instruction)
    case .pmovmskb:
      try checkVectorAccess(instruction)
      try moveMask(instruction, .bytes)
      finishMMX(instruction)
    case .punpcklbw:
      try checkVectorAccess(instruction)
      try vectorInterleave(instruction, 1, high: false)
      finishMMX(instruction)
    case .punpcklwd:
      try checkVectorAccess(instruction)
      try vectorInterleave(instruction, 2, high: false)
      finishMMX(instruction)
    case .punpckldq:
      try checkVectorAccess(instruction)
      try vectorInterleave(instruction, 4, high: false)
      finishMMX(instruction)
    case .packsswb:
      try checkVectorAccess(instruction)
      try vectorPack(instruction, .signedWordsToBytes)
      finishMMX(instruction)
    case .pcmpgtb:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.greaterBytes)
      finishMMX(instruction)
    case .pcmpgtw:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.greaterWords)
      finishMMX(instruction)
    case .pcmpgtd:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.greaterDoublewords)
      finishMMX(instruction)
    case .packuswb:
      try checkVectorAccess(instruction)
      try vectorPack(instruction, .signedWordsToUnsignedBytes)
      finishMMX(instruction)
    case .punpckhbw:
      try checkVectorAccess(instruction)
      try vectorInterleave(instruction, 1, high: true)
      finishMMX(instruction)
    case .punpckhwd:
      try checkVectorAccess(instruction)
      try vectorInterleave(instruction, 2, high: true)
      finishMMX(instruction)
    case .punpckhdq:
      try checkVectorAccess(instruction)
      try vectorInterleave(instruction, 4, high: true)
      finishMMX(instruction)
    case .packssdw:
      try checkVectorAccess(instruction)
      try vectorPack(instruction, .signedDoublewordsToWords)
      finishMMX(instruction)
    case .pcmpeqb:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.equalBytes)
      finishMMX(instruction)
    case .pcmpeqw:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.equalWords)
      finishMMX(instruction)
    case .pcmpeqd:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.equalDoublewords)
      finishMMX(instruction)
    case .psrlw:
      try checkVectorAccess(instruction)
      try vectorShift(instruction, 16, .right)
      finishMMX(instruction)
    case .psrld:
      try checkVectorAccess(instruction)
      try vectorShift(instruction, 32, .right)
      finishMMX(instruction)
    case .psrlq:
      try checkVectorAccess(instruction)
      try vectorShift(instruction, 64, .right)
      finishMMX(instruction)
    case .paddq:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.addQuadwords)
      finishMMX(instruction)
    case .pmullw:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.multiplyLow)
      finishMMX(instruction)
    case .psubusb:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.subtractUnsignedBytes)
      finishMMX(instruction)
    case .psubusw:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.subtractUnsignedWords)
      finishMMX(instruction)
    case .pminub:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.minimumUnsignedBytes)
      finishMMX(instruction)
    case .pand:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.and)
      finishMMX(instruction)
    case .paddusb:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.addUnsignedBytes)
      finishMMX(instruction)
    case .paddusw:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.addUnsignedWords)
      finishMMX(instruction)
    case .pmaxub:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.maximumUnsignedBytes)
      finishMMX(instruction)
    case .pandn:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.andNot)
      finishMMX(instruction)
    case .pavgb:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.averageBytes)
      finishMMX(instruction)
    case .psraw:
      try checkVectorAccess(instruction)
      try vectorShift(instruction, 16, .arithmetic)
      finishMMX(instruction)
    case .psrad:
      try checkVectorAccess(instruction)
      try vectorShift(instruction, 32, .arithmetic)
      finishMMX(instruction)
    case .pavgw:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.averageWords)
      finishMMX(instruction)
    case .pmulhuw:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.multiplyHighUnsigned)
      finishMMX(instruction)
    case .pmulhw:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.multiplyHighSigned)
      finishMMX(instruction)
    case .psubsb:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.subtractSignedBytes)
      finishMMX(instruction)
    case .psubsw:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.subtractSignedWords)
      finishMMX(instruction)
    case .pminsw:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.minimumSignedWords)
      finishMMX(instruction)
    case .por:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.or)
      finishMMX(instruction)
    case .paddsb:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.addSignedBytes)
      finishMMX(instruction)
    case .paddsw:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.addSignedWords)
      finishMMX(instruction)
    case .pmaxsw:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.maximumSignedWords)
      finishMMX(instruction)
    case .pxor:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.xor)
      finishMMX(instruction)
    case .psllw:
      try checkVectorAccess(instruction)
      try vectorShift(instruction, 16, .left)
      finishMMX(instruction)
    case .pslld:
      try checkVectorAccess(instruction)
      try vectorShift(instruction, 32, .left)
      finishMMX(instruction)
    case .psllq:
      try checkVectorAccess(instruction)
      try vectorShift(instruction, 64, .left)
      finishMMX(instruction)
    case .pmuludq:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.multiplyDoublewords)
      finishMMX(instruction)
    case .pmaddwd:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.multiplyAdd)
      finishMMX(instruction)
    case .psadbw:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.sumOfDifferences)
      finishMMX(instruction)
    case .psubb:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.subtractBytes)
      finishMMX(instruction)
    case .psubw:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.subtractWords)
      finishMMX(instruction)
    case .psubd:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.subtractDoublewords)
      finishMMX(instruction)
    case .psubq:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.subtractQuadwords)
      finishMMX(instruction)
    case .paddb:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.addBytes)
      finishMMX(instruction)
    case .paddw:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.addWords)
      finishMMX(instruction)
    case .paddd:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.addDoublewords)
      finishMMX(instruction)
    case .punpcklqdq:
      try checkVectorAccess(instruction)
      try vectorInterleave(instruction, 8, high: false)
    case .punpckhqdq:
      try checkVectorAccess(instruction)
      try vectorInterleave(instruction, 8, high: true)
    case .psrldq:
      try checkVectorAccess(instruction)
      try vectorByteShift(instruction, right: true)
    case .pslldq:
      try checkVectorAccess(instruction)
      try vectorByteShift(instruction, right: false)
    case .addsubpd:
      try checkVectorAccess(instruction)
      try floatAddSubtract(instruction, single: false)
    case .addsubps:
      try checkVectorAccess(instruction)
      try floatAddSubtract(instruction, single: true)
    case .haddpd:
      try checkVectorAccess(instruction)
      try floatPairs(instruction, .add, single: false)
    case .haddps:
      try checkVectorAccess(instruction)
      try floatPairs(instruction, .add, single: true)
    case .hsubpd:
      try checkVectorAccess(instruction)
      try floatPairs(instruction, .subtract, single: false)
    case .hsubps:
      try checkVectorAccess(instruction)
      try floatPairs(instruction, .subtract, single: true)
    case .lddqu:
      try checkVectorAccess(instruction)
      try moveVector(instruction, aligned: false)
    case .movddup:
      try checkVectorAccess(instruction)
      try duplicateElements(instruction, 8, odd: false)
    case .movsldup:
      try checkVectorAccess(instruction)
      try duplicateElements(instruction, 4, odd: false)
    case .movshdup:
      try checkVectorAccess(instruction)
      try duplicateElements(instruction, 4, odd: true)
    case .pshufb:
      try checkVectorAccess(instruction)
      try shuffleBytes(instruction)
      finishMMX(instruction)
    case .phaddw:
      try checkVectorAccess(instruction)
      try vectorPairs(instruction, .addWords)
      finishMMX(instruction)
    case .phaddd:
      try checkVectorAccess(instruction)
      try vectorPairs(instruction, .addDoublewords)
      finishMMX(instruction)
    case .phaddsw:
      try checkVectorAccess(instruction)
      try vectorPairs(instruction, .addSaturatedWords)
      finishMMX(instruction)
    case .pmaddubsw:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.multiplyAddBytes)
      finishMMX(instruction)
    case .phsubw:
      try checkVectorAccess(instruction)
      try vectorPairs(instruction, .subtractWords)
      finishMMX(instruction)
    case .phsubd:
      try checkVectorAccess(instruction)
      try vectorPairs(instruction, .subtractDoublewords)
      finishMMX(instruction)
    case .phsubsw:
      try checkVectorAccess(instruction)
      try vectorPairs(instruction, .subtractSaturatedWords)
      finishMMX(instruction)
    case .psignb:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.signBytes)
      finishMMX(instruction)
    case .psignw:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.signWords)
      finishMMX(instruction)
    case .psignd:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.signDoublewords)
      finishMMX(instruction)
    case .pmulhrsw:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.multiplyRound)
      finishMMX(instruction)
    case .pabsb:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.absoluteBytes)
      finishMMX(instruction)
    case .pabsw:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.absoluteWords)
      finishMMX(instruction)
    case .pabsd:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.absoluteDoublewords)
      finishMMX(instruction)
    case .palignr:
      try checkVectorAccess(instruction)
      try alignBytes(instruction)
      finishMMX(instruction)
    case .pblendvb:
      try checkVectorAccess(instruction)
      try blendByMask(instruction, 1)
    case .blendvps:
      try checkVectorAccess(instruction)
      try blendByMask(instruction, 4)
    case .blendvpd:
      try checkVectorAccess(instruction)
      try blendByMask(instruction, 8)
    case .ptest:
      try checkVectorAccess(instruction)
      try testVector(instruction, .max)
    case .pmovsxbw:
      try checkVectorAccess(instruction)
      try widenElements(instruction, 1, 2, signed: true)
    case .pmovsxbd:
      try checkVectorAccess(instruction)
      try widenElements(instruction, 1, 4, signed: true)
    case .pmovsxbq:
      try checkVectorAccess(instruction)
      try widenElements(instruction, 1, 8, signed: true)
    case .pmovsxwd:
      try checkVectorAccess(instruction)
      try widenElements(instruction, 2, 4, signed: true)
    case .pmovsxwq:
      try checkVectorAccess(instruction)
      try widenElements(instruction, 2, 8, signed: true)
    case .pmovsxdq:
      try checkVectorAccess(instruction)
      try widenElements(instruction, 4, 8, signed: true)
    case .pmovzxbw:
      try checkVectorAccess(instruction)
      try widenElements(instruction, 1, 2, signed: false)
    case .pmovzxbd:
      try checkVectorAccess(instruction)
      try widenElements(instruction, 1, 4, signed: false)
    case .pmovzxbq:
      try checkVectorAccess(instruction)
      try widenElements(instruction, 1, 8, signed: false)
    case .pmovzxwd:
      try checkVectorAccess(instruction)
      try widenElements(instruction, 2, 4, signed: false)
    case .pmovzxwq:
      try checkVectorAccess(instruction)
      try widenElements(instruction, 2, 8, signed: false)
    case .pmovzxdq:
      try checkVectorAccess(instruction)
      try widenElements(instruction, 4, 8, signed: false)
    case .pmuldq:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.multiplySignedDoublewords)
    case .pcmpeqq:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.equalQuadwords)
    case .pminsb:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.minimumSignedBytes)
    case .pminsd:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.minimumSignedDoublewords)
    case .pminuw:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.minimumUnsignedWords)
    case .pminud:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.minimumUnsignedDoublewords)
    case .pmaxsb:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.maximumSignedBytes)
    case .pmaxsd:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.maximumSignedDoublewords)
    case .pmaxuw:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.maximumUnsignedWords)
    case .pmaxud:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.maximumUnsignedDoublewords)
    case .pmulld:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.multiplyLowDoublewords)
    case .movntdqa:
      try checkVectorAccess(instruction)
      try moveVector(instruction, aligned: true)
    case .packusdw:
      try checkVectorAccess(instruction)
      try lanes(instruction, VectorOperations.packUnsigned)
    case .phminposuw:
      try checkVectorAccess(instruction)
      try lanes(instruction, VectorOperations.minimumPosition)
    case .roundps:
      try checkVectorAccess(instruction)
      try floatRound(instruction, .packedSingle)
    case .roundpd:
      try checkVectorAccess(instruction)
      try floatRound(instruction, .packedDouble)
    case .roundss:
      try checkVectorAccess(instruction)
      try floatRound(instruction, .scalarSingle)
    case .roundsd:
      try checkVectorAccess(instruction)
      try floatRound(instruction, .scalarDouble)
    case .blendps:
      try checkVectorAccess(instruction)
      try blendElements(instruction, 4)
    case .blendpd:
      try checkVectorAccess(instruction)
      try blendElements(instruction, 8)
    case .pblendw:
      try checkVectorAccess(instruction)
      try blendElements(instruction, 2)
    case .pextrb:
      try checkVectorAccess(instruction)
      try extractElement(instruction, 1)
    case .pextrd:
      try checkVectorAccess(instruction)
      try extractElement(instruction, 0)
    case .extractps:
      try checkVectorAccess(instruction)
      try extractElement(instruction, 4)
    case .pinsrb:
      try checkVectorAccess(instruction)
      try insertElement(instruction, 1)
    case .pinsrd:
      try checkVectorAccess(instruction)
      try insertElement(instruction, 0)
    case .insertps:
      try checkVectorAccess(instruction)
      try insertSingle(instruction)
    case .dpps:
      try checkVectorAccess(instruction)
      try floatDotProduct(instruction, single: true)
    case .dppd:
      try checkVectorAccess(instruction)
      try floatDotProduct(instruction, single: false)
    case .mpsadbw:
      try checkVectorAccess(instruction)
      try sumsOfDifferences(instruction)
    case .pcmpgtq:
      try checkVectorAccess(instruction)
      try vectorBinary(instruction, VectorOperations.greaterQuadwords)
    case .pcmpestrm:
      try checkVectorAccess(instruction)
      try compareStrings(instruction, explicit: true, mask: true)
    case .pcmpestri:
      try checkVectorAccess(instruction)
      try compareStrings(instruction, explicit: true, mask: false)
    case .pcmpistrm:
      try checkVectorAccess(instruction)
      try compareStrings(instruction, explicit: false, mask: true)
    case .pcmpistri:
      try checkVectorAccess(instruction)
      try compareStrings(instruction, explicit: false, mask: false)
    case .aesenc:
      try checkVectorAccess(instruction)
      try cryptographicRound(instruction, Cryptography.encrypt, isLast: false)
    case .aesenclast:
      try checkVectorAccess(instruction)
      try cryptographicRound(instruction, Cryptography.encrypt, isLast: true)
    case .aesdec:
      try checkVectorAccess(instruction)
      try cryptographicRound(instruction, Cryptography.decrypt, isLast: false)
    case .aesdeclast:
      try checkVectorAccess(instruction)
      try cryptographicRound(instruction, Cryptography.decrypt, isLast: true)
    case .aesimc:
      try checkVectorAccess(instruction)
      try inverseMixColumns(instruction)
    case .aeskeygenassist:
      try checkVectorAccess(instruction)
      try assistKeyGeneration(instruction)
    case .pclmulqdq:
      try checkVectorAccess(instruction)
      try lanes(instruction, VectorOperations.carrylessProduct)
    case .gf2p8mulb:
      try checkVectorAccess(instruction)
      try lanes(instruction, Cryptography.fieldProduct)
    case .gf2p8affineqb:
      try checkVectorAccess(instruction)
      try lanes(instruction, Cryptography.affine)
    case .gf2p8affineinvqb:
      try checkVectorAccess(instruction)
      try lanes(instruction, Cryptography.affineOfInverse)
    case .sha1nexte:
      try checkVectorAccess(instruction)
      try lanes(instruction, Cryptography.sha1Next)
    case .sha1msg1:
      try checkVectorAccess(instruction)
      try lanes(instruction, Cryptography.sha1Message1)
    case .sha1msg2:
      try checkVectorAccess(instruction)
      try lanes(instruction, Cryptography.sha1Message2)
    case .sha256msg1:
      try checkVectorAccess(instruction)
      try lanes(instruction, Cryptography.sha256Message1)
    case .sha256msg2:
      try checkVectorAccess(instruction)
      try lanes(instruction, Cryptography.sha256Message2)
    case .sha256rnds2:
      try checkVectorAccess(instruction)
      try sha256Rounds(instruction)
    case .sha1rnds4:
      try checkVectorAccess(instruction)
      try lanes(instruction, Cryptography.sha1Rounds)
    case .vtestps:
      try checkVectorAccess(instruction)
      try testVector(instruction, 0x8000_0000_8000_0000)
    case .vtestpd:
      try checkVectorAccess(instruction)
      try testVector(instruction, 1 << 63)
    case .vbroadcastss:
      try checkVectorAccess(instruction)
      try broadcast(instruction, 4)
    case .vbroadcastsd:
      try checkVectorAccess(instruction)
      try broadcast(instruction, 8)
    case .vpbroadcastb:
      try checkVectorAccess(instruction)
      try broadcast(instruction, 1)
    case .vpbroadcastw:
      try checkVectorAccess(instruction)
      try broadcast(instruction, 2)
    case .vpbroadcastd:
      try checkVectorAccess(instruction)
      try broadcast(instruction, 4)
    case .vpbroadcastq:
      try checkVectorAccess(instruction)
      try broadcast(instruction, 8)
    case .vbroadcastf128:
      try checkVectorAccess(instruction)
      try broadcast(instruction, 16)
    case .vbroadcasti128:
      try checkVectorAccess(instruction)
      try broadcast(instruction, 16)
    case .vinsertf128:
      try checkVectorAccess(instruction)
      try insertLane(instruction)
    case .vinserti128:
      try checkVectorAccess(instruction)
      try insertLane(instruction)
    case .vextractf128:
      try checkVectorAccess(instruction)
      try extractLane(instruction)
    case .vextracti128:
      try checkVectorAccess(instruction)
      try extractLane(instruction)
    case .vperm2f128:
      try checkVectorAccess(instruction)
      try permuteLanes(instruction)
    case .vperm2i128:
      try checkVectorAccess(instruction)
      try permuteLanes(instruction)
    case .vpermilps:
      try checkVectorAccess(instruction)
      try permuteInLanes(instruction, 4)
    case .vpermilpd:
      try checkVectorAccess(instruction)
      try permuteInLanes(instruction, 8)
    case .vpermd:
      try checkVectorAccess(instruction)
      try permuteDoublewords(instruction)
    case .vpermps:
      try checkVectorAccess(instruction)
      try permuteDoublewords(instruction)
    case .vpermq:
      try checkVectorAccess(instruction)
      try permuteQuadwords(instruction)
    case .vpermpd:
      try checkVectorAccess(instruction)
      try permuteQuadwords(instruction)
    case .vpblendd:
      try checkVectorAccess(instruction)
      try blendElements(instruction, 4)
    case .vpsllvd:
      try checkVectorAccess(instruction)
      try shiftByElements(instruction, 4, .left)
    case .vpsllvq:
      try checkVectorAccess(instruction)
      try shiftByElements(instruction, 8, .left)
    case .vpsrlvd:
      try checkVectorAccess(instruction)
      try shiftByElements(instruction, 4, .right)
    case .vpsrlvq:
      try checkVectorAccess(instruction)
      try shiftByElements(instruction, 8, .right)
    case .vpsravd:
      try checkVectorAccess(instruction)
      try shiftByElements(instruction, 4, .arithmetic)
    case .vmaskmovps:
      try checkVectorAccess(instruction)
      try moveMasked(instruction, 4)
    case .vmaskmovpd:
      try checkVectorAccess(instruction)
      try moveMasked(instruction, 8)
    case .vpmaskmovd:
      try checkVectorAccess(instruction)
      try moveMasked(instruction, 4)
    case .vpmaskmovq:
      try checkVectorAccess(instruction)
      try moveMasked(instruction, 8)
    case .vpgatherdd:
      try checkVectorAccess(instruction)
      try gather(instruction, 4, indices: 4)
    case .vpgatherdq:
      try checkVectorAccess(instruction)
      try gather(instruction, 8, indices: 4)
    case .vpgatherqd:
      try checkVectorAccess(instruction)
      try gather(instruction, 4, indices: 8)
    case .vpgatherqq:
      try checkVectorAccess(instruction)
      try gather(instruction, 8, indices: 8)
    case .vgatherdps:
      try checkVectorAccess(instruction)
      try gather(instruction, 4, indices: 4)
    case .vgatherdpd:
      try checkVectorAccess(instruction)
      try gather(instruction, 8, indices: 4)
    case .vgatherqps:
      try checkVectorAccess(instruction)
      try gather(instruction, 4, indices: 8)
    case .vgatherqpd:
      try checkVectorAccess(instruction)
      try gather(instruction, 8, indices: 8)
    case .vzeroupper:
      try checkVectorAccess(instruction)
      try zeroVectors(instruction, upperOnly: true)
    case .vzeroall:
      try checkVectorAccess(instruction)
      try zeroVectors(instruction, upperOnly: false)
    case .vcvtph2ps:
      try checkVectorAccess(instruction)
      try widenHalves(instruction)
    case .vcvtps2ph:
      try checkVectorAccess(instruction)
      try narrowToHalves(instruction)
    case .vfmaddsub132ps:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product13, .addSubtract, .packedSingle)
    case .vfmaddsub132pd:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product13, .addSubtract, .packedDouble)
    case .vfmaddsub213ps:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product21, .addSubtract, .packedSingle)
    case .vfmaddsub213pd:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product21, .addSubtract, .packedDouble)
    case .vfmaddsub231ps:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product23, .addSubtract, .packedSingle)
    case .vfmaddsub231pd:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product23, .addSubtract, .packedDouble)
    case .vfmsubadd132ps:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product13, .subtractAdd, .packedSingle)
    case .vfmsubadd132pd:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product13, .subtractAdd, .packedDouble)
    case .vfmsubadd213ps:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product21, .subtractAdd, .packedSingle)
    case .vfmsubadd213pd:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product21, .subtractAdd, .packedDouble)
    case .vfmsubadd231ps:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product23, .subtractAdd, .packedSingle)
    case .vfmsubadd231pd:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product23, .subtractAdd, .packedDouble)
    case .vfmadd132ps:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product13, .add, .packedSingle)
    case .vfmadd132pd:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product13, .add, .packedDouble)
    case .vfmadd132ss:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product13, .add, .scalarSingle)
    case .vfmadd132sd:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product13, .add, .scalarDouble)
    case .vfmadd213ps:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product21, .add, .packedSingle)
    case .vfmadd213pd:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product21, .add, .packedDouble)
    case .vfmadd213ss:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product21, .add, .scalarSingle)
    case .vfmadd213sd:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product21, .add, .scalarDouble)
    case .vfmadd231ps:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product23, .add, .packedSingle)
    case .vfmadd231pd:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product23, .add, .packedDouble)
    case .vfmadd231ss:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product23, .add, .scalarSingle)
    case .vfmadd231sd:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product23, .add, .scalarDouble)
    case .vfmsub132ps:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product13, .subtract, .packedSingle)
    case .vfmsub132pd:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product13, .subtract, .packedDouble)
    case .vfmsub132ss:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product13, .subtract, .scalarSingle)
    case .vfmsub132sd:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product13, .subtract, .scalarDouble)
    case .vfmsub213ps:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product21, .subtract, .packedSingle)
    case .vfmsub213pd:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product21, .subtract, .packedDouble)
    case .vfmsub213ss:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product21, .subtract, .scalarSingle)
    case .vfmsub213sd:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product21, .subtract, .scalarDouble)
    case .vfmsub231ps:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product23, .subtract, .packedSingle)
    case .vfmsub231pd:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product23, .subtract, .packedDouble)
    case .vfmsub231ss:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product23, .subtract, .scalarSingle)
    case .vfmsub231sd:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product23, .subtract, .scalarDouble)
    case .vfnmadd132ps:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product13, .negatedAdd, .packedSingle)
    case .vfnmadd132pd:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product13, .negatedAdd, .packedDouble)
    case .vfnmadd132ss:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product13, .negatedAdd, .scalarSingle)
    case .vfnmadd132sd:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product13, .negatedAdd, .scalarDouble)
    case .vfnmadd213ps:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product21, .negatedAdd, .packedSingle)
    case .vfnmadd213pd:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product21, .negatedAdd, .packedDouble)
    case .vfnmadd213ss:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product21, .negatedAdd, .scalarSingle)
    case .vfnmadd213sd:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product21, .negatedAdd, .scalarDouble)
    case .vfnmadd231ps:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product23, .negatedAdd, .packedSingle)
    case .vfnmadd231pd:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product23, .negatedAdd, .packedDouble)
    case .vfnmadd231ss:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product23, .negatedAdd, .scalarSingle)
    case .vfnmadd231sd:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product23, .negatedAdd, .scalarDouble)
    case .vfnmsub132ps:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product13, .negatedSubtract, .packedSingle)
    case .vfnmsub132pd:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product13, .negatedSubtract, .packedDouble)
    case .vfnmsub132ss:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product13, .negatedSubtract, .scalarSingle)
    case .vfnmsub132sd:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product13, .negatedSubtract, .scalarDouble)
    case .vfnmsub213ps:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product21, .negatedSubtract, .packedSingle)
    case .vfnmsub213pd:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product21, .negatedSubtract, .packedDouble)
    case .vfnmsub213ss:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product21, .negatedSubtract, .scalarSingle)
    case .vfnmsub213sd:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product21, .negatedSubtract, .scalarDouble)
    case .vfnmsub231ps:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product23, .negatedSubtract, .packedSingle)
    case .vfnmsub231pd:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product23, .negatedSubtract, .packedDouble)
    case .vfnmsub231ss:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product23, .negatedSubtract, .scalarSingle)
    case .vfnmsub231sd:
      try checkVectorAccess(instruction)
      try multiplyAdd(instruction, .product23, .negatedSubtract, .scalarDouble)
    case .fxsave: try saveFloatingState(instruction)
    case .fxrstor: try restoreFloatingState(instruction)
    case .ldmxcsr:
      try checkVectorAccess(instruction)
      try loadMXCSR(instruction)
    case .stmxcsr:
      try checkVectorAccess(instruction)
      try storeMXCSR(instruction)
    case .xsave: try saveExtendedState(instruction, .plain)
    case .xsaveopt: try saveExtendedState(instruction, .optimized)
    case .xsavec: try saveExtendedState(instruction, .compacted)
    case .xsaves: try saveExtendedState(instruction, .supervisor)
    case .xrstor: try restoreExtendedState(instruction, isSupervisor: false)
    case .xrstors: try restoreExtendedState(instruction, isSupervisor: true)
    case .lfence: try noOperation(instruction)
    case .mfence: try noOperation(instruction)
    case .sfence: try noOperation(instruction)
    case .clflush: try flushLine(instruction)
    case .clflushopt: try flushLine(instruction)
    case .clwb: try flushLine(instruction)
    case .emms: try emptyMMX(instruction)
    }
  }

  @inline(never)
  private func executeADD(_ instruction: Instruction) throws(Exception) {
    switch instruction.operandSize {
    case 1: try binary(instruction, UInt8.self, Integer.add)
    case 2: try binary(instruction, UInt16.self, Integer.add)
    case 4: try binary(instruction, UInt32.self, Integer.add)
    default: try binary(instruction, UInt64.self, Integer.add)
    }
  }

  @inline(never)
  private func executeOR(_ instruction: Instruction) throws(Exception) {
    switch instruction.operandSize {
    case 1: try binary(instruction, UInt8.self, Integer.or)
    case 2: try binary(instruction, UInt16.self, Integer.or)
    case 4: try binary(instruction, UInt32.self, Integer.or)
    default: try binary(instruction, UInt64.self, Integer.or)
    }
  }

  @inline(never)
  private func executeADC(_ instruction: Instruction) throws(Exception) {
    switch instruction.operandSize {
    case 1: try binary(instruction, UInt8.self, Integer.adc)
    case 2: try binary(instruction, UInt16.self, Integer.adc)
    case 4: try binary(instruction, UInt32.self, Integer.adc)
    default: try binary(instruction, UInt64.self, Integer.adc)
    }
  }

  @inline(never)
  private func executeSBB(_ instruction: Instruction) throws(Exception) {
    switch instruction.operandSize {
    case 1: try binary(instruction, UInt8.self, Integer.sbb)
    case 2: try binary(instruction, UInt16.self, Integer.sbb)
    case 4: try binary(instruction, UInt32.self, Integer.sbb)
    default: try binary(instruction, UInt64.self, Integer.sbb)
    }
  }

  @inline(never)
  private func executeAND(_ instruction: Instruction) throws(Exception) {
    switch instruction.operandSize {
    case 1: try binary(instruction, UInt8.self, Integer.and)
    case 2: try binary(instruction, UInt16.self, Integer.and)
    case 4: try binary(instruction, UInt32.self, Integer.and)
    default: try binary(instruction, UInt64.self, Integer.and)
    }
  }

  @inline(never)
  private func executeSUB(_ instruction: Instruction) throws(Exception) {
    switch instruction.operandSize {
    case 1: try binary(instruction, UInt8.self, Integer.sub)
    case 2: try binary(instruction, UInt16.self, Integer.sub)
    case 4: try binary(instruction, UInt32.self, Integer.sub)
    default: try binary(instruction, UInt64.self, Integer.sub)
    }
  }

  @inline(never)
  private func executeXOR(_ instruction: Instruction) throws(Exception) {
    switch instruction.operandSize {
    case 1: try binary(instruction, UInt8.self, Integer.xor)
    case 2: try binary(instruction, UInt16.self, Integer.xor)
    case 4: try binary(instruction, UInt32.self, Integer.xor)
    default: try binary(instruction, UInt64.self, Integer.xor)
    }
  }

  @inline(never)
  private func executeCMP(_ instruction: Instruction) throws(Exception) {
    switch instruction.operandSize {
    case 1: try compare(instruction, UInt8.self, Integer.sub)
    case 2: try compare(instruction, UInt16.self, Integer.sub)
    case 4: try compare(instruction, UInt32.self, Integer.sub)
    default: try compare(instruction, UInt64.self, Integer.sub)
    }
  }

  @inline(never)
  private func executeTEST(_ instruction: Instruction) throws(Exception) {
    switch instruction.operandSize {
    case 1: try compare(instruction, UInt8.self, Integer.and)
    case 2: try compare(instruction, UInt16.self, Integer.and)
    case 4: try compare(instruction, UInt32.self, Integer.and)
    default: try compare(instruction, UInt64.self, Integer.and)
    }
  }

  @inline(never)
  private func executeNOT(_ instruction: Instruction) throws(Exception) {
    switch instruction.operandSize {
    case 1: try unary(instruction, UInt8.self, Integer.not)
    case 2: try unary(instruction, UInt16.self, Integer.not)
    case 4: try unary(instruction, UInt32.self, Integer.not)
    default: try unary(instruction, UInt64.self, Integer.not)
    }
  }

  @inline(never)
  private func executeNEG(_ instruction: Instruction) throws(Exception) {
    switch instruction.operandSize {
    case 1: try unary(instruction, UInt8.self, Integer.neg)
    case 2: try unary(instruction, UInt16.self, Integer.neg)
    case 4: try unary(instruction, UInt32.self, Integer.neg)
    default: try unary(instruction, UInt64.self, Integer.neg)
    }
  }

  @inline(never)
  private func executeMUL(_ instruction: Instruction) throws(Exception) {
    switch instruction.operandSize {
    case 1: try multiplyWide(instruction, UInt8.self, signed: false)
    case 2: try multiplyWide(instruction, UInt16.self, signed: false)
    case 4: try multiplyWide(instruction, UInt32.self, signed: false)
    default: try multiplyWide(instruction, UInt64.self, signed: false)
    }
  }

  @inline(never)
  private func executeIMUL1(_ instruction: Instruction) throws(Exception) {
    switch instruction.operandSize {
    case 1: try multiplyWide(instruction, UInt8.self, signed: true)
    case 2: try multiplyWide(instruction, UInt16.self, signed: true)
    case 4: try multiplyWide(instruction, UInt32.self, signed: true)
    default: try multiplyWide(instruction, UInt64.self, signed: true)
    }
  }

  @inline(never)
  private func executeDIV(_ instruction: Instruction) throws(Exception) {
    switch instruction.operandSize {
    case 1: try divide(instruction, UInt8.self, signed: false)
    case 2: try divide(instruction, UInt16.self, signed: false)
    case 4: try divide(instruction, UInt32.self, signed: false)
    default: try divide(instruction, UInt64.self, signed: false)
    }
  }

  @inline(never)
  private func executeIDIV(_ instruction: Instruction) throws(Exception) {
    switch instruction.operandSize {
    case 1: try divide(instruction, UInt8.self, signed: true)
    case 2: try divide(instruction, UInt16.self, signed: true)
    case 4: try divide(instruction, UInt32.self, signed: true)
    default: try divide(instruction, UInt64.self, signed: true)
    }
  }

  @inline(never)
  private func executeIMUL(_ instruction: Instruction) throws(Exception) {
    switch instruction.operandSize {
    case 1: try multiply(instruction, UInt8.self)
    case 2: try multiply(instruction, UInt16.self)
    case 4: try multiply(instruction, UInt32.self)
    default: try multiply(instruction, UInt64.self)
    }
  }

  @inline(never)
  private func executeINC(_ instruction: Instruction) throws(Exception) {
    switch instruction.operandSize {
    case 1: try unary(instruction, UInt8.self, Integer.inc)
    case 2: try unary(instruction, UInt16.self, Integer.inc)
    case 4: try unary(instruction, UInt32.self, Integer.inc)
    default: try unary(instruction, UInt64.self, Integer.inc)
    }
  }

  @inline(never)
  private func executeDEC(_ instruction: Instruction) throws(Exception) {
    switch instruction.operandSize {
    case 1: try unary(instruction, UInt8.self, Integer.dec)
    case 2: try unary(instruction, UInt16.self, Integer.dec)
    case 4: try unary(instruction, UInt32.self, Integer.dec)
    default: try unary(instruction, UInt64.self, Integer.dec)
    }
  }

  @inline(never)
  private func executeROL(_ instruction: Instruction) throws(Exception) {
    switch instruction.operandSize {
    case 1: try shift(instruction, UInt8.self, Integer.rol)
    case 2: try shift(instruction, UInt16.self, Integer.rol)
    case 4: try shift(instruction, UInt32.self, Integer.rol)
    default: try shift(instruction, UInt64.self, Integer.rol)
    }
  }

  @inline(never)
  private func executeROR(_ instruction: Instruction) throws(Exception) {
    switch instruction.operandSize {
    case 1: try shift(instruction, UInt8.self, Integer.ror)
    case 2: try shift(instruction, UInt16.self, Integer.ror)
    case 4: try shift(instruction, UInt32.self, Integer.ror)
    default: try shift(instruction, UInt64.self, Integer.ror)
    }
  }

  @inline(never)
  private func executeRCL(_ instruction: Instruction) throws(Exception) {
    switch instruction.operandSize {
    case 1: try shift(instruction, UInt8.self, Integer.rcl)
    case 2: try shift(instruction, UInt16.self, Integer.rcl)
    case 4: try shift(instruction, UInt32.self, Integer.rcl)
    default: try shift(instruction, UInt64.self, Integer.rcl)
    }
  }

  @inline(never)
  private func executeRCR(_ instruction: Instruction) throws(Exception) {
    switch instruction.operandSize {
    case 1: try shift(instruction, UInt8.self, Integer.rcr)
    case 2: try shift(instruction, UInt16.self, Integer.rcr)
    case 4: try shift(instruction, UInt32.self, Integer.rcr)
    default: try shift(instruction, UInt64.self, Integer.rcr)
    }
  }

  @inline(never)
  private func executeSHL(_ instruction: Instruction) throws(Exception) {
    switch instruction.operandSize {
    case 1: try shift(instruction, UInt8.self, Integer.shl)
    case 2: try shift(instruction, UInt16.self, Integer.shl)
    case 4: try shift(instruction, UInt32.self, Integer.shl)
    default: try shift(instruction, UInt64.self, Integer.shl)
    }
  }

  @inline(never)
  private func executeSHR(_ instruction: Instruction) throws(Exception) {
    switch instruction.operandSize {
    case 1: try shift(instruction, UInt8.self, Integer.shr)
    case 2: try shift(instruction, UInt16.self, Integer.shr)
    case 4: try shift(instruction, UInt32.self, Integer.shr)
    default: try shift(instruction, UInt64.self, Integer.shr)
    }
  }

  @inline(never)
  private func executeSAR(_ instruction: Instruction) throws(Exception) {
    switch instruction.operandSize {
    case 1: try shift(instruction, UInt8.self, Integer.sar)
    case 2: try shift(instruction, UInt16.self, Integer.sar)
    case 4: try shift(instruction, UInt32.self, Integer.sar)
    default: try shift(instruction, UInt64.self, Integer.sar)
    }
  }

  @inline(never)
  private func executeSHLD(_ instruction: Instruction) throws(Exception) {
    switch instruction.operandSize {
    case 1: try doubleShift(instruction, UInt8.self, Integer.shld)
    case 2: try doubleShift(instruction, UInt16.self, Integer.shld)
    case 4: try doubleShift(instruction, UInt32.self, Integer.shld)
    default: try doubleShift(instruction, UInt64.self, Integer.shld)
    }
  }

  @inline(never)
  private func executeSHRD(_ instruction: Instruction) throws(Exception) {
    switch instruction.operandSize {
    case 1: try doubleShift(instruction, UInt8.self, Integer.shrd)
    case 2: try doubleShift(instruction, UInt16.self, Integer.shrd)
    case 4: try doubleShift(instruction, UInt32.self, Integer.shrd)
    default: try doubleShift(instruction, UInt64.self, Integer.shrd)
    }
  }

  @inline(never)
  private func executeBT(_ instruction: Instruction) throws(Exception) {
    switch instruction.operandSize {
    case 1: try bitOperation(instruction, UInt8.self, .test)
    case 2: try bitOperation(instruction, UInt16.self, .test)
    case 4: try bitOperation(instruction, UInt32.self, .test)
    default: try bitOperation(instruction, UInt64.self, .test)
    }
  }

  @inline(never)
  private func executeBTS(_ instruction: Instruction) throws(Exception) {
    switch instruction.operandSize {
    case 1: try bitOperation(instruction, UInt8.self, .set)
    case 2: try bitOperation(instruction, UInt16.self, .set)
    case 4: try bitOperation(instruction, UInt32.self, .set)
    default: try bitOperation(instruction, UInt64.self, .set)
    }
  }

  @inline(never)
  private func executeBTR(_ instruction: Instruction) throws(Exception) {
    switch instruction.operandSize {
    case 1: try bitOperation(instruction, UInt8.self, .reset)
    case 2: try bitOperation(instruction, UInt16.self, .reset)
    case 4: try bitOperation(instruction, UInt32.self, .reset)
    default: try bitOperation(instruction, UInt64.self, .reset)
    }
  }

  @inline(never)
  private func executeBTC(_ instruction: Instruction) throws(Exception) {
    switch instruction.operandSize {
    case 1: try bitOperation(instruction, UInt8.self, .complement)
    case 2: try bitOperation(instruction, UInt16.self, .complement)
    case 4: try bitOperation(instruction, UInt32.self, .complement)
    default: try bitOperation(instruction, UInt64.self, .complement)
    }
  }

  @inline(never)
  private func executeBSF(_ instruction: Instruction) throws(Exception) {
    switch instruction.operandSize {
    case 1: try bitScan(instruction, UInt8.self, reverse: false)
    case 2: try bitScan(instruction, UInt16.self, reverse: false)
    case 4: try bitScan(instruction, UInt32.self, reverse: false)
    default: try bitScan(instruction, UInt64.self, reverse: false)
    }
  }

  @inline(never)
  private func executeBSR(_ instruction: Instruction) throws(Exception) {
    switch instruction.operandSize {
    case 1: try bitScan(instruction, UInt8.self, reverse: true)
    case 2: try bitScan(instruction, UInt16.self, reverse: true)
    case 4: try bitScan(instruction, UInt32.self, reverse: true)
    default: try bitScan(instruction, UInt64.self, reverse: true)
    }
  }

  @inline(never)
  private func executePOPCNT(_ instruction: Instruction) throws(Exception) {
    switch instruction.operandSize {
    case 1: try populationCount(instruction, UInt8.self)
    case 2: try populationCount(instruction, UInt16.self)
    case 4: try populationCount(instruction, UInt32.self)
    default: try populationCount(instruction, UInt64.self)
    }
  }

  @inline(never)
  private func executeXCHG(_ instruction: Instruction) throws(Exception) {
    switch instruction.operandSize {
    case 1: try exchange(instruction, UInt8.self)
    case 2: try exchange(instruction, UInt16.self)
    case 4: try exchange(instruction, UInt32.self)
    default: try exchange(instruction, UInt64.self)
    }
  }

  @inline(never)
  private func executeCMPXCHG(_ instruction: Instruction) throws(Exception) {
    switch instruction.operandSize {
    case 1: try compareExchange(instruction, UInt8.self)
    case 2: try compareExchange(instruction, UInt16.self)
    case 4: try compareExchange(instruction, UInt32.self)
    default: try compareExchange(instruction, UInt64.self)
    }
  }

  @inline(never)
  private func executeXADD(_ instruction: Instruction) throws(Exception) {
    switch instruction.operandSize {
    case 1: try exchangeAdd(instruction, UInt8.self)
    case 2: try exchangeAdd(instruction, UInt16.self)
    case 4: try exchangeAdd(instruction, UInt32.self)
    default: try exchangeAdd(instruction, UInt64.self)
    }
  }
}

/// The functions of two operands in the block loop; those that do not write their operand come last.
enum BinaryFunction: UInt8 {
  case add, or, adc, sbb, and, sub, xor, cmp, test

  /// The operand is written.
  @inline(__always) var isWritten: Bool { rawValue < 7 }

  /// The function.
  @inline(__always)
  func apply<Word: OperandWord>(_ left: Word, _ right: Word, _ flags: inout LazyFlags) -> Word {
    switch self {
    case .add: Integer.add(left, right, &flags)
    case .or: Integer.or(left, right, &flags)
    case .adc: Integer.adc(left, right, &flags)
    case .sbb: Integer.sbb(left, right, &flags)
    case .and: Integer.and(left, right, &flags)
    case .sub: Integer.sub(left, right, &flags)
    case .xor: Integer.xor(left, right, &flags)
    case .cmp: Integer.sub(left, right, &flags)
    case .test: Integer.and(left, right, &flags)
    }
  }
}

/// The functions of a shift in the block loop; those that do not write their operand come last.
enum ShiftFunction: UInt8 {
  case rol, ror, rcl, rcr, shl, shr, sar

  /// The operand is written.
  @inline(__always) var isWritten: Bool { rawValue < 7 }

  /// The function.
  @inline(__always)
  func apply<Word: OperandWord>(_ value: Word, _ count: UInt8, _ flags: inout LazyFlags) -> Word {
    switch self {
    case .rol: Integer.rol(value, count, &flags)
    case .ror: Integer.ror(value, count, &flags)
    case .rcl: Integer.rcl(value, count, &flags)
    case .rcr: Integer.rcr(value, count, &flags)
    case .shl: Integer.shl(value, count, &flags)
    case .shr: Integer.shr(value, count, &flags)
    case .sar: Integer.sar(value, count, &flags)
    }
  }

  /// The function with a count that is masked and not zero.
  @inline(__always)
  func applyCounted<Word: OperandWord>(_ value: Word, _ count: Int, _ flags: inout LazyFlags) -> Word {
    switch self {
    case .rol: Integer.rolCounted(value, count, &flags)
    case .ror: Integer.rorCounted(value, count, &flags)
    case .rcl: Integer.rclCounted(value, count, &flags)
    case .rcr: Integer.rcrCounted(value, count, &flags)
    case .shl: Integer.shlCounted(value, count, &flags)
    case .shr: Integer.shrCounted(value, count, &flags)
    case .sar: Integer.sarCounted(value, count, &flags)
    }
  }
}

/// The functions of one operand in the block loop; those that do not write their operand come last.
enum UnaryFunction: UInt8 {
  case not, neg, inc, dec

  /// The operand is written.
  @inline(__always) var isWritten: Bool { rawValue < 4 }

  /// The function.
  @inline(__always)
  func apply<Word: OperandWord>(_ value: Word, _ flags: inout LazyFlags) -> Word {
    switch self {
    case .not: Integer.not(value, &flags)
    case .neg: Integer.neg(value, &flags)
    case .inc: Integer.inc(value, &flags)
    case .dec: Integer.dec(value, &flags)
    }
  }
}

/// The shapes of the forms that one operation alone has.
enum FastShape: UInt8 {
  case none, wideMultiply, multiply, move, zeroExtension, signExtension, address, push, pop, moveIf, setIf, jumpIf, jump, call, ret, nothing
}

extension Operation {
  /// Its function in the block loop.
  var binaryFunction: BinaryFunction? {
    switch self {
    case .add:
      .add
    case .or:
      .or
    case .adc:
      .adc
    case .sbb:
      .sbb
    case .and:
      .and
    case .sub:
      .sub
    case .xor:
      .xor
    case .cmp:
      .cmp
    case .test:
      .test
    case .not, .neg, .mul, .imul1, .div, .idiv, .imul, .inc, .dec, .rol, .ror, .rcl, .rcr, .shl, .shr, .sar, .shld, .shrd, .bt, .bts, .btr, .btc, .bsf, .bsr, .bswap, .popcnt, .lzcnt, .tzcnt, .crc32, .movbe, .adcx, .adox, .rdrand, .rdseed, .andn, .bextr, .blsr, .blsmsk, .blsi, .bzhi, .mulx, .pdep, .pext, .rorx, .sarx, .shlx, .shrx, .daa, .das, .aaa, .aas, .aam, .aad, .cbw, .cwd, .salc, .mov, .movFromSegment, .movToSegment, .movFromControl, .movToControl, .movFromDebug, .movToDebug, .movzx, .movsx, .movsxd, .arpl, .lea, .xchg, .pause, .cmpxchg, .cmpxchg8b, .cmpxchg16b, .xadd, .push, .pop, .pushSegment, .popSegment, .pusha, .popa, .pushf, .popf, .sahf, .lahf, .xlat, .les, .lds, .lss, .lfs, .lgs, .cmovcc, .setcc, .movs, .cmps, .stos, .lods, .scas, .ins, .outs, .`in`, .out, .jcc, .loopne, .loope, .loop, .jrcxz, .jmp, .call, .ret, .callFar, .jmpFar, .retFar, .iret, .int3, .int, .into, .int1, .enter, .leave, .bound, .cmc, .clc, .stc, .cli, .sti, .cld, .std, .nop, .ud2, .ud1, .ud0, .sldt, .str, .lldt, .ltr, .verr, .verw, .sgdt, .sidt, .lgdt, .lidt, .smsw, .lmsw, .invlpg, .monitor, .mwait, .clac, .stac, .xgetbv, .xsetbv, .rdpkru, .wrpkru, .vmmcall, .vmcall, .swapgs, .rdtscp, .rdpid, .lar, .lsl, .syscall, .clts, .sysret, .invd, .wbinvd, .wrmsr, .rdtsc, .rdmsr, .rdpmc, .sysenter, .sysexit, .cpuid, .rsm, .hlt, .invpcid, .rdfsbase, .rdgsbase, .wrfsbase, .wrgsbase, .fadd, .fiadd, .fmul, .fimul, .fcom, .ficom, .fcomp, .ficomp, .fsub, .fisub, .fsubr, .fisubr, .fdiv, .fidiv, .fdivr, .fidivr, .faddp, .fmulp, .fsubrp, .fsubp, .fdivrp, .fdivp, .fcompp, .fld, .fst, .fstp, .fldenv, .fldcw, .fnstenv, .fnstcw, .fxch, .fnop, .fchs, .fabs, .ftst, .fxam, .fld1, .fldl2t, .fldl2e, .fldpi, .fldlg2, .fldln2, .fldz, .f2xm1, .fyl2x, .fptan, .fpatan, .fxtract, .fprem1, .fdecstp, .fincstp, .fprem, .fyl2xp1, .fsqrt, .fsincos, .frndint, .fscale, .fsin, .fcos, .fcmovb, .fcmovnb, .fcmove, .fcmovne, .fcmovbe, .fcmovnbe, .fcmovu, .fcmovnu, .fucompp, .fild, .fisttp, .fist, .fistp, .fnclex, .fninit, .fucomi, .fcomi, .frstor, .fnsave, .fnstsw, .ffree, .fucom, .fucomp, .fbld, .fbstp, .ffreep, .fucomip, .fcomip, .fwait, .movups, .movaps, .movlps, .movhps, .unpcklps, .unpckhps, .movntps, .movmskps, .shufps, .andps, .andnps, .orps, .xorps, .ucomiss, .comiss, .movupd, .movapd, .movlpd, .movhpd, .unpcklpd, .unpckhpd, .movntpd, .movmskpd, .shufpd, .andpd, .andnpd, .orpd, .xorpd, .ucomisd, .comisd, .movhlps, .movlhps, .movss, .movsdXmm, .sqrtps, .sqrtpd, .sqrtss, .sqrtsd, .addps, .addpd, .addss, .addsd, .mulps, .mulpd, .mulss, .mulsd, .subps, .subpd, .subss, .subsd, .minps, .minpd, .minss, .minsd, .divps, .divpd, .divss, .divsd, .maxps, .maxpd, .maxss, .maxsd, .rsqrtps, .rsqrtss, .rcpps, .rcpss, .cmpps, .cmppd, .cmpss, .cmpsdXmm, .cvtpi2ps, .cvtpi2pd, .cvtsi2ss, .cvtsi2sd, .cvttps2pi, .cvttpd2pi, .cvttss2si, .cvttsd2si, .cvtps2pi, .cvtpd2pi, .cvtss2si, .cvtsd2si, .cvtps2pd, .cvtpd2ps, .cvtss2sd, .cvtsd2ss, .cvtdq2ps, .cvtps2dq, .cvttps2dq, .cvttpd2dq, .cvtpd2dq, .cvtdq2pd, .movd, .movq, .movdqa, .movdqu, .movq2dq, .movdq2q, .movntq, .movntdq, .movnti, .maskmovq, .maskmovdqu, .pshufw, .pshufd, .pshufhw, .pshuflw, .pinsrw, .pextrw, .pmovmskb, .punpcklbw, .punpcklwd, .punpckldq, .packsswb, .pcmpgtb, .pcmpgtw, .pcmpgtd, .packuswb, .punpckhbw, .punpckhwd, .punpckhdq, .packssdw, .pcmpeqb, .pcmpeqw, .pcmpeqd, .psrlw, .psrld, .psrlq, .paddq, .pmullw, .psubusb, .psubusw, .pminub, .pand, .paddusb, .paddusw, .pmaxub, .pandn, .pavgb, .psraw, .psrad, .pavgw, .pmulhuw, .pmulhw, .psubsb, .psubsw, .pminsw, .por, .paddsb, .paddsw, .pmaxsw, .pxor, .psllw, .pslld, .psllq, .pmuludq, .pmaddwd, .psadbw, .psubb, .psubw, .psubd, .psubq, .paddb, .paddw, .paddd, .punpcklqdq, .punpckhqdq, .psrldq, .pslldq, .addsubpd, .addsubps, .haddpd, .haddps, .hsubpd, .hsubps, .lddqu, .movddup, .movsldup, .movshdup, .pshufb, .phaddw, .phaddd, .phaddsw, .pmaddubsw, .phsubw, .phsubd, .phsubsw, .psignb, .psignw, .psignd, .pmulhrsw, .pabsb, .pabsw, .pabsd, .palignr, .pblendvb, .blendvps, .blendvpd, .ptest, .pmovsxbw, .pmovsxbd, .pmovsxbq, .pmovsxwd, .pmovsxwq, .pmovsxdq, .pmovzxbw, .pmovzxbd, .pmovzxbq, .pmovzxwd, .pmovzxwq, .pmovzxdq, .pmuldq, .pcmpeqq, .pminsb, .pminsd, .pminuw, .pminud, .pmaxsb, .pmaxsd, .pmaxuw, .pmaxud, .pmulld, .movntdqa, .packusdw, .phminposuw, .roundps, .roundpd, .roundss, .roundsd, .blendps, .blendpd, .pblendw, .pextrb, .pextrd, .extractps, .pinsrb, .pinsrd, .insertps, .dpps, .dppd, .mpsadbw, .pcmpgtq, .pcmpestrm, .pcmpestri, .pcmpistrm, .pcmpistri, .aesenc, .aesenclast, .aesdec, .aesdeclast, .aesimc, .aeskeygenassist, .pclmulqdq, .gf2p8mulb, .gf2p8affineqb, .gf2p8affineinvqb, .sha1nexte, .sha1msg1, .sha1msg2, .sha256msg1, .sha256msg2, .sha256rnds2, .sha1rnds4, .vtestps, .vtestpd, .vbroadcastss, .vbroadcastsd, .vpbroadcastb, .vpbroadcastw, .vpbroadcastd, .vpbroadcastq, .vbroadcastf128, .vbroadcasti128, .vinsertf128, .vinserti128, .vextractf128, .vextracti128, .vperm2f128, .vperm2i128, .vpermilps, .vpermilpd, .vpermd, .vpermps, .vpermq, .vpermpd, .vpblendd, .vpsllvd, .vpsllvq, .vpsrlvd, .vpsrlvq, .vpsravd, .vmaskmovps, .vmaskmovpd, .vpmaskmovd, .vpmaskmovq, .vpgatherdd, .vpgatherdq, .vpgatherqd, .vpgatherqq, .vgatherdps, .vgatherdpd, .vgatherqps, .vgatherqpd, .vzeroupper, .vzeroall, .vcvtph2ps, .vcvtps2ph, .vfmaddsub132ps, .vfmaddsub132pd, .vfmaddsub213ps, .vfmaddsub213pd, .vfmaddsub231ps, .vfmaddsub231pd, .vfmsubadd132ps, .vfmsubadd132pd, .vfmsubadd213ps, .vfmsubadd213pd, .vfmsubadd231ps, .vfmsubadd231pd, .vfmadd132ps, .vfmadd132pd, .vfmadd132ss, .vfmadd132sd, .vfmadd213ps, .vfmadd213pd, .vfmadd213ss, .vfmadd213sd, .vfmadd231ps, .vfmadd231pd, .vfmadd231ss, .vfmadd231sd, .vfmsub132ps, .vfmsub132pd, .vfmsub132ss, .vfmsub132sd, .vfmsub213ps, .vfmsub213pd, .vfmsub213ss, .vfmsub213sd, .vfmsub231ps, .vfmsub231pd, .vfmsub231ss, .vfmsub231sd, .vfnmadd132ps, .vfnmadd132pd, .vfnmadd132ss, .vfnmadd132sd, .vfnmadd213ps, .vfnmadd213pd, .vfnmadd213ss, .vfnmadd213sd, .vfnmadd231ps, .vfnmadd231pd, .vfnmadd231ss, .vfnmadd231sd, .vfnmsub132ps, .vfnmsub132pd, .vfnmsub132ss, .vfnmsub132sd, .vfnmsub213ps, .vfnmsub213pd, .vfnmsub213ss, .vfnmsub213sd, .vfnmsub231ps, .vfnmsub231pd, .vfnmsub231ss, .vfnmsub231sd, .fxsave, .fxrstor, .ldmxcsr, .stmxcsr, .xsave, .xsaveopt, .xsavec, .xsaves, .xrstor, .xrstors, .lfence, .mfence, .sfence, .clflush, .clflushopt, .clwb, .emms:
      nil
    }
  }

  /// Its function in the block loop.
  var shiftFunction: ShiftFunction? {
    switch self {
    case .add, .or, .adc, .sbb, .and, .sub, .xor, .cmp, .test, .not, .neg, .mul, .imul1, .div, .idiv, .imul, .inc, .dec, .shld, .shrd, .bt, .bts, .btr, .btc, .bsf, .bsr, .bswap, .popcnt, .lzcnt, .tzcnt, .crc32, .movbe, .adcx, .adox, .rdrand, .rdseed, .andn, .bextr, .blsr, .blsmsk, .blsi, .bzhi, .mulx, .pdep, .pext, .rorx, .sarx, .shlx, .shrx, .daa, .das, .aaa, .aas, .aam, .aad, .cbw, .cwd, .salc, .mov, .movFromSegment, .movToSegment, .movFromControl, .movToControl, .movFromDebug, .movToDebug, .movzx, .movsx, .movsxd, .arpl, .lea, .xchg, .pause, .cmpxchg, .cmpxchg8b, .cmpxchg16b, .xadd, .push, .pop, .pushSegment, .popSegment, .pusha, .popa, .pushf, .popf, .sahf, .lahf, .xlat, .les, .lds, .lss, .lfs, .lgs, .cmovcc, .setcc, .movs, .cmps, .stos, .lods, .scas, .ins, .outs, .`in`, .out, .jcc, .loopne, .loope, .loop, .jrcxz, .jmp, .call, .ret, .callFar, .jmpFar, .retFar, .iret, .int3, .int, .into, .int1, .enter, .leave, .bound, .cmc, .clc, .stc, .cli, .sti, .cld, .std, .nop, .ud2, .ud1, .ud0, .sldt, .str, .lldt, .ltr, .verr, .verw, .sgdt, .sidt, .lgdt, .lidt, .smsw, .lmsw, .invlpg, .monitor, .mwait, .clac, .stac, .xgetbv, .xsetbv, .rdpkru, .wrpkru, .vmmcall, .vmcall, .swapgs, .rdtscp, .rdpid, .lar, .lsl, .syscall, .clts, .sysret, .invd, .wbinvd, .wrmsr, .rdtsc, .rdmsr, .rdpmc, .sysenter, .sysexit, .cpuid, .rsm, .hlt, .invpcid, .rdfsbase, .rdgsbase, .wrfsbase, .wrgsbase, .fadd, .fiadd, .fmul, .fimul, .fcom, .ficom, .fcomp, .ficomp, .fsub, .fisub, .fsubr, .fisubr, .fdiv, .fidiv, .fdivr, .fidivr, .faddp, .fmulp, .fsubrp, .fsubp, .fdivrp, .fdivp, .fcompp, .fld, .fst, .fstp, .fldenv, .fldcw, .fnstenv, .fnstcw, .fxch, .fnop, .fchs, .fabs, .ftst, .fxam, .fld1, .fldl2t, .fldl2e, .fldpi, .fldlg2, .fldln2, .fldz, .f2xm1, .fyl2x, .fptan, .fpatan, .fxtract, .fprem1, .fdecstp, .fincstp, .fprem, .fyl2xp1, .fsqrt, .fsincos, .frndint, .fscale, .fsin, .fcos, .fcmovb, .fcmovnb, .fcmove, .fcmovne, .fcmovbe, .fcmovnbe, .fcmovu, .fcmovnu, .fucompp, .fild, .fisttp, .fist, .fistp, .fnclex, .fninit, .fucomi, .fcomi, .frstor, .fnsave, .fnstsw, .ffree, .fucom, .fucomp, .fbld, .fbstp, .ffreep, .fucomip, .fcomip, .fwait, .movups, .movaps, .movlps, .movhps, .unpcklps, .unpckhps, .movntps, .movmskps, .shufps, .andps, .andnps, .orps, .xorps, .ucomiss, .comiss, .movupd, .movapd, .movlpd, .movhpd, .unpcklpd, .unpckhpd, .movntpd, .movmskpd, .shufpd, .andpd, .andnpd, .orpd, .xorpd, .ucomisd, .comisd, .movhlps, .movlhps, .movss, .movsdXmm, .sqrtps, .sqrtpd, .sqrtss, .sqrtsd, .addps, .addpd, .addss, .addsd, .mulps, .mulpd, .mulss, .mulsd, .subps, .subpd, .subss, .subsd, .minps, .minpd, .minss, .minsd, .divps, .divpd, .divss, .divsd, .maxps, .maxpd, .maxss, .maxsd, .rsqrtps, .rsqrtss, .rcpps, .rcpss, .cmpps, .cmppd, .cmpss, .cmpsdXmm, .cvtpi2ps, .cvtpi2pd, .cvtsi2ss, .cvtsi2sd, .cvttps2pi, .cvttpd2pi, .cvttss2si, .cvttsd2si, .cvtps2pi, .cvtpd2pi, .cvtss2si, .cvtsd2si, .cvtps2pd, .cvtpd2ps, .cvtss2sd, .cvtsd2ss, .cvtdq2ps, .cvtps2dq, .cvttps2dq, .cvttpd2dq, .cvtpd2dq, .cvtdq2pd, .movd, .movq, .movdqa, .movdqu, .movq2dq, .movdq2q, .movntq, .movntdq, .movnti, .maskmovq, .maskmovdqu, .pshufw, .pshufd, .pshufhw, .pshuflw, .pinsrw, .pextrw, .pmovmskb, .punpcklbw, .punpcklwd, .punpckldq, .packsswb, .pcmpgtb, .pcmpgtw, .pcmpgtd, .packuswb, .punpckhbw, .punpckhwd, .punpckhdq, .packssdw, .pcmpeqb, .pcmpeqw, .pcmpeqd, .psrlw, .psrld, .psrlq, .paddq, .pmullw, .psubusb, .psubusw, .pminub, .pand, .paddusb, .paddusw, .pmaxub, .pandn, .pavgb, .psraw, .psrad, .pavgw, .pmulhuw, .pmulhw, .psubsb, .psubsw, .pminsw, .por, .paddsb, .paddsw, .pmaxsw, .pxor, .psllw, .pslld, .psllq, .pmuludq, .pmaddwd, .psadbw, .psubb, .psubw, .psubd, .psubq, .paddb, .paddw, .paddd, .punpcklqdq, .punpckhqdq, .psrldq, .pslldq, .addsubpd, .addsubps, .haddpd, .haddps, .hsubpd, .hsubps, .lddqu, .movddup, .movsldup, .movshdup, .pshufb, .phaddw, .phaddd, .phaddsw, .pmaddubsw, .phsubw, .phsubd, .phsubsw, .psignb, .psignw, .psignd, .pmulhrsw, .pabsb, .pabsw, .pabsd, .palignr, .pblendvb, .blendvps, .blendvpd, .ptest, .pmovsxbw, .pmovsxbd, .pmovsxbq, .pmovsxwd, .pmovsxwq, .pmovsxdq, .pmovzxbw, .pmovzxbd, .pmovzxbq, .pmovzxwd, .pmovzxwq, .pmovzxdq, .pmuldq, .pcmpeqq, .pminsb, .pminsd, .pminuw, .pminud, .pmaxsb, .pmaxsd, .pmaxuw, .pmaxud, .pmulld, .movntdqa, .packusdw, .phminposuw, .roundps, .roundpd, .roundss, .roundsd, .blendps, .blendpd, .pblendw, .pextrb, .pextrd, .extractps, .pinsrb, .pinsrd, .insertps, .dpps, .dppd, .mpsadbw, .pcmpgtq, .pcmpestrm, .pcmpestri, .pcmpistrm, .pcmpistri, .aesenc, .aesenclast, .aesdec, .aesdeclast, .aesimc, .aeskeygenassist, .pclmulqdq, .gf2p8mulb, .gf2p8affineqb, .gf2p8affineinvqb, .sha1nexte, .sha1msg1, .sha1msg2, .sha256msg1, .sha256msg2, .sha256rnds2, .sha1rnds4, .vtestps, .vtestpd, .vbroadcastss, .vbroadcastsd, .vpbroadcastb, .vpbroadcastw, .vpbroadcastd, .vpbroadcastq, .vbroadcastf128, .vbroadcasti128, .vinsertf128, .vinserti128, .vextractf128, .vextracti128, .vperm2f128, .vperm2i128, .vpermilps, .vpermilpd, .vpermd, .vpermps, .vpermq, .vpermpd, .vpblendd, .vpsllvd, .vpsllvq, .vpsrlvd, .vpsrlvq, .vpsravd, .vmaskmovps, .vmaskmovpd, .vpmaskmovd, .vpmaskmovq, .vpgatherdd, .vpgatherdq, .vpgatherqd, .vpgatherqq, .vgatherdps, .vgatherdpd, .vgatherqps, .vgatherqpd, .vzeroupper, .vzeroall, .vcvtph2ps, .vcvtps2ph, .vfmaddsub132ps, .vfmaddsub132pd, .vfmaddsub213ps, .vfmaddsub213pd, .vfmaddsub231ps, .vfmaddsub231pd, .vfmsubadd132ps, .vfmsubadd132pd, .vfmsubadd213ps, .vfmsubadd213pd, .vfmsubadd231ps, .vfmsubadd231pd, .vfmadd132ps, .vfmadd132pd, .vfmadd132ss, .vfmadd132sd, .vfmadd213ps, .vfmadd213pd, .vfmadd213ss, .vfmadd213sd, .vfmadd231ps, .vfmadd231pd, .vfmadd231ss, .vfmadd231sd, .vfmsub132ps, .vfmsub132pd, .vfmsub132ss, .vfmsub132sd, .vfmsub213ps, .vfmsub213pd, .vfmsub213ss, .vfmsub213sd, .vfmsub231ps, .vfmsub231pd, .vfmsub231ss, .vfmsub231sd, .vfnmadd132ps, .vfnmadd132pd, .vfnmadd132ss, .vfnmadd132sd, .vfnmadd213ps, .vfnmadd213pd, .vfnmadd213ss, .vfnmadd213sd, .vfnmadd231ps, .vfnmadd231pd, .vfnmadd231ss, .vfnmadd231sd, .vfnmsub132ps, .vfnmsub132pd, .vfnmsub132ss, .vfnmsub132sd, .vfnmsub213ps, .vfnmsub213pd, .vfnmsub213ss, .vfnmsub213sd, .vfnmsub231ps, .vfnmsub231pd, .vfnmsub231ss, .vfnmsub231sd, .fxsave, .fxrstor, .ldmxcsr, .stmxcsr, .xsave, .xsaveopt, .xsavec, .xsaves, .xrstor, .xrstors, .lfence, .mfence, .sfence, .clflush, .clflushopt, .clwb, .emms:
      nil
    case .rol:
      .rol
    case .ror:
      .ror
    case .rcl:
      .rcl
    case .rcr:
      .rcr
    case .shl:
      .shl
    case .shr:
      .shr
    case .sar:
      .sar
    }
  }

  /// Its function in the block loop.
  var unaryFunction: UnaryFunction? {
    switch self {
    case .add, .or, .adc, .sbb, .and, .sub, .xor, .cmp, .test, .mul, .imul1, .div, .idiv, .imul, .rol, .ror, .rcl, .rcr, .shl, .shr, .sar, .shld, .shrd, .bt, .bts, .btr, .btc, .bsf, .bsr, .bswap, .popcnt, .lzcnt, .tzcnt, .crc32, .movbe, .adcx, .adox, .rdrand, .rdseed, .andn, .bextr, .blsr, .blsmsk, .blsi, .bzhi, .mulx, .pdep, .pext, .rorx, .sarx, .shlx, .shrx, .daa, .das, .aaa, .aas, .aam, .aad, .cbw, .cwd, .salc, .mov, .movFromSegment, .movToSegment, .movFromControl, .movToControl, .movFromDebug, .movToDebug, .movzx, .movsx, .movsxd, .arpl, .lea, .xchg, .pause, .cmpxchg, .cmpxchg8b, .cmpxchg16b, .xadd, .push, .pop, .pushSegment, .popSegment, .pusha, .popa, .pushf, .popf, .sahf, .lahf, .xlat, .les, .lds, .lss, .lfs, .lgs, .cmovcc, .setcc, .movs, .cmps, .stos, .lods, .scas, .ins, .outs, .`in`, .out, .jcc, .loopne, .loope, .loop, .jrcxz, .jmp, .call, .ret, .callFar, .jmpFar, .retFar, .iret, .int3, .int, .into, .int1, .enter, .leave, .bound, .cmc, .clc, .stc, .cli, .sti, .cld, .std, .nop, .ud2, .ud1, .ud0, .sldt, .str, .lldt, .ltr, .verr, .verw, .sgdt, .sidt, .lgdt, .lidt, .smsw, .lmsw, .invlpg, .monitor, .mwait, .clac, .stac, .xgetbv, .xsetbv, .rdpkru, .wrpkru, .vmmcall, .vmcall, .swapgs, .rdtscp, .rdpid, .lar, .lsl, .syscall, .clts, .sysret, .invd, .wbinvd, .wrmsr, .rdtsc, .rdmsr, .rdpmc, .sysenter, .sysexit, .cpuid, .rsm, .hlt, .invpcid, .rdfsbase, .rdgsbase, .wrfsbase, .wrgsbase, .fadd, .fiadd, .fmul, .fimul, .fcom, .ficom, .fcomp, .ficomp, .fsub, .fisub, .fsubr, .fisubr, .fdiv, .fidiv, .fdivr, .fidivr, .faddp, .fmulp, .fsubrp, .fsubp, .fdivrp, .fdivp, .fcompp, .fld, .fst, .fstp, .fldenv, .fldcw, .fnstenv, .fnstcw, .fxch, .fnop, .fchs, .fabs, .ftst, .fxam, .fld1, .fldl2t, .fldl2e, .fldpi, .fldlg2, .fldln2, .fldz, .f2xm1, .fyl2x, .fptan, .fpatan, .fxtract, .fprem1, .fdecstp, .fincstp, .fprem, .fyl2xp1, .fsqrt, .fsincos, .frndint, .fscale, .fsin, .fcos, .fcmovb, .fcmovnb, .fcmove, .fcmovne, .fcmovbe, .fcmovnbe, .fcmovu, .fcmovnu, .fucompp, .fild, .fisttp, .fist, .fistp, .fnclex, .fninit, .fucomi, .fcomi, .frstor, .fnsave, .fnstsw, .ffree, .fucom, .fucomp, .fbld, .fbstp, .ffreep, .fucomip, .fcomip, .fwait, .movups, .movaps, .movlps, .movhps, .unpcklps, .unpckhps, .movntps, .movmskps, .shufps, .andps, .andnps, .orps, .xorps, .ucomiss, .comiss, .movupd, .movapd, .movlpd, .movhpd, .unpcklpd, .unpckhpd, .movntpd, .movmskpd, .shufpd, .andpd, .andnpd, .orpd, .xorpd, .ucomisd, .comisd, .movhlps, .movlhps, .movss, .movsdXmm, .sqrtps, .sqrtpd, .sqrtss, .sqrtsd, .addps, .addpd, .addss, .addsd, .mulps, .mulpd, .mulss, .mulsd, .subps, .subpd, .subss, .subsd, .minps, .minpd, .minss, .minsd, .divps, .divpd, .divss, .divsd, .maxps, .maxpd, .maxss, .maxsd, .rsqrtps, .rsqrtss, .rcpps, .rcpss, .cmpps, .cmppd, .cmpss, .cmpsdXmm, .cvtpi2ps, .cvtpi2pd, .cvtsi2ss, .cvtsi2sd, .cvttps2pi, .cvttpd2pi, .cvttss2si, .cvttsd2si, .cvtps2pi, .cvtpd2pi, .cvtss2si, .cvtsd2si, .cvtps2pd, .cvtpd2ps, .cvtss2sd, .cvtsd2ss, .cvtdq2ps, .cvtps2dq, .cvttps2dq, .cvttpd2dq, .cvtpd2dq, .cvtdq2pd, .movd, .movq, .movdqa, .movdqu, .movq2dq, .movdq2q, .movntq, .movntdq, .movnti, .maskmovq, .maskmovdqu, .pshufw, .pshufd, .pshufhw, .pshuflw, .pinsrw, .pextrw, .pmovmskb, .punpcklbw, .punpcklwd, .punpckldq, .packsswb, .pcmpgtb, .pcmpgtw, .pcmpgtd, .packuswb, .punpckhbw, .punpckhwd, .punpckhdq, .packssdw, .pcmpeqb, .pcmpeqw, .pcmpeqd, .psrlw, .psrld, .psrlq, .paddq, .pmullw, .psubusb, .psubusw, .pminub, .pand, .paddusb, .paddusw, .pmaxub, .pandn, .pavgb, .psraw, .psrad, .pavgw, .pmulhuw, .pmulhw, .psubsb, .psubsw, .pminsw, .por, .paddsb, .paddsw, .pmaxsw, .pxor, .psllw, .pslld, .psllq, .pmuludq, .pmaddwd, .psadbw, .psubb, .psubw, .psubd, .psubq, .paddb, .paddw, .paddd, .punpcklqdq, .punpckhqdq, .psrldq, .pslldq, .addsubpd, .addsubps, .haddpd, .haddps, .hsubpd, .hsubps, .lddqu, .movddup, .movsldup, .movshdup, .pshufb, .phaddw, .phaddd, .phaddsw, .pmaddubsw, .phsubw, .phsubd, .phsubsw, .psignb, .psignw, .psignd, .pmulhrsw, .pabsb, .pabsw, .pabsd, .palignr, .pblendvb, .blendvps, .blendvpd, .ptest, .pmovsxbw, .pmovsxbd, .pmovsxbq, .pmovsxwd, .pmovsxwq, .pmovsxdq, .pmovzxbw, .pmovzxbd, .pmovzxbq, .pmovzxwd, .pmovzxwq, .pmovzxdq, .pmuldq, .pcmpeqq, .pminsb, .pminsd, .pminuw, .pminud, .pmaxsb, .pmaxsd, .pmaxuw, .pmaxud, .pmulld, .movntdqa, .packusdw, .phminposuw, .roundps, .roundpd, .roundss, .roundsd, .blendps, .blendpd, .pblendw, .pextrb, .pextrd, .extractps, .pinsrb, .pinsrd, .insertps, .dpps, .dppd, .mpsadbw, .pcmpgtq, .pcmpestrm, .pcmpestri, .pcmpistrm, .pcmpistri, .aesenc, .aesenclast, .aesdec, .aesdeclast, .aesimc, .aeskeygenassist, .pclmulqdq, .gf2p8mulb, .gf2p8affineqb, .gf2p8affineinvqb, .sha1nexte, .sha1msg1, .sha1msg2, .sha256msg1, .sha256msg2, .sha256rnds2, .sha1rnds4, .vtestps, .vtestpd, .vbroadcastss, .vbroadcastsd, .vpbroadcastb, .vpbroadcastw, .vpbroadcastd, .vpbroadcastq, .vbroadcastf128, .vbroadcasti128, .vinsertf128, .vinserti128, .vextractf128, .vextracti128, .vperm2f128, .vperm2i128, .vpermilps, .vpermilpd, .vpermd, .vpermps, .vpermq, .vpermpd, .vpblendd, .vpsllvd, .vpsllvq, .vpsrlvd, .vpsrlvq, .vpsravd, .vmaskmovps, .vmaskmovpd, .vpmaskmovd, .vpmaskmovq, .vpgatherdd, .vpgatherdq, .vpgatherqd, .vpgatherqq, .vgatherdps, .vgatherdpd, .vgatherqps, .vgatherqpd, .vzeroupper, .vzeroall, .vcvtph2ps, .vcvtps2ph, .vfmaddsub132ps, .vfmaddsub132pd, .vfmaddsub213ps, .vfmaddsub213pd, .vfmaddsub231ps, .vfmaddsub231pd, .vfmsubadd132ps, .vfmsubadd132pd, .vfmsubadd213ps, .vfmsubadd213pd, .vfmsubadd231ps, .vfmsubadd231pd, .vfmadd132ps, .vfmadd132pd, .vfmadd132ss, .vfmadd132sd, .vfmadd213ps, .vfmadd213pd, .vfmadd213ss, .vfmadd213sd, .vfmadd231ps, .vfmadd231pd, .vfmadd231ss, .vfmadd231sd, .vfmsub132ps, .vfmsub132pd, .vfmsub132ss, .vfmsub132sd, .vfmsub213ps, .vfmsub213pd, .vfmsub213ss, .vfmsub213sd, .vfmsub231ps, .vfmsub231pd, .vfmsub231ss, .vfmsub231sd, .vfnmadd132ps, .vfnmadd132pd, .vfnmadd132ss, .vfnmadd132sd, .vfnmadd213ps, .vfnmadd213pd, .vfnmadd213ss, .vfnmadd213sd, .vfnmadd231ps, .vfnmadd231pd, .vfnmadd231ss, .vfnmadd231sd, .vfnmsub132ps, .vfnmsub132pd, .vfnmsub132ss, .vfnmsub132sd, .vfnmsub213ps, .vfnmsub213pd, .vfnmsub213ss, .vfnmsub213sd, .vfnmsub231ps, .vfnmsub231pd, .vfnmsub231ss, .vfnmsub231sd, .fxsave, .fxrstor, .ldmxcsr, .stmxcsr, .xsave, .xsaveopt, .xsavec, .xsaves, .xrstor, .xrstors, .lfence, .mfence, .sfence, .clflush, .clflushopt, .clwb, .emms:
      nil
    case .not:
      .not
    case .neg:
      .neg
    case .inc:
      .inc
    case .dec:
      .dec
    }
  }

  /// The shape of its own forms.
  var fastShape: FastShape {
    switch self {
    case .add, .or, .adc, .sbb, .and, .sub, .xor, .cmp, .test, .not, .neg, .imul1, .div, .idiv, .inc, .dec, .rol, .ror, .rcl, .rcr, .shl, .shr, .sar, .shld, .shrd, .bt, .bts, .btr, .btc, .bsf, .bsr, .bswap, .popcnt, .lzcnt, .tzcnt, .crc32, .movbe, .adcx, .adox, .rdrand, .rdseed, .andn, .bextr, .blsr, .blsmsk, .blsi, .bzhi, .mulx, .pdep, .pext, .rorx, .sarx, .shlx, .shrx, .daa, .das, .aaa, .aas, .aam, .aad, .cbw, .cwd, .salc, .movFromSegment, .movToSegment, .movFromControl, .movToControl, .movFromDebug, .movToDebug, .movsx, .arpl, .xchg, .pause, .cmpxchg, .cmpxchg8b, .cmpxchg16b, .xadd, .pushSegment, .popSegment, .pusha, .popa, .pushf, .popf, .sahf, .lahf, .xlat, .les, .lds, .lss, .lfs, .lgs, .movs, .cmps, .stos, .lods, .scas, .ins, .outs, .`in`, .out, .loopne, .loope, .loop, .jrcxz, .callFar, .jmpFar, .retFar, .iret, .int3, .int, .into, .int1, .enter, .leave, .bound, .cmc, .clc, .stc, .cli, .sti, .cld, .std, .ud2, .ud1, .ud0, .sldt, .str, .lldt, .ltr, .verr, .verw, .sgdt, .sidt, .lgdt, .lidt, .smsw, .lmsw, .invlpg, .monitor, .mwait, .clac, .stac, .xgetbv, .xsetbv, .rdpkru, .wrpkru, .vmmcall, .vmcall, .swapgs, .rdtscp, .rdpid, .lar, .lsl, .syscall, .clts, .sysret, .invd, .wbinvd, .wrmsr, .rdtsc, .rdmsr, .rdpmc, .sysenter, .sysexit, .cpuid, .rsm, .hlt, .invpcid, .rdfsbase, .rdgsbase, .wrfsbase, .wrgsbase, .fadd, .fiadd, .fmul, .fimul, .fcom, .ficom, .fcomp, .ficomp, .fsub, .fisub, .fsubr, .fisubr, .fdiv, .fidiv, .fdivr, .fidivr, .faddp, .fmulp, .fsubrp, .fsubp, .fdivrp, .fdivp, .fcompp, .fld, .fst, .fstp, .fldenv, .fldcw, .fnstenv, .fnstcw, .fxch, .fnop, .fchs, .fabs, .ftst, .fxam, .fld1, .fldl2t, .fldl2e, .fldpi, .fldlg2, .fldln2, .fldz, .f2xm1, .fyl2x, .fptan, .fpatan, .fxtract, .fprem1, .fdecstp, .fincstp, .fprem, .fyl2xp1, .fsqrt, .fsincos, .frndint, .fscale, .fsin, .fcos, .fcmovb, .fcmovnb, .fcmove, .fcmovne, .fcmovbe, .fcmovnbe, .fcmovu, .fcmovnu, .fucompp, .fild, .fisttp, .fist, .fistp, .fnclex, .fninit, .fucomi, .fcomi, .frstor, .fnsave, .fnstsw, .ffree, .fucom, .fucomp, .fbld, .fbstp, .ffreep, .fucomip, .fcomip, .fwait, .movups, .movaps, .movlps, .movhps, .unpcklps, .unpckhps, .movntps, .movmskps, .shufps, .andps, .andnps, .orps, .xorps, .ucomiss, .comiss, .movupd, .movapd, .movlpd, .movhpd, .unpcklpd, .unpckhpd, .movntpd, .movmskpd, .shufpd, .andpd, .andnpd, .orpd, .xorpd, .ucomisd, .comisd, .movhlps, .movlhps, .movss, .movsdXmm, .sqrtps, .sqrtpd, .sqrtss, .sqrtsd, .addps, .addpd, .addss, .addsd, .mulps, .mulpd, .mulss, .mulsd, .subps, .subpd, .subss, .subsd, .minps, .minpd, .minss, .minsd, .divps, .divpd, .divss, .divsd, .maxps, .maxpd, .maxss, .maxsd, .rsqrtps, .rsqrtss, .rcpps, .rcpss, .cmpps, .cmppd, .cmpss, .cmpsdXmm, .cvtpi2ps, .cvtpi2pd, .cvtsi2ss, .cvtsi2sd, .cvttps2pi, .cvttpd2pi, .cvttss2si, .cvttsd2si, .cvtps2pi, .cvtpd2pi, .cvtss2si, .cvtsd2si, .cvtps2pd, .cvtpd2ps, .cvtss2sd, .cvtsd2ss, .cvtdq2ps, .cvtps2dq, .cvttps2dq, .cvttpd2dq, .cvtpd2dq, .cvtdq2pd, .movd, .movq, .movdqa, .movdqu, .movq2dq, .movdq2q, .movntq, .movntdq, .movnti, .maskmovq, .maskmovdqu, .pshufw, .pshufd, .pshufhw, .pshuflw, .pinsrw, .pextrw, .pmovmskb, .punpcklbw, .punpcklwd, .punpckldq, .packsswb, .pcmpgtb, .pcmpgtw, .pcmpgtd, .packuswb, .punpckhbw, .punpckhwd, .punpckhdq, .packssdw, .pcmpeqb, .pcmpeqw, .pcmpeqd, .psrlw, .psrld, .psrlq, .paddq, .pmullw, .psubusb, .psubusw, .pminub, .pand, .paddusb, .paddusw, .pmaxub, .pandn, .pavgb, .psraw, .psrad, .pavgw, .pmulhuw, .pmulhw, .psubsb, .psubsw, .pminsw, .por, .paddsb, .paddsw, .pmaxsw, .pxor, .psllw, .pslld, .psllq, .pmuludq, .pmaddwd, .psadbw, .psubb, .psubw, .psubd, .psubq, .paddb, .paddw, .paddd, .punpcklqdq, .punpckhqdq, .psrldq, .pslldq, .addsubpd, .addsubps, .haddpd, .haddps, .hsubpd, .hsubps, .lddqu, .movddup, .movsldup, .movshdup, .pshufb, .phaddw, .phaddd, .phaddsw, .pmaddubsw, .phsubw, .phsubd, .phsubsw, .psignb, .psignw, .psignd, .pmulhrsw, .pabsb, .pabsw, .pabsd, .palignr, .pblendvb, .blendvps, .blendvpd, .ptest, .pmovsxbw, .pmovsxbd, .pmovsxbq, .pmovsxwd, .pmovsxwq, .pmovsxdq, .pmovzxbw, .pmovzxbd, .pmovzxbq, .pmovzxwd, .pmovzxwq, .pmovzxdq, .pmuldq, .pcmpeqq, .pminsb, .pminsd, .pminuw, .pminud, .pmaxsb, .pmaxsd, .pmaxuw, .pmaxud, .pmulld, .movntdqa, .packusdw, .phminposuw, .roundps, .roundpd, .roundss, .roundsd, .blendps, .blendpd, .pblendw, .pextrb, .pextrd, .extractps, .pinsrb, .pinsrd, .insertps, .dpps, .dppd, .mpsadbw, .pcmpgtq, .pcmpestrm, .pcmpestri, .pcmpistrm, .pcmpistri, .aesenc, .aesenclast, .aesdec, .aesdeclast, .aesimc, .aeskeygenassist, .pclmulqdq, .gf2p8mulb, .gf2p8affineqb, .gf2p8affineinvqb, .sha1nexte, .sha1msg1, .sha1msg2, .sha256msg1, .sha256msg2, .sha256rnds2, .sha1rnds4, .vtestps, .vtestpd, .vbroadcastss, .vbroadcastsd, .vpbroadcastb, .vpbroadcastw, .vpbroadcastd, .vpbroadcastq, .vbroadcastf128, .vbroadcasti128, .vinsertf128, .vinserti128, .vextractf128, .vextracti128, .vperm2f128, .vperm2i128, .vpermilps, .vpermilpd, .vpermd, .vpermps, .vpermq, .vpermpd, .vpblendd, .vpsllvd, .vpsllvq, .vpsrlvd, .vpsrlvq, .vpsravd, .vmaskmovps, .vmaskmovpd, .vpmaskmovd, .vpmaskmovq, .vpgatherdd, .vpgatherdq, .vpgatherqd, .vpgatherqq, .vgatherdps, .vgatherdpd, .vgatherqps, .vgatherqpd, .vzeroupper, .vzeroall, .vcvtph2ps, .vcvtps2ph, .vfmaddsub132ps, .vfmaddsub132pd, .vfmaddsub213ps, .vfmaddsub213pd, .vfmaddsub231ps, .vfmaddsub231pd, .vfmsubadd132ps, .vfmsubadd132pd, .vfmsubadd213ps, .vfmsubadd213pd, .vfmsubadd231ps, .vfmsubadd231pd, .vfmadd132ps, .vfmadd132pd, .vfmadd132ss, .vfmadd132sd, .vfmadd213ps, .vfmadd213pd, .vfmadd213ss, .vfmadd213sd, .vfmadd231ps, .vfmadd231pd, .vfmadd231ss, .vfmadd231sd, .vfmsub132ps, .vfmsub132pd, .vfmsub132ss, .vfmsub132sd, .vfmsub213ps, .vfmsub213pd, .vfmsub213ss, .vfmsub213sd, .vfmsub231ps, .vfmsub231pd, .vfmsub231ss, .vfmsub231sd, .vfnmadd132ps, .vfnmadd132pd, .vfnmadd132ss, .vfnmadd132sd, .vfnmadd213ps, .vfnmadd213pd, .vfnmadd213ss, .vfnmadd213sd, .vfnmadd231ps, .vfnmadd231pd, .vfnmadd231ss, .vfnmadd231sd, .vfnmsub132ps, .vfnmsub132pd, .vfnmsub132ss, .vfnmsub132sd, .vfnmsub213ps, .vfnmsub213pd, .vfnmsub213ss, .vfnmsub213sd, .vfnmsub231ps, .vfnmsub231pd, .vfnmsub231ss, .vfnmsub231sd, .fxsave, .fxrstor, .ldmxcsr, .stmxcsr, .xsave, .xsaveopt, .xsavec, .xsaves, .xrstor, .xrstors, .lfence, .mfence, .sfence, .clflush, .clflushopt, .clwb, .emms:
      .none
    case .mul:
      .wideMultiply
    case .imul:
      .multiply
    case .mov:
      .move
    case .movzx:
      .zeroExtension
    case .movsxd:
      .signExtension
    case .lea:
      .address
    case .push:
      .push
    case .pop:
      .pop
    case .cmovcc:
      .moveIf
    case .setcc:
      .setIf
    case .jcc:
      .jumpIf
    case .jmp:
      .jump
    case .call:
      .call
    case .ret:
      .ret
    case .nop:
      .nothing
    }
  }
}
