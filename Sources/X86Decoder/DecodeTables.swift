import OpcodeLayout
import X86

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
  var isVEX = false
  var vectorLength: UInt8 = 0
  /// VEX.vvvv names an operand.
  var usesVVVV = false
  /// Memory by a vector of indices.
  var hasVectorIndex = false
  /// A register in the immediate's upper half.
  var hasImmediateRegister = false
  /// The feature, an index of `CPUIDFeatures`, and another for vectors with a VEX prefix.
  var feature = CPUIDFeatures.noFeature
  var vectorFeature = CPUIDFeatures.noFeature
  /// JMP, Jcc, CALL, RET and the loops, not far.
  var isNearBranch = false
  /// ModRM.mod does not count: the operand is always a register.
  var ignoresMod = false
  /// A processor's behavior or a register field decides more of it.
  var isSpecial = false
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
    isVEX = packed.isVEX
    vectorLength = packed.vectorLength
    func kind(_ index: Int) -> OperandKind { OperandKind(rawValue: packed.kind(index)) ?? .none }
    (kind0, kind1, kind2, kind3) = (kind(0), kind(1), kind(2), kind(3))
    (width0, width1, width2, width3) = (packed.width(0), packed.width(1), packed.width(2), packed.width(3))
    let kinds = [kind0, kind1, kind2, kind3]
    usesVVVV = kinds.contains(.registerVVVV) || kinds.contains(.xmmVVVV)
    hasVectorIndex = kinds.contains(.vectorMemory32) || kinds.contains(.vectorMemory64)
    hasImmediateRegister = kinds.contains(.xmmImmediate)
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

  /// Some operand is a vector register.
  var hasVectors: Bool {
    [kind0, kind1, kind2, kind3].contains { $0 == .xmm || $0 == .xmmOrMemory || $0 == .xmmVVVV }
  }
}

/// The opcode table arranged for decoding: rows grouped by VEX, map and opcode, the more specific first.
@safe struct DecodeTables: @unchecked Sendable {
  let rows: UnsafeMutablePointer<DecodeRow>
  /// For each of the 2,048 (VEX, map, opcode) cells: first row, shifted left by 8, and how many.
  let cells: UnsafeMutablePointer<UInt32>

  /// Operand widths: for each `WidthContext` those of 16 width codes.
  let widths: UnsafeMutablePointer<UInt8>

  private static let cellCount = 2048

  /// Builds the tables; they live as long as the process.
  static let shared = DecodeTables()

  private init() {
    var byCell = [[DecodeRow]](repeating: [], count: Self.cellCount)
    let features = OpcodeRows.features.map { CPUIDFeature(rawValue: $0)?.index ?? CPUIDFeatures.noFeature }
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
      row.isSpecial = Self.special.contains(row.operation)
      // What no model has raises #UD by its name.
      if row.operation.family != .absent {
        row.feature = features[Int(OpcodeRows.packed[form * 3 + 2] >> 16)]
      }
      if row.isVEX, row.hasVectors || row.kind0 == .none { row.vectorFeature = CPUIDFeature.avx.index }
      row.isNearBranch = row.operation.traits.contains(.branch)
      let codes = packed.isConditional ? 16 : row.plusRegister ? 8 : 1
      for offset in 0..<codes {
        byCell[DecodeTables.cell(packed.map, packed.opcode, packed.isVEX) + offset].append(row)
      }
    }
    unsafe rows = .allocate(capacity: byCell.reduce(0) { $0 + $1.count })
    unsafe cells = .allocate(capacity: Self.cellCount)
    unsafe widths = .allocate(capacity: WidthContext.count * 16)
    for index in 0..<WidthContext.count {
      let context = WidthContext(index: index)
      for code in 0..<16 { unsafe widths[index * 16 + code] = context.width(UInt8(code)) }
    }
    var next = 0
    for cell in 0..<Self.cellCount {
      let ordered = byCell[cell].sorted { Self.specificity($0) > Self.specificity($1) }
      unsafe cells[cell] = UInt32(next) << 8 | UInt32(ordered.count)
      for row in ordered {
        unsafe (rows + next).initialize(to: row)
        next += 1
      }
    }
  }

  /// Where the rows of an opcode are.
  static func cell(_ map: UInt8, _ opcode: UInt8, _ isVEX: Bool) -> Int {
    (isVEX ? 1024 : 0) | Int(map & 3) << 8 | Int(opcode)
  }

  private static let special: Set<Operation> = [
    .movToSegment, .movFromSegment, .movToControl, .movFromControl, .movToDebug, .movFromDebug, .movsxd, .loope,
    .loopne,
  ]

  private static func specificity(_ row: DecodeRow) -> Int {
    (row.prefix != 0 ? 8 : 0) + (row.exactModRM != 0 ? 4 : 0) + (row.isRegisterZero ? 2 : 0) + (row.rexW != 0 ? 1 : 0)
  }
}

/// What an operand's width depends on beside the table's code for it.
struct WidthContext {
  /// 0 to `count` - 1: the operand size, 64-bit mode, a memory operand.
  let index: Int

  static let count = 64

  init(index: Int) { self.index = index }

  /// - Parameter size: 2, 4 or 8.
  @inline(__always) init(size: UInt8, mode: DecodeMode, isMemory: Bool) {
    index = Int(size) | (mode == .code64 ? 16 : 0) | (isMemory ? 32 : 0)
  }

  /// The width in bytes that a code of the opcode table stands for.
  func width(_ code: UInt8) -> UInt8 {
    let size = UInt8(index & 15)
    let (is64Bit, isMemory) = (index & 16 != 0, index & 32 != 0)
    return switch code {
    case 1: 1
    case 2: 2
    case 3: 4
    case 4: 8
    case 5: size
    case 6: min(size, 4)
    case 7: size == 8 ? 8 : 4
    case 8: 10
    case 9: 16
    case 10: is64Bit ? 8 : 4
    case 11: size &+ 2
    case 12: isMemory ? 2 : size
    case 13: isMemory ? 2 : 4
    case 14: 32
    case 15: isMemory ? 1 : 4
    default: 0
    }
  }
}
