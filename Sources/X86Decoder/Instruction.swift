/// Where an operand of a decoded instruction comes from.
@frozen public enum OperandKind: UInt8, Sendable {
  /// No operand.
  case none
  /// General register `Instruction.reg` (ModRM.reg, or the low opcode bits of a `+r` form).
  case register
  /// General register `rm`, or memory if `Instruction.isMemory`.
  case registerOrMemory
  /// Memory by ModRM, never a register.
  case memory
  /// AL, AX, EAX or RAX.
  case accumulator
  /// DX.
  case dx
  /// CL.
  case cl
  /// The constant 1 of the short shift forms.
  case one
  /// `Instruction.immediate`, already sign- or zero-extended to 64 bits as the form says.
  case immediate
  /// A branch displacement, sign-extended in `Instruction.immediate`.
  case relative
  /// Memory at the absolute offset `Instruction.immediate`.
  case memoryOffset
  /// An immediate far pointer: offset in `immediate`, selector in `selector`.
  case farPointer
  /// Segment register `reg` (ModRM.reg), or the one that the opcode names.
  case segment
  /// Control register `reg`.
  case control
  /// Debug register `reg`.
  case debug
  /// The general register `rm` whatever ModRM.mod says (MOV CRn, MOV DRn).
  case registerOnly
  /// MMX register `reg`.
  case mmx
  /// MMX register `rm`, or memory.
  case mmxOrMemory
  /// XMM register `reg`, or YMM register if its width is 32.
  case xmm
  /// XMM register `rm` (YMM if its width is 32), or memory.
  case xmmOrMemory
  /// ST(0).
  case st0
  /// ST(`rm` and 7).
  case sti
  /// String source: [rSI] in `segment` (DS by default).
  case stringSource
  /// String destination: [rDI] in ES.
  case stringDestination
  /// A register that the mnemonic names and the semantics know (such as XMM0 or EDX:EAX).
  case implicit
  /// General register VEX.vvvv.
  case registerVVVV
  /// Vector register VEX.vvvv.
  case xmmVVVV
  /// The vector register that the upper half of the immediate names.
  case xmmImmediate
  /// Memory at the base and each of the 32-bit indices in vector register `vectorIndex`.
  case vectorMemory32
  /// The same with 64-bit indices.
  case vectorMemory64
}

/// Prefixes and ModRM facts of a decoded instruction.
@frozen public struct InstructionFlags: OptionSet, Sendable, Hashable {
  /// The bits.
  public var rawValue: UInt16
  /// Makes a set from its bits.
  @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }
  /// F0 stands before the instruction (and is legal).
  @inlinable public static var lock: Self { Self(rawValue: 1 << 0) }
  /// F3 was the last of F2/F3 and did not select the opcode.
  @inlinable public static var rep: Self { Self(rawValue: 1 << 1) }
  /// F2 was the last of F2/F3 and did not select the opcode.
  @inlinable public static var repne: Self { Self(rawValue: 1 << 2) }
  /// A REX prefix counts (directly before the opcode).
  @inlinable public static var rex: Self { Self(rawValue: 1 << 3) }
  /// REX.W.
  @inlinable public static var rexW: Self { Self(rawValue: 1 << 4) }
  /// 66h was present.
  @inlinable public static var operandSizePrefix: Self { Self(rawValue: 1 << 5) }
  /// 67h was present.
  @inlinable public static var addressSizePrefix: Self { Self(rawValue: 1 << 6) }
  /// ModRM is present.
  @inlinable public static var modRM: Self { Self(rawValue: 1 << 7) }
  /// ModRM is present and names memory (mod is not 3).
  @inlinable public static var memory: Self { Self(rawValue: 1 << 8) }
  /// VEX encoded.
  @inlinable public static var vex: Self { Self(rawValue: 1 << 9) }
  /// A segment override counts (`Instruction.segment` already reflects it).
  @inlinable public static var segmentOverride: Self { Self(rawValue: 1 << 10) }
}

/// The mode in which bytes are decoded.
@frozen public enum DecodeMode: UInt8, Sendable, CaseIterable {
  /// Real mode, virtual-8086 mode, or a protected 16-bit code segment.
  case code16
  /// A 32-bit code segment.
  case code32
  /// 64-bit mode.
  case code64
}

/// One decoded instruction: plain data, 48 bytes.
@frozen public struct Instruction: Sendable {
  /// An `Instruction.base` or `index` that names no register (reads as zero).
  @inlinable public static var noRegister: UInt8 { 16 }
  /// An `Instruction.base` that names RIP: the address of the next instruction.
  @inlinable public static var ripRegister: UInt8 { 17 }
  /// Set in a byte-register number that names AH, CH, DH or BH: `reg`/`rm` is then 10h + 0...3.
  @inlinable public static var highByte: UInt8 { 0x10 }

