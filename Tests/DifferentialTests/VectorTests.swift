import Differential
import TestSupport
import Testing
import X86

/// A vector of our own, and the result of its comparison with the model.
private struct Row: CustomTestStringConvertible, Sendable {
  var title: String
  var processor = VectorProcessor.i8086
  var code: [UInt8]
  var before: [VectorRegister: UInt32] = [:]
  var ram: [UInt32: UInt8] = [:]
  /// Registers that the processor changed; EIP is behind the instruction, and its HLT, unless it stands here.
  var after: [VectorRegister: UInt32] = [:]
  var written: [UInt32: UInt8] = [:]
  /// `agree`, the name of a rule, or what differs.
  var expected = "agree"
  /// The same in virtual-8086 mode, if it is something else.
  var virtual: String?
  var exception: UInt8?
  var mask: [VectorRegister: UInt32] = [:]
  var note: VectorNote?
  var testDescription: String { "\(processor.rawValue): \(title)" }

  /// Code at 1000:0100, data in 2000h and 3000h, stack 4000:0100.
  var vector: ProcessorVector {
    var vector = ProcessorVector()
    vector.name = title
    vector.code = code
    var start: [VectorRegister: UInt32] = [
      .eax: 0, .ebx: 0, .ecx: 0, .edx: 0, .esi: 0, .edi: 0, .ebp: 0, .esp: 0x100, .cs: 0x1000, .ds: 0x2000, .es: 0x3000,
      .ss: 0x4000, .eip: 0x100, .eflags: processor == .i8086 ? 0xF002 : 2,
    ]
    if processor == .i80386 { for register in [VectorRegister.fs, .gs] { start[register] = 0 } }
    start.merge(before) { $1 }
    for (register, value) in start { vector.initial.registers[register] = value }
    let tail: [UInt8] = processor == .i8086 ? [] : [0xF4]
    let base = start[.cs, default: 0] << 4
    for (index, byte) in (code + tail).enumerated() {
      let offset = (start[.eip, default: 0] + UInt32(index)) & 0xFFFF
      let address = processor == .i8086 ? (base + offset) & 0xF_FFFF : base + offset
      vector.initial.memory.append(VectorByte(address: address, value: byte))
    }
    for (address, value) in ram { vector.initial.memory.append(VectorByte(address: address, value: value)) }
    let end = start[.eip, default: 0] + UInt32(code.count + tail.count)
    vector.final.registers[.eip] = end & 0xFFFF
    for (register, value) in after { vector.final.registers[register] = value }
    for (address, value) in written { vector.final.memory.append(VectorByte(address: address, value: value)) }
    for (register, value) in mask { vector.mask[register] = value }
    vector.exception = exception
    return vector
  }
}

/// Memory that holds little-endian words.
private func words(_ at: UInt32, _ values: UInt32...) -> [UInt32: UInt8] {
  var result: [UInt32: UInt8] = [:]
  for (index, value) in values.enumerated() {
    result[at + UInt32(index) * 2] = UInt8(value & 0xFF)
    result[at + UInt32(index) * 2 + 1] = UInt8(value >> 8)
  }
  return result
}

/// Vector n enters 5000:0200 by this entry.
private func handler(_ vector: UInt32) -> [UInt32: UInt8] { words(vector * 4, 0x200, 0x5000) }

private func merged(_ parts: [UInt32: UInt8]...) -> [UInt32: UInt8] { parts.reduce([:]) { $0.merging($1) { $1 } } }

/// Registers in the handler: of an 8086, or one HLT further.
private let inHandler8086: [VectorRegister: UInt32] = [.esp: 0xFA, .cs: 0x5000, .eip: 0x200]
private let inHandler: [VectorRegister: UInt32] = [.esp: 0xFA, .cs: 0x5000, .eip: 0x201]

