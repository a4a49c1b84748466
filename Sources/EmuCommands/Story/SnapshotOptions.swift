import ArgumentParser

/// Where a snapshot is to be made: `N:FILE`.
struct SnapshotRequest: ExpressibleByArgument, Equatable {
  /// Executed ticks.
  var ticks: UInt64
  /// The file.
  var path: String

  init?(argument: String) {
    guard let colon = argument.firstIndex(of: ":"), let ticks = UInt64(argument[..<colon]) else { return nil }
    self.ticks = ticks
    path = String(argument[argument.index(after: colon)...])
    guard !path.isEmpty else { return nil }
  }
}

/// Options about snapshots.
struct SnapshotOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Save the machine after N instructions, counted as by --max-instructions; may be given again.",
      valueName: "N FILE"))
  var snapshotAt: [SnapshotRequest] = []
  @Option(help: "Save only the pages that are others than in this snapshot, which must be kept.")
  var snapshotBase: String?
  @Option(
    help: "Go on from a snapshot: its board and its guest, whatever other options say; an image serves symbols only.")
  var restore: String?

  @Option(help: "Log what comes from outside, so that the run can be repeated to the bit.") var record: String?
  @Option(help: "Repeat a recorded run; a different final state is an error (status 70).") var replay: String?

  /// Joins the two values of `--snapshot-at`, which may take no position of its own.
  static func joined(_ arguments: [String]) -> [String] {
    var result: [String] = []
    var index = 0
    while index < arguments.count {
      let argument = arguments[index]
      if argument == "--" { return result + arguments[index...] }
      result.append(argument)
      index += 1
      guard argument == "--snapshot-at", index < arguments.count else { continue }
      let value = arguments[index]
      let isWhole = value.contains(":") || index + 1 >= arguments.count
      result.append(isWhole ? value : "\(value):\(arguments[index + 1])")
      index += isWhole ? 1 : 2
    }
    return result
  }
}
