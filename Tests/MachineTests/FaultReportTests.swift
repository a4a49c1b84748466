import FaultReports
import Foundation
import Interpreter
import MMU
import Machine
import TestSupport
import Testing
import X86

/// An instruction with handlers for all exceptions, and lines that its report must have.
struct ReportCase: Sendable {
  var code: [UInt8]
  var model: ProcessorModel
  var hasHandlers = true
  var lines: [String]
  var change: @Sendable (inout BareProcessor) -> Void

  init(
    _ code: [UInt8], on model: ProcessorModel = .amdV1, hasHandlers: Bool = true, _ lines: [String],
    _ change: @escaping @Sendable (inout BareProcessor) -> Void = { _ in }
  ) {
    (self.code, self.model, self.hasHandlers, self.lines, self.change) = (code, model, hasHandlers, lines, change)
  }
}

private let handled = "outcome handler at 0x10:0x10800, CPL 0"

private let cases: [ReportCase] = [
  ReportCase(
    [0x0F, 0x0B], ["#UD, invalid opcode", "  0f 0b  ud2", "  reason: the instruction is UD0, UD1 or UD2", handled]),
  ReportCase(
    [0xF7, 0xF1], ["#DE, divide error", "  reason: the divisor is 0", "  operands rcx 0x0, rax 0x0, rdx 0x5"]
  ) {
    $0.state.generalRegisters[1] = 0
    $0.state.generalRegisters[2] = 5
  },
  ReportCase(
    [0x48, 0x8B, 0x41, 0x10],
    [
      "#GP(0x0), general protection", "  reason: the linear address is not canonical",
      "  memory ds:0x8000000000000010, linear 0x8000000000000010, not mapped",
    ]
  ) { $0.state.generalRegisters[1] = 1 << 63 },
  ReportCase(
    [0x48, 0x8B, 0x01],
    [
      "#PF(0x0), page fault at 0x20000", "  error code: P 0, W/R 0, U/S 0, RSVD 0, I/D 0",
      "  reason: P is 0 in a paging-structure entry", "  > PTE at physical 0x4100 = 0x20006: P 0",
    ]
  ) { $0.entry(BareProcessor.dataAddress) { $0 & ~1 } },
  ReportCase(
    [0x48, 0x8B, 0x01],
    ["#PF(0x9), page fault at 0x20000", "  error code: P 1, W/R 0, U/S 0, RSVD 1, I/D 0"]
  ) { $0.entry(BareProcessor.dataAddress) { $0 | 1 << 51 } },
  ReportCase(
    [0x48, 0x89, 0x01],
    [
      "#PF(0x3), page fault at 0x20000",
      "  reason: R/W is 0 in a paging-structure entry, CR0.WP is 1, and a supervisor access is a write",
      "    PDE at physical 0x3000 = 0x4027: P 1, R/W 1, U/S 1, A 1, PS 0, XD 0, address 0x4000",
      "  > PTE at physical 0x4100 = 0x20005: P 1, R/W 0, U/S 1, A 0, D 0, XD 0, address 0x20000",
    ]
  ) { $0.entry(BareProcessor.dataAddress) { $0 & ~2 } },
  ReportCase(
    [0x48, 0x8B, 0x01],
    [
      "#PF(0x5), page fault at 0x20000", "  reason: U/S is 0 in a paging-structure entry and the access is at CPL 3",
      "  SDM Vol. 3A \"Determination of Access Rights\"", handled,
    ]
  ) {
    $0.enterUser()
    $0.entry(BareProcessor.dataAddress) { $0 & ~4 }
  },
  ReportCase(
    [0x48, 0x89, 0x01], on: .zen4,
    [
      "#PF(0x23), page fault at 0x20000", "  error code: P 1, W/R 1, U/S 0, RSVD 0, I/D 0, PK 1",
      "  reason: PKRU forbids the access to pages of this protection key", "  SDM Vol. 3A \"Protection Keys\"",
      "  > PTE at physical 0x4100 = 0x4800000000020007: P 1, R/W 1, U/S 1, A 0, D 0, XD 0, protection key 9, "
        + "address 0x20000; PKRU 0x80000 for key 9: AD 0, WD 1",
    ]
  ) {
    $0.state.cr4 |= CR4.protectionKeyEnable
    $0.state.pkru = 2 << 18
    $0.entry(BareProcessor.dataAddress) { $0 | 9 << 59 }
  },
  ReportCase(
    [0x48, 0x8B, 0x01], on: .zen4,
    ["#PF(0x0), page fault at 0x20000", "  error code: P 0, W/R 0, U/S 0, RSVD 0, I/D 0, PK 0"]
  ) {
    $0.state.cr4 |= CR4.protectionKeyEnable
    $0.entry(BareProcessor.dataAddress) { $0 & ~1 }
  },
  ReportCase(
    [0x90],
    [
      "#PF(0x11), page fault at 0x10000", "  no byte could be fetched",
      "  reason: XD is 1 in a paging-structure entry and the access is an instruction fetch",
    ]
  ) { $0.entry(BareProcessor.codeAddress) { $0 | 1 << 63 } },
  ReportCase(
    [0xCD, 0x80],
    [
      "software interrupt 0x80", "#GP(0x402), general protection", "  error code: IDT vector 0x80, EXT 0",
      "  reason: the vector lies beyond the IDT's limit",
      "  > IDT entry 0x80: bytes 0x800 to 0x80f lie beyond the limit 0x28f", "  cd 80  int 0x80", handled,
    ]),
  ReportCase(
    [0xCD, 0x21],
    [
      "#NP(0x10a), segment not present", "  reason: the gate's P bit is 0",
      "  > IDT entry 0x21 at 0x7210 = 0x16e0000100800: 64-bit interrupt gate to 0x10:0x10800, DPL 3, not present",
    ]),
  ReportCase([0xCD, 0x22], ["#GP(0x0), general protection", "  reason: the selector for CS is null"]),
  ReportCase(
    [0xCD, 0x23], ["#GP(0x11a), general protection", "  reason: the IDT entry is no 64-bit interrupt or trap gate"]),
  ReportCase(
    [0xCD, 0x24],
    [
      "#GP(0x18), general protection", "  error code: selector 0x18 of the GDT, EXT 0",
      "  reason: the descriptor is no code segment",
      "  > GDT descriptor 0x18 at 0x6018 = 0xcf93000000ffff: 32-bit data, base 0x0, limit 0xffffffff, DPL 0, "
        + "present, writable, accessed",
    ]),
  ReportCase([0xCD, 0x25], ["  reason: the gate's code segment is no 64-bit code segment"]),
  ReportCase([0xCD, 0x26], ["#NP(0x50), segment not present", "  reason: the code segment's P bit is 0"]),
  ReportCase(
    [0xCD, 0x28],
    [
      "#GP(0x2000), general protection",
      "  > GDT descriptor 0x2000: bytes 0x2000 to 0x2007 lie beyond the limit 0x10f",
    ]),
  ReportCase([0xCD, 0x20], ["#GP(0x102), general protection", handled]) { $0.enterUser() },
  ReportCase(
    [0xF4], ["#GP(0x0), general protection", "  error code: no selector", "  reason: the instruction needs CPL 0"]
  ) {
    $0.enterUser()
  },
  ReportCase(
    [0x8E, 0xD8], ["  reason: the selector points into the LDT, and LDTR is unusable", "  operands ds 0x18, rax 0xc"]
  ) {
    $0.state.generalRegisters[0] = 0xC
  },
  ReportCase([0x8E, 0xD8], ["#NP(0x38), segment not present", "  reason: the data segment's P bit is 0"]) {
    $0.state.generalRegisters[0] = 0x38
  },
  ReportCase([0x8E, 0xD0], ["#SS(0x38), stack fault", "  reason: the stack segment's P bit is 0"]) {
    $0.state.generalRegisters[0] = 0x38
  },
  ReportCase([0xEC], ["  reason: the port's bits lie beyond the TSS's limit"]) { $0.enterUser() },
  ReportCase([0x0F, 0x32], ["  reason: there is no such MSR", "  operands rcx 0x12345678, rax 0x0, rdx 0x0"]) {
    $0.state.generalRegisters[1] = 0x1234_5678
  },
  ReportCase([0x0F, 0x22, 0xE0], ["  reason: CR4.PAE is cleared in IA-32e mode"]),
  ReportCase([0x0F, 0x28, 0x41, 0x08], ["  reason: the operand is not aligned to 16 bytes"]),
  ReportCase([0x0F, 0x58, 0xC1], ["#NM, device not available", "  reason: CR0.TS is 1"]) {
    $0.state.cr0 |= CR0.taskSwitched
  },
  ReportCase([0x90], ["#DB, debug", "  reason: the instruction stands at an enabled instruction breakpoint"]) {
    $0.state.dr7 = 1
    $0.state.debugAddresses[0] = BareProcessor.codeAddress
  },
  ReportCase([0x0F, 0x23, 0xF8], ["  reason: DR7.GD is 1 and a debug register is accessed"]) {
    $0.state.dr7 |= 1 << 13
  },
  ReportCase(
    [0x0F, 0x0B], hasHandlers: false,
    [
      "#UD, invalid opcode", "#GP(0x33), general protection", "  error code: IDT vector 0x6, EXT 1",
      "  > IDT entry 0x6 at 0x7060 = 0x0: empty",
      "#DF(0x0), double fault", "#GP(0x43), general protection", "outcome shutdown",
    ]),
  ReportCase(
    [0x0F, 0x0B],
    [
      "#UD, invalid opcode at 0x8:0x10000, compatibility mode, 32-bit code, CPL 0: the instruction is UD0, UD1 or UD2",
      "  compatibility mode: CS.L = 0 while EFER.LMA = 1",
      "  > GDT descriptor 0x8 at 0x6008 = 0xcf9b000000ffff: 32-bit code, base 0x0, limit 0xffffffff, DPL 0, present, "
        + "readable, accessed",
    ]
  ) { $0.enterCompatibility() },
  // The stack of a delivery: IST1 that nobody mapped, one beyond the TSS, one that is not canonical.
  ReportCase(
    [0x0F, 0x0B],
    [
      "  > stack IST1 at 0x8024 = 0x200000: TSS 0x40 at 0x8000; the frame below it would lie at 0x1fffff, which is not "
        + "mapped",
      "#PF(0x2), page fault at 0x1ffff8", handled,
    ]
  ) {
    $0.setStack(1, of: 6)
    $0.store([0x20_0000], BareProcessor.tss + 0x24)
  },
  ReportCase(
    [0x0F, 0x0B],
    ["  > stack IST7: bytes 0x54 to 0x5b lie beyond the limit 0x50 of TSS 0x40", "#TS(0x41), invalid TSS"]
  ) {
    $0.setStack(7, of: 6)
    $0.state.tr.limit = 0x50
  },
  ReportCase(
    [0x0F, 0x0B],
    [
      "  > stack IST2 at 0x802c = 0x8000000000000000: TSS 0x40 at 0x8000; the frame at 0x7fffffffffffffd8 is not "
        + "canonical",
      "#SS(0x1), stack fault",
    ]
  ) {
    $0.setStack(2, of: 6)
    $0.store([1 << 63], BareProcessor.tss + 0x2C)
  },
  // TR as RESET leaves it: base 0, limit FFFFh.
  ReportCase(
    [0x0F, 0x0B],
    [
      "  > stack RSP0 at 0x4 = 0x0: TR is null: LTR never ran, and its base is 0x0; the frame below it would lie at "
        + "0xffffffffffffffff, which is not mapped",
      "#PF(0x2), page fault at 0xfffffffffffffff8", "outcome shutdown",
    ]
  ) {
    $0.enterUser()
    $0.state.tr = SegmentState(selector: 0, base: 0, limit: 0xFFFF, attributes: 0x8B)
  },
  ReportCase(
    [0x0F, 0x0B],
    ["    stack RSP0 at 0x8004 = 0x30000: TSS 0x40 at 0x8000; the frame below it is mapped", handled]
  ) { $0.enterUser() },
  ReportCase([0x0F, 0x0B], ["    stack as it was: RSP 0x30000; the frame below it is mapped", handled]),
  ReportCase(
    [0xF4], hasHandlers: false,
    [
      "#GP(0x0), general protection at 0x23:0x10000, protected mode, 32-bit code, CPL 3: the instruction needs CPL 0",
      "    stack SS0:ESP0 at 0x8004 = 0x30000: SS 0x18, TSS 0x40 at 0x8000; the frame below it is mapped",
      "outcome handler at 0x8:0x800, CPL 0",
    ]
  ) { $0.enterProtectedUser(stack: 0x18_0003_0000, gate: 13) },
  ReportCase(
    [0xF4], hasHandlers: false,
    [
      "  > stack SS0:ESP0 at 0x8004 = 0x30000: SS 0x0, TSS 0x40 at 0x8000; the frame below it is mapped",
      "#TS(0x1), invalid TSS", "outcome shutdown",
    ]
  ) { $0.enterProtectedUser(stack: 0x3_0000, gate: 13) },
  ReportCase([0x0F, 0x01, 0xC8], ["  the bytes are MONITOR (MONITOR): the model lacks MONITOR"]),
  ReportCase([0xC5, 0xF4, 0x58, 0xC2], ["  the bytes are VADDPS (AVX): the model lacks AVX"]),
  ReportCase(
    [0x48, 0x8B, 0x01],
    [
      "#PF(0x0), page fault at 0x20000", "#GP(0x73), general protection", "#DF(0x0), double fault",
      "  reason: delivery of an exception raised a second one, and the two together are a double fault", handled,
    ]
  ) {
    $0.entry(BareProcessor.dataAddress) { $0 & ~1 }
    $0.store([0, 0], BareProcessor.idt + 14 * 16)
  },
]

