import ArgumentParser
import Differential
import HostSystem
import Interpreter

/// `emu coverage`: how many forms there are, work, and agree with silicon.
struct CoverageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coverage", abstract: "Count instruction forms: in the table, implemented, tested, agreeing.",
    discussion: """
      A form is one row of the opcode table. It is tested if there are recorded vectors of it, and agrees if the model \
      gives what the recorded processor gave in every one of them. --iforms reads an independent list, one form a \
      line with tabs between the form, its mnemonic, extension, set, category, level and attributes, and lists which \
      of its mnemonics have no row. The first line names what CPUID announces and the model does not execute.

      Examples:
        emu coverage --recording Tests/Vectors/zen4.emuvec
        emu coverage --recording Tests/Vectors/zen4.emuvec --missing
      """)

  @Option(help: "Recorded vectors; may be repeated.") var recording: [String] = []
  @Option(help: "The model; without it the one that the vectors name.") var cpu: ModelChoice?
  @Option(help: "An independent list of forms to compare with.") var iforms: String?
  @Flag(help: "List the forms that are not implemented, not tested or do not agree.") var missing = false

  func run() throws {
    try reporting { try asInput { try cover() } }
  }

  private func cover() throws {
    var coverage = try Coverage(cpu?.model ?? .zen4)
    for path in recording { try withRecording(path) { try coverage.add($0, cpu?.model) } }
    if let shortfall = coverage.shortfall { print("\(shortfall)\n") }
    printTable(coverage)
    if missing { printMissing(coverage) }
    if let iforms { try compare(coverage, iforms) }
  }

  private func printTable(_ coverage: Coverage) {
    var total = ExtensionCoverage(name: "all")
    print("| extension | forms | implemented | tested | agreeing with silicon |")
    print("|---|---|---|---|---|")
    for row in coverage.extensions {
      print("| \(row.name) | \(row.forms) | \(row.implemented) | \(row.tested) | \(row.agreeing) |")
      total.forms += row.forms
      total.implemented += row.implemented
      total.tested += row.tested
      total.agreeing += row.agreeing
    }
    print("| \(total.name) | \(total.forms) | \(total.implemented) | \(total.tested) | \(total.agreeing) |")
  }

  private func printMissing(_ coverage: Coverage) {
    for form in coverage.forms {
      if !form.isImplemented {
        print("not implemented: \(form.name)")
      } else if form.vectors == 0 {
        print("not tested: \(form.name)" + (form.reason.map { " (\($0))" } ?? ""))
      } else if form.agreeing < form.vectors {
        print("differs: \(form.name): \(form.vectors - form.agreeing) of \(form.vectors) vectors")
      }
    }
  }

  /// Forms of the independent list by level, and those whose mnemonic no row has.
  private func compare(_ coverage: Coverage, _ path: String) throws {
    let rows = Dictionary(grouping: coverage.forms) { IndependentForms.plain($0.mnemonic) }
    var levels: [String: IndependentForms.Level] = [:]
    for line in String(decoding: try HostIO.readFile(path), as: UTF8.self).split(separator: "\n")
    where !line.hasPrefix("#") {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard fields.count >= 6 else {
        throw HostError(description: "\(path): '\(line.prefix(60))' has \(fields.count) fields, not 6 or more")
      }
      levels[fields[5], default: IndependentForms.Level()].add(fields[1], rows[IndependentForms.plain(fields[1])] ?? [])
    }
    for (name, level) in levels.sorted(by: { $0.key < $1.key }) {
      print(
        "\(path): level \(name): \(level.forms) forms, \(level.found) with a row, \(level.implemented) implemented, "
          + "\(level.tested) tested")
      if missing, !level.absent.isEmpty { print("  no row: \(level.absent.sorted().joined(separator: " "))") }
      if missing, !level.untested.isEmpty { print("  not tested: \(level.untested.sorted().joined(separator: " "))") }
    }
  }
}
