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
    if case .flags(let bit, _) = mutation, bit & (RFLAGS.status & ~subject.undefinedFlags) == 0, bit != RFLAGS.direction
    {
      return "The manual leaves the flag undefined in every form."
    }
    return table.first { $0.operations.contains(subject.operation) && $0.mutations.contains(mutation) }?.reason
  }

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
      operations: [.test, .xchg], mutations: [.operandsSwapped],
      reason: "The operation is the same with its operands the other way round."),
  ]
}
