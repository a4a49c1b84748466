import ArgumentParser
import Trace
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

  func run() throws { try options.reporting { try show() } }

  private func show() throws {
    let guest = try InspectedGuest(options)
    let view = guest.view
    let isAll = !(gdt || idt || tss || paging || tree)
    let global = gdt || isAll ? DescriptorTable(global: view) : nil
    let local = gdt || isAll ? DescriptorTable(local: view) : nil
    let interrupts = idt || isAll ? InterruptTable(view) : nil
    let task = tss || isAll ? TaskState(view) : nil
    let pages = paging || isAll ? PageTables(view) : nil
    if options.json {
      var members = InspectJSON.moment(guest)
      if let global { members.append("\"gdt\":\(InspectJSON.table(global))") }
      if gdt || isAll { members.append("\"ldt\":\(local.map(InspectJSON.table) ?? "null")") }
      if let interrupts { members.append("\"idt\":\(InspectJSON.table(interrupts))") }
      if tss || isAll { members.append("\"tss\":\(task.map(InspectJSON.task) ?? "null")") }
      if let pages { members.append("\"paging\":\(InspectJSON.pages(pages))") }
      return try report(["{\(members.joined(separator: ","))}"])
    }
    var lines = [guest.headline]
    if let global { lines += global.lines(view) }
    if gdt || isAll { lines += local?.lines(view) ?? ["No LDT: LDTR is null"] }
    if let interrupts { lines += interrupts.lines { guest.symbols.text(of: $0) } }
    if tss || isAll { lines += task?.lines() ?? ["No TSS: TR is null"] }
    if let pages { lines += pages.lines() }
    if tree { lines += ["Page tables, entry by entry"] + PageTree(view).lines }
    try report(lines)
  }
}
