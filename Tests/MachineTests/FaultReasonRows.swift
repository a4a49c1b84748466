import Interpreter
import MMU
import TestSupport
import Testing
import X86

/// One instruction in a given state, what it must raise, and by which rule.
struct ReasonCase: Sendable {
  var code: [UInt8]
  var vector: ExceptionVector
  var reason: FaultReason
  var model: ProcessorModel
  var change: @Sendable (inout BareProcessor) -> Void

  init(
    _ code: [UInt8], _ vector: ExceptionVector, _ reason: FaultReason,
    on model: ProcessorModel = .amdV1, _ change: @escaping @Sendable (inout BareProcessor) -> Void = { _ in }
  ) {
    (self.code, self.vector, self.reason, self.model, self.change) = (code, vector, reason, model, change)
  }
}

let instructionAndAccessReasons: [ReasonCase] = [
  ReasonCase([0x0F, 0x0B], .invalidOpcode, .undefinedInstruction),
  ReasonCase([0x06], .invalidOpcode, .invalidEncoding),
  ReasonCase([0x0F, 0x01, 0xC8], .invalidOpcode, .absentFeature),
  ReasonCase([0x8E, 0xF8], .invalidOpcode, .invalidEncoding),
  ReasonCase(
    [0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x90],
    .generalProtection, .instructionTooLong),
  ReasonCase([0xCC], .breakpoint, .breakpointInstruction),
  ReasonCase([0xF1], .debug, .int1Instruction),
  ReasonCase([0xCE], .overflow, .overflowInstruction) {
    $0.enterCompatibility()
    $0.state.rflags |= RFLAGS.overflow
  },
  ReasonCase([0xF7, 0xF1], .divideError, .divideByZero) { $0.state.generalRegisters[1] = 0 },
  ReasonCase([0xF7, 0xF1], .divideError, .divideOverflow) {
    $0.state.generalRegisters[1] = 1
    $0.state.generalRegisters[2] = 1
  },
  ReasonCase([0xD4, 0x00], .divideError, .divideByZero) { $0.enterCompatibility() },
  ReasonCase([0x62, 0x01], .boundRange, .boundRange) {
    $0.enterCompatibility()
    $0.state.generalRegisters[0] = 5
  },
  ReasonCase([0x48, 0x8B, 0x01], .generalProtection, .nonCanonicalAddress) {
    $0.state.generalRegisters[1] = 0x8000_0000_0000_0000
  },
  ReasonCase([0x48, 0x8B, 0x45, 0x00], .stackFault, .nonCanonicalAddress) {
    $0.state.generalRegisters[5] = 0x8000_0000_0000_0000
  },
  ReasonCase([0xFF, 0xE0], .generalProtection, .nonCanonicalTarget) {
    $0.state.generalRegisters[0] = 0x8000_0000_0000_0000
  },
  ReasonCase([0x90], .generalProtection, .nonCanonicalFetch) { $0.state.rip = 0x8000_0000_0000_0000 },
  ReasonCase([0x8B, 0x01], .generalProtection, .nullSegment) {
    $0.enterCompatibility()
    $0.state.segments[3].attributes |= SegmentState.unusable
  },
  ReasonCase([0x89, 0x01], .generalProtection, .writeToReadOnly) {
    $0.enterCompatibility()
    $0.load(0x58, into: 3)
  },
  ReasonCase([0x89, 0x01], .generalProtection, .writeToCode) {
    $0.enterCompatibility()
    $0.load(0x08, into: 3)
  },
  ReasonCase([0x8B, 0x01], .generalProtection, .readOfExecuteOnly) {
    $0.enterCompatibility()
    $0.load(0x60, into: 3)
  },
  ReasonCase([0x8B, 0x01], .generalProtection, .segmentLimit) {
    $0.enterCompatibility()
    $0.state.segments[3].limit = 0xFFFF
  },
  ReasonCase([0x8B, 0x01], .generalProtection, .expandDownLimit) {
    $0.enterCompatibility()
    $0.state.segments[3].attributes |= 4
  },
  ReasonCase([0x8B, 0x45, 0x00], .stackFault, .segmentLimit) {
    $0.enterCompatibility()
    $0.state.segments[2].limit = 0xFF
    $0.state.generalRegisters[5] = 4096
  },
  ReasonCase([0xEB, 0x7F], .generalProtection, .targetLimit) {
    $0.enterCompatibility()
    $0.state.segments[1].limit = 0x1_0010
  },
  ReasonCase([0x90], .generalProtection, .fetchLimit) {
    $0.enterCompatibility()
    $0.state.segments[1].limit = 0xFFF
  },
  ReasonCase([0x48, 0x8B, 0x41, 0x01], .alignmentCheck, .alignmentCheck) {
    $0.enterUser()
    $0.state.rflags |= RFLAGS.alignmentCheck
  },
  ReasonCase([0x0F, 0x28, 0x41, 0x08], .generalProtection, .operandMisaligned),
  ReasonCase([0x48, 0x0F, 0xC7, 0x49, 0x08], .generalProtection, .operandMisaligned),
  ReasonCase([0x0F, 0xAE, 0x49, 0x01], .generalProtection, .operandMisaligned),
]

