import ArgumentParser

/// When and where a snapshot is to be made.
struct SnapshotRequest: Equatable {
  /// Executed ticks.
  var ticks: UInt64
  /// The file.
  var path: String

  /// Reads `N:FILE`.
  ///
  /// - Throws: `ValidationError` with the text.
  init(_ text: String) throws {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, let ticks = UInt64(parts[0]), !parts[1].isEmpty else {
      throw ValidationError("--snapshot-at \(text) is not N:FILE, such as 20000:guest.snap.")
    }
    self.ticks = ticks
    path = parts[1]
  }
}

/// Options about snapshots.
struct SnapshotOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Save the machine after N ticks, counted as by --max-ticks, to FILE; may be repeated.", valueName: "N:FILE"),
    transform: SnapshotRequest.init)
  var snapshotAt: [SnapshotRequest] = []
  @Option(help: "Save only the pages that differ from those of this snapshot, which must be kept.")
  var snapshotBase: String?
  @Option(
    help: "Go on from a snapshot: its board and its guest, whatever other options say; an image serves symbols only.")
  var restore: String?

  @Option(help: "Log what comes from outside, so that the run can be repeated to the bit.") var record: String?
  @Option(help: "Repeat a recorded run; a different final state is an error (status 70).") var replay: String?
}
