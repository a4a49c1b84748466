import Foundation
import Inspection
import Interpreter
import MMU
import SoftFloat
import X86

/// A JSON object of a trace.
typealias TraceRecord = [String: Any]

/// Executes every instruction of a trace anew, from nothing but what the trace says, and compares.
///
/// Memory is what the trace has recorded so far: bytes of code, data that was read, entries of page tables.
final class TraceReplay {
  /// What contradicts the trace, one sentence each.
  private(set) var contradictions: [String] = []
  /// Instructions compared.
  private(set) var compared = 0

  let memory: GuestMemory
  /// What the trace has recorded of it.
  let known = KnownMemory()
  private let bus = ReplayBus()
  private let processor: Processor
  private(set) var registers: [Int: [String: (UInt64, UInt64)]] = [:]
  /// Physical page of each page of code, by fetches.
  private var codePages: [UInt64: UInt64] = [:]
  /// Tables of processors whose first state follows.
  private var waitingTables: [Int: TraceRecord] = [:]

  init() throws {
    memory = try GuestMemory(byteCount: 256 << 20)
    processor = Processor(
      index: 0, memory: memory, cache: CodeCache(memory), bus: bus, model: .amdV1)
  }

  static func number(_ value: Any?) -> (UInt64, UInt64)? {
    guard let text = value as? String, text.hasPrefix("0x") else { return nil }
    let digits = text.dropFirst(2)
    guard let low = UInt64(digits.suffix(16), radix: 16) else { return nil }
    return (low, digits.count > 16 ? UInt64(digits.dropLast(16), radix: 16) ?? 0 : 0)
  }

  static func low(_ value: Any?) -> UInt64 { number(value)?.0 ?? 0 }

  static func list(_ value: Any?) -> [TraceRecord] { value as? [TraceRecord] ?? [] }

  /// Takes one record.
  func take(_ record: TraceRecord) {
    let cpu = record["cpu"] as? Int ?? 0
    switch record["t"] as? String {
    case "state":
      registers[cpu] = (record["regs"] as? TraceRecord ?? [:]).compactMapValues(Self.number)
      if let tables = waitingTables.removeValue(forKey: cpu) { takeTables(tables, cpu) }
    case "tables":
      if registers[cpu] == nil { waitingTables[cpu] = record } else { takeTables(record, cpu) }
    case "retire":
      seed(record)
      if isExecutable(record) { compare(record, cpu) }
      follow(record, cpu)
    case "interrupt":
      seed(record)
      follow(record, cpu)
    default: break
    }
  }

  private func isExecutable(_ record: TraceRecord) -> Bool {
    // A debug trap executes nothing, and a fetch that faults has no bytes to execute.
    !(record["text"] as? String ?? "(").hasPrefix("(")
  }

  /// Takes over the new values, after a look at the old ones.
  private func follow(_ record: TraceRecord, _ cpu: Int) {
    for (name, pair) in record["writes"] as? TraceRecord ?? [:] {
      guard let values = pair as? [String], values.count == 2, let new = Self.number(values[1]) else { continue }
      if name != "rip", let known = registers[cpu]?[name], let old = Self.number(values[0]), known != old {
        complain(record, "\(name) was \(known), not \(values[0])")
      }
      registers[cpu]?[name] = new
    }
    for walk in Self.list(record["walks"]) {
      for step in Self.list(walk["steps"]) {
        guard let updated = step["updated"] else { continue }
        store(Self.low(updated), entrySize(cpu), Self.low(step["address"]))
      }
    }
    for access in Self.list(record["memory"]) where access["kind"] as? String == "write" && access["device"] == nil {
      store(Self.low(access["value"]), access["size"] as? Int ?? 0, Self.low(access["physical"]))
    }
  }

  func complain(_ record: TraceRecord, _ text: String) {
    let place = record["n"].map { "step \($0) \(record["text"] ?? "")" } ?? "tables at tick \(record["tick"] ?? 0)"
    contradictions.append("\(place): \(text)")
  }

  // MARK: Memory

  func store(_ value: UInt64, _ count: Int, _ physical: UInt64) {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
    if memory.write(bytes, at: PhysicalAddress(physical)) { known.note(physical, count) }
  }

