import OpcodeLayout
import Testing

@testable import OpcodeTableGenerator

@Suite("Files made from the opcode table")
struct EmitterTests {
  /// A made-up instruction: one line that describes it, one encoding.
  private static let madeUp = """

    @frob | integer | frobnicate<W>(Integer.frob) | cpl0 | overwrites ends fast=frob | CF rSI | add cmp
    NP 0F 38 C9 /r ibs | FROB rv, r/mv, imm8 | 64 | C / OS | | frob

    """

  private static func files(_ table: String) throws -> [String: String] {
    let emitter = Emitter(table: try OpcodeTable(table))
    return Dictionary(uniqueKeysWithValues: emitter.files.map { ($0.path, $0.text) })
  }

  private static let operations = "X86Decoder/Operation.generated.swift"
  private static let rows = "X86Decoder/OpcodeRows.generated.swift"
  private static let facts = "X86Decoder/OperationFacts.generated.swift"
  private static let threaded = "Interpreter/Threaded/ThreadedHandlers.generated.swift"
  private static let dispatch = "Interpreter/Dispatch.generated.swift"

  /// File, and what it gains.
  private static let gained: [(file: String, text: String)] = [
    (operations, "  /// FROB.\n  case frob\n"),
    (rows, "    NP 0F 38 C9 /r ibs|FROB rv, r/mv, imm8|64|C / OS||frob\n"),
    (facts, "    case .add, .cmp, .frob:\n      .integer\n"),
    (facts, "// overwrites ends\n"), (facts, "// CF rSI\n"),
    (facts, "    case .frob:\n      [.add, .cmp]\n"),
    (dispatch, "    case .frob:\n      try requirePrivilege()\n      try executeFROB(instruction)\n"),
    (dispatch, "  private func executeFROB(_ instruction: Instruction) throws(Exception) {\n"),
    (dispatch, "    case 1: try frobnicate(instruction, UInt8.self, Integer.frob)\n"),
    (dispatch, "    case 4: try frobnicate(instruction, UInt32.self, Integer.frob)\n"),
    (dispatch, "  case none, frob\n"),
    (dispatch, "    case .frob:\n      .frob\n"),
  ]

  @Test("A made-up instruction needs its line and its row alone")
  func madeUp() throws {
    let before = try Self.files(smallTable + "\n")
    let after = try Self.files(smallTable + Self.madeUp)
    #expect(Set(before.keys) == [Self.operations, Self.rows, Self.facts, Self.dispatch, Self.threaded])
    for gain in Self.gained {
      #expect(before[gain.file]?.contains(gain.text) == false, "\(gain)")
      #expect(after[gain.file]?.contains(gain.text) == true, "\(gain)")
    }
  }

  @Test("What selects the row is packed as the encoding says")
  func packed() throws {
    let table = try OpcodeTable(smallTable + Self.madeUp)
    let row = try #require(table.rows.last)
    #expect(row.operation == "frob")
    #expect(row.packed.map == 2 && row.packed.opcode == 0xC9 && row.packed.prefix == 1)
    #expect(row.packed.hasModRM && row.packed.modes == 4 && !row.packed.isLockable)
    #expect((0..<4).map { row.packed.kind($0) } == [1, 2, 8, 0])
    #expect((0..<4).map { row.packed.width($0) } == [5, 5, 1, 0])
    let packed = [row.packed.selection, row.packed.operands].map { "0x" + String($0, radix: 16, uppercase: true) }
    let rows = try #require(try Self.files(smallTable + Self.madeUp)[Self.rows])
    // Operation 3 of feature 1.
    #expect(rows.contains("    \(packed[0]), \(packed[1]), 0x10003,\n"))
    #expect(rows.contains("    \"base\",\n    \"frob\",\n  ]\n"))
  }

  @Test("No switch over operations has a default")
  func exhaustive() throws {
    let dispatch = try #require(try Self.files(smallTable)[Self.dispatch])
    // The operand size of a sized function is the one number that is switched over.
    let defaults = dispatch.split(separator: "\n").filter { $0.contains("default:") }
    #expect(defaults.allSatisfy { $0.hasPrefix("    default: try ") && $0.contains("UInt64.self") }, "\(defaults)")
    #expect(defaults.count == 2)
  }
}
