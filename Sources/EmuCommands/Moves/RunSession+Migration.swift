import Glibc
import HostSystem
import Machine
import TextForms

/// A move of the guest to another process that is under way.
final class Migration {
  let asker: RunControl.Asker
  let address: String
  let connection: MoveConnection
  let outgoing: OutgoingMachine
  let start = HostClock.monotonic
  /// The far end has taken the board.
  var isAccepted = false
  /// When the last progress was announced.
  var lastReport: UInt64 = 0
  /// Bytes that were sent when the present round began, and when that was.
  var roundStart: (time: UInt64, bytes: UInt64, left: Int)
  /// Bytes a second, as of the last round.
  var rate: Double = 0

  init(_ asker: RunControl.Asker, _ address: String, _ connection: MoveConnection, _ outgoing: OutgoingMachine) {
    (self.asker, self.address, self.connection, self.outgoing) = (asker, address, connection, outgoing)
    roundStart = (HostClock.monotonic, 0, outgoing.pendingPages)
  }

  /// Both ends are on one host.
  var isLocal: Bool { address.hasPrefix("unix:") }

  /// The figures of an event or an answer.
  var members: [(String, JSONText)] {
    let seconds = Double(HostClock.monotonic - start) / 1e9
    let speed = seconds > 0 ? Int(Double(outgoing.sentBytes) / seconds) : 0
    return [
      ("to", .string(address)), ("pages", .number(Int(truncatingIfNeeded: outgoing.sentPages))),
      ("left", .number(outgoing.pendingPages)), ("rounds", .number(outgoing.rounds)),
      ("disk_bytes", .number(Int(truncatingIfNeeded: outgoing.sentDiskBytes))),
      ("bytes", .number(Int(truncatingIfNeeded: outgoing.sentBytes))), ("bytes_per_second", .number(speed)),
    ]
  }
}

extension RunSession {
  /// Bytes that may wait to be sent while the guest runs.
  private static let outputAhead = 1 << 20
  /// Nanoseconds that the rest may take while the guest stands still, as far as that can be known.
  private static let downtimeGoal = 10_000_000.0
  /// Rounds after which the guest gets less time, and after which it is stopped whatever is left.
  private static let rounds = (slow: 8, last: 30)
  /// Nanoseconds for which an answer of the far end is awaited while the guest stands still.
  private static let answerTime: UInt64 = 30_000_000_000

  /// Begins to move the guest.
  ///
  /// - Throws: the sentence why it cannot.
  func beginMigration(_ request: ControlRequest, _ asker: RunControl.Asker) throws(ControlRefusal) {
    guard migration == nil else {
      throw ControlRefusal("the guest is being moved to \(migration?.address ?? "") already")
    }
    guard protection == nil else { throw ControlRefusal("a guest that a backup follows cannot be moved") }
    guard input.isPlain else { throw ControlRefusal("a run that is recorded or replayed cannot be moved") }
    let address = request.text("to") ?? ""
    guard [nil, "copy", "share"].contains(request.text("disks")) else {
      throw ControlRefusal("disks: '\(ControlRequest.shown(request.text("disks") ?? ""))' is neither copy nor share")
    }
    guard diskMove == nil else { throw ControlRefusal("a disk is being moved") }
    do {
      let place = try SocketAddress(parsing: address, option: "to")
      let connection = MoveConnection(try HostSocket.connect(to: place, name: address))
      let outgoing = try OutgoingMachine(
        machine, purpose: .move, copiesDisks: request.text("disks") == "copy")
      migration = Migration(asker, address, connection, outgoing)
    } catch {
      throw ControlRefusal("\(error)")
    }
  }

  /// Ends the move; the guest goes on here, unless the run ends.
  func endMigration(_ reason: String, goesOn: Bool = true) {
    guard let migration else { return }
    migration.outgoing.cancel(reason)
    _ = migration.connection.send(migration.outgoing.output)
    migration.outgoing.end()
    self.migration = nil
    do throws(MoveProblem) { try reclaim(migration.outgoing) } catch {
      lent = migration.outgoing
      control?.pause()
      return control?.refuse(
        migration.asker,
        "\(migration.address): \(reason); a disk was given away and cannot be taken back: \(error); the guest stands "
          + "still here") ?? ()
    }
    control?.refuse(migration.asker, "\(migration.address): \(reason)\(goesOn ? "; the guest goes on here" : "")")
  }

  /// Sends some of the guest while it runs; gives the end of the run if the guest has gone.
  func serveMigration() -> End? {
    guard let migration else { return nil }
    do {
      try exchange(migration)
      while let reply = try migration.outgoing.reply() {
        switch reply {
        case .accepted where !migration.isAccepted: migration.isAccepted = true
        case .refused(let reason): throw MoveProblem(reason)
        default: throw MoveProblem("the far end answers \(reply) when nothing was asked")
        }
      }
      guard migration.isAccepted else { return nil }
      try migration.outgoing.fill(to: Self.outputAhead)
      try exchange(migration)
      report(migration)
      guard migration.outgoing.pendingPages == 0, migration.outgoing.pendingDiskBytes == 0,
        migration.outgoing.outputCount == 0
      else { return nil }
      if isReadyToStop(migration) { return try complete(migration) }
    } catch {
      endMigration("\(error)")
    }
    return nil
  }