  /// Takes over what stands in memory, after a look at what is known of it.
  private func meet(_ record: TraceRecord, _ value: UInt64, _ count: Int, _ physical: UInt64) {
    if let old = load(count, physical), !known.known(physical, count).isEmpty {
      var mask: UInt64 = 0
      for at in known.known(physical, count) { mask |= 0xFF << ((at &- physical) &* 8) }
      if old & mask != value & mask { complain(record, "\(physical) holds \(value), not \(old)") }
    }
    store(value, count, physical)
  }

  func load(_ count: Int, _ physical: UInt64) -> UInt64? {
    memory.read(count, at: PhysicalAddress(physical))?.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private func seed(_ record: TraceRecord) {
    let cpu = record["cpu"] as? Int ?? 0
    // Flags that a walk sets stand before the next one, and in memory only once the step has been executed anew.
    var updated: [UInt64: UInt64] = [:]
    for walk in Self.list(record["walks"]) {
      for step in Self.list(walk["steps"]) {
        let (value, place) = (Self.low(step["value"]), Self.low(step["address"]))
        // PDPTE registers are no memory.
        guard place != .max else { continue }
        if let set = updated[place] {
          if set != value { complain(record, "the walk reads \(value) at \(place), where it has left \(set)") }
        } else {
          meet(record, value, entrySize(cpu), place)
        }
        updated[place] = step["updated"].map { Self.low($0) } ?? value
      }
      guard walk["access"] as? String == "fetch", walk["fault"] == nil else { continue }
      codePages[Self.low(walk["linear"]) & ~0xFFF] = Self.low(walk["physical"]) & ~0xFFF
    }
    let state = registers[cpu] ?? [:]
    let start = (state["cs_base"]?.0 ?? 0) &+ Self.low(record["rip"])
    let isPaging = (state["cr0"]?.0 ?? 0) & CR0.paging != 0
    let text = Array((record["bytes"] as? String ?? "").utf8)
    if isPaging, !text.isEmpty {
      // A trace that begins late has no walks for what the TLB holds, but it has recorded the tables.
      let view = GuestView(ReplayRegisters.architectural(state), memory)
      for linear in [start, start &+ UInt64(text.count / 2 - 1)] where codePages[linear & ~0xFFF] == nil {
        codePages[linear & ~0xFFF] = view.translate(linear & ~0xFFF)
      }
    }
    for index in 0..<(text.count / 2) {
      let linear = start &+ UInt64(index)
      let digits = String(decoding: text[(index * 2)..<(index * 2 + 2)], as: UTF8.self)
      let page = isPaging ? codePages[linear & ~0xFFF] : linear & ~0xFFF
      guard let byte = UInt8(digits, radix: 16), let page else { continue }
      _ = memory.write([byte], at: PhysicalAddress(page | linear & 0xFFF))
    }
    var written: [Range<UInt64>] = []
    for access in Self.list(record["memory"]) where access["device"] == nil {
      let physical = Self.low(access["physical"])
      let count = access["size"] as? Int ?? 0
      let range = physical..<(physical &+ UInt64(count))
      let isWrite = access["kind"] as? String == "write"
      if !written.contains(where: { $0.overlaps(range) }) {
        meet(record, Self.low(access[isWrite ? "old" : "value"]), count, physical)
      }
      if isWrite { written.append(range) }
    }
  }

  private func entrySize(_ cpu: Int) -> Int {
    (registers[cpu]?["cr4"]?.0 ?? 0) & CR4.physicalAddressExtension == 0 ? 4 : 8
  }

  // MARK: Execution

  private func compare(_ record: TraceRecord, _ cpu: Int) {
    guard var state = registers[cpu] else { return complain(record, "no state stands before it") }
    state["rip"] = (Self.low(record["rip"]), 0)
    bus.prepare(record, state)
    let isRepeated = isRepeatedString(record)
    let count = state["rcx"] ?? (0, 0)
    // One iteration is one step.
    if isRepeated, count.0 != 0 { state["rcx"] = (1, 0) }
    ReplayRegisters.load(state, into: processor)
    let outcome = processor.executeOne()
    compared += 1
    if case .raised(let exception) = outcome { return compareException(record, exception) }
    if record["completed"] != nil { return complain(record, "completes, which the trace denies") }
    compareRegisters(record, state, isRepeated ? ["rcx", "rip"] : [])
    compareMemory(record)
    if let difference = bus.difference { complain(record, difference) }
  }

  private func isRepeatedString(_ record: TraceRecord) -> Bool {
    (record["text"] as? String ?? "").hasPrefix("rep")
      && ["movs", "cmps", "stos", "lods", "scas", "ins", "outs"].contains {
        (record["text"] as? String ?? "").contains(" \($0)")
      }
  }

  private func compareException(_ record: TraceRecord, _ exception: Exception) {
    let recorded = Self.list(record["exceptions"]).first
    let vector = recorded?["vector"] as? Int ?? record["vector"] as? Int
    guard vector == Int(exception.vector.rawValue) else {
      return complain(record, "raises \(exception.vector.mnemonic), not vector \(vector ?? -1)")
    }
    guard let recorded else { return }
    if exception.hasErrorCode, Self.low(recorded["error"]) != UInt64(exception.errorCode) {
      complain(record, "its error code is \(exception.errorCode)")
    }
    if exception.vector == .pageFault, Self.low(recorded["cr2"]) != exception.address.rawValue {
      complain(record, "CR2 is \(exception.address.rawValue)")
    }
  }

  private func compareRegisters(_ record: TraceRecord, _ before: [String: (UInt64, UInt64)], _ skipped: Set<String>) {
    let undefined = Self.low(record["undefined"])
    var expected = before
    let length = UInt64((record["bytes"] as? String ?? "").utf8.count / 2)
    expected["rip"] = ((before["rip"]?.0 ?? 0) &+ length, 0)
    for (name, pair) in record["writes"] as? TraceRecord ?? [:] {
      expected[name] = (pair as? [String]).flatMap { Self.number($0.last) }
    }
    for (name, value) in ReplayRegisters.values(of: processor, cr8: UInt64(bus.cr8)) where !skipped.contains(name) {
      guard var wanted = expected[name] else { continue }
      var found = value
      if name == "rflags" {
        wanted.0 &= ~(undefined | RFLAGS.resume)
        found.0 &= ~(undefined | RFLAGS.resume)
      }
      if wanted != found { complain(record, "\(name) becomes \(found), not \(wanted)") }
    }
  }

  private func compareMemory(_ record: TraceRecord) {
    let writes = Self.list(record["memory"]).filter { $0["kind"] as? String == "write" && $0["device"] == nil }
    for (index, access) in writes.enumerated() {
      let physical = Self.low(access["physical"])
      let range = physical..<(physical &+ UInt64(access["size"] as? Int ?? 0))
      let isOverwritten = writes[(index + 1)...].contains {
        let start = Self.low($0["physical"])
        return range.overlaps(start..<(start &+ UInt64($0["size"] as? Int ?? 0)))
      }
      let found = load(access["size"] as? Int ?? 0, physical)
      if !isOverwritten, found != Self.low(access["value"]) {
        complain(record, "memory \(access["physical"] ?? "") becomes \(found ?? 0), not \(access["value"] ?? "")")
      }
    }
    for walk in Self.list(record["walks"]) where walk["fault"] == nil {
      for step in Self.list(walk["steps"]) {
        let wanted = Self.low(step["updated"] ?? step["value"])
        let isWritten = writes.contains { Self.low($0["physical"]) & ~7 == Self.low(step["address"]) & ~7 }
        guard !isWritten, let found = load(1, Self.low(step["address"])) else { continue }
        if found & 0x20 != wanted & 0x20 { complain(record, "A of \(step["address"] ?? "") becomes \(found)") }
      }
    }
  }
}

/// Answers a processor with what the trace says that the board answered.
private final class ReplayBus: ProcessorBus {
  private(set) var cr8: UInt8 = 0
  private(set) var difference: String?
  private var ports: [TraceRecord] = []
  private var accesses: [TraceRecord] = []
  private var msrs: [TraceRecord] = []
  private var time: UInt64 = 0
  private var isRefused = false
  private var isAPICEnabled = false

