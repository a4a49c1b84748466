import InstructionTesting
public import Interpreter
import TextForms
import X86
import X86Decoder

/// A vector on which the model and the recorded processor differ.
public struct VectorDifference: Sendable {
  /// The vector.
  public var vector: ProcessorVector
  /// Its opcode without prefixes.
  public var opcode: VectorOpcode
  /// Where they differ.
  public var differences: [StateDifference]
  /// How it counts.
  public var kind = DivergenceClass.bug
  /// The rule that says so.
  public var rule = "none"
  /// The row of the opcode table, or the opcode that has none.
  public var form: String
  /// The exception that the model raised, or `UserState.noException`.
  var exception: UInt8
  /// The interrupt or exception that the recorded processor took, as its registers show.
  var oracleException: UInt8?
  /// What the model decodes, nil if that is no instruction.
  var instruction: Instruction?
  let processor: VectorProcessor
  let isVirtual: Bool

  var operation: X86Decoder.Operation? { instruction?.operation }

  /// Names of what differs: exceptions, or registers, flags, memory.
  public var signature: String {
    if exception != UserState.noException, exception != oracleException {
      let oracle = oracleException ?? UserState.noException
      return "exception \(Divergence.vectorName(exception)) for \(Divergence.vectorName(oracle))"
    }
    var parts: [String] = []
    for difference in differences {
      let part =
        difference.field == "flags"
        ? "flags \(Divergence.flagNames(difference.subject ^ difference.oracle))"
        : difference.field.hasPrefix("ram") ? "ram" : difference.field
      if !parts.contains(part) { parts.append(part) }
    }
    return parts.joined(separator: ", ")
  }

  /// The same for every vector that shows the same mistake.
  public var fingerprint: String { "\(form)|\(rule)|\(signature)" }
}

/// Prefixes and opcode of a vector as its own processor reads them.
public struct VectorOpcode: Sendable, Equatable {
  /// The prefixes in order.
  public private(set) var prefixes: [UInt8] = []
  /// The first byte that is no prefix.
  public private(set) var first: UInt8 = 0
  /// The byte behind 0Fh, nil for opcodes of one byte.
  public private(set) var second: UInt8?
  /// The byte behind the opcode.
  public private(set) var modRM: UInt8 = 0

  init(_ code: [UInt8], _ processor: VectorProcessor) {
    var index = 0
    func byte() -> UInt8 { index < code.count ? code[index] : 0 }
    scan: while index < code.count {
      switch byte() {
      case 0x26, 0x2E, 0x36, 0x3E, 0xF0, 0xF2, 0xF3: break
      case 0xF1 where processor == .i8086: break
      case 0x64...0x67 where processor == .i80386: break
      default: break scan
      }
      prefixes.append(byte())
      index += 1
    }
    first = byte()
    index += 1
    if first == 0x0F, processor != .i8086 {
      second = byte()
      index += 1
    }
    modRM = byte()
  }

  /// The digit of a ModRM byte.
  public var digit: UInt8 { modRM >> 3 & 7 }
  /// Its form with a register.
  var isRegister: Bool { modRM >= 0xC0 }
  /// `D3`, `0F01`: as the suites name their files.
  public var name: String { second.map { "0F" + Text.code($0) } ?? Text.code(first) }
  /// Whether a prefix stands before it.
  func has(_ prefix: UInt8...) -> Bool { prefixes.contains { prefix.contains($0) } }
}

/// What a suite says of an opcode.
public struct VectorNote: Sendable, Equatable {
  /// Bits of FLAGS that are defined afterwards.
  public var flagsMask: UInt32
  /// The suite calls the opcode undocumented or undefined.
  public var isUndefined: Bool
  /// Makes a note; without arguments one that says nothing.
  public init(flagsMask: UInt32 = 0xFFFF, isUndefined: Bool = false) {
    (self.flagsMask, self.isUndefined) = (flagsMask, isUndefined)
  }
}

