/// The part of a campaign that one process runs: test number t belongs to shard t mod `count`.
///
/// The schedulers that campaigns run under each say it in environment variables of their own; `choose` reads them all,
/// so that the same command line works in each of them.
public struct ShardChoice: Equatable, Sendable {
  /// Which shard, from 0 to `count` - 1.
  public var index: Int
  /// How many shards the campaign is cut into, at least 1.
  public var count: Int
  /// A file that must be touched to show the scheduler that its shards are honoured, nil if it asks for none.
  public var statusFile: String?

  /// Makes the shard `index` of `count`.
  ///
  /// - Parameter index: which shard, from 0 to `count` - 1.
  /// - Parameter count: how many shards there are, at least 1.
  /// - Parameter statusFile: the file to touch, if any.
  public init(index: Int, count: Int, statusFile: String? = nil) {
    precondition(index >= 0 && index < count)
    self.index = index
    self.count = count
    self.statusFile = statusFile
  }

  /// A campaign that is not cut.
  public static let whole = ShardChoice(index: 0, count: 1)

  /// What the names of the shard's files start with, such as `shard-3-of-8`.
  public var fileStem: String { "shard-\(index)-of-\(count)" }

  /// How many tests of a campaign belong to the shard.
  ///
  /// - Parameter total: how many tests the campaign has, numbered from 0.
  public func testCount(of total: UInt64) -> UInt64 {
    let shards = UInt64(count)
    return total / shards + (UInt64(index) < total % shards ? 1 : 0)
  }

  /// Finds out which shard this process is to run.
  ///
  /// The first of these that is there decides, and what comes after it is not looked at: the option; `EMU_SHARD` and
  /// `EMU_SHARDS`; `TEST_SHARD_INDEX` and `TEST_TOTAL_SHARDS` (Bazel's protocol); Slurm's job array;
  /// `JOB_COMPLETION_INDEX` (a Kubernetes Indexed Job) and `EMU_SHARDS`. Without any of them it is the whole campaign.
  ///
  /// - Parameter option: the value of `--shard`: I/N, I counting from 0.
  /// - Parameter environment: the process's environment.
  /// - Throws: `ShardError` if what is there cannot be understood or its other half is missing. To run the whole
  ///   campaign instead would do the same work on each of the machines.
  public static func choose(
    option: String?, environment: [String: String]
  ) throws(ShardError) -> ShardChoice {
    if let option { return try parse(option: option) }
    let variables = ShardVariables(environment: environment)
    if variables.has("EMU_SHARD") {
      return try variables.pair(index: "EMU_SHARD", count: "EMU_SHARDS")
    }
    if variables.has("TEST_SHARD_INDEX") || variables.has("TEST_TOTAL_SHARDS") {
      var choice = try variables.pair(index: "TEST_SHARD_INDEX", count: "TEST_TOTAL_SHARDS")
      choice.statusFile = environment["TEST_SHARD_STATUS_FILE"]
      return choice
    }
    if variables.has("SLURM_ARRAY_TASK_ID") { return try variables.slurmArrayTask() }
    if variables.has("JOB_COMPLETION_INDEX") {
      return try variables.pair(index: "JOB_COMPLETION_INDEX", count: "EMU_SHARDS")
    }
    if let count = environment["EMU_SHARDS"] {
      throw .missing(name: "EMU_SHARD", partner: "EMU_SHARDS", value: count)
    }
    return .whole
  }

  private static func parse(option: String) throws(ShardError) -> ShardChoice {
    let halves = option.split(separator: "/", omittingEmptySubsequences: false)
    guard halves.count == 2, let index = wholeNumber(String(halves[0])), let count = wholeNumber(String(halves[1]))
    else { throw .malformedOption(value: option) }
    guard count > 0 else { throw .noShards(name: "--shard", value: option) }
    guard index < count else { throw .indexTooLarge(name: "--shard", value: option, count: count) }
    return ShardChoice(index: index, count: count)
  }
}

