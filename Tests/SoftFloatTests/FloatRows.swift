import SoftFloat
import Testing

/// One operation of SSE with the result and flags that the manuals say.
struct FloatRow: Sendable, CustomTestStringConvertible {
  var name: String
  var mxcsr: UInt32
  var operands: [UInt64]
  var result: UInt64
  var flags: UInt16
  var run: @Sendable (inout FloatArithmetic, [UInt64]) -> UInt64

  var testDescription: String { name }

  init(
    _ name: String, _ mxcsr: UInt32, _ operands: [UInt64], _ result: UInt64, _ flags: UInt16,
    _ run: @escaping @Sendable (inout FloatArithmetic, [UInt64]) -> UInt64
  ) {
    (self.name, self.mxcsr, self.operands, self.result) = (name, mxcsr, operands, result)
    (self.flags, self.run) = (flags, run)
  }

  init(
    _ name: String, _ operands: [UInt64], _ result: UInt64, _ flags: UInt16,
    _ run: @escaping @Sendable (inout FloatArithmetic, [UInt64]) -> UInt64
  ) {
    self.init(name, 0x1F80, operands, result, flags, run)
  }
}

private func single(_ operation: FloatOperation) -> @Sendable (inout FloatArithmetic, [UInt64]) -> UInt64 {
  { $0.apply(operation, Float(element: $1[0]), Float(element: $1[1])).element }
}

private let root: @Sendable (inout FloatArithmetic, [UInt64]) -> UInt64 = {
  $0.squareRoot(Float(element: $1[0])).element
}
private let narrow: @Sendable (inout FloatArithmetic, [UInt64]) -> UInt64 = {
  $0.narrowed(Double(element: $1[0])).element
}
private let fused: @Sendable (inout FloatArithmetic, [UInt64]) -> UInt64 = {
  $0.fused(Float(element: $1[0]), Float(element: $1[1]), Float(element: $1[2]), FusedSigns()).element
}
private func integer(_ bits: Int, _ truncates: Bool) -> @Sendable (inout FloatArithmetic, [UInt64]) -> UInt64 {
  { $0.integer(Double(element: $1[0]), bits: bits, truncates: truncates) }
}

private let (one, two, three): (UInt64, UInt64, UInt64) = (0x3F80_0000, 0x4000_0000, 0x4040_0000)
private let (infinity, minusInfinity, indefinite): (UInt64, UInt64, UInt64) = (0x7F80_0000, 0xFF80_0000, 0xFFC0_0000)
private let (quietA, quietB, signalling): (UInt64, UInt64, UInt64) = (0x7FC0_000A, 0xFFC0_000B, 0x7F80_000C)
private let (denormal, minusZero, tiniest): (UInt64, UInt64, UInt64) = (0x0000_0003, 0x8000_0000, 0x0080_0000)
/// DAZ; FTZ; rounding down, up, to zero.
private let (daz, ftz): (UInt32, UInt32) = (0x1FC0, 0x9F80)
private let (down, up, chop): (UInt32, UInt32, UInt32) = (0x3F80, 0x5F80, 0x7F80)

