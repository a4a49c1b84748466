public import InstructionTesting
import X86
import X86Decoder

/// Encodes one form with operands that suit a state.
struct Assembler {
  let template: EncodingTemplate
  let state: UserState
  let is64Bit: Bool
  let is16Bit: Bool
  /// Where it stands behind the start of the code.
  let offset: UInt64
  var rex: UInt8 = 0
  private var prefixes: [UInt8] = []
  private var isShortAddress = false

  init(template: EncodingTemplate, state: UserState, is64Bit: Bool, is16Bit: Bool = false, offset: Int = 0) {
    self.is16Bit = is16Bit
    self.offset = UInt64(bitPattern: Int64(offset))
    self.template = template
    self.state = state
    self.is64Bit = is64Bit
  }

  /// The bytes: legacy prefixes, REX, opcode, ModRM, SIB, displacement, immediates.
  mutating func encode(_ random: inout RandomStream, spoils: Bool) -> [UInt8] {
    choosePrefixes(&random, spoils: spoils)
    var opcode = template.opcode
    if template.codes > 1 { opcode[opcode.count - 1] &+= UInt8(random.below(template.codes)) }
    if template.codes == 8, is64Bit, random.chance(1, of: 2) { rex |= 0x41 }
    var tail = template.hasModRM ? operand(&random, spoils: spoils) : []
    for token in template.immediates { tail += immediate(token, &random) }
    if isShortAddress { prefixes.append(0x67) }
    if let wide = template.wide {
      rex = wide ? rex | 0x48 : rex & ~8
    } else if is64Bit, random.chance(1, of: 3) {
      rex |= 0x48
    } else if is64Bit, random.chance(1, of: 16) {
      rex |= 0x40
    }
    if let vex = template.vex { return encode(vex, opcode + tail, &random, spoils: spoils) }
    var bytes = prefixes
    if template.mandatoryPrefix != 0 { bytes.insert(template.mandatoryPrefix, at: random.below(bytes.count + 1)) }
    if is64Bit && rex != 0 { bytes.append(rex) }
    return bytes + opcode + tail
  }

  /// A VEX prefix before opcode and operands; a spoiled one has what must not be.
  private func encode(
    _ vex: VEXEncoding, _ rest: [UInt8], _ random: inout RandomStream, spoils: Bool
  ) -> [UInt8] {
    var isLong = vex.isLong ?? random.chance(1, of: 2)
    var vvvv = template.usesVVVV ? UInt8(random.below(is64Bit ? 16 : 8)) : 0
    var rex = is64Bit ? self.rex : self.rex & 8
    var bytes = prefixes
    if spoils {
      switch random.below(4) {
      case 0: isLong.toggle()
      case 1: vvvv = UInt8(random.below(16))
      case 2: rex ^= is64Bit ? 8 : 9
      default: bytes.append(is64Bit ? random.pick([0x40, 0x66, 0xF0]) : random.pick([0xF3, 0x66, 0xF0]))
      }
    }
    return bytes + vex.bytes(rex: rex, vvvv: vvvv, isLong: isLong, prefersShort: random.chance(3, of: 4)) + rest
  }

  private mutating func choosePrefixes(_ random: inout RandomStream, spoils: Bool) {
    let takesPrefixes = !template.forbidsPrefixes && template.mandatoryPrefix == 0 && template.vex == nil
    if takesPrefixes, random.chance(1, of: 5) { prefixes.append(0x66) }
    if isString, random.chance(1, of: 2) { prefixes.append(random.pick([0xF3, 0xF2])) }
    if random.chance(1, of: 24) { prefixes.append(random.pick([0x2E, 0x36, 0x3E, 0x26])) }
    if is64Bit, random.chance(1, of: 10) { prefixes.append(random.pick([0x64, 0x65])) }
    if template.isLockable, random.chance(1, of: 12) { prefixes.append(0xF0) }
    if spoils, template.vex == nil { prefixes.append(random.pick([0xF0, 0xF2, 0xF3, 0x66, 0xF3, 0x66, 0x67])) }
    isShortAddress = random.chance(1, of: 24)
  }

  private var isString: Bool {
    let traits = template.operation.traits
    return traits.contains(.string) && !traits.contains(.privileged)
  }

  // MARK: ModRM

  private mutating func operand(_ random: inout RandomStream, spoils: Bool) -> [UInt8] {
    if let exact = template.exactModRM { return [exact] }
    let reg = template.digit ?? UInt8(random.below(8))
    if template.digit == nil, is64Bit, random.chance(1, of: 2) { rex |= 0x44 }
    var usesMemory = template.allowsMemory && (!template.allowsRegister || random.chance(1, of: 2))
    if spoils, random.chance(1, of: 4) { usesMemory.toggle() }
    guard usesMemory else {
      if is64Bit, random.chance(1, of: 2) { rex |= 0x41 }
      return [0xC0 | reg << 3 | UInt8(random.below(8))]
    }
    return hasAddress16 ? memory16(reg, &random) : memory(reg, &random)
  }