  /// Immediate, relative displacement, moffs offset or far offset.
  public var immediate: UInt64
  /// Displacement of the memory operand, sign-extended from 8 or 16 bits where shorter.
  public var displacement: Int32
  /// What it does.
  public var operation: Operation
  /// Row of the opcode table, an index into `OpcodeForm.all`.
  public var form: UInt16
  /// Selector of a far pointer, the second immediate (ENTER's nesting level), or `vectorIndex`.
  public var selector: UInt16
  /// Prefixes and facts.
  public var flags: InstructionFlags
  /// Length in bytes, 1 to 15.
  public var length: UInt8
  /// Effective operand size in bytes: 1 for byte forms, else 2, 4 or 8.
  public var operandSize: UInt8
  /// Effective address size in bytes: 2, 4 or 8.
  public var addressSize: UInt8
  /// The last opcode byte; its low four bits are the condition of Jcc, SETcc and CMOVcc.
  public var opcode: UInt8
  /// The ModRM byte, 0 if none.
  public var modRM: UInt8
  /// ModRM.reg with REX.R, or the `+r` register with REX.B; high-byte numbers resolved for byte operands.
  public var reg: UInt8
  /// ModRM.rm register with REX.B when not memory; high-byte numbers resolved for byte operands.
  public var rm: UInt8
  /// Base register of the memory operand, `noRegister` or `ripRegister`.
  public var base: UInt8
  /// Index register of the memory operand, or `noRegister`.
  public var index: UInt8
  /// Index is shifted left by this: 0 to 3.
  public var scale: UInt8
  /// Segment of the memory operand (ES CS SS DS FS GS = 0...5), defaults and overrides applied; in 64-bit mode CS DS
  /// ES overrides do not count and the default (DS or SS) stands.
  public var segment: UInt8
  /// VEX.vvvv as a register number, 0 if not VEX.
  public var vvvv: UInt8
  /// Operand kinds, in the manual's order (destination first).
  public var operand0, operand1, operand2, operand3: OperandKind
  /// What an engine noted about the instruction when it cached it: the form by which it executes it, 0 if none.
  public var fastForm: UInt8 = 0
  /// Which of the functions that share the form.
  public var fastFunction: UInt8 = 0
  /// Operand widths in bytes (10 for m80, 16 for XMM, 32 for YMM; 0 for none).
  public var width0, width1, width2, width3: UInt8

  /// An instruction with every field zero: something for the decoder to fill.
  public init() {
    immediate = 0
    displacement = 0
    operation = .nop
    form = 0
    selector = 0
    flags = []
    length = 0
    operandSize = 0
    addressSize = 0
    opcode = 0
    modRM = 0
    reg = 0
    rm = 0
    base = 0
    index = 0
    scale = 0
    segment = 0
    vvvv = 0
    (operand0, operand1, operand2, operand3) = (.none, .none, .none, .none)
    (width0, width1, width2, width3) = (0, 0, 0, 0)
  }

  /// The bits of an offset that the address size keeps.
  @inlinable public var addressMask: UInt64 {
    addressSize == 8 ? .max : addressSize == 4 ? 0xFFFF_FFFF : 0xFFFF
  }

  /// Base, scaled index and displacement of the memory operand, not cut to the address size.
  ///
  /// - Parameters:
  ///   - nextRIP: the address behind the instruction.
  ///   - register: the value of a general register, 0 for `noRegister`.
  @inlinable @inline(__always)
  public func addressSum(nextRIP: @autoclosure () -> UInt64, _ register: (UInt8) -> UInt64) -> UInt64 {
    let start = base == Self.ripRegister ? nextRIP() : register(base)
    return start &+ (register(index) << UInt64(scale & 3)) &+ UInt64(bitPattern: Int64(displacement))
  }

  /// The offset of the memory operand in its segment.
  @inlinable @inline(__always)
  public func effectiveAddress(nextRIP: @autoclosure () -> UInt64, _ register: (UInt8) -> UInt64) -> UInt64 {
    if operand0 == .memoryOffset || operand1 == .memoryOffset { return immediate }
    return addressSum(nextRIP: nextRIP(), register) & addressMask
  }

  /// Operand 0 is not read: its old value does not matter.
  public var overwritesDestination: Bool {
    operation.traits.contains(.overwrites) || operation == .imul && operand2 != .none
  }

  /// Number of the vector register with the indices of a gather.
  @inlinable public var vectorIndex: UInt8 { UInt8(truncatingIfNeeded: selector & 15) }

  /// A VEX prefix encodes it.
  @inlinable public var isVEX: Bool { flags.contains(.vex) }

  /// Whether the ModRM operand is memory.
  @inlinable public var isMemory: Bool { flags.contains(.memory) }
}

/// Why bytes are not an instruction.
@frozen public enum DecodeFailure: UInt8, Error, Sendable {
  /// No row of the table: #UD.
  case invalidOpcode
  /// More than 15 bytes: #GP(0).
  case tooLong
  /// The bytes ended before the instruction did; more are needed.
  case truncated
}
