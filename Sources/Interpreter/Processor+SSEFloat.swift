import MMU
import SoftFloat
import X86
import X86Decoder

extension Processor {
  /// Notes exceptions in MXCSR; an unmasked one is #XM, or #UD without OSXMMEXCPT.
  ///
  /// - SDM: Vol. 1 "SIMD Floating-Point Exceptions": the exceptions of all elements count together.
  @inline(__always) func commitSSE(_ arithmetic: FloatArithmetic) throws(Exception) {
    let flags = UInt32(arithmetic.flags)
    guard flags & ~(arithmetic.mxcsr >> 7) == 0 else { throw unmaskedSSE(flags) }
    state.floating.mxcsr |= flags
  }

  private func unmaskedSSE(_ flags: UInt32) -> Exception {
    // Invalid, divide-by-zero and denormal are found before the operation and win over the others.
    let before = flags & 7 & ~(state.floating.mxcsr >> 7)
    state.floating.mxcsr |= before != 0 ? flags & 7 : flags
    return state.paging.cr4 & CR4.osXMMExceptions != 0
      ? .simdFloatingPoint(.simdException) : .invalidOpcode(.simdExceptionsDisabled)
  }

  /// Applies functions to the elements of a form; what a scalar form leaves alone comes from `a`.
  @inline(__always)
  private func mapElements(
    _ form: FloatForm, _ a: Vector128, _ b: Vector128, _ arithmetic: inout FloatArithmetic,
    single: (Float, Float, inout FloatArithmetic) -> UInt64, double: (Double, Double, inout FloatArithmetic) -> UInt64
  ) -> Vector128 {
    func lower(_ x: UInt64, _ y: UInt64) -> UInt64 { single(Float(element: x), Float(element: y), &arithmetic) }
    func whole(_ x: UInt64, _ y: UInt64) -> UInt64 { double(Double(element: x), Double(element: y), &arithmetic) }
    switch form {
    case .scalarDouble: return Vector128(low: whole(a.low, b.low), high: a.high)
    case .scalarSingle: return Vector128(low: (a.low & 0xFFFF_FFFF_0000_0000) | lower(a.low, b.low), high: a.high)
    case .packedDouble: return Vector128(low: whole(a.low, b.low), high: whole(a.high, b.high))
    case .packedSingle:
      return Vector128(
        low: lower(a.low, b.low) | lower(a.low >> 32, b.low >> 32) << 32,
        high: lower(a.high, b.high) | lower(a.high >> 32, b.high >> 32) << 32)
    }
  }

  /// Computes on the destination and the source of a form, and writes the result unless an exception stops it.
  @inline(__always)
  private func computeElements(
    _ instruction: Instruction, _ form: FloatForm,
    single: (Float, Float, inout FloatArithmetic) -> UInt64, double: (Double, Double, inout FloatArithmetic) -> UInt64
  ) throws(Exception) {
    if instruction.isVEX { return try computeLong(instruction, form, single: single, double: double) }
    let source = try vectorSource(instruction)
    var arithmetic = FloatArithmetic(mxcsr: state.floating.mxcsr)
    let result = mapElements(
      form, state.floating.xmm[Int(instruction.reg)], source, &arithmetic, single: single, double: double)
    try commitSSE(arithmetic)
    state.floating.xmm[Int(instruction.reg)] = result
  }

  /// The same with a VEX prefix.
  @inline(never)
  private func computeLong(
    _ instruction: Instruction, _ form: FloatForm,
    single: (Float, Float, inout FloatArithmetic) -> UInt64, double: (Double, Double, inout FloatArithmetic) -> UInt64
  ) throws(Exception) {
    let b = try longSource(instruction)
    let a = longFirst(instruction)
    var arithmetic = FloatArithmetic(mxcsr: state.floating.mxcsr)
    var result = Vector256(low: mapElements(form, a.low, b.low, &arithmetic, single: single, double: double))
    if instruction.width0 == 32 {
      result.high = mapElements(form, a.high, b.high, &arithmetic, single: single, double: double)
    }
    try commitSSE(arithmetic)
    setDestination(instruction, result)
  }

  /// ADDPS, MULSD, MINPD and their kin.
  func floatArithmetic(
    _ instruction: Instruction, _ operation: FloatOperation, _ form: FloatForm
  ) throws(Exception) {
    try computeElements(instruction, form) { x, y, arithmetic in
      arithmetic.apply(operation, x, y).element
    } double: { x, y, arithmetic in
      arithmetic.apply(operation, x, y).element
    }
  }

  /// SQRTPS, SQRTPD, SQRTSS and SQRTSD.
  func floatSquareRoot(_ instruction: Instruction, _ form: FloatForm) throws(Exception) {
    try computeElements(instruction, form) { _, x, arithmetic in
      arithmetic.squareRoot(x).element
    } double: { _, x, arithmetic in
      arithmetic.squareRoot(x).element
    }
  }

  /// CMPPS, CMPPD, CMPSS and CMPSD.
  func floatCompareToMask(_ instruction: Instruction, _ form: FloatForm) throws(Exception) {
    let predicate = UInt8(truncatingIfNeeded: instruction.immediate) & (instruction.isVEX ? 31 : 7)
    try computeElements(instruction, form) { x, y, arithmetic in
      arithmetic.holds(predicate, x, y) ? 0xFFFF_FFFF : 0
    } double: { x, y, arithmetic in
      arithmetic.holds(predicate, x, y) ? .max : 0
    }
  }

  /// COMISS, COMISD, UCOMISS and UCOMISD.
  func floatCompare(_ instruction: Instruction, single isSingle: Bool, signalsQuiet: Bool) throws(Exception) {
    let right = try vectorSource(instruction).low
    let left = state.floating.xmm[Int(instruction.reg)].low
    var arithmetic = FloatArithmetic(mxcsr: state.floating.mxcsr)
    let order =
      isSingle
      ? arithmetic.compare(Float(element: left), Float(element: right), signalsQuiet: signalsQuiet)
      : arithmetic.compare(Double(element: left), Double(element: right), signalsQuiet: signalsQuiet)
    try commitSSE(arithmetic)
    state.flags = LazyFlags(rflags: Self.statusFlags(order))
  }

  /// ZF, PF and CF as comparisons of COMISx and FCOMI set them; the others are clear.
  static func statusFlags(_ order: FloatOrder) -> UInt64 {
    switch order {
    case .unordered: RFLAGS.zero | RFLAGS.parity | RFLAGS.carry
    case .less: RFLAGS.carry
    case .equal: RFLAGS.zero
    case .greater: 0
    }
  }

  /// RCPPS, RCPSS, RSQRTPS and RSQRTSS.
  func estimate(_ instruction: Instruction, _ kind: Estimate, _ form: FloatForm) throws(Exception) {
    guard does(.estimatesReciprocalsIn12Bits) else { return try unimplementedInstruction(instruction) }
    try computeElements(instruction, form) { _, x, _ in
      let bits = x.bitPattern
      return UInt64(
        kind == .reciprocal ? ReciprocalEstimate.reciprocal(bits) : ReciprocalEstimate.reciprocalRoot(bits))
    } double: { _, x, _ in
      x.element
    }
  }
}

/// Which elements a floating-point instruction works on.
enum FloatForm { case packedSingle, packedDouble, scalarSingle, scalarDouble }

/// The functions that RCPPS and RSQRTPS estimate.
enum Estimate { case reciprocal, reciprocalRoot }
