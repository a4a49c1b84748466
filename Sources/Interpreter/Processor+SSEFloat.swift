import MMU
import X86
import X86Decoder

extension Processor {
  private typealias Flag = SSEArithmetic.Flag

  /// SSE and SSE2 floating-point instructions.
  ///
  /// - Returns: false if the operation has no semantics yet.
  func executeSSEFloat(_ instruction: Instruction) throws(Exception) -> Bool {
    guard Self.isSSEFloat(instruction.operation) else { return false }
    try checkVectorAccess(instruction)
    let mxcsr = state.floating.mxcsr
    // Other rounding modes, and denormals taken or flushed as zero, are not modelled: say so rather than be wrong.
    guard mxcsr & 0xE040 == 0 else {
      bus.note(.unimplementedMXCSR(mxcsr & 0xE040), processor: state.index)
      throw .invalidOpcode(.unimplementedRounding)
    }
    var flags: UInt32 = 0
    if let (operation, form) = Self.arithmetic(instruction.operation) {
      let source = try scalarOrVectorSource(instruction)
      let old = state.floating.xmm[Int(instruction.reg)]
      let result = arithmetic(operation, form, old, source, &flags)
      try commit(flags)
      state.floating.xmm[Int(instruction.reg)] = result
      return true
    }
    switch instruction.operation {
    case .sqrtps, .sqrtpd, .sqrtss, .sqrtsd:
      let source = try scalarOrVectorSource(instruction)
      let result = squareRoot(instruction.operation, state.floating.xmm[Int(instruction.reg)], source, &flags)
      try commit(flags)
      state.floating.xmm[Int(instruction.reg)] = result
    case .comisd, .ucomisd:
      let source = try scalarOrVectorSource(instruction)
      let status = SSEArithmetic.compare(
        Double(bitPattern: state.floating.xmm[Int(instruction.reg)].low), Double(bitPattern: source.low),
        signalsQuiet: instruction.operation == .comisd, &flags)
      try commit(flags)
      state.flags = LazyFlags(rflags: status)
    case .comiss, .ucomiss:
      let source = try scalarOrVectorSource(instruction)
      let status = SSEArithmetic.compare(
        single(state.floating.xmm[Int(instruction.reg)].low), single(source.low),
        signalsQuiet: instruction.operation == .comiss, &flags)
      try commit(flags)
      state.flags = LazyFlags(rflags: status)
    case .cmpps, .cmppd, .cmpss, .cmpsdXmm: try compareToMask(instruction)
    default: try convert(instruction)
    }
    return true
  }

  /// Notes exceptions in MXCSR; an unmasked one is #XM, or #UD without OSXMMEXCPT.
  private func commit(_ flags: UInt32) throws(Exception) {
    let masks = (state.floating.mxcsr >> 7) & 0x3F
    // Invalid, divide-by-zero and denormal are found before the operation and win over the others.
    let before = flags & 7 & ~masks
    state.floating.mxcsr |= before != 0 ? flags & 7 : flags
    guard flags & ~masks != 0 else { return }
    throw state.paging.cr4 & CR4.osXMMExceptions != 0
      ? .simdFloatingPoint(.simdException) : .invalidOpcode(.simdExceptionsDisabled)
  }

  private func scalarOrVectorSource(_ instruction: Instruction) throws(Exception) -> Vector128 {
    try vectorOperand(instruction, instruction.operand1, instruction.width1)
  }

  private func single(_ bits: UInt64) -> Float { Float(bitPattern: UInt32(truncatingIfNeeded: bits)) }

  private enum Form { case packedSingle, packedDouble, scalarSingle, scalarDouble }

  private func arithmetic(
    _ operation: SSEArithmetic.Operation, _ form: Form, _ a: Vector128, _ b: Vector128, _ flags: inout UInt32
  ) -> Vector128 {
    func double(_ x: UInt64, _ y: UInt64, _ flags: inout UInt32) -> UInt64 {
      SSEArithmetic.apply(operation, Double(bitPattern: x), Double(bitPattern: y), &flags).bitPattern
    }
    func float(_ x: UInt64, _ y: UInt64, _ flags: inout UInt32) -> UInt64 {
      UInt64(SSEArithmetic.apply(operation, single(x), single(y), &flags).bitPattern)
    }
    switch form {
    case .scalarDouble: return Vector128(low: double(a.low, b.low, &flags), high: a.high)
    case .scalarSingle:
      return Vector128(low: (a.low & 0xFFFF_FFFF_0000_0000) | float(a.low, b.low, &flags), high: a.high)
    case .packedDouble: return Vector128(low: double(a.low, b.low, &flags), high: double(a.high, b.high, &flags))
    case .packedSingle:
      return Vector128(
        low: float(a.low, b.low, &flags) | float(a.low >> 32, b.low >> 32, &flags) << 32,
        high: float(a.high, b.high, &flags) | float(a.high >> 32, b.high >> 32, &flags) << 32)
    }
  }

