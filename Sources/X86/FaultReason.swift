/// The rule by which an exception was raised.
///
/// - SDM: Vol. 3A "Exception and Interrupt Reference"; each case names its own section.
@frozen public enum FaultReason: UInt8, Sendable, CaseIterable {
  /// No reason is known.
  case unspecified = 0
  /// INT3 traps.
  case breakpointInstruction
  /// INTO finds OF set.
  case overflowInstruction
  /// Delivery of an exception raised a second one, and the two together are a double fault.
  case doubleFault
  /// The vector lies beyond the IDT's limit.
  case idtLimit
  /// The IDT entry is no gate of a type that may stand there.
  case gateType
  /// The gate's P bit is 0.
  case gateNotPresent
  /// The IDT entry is no 64-bit interrupt or trap gate.
  case longGateType
  /// The gate's DPL is less than CPL, and a software interrupt asks for it.
  case gatePrivilege
  /// From virtual-8086 mode the handler's code segment must have DPL 0.
  case handlerVirtual8086
  /// The vector lies beyond the IDTR's limit in real-address mode.
  case interruptVectorTableLimit
  /// IOPL is less than 3 in virtual-8086 mode.
  case virtual8086Privilege
  /// The interrupt stack table's entry lies beyond the TSS's limit.
  case stackTableLimit
  /// The interrupt stack table's entry is not canonical.
  case stackTableNonCanonical
  /// The task gate's selector points into the LDT.
  case taskGateLocal
  /// The task gate's selector is null.
  case taskGateNull
  /// The selector for CS is null.
  case nullCodeSelector
  /// The selector for SS is null where a stack segment is needed.
  case nullStackSelector
  /// The segment register holds a null selector or is unusable.
  case nullSegment
  /// The selector for TR is null.
  case nullTaskRegister
  /// The selector's index lies beyond the GDT's limit.
  case selectorBeyondGDT
  /// The selector's index lies beyond the LDT's limit.
  case selectorBeyondLDT
  /// The selector points into the LDT, and LDTR is unusable.
  case ldtrUnusable
  /// The selector of an LDT or TSS points into the LDT.
  case systemSelectorLocal
  /// The descriptor is no code segment.
  case notCodeSegment
  /// The descriptor for SS is no writable data segment.
  case stackNotWritable
  /// The descriptor is neither a data segment nor a readable code segment.
  case segmentNotReadable
  /// A code segment is written.
  case writeToCode
  /// A read-only data segment is written.
  case writeToReadOnly
  /// An execute-only code segment is read.
  case readOfExecuteOnly
  /// The code segment has both L and D set.
  case codeLongAndDefault
  /// The gate's code segment is no 64-bit code segment.
  case gateCodeNotLong
  /// The code segment's P bit is 0.
  case codeNotPresent
  /// The data segment's P bit is 0.
  case dataNotPresent
  /// The stack segment's P bit is 0.
  case stackNotPresent
  /// RPL of the selector for SS differs from the privilege level.
  case stackRequestedPrivilege
  /// DPL of the stack segment differs from the privilege level.
  case stackPrivilege
  /// DPL of the data segment is less than CPL or RPL.
  case dataPrivilege
  /// DPL of the conforming code segment is greater than CPL.
  case conformingPrivilege
  /// DPL of the nonconforming code segment differs from CPL.
  case codePrivilege
  /// RPL of the selector for CS is greater than CPL.
  case codeRequestedPrivilege
  /// DPL of the gate or TSS is less than CPL or RPL.
  case systemDescriptorPrivilege
  /// DPL of the gate's code segment is greater than CPL.
  case gateCodePrivilege
  /// A jump through a gate would change the privilege level.
  case gateJumpPrivilege
  /// The call gate's P bit is 0.
  case callGateNotPresent
  /// The system descriptor is no gate or TSS that may be called or jumped to.
  case systemDescriptorType
  /// The type field in the call gate's upper half is not 0.
  case callGateUpperType
  /// IA-32e mode has no task switches.
  case taskInLongMode
  /// IRET with NT set would switch tasks, which IA-32e mode has not.
  case taskReturnInLongMode
  /// RPL of the return's selector is less than CPL.
  case returnToInner
  /// DPL of the conforming code segment is greater than RPL of the return's selector.
  case returnConformingPrivilege
  /// DPL of the code segment differs from RPL of the return's selector.
  case returnCodePrivilege
  /// The inner level's stack pointer lies beyond the TSS's limit.
  case innerStackLimit
  /// The inner level's stack selector in the TSS is null.
  case innerStackNull
  /// The new stack has no space for the frame.
  case frameBeyondLimit
  /// The inner level's stack pointer in the TSS is not canonical.
  case innerStackNonCanonical
  /// The frame's address on the new stack is not canonical.
  case frameNonCanonical
  /// The selector of a task names no TSS.
  case taskDescriptorType
  /// The TSS is busy.
  case taskBusy
  /// The TSS to return to is not busy.
  case taskNotBusy
  /// The TSS descriptor's P bit is 0.
  case taskNotPresent
  /// The TSS's limit is too small for a task switch.
  case taskLimit
  /// The selector of a task points into the LDT.
  case taskLinkLocal
  /// The new task's LDT selector names no present LDT in the GDT.
  case taskLDTInvalid
  /// DPL of the new task's code segment does not fit RPL of its selector.
  case taskCodePrivilege
  /// The selector for TR names no available TSS.
  case taskRegisterType
  /// The selector for LDTR names no LDT.
  case ldtDescriptorType
  /// The LDT or TSS descriptor's P bit is 0.
  case systemNotPresent
  /// The 16-byte descriptor's upper half lies beyond the GDT's limit.
  case upperHalfBeyondLimit
  /// The type field in the 16-byte descriptor's upper half is not 0.
  case upperHalfType
  /// The base in the 16-byte descriptor is not canonical.
  case systemBaseNonCanonical
  /// The linear address is not canonical.
  case nonCanonicalAddress
  /// The branch's target is not canonical.
  case nonCanonicalTarget
  /// The address of an instruction byte is not canonical.
  case nonCanonicalFetch
  /// The base address to load is not canonical.
  case nonCanonicalBase
  /// The operand reaches beyond the segment's limit.
  case segmentLimit
  /// The operand is not above the expand-down segment's limit.
  case expandDownLimit
  /// The branch's target lies beyond the limit of CS.
  case targetLimit
  /// An instruction byte lies beyond the limit of CS.
  case fetchLimit
  /// The target in virtual-8086 mode lies beyond FFFFh.
  case virtual8086TargetLimit
  /// The instruction needs CPL 0.
  case privilegedInstruction
  /// CPL is greater than IOPL.
  case ioPrivilege
  /// CPL is greater than IOPL, and TR holds no TSS with an I/O permission bit map.
  case ioMapAbsent
  /// The port's bits lie beyond the TSS's limit.
  case ioMapLimit
  /// The port's bit in the I/O permission bit map is 1.
  case ioMapBit
  /// Bits 63:32 of the value for CR0 are not 0.
  case cr0UpperBits
  /// The value for CR0 has PG set and PE clear.
  case pagingWithoutProtection
  /// The value for CR0 has NW set and CD clear.
  case notWriteThrough
  /// The value for CR3 has bits beyond MAXPHYADDR set.
  case cr3ReservedBits
  /// The value for CR4 has a reserved bit, or one of an absent feature, set.
  case cr4ReservedBits
  /// The value for CR8 is greater than 15.
  case cr8ReservedBits
  /// CR4.UMIP forbids the instruction to CPL greater than 0.
  case umip
  /// CR4.TSD forbids the time-stamp counter to CPL greater than 0.
  case timeStampDisabled
  /// CR4.FSGSBASE is 0.
  case segmentBaseDisabled
  /// CR4.OSFXSR is 0.
  case osFXSRClear
  /// An unmasked SIMD floating-point exception occurs, and CR4.OSXMMEXCPT is 0.
  case simdExceptionsDisabled
  /// Paging is turned on with EFER.LME set and CR4.PAE clear.
  case longModeWithoutPAE
  /// Paging is turned on with EFER.LME set and CS.L set.
  case longModeFromLongCode
  /// CR4.PAE is cleared in IA-32e mode.
  case paeClearedInLongMode
  /// Paging is turned off in 64-bit mode.
  case pagingOffIn64Bit
  /// A present PDPTE has reserved bits set.
  case pdpteReservedBits
  /// Paging is turned off with CR4.PCIDE set.
  case pagingOffWithPCID
  /// CR4.PCIDE is set outside IA-32e mode.
  case pcidOutsideLongMode
  /// CR4.PCIDE is set while bits 11:0 of CR3 are not 0.
  case pcidWithCR3Bits
  /// INVPCID's type is greater than 3.
  case invpcidType
  /// Bits 63:12 of INVPCID's descriptor are not 0.
  case invpcidReservedBits
  /// INVPCID names a PCID other than 0 while CR4.PCIDE is 0.
  case invpcidDisabled
  /// INVPCID's linear address is not canonical.
  case invpcidAddress
  /// There is no such MSR.
  case msrUnknown
  /// The value for the MSR has a reserved bit set.
  case msrReservedBits
  /// The address for the MSR is not canonical.
  case msrNonCanonical
  /// The value for EFER has a reserved bit, or one of an absent feature, set.
  case eferReservedBits
  /// EFER.LME changes while paging is on.
  case eferLongModeWhilePaging
  /// There is no such performance counter.
  case performanceCounterUnknown
  /// The value for the MTRR has reserved bits or an illegal memory type.
  case mtrrInvalid
  /// The value for IA32_PAT has an illegal memory type.
  case patType
  /// The local APIC refuses the MSR access.
  case apicRegister
  /// EFER.SCE is 0.
  case syscallDisabled
  /// SYSCALL and SYSRET need protected mode.
  case syscallRealMode
  /// SYSENTER and SYSEXIT need protected mode.
  case sysenterRealMode
  /// This processor knows SYSENTER and SYSEXIT outside IA-32e mode only.
  case sysenterLongMode
  /// IA32_SYSENTER_CS holds a null selector.
  case sysenterNullCode
  /// The divisor is 0.
  case divideByZero
  /// The quotient does not fit its register.
  case divideOverflow
  /// The index lies outside BOUND's limits.
  case boundRange
  /// The bytes encode no instruction that exists in this mode.
  case invalidEncoding
  /// The instruction is UD0, UD1 or UD2.
  case undefinedInstruction
  /// CPUID does not report the feature that the instruction belongs to.
  case absentFeature
  /// The encoding names no segment register that can be loaded.
  case segmentRegisterInvalid
  /// The instruction needs protected mode.
  case protectedModeOnly
  /// STAC and CLAC need CPL 0.
  case smapInstructionPrivilege
  /// CR0.EM is 1.
  case emulation
  /// Emu does not implement the instruction.
  case unimplementedInstruction
  /// CR0.EM is 1 for an x87 instruction.
  case x87Emulation
  /// CR0.TS is 1.
  case taskSwitched
  /// CR0.MP and CR0.TS are 1 for WAIT.
  case waitMonitored
  /// The instruction is longer than 15 bytes.
  case instructionTooLong
  /// The operand is not aligned to 16 bytes.
  case operandMisaligned
  /// The value for MXCSR has reserved bits set.
  case mxcsrReservedBits
  /// An unmasked x87 exception waits.
  case x87Exception
  /// CR0.AM and EFLAGS.AC are 1 at CPL 3, and the operand is misaligned.
  case alignmentCheck
  /// An unmasked SIMD floating-point exception occurs.
  case simdException
  /// The instruction stands at an enabled instruction breakpoint.
  case instructionBreakpoint
  /// An access met an enabled data or I/O breakpoint.
  case dataBreakpoint
  /// DR7.GD is 1 and a debug register is accessed.
  case generalDetect
  /// TF was 1 before the instruction.
  case singleStep
  /// The T flag of the new task's TSS is 1.
  case taskSwitchTrap
  /// INT1 traps.
  case int1Instruction
  /// DR4 and DR5 do not exist while CR4.DE is 1.
  case debugRegisterAlias
  /// Bits 63:32 of the value for DR6 or DR7 are not 0.
  case debugUpperBits
  /// P is 0 in a paging-structure entry.
  case pageNotPresent
  /// Bits beyond MAXPHYADDR are set in a paging-structure entry.
  case pageReservedAddressBits
  /// XD is set in a paging-structure entry while EFER.NXE is 0.
  case pageReservedNoExecute
  /// Bits 62:52 are set in an entry of PAE paging.
  case pageReservedUpperBits
  /// Address bits below the page size are set in an entry that maps a large page.
  case pageReservedLargePage
  /// PS or another reserved low bit is set in an entry that cannot have it.
  case pageReservedSizeBit
  /// U/S is 0 in a paging-structure entry and the access is at CPL 3.
  case pageSupervisorOnly
  /// R/W is 0 in a paging-structure entry and the access at CPL 3 is a write.
  case pageReadOnly
  /// R/W is 0 in a paging-structure entry, CR0.WP is 1, and a supervisor access is a write.
  case pageWriteProtected
  /// XD is 1 in a paging-structure entry and the access is an instruction fetch.
  case pageNoExecute
  /// CR4.SMEP forbids supervisor code to execute from a user page.
  case pageSMEP
  /// CR4.SMAP forbids a supervisor access to a user page.
  case pageSMAP
  /// PKRU forbids a data access to a user page of its protection key.
  case pageProtectionKey
  /// CR4.OSXSAVE is 0.
  case osXSAVEClear
  /// XCR0 does not enable the state of the SSE and AVX registers.
  case avxStateDisabled
  /// The value for XCR0 names components that the processor lacks, or lacks those that they need.
  case xcr0ReservedBits
  /// ECX names no extended control register.
  case extendedControlUnknown
  /// The XSAVE area is not aligned to 64 bytes.
  case saveAreaMisaligned
  /// The header of the XSAVE area is not one that XRSTOR takes.
  case saveAreaHeader
  /// CR4.PKE is 0.
  case protectionKeysDisabled
  /// ECX of RDPKRU, or ECX or EDX of WRPKRU, is not 0.
  case protectionKeyRegister
  /// CR4.LA57 changes in IA-32e mode.
  case linearAddress57InLongMode
}
