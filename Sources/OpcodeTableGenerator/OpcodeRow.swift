import OpcodeLayout

/// A line of the table that cannot be understood.
struct RowProblem: Error, CustomStringConvertible, Equatable {
  /// From 1.
  var line: Int
  /// The column's name.
  var field: String
  /// What is wrong.
  var text: String

  var description: String { "line \(line), \(field): \(text)" }
}

/// One encoding: what `PackedRow` holds, and its text.
struct OpcodeRow {
  var line: Int
  var text: String
  var operation = ""
  var packed = PackedRow()
  /// Operand tokens in order.
  var operands: [String] = []
  var isLockable: Bool { packed.isLockable }
  /// The CPUID feature, or base.
  var feature: String

  /// Operand notation -> (OperandKind raw value, width code).
  static let notation: [String: (kind: UInt8, width: UInt8)] = [
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
    "r/m64": (2, 4), "r32/m8": (2, 15), "m256": (3, 14), "xmm/m8": (19, 1), "xmm/m16": (19, 2),
    "ymm": (18, 14), "ymm/m256": (19, 14), "XMM0": (24, 9), "ryv": (25, 7), "xmmv": (26, 9), "ymmv": (26, 14),
    "xmmi": (27, 9), "ymmi": (27, 14), "vm32x": (28, 9), "vm32y": (28, 14), "vm64x": (29, 9), "vm64y": (29, 14),
  ]

  init(line: String, number: Int) throws(RowProblem) {
    self.line = number
    let fields = line.split(separator: "|", omittingEmptySubsequences: false).map { $0.trimmed }
    guard fields.count == 6 else {
      throw RowProblem(line: number, field: "row", text: "expected 6 columns, found \(fields.count)")
    }
    text = fields.joined(separator: "|")
    feature = fields[5]
    packed.digit = 15
    packed.segment = 7
    try parseEncoding(fields[0])
    try parseAssembly(fields[1])
    try parseModes(fields[2])
    try checkFlags(fields[3])
    guard fields[4].isEmpty || fields[4] == "lock" else {
      throw problem("lock", "'\(fields[4])' is neither empty nor lock")
    }
    packed.isLockable = fields[4] == "lock"
    guard !feature.isEmpty else { throw problem("CPUID", "no feature; base if there is none") }
  }

  private func problem(_ field: String, _ text: String) -> RowProblem {
    RowProblem(line: line, field: field, text: text)
  }

  private mutating func parseModes(_ modes: String) throws(RowProblem) {
    switch modes {
    case "*": packed.modes = 7
    case "64": packed.modes = 4
    case "!64": packed.modes = 3
    case "d64":
      packed.modes = 7
      packed.isDefault64 = true
    default: throw problem("modes", "'\(modes)' is none of *, 64, !64, d64")
    }
  }

  private func checkFlags(_ flags: String) throws(RowProblem) {
    let halves = flags.split(separator: "/", omittingEmptySubsequences: false).map { $0.trimmed }
    guard halves.count == 2 else { throw problem("flags", "'\(flags)' is not written / undefined") }
    for half in halves where half != "-" {
      guard half.allSatisfy({ "OSZAPCDIT".contains($0) }) else { throw problem("flags", "'\(half)' is not of OSZAPC") }
    }
  }

  private mutating func parseEncoding(_ encoding: String) throws(RowProblem) {
    var bytes: [UInt8] = []
    for token in encoding.split(separator: " ").map(String.init) { try parse(token, &bytes) }
    if bytes.first == 0x0F {
      bytes.removeFirst()
      packed.map = 1
      if bytes.count > 1, bytes[0] == 0x38 || bytes[0] == 0x3A {
        packed.map = bytes[0] == 0x38 ? 2 : 3
        bytes.removeFirst()
      }
    }
    guard let first = bytes.first, bytes.count <= 2 else { throw problem("encoding", "no opcode in '\(encoding)'") }
    packed.opcode = first
    if bytes.count == 2 {
      packed.exactModRM = bytes[1]
      packed.hasModRM = true
    }
  }

  private mutating func parse(_ token: String, _ bytes: inout [UInt8]) throws(RowProblem) {
    if let form = ImmediateForm.allCases.first(where: { $0.token == token }) {
      packed.immediate = form.rawValue
      return
    }
    let prefixes: [String: UInt8] = ["NP": 1, "66": 2, "F3": 3, "F2": 4, "NFx": 5]
    if token.hasPrefix("VEX."), !packed.isVEX, bytes.isEmpty { return try parseVEX(token, &bytes) }
    if bytes.isEmpty, let value = prefixes[token] {
      packed.prefix = value
      return
    }
    switch token {
    case "+r": packed.plusRegister = true
    case "+cc": packed.isConditional = true
    case "r0": packed.isRegisterZero = true
    case "/r": packed.hasModRM = true
    case "mem": packed.mod = 1
    case "reg": packed.mod = 2
    case "W0": packed.rexW = 2
    case "W1": packed.rexW = 1
    default:
      if token.hasPrefix("/"), let value = UInt8(token.dropFirst()), value < 8 {
        packed.hasModRM = true
        packed.digit = value
      } else if token.hasPrefix("seg"), let value = UInt8(token.dropFirst(3)), value < 6 {
        packed.segment = value
      } else if token.count == 2, let value = UInt8(token, radix: 16) {
        bytes.append(value)
      } else {
        throw problem("encoding", "unknown token '\(token)'")
      }
    }
  }

  /// VEX, with length, mandatory prefix, map and W behind points, in the manual's notation.
  private mutating func parseVEX(_ token: String, _ bytes: inout [UInt8]) throws(RowProblem) {
    packed.isVEX = true
    packed.prefix = 1
    for part in token.split(separator: ".").dropFirst() {
      switch part {
      case "128", "L0", "LZ": packed.vectorLength = 1
      case "256", "L1": packed.vectorLength = 2
      case "LIG", "WIG": break
      case "NP": packed.prefix = 1
      case "66": packed.prefix = 2
      case "F3": packed.prefix = 3
      case "F2": packed.prefix = 4
      case "0F": bytes = [0x0F]
      case "0F38": bytes = [0x0F, 0x38]
      case "0F3A": bytes = [0x0F, 0x3A]
      case "W0": packed.rexW = 2
      case "W1": packed.rexW = 1
      default: throw problem("encoding", "unknown part '\(part)' of '\(token)'")
      }
    }
  }

  private mutating func parseAssembly(_ assembly: String) throws(RowProblem) {
    let parts = assembly.split(separator: " ", maxSplits: 1).map(String.init)
    let name = parts.first?.split(separator: "=").map(String.init) ?? []
    guard !name.isEmpty else { throw problem("assembly", "no mnemonic") }
    operation = name.count == 2 ? name[1] : name[0].lowercased()
    guard parts.count == 2 else { return }
    operands = parts[1].split(separator: ",").map { $0.trimmed }
    guard operands.count <= 4 else { throw problem("assembly", "more than four operands") }
    for (index, token) in operands.enumerated() {
      guard let (kind, width) = Self.notation[token] else { throw problem("assembly", "unknown operand '\(token)'") }
      packed.setOperand(index, kind: kind, width: width)
    }
  }
}

extension StringProtocol {
  /// Without blanks at the ends.
  var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
