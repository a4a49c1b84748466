/// RCPPS and RSQRTPS, whose results no standard and no manual defines but within a relative error of 1.5 * 2^-12.
///
/// Each processor has tables of its own; these are AMD's, whose results depend on 12 bits of the fraction, have 12 bits
/// themselves, and raise no exceptions.
public enum ReciprocalEstimate {
  /// An element of RCPPS and RCPSS, a binary32 number.
  ///
  /// - SDM: Vol. 2B "RCPPS": denormal numbers count as zero; what would be tiny is zero.
  public static func reciprocal(_ bits: UInt32) -> UInt32 {
    let sign = bits & 0x8000_0000
    let magnitude = bits & 0x7FFF_FFFF
    if magnitude > 0x7F80_0000 { return bits | 0x40_0000 }
    if magnitude == 0x7F80_0000 { return sign }
    if magnitude < 0x80_0000 { return sign | 0x7F80_0000 }
    let estimate = EstimateTable.amdReciprocal.value(Int(bits >> 11 & 0xFFF)) << 11
    // The table's numbers are those of exponent 0.
    let field = Int(estimate >> 23) + 127 - Int(magnitude >> 23)
    return field <= 0 ? sign : sign | UInt32(field) << 23 | (estimate & 0x7F_FFFF)
  }

  /// An element of RSQRTPS and RSQRTSS, a binary32 number.
  ///
  /// - SDM: Vol. 2B "RSQRTPS": denormal numbers count as zero; the root of a negative number is the default NaN.
  public static func reciprocalRoot(_ bits: UInt32) -> UInt32 {
    let magnitude = bits & 0x7FFF_FFFF
    if magnitude > 0x7F80_0000 { return bits | 0x40_0000 }
    if magnitude < 0x80_0000 { return (bits & 0x8000_0000) | 0x7F80_0000 }
    if bits >> 31 != 0 { return 0xFFC0_0000 }
    if magnitude == 0x7F80_0000 { return 0 }
    let field = magnitude >> 23
    let isEven = field & 1 != 0
    let table = isEven ? EstimateTable.amdReciprocalRootBelowTwo : .amdReciprocalRootBelowFour
    let estimate = table.value(Int(bits >> 11 & 0xFFF)) << 11
    // Half of how far the exponent is above that of the table: 0 or 1.
    let halves = (Int(field) - (isEven ? 127 : 128)) / 2
    return UInt32(Int(estimate) - halves << 23)
  }
}
