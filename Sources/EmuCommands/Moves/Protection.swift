import HostSystem
import Machine
import TextForms

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
  private var lastSame: UInt64
  private var nextComparison: UInt64 = 1
  /// Ticks between two comparisons.
  let comparesEvery: UInt64?

  init(
    _ address: String, _ connection: MoveConnection, _ outgoing: OutgoingMachine, _ machine: Machine, lease: Lease?,
    comparesEvery: UInt64?, released: UInt64
  ) {
    (self.address, self.connection, self.outgoing, self.lease) = (address, connection, outgoing, lease)
    (self.comparesEvery, self.released) = (comparesEvery, released)
    lastMark = (machine.moment, HostClock.monotonic)
    lastSame = machine.executedTicks
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
  ///   - release: gets the bytes that may leave.
  func serve(_ machine: Machine, _ entries: [InputLog.Entry], _ release: ([UInt8]) -> Void) -> Outcome {
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
      if let outcome = exchange(release) { return outcome }
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

  private func mark(_ machine: Machine) {
    let ticks = machine.executedTicks
    if isToCompare(machine) {
      comparisons.append((nextComparison, ticks, outgoing.addComparison(nextComparison)))
      nextComparison += 1
    }
    outgoing.addMark(nextMark, released: released)
    if !fresh.isEmpty { waiting.append((nextMark, fresh)) }
    fresh = []
    nextMark += 1
    lastMark = (machine.moment, HostClock.monotonic)
  }

  private func exchange(_ release: ([UInt8]) -> Void) -> Outcome? {
    guard let count = connection.send(outgoing.output) else { return alone("its connection has ended", release) }
    outgoing.sent(count)
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
          if let known = comparisons.first(where: { $0.number == number }) { lastSame = known.ticks }
          comparisons.removeAll { $0.number <= number }
        case .differs(let number):
          guard let known = comparisons.first(where: { $0.number == number }) else { break }
          outgoing.addSums(known.sums, number)
          let sentence =
            "the backup's state is another one at tick \(known.ticks), and was the same at tick \(lastSame)"
          if let sent = connection.send(outgoing.output) { outgoing.sent(sent) }
          comparisons.removeAll { $0.number <= number }
          return .differs(sentence)
        case .refused(let reason): return alone(reason, release)
        default: return alone("it answers \(reply)", release)
        }
      }
    } catch {
      return alone(error.description, release)
    }
    if !letOut(release) { return .lost }
    if received == nil { return alone("its connection has ended", release) }
    if HostClock.monotonic - lastWord > Self.silence { return alone("it does not answer", release) }
    return nil
  }

  /// Lets out what the backup knows of; false if the guest is the backup's.
  private func letOut(_ release: ([UInt8]) -> Void) -> Bool {
    guard let first = waiting.first, first.mark <= acknowledged else { return true }
    func letOut() {
      while let next = waiting.first, next.mark <= acknowledged {
        release(next.bytes)
        released &+= UInt64(next.bytes.count)
        waitingBytes -= next.bytes.count
        waiting.removeFirst()
      }
    }
    guard let lease else {
      letOut()
      return true
    }
    return lease.whileOwner(letOut)
  }

  /// The backup is gone.
  private func alone(_ reason: String, _ release: ([UInt8]) -> Void) -> Outcome {
    if let lease, !lease.take() { return .lost }
    acknowledged = .max
    _ = letOut(release)
    release(fresh)
    fresh = []
    return .alone(reason)
  }

  /// The run ends: waits for the backup to have the log, and says that there is nothing to take over.
  func finish(_ machine: Machine, _ entries: [InputLog.Entry], _ release: ([UInt8]) -> Void) {
    let deadline = HostClock.monotonic + Self.silence
    for entry in entries[min(sentEntries, entries.count)...] { outgoing.add(entry) }
    sentEntries = entries.count
    mark(machine)
    while HostClock.monotonic < deadline {
      guard serve(machine, entries, release) == .fine else { return }
      if waiting.isEmpty { break }
      connection.wait(milliseconds: 5, hasOutput: outgoing.outputCount > 0)
    }
    outgoing.addEnd()
    while outgoing.outputCount > 0, HostClock.monotonic < deadline, let count = connection.send(outgoing.output) {
      outgoing.sent(count)
      if count == 0 { connection.wait(milliseconds: 5, hasOutput: true) }
    }
  }
}
