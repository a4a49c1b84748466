import Differential
import InstructionTesting
import ModelExecution
import TextForms
import X86

/// A line of `emu exec --batch` as it comes.
struct ExecLine {
  /// A mapping.
  struct Mapping {
    var address: String
    var size: String
    var access: String
  }
  /// Bytes at an address.
  struct Bytes {
    var address: String
    var data: String
  }

  /// As it was written in JSON: a text with its quotes, or a whole number.
  var id: String?
  var mode: String?
  var cpl: Int?
  var code: String
  var steps: Int?
  var regs: [(name: String, value: String)] = []
  var segments: [(name: String, value: String)] = []
  var ymm: [(name: String, value: String)] = []
  var mxcsr: String?
  var fcw: String?
  var fsw: String?
  var ftw: String?
  var st: [String]?
  var map: [Mapping] = []
  var memory: [Bytes] = []
}

extension ExecLine {
  static let segmentNames = ["es", "cs", "ss", "ds", "fs", "gs"]

  /// The request that the line means.
  func request() throws(ExecError) -> ExecRequest {
    var request = ExecRequest()
    if let mode {
      guard let known = ExecRequest.Mode(rawValue: mode) else {
        throw ExecError("mode: '\(mode)' is not long64, protected32 or real16")
      }
      request.mode = known
    }
    if let cpl {
      guard (0...3).contains(cpl) else { throw ExecError("cpl: \(cpl) is not 0 to 3") }
      request.cpl = UInt8(cpl)
    }
    if let steps {
      guard (1...1_000_000).contains(steps) else { throw ExecError("steps: \(steps) is not 1 to 1000000") }
      request.steps = steps
    }
    request.code = try Self.bytes(code, field: "code")
    guard (1...4096).contains(request.code.count) else {
      throw ExecError("code: \(request.code.count) bytes, not 1 to 4096")
    }
    setDefaultSelectors(&request)
    for (name, value) in regs { try request.set(name, value) }
    for (name, value) in segments {
      guard let index = Self.segmentNames.firstIndex(of: name) else {
        throw ExecError("segments: no register '\(name)'")
      }
      request.state.selectors[index] = UInt16(
        truncatingIfNeeded: try Self.number(value, field: "segments.\(name)", bits: 16))
    }
    try readFloating(&request)
    try readMemory(&request)
    return request
  }

  private func setDefaultSelectors(_ request: inout ExecRequest) {
    switch (request.mode, request.cpl) {
    case (.real16, _):
      request.state.selectors = [0, 0, 0, 0, 0, 0]
      // Where boot sectors stand: the usual RIP does not exist in the first MiB.
      request.state.rip = 0x7C00
    case (.long64, 0): request.state.selectors = [0, 0x10, 0x18, 0, 0, 0]
    case (.long64, _): request.state.selectors = [0, 0x33, 0x2B, 0, 0, 0]
    case (.protected32, 0): request.state.selectors = [0x18, 0x08, 0x18, 0x18, 0, 0]
    case (.protected32, _): request.state.selectors = [0x2B, 0x23, 0x2B, 0x2B, 0, 0]
    }
  }

  private func readFloating(_ request: inout ExecRequest) throws(ExecError) {
    for (name, value) in ymm {
      guard let index = Int(name), (0..<16).contains(index) else { throw ExecError("ymm: no register '\(name)'") }
      let bytes = try Self.bytes(value, field: "ymm.\(name)")
      guard bytes.count == 32 else { throw ExecError("ymm.\(name): \(bytes.count) bytes, not 32") }
      for word in 0..<4 { request.state.ymm[index * 4 + word] = Self.word(bytes, word * 8, 8) }
    }
    if let mxcsr {
      request.state.mxcsr = UInt32(truncatingIfNeeded: try Self.number(mxcsr, field: "mxcsr", bits: 16))
    }
    if let fcw { request.state.fcw = UInt16(truncatingIfNeeded: try Self.number(fcw, field: "fcw", bits: 16)) }
    if let fsw { request.state.fsw = UInt16(truncatingIfNeeded: try Self.number(fsw, field: "fsw", bits: 16)) }
    if let ftw { request.state.ftw = UInt8(truncatingIfNeeded: try Self.number(ftw, field: "ftw", bits: 8)) }
    guard let st else { return }
    guard st.count == 8 else { throw ExecError("st: \(st.count) registers, not 8") }
    for (index, value) in st.enumerated() {
      let bytes = try Self.bytes(value, field: "st[\(index)]")
      guard bytes.count == 10 else { throw ExecError("st[\(index)]: \(bytes.count) bytes, not 10") }
      request.state.st[index * 2] = Self.word(bytes, 0, 8)
      request.state.st[index * 2 + 1] = Self.word(bytes, 8, 2)
    }
  }

