import ArgumentParser
import Inspection
import X86

/// `emu tables`: the tables of a guest, decoded.
struct TablesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tables", abstract: "Run a guest so far, then print its descriptor tables, TSS and page tables.",
    discussion: """
      Without a choice prints GDT and LDT, IDT, TSS, and the page tables as ranges.

      Examples:
        emu tables --at 1000000 kernel.elf
        emu tables --at 5000 --paging --tree kernel.elf

      Status: 0 the tables are printed; 64 wrong usage; 66 an image or symbols are bad; 74 host I/O error.
      """)

  @OptionGroup var options: InspectArguments
  @Flag(help: "The GDT, and the LDT if there is one.") var gdt = false
  @Flag(help: "The IDT.") var idt = false
  @Flag(help: "The TSS.") var tss = false
  @Flag(help: "The page tables as ranges of pages with the same rights.") var paging = false
  @Flag(help: "The page tables entry by entry, 256 lines at most; not with --json.") var tree = false

  func validate() throws {
    if tree && options.json { throw ValidationError("--tree has no JSON: use --paging.") }
  }

  func run() throws { try reporting { try show() } }

  private func show() throws {
    let guest = try InspectedGuest(options)
    let chosen: [(GuestTable, Bool)] = [(.gdt, gdt), (.idt, idt), (.tss, tss), (.pages, paging), (.tree, tree)]
    var choice = Set(chosen.filter(\.1).map(\.0))
    if choice.isEmpty { choice = Self.usual }
    guard options.json else { return try report(guest.report.tables(choice)) }
    let view = guest.view
    var members = InspectJSON.moment(guest)
    if choice.contains(.gdt) {
      members.append("\"gdt\":\(InspectJSON.table(DescriptorTable(global: view)))")
      members.append("\"ldt\":\(DescriptorTable(local: view).map(InspectJSON.table) ?? "null")")
    }
    if choice.contains(.idt) { members.append("\"idt\":\(InspectJSON.table(InterruptTable(view)))") }
    if choice.contains(.tss) { members.append("\"tss\":\(TaskState(view).map(InspectJSON.task) ?? "null")") }
    if choice.contains(.pages) { members.append("\"paging\":\(InspectJSON.pages(PageTables(view)))") }
    try report(["{\(members.joined(separator: ","))}"])
  }

  /// What is printed without a choice.
  private static let usual: Set<GuestTable> = [.gdt, .idt, .tss, .pages]
}
