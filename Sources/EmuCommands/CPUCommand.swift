import ArgumentParser
import Interpreter
import X86
import TextForms

/// `emu cpu`: the processor models, where processors differ, CPUID features and MSRs.
struct CPUCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cpu",
    abstract: "List the processor models, what processors of the vendors do differently, CPUID features and MSRs.",
    discussion: """
      Without a name: every model (as --cpu help of the other commands prints it), then the behavior table as Documentation/processors.md has it. With a name: what \
      that model does in each row. --cpuid and --msrs list the rows of every model, or of the one that is named.

      Examples:
        emu cpu
        emu cpu intel-v1
        emu cpu --cpuid intel-v1
        emu cpu --msrs
      """)

  @Flag(help: "List the features that CPUID announces, with leaf, register and bit.") var cpuid = false
  @Flag(help: "List the MSRs: numbers, values after reset, reserved bits, and where their values are exported.")
  var msrs = false
  @Argument(help: "A model: \(ModelChoice.allValueStrings.joined(separator: ", ")).") var model: ModelChoice?

  func run() {
    if cpuid { printFeatures() }
    if cpuid && msrs { print() }
    if msrs { printMSRs() }
    if cpuid || msrs { return }
    guard let model = model?.model else {
      for line in ModelTable.lines { print(line) }
      printBehaviors()
      return
    }
    for row in BehaviorRow.table {
      print("\(row.id): \(row.decides): \(row.isAsIntel(model.behaviors) ? row.intel : row.amd)")
    }
  }

  private func printBehaviors() {
    print()
    printHeads(["behavior", "what it decides", "AMD", "Intel", "evidence", "tests"])
    for row in BehaviorRow.table {
      print("| \(row.id) | \(row.decides) | \(row.amd) | \(row.intel) | \(row.evidence) | \(row.test) |")
    }
  }

  private func printFeatures() {
    printHeads(["CPUID feature", "leaf", "register", "bit", "models"])
    for row in CPUIDRow.table where model?.model.features.contains(row.feature) ?? true {
      print(
        "| \(row.feature.rawValue) | \(Text.hex(UInt64(row.leaf))) | \(row.register.rawValue) | \(row.bit) "
          + "| \(Self.models { $0.features.contains(row.feature) }) |")
    }
  }

  private func printMSRs() {
    printHeads(["MSR", "name", "access", "after reset", "WRMSR changes", "must be 0", "models", "is in"])
    for row in MSRTable.rows where model?.model.has(row) ?? true {
      let isRange = row.numbers.count > 1
      let number = Text.hex(UInt64(row.numbers.lowerBound))
      let numbers = isRange ? "\(number)-\(Text.hex(UInt64(row.numbers.upperBound)))" : number
      let access =
        switch row.access {
        case .readWrite: "read, write"
        case .readOnly: "read"
        case .writeOnly: "write"
        }
      let reset = row.isStored || row.effect == .constant ? Text.hex(row.reset) : "-"
      let mask = row.isStored || row.effect == .extendedFeatureEnable ? Text.hex(row.writable) : "-"
      print(
        "| \(numbers) | \(row.name) | \(access) | \(reset) | \(mask) "
          + "| \(row.reserved == 0 ? "-" : Text.hex(row.reserved)) | \(Self.models { $0.has(row) }) "
          + "| \(Self.places(row)) |")
    }
  }

  private func printHeads(_ heads: [String]) {
    print("| \(heads.joined(separator: " | ")) |")
    print("|" + String(repeating: "---|", count: heads.count))
  }

  /// The models that have something; `all`, `none` or their names.
  private static func models(_ have: (ProcessorModel) -> Bool) -> String {
    let names = ProcessorModel.all.filter(have).map(\.name)
    return names.isEmpty ? "none" : names.count == ProcessorModel.all.count ? "all" : names.joined(separator: ", ")
  }

  /// Where the value of an MSR travels.
  private static func places(_ row: MSRRow) -> String {
    var places: [String] = []
    if !row.exports.isDisjoint(with: [.state, .snapshot]) { places.append("snapshots") }
    if row.exports.contains(.kvm) { places.append("KVM") }
    if row.exports.contains(.lockstep) { places.append("lockstep") }
    if let trace = row.trace { places.append("traces as \(trace.name)") }
    if let gdb = row.gdb { places.append("GDB as \(gdb.name)") }
    return places.isEmpty ? "-" : places.joined(separator: ", ")
  }

}
