public import InstructionTesting
public import Interpreter
import SoftFloat
import X86

extension Processor {
  /// Takes over general registers, RIP, flags, vectors and x87 state.
  public func importUserState(_ input: borrowing UserState) {
    for index in 0..<16 { state.registers[index] = input.generalRegisters[index] }
    state.rip = input.rip
    state.activity = .running
    state.pendingDebug = 0
    state.isRepeating = false
    var floating = FloatingState()
    floating.controlWord = input.fcw | 0x40
    floating.statusWord = input.fsw
    floating.validRegisters = input.ftw
    floating.mxcsr = input.mxcsr
    let top = Int(input.fsw >> 11) & 7
    for index in 0..<8 {
      floating.registers[(top + index) & 7] = ExtendedReal(
        significand: input.st[index * 2], signExponent: UInt16(truncatingIfNeeded: input.st[index * 2 + 1]))
    }
    for index in 0..<16 {
      floating.xmm[index] = Vector128(low: input.ymm[index * 4], high: input.ymm[index * 4 + 1])
      if hasAVX {
        floating.upper[index] = Vector128(low: input.ymm[index * 4 + 2], high: input.ymm[index * 4 + 3])
      }
    }
    state.floating = floating
    // Last, since it works out the mode as well.
    rflags = input.rflags
  }

  /// YMM registers exist.
  private var hasAVX: Bool { model.features.contains(.avx) }

  /// Gives general registers, RIP, flags, selectors, vectors and x87 state; upper halves of YMM registers stay where the
  /// model does not have them.
  func exportUserState(into result: inout UserState) {
    for index in 0..<16 { result.generalRegisters[index] = state.registers[index] }
    result.rip = state.rip
    result.rflags = rflags & ~(RFLAGS.trap | RFLAGS.resume)
    let floating = state.floating
    result.fcw = floating.controlWord
    result.fsw = floating.statusWord
    result.ftw = floating.validRegisters
    result.mxcsr = floating.mxcsr
    let top = Int(floating.statusWord >> 11) & 7
    for index in 0..<8 {
      let register = floating.registers[(top + index) & 7]
      result.st[index * 2] = register.significand
      result.st[index * 2 + 1] = UInt64(register.signExponent)
    }
    for index in 0..<16 {
      result.ymm[index * 4] = floating.xmm[index].low
      result.ymm[index * 4 + 1] = floating.xmm[index].high
      if hasAVX {
        result.ymm[index * 4 + 2] = floating.upper[index].low
        result.ymm[index * 4 + 3] = floating.upper[index].high
      }
    }
    for index in 0..<6 { result.selectors[index] = state.segments[index].selector }
    result.fsBase = state.segments[4].base
    result.gsBase = state.segments[5].base
  }
}

extension UserState {
  /// Notes how the last instruction ended.
  mutating func setOutcome(_ outcome: StepOutcome) {
    vector = Self.noException
    errorCode = 0
    cr2 = 0
    guard case .raised(let exception) = outcome else { return }
    vector = exception.vector.rawValue
    errorCode = exception.hasErrorCode ? exception.errorCode : 0
    if exception.vector == .pageFault { cr2 = exception.address.rawValue }
  }
}