/// SDM Vol. 1, "Rules for Handling NaNs", and the operations' own pages.
private let nanRows: [FloatRow] = [
  FloatRow("quiet + quiet: the first", [quietA, quietB], quietA, 0, single(.add)),
  FloatRow("quiet + quiet: the first, again", [quietB, quietA], quietB, 0, single(.add)),
  FloatRow("number + quiet", [one, quietB], quietB, 0, single(.add)),
  FloatRow("quiet - signalling: the first, IE", [quietA, signalling], quietA, 1, single(.subtract)),
  FloatRow("signalling * quiet: the first, made quiet, IE", [signalling, quietB], 0x7FC0_000C, 1, single(.multiply)),
  FloatRow("number / signalling", [one, signalling], 0x7FC0_000C, 1, single(.divide)),
  FloatRow("NaN with a denormal raises no DE", [quietA, denormal], quietA, 0, single(.add)),
  FloatRow("infinity - infinity", [infinity, infinity], indefinite, 1, single(.subtract)),
  FloatRow("0 * infinity", [0, minusInfinity], indefinite, 1, single(.multiply)),
  FloatRow("0 / 0", [0, minusZero], indefinite, 1, single(.divide)),
  FloatRow("infinity / infinity", [infinity, minusInfinity], indefinite, 1, single(.divide)),
  FloatRow("root of a quiet NaN", [quietB], quietB, 0, root),
  FloatRow("root of -1", [0xBF80_0000], indefinite, 1, root),
  FloatRow("root of a negative denormal is IE alone", [0x8000_0001], indefinite, 1, root),
  FloatRow("root of -0", [minusZero], minusZero, 0, root),
  FloatRow("MIN with a quiet NaN: the second, IE", [quietA, one], one, 1, single(.minimum)),
  FloatRow("MIN with a NaN behind: the second as it is, IE", [one, signalling], signalling, 1, single(.minimum)),
  FloatRow("MAX of zeros: the second", [0, minusZero], minusZero, 0, single(.maximum)),
  FloatRow("MIN of zeros: the second", [minusZero, 0], 0, 0, single(.minimum)),
  FloatRow("MAX with a denormal", [denormal, one], one, 2, single(.maximum)),
  FloatRow("MIN under DAZ gives zero", daz, [denormal, one], 0, 0, single(.minimum)),
  FloatRow("FMA: the first NaN of x, y, z", [one, quietA, quietB], quietA, 0, fused),
  FloatRow("FMA: 0 * infinity with a NaN is that NaN", [0, infinity, quietB], quietB, 0, fused),
  FloatRow("FMA: 0 * infinity", [0, infinity, one], indefinite, 1, fused),
  FloatRow("FMA: infinity - infinity", [infinity, one, minusInfinity], indefinite, 1, fused),
  FloatRow("CVTSD2SS keeps the upper payload", [0xFFF0_0000_2000_0001], 0xFFC0_0001, 1, narrow),
]

private let rangeRows: [FloatRow] = [
  FloatRow("1 / 3 to nearest", [one, three], 0x3EAA_AAAB, 0x20, single(.divide)),
  FloatRow("1 / 3 down", down, [one, three], 0x3EAA_AAAA, 0x20, single(.divide)),
  FloatRow("1 / 3 up", up, [one, three], 0x3EAA_AAAB, 0x20, single(.divide)),
  FloatRow("-1 / 3 towards zero", chop, [0xBF80_0000, three], 0xBEAA_AAAA, 0x20, single(.divide)),
  FloatRow("a tie goes to even, down", [0x4B80_0000, one], 0x4B80_0000, 0x20, single(.add)),
  FloatRow("a tie goes to even, up", [0x4B80_0001, one], 0x4B80_0002, 0x20, single(.add)),
  FloatRow("x - x to nearest", [three, three], 0, 0, single(.subtract)),
  FloatRow("x - x down", down, [three, three], minusZero, 0, single(.subtract)),
  FloatRow("-0 - 0 down", down, [minusZero, 0], minusZero, 0, single(.subtract)),
  FloatRow("1 / 0", [0xBF80_0000, 0], minusInfinity, 4, single(.divide)),
  FloatRow("denormal / 0 is ZE alone", [denormal, 0], infinity, 4, single(.divide)),
  FloatRow("denormal / 0 under DAZ", daz, [denormal, 0], indefinite, 1, single(.divide)),
  FloatRow("1 / denormal under DAZ", daz, [one, denormal], infinity, 4, single(.divide)),
  FloatRow("infinity + denormal", [infinity, denormal], infinity, 2, single(.add)),
  FloatRow("denormal * 0", [denormal, 0], 0, 2, single(.multiply)),
  FloatRow("overflow to nearest", [0x7F7F_FFFF, two], infinity, 0x28, single(.multiply)),
  FloatRow("overflow towards zero", chop, [0x7F7F_FFFF, two], 0x7F7F_FFFF, 0x28, single(.multiply)),
  FloatRow("overflow up, negative", up, [0xFF7F_FFFF, two], 0xFF7F_FFFF, 0x28, single(.multiply)),
  FloatRow("overflow not masked, exact: no PE", 0x1B80, [0x7F00_0000, two], infinity, 8, single(.multiply)),
  FloatRow("tiny and exact raises nothing", [tiniest, 0x3F00_0000], 0x0040_0000, 0, single(.multiply)),
  FloatRow("tiny and exact, not masked: UE", 0x1780, [tiniest, 0x3F00_0000], 0, 0x10, single(.multiply)),
  FloatRow("tiny and inexact", [0x0080_0001, 0x3F00_0000], 0x0040_0000, 0x30, single(.multiply)),
  FloatRow(
    "tiny after rounding: to the smallest normal number", [0x00FF_FFFF, 0x3F00_0000], tiniest, 0x30, single(.multiply)),
  FloatRow(
    "not tiny after rounding", [0x3F7F_FFFF, 0x0080_0001], tiniest, 0x20, single(.multiply)),
  FloatRow("FTZ of an exact tiny number", ftz, [tiniest, 0xBF00_0000], minusZero, 0x30, single(.multiply)),
  FloatRow("FTZ while underflow is not masked", 0x9780, [tiniest, 0x3F00_0000], 0, 0x10, single(.multiply)),
  FloatRow("FTZ of a denormal sum", ftz, [denormal, 0], 0, 0x32, single(.add)),
  FloatRow("DAZ keeps the sign", daz, [0x8000_0001, minusZero], minusZero, 0, single(.add)),
  FloatRow("FMA rounds once", [0x3F80_0001, 0x3F80_0001, 0xBF80_0002], 0x2880_0000, 0, fused),
  FloatRow("2^31 does not fit", [0x41E0_0000_0000_0000], 0x8000_0000, 1, integer(32, true)),
  FloatRow("-2^31 fits", [0xC1E0_0000_0000_0000], 0x8000_0000, 0, integer(32, true)),
  FloatRow("-2^31 - 0.5 fits after truncation", [0xC1E0_0000_0010_0000], 0x8000_0000, 0x20, integer(32, true)),
  FloatRow("2^31 - 0.5 does not fit after rounding", [0x41DF_FFFF_FFE0_0000], 0x8000_0000, 1, integer(32, false)),
  FloatRow("2^63 does not fit", [0x43E0_0000_0000_0000], 1 << 63, 1, integer(64, false)),
  FloatRow("a NaN has no integer", [0x7FF8_0000_0000_0000], 1 << 63, 1, integer(64, true)),
  FloatRow("2.5 to nearest", [0x4004_0000_0000_0000], 2, 0x20, integer(32, false)),
  FloatRow("2.5 up", up, [0x4004_0000_0000_0000], 3, 0x20, integer(32, false)),
  FloatRow("a denormal as an integer raises no DE", [1], 0, 0x20, integer(32, false)),
]