let pageAndGateReasons: [ReasonCase] = [
  ReasonCase([0x48, 0x8B, 0x01], .pageFault, .pageNotPresent) { $0.entry(BareProcessor.dataAddress) { $0 & ~1 } },
  ReasonCase([0x48, 0x8B, 0x01], .pageFault, .pageReservedAddressBits) {
    $0.entry(BareProcessor.dataAddress) { $0 | 1 << 51 }
  },
  ReasonCase([0x48, 0x8B, 0x01], .pageFault, .pageReservedNoExecute) {
    $0.state.efer &= ~EFER.noExecuteEnable
    $0.entry(BareProcessor.dataAddress) { $0 | 1 << 63 }
  },
  ReasonCase([0x48, 0x8B, 0x01], .pageFault, .pageReservedSizeBit) { $0.store([0x2087], 0x1000) },
  ReasonCase([0x48, 0x8B, 0x01], .pageFault, .pageReservedLargePage) { $0.store([0x2087], 0x3000) },
  ReasonCase([0x48, 0x8B, 0x01], .pageFault, .pageSupervisorOnly) {
    $0.enterUser()
    $0.entry(BareProcessor.dataAddress) { $0 & ~4 }
  },
  ReasonCase([0x48, 0x89, 0x01], .pageFault, .pageReadOnly) {
    $0.enterUser()
    $0.entry(BareProcessor.dataAddress) { $0 & ~2 }
  },
  ReasonCase([0x48, 0x89, 0x01], .pageFault, .pageWriteProtected) {
    $0.entry(BareProcessor.dataAddress) { $0 & ~2 }
  },
  ReasonCase([0x48, 0x8B, 0x01], .pageFault, .pageSMAP) { $0.state.cr4 |= CR4.supervisorModeAccessPrevention },
  ReasonCase([0x90], .pageFault, .pageNoExecute) { $0.entry(BareProcessor.codeAddress) { $0 | 1 << 63 } },
  ReasonCase([0x90], .pageFault, .pageNoExecute) {
    $0.enterUser()
    $0.entry(BareProcessor.codeAddress) { $0 | 1 << 63 }
  },
  ReasonCase([0x90], .pageFault, .pageSMEP) { $0.state.cr4 |= CR4.supervisorModeExecutionPrevention },
  ReasonCase([0x90], .pageFault, .pageNotPresent) { $0.entry(BareProcessor.codeAddress) { $0 & ~1 } },
  ReasonCase([0xCD, 0x80], .generalProtection, .idtLimit),
  ReasonCase([0xCD, 0x20], .generalProtection, .gatePrivilege) { $0.enterUser() },
  ReasonCase([0xCD, 0x21], .segmentNotPresent, .gateNotPresent),
  ReasonCase([0xCD, 0x22], .generalProtection, .nullCodeSelector),
  ReasonCase([0xCD, 0x23], .generalProtection, .longGateType),
  ReasonCase([0xCD, 0x24], .generalProtection, .notCodeSegment),
  ReasonCase([0xCD, 0x25], .generalProtection, .gateCodeNotLong),
  ReasonCase([0xCD, 0x26], .segmentNotPresent, .codeNotPresent),
  ReasonCase([0xCD, 0x27], .generalProtection, .gateCodePrivilege),
  ReasonCase([0xCD, 0x28], .generalProtection, .selectorBeyondGDT),
  ReasonCase([0xCD, 0x23], .generalProtection, .gateType) { $0.enterProtected() },
  ReasonCase([0xCD, 0x24], .generalProtection, .notCodeSegment) { $0.enterUser() },
  ReasonCase([0xCD, 0x29], .invalidTSS, .innerStackLimit) {
    $0.addGate(0xEE, 0x10)
    $0.enterUser()
    $0.state.tr.limit = 3
  },
  ReasonCase([0xCD, 0x29], .stackFault, .innerStackNonCanonical) {
    $0.addGate(0xEE, 0x10)
    $0.enterUser()
    $0.memory.physical.store(1 << 63 as UInt64, BareProcessor.tss + 4)
  },
  ReasonCase([0xCD, 0x29], .invalidTSS, .stackTableLimit) {
    $0.addGate(0xEE, 0x10, stack: 1)
    $0.state.tr.limit = 0x20
  },
  ReasonCase([0xCD, 0x29], .stackFault, .stackTableNonCanonical) {
    $0.addGate(0xEE, 0x10, stack: 1)
    $0.memory.physical.store(1 << 63 as UInt64, BareProcessor.tss + 0x24)
  },
  ReasonCase([0xCD, 0x29], .generalProtection, .nonCanonicalTarget) { $0.addGate(0xEE, 0x10, upper: 0x8000) },
]

