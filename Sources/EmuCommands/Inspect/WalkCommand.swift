import ArgumentParser
import Inspection
import Symbols
import TextForms
import X86

/// `emu walk`: one page walk of a guest, level by level.
struct WalkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "walk", abstract: "Run a guest so far, then translate a linear address level by level.",
    discussion: """
      Prints every entry that the walk reads, with its address, value and bits, then where the address leads or which \
      level fails, and which accesses are allowed. The walk sets no accessed or dirty flag.

      Examples:
        emu walk --at 1000000 kernel.elf 0xffffffff81000000
        emu walk --at 5000 --symbols System.map bzImage start_kernel

      Status: 0 the walk is printed, whatever came of it; 64 wrong usage; 66 an image or symbols are bad; 74 host I/O \
      error.
      """)

  @OptionGroup var options: InspectArguments
  @Argument(help: "A linear address such as 0x7c00 or 7c00h, or a symbol such as main or main+0x10.") var address:
    String

  func run() throws { try reporting { try walk() } }

  private func walk() throws {
    let guest = try InspectedGuest(options)
    guard let linear = NumberText.address(address, orSymbol: { guest.symbols.table?.address(of: $0) }) else {
      let remark = guest.symbols.table == nil ? ": no symbols are known, --symbols names a file" : ""
      throw UsageError(description: "'\(address)' is neither an address nor a symbol\(remark)")
    }
    guard options.json else { return try report(guest.report.walk(linear)) }
    let walk = WalkReport(linear, guest.view)
    try report([InspectJSON.walk(walk, guest, guest.symbols.text(of: walk.linear))])
  }
}
