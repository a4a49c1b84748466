import Foundation
import Machine
import Testing

/// A flat long64 guest and how it must end.
struct FlatCase: Sendable {
  var name: String
  var code: [UInt8]
  var exit: ExitReason
  var output: String
  var instructions: UInt64
}

private let cases: [FlatCase] = [
  FlatCase(
    name: "serial output and F4h",
    code: [0x66, 0xBA, 0xF8, 0x03, 0xB0, 0x68, 0xEE, 0xB0, 0x69, 0xEE, 0xB0, 0x10, 0xE6, 0xF4],
    exit: .debugExit(0x10), output: "hi", instructions: 7),
  FlatCase(
    name: "ACPI S5", code: [0x66, 0xBA, 0x04, 0x06, 0x66, 0xB8, 0x00, 0x20, 0x66, 0xEF], exit: .powerOff, output: "",
    instructions: 3),
  FlatCase(name: "cli; hlt", code: [0xFA, 0xF4], exit: .halted, output: "", instructions: 2),
  FlatCase(
    // mov eax,7; mov [rsp],eax; add eax,[rsp]: the sum goes to the register, memory stays 7; add eax,[rsp] again
    name: "add r, m writes the register",
    code: [0xB8, 7, 0, 0, 0, 0x89, 0x04, 0x24, 0x03, 0x04, 0x24, 0x03, 0x04, 0x24, 0xE7, 0xF4], exit: .debugExit(21),
    output: "", instructions: 5),
  FlatCase(
    name: "sum of 1...100 by dec/jnz", code: [0xB9, 100, 0, 0, 0, 0x01, 0xC8, 0xFF, 0xC9, 0x75, 0xFA, 0xE7, 0xF4],
    exit: .debugExit(5050), output: "", instructions: 302),
]

@Suite("Flat images")
struct FlatImageTests {
  @Test("End, output and instruction count, twice the same", arguments: cases)
  func ends(_ row: FlatCase) throws {
    let path = NSTemporaryDirectory() + "emu-flat-\(UUID().uuidString)"
    try Data(row.code).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    for _ in 0..<2 {
      var configuration = MachineConfiguration()
      configuration.memoryByteCount = 16 << 20
      let machine = try Machine(configuration)
      var output: [UInt8] = []
      machine.serialOutput = { output.append($0) }
      var options = BootOptions()
      options.format = .flat
      try machine.load(path: path, options: options)
      #expect(machine.run(ticks: 1_000_000) == .exited(row.exit), "\(row.name)")
      #expect(String(decoding: output, as: UTF8.self) == row.output, "\(row.name)")
      #expect(machine.retiredInstructions == row.instructions, "\(row.name)")
    }
  }

  @Test("A triple fault is reported")
  func tripleFault() throws {
    let path = NSTemporaryDirectory() + "emu-flat-\(UUID().uuidString)"
    try Data([0x0F, 0x0B]).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let machine = try Machine(MachineConfiguration())
    var options = BootOptions()
    options.format = .flat
    try machine.load(path: path, options: options)
    guard case .exited(.tripleFault(let reason)) = machine.run(ticks: 1000) else {
      Issue.record("no triple fault")
      return
    }
    #expect(reason.contains("#UD (the instruction is UD0, UD1 or UD2) at 10:100000, 64-bit mode, CPL 0"))
    #expect(
      reason.contains(
        "its delivery raised #GP(0x33) (the vector lies beyond the IDT's limit); its delivery raised #GP(0x6b)"))
  }
}
