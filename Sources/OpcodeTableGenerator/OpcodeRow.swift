/// A row that cannot be understood.
struct RowProblem: Error, CustomStringConvertible {
  var line: Int
  var description: String

  init(_ line: Int, _ text: String) {
    self.line = line
    description = "line \(line): \(text)"
  }
}

/// One encoding as `X86Decoder.OpcodeRows` packs it.
struct OpcodeRow {
  var text: String
  var operation = ""
  var opcode = 0
  var map = 0
  /// 0 any, 1 NP, 2 66, 3 F3, 4 F2.
  var prefix = 0
  /// ModRM.reg, or 15.
  var digit = 15
  /// 0 any, 1 memory, 2 register.
  var mod = 0
  var modes = 7
  var rexW = 0
  var hasModRM = false
  var plusRegister = false
  var isRegisterZero = false
  /// Stands for sixteen opcodes, one a condition.
  var isConditional = false
  var isLockable = false
  var immediate = 0
  var isDefault64 = false
  /// A whole ModRM byte, or 0 (never a legal one here: all are C0h and up).
  var exactModRM = 0
  /// A fixed segment register, or 7.
  var segment = 7
  var kinds = [0, 0, 0, 0]
  var widths = [0, 0, 0, 0]

  /// Two words: what selects the row, and its operands.
  var packed: (UInt64, UInt64) {
    var low: UInt64 = 0
    var shift: UInt64 = 0
    func put(_ value: Int, _ bits: UInt64) {
      low |= UInt64(value) << shift
      shift += bits
    }
    put(opcode, 8)
    put(map, 2)
    put(prefix, 3)
    put(digit, 4)
    put(mod, 2)
    put(modes, 3)
    put(rexW, 2)
    put(hasModRM ? 1 : 0, 1)
    put(plusRegister ? 1 : 0, 1)
    put(isRegisterZero ? 1 : 0, 1)
    put(isLockable ? 1 : 0, 1)
    put(immediate, 4)
    put(isDefault64 ? 1 : 0, 1)
    put(exactModRM, 8)
    put(segment, 3)
    put(isConditional ? 1 : 0, 1)
    var high: UInt64 = 0
    for index in 0..<4 {
      high |= UInt64(kinds[index]) << UInt64(index * 5)
      high |= UInt64(widths[index]) << UInt64(20 + index * 5)
    }
    return (low, high)
  }

  static let immediates = [
    "ib": 1, "ibs": 2, "iw": 3, "iz": 4, "iv": 5, "enter": 6, "far": 7, "rel8": 8, "relz": 9, "moffs": 10,
  ]

  /// Operand notation -> (OperandKind raw value, width code).
  static let operands: [String: (Int, Int)] = [
    "r8": (1, 1), "r16": (1, 2), "r32": (1, 3), "rv": (1, 5), "ry": (1, 7),
    "r/m8": (2, 1), "r/m16": (2, 2), "r/m32": (2, 3), "r/mv": (2, 5), "r/my": (2, 7), "r/ms": (2, 12),
    "r32/m16": (2, 13),
    "m": (3, 0), "m8": (3, 1), "m16": (3, 2), "m32": (3, 3), "m64": (3, 4), "m80": (3, 8), "m128": (3, 9),
    "m512": (3, 0), "mv": (3, 5), "my": (3, 7), "m16:v": (3, 11), "ms": (3, 0), "menv": (3, 0), "mstate": (3, 0),
    "AL": (4, 1), "rAX": (4, 5), "eAX": (4, 6), "AX16": (4, 2), "DX": (5, 2), "CL": (6, 1), "1": (7, 1),
    "imm8": (8, 1), "imm16": (8, 2), "immz": (8, 6), "immv": (8, 5), "rel8": (9, 1), "relz": (9, 6),
    "moffs8": (10, 1), "moffsv": (10, 5), "ptr16:v": (11, 11), "Sreg": (12, 2), "CRn": (13, 10), "DRn": (14, 10),
    "ra": (15, 10), "mm": (16, 4), "mm/m32": (17, 3), "mm/m64": (17, 4), "xmm": (18, 9), "xmm/m128": (19, 9),
    "xmm/m64": (19, 4), "xmm/m32": (19, 3), "ST0": (20, 8), "STi": (21, 8), "X8": (22, 1), "Xv": (22, 5),
    "Xz": (22, 6), "Y8": (23, 1), "Yv": (23, 5), "Yz": (23, 6), "ES": (12, 2), "CS": (12, 2), "SS": (12, 2),
    "DS": (12, 2), "FS": (12, 2), "GS": (12, 2),
  ]

