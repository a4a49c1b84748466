import Foundation
import Glibc
import TestSupport
import Testing

/// A guest of raw code, and what standard error must say of its end.
struct EndRow: Sendable, CustomTestStringConvertible {
  var name: String
  var mode = "real16"
  var code: [UInt8]
  var options: [String] = ["--timeout", Build.isDebug ? "3" : "0.3"]
  var status: Int32 = 124
  /// Each must stand in standard error.
  var says: [String]
  /// None of these may.
  var silent: [String] = []
  var testDescription: String { name }
}

/// An image that goes with the test.
final class CodeFile {
  let path = NSTemporaryDirectory() + "emu-end-\(UUID().uuidString)"
  init(_ code: [UInt8]) throws { try Data(code).write(to: URL(fileURLWithPath: path)) }
  deinit { unsafe unlink(path) }
}

/// 512 bytes with the signature of a boot sector.
private func sector(_ code: [UInt8]) -> [UInt8] {
  code + [UInt8](repeating: 0, count: 510 - code.count) + [0x55, 0xAA]
}

/// The local APIC's timer fires every nanosecond, and nothing is delivered: its divisor is 1, its entry masked (3) or
/// held back by the task priority (2), its count 1; then sti; 1: hlt; jmp 1b.
func restlessTimer(mask: UInt8) -> [UInt8] {
  var code: [UInt8] = [0xBB, 0x00, 0x00, 0xE0, 0xFE]
  for (offset, value) in [
    (0x3E0, [0x0B, 0, 0, 0]), (0x320, [0xFF, 0, mask, 0]), (0xF0, [0xFF, 1, 0, 0]), (0x80, [0xFF, 0, 0, 0]),
    (0x380, [1, 0, 0, 0]),
  ] as [(UInt16, [UInt8])] {
    code += [0xC7, 0x83, UInt8(offset & 0xFF), UInt8(offset >> 8), 0, 0] + value
  }
  return code + [0xFB, 0xF4, 0xEB, 0xFD]
}

private let endRows: [EndRow] = [
  EndRow(
    name: "INT through an empty vector", code: sector([0x90, 0x90, 0xB4, 0x0E, 0x90, 0xCD, 0x10, 0xEB, 0xFE]),
    // It runs on through empty vectors and the BIOS data area until something in there is a HLT.
    options: ["--format", "bootsector", "--timeout", "30"], status: 0,
    says: ["INT 10h at 7C05h: the vector is empty; there is no firmware", "halted for good", "real mode"]),
  EndRow(
    name: "text at B8000h",
    // mov ax, B800h; mov es, ax; mov cx, 3; 1: stosw; loop 1b; jmp $
    code: [0xB8, 0x00, 0xB8, 0x8E, 0xC0, 0xB9, 0x03, 0x00, 0xAB, 0xE2, 0xFD, 0xEB, 0xFE],
    says: ["3 writes to B8000h, no display", "the processor runs at 7C0Bh, real mode, CPL 0, interrupts off"]),
  EndRow(
    name: "a disk that is not there", code: [0xBA, 0xF7, 0x01, 0xEC, 0xA8, 0x40, 0x74, 0xFB, 0xEC, 0xEB, 0xFD],
    says: ["ports 1F0h-1F7h: no disk"]),
  EndRow(
    name: "a display's ports", code: [0xBA, 0xD4, 0x03, 0xB0, 0x0E, 0xEE, 0x42, 0xEE, 0xEB, 0xFE],
    says: ["ports 3D4h-3D5h: no display (2 accesses"]),
  EndRow(
    name: "a key that nobody presses", code: [0xE4, 0x64, 0xA8, 0x01, 0x74, 0xFA, 0xEB, 0xFE],
    says: ["60h-64h: no keyboard"]),
  EndRow(
    name: "HLT that only a keyboard would end",
    // mov al, FDh; out 21h, al; mov al, FFh; out A1h, al; sti; hlt
    code: [0xB0, 0xFD, 0xE6, 0x21, 0xB0, 0xFF, 0xE6, 0xA1, 0xFB, 0xF4], options: [], status: 0,
    says: [
      "halted for good: the processor sleeps in HLT at 7C0Ah", "interrupts on", "IRQ 1 (keyboard, which is not there)",
    ]),
  EndRow(
    name: "HLT with interrupts off", code: [0xFA, 0xF4], options: [], status: 0,
    says: ["halted for good: the processor sleeps in HLT at 7C02h, real mode, CPL 0, interrupts off"]),
  EndRow(
    name: "a limit of instructions", mode: "long64", code: [0xEB, 0xFE], options: ["--max-ticks", "1000"],
    says: ["--max-ticks 1000 is reached: the processor runs at 100000h, 64-bit mode, CPL 0, interrupts off"]),
  EndRow(
    name: "power of the guest's own", code: [0xB0, 0x10, 0xE6, 0xF4], options: [], status: 0x21, says: [],
    silent: ["emu: "]),
  EndRow(
    name: "--quiet", code: [0xEB, 0xFE], options: ["--quiet", "--timeout", "0.1"], says: [], silent: ["emu: "]),
  EndRow(
    name: "an unknown MSR", mode: "long64",
    code: [0xB9, 0x34, 0x12, 0x00, 0x00, 0x0F, 0x32], options: [], status: 86,
    says: ["unknown MSR 0x1234 read at 0x100005, once"]),
  EndRow(
    name: "code for a newer processor", mode: "long64", code: [0xC5, 0xF4, 0x58, 0xC2], options: [], status: 86,
    says: ["the bytes are VADDPS (AVX): the model lacks AVX", "#UD of an instruction of AVX, which the model lacks"]),
  EndRow(
    name: "a reset", code: [0xB0, 0x06, 0xBA, 0xF9, 0x0C, 0xEE], options: [], status: 88,
    says: ["the guest asked for a reset by port CF9h: the processor "]),
  EndRow(
    name: "sleep in which a masked timer fires every nanosecond", mode: "long64", code: restlessTimer(mask: 3),
    options: ["--timeout", "0.3"], says: ["--timeout 0.3 is reached: the processor sleeps in HLT"]),
  EndRow(
    name: "instructions that never come", mode: "long64", code: restlessTimer(mask: 3),
    options: ["--max-ticks", "1000000"],
    says: ["--max-ticks 1000000 will not be reached", "the processor sleeps in HLT"]),
]

