import MMU
import X86
import X86Decoder

extension Processor {
  /// What `checkVectorAccess` says, and that the model has the modes of MXCSR.
  func checkSSEFloat(_ instruction: Instruction) throws(Exception) {
    try checkVectorAccess(instruction)
    let mxcsr = state.floating.mxcsr
    // Other rounding modes, and denormals taken or flushed as zero, are not modelled: say so rather than be wrong.
    guard mxcsr & 0xE040 == 0 else {
      bus.note(.unimplementedMXCSR(mxcsr & 0xE040), processor: state.index)
      throw .invalidOpcode(.unimplementedRounding)
    }
  }

  /// Notes exceptions in MXCSR; an unmasked one is #XM, or #UD without OSXMMEXCPT.
  func commitSSE(_ flags: UInt32) throws(Exception) {
    let masks = (state.floating.mxcsr >> 7) & 0x3F
    // Invalid, divide-by-zero and denormal are found before the operation and win over the others.
    let before = flags & 7 & ~masks
    state.floating.mxcsr |= before != 0 ? flags & 7 : flags
    guard flags & ~masks != 0 else { return }
    throw state.paging.cr4 & CR4.osXMMExceptions != 0
      ? .simdFloatingPoint(.simdException) : .invalidOpcode(.simdExceptionsDisabled)
  }

  private func single(_ bits: UInt64) -> Float { Float(bitPattern: UInt32(truncatingIfNeeded: bits)) }

  /// Applies functions to the elements of a form; what a scalar form leaves alone comes from `a`.
  @inline(__always)
  private func mapElements(
    _ form: FloatForm, _ a: Vector128, _ b: Vector128, _ flags: inout UInt32,
    single: (UInt64, UInt64, inout UInt32) -> UInt64, double: (UInt64, UInt64, inout UInt32) -> UInt64
  ) -> Vector128 {
    switch form {
    case .scalarDouble: return Vector128(low: double(a.low, b.low, &flags), high: a.high)
    case .scalarSingle:
      return Vector128(low: (a.low & 0xFFFF_FFFF_0000_0000) | single(a.low, b.low, &flags), high: a.high)
    case .packedDouble: return Vector128(low: double(a.low, b.low, &flags), high: double(a.high, b.high, &flags))
    case .packedSingle:
      return Vector128(
        low: single(a.low, b.low, &flags) | single(a.low >> 32, b.low >> 32, &flags) << 32,
        high: single(a.high, b.high, &flags) | single(a.high >> 32, b.high >> 32, &flags) << 32)
    }
  }

  /// ADDPS, MULSD, MINPD and their kin.
  func floatArithmetic(
    _ instruction: Instruction, _ operation: SSEArithmetic.Operation, _ form: FloatForm
  ) throws(Exception) {
    let source = try vectorSource(instruction)
    var flags: UInt32 = 0
    let result = mapElements(form, state.floating.xmm[Int(instruction.reg)], source, &flags) { x, y, flags in
      UInt64(SSEArithmetic.apply(operation, single(x), single(y), &flags).bitPattern)
    } double: { x, y, flags in
      SSEArithmetic.apply(operation, Double(bitPattern: x), Double(bitPattern: y), &flags).bitPattern
    }
    try commitSSE(flags)
    state.floating.xmm[Int(instruction.reg)] = result
  }

  /// SQRTPS, SQRTPD, SQRTSS and SQRTSD.
  func floatSquareRoot(_ instruction: Instruction, _ form: FloatForm) throws(Exception) {
    let source = try vectorSource(instruction)
    var flags: UInt32 = 0
    let result = mapElements(form, state.floating.xmm[Int(instruction.reg)], source, &flags) { _, x, flags in
      UInt64(SSEArithmetic.squareRoot(single(x), &flags).bitPattern)
    } double: { _, x, flags in
      SSEArithmetic.squareRoot(Double(bitPattern: x), &flags).bitPattern
    }
    try commitSSE(flags)
    state.floating.xmm[Int(instruction.reg)] = result
  }

  /// CMPPS, CMPPD, CMPSS and CMPSD.
  func floatCompareToMask(_ instruction: Instruction, _ form: FloatForm) throws(Exception) {
    let source = try vectorSource(instruction)
    let code = UInt8(truncatingIfNeeded: instruction.immediate) & 7
    var flags: UInt32 = 0
    let result = mapElements(form, state.floating.xmm[Int(instruction.reg)], source, &flags) { x, y, flags in
      SSEArithmetic.predicate(code, single(x), single(y), &flags) ? 0xFFFF_FFFF : 0
    } double: { x, y, flags in
      SSEArithmetic.predicate(code, Double(bitPattern: x), Double(bitPattern: y), &flags) ? .max : 0
    }
    try commitSSE(flags)
    state.floating.xmm[Int(instruction.reg)] = result
  }

  /// COMISS, COMISD, UCOMISS and UCOMISD.
  func floatCompare(_ instruction: Instruction, single isSingle: Bool, signalsQuiet: Bool) throws(Exception) {
    let right = try vectorSource(instruction).low
    let left = state.floating.xmm[Int(instruction.reg)].low
    var flags: UInt32 = 0
    let status =
      isSingle
      ? SSEArithmetic.compare(single(left), single(right), signalsQuiet: signalsQuiet, &flags)
      : SSEArithmetic.compare(
        Double(bitPattern: left), Double(bitPattern: right), signalsQuiet: signalsQuiet, &flags)
    try commitSSE(flags)
    state.flags = LazyFlags(rflags: status)
  }
}

/// Which elements a floating-point instruction works on.
enum FloatForm { case packedSingle, packedDouble, scalarSingle, scalarDouble }
