import EmuCommands
import Testing

/// What a process finds around it, and the shard that follows or the sentence that it is refused with.
struct ShardRow: Sendable, CustomTestStringConvertible {
  var name: String
  var option: String?
  var environment: [String: String] = [:]
  var shard: ShardChoice?
  var says: String?

  var testDescription: String { name }

  /// A row of the table: the variables are written as in a shell, `A=1 B=2`.
  init(_ name: String, option: String? = nil, _ variables: String = "", is index: Int, of count: Int) {
    self.init(name, option: option, variables)
    shard = ShardChoice(index: index, count: count)
  }

  init(_ name: String, option: String? = nil, _ variables: String = "", says: String) {
    self.init(name, option: option, variables)
    self.says = says
  }

  private init(_ name: String, option: String?, _ variables: String) {
    self.name = name
    self.option = option
    for variable in variables.split(separator: " ") {
      let halves = variable.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      environment[String(halves[0])] = String(halves[1])
    }
  }
}

/// A job array as Slurm 22.05 shows it to its tasks.
private func slurm(_ task: String, min: String = "0", count: String = "8") -> String {
  "SLURM_ARRAY_TASK_ID=\(task) SLURM_ARRAY_TASK_MIN=\(min) SLURM_ARRAY_TASK_COUNT=\(count)"
}

private let beyondInt = "9223372036854775808"

private let goodRows: [ShardRow] = [
  .init("nothing set", is: 0, of: 1),
  .init("unrelated variables", "HOME=/root TEST_TMPDIR=/tmp SLURM_JOB_ID=7 SLURM_RESTART_COUNT=1", is: 0, of: 1),
  .init("Slurm job without an array", "SLURM_JOB_ID=7 SLURM_ARRAY_TASK_COUNT=8", is: 0, of: 1),

  .init("option, first", option: "0/8", is: 0, of: 8),
  .init("option, last", option: "7/8", is: 7, of: 8),
  .init("option, one shard", option: "0/1", is: 0, of: 1),
  .init("option, leading zeros", option: "007/010", is: 7, of: 10),
  .init("option, largest", option: "0/9223372036854775807", is: 0, of: Int.max),
  .init("option before EMU_SHARD", option: "1/2", "EMU_SHARD=3 EMU_SHARDS=8", is: 1, of: 2),
  .init("option hides bad variables", option: "1/2", "EMU_SHARD=x \(slurm("y"))", is: 1, of: 2),

  .init("EMU_SHARD", "EMU_SHARD=3 EMU_SHARDS=8", is: 3, of: 8),
  .init(
    "EMU_SHARD before all others",
    "EMU_SHARD=3 EMU_SHARDS=8 TEST_SHARD_INDEX=1 TEST_TOTAL_SHARDS=2 JOB_COMPLETION_INDEX=4 \(slurm("5"))",
    is: 3, of: 8),
  .init("TEST_SHARD_INDEX", "TEST_SHARD_INDEX=2 TEST_TOTAL_SHARDS=5", is: 2, of: 5),
  .init("TEST_SHARD_INDEX before Slurm", "TEST_SHARD_INDEX=2 TEST_TOTAL_SHARDS=5 \(slurm("3"))", is: 2, of: 5),
  .init("TEST_SHARD_INDEX with EMU_SHARDS", "TEST_SHARD_INDEX=2 TEST_TOTAL_SHARDS=5 EMU_SHARDS=8", is: 2, of: 5),

  .init("Slurm, first", slurm("0"), is: 0, of: 8),
  .init("Slurm, last", slurm("7"), is: 7, of: 8),
  .init("Slurm, array 1-8", slurm("8", min: "1"), is: 7, of: 8),
  .init("Slurm, array 100-103", slurm("102", min: "100", count: "4"), is: 2, of: 4),
  .init("Slurm, requeued", "SLURM_RESTART_COUNT=1 \(slurm("3"))", is: 3, of: 8),
  .init("Slurm, EMU_SHARDS agrees", "EMU_SHARDS=8 \(slurm("3"))", is: 3, of: 8),
  .init("Slurm, EMU_SHARDS agrees, array 1-8", "EMU_SHARDS=8 \(slurm("8", min: "1"))", is: 7, of: 8),
  .init("Slurm, shard 3 again alone", "EMU_SHARDS=8 \(slurm("3", min: "3", count: "1"))", is: 3, of: 8),
  .init("Slurm, shard 0 again alone", "EMU_SHARDS=8 \(slurm("0", min: "0", count: "1"))", is: 0, of: 8),
  .init("Slurm, shards 3 and 5 again", "EMU_SHARDS=8 \(slurm("5", min: "3", count: "2"))", is: 5, of: 8),
  .init("Slurm, EMU_SHARDS without the count", "EMU_SHARDS=8 SLURM_ARRAY_TASK_ID=5", is: 5, of: 8),
  .init("Slurm before Kubernetes", "JOB_COMPLETION_INDEX=1 \(slurm("3"))", is: 3, of: 8),

  .init("Kubernetes", "JOB_COMPLETION_INDEX=5 EMU_SHARDS=6", is: 5, of: 6),
  .init("Kubernetes, one", "JOB_COMPLETION_INDEX=0 EMU_SHARDS=1", is: 0, of: 1),
]

