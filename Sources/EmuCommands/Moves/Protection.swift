import HostSystem
import Machine
import TextForms

/// Where the serial output of a protected guest leaves.
struct SerialWay {
  /// The far end takes bytes just now.
  var isOpen: () -> Bool
  /// Lets bytes out, all of them.
  var release: ([UInt8]) -> Void
}

/// The primary's side of a protected guest: its inputs and moments go to a backup, and its output leaves when the backup
/// has the log of what caused it.
final class Protection {
  /// Nanoseconds between two marks of a guest that runs.
  private static let markInterval: UInt64 = 1_000_000
  /// Nanoseconds between two marks of a guest that sleeps.
  private static let heartbeat: UInt64 = 50_000_000
  /// Nanoseconds of silence after which the backup is held for lost.
  static let silence: UInt64 = 1_000_000_000
  /// Bytes of output that may wait before the guest does.
  private static let outputLimit = 1 << 20
  /// Comparisons that may be unanswered: their sums are kept.
  private static let comparisonLimit = 8
  /// Marks that may be unanswered before the guest waits.
  private static let markLimit: UInt64 = 64

  let address: String
  let connection: MoveConnection
  let outgoing: OutgoingMachine
  private let lease: Lease?
  /// Output that has not left, with the mark before which it came.
  private var waiting: [(mark: UInt64, bytes: [UInt8])] = []
  private var waitingBytes = 0
  private var fresh: [UInt8] = []
  /// The mark that comes next.
  private var nextMark: UInt64 = 1
  private var acknowledged: UInt64 = 0
  private var lastMark: (moment: Moment, time: UInt64)
  private var lastWord = HostClock.monotonic
  /// How much of the log was sent.
  var sentEntries = 0
  /// Bytes of the serial output that have left.
  private(set) var released: UInt64
  /// The sums of comparisons that are not answered yet.
  private var comparisons: [(number: UInt64, ticks: UInt64, sums: StateSums)] = []
  private var lastSame: (ticks: UInt64, sums: StateSums)?
  private var nextComparison: UInt64 = 1
  /// The way since the last comparison that was the same.
  private var past: ComparedPast?
  private var lastSameNumber: UInt64 = 0
  /// Ticks between two comparisons.
  let comparesEvery: UInt64?
  /// Names linear addresses.
  private let symbol: ((UInt64) -> String?)?

  init(
    _ address: String, _ connection: MoveConnection, _ outgoing: OutgoingMachine, _ machine: Machine, _ log: InputLog,
    lease: Lease?,
    comparesEvery: UInt64?, released: UInt64, symbol: ((UInt64) -> String?)?
  ) {
    self.symbol = symbol
    (self.address, self.connection, self.outgoing, self.lease) = (address, connection, outgoing, lease)
    (self.comparesEvery, self.released) = (comparesEvery, released)
    lastMark = (machine.moment, HostClock.monotonic)
    guard comparesEvery != nil else { return }
    if ComparedPast.problem(machine) == nil { past = ComparedPast(machine, log) }
    // The first comparison is of what was sent.
    compare(machine)
  }

  /// The guest has sent a byte.
  func hold(_ byte: UInt8) {
    fresh.append(byte)
    waitingBytes += 1
  }

  /// At most so many ticks, so that a slice ends where the states are to be compared.
  func bound(_ ticks: UInt64, after done: UInt64) -> UInt64 {
    guard let comparesEvery else { return ticks }
    return min(ticks, comparesEvery - done % comparesEvery)
  }

  /// What came of an exchange.
  enum Outcome: Equatable {
    case fine
    /// The backup is gone: the guest goes on without.
    case alone(String)
    /// The guest is the backup's now.
    case lost
    /// The states differ.
    case differs(String)
  }

