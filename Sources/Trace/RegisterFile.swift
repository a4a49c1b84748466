import Interpreter
import MMU
import SoftFloat
import X86

/// The registers of a trace by name.
struct RegisterFile {
  /// A moment of one processor: CR8 and RFLAGS stand outside its `CoreState`.
  struct Moment {
    var state: CoreState
    var rflags: UInt64
    var cr8: UInt64
  }

  /// One register: its name, and how it is read.
  struct Entry: Sendable {
    var name: String
    var read: @Sendable (Moment) -> Vector128
  }

  static let generalNames = [
    "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
  ]
  static let segmentNames = ["es", "cs", "ss", "ds", "fs", "gs"]

  private static func entry(_ name: String, _ read: @escaping @Sendable (Moment) -> UInt64) -> Entry {
    Entry(name: name) { Vector128(low: read($0)) }
  }

  private static func segment(
    _ name: String, _ read: @escaping @Sendable (Moment) -> SegmentState
  ) -> [Entry] {
    [
      entry(name) { UInt64(read($0).selector) }, entry(name + "_base") { read($0).base },
      entry(name + "_limit") { UInt64(read($0).limit) }, entry(name + "_attributes") { UInt64(read($0).attributes) },
    ]
  }

  /// General registers and flags, which most instructions change.
  static let common: [Entry] =
    (0..<16).map { index in entry(generalNames[index]) { $0.state.registers[index] } }
    + [entry("rflags") { $0.rflags }]

  /// All others but RIP.
  static let rare: [Entry] = segments + controls + modelSpecific + wires + floating

  /// Every register but RIP.
  static let everything = common + rare

  private static let segments: [Entry] =
    (0..<6).flatMap { index in
      segment(segmentNames[index]) { index == 2 ? $0.state.stackSegment : $0.state.segments[index] }
    }
    + segment("ldtr") { $0.state.ldtr } + segment("tr") { $0.state.tr }

  private static let controls: [Entry] =
    [
      entry("cr0") { $0.state.paging.cr0 }, entry("cr2") { $0.state.cr2 }, entry("cr3") { $0.state.paging.cr3 },
      entry("cr4") { $0.state.paging.cr4 }, entry("cr8") { $0.cr8 }, entry("efer") { $0.state.paging.efer },
      entry("xcr0") { $0.state.xcr0 }, entry("pkru") { UInt64($0.state.paging.pkru) },
      entry("gdtr_base") { $0.state.gdtr.base }, entry("gdtr_limit") { UInt64($0.state.gdtr.limit) },
      entry("idtr_base") { $0.state.idtr.base }, entry("idtr_limit") { UInt64($0.state.idtr.limit) },
      entry("dr6") { $0.state.dr6 }, entry("dr7") { $0.state.dr7 },
    ] + (0..<4).map { index in entry("dr\(index)") { $0.state.debugAddresses[index] } }
    + (0..<4).map { index in entry("pdpte\(index)") { $0.state.paging.pdpte[index] } }

  /// The stored values of the MSR table; EFER and the bases of FS and GS stand among the others.
  private static let modelSpecific: [Entry] = MSRTable.rows.filter(\.isStored)
    .compactMap { row in row.trace.map { (place: $0, facts: MSRTable.facts(of: row.numbers.lowerBound)) } }
    .sorted { $0.place.order < $1.place.order }
    .compactMap { place, facts in
      facts.map { facts in entry(place.name) { $0.state.msrs[facts.slot] } }
    }

  /// A wire of the board, without which a trace does not show where an access goes.
  private static let wires = [entry("a20") { $0.state.paging.addressMask == .max ? 1 : 0 }]

  private static let floating: [Entry] =
    [
      entry("mxcsr") { UInt64($0.state.floating.mxcsr) }, entry("fcw") { UInt64($0.state.floating.controlWord) },
      entry("fsw") { UInt64($0.state.floating.statusWord) },
      entry("ftw") { UInt64($0.state.floating.validRegisters) }, entry("fop") { UInt64($0.state.floating.opcode) },
      entry("fip") { $0.state.floating.instructionPointer }, entry("fdp") { $0.state.floating.dataPointer },
    ]
    + (0..<8).map { index in
      Entry(name: "fpr\(index)") {
        let register = $0.state.floating.registers[index]
        return Vector128(low: register.significand, high: UInt64(register.signExponent))
      }
    } + (0..<16).map { index in Entry(name: "xmm\(index)") { $0.state.floating.xmm[index] } }
    + (0..<16).map { index in Entry(name: "ymm\(index)h") { $0.state.floating.upper[index] } }

  /// Registers whose changes a trace also lists as control events.
  static let controlNames: Set<String> = [
    "cr0", "cr2", "cr3", "cr4", "cr8", "efer", "xcr0", "gdtr_base", "gdtr_limit", "idtr_base", "idtr_limit", "ldtr",
    "tr",
    "dr0", "dr1", "dr2", "dr3", "dr6", "dr7",
  ]

  /// Whether any of the `controlNames` differs, but for CR8.
  static func controlsDiffer(_ before: CoreState, _ after: CoreState) -> Bool {
    let (old, new) = (before.paging, after.paging)
    return (old.cr0, old.cr3, old.cr4, old.efer) != (new.cr0, new.cr3, new.cr4, new.efer)
      || before.xcr0 != after.xcr0 || (before.cr2, before.dr6, before.dr7) != (after.cr2, after.dr6, after.dr7)
      || before.gdtr != after.gdtr || before.idtr != after.idtr || before.ldtr.selector != after.ldtr.selector
      || before.tr.selector != after.tr.selector
      || (0..<4).contains { before.debugAddresses[$0] != after.debugAddresses[$0] }
  }

  /// Every register of a moment, RIP included.
  static func all(_ moment: Moment) -> [RecordedRegister] {
    var result: [RecordedRegister] = []
    for entry in common { result.append(RecordedRegister(name: entry.name, value: entry.read(moment))) }
    result.append(RecordedRegister(name: "rip", value: Vector128(low: moment.state.rip)))
    for entry in rare { result.append(RecordedRegister(name: entry.name, value: entry.read(moment))) }
    return result
  }

  /// Registers but RIP that differ between two moments.
  static func changes(_ before: Moment, _ after: Moment) -> [RecordedChange] {
    var result: [RecordedChange] = []
    func compare(_ entries: [Entry], _ before: Moment, _ after: Moment) {
      for entry in entries {
        let (old, new) = (entry.read(before), entry.read(after))
        if old != new { result.append(RecordedChange(name: entry.name, old: old, new: new)) }
      }
    }
    compare(common, before, after)
    compare(rare, before, after)
    return result
  }
}