private let plain: [Row] = [
  Row(title: "add", code: [0x01, 0xD8], before: [.eax: 1, .ebx: 2], after: [.eax: 3, .eflags: 0xF006]),
  Row(
    title: "wrong register", code: [0x01, 0xD8], before: [.eax: 1, .ebx: 2], after: [.eax: 4, .eflags: 0xF006],
    expected: "ax"),
  Row(
    title: "wrong segment register", code: [0x8E, 0xD8], before: [.eax: 0x1234], after: [.ds: 0x1235], expected: "ds"),
  Row(title: "wrong flag", code: [0x01, 0xD8], before: [.eax: 1, .ebx: 2], after: [.eax: 3], expected: "flags PF"),
  Row(title: "wrong IP", code: [0x90], after: [.eip: 0x102], expected: "ip"),
  Row(
    title: "store", code: [0x88, 0x07], before: [.eax: 0x55, .ebx: 0x10], ram: [0x2_0010: 0xAA],
    written: [0x2_0010: 0x55]),
  Row(
    title: "wrong memory byte", code: [0x88, 0x07], before: [.eax: 0x55, .ebx: 0x10], ram: [0x2_0010: 0xAA],
    written: [0x2_0010: 0x56], expected: "ram"),
  Row(title: "write that the processor did not make", code: [0x88, 0x07], before: [.eax: 0x55], expected: "ram"),
  Row(
    title: "write in the display's window that it did not make", code: [0x88, 0x07],
    before: [.eax: 0x55, .ds: 0xB800], expected: "ram"),
  Row(
    title: "undefined flag", code: [0x20, 0xD8], before: [.eax: 3, .ebx: 3], after: [.eax: 3, .eflags: 0xF016]),
  Row(
    title: "undefined flag of an image", processor: .i80286, code: [0xF6, 0xF3], before: [.eax: 1], ram: handler(0),
    after: inHandler.merging([.eflags: 0x97]) { $1 }, written: words(0x4_00FA, 0x100, 0x1000, 0x97), exception: 0),
  Row(
    title: "defined flag of an image", processor: .i80286, code: [0xF6, 0xF3], before: [.eax: 1], ram: handler(0),
    after: inHandler, written: words(0x4_00FA, 0x100, 0x1000, 0x402), expected: "ram", exception: 0),
  Row(
    title: "flag that the file's mask takes out", code: [0x01, 0xD8], before: [.eax: 1, .ebx: 2], after: [.eax: 3],
    mask: [.eflags: ~4]),
  Row(
    title: "register that the file's mask takes out", code: [0x01, 0xD8], before: [.eax: 1, .ebx: 2],
    after: [.eax: 0xFF03, .eflags: 0xF006], mask: [.eax: 0xFF]),
  Row(
    title: "flag that the metadata takes out", code: [0x01, 0xD8], before: [.eax: 1, .ebx: 2], after: [.eax: 3],
    note: VectorNote(flagsMask: 0xFFFB)),
  Row(
    title: "opcode that the metadata calls undefined", code: [0x01, 0xD8], before: [.eax: 1, .ebx: 2],
    after: [.eax: 9, .eflags: 0xF006], expected: "suite-undefined", note: VectorNote(isUndefined: true)),
  Row(
    title: "address beyond 1 MiB wraps", code: [0x88, 0x07], before: [.eax: 0x55, .ebx: 0x10, .ds: 0xFFFF],
    written: [0: 0x55]),
  Row(
    title: "code beyond 1 MiB wraps", code: [0x40], before: [.cs: 0xFFFF, .eip: 0x10],
    after: [.eax: 1, .eflags: 0xF002]),
  Row(
    title: "address beyond 1 MiB", processor: .i80286, code: [0x88, 0x07],
    before: [.eax: 0x55, .ebx: 0x10, .ds: 0xFFFF], written: [0x10_0000: 0x55]),
  Row(
    title: "display's window", code: [0xAB], before: [.eax: 0x1234, .es: 0xA000], after: [.edi: 2],
    written: words(0xA_0000, 0x1234)),
  Row(
    title: "REP", processor: .i80286, code: [0xF3, 0xAA], before: [.eax: 0x77, .ecx: 3], after: [.ecx: 0, .edi: 3],
    written: [0x3_0000: 0x77, 0x3_0001: 0x77, 0x3_0002: 0x77]),
  Row(title: "IN", processor: .i80286, code: [0xE4, 0x60], after: [.eax: 0xFF]),
  Row(title: "OUT", processor: .i80286, code: [0xE7, 0x60]),
  Row(title: "word from port FFFFh", code: [0xED], before: [.edx: 0xFFFF], after: [.eax: 0xFFFF]),
  Row(
    title: "INT n with IOPL", processor: .i80386, code: [0xCD, 0x21], before: [.eflags: 0x3002], ram: handler(0x21),
    after: inHandler, written: words(0x4_00FA, 0x102, 0x1000, 0x3002), virtual: "v86-iopl"),
  Row(
    title: "INT n", processor: .i80286, code: [0xCD, 0x21], ram: handler(0x21), after: inHandler,
    written: words(0x4_00FA, 0x102, 0x1000, 2)),
  Row(
    title: "INT3", processor: .i80386, code: [0xCC], ram: handler(3), after: inHandler,
    written: words(0x4_00FA, 0x101, 0x1000, 2)),
  Row(
    title: "divide error", processor: .i80386, code: [0xF6, 0xF3], ram: handler(0), after: inHandler,
    written: words(0x4_00FA, 0x100, 0x1000, 2)),
  Row(
    title: "handler that the processor did not enter", processor: .i80386, code: [0xF6, 0xF3], ram: handler(0),
    expected: "exception #DE for none"),
  Row(
    title: "no space for a frame", processor: .i80386, code: [0x0F, 0xFF], before: [.esp: 1], after: [.eip: 0x100],
    expected: "exception #UD for none"),
  Row(
    title: "32-bit registers", processor: .i80386, code: [0x66, 0x01, 0xD8], before: [.eax: 0x8000_0000, .ebx: 1],
    after: [.eax: 0x8000_0001, .eflags: 0x82]),
  Row(
    title: "wrong upper half", processor: .i80386, code: [0x66, 0x01, 0xD8], before: [.eax: 0x8000_0000, .ebx: 1],
    after: [.eax: 1, .eflags: 0x82], expected: "eax"),
  Row(title: "FS", processor: .i80386, code: [0x8E, 0xE0], before: [.eax: 7], after: [.fs: 7]),
  Row(
    title: "undefined destination", processor: .i80386, code: [0x0F, 0xA4, 0xC8, 0x11], before: [.eax: 1],
    after: [.eax: 0x1234]),
  Row(title: "flags that real mode cannot set", processor: .i80286, code: [0x90], before: [.eflags: 0xF002]),
  Row(title: "HLT ends itself", processor: .i80286, code: [0xF4], after: [.eip: 0x101], virtual: "v86-privileged"),
]

