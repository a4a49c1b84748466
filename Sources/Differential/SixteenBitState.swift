import InstructionTesting
import X86

extension InstructionTest {
  /// Makes code 16-bit, and mostly stack and data: segments of data and code that end at FFFFh are among them, so that
  /// addresses and stacks wrap at 64 KiB.
  ///
  /// In real mode the segments are those of `RealModeMemory`. No part of the frozen stream of states.
  mutating func narrow(_ random: inout RandomStream) {
    let before = input.selectors
    switch mode {
    case .segmented: narrowSegments(&random)
    case .real16: enterRealMode(&random)
    default: return
    }
    // Pointers keep their linear address, as offsets of 16 bits with anything above.
    for index in 0..<8 {
      let register = index == 7 ? 0 : index == 4 || index == 5 ? 2 : 3
      let value = input.generalRegisters[index]
      let offset = mode == .real16 ? value : value & 0xFFFF
      let linear = (Self.base(before[register]) &+ offset) & 0xFFFF_FFFF
      guard linear &- (Self.dataPage - 16) < 0x3020 else { continue }
      let moved = (linear &- Self.base(input.selectors[register])) & 0xFFFF
      let upper = random.chance(1, of: 3) ? random.next() & 0xFFFF_0000 : 0
      input.generalRegisters[index] = moved | upper
    }
    // Stacks and pointers at the end of 64 KiB.
    if random.chance(1, of: 4) {
      input.generalRegisters[4] = input.generalRegisters[4] & 0xFFFF_0000 | (UInt64(random.below(16)) &- 8) & 0xFFFF
    }
    if random.chance(1, of: 4) {
      let index = random.pick([3, 5, 6, 7])
      input.generalRegisters[index] =
        input.generalRegisters[index] & 0xFFFF_0000 | (UInt64(random.below(32)) &- 16) & 0xFFFF
    }
  }

  private mutating func narrowSegments(_ random: inout RandomStream) {
    if !is16Bit || random.chance(1, of: 8) {
      input.selectors[1] = random.pick([0x07, 0x07, 0x07, 0x47, Self.wrappingCodeSelector])
      input.rip = input.selectors[1] == Self.wrappingCodeSelector ? 0xF800 : 0x800
    }
    let wrapping = Self.wrappingDataSelector
    let data: [UInt16] = random.chance(1, of: 2) ? [wrapping, wrapping, 0x17] : [0x17, 0x17, 0x4F, 0x27]
    for register in [0, 2, 3] where random.chance(7, of: 8) { input.selectors[register] = random.pick(data) }
  }

  private mutating func enterRealMode(_ random: inout RandomStream) {
    let code = RealModeMemory.segments.filter { $0.isCode }.map { $0.selector }
    let data = RealModeMemory.segments.filter { !$0.isCode }.map { $0.selector }
    for register in 0..<6 { input.selectors[register] = random.pick(data) }
    input.selectors[1] = random.chance(7, of: 8) ? code[0] : random.pick(code)
    input.rip = input.selectors[1] == code[0] ? 0x800 : 0xF800
    input.fsBase = UInt64(input.selectors[4]) << 4
    input.gsBase = UInt64(input.selectors[5]) << 4
    // IOPL means nothing in real mode, and NT is kept.
    input.rflags =
      input.rflags & 0x8D5 | RFLAGS.alwaysOne | random.next() & (RFLAGS.direction | RFLAGS.interruptEnable | 0x7000)
    for index in 8..<16 { input.generalRegisters[index] = 0 }
  }
}
