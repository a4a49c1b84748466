public import ArgumentParser

/// The `emu` command.
public struct EmuCommand: ParsableCommand {
  /// What `--help` shows.
  public static let configuration = CommandConfiguration(
    commandName: "emu", abstract: "A pure-userspace x86-64 machine.",
    discussion: "Exit status:\n" + ExitStatus.list.map { "  \($0.status): \($0.meaning)" }.joined(separator: "\n"),
    version: version,
    subcommands: [
      RunCommand.self, ExecCommand.self, FuzzCommand.self, VectorsCommand.self, ReportCommand.self,
      CoverageCommand.self, MutantsCommand.self, DiffCommand.self, BisectCommand.self, ViewCommand.self,
      ControlCommand.self, WalkCommand.self, TablesCommand.self, CPUCommand.self,
    ])

  /// The version of emu.
  static let version = "0.1.0"

  /// Makes the command.
  public init() {}

  /// Runs the command that the arguments name; wrong usage ends with status 64.
  public static func runMain() {
    StandardDescriptors.open()
    EndingSignals.ignoreWriteSignals()
    let typed = Array(CommandLine.arguments.dropFirst())
    let commands = configuration.subcommands.compactMap { $0.configuration.commandName }
    if let hint = CommandAliases.hint(typed, commands: commands) {
      complain(hint)
      exit(withError: ExitStatus.usage.exitCode)
    }
    if ModelTable.isAsked(typed) {
      for line in ModelTable.lines { print(line) }
      return
    }
    let (arguments, notes) = CommandAliases.translated(typed)
    for note in notes { complain(note) }
    main(arguments)
  }
}
