/// How a row's immediate is encoded.
enum ImmediateForm: UInt8 {
  case none, byte, signedByte, word, upTo32, full, enter, far, relative8, relativeZ, memoryOffset
}

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
      var word = OpcodeRows.packed[form * 3]
      func take(_ bits: UInt64) -> UInt8 {
        defer { word >>= bits }
        return UInt8(truncatingIfNeeded: word & ((1 << bits) - 1))
      }
      var row = DecodeRow()
      let opcode = Int(take(8))
      let map = Int(take(2))
      row.prefix = take(3)
      row.digit = take(4)
      row.mod = take(2)
      row.modes = take(3)
      row.rexW = take(2)
      row.hasModRM = take(1) != 0
      row.plusRegister = take(1) != 0
      row.isRegisterZero = take(1) != 0
      row.isLockable = take(1) != 0
      row.immediate = ImmediateForm(rawValue: take(4)) ?? .none
      row.isDefault64 = take(1) != 0
      row.exactModRM = take(8)
      row.segment = take(3)
      let isConditional = take(1) != 0
      let operands = OpcodeRows.packed[form * 3 + 1]
      func operand(_ index: UInt64) -> (OperandKind, UInt8) {
        (
          OperandKind(rawValue: UInt8(truncatingIfNeeded: (operands >> (index * 5)) & 31)) ?? .none,
          UInt8(truncatingIfNeeded: (operands >> (20 + index * 5)) & 31)
        )
      }
      (row.kind0, row.width0) = operand(0)
      (row.kind1, row.width1) = operand(1)
      (row.kind2, row.width2) = operand(2)
      (row.kind3, row.width3) = operand(3)
      row.form = UInt16(form)
      row.operation = Operation(rawValue: UInt16(truncatingIfNeeded: OpcodeRows.packed[form * 3 + 2])) ?? .ud2
      // INVPCID's register has the mode's size, as MOV CR's has, yet its other operand is memory.
      row.ignoresMod = row.operation != .invpcid && (row.kind0 == .registerOnly || row.kind1 == .registerOnly)
      row.isByte = row.isByteOperation
      row.isNearBranch = Self.nearBranches.contains(row.operation)
      let codes = isConditional ? 16 : row.plusRegister ? 8 : 1
      for offset in 0..<codes { byCell[map << 8 | opcode + offset].append(row) }
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

  private static let nearBranches: Set<Operation> = [.jmp, .jcc, .call, .ret, .loop, .loope, .loopne, .jrcxz]

  private static func specificity(_ row: DecodeRow) -> Int {
    (row.prefix != 0 ? 8 : 0) + (row.exactModRM != 0 ? 4 : 0) + (row.isRegisterZero ? 2 : 0) + (row.rexW != 0 ? 1 : 0)
  }
}
