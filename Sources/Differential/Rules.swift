import InstructionTesting
import ModelExecution
import X86
import X86Decoder

extension DivergenceRule {
  /// The rules for the model against the host's own processor.
  public static let native: [DivergenceRule] = [
    DivergenceRule(
      id: "unimplemented", kind: .unimplemented,
      text: "The model names this instruction as not built yet and raises #UD."
    ) { $0.subject.vector == UserState.lost },
    DivergenceRule(
      id: "oracle-lost", kind: .oracleLimit,
      text: "The oracle gave no result: the test left its pages by a system call, or never came back.",
      probe: "fence"
    ) { $0.oracle.vector == UserState.lost },
    DivergenceRule(
      id: "feature-absent", kind: .modelSpecific,
      text: "The encoding belongs to a CPUID feature that the model does not have: #UD there, an instruction here."
    ) { divergence in
      guard divergence.instruction == nil else { return false }
      // What of an EVEX prefix is fetched before #UD is known to who has it.
      let ofFetch = [ExceptionVector.invalidOpcode, .generalProtection, .pageFault].map(\.rawValue)
      if OpcodeBytes(divergence.test).map == "EVEX", divergence.oracle.vector == ExceptionVector.invalidOpcode.rawValue,
        ofFetch.contains(divergence.subject.vector)
      {
        return true
      }
      guard divergence.subject.vector == ExceptionVector.invalidOpcode.rawValue else { return false }
      return AbsentFeature.name(divergence.test, divergence.features) != nil
    },
    DivergenceRule(
      id: "feature-absent", kind: .modelSpecific,
      text: "The instruction belongs to a CPUID feature that the model does not have."
    ) { divergence in
      divergence.instruction?.operation.family == .absent
        && divergence.subject.vector == ExceptionVector.invalidOpcode.rawValue
    },
    DivergenceRule(
      id: "identification", kind: .modelSpecific, text: "CPUID and the time identify the machine."
    ) { divergence in
      divergence.traits.contains(.identity)
    },
    DivergenceRule(
      id: "random-number", kind: .modelSpecific, text: "RDRAND and RDSEED give random numbers."
    ) { divergence in
      divergence.traits.contains(.random)
    },
    limit("umip", "The host's kernel answers SGDT and its kin in the processor's place.") { divergence in
      divergence.traits.contains(.umip)
    },
    limit("host-gdt", "The host's own descriptors are there to be read and loaded.") { divergence in
      // Only what the selector makes: memory faults are compared as everywhere.
      !divergence.traits.isDisjoint(with: [.inspects, .descriptor])
        && divergence.subject.vector != ExceptionVector.pageFault.rawValue
        && divergence.oracle.vector != ExceptionVector.pageFault.rawValue && HostSelectors.areInvolved(divergence)
    },
    limit("host-idt", "The host's own gates are behind INT n.") { $0.instruction?.operation == .int },
    limit("int1", "The host's kernel takes INT1 for its own single step.") { $0.instruction?.operation == .int1 },
    limit("null-selector", "The host's return to user mode makes null selectors zero.") { divergence in
      divergence.differences.allSatisfy {
        ["es", "ds", "fs", "gs"].contains($0.field) && $0.subject < 4 && $0.oracle == 0
      }
    },
    DivergenceRule(
      id: "bit-count-absent", kind: .modelSpecific,
      text: "F3 before BSF and BSR is TZCNT and LZCNT where CPUID shows them; the model's does not."
    ) { divergence in
      let operation = divergence.instruction?.operation
      return (operation == .bsf || operation == .bsr) && OpcodeBytes(divergence.test).selector == 0xF3
    },
    DivergenceRule(
      id: "misaligned-sse-absent", kind: .modelSpecific,
      text: "MXCSR bit 17 exists where CPUID shows AMD's misaligned SSE mode; the model's does not."
    ) { divergence in
      [.ldmxcsr, .fxrstor].contains(divergence.instruction?.operation)
        && divergence.subject.vector == ExceptionVector.generalProtection.rawValue
        && divergence.oracle.vector == UserState.noException && divergence.oracle.mxcsr & 0x20000 != 0
    },
    DivergenceRule(
      id: "long-move-stack-fault", kind: .modelSpecific,
      text:
        "A repeated MOVS from SS of 64 elements and more, to an aligned destination: #GP where the manuals have #SS."
    ) { divergence in
      // Zen 2: below 64 elements, and where the destination is not aligned to 32 bytes, it is #SS there too.
      guard let instruction = divergence.instruction, instruction.operation == .movs,
        !instruction.flags.isDisjoint(with: [.rep, .repne]), instruction.segment == SegmentRegister.ss.rawValue,
        divergence.differences.allSatisfy({ $0.field == "vector" })
      else { return false }
      let count = divergence.oracle.generalRegisters[1]
      return divergence.subject.vector == ExceptionVector.stackFault.rawValue
        && divergence.oracle.vector == ExceptionVector.generalProtection.rawValue
        && (instruction.addressSize == 2 ? count & 0xFFFF : count & 0xFFFF_FFFF) >= 64
    },
    .transcendental,
    DivergenceRule(
      id: inUseRule, kind: .modelSpecific,
      text: "XGETBV with ECX = 1 may say of a component that it is in use though it is as at first."
    ) { divergence in
      readsComponentsInUse(divergence.instruction, divergence.test)
        && divergence.differences.allSatisfy { $0.field == "rax" && $0.subject & ~$0.oracle == 0 }
    },
    DivergenceRule(
      id: "components-absent", kind: .modelSpecific,
      text: "XCR0 has components that the model does not have: AVX-512, PKRU; an image names or asks for them.",
      probe: "components-absent"
    ) { StateComponents.areInvolved($0) },
    DivergenceRule(
      id: "mxcsr-mask", kind: .undefined,
      text: "MXCSR_MASK in a saved image that does not lie within the window."
    ) { divergence in
      [.fxsave, .xsave, .xsaveopt, .xsavec].contains(divergence.instruction?.operation)
        && divergence.differences.allSatisfy { $0.field == "memory outside the window" }
    },
    DivergenceRule(
      id: "kernel-half-present", kind: .oracleLimit,
      text: "The P bit of a page fault in the upper half shows what the host's kernel has mapped there.",
      probe: "kernel-half"
    ) { divergence in
      divergence.differences.allSatisfy { $0.field == "errorCode" && $0.subject ^ $0.oracle == 1 }
        && divergence.oracle.vector == 14 && divergence.oracle.cr2 >= 0x7FFF_FFFF_F000
    },
  ]
}

