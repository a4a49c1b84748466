import InstructionTesting
import TextForms
import X86
import X86Decoder

/// Why a file holds no program: one sentence.
public struct EngineProgramError: Error, CustomStringConvertible, Equatable {
  /// The sentence, with the member's name.
  public var description: String
  init(_ description: String) { self.description = description }
}

extension EngineDivergence {
  /// Program and schedule as a JSON object, for `emu fuzz --against reference --program FILE`.
  public var json: String { EngineProgramText.text(program, schedule) }
}

/// Programs as JSON.
public enum EngineProgramText {
  private static let modes: [(name: String, mode: DecodeMode)] = [("64", .code64), ("32", .code32), ("16", .code16)]

  private static func name(_ mode: DecodeMode) -> String { modes.first { $0.mode == mode }?.name ?? "64" }

  // MARK: Writing

  /// A program and its schedule as a JSON object.
  public static func text(_ program: EngineProgram, _ schedule: EngineSchedule) -> String {
    let input = program.input
    return JSONText.object([
      ("kind", .string("program")), ("number", .number(Int(truncatingIfNeeded: program.number))),
      ("mode", .string(program.isRealMode ? "real" : name(program.mode))), ("cpl", .number(Int(program.cpl))),
      ("base", .string(program.base.rawValue)), ("anchor", .number(program.anchor)),
      ("offset", .number(program.offset)),
      ("next", .string(program.next.rawValue)), ("second", .string(program.second.rawValue)),
      ("options", .array(program.options.map(\.rawValue).sorted().map { .string($0) })),
      ("landings", .array(program.landings.map { .number($0) })), ("parts", .array(program.parts.map(write))),
      ("schedule", .array(schedule.legs.map(write))),
      ("registers", words(16) { input.generalRegisters[$0] }), ("rflags", .hex(input.rflags)),
      ("fs_base", .hex(input.fsBase)), ("gs_base", .hex(input.gsBase)),
      ("selectors", words(6) { UInt64(input.selectors[$0]) }), ("mxcsr", .hex(UInt64(input.mxcsr))),
      ("fcw", .hex(UInt64(input.fcw))), ("fsw", .hex(UInt64(input.fsw))), ("ftw", .hex(UInt64(input.ftw))),
      ("ymm", words(64) { input.ymm[$0] }), ("st", words(16) { input.st[$0] }),
      ("window", words(64) { input.window[$0] }),
    ]).text
  }

  /// Words without the zeros at the end.
  private static func words(_ count: Int, _ word: (Int) -> UInt64) -> JSONText {
    var values = (0..<count).map(word)
    while values.last == 0 { values.removeLast() }
    return .array(values.map { .hex($0) })
  }

  private static func write(_ part: ProgramPart) -> JSONText {
    var members: [(String, JSONText)] = [("mode", .string(name(part.mode)))]
    if let target = part.code.target { members.append(("target", .number(target))) }
    switch part.code {
    case .bytes(let bytes): members.append(("bytes", .string(Text.digits(bytes))))
    case .branch(let branch, _, let isShort):
      members += [("branch", .string(name(branch))), ("short", .bool(isShort))]
    case .address(let register, _, let offset):
      members += [("address", .number(Int(register))), ("offset", .number(offset))]
    case .patch(let value, _, let offset, let isAlias):
      members += [("patch", .string(Text.digits(value))), ("offset", .number(offset)), ("alias", .bool(isAlias))]
    case .farReturn(let selector, _): members.append(("far", .number(Int(selector))))
    case .interruptReturn(let selector, let stack, _):
      members += [("iret", .number(Int(selector))), ("stack", .number(Int(stack)))]
    }
    return .object(members)
  }

  private static func name(_ branch: ProgramBranch) -> String {
    switch branch {
    case .jump: "jmp"
    case .call: "call"
    case .condition(let code): "j\(code)"
    case .loop(let form): "loop\(form)"
    }
  }

  private static func write(_ leg: EngineSchedule.Leg) -> JSONText {
    var members: [(String, JSONText)] = [("ticks", .number(leg.ticks))]
    for (name, cut) in [("ours", leg.ours), ("theirs", leg.theirs)] {
      if case .every(let count) = cut { members.append((name, .number(count))) }
    }
    switch leg.event {
    case nil: break
    case .interrupt(let vector): members.append(("interrupt", .number(Int(vector))))
    case .nonMaskable: members.append(("nmi", .bool(true)))
    case .serial: members.append(("serial", .bool(true)))
    case .timer(let vector, let ticks, let isPeriodic):
      members += [("timer", .number(Int(vector))), ("after", .number(Int(ticks))), ("periodic", .bool(isPeriodic))]
    }
    return .object(members)
  }

  // MARK: Reading

