import Foundation
import TestSupport
import Testing

/// An executable that stands for emu, with known numbers: two host instructions for one of the guest, and functions that
/// call the runtime.
private struct Stand {
  private static let source = """
    #include <stdlib.h>
    #include <string.h>
    #define FUNCTION(name, symbol) extern void name(void) __asm__(symbol); __attribute__((noinline)) void name(void)
    void (*volatile witness)(void);
    FUNCTION(swift_retain, "swift_retain") { __asm__ volatile("nop"); }
    FUNCTION(execute, "$s11Interpreter9ProcessorC7executeyyF") { __asm__ volatile("nop"); }
    FUNCTION(clean, "$s11Interpreter9ProcessorC9runBlocksyyF") { execute(); execute(); __asm__ volatile("nop"); }
    FUNCTION(retains, "$s11Interpreter9ProcessorC12runFastFormsyyF") { swift_retain(); __asm__ volatile("nop"); }
    FUNCTION(leaves, "$s11Interpreter9ProcessorC4tailyyF") { swift_retain(); }
    FUNCTION(asks, "$s11Interpreter9ProcessorC6lookupyyF") { witness(); __asm__ volatile("nop"); }
    #define HANDLER(name, code) \\
      __asm__(".text\\n\\"$s11Interpreter16ThreadedHandlersO" name "fU_\\": " code "\\n .size \\"$s11Interpreter16ThreadedHandlersO" \\
              name "fU_\\", 1\\n.type \\"$s11Interpreter16ThreadedHandlersO" name "fU_\\", @function");
    HANDLER("4good", "movq (%rsi), %rax; jmp *%rax")
    HANDLER("5saves", "push %rbx; pop %rbx; jmp *%rax")
    HANDLER("5lost", "call *%rax; ret")
    long instructions = 0;
    #define LOOP(count) __asm__ volatile("1: dec %0; jnz 1b" : "+r"(count) : : "cc")
    FUNCTION(run, "$s7MachineAAC3run5ticksAA9RunResultOs6UInt64V_tF") { LOOP(instructions); }
    int main(int count, char **words) {
      if (strstr(words[count - 1], "early")) return 0;
      if (strstr(words[count - 1], "large")) {
        char *memory = malloc(64 << 20);
        for (long i = 0; i < 64 << 20; i += 4096) ((volatile char *)memory)[i] = 1;
      }
      witness = swift_retain;
      if (count > 100) { clean(); retains(); leaves(); asks(); }
      for (int i = 0; i < count; i++)
        if (!strcmp(words[i], "--max-instructions")) instructions = atol(words[i + 1]);
      if (!instructions) return 0;
      long outside = 7 * instructions;
      LOOP(outside);
      if (!strstr(words[count - 1], "elsewhere")) run();
      return 124;
    }
    """

  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("emu-budgets-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for name in ["guest", "early", "large", "elsewhere"] {
      try Data().write(to: folder.appendingPathComponent("\(name).elf"))
    }
    try Data(Self.source.utf8).write(to: folder.appendingPathComponent("emu.c"))
    try Data("int main(void) { return 0; }".utf8).write(to: folder.appendingPathComponent("empty.c"))
    let compile = #"""
      set -e
      clang=$(dirname "$(readlink -f "$(command -v swift)")")/clang
      for name in emu empty; do "$clang" -O2 "$0/$name.c" -o "$0/$name"; done
      """#
    let outcome = try runProgram("/bin/sh", ["-c", compile, folder.path])
    try #require(outcome.status == 0, "\(outcome.errors)")
  }

  func remove() { try? FileManager.default.removeItem(at: folder) }

  /// Runs tools/budgets.py with these rows, a bar for each tab; without any host tool but Python if `bare`.
  func run(_ rows: String, arguments: [String] = [], bare: Bool = false) throws -> EmuOutcome {
    let file = folder.appendingPathComponent("rows.tsv")
    try Data(rows.replacing("|", with: "\t").replacing("\\\t", with: "|").utf8).write(to: file)
    let start = #"python=$(python3 -c "import sys; print(sys.executable)"); \#(bare ? "PATH=/nonexistent" : "")"#
    return try runProgram(
      "/bin/sh",
      [
        "-c", start + #" exec "$python" "$@""#, "sh", Build.root.appendingPathComponent("tools/budgets.py").path,
        folder.appendingPathComponent("emu").path, folder.appendingPathComponent("empty").path, folder.path, "--rows",
        file.path,
      ] + arguments)
  }
}

/// Rows and what must come of them: status, and a part of what is printed.
private let budgetRows: [(rows: String, status: Int32, says: String)] = [
  ("a|2.01|host instructions per guest instruction|slope guest.elf", 0, "1 budgets: 1 held, 0 exceeded"),
  (
    "a|1.99|host instructions per guest instruction|slope guest.elf", 1,
    "rows.tsv:1: a is 2 host instructions per guest instruction, more than 1.99"
  ),
  ("a|9|-|slope early.elf", 1, "ends with status 0 instead of 124"),
  ("a|9|-|slope elsewhere.elf", 1, "callgrind counted nothing of $s7MachineAAC3run5ticks*"),
  ("a|9|-|slope absent.elf", 1, "absent.elf is not there"),
  ("a|100000000|host instructions|start guest.elf", 0, "1 held"),
  ("# comment\n\na|1000|host instructions|start guest.elf", 1, "rows.tsv:3: a is "),
  ("a|50000|KiB|peak guest.elf", 0, "1 held"),
  ("a|50000|KiB|peak large.elf", 1, " KiB, more than 50,000"),
  ("a|50000|KiB|peak guest.elf --max-instructions 9", 0, "1 held"),
  ("a|1000000|bytes|growth", 0, "1 held"),
  ("a|9|-|decoding 4096", 1, "DecoderBenchmark is not there"),
  ("a|10|bytes|growth", 1, " bytes, more than 10"),
  ("a|2|calls|calls Interpreter.Processor.runBlocks", 0, "2 x Processor.execute() in Processor.runBlocks()"),
  ("a|1|calls|calls Interpreter.Processor.runBlocks", 1, "a is 2 calls, more than 1"),
  ("a|0|calls|calls Interpreter.Processor.runBlocks swift_*", 0, "1 held"),
  ("a|0|calls|calls Interpreter.Processor.runBlocks,Interpreter.Processor.runFastForms swift_*", 1, "a is 1 calls"),
  ("a|0|calls|calls Interpreter.Processor.runFastForms swift_*", 1, "1 x swift_retain in Processor.runFastForms()"),
  ("a|0|calls|calls Interpreter.Processor.tail swift_*", 1, "1 x swift_retain in Processor.tail()"),
  ("a|0|calls|indirect Interpreter.Processor.runBlocks", 0, "1 held"),
  ("a|0|calls|indirect Interpreter.Processor.lookup", 1, "1 x through a pointer in Processor.lookup()"),
  ("a|1|handlers|handlers Interpreter.ThreadedHandlers pushes", 0, "1 x pushes in"),
  ("a|0|handlers|handlers Interpreter.ThreadedHandlers pushes", 1, "a is 1 handlers, more than 0"),
  ("a|0|handlers|handlers Interpreter.ThreadedHandlers returns", 1, "a is 1 handlers, more than 0"),
  ("a|0|handlers|handlers Interpreter.ThreadedHandlers calls", 1, "a is 1 handlers, more than 0"),
  ("a|0|handlers|handlers Interpreter.ThreadedHandlers jumps", 1, "is none of calls, pushes and returns"),
  ("a|9|handlers|handlers Interpreter.Processor calls", 1, "has no closures in"),
  ("a|9|calls|calls Interpreter.Processor.absent", 1, "no symbol of"),
  (#"a|2|calls|calls Interpreter.Processor.absent\|Interpreter.Processor.runBlocks"#, 0, "1 held"),
  ("a|0|calls|indirect Interpreter.Processor.runBlocks\nb|0|bytes|growth", 1, "2 budgets: 1 held, 1 exceeded"),
  ("a 1 bytes growth", 2, "rows.tsv:1: 1 columns instead of 4"),
  ("a|many|bytes|growth", 2, "rows.tsv:1: the limit 'many' is not a number"),
  ("a|1|bytes|weight", 2, "rows.tsv:1: the measure 'weight' is none of"),
  ("a|1|-|slope", 2, "rows.tsv:1: the measure 'slope' lacks what it measures"),
  ("a|nan|bytes|growth", 2, "rows.tsv:1: the limit 'nan' is not a number"),
  ("a|1|bytes|growth\na|2|bytes|growth", 2, "rows.tsv:2: the name 'a' stands twice"),
  ("", 2, "rows.tsv has no row"),
]

private let hasTools: Bool = {
  let check = "for tool in valgrind objdump nm strip time python3; do which $tool || exit 1; done"
  return (try? runProgram("/bin/sh", ["-c", check]).status) == 0
}()

@Suite("Budgets") struct BudgetTests {
  @Test(
    "A budget is held or exceeded", .enabled(if: hasTools, "valgrind, binutils, GNU time or Python is not installed"))
  func rows() throws {
    let stand = try Stand()
    defer { stand.remove() }
    for row in budgetRows {
      let outcome = try stand.run(row.rows)
      #expect(outcome.status == row.status, "\(row.rows): \(outcome.text)\(outcome.errors)")
      #expect((outcome.text + outcome.errors).contains(row.says), "\(row.rows): \(outcome.text)\(outcome.errors)")
    }
  }

  @Test(
    "A row whose tool is not there is skipped by a line",
    .enabled(if: hasTools, "valgrind, binutils, GNU time or Python is not installed"))
  func skips() throws {
    let stand = try Stand()
    defer { stand.remove() }
    let outcome = try stand.run(
      "a|0|-|slope guest.elf\nb|0|calls|calls Interpreter.Processor.runBlocks\nc|0|KiB|peak guest.elf", bare: true)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let lines = outcome.text.split(separator: "\n").dropFirst()
    #expect(
      Array(lines) == [
        "SKIP a: valgrind and strip not installed", "SKIP b: objdump and nm not installed",
        "SKIP c: time not installed", "3 budgets: 0 held, 0 exceeded or not measured, 3 skipped",
      ])
    let one = try stand.run("a|0|-|slope guest.elf\nb|0|bytes|growth", arguments: ["--only", "a"], bare: true)
    #expect(one.status == 0 && one.text.contains("1 budgets: 0 held, 0 exceeded or not measured, 1 skipped"))
    let none = try stand.run("a|0|bytes|growth", arguments: ["--only", "z"])
    #expect(none.status == 2 && none.errors.contains("--only z: no row of"), "\(none.errors)")
  }

  @Test("SPECIFICATION.md names every budget and tests that are there")
  func specification() throws {
    let text = try String(contentsOf: Build.root.appendingPathComponent("SPECIFICATION.md"), encoding: .utf8)
    let rows = try String(contentsOf: Build.root.appendingPathComponent("tools/budgets.tsv"), encoding: .utf8)
    let names = rows.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { String($0.prefix { $0 != "\t" }) }
    let named = text.matches(of: /budget `([^`]+)`/).map { String($0.output.1) }
    #expect(Set(named) == Set(names))
    #expect(names.count >= 10)
    let files = try FileManager.default.subpathsOfDirectory(atPath: Build.root.appendingPathComponent("Tests").path)
    let tests = text.matches(of: /`(\w+Tests)`/).map { String($0.output.1) }
    #expect(tests.count >= 5)
    for test in tests { #expect(files.contains { $0.hasSuffix("/\(test).swift") }, "\(test) is no file of Tests/") }
  }
}
