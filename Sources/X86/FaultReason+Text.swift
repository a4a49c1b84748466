extension FaultReason {
  /// The check that failed, as a sentence without capital and full stop.
  public var sentence: String {
    switch self {
    case .unspecified: "no reason is known"
    case .breakpointInstruction: "INT3 traps"
    case .overflowInstruction: "INTO finds OF set"
    case .doubleFault: "delivery of an exception raised a second one, and the two together are a double fault"
    case .idtLimit: "the vector lies beyond the IDT's limit"
    case .gateType: "the IDT entry is no gate of a type that may stand there"
    case .gateNotPresent: "the gate's P bit is 0"
    case .longGateType: "the IDT entry is no 64-bit interrupt or trap gate"
    case .gatePrivilege: "the gate's DPL is less than CPL, and a software interrupt asks for it"
    case .handlerVirtual8086: "from virtual-8086 mode the handler's code segment must have DPL 0"
    case .interruptVectorTableLimit: "the vector lies beyond the IDTR's limit in real-address mode"
    case .virtual8086Privilege: "IOPL is less than 3 in virtual-8086 mode"
    case .stackTableLimit: "the interrupt stack table's entry lies beyond the TSS's limit"
    case .stackTableNonCanonical: "the interrupt stack table's entry is not canonical"
    case .taskGateLocal: "the task gate's selector points into the LDT"
    case .taskGateNull: "the task gate's selector is null"
    case .nullCodeSelector: "the selector for CS is null"
    case .nullStackSelector: "the selector for SS is null where a stack segment is needed"
    case .nullSegment: "the segment register holds a null selector or is unusable"
    case .nullTaskRegister: "the selector for TR is null"
    case .selectorBeyondGDT: "the selector's index lies beyond the GDT's limit"
    case .selectorBeyondLDT: "the selector's index lies beyond the LDT's limit"
    case .ldtrUnusable: "the selector points into the LDT, and LDTR is unusable"
    case .systemSelectorLocal: "the selector of an LDT or TSS points into the LDT"
    case .notCodeSegment: "the descriptor is no code segment"
    case .stackNotWritable: "the descriptor for SS is no writable data segment"
    case .segmentNotReadable: "the descriptor is neither a data segment nor a readable code segment"
    case .writeToCode: "a code segment is written"
    case .writeToReadOnly: "a read-only data segment is written"
    case .readOfExecuteOnly: "an execute-only code segment is read"
    case .codeLongAndDefault: "the code segment has both L and D set"
    case .gateCodeNotLong: "the gate's code segment is no 64-bit code segment"
    case .codeNotPresent: "the code segment's P bit is 0"
    case .dataNotPresent: "the data segment's P bit is 0"
    case .stackNotPresent: "the stack segment's P bit is 0"
    case .stackRequestedPrivilege: "RPL of the selector for SS differs from the privilege level"
    case .stackPrivilege: "DPL of the stack segment differs from the privilege level"
    case .dataPrivilege: "DPL of the data segment is less than CPL or RPL"
    case .conformingPrivilege: "DPL of the conforming code segment is greater than CPL"
    case .codePrivilege: "DPL of the nonconforming code segment differs from CPL"
    case .codeRequestedPrivilege: "RPL of the selector for CS is greater than CPL"
    case .systemDescriptorPrivilege: "DPL of the gate or TSS is less than CPL or RPL"
    case .gateCodePrivilege: "DPL of the gate's code segment is greater than CPL"
    case .gateJumpPrivilege: "a jump through a gate would change the privilege level"
    case .callGateNotPresent: "the call gate's P bit is 0"
    case .systemDescriptorType: "the system descriptor is no gate or TSS that may be called or jumped to"
    case .callGateUpperType: "the type field in the call gate's upper half is not 0"
    case .taskInLongMode: "IA-32e mode has no task switches"
    case .taskReturnInLongMode: "IRET with NT set would switch tasks, which IA-32e mode has not"
    case .returnToInner: "RPL of the return's selector is less than CPL"
    case .returnConformingPrivilege: "DPL of the conforming code segment is greater than RPL of the return's selector"
    case .returnCodePrivilege: "DPL of the code segment differs from RPL of the return's selector"
    case .innerStackLimit: "the inner level's stack pointer lies beyond the TSS's limit"
    case .innerStackNull: "the inner level's stack selector in the TSS is null"
    case .frameBeyondLimit: "the new stack has no space for the frame"
    case .innerStackNonCanonical: "the inner level's stack pointer in the TSS is not canonical"
    case .frameNonCanonical: "the frame's address on the new stack is not canonical"
    case .taskDescriptorType: "the selector of a task names no TSS"
    case .taskBusy: "the TSS is busy"
    case .taskNotBusy: "the TSS to return to is not busy"
    case .taskNotPresent: "the TSS descriptor's P bit is 0"
    case .taskLimit: "the TSS's limit is too small for a task switch"
    case .taskLinkLocal: "the selector of a task points into the LDT"
    case .taskLDTInvalid: "the new task's LDT selector names no present LDT in the GDT"
    case .taskCodePrivilege: "DPL of the new task's code segment does not fit RPL of its selector"
    case .taskRegisterType: "the selector for TR names no available TSS"
    case .ldtDescriptorType: "the selector for LDTR names no LDT"
    case .systemNotPresent: "the LDT or TSS descriptor's P bit is 0"
    case .upperHalfBeyondLimit: "the 16-byte descriptor's upper half lies beyond the GDT's limit"
    case .upperHalfType: "the type field in the 16-byte descriptor's upper half is not 0"
    case .systemBaseNonCanonical: "the base in the 16-byte descriptor is not canonical"
    case .nonCanonicalAddress: "the linear address is not canonical"
    case .nonCanonicalTarget: "the branch's target is not canonical"
    case .nonCanonicalFetch: "the address of an instruction byte is not canonical"
    case .nonCanonicalBase: "the base address to load is not canonical"
    case .segmentLimit: "the operand reaches beyond the segment's limit"
    case .expandDownLimit: "the operand is not above the expand-down segment's limit"
    case .targetLimit: "the branch's target lies beyond the limit of CS"
    case .fetchLimit: "an instruction byte lies beyond the limit of CS"
    case .virtual8086TargetLimit: "the target in virtual-8086 mode lies beyond FFFFh"
    case .privilegedInstruction: "the instruction needs CPL 0"
    case .ioPrivilege: "CPL is greater than IOPL"
    case .ioMapAbsent: "CPL is greater than IOPL, and TR holds no TSS with an I/O permission bit map"
    case .ioMapLimit: "the port's bits lie beyond the TSS's limit"
    case .ioMapBit: "the port's bit in the I/O permission bit map is 1"
    case .cr0UpperBits: "bits 63:32 of the value for CR0 are not 0"
    case .pagingWithoutProtection: "the value for CR0 has PG set and PE clear"
    case .notWriteThrough: "the value for CR0 has NW set and CD clear"
    case .cr3ReservedBits: "the value for CR3 has bits beyond MAXPHYADDR set"
    case .cr4ReservedBits: "the value for CR4 has a reserved bit, or one of an absent feature, set"
    case .cr8ReservedBits: "the value for CR8 is greater than 15"
    case .umip: "CR4.UMIP forbids the instruction to CPL greater than 0"
    case .timeStampDisabled: "CR4.TSD forbids the time-stamp counter to CPL greater than 0"
    case .segmentBaseDisabled: "CR4.FSGSBASE is 0"
    case .osFXSRClear: "CR4.OSFXSR is 0"
    case .osXSAVEClear: "CR4.OSXSAVE is 0"
    case .avxStateDisabled: "XCR0 does not enable the state of the SSE and AVX registers"
    case .xcr0ReservedBits:
      "the value for XCR0 names components that the processor lacks, or lacks those that they need"
    case .extendedControlUnknown: "ECX names no extended control register"
    case .saveAreaMisaligned: "the XSAVE area is not aligned to 64 bytes"
    case .saveAreaHeader: "the header of the XSAVE area is not one that XRSTOR or XRSTORS takes"
    case .protectionKeysDisabled: "CR4.PKE is 0"
    case .protectionKeyRegister: "ECX, and for WRPKRU EDX, is not 0"
    case .linearAddress57InLongMode: "CR4.LA57 changes in IA-32e mode"
    case .simdExceptionsDisabled: "an unmasked SIMD floating-point exception occurs, and CR4.OSXMMEXCPT is 0"
    case .longModeWithoutPAE: "paging is turned on with EFER.LME set and CR4.PAE clear"
    case .longModeFromLongCode: "paging is turned on with EFER.LME set and CS.L set"
    case .paeClearedInLongMode: "CR4.PAE is cleared in IA-32e mode"
    case .pagingOffIn64Bit: "paging is turned off in 64-bit mode"
    case .pdpteReservedBits: "a present PDPTE has reserved bits set"
    case .pagingOffWithPCID: "paging is turned off with CR4.PCIDE set"
    case .pcidOutsideLongMode: "CR4.PCIDE is set outside IA-32e mode"
    case .pcidWithCR3Bits: "CR4.PCIDE is set while bits 11:0 of CR3 are not 0"
    case .invpcidType: "INVPCID's type is greater than 3"
    case .invpcidReservedBits: "bits 63:12 of INVPCID's descriptor are not 0"
    case .invpcidDisabled: "INVPCID names a PCID other than 0 while CR4.PCIDE is 0"
    case .invpcidAddress: "INVPCID's linear address is not canonical"
    case .msrUnknown: "there is no such MSR"
    case .msrReservedBits: "the value for the MSR has a reserved bit set"
    case .msrNonCanonical: "the address for the MSR is not canonical"
    case .eferReservedBits: "the value for EFER has a reserved bit, or one of an absent feature, set"
    case .eferLongModeWhilePaging: "EFER.LME changes while paging is on"
    case .performanceCounterUnknown: "there is no such performance counter"
    case .mtrrInvalid: "the value for the MTRR has reserved bits or an illegal memory type"
    case .patType: "the value for IA32_PAT has an illegal memory type"
    case .apicRegister: "the local APIC refuses the MSR access"
    case .syscallDisabled: "EFER.SCE is 0"
    case .syscallRealMode: "SYSCALL and SYSRET need protected mode"
    case .sysenterRealMode: "SYSENTER and SYSEXIT need protected mode"
    case .sysenterLongMode: "this processor knows SYSENTER and SYSEXIT outside IA-32e mode only"
    case .sysenterNullCode: "IA32_SYSENTER_CS holds a null selector"
    case .divideByZero: "the divisor is 0"
    case .divideOverflow: "the quotient does not fit its register"
    case .boundRange: "the index lies outside BOUND's limits"
    case .invalidEncoding: "the bytes encode no instruction that exists in this mode"
    case .undefinedInstruction: "the instruction is UD0, UD1 or UD2"
    case .absentFeature: "CPUID does not report the feature that the instruction belongs to"
    case .segmentRegisterInvalid: "the encoding names no segment register that can be loaded"
    case .protectedModeOnly: "the instruction needs protected mode"
    case .smapInstructionPrivilege: "STAC and CLAC need CPL 0"
    case .emulation: "CR0.EM is 1"
    case .unimplementedInstruction: "emu does not implement the instruction"
    case .x87Emulation: "CR0.EM is 1 for an x87 instruction"
    case .taskSwitched: "CR0.TS is 1"
    case .waitMonitored: "CR0.MP and CR0.TS are 1 for WAIT"
    case .instructionTooLong: "the instruction is longer than 15 bytes"
    case .operandMisaligned: "the operand is not aligned to 16 bytes"
    case .mxcsrReservedBits: "the value for MXCSR has reserved bits set"
    case .x87Exception: "an unmasked x87 exception waits"
    case .alignmentCheck: "CR0.AM and EFLAGS.AC are 1 at CPL 3, and the operand is misaligned"
    case .simdException: "an unmasked SIMD floating-point exception occurs"
    case .instructionBreakpoint: "the instruction stands at an enabled instruction breakpoint"
    case .dataBreakpoint: "an access met an enabled data or I/O breakpoint"
    case .generalDetect: "DR7.GD is 1 and a debug register is accessed"
    case .singleStep: "TF was 1 before the instruction"
    case .taskSwitchTrap: "the T flag of the new task's TSS is 1"
    case .int1Instruction: "INT1 traps"
    case .debugRegisterAlias: "DR4 and DR5 do not exist while CR4.DE is 1"
    case .debugUpperBits: "bits 63:32 of the value for DR6 or DR7 are not 0"
    case .pageNotPresent: "P is 0 in a paging-structure entry"
    case .pageReservedAddressBits: "bits beyond MAXPHYADDR are set in a paging-structure entry"
    case .pageReservedNoExecute: "XD is set in a paging-structure entry while EFER.NXE is 0"
    case .pageReservedUpperBits: "bits 62:52 are set in an entry of PAE paging"
    case .pageReservedLargePage: "address bits below the page size are set in an entry that maps a large page"
    case .pageReservedSizeBit: "PS or another reserved low bit is set in an entry that cannot have it"
    case .pageSupervisorOnly: "U/S is 0 in a paging-structure entry and the access is at CPL 3"
    case .pageReadOnly: "R/W is 0 in a paging-structure entry and the access at CPL 3 is a write"
    case .pageWriteProtected: "R/W is 0 in a paging-structure entry, CR0.WP is 1, and a supervisor access is a write"
    case .pageNoExecute: "XD is 1 in a paging-structure entry and the access is an instruction fetch"
    case .pageSMEP: "CR4.SMEP forbids supervisor code to execute from a user page"
    case .pageSMAP: "CR4.SMAP forbids a supervisor access to a user page"
    case .pageProtectionKey: "PKRU forbids the access to pages of this protection key"
    }
  }

  /// The manual's volume and section title.
  public var section: String {
    switch self {
    case .unspecified, .breakpointInstruction, .overflowInstruction:
      "SDM Vol. 3A \"Exception and Interrupt Vectors\""
    case .doubleFault:
      "SDM Vol. 3A \"Interrupt 8—Double Fault Exception (#DF)\""
    case .idtLimit, .gateType, .gateNotPresent:
      "SDM Vol. 3A \"Interrupt Descriptor Table (IDT)\""
    case .longGateType:
      "SDM Vol. 3A \"64-Bit Mode IDT\""
    case .gatePrivilege, .handlerVirtual8086:
      "SDM Vol. 3A \"Protection of Exception- and Interrupt-Handler Procedures\""
    case .interruptVectorTableLimit:
      "SDM Vol. 3B \"Interrupt and Exception Handling\""
    case .virtual8086Privilege:
      "SDM Vol. 3B \"Sensitive Instructions\""
    case .stackTableLimit, .stackTableNonCanonical:
      "SDM Vol. 3A \"Interrupt Stack Table\""
    case .taskGateLocal, .taskGateNull:
      "SDM Vol. 3A \"Task-Gate Descriptor\""
    case .nullCodeSelector, .nullStackSelector, .nullSegment, .nullTaskRegister:
      "SDM Vol. 3A \"Null Segment Selector Checking\""
    case .selectorBeyondGDT, .selectorBeyondLDT, .ldtrUnusable, .systemSelectorLocal:
      "SDM Vol. 3A \"Segment Descriptor Tables\""
    case .notCodeSegment, .stackNotWritable, .segmentNotReadable, .writeToCode, .writeToReadOnly,
      .readOfExecuteOnly:
      "SDM Vol. 3A \"Type Checking\""
    case .codeLongAndDefault, .gateCodeNotLong:
      "SDM Vol. 3A \"Code-Segment Descriptor in 64-bit Mode\""
    case .codeNotPresent, .dataNotPresent, .stackNotPresent:
      "SDM Vol. 3A \"Segment Descriptors\""
    case .stackRequestedPrivilege, .stackPrivilege:
      "SDM Vol. 3A \"Privilege Level Checking When Loading the SS Register\""
    case .dataPrivilege:
      "SDM Vol. 3A \"Privilege Level Checking When Accessing Data Segments\""
    case .conformingPrivilege, .codePrivilege, .codeRequestedPrivilege:
      "SDM Vol. 3A \"Direct Calls or Jumps to Code Segments\""
    case .systemDescriptorPrivilege, .gateCodePrivilege, .gateJumpPrivilege, .callGateNotPresent:
      "SDM Vol. 3A \"Accessing a Code Segment Through a Call Gate\""
    case .systemDescriptorType:
      "SDM Vol. 3A \"System Descriptor Types\""
    case .callGateUpperType:
      "SDM Vol. 3A \"IA-32e Mode Call Gates\""
    case .taskInLongMode, .taskReturnInLongMode:
      "SDM Vol. 3A \"Task Management in 64-bit Mode\""
    case .returnToInner, .returnConformingPrivilege, .returnCodePrivilege:
      "SDM Vol. 3A \"Returning from a Called Procedure\""
    case .innerStackLimit, .innerStackNull, .frameBeyondLimit:
      "SDM Vol. 3A \"Stack Switching\""
    case .innerStackNonCanonical, .frameNonCanonical:
      "SDM Vol. 3A \"Stack Switching in IA-32e Mode\""
    case .taskDescriptorType, .taskBusy, .taskNotBusy, .taskNotPresent, .taskLimit:
      "SDM Vol. 3A \"TSS Descriptor\""
    case .taskLinkLocal, .taskLDTInvalid, .taskCodePrivilege:
      "SDM Vol. 3A \"Task Switching\""
    case .taskRegisterType:
      "SDM Vol. 3A \"Task Register\""
    case .ldtDescriptorType, .systemNotPresent, .upperHalfBeyondLimit, .upperHalfType, .systemBaseNonCanonical:
      "SDM Vol. 3A \"Segment Descriptor Tables in IA-32e Mode\""
    case .nonCanonicalAddress, .nonCanonicalTarget, .nonCanonicalFetch, .nonCanonicalBase:
      "SDM Vol. 1 \"Canonical Addressing\""
    case .segmentLimit, .expandDownLimit, .targetLimit, .fetchLimit, .virtual8086TargetLimit:
      "SDM Vol. 3A \"Limit Checking\""
    case .privilegedInstruction:
      "SDM Vol. 3A \"Privileged Instructions\""
    case .ioPrivilege:
      "SDM Vol. 1 \"I/O Privilege Level\""
    case .ioMapAbsent, .ioMapLimit, .ioMapBit:
      "SDM Vol. 1 \"I/O Permission Bit Map\""
    case .cr0UpperBits, .pagingWithoutProtection, .notWriteThrough, .cr3ReservedBits, .cr4ReservedBits,
      .cr8ReservedBits, .umip, .timeStampDisabled, .segmentBaseDisabled, .osFXSRClear, .simdExceptionsDisabled:
      "SDM Vol. 3A \"Control Registers\""
    case .linearAddress57InLongMode:
      "SDM Vol. 3A \"Paging-Mode Modification\""
    case .longModeWithoutPAE, .longModeFromLongCode, .paeClearedInLongMode, .pagingOffIn64Bit:
      "SDM Vol. 3A \"Initializing IA-32e Mode\""
    case .pdpteReservedBits:
      "SDM Vol. 3A \"PDPTE Registers\""
    case .pagingOffWithPCID, .pcidOutsideLongMode, .pcidWithCR3Bits:
      "SDM Vol. 3A \"Process-Context Identifiers (PCIDs)\""
    case .invpcidType, .invpcidReservedBits, .invpcidDisabled, .invpcidAddress:
      "SDM Vol. 2A \"INVPCID—Invalidate Process-Context Identifier\""
    case .msrUnknown, .msrReservedBits, .msrNonCanonical, .eferReservedBits, .eferLongModeWhilePaging,
      .performanceCounterUnknown:
      "SDM Vol. 4 \"Model-Specific Registers (MSRs)\""
    case .mtrrInvalid:
      "SDM Vol. 3A \"Memory Type Range Registers (MTRRs)\""
    case .patType:
      "SDM Vol. 3A \"IA32_PAT MSR\""
    case .apicRegister:
      "SDM Vol. 3A \"x2APIC Register Address Space\""
    case .syscallDisabled, .syscallRealMode:
      "SDM Vol. 3A \"Fast System Calls in 64-Bit Mode\""
    case .sysenterRealMode, .sysenterLongMode, .sysenterNullCode:
      "SDM Vol. 3A \"Performing Fast Calls to System Procedures with the SYSENTER and SYSEXIT Instructions\""
    case .divideByZero, .divideOverflow:
      "SDM Vol. 3A \"Interrupt 0—Divide Error Exception (#DE)\""
    case .boundRange:
      "SDM Vol. 3A \"Interrupt 5—BOUND Range Exceeded Exception (#BR)\""
    case .invalidEncoding, .undefinedInstruction, .absentFeature, .segmentRegisterInvalid, .protectedModeOnly,
      .smapInstructionPrivilege, .emulation, .unimplementedInstruction:
      "SDM Vol. 3A \"Interrupt 6—Invalid Opcode Exception (#UD)\""
    case .x87Emulation, .taskSwitched, .waitMonitored:
      "SDM Vol. 3A \"Interrupt 7—Device Not Available Exception (#NM)\""
    case .instructionTooLong, .operandMisaligned:
      "SDM Vol. 3A \"Interrupt 13—General Protection Exception (#GP)\""
    case .osXSAVEClear, .avxStateDisabled, .xcr0ReservedBits, .extendedControlUnknown:
      "SDM Vol. 1 \"Enabling the XSAVE Feature Set and XSAVE-Enabled Features\""
    case .saveAreaMisaligned, .saveAreaHeader:
      "SDM Vol. 1 \"XSAVE Area\""
    case .mxcsrReservedBits:
      "SDM Vol. 1 \"MXCSR Control and Status Register\""
    case .x87Exception:
      "SDM Vol. 3A \"Interrupt 16—x87 FPU Floating-Point Error (#MF)\""
    case .alignmentCheck:
      "SDM Vol. 3A \"Interrupt 17—Alignment Check Exception (#AC)\""
    case .simdException:
      "SDM Vol. 3A \"Interrupt 19—SIMD Floating-Point Exception (#XM)\""
    case .instructionBreakpoint:
      "SDM Vol. 3B \"Instruction-Breakpoint Exception Condition\""
    case .dataBreakpoint:
      "SDM Vol. 3B \"Data Memory and I/O Breakpoint Exception Conditions\""
    case .generalDetect:
      "SDM Vol. 3B \"General-Detect Exception Condition\""
    case .singleStep:
      "SDM Vol. 3B \"Single-Step Exception Condition\""
    case .taskSwitchTrap:
      "SDM Vol. 3B \"Task-Switch Exception Condition\""
    case .int1Instruction:
      "SDM Vol. 3A \"Interrupt 1—Debug Exception (#DB)\""
    case .debugRegisterAlias:
      "SDM Vol. 3B \"Debug Registers DR4 and DR5\""
    case .debugUpperBits:
      "SDM Vol. 3B \"Debug Status Register (DR6)\""
    case .pageNotPresent, .pageReservedAddressBits, .pageReservedNoExecute, .pageReservedUpperBits,
      .pageReservedLargePage, .pageReservedSizeBit:
      "SDM Vol. 3A \"Page-Fault Exceptions\""
    case .pageSupervisorOnly, .pageReadOnly, .pageWriteProtected, .pageNoExecute, .pageSMEP, .pageSMAP:
      "SDM Vol. 3A \"Determination of Access Rights\""
    case .pageProtectionKey, .protectionKeysDisabled, .protectionKeyRegister:
      "SDM Vol. 3A \"Protection Keys\""
    }
  }
}
