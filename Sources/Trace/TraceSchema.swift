/// The lines of a trace, version 1, as `TraceScanner` checks them.
enum TraceSchema {
  /// The first line.
  static let header: TraceField = .object(
    [
      "schema": .choice(["emu-trace"]), "version": .number(1...1), "image": .text, "memory": .number(0...Int.max),
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
    "mode": .choice([
      "long64", "compatibility32", "compatibility16", "protected32", "protected16", "real16", "virtual8086",
    ]),
    "cpl": .number(0...3), "bytes": .bytes, "text": .text, "completed": .boolean, "handler": .hex, "vector": vector,
    "source": .text, "reads": .dictionary(.hex), "writes": .dictionary(.pair), "memory": .list(memory),
    "walks": .list(walk), "ports": .list(port), "msrs": .list(msr), "controls": .list(control),
    "exceptions": .list(exception),
  ]

  /// Members of an entry of a page table.
  static let tableEntry: [String: TraceField] = [
    "level": .number(1...5), "index": .number(0...1023), "address": .hex, "value": .hex, "linear": .hex,
    "present": .boolean, "children": .list(.tableEntry),
  ]
  /// Those of them that must be there.
  static let tableEntryNeeds = ["level", "index", "address", "value"]

  /// The kinds of line by their `t`.
  static let lines: [String: TraceField] = [
    "state": .object(["cpu": processor, "tick": count, "regs": .dictionary(.hex)], required: ["cpu", "regs"]),
    "retire": .object(effects, required: ["n", "cpu", "rip", "text"]),
    "interrupt": .object(effects, required: ["n", "cpu", "vector"]),
    "tables": .object(
      [
        "tick": count, "cpu": processor,
        "gdt": .list(.object(["selector": .hex, "address": .hex, "raw": .any, "text": .text], required: ["selector"])),
        "idt": .list(
          .object(
            ["vector": vector, "address": .hex, "raw": .any, "text": .text, "handler": .hex], required: ["vector"])),
        "tss": .dictionary(.any),
        "paging": .object(
          ["cr3": .hex, "levels": .number(0...5), "entries": .list(.tableEntry), "truncated": .boolean],
          required: ["cr3", "entries"]),
      ], required: ["cpu"]),
    "story": .object(["lines": .list(.text)], required: ["lines"]),
    "end": .object(["records": count, "reason": .text], required: []),
  ]
}