  /// Reads what `EngineDivergence.json` wrote.
  public static func read(_ bytes: [UInt8]) throws(EngineProgramError) -> (EngineProgram, EngineSchedule) {
    let value: JSONValue
    do { value = try JSONValue(bytes) } catch { throw EngineProgramError(error.description) }
    let members = try ProgramMembers(value, "the file")
    guard members.text("kind") == "program" else { throw EngineProgramError("kind: is not 'program'") }
    var program = EngineProgram()
    program.number = try UInt64(members.number("number", 0...Int.max))
    let mode = try members.required("mode")
    program.isRealMode = mode == "real"
    program.mode = program.isRealMode ? .code16 : try Self.mode(mode)
    program.cpl = try UInt8(members.number("cpl", 0...3))
    guard program.cpl == 0 || program.cpl == 3 else { throw EngineProgramError("cpl: \(program.cpl) is not 0 or 3") }
    program.base = try members.choice("base")
    program.next = try members.choice("next")
    program.second = try members.choice("second")
    program.options = Set(
      try members.texts("options").map { text throws(EngineProgramError) in
        guard let option = EngineProgram.Option(rawValue: text) else {
          throw EngineProgramError("options: no '\(text)'")
        }
        return option
      })
    let parts = try members.objects("parts", limit: 256)
    program.parts = try parts.map { member throws(EngineProgramError) in try part(member, count: parts.count) }
    program.anchor = try members.number("anchor", 0...parts.count)
    program.offset = try members.number("offset", 0...0x1000)
    let landings = try members.numbers("landings", 0...parts.count)
    guard landings.count == GuestMap.landingCount else {
      throw EngineProgramError("landings: \(landings.count) are not \(GuestMap.landingCount)")
    }
    program.landings = landings
    try readState(members, &program.input)
    return (program, EngineSchedule(try members.objects("schedule", limit: 1024).map(leg)))
  }

  private static func mode(_ text: String) throws(EngineProgramError) -> DecodeMode {
    guard let mode = modes.first(where: { $0.name == text })?.mode else {
      throw EngineProgramError("mode: '\(text)' is not 64, 32, 16 or real")
    }
    return mode
  }

  private static func part(_ members: ProgramMembers, count: Int) throws(EngineProgramError) -> ProgramPart {
    let mode = try mode(try members.required("mode"))
    if members.has("bytes") { return ProgramPart(.bytes(try members.bytes("bytes")), mode: mode) }
    let target = try members.number("target", 0...count + 64)
    let offset = try members.has("offset") ? members.number("offset", -64...64) : 0
    if let text = members.text("branch") {
      guard let branch = branch(text) else { throw EngineProgramError("branch: '\(text)' is none") }
      return ProgramPart(.branch(branch, target: target, isShort: try members.flag("short")), mode: mode)
    }
    func byte(_ name: String) throws(EngineProgramError) -> UInt8 { try UInt8(members.number(name, 0...127)) }
    if members.has("address") {
      let register = try UInt8(members.number("address", 0...15))
      return ProgramPart(.address(register: register, target: target, offset: offset), mode: mode)
    }
    if members.has("patch") {
      let value = try members.bytes("patch")
      guard [1, 2, 4].contains(value.count) else { throw EngineProgramError("patch: has not 1, 2 or 4 bytes") }
      let isAlias = try members.flag("alias")
      return ProgramPart(.patch(value: value, target: target, offset: offset, isAlias: isAlias), mode: mode)
    }
    if members.has("far") { return ProgramPart(.farReturn(selector: try byte("far"), target: target), mode: mode) }
    return ProgramPart(
      .interruptReturn(selector: try byte("iret"), stack: try byte("stack"), target: target), mode: mode)
  }

  private static func branch(_ text: String) -> ProgramBranch? {
    if text == "jmp" { return .jump }
    if text == "call" { return .call }
    if text.hasPrefix("loop"), let form = UInt8(text.dropFirst(4)), form < 4 { return .loop(form) }
    if text.hasPrefix("j"), let code = UInt8(text.dropFirst()), code < 16 { return .condition(code) }
    return nil
  }

  private static func leg(_ members: ProgramMembers) throws(EngineProgramError) -> EngineSchedule.Leg {
    var leg = EngineSchedule.Leg(try members.number("ticks", 1...1_000_000))
    if members.has("ours") { leg.ours = .every(try members.number("ours", 1...1_000_000)) }
    if members.has("theirs") { leg.theirs = .every(try members.number("theirs", 1...1_000_000)) }
    if members.has("interrupt") { leg.event = .interrupt(vector: UInt8(try members.number("interrupt", 0...255))) }
    if members.has("nmi") { leg.event = .nonMaskable }
    if members.has("serial") { leg.event = .serial }
    if members.has("timer") {
      leg.event = .timer(
        vector: UInt8(try members.number("timer", 0...255)), ticks: UInt32(try members.number("after", 0...1_000_000)),
        isPeriodic: try members.flag("periodic"))
    }
    return leg
  }

  private static func readState(_ members: ProgramMembers, _ input: inout UserState) throws(EngineProgramError) {
    for (index, word) in try members.words("registers", 16).enumerated() { input.generalRegisters[index] = word }
    for (index, word) in try members.words("ymm", 64).enumerated() { input.ymm[index] = word }
    for (index, word) in try members.words("st", 16).enumerated() { input.st[index] = word }
    for (index, word) in try members.words("window", 64).enumerated() { input.window[index] = word }
    for (index, word) in try members.words("selectors", 6).enumerated() {
      input.selectors[index] = UInt16(truncatingIfNeeded: word)
    }
    input.rflags = try members.word("rflags")
    input.fsBase = try members.word("fs_base")
    input.gsBase = try members.word("gs_base")
    input.mxcsr = UInt32(truncatingIfNeeded: try members.word("mxcsr"))
    input.fcw = UInt16(truncatingIfNeeded: try members.word("fcw"))
    input.fsw = UInt16(truncatingIfNeeded: try members.word("fsw"))
    input.ftw = UInt8(truncatingIfNeeded: try members.word("ftw"))
  }
}
