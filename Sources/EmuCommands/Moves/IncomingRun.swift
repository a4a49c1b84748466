import DiskImages
import Glibc
import HostSystem
import Interpreter
import Machine

/// The wait of `--incoming` for a guest.
struct IncomingRun {
  /// The machine, which may run.
  let machine: Machine
  let drives: MachineDrives
  /// How far its serial line has come.
  let serial: SerialPlace
  /// The primary that is followed, of `--backup`.
  let backup: BackupRun?
  private let incoming: IncomingMachine
  private let connection: MoveConnection
  private let address: String

  /// Waits for a source and takes over its guest.
  ///
  /// - Throws: `InputError` with the sentence why there is no guest.
  static func receive(_ options: RunCommand, _ option: String, _ address: String) throws -> IncomingRun {
    let isBackup = options.moves.backup != nil
    let place = try SocketAddress(parsing: address, option: option)
    let (listener, actual) = try HostSocket.listen(at: place, name: "\(option) \(address)")
    defer {
      close(listener)
      if case .unix(let path) = place { _ = unsafe unlink(path) }
    }
    complain("waiting for a guest at \(actual)")
    let connection = MoveConnection(try accept(listener, RunLimits(options).deadline))
    let incoming = IncomingMachine(
      "\(actual)", engine: options.engine.engine, model: options.board.cpu?.model, isBackup: isBackup)
    var drives = MachineDrives()
    do {
      try receive(incoming, connection, options, &drives)
    } catch let interruption as Interrupted {
      throw interruption
    } catch {
      sayLast(error, incoming, connection)
      throw InputError(description: "\(actual): \(error)")
    }
    guard let machine = incoming.machine else { throw InputError(description: "\(actual): no guest came") }
    let backup =
      isBackup
      ? try BackupRun("\(actual)", connection, incoming, machine, lease: options.moves.lease) : nil
    return IncomingRun(
      machine: machine, drives: drives, serial: incoming.serial, backup: backup, incoming: incoming,
      connection: connection, address: "\(actual)")
  }

  /// What is wrong here is the source's to know too.
  private static func sayLast(_ error: any Error, _ incoming: IncomingMachine, _ connection: MoveConnection) {
    if case let problem as MoveProblem = error { incoming.refuse(problem.description) }
    let deadline = HostClock.monotonic + 1_000_000_000
    while !incoming.output.isEmpty, HostClock.monotonic < deadline, let count = connection.send(incoming.output) {
      incoming.sent(count)
      if count == 0 { connection.wait(milliseconds: 10, hasOutput: true) }
    }
  }

  /// The run is ready to go on with the guest: the source learns that it has gone.
  ///
  /// - Throws: `InputError`; the source keeps its guest.
  func confirm() throws {
    do throws(MoveProblem) { try incoming.confirm() } catch {
      Self.sayLast(error, incoming, connection)
      throw InputError(description: "\(address): \(error)")
    }
    // If the source is gone by now, the guest is ours all the same.
    while !incoming.output.isEmpty, let count = connection.send(incoming.output), count > 0 { incoming.sent(count) }
  }

  private static func accept(_ listener: Int32, _ deadline: UInt64) throws -> Int32 {
    while true {
      try look(deadline)
      if let connection = HostSocket.accept(listener) { return connection }
      var waiting = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
      _ = unsafe poll(&waiting, 1, 50)
    }
  }

  private static func receive(
    _ incoming: IncomingMachine, _ connection: MoveConnection, _ options: RunCommand, _ drives: inout MachineDrives
  ) throws {
    let deadline = RunLimits(options).deadline
    while true {
      try look(deadline)
      while !incoming.isFollowing, let step = try incoming.step() {
        switch step {
        case .more, .input, .mark, .compare, .sums, .probe, .finding, .ended: break
        case .needsDrives(let wanted):
          drives = try media(options, wanted)
          try incoming.begin(drives: drives)
        case .openDisks: try incoming.open()
        case .cancelled(let reason): throw Ended(description: "the source has ended the move: \(reason)")
        case .run: return
        }
      }
      guard let sent = connection.send(incoming.output) else { throw Ended(description: "the source is gone") }
      incoming.sent(sent)
      if incoming.isFollowing, incoming.output.isEmpty { return }
      connection.wait(milliseconds: 50, hasOutput: !incoming.output.isEmpty)
      guard let bytes = connection.receive() else { throw Ended(description: "the source is gone") }
      incoming.take(bytes)
    }
  }

  /// The media of the guest's drives, by the way in which their contents come.
  private static func media(_ options: RunCommand, _ wanted: [MoveDrive]) throws -> MachineDrives {
    do {
      return try options.drives.drives { option, place throws(DiskImageError) in
        let drive = wanted.first { $0.place == place }
        switch drive?.way {
        case .shared: return DiskImage.awaited(option, byteCount: drive?.byteCount ?? 0)
        case .copied:
          return try DiskImage.arriving(path: option.path, format: option.format, byteCount: drive?.byteCount ?? 0)
        default: return try DiskImage.open(option)
        }
      }
    } catch let error as InputError {
      throw MoveProblem(error.description)
    }
  }

  /// Signals and the time limit.
  private static func look(_ deadline: UInt64) throws {
    if let number = EndingSignals.caught { throw Interrupted(number: number) }
    guard HostClock.monotonic < deadline else {
      complain("--timeout is reached: no guest came")
      throw ExitStatus.limit.exitCode
    }
  }

  /// A signal ends the wait; what was begun is removed first.
  struct Interrupted: Error {
    var number: Int32
  }

  /// The source does not go on.
  private struct Ended: Error, CustomStringConvertible {
    var description: String
  }
}