  /// Sends what is new and lets out what the backup knows of.
  ///
  /// - Parameters:
  ///   - entries: the log.
  ///   - release: gets bytes that may leave; the far end takes them at once.
  func serve(_ machine: Machine, _ entries: [InputLog.Entry], _ way: SerialWay) -> Outcome {
    if entries.count > sentEntries {
      for entry in entries[sentEntries...] { outgoing.add(entry) }
      sentEntries = entries.count
    }
    let now = HostClock.monotonic
    let isNew = machine.moment != lastMark.moment || !fresh.isEmpty
    if isNew && now - lastMark.time > Self.markInterval || now - lastMark.time > Self.heartbeat || isToCompare(machine)
    {
      mark(machine)
    }
    while true {
      if let outcome = exchange(way) { return outcome }
      // A backup that does not keep up makes the guest wait.
      guard
        waitingBytes > Self.outputLimit || nextMark - acknowledged > Self.markLimit
          || comparisons.count > Self.comparisonLimit
      else { return .fine }
      connection.wait(milliseconds: 5, hasOutput: outgoing.outputCount > 0)
      if EndingSignals.caught != nil { return .fine }
    }
  }

  /// The states are to be compared at this tick.
  private func isToCompare(_ machine: Machine) -> Bool {
    guard let comparesEvery else { return false }
    return machine.executedTicks % comparesEvery == 0 && machine.executedTicks > lastMark.moment.ticks
  }

  private func compare(_ machine: Machine) {
    comparisons.append((nextComparison, machine.executedTicks, outgoing.addComparison(nextComparison)))
    past?.mark(nextComparison)
    nextComparison += 1
  }

  private func mark(_ machine: Machine) {
    if isToCompare(machine) { compare(machine) }
    outgoing.addMark(nextMark, released: released)
    if !fresh.isEmpty { waiting.append((nextMark, fresh)) }
    fresh = []
    nextMark += 1
    lastMark = (machine.moment, HostClock.monotonic)
  }

  private func exchange(_ way: SerialWay) -> Outcome? {
    let count = connection.send(outgoing.output)
    outgoing.sent(count ?? 0)
    let received = connection.receive()
    if let received, !received.isEmpty {
      lastWord = HostClock.monotonic
      outgoing.take(received)
    }
    do throws(MoveProblem) {
      while let reply = try outgoing.reply() {
        switch reply {
        case .acknowledged(let number): acknowledged = max(acknowledged, min(number, nextMark - 1))
        case .same(let number):
          if let known = comparisons.first(where: { $0.number == number }) {
            (lastSame, lastSameNumber) = ((known.ticks, known.sums), number)
            past?.forget(before: number)
          }
          comparisons.removeAll { $0.number <= number }
        case .differs(let number):
          guard let known = comparisons.first(where: { $0.number == number }) else { break }
          // Neither side's guest goes on; what this one has sent up to here leaves.
          if let lease { _ = lease.whileOwner { letOutAll(way) } } else { letOutAll(way) }
          return .differs(try inquire(known))
        case .refused(let reason): return alone(reason, way)
        default: return alone("it answers \(reply)", way)
        }
      }
    } catch {
      return alone(error.description, way)
    }
    if letOut(way) == .others { return .lost }
    if received == nil || count == nil { return alone("its connection has ended", way) }
    if HostClock.monotonic - lastWord > Self.silence { return alone("it does not answer", way) }
    return nil
  }

  /// Finds out what makes the states differ: each side executes its guest again since the last comparison that was the
  /// same. Who then comes to another state was changed from outside; if both come to theirs again, the first tick at which
  /// they differ is searched for.
  ///
  /// - Returns: a sentence.
  private func inquire(_ known: (number: UInt64, ticks: UInt64, sums: StateSums)) throws(MoveProblem) -> String {
    let start =
      "the backup's state is another one at tick \(known.ticks)"
      + (lastSame.map { ", and was the same at tick \($0.ticks)" } ?? "")
    outgoing.addSums(known.sums, known.number)
    guard let lastSame else {
      outgoing.addFinding("it was never the same")
      _ = try awaitReply(sendsOnly: true)
      return start
    }
    let own = past?.reproduces(from: lastSameNumber, lastSame, (known.ticks, known.sums))
    guard case .reproduces(let others)? = try awaitReply() else { return start }
    let finding: String
    switch (own, others) {
    case (true?, true?): finding = try searchFirst(from: lastSame.ticks, to: known.ticks)
    case (false?, true?): finding = "executed again the primary comes to another state: it was changed from outside"
    case (true?, false?): finding = "executed again the backup comes to another state: it was changed from outside"
    case (false?, false?): finding = "executed again both come to other states"
    default: finding = "it cannot be executed again: the guest writes to files of the host"
    }
    outgoing.addFinding(finding)
    _ = try awaitReply(sendsOnly: true)
    return "\(start); \(finding)"
  }

