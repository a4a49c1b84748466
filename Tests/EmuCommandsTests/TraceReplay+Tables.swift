import Foundation
import Inspection
import MMU
import X86

/// Which bytes of a replayed guest's memory the trace has recorded, and what they were.
final class KnownMemory {
  /// One byte a byte of RAM: 1 is known.
  private var pages: [UInt64: [Bool]] = [:]

  /// The addresses of a range that were recorded.
  func known(_ physical: UInt64, _ count: Int) -> [UInt64] {
    (0..<UInt64(max(count, 0))).map { physical &+ $0 }.filter { pages[$0 >> 12]?[Int($0 & 0xFFF)] ?? false }
  }

  /// The range is recorded.
  func note(_ physical: UInt64, _ count: Int) {
    for offset in 0..<UInt64(max(count, 0)) {
      let at = physical &+ offset
      pages[at >> 12, default: [Bool](repeating: false, count: 4096)][Int(at & 0xFFF)] = true
    }
  }
}

extension TraceReplay {
  /// A record of tables: each byte that it holds must be what the trace held before, and its texts must fit its bytes.
  func takeTables(_ record: TraceRecord, _ cpu: Int) {
    takePages(record, cpu)
    // Before the first step the registers are not known yet.
    guard let state = registers[cpu] else { return }
    let view = GuestView(ReplayRegisters.architectural(state), memory)
    for name in ["gdt", "ldt", "idt"] {
      let table = record[name] as? TraceRecord ?? [:]
      compareRegister(record, name, table, state)
      for entry in Self.list(table["entries"]) { takeDescriptor(record, name, entry, view) }
    }
    if let task = record["tss"] as? TraceRecord, task["absent"] == nil { takeTask(record, task, view) }
    if let paging = record["paging"] as? TraceRecord, Self.low(paging["cr3"]) != state["cr3"]?.0 {
      complain(record, "its CR3 is \(paging["cr3"] ?? "")")
    }
  }

  private func compareRegister(
    _ record: TraceRecord, _ name: String, _ table: TraceRecord, _ state: [String: (UInt64, UInt64)]
  ) {
    guard table["base"] != nil else { return }
    let register = ["gdt": "gdtr", "ldt": "ldtr", "idt": "idtr"][name] ?? ""
    for part in ["base", "limit"] where Self.low(table[part]) != state["\(register)_\(part)"]?.0 {
      complain(record, "\(name).\(part) is \(table[part] ?? ""), which \(register) does not hold")
    }
  }

  /// Bytes at a linear address that the trace holds: compared as far as they are known, then taken over.
  private func check(_ record: TraceRecord, _ what: String, _ linear: UInt64, _ bytes: [UInt8], _ view: GuestView) {
    for (index, byte) in bytes.enumerated() {
      guard let physical = view.translate(linear &+ UInt64(index)) else {
        complain(record, "\(what) is recorded, though \(linear) is not mapped")
        return
      }
      checkByte(record, what, physical, byte)
    }
  }

  private func checkByte(_ record: TraceRecord, _ what: String, _ physical: UInt64, _ byte: UInt8) {
    if !known.known(physical, 1).isEmpty, let old = load(1, physical), old != UInt64(byte) {
      complain(record, "\(what) has \(byte) at \(physical), where \(old) stands")
    }
    store(UInt64(byte), 1, physical)
  }

  private func bytes(_ value: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
  }

  private func takeDescriptor(_ record: TraceRecord, _ table: String, _ entry: TraceRecord, _ view: GuestView) {
    let raw = (entry["raw"] as? [String] ?? []).compactMap { Self.number($0)?.0 }
    guard let low = raw.first else { return }
    let high = raw.count > 1 ? raw[1] : 0
    let what = "\(table) \(entry["selector"] ?? entry["vector"] ?? "")"
    let text: String
    var size = 8
    if table != "idt" {
      text = Descriptor(low, high: high, isLongMode: view.isLongMode).description
    } else if view.isProtected {
      text = Gate(low, high: high, isLongMode: view.isLongMode).description
    } else {
      size = 4
      text = Gate(realMode: UInt32(truncatingIfNeeded: low)).description
    }
    if entry["text"] as? String != text, !(low == 0 && entry["text"] as? String == "null") {
      complain(record, "\(what) is called '\(entry["text"] ?? "")', but it is '\(text)'")
    }
    if let handler = entry["handler"], Self.low(handler) != Gate.handler(low, high, view) {
      complain(record, "\(what) leads to another handler than \(handler)")
    }
    for (index, value) in raw.enumerated() {
      check(record, what, Self.low(entry["address"]) &+ UInt64(index * 8), bytes(value, size), view)
    }
  }

  private func takeTask(_ record: TraceRecord, _ task: TraceRecord, _ view: GuestView) {
    guard let state = TaskState(view) else { return complain(record, "has a TSS, and TR names none") }
    if state.base != Self.low(task["base"]) || UInt64(state.limit) != Self.low(task["limit"]) {
      complain(record, "tss lies elsewhere than TR says")
    }
    let fields = task["fields"] as? TraceRecord ?? [:]
    for field in state.fields {
      guard let recorded = fields[field.name].map({ Self.low($0) }) else { continue }
      // Of the doubleword of T only one bit is recorded.
      guard field.name != "T" else { continue }
      let place = state.base &+ UInt64(field.offset)
      check(record, "tss.\(field.name)", place, bytes(recorded, field.byteCount), view)
    }
  }

  /// Page tables: each entry must be the one that stands there, as far as the trace has recorded it.
  private func takePages(_ record: TraceRecord, _ cpu: Int) {
    guard let paging = record["paging"] as? TraceRecord else { return }
    let size = paging["entrySize"] as? Int ?? 8
    for table in Self.list(paging["tables"]) {
      // PDPTE registers are no memory.
      guard !(paging["levels"] as? Int == 3 && table["level"] as? Int == 3) else { continue }
      let base = Self.low(table["address"])
      let entries = table["entries"] as? TraceRecord ?? [:]
      let isWhole = table["whole"] != nil
      for index in 0..<(4096 / size) {
        let recorded = entries[String(index)]
        guard recorded != nil || isWhole else { continue }
        for (offset, byte) in bytes(Self.low(recorded), size).enumerated() {
          checkByte(
            record, "entry \(index) of table \(table["address"] ?? "")", base &+ UInt64(index * size + offset), byte)
        }
      }
    }
  }
}

extension Gate {
  /// Where an entry of an IDT leads.
  fileprivate static func handler(_ low: UInt64, _ high: UInt64, _ view: GuestView) -> UInt64 {
    guard view.isProtected else { return low & 0xFFFF }
    return Gate(low, high: high, isLongMode: view.isLongMode).offset
  }
}
