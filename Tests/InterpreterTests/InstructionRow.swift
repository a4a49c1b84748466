import InstructionTesting

/// A row that cannot be understood.
struct RowError: Error, CustomStringConvertible {
  var description: String
}

/// One instruction of unprivileged code: the state that it starts from, and all that it changes.
///
/// A row has four columns: assembly | bytes | state before | changes. Numbers are hexadecimal.
/// - `rax=12`: a register; `w` in a value is the window of memory, which begins before the border of two pages.
/// - `[8]=12`: the quadword at this offset in the window.
/// - `f=CPAZSDO`: the flags that are set, of these and N (NT), K (AC) and J (ID); `f=-`: none.
/// - `?=OA`: flags that the manual leaves undefined, in the last column.
/// - `ds=2B`, `fsbase=1000`: a selector, a base.
/// - `rip=+12`, in the last column: where it goes from its own address, if not behind itself.
/// - `stray=12`: the sum over what is written outside the window (`InstructionTest.strayWeight`).
/// - `steps=2`, before: the bytes are so many instructions.
/// - `mxcsr=1F80`, `fcw=37F`, `fsw=0`, `ftw=0` (the abridged tags); `ymm4=12`: word 0 of XMM1, four words a register;
///   `st2=12`: the significand of ST(1), `st3=3FFF` its sign and exponent.
/// - `#GP(0)`, `#PF(6)@w+100`, `#UD`: the exception; RIP then stays.
///
/// In a 16-bit code segment ES and SS have the data pages from offset 0 on, DS the first of them from F000h to FFFFh.
/// Before, RBX holds w, RSI w+40, RDI w+80, RSP w+100, other registers and the window 0, no flag is set.
struct InstructionRow {
  var test: InstructionTest
  /// The state after.
  var expected: UserState
  /// Flags that the manual leaves undefined.
  private var undefined: UInt64 = 0

  static let registers = [
    "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
  ]
  static let selectors = ["es", "cs", "ss", "ds", "fs", "gs"]
  static let flags: [(letter: Character, mask: UInt64)] = [
    ("C", 1), ("P", 4), ("A", 0x10), ("Z", 0x40), ("S", 0x80), ("D", 0x400), ("O", 0x800), ("N", 0x4000),
    ("K", 0x4_0000), ("J", 0x20_0000),
  ]
  private static let flagMask = flags.reduce(0) { $0 | $1.mask }
  static let exceptions: [(name: String, vector: UInt8, hasCode: Bool)] = [
    ("#DE", 0, false), ("#DB", 1, false), ("#BP", 3, false), ("#OF", 4, false), ("#BR", 5, false), ("#UD", 6, false),
    ("#NM", 7, false), ("#NP", 11, true), ("#SS", 12, true), ("#GP", 13, true), ("#PF", 14, true), ("#AC", 17, true),
    ("#MF", 16, false), ("#XM", 19, false),
  ]

  init(_ line: String, mode: InstructionTest.Mode = .long64) throws {
    let columns = line.split(separator: "|", omittingEmptySubsequences: false).map { $0.split(separator: " ") }
    guard columns.count == 4 else { throw RowError(description: "\(columns.count) columns instead of 4: \(line)") }
    test = InstructionTest()
    test.mode = mode
    test.codeLength = UInt8(columns[1].count)
    for (index, text) in columns[1].enumerated() {
      guard let byte = UInt8(text, radix: 16), index < 15 else { throw RowError(description: "bytes: \(line)") }
      test.code[index] = byte
    }
    if mode == .compatibility32 { test.input.selectors = [0x2B, 0x23, 0x2B, 0x2B, 0, 0] }
    if mode == .segmented {
      test.input.selectors = [0x17, 0x07, 0x17, InstructionTest.wrappingDataSelector, 0, 0]
      test.input.rip = 0x800
    }
    let window = InstructionTest.windowAddress
    for (register, offset) in [(3, 0), (6, 0x40), (7, 0x80), (4, 0x100)] as [(Int, UInt64)] {
      test.input.generalRegisters[register] = window + offset
    }
    for token in columns[2] {
      guard Self.apply(token, to: &test.input) else { throw RowError(description: "'\(token)' before: \(line)") }
      if token.hasPrefix("steps="), let count = UInt8(token.dropFirst(6)) {
        (test.steps, test.singleSteps) = (count, false)
      }
    }
    expected = test.input
    expected.rip += UInt64(columns[1].count)
    for token in columns[3] {
      if token.hasPrefix("?=") {
        undefined = try Self.mask(token.dropFirst(2)) ?? { throw RowError(description: "'\(token)': \(line)") }()
      } else if token.hasPrefix("rip=+"), let distance = UInt64(token.dropFirst(5), radix: 16) {
        expected.rip = test.input.rip &+ distance
      } else if token.hasPrefix("#") {
        guard applyException(token) else { throw RowError(description: "'\(token)': \(line)") }
      } else {
        guard Self.apply(token, to: &expected) else { throw RowError(description: "'\(token)' after: \(line)") }
      }
    }
  }

  // MARK: Reading

  private static func value(_ text: Substring) -> UInt64? {
    if text == "w" { return InstructionTest.windowAddress }
    guard text.hasPrefix("w+") else { return UInt64(text, radix: 16) }
    return UInt64(text.dropFirst(2), radix: 16).map { InstructionTest.windowAddress + $0 }
  }

  private static func mask(_ letters: Substring) -> UInt64? {
    if letters == "-" { return 0 }
    var result: UInt64 = 0
    for letter in letters {
      guard let flag = flags.first(where: { $0.letter == letter }) else { return nil }
      result |= flag.mask
    }
    return result
  }

