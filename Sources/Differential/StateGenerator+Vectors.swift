import InstructionTesting
import X86

/// Vector registers, MXCSR and memory of version 2: part of what is frozen.
extension StateGenerator {
  /// What 32 bytes of a register or of memory hold.
  private enum VectorKind: Int {
    /// Those of version 1: random bits, edges of widths, singles, doubles, small bytes, zeros.
    case random, boundary, singles, doubles, bytes, zeros
    /// Elements of 32 or 64 bits from -16 to 47, with which a gather stays near its base.
    case indices32, indices64
    /// Elements of 32 or 64 bits that a masked move or a gather takes or leaves, by their highest bit.
    case masks32, masks64
    /// Half-precision numbers.
    case halves
    /// Singles and doubles at the ends of the ranges of integers.
    case integerEdges
    /// What another register holds, but for one byte now and then.
    case copy

    static let count = VectorKind.copy.rawValue + 1
  }

  static func fillVectorsAndWindow(_ state: inout UserState, _ random: inout RandomStream) {
    for register in 0..<16 {
      for (word, value) in words(&random, state).enumerated() { state.ymm[register * 4 + word] = value }
    }
    for group in 0..<16 {
      let isPlain = random.chance(1, of: 3)
      let values = isPlain ? (0..<4).map { _ in random.next() } : words(&random, state)
      for (word, value) in values.enumerated() { state.window[group * 4 + word] = value }
    }
    if random.chance(1, of: 8) { fillSaveArea(&state, &random) }
    if random.chance(1, of: 4) { state.mxcsr |= UInt32(random.below(64)) }
    if random.chance(1, of: 4) { state.mxcsr ^= UInt32(random.below(4)) << 13 }
    if random.chance(1, of: 16) { state.mxcsr ^= UInt32(random.below(64)) << 7 }
    if random.chance(1, of: 12) { state.mxcsr ^= UInt32(random.pick([0x40, 0x8000, 0x8040])) }
  }

  /// What FXRSTOR finds legal at the window's start, and an XSAVE header in its middle.
  private static func fillSaveArea(_ state: inout UserState, _ random: inout RandomStream) {
    state.window[3] = 0xFFFF_0000_1F80 ^ UInt64(random.below(64)) ^ UInt64(random.below(4)) << 13
    state.window[32] = UInt64(random.below(8))
    state.window[33] = random.chance(1, of: 2) ? 0 : 1 << 63 | UInt64(random.below(8))
    for word in 34..<40 { state.window[word] = 0 }
  }

  /// Four words of one kind.
  private static func words(_ random: inout RandomStream, _ state: UserState) -> [UInt64] {
    let kind = VectorKind(rawValue: random.below(VectorKind.count)) ?? .random
    switch kind {
    case .random, .boundary, .singles, .doubles, .bytes, .zeros:
      return (0..<4).map { _ in vectorWord(&random, kind.rawValue) }
    case .copy:
      let source = random.below(16) * 4
      var words = (0..<4).map { state.ymm[source + $0] }
      if random.chance(1, of: 2) { words[random.below(4)] ^= 1 << UInt64(random.below(64)) }
      return words
    case .indices32, .masks32, .halves:
      return (0..<4).map { _ in UInt64(element32(kind, &random)) | UInt64(element32(kind, &random)) << 32 }
    case .indices64: return (0..<4).map { _ in UInt64(random.below(64)) &- 16 }
    case .masks64: return (0..<4).map { _ in random.next() >> 1 | (random.chance(1, of: 2) ? 1 << 63 : 0) }
    case .integerEdges: return (0..<4).map { _ in edge(&random) }
    }
  }

  private static func element32(_ kind: VectorKind, _ random: inout RandomStream) -> UInt32 {
    switch kind {
    case .indices32: UInt32(random.below(64)) &- 16
    case .masks32: UInt32(random.below(1 << 31)) | (random.chance(1, of: 2) ? 1 << 31 : 0)
    default: UInt32(half(&random)) | UInt32(half(&random)) << 16
    }
  }

  private static func half(_ random: inout RandomStream) -> UInt16 {
    let bits = UInt16(truncatingIfNeeded: random.next())
    return switch random.below(4) {
    case 0: random.pick([0, 0x8000, 0x7C00, 0xFC00, 0x7E00, 0x7C01, 1, 0x7BFF, 0x03FF, 0x0400])
    case 1: bits & 0x83FF
    default: bits
    }
  }

  /// Two singles or a double with the exponent of 2^30 to 2^33 or 2^62 to 2^65, the lower bits few or many.
  private static func edge(_ random: inout RandomStream) -> UInt64 {
    let bits = random.next() & (random.chance(1, of: 2) ? .max : 0x8000_0000_8000_0000)
    let exponent = UInt64((random.chance(1, of: 2) ? 30 : 62) + random.below(4))
    if random.chance(1, of: 2) { return bits & 0x800F_FFFF_FFFF_FFFF | (exponent + 1023) << 52 }
    let single = (exponent + 127) << 23
    return bits & 0x807F_FFFF_807F_FFFF | single | single << 32
  }
}
