import MMU
import SoftFloat
import X86
import X86Decoder

/// Floating-point instructions of SSE3, SSE4.1, F16C and FMA, lane by lane.
extension Processor {
  /// A function of each lane of both operands with the immediate; exceptions count before anything is written.
  @inline(never)
  private func floatLanes(
    _ instruction: Instruction, _ function: (Vector128, Vector128, UInt8, inout FloatArithmetic) -> Vector128
  ) throws(Exception) {
    let b = try longSource(instruction)
    let a = longFirst(instruction)
    let immediate = UInt8(truncatingIfNeeded: instruction.immediate)
    var arithmetic = FloatArithmetic(mxcsr: state.floating.mxcsr)
    var result = Vector256(low: function(a.low, b.low, immediate, &arithmetic))
    if instruction.width0 == 32 { result.high = function(a.high, b.high, immediate, &arithmetic) }
    try commitSSE(arithmetic)
    setDestination(instruction, result)
  }

  /// HADDPS, HSUBPD and their kin: neighbours of the first operand, then of the second.
  func floatPairs(_ instruction: Instruction, _ operation: FloatOperation, single: Bool) throws(Exception) {
    try floatLanes(instruction) { a, b, _, arithmetic in
      func double(_ v: Vector128) -> UInt64 {
        arithmetic.apply(operation, Double(element: v.low), Double(element: v.high)).element
      }
      func one(_ v: Vector128, _ index: Int) -> UInt32 {
        arithmetic.apply(
          operation, Float(bitPattern: v.doubleword(index)), Float(bitPattern: v.doubleword(index + 1))
        ).bitPattern
      }
      guard single else { return Vector128(low: double(a), high: double(b)) }
      return Vector128(doublewords: { one($0 < 2 ? a : b, ($0 & 1) * 2) })
    }
  }

  /// ADDSUBPS and ADDSUBPD: differences at even places, sums at odd ones.
  func floatAddSubtract(_ instruction: Instruction, single: Bool) throws(Exception) {
    try floatLanes(instruction) { a, b, _, arithmetic in
      guard single else {
        return Vector128(
          low: arithmetic.apply(.subtract, Double(element: a.low), Double(element: b.low)).element,
          high: arithmetic.apply(.add, Double(element: a.high), Double(element: b.high)).element)
      }
      return Vector128(doublewords: {
        arithmetic.apply(
          $0 & 1 == 0 ? .subtract : .add, Float(bitPattern: a.doubleword($0)), Float(bitPattern: b.doubleword($0))
        ).bitPattern
      })
    }
  }

  /// DPPS and DPPD: the sum of products that the immediate's upper half picks, where its lower half says.
  ///
  /// Products and sums are operations of their own, each of both halves: an exception of one keeps the next from being
  /// made.
  func floatDotProduct(_ instruction: Instruction, single: Bool) throws(Exception) {
    let b = try longSource(instruction)
    let a = longFirst(instruction)
    let immediate = UInt8(truncatingIfNeeded: instruction.immediate)
    let isLong = instruction.width0 == 32
    var arithmetic = FloatArithmetic(mxcsr: state.floating.mxcsr)
    var low = Self.products(a.low, b.low, immediate, single, &arithmetic)
    var high = isLong ? Self.products(a.high, b.high, immediate, single, &arithmetic) : Vector128()
    try commitSSE(arithmetic)
    let isAcross = does(.addsDotProductsAcross)
    for round in 0..<(single ? 2 : 1) {
      arithmetic = FloatArithmetic(mxcsr: state.floating.mxcsr)
      func sums(_ value: Vector128) -> Vector128 {
        isAcross
          ? Self.sumsAcross(value, single, distance: round + 1, &arithmetic)
          : Self.neighbourSums(value, single, &arithmetic)
      }
      low = sums(low)
      if isLong { high = sums(high) }
      try commitSSE(arithmetic)
    }
    func placed(_ sum: Vector128) -> Vector128 {
      single
        ? Vector128(doublewords: { immediate >> UInt8($0) & 1 != 0 ? sum.doubleword(isAcross ? $0 : 0) : 0 })
        : Vector128(
          low: immediate & 1 != 0 ? sum.low : 0, high: immediate & 2 != 0 ? isAcross ? sum.high : sum.low : 0)
    }
    setDestination(instruction, Vector256(low: placed(low), high: placed(high)))
  }

  /// The products of the elements that the immediate picks, zero for the others.
  private static func products(
    _ a: Vector128, _ b: Vector128, _ immediate: UInt8, _ single: Bool, _ arithmetic: inout FloatArithmetic
  ) -> Vector128 {
    var result = Vector128()
    for index in 0..<(single ? 4 : 2) where immediate >> UInt8(4 + index) & 1 != 0 {
      if single {
        let (x, y) = (Float(bitPattern: a.doubleword(index)), Float(bitPattern: b.doubleword(index)))
        result.setElement(index, byteCount: 4, UInt64(arithmetic.apply(.multiply, x, y).bitPattern))
      } else {
        let (x, y) = (Double(element: a.quadword(index)), Double(element: b.quadword(index)))
        result.setElement(index, byteCount: 8, arithmetic.apply(.multiply, x, y).element)
      }
    }
    return result
  }

