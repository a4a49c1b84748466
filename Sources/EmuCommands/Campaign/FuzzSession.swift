import ArgumentParser
import Differential
import FoundationEssentials
import Glibc
import HostSystem

/// One `emu fuzz`: a shard from its start or checkpoint to its end or a signal.
final class FuzzSession {
  private let identity: Checkpoint.Identity
  private let work: any FuzzWork
  private let output: ShardOutput?
  private let start: Double
  private let startTests: UInt64
  /// The checkpoint says that all is done and the summary written.
  private let hadEnded: Bool
  private let isTerminal = isatty(2) == 1

  init(_ options: FuzzCommand) throws {
    let shard: ShardChoice
    do throws(ShardError) {
      shard = try ShardChoice.choose(option: options.shard, environment: ProcessInfo.processInfo.environment)
    } catch {
      throw ValidationError(error.description)
    }
    if let file = shard.statusFile { close(unsafe open(file, O_WRONLY | O_CREAT, 0o666)) }
    work = options.against == .reference ? try EngineWork(options, shard) : try InstructionWork(options, shard)
    identity = Self.identity(options, work)
    output = try options.output.map { [identity] in try ShardOutput(folder: $0, identity: identity) }
    let checkpoint = try output?.checkpoint(for: identity)
    try output?.open(keeping: checkpoint?.resultBytes ?? 0)
    if let checkpoint { try work.begin(at: checkpoint.next, checkpoint.tally) }
    startTests = work.tally.tests
    hadEnded = checkpoint?.isComplete ?? false
    start = Self.seconds
    if checkpoint == nil { try output?.append(CampaignReport.header(identity)) }
    describe(resumed: checkpoint)
  }

  /// What a campaign must have in common with the one that it resumes.
  private static func identity(_ options: FuzzCommand, _ work: any FuzzWork) -> Checkpoint.Identity {
    let plan = work.plan
    let isReference = options.against == .reference
    return Checkpoint.Identity(
      seed: plan.seed, count: plan.count, shard: plan.shard, shards: plan.shards, against: options.against.rawValue,
      subject: isReference ? "threaded" : options.subject.rawValue, isa: options.isa, modes: options.modes.rawValue,
      cpl: isReference ? options.cpl : plan.cpl, rules: options.rules, processor: work.processorName,
      model: work.modelName, exact: options.exact,
      length: (options.length ?? (isReference ? .programs : .one)).description, bytes: options.bytes)
  }

  private static var seconds: Double { Double(HostClock.monotonic) / 1e9 }

  private func describe(resumed: Checkpoint?) {
    let plan = work.plan
    complain(
      "\(work.heading); seed \(plan.seed), shard \(plan.shard) of \(plan.shards), \(plan.shardCount) tests")
    if let resumed { complain("resumed after \(resumed.next) tests") }
    for line in work.notes { complain(line) }
  }

  /// Runs to the end; gives the exit status.
  func run() throws -> ExitStatus {
    EndingSignals.watch()
    var lastSave = Self.seconds
    var lastProgress = lastSave
    while work.next < work.plan.shardCount {
      if EndingSignals.caught != nil {
        try save()
        clearProgress()
        complain("interrupted after \(work.next) of \(work.plan.shardCount) tests; the same command resumes")
        return .interrupted
      }
      for finding in try work.runBatch() { try report(finding) }
      let now = Self.seconds
      if now - lastSave > 2 {
        try save()
        lastSave = now
      }
      if isTerminal, now - lastProgress > 0.5 {
        progress(now)
        lastProgress = now
      }
    }
    clearProgress()
    try work.finish()
    try finish()
    return work.tally.classes[.bug, default: 0] > 0 ? .difference : .success
  }

  private func report(_ finding: FuzzFinding) throws {
    try output?.append(finding.line)
    for file in finding.files { try output?.write(file.text, name: file.name) }
    guard finding.isBug else { return }
    clearProgress()
    print(finding.text)
  }

  private func save(isComplete: Bool = false) throws {
    try output?.save(
      Checkpoint(
        identity, next: work.next, resultBytes: output?.byteCount ?? 0, isComplete: isComplete, tally: work.tally))
  }

  private func finish() throws {
    let seconds = Self.seconds - start
    if !hadEnded { try output?.append(CampaignReport.summary(identity, work.tally)) }
    try save(isComplete: true)
    print(CampaignReport.table(work.tally))
    let count = work.tally.tests - startTests
    if seconds > 0 { complain("\(count) tests, \(Int(Double(count) / seconds)) a second") }
  }

  private func progress(_ now: Double) {
    let tally = work.tally
    let speed = Int(Double(tally.tests - startTests) / max(now - start, 0.001))
    let text =
      "\r\(tally.tests) of \(work.plan.shardCount) tests, \(speed) a second, bugs \(tally.classes[.bug, default: 0])\u{1B}[K"
    writeAll(2, Array(text.utf8))
  }

  private func clearProgress() { if isTerminal { writeAll(2, Array("\r\u{1B}[K".utf8)) } }
}

/// Reads a recording and does something with it.
///
/// - Throws: `HostError` with the file's name for whatever is wrong with it, too.
func withRecording<Result>(_ path: String, _ body: (Recording) throws -> Result) throws -> Result {
  do { return try body(try Recording(decoding: try HostIO.readFile(path))) } catch let error as RecordingError {
    throw HostError(description: "\(path): \(error.description)")
  }
}