/// Each rule, and beside some what it must not cover.
private let ruled: [Row] = [
  Row(
    title: "PUSHF", processor: .i80386, code: [0x9C], after: [.esp: 0xFE], written: words(0x4_00FE, 2),
    virtual: "v86-iopl"),
  Row(title: "POP CS", code: [0x0F], after: [.cs: 0, .esp: 0x102], expected: "8086-pop-cs"),
  Row(title: "SALC", code: [0xD6], after: [.eax: 0x11], expected: "8086-opcode"),
  Row(title: "alias of Jcc", code: [0x60, 0x10], expected: "8086-opcode"),
  Row(title: "alias of RET", code: [0xC1], after: [.esp: 0x102, .eip: 0], expected: "8086-opcode"),
  Row(title: "SETMO", code: [0xD0, 0xF0], after: [.eax: 0xFF, .eflags: 0xF086], expected: "8086-opcode"),
  Row(
    title: "PUSH SP", code: [0x54], after: [.esp: 0xFE], written: words(0x4_00FE, 0xFE), expected: "8086-push-sp"),
  Row(
    title: "PUSH SP by FF", code: [0xFF, 0xF4], after: [.esp: 0xFE], written: words(0x4_00FE, 0xFE),
    expected: "8086-push-sp"),
  Row(
    title: "PUSH SP with another SP", code: [0x54], after: [.esp: 0xFC], written: words(0x4_00FE, 0x100), expected: "sp"
  ),
  Row(
    title: "PUSH SP", processor: .i80286, code: [0x54], after: [.esp: 0xFE], written: words(0x4_00FE, 0xFE),
    expected: "ram"),
  Row(
    title: "SHL by 33", code: [0xD2, 0xE0], before: [.eax: 1, .ecx: 33], after: [.eax: 0, .eflags: 0xF046],
    expected: "8086-shift-count"),
  Row(
    title: "wrong SHL by 31", code: [0xD2, 0xE0], before: [.eax: 1, .ecx: 31], after: [.eax: 1, .eflags: 0xF046],
    expected: "ax"),
  Row(
    title: "REP MUL", code: [0xF3, 0xF6, 0xE3], before: [.eax: 2, .ebx: 3], after: [.eax: 0xFFFA, .eflags: 0xF803],
    expected: "8086-rep-sign"),
  Row(
    title: "IDIV to -128", code: [0xF6, 0xFB], before: [.eax: 0xFF80, .ebx: 1], ram: handler(0), after: inHandler8086,
    written: words(0x4_00FA, 0x102, 0x1000, 0xF002), expected: "8086-idiv-limit"),
  Row(
    title: "divide error", code: [0xF6, 0xF3], ram: handler(0), after: inHandler8086,
    written: words(0x4_00FA, 0x102, 0x1000, 0xF002), expected: "8086-divide-return"),
  Row(
    title: "divide error with undefined flags", code: [0xF6, 0xF3], ram: handler(0),
    after: inHandler8086.merging([.eflags: 0xF897]) { $1 }, written: words(0x4_00FA, 0x102, 0x1000, 0xF897),
    expected: "8086-divide-return"),
  Row(
    title: "divide error that returns elsewhere", code: [0xF6, 0xF3], ram: handler(0), after: inHandler8086,
    written: words(0x4_00FA, 0x104, 0x1000, 0xF002), expected: "ram"),
  Row(
    title: "REP DIV", code: [0xF3, 0xF6, 0xF3], before: [.eax: 6, .ebx: 3], after: [.eax: 0xFE], expected: "ax"),
  Row(
    title: "DAA of 9Ah", code: [0x27], before: [.eax: 0x9A, .eflags: 0xF012], after: [.eax: 0xA0, .eflags: 0xF096],
    expected: "8086-decimal-adjust"),
  Row(
    title: "DAS of 5", code: [0x2F], before: [.eax: 5, .eflags: 0xF012], after: [.eax: 0xFF, .eflags: 0xF096],
    expected: "8086-decimal-adjust"),
  Row(
    title: "AAA of FFh", code: [0x37], before: [.eax: 0xFF], after: [.eax: 0x105, .eflags: 0xF013],
    expected: "8086-ascii-adjust"),
  Row(
    title: "LOCK before CLD", code: [0xF0, 0xFC], expected: "8086-lock"),
  Row(
    title: "word at FFFFh", code: [0x8B, 0x07], before: [.ebx: 0xFFFF], ram: [0x2_FFFF: 0x34, 0x2_0000: 0x12],
    after: [.eax: 0x1234], expected: "8086-offset-wrap"),
  Row(
    title: "code at FFFFh", code: [0xB0, 0x12], before: [.eip: 0xFFFF], after: [.eax: 0x12, .eip: 1],
    expected: "8086-offset-wrap"),
  Row(
    title: "PUSHF", code: [0x9C], after: [.esp: 0xFE], written: words(0x4_00FE, 0xF002), expected: "8086-flags-12-15"),
  Row(
    title: "wrong flag in PUSHF", code: [0x9C], after: [.esp: 0xFE], written: words(0x4_00FE, 0xF802), expected: "ram"),
  Row(
    title: "INT n", code: [0xCD, 0x21], ram: handler(0x21), after: inHandler8086,
    written: words(0x4_00FA, 0x102, 0x1000, 0xF002), expected: "8086-flags-12-15"),
  Row(
    title: "LOCK before CLD", processor: .i80286, code: [0xF0, 0xFC], expected: "80286-lock"),
  Row(
    title: "11 bytes", processor: .i80286, code: [0x2E, 0x2E, 0x2E, 0x2E, 0x2E, 0xC7, 0x06, 0, 0, 0, 0],
    ram: handler(13),
    after: inHandler, written: words(0x4_00FA, 0x100, 0x1000, 2), expected: "80286-length", exception: 13),
  Row(
    title: "10 bytes", processor: .i80286, code: [0x26, 0x26, 0x26, 0x26, 0xC7, 0x06, 0, 0, 0x34, 0x12],
    written: words(0x3_0000, 0x1234)),
  Row(
    title: "MOV FS", processor: .i80286, code: [0x8E, 0xE0], ram: handler(6), after: inHandler,
    written: words(0x4_00FA, 0x100, 0x1000, 2), expected: "80286-segment-registers", exception: 6),
  Row(
    title: "stack overrun", processor: .i80286, code: [0xC3], before: [.esp: 0xFFFF], ram: handler(13),
    after: [.esp: 0xFFF9, .cs: 0x5000, .eip: 0x201], written: words(0x4_FFF9, 0x100, 0x1000, 2),
    expected: "80286-stack-overrun", exception: 13),
  Row(
    title: "LODSW at FFFFh", processor: .i80286, code: [0xAD], before: [.esi: 0xFFFF], ram: handler(13),
    after: inHandler.merging([.esi: 1]) { $1 }, written: words(0x4_00FA, 0x100, 0x1000, 2),
    expected: "80286-string-fault", exception: 13),
  Row(
    title: "POP to FFFFh", processor: .i80286, code: [0x8F, 0x07], before: [.ebx: 0xFFFF], ram: handler(13),
    after: [.esp: 0xFC, .cs: 0x5000, .eip: 0x201], written: words(0x4_00FC, 0x100, 0x1000, 2),
    expected: "80286-pop-fault", exception: 13),
  Row(
    title: "LES at FFFEh", processor: .i80286, code: [0xC4, 0x07], before: [.ebx: 0xFFFE],
    ram: merged(words(0x2_FFFE, 0x1111), words(0x2_0000, 0x2222)), after: [.eax: 0x1111, .es: 0x2222],
    expected: "agree"),
  Row(
    title: "IDIV", processor: .i80286, code: [0xF6, 0xFB], before: [.eax: 0x81C1, .ebx: 0x7C],
    after: [.eax: 0xC180, .eflags: 0x893], expected: "80286-idiv-overflow"),
  Row(
    title: "frame with SS", processor: .i80286, code: [0xCE], before: [.eflags: 0x802], ram: handler(4),
    after: inHandler,
    written: words(0x4_00FA, 0x101, 0x4000, 0x802), expected: "frame-holds-ss", exception: 4),
  Row(
    title: "POPF", processor: .i80286, code: [0x9D], ram: words(0x4_0100, 0x7002), after: [.esp: 0x102],
    expected: "80286-flags-12-15"),
  Row(
    title: "FILD", code: [0xDF, 0x07], ram: words(0x2_0000, 5), after: [.eax: 5], expected: "no-coprocessor"),
  Row(
    title: "AAM 0", code: [0xD4, 0], ram: handler(0), after: inHandler8086.merging([.eflags: 0xF046]) { $1 },
    written: words(0x4_00FA, 0x102, 0x1000, 0xF046), expected: "aam-zero-flags"),
]

