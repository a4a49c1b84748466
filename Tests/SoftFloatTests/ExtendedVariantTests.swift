import Interpreter
import NativeOracle
import SoftFloat
import Testing
import X86

/// What the host's own x87 unit does of what processors do differently.
let hostVariant = (ProcessorModel(of: HostProcessor.name) ?? .amdV1).behaviors.extendedVariant

/// Operands and results where x87 units differ, and beside them where they do not: the instruction, ST(0), ST(1), FCW;
/// ST(0) (of FSINCOS and FPTAN ST(1) too) and the status word without TOP by no variant, as on Zen 2, and by all of them,
/// as a Granite Rapids gave them.
private let variantRows = """
  fscale 0:4000000000000000 0:0 36f | 6000:8000000000000000 8092 | 0:4000000000000000 2
  fscale 8000:1 8000:0 f6f | dfc2:8000000000000000 8092 | 8000:1 2
  fscale 0:4000000000000000 0:0 37f | 0:4000000000000000 2 | 0:4000000000000000 2
  fscale 0:4000000000000000 0:1 36f | 6000:8000000000000000 8092 | 6000:8000000000000000 8092
  fscale 0:8000000000000001 0:0 36f | 1:8000000000000001 2 | 1:8000000000000001 2
  fprem 0:7f 7fff:8000000000000000 36f | 5fc8:fe00000000000000 8092 | 0:7f 2
  fprem1 8000:7892f8b3e6fc10b1 ffff:8000000000000000 b4f | e000:f125f167cdf82162 8092 | 8000:7892f8b3e6fc10b1 2
  fprem 0:7f 3fff:8000000000000000 36f | 5fc8:fe00000000000000 8092 | 5fc8:fe00000000000000 8092
  fsin 1:8000000000000000 0:0 f6f | 6000:ffffffffffffffff 80b0 | 1:8000000000000000 20
  fsin 8001:8000000000000000 0:0 b6f | e000:ffffffffffffffff 80b0 | 8001:8000000000000000 20
  fsin 3fba:8000000000000003 0:0 77f | 3fba:8000000000000002 20 | 3fba:8000000000000003 20
  fsin 3fbb:8000000000000003 0:0 77f | 3fbb:8000000000000002 20 | 3fbb:8000000000000002 20
  fsin 0:4000000000000000 0:0 f6f | 5fff:ffffffffffffffff 80b2 | 6000:8000000000000000 80b2
  fsin 0:4000000000000000 0:0 f7f | 0:3fffffffffffffff 32 | 0:4000000000000000 32
  fcos 3fba:8000000000000003 0:0 77f | 3ffe:ffffffffffffffff 20 | 3fff:8000000000000000 20
  fcos 3fbb:8000000000000003 0:0 77f | 3ffe:ffffffffffffffff 20 | 3ffe:ffffffffffffffff 20
  fcos 0:1 0:0 f7f | 3ffe:ffffffffffffffff 22 | 3fff:8000000000000000 22
  fsincos 1:8000000000000000 0:0 e66 \
    | 3ffe:ffffffffffffffff 6000:ffffffffffffffff 80b0 | 3fff:8000000000000000 1:8000000000000000 20
  fsincos 3fba:ffffffffffffffff 0:0 37f \
    | 3fff:8000000000000000 3fba:ffffffffffffffff 220 | 3fff:8000000000000000 3fba:ffffffffffffffff 20
  fsincos 3fff:8000000000000000 0:0 37f \
    | 3ffe:8a51407da8345c92 3ffe:d76aa47848677021 220 | 3ffe:8a51407da8345c92 3ffe:d76aa47848677021 220
  fsincos 3fff:8000000000000003 0:0 37f \
    | 3ffe:8a51407da8345c8d 3ffe:d76aa47848677024 20 | 3ffe:8a51407da8345c8d 3ffe:d76aa47848677024 220
  fptan 3fba:8000000000000003 0:0 b7f \
    | 3fff:8000000000000000 3fba:8000000000000004 220 | 3fff:8000000000000000 3fba:8000000000000003 20
  fptan 3fbb:8000000000000003 0:0 b7f \
    | 3fff:8000000000000000 3fbb:8000000000000004 220 | 3fff:8000000000000000 3fbb:8000000000000003 220
  fptan 3fdd:8000000000000003 0:0 f7f \
    | 3fff:8000000000000000 3fdd:8000000000000003 20 | 3fff:8000000000000000 3fdd:8000000000000002 20
  fptan 3fde:8000000000000003 0:0 b7f \
    | 3fff:8000000000000000 3fde:8000000000000004 220 | 3fff:8000000000000000 3fde:8000000000000004 220
  fptan 8001:8000000000000000 0:0 f6f \
    | 3fff:8000000000000000 8001:8000000000000000 20 | 3fff:8000000000000000 8001:8000000000000000 20
  fpatan 3fff:8000000000000000 1:8000000000000000 f6f | 6000:ffffffffffffffff 80b0 | 1:8000000000000000 20
  fpatan 3fff:8000000000000000 3fd6:c000000000000000 f7f | 3fd6:bfffffffffffffff 20 | 3fd6:c000000000000000 20
  fpatan 3fff:8000000000000000 3fd7:c000000000000000 f7f | 3fd7:bfffffffffffffff 20 | 3fd7:bfffffffffffffff 20
  fpatan 3fff:c000000000000000 3fc0:8000000000000000 b7f | 3fbf:aaaaaaaaaaaaaaab 220 | 3fbf:aaaaaaaaaaaaaaab 220
  fpatan 3fff:ffffffffffffffff 3fc0:c000000000000000 b7f | 3fbf:c000000000000001 220 | 3fbf:c000000000000001 220
  fpatan bfff:8000000000000000 3fc0:8000000000000000 f7f | 4000:c90fdaa22168c234 20 | 4000:c90fdaa22168c234 20
  fyl2x 3ffd:8000000000000000 fffe:8000000000000000 64a | 7ffe:ffffffffffffffff 80a8 | 7ffe:ffffffffffffffff 80a0
  fyl2x 3ffd:8000000000000000 fffe:8000000000000000 f77 | 1fff:8000000000000000 80a8 | 7ffe:ffffffffffffffff 20
  fyl2x 3ffd:8000000000000000 3fff:8000000000000000 37f | c000:8000000000000000 20 | c000:8000000000000000 220
  fyl2x 3ffc:8000000000000000 3fff:8000000000000001 f7f | c000:c000000000000001 20 | c000:c000000000000001 20
  fyl2x 4001:8000000000000000 3fff:8000000000000001 f7f | 4000:8000000000000001 20 | 4000:8000000000000001 20
  fyl2x 3ffe:8000000000000000 1:8000000000000000 f6f | 8001:8000000000000000 20 | e000:ffffffffffffffff 80b0
  fyl2x 3ffe:8000000000000000 8001:8000000000000000 37f | 1:8000000000000000 20 | 1:8000000000000000 220
  fyl2x 1:8000000000000000 3fff:8000000000000000 77f | c00c:fff8000000000000 20 | c00c:fff8000000000000 220
  fyl2xp1 bffe:8000000000000000 3fff:8000000000000000 f7f | bfff:8000000000000000 20 | bffe:ffffffffffffffff 20
  fyl2xp1 bffe:c000000000000000 3fff:8000000000000005 77f | c000:8000000000000005 20 | c000:8000000000000005 220
  fptan 3fdd:8000000000000000 0:0 b7f \
    | 3fff:8000000000000000 3fdd:8000000000000001 220 | 3fff:8000000000000000 3fdd:8000000000000000 20
  fyl2x 2fbd:8000000000000000 fbdd:e43327bb8f868595 27f | 7be9:e7e07abf7536907c 20 | 7be9:e7e07abf7536907c 220
  fpatan 3fff:80003fffffffffff bf00:df4426773e7ef4a0 7f | bf00:df43b6d563144318 220 | bf00:df43b6d563144318 220
  """

