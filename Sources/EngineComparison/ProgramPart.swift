public import X86Decoder

/// A near branch of a program.
public enum ProgramBranch: Hashable, Sendable {
  case jump, call
  /// Jcc by the low four bits of its opcode.
  case condition(UInt8)
  /// LOOPNE, LOOPE, LOOP and JrCXZ, 0 to 3; they only reach 127 bytes.
  case loop(UInt8)
}

/// One piece of a program's code; those that name another part are encoded when all addresses are known.
public enum ProgramCode: Hashable, Sendable {
  /// Any instructions.
  case bytes([UInt8])
  /// A branch to a part; a short one becomes a near one where it does not reach.
  case branch(ProgramBranch, target: Int, isShort: Bool)
  /// The address of a byte of a part into a register: LEA in 64-bit code, else MOV.
  case address(register: UInt8, target: Int, offset: Int)
  /// A store of 1, 2 or 4 bytes over a part, through its own mapping or the data region's.
  case patch(value: [UInt8], target: Int, offset: Int, isAlias: Bool)
  /// RETF to a part with another CS.
  case farReturn(selector: UInt8, target: Int)
  /// IRET to a part with another CS and SS; not in 16-bit code.
  case interruptReturn(selector: UInt8, stack: UInt8, target: Int)

  /// The part that it names.
  public var target: Int? {
    switch self {
    case .bytes: nil
    case .branch(_, let target, _), .address(_, let target, _), .patch(_, let target, _, _), .farReturn(_, let target),
      .interruptReturn(_, _, let target):
      target
    }
  }
}

/// One piece of a program's code with the mode that it is encoded for.
public struct ProgramPart: Hashable, Sendable {
  /// How the processor decodes it, if it comes here in the mode that the program means.
  public var mode: DecodeMode
  /// What it is.
  public var code: ProgramCode

  /// Makes a part.
  public init(_ code: ProgramCode, mode: DecodeMode = .code64) {
    self.mode = mode
    self.code = code
  }

  /// No code: what a dropped part becomes, so that the numbers of the others stay.
  public static let nothing = ProgramPart(.bytes([]))
  /// Whether it is no code.
  public var isNothing: Bool { code == .bytes([]) }
}

/// Addresses of parts, and what code needs of the guest.
struct ProgramAddresses {
  /// Of each part, and of the end.
  var parts: [UInt64]
  /// Of the page where the code begins, and of the same page in the data region.
  var base: UInt64
  var alias: UInt64

  func part(_ index: Int) -> UInt64 { parts[min(max(index, 0), parts.count - 1)] }
}

extension ProgramPart {
  private static func little(_ value: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
  }

  private static func fits(_ distance: UInt64) -> Bool { Int8(exactly: Int64(bitPattern: distance)) != nil }

  /// The bytes at an address.
  func encoded(at address: UInt64, _ places: ProgramAddresses) -> [UInt8] {
    switch code {
    case .bytes(let bytes): return bytes
    case .branch(let kind, let target, let isShort):
      return branch(kind, places.part(target), isShort: isShort, at: address)
    case .address(let register, let target, let offset):
      return load(register, places.part(target) &+ UInt64(bitPattern: Int64(offset)), at: address)
    case .patch(let value, let target, let offset, let isAlias):
      let goal = places.part(target) &+ UInt64(bitPattern: Int64(offset))
      return store(value, goal, alias: goal &- places.base &+ places.alias, isAlias: isAlias, at: address)
    case .farReturn(let selector, let target):
      return far(selector, nil, places.part(target), at: address)
    case .interruptReturn(let selector, let stack, let target):
      return far(selector, stack, places.part(target), at: address)
    }
  }

  private func branch(_ kind: ProgramBranch, _ goal: UInt64, isShort: Bool, at address: UInt64) -> [UInt8] {
    let short = goal &- address &- 2
    let offsetSize = mode == .code16 ? 2 : 4
    func near(_ opcode: [UInt8]) -> [UInt8] {
      opcode + Self.little(goal &- address &- UInt64(opcode.count + offsetSize), offsetSize)
    }
    switch kind {
    case .jump: return isShort && Self.fits(short) ? [0xEB] + Self.little(short, 1) : near([0xE9])
    case .call: return near([0xE8])
    case .condition(let code):
      return isShort && Self.fits(short) ? [0x70 | code & 15] + Self.little(short, 1) : near([0x0F, 0x80 | code & 15])
    case .loop(let form): return [0xE0 | form & 3] + Self.little(short, 1)
    }
  }

  private func load(_ register: UInt8, _ goal: UInt64, at address: UInt64) -> [UInt8] {
    guard mode == .code64 else { return [0xB8 | register & 7] + Self.little(goal, mode == .code16 ? 2 : 4) }
    return [register & 8 != 0 ? 0x4C : 0x48, 0x8D, 0x05 | (register & 7) << 3] + Self.little(goal &- address &- 7, 4)
  }

  private func store(_ value: [UInt8], _ goal: UInt64, alias: UInt64, isAlias: Bool, at address: UInt64) -> [UInt8] {
    guard mode != .code16 else { return [] }
    let opcode: [UInt8] = value.count == 1 ? [0xC6] : value.count == 2 ? [0x66, 0xC7] : [0xC7]
    if mode == .code32 { return opcode + [0x05] + Self.little(isAlias ? alias : goal, 4) + value }
    if isAlias { return opcode + [0x04, 0x25] + Self.little(alias, 4) + value }
    let length = UInt64(opcode.count + 5 + value.count)
    return opcode + [0x05] + Self.little(goal &- address &- length, 4) + value
  }

  /// PUSH of SS, RSP and RFLAGS for IRET, of CS and of the address; RETF or IRET.
  private func far(_ selector: UInt8, _ stack: UInt8?, _ linear: UInt64, at address: UInt64) -> [UInt8] {
    guard mode != .code16 else { return [] }
    let goal = GuestSegments.offset(of: linear, in: selector)
    var code: [UInt8] = stack.map { [0x6A, $0, 0x54, 0x9C] } ?? []
    code += [0x6A, selector]
    guard mode == .code64 else { return code + [0x68] + Self.little(goal, 4) + [stack == nil ? 0xCB : 0xCF] }
    // Where RIP counts from another base, the offset is an immediate.
    code +=
      goal == linear
      ? [0x48, 0x8D, 0x05] + Self.little(goal &- address &- UInt64(code.count + 7), 4)
      : [0x48, 0xC7, 0xC0] + Self.little(goal, 4)
    code.append(0x50)
    return code + [0x48, stack == nil ? 0xCB : 0xCF]
  }
}
