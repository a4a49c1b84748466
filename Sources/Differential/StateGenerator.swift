public import InstructionTesting
import X86

/// Makes the state that a test starts from.
///
/// Frozen: recorded vectors hold seeds, not states, so each version must give the same state for the same numbers for
/// ever. It knows nothing of the instruction: the code generator looks for operands that suit the state.
public enum StateGenerator {
  /// The rules that states are made by; another rule is another version.
  public enum Version: UInt64, Sendable, CaseIterable {
    /// States for instructions up to SSE2.
    case first = 1
    /// Vector registers and memory also hold indices and masks of gathers, half-precision numbers, numbers at the ends
    /// of integer ranges and copies of one another; MXCSR has other rounding modes more often.
    case second = 2

    /// What new campaigns and recordings use.
    public static let newest = Version.second

    fileprivate var purpose: UInt64 { 0x5354_4154_4530 + rawValue }
  }

  /// The state of a test.
  public static func state(
    seed: UInt64, number: UInt64, mode: InstructionTest.Mode, cpl: UInt8, version: Version = .newest
  ) -> UserState {
    var random = RandomStream(campaign: seed, test: number, purpose: version.purpose)
    var state = UserState()
    fillGeneral(&state, &random, mode)
    switch version {
    case .first:
      fillVectors(&state, &random)
      fillX87(&state, &random)
      for word in 0..<64 { state.window[word] = random.chance(1, of: 3) ? boundary(&random) : random.next() }
    case .second:
      fillVectorsAndWindow(&state, &random)
      fillX87(&state, &random)
    }
    if mode == .segmented {
      fillSegments(&state, &random)
    } else if mode == .compatibility32 || mode == .real16 {
      state.selectors = [0x2B, 0x23, 0x2B, 0x2B, 0, 0]
    } else {
      if random.chance(1, of: 4) { state.fsBase = InstructionTest.windowAddress &+ UInt64(random.below(0x100)) }
      if random.chance(1, of: 4) { state.gsBase = InstructionTest.windowAddress &- UInt64(random.below(0x1000)) }
    }
    if cpl == 0 {
      state.selectors[1] = 0x10
      state.selectors[2] = 0x18
    }
    return state
  }

  /// The plainest state of a mode and CPL: no part of the frozen stream.
  static func plainState(mode: InstructionTest.Mode, cpl: UInt8) -> UserState {
    var state = UserState()
    if mode == .real16 {
      let (code, data) = (RealModeMemory.segments[0].selector, RealModeMemory.segments[2].selector)
      state.selectors = [data, code, data, data, data, data]
      (state.fsBase, state.gsBase) = (UInt64(data) << 4, UInt64(data) << 4)
      state.rip = 0x800
      state.generalRegisters[4] = 0x1000
      return state
    }
    if mode != .long64 { state.selectors = [0x2B, 0x23, 0x2B, 0x2B, 0, 0] }
    if cpl == 0 {
      state.selectors[1] = 0x10
      state.selectors[2] = 0x18
    }
    state.generalRegisters[4] = InstructionTest.windowAddress + 0x100
    return state
  }

  /// A value at the edge of some width.
  static func boundary(_ random: inout RandomStream) -> UInt64 {
    let bit = UInt64(random.below(64))
    switch random.below(8) {
    case 0: return 0
    case 1: return .max
    case 2: return 1
    case 3: return 1 << bit
    case 4: return (1 << bit) &- 1
    case 5: return ~((1 << bit) &- 1)
    case 6: return 0x8000_0000_8000_8080
    default: return 0x7FFF_FFFF_7FFF_7F7F
    }
  }

  private static func windowPointer(_ random: inout RandomStream) -> UInt64 {
    switch random.below(8) {
    // Close to the page border, either side.
    case 0, 1: InstructionTest.windowAddress &+ 0xF0 &+ UInt64(random.below(32))
    // Aligned to 16.
    case 2, 3, 4: InstructionTest.windowAddress &+ UInt64(random.below(32)) * 16
    case 5, 6: InstructionTest.windowAddress &+ UInt64(random.below(512))
    // Around the ends of the mapped pages.
    default:
      random.pick([InstructionTest.dataPage, InstructionTest.readOnlyPage, InstructionTest.readOnlyPage &+ 0x1000])
        &- 16 &+ UInt64(random.below(32))
    }
  }

