import ArgumentParser
import Differential
import HostSystem
import InstructionTesting
import Interpreter
import ModelExecution
import TextForms
import X86
import X86Decoder

/// `emu exec`: one instruction in, one state out.
struct ExecCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "exec", abstract: "Execute one instruction, or a few, from a given state.",
    discussion: """
      Prints what changed. With --batch reads one JSON object a line from standard input and answers each with one \
      line, in order; a line that cannot be carried out is answered with an error, and the batch goes on.

      Examples:
        emu exec "48 01 d8" rax=1 rbx=2
        emu exec --mode real16 "f7 f3" rax=0x1234 rbx=0
        emu exec "8b 03" rbx=0x20000000 --map 0x10000000:0x1000:rx --map 0x20000000:0x1000:rw \
      --memory 0x20000000:efbeadde
        emu exec --batch < requests.jsonl > answers.jsonl

      Registers: the sixteen general ones, eax to r15d with the upper half 0, xmm0 to xmm15 as 32 hexadecimal digits \
      with byte 0 first or as a number with 0x, rip, rflags, cr0, cr3, cr4, efer, fs_base, gs_base. Addresses outside \
      the map are not present; where paging is off, or cr3 is given, the map names physical addresses; real mode has \
      all that it reaches, 0 to 0x10ffef. An exception, or INT in real mode, is reported before it is delivered.

      Documentation/exec.md has the whole of requests and answers.
      """)

  @Argument(help: "The code as hexadecimal bytes, then NAME=VALUE for registers.") var words: [String] = []
  @Flag(help: "JSON lines from standard input to standard output.") var batch = false
  @Flag(help: "Print the answer as JSON.") var json = false
  @Option(help: "long64, protected32 or real16.") var mode = "long64"
  @Option(help: "The privilege level, 0 to 3.") var cpl = 3
  @Option(help: "What the processor is: \(ModelChoice.allValueStrings.joined(separator: ", ")).")
  var cpu = ModelChoice.standard
  @Option(help: "How many instructions may retire.") var steps = 1
  @Option(help: "Mapped pages as ADDRESS:SIZE:rwx; may be repeated.") var map: [String] = []
  @Option(help: "Initial memory as ADDRESS:HEX; may be repeated.") var memory: [String] = []

  func validate() throws {
    if batch != words.isEmpty {
      throw ValidationError(batch ? "--batch takes no code: requests come from standard input." : "No code is given.")
    }
  }

  func run() throws {
    let machine = try ExecMachine(cpu.model)
    try reporting {
      if batch { return try runBatch(machine) }
      let request = try makeLine().request()
      let answer = try machine.execute(request)
      print(json ? ExecJSON.answer(id: nil, answer) : Self.report(request, answer))
    }
  }

  /// The command line as a batch line.
  private func makeLine() throws(ExecError) -> ExecLine {
    var line = ExecLine(code: "")
    line.mode = mode
    line.cpl = cpl
    line.steps = steps
    for word in words {
      guard let equals = word.firstIndex(of: "=") else {
        line.code += word
        continue
      }
      let name = String(word[..<equals])
      guard !line.regs.contains(where: { $0.name == name }) else { throw ExecError("regs: '\(name)' comes twice") }
      line.regs.append((name, String(word[word.index(after: equals)...])))
    }
    for text in map {
      let parts = text.split(separator: ":").map(String.init)
      guard parts.count == 3 else { throw ExecError("--map: '\(text)' is not ADDRESS:SIZE:ACCESS") }
      line.map.append(ExecLine.Mapping(address: parts[0], size: parts[1], access: parts[2]))
    }
    for text in memory {
      let parts = text.split(separator: ":").map(String.init)
      guard parts.count == 2 else { throw ExecError("--memory: '\(text)' is not ADDRESS:HEX") }
      line.memory.append(ExecLine.Bytes(address: parts[0], data: parts[1]))
    }
    return line
  }

  // MARK: Batch

  private func runBatch(_ machine: ExecMachine) throws {
    var output: [UInt8] = []
    func flush() throws {
      guard writeAll(1, output) else {
        throw HostError(description: "standard output cannot be written: its far end is gone or full")
      }
      output.removeAll(keepingCapacity: true)
    }
    var reader = LineReader(descriptor: 0)
    while let line = reader.next(limit: Self.lineLimit) {
      guard !line.isEmpty else { continue }
      let answer =
        reader.isCut
        ? ExecJSON.failure(id: nil, "the line has more than \(Self.lineLimit) bytes") : Self.answer(line, machine)
      output += Array(answer.utf8)
      output.append(10)
      // Answers leave at once when nothing more has come yet: a client may wait for each.
      if output.count > 1 << 16 || !reader.hasBufferedLine { try flush() }
    }
    try flush()
  }

  /// Bytes that a request may have.
  private static let lineLimit = 16 << 20

  private static func answer(_ line: [UInt8], _ machine: ExecMachine) -> String {
    var id: String?
    do throws(ExecError) {
      let members = try ExecMember(line: line)
      id = try members.identity()
      return ExecJSON.answer(id: id, try machine.execute(try ExecLine(members).request()))
    } catch {
      return ExecJSON.failure(id: id, error.description)
    }
  }

  // MARK: Report

  /// What changed, a line each.
  private static func report(_ request: ExecRequest, _ answer: ExecAnswer) -> String {
    var lines: [String] = []
    for difference in answer.state.differences(from: request.state, ignoring: ResultMask())
    where !["vector", "errorCode", "cr2"].contains(difference.field) {
      let name = difference.field + String(repeating: " ", count: max(0, 8 - difference.field.count))
      lines.append("\(name) \(Text.hex(difference.oracle)) -> \(Text.hex(difference.subject))")
    }
    let pkru = request.controls["pkru"] ?? 0
    if let after = answer.pkru, UInt64(after) != pkru {
      lines.append("pkru     \(Text.hex(pkru)) -> \(Text.hex(UInt64(after)))")
    }
    for (before, after) in zip(request.memory, answer.memory) where before.data != after.data {
      lines.append(
        "memory at \(Text.hex(before.address)): \(Text.digits(before.data)) -> \(Text.digits(after.data))")
    }
    let state = answer.state
    if let vector = answer.interrupt {
      lines.append("interrupt \(Text.hex(UInt64(vector)))")
    } else if state.vector != UserState.noException {
      let vector = ExceptionVector(rawValue: state.vector)
      var line = Divergence.vectorName(state.vector)
      if state.vector != UserState.lost, vector.hasErrorCode {
        line += ", error code \(Text.hex(UInt64(state.errorCode)))"
      }
      if vector == .pageFault { line += ", CR2 \(Text.hex(state.cr2))" }
      lines.append(line)
    }
    if let note = answer.note { lines.append(note) }
    lines.append("\(answer.retired) retired")
    return lines.joined(separator: "\n")
  }
}
