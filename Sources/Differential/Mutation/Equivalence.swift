import X86
import X86Decoder

/// Mutants that compute the same as the model, with the argument for each.
enum Equivalence {
  /// One argument and what it covers.
  private struct Entry {
    var operations: Set<X86Decoder.Operation>
    var mutations: Set<MutationOperator>
    var reason: String
  }

  /// Why a mutant is equivalent; nil if it is not known to be.
  static func reason(_ subject: MutableOperations.Subject, _ mutation: MutationOperator) -> String? {
    if case .flags(let bit, _) = mutation, bit & ~subject.undefinedFlags == 0,
      !keepsFlagsAtZero.contains(subject.operation)
    {
      return "The manual leaves the flag undefined in every form."
    }
    return table.first { $0.operations.contains(subject.operation) && $0.mutations.contains(mutation) }?.reason
  }

  /// A count of zero leaves all flags, the undefined ones too.
  private static let keepsFlagsAtZero: Set<X86Decoder.Operation> = [.shl, .shr, .sar, .shld, .shrd]

  private static func cleared(_ bits: UInt64...) -> Set<MutationOperator> { Set(bits.map { .flags($0, .cleared) }) }

  private static let table: [Entry] = [
    Entry(
      operations: [.and, .or, .xor, .test], mutations: cleared(RFLAGS.carry, RFLAGS.overflow),
      reason: "Logic clears CF and OF."),
    Entry(
      operations: [.popcnt],
      mutations: cleared(RFLAGS.carry, RFLAGS.overflow, RFLAGS.sign, RFLAGS.auxiliaryCarry, RFLAGS.parity),
      reason: "POPCNT clears all flags but ZF."),
    Entry(operations: [.clc], mutations: cleared(RFLAGS.carry), reason: "CLC clears CF."),
    Entry(operations: [.stc], mutations: [.flags(RFLAGS.carry, .set)], reason: "STC sets CF."),
    Entry(
      operations: [.test], mutations: [.operandsSwapped],
      reason: "AND is the same with its operands the other way round, and TEST writes neither."),
    Entry(
      operations: [.cmpxchg, .pcmpestri, .pcmpestrm, .pcmpistri, .pcmpistrm], mutations: [.operandsSwapped],
      reason: "There is one form of it: the model takes reg and rm, and never asks which operand they are."),
    Entry(
      operations: [.nop],
      mutations: operandMutations.union([
        .operandSize(2, 4), .operandSize(4, 2), .operandSize(4, 8), .operandSize(8, 4),
      ]),
      reason: "NOP r/m touches no operand."),
    Entry(
      operations: [
        .lldt, .ltr, .lgdt, .lidt, .lmsw, .invlpg, .invpcid, .movFromControl, .movToControl, .movFromDebug, .movToDebug,
      ],
      mutations: operandMutations,
      reason: "Vectors are of CPL 3, where privilege is checked before any operand."),
    Entry(
      operations: [.in, .out, .ins, .outs], mutations: [.immediatePlusOne, .repeatDropped],
      reason: "Vectors are of CPL 3 and IOPL 0, where every port faults alike."),
    Entry(
      operations: [.movFromSegment, .movzx], mutations: [.operandSize(4, 8), .operandSize(8, 4)],
      reason: "Zero-extension to 32 bits is zero-extension to 64."),
    Entry(
      operations: [.lea], mutations: [.segmentDropped], reason: "LEA gives the offset, whatever the segment."),
    Entry(
      operations: commutative, mutations: [.sourcesSwapped],
      reason: "Elements are integers, and the operation is the same with its sources the other way round."),
    // Not of FYL2XP1: a recorded vector shows the mistake.
    Entry(
      operations: [.f2xm1, .fyl2x, .fpatan, .fsin, .fcos, .fsincos, .fptan],
      mutations: [.controlIgnored(.x87RoundingControl)],
      reason: "Rounding decides the last place alone, which the manuals leave to the processor."),
  ]

  private static let commutative: Set<X86Decoder.Operation> = [
    .andps, .orps, .xorps, .andpd, .orpd, .xorpd, .pand, .por, .pxor, .pcmpeqb, .pcmpeqw, .pcmpeqd, .pcmpeqq, .paddb,
    .paddw, .paddd, .paddq, .paddsb, .paddsw, .paddusb, .paddusw, .pavgb, .pavgw, .pmullw, .pmulld, .pmulhw, .pmulhuw,
    .pmulhrsw, .pmuludq, .pmuldq, .pmaddwd, .psadbw, .pminsb, .pminsw, .pminsd, .pminub, .pminuw, .pminud, .pmaxsb,
    .pmaxsw, .pmaxsd, .pmaxub, .pmaxuw, .pmaxud,
  ]

  /// Changes that operands alone can show.
  private static let operandMutations: Set<MutationOperator> = [
    .base, .scale, .indexDropped, .displacementPlusOne, .displacementNotExtended, .addressCut, .segmentDropped, .rm,
    .reg,
    .extensionDropped,
  ]
}