  static func parse(_ text: String) throws -> [OpcodeRow] {
    var rows: [OpcodeRow] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      guard !line.hasPrefix("#"), !line.isEmpty else { continue }
      rows.append(try OpcodeRow(line: String(line), number: index + 1))
    }
    return rows
  }

  init(line: String, number: Int) throws {
    let fields = line.split(separator: "|", omittingEmptySubsequences: false).map { $0.trimmed }
    guard fields.count == 6 else { throw RowProblem(number, "expected 6 fields, found \(fields.count)") }
    text = fields.joined(separator: "|")
    try parseEncoding(fields[0], number)
    try parseAssembly(fields[1], number)
    switch fields[2] {
    case "*": modes = 7
    case "64": modes = 4
    case "!64": modes = 3
    case "d64":
      modes = 7
      isDefault64 = true
    default: throw RowProblem(number, "unknown modes '\(fields[2])'")
    }
    isLockable = fields[4] == "lock"
  }

  private mutating func parseEncoding(_ encoding: String, _ number: Int) throws {
    var bytes: [Int] = []
    for token in encoding.split(separator: " ").map(String.init) {
      if let kind = Self.immediates[token] {
        immediate = kind
      } else if token == "NP" {
        prefix = 1
      } else if bytes.isEmpty, let value = ["66": 2, "F3": 3, "F2": 4][token] {
        prefix = value
      } else if token == "+r" {
        plusRegister = true
      } else if token == "+cc" {
        isConditional = true
      } else if token == "r0" {
        isRegisterZero = true
      } else if token == "/r" {
        hasModRM = true
      } else if token.hasPrefix("/"), let value = Int(token.dropFirst()) {
        hasModRM = true
        digit = value
      } else if token == "mem" {
        mod = 1
      } else if token == "reg" {
        mod = 2
      } else if token == "W0" {
        rexW = 2
      } else if token == "W1" {
        rexW = 1
      } else if token.hasPrefix("seg"), let value = Int(token.dropFirst(3)) {
        segment = value
      } else if token.count == 2, let value = Int(token, radix: 16) {
        bytes.append(value)
      } else {
        throw RowProblem(number, "unknown encoding token '\(token)'")
      }
    }
    if bytes.first == 0x0F {
      bytes.removeFirst()
      map = 1
      if bytes.count > 1, bytes[0] == 0x38 || bytes[0] == 0x3A {
        map = bytes[0] == 0x38 ? 2 : 3
        bytes.removeFirst()
      }
    }
    guard let first = bytes.first, bytes.count <= 2 else { throw RowProblem(number, "no opcode in '\(encoding)'") }
    opcode = first
    if bytes.count == 2 {
      exactModRM = bytes[1]
      hasModRM = true
    }
  }

  private mutating func parseAssembly(_ assembly: String, _ number: Int) throws {
    let parts = assembly.split(separator: " ", maxSplits: 1).map(String.init)
    let name = parts[0].split(separator: "=").map(String.init)
    operation = name.count == 2 ? name[1] : name[0].lowercased()
    guard parts.count == 2 else { return }
    for (index, token) in parts[1].split(separator: ",").map({ $0.trimmed }).enumerated() {
      guard let (kind, width) = Self.operands[token], index < 4 else {
        throw RowProblem(number, "unknown operand '\(token)'")
      }
      kinds[index] = kind
      widths[index] = width
    }
  }
}

extension StringProtocol {
  /// Without blanks at the ends.
  var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
