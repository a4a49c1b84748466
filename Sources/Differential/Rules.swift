import X86
import X86Decoder

extension DivergenceRule {
  /// The rules for the model against the host's own processor.
  public static let native: [DivergenceRule] = [
    DivergenceRule(
      id: "unimplemented", kind: .unimplemented, text: "The model names this instruction as not built yet and raises #UD."
    ) { $0.subject.vector == UserState.lost },
    DivergenceRule(
      id: "judge-lost", kind: .oracleLimit,
      text: "The judge gave no result: the test left its pages by a system call, or never came back.",
      probe: "fence"
    ) { $0.judge.vector == UserState.lost },
    DivergenceRule(
      id: "feature-absent", kind: .modelSpecific,
      text: "The encoding belongs to a CPUID feature that the model does not have: #UD there, an instruction here."
    ) { divergence in
      guard divergence.subject.vector == ExceptionVector.invalidOpcode.rawValue, divergence.instruction == nil else {
        return false
      }
      return AbsentFeature.name(OpcodeBytes(divergence.test)) != nil
    },
    DivergenceRule(
      id: "bit-count-absent", kind: .modelSpecific,
      text: "F3 before BSF and BSR is TZCNT and LZCNT where CPUID shows them; the model's does not."
    ) { divergence in
      let operation = divergence.instruction?.operation
      return (operation == .bsf || operation == .bsr) && OpcodeBytes(divergence.test).selector == 0xF3
    },
    DivergenceRule(
      id: "floating-point", kind: .floatingPoint,
      text: "The result or the flags of floating-point arithmetic."
    ) { divergence in
      divergence.instruction.map { FloatingForms.isArithmetic($0) } ?? false
    },
    DivergenceRule(
      id: "kernel-half-present", kind: .oracleLimit,
      text: "The P bit of a page fault in the upper half tells what the host's kernel has mapped there.",
      probe: "kernel-half"
    ) { divergence in
      divergence.differences.allSatisfy { $0.field == "errorCode" && $0.subject ^ $0.judge == 1 }
        && divergence.judge.vector == 14 && divergence.judge.cr2 >> 63 != 0
    },
  ]
}

/// The features of newer processors that the model's CPUID denies, by their encodings.
enum AbsentFeature {
  /// The feature that an encoding outside the opcode table belongs to; nil if it is none of these.
  static func name(_ code: OpcodeBytes) -> String? {
    switch code.map {
    case "VEX", "EVEX", "XOP": return code.map
    case "0F38": return "SSSE3 to SHA"
    case "0F3A": return "SSSE3 to SHA"
    case "0F": return secondMap(code)
    // FISTTP.
    case "": return (code.opcode == 0xDB || code.opcode == 0xDD || code.opcode == 0xDF)
      && code.modRM < 0xC0 && (code.modRM >> 3) & 7 == 1 ? "SSE3" : nil
    default: return nil
    }
  }

  private static func secondMap(_ code: OpcodeBytes) -> String? {
    let digit = (code.modRM >> 3) & 7
    let isRegister = code.modRM >= 0xC0
    switch code.opcode {
    case 0x12: return code.selector >= 0xF2 ? "SSE3" : nil
    case 0x16: return code.selector == 0xF3 ? "SSE3" : nil
    case 0x7C, 0x7D, 0xD0: return code.selector == 0x66 || code.selector == 0xF2 ? "SSE3" : nil
    case 0xF0: return code.selector == 0xF2 ? "SSE3" : nil
    case 0x78, 0x79: return code.selector == 0x66 || code.selector == 0xF2 ? "SSE4A" : nil
    case 0x2B: return code.selector >= 0xF2 ? "SSE4A" : nil
    case 0x01: return isRegister ? "XGETBV, MONITORX, CLZERO, RDPRU, WBNOINVD and their kin" : nil
    case 0xAE:
      if isRegister { return code.selector != 0 ? "WAITPKG, PTWRITE, CET" : nil }
      return digit >= 4 && digit <= 7 ? "XSAVE, CLWB, CLFLUSHOPT, PTWRITE" : nil
    case 0xC7: return digit >= 3 ? "XSAVEC, XSAVES, RDRAND, RDSEED, RDPID" : nil
    default: return nil
    }
  }
}

/// Which instructions compute with floating-point numbers.
enum FloatingForms {
  /// Arithmetic, comparison, conversion and rounding; not moves, logic and control.
  static func isArithmetic(_ instruction: Instruction) -> Bool { arithmetic.contains(Int(instruction.form)) }

  private static let vectorNames: Set<String> = [
    "ADDPS", "ADDPD", "ADDSS", "ADDSD", "SUBPS", "SUBPD", "SUBSS", "SUBSD", "MULPS", "MULPD", "MULSS", "MULSD",
    "DIVPS", "DIVPD", "DIVSS", "DIVSD", "SQRTPS", "SQRTPD", "SQRTSS", "SQRTSD", "MINPS", "MINPD", "MINSS", "MINSD",
    "MAXPS", "MAXPD", "MAXSS", "MAXSD", "CMPPS", "CMPPD", "CMPSS", "CMPSD", "COMISS", "COMISD", "UCOMISS", "UCOMISD",
    "RCPPS", "RCPSS", "RSQRTPS", "RSQRTSS",
  ]

  private static let controls: Set<String> = [
    "FXSAVE", "FXRSTOR", "FNSTCW", "FLDCW", "FNSTSW", "FNINIT", "FNCLEX", "FNSAVE", "FRSTOR", "FNSTENV", "FLDENV",
    "FFREE", "FFREEP", "FINCSTP", "FDECSTP", "FNOP", "FXCH", "FCMOVB", "FCMOVE", "FCMOVBE", "FCMOVU", "FCMOVNB",
    "FCMOVNE", "FCMOVNBE", "FCMOVNU", "FWAIT",
  ]

  /// The rows, by index.
  static let arithmetic: Set<Int> = Set(
    OpcodeForm.all.indices.filter { index in
      let form = OpcodeForm.all[index]
      let name = form.mnemonic
      if name.hasPrefix("CVT") || vectorNames.contains(name) { return true }
      return form.feature == "x87" && !controls.contains(name)
    })
}
