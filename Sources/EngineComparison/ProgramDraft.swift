import Differential
import InstructionTesting
import X86
import X86Decoder

/// A program that is being written: code so far, and what is known of the registers as it runs through.
struct ProgramDraft {
  var program: EngineProgram
  var random: RandomStream
  /// What general registers hold if the code runs straight on; nil if nobody knows.
  var known: [UInt64?]
  /// The mode of the code that is written now.
  var mode: DecodeMode
  /// The forms of the general generator.
  let templates: [EncodingTemplate]
  /// How many parts the program will have, about.
  let length: Int

  init(_ program: EngineProgram, _ random: RandomStream, _ templates: [EncodingTemplate], length: Int) {
    self.program = program
    self.random = random
    self.templates = templates
    self.length = length
    mode = program.mode
    known = (0..<16).map { program.input.generalRegisters[$0] }
  }

  var is64Bit: Bool { mode == .code64 }

  // MARK: Appending

  mutating func append(_ bytes: [UInt8]) { program.parts.append(ProgramPart(.bytes(bytes), mode: mode)) }

  mutating func append(_ code: ProgramCode) { program.parts.append(ProgramPart(code, mode: mode)) }

  // MARK: Random choices

  mutating func chance(_ count: Int, _ total: Int) -> Bool { random.chance(count, of: total) }

  mutating func below(_ bound: Int) -> Int { random.below(bound) }

  /// A register to write: seldom RSP.
  mutating func destination() -> UInt8 {
    let register = UInt8(random.below(16))
    return register == 4 && !random.chance(1, of: 16) ? 0 : register
  }

  mutating func register() -> UInt8 { UInt8(random.below(16)) }

  /// 1, 4 or 8 bytes, seldom 2.
  mutating func width() -> Int { random.pick([8, 8, 8, 8, 4, 4, 4, 4, 1, 1, 1, 2]) }

  /// A part to go to: near, and ahead in two of three cases.
  mutating func goal() -> Int {
    let here = program.parts.count
    switch random.below(12) {
    case 0..<7: return here + 1 + random.below(4)
    case 7..<10: return max(here - random.below(8), 0)
    default: return random.below(max(length, here) + 1)
    }
  }

  /// A value that arithmetic or an address may need.
  mutating func value() -> UInt64 {
    switch random.below(6) {
    case 0: 1 << UInt64(random.below(64))
    case 1: (1 << UInt64(random.below(64))) &- 1
    case 2: random.next()
    case 3: 0 &- UInt64(random.below(130))
    default: UInt64(random.below(130))
    }
  }