@Suite("Variants of x87 arithmetic")
struct ExtendedVariantTests {
  private static let all: ExtendedVariant = [
    .cutsTinyAngles, .takesNegativeLogarithmsAsInexact, .keepsUnchangedDenormals, .reportsRoundingOfCosine,
  ]

  private struct Row {
    var name: String
    var operands: (ExtendedReal, ExtendedReal)
    var control: UInt16
    /// By no variant, and by all.
    var outcomes: [X87Outcome]

    init(_ text: String) throws {
      func number(_ word: Substring) throws -> ExtendedReal {
        let parts = word.split(separator: ":")
        return ExtendedReal(
          significand: try #require(UInt64(parts[1], radix: 16)),
          signExponent: try #require(UInt16(parts[0], radix: 16)))
      }
      let columns = text.split(separator: "|").map { $0.split(separator: " ") }
      let operands = (try number(columns[0][1]), try number(columns[0][2]))
      name = String(columns[0][0])
      self.operands = operands
      control = try #require(UInt16(columns[0][3], radix: 16))
      outcomes = try columns[1...].map { words in
        let status = try #require(words.last.flatMap { UInt16($0, radix: 16) })
        let second = words.count == 3 ? try number(words[1]) : operands.1
        return X87Outcome(first: try number(words[0]), second: second, status: status)
      }
    }

    func outcome(_ variant: ExtendedVariant) throws -> X87Outcome {
      if let function = Transcendental.allCases.first(where: { "\($0)" == name }) {
        return function.outcome(operands.0, operands.1, control: control, variant)
      }
      let instruction = try #require(X87Instruction.allCases.first { "\($0)" == name })
      return instruction.outcome(operands.0, operands.1, control: control, variant)
    }
  }

