public import ArgumentParser

/// The `emu` command.
public struct EmuCommand: ParsableCommand {
  /// What `--help` shows.
  public static let configuration = CommandConfiguration(
    commandName: "emu", abstract: "A pure-userspace x86-64 machine.", version: "0.1.0",
    subcommands: [
      RunCommand.self, ExecCommand.self, FuzzCommand.self, ReportCommand.self, CoverageCommand.self,
      MutantsCommand.self, DiffCommand.self, BisectCommand.self, ViewCommand.self, WalkCommand.self, TablesCommand.self,
      CPUCommand.self,
    ])

  /// Makes the command.
  public init() {}

  /// Runs the command that the arguments name; wrong usage ends with status 64.
  public static func runMain() {
    main(SnapshotOptions.joined(GDBOption.completed(Array(CommandLine.arguments.dropFirst()))))
  }
}