@Suite("Processor vectors") struct VectorTests {
  private func outcome(_ row: Row, virtual8086: Bool, rules: Bool = true) throws -> String {
    let oracle = try VectorComparison(row.processor, virtual8086: virtual8086, usesRules: rules)
    if let note = row.note { for name in ["01"] { oracle.notes[name] = note } }
    guard let difference = try oracle.run(row.vector) else { return "agree" }
    return difference.kind == .bug ? difference.signature : difference.rule
  }

  @Test("A vector agrees, is explained by its rule or differs where it must", arguments: plain + ruled)
  fileprivate func rows(_ row: Row) throws {
    #expect(try outcome(row, virtual8086: false) == row.expected)
    #expect(try outcome(row, virtual8086: true) == row.virtual ?? row.expected)
  }

  @Test("Without rules every rule's row is a bug", arguments: ruled)
  fileprivate func withoutRules(_ row: Row) throws {
    let isRuled = VectorRule.all.contains { $0.id == row.expected }
    let found = try outcome(row, virtual8086: false, rules: false)
    #expect(isRuled ? found != "agree" && found != row.expected : found == row.expected)
  }

  @Test("Every rule has a row, and its name once") func rulesAreCovered() {
    let names = VectorRule.all.map(\.id)
    #expect(Set(names).count == names.count)
    #expect(Set(names).subtracting((plain + ruled).flatMap { [$0.expected, $0.virtual ?? ""] }).isEmpty)
  }