extension DivergenceRule {
  /// The rule of tests whose results depend on what else the host's processor did meanwhile.
  static let inUseRule = "component-in-use"
  /// Rules of which the differences depend on that, too, or on the host system's own state.
  static let varyingRules: Set<String> = [inUseRule, "components-absent"]

  /// XGETBV with ECX = 1.
  static func readsComponentsInUse(_ instruction: Instruction?, _ test: InstructionTest) -> Bool {
    instruction?.operation == .xgetbv && test.input.generalRegisters[1] & 0xFFFF_FFFF == 1
  }

  /// An oracle limit that the probe of the same name must have shown.
  static func limit(
    _ id: String, _ text: String, _ matches: @escaping @Sendable (Divergence) -> Bool
  ) -> DivergenceRule { DivergenceRule(id: id, kind: .oracleLimit, text: text, probe: id, matches: matches) }
}

/// Selectors that only the host's descriptor tables know.
enum HostSelectors {
  private static let known = Set(ModelEnvironment.descriptors.map(\.selector)).union([0])

  /// Whether a selector, or an error code that names one, is neither null nor of the GDT that the model shares. The
  /// local table is the model's as well, or nobody's.
  static func isForeign(_ code: UInt32) -> Bool {
    code & 4 == 0 && !known.contains(UInt16(truncatingIfNeeded: code) & 0xFFFC)
  }