private let badRows: [ShardRow] = [
  .init("option without slash", option: "3", says: "--shard '3' is not I/N, such as 0/8."),
  .init("option empty", option: "", says: "--shard '' is not I/N, such as 0/8."),
  .init("option of slashes", option: "1/2/3", says: "--shard '1/2/3' is not I/N, such as 0/8."),
  .init("option without index", option: "/8", says: "--shard '/8' is not I/N, such as 0/8."),
  .init("option without count", option: "3/", says: "--shard '3/' is not I/N, such as 0/8."),
  .init("option, words", option: "one/two", says: "--shard 'one/two' is not I/N, such as 0/8."),
  .init("option, negative", option: "-1/8", says: "--shard '-1/8' is not I/N, such as 0/8."),
  .init("option, plus", option: "+1/8", says: "--shard '+1/8' is not I/N, such as 0/8."),
  .init("option, space", option: "1 /8", says: "--shard '1 /8' is not I/N, such as 0/8."),
  .init("option, other digits", option: "١/٨", says: "--shard '١/٨' is not I/N, such as 0/8."),
  .init("option, count beyond", option: "0/\(beyondInt)", says: "--shard '0/\(beyondInt)' is not I/N, such as 0/8."),
  .init("option, no shards", option: "0/0", says: "--shard '0/0' asks for 0 shards; there must be at least 1."),
  .init(
    "option, index is count", option: "8/8",
    says: "--shard '8/8' is beyond the last of 8 shards, 7, since shards count from 0."),
  .init(
    "option, bad in spite of good variables", option: "8/8", "EMU_SHARD=3 EMU_SHARDS=8",
    says: "--shard '8/8' is beyond the last of 8 shards, 7, since shards count from 0."),

  .init("EMU_SHARD alone", "EMU_SHARD=3", says: "EMU_SHARD is '3' but EMU_SHARDS is not set."),
  .init(
    "EMU_SHARD alone, Slurm's there", "EMU_SHARD=3 \(slurm("3"))", says: "EMU_SHARD is '3' but EMU_SHARDS is not set."),
  .init("EMU_SHARDS alone", "EMU_SHARDS=8", says: "EMU_SHARDS is '8' but EMU_SHARD is not set."),
  .init(
    "EMU_SHARD word", "EMU_SHARD=a EMU_SHARDS=8", says: "EMU_SHARD 'a' is not a whole number from 0 to \(Int.max)."),
  .init("EMU_SHARD empty", "EMU_SHARD= EMU_SHARDS=8", says: "EMU_SHARD '' is not a whole number from 0 to \(Int.max)."),
  .init(
    "EMU_SHARD negative", "EMU_SHARD=-1 EMU_SHARDS=8",
    says: "EMU_SHARD '-1' is not a whole number from 0 to \(Int.max)."),
  .init(
    "EMU_SHARD hexadecimal", "EMU_SHARD=0x1 EMU_SHARDS=8",
    says: "EMU_SHARD '0x1' is not a whole number from 0 to \(Int.max)."),
  .init(
    "EMU_SHARD fraction", "EMU_SHARD=1.5 EMU_SHARDS=8",
    says: "EMU_SHARD '1.5' is not a whole number from 0 to \(Int.max)."),
  .init(
    "EMU_SHARD beyond Int", "EMU_SHARD=\(beyondInt) EMU_SHARDS=8",
    says: "EMU_SHARD '\(beyondInt)' is not a whole number from 0 to \(Int.max)."),
  .init(
    "EMU_SHARDS word", "EMU_SHARD=1 EMU_SHARDS=n", says: "EMU_SHARDS 'n' is not a whole number from 0 to \(Int.max)."),
  .init(
    "EMU_SHARDS empty", "EMU_SHARD=1 EMU_SHARDS=", says: "EMU_SHARDS '' is not a whole number from 0 to \(Int.max)."),
  .init(
    "EMU_SHARDS negative", "EMU_SHARD=1 EMU_SHARDS=-8",
    says: "EMU_SHARDS '-8' is not a whole number from 0 to \(Int.max)."),
  .init(
    "EMU_SHARDS 0", "EMU_SHARD=0 EMU_SHARDS=0", says: "EMU_SHARDS '0' asks for 0 shards; there must be at least 1."),
  .init(
    "EMU_SHARD is EMU_SHARDS", "EMU_SHARD=8 EMU_SHARDS=8",
    says: "EMU_SHARD '8' is beyond the last of 8 shards, 7, since shards count from 0."),

  .init(
    "TEST_SHARD_INDEX alone", "TEST_SHARD_INDEX=2", says: "TEST_SHARD_INDEX is '2' but TEST_TOTAL_SHARDS is not set."),
  .init(
    "TEST_TOTAL_SHARDS alone", "TEST_TOTAL_SHARDS=5",
    says: "TEST_TOTAL_SHARDS is '5' but TEST_SHARD_INDEX is not set."),
  .init(
    "TEST_SHARD_INDEX with EMU_SHARDS alone", "TEST_SHARD_INDEX=2 EMU_SHARDS=8",
    says: "TEST_SHARD_INDEX is '2' but TEST_TOTAL_SHARDS is not set."),
  .init(
    "TEST_SHARD_INDEX word", "TEST_SHARD_INDEX=two TEST_TOTAL_SHARDS=5",
    says: "TEST_SHARD_INDEX 'two' is not a whole number from 0 to \(Int.max)."),
  .init(
    "TEST_TOTAL_SHARDS 0", "TEST_SHARD_INDEX=0 TEST_TOTAL_SHARDS=0",
    says: "TEST_TOTAL_SHARDS '0' asks for 0 shards; there must be at least 1."),
  .init(
    "TEST_SHARD_INDEX too large", "TEST_SHARD_INDEX=9 TEST_TOTAL_SHARDS=5",
    says: "TEST_SHARD_INDEX '9' is beyond the last of 5 shards, 4, since shards count from 0."),

  .init(
    "Slurm without the count", "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_MIN=0",
    says: "SLURM_ARRAY_TASK_ID is '3' but SLURM_ARRAY_TASK_COUNT is not set."),
  .init(
    "Slurm without the first", "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_COUNT=8",
    says: "SLURM_ARRAY_TASK_ID is '3' but SLURM_ARRAY_TASK_MIN is not set."),
  .init("Slurm, word", slurm("x"), says: "SLURM_ARRAY_TASK_ID 'x' is not a whole number from 0 to \(Int.max)."),
  .init(
    "Slurm, bad first", slurm("3", min: "x"),
    says: "SLURM_ARRAY_TASK_MIN 'x' is not a whole number from 0 to \(Int.max)."),
  .init(
    "Slurm, bad count", slurm("3", count: "x"),
    says: "SLURM_ARRAY_TASK_COUNT 'x' is not a whole number from 0 to \(Int.max)."),
  .init(
    "Slurm, count 0", slurm("0", count: "0"),
    says: "SLURM_ARRAY_TASK_COUNT '0' asks for 0 shards; there must be at least 1."),
  .init(
    "Slurm, before the first", slurm("3", min: "4"),
    says: "SLURM_ARRAY_TASK_ID '3' is less than SLURM_ARRAY_TASK_MIN '4'."),
  .init(
    "Slurm, array with a step", slurm("14", count: "8"),
    says: "SLURM_ARRAY_TASK_ID '14' is beyond the last of 8 shards, 7, since shards count from 0."),
  .init(
    "Slurm, task 8 again alone of array 1-8", "EMU_SHARDS=8 \(slurm("8", min: "8", count: "1"))",
    says: "SLURM_ARRAY_TASK_ID '8' is beyond the last of 8 shards, 7, since shards count from 0."),
  .init(
    "Slurm, EMU_SHARDS 0", "EMU_SHARDS=0 \(slurm("3"))",
    says: "EMU_SHARDS '0' asks for 0 shards; there must be at least 1."),
  .init(
    "Slurm, EMU_SHARDS word", "EMU_SHARDS=x \(slurm("3"))",
    says: "EMU_SHARDS 'x' is not a whole number from 0 to \(Int.max)."),

  .init(
    "Kubernetes without EMU_SHARDS", "JOB_COMPLETION_INDEX=5",
    says: "JOB_COMPLETION_INDEX is '5' but EMU_SHARDS is not set."),
  .init(
    "Kubernetes, word", "JOB_COMPLETION_INDEX=x EMU_SHARDS=6",
    says: "JOB_COMPLETION_INDEX 'x' is not a whole number from 0 to \(Int.max)."),
  .init(
    "Kubernetes, too large", "JOB_COMPLETION_INDEX=6 EMU_SHARDS=6",
    says: "JOB_COMPLETION_INDEX '6' is beyond the last of 6 shards, 5, since shards count from 0."),
]

