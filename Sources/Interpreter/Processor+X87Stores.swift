import MMU
import SoftFloat
import X86
import X86Decoder

extension Processor {
  /// FST and FSTP of a real number or a register.
  func x87StoreReal(_ instruction: Instruction) throws(Exception) {
    if instruction.operand0 == .sti {
      storeX87Register(instruction)
    } else if instruction.width0 == 10 {
      try storeExtended(instruction)
    } else {
      try storeConverted(instruction, .real)
    }
  }

  /// FIST, FISTP and FISTTP.
  func x87StoreInteger(_ instruction: Instruction, truncating: Bool) throws(Exception) {
    try storeConverted(instruction, truncating ? .truncatedInteger : .integer)
  }

  private func storeX87Register(_ instruction: Instruction) {
    if instruction.opcode == 0xD9, isEmpty(0) {
      // D9D8h to D9DFh do not look at the tag (FSTPNCE), and move nothing then.
      state.floating.statusWord &= ~0x200
      return popX87()
    }
    guard let value = register(0) else { return }
    if !isEmpty(0) { state.floating.statusWord &= ~0x200 }
    setRegister(instruction.rm & 7, value)
    if instruction.operation.traits.contains(.pops) { popX87() }
  }

  /// FSTP m80.
  private func storeExtended(_ instruction: Instruction) throws(Exception) {
    if !(does(.skipsMemoryOfUnmaskedX87Store) && stopsX87Store(instruction, .extended)) {
      try checkParts(instruction, first: valueOrIndefinite.significand)
    }
    guard let value = register(0) else { return }
    let at = effectiveAddress(instruction)
    let address = try linear(instruction.segment, at, 8, isWrite: true)
    let last = try lastPart(instruction)
    matchDataBreakpoints(address, 8, isWrite: true)
    matchDataBreakpoints(last, 2, isWrite: true)
    try storeLinear(address, value.significand)
    try storeLinear(last, value.signExponent)
    if !isEmpty(0) { state.floating.statusWord &= ~0x200 }
    popX87()
  }

  /// ST(0) as a store to memory takes it while that exception is masked.
  private var valueOrIndefinite: ExtendedReal { isEmpty(0) ? .indefinite : state.floating.registers[physical(0)] }

  /// Raises what a store of ten bytes would. Where only the part behind the first 8 faults, these may be stored: sign and
  /// exponent, or the last digits, are a part of their own.
  private func checkParts(_ instruction: Instruction, first: UInt64) throws(Exception) {
    let address = try checkX87Store(instruction)
    do throws(Exception) { try probeWrite(try lastPart(instruction), 2) } catch {
      if does(.storesExtendedInTwoParts) { try storeLinear(address, first) }
      throw error
    }
  }

  /// ST(0) as a store to memory takes it; nil if it is empty and that exception is not masked. The operand is checked
  /// before the value, and before any flag changes.
  private func storedValue(_ instruction: Instruction, _ format: X87StoreFormat) throws(Exception) -> ExtendedReal? {
    if !(does(.skipsMemoryOfUnmaskedX87Store) && stopsX87Store(instruction, format)) {
      try checkX87Store(instruction)
    }
    return register(0)
  }

  private func storeConverted(_ instruction: Instruction, _ format: X87StoreFormat) throws(Exception) {
    guard let own = try storedValue(instruction, format) else { return }
    var arithmetic = ExtendedArithmetic(controlWord: state.floating.controlWord)
    let value = format.convert(own, width: instruction.width0, &arithmetic)
    guard arithmetic.flags & format.stoppingFlags & ~state.floating.controlWord == 0 else {
      setC1(false)
      _ = noteX87(arithmetic.flags, mayStop: true)
      return
    }
    try storeSized(instruction.segment, effectiveAddress(instruction), instruction.width0, value)
    _ = settle(arithmetic)
    if instruction.operation.traits.contains(.pops) { popX87() }
  }

  /// Whether a store to memory will not happen since it raises an exception that is not masked.
  private func stopsX87Store(_ instruction: Instruction, _ format: X87StoreFormat) -> Bool {
    if isEmpty(0) { return state.floating.controlWord & 1 == 0 }
    let own = state.floating.registers[physical(0)]
    var arithmetic = ExtendedArithmetic(controlWord: state.floating.controlWord)
    switch format {
    case .extended: return false
    case .real, .integer, .truncatedInteger:
      _ = format.convert(own, width: instruction.width0, &arithmetic)
      return arithmetic.flags & format.stoppingFlags & ~state.floating.controlWord != 0
    }
  }

