import CFloatOracle
import SoftFloat
import Testing

/// What an operation is asked for, and how the module and the host answer: result and flags.
struct FloatComparison: Sendable, CustomTestStringConvertible {
  var name: String
  var run: @Sendable (_ isDouble: Bool, _ mxcsr: UInt32, inout FloatValues, inout Disagreements) -> Void

  var testDescription: String { name }

  /// Compares results, and the flags together with those that MXCSR had: PE need not be raised again.
  static func note(
    _ found: inout Disagreements, _ name: String, _ operands: [UInt64], _ arithmetic: FloatArithmetic,
    _ result: UInt64, _ wanted: UInt64, _ state: UInt32
  ) {
    let flags = UInt32(arithmetic.flags) | (arithmetic.mxcsr & 0x3F)
    found.note(
      result == wanted && flags == state & 0x3F,
      "\(name) MXCSR \(Disagreements.hex(UInt64(arithmetic.mxcsr))), \(operands.map { String($0, radix: 16) }): "
        + "\(Disagreements.hex(result, UInt64(flags))), the host \(Disagreements.hex(wanted, UInt64(state & 0x3F)))")
  }

  /// One operation on either format, once as it is and once bit by bit.
  static func operation(
    _ name: String, _ number: Int,
    _ single: @escaping @Sendable (inout FloatArithmetic, Float, Float) -> UInt64,
    _ double: @escaping @Sendable (inout FloatArithmetic, Double, Double) -> UInt64,
    slow: @escaping @Sendable (inout FloatArithmetic, UInt64, UInt64, FloatFormat) -> UInt64
  ) -> FloatComparison {
    FloatComparison(name: name) { isDouble, mxcsr, values, found in
      let (a, b) = (values.element(isDouble), values.element(isDouble))
      var state = mxcsr
      let wanted = unsafe float_oracle_operation(Int32(number), isDouble ? 1 : 0, a, b, &state)
      var arithmetic = FloatArithmetic(mxcsr: mxcsr)
      let result =
        isDouble
        ? double(&arithmetic, Double(element: a), Double(element: b))
        : single(&arithmetic, Float(element: a), Float(element: b))
      note(&found, name, [a, b], arithmetic, result, wanted, state)
      arithmetic.flags = 0
      let again = slow(&arithmetic, a, b, isDouble ? .double : .single)
      note(&found, name + ", bit by bit", [a, b], arithmetic, again, wanted, state)
    }
  }

  static func binary(_ name: String, _ number: Int, _ operation: FloatOperation) -> FloatComparison {
    Self.operation(
      name, number, { $0.apply(operation, $1, $2).element }, { $0.apply(operation, $1, $2).element },
      slow: { $0.slow(operation, $1, $2, $3) })
  }

  static func rounding(_ name: String, _ number: Int, _ mode: RoundingMode?, suppresses: Bool) -> FloatComparison {
    Self.operation(
      name, number,
      { $0.roundedToIntegral($2, rounding: mode, suppressesPrecision: suppresses).element },
      { $0.roundedToIntegral($2, rounding: mode, suppressesPrecision: suppresses).element },
      slow: {
        $3 == .double
          ? $0.roundedToIntegral(Double(element: $2), rounding: mode, suppressesPrecision: suppresses).element
          : $0.roundedToIntegral(Float(element: $2), rounding: mode, suppressesPrecision: suppresses).element
      })
  }

  static let operations: [FloatComparison] = [
    binary("ADD", FLOAT_ORACLE_ADD, .add), binary("SUB", FLOAT_ORACLE_SUB, .subtract),
    binary("MUL", FLOAT_ORACLE_MUL, .multiply), binary("DIV", FLOAT_ORACLE_DIV, .divide),
    binary("MIN", FLOAT_ORACLE_MIN, .minimum), binary("MAX", FLOAT_ORACLE_MAX, .maximum),
    operation(
      "SQRT", FLOAT_ORACLE_SQRT, { $0.squareRoot($2).element }, { $0.squareRoot($2).element },
      slow: { $0.slowRoot($2, $3) }),
    operation(
      "CVTSS2SD and CVTSD2SS", FLOAT_ORACLE_CONVERT, { $0.widened($2).element },
      { $0.narrowed($2).element }, slow: { $0.slowConvert($2, $3, $3 == .double ? .single : .double) }),
  ]

  static let roundings: [FloatComparison] = [
    rounding("ROUND by MXCSR", FLOAT_ORACLE_ROUND, nil, suppresses: false),
    rounding("ROUND by MXCSR, PE suppressed", FLOAT_ORACLE_ROUND_QUIET, nil, suppresses: true),
    rounding("ROUND up", FLOAT_ORACLE_ROUND_UP, .up, suppresses: false),
  ]

  static let predicates: [FloatComparison] = [
    FloatComparison(name: "VCMP") { isDouble, mxcsr, values, found in
      let (a, b) = (values.element(isDouble), values.element(isDouble))
      for predicate in 0..<32 {
        var state = mxcsr
        let wanted = unsafe float_oracle_compare(Int32(predicate), isDouble ? 1 : 0, a, b, &state)
        var arithmetic = FloatArithmetic(mxcsr: mxcsr)
        let code = UInt8(predicate)
        let holds =
          isDouble
          ? arithmetic.holds(code, Double(element: a), Double(element: b))
          : arithmetic.holds(code, Float(element: a), Float(element: b))
        note(&found, "predicate \(predicate)", [a, b], arithmetic, holds ? 1 : 0, UInt64(wanted), state)
      }
    }
  ]

