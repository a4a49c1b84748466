import Differential
import InstructionTesting
import X86
import X86Decoder

/// Branches, changes of code, and what the general generator knows.
extension ProgramDraft {
  /// A comparison and the branch behind it, a counted loop, or a lone branch.
  mutating func branch() {
    let isShort = chance(2, 3)
    switch random.below(8) {
    case 0..<3:
      let (width, reg, rm) = (width(), register(), register())
      if is64Bit {
        switch random.below(4) {
        case 0: emit([width == 1 ? 0x38 : 0x39], direct(reg, rm), width: width)
        case 1: emit([width == 1 ? 0x84 : 0x85], direct(reg, rm), width: width)
        case 2: emit([width == 1 ? 0x80 : 0x83], direct(7, rm), width: width, tail: immediate(1))
        default:
          emit(
            [width == 1 ? 0xF6 : 0xF7], direct(0, rm), width: width,
            tail: immediate(width == 1 ? 1 : width == 2 ? 2 : 4))
        }
      }
      append(.branch(.condition(UInt8(random.below(16))), target: goal(), isShort: isShort))
    case 3:
      // DEC; JNZ.
      let reg = destination()
      if is64Bit {
        if chance(1, 2) { setRegister(reg & 7, UInt64(random.below(6))) }
        emit([0xFF], direct(1, reg & 7), width: chance(1, 2) ? 8 : 4)
        known[Int(reg & 7)] = nil
      }
      append(.branch(.condition(chance(3, 4) ? 5 : 4), target: goal(), isShort: isShort))
    case 4: append(.branch(.loop(UInt8(random.below(4))), target: goal(), isShort: true))
    case 5, 6: append(.branch(.condition(UInt8(random.below(16))), target: goal(), isShort: isShort))
    default: append(.branch(.jump, target: goal(), isShort: isShort))
    }
  }

  /// CALL, RET, and branches by registers and memory.
  mutating func call() {
    let slot = GuestMap.jumpTable + UInt64(random.below(GuestMap.landingCount)) * 8
    switch random.below(9) {
    case 0..<2: append(.branch(.call, target: goal(), isShort: false))
    case 2, 3: append([0xC3])
    case 4:
      let reg = destination()
      append(.address(register: reg, target: goal(), offset: 0))
      known[Int(reg)] = nil
      guard is64Bit else { return append([0xFF, 0xE0 | reg & 7]) }
      emit([0xFF], direct(chance(1, 2) ? 4 : 2, reg))
    case 5, 6:
      guard is64Bit else { return append([0xC3]) }
      emit([0xFF], memory(chance(1, 2) ? 4 : 2, slot))
    case 7:
      // The return address is one that the program pushes.
      guard is64Bit else { return append([0xC3]) }
      emit([0xFF], memory(6, slot))
      append(chance(3, 4) ? [0xC3] : [0xC2] + Self.little(UInt64(random.below(3)) * 8, 2))
    default: append(chance(1, 2) ? [0xC2] + Self.little(UInt64(random.below(3)) * 8, 2) : [0xC9])
    }
  }

  /// A store over code: before it, behind it, or itself.
  mutating func patch() {
    let here = program.parts.count
    let target = random.pick([here, here + 1, here + 1, here + 2, max(here - 1, 0), max(here - 2, 0), goal()])
    let count = random.pick([1, 1, 1, 2, 4])
    var value = immediate(count)
    // What may stand there: NOPs, an INC, a short jump, HLT, INT3.
    if chance(1, 2) {
      value = Array(
        random.pick([[0x90, 0x90, 0x90, 0x90], [0xFF, 0xC0, 0xFF, 0xC1], [0xEB, 0, 0xF4, 0xCC]]).prefix(count))
    }
    append(.patch(value: value, target: target, offset: random.below(6), isAlias: chance(1, 2)))
  }

  /// Any form of the opcode table.
  mutating func general() {
    for _ in 0..<8 where general(random.pick(templates)) { return }
    append([0x90])
  }

  /// One form; false if it does not exist in the mode.
  mutating func general(_ template: EncodingTemplate) -> Bool {
    guard is64Bit ? template.isIn64Bit : template.isInLegacy else { return false }
    var state = program.input
    for register in 0..<16 { state.generalRegisters[register] = known[register] ?? 1 << 62 }
    let place = program.base == .low ? program.offset - 0x800 : 0
    let spoils = chance(1, 64)
    var bytes = template.encoded(
      for: state, is64Bit: is64Bit, is16Bit: mode == .code16, offset: place + program.parts.count * 5, spoils: spoils,
      &random)
    bytes += [UInt8](repeating: 0xCC, count: max(15 - bytes.count, 0))
    guard let instruction = Self.decode(bytes, mode) else {
      if spoils { append(Array(bytes.prefix(15))) }
      return spoils
    }
    append(Array(bytes.prefix(Int(instruction.length))))
    for register in 0..<16 where register != 4 && chance(1, 3) { known[register] = nil }
    return true
  }

  private static func decode(_ bytes: [UInt8], _ mode: DecodeMode) -> Instruction? {
    var instruction = Instruction()
    let failure = unsafe bytes.withUnsafeBufferPointer { buffer -> DecodeFailure? in
      guard let start = buffer.baseAddress else { return .truncated }
      return unsafe Decoder().decode(start, count: buffer.count, mode: mode, into: &instruction)
    }
    return failure == nil ? instruction : nil
  }

  /// To code of another mode or privilege level, and back.
  mutating func otherMode() {
    let isUser = program.cpl == 3
    let here = program.parts.count
    switch random.below(6) {
    case 0..<3 where is64Bit:
      let is16Bit = chance(1, 4)
      let selector =
        isUser
        ? (is16Bit ? GuestSegments.userCode16 : GuestSegments.userCode32)
        : is16Bit ? GuestSegments.kernelCode16 : GuestSegments.kernelCode32
      append(.farReturn(selector: selector, target: here + 1))
      mode = is16Bit ? .code16 : .code32
    case 3 where is64Bit:
      let code = random.pick([GuestSegments.userCode, GuestSegments.kernelCode, GuestSegments.userCode32])
      let stack = code & 3 == 3 ? GuestSegments.userStack : GuestSegments.kernelStack
      append(.interruptReturn(selector: code, stack: stack, target: goal()))
      known[0] = nil
    case 4 where is64Bit: append([random.pick([0xCB, 0xCF, 0x90])])
    default:
      guard mode == .code32 else { return append([0x90]) }
      append(.farReturn(selector: isUser ? GuestSegments.userCode : GuestSegments.kernelCode, target: here + 1))
      mode = .code64
    }
    if !is64Bit { for register in 8..<16 { known[register] = nil } }
  }
}
