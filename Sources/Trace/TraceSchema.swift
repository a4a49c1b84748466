import X86

/// The lines of a trace, version 2, as `TraceScanner` checks them.
enum TraceSchema {
  /// The first line.
  static let header: TraceField = .object(
    [
      "schema": .choice(["emu-trace"]), "version": .version(2), "image": .text, "memory": .number(0...Int.max),
      "processors": .number(1...256),
    ], required: ["schema", "version"])

  private static let count: TraceField = .number(0...Int.max)
  private static let processor: TraceField = .number(0...255)
  private static let vector: TraceField = .number(0...255)

  private static let memory: TraceField = .object(
    [
      "kind": .choice(["read", "write"]), "system": .boolean, "linear": .hex, "physical": .hex,
      "size": .number(1...4096), "value": .hex, "old": .hex, "tlb": .choice(["hit", "walk"]), "device": .text,
    ], required: ["kind", "size"])

  private static let walk: TraceField = .object(
    [
      "linear": .hex, "access": .choice(["read", "write", "fetch"]), "user": .boolean, "physical": .hex,
      "pageSize": .number(0...(1 << 30)), "fault": .hex,
      "steps": .list(
        .object(
          ["level": .number(1...5), "address": .hex, "value": .hex, "updated": .hex],
          required: ["level", "address", "value"])),
    ], required: ["linear", "steps"])

  private static let port: TraceField = .object(
    ["port": .hex, "kind": .choice(["in", "out"]), "size": .number(1...4), "value": .hex, "device": .text],
    required: ["port", "kind", "value"])

  private static let msr: TraceField = .object(
    ["number": .hex, "name": .text, "kind": .choice(["read", "write"]), "value": .hex, "old": .hex],
    required: ["number", "kind", "value"])

  private static let control: TraceField = .object(
    ["register": .text, "value": .hex, "old": .hex], required: ["register", "value"])

  private static let exception: TraceField = .object(
    ["vector": vector, "name": .text, "error": .hex, "cr2": .hex, "reason": .text, "section": .text],
    required: ["vector"])

  /// What instructions and interrupts do.
  private static let effects: [String: TraceField] = [
    "n": count, "tick": count, "cpu": processor, "rip": .hex, "symbol": .text, "line": .text, "undefined": .hex,
    "mode": .choice(ProcessorMode.allCases.map(\.rawValue)),
    "cpl": .number(0...3), "bytes": .bytes, "text": .text, "completed": .boolean, "handler": .hex, "vector": vector,
    "source": .text, "origin": .text, "note": .text, "reads": .dictionary(.hex), "writes": .dictionary(.pair),
    "memory": .list(memory),
    "walks": .list(walk), "ports": .list(port), "msrs": .list(msr), "controls": .list(control),
    "exceptions": .list(exception),
  ]

  /// A GDT, LDT or IDT.
  private static func table(_ key: String, _ field: TraceField) -> TraceField {
    .object(
      [
        "absent": .boolean, "base": .hex, "limit": .hex, "truncated": .boolean,
        "entries": .list(
          .object(
            [key: field, "address": .hex, "raw": .list(.hex), "text": .text, "handler": .hex],
            required: [key, "address", "text"])),
      ], required: [])
  }

  private static let paging: TraceField = .object(
    [
      "cr3": .hex, "levels": .number(0...5), "format": .text, "entrySize": .number(4...8), "truncated": .boolean,
      "tables": .list(
        .object(
          [
            "address": .hex, "level": .number(1...5), "linear": .hex, "whole": .boolean,
            "entries": .dictionary(.hex),
          ], required: ["address", "level", "entries"])),
    ], required: ["cr3", "levels"])

  private static let task: TraceField = .object(
    [
      "absent": .boolean, "selector": .hex, "base": .hex, "limit": .hex, "bits": .number(16...64),
      "fields": .dictionary(.hex), "ports": .list(.text), "truncated": .boolean,
    ], required: [])

  /// The kinds of line by their `t`.
  static let lines: [String: TraceField] = [
    "state": .object(["cpu": processor, "tick": count, "regs": .dictionary(.hex)], required: ["cpu", "regs"]),
    "retire": .object(effects, required: ["n", "cpu", "rip", "text"]),
    "interrupt": .object(effects, required: ["n", "cpu", "vector"]),
    "tables": .object(
      [
        "tick": count, "cpu": processor, "cause": .text, "gdt": table("selector", .hex),
        "ldt": table("selector", .hex), "idt": table("vector", vector), "tss": task, "paging": paging,
      ], required: ["cpu"]),
    "report": .object(["n": count, "cpu": processor, "lines": .list(.text), "fault": .any], required: ["lines"]),
    "end": .object(["records": count, "reason": .text], required: []),
  ]
}