  @Test("One vector leaves nothing behind for the next") func vectorsAreApart() throws {
    for virtual in [false, true] {
      let oracle = try VectorComparison(.i8086, virtual8086: virtual)
      let rows = plain.filter { $0.processor == .i8086 && $0.note == nil }
      for row in rows + rows.reversed() {
        let found = try oracle.run(row.vector)
        #expect(found?.signature ?? "agree" == row.expected, "\(row.title)")
      }
    }
  }

  @Test(
    "A vector that is not whole or out of reach is named",
    arguments: [
      ("ax", "test 0: initial.regs.ax is missing"),
      ("ram", "test 0: final.ram[0]: address 0x100000 is beyond 0xfffff, the last that the 8086 reaches"),
    ])
  func badVectors(_ field: String, _ sentence: String) throws {
    var vector = plain[0].vector
    if field == "ax" {
      vector.initial.registers[.eax] = nil
    } else {
      vector.final.memory.append(VectorByte(address: 0x10_0000, value: 1))
    }
    let oracle = try VectorComparison(.i8086, virtual8086: false)
    #expect(throws: VectorError(sentence)) { try oracle.run(vector) }
  }
}

/// Two vectors of `add ax, bx`, with a chunk that nobody knows between them.
private let mooFile: [UInt8] = {
  func test(_ index: Int, _ sum: Int) -> [UInt8] {
    let values = [1, sum - 1, 0, 0, 0x1000, 0x4000, 0x2000, 0x3000, 0x100, 0, 0, 0, 0x100, 0xF002]
    let initial =
      MOOBytes.registers("REGS", Dictionary(uniqueKeysWithValues: values.enumerated().map { ($0, $1) }))
      + MOOBytes.memory([(0x1_0100, 0x01), (0x1_0101, 0xD8)]) + MOOBytes.chunk("QUEU", MOOBytes.number(0, 4))
    let final = MOOBytes.registers("REGS", [0: sum, 12: 0x102, 13: 0xF006]) + MOOBytes.memory([])
    return MOOBytes.test(index, name: "add ax,bx", code: [0x01, 0xD8], initial: initial, final: final)
  }
  return MOOBytes.header(count: 2, processor: "8086") + MOOBytes.chunk("META", [1, 2, 3]) + test(0, 3)
    + MOOBytes.chunk("WHAT", [4, 5]) + test(1, 9)
}()