@Suite("Fault reports")
struct FaultReportTests {
  private func report(_ row: ReportCase) throws -> FaultReport {
    var guest = try BareProcessor()
    if row.hasHandlers { guest.installHandlers() }
    row.change(&guest)
    let scene = guest.observe(row.code, model: row.model) { processor in
      processor.log.flatMap { FaultScene($0, after: processor, guest.memory) }
    }
    return FaultReport(try #require(scene))
  }

  @Test("A report has these lines", arguments: cases)
  func lines(_ row: ReportCase) throws {
    let text = try report(row).rendered(isColoured: false)
    let lines = text.split(separator: "\n").map(String.init)
    for line in row.lines { #expect(lines.contains(line), "\(line) is not in:\n\(text)") }
  }

  @Test("A report as JSON is one object that says the same", arguments: cases)
  func json(_ row: ReportCase) throws {
    let report = try report(row)
    #expect(!report.json.contains("\n"))
    let object = try #require(try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any])
    #expect(object["summary"] as? String == report.summary)
    let links = try #require(object["links"] as? [[String: Any]])
    #expect(links.map { $0["title"] as? String } == report.links.map(\.title))
    #expect(links.compactMap { $0["reason"] as? String } == report.links.compactMap { $0.exception?.reason.sentence })
    #expect((object["stack"] as? [Any])?.count == 8)
    #expect(object["mode"] as? String == report.mode.rawValue)
    #expect((object["compatibility"] != nil) == report.mode.isCompatibility)
    for (member, link) in zip(links, report.links) {
      let stack = member["stack"] as? [String: Any]
      #expect(stack?["name"] as? String == link.stack?.name && stack?["meaning"] as? String == link.stack?.meaning)
    }
  }

  @Test("Colours are escape sequences around the same text")
  func colours() throws {
    let report = try report(cases[0])
    let coloured = report.rendered(isColoured: true)
    #expect(coloured.contains("\u{1B}[31m"))
    #expect(coloured.replacing(/\u{1B}\[[0-9]+m/, with: "") == report.rendered(isColoured: false))
  }

  @Test("A machine's recorder lists the instructions before, and names places")
  func recorder() throws {
    let path = NSTemporaryDirectory() + "emu-report-\(UUID().uuidString)"
    // mov eax,7; push rax; ud2
    try Data([0xB8, 7, 0, 0, 0, 0x50, 0x0F, 0x0B]).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let machine = try Machine(MachineConfiguration())
    var options = BootOptions()
    options.format = .flat
    try machine.load(path: path, options: options)
    var reports: [FaultReport] = []
    let recorder = FaultRecorder(
      symbol: { $0 == 0x10_0006 ? "trap" : nil },
      receive: {
        reports.append($0); return true
      })
    machine.observe(recorder)
    guard case .exited(.tripleFault(let text)) = machine.run(ticks: 1000) else {
      Issue.record("no triple fault")
      return
    }
    let report = try #require(reports.first)
    #expect(reports.count == 1 && report.outcome == .shutdown)
    #expect(report.recent.map(\.text) == ["mov eax, 7", "push rax"])
    #expect(report.recent.first?.changes.map { "\($0.name) \($0.value)" } == ["rax 7"])
    #expect(report.stack.first?.value == 7)
    #expect(
      report.summary
        == "#UD, invalid opcode at 0x10:0x100006 <trap>, 64-bit mode, CPL 0: the instruction is UD0, UD1 or UD2")
    #expect(text.contains("#UD (the instruction is UD0, UD1 or UD2) at 10:100006"))
  }
}