  private func squareRoot(_ operation: Operation, _ old: Vector128, _ value: Vector128, _ flags: inout UInt32)
    -> Vector128
  {
    func double(_ x: UInt64, _ flags: inout UInt32) -> UInt64 {
      SSEArithmetic.squareRoot(Double(bitPattern: x), &flags).bitPattern
    }
    func float(_ x: UInt64, _ flags: inout UInt32) -> UInt64 {
      UInt64(SSEArithmetic.squareRoot(single(x), &flags).bitPattern)
    }
    switch operation {
    case .sqrtsd: return Vector128(low: double(value.low, &flags), high: old.high)
    case .sqrtss: return Vector128(low: (old.low & 0xFFFF_FFFF_0000_0000) | float(value.low, &flags), high: old.high)
    case .sqrtpd: return Vector128(low: double(value.low, &flags), high: double(value.high, &flags))
    default:
      return Vector128(
        low: float(value.low, &flags) | float(value.low >> 32, &flags) << 32,
        high: float(value.high, &flags) | float(value.high >> 32, &flags) << 32)
    }
  }

  private func compareToMask(_ instruction: Instruction) throws(Exception) {
    let b = try scalarOrVectorSource(instruction)
    let a = state.floating.xmm[Int(instruction.reg)]
    let code = UInt8(truncatingIfNeeded: instruction.immediate) & 7
    var flags: UInt32 = 0
    func double(_ x: UInt64, _ y: UInt64, _ flags: inout UInt32) -> UInt64 {
      SSEArithmetic.predicate(code, Double(bitPattern: x), Double(bitPattern: y), &flags) ? .max : 0
    }
    func float(_ x: UInt64, _ y: UInt64, _ flags: inout UInt32) -> UInt64 {
      SSEArithmetic.predicate(code, single(x), single(y), &flags) ? 0xFFFF_FFFF : 0
    }
    let result: Vector128
    switch instruction.operation {
    case .cmpsdXmm: result = Vector128(low: double(a.low, b.low, &flags), high: a.high)
    case .cmpss: result = Vector128(low: (a.low & 0xFFFF_FFFF_0000_0000) | float(a.low, b.low, &flags), high: a.high)
    case .cmppd: result = Vector128(low: double(a.low, b.low, &flags), high: double(a.high, b.high, &flags))
    default:
      result = Vector128(
        low: float(a.low, b.low, &flags) | float(a.low >> 32, b.low >> 32, &flags) << 32,
        high: float(a.high, b.high, &flags) | float(a.high >> 32, b.high >> 32, &flags) << 32)
    }
    try commit(flags)
    state.floating.xmm[Int(instruction.reg)] = result
  }

  // MARK: Conversions

  private func convert(_ instruction: Instruction) throws(Exception) {
    var flags: UInt32 = 0
    let own = Int(instruction.reg)
    switch instruction.operation {
    case .cvtsi2sd, .cvtsi2ss:
      let raw = try readOperand(instruction, instruction.operand1, instruction.width1)
      let integer = Int64(bitPattern: signExtend(raw, instruction.width1))
      if instruction.operation == .cvtsi2sd {
        let value = Double(integer)
        if Int64(exactly: value) != integer { flags |= Flag.precision }
        try commit(flags)
        state.floating.xmm[own].low = value.bitPattern
      } else {
        let value = Float(integer)
        if Int64(exactly: value) != integer { flags |= Flag.precision }
        try commit(flags)
        state.floating.xmm[own].low = (state.floating.xmm[own].low & 0xFFFF_FFFF_0000_0000) | UInt64(value.bitPattern)
      }
    case .cvtsd2si, .cvttsd2si, .cvtss2si, .cvttss2si:
      let source = try scalarOrVectorSource(instruction)
      let bits = Int(instruction.width0) * 8
      let truncates = instruction.operation == .cvttsd2si || instruction.operation == .cvttss2si
      let isDouble = instruction.operation == .cvtsd2si || instruction.operation == .cvttsd2si
      let result =
        isDouble
        ? SSEArithmetic.toInteger(Double(bitPattern: source.low), bits: bits, truncating: truncates, &flags)
        : SSEArithmetic.toInteger(single(source.low), bits: bits, truncating: truncates, &flags)
      try commit(flags)
      write(instruction.reg, width: instruction.width0, result)
    case .cvtss2sd:
      let source = try scalarOrVectorSource(instruction)
      let value = widen(source.low, &flags)
      try commit(flags)
      state.floating.xmm[own].low = value
    case .cvtsd2ss:
      let source = try scalarOrVectorSource(instruction)
      let value = narrow(source.low, &flags)
      try commit(flags)
      state.floating.xmm[own].low = (state.floating.xmm[own].low & 0xFFFF_FFFF_0000_0000) | value
    case .cvtps2pd:
      let source = try scalarOrVectorSource(instruction)
      let result = Vector128(low: widen(source.low, &flags), high: widen(source.low >> 32, &flags))
      try commit(flags)
      state.floating.xmm[own] = result
    case .cvtpd2ps:
      let source = try scalarOrVectorSource(instruction)
      let result = Vector128(low: narrow(source.low, &flags) | narrow(source.high, &flags) << 32)
      try commit(flags)
      state.floating.xmm[own] = result
    default: try convertPackedIntegers(instruction)
    }
  }