  @Test("Results of each variant", arguments: variantRows.split(separator: "\n").map(String.init))
  func results(_ text: String) throws {
    let row = try Row(text)
    #expect(try row.outcome([]) == row.outcomes[0])
    #expect(try row.outcome(Self.all) == row.outcomes[1])
  }

  @Test("A processor's behaviors are its variant")
  func behaviors() {
    #expect(ProcessorBehaviors(of: .intel).extendedVariant == Self.all)
    #expect(ProcessorBehaviors(of: .zen2).extendedVariant == [] && ProcessorBehaviors(of: .zen4).extendedVariant == [])
  }

  #if arch(x86_64)
    /// Operands for which a variant says every bit of the result.
    private static func operands(
      _ function: Transcendental, _ values: inout FloatValues
    ) -> (ExtendedReal, ExtendedReal) {
      switch function {
      case .f2xm1, .fsin, .fcos, .fsincos, .fptan:
        let shift = UInt64(1 + values.below(63))
        let isDenormal = values.below(4) == 0
        let angle = values.extended(-16382 ... -34)
        return (isDenormal ? ExtendedReal(significand: angle.significand >> shift) : angle, values.extended())
      case .fyl2x:
        let power = ExtendedReal(significand: 1 << 63, signExponent: UInt16(1 + values.below(0x3FFE)))
        return (power, values.extended(-16382...16383))
      case .fyl2xp1:
        let difference = ExtendedReal(significand: .max << UInt64(63 - values.below(63)), signExponent: 0xBFFE)
        return (difference, values.extended(-16382...16383))
      case .fpatan:
        let exponent = values.below(16000) - 16382
        var x = values.extended((exponent + 42)...16000)
        x.signExponent &= 0x7FFF
        return (x, values.extended(-16382...exponent))
      }
    }

    /// Only where the variant says every bit; other processors have last places of their own.
    @Test(
      "The host: tiny angles and powers of two bit by bit", .enabled(if: !hostVariant.isEmpty),
      arguments: Transcendental.allCases.filter { $0 != .f2xm1 })
    func agrees(_ function: Transcendental) {
      var values = FloatValues(seed: 8)
      var found = Disagreements()
      for _ in 0..<operandCount {
        let (a, b) = Self.operands(function, &values)
        let control = values.controlWord()
        let model = function.outcome(a, b, control: control, hostVariant)
        let host = function.hostOutcome(a, b, control: control, model)
        found.note(model == host, "\(function) FCW \(control), \(a), \(b): \(model), the host \(host)")
      }
      #expect(found.count == 0, "\(found.texts)")
    }
  #endif
}
