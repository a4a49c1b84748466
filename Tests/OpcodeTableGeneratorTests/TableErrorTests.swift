import Testing

@testable import OpcodeTableGenerator

/// A table of three operations, right as it stands.
let smallTable = """
  # Three operations.
  @add | integer | binary<W>(Integer.add) | - | - | - | cmp
  00 /r | ADD r/m8, r8 | * | OSZAPC / - | lock | base
  05 iz | ADD rAX, immz | * | OSZAPC / - | | base

  @cmp | integer | compare<W>(Integer.cmp) | - | keeps | - | add
  38 /r | CMP r/m8, r8 | * | OSZAPC / - | | base
  @hlt | system | halt() | cpl0 | ends privileged | - | -
  F4 | HLT | * | - / - | | base
  """

/// One error planted in the small table, and the line and field that must be named.
struct TableErrorRow: Sendable, CustomTestStringConvertible {
  /// What stands in the table, and what stands there instead.
  var old: String
  var new: String
  var says: String

  var testDescription: String { says }

  init(_ old: String, _ new: String, _ says: String) {
    self.old = old
    self.new = new
    self.says = says
  }

  static let all: [TableErrorRow] = [
    // The operation's line.
    .init("@add | integer |", "@add | integers |", "line 2, family: 'integers' is none of integer, stack, flag"),
    .init("halt()", "halt", "line 8, function: 'halt' is no method with arguments in parentheses"),
    .init("halt()", "()", "line 8, function: '()' is no method with arguments in parentheses"),
    .init("| cpl0 |", "| cpl1 |", "line 8, check: 'cpl1' is none of cpl0"),
    .init("| cpl0 |", "| cpl0 cpl1 |", "line 8, check: 'cpl1' is none of cpl0"),
    .init("| cpl0 |", "| waits |", "line 8, check: 'waits' is none of cpl0"),
    .init("ends privileged", "ends privilege", "line 8, traits: 'privilege' is none of fast=, overwrites, keeps"),
    .init("| keeps |", "| keeps overwrites |", "line 6, traits: operand 0 cannot be both kept and overwritten"),
    .init(
      "- | - | - | cmp", "- | - | rIP | cmp", "line 2, reads: 'rIP' is none of rAX, rCX, rDX, rBX, rSP, rBP, rSI, rDI"),
    .init("- | - | - | cmp", "- | - | - | sub", "line 2, siblings: there is no operation 'sub'"),
    .init("- | - | - | cmp", "- | - | cmp", "line 2, operation: expected 7 columns, found 6"),
    .init("@hlt |", "@add |", "line 8, operation: 'add' is described twice"),
    .init(
      "@hlt |", "@nop | flag | nothing() | - | - | - | -\n@hlt |", "line 8, operation: 'nop' has no encoding"),
    // The encodings.
    .init("| HLT |", "| STOP |", "line 9, assembly: no line @stop describes the operation"),
    .init("| HLT |", "| HLT=stop |", "line 9, assembly: no line @stop describes the operation"),
    .init("| HLT |", "| |", "line 9, assembly: no mnemonic"),
    .init("| HLT |", "| = |", "line 9, assembly: no mnemonic"),
    .init("CMP r/m8, r8", "CMP r/m9, r8", "line 7, assembly: unknown operand 'r/m9'"),
    .init("CMP r/m8, r8", "CMP r8, r8, r8, r8, r8", "line 7, assembly: more than four operands"),
    .init("* | OSZAPC / - | | base\n@hlt", "* | OSZAPC / - | lock | base\n@hlt", "line 7, lock: cmp does not write"),
    .init("| lock |", "| locked |", "line 3, lock: 'locked' is neither empty nor lock"),
    .init("00 /r", "00 /8", "line 3, encoding: unknown token '/8'"),
    .init("00 /r", "00 rm", "line 3, encoding: unknown token 'rm'"),
    .init("00 /r", "00 seg6", "line 3, encoding: unknown token 'seg6'"),
    .init("00 /r", "00 F3 G0", "line 3, encoding: unknown token 'G0'"),
    .init("00 /r", "/r", "line 3, encoding: no opcode in '/r'"),
    .init("00 /r", "0F /r", "line 3, encoding: no opcode in '0F /r'"),
    .init("00 /r", "00 01 02 /r", "line 3, encoding: no opcode in '00 01 02 /r'"),
    .init("F4 | HLT | * |", "F4 | HLT | 32 |", "line 9, modes: '32' is none of *, 64, !64, d64"),
    .init("F4 | HLT | * |", "F4 | HLT | |", "line 9, modes: '' is none of *, 64, !64, d64"),
    .init("| - / - |", "| - |", "line 9, flags: '-' is not written / undefined"),
    .init("| - / - |", "| C / Q |", "line 9, flags: 'Q' is not of OSZAPC"),
    .init(
      "F4 | HLT | * | - / - | | base", "F4 | HLT | * | - / - | |", "line 9, CPUID: no feature; base if there is none"),
    .init("F4 | HLT | * | - / - | | base", "F4 | HLT | * | - / - |", "line 9, row: expected 6 columns, found 5"),
    .init(
      "F4 | HLT | * | - / - | | base", "F4 | HLT | * | - / - | | base |", "line 9, row: expected 6 columns, found 7"),
  ]
}

@Suite("Errors of the opcode table")
struct TableErrorTests {
  @Test("The small table is right")
  func right() throws {
    let table = try OpcodeTable(smallTable)
    #expect(table.operations.map(\.name) == ["add", "cmp", "hlt"])
    #expect(table.rows.map(\.line) == [3, 4, 7, 9])
  }

  @Test("A planted error is named with line and field", arguments: TableErrorRow.all)
  func planted(_ row: TableErrorRow) {
    let pieces = smallTable.split(separator: row.old, omittingEmptySubsequences: false)
    #expect(pieces.count == 2, "'\(row.old)' does not stand once in the table")
    let text = pieces.joined(separator: row.new)
    do throws(RowProblem) {
      _ = try OpcodeTable(text)
      Issue.record("taken without an error")
    } catch {
      #expect(error.description.hasPrefix(row.says), "\(error)")
    }
  }
}
