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
  func floatDotProduct(_ instruction: Instruction, single: Bool) throws(Exception) {
    try floatLanes(instruction) { a, b, immediate, arithmetic in
      if single {
        func product(_ index: Int) -> Float {
          guard immediate >> UInt8(4 + index) & 1 != 0 else { return 0 }
          return arithmetic.apply(
            .multiply, Float(bitPattern: a.doubleword(index)), Float(bitPattern: b.doubleword(index)))
        }
        let products = (product(0), product(1), product(2), product(3))
        let low = arithmetic.apply(.add, products.0, products.1)
        let high = arithmetic.apply(.add, products.2, products.3)
        let sum = arithmetic.apply(.add, low, high).bitPattern
        return Vector128(doublewords: { immediate >> UInt8($0) & 1 != 0 ? sum : 0 })
      }
      func product(_ x: UInt64, _ y: UInt64, _ index: UInt8) -> Double {
        guard immediate >> (4 + index) & 1 != 0 else { return 0 }
        return arithmetic.apply(.multiply, Double(element: x), Double(element: y))
      }
      let (low, high) = (product(a.low, b.low, 0), product(a.high, b.high, 1))
      let sum = arithmetic.apply(.add, low, high).element
      return Vector128(low: immediate & 1 != 0 ? sum : 0, high: immediate & 2 != 0 ? sum : 0)
    }
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
    let source = try vectorOperand(instruction, instruction.operand1, instruction.width1)
    var arithmetic = FloatArithmetic(mxcsr: state.floating.mxcsr)
    func lane(_ first: Int) -> Vector128 {
      Vector128(doublewords: { arithmetic.widened(half: source.word(first + $0)).bitPattern })
    }
    var result = Vector256(low: lane(0))
    if instruction.width0 == 32 { result.high = lane(4) }
    try commitSSE(arithmetic)
    setDestination(instruction, result)
  }

  /// VCVTPS2PH: the immediate rounds as that of ROUNDPS does.
  func narrowToHalves(_ instruction: Instruction) throws(Exception) {
    let source = longRegister(instruction.reg)
    let immediate = UInt8(truncatingIfNeeded: instruction.immediate)
    let mode = immediate & 4 != 0 ? nil : RoundingMode(field: UInt32(immediate))
    var arithmetic = FloatArithmetic(mxcsr: state.floating.mxcsr)
    func halves(_ lane: Vector128) -> UInt64 {
      (0..<4).reduce(0) { result, index in
        let half = arithmetic.half(Float(bitPattern: lane.doubleword(index)), rounding: mode)
        return result | UInt64(half) << UInt64(index &* 16)
      }
    }
    let isLong = instruction.width1 == 32
    let result = Vector128(low: halves(source.low), high: isLong ? halves(source.high) : 0)
    guard instruction.isMemory else {
      try commitSSE(arithmetic)
      return setVectorDestination(instruction, result)
    }
    let offset = effectiveAddress(instruction)
    let byteCount: UInt64 = isLong ? 16 : 8
    try probeWrite(try linear(instruction.segment, offset, byteCount, isWrite: true), Int(byteCount))
    try commitSSE(arithmetic)
    if isLong {
      try storeVector(instruction, result, aligned: false)
    } else {
      try store(instruction.segment, offset, result.low)
    }
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
    let (x, y, z) =
      switch order {
      case .product13: (first, third, second)
      case .product21: (second, first, third)
      case .product23: (second, third, first)
      }
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
enum FusedOrder { case product13, product21, product23 }

/// What becomes of product and addend.
enum FusedKind {
  case add, subtract, negatedAdd, negatedSubtract
  /// Even elements subtract, odd ones add; and the other way round.
  case addSubtract, subtractAdd

  /// The signs of the element at an index.
  func signs(_ index: Int) -> FusedSigns {
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