@Suite("Which shard a process runs")
struct ShardTests {
  @Test("Understood", arguments: goodRows)
  func understood(_ row: ShardRow) throws {
    #expect(try ShardChoice.choose(option: row.option, environment: row.environment) == row.shard)
  }

  @Test("Refused", arguments: badRows)
  func refused(_ row: ShardRow) {
    do throws(ShardError) {
      let choice = try ShardChoice.choose(option: row.option, environment: row.environment)
      Issue.record("accepted as \(choice.index) of \(choice.count)")
    } catch {
      #expect(error.description == row.says)
    }
  }

  @Test("Bazel's status file is named only where Bazel's variables decide")
  func statusFile() throws {
    var environment = [
      "TEST_SHARD_INDEX": "2", "TEST_TOTAL_SHARDS": "5", "TEST_SHARD_STATUS_FILE": "/tmp/status",
    ]
    #expect(try ShardChoice.choose(option: nil, environment: environment).statusFile == "/tmp/status")
    #expect(try ShardChoice.choose(option: "1/2", environment: environment).statusFile == nil)
    environment["EMU_SHARD"] = "3"
    environment["EMU_SHARDS"] = "8"
    #expect(try ShardChoice.choose(option: nil, environment: environment).statusFile == nil)
  }

  @Test("The shards share out every test once", arguments: [1, 2, 3, 7, 8, 64])
  func tests(shards: Int) {
    for total: UInt64 in [0, 1, 7, 8, 9, 1000] {
      for index in 0..<shards {
        let own = (0..<total).filter { $0 % UInt64(shards) == UInt64(index) }
        #expect(ShardChoice(index: index, count: shards).testCount(of: total) == UInt64(own.count))
      }
    }
    #expect(ShardChoice(index: 0, count: shards).testCount(of: .max) >= UInt64.max / UInt64(shards))
  }

  @Test("Names of files") func names() {
    #expect(ShardChoice(index: 3, count: 8).fileStem == "shard-3-of-8")
    #expect(ShardChoice.whole.fileStem == "shard-0-of-1")
  }
}