let segmentReasons: [ReasonCase] = [
  ReasonCase([0x8E, 0xD8], .generalProtection, .selectorBeyondGDT) { $0.state.generalRegisters[0] = 0x2000 },
  ReasonCase([0x8E, 0xD8], .generalProtection, .ldtrUnusable) { $0.state.generalRegisters[0] = 0xc },
  ReasonCase([0x8E, 0xD8], .generalProtection, .selectorBeyondLDT) {
    $0.state.ldtr = SegmentState(selector: 0x70, base: 0x9000, limit: 7, attributes: 0x82)
    $0.state.generalRegisters[0] = 0xc
  },
  ReasonCase([0x8E, 0xD8], .generalProtection, .segmentNotReadable) { $0.state.generalRegisters[0] = 0x60 },
  ReasonCase([0x8E, 0xD8], .generalProtection, .dataPrivilege) {
    $0.enterUser()
    $0.state.generalRegisters[0] = 0x18
  },
  ReasonCase([0x8E, 0xD8], .segmentNotPresent, .dataNotPresent) { $0.state.generalRegisters[0] = 0x38 },
  ReasonCase([0x8E, 0xD0], .stackFault, .stackNotPresent) { $0.state.generalRegisters[0] = 0x38 },
  ReasonCase([0x8E, 0xD0], .generalProtection, .stackNotWritable) { $0.state.generalRegisters[0] = 0x58 },
  ReasonCase([0x8E, 0xD0], .generalProtection, .stackRequestedPrivilege) { $0.state.generalRegisters[0] = 0x1b },
  ReasonCase([0x8E, 0xD0], .generalProtection, .stackPrivilege) { $0.state.generalRegisters[0] = 0x28 },
  ReasonCase([0x8E, 0xD0], .generalProtection, .nullStackSelector) {
    $0.enterCompatibility()
    $0.state.generalRegisters[0] = 0x0
  },
  ReasonCase([0xFF, 0x29], .generalProtection, .nullCodeSelector) { $0.store([0x0], BareProcessor.dataAddress) },
  ReasonCase([0xFF, 0x29], .generalProtection, .codePrivilege) {
    $0.store([0x3000000000], BareProcessor.dataAddress)
  },
  ReasonCase([0xFF, 0x29], .generalProtection, .codeRequestedPrivilege) {
    $0.store([0x1300000000], BareProcessor.dataAddress)
  },
  ReasonCase([0xFF, 0x29], .generalProtection, .conformingPrivilege) {
    $0.store([0xa000000000], BareProcessor.dataAddress)
  },
  ReasonCase([0xFF, 0x29], .generalProtection, .codeLongAndDefault) {
    $0.store([0x6800000000], BareProcessor.dataAddress)
  },
  ReasonCase([0xFF, 0x29], .segmentNotPresent, .codeNotPresent) {
    $0.store([0x5000000000], BareProcessor.dataAddress)
  },
  ReasonCase([0xFF, 0x29], .generalProtection, .notCodeSegment) {
    $0.store([0x1800000000], BareProcessor.dataAddress)
  },
  ReasonCase([0xFF, 0x29], .generalProtection, .taskInLongMode) {
    $0.store([0x4000000000], BareProcessor.dataAddress)
  },
  ReasonCase([0xFF, 0x29], .generalProtection, .taskBusy) { $0.store([0x9000000000], BareProcessor.dataAddress) },
  ReasonCase([0xFF, 0x29], .generalProtection, .systemDescriptorType) {
    $0.store([0x7000000000], BareProcessor.dataAddress)
  },
  ReasonCase([0xFF, 0x29], .generalProtection, .systemDescriptorPrivilege) {
    $0.enterUser()
    $0.store([0x4000000000], BareProcessor.dataAddress)
  },
  ReasonCase([0xFF, 0x29], .segmentNotPresent, .callGateNotPresent) {
    $0.store([0xc800000000], BareProcessor.dataAddress)
  },
  ReasonCase([0xFF, 0x29], .generalProtection, .notCodeSegment) {
    $0.store([0xb800000000], BareProcessor.dataAddress)
  },
  ReasonCase([0xFF, 0x29], .generalProtection, .nullCodeSelector) {
    $0.store([0xd800000000], BareProcessor.dataAddress)
  },
  ReasonCase([0xFF, 0x29], .generalProtection, .gateJumpPrivilege) {
    $0.enterUser()
    $0.store([0xa800000000], BareProcessor.dataAddress)
  },
  ReasonCase([0x48, 0xCB], .generalProtection, .nullCodeSelector) { $0.store([0, 0], BareProcessor.stackAddress) },
  ReasonCase([0x48, 0xCB], .generalProtection, .returnToInner) {
    $0.enterUser()
    $0.store([0, 0x10], BareProcessor.stackAddress)
  },
  ReasonCase([0x48, 0xCB], .generalProtection, .returnCodePrivilege) {
    $0.store([0, 0x13, 0, 0], BareProcessor.stackAddress)
  },
  ReasonCase([0x48, 0xCB], .generalProtection, .returnConformingPrivilege) {
    $0.store([0, 0xA0], BareProcessor.stackAddress)
  },
  ReasonCase([0x48, 0xCB], .generalProtection, .nonCanonicalTarget) {
    $0.store([1 << 63, 0x10], BareProcessor.stackAddress)
  },
  ReasonCase([0x48, 0xCF], .generalProtection, .nullCodeSelector) {
    $0.store([0, 0, 0, 0, 0], BareProcessor.stackAddress)
  },
  ReasonCase([0x48, 0xCF], .generalProtection, .stackRequestedPrivilege) {
    $0.store([0, 0x33, 0, 0, 0x28], BareProcessor.stackAddress)
  },
  ReasonCase([0x48, 0xCF], .generalProtection, .nullStackSelector) {
    $0.store([0, 0x33, 0, 0, 0], BareProcessor.stackAddress)
  },
  ReasonCase([0x48, 0xCF], .generalProtection, .taskReturnInLongMode) { $0.state.rflags |= RFLAGS.nestedTask },
]

