public import SoftFloat
public import X86
import X86Decoder

extension ProcessorBehaviors {
  /// Those that decide results of x87 arithmetic.
  public var extendedVariant: ExtendedVariant {
    var variant: ExtendedVariant = []
    if contains(.keepsUnchangedDenormals) { variant.insert(.keepsUnchangedDenormals) }
    if contains(.cutsTinyAngles) { variant.insert(.cutsTinyAngles) }
    if contains(.takesNegativeLogarithmsAsInexact) { variant.insert(.takesNegativeLogarithmsAsInexact) }
    if contains(.reportsRoundingOfCosine) { variant.insert(.reportsRoundingOfCosine) }
    return variant
  }
}

extension Processor {
  /// The arithmetic of operations whose results behaviors decide.
  var variantArithmetic: ExtendedArithmetic {
    ExtendedArithmetic(controlWord: state.floating.controlWord, model.behaviors.extendedVariant)
  }

  /// F2XM1, FSIN and FCOS: C2 says that the operand of a circular function is too large, and stays.
  func x87Function(_ instruction: Instruction, _ function: X87Function) throws(Exception) {
    if function != .exponential { state.floating.statusWord &= ~0x400 }
    guard let own = register(0) else { return }
    var arithmetic = variantArithmetic
    let result =
      switch function {
      case .exponential: arithmetic.exponentialLessOne(own)
      case .sine: arithmetic.sine(own)
      case .cosine: arithmetic.cosine(own)
      }
    guard let result else { return reportX87Range() }
    if settle(arithmetic) { setRegister(0, result) }
  }

  /// FSINCOS and FPTAN: the second result is pushed.
  func x87FunctionPair(_ instruction: Instruction, _ pair: X87FunctionPair) throws(Exception) {
    state.floating.statusWord &= ~0x400
    // An empty operand comes before a full stack; either makes both results the indefinite.
    if isEmpty(0) || !isEmpty(7) {
      guard stackFault(isOverflow: !isEmpty(0)) else { return }
      setRegister(0, .indefinite)
      return appendX87(.indefinite)
    }
    let own = state.floating.registers[physical(0)]
    var arithmetic = variantArithmetic
    let results =
      switch pair {
      case .sineAndCosine: arithmetic.sineAndCosine(own)
      case .tangentAndOne: arithmetic.tangent(own)
      }
    guard let results else { return reportX87Range() }
    guard settle(arithmetic) else { return }
    setRegister(0, results.result)
    appendX87(results.pushed)
  }

  /// FYL2X, FYL2XP1 and FPATAN of ST(0) and ST(1), which takes the result when ST(0) is popped.
  func x87FunctionOfTwo(_ instruction: Instruction, _ function: X87FunctionOfTwo) throws(Exception) {
    if underflows(0, 1, into: 1, pops: true) { return }
    let (x, y) = (state.floating.registers[physical(0)], state.floating.registers[physical(1)])
    var arithmetic = variantArithmetic
    let result =
      switch function {
      case .logarithm: arithmetic.logarithm(x, times: y)
      case .logarithmOfOnePlus: arithmetic.logarithmOfOnePlus(x, times: y)
      case .arctangent: arithmetic.arctangent(y, over: x)
      }
    guard settle(arithmetic) else { return }
    setRegister(1, result)
    popX87()
  }

  /// The operand of a circular function is not reduced: C2 set, C1 clear, and nothing else changes.
  private func reportX87Range() {
    setC1(false)
    state.floating.statusWord |= 0x400
  }
}

/// The transcendental instructions of one operand and one result.
enum X87Function { case exponential, sine, cosine }

/// Those of two results.
enum X87FunctionPair { case sineAndCosine, tangentAndOne }

/// Those of two operands.
enum X87FunctionOfTwo { case logarithm, logarithmOfOnePlus, arctangent }
