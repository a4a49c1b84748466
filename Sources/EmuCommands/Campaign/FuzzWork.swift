import Differential

/// What a campaign does between the start of `emu fuzz` and its end: instruction tests, or programs on both engines.
protocol FuzzWork: AnyObject {
  /// What is tested.
  var plan: CampaignPlan { get }
  /// The other side, as a campaign's files name it.
  var processorName: String { get }
  /// The model that is tested; empty if it is none.
  var modelName: String { get }
  /// What is compared with what, for the first line.
  var heading: String { get }
  /// What the user should know, a line each.
  var notes: [String] { get }

  /// Begins at a test of the shard.
  func begin(at next: UInt64, _ tally: CampaignTally) throws
  /// Index within the shard of the next test.
  var next: UInt64 { get }
  /// What was found.
  var tally: CampaignTally { get }
  /// Runs the next tests; gives each new kind of difference once, made small where that is possible.
  func runBatch() throws -> [FuzzFinding]
  /// All tests are done.
  func finish() throws
}

/// A new kind of difference.
struct FuzzFinding {
  /// For the results.
  var line: String
  /// For a person.
  var text: String
  /// It counts as a bug.
  var isBug: Bool
  /// Files that show it again, by name.
  var files: [(name: String, text: String)]
}