@Suite("No end without a word")
struct EndTests {
  @Test("Standard error says why and where", arguments: endRows)
  func says(_ row: EndRow) throws {
    let file = try CodeFile(row.code)
    let format = row.options.contains("--format") ? [] : ["--format", "flat", "--mode", row.mode]
    let outcome = try runEmu(["run"] + format + row.options + [file.path])
    #expect(outcome.status == row.status, "\(outcome.errors)")
    for text in row.says { #expect(outcome.errors.contains(text), "\(text): \(outcome.errors)") }
    for text in row.silent { #expect(!outcome.errors.contains(text), "\(outcome.errors)") }
  }

  @Test("The statistics hold the same sentences, --quiet or not", arguments: [[], ["--quiet"]])
  func statistics(_ options: [String]) throws {
    let file = try CodeFile([0xEB, 0xFE])
    let outcome = try runEmu(
      ["run", "--stats", "--format", "flat", "--mode", "real16", "--max-ticks", "10"] + options + [file.path])
    let line = try #require(outcome.errors.split(separator: "\n").last)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    let notes = try #require(object["notes"] as? [String])
    #expect(object["exit"] as? String == "limit" && notes.count == 1 && notes[0].contains("7C00h"), "\(notes)")
    #expect(outcome.errors.contains("emu: --max") == options.isEmpty)
  }

  @Test("Unknown MSRs without end are counted together")
  func bounded() throws {
    // lea rax, [handler]; lea rbx, [idt]; the gate of #GP; lidt [pointer]; mov ecx, 50000000h; 1: rdmsr; jmp 1b;
    // handler: add rsp, 8; add qword [rsp], 2; inc ecx; iretq; pointer: limit FFFh, base 100060h
    let code: [UInt8] = [
      0x48, 0x8D, 0x05, 0x38, 0, 0, 0, 0x48, 0x8D, 0x1D, 0x52, 0, 0, 0, 0x66, 0x89, 0x83, 0xD0, 0, 0, 0, 0x8C, 0x8B,
      0xD2, 0, 0, 0, 0x66, 0xC7, 0x83, 0xD4, 0, 0, 0, 0, 0x8E, 0x48, 0xC1, 0xE8, 0x10, 0x66, 0x89, 0x83, 0xD6, 0, 0, 0,
      0x0F, 0x01, 0x1D, 0x16, 0, 0, 0, 0xB9, 0, 0, 0, 0x50, 0x0F, 0x32, 0xEB, 0xFC, 0x48, 0x83, 0xC4, 0x08, 0x48, 0x83,
      0x04, 0x24, 0x02, 0xFF, 0xC1, 0x48, 0xCF, 0xFF, 0x0F, 0x60, 0, 0x10, 0, 0, 0, 0, 0,
    ]
    let file = try CodeFile(code)
    let outcome = try runEmu(
      ["run", "--stats", "--format", "flat", "--mode", "long64", "--max-ticks", "1000000", file.path])
    #expect(outcome.status == 124 && outcome.errors.utf8.count < 2000, "\(outcome.errors.prefix(3000))")
    #expect(outcome.errors.contains("unknown MSR 0x50000000 read at 0x10003b, once"), "\(outcome.errors)")
    #expect(outcome.errors.contains("further events happened "), "\(outcome.errors)")
  }
}

@Suite("Limits and signals whatever is observed")
struct LimitTests {
  private static let guests: [(name: String, code: [UInt8])] = [
    ("runs", [0xEB, 0xFE]), ("sleeps", restlessTimer(mask: 3)), ("sleeps without EOI", restlessTimer(mask: 2)),
    ("leaves again and again", [0x31, 0xC0, 0x0F, 0xA2, 0xEB, 0xFA]),
  ]

  @Test(
    "SIGTERM ends a run at once", arguments: guests.map(\.code),
    [[], ["--trace", "/dev/null", "--trace-limit", "1000000000"], ["--explain"], ["--record", "/dev/null"]])
  func signal(_ code: [UInt8], _ options: [String]) throws {
    let file = try CodeFile(code)
    let start = Date()
    let outcome = try runEmu(
      ["run", "--format", "flat", "--mode", "long64"] + options + [file.path], interruptAfter: 0.5, signal: SIGTERM,
      limit: 3)
    #expect(outcome.status == 128 + SIGTERM, "\(outcome.errors)")
    #expect(outcome.errors.contains("ended by SIGTERM: the processor "), "\(outcome.errors)")
    #expect(Date().timeIntervalSince(start) < 10)
  }

  @Test("A far end that takes nothing does not hold the limit up", arguments: ["--timeout 0.5", ""])
  func stuck(_ option: String) throws {
    // mov dx, 3F8h; 1: out dx, al; jmp 1b
    let file = try CodeFile([0x66, 0xBA, 0xF8, 0x03, 0xEE, 0xEB, 0xFD])
    let script = """
      mkfifo "$IMAGE.pipe"; exec 3<>"$IMAGE.pipe"
      "$EMU" run \(option) --format flat "$IMAGE" >&3 & p=$!
      \(option.isEmpty ? "sleep 0.5; kill -TERM $p;" : "") wait $p; echo status $?; rm "$IMAGE.pipe"
      """
    let outcome = try runProgram(
      "/bin/sh", ["-c", script], limit: 3, environment: ["EMU": Build.emu.path, "IMAGE": file.path])
    #expect(outcome.text == "status \(option.isEmpty ? 143 : 124)\n", "\(outcome.text) \(outcome.errors)")
  }

  @Test(
    "A look at a moment that never comes ends",
    arguments: [["--at", "1000000"], ["--at", "1000000", "--timeout", "0.2"]])
  func inspected(_ options: [String]) throws {
    let file = try CodeFile(restlessTimer(mask: 3))
    for command in ["walk", "tables"] {
      let words = command == "walk" ? [file.path, "0x100000"] : [file.path]
      let outcome = try runEmu([command, "--format", "flat"] + options + words)
      #expect(outcome.status == 0 && outcome.errors.contains("the guest ended after "), "\(outcome.errors)")
    }
  }

  @Test("A debugger's guest that sleeps on and on obeys SIGTERM")
  func debugged() throws {
    let file = try CodeFile(restlessTimer(mask: 2))
    let socket = NSTemporaryDirectory() + "emu-end-\(UUID().uuidString).sock"
    defer { unsafe unlink(socket) }
    let script = """
      "$EMU" run --gdb "$SOCK" --format flat --mode long64 "$IMAGE" 2>&1 & p=$!
      while ! test -S "$SOCK"; do sleep 0.05; done
      gdb -nx -batch -ex 'set pagination off' -ex "target remote $SOCK" -ex 'python import threading, os, signal' \
        -ex 'python threading.Timer(1, lambda: os.kill(os.getpid(), signal.SIGINT)).start()' -ex continue \
        -ex 'info registers rip' -ex kill > "$IMAGE.out" 2>&1
      kill -TERM $p 2>/dev/null; wait $p; cat "$IMAGE.out"; rm "$IMAGE.out"
      """
    let outcome = try runProgram(
      "/bin/sh", ["-c", script], limit: 30,
      environment: ["EMU": Build.emu.path, "SOCK": socket, "IMAGE": file.path])
    #expect(outcome.text.contains("SIGINT") && outcome.text.contains("rip "), "\(outcome.text)")
  }
}

@Suite("Closed descriptors")
struct ClosedDescriptorTests {
  @Test(
    "What is closed is /dev/null, and never a file of emu's own", arguments: ["0<&-", "1>&-", "2>&-", "0<&- 1>&- 2>&-"])
  func closed(_ redirection: String) throws {
    let rom = Build.roms.appendingPathComponent("hello.elf").path
    let outcome = try runProgram(
      "/bin/sh", ["-c", "exec 3>&1; \"$EMU\" run --stats \"$ROM\" \(redirection); echo status $? >&3"],
      environment: ["EMU": Build.emu.path, "ROM": rom])
    #expect(outcome.text.hasSuffix("status 0\n"), "\(outcome.text) \(outcome.errors)")
  }
}
