import TestSupport
import Testing

private struct ExecCase: CustomTestStringConvertible, Sendable {
  var arguments: [String]
  /// Lines that the report has.
  var lines: [String]
  var status: Int32 = 0
  var testDescription: String { arguments.joined(separator: " ") }
}

private let execCases: [ExecCase] = [
  ExecCase(arguments: ["48 01 d8", "rax=1", "rbx=2"], lines: ["rax      0x1 -> 0x3", "1 retired"]),
  ExecCase(arguments: ["4801d8", "rax=0xffffffffffffffff", "rbx=1"], lines: ["rflags   0x202 -> 0x257"]),
  ExecCase(arguments: ["8b 03", "rbx=0x20000000"], lines: ["#PF, error code 0x4, CR2 0x20000000", "0 retired"]),
  ExecCase(
    arguments: ["8903", "rbx=0x20000000", "--map", "0x10000000:0x1000:rx", "--map", "0x20000000:0x1000:r"],
    lines: ["#PF, error code 0x7, CR2 0x20000000"]),
  ExecCase(
    arguments: [
      "8903", "rax=0x11223344", "rbx=0x20000000", "--map", "0x10000000:0x1000:rx", "--map", "0x20000000:0x1000:rw",
      "--memory", "0x20000000:00000000",
    ], lines: ["memory at 0x20000000: 00000000 -> 44332211"]),
  ExecCase(arguments: ["f4"], lines: ["#GP, error code 0x0", "0 retired"]),
  ExecCase(arguments: ["0f0b"], lines: ["#UD"]),
  ExecCase(arguments: ["cc"], lines: ["#BP", "rip      0x10000000 -> 0x10000001"]),
  ExecCase(arguments: ["40", "--mode", "protected32", "rax=1"], lines: ["rax      0x1 -> 0x2"]),
  ExecCase(arguments: ["f7f3", "--mode", "real16", "rax=7"], lines: ["#DE"]),
  ExecCase(
    arguments: ["f3aa", "rcx=3", "rax=5", "rdi=0x10000100", "--map", "0x10000000:0x1000:rwx"],
    lines: ["rcx      0x3 -> 0x0", "rdi      0x10000100 -> 0x10000103", "1 retired"]),
  ExecCase(arguments: ["90 90", "--steps", "2"], lines: ["2 retired"]),
  ExecCase(arguments: ["f4", "--cpl", "0"], lines: ["1 retired"]),
  ExecCase(arguments: ["0f20d8", "--cpl", "0"], lines: ["rax      0x0 -> 0x100000"]),
  ExecCase(arguments: ["9"], lines: ["emu: code: '9' has an odd number of digits"], status: 64),
  ExecCase(arguments: ["90", "rzx=1"], lines: ["emu: regs: no register 'rzx'"], status: 64),
  ExecCase(arguments: ["90", "rax=0x1g"], lines: ["emu: rax: '0x1g' is not a number of at most 64 bits"], status: 64),
  ExecCase(arguments: ["90", "--cpl", "4"], lines: ["emu: cpl: 4 is not 0 to 3"], status: 64),
  ExecCase(
    arguments: ["90", "--map", "0x10000001:0x1000:rx"],
    lines: ["emu: map: 0x10000001 and its size are not multiples of 4096, or the size is 0"], status: 64),
  ExecCase(
    arguments: ["90", "--map", "0x10000000:0x4000000:rx"], lines: ["emu: map: more than 33554432 bytes in all"],
    status: 64),
]

private let batchLines: [(line: String, answer: String)] = [
  (#"{"id":"a","code":"4801d8","regs":{"rax":"0x1","rbx":"0x2"}}"#, #""rax":"0x3""#),
  (#"{"id":"b","code":"4801d"}"#, #"{"id":"b","error":"code: '4801d' has an odd number of digits"}"#),
  (#"{"id":"c"}"#, #"{"id":"c","error":"code: is missing"}"#),
  ("no JSON", #"{"id":null,"error":"the line is not a JSON object"}"#),
  (#"{"id":"d","code":"90","cpl":"3"}"#, #"{"id":"d","error":"cpl: is a text and not a whole number"}"#),
  (#"{"id":"e","code":"90","ymm":{"16":"00"}}"#, #"{"id":"e","error":"ymm: no register '16'"}"#),
  (#"{"id":"f","code":"90","st":["00"]}"#, #"{"id":"f","error":"st: 1 registers, not 8"}"#),
  (
    #"{"id":"g","code":"90","memory":[{"address":"0x20000000","data":"00"}]}"#,
    #"{"id":"g","error":"memory: 0x20000000 is not in the map"}"#
  ),
  (
    #"{"id":"h","code":"8b03","regs":{"rbx":"0x20000000"}}"#,
    #""exception":{"vector":14,"error":"0x4","cr2":"0x20000000"}"#
  ),
  (
    #"{"id":"i","code":"90","regs":{"cr3":"0x0"},"map":[{"address":"0x10000000","size":"0x1000","access":"rx"}]}"#,
    #"{"id":"i","error":"map: 0x10000000 is no RAM, and the request pages by itself"}"#
  ),
]

@Suite("emu exec")
struct ExecTests {
  @Test("One instruction", arguments: execCases)
  private func one(_ row: ExecCase) throws {
    let outcome = try runEmu(["exec"] + row.arguments)
    #expect(outcome.status == row.status)
    let lines = Set((outcome.text + outcome.errors).split(separator: "\n").map(String.init))
    for line in row.lines { #expect(lines.contains(line), "\(lines)") }
  }

  @Test("A batch answers every line in order, bad ones with an error")
  func batch() throws {
    let input = batchLines.map(\.line).joined(separator: "\n") + "\n"
    let outcome = try runEmu(["exec", "--batch"], input: Array(input.utf8))
    #expect(outcome.status == 0)
    let answers = outcome.text.split(separator: "\n")
    #expect(answers.count == batchLines.count)
    for (answer, row) in zip(answers, batchLines) { #expect(answer.contains(row.answer), "\(row.line): \(answer)") }
  }
}
