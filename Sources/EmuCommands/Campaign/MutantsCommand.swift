import ArgumentParser
import Differential
import HostSystem
import X86

/// `emu mutants`: wrong models that the recorded vectors must distinguish from the right one.
struct MutantsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mutants", abstract: "Test recorded vectors by deliberate mistakes in the model.",
    discussion: """
      A mutant is one mistake in one operation of the model. It is killed if a recorded vector of the operation \
      differs from silicon in defined state. Documentation/mutants.md lists the mistakes; some change nothing that the \
      architecture defines, and are named with the reason.

      Examples:
        emu mutants --recording Tests/Vectors/zen4.emuvec --recording Tests/Vectors/icelake.emuvec
        emu mutants --recording Tests/Vectors/zen4.emuvec --only add.as-sub
        emu mutants --list

      Status: 0 at least --minimum percent are killed; 1 fewer are, or an equivalent mutant was killed; 64 wrong usage; \
      74 a file cannot be read or written.
      """)

  @Option(help: "Recorded vectors; may be repeated: a mutant is killed if one vector differs.")
  var recording: [String] = []
  @Flag(help: "List the mutants and run none.") var list = false
  @Option(help: "Run the mutants of this name, or of this operation; may be repeated.") var only: [String] = []
  @Option(help: "Run every Nth mutant.") var every = 1
  @Option(help: "Percent that must be killed.") var minimum = 95.0
  @Option(help: "Write a line for each mutant to this file.") var report: String?

  func validate() throws {
    if recording.isEmpty && !list { throw ValidationError("--recording FILE is missing.") }
    guard every >= 1 else { throw ValidationError("--every \(every) is not 1 or more.") }
  }

  func run() throws {
    try reporting { throw try testMutants().exitCode }
  }

  private func chosen() throws -> [Mutant] {
    let all = try Mutant.all()
    for name in only
    where !name.hasPrefix("behavior") && !all.contains(where: { $0.id == name || "\($0.operation)" == name }) {
      throw ValidationError("--only \(name): no mutant and no operation with mutants has this name.")
    }
    return all.enumerated().filter { index, mutant in
      index % every == 0 && (only.isEmpty || only.contains(mutant.id) || only.contains("\(mutant.operation)"))
    }.map(\.element)
  }

  private func testMutants() throws -> ExitStatus {
    let mutants = try chosen()
    guard !list else {
      for mutant in mutants { print(mutant.id + (mutant.equivalence.map { "  equivalent: \($0)" } ?? "")) }
      for row in behaviors {
        print(Self.name(row) + (row.test == "recordings" ? "" : "  not in recordings: \(row.test)"))
      }
      return .success
    }
    let runs = try recording.map { try withRecording($0, MutationRun.init) }
    var score = MutationScore()
    var lines: [String] = []
    for mutant in mutants {
      let verdict = try Self.verdict(on: mutant, runs)
      score.add(mutant, verdict)
      switch verdict {
      case .killed(let count, let vector): lines.append("\(mutant.id) killed after \(count), by vector \(vector)")
      case .survived(let count):
        lines.append("\(mutant.id) " + (mutant.equivalence.map { "equivalent: \($0)" } ?? "survived \(count)"))
      }
    }
    let survivors = try testBehaviors(runs, &lines)
    if let report { try writeFile(report, Array((lines.joined(separator: "\n") + "\n").utf8)) }
    describe(score, runs, mutants.count)
    let suffices = mutants.isEmpty || score.percent >= minimum
    return suffices && score.refuted.isEmpty && survivors == 0 ? .success : .difference
  }

  /// A mutant on each recording in turn, until a vector differs.
  private static func verdict(on mutant: Mutant, _ runs: [MutationRun]) throws -> MutationRun.Verdict {
    var vectors = 0
    for run in runs {
      switch try run.verdict(on: mutant) {
      case .killed(let count, let vector): return .killed(after: vectors + count, vector: vector)
      case .survived(let count): vectors += count
      }
    }
    return .survived(vectors: vectors)
  }

  private static func name(_ row: BehaviorRow) -> String { "behavior.\(row.id)" }

  /// The rows of the behavior table that the options choose.
  private var behaviors: [BehaviorRow] {
    only.isEmpty
      ? every == 1 ? BehaviorRow.table : []
      : BehaviorRow.table.filter { only.contains(Self.name($0)) || only.contains("behavior") }
  }

  /// The model with each behavior as the other vendor's processors have it; gives how many no recording detects.
  private func testBehaviors(_ runs: [MutationRun], _ lines: inout [String]) throws -> Int {
    var (killed, byRows, survived) = (0, 0, 0)
    for row in behaviors {
      var verdict: String?
      for run in runs where verdict == nil {
        if let vector = try run.verdict(without: row.behavior) { verdict = "by vector \(vector) of \(run.name)" }
      }
      if verdict != nil {
        killed += 1
      } else if row.test != "recordings" {
        byRows += 1
      } else {
        survived += 1
        print("survived: \(Self.name(row)): \(row.decides)")
      }
      let other = row.test == "recordings" ? "survived" : "not in recordings: \(row.test) of the tests"
      lines.append("\(Self.name(row)) " + (verdict.map { "killed \($0)" } ?? other))
    }
    if !behaviors.isEmpty {
      print(
        "\(behaviors.count) behaviors as another processor has them: \(killed) killed, \(survived) survived, "
          + "\(byRows) that no vector shows (rows of the tests do)")
    }
    return survived
  }

  private func describe(_ score: MutationScore, _ runs: [MutationRun], _ count: Int) {
    for (mutant, vectors) in score.survivors { print("survived \(vectors) vectors: \(mutant.id)") }
    for mutant in score.refuted { print("not equivalent after all: \(mutant.id): \(mutant.equivalence ?? "")") }
    guard count > 0 else { return }
    print(
      "\(count) mutants: \(score.killed) killed, \(score.survivors.count) survived, \(score.equivalents.count) equivalent, "
        + "\(score.refuted.count) wrongly called equivalent")
    for run in runs {
      print("\(run.name): \(run.usable) vectors; \(run.disagreeing) more on which the model itself differs")
    }
    let tenths = Int((score.percent * 10).rounded(.down))
    print("score: \(tenths / 10).\(tenths % 10) % of the mutants that can be killed")
  }
}