  /// FBLD.
  func x87LoadDecimal(_ instruction: Instruction) throws(Exception) {
    let at = effectiveAddress(instruction)
    let low = try load(instruction.segment, at, as: UInt64.self)
    let high = try load(instruction.segment, parts(instruction).offset(at: 8), as: UInt16.self)
    var value: Int64 = 0
    for digit in stride(from: 4, through: 0, by: -4) { value = value * 10 + Int64((high >> UInt16(digit)) & 15) }
    for digit in stride(from: 60, through: 0, by: -4) { value = value * 10 + Int64((low >> UInt64(digit)) & 15) }
    var number = ExtendedReal(integer: value)
    if high & 0x8000 != 0 { number.signExponent |= 0x8000 }
    pushX87(number)
  }

  /// FBSTP.
  func x87StoreDecimal(_ instruction: Instruction) throws(Exception) {
    let own = valueOrIndefinite
    var arithmetic = ExtendedArithmetic(controlWord: state.floating.controlWord)
    let integer = Int64(bitPattern: arithmetic.toInteger(own, bits: 64, truncating: false))
    var magnitude = integer.magnitude
    let isTooLarge = arithmetic.flags & 1 != 0 || magnitude > 999_999_999_999_999_999
    // Nothing was rounded then: C1 is 0.
    if isTooLarge { (arithmetic.flags, arithmetic.roundedUp) = (1, false) }
    let stops = isTooLarge && state.floating.controlWord & 1 == 0
    var (low, high): (UInt64, UInt16) = (0xC000_0000_0000_0000, 0xFFFF)
    if !isTooLarge {
      (low, high) = (0, own.isNegative ? 0x8000 : 0)
      for digit in 0..<16 {
        low |= (magnitude % 10) << UInt64(digit * 4)
        magnitude /= 10
      }
      high |= UInt16(magnitude % 10) | UInt16(magnitude / 10) << 4
    }
    if !(does(.skipsMemoryOfUnmaskedX87Store) && stops) { try checkParts(instruction, first: low) }
    guard register(0) != nil else { return }
    if stops {
      setC1(false)
      _ = noteX87(1, mayStop: true)
      return
    }
    let address = try linear(instruction.segment, effectiveAddress(instruction), 8, isWrite: true)
    let last = try lastPart(instruction)
    try probeWrite(address, 8)
    try probeWrite(last, 2)
    matchDataBreakpoints(address, 8, isWrite: true)
    matchDataBreakpoints(last, 2, isWrite: true)
    try storeLinear(address, low)
    try storeLinear(last, high)
    _ = settle(arithmetic)
    popX87()
  }

  /// Raises what a store to the memory operand would, or to its first 8 bytes, and gives their address.
  @discardableResult func checkX87Store(_ instruction: Instruction) throws(Exception) -> UInt64 {
    let size = UInt64(min(instruction.width0, 8))
    let address = try linear(instruction.segment, effectiveAddress(instruction), size, isWrite: true)
    if isCheckingAlignment { try checkAccess(address, size, isWrite: true) }
    try probeWrite(address, Int(size))
    return address
  }

  /// The linear address of the last two bytes of an operand of ten.
  func lastPart(_ instruction: Instruction) throws(Exception) -> UInt64 {
    try linear(instruction.segment, parts(instruction).offset(at: 8), 2, isWrite: true)
  }
}

/// The formats of a store to memory.
enum X87StoreFormat {
  case real, extended, integer, truncatedInteger

  /// The exceptions that stop a store if they are not masked. A denormal extended number raises nothing here; overflow
  /// and underflow stop a store of a real number.
  var stoppingFlags: UInt16 { self == .real ? 0x19 : 1 }

  /// A number in this format, of `width` bytes.
  func convert(_ number: ExtendedReal, width: UInt8, _ arithmetic: inout ExtendedArithmetic) -> UInt64 {
    if self == .real {
      return arithmetic.toReal(number, width == 4 ? .single : .double)
    }
    return arithmetic.toInteger(number, bits: Int(width) * 8, truncating: self == .truncatedInteger)
  }
}
