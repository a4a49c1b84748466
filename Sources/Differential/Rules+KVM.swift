import InstructionTesting
import X86
import X86Decoder

extension DivergenceRule {
  /// The rules for KVM in real mode.
  public static let kvmRealMode: [DivergenceRule] = [
    DivergenceRule(
      id: "unimplemented", kind: .unimplemented,
      text: "The model names this instruction as not built yet, or no handler could be entered."
    ) { $0.subject.vector == UserState.lost && $0.oracle.vector != UserState.lost },
    limit("real-refuses", "KVM's instruction emulator refuses the instruction, or shuts down.") {
      $0.oracle.vector == UserState.lost
    },
    limit("real-interrupt-size", "KVM's INT n, INT3 and INTO with 66h push three words of 32 bits.") {
      [.int, .int3, .into].contains($0.instruction?.operation) && OpcodeBytes($0.test).has66
    },
    limit("real-push-selector", "KVM's PUSH of a segment register with a 32-bit operand writes 16 bits.") {
      [.pushSegment].contains($0.instruction?.operation) && OpcodeBytes($0.test).has66
    },
    limit("real-enter-size", "KVM's ENTER with a 32-bit operand pushes 16 bits.") {
      $0.instruction?.operation == .enter && OpcodeBytes($0.test).has66
    },
    limit("real-decimal-adjust", "KVM's AAM and AAD set SF and ZF by AX and not by AL.") {
      [.aam, .aad].contains($0.instruction?.operation) && $0.differences.allSatisfy { $0.field == "rflags" }
    },
    limit("real-delivery-stack", "KVM clears the upper half of ESP when it delivers an exception.") {
      $0.oracle.vector != UserState.noException
        && $0.differences.allSatisfy { $0.field == "rsp" && ($0.subject ^ $0.oracle) & 0xFFFF == 0 }
    },
  ]

  /// The rules for KVM as an oracle: what the probes of the same names show on this host, and what is no difference.
  public static let kvm: [DivergenceRule] =
    native.filter { $0.kind != .oracleLimit } + [
      limit("kvm-compatibility-mode", "Compatibility-mode code goes through KVM's instruction emulator.") {
        $0.test.mode == .compatibility32
      },
      limit("kvm-refuses", "KVM's instruction emulator refuses the instruction at CPL 0.") {
        $0.oracle.vector == UserState.lost
      },
      limit(
        "kvm-misaligned-sse",
        "KVM turns the #GP of a misaligned SSE operand, and of what its emulator does not know, into #UD."
      ) {
        $0.subject.vector == ExceptionVector.generalProtection.rawValue
          && $0.oracle.vector == ExceptionVector.invalidOpcode.rawValue && $0.instruction?.hasMemoryOperand ?? false
      },
      // A #GP makes KVM execute the instruction again, by its emulator.
      limit("kvm-compare-order", "KVM's emulator reads the operand at RSI of CMPS first, the processor that at RDI.") {
        $0.instruction?.operation == .cmps && $0.subject.vector == ExceptionVector.generalProtection.rawValue
          && $0.oracle.vector == ExceptionVector.pageFault.rawValue
      },
      limit("kvm-fxsave", "KVM lets FXSAVE and FXRSTOR use a misaligned operand.") { divergence in
        let operation = divergence.instruction?.operation
        return (operation == .fxsave || operation == .fxrstor)
          && divergence.subject.vector == ExceptionVector.generalProtection.rawValue
      },
      limit("kvm-syscall", "SYSCALL stays at CPL 3.") { $0.instruction?.operation == .syscall },
      limit("kvm-gates", "KVM gives #UD for INT n.") {
        [.int, .int1, .int3, .into].contains($0.instruction?.operation)
      },
      limit("kvm-nt", "KVM loses NT.") { divergence in
        divergence.differences.contains {
          $0.field == "rflags" && ($0.subject ^ $0.oracle) & RFLAGS.nestedTask != 0
        }
      },
      limit("kvm-undefined", "KVM executes encodings that are #UD.") {
        $0.subject.vector == ExceptionVector.invalidOpcode.rawValue
          && $0.oracle.vector != ExceptionVector.invalidOpcode.rawValue
      },
      limit("kvm-bit-scan", "KVM's emulator runs TZCNT and LZCNT as BSF and BSR.") { divergence in
        let operation = divergence.instruction?.operation
        return (operation == .bsf || operation == .bsr) && OpcodeBytes(divergence.test).selector == 0xF3
      },
      limit("kvm-near-branch", "KVM's emulator does not cut the target of a near branch with 66h to 16 bits.") {
        OpcodeBytes($0.test).has66 && $0.differences.contains { $0.field == "rip" }
      },
      limit("kvm-host-gdt", "Code at CPL 3 sees the host's own descriptors and selectors.") {
        !$0.traits.isDisjoint(with: [.selector, .descriptor])
      },
      limit("kvm-control-registers", "KVM gives #GP for a control or debug register that does not exist.") {
        divergence in
        divergence.oracle.vector == ExceptionVector.generalProtection.rawValue
          && divergence.subject.vector == ExceptionVector.invalidOpcode.rawValue
      },
      limit("kvm-broken-stack", "An exception with a non-canonical stack pointer becomes #UD.") {
        $0.oracle.vector == ExceptionVector.invalidOpcode.rawValue
          && UInt64(bitPattern: Int64(bitPattern: $0.oracle.generalRegisters[4] << 16) >> 16)
            != $0.oracle.generalRegisters[4]
      },
      limit("kvm-alignment", "KVM's emulator checks alignment at CPL 0, or does not at CPL 3.") {
        $0.subject.vector == ExceptionVector.alignmentCheck.rawValue
          || $0.oracle.vector == ExceptionVector.alignmentCheck.rawValue
      },
      DivergenceRule(
        id: "privileged", kind: .modelSpecific, text: "The instruction depends on CPL, and the subject ran at CPL 3."
      ) { divergence in
        divergence.test.cpl == 0
          && divergence.instruction.map { UntestableForms.dependsOnPrivilege($0.operation) } ?? false
      },
      limit("kvm-kernel-half", "P in the upper half: KVM shows its guest's mapping, user mode the host kernel's.") {
        divergence in
        divergence.differences.allSatisfy { $0.field == "errorCode" && $0.subject ^ $0.oracle == 1 }
          && divergence.oracle.vector == 14 && divergence.oracle.cr2 >= 0x7FFF_FFFF_F000
      },
    ]
}
