import TextForms
import X86

/// A TSS, decoded (SDM Vol. 3A "Task-State Segment (TSS)", "16-Bit Task-State Segment (TSS)", "TSS in 64-bit Mode").
public struct TaskState: Sendable {
  /// A field with its offset in the segment.
  public struct Field: Hashable, Sendable {
    /// The manual's name.
    public var name: String
    /// Bytes from the start.
    public var offset: Int
    /// Bytes, 2, 4 or 8.
    public var byteCount: Int
    /// The value, or nil if it lies beyond the limit or cannot be read.
    public var value: UInt64?
  }

  /// TR's selector.
  public let selector: UInt16
  /// Linear address.
  public let base: UInt64
  /// Offset of the last byte.
  public let limit: UInt32
  /// 16, 32 or 64.
  public let bits: Int
  /// The fields in order.
  public let fields: [Field]
  /// Ports that the I/O permission bitmap allows beyond IOPL, as ranges; nil if there is no bitmap.
  public let allowedPorts: [ClosedRange<UInt16>]?

  /// The TSS that TR names; nil if TR is null, not usable, or of another type.
  public init?(_ view: GuestView) {
    let register = view.state.tr
    guard view.isProtected, !register.isUnusable, register.selector & ~7 != 0, !register.isCodeOrData else {
      return nil
    }
    switch register.type {
    case 1, 3: bits = 16
    case 9, 11: bits = view.isLongMode ? 64 : 32
    default: return nil
    }
    selector = register.selector
    base = register.base
    limit = register.limit
    let start = base
    let last = limit
    fields = Self.layout(bits: bits).map { name, offset, count in
      let isInside = UInt64(offset + count) <= UInt64(last) + 1
      let value = isInside ? view.number(count, at: start &+ UInt64(offset)) : nil
      return Field(name: name, offset: offset, byteCount: count, value: value)
    }
    allowedPorts = Self.ports(view, fields.first { $0.name == "I/O map base" }?.value, base: base, limit: limit)
  }

  /// Names, offsets and sizes.
  private static func layout(bits: Int) -> [(String, Int, Int)] {
    var fields: [(String, Int, Int)] = []
    func add(_ names: [String], from offset: Int, step: Int, _ byteCount: Int) {
      for (index, name) in names.enumerated() { fields.append((name, offset + index * step, byteCount)) }
    }
    switch bits {
    case 64:
      add(["RSP0", "RSP1", "RSP2"], from: 4, step: 8, 8)
      add(["IST1", "IST2", "IST3", "IST4", "IST5", "IST6", "IST7"], from: 36, step: 8, 8)
      add(["I/O map base"], from: 102, step: 2, 2)
    case 32:
      add(["previous task link"], from: 0, step: 2, 2)
      for level in 0..<3 {
        add(["ESP\(level)"], from: 4 + level * 8, step: 4, 4)
        add(["SS\(level)"], from: 8 + level * 8, step: 2, 2)
      }
      let registers = ["CR3", "EIP", "EFLAGS", "EAX", "ECX", "EDX", "EBX", "ESP", "EBP", "ESI", "EDI"]
      add(registers, from: 28, step: 4, 4)
      add(["ES", "CS", "SS", "DS", "FS", "GS", "LDT", "T"], from: 72, step: 4, 2)
      add(["I/O map base"], from: 102, step: 2, 2)
    default:
      add(["previous task link", "SP0", "SS0", "SP1", "SS1", "SP2", "SS2"], from: 0, step: 2, 2)
      add(["IP", "FLAGS", "AX", "CX", "DX", "BX", "SP", "BP", "SI", "DI"], from: 14, step: 2, 2)
      add(["ES", "CS", "SS", "DS", "LDT"], from: 34, step: 2, 2)
    }
    return fields
  }

  /// Clear bits of the bitmap; each needs its byte and the next within the limit (SDM Vol. 1 "I/O Permission Bit Map").
  private static func ports(
    _ view: GuestView, _ start: UInt64?, base: UInt64, limit: UInt32
  ) -> [ClosedRange<UInt16>]? {
    guard let start, start <= UInt64(limit) else { return nil }
    let count = min(UInt64(limit) - start, 8192)
    var ranges: [ClosedRange<UInt16>] = []
    for index in 0..<count {
      guard let byte = view.number(1, at: base &+ start &+ index) else { continue }
      for bit in 0..<UInt64(8) where byte >> bit & 1 == 0 {
        let port = UInt16(truncatingIfNeeded: index * 8 + bit)
        if let last = ranges.last, last.upperBound &+ 1 == port, port != 0 {
          ranges[ranges.count - 1] = last.lowerBound...port
        } else {
          ranges.append(port...port)
        }
      }
    }
    return ranges
  }

  /// The segment, a line a field.
  public func lines() -> [String] {
    var lines = ["\(bits)-bit TSS, TR \(Text.hex(selector)), at \(Text.hex(base)), limit \(Text.hex(limit))"]
    for field in fields {
      guard let value = field.value else {
        lines.append("  \(field.name)  beyond the limit, or cannot be read")
        continue
      }
      lines.append("  \(field.name)  \(field.name == "T" ? String(value & 1) : Text.hex(value))")
    }
    if bits == 16 { return lines }
    guard let allowedPorts else { return lines + ["  no I/O permission bitmap: its base lies beyond the limit"] }
    let shown = allowedPorts.prefix(32).map {
      $0.count == 1 ? Text.hex($0.lowerBound) : Text.range(UInt64($0.lowerBound), UInt64($0.upperBound))
    }
    var text = shown.isEmpty ? "none" : shown.joined(separator: " ")
    if allowedPorts.count > shown.count { text += " and \(allowedPorts.count - shown.count) more ranges" }
    return lines + ["  ports allowed by the bitmap  \(text)"]
  }
}
