import MMU
import SoftFloat
import X86
import X86Decoder

extension Processor {
  /// FNSTENV and FNSAVE.
  func x87StoreEnvironment(_ instruction: Instruction, registers: Bool) throws(Exception) {
    let unit: UInt64 = instruction.operandSize == 2 ? 2 : 4
    let size = unit * 7 + (registers ? 80 : 0)
    let area = try environmentArea(instruction, unit, size, isWrite: true)
    try storeEnvironment(area, unit)
    if registers {
      try storeX87Registers(area, unit * 7)
      state.floating.controlWord = 0x37F
      state.floating.statusWord = 0
      state.floating.validRegisters = 0
      clearX87Pointers()
      updateX87ErrorLine()
    } else {
      state.floating.controlWord |= 0x3F
      summarizeX87Errors()
    }
  }

  /// FLDENV and FRSTOR: all is read before anything changes.
  func x87LoadEnvironment(_ instruction: Instruction, registers: Bool) throws(Exception) {
    let unit: UInt64 = instruction.operandSize == 2 ? 2 : 4
    let area = try environmentArea(instruction, unit, unit * 7 + (registers ? 80 : 0), isWrite: false)
    let environment = try readEnvironment(area, unit)
    let values = registers ? try loadX87Registers(area, unit * 7) : nil
    setEnvironment(environment, unit)
    if let values { for index in 0..<8 { state.floating.registers[physical(UInt8(index))] = values[index] } }
  }

  /// The parts of an environment, whose first unit is checked, then its last byte.
  private func environmentArea(
    _ instruction: Instruction, _ unit: UInt64, _ size: UInt64, isWrite: Bool
  ) throws(Exception) -> OperandParts {
    let area = parts(instruction)
    let address = try linear(area.segment, area.offset, unit, isWrite: isWrite)
    if isCheckingAlignment, address & (unit - 1) != 0 { throw .alignmentCheck(.alignmentCheck) }
    try checkOperand(address, Int(unit), isWrite: isWrite)
    try checkLastByte(area, size, isWrite: isWrite)
    matchDataBreakpoints(address, size, isWrite: isWrite)
    return area
  }

  private func storeX87Registers(_ area: OperandParts, _ start: UInt64) throws(Exception) {
    for index in 0..<UInt64(8) {
      let register = state.floating.registers[physical(UInt8(index))]
      try storeLinear(area[start + index * 10], register.significand)
      try storeLinear(area[start + index * 10 + 8], register.signExponent)
    }
  }

  private func loadX87Registers(_ area: OperandParts, _ start: UInt64) throws(Exception) -> InlineArray<8, ExtendedReal>
  {
    var registers: InlineArray<8, ExtendedReal> = InlineArray(repeating: ExtendedReal())
    for index in 0..<8 {
      let at = start + UInt64(index) * 10
      registers[index] = ExtendedReal(
        significand: try loadLinear(area[at], as: UInt64.self),
        signExponent: try loadLinear(area[at + 8], as: UInt16.self))
    }
    return registers
  }

  /// Two tag bits a register: valid, zero, special, empty.
  private var fullTagWord: UInt16 {
    var word: UInt16 = 0
    for index in 0..<8 {
      let value = state.floating.registers[index]
      let tag: UInt16
      if state.floating.validRegisters & (1 << UInt8(index)) == 0 {
        tag = 3
      } else if value.isZero {
        tag = 1
      } else {
        tag = value.exponent == 0 || value.exponent == 0x7FFF || value.isUnsupported ? 2 : 0
      }
      word |= tag << UInt16(index * 2)
    }
    return word
  }

  /// The pointers as they stand in an environment, behind the three words: offset and selector of the instruction, of the
  /// operand, and the opcode. Real-address and virtual-8086 mode have linear addresses, whose upper parts stand where the
  /// selectors do.
  ///
  /// - SDM: Vol. 1 "Saving the x87 FPU's State with FSTENV/FNSTENV and FSAVE/FNSAVE".
  private func pointerFields(_ unit: UInt64) -> InlineArray<4, UInt64> {
    let floating = state.floating
    let opcode = UInt64(floating.opcode)
    guard isRealStyle else {
      let dropsSelectors = does(.dropsX87Selectors)
      let code = dropsSelectors ? 0 : UInt64(floating.codeSelector)
      let data = dropsSelectors ? 0 : UInt64(floating.dataSelector)
      return [floating.instructionPointer, opcode << 16 | code, floating.dataPointer, data | 0xFFFF_0000]
    }
    let code = UInt64(floating.codeSelector) << 4 &+ floating.instructionPointer
    let data = UInt64(floating.dataSelector) << 4 &+ floating.dataPointer
    func high(_ address: UInt64) -> UInt64 { (address >> 16) << 12 & (unit == 2 ? 0xF000 : 0xFFF_F000) }
    return [code & 0xFFFF | 0xFFFF_0000, high(code) | opcode, data & 0xFFFF | 0xFFFF_0000, high(data)]
  }

  private func storeEnvironment(_ area: OperandParts, _ unit: UInt64) throws(Exception) {
    let floating = state.floating
    let pointers = pointerFields(unit)
    // The upper halves of the first three words are ones.
    let ones: UInt64 = 0xFFFF_0000
    let fields: InlineArray<7, UInt64> = [
      ones | UInt64(floating.controlWord), ones | UInt64(floating.statusWord), ones | UInt64(fullTagWord),
      pointers[0], pointers[1], pointers[2], pointers[3],
    ]
    for index in 0..<7 {
      let at = area[UInt64(index) * unit]
      if unit == 4 {
        try storeLinear(at, UInt32(truncatingIfNeeded: fields[index]))
      } else {
        try storeLinear(at, UInt16(truncatingIfNeeded: fields[index]))
      }
    }
  }

  private func readEnvironment(_ area: OperandParts, _ unit: UInt64) throws(Exception) -> InlineArray<7, UInt64> {
    var fields: InlineArray<7, UInt64> = InlineArray(repeating: 0)
    for index in 0..<7 { fields[index] = try loadLinearSized(area[UInt64(index) * unit], UInt8(unit)) }
    return fields
  }

  private func setEnvironment(_ fields: InlineArray<7, UInt64>, _ unit: UInt64) {
    state.floating.controlWord = UInt16(truncatingIfNeeded: fields[0]) & 0x1F7F | 0x40
    state.floating.statusWord = UInt16(truncatingIfNeeded: fields[1])
    var valid: UInt8 = 0
    for index in 0..<UInt64(8) where (fields[2] >> (index * 2)) & 3 != 3 { valid |= 1 << UInt8(index) }
    state.floating.validRegisters = valid
    setPointers(fields, unit)
    summarizeX87Errors()
  }

  /// The reverse of `pointerFields`; linear addresses become offsets of selector 0.
  private func setPointers(_ fields: InlineArray<7, UInt64>, _ unit: UInt64) {
    let isReal = isRealStyle
    func offset(_ index: Int) -> UInt64 {
      isReal ? fields[index] & 0xFFFF | (fields[index + 1] & 0xFFF_F000) << 4 : fields[index]
    }
    state.floating.instructionPointer = offset(3)
    state.floating.dataPointer = offset(5)
    state.floating.codeSelector = isReal ? 0 : UInt16(truncatingIfNeeded: fields[4])
    state.floating.dataSelector = isReal ? 0 : UInt16(truncatingIfNeeded: fields[6])
    // The protected format of 16 bits has no opcode.
    state.floating.opcode = UInt16(truncatingIfNeeded: isReal ? fields[4] : fields[4] >> 16) & 0x7FF
  }
}