  private func widen(_ bits: UInt64, _ flags: inout UInt32) -> UInt64 {
    let value = single(bits)
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

  private func convertPackedIntegers(_ instruction: Instruction) throws(Exception) {
    var flags: UInt32 = 0
    let source = try scalarOrVectorSource(instruction)
    let own = Int(instruction.reg)
    func fromInteger(_ bits: UInt64, _ flags: inout UInt32) -> UInt64 {
      let integer = Int32(truncatingIfNeeded: bits)
      let value = Float(integer)
      if Int64(value) != Int64(integer) { flags |= Flag.precision }
      return UInt64(value.bitPattern)
    }
    let truncates = instruction.operation == .cvttps2dq || instruction.operation == .cvttpd2dq
    func toInteger(_ bits: UInt64, _ flags: inout UInt32) -> UInt64 {
      SSEArithmetic.toInteger(single(bits), bits: 32, truncating: truncates, &flags)
    }
    let result: Vector128
    switch instruction.operation {
    case .cvtdq2ps:
      result = Vector128(
        low: fromInteger(source.low, &flags) | fromInteger(source.low >> 32, &flags) << 32,
        high: fromInteger(source.high, &flags) | fromInteger(source.high >> 32, &flags) << 32)
    case .cvtdq2pd:
      result = Vector128(
        low: Double(Int32(truncatingIfNeeded: source.low)).bitPattern,
        high: Double(Int32(truncatingIfNeeded: source.low >> 32)).bitPattern)
    case .cvtps2dq, .cvttps2dq:
      result = Vector128(
        low: toInteger(source.low, &flags) | toInteger(source.low >> 32, &flags) << 32,
        high: toInteger(source.high, &flags) | toInteger(source.high >> 32, &flags) << 32)
    default:
      result = Vector128(
        low: SSEArithmetic.toInteger(Double(bitPattern: source.low), bits: 32, truncating: truncates, &flags)
          | SSEArithmetic.toInteger(Double(bitPattern: source.high), bits: 32, truncating: truncates, &flags) << 32)
    }
    try commit(flags)
    state.floating.xmm[own] = result
  }

  // MARK: Tables

  private static func isSSEFloat(_ operation: Operation) -> Bool {
    if arithmetic(operation) != nil { return true }
    switch operation {
    case .sqrtps, .sqrtpd, .sqrtss, .sqrtsd, .comisd, .ucomisd, .comiss, .ucomiss, .cmpps, .cmppd, .cmpss, .cmpsdXmm,
      .cvtsi2sd, .cvtsi2ss, .cvtsd2si, .cvttsd2si, .cvtss2si, .cvttss2si, .cvtss2sd, .cvtsd2ss, .cvtps2pd, .cvtpd2ps,
      .cvtdq2ps, .cvtdq2pd, .cvtps2dq, .cvttps2dq, .cvtpd2dq, .cvttpd2dq:
      return true
    default: return false
    }
  }

  private static func arithmetic(_ operation: Operation) -> (SSEArithmetic.Operation, Form)? {
    switch operation {
    case .addps: (.add, .packedSingle)
    case .addpd: (.add, .packedDouble)
    case .addss: (.add, .scalarSingle)
    case .addsd: (.add, .scalarDouble)
    case .subps: (.subtract, .packedSingle)
    case .subpd: (.subtract, .packedDouble)
    case .subss: (.subtract, .scalarSingle)
    case .subsd: (.subtract, .scalarDouble)
    case .mulps: (.multiply, .packedSingle)
    case .mulpd: (.multiply, .packedDouble)
    case .mulss: (.multiply, .scalarSingle)
    case .mulsd: (.multiply, .scalarDouble)
    case .divps: (.divide, .packedSingle)
    case .divpd: (.divide, .packedDouble)
    case .divss: (.divide, .scalarSingle)
    case .divsd: (.divide, .scalarDouble)
    case .minps: (.minimum, .packedSingle)
    case .minpd: (.minimum, .packedDouble)
    case .minss: (.minimum, .scalarSingle)
    case .minsd: (.minimum, .scalarDouble)
    case .maxps: (.maximum, .packedSingle)
    case .maxpd: (.maximum, .packedDouble)
    case .maxss: (.maximum, .scalarSingle)
    case .maxsd: (.maximum, .scalarDouble)
    default: nil
    }
  }
}