  private static func fillGeneral(
    _ state: inout UserState, _ random: inout RandomStream, _ mode: InstructionTest.Mode
  ) {
    for index in 0..<16 {
      let isPointerByHabit = index == 3 || (5...7).contains(index)
      let value: UInt64
      switch random.below(20) {
      case 0..<(isPointerByHabit ? 12 : 6): value = windowPointer(&random)
      case 12, 13: value = boundary(&random)
      case 14, 15: value = UInt64(random.below(256))
      case 16: value = 0 &- UInt64(random.below(256))
      case 17: value = random.next()
      case 18: value = random.next() & 0xFFFF_FFFF
      default: value = random.next() >> UInt64(random.below(64))
      }
      state.generalRegisters[index] = value
    }
    // A stack that works, but for one test in sixteen.
    if !random.chance(1, of: 16) {
      state.generalRegisters[4] = InstructionTest.windowAddress &+ 0x80 &+ UInt64(random.below(24)) * 16
    }
    if random.chance(1, of: 2) { state.generalRegisters[1] = UInt64(random.below(70)) }
    if mode != .long64 {
      for index in 0..<16 {
        state.generalRegisters[index] = index < 8 ? state.generalRegisters[index] & 0xFFFF_FFFF : 0
      }
    }
    var flags = RFLAGS.alwaysOne | RFLAGS.interruptEnable | (random.next() & RFLAGS.status)
    if random.chance(1, of: 8) { flags |= RFLAGS.direction }
    if random.chance(1, of: 16) { flags |= RFLAGS.alignmentCheck }
    if random.chance(1, of: 16) { flags |= RFLAGS.identification }
    if random.chance(1, of: 32) { flags |= RFLAGS.nestedTask }
    state.rflags = flags
  }

  /// Segments of the local descriptor table, and pointers as offsets in them.
  private static func fillSegments(_ state: inout UserState, _ random: inout RandomStream) {
    let data: [UInt16] = [0x17, 0x17, 0x17, 0x1F, 0x27, 0x2F, 0x37, 0x4F, 0x57, 0x2B]
    state.selectors[0] = random.pick(data)
    state.selectors[1] = random.pick([0x07, 0x07, 0x07, 0x0F, 0x23, 0x47])
    state.selectors[2] = random.pick([0x17, 0x17, 0x17, 0x1F, 0x27, 0x2F, 0x4F, 0x57, 0x2B])
    state.selectors[3] = random.pick(data)
    state.selectors[4] = random.pick([0, 0x17, 0x4F, 0x57, 0x07])
    state.selectors[5] = random.pick([0, 0x17, 0x37, 0x57, 0x2B])
    state.fsBase = InstructionTest.base(state.selectors[4])
    state.gsBase = InstructionTest.base(state.selectors[5])
    if state.selectors[1] != 0x23 { state.rip = InstructionTest.codeAddress &- InstructionTest.codePage }
    for index in 0..<8 {
      let value = state.generalRegisters[index]
      guard value &- (InstructionTest.dataPage - 16) < 0x3020 else { continue }
      let register = index == 7 ? 0 : index == 4 || index == 5 ? 2 : 3
      var offset = value &- InstructionTest.base(state.selectors[register])
      if random.chance(1, of: 4) { offset = offset & 0xFFFF | random.next() << 16 }
      state.generalRegisters[index] = offset & 0xFFFF_FFFF
    }
    // Tops of stacks and pointers at the ends of 64 KiB.
    if random.chance(1, of: 12) {
      state.generalRegisters[4] = (random.next() << 16 | UInt64(random.below(12)) &- 6 & 0xFFFF) & 0xFFFF_FFFF
    }
    if random.chance(1, of: 8) {
      state.generalRegisters[random.pick([3, 5, 6, 7])] = 0xFFFF & (UInt64(random.below(24)) &- 12)
    }
  }