/// Runs vectors of one processor on the model and says where they differ.
public final class VectorComparison {
  private let machine: VectorMachine
  private let usesRules: Bool
  /// What a suite says, by opcode and, after a full stop, digit.
  public var notes: [String: VectorNote] = [:]

  /// - Parameters:
  ///   - virtual8086: virtual-8086 mode rather than real mode.
  ///   - usesRules: differences are explained where a rule does.
  public init(
    _ processor: VectorProcessor, virtual8086: Bool, usesRules: Bool = true, model: ProcessorModel = .amdV1
  ) throws {
    machine = try VectorMachine(processor, virtual8086: virtual8086, model: model)
    self.usesRules = usesRules
  }

  /// Runs one; nil if the model and the processor agree.
  ///
  /// - Throws: `VectorError` if it cannot be run.
  public func run(_ vector: ProcessorVector) throws -> VectorDifference? {
    try vector.check(machine.kind)
    let outcome = machine.run(vector)
    let opcode = VectorOpcode(Self.code(vector, machine.kind), machine.kind)
    let note = notes["\(opcode.name).\(opcode.digit)"] ?? notes[opcode.name] ?? VectorNote()
    let found = differences(vector, outcome, note)
    guard !found.isEmpty else { return nil }
    var difference = VectorDifference(
      vector: vector, opcode: opcode, differences: found, form: form(outcome, opcode), exception: outcome.exception,
      oracleException: Self.interrupt(vector), instruction: outcome.instruction, processor: machine.kind,
      isVirtual: machine.isVirtual)
    if outcome.unimplemented != nil, !usesRules || !opcode.isCoprocessor {
      (difference.kind, difference.rule) = (.unimplemented, "unimplemented")
    } else if usesRules, let rule = VectorRule.all.first(where: { $0.matches(difference) }) {
      (difference.kind, difference.rule) = (rule.kind, rule.id)
    } else if usesRules, note.isUndefined {
      (difference.kind, difference.rule) = (.undefined, "suite-undefined")
    }
    return difference
  }

  private func form(_ outcome: VectorOutcome, _ opcode: VectorOpcode) -> String {
    guard let instruction = outcome.instruction else { return "not in the table: \(opcode.name)" }
    let form = OpcodeForm.all[Int(instruction.form)]
    return "\(form.encoding) \(form.assembly)"
  }

  /// The bytes at CS:IP, as far as the vector has them.
  private static func code(_ vector: ProcessorVector, _ processor: VectorProcessor) -> [UInt8] {
    let known = Dictionary(vector.initial.memory.map { ($0.address, $0.value) }) { $1 }
    var code: [UInt8] = []
    while code.count < 16 {
      var address = vector.before(.cs) << 4 &+ (vector.before(.eip) &+ UInt32(code.count)) & 0xFFFF
      if processor == .i8086 { address &= 0xF_FFFF }
      guard let byte = known[address] else { break }
      code.append(byte)
    }
    return code
  }

  /// The vector that the recorded processor went through: its stack is three words deeper, and CS:IP is that of a
  /// handler.
  private static func interrupt(_ vector: ProcessorVector) -> UInt8? {
    if let exception = vector.exception { return exception }
    guard (vector.before(.esp) &- vector.after(.esp)) & 0xFFFF == 6 else { return nil }
    let known = Dictionary(vector.initial.memory.map { ($0.address, $0.value) }) { $1 }
    return (0..<0xFF as Range<UInt8>).first { number in
      let bytes = (0..<4 as Range<UInt32>).compactMap { known[UInt32(number) * 4 + $0] }
      guard bytes.count == 4 else { return false }
      return UInt32(bytes[0]) | UInt32(bytes[1]) << 8 == vector.after(.eip)
        && UInt32(bytes[2]) | UInt32(bytes[3]) << 8 == vector.after(.cs)
    }
  }