  func prepare(_ record: TraceRecord, _ state: [String: (UInt64, UInt64)]) {
    cr8 = UInt8(truncatingIfNeeded: state["cr8"]?.0 ?? 0)
    difference = nil
    ports = record["ports"] as? [TraceRecord] ?? []
    accesses = (record["memory"] as? [TraceRecord] ?? []).filter { $0["device"] != nil }
    msrs = record["msrs"] as? [TraceRecord] ?? []
    let writes = record["writes"] as? TraceRecord ?? [:]
    func after(_ name: String) -> UInt64 {
      TraceReplay.number((writes[name] as? [String])?.last)?.0 ?? state[name]?.0 ?? 0
    }
    time = after("rax") & 0xFFFF_FFFF | after("rdx") << 32
    // What the board alone knows: whether a register of the APIC is there, its base, and the priority behind its page.
    isRefused = record["exceptions"] != nil
    isAPICEnabled = record["text"] as? String == "cpuid" && after("rdx") & 0x200 != 0
    if accesses.contains(where: { $0["kind"] as? String == "write" }) { cr8 = UInt8(truncatingIfNeeded: after("cr8")) }
  }

  private func next(_ list: inout [TraceRecord], _ what: String, _ key: String, _ address: UInt64) -> UInt64 {
    guard !list.isEmpty else {
      difference = "\(what) \(address) is accessed, which the trace does not say"
      return .max
    }
    let record = list.removeFirst()
    if let recorded = TraceReplay.number(record[key])?.0, recorded != address {
      difference = "\(what) \(address) is accessed, not \(recorded)"
    }
    return TraceReplay.number(record["value"])?.0 ?? 0
  }