  /// Sends and reads what there is.
  private func exchange(_ migration: Migration) throws(MoveProblem) {
    // What it has said comes before the end of the connection.
    if let bytes = migration.connection.receive() {
      migration.outgoing.take(bytes)
      if !bytes.isEmpty { return }
    } else {
      throw MoveProblem("the far end is gone")
    }
    if let count = migration.connection.send(migration.outgoing.output) { migration.outgoing.sent(count) }
  }

  private func report(_ migration: Migration) {
    let now = HostClock.monotonic
    guard now - migration.lastReport > 500_000_000 else { return }
    migration.lastReport = now
    control?.announce("progress", [("command", .string("migrate"))] + migration.members)
  }

  /// All is sent that was known; the rest is what the guest has written since.
  private func isReadyToStop(_ migration: Migration) -> Bool {
    let now = HostClock.monotonic
    let (time, bytes) = (
      Double(now - migration.roundStart.time), migration.outgoing.sentBytes - migration.roundStart.bytes
    )
    if bytes > 1 << 16, time > 0 { migration.rate = Double(bytes) / time }
    migration.outgoing.beginRound()
    let left = migration.outgoing.pendingPages * 4096 + Int(clamping: migration.outgoing.pendingDiskBytes)
    migration.roundStart = (now, migration.outgoing.sentBytes, left)
    let wanted = migration.rate > 0 ? Double(left) / migration.rate : .infinity
    return left == 0 || wanted < Self.downtimeGoal || migration.outgoing.rounds >= Self.rounds.last
  }

  /// The share of a slice that the guest gets while it writes faster than its pages are sent.
  var migrationShare: UInt64 {
    guard let migration, migration.outgoing.rounds >= Self.rounds.slow else { return 1 }
    return 1 << UInt64(min((migration.outgoing.rounds - Self.rounds.slow) / 4 + 1, 5))
  }

  // MARK: The guest stands still

  /// Sends the rest and hands the guest over.
  ///
  /// - Throws: why the guest stays.
  private func complete(_ migration: Migration) throws -> End? {
    output.flush()
    let stop = HostClock.monotonic
    let outgoing = migration.outgoing
    try outgoing.finish(serial: serialPlace)
    try expect(.ready, migration)
    try outgoing.release()
    try expect(.opened, migration)
    outgoing.commit()
    // From here on only a far end that says no, or is surely gone, gives the guest back: on one host the end of the
    // connection is its death, by a line it may be the line's.
    do { try expect(.running, migration) } catch let refusal as FarEndRefuses {
      throw refusal
    } catch {
      if migration.isLocal, error is MoveProblem { throw error }
      leaveInDoubt(migration, error)
      return nil
    }
    let downtime = HostClock.monotonic - stop
    outgoing.end()
    self.migration = nil
    control?.answer(
      migration.asker, migration.members + [("downtime_microseconds", .number(Int(downtime / 1000)))])
    return .moved(migration.address)
  }

  /// Neither an answer came nor the end of the connection.
  private struct FarEndIsSilent: Error, CustomStringConvertible {
    var description: String { "the far end does not answer" }
  }

  /// The far end has said that it does not take the guest.
  private struct FarEndRefuses: Error, CustomStringConvertible {
    var description: String
  }

  /// Opens the disks again that were given away; a far end that is just dying has their locks for a moment.
  func reclaim(_ outgoing: OutgoingMachine) throws(MoveProblem) {
    let deadline = HostClock.monotonic + 2_000_000_000
    while true {
      do throws(MoveProblem) { return try outgoing.reclaim() } catch {
        guard HostClock.monotonic < deadline else { throw error }
        usleep(25_000)
      }
    }
  }

  /// The far end has been given the guest and is neither gone nor answers: the guest stands still here, since it must not
  /// run twice.
  private func leaveInDoubt(_ migration: Migration, _ reason: any Error) {
    migration.outgoing.end()
    lent = migration.outgoing
    self.migration = nil
    control?.pause()
    control?.refuse(
      migration.asker,
      "\(migration.address): \(reason) after it was given the guest, which stands still here: let it continue only if "
        + "it does not run there")
  }

  /// Exchanges frames until the far end says what is wanted.
  ///
  /// - Throws: `MoveProblem` if it is gone or says anything else, `FarEndIsSilent`.
  private func expect(_ wanted: OutgoingMachine.Reply, _ migration: Migration) throws {
    var lastChange = HostClock.monotonic
    while true {
      if let reply = try migration.outgoing.reply() {
        if case .refused(let reason) = reply { throw FarEndRefuses(description: reason) }
        guard reply == wanted else { throw MoveProblem("the far end answers \(reply) and not \(wanted)") }
        return
      }
      // To sync or to compare a disk may take long: until the guest is given away, the connection's end is what counts.
      let isOver = wanted == .running && HostClock.monotonic - lastChange > Self.answerTime
      guard !isOver, EndingSignals.caught == nil else { throw FarEndIsSilent() }
      if wanted != .running, control?.takeCancel() == true { throw MoveProblem("cancelled") }
      let left = migration.outgoing.outputCount
      migration.connection.wait(milliseconds: 20, hasOutput: migration.outgoing.outputCount > 0)
      try exchange(migration)
      if migration.outgoing.outputCount != left { lastChange = HostClock.monotonic }
    }
  }
}
