import MMU
import SoftFloat
import X86
import X86Decoder

extension Processor {
  /// CVTSI2SS and CVTSI2SD.
  func convertFromInteger(_ instruction: Instruction, single: Bool) throws(Exception) {
    let (kind, width) =
      instruction.isVEX ? (instruction.operand2, instruction.width2) : (instruction.operand1, instruction.width1)
    let raw = try readOperand(instruction, kind, width)
    let integer = Int64(bitPattern: Integer.signExtend(raw, width))
    var arithmetic = FloatArithmetic(mxcsr: state.floating.mxcsr)
    if single {
      try setScalar(instruction, single: arithmetic.number(integer, as: Float.self), arithmetic)
    } else {
      try setScalar(instruction, double: arithmetic.number(integer, as: Double.self), arithmetic)
    }
  }

  /// CVTSS2SI, CVTTSD2SI and their kin.
  func convertToInteger(_ instruction: Instruction, single: Bool, truncating: Bool) throws(Exception) {
    let source = try vectorSource(instruction).low
    let bits = Int(instruction.width0) * 8
    var arithmetic = FloatArithmetic(mxcsr: state.floating.mxcsr)
    let result =
      single
      ? arithmetic.integer(Float(element: source), bits: bits, truncates: truncating)
      : arithmetic.integer(Double(element: source), bits: bits, truncates: truncating)
    try commitSSE(arithmetic)
    write(instruction.reg, width: instruction.width0, result)
  }

  // MARK: Between singles and doubles

  /// CVTSS2SD.
  func widenSingle(_ instruction: Instruction) throws(Exception) {
    let source = try vectorSource(instruction).low
    var arithmetic = FloatArithmetic(mxcsr: state.floating.mxcsr)
    try setScalar(instruction, double: arithmetic.widened(Float(element: source)), arithmetic)
  }

  /// CVTSD2SS.
  func narrowDouble(_ instruction: Instruction) throws(Exception) {
    let source = try vectorSource(instruction).low
    var arithmetic = FloatArithmetic(mxcsr: state.floating.mxcsr)
    try setScalar(instruction, single: arithmetic.narrowed(Double(element: source)), arithmetic)
  }

  private func setScalar(
    _ instruction: Instruction, single: Float, _ arithmetic: FloatArithmetic
  ) throws(Exception) {
    try commitSSE(arithmetic)
    let first = vectorDestination(instruction)
    setVectorDestination(
      instruction, Vector128(low: (first.low & 0xFFFF_FFFF_0000_0000) | single.element, high: first.high))
  }

  private func setScalar(
    _ instruction: Instruction, double: Double, _ arithmetic: FloatArithmetic
  ) throws(Exception) {
    try commitSSE(arithmetic)
    setVectorDestination(instruction, Vector128(low: double.element, high: vectorDestination(instruction).high))
  }

  /// CVTPS2PD.
  func widenSingles(_ instruction: Instruction) throws(Exception) {
    try convertElements(instruction) { source, arithmetic in
      Vector128(
        low: arithmetic.widened(Float(element: source.low)).element,
        high: arithmetic.widened(Float(element: source.low >> 32)).element)
    }
  }

  /// CVTPD2PS.
  func narrowDoubles(_ instruction: Instruction) throws(Exception) {
    try convertElements(instruction) { source, arithmetic in
      Vector128(
        low: arithmetic.narrowed(Double(element: source.low)).element
          | arithmetic.narrowed(Double(element: source.high)).element << 32)
    }
  }

  // MARK: Packed integers

  /// Converts the elements of an XMM or MMX operand, and makes the destination the result unless an exception stops it.
  @inline(__always)
  private func convertElements(
    _ instruction: Instruction, _ body: (Vector128, inout FloatArithmetic) -> Vector128
  ) throws(Exception) {
    if instruction.isVEX { return try convertLong(instruction, body) }
    let source = try vectorSource(instruction)
    var arithmetic = FloatArithmetic(mxcsr: state.floating.mxcsr)
    let result = body(source, &arithmetic)
    // The x87 state changes even if an exception stops the conversion.
    finishMMX(instruction)
    try commitSSE(arithmetic)
    setVectorDestination(instruction, result)
  }