  // MARK: Comparison

  private func differences(
    _ vector: ProcessorVector, _ outcome: VectorOutcome, _ note: VectorNote
  ) -> [StateDifference] {
    let undefined = undefinedResults(vector, outcome)
    var found: [StateDifference] = []
    if outcome.isShutdown { found.append(StateDifference(field: "shutdown", subject: 1, oracle: 0)) }
    for register in VectorRegister.allCases {
      guard let subject = outcome.registers[register], vector.initial.registers[register] != nil else { continue }
      var mask = vector.mask[register] ?? .max
      if register.isSegment || machine.kind != .i80386 { mask &= 0xFFFF }
      if register == .eip { mask &= 0xFFFF }
      if register == .eflags { mask &= comparedFlags & note.flagsMask & ~UInt32(truncatingIfNeeded: undefined.rflags) }
      if let index = register.encoding, undefined.generalRegisters & (1 << UInt16(index)) != 0 { continue }
      var oracle = vector.after(register)
      // Unchanged flags are those that could be set, not those that the file has drawn.
      if register == .eflags, vector.final.registers[.eflags] == nil { oracle = oracle & machine.settableFlags | 2 }
      guard (subject ^ oracle) & mask != 0 else { continue }
      let name =
        register == .eflags ? "flags" : machine.kind == .i80386 ? register.name : register.shortName
      found.append(StateDifference(field: name, subject: UInt64(subject & mask), oracle: UInt64(oracle & mask)))
    }
    let image = flagsImage(vector, outcome)
    for byte in outcome.memory {
      var mask: UInt8 = 0xFF
      if undefined.memory.contains(where: { $0.contains(UInt64(byte.address)) }) { continue }
      if let image, byte.address == image.low || byte.address == image.high {
        let flags = UInt64(note.flagsMask) & ~undefined.rflags
        mask = UInt8(truncatingIfNeeded: byte.address == image.low ? flags : flags >> 8)
      }
      guard (byte.subject ^ byte.oracle) & mask != 0 else { continue }
      found.append(
        StateDifference(
          field: "ram[\(Text.hex(byte.address))]", subject: UInt64(byte.subject & mask),
          oracle: UInt64(byte.oracle & mask)))
    }
    return found
  }

  /// The bits of FLAGS that vector and model both have: on the 8086 bits 12 to 15 are wires.
  private var comparedFlags: UInt32 { machine.kind == .i8086 ? 0x0FFF : machine.isVirtual ? 0xCFFF : 0xFFFF }

  /// Where the delivery of an exception has put FLAGS.
  private func flagsImage(_ vector: ProcessorVector, _ outcome: VectorOutcome) -> (low: UInt32, high: UInt32)? {
    guard outcome.exception != UserState.noException || vector.flagsAddress != nil else { return nil }
    let stack = vector.before(.ss) << 4
    let wrap: UInt32 = machine.kind == .i8086 ? 0xF_FFFF : .max
    func address(_ offset: UInt32) -> UInt32 { (stack &+ (vector.before(.esp) &- offset) & 0xFFFF) & wrap }
    return (address(2), address(1))
  }

  private func undefinedResults(_ vector: ProcessorVector, _ outcome: VectorOutcome) -> ResultMask {
    guard let instruction = outcome.instruction else { return ResultMask() }
    var input = UserState()
    for register in VectorRegister.allCases {
      let value = vector.before(register)
      if let index = register.encoding { input.generalRegisters[index] = UInt64(value) }
      if let index = register.segmentEncoding { input.selectors[index] = UInt16(truncatingIfNeeded: value) }
    }
    input.rip = UInt64(vector.before(.eip))
    input.fsBase = UInt64(input.selectors[4]) << 4
    input.gsBase = UInt64(input.selectors[5]) << 4
    return UndefinedResults.mask(instruction, input) { UInt64($0) << 4 }
  }
}