  static let fused: [FloatComparison] = [
    FloatComparison(name: "FMA") { isDouble, mxcsr, values, found in
      let (x, y, z) = (values.element(isDouble), values.element(isDouble), values.element(isDouble))
      for kind in 0..<4 {
        var state = mxcsr
        let wanted = unsafe float_oracle_fused(Int32(kind), isDouble ? 1 : 0, x, y, z, &state)
        let signs = FusedSigns(negatesProduct: kind & 2 != 0, negatesAddend: kind & 1 != 0)
        var arithmetic = FloatArithmetic(mxcsr: mxcsr)
        let result =
          isDouble
          ? arithmetic.fused(Double(element: x), Double(element: y), Double(element: z), signs).element
          : arithmetic.fused(Float(element: x), Float(element: y), Float(element: z), signs).element
        note(&found, "FMA \(kind)", [x, y, z], arithmetic, result, wanted, state)
        arithmetic.flags = 0
        let slow = arithmetic.slowFused(x, y, z, signs, isDouble ? .double : .single)
        note(&found, "FMA \(kind), bit by bit", [x, y, z], arithmetic, slow, wanted, state)
      }
    }
  ]

  static let integers: [FloatComparison] = [
    FloatComparison(name: "to integers") { isDouble, mxcsr, values, found in
      let a = values.element(isDouble)
      for kind in 0..<4 {
        var state = mxcsr
        let wanted = unsafe float_oracle_integer(Int32(kind), isDouble ? 1 : 0, a, &state)
        let (bits, truncates) = (kind & 2 != 0 ? 64 : 32, kind & 1 != 0)
        var arithmetic = FloatArithmetic(mxcsr: mxcsr)
        let result =
          isDouble
          ? arithmetic.integer(Double(element: a), bits: bits, truncates: truncates)
          : arithmetic.integer(Float(element: a), bits: bits, truncates: truncates)
        note(&found, "integer \(kind)", [a], arithmetic, result, wanted, state)
        arithmetic.flags = 0
        let slow = arithmetic.slowInteger(a, bits: bits, truncates: truncates, isDouble ? .double : .single)
        note(&found, "integer \(kind), bit by bit", [a], arithmetic, slow, wanted, state)
      }
    },
    FloatComparison(name: "from integers") { isDouble, mxcsr, values, found in
      let integer = Int64(bitPattern: values.next()) >> Int64(values.below(64))
      var state = mxcsr
      let wanted = unsafe float_oracle_number(isDouble ? 1 : 0, integer, &state)
      var arithmetic = FloatArithmetic(mxcsr: mxcsr)
      let result =
        isDouble
        ? arithmetic.number(integer, as: Double.self).element : arithmetic.number(integer, as: Float.self).element
      note(&found, "number", [UInt64(bitPattern: integer)], arithmetic, result, wanted, state)
      arithmetic.flags = 0
      let slow = arithmetic.slowNumber(integer, isDouble ? .double : .single)
      note(&found, "number, bit by bit", [UInt64(bitPattern: integer)], arithmetic, slow, wanted, state)
    },
  ]
}

#if arch(x86_64)
  private func hostHas(_ feature: Int) -> Bool { Int(oracleFeatures) & feature != 0 }

  @Suite("SSE arithmetic against the host")
  struct FloatOracleTests {
    private func compare(_ comparison: FloatComparison) {
      var values = FloatValues(seed: 1)
      var found = Disagreements()
      for _ in 0..<operandCount {
        comparison.run(false, values.mxcsr(), &values, &found)
        comparison.run(true, values.mxcsr(), &values, &found)
      }
      #expect(found.count == 0, "\(found.texts)")
    }

    @Test("SSE and SSE2", arguments: FloatComparison.operations + FloatComparison.integers)
    func baseline(_ comparison: FloatComparison) { compare(comparison) }

    @Test(
      "Rounding to integral numbers", .enabled(if: hostHas(FLOAT_ORACLE_SSE41), "the host has no SSE4.1"),
      arguments: FloatComparison.roundings)
    func rounding(_ comparison: FloatComparison) { compare(comparison) }

    @Test(
      "Predicates", .enabled(if: hostHas(FLOAT_ORACLE_AVX), "the host has no AVX"),
      arguments: FloatComparison.predicates)
    func predicate(_ comparison: FloatComparison) { compare(comparison) }

    @Test(
      "Fused multiply-add", .enabled(if: hostHas(FLOAT_ORACLE_FMA), "the host has no FMA"),
      arguments: FloatComparison.fused)
    func fused(_ comparison: FloatComparison) { compare(comparison) }

    @Test("The comparison sees a planted fault")
    func planted() {
      let wrong = FloatComparison.operation(
        "planted", FLOAT_ORACLE_ADD, { $0.apply(.subtract, $1, $2).element },
        { $0.apply(.subtract, $1, $2).element }, slow: { $0.slow(.add, $1, $2, $3) })
      var values = FloatValues(seed: 1)
      var found = Disagreements()
      for _ in 0..<1000 { wrong.run(true, 0x1F80, &values, &found) }
      #expect(found.count > 300 && found.count <= 1000)
    }
  }
#endif
