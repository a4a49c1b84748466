import Glibc
import HostSystem
import Machine

/// The backup's side of a protected guest: it executes what the primary's guest has done, and takes the guest when the
/// primary is gone.
final class BackupRun {
  /// Nanoseconds of silence after which the primary is held for dead, if there is a lease.
  private static let silence: UInt64 = 600_000_000
  /// Ticks that the backup may be behind before it makes the primary wait.
  private static let lagLimit: UInt64 = 100_000_000
  /// Ticks between two looks at the clock, and nanoseconds between two looks at the connection.
  private static let slice: (ticks: UInt64, nanoseconds: UInt64) = (100_000, 20_000_000)
  /// Comparisons that may be ahead.
  private static let comparisonLimit = 64

  let connection: MoveConnection
  let incoming: IncomingMachine
  let address: String
  private let lease: Lease?
  /// What the primary's guest has received.
  let log = InputLog()
  /// How far it has come.
  private var target: Moment
  /// Bytes of the serial output that have left there.
  private(set) var released: UInt64
  private var comparisons: [(number: UInt64, moment: Moment, total: UInt64)] = []
  /// The way since the last comparison, as soon as states are compared.
  private var past: ComparedPast?
  /// The last comparison that was the same, by its number.
  private var lastSameNumber: UInt64 = 0
  /// What differs, as soon as something does: the guest does not go on.
  private var difference: String?
  private var ownSums: [UInt64: StateSums] = [:]
  /// Ticks between which the first difference is searched for.
  private var searched: (same: UInt64, different: UInt64)?
  /// Names linear addresses.
  var symbol: ((UInt64) -> String?)?
  private var lastWord = HostClock.monotonic
  /// The last mark that came, the last that was acknowledged, and when that was.
  private var marks: (last: UInt64, acknowledged: UInt64, time: UInt64) = (0, 0, 0)
  private var isConnected = true
  private var lastSame: (ticks: UInt64, sums: StateSums)?

  init(
    _ address: String, _ connection: MoveConnection, _ incoming: IncomingMachine, _ machine: Machine, lease: String?
  ) throws(HostError) {
    (self.address, self.connection, self.incoming) = (address, connection, incoming)
    self.lease = try lease.map { path throws(HostError) in try Lease(path, isPrimary: false) }
    target = machine.moment
    released = incoming.serial.sent
  }

  /// What a step has come to.
  enum Outcome {
    case follows
    /// The primary is gone: the guest is here.
    case takesOver(String)
    /// The primary's run has ended.
    case ended
    /// The guest is the primary's alone.
    case dismissed(String)
    /// The states differ.
    case differs(String)
  }

  /// Reads what the primary says and executes some of what its guest has done.
  func step(_ machine: Machine) -> Outcome {
    do throws(MoveProblem) {
      if let outcome = try takeSteps(machine) { return outcome }
      var isBehind = false
      if difference == nil, ownSums.isEmpty { isBehind = try execute(machine) }
      exchange(machine, isBehind)
    } catch {
      incoming.refuse(error.description)
      if let count = connection.send(incoming.output) { incoming.sent(count) }
      return .differs(error.description)
    }
    guard isConnected || (difference == nil && ownSums.isEmpty) else {
      return .differs(difference ?? "the states differ at tick \(machine.executedTicks)")
    }
    guard isConnected else { return takeOver("its connection has ended", machine) }
    guard lease != nil, difference == nil, ownSums.isEmpty, HostClock.monotonic - lastWord > Self.silence else {
      return .follows
    }
    return takeOver("it is silent", machine)
  }