let systemReasons: [ReasonCase] = [
  ReasonCase([0xF4], .generalProtection, .privilegedInstruction) { $0.enterUser() },
  ReasonCase([0xFA], .generalProtection, .ioPrivilege) { $0.enterUser() },
  ReasonCase([0xEC], .generalProtection, .ioMapLimit) { $0.enterUser() },
  ReasonCase([0xEC], .generalProtection, .ioMapAbsent) {
    $0.enterUser()
    $0.state.tr.limit = 0x66
  },
  ReasonCase([0xEC], .generalProtection, .ioMapBit) {
    $0.enterUser()
    $0.state.tr.limit = 0x100
    $0.memory.physical.store(1 as UInt8, BareProcessor.tss + 0x68)
  },
  ReasonCase([0x0F, 0x01, 0x01], .generalProtection, .umip) {
    $0.enterUser()
    $0.state.cr4 |= CR4.userModeInstructionPrevention
  },
  ReasonCase([0x0F, 0x31], .generalProtection, .timeStampDisabled) {
    $0.enterUser()
    $0.state.cr4 |= CR4.timeStampDisable
  },
  ReasonCase([0x0F, 0x33], .generalProtection, .performanceCounterUnknown),
  ReasonCase([0x0F, 0x01, 0xCB], .invalidOpcode, .smapInstructionPrivilege) { $0.enterUser() },
  ReasonCase([0x0F, 0x22, 0xC0], .generalProtection, .cr0UpperBits) {
    $0.state.generalRegisters[0] = 1 << 32 | 0x8005_0033
  },
  ReasonCase([0x0F, 0x22, 0xC0], .generalProtection, .pagingWithoutProtection) {
    $0.state.generalRegisters[0] = 0x8005_0032
  },
  ReasonCase([0x0F, 0x22, 0xC0], .generalProtection, .notWriteThrough) {
    $0.state.generalRegisters[0] = 0xA005_0033
  },
  ReasonCase([0x0F, 0x22, 0xC0], .generalProtection, .pagingOffIn64Bit) { $0.state.generalRegisters[0] = 0x5_0033 },
  ReasonCase([0x0F, 0x22, 0xC0], .generalProtection, .longModeWithoutPAE) {
    $0.enterProtected()
    $0.state.efer = EFER.longModeEnable
    $0.state.generalRegisters[0] = 0x8005_0033
  },
  ReasonCase([0x0F, 0x22, 0xC0], .generalProtection, .pdpteReservedBits) {
    $0.enterProtected()
    $0.state.cr4 |= CR4.physicalAddressExtension
    $0.state.generalRegisters[0] = 0x8005_0033
    $0.store([7], 0x1000)
  },
  ReasonCase([0x0F, 0x22, 0xD8], .generalProtection, .cr3ReservedBits) { $0.state.generalRegisters[0] = 1 << 60 },
  ReasonCase([0x0F, 0x22, 0xE0], .generalProtection, .cr4ReservedBits) { $0.state.generalRegisters[0] = 1 << 40 },
  ReasonCase([0x0F, 0x22, 0xE0], .generalProtection, .paeClearedInLongMode) { $0.state.generalRegisters[0] = 0 },
  ReasonCase([0x44, 0x0F, 0x22, 0xC0], .generalProtection, .cr8ReservedBits) { $0.state.generalRegisters[0] = 16 },
  ReasonCase([0x0F, 0x23, 0xF8], .debug, .generalDetect) { $0.state.dr7 |= 1 << 13 },
  ReasonCase([0x0F, 0x23, 0xF8], .generalProtection, .debugUpperBits) { $0.state.generalRegisters[0] = 1 << 32 },
  ReasonCase([0x0F, 0x21, 0xE0], .invalidOpcode, .debugRegisterAlias) { $0.state.cr4 |= CR4.debuggingExtensions },
  ReasonCase([0x0F, 0x32], .generalProtection, .msrUnknown) { $0.state.generalRegisters[1] = 0x1234_5678 },
  ReasonCase([0x0F, 0x30], .generalProtection, .msrUnknown) { $0.state.generalRegisters[1] = 0x1234_5678 },
  ReasonCase([0x0F, 0x30], .generalProtection, .msrNonCanonical) {
    $0.state.generalRegisters[1] = 0xC000_0082
    $0.state.generalRegisters[2] = 0x8000_0000
  },
  ReasonCase([0x0F, 0x30], .generalProtection, .eferReservedBits) {
    $0.state.generalRegisters[1] = 0xC000_0080
    $0.state.generalRegisters[0] = 2
  },
  ReasonCase([0x0F, 0x30], .generalProtection, .eferLongModeWhilePaging) {
    $0.state.generalRegisters[1] = 0xC000_0080
    $0.state.generalRegisters[0] = 0x800
  },
  ReasonCase([0x0F, 0x30], .generalProtection, .patType) {
    $0.state.generalRegisters[1] = 0x277
    $0.state.generalRegisters[0] = 2
  },
  ReasonCase([0x0F, 0x30], .generalProtection, .mtrrInvalid) {
    $0.state.generalRegisters[1] = 0x2FF
    $0.state.generalRegisters[0] = 2
  },
  ReasonCase([0x0F, 0x30], .generalProtection, .apicRegister) { $0.state.generalRegisters[1] = 0x1B },
  ReasonCase([0x0F, 0x05], .invalidOpcode, .syscallDisabled),
  ReasonCase([0x0F, 0x34], .invalidOpcode, .sysenterLongMode),
  ReasonCase([0x0F, 0x34], .generalProtection, .sysenterNullCode) { $0.enterProtected() },
  ReasonCase([0xF3, 0x48, 0x0F, 0xAE, 0xD0], .invalidOpcode, .segmentBaseDisabled),
  ReasonCase([0xF3, 0x48, 0x0F, 0xAE, 0xD0], .generalProtection, .nonCanonicalBase) {
    $0.state.cr4 |= CR4.fsgsbase
    $0.state.generalRegisters[0] = 0x8000_0000_0000_0000
  },
  ReasonCase([0x0F, 0x01, 0x11], .generalProtection, .nonCanonicalBase) {
    $0.store([0, 0x8000], BareProcessor.dataAddress)
  },
  ReasonCase([0x0F, 0x00, 0xD8], .generalProtection, .nullTaskRegister) { $0.state.generalRegisters[0] = 0x0 },
  ReasonCase([0x0F, 0x00, 0xD8], .generalProtection, .systemSelectorLocal) { $0.state.generalRegisters[0] = 0x4 },
  ReasonCase([0x0F, 0x00, 0xD8], .generalProtection, .taskRegisterType) { $0.state.generalRegisters[0] = 0x18 },
  ReasonCase([0x0F, 0x00, 0xD8], .generalProtection, .taskBusy) { $0.state.generalRegisters[0] = 0x90 },
  ReasonCase([0x0F, 0x00, 0xD8], .generalProtection, .upperHalfBeyondLimit) { $0.state.generalRegisters[0] = 0x108 },
  ReasonCase([0x0F, 0x00, 0xD0], .generalProtection, .ldtDescriptorType) { $0.state.generalRegisters[0] = 0x18 },
  ReasonCase([0x0F, 0x00, 0xD0], .segmentNotPresent, .systemNotPresent) { $0.state.generalRegisters[0] = 0x80 },
  ReasonCase([0x0F, 0x00, 0xD0], .generalProtection, .upperHalfType) { $0.state.generalRegisters[0] = 0xe8 },
  ReasonCase([0x0F, 0x00, 0xD0], .generalProtection, .systemBaseNonCanonical) {
    $0.state.generalRegisters[0] = 0xf8
  },
  ReasonCase([0xD9, 0xE8], .deviceNotAvailable, .x87Emulation) { $0.state.cr0 |= CR0.emulation },
  ReasonCase([0xD9, 0xE8], .deviceNotAvailable, .taskSwitched) { $0.state.cr0 |= CR0.taskSwitched },
  ReasonCase([0x9B], .deviceNotAvailable, .waitMonitored) { $0.state.cr0 |= CR0.taskSwitched },
  ReasonCase([0x0F, 0x58, 0xC1], .deviceNotAvailable, .taskSwitched) { $0.state.cr0 |= CR0.taskSwitched },
  ReasonCase([0x0F, 0x58, 0xC1], .invalidOpcode, .emulation) { $0.state.cr0 |= CR0.emulation },
  ReasonCase([0x0F, 0x58, 0xC1], .invalidOpcode, .osFXSRClear) { $0.state.cr4 &= ~CR4.osFXSR },
  ReasonCase([0xD9, 0xE8], .floatingPointError, .x87Exception) {
    $0.state.fxsaveArea[0] = 0x3E
    $0.state.fxsaveArea[2] = 0x81
  },
  ReasonCase([0xF3, 0x0F, 0x5E, 0xC1], .simdFloatingPoint, .simdException) {
    $0.state.fxsaveArea[24] = 0
    $0.state.fxsaveArea[25] = 0x1D
    $0.state.fxsaveArea[162] = 0x80
    $0.state.fxsaveArea[163] = 0x3F
  },
  ReasonCase([0xF3, 0x0F, 0x5E, 0xC1], .invalidOpcode, .simdExceptionsDisabled) {
    $0.state.fxsaveArea[24] = 0
    $0.state.fxsaveArea[25] = 0x1D
    $0.state.fxsaveArea[162] = 0x80
    $0.state.fxsaveArea[163] = 0x3F
    $0.state.cr4 &= ~CR4.osXMMExceptions
  },
  ReasonCase([0x0F, 0xAE, 0x11], .generalProtection, .mxcsrReservedBits) {
    $0.store([1 << 16], BareProcessor.dataAddress)
  },
  ReasonCase([0x0F, 0x01, 0xD0], .invalidOpcode, .osXSAVEClear, on: .amdV3),
  ReasonCase([0x0F, 0x01, 0xD0], .generalProtection, .extendedControlUnknown, on: .amdV3) {
    $0.state.cr4 |= CR4.osXSAVE
  },
  ReasonCase([0x0F, 0x01, 0xD1], .generalProtection, .xcr0ReservedBits, on: .amdV3) {
    $0.state.cr4 |= CR4.osXSAVE
    ($0.state.generalRegisters[0], $0.state.generalRegisters[1]) = (5, 0)
  },
  ReasonCase([0xC5, 0xF4, 0x58, 0xC2], .invalidOpcode, .osXSAVEClear, on: .amdV3),
  ReasonCase([0xC5, 0xF4, 0x58, 0xC2], .invalidOpcode, .avxStateDisabled, on: .amdV3) {
    $0.state.cr4 |= CR4.osXSAVE
    $0.state.xcr0 = XCR0.x87 | XCR0.sse
  },
  ReasonCase([0xC5, 0xF4, 0x58, 0xC2], .deviceNotAvailable, .taskSwitched, on: .amdV3) {
    $0.state.cr4 |= CR4.osXSAVE
    $0.state.xcr0 = 7
    $0.state.cr0 |= CR0.taskSwitched
  },
  ReasonCase([0x0F, 0xAE, 0x61, 0x08], .generalProtection, .saveAreaMisaligned, on: .amdV3) {
    $0.state.cr4 |= CR4.osXSAVE
  },
  ReasonCase([0x0F, 0xAE, 0x29], .generalProtection, .saveAreaHeader, on: .amdV3) {
    $0.state.cr4 |= CR4.osXSAVE
    $0.store([8], BareProcessor.dataAddress + 512)
  },
  ReasonCase([0x0F, 0x01, 0xEE], .invalidOpcode, .protectionKeysDisabled, on: .zen4),
  ReasonCase([0x0F, 0x01, 0xEF], .generalProtection, .protectionKeyRegister, on: .zen4) {
    $0.state.cr4 |= CR4.protectionKeyEnable
  },
  ReasonCase([0x8A, 0x01], .pageFault, .pageProtectionKey, on: .zen4) {
    $0.state.cr4 |= CR4.protectionKeyEnable
    $0.state.pkru = 1
  },
  ReasonCase([0x0F, 0x22, 0xE0], .generalProtection, .linearAddress57InLongMode, on: .zen4) {
    $0.state.generalRegisters[0] = $0.state.cr4 | CR4.linearAddress57
  },
  ReasonCase([0x0F, 0xC7, 0x19], .generalProtection, .saveAreaHeader, on: .zen4) { $0.state.cr4 |= CR4.osXSAVE },
  ReasonCase([0xC5, 0xF4, 0x58, 0xC2], .invalidOpcode, .invalidEncoding),
  ReasonCase([0x0F, 0x00, 0xC8], .invalidOpcode, .protectedModeOnly) {
    $0.enterProtected()
    $0.state.cr0 &= ~1
  },
]