  /// A memory operand whose address lies where something is mapped, most of the time.
  private mutating func memory(_ reg: UInt8, _ random: inout RandomStream) -> [UInt8] {
    if let indexBits = template.indexBits, !random.chance(1, of: 24) { return gather(reg, indexBits, &random) }
    let target = self.target(&random)
    let registerCount = is64Bit ? 16 : 8
    if is64Bit, random.chance(1, of: 14) { return wide(reg, &random) }
    switch random.below(10) {
    case 0: return absolute(reg, target, &random)
    case 1...3: return withIndex(reg, target, registerCount, &random)
    default: break
    }
    // A base from which the target is within reach, if there is one.
    for _ in 0..<8 {
      let base = random.below(registerCount)
      let distance = Int64(bitPattern: target &- state.generalRegisters[base])
      guard let displacement = Int32(exactly: distance) else { continue }
      return based(reg, UInt8(base), displacement, &random)
    }
    return based(reg, UInt8(random.below(registerCount)), Int32(random.below(256)) - 128, &random)
  }

  /// An address that needs all 64 bits, if only to fault; aligned half of the time.
  private mutating func wide(_ reg: UInt8, _ random: inout RandomStream) -> [UInt8] {
    var base = random.below(16)
    for _ in 0..<8 where state.generalRegisters[base] >> 32 == 0 { base = random.below(16) }
    let misalignment = Int32(truncatingIfNeeded: state.generalRegisters[base] & 15)
    let displacement = Int32(random.below(16)) * 16 - 112
    return based(reg, UInt8(base), displacement - (random.chance(1, of: 2) ? misalignment : 0), &random)
  }

  /// The state is one of real mode.
  private var isRealMode: Bool { RealModeMemory.base(state.selectors[1]) != nil }

  /// Addresses have 16 bits.
  private var hasAddress16: Bool { !is64Bit && isShortAddress != is16Bit }

  /// An offset in DS that is mapped, most of the time.
  private func target(_ random: inout RandomStream) -> UInt64 {
    let base = InstructionTest.base(state.selectors[3])
    return base == 0 ? linearTarget(&random) : (linearTarget(&random) &- base) & 0xFFFF_FFFF
  }

  func linearTarget(_ random: inout RandomStream) -> UInt64 {
    if let area = saveAreaTarget, random.chance(1, of: 2) { return area }
    return switch random.below(16) {
    case 0: random.pick([InstructionTest.dataPage, InstructionTest.readOnlyPage]) &+ UInt64(random.below(64)) &- 32
    case 1: InstructionTest.readOnlyPage &+ 0x1000 &- UInt64(random.below(64))
    case 2, 3: InstructionTest.windowAddress &+ 0xF0 &+ UInt64(random.below(16))
    case 4: InstructionTest.windowAddress &+ UInt64(random.below(496))
    default: InstructionTest.windowAddress &+ UInt64(random.below(31)) * 16
    }
  }

  private mutating func based(
    _ reg: UInt8, _ base: UInt8, _ displacement: Int32, _ random: inout RandomStream
  ) -> [UInt8] {
    if base >= 8 { rex |= 0x41 }
    let low = base & 7
    let sib: [UInt8] = low == 4 ? [0x24] : []
    if displacement == 0 && low != 5 && random.chance(3, of: 4) { return [reg << 3 | low] + sib }
    if let byte = Int8(exactly: displacement), random.chance(7, of: 8) {
      return [0x40 | reg << 3 | low] + sib + [UInt8(bitPattern: byte)]
    }
    return [0x80 | reg << 3 | low] + sib + little(UInt64(bitPattern: Int64(displacement)), 4)
  }

  private mutating func withIndex(
    _ reg: UInt8, _ target: UInt64, _ registerCount: Int, _ random: inout RandomStream
  ) -> [UInt8] {
    for _ in 0..<12 {
      let base = random.below(registerCount)
      let index = random.below(registerCount)
      let scale = UInt64(random.below(4))
      guard index != 4 else { continue }
      let sum = state.generalRegisters[base] &+ state.generalRegisters[index] << scale
      guard let displacement = Int32(exactly: Int64(bitPattern: target &- sum)) else { continue }
      if base >= 8 { rex |= 0x41 }
      if index >= 8 { rex |= 0x42 }
      let sib = UInt8(scale) << 6 | UInt8(index & 7) << 3 | UInt8(base & 7)
      return [0x84 | reg << 3, sib] + little(UInt64(bitPattern: Int64(displacement)), 4)
    }
    return [0x44 | reg << 3, UInt8(random.below(256)), UInt8(random.below(256))]
  }