/// Why the shard to run cannot be determined: one sentence that names the variable and its value.
public enum ShardError: Error, Equatable, CustomStringConvertible {
  /// The value of `--shard` is not two whole numbers with a slash between them.
  case malformedOption(value: String)
  /// A variable is not a whole number.
  case notANumber(name: String, value: String)
  /// A variable gives 0 as the number of shards.
  case noShards(name: String, value: String)
  /// A variable gives an index that none of the `count` shards has.
  case indexTooLarge(name: String, value: String, count: Int)
  /// The first task of Slurm's array has a number above that of this task.
  case taskBeforeFirst(value: String, first: String)
  /// `partner` is there, and `name`, which it has no meaning without, is not.
  case missing(name: String, partner: String, value: String)

  /// The sentence.
  public var description: String {
    switch self {
    case .malformedOption(let value):
      "--shard '\(value)' is not I/N, such as 0/8."
    case .notANumber(let name, let value):
      "\(name) '\(value)' is not a whole number from 0 to \(Int.max)."
    case .noShards(let name, let value):
      "\(name) '\(value)' asks for 0 shards; there must be at least 1."
    case .indexTooLarge(let name, let value, let count):
      "\(name) '\(value)' is beyond the last of \(count) shards, \(count - 1), since shards count from 0."
    case .taskBeforeFirst(let value, let first):
      "SLURM_ARRAY_TASK_ID '\(value)' is less than SLURM_ARRAY_TASK_MIN '\(first)'."
    case .missing(let name, let partner, let value):
      "\(partner) is '\(value)' but \(name) is not set."
    }
  }
}

/// The environment, with the ways in which a shard stands in it.
private struct ShardVariables {
  var environment: [String: String]

  /// An empty variable counts as there: a template that was not filled in must not start the whole campaign.
  func has(_ name: String) -> Bool { environment[name] != nil }

  func number(_ name: String, partner: String) throws(ShardError) -> Int {
    guard let text = environment[name] else {
      throw .missing(name: name, partner: partner, value: environment[partner] ?? "")
    }
    guard let number = wholeNumber(text) else { throw .notANumber(name: name, value: text) }
    return number
  }

  func shardCount(_ name: String, partner: String) throws(ShardError) -> Int {
    let count = try number(name, partner: partner)
    guard count > 0 else { throw .noShards(name: name, value: environment[name] ?? "") }
    return count
  }

  func pair(index indexName: String, count countName: String) throws(ShardError) -> ShardChoice {
    let index = try number(indexName, partner: countName)
    let count = try shardCount(countName, partner: indexName)
    return try choice(index, of: count, name: indexName)
  }

  /// A task of an array: counted from the array's first, which need not be 0.
  ///
  /// Slurm describes the array as it was submitted, and a task that is submitted again alone (`sbatch --array=3`) sees
  /// an array of one that starts at itself. So where EMU_SHARDS gives another number than the array has tasks, the
  /// array is a part of the campaign and the task's own number is its shard.
  func slurmArrayTask() throws(ShardError) -> ShardChoice {
    let taskName = "SLURM_ARRAY_TASK_ID"
    let task = try number(taskName, partner: taskName)
    guard has("EMU_SHARDS") else {
      let count = try shardCount("SLURM_ARRAY_TASK_COUNT", partner: taskName)
      return try choice(slurmIndex(task), of: count, name: taskName)
    }
    let count = try shardCount("EMU_SHARDS", partner: taskName)
    let isWholeArray =
      has("SLURM_ARRAY_TASK_COUNT") ? try number("SLURM_ARRAY_TASK_COUNT", partner: taskName) == count : false
    return try choice(isWholeArray ? slurmIndex(task) : task, of: count, name: taskName)
  }

  private func slurmIndex(_ task: Int) throws(ShardError) -> Int {
    let first = try number("SLURM_ARRAY_TASK_MIN", partner: "SLURM_ARRAY_TASK_ID")
    guard task >= first else { throw .taskBeforeFirst(value: String(task), first: String(first)) }
    return task - first
  }

  private func choice(_ index: Int, of count: Int, name: String) throws(ShardError) -> ShardChoice {
    guard index < count else { throw .indexTooLarge(name: name, value: environment[name] ?? "", count: count) }
    return ShardChoice(index: index, count: count)
  }
}

/// Decimal digits alone: `Int` would take a sign as well.
private func wholeNumber(_ text: String) -> Int? {
  guard text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else { return nil }
  return Int(text)
}