  private static func apply(_ token: Substring, to state: inout UserState) -> Bool {
    let parts = token.split(separator: "=")
    guard parts.count == 2 else { return false }
    if parts[0] == "steps" { return true }
    if parts[0] == "f" {
      guard let mask = mask(parts[1]) else { return false }
      state.rflags = state.rflags & ~flagMask | mask
      return true
    }
    guard let value = value(parts[1]) else { return false }
    if let register = registers.firstIndex(of: String(parts[0])) {
      state.generalRegisters[register] = value
    } else if let selector = selectors.firstIndex(of: String(parts[0])) {
      state.selectors[selector] = UInt16(truncatingIfNeeded: value)
    } else if applyFloating(parts[0], value, to: &state) {
      return true
    } else if parts[0] == "fsbase" {
      state.fsBase = value
    } else if parts[0] == "gsbase" {
      state.gsBase = value
    } else if parts[0] == "stray" {
      state.strayWrites = value
    } else if parts[0].hasPrefix("["), parts[0].hasSuffix("]"),
      let offset = UInt64(parts[0].dropFirst().dropLast(), radix: 16), offset & 7 == 0, offset < 0x200
    {
      state.window[Int(offset / 8)] = value
    } else {
      return false
    }
    return true
  }

  private static func applyFloating(_ name: Substring, _ value: UInt64, to state: inout UserState) -> Bool {
    switch name {
    case "mxcsr": state.mxcsr = UInt32(truncatingIfNeeded: value)
    case "fcw": state.fcw = UInt16(truncatingIfNeeded: value)
    case "fsw": state.fsw = UInt16(truncatingIfNeeded: value)
    case "ftw": state.ftw = UInt8(truncatingIfNeeded: value)
    default:
      if name.hasPrefix("ymm"), let index = Int(name.dropFirst(3)), (0..<64).contains(index) {
        state.ymm[index] = value
      } else if name.hasPrefix("st"), let index = Int(name.dropFirst(2)), (0..<16).contains(index) {
        state.st[index] = value
      } else {
        return false
      }
    }
    return true
  }

  private mutating func applyException(_ token: Substring) -> Bool {
    guard let exception = Self.exceptions.first(where: { token.hasPrefix($0.name) }) else { return false }
    expected.vector = exception.vector
    expected.rip = test.input.rip
    let rest = token.dropFirst(exception.name.count)
    guard exception.hasCode else { return rest.isEmpty }
    guard rest.hasPrefix("("), let end = rest.firstIndex(of: ")"),
      let code = UInt32(rest[rest.index(after: rest.startIndex)..<end], radix: 16)
    else { return false }
    expected.errorCode = code
    let place = rest[rest.index(after: end)...]
    guard exception.vector == 14 else { return place.isEmpty }
    guard place.hasPrefix("@"), let address = Self.value(place.dropFirst()) else { return false }
    expected.cr2 = address
    return true
  }

  // MARK: Writing

  /// What a state has otherwise than the input, in the order and the words of the last column: two states have the same
  /// text if they agree in all that is defined.
  func text(_ state: UserState) -> String {
    let input = test.input
    var words: [String] = []
    func note(_ name: String, _ old: UInt64, _ new: UInt64) {
      if old != new { words.append("\(name)=\(Self.hex(new))") }
    }
    if state.vector != UserState.noException {
      let name = Self.exceptions.first { $0.vector == state.vector }
      var word = name?.name ?? "vector \(state.vector)"
      if name?.hasCode != false || state.errorCode != 0 { word += "(\(Self.hex(UInt64(state.errorCode))))" }
      if state.vector == 14 || state.cr2 != 0 { word += "@\(Self.hex(state.cr2))" }
      words.append(word)
    }
    let faults = state.vector != UserState.noException
    if state.rip != input.rip + (faults ? 0 : UInt64(test.codeLength)) {
      words.append("rip=+\(Self.hex(state.rip &- input.rip))")
    }
    for (index, name) in Self.registers.enumerated() {
      note(name, input.generalRegisters[index], state.generalRegisters[index])
    }
    for index in 0..<64 { note("[\(Self.hex(UInt64(index * 8)))]", input.window[index], state.window[index]) }
    if (state.rflags ^ input.rflags) & ~undefined != 0 {
      let letters = Self.flags.filter { state.rflags & ~undefined & $0.mask != 0 }.map(\.letter)
      words.append("f=" + (letters.isEmpty ? "-" : String(letters)))
      if (state.rflags ^ input.rflags) & ~undefined & ~Self.flagMask != 0 {
        words.append("rflags=\(Self.hex(state.rflags))")
      }
    }
    for (index, name) in Self.selectors.enumerated() {
      note(name, UInt64(input.selectors[index]), UInt64(state.selectors[index]))
    }
    note("fsbase", input.fsBase, state.fsBase)
    note("gsbase", input.gsBase, state.gsBase)
    note("stray", input.strayWrites, state.strayWrites)
    note("mxcsr", UInt64(input.mxcsr), UInt64(state.mxcsr))
    note("fcw", UInt64(input.fcw), UInt64(state.fcw))
    note("fsw", UInt64(input.fsw), UInt64(state.fsw))
    note("ftw", UInt64(input.ftw), UInt64(state.ftw))
    for index in 0..<16 { note("st\(index)", input.st[index], state.st[index]) }
    for index in 0..<64 { note("ymm\(index)", input.ymm[index], state.ymm[index]) }
    return words.joined(separator: " ")
  }

  private static func hex(_ value: UInt64) -> String {
    let window = InstructionTest.windowAddress
    if value == window { return "w" }
    if (window..<window + 0x200).contains(value) { return "w+" + String(value - window, radix: 16, uppercase: true) }
    return String(value, radix: 16, uppercase: true)
  }
}