  /// RIP-relative or absolute.
  private func absolute(_ reg: UInt8, _ target: UInt64, _ random: inout RandomStream) -> [UInt8] {
    if !is64Bit { return [0x05 | reg << 3] + little(target, 4) }
    if random.chance(1, of: 2) { return [0x04 | reg << 3, 0x25] + little(target, 4) }
    // The instruction's length is not known yet: the target moves by some bytes.
    return [0x05 | reg << 3] + little(target &- InstructionTest.codeAddress &- offset &- 8, 4)
  }

  private func memory16(_ reg: UInt8, _ random: inout RandomStream) -> [UInt8] {
    guard InstructionTest.segment(state.selectors[3]) != nil || isRealMode else {
      // Addresses below 64 KiB: never mapped in flat segments.
      return [0x40 | reg << 3 | UInt8(random.below(8)), UInt8(random.below(256))]
    }
    // BX+SI BX+DI BP+SI BP+DI SI DI BP BX
    let registers: [[Int]] = [[3, 6], [3, 7], [5, 6], [5, 7], [6], [7], [5], [3]]
    let rm = random.below(8)
    let target = self.target(&random)
    if rm == 6, random.chance(1, of: 2) { return [0x06 | reg << 3] + little(target, 2) }
    if random.chance(1, of: 6) { return [0x40 | reg << 3 | UInt8(rm), UInt8(random.below(256))] }
    let sum = registers[rm].reduce(0) { $0 &+ state.generalRegisters[$1] }
    return [0x80 | reg << 3 | UInt8(rm)] + little(target &- sum, 2)
  }

  // MARK: Immediates

  private func immediate(_ token: String, _ random: inout RandomStream) -> [UInt8] {
    let value = random.chance(1, of: 2) ? random.next() : UInt64(bitPattern: Int64(random.below(72)) - 4)
    let isShort = prefixes.contains(0x66) != is16Bit
    switch token {
    case "ib", "ibs": return little(value, 1)
    case "rel8": return little(UInt64(bitPattern: Int64(random.below(256)) - 128), 1)
    case "iw": return little(random.chance(1, of: 4) ? value : UInt64(random.below(64)), 2)
    case "iz": return little(value, isShort ? 2 : 4)
    case "iv": return little(value, rex & 8 != 0 || isWide ? 8 : isShort ? 2 : 4)
    case "relz":
      let near = UInt64(bitPattern: Int64(random.below(4096)) - 2048)
      return little(random.chance(1, of: 8) ? value : near, isShort && !is64Bit ? 2 : 4)
    case "moffs":
      return little(target(&random), is64Bit ? (isShortAddress ? 4 : 8) : hasAddress16 ? 2 : 4)
    case "far":
      if isRealMode {
        let segment = random.pick(RealModeMemory.segments)
        let selector = segment.isCode ? segment.selector : UInt16(random.below(0xA000))
        return little(UInt64(random.below(0x1_0000)), isShort ? 2 : 4) + little(UInt64(selector), 2)
      }
      if InstructionTest.segment(state.selectors[1]) != nil || InstructionTest.segment(state.selectors[3]) != nil {
        return localFar(isShort ? 2 : 4, &random)
      }
      let selector = random.pick([0x33, 0x23, 0x2B, 0, 3, 0x10, 0x18, UInt64(random.below(0x100))])
      return little(InstructionTest.codePage &+ UInt64(random.below(4096)), isShort ? 2 : 4) + little(selector, 2)
    case "enter": return little(UInt64(random.below(64)), 2) + little(UInt64(random.below(6)), 1)
    default: return little(value, 1)
    }
  }

  /// A far pointer to a segment of the local descriptor table, or a flat one.
  private func localFar(_ byteCount: Int, _ random: inout RandomStream) -> [UInt8] {
    let selector: UInt64 = random.pick([
      0x07, 0x0F, 0x23, 0x33, 0x17, 0x3F, 0x47, 0x5F, 0x04, UInt64(random.below(0x60)),
    ])
    let base = InstructionTest.base(UInt16(selector)) == 0 ? InstructionTest.codePage : 0
    return little(base &+ UInt64(random.below(0x1010)), byteCount) + little(selector, 2)
  }

  /// REX.W may still be drawn after the immediate: eight bytes are then there, and the decoder takes what it needs.
  private var isWide: Bool { is64Bit }

  func little(_ value: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
  }
}

extension EncodingTemplate {
  /// Bytes of the form with operands that suit a state: registers hold what memory operands are addressed by.
  ///
  /// - Parameters:
  ///   - offset: where it stands behind `InstructionTest.codeAddress`, modulo 2^64.
  ///   - spoils: a prefix or ModRM may be one that it should not have.
  /// - Returns: a form that its prefixes made longer lacks the end of its immediate.
  public func encoded(
    for state: UserState, is64Bit: Bool, is16Bit: Bool, offset: Int, spoils: Bool, _ random: inout RandomStream
  ) -> [UInt8] {
    var assembler = Assembler(
      template: self, state: state, is64Bit: is64Bit, is16Bit: is16Bit, offset: offset)
    return assembler.encode(&random, spoils: spoils)
  }
}
