/// One encoding of the opcode table in two words, as the generator writes it and the decoder reads it.
public struct PackedRow: Sendable, Equatable {
  /// What selects the row.
  public var selection: UInt64
  /// Its operands.
  public var operands: UInt64

  /// Makes a row of two words, both zero for an empty one.
  public init(selection: UInt64 = 0, operands: UInt64 = 0) {
    self.selection = selection
    self.operands = operands
  }

  /// Where a field lies in `selection`.
  private struct Field {
    var shift: UInt64
    var bits: UInt64
    /// The field that follows this one.
    func then(_ bits: UInt64) -> Field { Field(shift: shift + self.bits, bits: bits) }
    var mask: UInt64 { (1 << bits) - 1 }

    static let opcode = Field(shift: 0, bits: 8)
    static let map = opcode.then(2)
    static let prefix = map.then(3)
    static let digit = prefix.then(4)
    static let mod = digit.then(2)
    static let modes = mod.then(3)
    static let rexW = modes.then(2)
    static let hasModRM = rexW.then(1)
    static let plusRegister = hasModRM.then(1)
    static let isRegisterZero = plusRegister.then(1)
    static let isLockable = isRegisterZero.then(1)
    static let immediate = isLockable.then(4)
    static let isDefault64 = immediate.then(1)
    static let exactModRM = isDefault64.then(8)
    static let segment = exactModRM.then(3)
    static let isConditional = segment.then(1)
    static let isVEX = isConditional.then(1)
    static let vectorLength = isVEX.then(2)
  }

  private subscript(field: Field) -> UInt8 {
    get { UInt8(truncatingIfNeeded: (selection >> field.shift) & field.mask) }
    set { selection = selection & ~(field.mask << field.shift) | (UInt64(newValue) & field.mask) << field.shift }
  }

  private subscript(flag field: Field) -> Bool {
    get { self[field] != 0 }
    set { self[field] = newValue ? 1 : 0 }
  }

  /// The last opcode byte, the first of those that the row stands for.
  public var opcode: UInt8 {
    get { self[.opcode] }
    set { self[.opcode] = newValue }
  }
  /// 0 one byte, 1 0F, 2 0F 38, 3 0F 3A.
  public var map: UInt8 {
    get { self[.map] }
    set { self[.map] = newValue }
  }
  /// Mandatory prefix: 0 any, 1 none of 66 F2 F3, 2 66, 3 F3, 4 F2, 5 neither F3 nor F2.
  public var prefix: UInt8 {
    get { self[.prefix] }
    set { self[.prefix] = newValue }
  }
  /// ModRM.reg, 15 if it selects nothing.
  public var digit: UInt8 {
    get { self[.digit] }
    set { self[.digit] = newValue }
  }
  /// ModRM.mod: 0 any, 1 memory, 2 register.
  public var mod: UInt8 {
    get { self[.mod] }
    set { self[.mod] = newValue }
  }
  /// A bit for each of 16-, 32- and 64-bit code.
  public var modes: UInt8 {
    get { self[.modes] }
    set { self[.modes] = newValue }
  }
  /// REX.W: 0 any, 1 set, 2 clear.
  public var rexW: UInt8 {
    get { self[.rexW] }
    set { self[.rexW] = newValue }
  }
  /// A ModRM byte follows.
  public var hasModRM: Bool {
    get { self[flag: .hasModRM] }
    set { self[flag: .hasModRM] = newValue }
  }
  /// The low three opcode bits are a register.
  public var plusRegister: Bool {
    get { self[flag: .plusRegister] }
    set { self[flag: .plusRegister] = newValue }
  }
  /// Only with register 0 in the opcode (NOP among XCHG).
  public var isRegisterZero: Bool {
    get { self[flag: .isRegisterZero] }
    set { self[flag: .isRegisterZero] = newValue }
  }
  /// LOCK is legal with a memory destination.
  public var isLockable: Bool {
    get { self[flag: .isLockable] }
    set { self[flag: .isLockable] = newValue }
  }
  /// The immediate's form, an index that generator and decoder name.
  public var immediate: UInt8 {
    get { self[.immediate] }
    set { self[.immediate] = newValue }
  }
  /// The operand size is 8 by default in 64-bit mode.
  public var isDefault64: Bool {
    get { self[flag: .isDefault64] }
    set { self[flag: .isDefault64] = newValue }
  }
  /// A whole ModRM byte that selects the row; 0 if none does.
  public var exactModRM: UInt8 {
    get { self[.exactModRM] }
    set { self[.exactModRM] = newValue }
  }
  /// The segment register that the opcode means; 7 if none.
  public var segment: UInt8 {
    get { self[.segment] }
    set { self[.segment] = newValue }
  }
  /// The row stands for sixteen opcodes, one a condition.
  public var isConditional: Bool {
    get { self[flag: .isConditional] }
    set { self[flag: .isConditional] = newValue }
  }

  /// A VEX prefix stands before the opcode.
  public var isVEX: Bool {
    get { self[flag: .isVEX] }
    set { self[flag: .isVEX] = newValue }
  }
  /// VEX.L: 0 any, 1 clear, 2 set.
  public var vectorLength: UInt8 {
    get { self[.vectorLength] }
    set { self[.vectorLength] = newValue }
  }

  /// Kind of operand 0 to 3: the raw value of `OperandKind`.
  public func kind(_ index: Int) -> UInt8 { UInt8(truncatingIfNeeded: (operands >> UInt64(index * 5)) & 31) }

  /// Width code of operand 0 to 3.
  public func width(_ index: Int) -> UInt8 { UInt8(truncatingIfNeeded: (operands >> UInt64(20 + index * 5)) & 31) }

  /// Sets operand 0 to 3.
  public mutating func setOperand(_ index: Int, kind: UInt8, width: UInt8) {
    operands |= UInt64(kind) << UInt64(index * 5) | UInt64(width) << UInt64(20 + index * 5)
  }
}

/// How an immediate is encoded: the notation is the table's.
public enum ImmediateForm: UInt8, CaseIterable, Sendable {
  case none, byte, signedByte, word, upTo32, full, enter, far, relative8, relativeZ, memoryOffset

  /// The token of the encoding column; nil for none.
  public var token: String? {
    switch self {
    case .none: nil
    case .byte: "ib"
    case .signedByte: "ibs"
    case .word: "iw"
    case .upTo32: "iz"
    case .full: "iv"
    case .enter: "enter"
    case .far: "far"
    case .relative8: "rel8"
    case .relativeZ: "relz"
    case .memoryOffset: "moffs"
    }
  }
}
