import MMU
import X86
import X86Decoder

extension Processor {
  private typealias Flag = SSEArithmetic.Flag

  /// CVTSI2SS and CVTSI2SD.
  func convertFromInteger(_ instruction: Instruction, single: Bool) throws(Exception) {
    let raw = try readOperand(instruction, instruction.operand1, instruction.width1)
    let integer = Int64(bitPattern: Integer.signExtend(raw, instruction.width1))
    let own = Int(instruction.reg)
    if single {
      let value = Float(integer)
      try commitSSE(Int64(exactly: value) != integer ? Flag.precision : 0)
      state.floating.xmm[own].low = (state.floating.xmm[own].low & 0xFFFF_FFFF_0000_0000) | UInt64(value.bitPattern)
    } else {
      let value = Double(integer)
      try commitSSE(Int64(exactly: value) != integer ? Flag.precision : 0)
      state.floating.xmm[own].low = value.bitPattern
    }
  }

  /// CVTSS2SI, CVTTSD2SI and their kin.
  func convertToInteger(_ instruction: Instruction, single: Bool, truncating: Bool) throws(Exception) {
    let source = try vectorSource(instruction).low
    let bits = Int(instruction.width0) * 8
    var flags: UInt32 = 0
    let result =
      single
      ? SSEArithmetic.toInteger(
        Float(bitPattern: UInt32(truncatingIfNeeded: source)), bits: bits, truncating: truncating, &flags)
      : SSEArithmetic.toInteger(Double(bitPattern: source), bits: bits, truncating: truncating, &flags)
    try commitSSE(flags)
    write(instruction.reg, width: instruction.width0, result)
  }

  // MARK: Between singles and doubles

  /// CVTSS2SD.
  func widenSingle(_ instruction: Instruction) throws(Exception) {
    var flags: UInt32 = 0
    let value = widen(try vectorSource(instruction).low, &flags)
    try commitSSE(flags)
    state.floating.xmm[Int(instruction.reg)].low = value
  }

  /// CVTSD2SS.
  func narrowDouble(_ instruction: Instruction) throws(Exception) {
    var flags: UInt32 = 0
    let value = narrow(try vectorSource(instruction).low, &flags)
    try commitSSE(flags)
    let old = state.floating.xmm[Int(instruction.reg)].low
    state.floating.xmm[Int(instruction.reg)].low = (old & 0xFFFF_FFFF_0000_0000) | value
  }

  /// CVTPS2PD.
  func widenSingles(_ instruction: Instruction) throws(Exception) {
    let source = try vectorSource(instruction).low
    var flags: UInt32 = 0
    let result = Vector128(low: widen(source, &flags), high: widen(source >> 32, &flags))
    try commitSSE(flags)
    state.floating.xmm[Int(instruction.reg)] = result
  }

  /// CVTPD2PS.
  func narrowDoubles(_ instruction: Instruction) throws(Exception) {
    let source = try vectorSource(instruction)
    var flags: UInt32 = 0
    let result = Vector128(low: narrow(source.low, &flags) | narrow(source.high, &flags) << 32)
    try commitSSE(flags)
    state.floating.xmm[Int(instruction.reg)] = result
  }

  private func widen(_ bits: UInt64, _ flags: inout UInt32) -> UInt64 {
    let value = Float(bitPattern: UInt32(truncatingIfNeeded: bits))
    if value.isNaN {
      if value.isSignalingNaN { flags |= Flag.invalid }
      let pattern = UInt64(value.bitPattern)
      return (pattern >> 31) << 63 | 0x7FF8_0000_0000_0000 | (pattern & 0x7F_FFFF) << 29
    }
    if value.isSubnormal { flags |= Flag.denormal }
    return Double(value).bitPattern
  }

  private func narrow(_ bits: UInt64, _ flags: inout UInt32) -> UInt64 {
    let value = Double(bitPattern: bits)
    if value.isNaN {
      if value.isSignalingNaN { flags |= Flag.invalid }
      return (bits >> 63) << 31 | 0x7FC0_0000 | (bits >> 29) & 0x3F_FFFF
    }
    if value.isSubnormal { flags |= Flag.denormal }
    let result = Float(value)
    if value.isFinite {
      if result.isInfinite {
        flags |= Flag.overflow | Flag.precision
      } else if Double(result) != value {
        flags |= Flag.precision
        if result.magnitude < Float.leastNormalMagnitude { flags |= Flag.underflow }
      }
    }
    return UInt64(result.bitPattern)
  }

  // MARK: Packed integers

  /// Converts each element of a form to or from 32-bit integers.
  @inline(__always)
  private func convertElements(
    _ instruction: Instruction, _ body: (Vector128, inout UInt32) -> Vector128
  ) throws(Exception) {
    var flags: UInt32 = 0
    let result = body(try vectorSource(instruction), &flags)
    try commitSSE(flags)
    state.floating.xmm[Int(instruction.reg)] = result
  }

  /// CVTDQ2PS.
  func convertDoublewordsToSingles(_ instruction: Instruction) throws(Exception) {
    func single(_ bits: UInt64, _ flags: inout UInt32) -> UInt64 {
      let integer = Int32(truncatingIfNeeded: bits)
      let value = Float(integer)
      if Int64(value) != Int64(integer) { flags |= Flag.precision }
      return UInt64(value.bitPattern)
    }
    try convertElements(instruction) { source, flags in
      Vector128(
        low: single(source.low, &flags) | single(source.low >> 32, &flags) << 32,
        high: single(source.high, &flags) | single(source.high >> 32, &flags) << 32)
    }
  }

  /// CVTDQ2PD.
  func convertDoublewordsToDoubles(_ instruction: Instruction) throws(Exception) {
    try convertElements(instruction) { source, _ in
      Vector128(
        low: Double(Int32(truncatingIfNeeded: source.low)).bitPattern,
        high: Double(Int32(truncatingIfNeeded: source.low >> 32)).bitPattern)
    }
  }

  /// CVTPS2DQ and CVTTPS2DQ.
  func convertSinglesToDoublewords(_ instruction: Instruction, truncating: Bool) throws(Exception) {
    func integer(_ bits: UInt64, _ flags: inout UInt32) -> UInt64 {
      let value = Float(bitPattern: UInt32(truncatingIfNeeded: bits))
      return SSEArithmetic.toInteger(value, bits: 32, truncating: truncating, &flags)
    }
    try convertElements(instruction) { source, flags in
      Vector128(
        low: integer(source.low, &flags) | integer(source.low >> 32, &flags) << 32,
        high: integer(source.high, &flags) | integer(source.high >> 32, &flags) << 32)
    }
  }

  /// CVTPD2DQ and CVTTPD2DQ.
  func convertDoublesToDoublewords(_ instruction: Instruction, truncating: Bool) throws(Exception) {
    func integer(_ bits: UInt64, _ flags: inout UInt32) -> UInt64 {
      SSEArithmetic.toInteger(Double(bitPattern: bits), bits: 32, truncating: truncating, &flags)
    }
    try convertElements(instruction) { source, flags in
      Vector128(low: integer(source.low, &flags) | integer(source.high, &flags) << 32)
    }
  }
}
