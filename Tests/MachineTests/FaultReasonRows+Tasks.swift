import MMU
import TestSupport
import X86

let modeAndTaskReasons: [ReasonCase] = [
  ReasonCase([0x9C], .generalProtection, .virtual8086Privilege) {
    $0.enterVirtual8086()
  },
  ReasonCase([0xCD, 0x29], .generalProtection, .virtual8086Privilege) {
    $0.enterVirtual8086()
  },
  ReasonCase([0xCD, 0x29], .generalProtection, .handlerVirtual8086) {
    $0.enterVirtual8086()
    $0.state.rflags |= RFLAGS.ioPrivilegeLevel
    $0.addLegacyGate(0x20)
  },
  ReasonCase([0xCF], .generalProtection, .virtual8086TargetLimit) {
    $0.enterProtected()
    $0.store([0x1_0000, 1 << 17, 0, 0, 0], BareProcessor.stackAddress)
  },
  ReasonCase([0xCD, 0x80], .generalProtection, .interruptVectorTableLimit) {
    $0.enterProtected()
    $0.state.cr0 &= ~1
    $0.state.idtr.limit = 0xFF
  },
  ReasonCase([0xFF, 0x29], .generalProtection, .callGateUpperType) {
    $0.store([0x0000_EC00_0010_0000, 1 << 40], BareProcessor.gdt + 0xA8)
    $0.store([0xa800000000], BareProcessor.dataAddress)
  },
  ReasonCase([0xCD, 0x29], .invalidTSS, .innerStackNull) {
    $0.enterProtectedUser(stack: 0x1000)
  },
  ReasonCase([0xCD, 0x29], .stackFault, .frameBeyondLimit) {
    $0.enterProtectedUser(stack: 0x38 << 32 | 0x1000)
    $0.store([0x0040_9300_0000_00FF], BareProcessor.gdt + 0x38)
  },
  ReasonCase([0xCD, 0x29], .stackFault, .stackNotPresent) {
    $0.enterProtectedUser(stack: 0x38 << 32 | 0x1000)
  },
  ReasonCase([0xCD, 0x29], .invalidTSS, .stackNotWritable) {
    $0.enterProtectedUser(stack: 0x58 << 32 | 0x1000)
  },
  ReasonCase([0xCD, 0x29], .stackFault, .frameNonCanonical) {
    $0.addGate(0xEE, 0x10)
    $0.state.generalRegisters[4] = 1 << 63
  },
  ReasonCase([0xFF, 0x29], .invalidTSS, .taskLimit) {
    $0.enterProtected()
    $0.store([0x0000_8900_8000_0010], BareProcessor.gdt + 0x40)
    $0.store([0x4000000000], BareProcessor.dataAddress)
  },
  ReasonCase([0xFF, 0x29], .segmentNotPresent, .taskNotPresent) {
    $0.enterProtected()
    $0.store([0x0000_0900_8000_0067], BareProcessor.gdt + 0x40)
    $0.store([0x4000000000], BareProcessor.dataAddress)
  },
  ReasonCase([0xFF, 0x29], .invalidTSS, .taskCodePrivilege) {
    $0.enterProtected()
    $0.memory.physical.store(0xB as UInt16, BareProcessor.tss + 0x4C)
    $0.store([0x4000000000], BareProcessor.dataAddress)
  },
  ReasonCase([0xFF, 0x29], .invalidTSS, .nullCodeSelector) {
    $0.enterProtected()
    $0.store([0x4000000000], BareProcessor.dataAddress)
  },
  ReasonCase([0xFF, 0x29], .invalidTSS, .taskLDTInvalid) {
    $0.enterProtected()
    $0.memory.physical.store(0x18 as UInt16, BareProcessor.tss + 0x60)
    $0.store([0x4000000000], BareProcessor.dataAddress)
  },
  ReasonCase([0xFF, 0x29], .generalProtection, .taskGateLocal) {
    $0.enterProtected()
    $0.store([0x0000_E500_0044_0000], BareProcessor.gdt + 0x40)
    $0.store([0x4000000000], BareProcessor.dataAddress)
  },
  ReasonCase([0xFF, 0x29], .generalProtection, .taskGateNull) {
    $0.enterProtected()
    $0.store([0x0000_E500_0000_0000], BareProcessor.gdt + 0x40)
    $0.store([0x4000000000], BareProcessor.dataAddress)
  },
  ReasonCase([0xCF], .invalidTSS, .taskNotBusy) {
    $0.enterProtected()
    $0.state.rflags |= RFLAGS.nestedTask
    $0.memory.physical.store(0x40 as UInt16, BareProcessor.tss)
  },
  ReasonCase([0xCF], .invalidTSS, .taskLinkLocal) {
    $0.enterProtected()
    $0.state.rflags |= RFLAGS.nestedTask
    $0.memory.physical.store(0x44 as UInt16, BareProcessor.tss)
  },
  ReasonCase([0xCF], .invalidTSS, .taskDescriptorType) {
    $0.enterProtected()
    $0.state.rflags |= RFLAGS.nestedTask
    $0.memory.physical.store(0x18 as UInt16, BareProcessor.tss)
  },
  ReasonCase([0x0F, 0x22, 0xC0], .generalProtection, .longModeFromLongCode) {
    $0.enterProtected()
    $0.load(0x10, into: 1)
    $0.state.efer = EFER.longModeEnable
    $0.state.cr4 |= CR4.physicalAddressExtension
    $0.state.generalRegisters[0] = 0x8005_0033
  },
  ReasonCase([0x0F, 0x22, 0xC0], .generalProtection, .pagingOffWithPCID) {
    $0.enterCompatibility()
    $0.state.cr4 |= CR4.pcidEnable
    $0.state.generalRegisters[0] = 0x5_0033
  },
  ReasonCase([0x0F, 0x05], .invalidOpcode, .syscallRealMode) {
    $0.enterProtected()
    $0.state.cr0 &= ~1
    $0.state.efer = EFER.systemCallExtensions
  },
  ReasonCase([0x0F, 0x34], .generalProtection, .sysenterRealMode) {
    $0.enterProtected()
    $0.state.cr0 &= ~1
  },
  ReasonCase([0x8B, 0x01], .pageFault, .pageReservedUpperBits) {
    $0.enterCompatibility()
    $0.state.efer = EFER.noExecuteEnable
    $0.state.pdpte = [0x3001, 0, 0, 0]
    $0.entry(BareProcessor.dataAddress) { $0 | 1 << 53 }
  },
  ReasonCase([0x0F, 0x22, 0xE0], .generalProtection, .pcidOutsideLongMode) {
    $0.enterProtected()
    $0.state.generalRegisters[0] = CR4.pcidEnable
  },
  ReasonCase([0x0F, 0x22, 0xE0], .generalProtection, .pcidWithCR3Bits) {
    $0.state.cr3 = 0x1008
    $0.state.generalRegisters[0] = CR4.pcidEnable | CR4.physicalAddressExtension
  },
  ReasonCase([0x66, 0x0F, 0x38, 0x82, 0x01], .generalProtection, .invpcidType) {
    $0.state.generalRegisters[0] = 4
  },
  ReasonCase([0x66, 0x0F, 0x38, 0x82, 0x01], .generalProtection, .invpcidReservedBits) {
    $0.store([1 << 12, 0], BareProcessor.dataAddress)
  },
  ReasonCase([0x66, 0x0F, 0x38, 0x82, 0x01], .generalProtection, .invpcidDisabled) {
    $0.store([1, 0], BareProcessor.dataAddress)
  },
  ReasonCase([0x66, 0x0F, 0x38, 0x82, 0x01], .generalProtection, .invpcidAddress) {
    $0.store([0, 1 << 63], BareProcessor.dataAddress)
  },
]