  /// The sum of each element and another one: they differ in which of two NaNs comes first.
  ///
  /// - Parameter distance: 1 to the neighbour, 2 to the same element of the other pair.
  private static func sumsAcross(
    _ value: Vector128, _ single: Bool, distance: Int, _ arithmetic: inout FloatArithmetic
  ) -> Vector128 {
    guard single else {
      let (low, high) = (Double(element: value.low), Double(element: value.high))
      return Vector128(
        low: arithmetic.apply(.add, low, high).element, high: arithmetic.apply(.add, high, low).element)
    }
    return Vector128(doublewords: { index in
      let (own, other) = (
        Float(bitPattern: value.doubleword(index)), Float(bitPattern: value.doubleword(index ^ distance))
      )
      return (distance == 1 ? arithmetic.apply(.add, other, own) : arithmetic.apply(.add, own, other)).bitPattern
    })
  }

  /// The sums of neighbours, in the lower half.
  private static func neighbourSums(
    _ value: Vector128, _ single: Bool, _ arithmetic: inout FloatArithmetic
  ) -> Vector128 {
    var result = Vector128()
    if single {
      for index in 0..<2 {
        let (x, y) = (
          Float(bitPattern: value.doubleword(index * 2)), Float(bitPattern: value.doubleword(index * 2 + 1))
        )
        result.setElement(index, byteCount: 4, UInt64(arithmetic.apply(.add, x, y).bitPattern))
      }
    } else {
      result.low = arithmetic.apply(.add, Double(element: value.low), Double(element: value.high)).element
    }
    return result
  }

  /// ROUNDPS, ROUNDPD, ROUNDSS and ROUNDSD: bits 1:0 of the immediate are the mode, unless bit 2 leaves it to MXCSR; with
  /// bit 3 inexact results raise nothing.
  func floatRound(_ instruction: Instruction, _ form: FloatForm) throws(Exception) {
    try floatLanes(instruction) { a, b, immediate, arithmetic in
      let mode = immediate & 4 != 0 ? nil : RoundingMode(field: UInt32(immediate))
      let isQuiet = immediate & 8 != 0
      func single(_ index: Int) -> UInt32 {
        arithmetic.roundedToIntegral(
          Float(bitPattern: b.doubleword(index)), rounding: mode, suppressesPrecision: isQuiet
        ).bitPattern
      }
      func double(_ bits: UInt64) -> UInt64 {
        arithmetic.roundedToIntegral(Double(element: bits), rounding: mode, suppressesPrecision: isQuiet).element
      }
      switch form {
      case .packedSingle: return Vector128(doublewords: single)
      case .packedDouble: return Vector128(low: double(b.low), high: double(b.high))
      case .scalarSingle: return Vector128(low: (a.low & 0xFFFF_FFFF_0000_0000) | UInt64(single(0)), high: a.high)
      case .scalarDouble: return Vector128(low: double(b.low), high: a.high)
      }
    }
  }

  // MARK: F16C

  /// VCVTPH2PS.
  func widenHalves(_ instruction: Instruction) throws(Exception) {
    let source =
      instruction.isMemory && does(.exemptsHalfConversionsFromAlignmentCheck)
      ? try loadHalves(instruction) : try vectorOperand(instruction, instruction.operand1, instruction.width1)
    var arithmetic = FloatArithmetic(mxcsr: state.floating.mxcsr)
    func lane(_ first: Int) -> Vector128 {
      Vector128(doublewords: { arithmetic.widened(half: source.word(first + $0)).bitPattern })
    }
    var result = Vector256(low: lane(0))
    if instruction.width0 == 32 { result.high = lane(4) }
    try commitSSE(arithmetic)
    setDestination(instruction, result)
  }

  /// A memory operand of VCVTPH2PS, whose alignment is not checked.
  private func loadHalves(_ instruction: Instruction) throws(Exception) -> Vector128 {
    let byteCount = UInt64(instruction.width1)
    let address = try linear(instruction.segment, effectiveAddress(instruction), byteCount, isWrite: false)
    matchDataBreakpoints(address, byteCount, isWrite: false)
    return Vector128(
      low: try loadLinear(address, as: UInt64.self),
      high: byteCount == 16 ? try loadLinear(address &+ 8, as: UInt64.self) : 0)
  }