  func readPort(_ port: UInt16, width: Int, processor: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: next(&ports, "port", "port", UInt64(port)))
  }

  func writePort(_ value: UInt32, _ port: UInt16, width: Int, processor: Int) {
    let recorded = next(&ports, "port", "port", UInt64(port))
    let mask = width >= 4 ? UInt64(UInt32.max) : (1 << UInt64(width * 8)) - 1
    if recorded & mask != UInt64(value) & mask { difference = "port \(port) gets \(value), not \(recorded)" }
  }

  func readPhysical(_ address: PhysicalAddress, width: Int, processor: Int) -> UInt64 {
    next(&accesses, "address", "physical", address.rawValue)
  }

  func writePhysical(_ value: UInt64, _ address: PhysicalAddress, width: Int, processor: Int) {
    let recorded = next(&accesses, "address", "physical", address.rawValue)
    let mask = width >= 8 ? UInt64.max : (1 << UInt64(width * 8)) - 1
    if recorded & mask != value & mask { difference = "address \(address.rawValue) gets \(value), not \(recorded)" }
  }

  func acknowledgeInterrupt(processor: Int) -> UInt8? { nil }
  func taskPriority(processor: Int) -> UInt8 { cr8 }
  func setTaskPriority(_ value: UInt8, processor: Int) { cr8 = value }
  func readAPICRegister(_ msr: UInt32, processor: Int) -> UInt64? {
    TraceReplay.number(msrs.first?["value"])?.0 ?? (isAPICEnabled ? 0x800 : nil)
  }
  func writeAPICRegister(_ msr: UInt32, _ value: UInt64, processor: Int) -> Bool { !isRefused }
  func timeStamp(processor: Int) -> UInt64 { time }
  func note(_ event: ProcessorEvent, processor: Int) {}
}

/// The registers of a trace by name, kept apart from the table of the recorder.
enum ReplayRegisters {
  private static let general = [
    "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
  ]
  private static let segments = ["es", "cs", "ss", "ds", "fs", "gs"]
  private static let msrs: [(String, UInt32)] = [
    ("star", 0xC000_0081), ("lstar", 0xC000_0082), ("cstar", 0xC000_0083), ("sfmask", 0xC000_0084),
    ("kernel_gs_base", 0xC000_0102), ("tsc_aux", 0xC000_0103), ("sysenter_cs", 0x174), ("sysenter_esp", 0x175),
    ("sysenter_eip", 0x176),
  ]

  /// The registers but for the x87 and SSE ones.
  static func architectural(_ values: [String: (UInt64, UInt64)]) -> ArchitecturalState {
    func value(_ name: String) -> UInt64 { values[name]?.0 ?? 0 }
    func segment(_ name: String) -> SegmentState {
      SegmentState(
        selector: UInt16(truncatingIfNeeded: value(name)), base: value(name + "_base"),
        limit: UInt32(truncatingIfNeeded: value(name + "_limit")),
        attributes: UInt32(truncatingIfNeeded: value(name + "_attributes")))
    }
    func table(_ name: String) -> DescriptorTableRegister {
      DescriptorTableRegister(base: value(name + "_base"), limit: UInt16(truncatingIfNeeded: value(name + "_limit")))
    }
    var state = ArchitecturalState()
    state.generalRegisters = general.map(value)
    state.rip = value("rip")
    state.rflags = value("rflags")
    state.segments = segments.map(segment)
    (state.ldtr, state.tr, state.gdtr, state.idtr) = (segment("ldtr"), segment("tr"), table("gdtr"), table("idtr"))
    (state.cr0, state.cr2, state.cr3, state.cr4) = (value("cr0"), value("cr2"), value("cr3"), value("cr4"))
    (state.efer, state.dr6, state.dr7) = (value("efer"), value("dr6"), value("dr7"))
    state.pdpte = (0..<4).map { value("pdpte\($0)") }
    state.debugAddresses = (0..<4).map { value("dr\($0)") }
    state.xcr0 = value("xcr0")
    state.pkru = UInt32(truncatingIfNeeded: value("pkru"))
    state.upperVectors = (0..<16).flatMap { index in
      let register = values["ymm\(index)h"] ?? (0, 0)
      return [register.0, register.1]
    }
    for (name, number) in msrs { state.msrs[number] = value(name) }
    return state
  }