  /// Whether the instruction may have met one.
  static func areInvolved(_ divergence: Divergence) -> Bool {
    if [.lar, .lsl, .verr, .verw].contains(divergence.instruction?.operation) { return true }
    for index in 0..<6 {
      if isForeign(UInt32(divergence.oracle.selectors[index])) || isForeign(UInt32(divergence.subject.selectors[index]))
      {
        return true
      }
    }
    return isForeign(divergence.oracle.errorCode) || isForeign(divergence.subject.errorCode)
  }
}

/// Components of XSAVE that the oracle's XCR0 has and the model's has not.
enum StateComponents {
  /// The components that EDX:EAX asks for.
  static func asked(_ test: InstructionTest) -> UInt64 {
    test.input.generalRegisters[0] & 0xFFFF_FFFF | test.input.generalRegisters[2] << 32
  }

  /// Whether a save asks for such components and differs in its image, or in where that faults; XGETBV shows them; or a
  /// restore faults in the model alone.
  ///
  /// - SDM: Vol. 1 "Operation of XSAVE", "Operation of XRSTOR": what XCR0 does not have is not asked for, and #GP if an
  ///   image has it.
  static func areInvolved(_ divergence: Divergence) -> Bool {
    guard let operation = divergence.instruction?.operation else { return false }
    let none = UserState.noException
    if operation == .xgetbv {
      return divergence.differences.allSatisfy {
        $0.field == "rax" && ($0.subject ^ $0.oracle) & ModelEnvironment.components(divergence.features) == 0
      }
    }
    let faults = [ExceptionVector.stackFault, .generalProtection, .pageFault].map(\.rawValue)
    let asksMore =
      asked(divergence.test) & ~ModelEnvironment.components(divergence.features) & ~XCR0.compactedFormat != 0
    if operation == .xrstor {
      let isRefused = divergence.subject.vector == ExceptionVector.generalProtection.rawValue
      return isRefused && divergence.oracle.vector == none
        || asksMore && faults.contains(divergence.oracle.vector)
          && (faults + [none]).contains(divergence.subject.vector)
    }
    guard [.xsave, .xsaveopt, .xsavec].contains(operation), asksMore else { return false }
    // The longer image may fault where the model's does not, or further on; never the other way round.
    let isLonger =
      faults.contains(divergence.oracle.vector) && (faults + [none]).contains(divergence.subject.vector)
    let fields = isLonger ? ["vector", "errorCode", "cr2", "rip"] : []
    return (isLonger || divergence.subject.vector == none && divergence.oracle.vector == none)
      && divergence.differences.allSatisfy {
        $0.windowOffset != nil || $0.field == "memory outside the window" || fields.contains($0.field)
      }
  }
}

/// The features of newer processors that the model's CPUID denies, by their encodings.
enum AbsentFeature {
  /// The feature that an encoding outside the opcode table belongs to; nil if it is none of these.
  ///
  /// - Parameter features: what the model has: the table has all that belongs to AVX and what came before it.
  static func name(_ test: InstructionTest, _ features: CPUIDFeatures) -> String? {
    let code = OpcodeBytes(test)
    let isSystemGroup = code.map == "0F" && code.opcode == 0x01
    guard features.contains(.avx), !isSystemGroup, code.map != "EVEX", code.map != "XOP" else { return name(code) }
    let bytes = (0..<Int(test.codeLength)).map { test.code[$0] }
    return NewerInstruction(bytes, mode: test.decodeMode, features: features)?.feature.rawValue
  }

  private static func name(_ code: OpcodeBytes) -> String? {
    switch code.map {
    case "VEX", "EVEX", "XOP": return code.map
    case "0F38": return "SSSE3 to SHA"
    case "0F3A": return "SSSE3 to SHA"
    case "0F": return secondMap(code)
    // FISTTP.
    case "":
      return (code.opcode == 0xDB || code.opcode == 0xDD || code.opcode == 0xDF)
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
