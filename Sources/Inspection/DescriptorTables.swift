import TextForms
import X86

/// An entry of a GDT or LDT.
public struct DescriptorEntry: Hashable, Sendable {
  /// Offset in the table, which is the selector with RPL 0 (and TI 0).
  public var offset: UInt32
  /// The descriptor, or nil if its bytes cannot be read.
  public var descriptor: Descriptor?
}

/// A GDT or LDT, decoded.
public struct DescriptorTable: Sendable {
  /// `GDT` or `LDT`.
  public let name: String
  /// Linear address.
  public let base: UInt64
  /// Offset of the last byte.
  public let limit: UInt32
  /// Every whole descriptor, in order.
  public let entries: [DescriptorEntry]

  /// The GDT that GDTR names.
  public init(global view: GuestView) {
    self.init(view, name: "GDT", base: view.state.gdtr.base, limit: UInt32(view.state.gdtr.limit))
  }

  /// The LDT that LDTR names; nil if LDTR is null or not usable.
  public init?(local view: GuestView) {
    let register = view.state.ldtr
    guard view.isProtected, !register.isUnusable, register.selector & ~3 != 0 else { return nil }
    self.init(view, name: "LDT", base: register.base, limit: register.limit)
  }

  init(_ view: GuestView, name: String, base: UInt64, limit: UInt32) {
    self.name = name
    self.base = base
    self.limit = limit
    var entries: [DescriptorEntry] = []
    var offset: UInt32 = 0
    // A selector reaches 8,192 descriptors, whatever the limit says.
    let end = min(limit, 0xFFFF)
    while offset &+ 7 <= end {
      guard let low = view.number(8, at: base &+ UInt64(offset)) else {
        entries.append(DescriptorEntry(offset: offset, descriptor: nil))
        offset &+= 8
        continue
      }
      var count: UInt32 = 8
      var high: UInt64 = 0
      if Descriptor.isWide(low, isLongMode: view.isLongMode), offset &+ 15 <= end,
        let second = view.number(8, at: base &+ UInt64(offset) &+ 8)
      {
        high = second
        count = 16
      }
      let descriptor = Descriptor(low, high: high, isLongMode: view.isLongMode)
      entries.append(DescriptorEntry(offset: offset, descriptor: descriptor))
      offset &+= count
    }
    self.entries = entries
  }

  /// Which selectors the registers hold: `CS`, `TR` and so on by offset.
  static func uses(_ view: GuestView, isLocal: Bool) -> [UInt32: [String]] {
    var result: [UInt32: [String]] = [:]
    let names = ["ES", "CS", "SS", "DS", "FS", "GS"]
    func add(_ name: String, _ selector: UInt16) {
      guard selector & ~3 != 0, (selector & 4 != 0) == isLocal else { return }
      result[UInt32(selector & ~7), default: []].append(name)
    }
    for (index, name) in names.enumerated() where index < view.state.segments.count {
      add(name, view.state.segments[index].selector)
    }
    add("TR", view.state.tr.selector)
    if !isLocal { add("LDTR", view.state.ldtr.selector) }
    return result
  }

  /// The table, a line an entry; equal neighbours share a line.
  public func lines(_ view: GuestView) -> [String] {
    var lines = ["\(name) at \(Text.hex(base)), limit \(Text.hex(limit))"]
    if entries.isEmpty { lines.append("  no whole descriptor") }
    let uses = view.isProtected ? Self.uses(view, isLocal: name == "LDT") : [:]
    var rows: [(first: UInt32, last: UInt32, text: String)] = []
    for entry in entries {
      var text = entry.descriptor?.description ?? "cannot be read (not mapped, or not RAM)"
      if entry.offset == 0, name == "GDT", entry.descriptor?.kind == .empty { text = "null" }
      if let names = uses[entry.offset] { text += "  <- \(names.joined(separator: " "))" }
      if let last = rows.last, last.text == text {
        rows[rows.count - 1].last = entry.offset
      } else {
        rows.append((entry.offset, entry.offset, text))
      }
    }
    for row in rows {
      let place = row.first == row.last ? Text.hex(row.first) : Text.range(UInt64(row.first), UInt64(row.last))
      lines.append("  \(place)  \(row.text)")
    }
    return lines
  }
}

/// An IDT, or the table of real mode, decoded.
public struct InterruptTable: Sendable {
  /// Linear address.
  public let base: UInt64
  /// Offset of the last byte.
  public let limit: UInt16
  /// The gates from vector 0 on, nil where one cannot be read; at most 256.
  public let gates: [Gate?]
  /// Whether the entries are those of real mode, four bytes each.
  public let isRealMode: Bool

  /// The table that IDTR names.
  public init(_ view: GuestView) {
    base = view.state.idtr.base
    limit = view.state.idtr.limit
    isRealMode = !view.isProtected
    let size = isRealMode ? 4 : view.isLongMode ? 16 : 8
    var gates: [Gate?] = []
    while gates.count < 256, gates.count * size + size - 1 <= Int(limit) {
      let at = base &+ UInt64(gates.count * size)
      guard let low = view.number(min(size, 8), at: at), let high = size == 16 ? view.number(8, at: at &+ 8) : 0
      else {
        gates.append(nil)
        continue
      }
      gates.append(
        isRealMode
          ? Gate(realMode: UInt32(truncatingIfNeeded: low)) : Gate(low, high: high, isLongMode: view.isLongMode))
    }
    self.gates = gates
  }

  /// Such as `14 #PF`; the mnemonics of real mode are the same where it has the exception.
  static func vectorName(_ vector: Int) -> String {
    let number = UInt8(truncatingIfNeeded: vector)
    let name = ExceptionVector(rawValue: number).mnemonic
    return name.hasPrefix("vector") ? "\(vector)" : "\(vector) \(name)"
  }

  /// The table, a line a vector; equal neighbours share a line.
  ///
  /// - Parameter symbol: names the code at an address, if it can.
  public func lines(symbol: (UInt64) -> String? = { _ in nil }) -> [String] {
    var lines = ["\(isRealMode ? "Real-mode IDT" : "IDT") at \(Text.hex(base)), limit \(Text.hex(limit))"]
    if gates.isEmpty { lines.append("  no whole entry") }
    var rows: [(first: Int, last: Int, text: String)] = []
    for (vector, gate) in gates.enumerated() {
      var text = gate?.description ?? "cannot be read (not mapped, or not RAM)"
      if let gate, gate.isPresent, !isRealMode, let name = symbol(gate.offset) { text += "  \(name)" }
      if let last = rows.last, last.text == text {
        rows[rows.count - 1].last = vector
      } else {
        rows.append((vector, vector, text))
      }
    }
    for row in rows {
      let place =
        row.first == row.last
        ? Self.vectorName(row.first) : "\(Self.vectorName(row.first)) to \(Self.vectorName(row.last))"
      lines.append("  \(place)  \(row.text)")
    }
    return lines
  }
}