  private func readMemory(_ request: inout ExecRequest) throws(ExecError) {
    for mapping in map {
      guard mapping.access.allSatisfy({ "rwx-".contains($0) }) else {
        throw ExecError("map: access '\(mapping.access)' has letters other than r, w and x")
      }
      request.map.append(
        ExecRequest.Mapping(
          address: try Self.number(mapping.address, field: "map.address"),
          size: try Self.number(mapping.size, field: "map.size"), isWritable: mapping.access.contains("w"),
          isExecutable: mapping.access.contains("x")))
    }
    for range in memory {
      request.memory.append(
        ExecRequest.Bytes(
          address: try Self.number(range.address, field: "memory.address"),
          data: try Self.bytes(range.data, field: "memory.data")))
    }
  }

  // MARK: Notation

  /// A number, decimal, with 0x or with h behind it, of at most so many bits.
  static func number(_ text: String, field: String, bits: UInt64 = 64) throws(ExecError) -> UInt64 {
    guard let value = NumberText.value(text), bits == 64 || value >> bits == 0 else {
      throw ExecError("\(field): '\(text.prefix(40))' is not a number of at most \(bits) bits")
    }
    return value
  }

  /// Hexadecimal bytes; blanks may stand between them.
  static func bytes(_ text: String, field: String) throws(ExecError) -> [UInt8] {
    var bytes: [UInt8] = []
    var high: UInt8?
    for character in text.utf8 where character != UInt8(ascii: " ") {
      let digit: UInt8
      switch character {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = character - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = character - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = character - UInt8(ascii: "A") + 10
      default: throw ExecError("\(field): '\(text.prefix(40))' is not hexadecimal")
      }
      if let first = high {
        bytes.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    guard high == nil else { throw ExecError("\(field): '\(text.prefix(40))' has an odd number of digits") }
    return bytes
  }

  static func word(_ bytes: [UInt8], _ at: Int, _ count: Int) -> UInt64 {
    (0..<count).reduce(0) { $0 | UInt64(bytes[at + $1]) << UInt64($1 * 8) }
  }
}

extension ExecRequest {
  /// Sets a register by name: whole ones, r8d to r15d and eax to edi with the upper half 0, XMM and YMM registers.
  mutating func set(_ name: String, _ text: String) throws(ExecError) {
    if name.hasPrefix("xmm") || name.hasPrefix("ymm") { return try setVector(name, text) }
    if let index = Self.halfNames.firstIndex(of: name) {
      state.generalRegisters[index] = try ExecLine.number(text, field: name, bits: 32)
      return
    }
    let value = try ExecLine.number(text, field: name)
    switch name {
    case "rip": state.rip = value
    case "rflags": state.rflags = value | RFLAGS.alwaysOne
    case "cr0", "cr3", "cr4", "efer": controls[name] = value
    case "pkru": controls[name] = try ExecLine.number(text, field: name, bits: 32)
    case "fs_base": state.fsBase = value
    case "gs_base": state.gsBase = value
    default:
      guard let index = generalRegisterNames.firstIndex(of: name) else {
        throw ExecError("regs: no register '\(name)'")
      }
      state.generalRegisters[index] = value
    }
  }

  private static let halfNames =
    ["eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"] + (8..<16).map { "r\($0)d" }

  /// Bytes in the order of memory, or with 0x a number.
  private mutating func setVector(_ name: String, _ text: String) throws(ExecError) {
    guard let index = Int(name.dropFirst(3)), (0..<16).contains(index), name == "\(name.prefix(3))\(index)" else {
      throw ExecError("regs: no register '\(name)'")
    }
    let count = name.hasPrefix("x") ? 16 : 32
    var bytes: [UInt8]
    if text.hasPrefix("0x") {
      let digits = text.dropFirst(2)
      guard !digits.isEmpty else { throw ExecError("\(name): '\(text)' is not hexadecimal") }
      bytes = try ExecLine.bytes((digits.count % 2 == 0 ? "" : "0") + digits, field: name).reversed()
      guard bytes.count <= count else { throw ExecError("\(name): \(bytes.count) bytes, more than \(count)") }
      bytes += [UInt8](repeating: 0, count: count - bytes.count)
    } else {
      bytes = try ExecLine.bytes(text, field: name)
      guard bytes.count == count else { throw ExecError("\(name): \(bytes.count) bytes, not \(count)") }
    }
    for word in 0..<count / 8 { state.ymm[index * 4 + word] = ExecLine.word(bytes, word * 8, 8) }
  }
}

/// JSON as `emu exec` and `emu fuzz` write it.
enum ExecJSON {
  /// A number as `"0x..."`.
  static func hex(_ value: UInt64) -> String { "\"\(Text.hex(value))\"" }

  private static func digits(word value: UInt64, _ count: Int) -> String {
    Text.digits((0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) })
  }

  /// The members of a state that requests and answers share: registers, vectors, x87.
  ///
  /// - Parameter pkru: of a processor that has it.
  static func members(_ state: UserState, pkru: UInt32? = nil) -> [String] {
    var registers = (0..<16).map { "\"\(generalRegisterNames[$0])\":\(hex(state.generalRegisters[$0]))" }
    registers += ["\"rip\":\(hex(state.rip))", "\"rflags\":\(hex(state.rflags))"]
    if let pkru { registers.append("\"pkru\":\(hex(UInt64(pkru)))") }
    let vectors = (0..<16).map { index in
      "\"\(index)\":\"\((0..<4).map { digits(word: state.ymm[index * 4 + $0], 8) }.joined())\""
    }
    let stack = (0..<8).map { "\"\(digits(word: state.st[$0 * 2], 8))\(digits(word: state.st[$0 * 2 + 1], 2))\"" }
    return [
      "\"regs\":{\(registers.joined(separator: ","))}", "\"ymm\":{\(vectors.joined(separator: ","))}",
      "\"mxcsr\":\(hex(UInt64(state.mxcsr)))", "\"fcw\":\(hex(UInt64(state.fcw)))",
      "\"fsw\":\(hex(UInt64(state.fsw)))", "\"ftw\":\(hex(UInt64(state.ftw)))",
      "\"st\":[\(stack.joined(separator: ","))]",
    ]
  }

  /// Memory ranges.
  static func memory(_ ranges: [ExecRequest.Bytes]) -> String {
    let parts = ranges.map { "{\"address\":\(hex($0.address)),\"data\":\"\(Text.digits($0.data))\"}" }
    return "\"memory\":[\(parts.joined(separator: ","))]"
  }

  /// The exception or INT n of an answer, or null.
  static func exception(_ answer: ExecAnswer) -> String {
    let state = answer.state
    if let vector = answer.interrupt { return "{\"vector\":\(vector),\"error\":\"0x0\",\"cr2\":\"0x0\"}" }
    guard state.vector != UserState.noException else { return "null" }
    return "{\"vector\":\(state.vector),\"error\":\(hex(UInt64(state.errorCode))),\"cr2\":\(hex(state.cr2))}"
  }

  /// The answer line of a request.
  ///
  /// - Parameter id: as it was written.
  static func answer(id: String?, _ answer: ExecAnswer) -> String {
    var parts = ["\"id\":\(id ?? "null")"] + members(answer.state, pkru: answer.pkru)
    parts += [memory(answer.memory), "\"exception\":\(exception(answer))", "\"retired\":\(answer.retired)"]
    if let note = answer.note { parts.append("\"note\":\(JSONText.quoted(note))") }
    return "{\(parts.joined(separator: ","))}"
  }

  /// The answer to a line that cannot be carried out.
  static func failure(id: String?, _ text: String) -> String {
    "{\"id\":\(id ?? "null"),\"error\":\(JSONText.quoted(text))}"
  }
}