private struct BadFile: CustomTestStringConvertible, Sendable {
  var bytes: [UInt8]
  var sentence: String
  var testDescription: String { sentence }
  init(_ bytes: [UInt8], _ sentence: String) { (self.bytes, self.sentence) = (bytes, sentence) }

  /// One test of these bytes.
  static func test(_ bytes: [UInt8], _ sentence: String) -> BadFile {
    BadFile(header + MOOBytes.chunk("TEST", MOOBytes.number(0, 4) + bytes), "test 0: \(sentence)")
  }
  static let header = MOOBytes.header(count: 1, processor: "8086")
}

private let badFiles: [BadFile] = [
  BadFile(MOOBytes.chunk("MOO!", [1]), "offset 0: no chunk 'MOO ' begins here"),
  BadFile(MOOBytes.chunk("MOO ", [1]), "offset 4: length 1 of chunk 'MOO ' is not 12 to 4096"),
  BadFile(
    MOOBytes.chunk("MOO ", [2] + [UInt8](repeating: 0, count: 11)),
    "offset 8: major version 2 of the format is not 1"),
  BadFile(BadFile.header, "the header counts 1 tests, and 0 are there"),
  BadFile(
    BadFile.header + Array("TEST".utf8) + MOOBytes.number(0x7FFF_FFFF, 4),
    "test 0: length 2147483647 of chunk 'TEST' is more than 16777216"),
  .test([], "chunk 'BYTS' is missing"),
  .test(
    MOOBytes.chunk("BYTS", MOOBytes.number(0x3FFF_FFFF, 4)),
    "chunk 'BYTS': count 1073741823 of 1-byte entries is more than its 0 bytes hold"),
  .test(
    MOOBytes.chunk("INIT", MOOBytes.registers("REGS", [14: 1])),
    "chunk 'INIT': chunk 'REGS': register bits 0x4000 name more than 14 registers"),
  .test(
    MOOBytes.chunk("INIT", Array("RAM ".utf8) + MOOBytes.number(9, 4)),
    "chunk 'INIT': length 9 of chunk 'RAM ' is more than the 0 bytes left"),
]

