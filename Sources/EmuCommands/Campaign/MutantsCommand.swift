import ArgumentParser
import Differential

/// `emu mutants`: wrong models that the recorded vectors must tell from the right one.
struct MutantsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mutants", abstract: "Judge recorded vectors by deliberate mistakes in the model.",
    discussion: """
      A mutant is one mistake in one operation of the model. It is killed if a recorded vector of the operation \
      differs from silicon in defined state. Documentation/mutants.md lists the mistakes; some change nothing that the \
      architecture defines, and are named with the reason.

      Examples:
        emu mutants --recording Tests/Vectors/zen4.emuvec
        emu mutants --recording Tests/Vectors/zen4.emuvec --only add.as-sub
        emu mutants --list

      Status: 0 at least --minimum percent are killed; 1 fewer are, or an equivalent mutant was killed; 64 wrong usage; \
      74 a file cannot be read or written.
      """)

  @Option(help: "The recording.") var recording: String?
  @Flag(help: "List the mutants and run none.") var list = false
  @Option(help: "Run the mutants of this name, or of this operation; may be repeated.") var only: [String] = []
  @Option(help: "Run every Nth mutant.") var every = 1
  @Option(help: "Percent that must be killed.") var minimum = 95.0
  @Option(help: "Write a line for each mutant to this file.") var report: String?

  func validate() throws {
    if recording == nil && !list { throw ValidationError("--recording FILE is missing.") }
    guard every >= 1 else { throw ValidationError("--every \(every) is not 1 or more.") }
  }

  func run() throws {
    do {
      throw ExitCode(try judge())
    } catch let error as HostError {
      complain(error.description)
      throw ExitCode(74)
    } catch let error as RecordingError {
      complain("\(recording ?? ""): \(error.description)")
      throw ExitCode(74)
    }
  }

  private func chosen() throws -> [Mutant] {
    let all = try Mutant.all()
    for name in only where !all.contains(where: { $0.id == name || "\($0.operation)" == name }) {
      throw ValidationError("--only \(name): no mutant and no operation with mutants has this name.")
    }
    return all.enumerated().filter { index, mutant in
      index % every == 0 && (only.isEmpty || only.contains(mutant.id) || only.contains("\(mutant.operation)"))
    }.map(\.element)
  }

  private func judge() throws -> Int32 {
    let mutants = try chosen()
    guard !list, let recording else {
      for mutant in mutants { print(mutant.id + (mutant.equivalence.map { "  equivalent: \($0)" } ?? "")) }
      return 0
    }
    let run = try MutationRun(try Recording(decoding: try readWhole(recording)))
    var score = MutationScore()
    var lines: [String] = []
    for mutant in mutants {
      let verdict = try run.judge(mutant)
      score.add(mutant, verdict)
      switch verdict {
      case .killed(let count, let vector): lines.append("\(mutant.id) killed after \(count), by vector \(vector)")
      case .survived(let count):
        lines.append("\(mutant.id) " + (mutant.equivalence.map { "equivalent: \($0)" } ?? "survived \(count)"))
      }
    }
    if let report { try writeWhole(Array((lines.joined(separator: "\n") + "\n").utf8), report) }
    describe(score, run, mutants.count)
    return score.percent >= minimum && score.refuted.isEmpty ? 0 : 1
  }

  private func describe(_ score: MutationScore, _ run: MutationRun, _ count: Int) {
    for (mutant, vectors) in score.survivors { print("survived \(vectors) vectors: \(mutant.id)") }
    for mutant in score.refuted { print("not equivalent after all: \(mutant.id): \(mutant.equivalence ?? "")") }
    print(
      "\(count) mutants: \(score.killed) killed, \(score.survivors.count) survived, \(score.equivalents.count) equivalent, "
        + "\(score.refuted.count) wrongly called equivalent")
    print("\(run.usable) vectors; \(run.disagreeing) more on which the model itself differs")
    let tenths = Int((score.percent * 10).rounded(.down))
    print("score: \(tenths / 10).\(tenths % 10) % of the mutants that can be killed")
  }
}