  /// The same with a VEX prefix: elements become wider or narrower where destination and source have other widths.
  @inline(never)
  private func convertLong(
    _ instruction: Instruction, _ body: (Vector128, inout FloatArithmetic) -> Vector128
  ) throws(Exception) {
    let source = try longSource(instruction)
    var arithmetic = FloatArithmetic(mxcsr: state.floating.mxcsr)
    var result = Vector256(low: body(source.low, &arithmetic))
    switch (instruction.width0, instruction.width1) {
    case (32, 32): result.high = body(source.high, &arithmetic)
    case (32, _): result.high = body(Vector128(low: source.low.high), &arithmetic)
    case (_, 32): result.low.high = body(source.high, &arithmetic).low
    default: break
    }
    try commitSSE(arithmetic)
    setDestination(instruction, result)
  }

  /// Two 32-bit integers as singles.
  @inline(__always)
  private func singles(_ integers: UInt64, _ arithmetic: inout FloatArithmetic) -> UInt64 {
    func single(_ bits: UInt64) -> UInt64 {
      arithmetic.number(Int64(Int32(truncatingIfNeeded: bits)), as: Float.self).element
    }
    return single(integers) | single(integers >> 32) << 32
  }

  /// Two singles as 32-bit integers.
  @inline(__always)
  private func doublewords(_ bits: UInt64, truncating: Bool, _ arithmetic: inout FloatArithmetic) -> UInt64 {
    func integer(_ bits: UInt64) -> UInt64 {
      arithmetic.integer(Float(element: bits), bits: 32, truncates: truncating)
    }
    return integer(bits) | integer(bits >> 32) << 32
  }

  /// CVTDQ2PS.
  func convertDoublewordsToSingles(_ instruction: Instruction) throws(Exception) {
    try convertElements(instruction) { source, arithmetic in
      Vector128(low: singles(source.low, &arithmetic), high: singles(source.high, &arithmetic))
    }
  }

  /// CVTPI2PS, which leaves the upper half alone.
  func convertMMXToSingles(_ instruction: Instruction) throws(Exception) {
    let upper = state.floating.xmm[Int(instruction.reg)].high
    try convertElements(instruction) { source, arithmetic in
      Vector128(low: singles(source.low, &arithmetic), high: upper)
    }
  }

  /// CVTDQ2PD and CVTPI2PD.
  func convertDoublewordsToDoubles(_ instruction: Instruction) throws(Exception) {
    try convertElements(instruction) { source, _ in
      Vector128(
        low: Double(Int32(truncatingIfNeeded: source.low)).element,
        high: Double(Int32(truncatingIfNeeded: source.low >> 32)).element)
    }
  }

  /// CVTPS2DQ and CVTTPS2DQ.
  func convertSinglesToDoublewords(_ instruction: Instruction, truncating: Bool) throws(Exception) {
    try convertElements(instruction) { source, arithmetic in
      Vector128(
        low: doublewords(source.low, truncating: truncating, &arithmetic),
        high: doublewords(source.high, truncating: truncating, &arithmetic))
    }
  }

  /// CVTPS2PI and CVTTPS2PI.
  func convertSinglesToMMX(_ instruction: Instruction, truncating: Bool) throws(Exception) {
    try convertElements(instruction) { source, arithmetic in
      Vector128(low: doublewords(source.low, truncating: truncating, &arithmetic))
    }
  }

  /// CVTPD2DQ, CVTTPD2DQ, CVTPD2PI and CVTTPD2PI.
  func convertDoublesToDoublewords(_ instruction: Instruction, truncating: Bool) throws(Exception) {
    func integer(_ bits: UInt64, _ arithmetic: inout FloatArithmetic) -> UInt64 {
      arithmetic.integer(Double(element: bits), bits: 32, truncates: truncating)
    }
    try convertElements(instruction) { source, arithmetic in
      Vector128(low: integer(source.low, &arithmetic) | integer(source.high, &arithmetic) << 32)
    }
  }
}