@Suite("MOO files") struct MOOTests {
  /// Reads and runs all vectors of a file that comes in pieces of so many bytes; gives how many agree.
  private func run(_ bytes: [UInt8], pieces: Int = 64) throws -> Int {
    var rest = bytes[...]
    var reader = try MOOReader {
      defer { rest = rest.dropFirst(pieces) }
      return Array(rest.prefix(pieces))
    }
    guard let processor = VectorProcessor(named: reader.processorName) else { return 0 }
    let oracle = try VectorComparison(processor, virtual8086: false)
    var agreeing = 0
    while let vector = try reader.next() { agreeing += try oracle.run(vector) == nil ? 1 : 0 }
    return agreeing
  }

  @Test("A file gives its vectors in pieces of any size", arguments: [1, 7, 64, 100_000])
  func whole(_ pieces: Int) throws { #expect(try run(mooFile, pieces: pieces) == 2) }

  @Test("A file that ends early is an error wherever it ends") func truncated() {
    for count in 0..<mooFile.count {
      #expect(throws: VectorError.self, "\(count) bytes") { try run(Array(mooFile[..<count])) }
    }
  }

  @Test("A file with a wrong byte is an error or other vectors, wherever the byte stands") func corrupt() {
    var errors = 0
    for index in mooFile.indices {
      for change in [0xFF, 0x01, 0x80] as [UInt8] {
        var bytes = mooFile
        bytes[index] ^= change
        do { _ = try run(bytes) } catch { errors += error is VectorError ? 1 : 1_000_000 }
      }
    }
    #expect(errors > 100 && errors < 1_000_000)
  }

  @Test("What is wrong is named", arguments: badFiles)
  fileprivate func sentences(_ file: BadFile) {
    #expect(throws: VectorError(file.sentence)) { try run(file.bytes) }
  }

  @Test("32-bit registers and masks of registers are read") func registers32() throws {
    var values = Dictionary(uniqueKeysWithValues: (0..<20).map { ($0, 0) })
    values.merge([2: 0x8000_0001, 3: 1, 9: 0x100, 10: 0x1000, 15: 0x4000, 16: 0x100, 17: 0xFFFC_0002]) { $1 }
    let code: [UInt8] = [0x66, 0x01, 0xD8]
    let initial =
      MOOBytes.registers("RG32", values)
      + MOOBytes.memory((code + [0xF4]).enumerated().map { (0x1_0100 + $0.offset, $0.element) })
    // The mask takes PF and the upper half of EAX out.
    let final =
      MOOBytes.registers("RG32", [2: 0x1234_0002, 16: 0x104, 17: 0xFFFC_0086])
      + MOOBytes.registers("RM32", [2: 0xFFFF, 17: 0xFFFB]) + MOOBytes.memory([])
    let file =
      MOOBytes.header(count: 1, processor: "386E")
      + MOOBytes.test(0, name: "add eax,ebx", code: code, initial: initial, final: final)
    #expect(try run(file) == 1)
  }
}