  /// An immediate of so many bytes.
  mutating func immediate(_ count: Int) -> [UInt8] {
    let value = value()
    return (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
  }

  // MARK: Addresses

  /// An address worth an access: mostly plain data, else something that is special.
  mutating func address() -> UInt64 {
    let window = InstructionTest.windowAddress
    switch random.below(40) {
    case 0..<14: return window &+ UInt64(random.below(31)) * 16
    case 14..<20: return window &+ UInt64(random.below(496))
    case 20..<24: return GuestMap.DataPage.second.address &- 10 &+ UInt64(random.below(12))
    case 24: return GuestMap.DataPage.readOnly.address &- 10 &+ UInt64(random.below(24))
    case 25: return GuestMap.DataPage.absent.address &- 10 &+ UInt64(random.below(24))
    case 26: return GuestMap.DataPage.firstAlias.address &+ 0xF00 &+ UInt64(random.below(256))
    case 27..<31: return codeAddress()
    case 31:
      return GuestMap.DataPage.apic.address &+ UInt64(random.pick([0x20, 0x80, 0xB0, 0x300, 0x320, 0x380, 0x390]))
    case 32, 33: return tableEntry()
    case 34:
      let page = random.pick(GuestMap.DataPage.allCases).address
      return page &+ UInt64(random.below(4096))
    case 35: return GuestMap.largeWindow &+ GuestMap.data &+ UInt64(random.below(4096))
    case 36: return GuestMap.giantWindow &+ GuestMap.data &+ UInt64(random.below(4096))
    case 37: return 0xFFFF_8000_0000_0000 | (window &+ UInt64(random.below(496)))
    case 38: return random.pick([0x8000_0000_0000, 1 << 63, 0, 0x4000_0000_0000]) &- UInt64(random.below(12))
    default: return random.next()
    }
  }

  /// An address of the program's own code, by its own mapping or by the data region's.
  mutating func codeAddress() -> UInt64 {
    let offset = UInt64(max(0, min(program.offset + random.below(160) - 40, 0x1FFF)))
    return (random.chance(1, of: 2) ? GuestMap.DataPage.codeAlias.address : program.baseAddress) &+ offset
  }

  /// An entry of a page table that maps code or data, by its mapping in the data region.
  mutating func tableEntry() -> UInt64 {
    let isCode = random.chance(1, of: 2)
    let page = isCode ? GuestMap.DataPage.codeTable.address : GuestMap.DataPage.dataTable.address
    let entry = isCode ? random.pick([0, 0, 1, 1, 3, 511]) : random.pick([0, 0, 1, 1, 2, 3, 4, 5, 6])
    return page &+ UInt64(entry) * 8
  }

  // MARK: Operands

  /// A memory operand: what stands before REX, bits of REX, and ModRM with what follows it.
  struct Operand {
    var prefixes: [UInt8] = []
    var rex: UInt8 = 0
    var bytes: [UInt8] = []
  }

  /// The register operand `rm`.
  func direct(_ reg: UInt8, _ rm: UInt8) -> Operand {
    Operand(rex: (reg & 8) >> 1 | (rm & 8) >> 3, bytes: [0xC0 | (reg & 7) << 3 | rm & 7])
  }

  /// Memory at an address, if some register or the address itself can name it.
  mutating func memory(_ reg: UInt8, _ address: UInt64) -> Operand {
    var operand = Operand(rex: (reg & 8) >> 1)
    var goal = address
    switch random.below(12) {
    case 0:
      operand.prefixes.append(0x64)
      goal &-= program.input.fsBase
    case 1:
      operand.prefixes.append(0x65)
      goal &-= program.input.gsBase
    default: break
    }
    if random.chance(1, of: 40) { operand.prefixes.append(0x67) }
    let field = (reg & 7) << 3
    switch random.below(10) {
    case 0..<3: if indexed(&operand, field, goal) { return operand }
    case 3:
      // Relative to RIP, as far as the place of the instruction is known.
      let distance = goal &- program.baseAddress &- UInt64(program.offset) &- UInt64(program.parts.count * 5)
      if let near = Int32(exactly: Int64(bitPattern: distance)) {
        operand.bytes = [0x05 | field] + Self.little(UInt64(bitPattern: Int64(near)), 4)
        return operand
      }
    default: break
    }
    for _ in 0..<12 {
      let base = UInt8(random.below(16))
      if let start = known[Int(base)], let distance = Int32(exactly: Int64(bitPattern: goal &- start)) {
        based(&operand, field, base, distance)
        return operand
      }
    }
    if let near = Int32(exactly: Int64(bitPattern: goal)) {
      operand.bytes = [0x04 | field, 0x25] + Self.little(UInt64(bitPattern: Int64(near)), 4)
    } else {
      based(&operand, field, UInt8(random.below(16)), Int32(random.below(64)))
    }
    return operand
  }

  private mutating func based(_ operand: inout Operand, _ field: UInt8, _ base: UInt8, _ distance: Int32) {
    operand.rex |= base >> 3
    let low = base & 7
    let sib: [UInt8] = low == 4 ? [0x24] : []
    if distance == 0, low != 5 {
      operand.bytes = [field | low] + sib
    } else if let short = Int8(exactly: distance) {
      operand.bytes = [0x40 | field | low] + sib + [UInt8(bitPattern: short)]
    } else {
      operand.bytes = [0x80 | field | low] + sib + Self.little(UInt64(bitPattern: Int64(distance)), 4)
    }
  }

  private mutating func indexed(_ operand: inout Operand, _ field: UInt8, _ goal: UInt64) -> Bool {
    for _ in 0..<8 {
      let (base, index, scale) = (UInt8(random.below(16)), UInt8(random.below(16)), UInt8(random.below(4)))
      guard index != 4, let start = known[Int(base)], let count = known[Int(index)],
        let distance = Int32(exactly: Int64(bitPattern: goal &- start &- count << UInt64(scale)))
      else { continue }
      operand.rex |= base >> 3 | (index & 8) >> 2
      operand.bytes =
        [0x84 | field, scale << 6 | (index & 7) << 3 | base & 7] + Self.little(UInt64(bitPattern: Int64(distance)), 4)
      return true
    }
    return false
  }

  /// A register or memory operand.
  mutating func either(_ reg: UInt8, isMemory: Bool) -> Operand {
    guard isMemory else { return direct(reg, register()) }
    let goal = address()
    return memory(reg, goal)
  }

  static func little(_ value: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
  }

  /// Appends an instruction with ModRM.
  ///
  /// - Parameter width: of the operands: 2 takes 66h, 8 REX.W.
  mutating func emit(_ opcode: [UInt8], _ operand: Operand, width: Int = 4, tail: [UInt8] = [], lock: Bool = false) {
    var bytes = operand.prefixes
    if lock { bytes.append(0xF0) }
    if width == 2 { bytes.append(0x66) }
    let rex = operand.rex | (width == 8 ? 8 : 0)
    if rex != 0 || width == 1 && random.chance(3, of: 4) { bytes.append(0x40 | rex) }
    append(bytes + opcode + operand.bytes + tail)
  }
}