  /// VCVTPS2PH: the immediate rounds as that of ROUNDPS does.
  func narrowToHalves(_ instruction: Instruction) throws(Exception) {
    let source = longRegister(instruction.reg)
    let immediate = UInt8(truncatingIfNeeded: instruction.immediate)
    let mode = immediate & 4 != 0 ? nil : RoundingMode(field: UInt32(immediate))
    var arithmetic = FloatArithmetic(mxcsr: state.floating.mxcsr)
    func halves(_ lane: Vector128) -> UInt64 {
      (0..<4).reduce(0) { result, index in
        let number = Float(bitPattern: lane.doubleword(index))
        let half = arithmetic.half(number, rounding: mode)
        if number.isSubnormal, arithmetic.flags & FloatFlag.denormal != 0, does(.findsDenormalsInexactAsHalves) {
          arithmetic.flags |= FloatFlag.precision
        }
        return result | UInt64(half) << UInt64(index &* 16)
      }
    }
    let isLong = instruction.width1 == 32
    let result = Vector128(low: halves(source.low), high: isLong ? halves(source.high) : 0)
    guard instruction.isMemory else {
      try commitSSE(arithmetic)
      return setVectorDestination(instruction, result)
    }
    if does(.convertsToHalvesBeforeMemory) { try commitSSE(arithmetic) }
    let address: UInt64
    if does(.exemptsHalfConversionsFromAlignmentCheck) {
      address = try linear(instruction.segment, effectiveAddress(instruction), isLong ? 16 : 8, isWrite: true)
      matchDataBreakpoints(address, isLong ? 16 : 8, isWrite: true)
    } else if isLong {
      address = try vectorAddress(instruction, 16, aligned: false, isWrite: true)
    } else {
      address = try linear(instruction.segment, effectiveAddress(instruction), 8, isWrite: true)
      try checkAccess(address, 8, isWrite: true)
    }
    try probeWrite(address, isLong ? 16 : 8)
    try commitSSE(arithmetic)
    try storeLinear(address, result.low)
    if isLong { try storeLinear(address &+ 8, result.high) }
  }

  // MARK: FMA

  /// VFMADD132PS and its kin: the product and the addend by the order of the mnemonic.
  func multiplyAdd(
    _ instruction: Instruction, _ order: FusedOrder, _ kind: FusedKind, _ form: FloatForm
  ) throws(Exception) {
    // Memory before the destination, which the fused operation reads as well.
    let third = try longSource(instruction)
    let first = longRegister(instruction.reg)
    let second = longRegister(instruction.vvvv)
    let (x, y, z) = order.factors(first, second, third)
    var arithmetic = FloatArithmetic(mxcsr: state.floating.mxcsr)
    func lane(_ x: Vector128, _ y: Vector128, _ z: Vector128, _ old: Vector128) -> Vector128 {
      func single(_ index: Int) -> UInt32 {
        arithmetic.fused(
          Float(bitPattern: x.doubleword(index)), Float(bitPattern: y.doubleword(index)),
          Float(bitPattern: z.doubleword(index)), kind.signs(index)
        ).bitPattern
      }
      func double(_ index: Int) -> UInt64 {
        arithmetic.fused(
          Double(element: x.quadword(index)), Double(element: y.quadword(index)), Double(element: z.quadword(index)),
          kind.signs(index)
        ).element
      }
      switch form {
      case .packedSingle: return Vector128(doublewords: single)
      case .packedDouble: return Vector128(low: double(0), high: double(1))
      case .scalarSingle: return Vector128(low: (old.low & 0xFFFF_FFFF_0000_0000) | UInt64(single(0)), high: old.high)
      case .scalarDouble: return Vector128(low: double(0), high: old.high)
      }
    }
    var result = Vector256(low: lane(x.low, y.low, z.low, first.low))
    if instruction.width0 == 32 { result.high = lane(x.high, y.high, z.high, first.high) }
    try commitSSE(arithmetic)
    setDestination(instruction, result)
  }
}

/// Which operands VFMADD132PS and its kin multiply.
enum FusedOrder {
  case product13, product21, product23

  /// The factors and the addend, of the operands in their order.
  @inline(__always)
  func factors<Operand>(_ first: Operand, _ second: Operand, _ third: Operand) -> (Operand, Operand, Operand) {
    switch self {
    case .product13: (first, third, second)
    case .product21: (second, first, third)
    case .product23: (second, third, first)
    }
  }
}

/// What becomes of product and addend.
enum FusedKind {
  case add, subtract, negatedAdd, negatedSubtract
  /// Even elements subtract, odd ones add; and the other way round.
  case addSubtract, subtractAdd

  /// The signs of the element at an index.
  @inline(__always) func signs(_ index: Int) -> FusedSigns {
    let isOdd = index & 1 != 0
    switch self {
    case .add: return FusedSigns(negatesProduct: false, negatesAddend: false)
    case .subtract: return FusedSigns(negatesProduct: false, negatesAddend: true)
    case .negatedAdd: return FusedSigns(negatesProduct: true, negatesAddend: false)
    case .negatedSubtract: return FusedSigns(negatesProduct: true, negatesAddend: true)
    case .addSubtract: return FusedSigns(negatesProduct: false, negatesAddend: !isOdd)
    case .subtractAdd: return FusedSigns(negatesProduct: false, negatesAddend: isOdd)
    }
  }
}
