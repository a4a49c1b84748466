import InstructionTesting
import X86Decoder

/// Operands that only vector registers or save areas have.
extension Assembler {
  /// A vector SIB operand: a base from which mapped memory is within reach of small indices, and a register with such
  /// indices if the state has one.
  mutating func gather(_ reg: UInt8, _ indexBits: Int, _ random: inout RandomStream) -> [UInt8] {
    let registerCount = is64Bit ? 16 : 8
    let index = indexRegister(indexBits, registerCount, &random)
    if index >= 8 { rex |= 0x42 }
    let scale = UInt8(random.below(4))
    let target = linearTarget(&random)
    let sib = scale << 6 | UInt8(index & 7) << 3
    for _ in 0..<8 {
      let base = random.below(registerCount)
      let distance = Int64(bitPattern: target &- state.generalRegisters[base])
      guard let displacement = Int32(exactly: distance) else { continue }
      if base >= 8 { rex |= 0x41 }
      return [0x84 | reg << 3, sib | UInt8(base & 7)] + little(UInt64(bitPattern: Int64(displacement)), 4)
    }
    // No base: ModRM.mod 0 and base 5.
    return [0x04 | reg << 3, sib | 5] + little(target, 4)
  }

  private func indexRegister(_ bits: Int, _ registerCount: Int, _ random: inout RandomStream) -> Int {
    let first = random.below(registerCount)
    guard !random.chance(1, of: 12) else { return first }
    for step in 0..<registerCount {
      let register = (first + step) % registerCount
      if (0..<4).allSatisfy({ isSmall(state.ymm[register * 4 + $0], bits) }) { return register }
    }
    return first
  }

  private func isSmall(_ word: UInt64, _ bits: Int) -> Bool {
    let range = -1024...1024 as ClosedRange<Int64>
    if bits == 64 { return range.contains(Int64(bitPattern: word)) }
    return range.contains(Int64(Int32(truncatingIfNeeded: word)))
      && range.contains(Int64(Int32(truncatingIfNeeded: word >> 32)))
  }

  /// Where the state may hold what FXRSTOR and XRSTOR find legal, and where XSAVE leaves its header in the window.
  var saveAreaTarget: UInt64? { Self.saveAreas[template.operation] }

  private static let saveAreas: [X86Decoder.Operation: UInt64] = [
    .fxsave: InstructionTest.windowAddress, .fxrstor: InstructionTest.windowAddress,
    .xsave: InstructionTest.windowAddress - 0x100, .xsaveopt: InstructionTest.windowAddress - 0x100,
    .xsavec: InstructionTest.windowAddress - 0x100, .xrstor: InstructionTest.windowAddress - 0x100,
  ]
}