@Suite("SSE corners")
struct FloatRowTests {
  @Test("Result and flags", arguments: nanRows + rangeRows)
  func row(_ row: FloatRow) {
    var arithmetic = FloatArithmetic(mxcsr: row.mxcsr)
    let result = row.run(&arithmetic, row.operands)
    // What is not masked has no result.
    if UInt32(arithmetic.flags) & ~(row.mxcsr >> 7) == 0 { #expect(result == row.result) }
    #expect(arithmetic.flags == row.flags)
  }

  @Test("Predicates of VCMP: every truth value, and what signals")
  func predicates() {
    // Less, equal, greater, unordered with a quiet NaN, and whether that is IE; SDM Vol. 2 "CMPPD".
    let table = [
      "FTFFq", "TFFFs", "TTFFs", "FFFTq", "TFTTq", "FTTTs", "FFTTs", "TTTFq", "FTFTq", "TFFTs", "TTFTs", "FFFFq",
      "TFTFq", "FTTFs", "FFTFs", "TTTTq", "FTFFs", "TFFFq", "TTFFq", "FFFTs", "TFTTs", "FTTTq", "FFTTq", "TTTFs",
      "FTFTs", "TFFTq", "TTFTq", "FFFFs", "TFTFs", "FTTFq", "FFTFq", "TTTTs",
    ]
    for (predicate, text) in table.enumerated() {
      var shown = ""
      var arithmetic = FloatArithmetic(mxcsr: 0x1F80)
      for other in [2, 1, 0, Double.nan] {
        arithmetic.flags = 0
        shown += arithmetic.holds(UInt8(predicate), 1, other) ? "T" : "F"
      }
      shown += arithmetic.flags == 1 ? "s" : "q"
      #expect(shown == text, "predicate \(predicate)")
    }
  }
}
