import HostSystem
import Machine
import TextForms

extension RunSession {
  /// Gives a backup the guest as it is, before it runs on.
  ///
  /// - Throws: `InputError` if there is no backup that takes it.
  func protect() throws {
    guard let address = options.moves.protect else { return }
    let connection = try connectToBackup(address)
    let lease = try options.moves.lease.map { path throws(HostError) in try Lease(path, isPrimary: true) }
    do throws(MoveProblem) {
      let outgoing = try OutgoingMachine(machine, purpose: .protect)
      try outgoing.finish(serial: serialPlace)
      outgoing.end()
      try awaitReady(outgoing, connection)
      protection = Protection(
        address, connection, outgoing, machine, input.present, lease: lease, comparesEvery: options.moves.compareEvery,
        released: history.end, symbol: symbolNames)
      protection?.sentEntries = input.entries.count
    } catch {
      throw InputError(description: "--protect \(address): \(error)")
    }
  }

  /// Both may be started at the same time: a backup that does not listen yet is waited for, some seconds.
  private func connectToBackup(_ address: String) throws -> MoveConnection {
    let deadline = HostClock.monotonic + 5_000_000_000
    while true {
      do throws(HostError) {
        let place = try SocketAddress(parsing: address, option: "--protect")
        return MoveConnection(try HostSocket.connect(to: place, name: "--protect \(address)"))
      } catch {
        guard HostClock.monotonic < deadline, EndingSignals.caught == nil else { throw InputError(error) }
        input.console.wait(milliseconds: 50)
      }
    }
  }

  private func awaitReady(_ outgoing: OutgoingMachine, _ connection: MoveConnection) throws(MoveProblem) {
    var isAccepted = false
    while true {
      if let number = EndingSignals.caught { throw MoveProblem("ended by signal \(number)") }
      while let reply = try outgoing.reply() {
        switch reply {
        case .accepted where !isAccepted: isAccepted = true
        case .ready where isAccepted: return
        case .refused(let reason): throw MoveProblem(reason)
        default: throw MoveProblem("the far end answers \(reply) when nothing was asked")
        }
      }
      guard let count = connection.send(outgoing.output), let bytes = connection.receive() else {
        if let bytes = connection.receive() { outgoing.take(bytes) }
        if case .refused(let reason)? = try outgoing.reply() { throw MoveProblem(reason) }
        throw MoveProblem("the far end is gone")
      }
      outgoing.sent(count)
      outgoing.take(bytes)
      if bytes.isEmpty, count == 0 { connection.wait(milliseconds: 50, hasOutput: outgoing.outputCount > 0) }
    }
  }

  /// Keeps the backup up to date; gives the end if the guest is not ours any more.
  func serveProtection() -> End? {
    guard let protection else { return nil }
    switch protection.serve(machine, input.entries, serialWay) {
    case .fine: return nil
    case .alone(let reason):
      self.protection = nil
      complain("\(protection.address): \(reason): the guest goes on without a backup")
      control?.announce("unprotected", [("reason", .string(reason))])
      return nil
    case .lost:
      self.protection = nil
      return .moved(protection.address)
    case .differs(let sentence):
      self.protection = nil
      return .differs("\(protection.address): \(sentence)")
    }
  }

  /// How far the serial line has come.
  var serialPlace: SerialPlace {
    SerialPlace(sent: history.end, received: input.receivedCount, tail: history.tail)
  }

  /// Where serial output leaves: nothing stays behind in emu, since another process may have the guest by then.
  private var serialWay: SerialWay {
    SerialWay(isOpen: { [output] in output.isOpen }) { [self] bytes in
      for byte in bytes {
        output.send(byte)
        history.take(byte)
      }
      output.flush()
    }
  }

  /// The run ends: the backup learns it.
  func finishProtection() {
    protection?.finish(machine, input.entries, serialWay)
    protection = nil
  }
}
