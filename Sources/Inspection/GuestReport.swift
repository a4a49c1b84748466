import TextForms
public import X86

/// A table of the processor that can be asked for.
public enum GuestTable: String, CaseIterable, Sendable {
  /// The GDT, and the LDT if there is one.
  case gdt
  /// The IDT.
  case idt
  /// The TSS.
  case tss
  /// The page tables as ranges.
  case pages
  /// The page tables entry by entry.
  case tree
}

/// A stopped guest as text: what `emu walk`, `emu tables` and a debugger's `monitor` print.
public struct GuestReport {
  /// The chosen processor and RAM.
  public let view: GuestView
  private let processor: Int
  private let ticks: UInt64
  private let symbol: (UInt64) -> String?

  /// Makes a report.
  ///
  /// - Parameters:
  ///   - processor: whose state `view` has, from 0.
  ///   - ticks: the position.
  ///   - symbol: names addresses.
  public init(_ view: GuestView, processor: Int, ticks: UInt64, symbol: @escaping (UInt64) -> String?) {
    self.view = view
    self.processor = processor
    self.ticks = ticks
    self.symbol = symbol
  }

  /// Which processor, when, and where it stands.
  public var headline: String {
    let address = view.state.linearRIP
    let name = symbol(address).map { " (\($0))" } ?? ""
    return "processor \(processor) after \(ticks) instructions, next at \(Text.hex(address))\(name)"
  }

  /// A page walk, level by level.
  public func walk(_ linear: UInt64) -> [String] {
    let walk = WalkReport(linear, view)
    var lines = walk.lines()
    if let name = symbol(walk.linear) { lines[0] += "  \(name)" }
    return [headline] + lines
  }

  /// Tables, in the order of `GuestTable`.
  public func tables(_ choice: Set<GuestTable>) -> [String] {
    [headline] + GuestTable.allCases.filter { choice.contains($0) }.flatMap { lines($0) }
  }

  private func lines(_ table: GuestTable) -> [String] {
    switch table {
    case .gdt:
      DescriptorTable(global: view).lines(view)
        + (DescriptorTable(local: view)?.lines(view) ?? ["No LDT: LDTR is null"])
    case .idt: InterruptTable(view).lines(symbol: symbol)
    case .tss: TaskState(view)?.lines() ?? ["No TSS: TR is null"]
    case .pages: PageTables(view).lines()
    case .tree: ["Page tables, entry by entry"] + PageTree(view).lines
    }
  }
}

extension ArchitecturalState {
  /// The linear address of the next instruction.
  public var linearRIP: UInt64 {
    let code = segments.count > 1 ? segments[1] : SegmentState(selector: 0, base: 0, limit: 0, attributes: 0)
    if efer & EFER.longModeActive != 0, code.isLong { return rip }
    return (code.base &+ rip) & 0xFFFF_FFFF
  }
}