  private static func fillVectors(_ state: inout UserState, _ random: inout RandomStream) {
    for register in 0..<16 {
      let kind = random.below(6)
      for word in 0..<4 { state.ymm[register * 4 + word] = vectorWord(&random, kind) }
    }
    if random.chance(1, of: 4) { state.mxcsr |= UInt32(random.below(64)) }
    if random.chance(1, of: 8) { state.mxcsr ^= UInt32(random.below(4)) << 13 }
    if random.chance(1, of: 16) { state.mxcsr ^= UInt32(random.below(64)) << 7 }
    if random.chance(1, of: 32) { state.mxcsr ^= UInt32(random.pick([0x40, 0x8000, 0x8040])) }
  }

  static func vectorWord(_ random: inout RandomStream, _ kind: Int) -> UInt64 {
    switch kind {
    case 0: random.next()
    case 1: boundary(&random)
    case 2: UInt64(single(&random)) | UInt64(single(&random)) << 32
    case 3: double(&random)
    case 4: random.next() & 0x00FF_00FF_00FF_00FF
    default: random.chance(1, of: 2) ? 0 : random.next()
    }
  }

  static func single(_ random: inout RandomStream) -> UInt32 {
    let bits = UInt32(truncatingIfNeeded: random.next())
    switch random.below(8) {
    case 0: return random.pick([0, 0x8000_0000, 0x7F80_0000, 0xFF80_0000, 0x7FC0_0000, 0x7F80_0001, 1, 0x7F7F_FFFF])
    case 1: return bits & 0x807F_FFFF
    case 2: return (bits & 0x80FF_FFFF) | 0x4B00_0000
    default: return (bits & 0x87FF_FFFF) | 0x3C00_0000
    }
  }

  static func double(_ random: inout RandomStream) -> UInt64 {
    let bits = random.next()
    switch random.below(8) {
    case 0:
      return random.pick([
        0, 1 << 63, 0x7FF0_0000_0000_0000, 0xFFF0_0000_0000_0000, 0x7FF8_0000_0000_0000, 0x7FF0_0000_0000_0001, 1,
        0x7FEF_FFFF_FFFF_FFFF,
      ])
    case 1: return bits & 0x800F_FFFF_FFFF_FFFF
    case 2: return (bits & 0x801F_FFFF_FFFF_FFFF) | 0x4330_0000_0000_0000
    default: return (bits & 0x80FF_FFFF_FFFF_FFFF) | 0x3F00_0000_0000_0000
    }
  }

  private static func fillX87(_ state: inout UserState, _ random: inout RandomStream) {
    for register in 0..<8 {
      var significand = random.next() | 1 << 63
      var signExponent = UInt16(truncatingIfNeeded: random.next() & 0x803F) | 0x3FE0
      switch random.below(12) {
      case 0: (significand, signExponent) = (0, signExponent & 0x8000)
      case 1: (significand, signExponent) = (1 << 63, signExponent | 0x7FFF)
      case 2: signExponent |= 0x7FFF
      case 3: (significand, signExponent) = (significand >> UInt64(random.below(64)), signExponent & 0x8000)
      case 4: significand &= ~(1 << 63)
      case 5: significand = boundary(&random) | 1 << 63
      case 6: signExponent = UInt16(truncatingIfNeeded: random.next())
      default: break
      }
      state.st[register * 2] = significand
      state.st[register * 2 + 1] = UInt64(signExponent)
    }
    if random.chance(1, of: 8) {
      state.fcw = 0x40 | UInt16(random.below(64)) | UInt16(random.below(4)) << 8 | UInt16(random.below(4)) << 10
    } else if random.chance(1, of: 4) {
      state.fcw = 0x7F | UInt16(random.pick([0, 2, 3])) << 8 | UInt16(random.below(4)) << 10
    }
    state.fsw = UInt16(random.below(8)) << 11 | (UInt16(truncatingIfNeeded: random.next()) & 0x4700)
    if random.chance(1, of: 4) { state.fsw |= UInt16(random.below(64)) }
    // An unmasked exception is pending, and then ES and B say so.
    if state.fsw & ~state.fcw & 0x3F != 0 { state.fsw |= 0x8080 }
    state.ftw = random.pick([0xFF, 0xFF, 0, UInt8(random.below(256))])
  }
}
