public import X86

/// The values of the MSRs that are stored as they are; `MSRTable` has a row for each.
public struct MSRValues: Sendable {
  /// By slot.
  private var values: InlineArray<64, UInt64>

  /// The values after reset.
  public init() {
    values = InlineArray { MSRTable.resetValues[$0] }
  }

  /// The value in a slot of `MSRFacts`.
  public subscript(slot: UInt8) -> UInt64 {
    @inline(__always) get { values[Int(slot)] }
    @inline(__always) set { values[Int(slot)] = newValue }
  }

  /// A value that instructions use.
  public subscript(place: MSRPlace) -> UInt64 {
    @inline(__always) get { values[Int(place.rawValue)] }
    @inline(__always) set { values[Int(place.rawValue)] = newValue }
  }
}