  static func load(_ values: [String: (UInt64, UInt64)], into processor: Processor) {
    func value(_ name: String) -> UInt64 { values[name]?.0 ?? 0 }
    processor.restore(architectural(values))
    processor.setAddressMask(value("a20") == 0 ? ~(1 << 20) : .max)
    var floating = FloatingState()
    floating.mxcsr = UInt32(truncatingIfNeeded: value("mxcsr"))
    floating.controlWord = UInt16(truncatingIfNeeded: value("fcw"))
    floating.statusWord = UInt16(truncatingIfNeeded: value("fsw"))
    floating.validRegisters = UInt8(truncatingIfNeeded: value("ftw"))
    floating.opcode = UInt16(truncatingIfNeeded: value("fop"))
    (floating.instructionPointer, floating.dataPointer) = (value("fip"), value("fdp"))
    for index in 0..<8 {
      let register = values["fpr\(index)"] ?? (0, 0)
      floating.registers[index].significand = register.0
      floating.registers[index].signExponent = UInt16(truncatingIfNeeded: register.1)
    }
    for index in 0..<16 {
      let register = values["xmm\(index)"] ?? (0, 0)
      floating.xmm[index] = Vector128(low: register.0, high: register.1)
    }
    floating.upper = processor.state.floating.upper
    processor.state.floating = floating
    processor.state.isRepeating = false
    processor.state.activity = .running
    processor.state.pendingDebug = 0
  }

  static func values(of processor: Processor, cr8: UInt64) -> [String: (UInt64, UInt64)] {
    let state = processor.snapshot()
    var result: [String: (UInt64, UInt64)] = [:]
    for (name, value) in zip(general, state.generalRegisters) { result[name] = (value, 0) }
    for (name, segment) in zip(segments + ["ldtr", "tr"], state.segments + [state.ldtr, state.tr]) {
      result[name] = (UInt64(segment.selector), 0)
      result[name + "_base"] = (segment.base, 0)
      result[name + "_limit"] = (UInt64(segment.limit), 0)
      result[name + "_attributes"] = (UInt64(segment.attributes), 0)
    }
    for (name, table) in [("gdtr", state.gdtr), ("idtr", state.idtr)] {
      result[name + "_base"] = (table.base, 0)
      result[name + "_limit"] = (UInt64(table.limit), 0)
    }
    for (name, value) in [
      ("rip", state.rip), ("rflags", state.rflags), ("cr0", state.cr0), ("cr3", state.cr3), ("cr4", state.cr4),
      ("cr8", cr8), ("efer", state.efer), ("dr7", state.dr7),
    ] {
      result[name] = (value, 0)
    }
    for (name, number) in msrs { result[name] = (state.msrs[number] ?? 0, 0) }
    let floating = processor.state.floating
    result["mxcsr"] = (UInt64(floating.mxcsr), 0)
    result["fcw"] = (UInt64(floating.controlWord), 0)
    result["fsw"] = (UInt64(floating.statusWord), 0)
    result["ftw"] = (UInt64(floating.validRegisters), 0)
    for index in 0..<8 {
      result["fpr\(index)"] = (floating.registers[index].significand, UInt64(floating.registers[index].signExponent))
    }
    for index in 0..<16 { result["xmm\(index)"] = (floating.xmm[index].low, floating.xmm[index].high) }
    for index in 0..<16 { result["ymm\(index)h"] = (floating.upper[index].low, floating.upper[index].high) }
    (result["xcr0"], result["pkru"]) = ((state.xcr0, 0), (UInt64(state.pkru), 0))
    return result
  }
}
