import MMU
import TextForms
import X86

/// Values that a trace derives.
enum TraceNames {
  /// An entry after its walk: A, and for a write D in the leaf, are set unless the walk ends in a fault.
  ///
  /// - SDM: Vol. 3A "Accessed and Dirty Flags".
  static func updated(_ walk: PageWalk, _ index: Int, isWrite: Bool) -> UInt64 {
    let step = walk.steps[index]
    // PDPTE registers of PAE paging have no such flags.
    guard walk.fault == nil, step.address.rawValue != .max else { return step.value }
    return step.value | (index == walk.stepCount - 1 && isWrite ? 0x60 : 0x20)
  }
}
