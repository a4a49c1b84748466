import OpcodeLayout

/// One row of the opcode table, unpacked for decoding.
struct DecodeRow {
  var prefix: UInt8 = 0
  var digit: UInt8 = 0
  var mod: UInt8 = 0
  var modes: UInt8 = 0
  var rexW: UInt8 = 0
  var exactModRM: UInt8 = 0
  var segment: UInt8 = 0
  var hasModRM = false
  var plusRegister = false
  var isRegisterZero = false
  var isLockable = false
  var isDefault64 = false
  /// JMP, Jcc, CALL, RET and the loops, not far.
  var isNearBranch = false
  /// ModRM.mod does not count: the operand is always a register.
  var ignoresMod = false
  var immediate: ImmediateForm = .none
  var operation: Operation = .nop
  var form: UInt16 = 0
  var kind0: OperandKind = .none
  var kind1: OperandKind = .none
  var kind2: OperandKind = .none
  var kind3: OperandKind = .none
  var width0: UInt8 = 0
  var width1: UInt8 = 0
  var width2: UInt8 = 0
  var width3: UInt8 = 0

  /// The row that selects nothing and has no operands.
  init() {}

  /// Unpacks what the generator packed.
  init(_ packed: PackedRow) {
    prefix = packed.prefix
    digit = packed.digit
    mod = packed.mod
    modes = packed.modes
    rexW = packed.rexW
    hasModRM = packed.hasModRM
    plusRegister = packed.plusRegister
    isRegisterZero = packed.isRegisterZero
    isLockable = packed.isLockable
    immediate = ImmediateForm(rawValue: packed.immediate) ?? .none
    isDefault64 = packed.isDefault64
    exactModRM = packed.exactModRM
    segment = packed.segment
    func kind(_ index: Int) -> OperandKind { OperandKind(rawValue: packed.kind(index)) ?? .none }
    (kind0, kind1, kind2, kind3) = (kind(0), kind(1), kind(2), kind(3))
    (width0, width1, width2, width3) = (packed.width(0), packed.width(1), packed.width(2), packed.width(3))
  }

  /// The operand that decides whether the operation works on bytes.
  var isByteOperation: Bool {
    for (kind, width) in [(kind0, width0), (kind1, width1)] {
      switch kind {
      case .register, .registerOrMemory, .memory, .accumulator, .memoryOffset, .stringSource, .stringDestination:
        return width == 1
      default: continue
      }
    }
    return false
  }
  var isByte = false
}

/// The opcode table arranged for decoding: rows grouped by map and opcode, the more specific first.
@safe struct DecodeTables: @unchecked Sendable {
  let rows: UnsafeMutablePointer<DecodeRow>
  /// For each of the 1,024 (map, opcode) cells: first row, shifted left by 8, and how many.
  let cells: UnsafeMutablePointer<UInt32>

  /// Builds the tables; they live as long as the process.
  static let shared = DecodeTables()

  private init() {
    var byCell = [[DecodeRow]](repeating: [], count: 1024)
    let count = OpcodeRows.packed.count / 3
    for form in 0..<count {
      let packed = PackedRow(
        selection: OpcodeRows.packed[form * 3], operands: OpcodeRows.packed[form * 3 + 1])
      var row = DecodeRow(packed)
      row.form = UInt16(form)
      row.operation = Operation(rawValue: UInt16(truncatingIfNeeded: OpcodeRows.packed[form * 3 + 2])) ?? .ud2
      // INVPCID's register has the mode's size, as MOV CR's has, yet its other operand is memory.
      row.ignoresMod = row.operation != .invpcid && (row.kind0 == .registerOnly || row.kind1 == .registerOnly)
      row.isByte = row.isByteOperation
      row.isNearBranch = row.operation.traits.contains(.branch)
      let codes = packed.isConditional ? 16 : row.plusRegister ? 8 : 1
      for offset in 0..<codes { byCell[Int(packed.map) << 8 | Int(packed.opcode) + offset].append(row) }
    }
    unsafe rows = .allocate(capacity: byCell.reduce(0) { $0 + $1.count })
    unsafe cells = .allocate(capacity: 1024)
    var next = 0
    for cell in 0..<1024 {
      let ordered = byCell[cell].sorted { Self.specificity($0) > Self.specificity($1) }
      unsafe cells[cell] = UInt32(next) << 8 | UInt32(ordered.count)
      for row in ordered {
        unsafe (rows + next).initialize(to: row)
        next += 1
      }
    }
  }

  private static func specificity(_ row: DecodeRow) -> Int {
    (row.prefix != 0 ? 8 : 0) + (row.exactModRM != 0 ? 4 : 0) + (row.isRegisterZero ? 2 : 0) + (row.rexW != 0 ? 1 : 0)
  }
}