  /// Searches for the first tick at which the states differ.
  private func searchFirst(from same: UInt64, to different: UInt64) throws(MoveProblem) -> String {
    var (low, high) = (same, different)
    var number: UInt64 = 1 << 32
    while high - low > 1 {
      let middle = low + (high - low) / 2
      guard let sums = past?.sums(from: lastSameNumber, at: middle) else { break }
      number += 1
      outgoing.addProbe(number, ticks: middle, total: sums.total)
      switch try awaitReply() {
      case .same: low = middle
      case .differs: high = middle
      default: return "between ticks \(low) and \(high)"
      }
    }
    let step = past?.step(from: lastSameNumber, after: low, symbol)
    return "both come to theirs again: they differ first at tick \(high); the primary's step is \(step ?? "not known")"
  }

  /// Sends what there is and waits for the next answer, ten seconds at most.
  ///
  /// - Parameter sendsOnly: it is enough that all is sent.
  private func awaitReply(sendsOnly: Bool = false) throws(MoveProblem) -> OutgoingMachine.Reply? {
    let deadline = HostClock.monotonic + 10_000_000_000
    while HostClock.monotonic < deadline, EndingSignals.caught == nil {
      if sendsOnly, outgoing.outputCount == 0 { return nil }
      if let reply = try outgoing.reply() {
        if case .acknowledged = reply { continue }
        return reply
      }
      guard let count = connection.send(outgoing.output) else { return nil }
      outgoing.sent(count)
      connection.wait(milliseconds: 5, hasOutput: outgoing.outputCount > 0)
      guard let bytes = connection.receive() else { return nil }
      outgoing.take(bytes)
    }
    return nil
  }

  /// Bytes that are let out at once: as many as a pipe takes that takes any.
  private static let pieceLimit = 4096

  /// Lets out what the backup knows of, as far as the far end takes it.
  private func letOut(_ way: SerialWay) -> Lease.Answer {
    guard let first = waiting.first, first.mark <= acknowledged, way.isOpen() else { return .own }
    func letOut() {
      while let next = waiting.first, next.mark <= acknowledged, way.isOpen() {
        let piece = Array(next.bytes.prefix(Self.pieceLimit))
        way.release(piece)
        released &+= UInt64(piece.count)
        waitingBytes -= piece.count
        waiting[0].bytes.removeFirst(piece.count)
        if waiting[0].bytes.isEmpty { waiting.removeFirst() }
      }
    }
    guard let lease else {
      letOut()
      return .own
    }
    return lease.whileOwner(letOut)
  }

  /// The backup is gone.
  private func alone(_ reason: String, _ way: SerialWay) -> Outcome {
    if let lease {
      switch lease.take() {
      case .own: break
      case .others: return .lost
      // It is asked again, with the output held back meanwhile.
      case .busy: return .fine
      }
    }
    // A backup that only seemed to be gone must not take this end for the primary's.
    outgoing.cancel(reason)
    while outgoing.outputCount > 0, let count = connection.send(outgoing.output), count > 0 { outgoing.sent(count) }
    acknowledged = .max
    letOutAll(way)
    return .alone(reason)
  }

  private func letOutAll(_ way: SerialWay) {
    for (_, bytes) in waiting { way.release(bytes) }
    if !fresh.isEmpty { way.release(fresh) }
    (waiting, waitingBytes, fresh) = ([], 0, [])
  }

  /// The run ends: waits for the backup to have the log, and says that there is nothing to take over.
  func finish(_ machine: Machine, _ entries: [InputLog.Entry], _ way: SerialWay) {
    let deadline = HostClock.monotonic + Self.silence
    for entry in entries[min(sentEntries, entries.count)...] { outgoing.add(entry) }
    sentEntries = entries.count
    mark(machine)
    while HostClock.monotonic < deadline {
      guard serve(machine, entries, way) == .fine else { return }
      if waiting.isEmpty, fresh.isEmpty { break }
      connection.wait(milliseconds: 5, hasOutput: outgoing.outputCount > 0)
    }
    outgoing.addEnd()
    while outgoing.outputCount > 0, HostClock.monotonic < deadline, let count = connection.send(outgoing.output) {
      outgoing.sent(count)
      if count == 0 { connection.wait(milliseconds: 5, hasOutput: true) }
    }
  }
}