  /// Takes what the primary has said; gives what ends the following.
  private func takeSteps(_ machine: Machine) throws(MoveProblem) -> Outcome? {
    while let step = try incoming.step() {
      switch step {
      case .input(let entry): log.expect(entry)
      case .mark(let number, let moment, let released):
        marks.last = number
        target = moment
        self.released = max(self.released, released)
      case .compare(let number, let moment, let total):
        comparisons.append((number, moment, total))
        // The first comparison is of the state that came; there will be more.
        if past == nil, number == 1, ComparedPast.problem(machine) == nil { past = ComparedPast(machine, log) }
        guard comparisons.count <= Self.comparisonLimit else { throw MoveProblem("too many comparisons are ahead") }
      case .sums(let number, let sums):
        guard let own = ownSums[number] else { break }
        difference = describe(own, sums, machine)
        guard let lastSame else { break }
        searched = (lastSame.ticks, machine.executedTicks)
        incoming.answer(
          reproduces: past?.reproduces(from: lastSameNumber, lastSame, (machine.executedTicks, own)))
      case .probe(let number, let ticks, let total):
        guard difference != nil, let past else { break }
        let isSame = past.sums(from: lastSameNumber, at: ticks)?.total == total
        if isSame { searched?.same = ticks } else { searched?.different = ticks }
        incoming.answer(comparison: number, isSame: isSame)
      case .finding(let sentence):
        guard let difference else { break }
        return .differs("\(difference); \(sentence)\(ownStep.map { "; the backup's is \($0)" } ?? "")")
      case .ended: return .ended
      case .cancelled(let reason): return .dismissed(reason)
      case .more, .needsDrives, .openDisks, .run: break
      }
    }
    return nil
  }

  /// The step that makes the first difference, if it was found.
  private var ownStep: String? {
    guard let past, let searched, searched.different == searched.same + 1 else { return nil }
    return past.step(from: lastSameNumber, after: searched.same, symbol)
  }

  private func describe(_ own: StateSums, _ other: StateSums, _ machine: Machine) -> String {
    "the states differ at tick \(machine.executedTicks), and were the same at tick \(lastSame?.ticks ?? 0): "
      + own.difference(from: other)
  }

  private func exchange(_ machine: Machine, _ isBehind: Bool) {
    acknowledge(machine)
    if let count = connection.send(incoming.output) { incoming.sent(count) }
    if !isBehind { connection.wait(milliseconds: 20, hasOutput: !incoming.output.isEmpty) }
    guard let bytes = connection.receive() else {
      isConnected = false
      return
    }
    guard !bytes.isEmpty else { return }
    lastWord = HostClock.monotonic
    incoming.take(bytes)
  }

  /// Lets the primary go on, unless this guest is far behind; then it only hears that someone is here.
  private func acknowledge(_ machine: Machine) {
    let isNear = target.ticks - min(target.ticks, machine.executedTicks) < Self.lagLimit
    let now = HostClock.monotonic
    guard isNear && marks.acknowledged != marks.last || now - marks.time > 100_000_000 else { return }
    if isNear { marks.acknowledged = marks.last }
    marks.time = now
    incoming.acknowledge(mark: marks.acknowledged)
  }

  /// Executes towards the primary's moment; gives whether it is still ahead.
  private func execute(_ machine: Machine) throws(MoveProblem) -> Bool {
    let deadline = HostClock.monotonic + Self.slice.nanoseconds
    while HostClock.monotonic < deadline {
      let limit = machine.executedTicks &+ Self.slice.ticks
      let goal = comparisons.first?.moment ?? target
      guard !machine.moment.isAtOrAfter(goal) else {
        guard let comparison = comparisons.first else { return false }
        comparisons.removeFirst()
        compare(comparison, machine)
        return true
      }
      try advance(machine, to: goal, limit)
    }
    return true
  }

  private func advance(_ machine: Machine, to goal: Moment, _ limit: UInt64) throws(MoveProblem) {
    log.end = goal
    let before = machine.moment
    let result: RunResult
    do throws(InputDivergence) {
      result = try log.advance(machine, to: min(limit, goal.ticks &+ 1))
    } catch {
      throw MoveProblem("the guest went another way than the primary's before tick \(error.moment.ticks)")
    }
    guard machine.moment != before else {
      throw MoveProblem(
        "the guest stands at tick \(before.ticks) (\(result)), and the primary's has come to \(goal.ticks)")
    }
  }

  private func compare(_ comparison: (number: UInt64, moment: Moment, total: UInt64), _ machine: Machine) {
    let sums = StateSums(machine)
    let isSame = sums.total == comparison.total && machine.moment == comparison.moment
    incoming.answer(comparison: comparison.number, isSame: isSame)
    guard isSame else {
      ownSums[comparison.number] = sums
      return
    }
    (lastSame, lastSameNumber) = ((comparison.moment.ticks, sums), comparison.number)
    past?.mark(comparison.number)
    past?.forget(before: comparison.number)
  }

  /// The primary is gone: the guest is executed as far as its log goes, and is here then.
  private func takeOver(_ reason: String, _ machine: Machine) -> Outcome {
    if let lease {
      switch lease.take() {
      case .own: break
      case .others: return .dismissed("the lease is the primary's")
      case .busy:
        // It is asked again after another silence.
        lastWord = HostClock.monotonic
        return .follows
      }
    }
    do throws(MoveProblem) {
      if let outcome = try takeSteps(machine) { return outcome }
      comparisons = []
      past = nil
      // Inputs without a mark behind them: the guest takes them too.
      if let last = log.entries.last?.moment, !target.isAtOrAfter(last) { target = last }
      while !machine.moment.isAtOrAfter(target) { try advance(machine, to: target, .max) }
      do throws(InputDivergence) { try log.give(machine) } catch {
        throw MoveProblem("the guest does not take what came at tick \(error.moment.ticks)")
      }
    } catch {
      return .differs(error.description)
    }
    log.end = nil
    return .takesOver(reason)
  }
}
