import ArgumentParser
import HostSystem

/// Where a guest comes from that runs in another process, and who follows it.
struct MoveOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Wait for a guest that emu control ... migrate sends here, and go on with it: its board and its guest, whatever \
      other options say; --cpu is the most that its processors may be. TCP listens on 127.0.0.1 unless HOST is given.
      """, valueName: "unix:PATH|tcp:[HOST:]PORT"))
  var incoming: String?
  @Option(
    help: ArgumentHelp(
      "Let emu run --backup at this address follow the guest, and go on with it if this process dies.",
      valueName: "address"))
  var protect: String?
  @Option(
    help: ArgumentHelp(
      "Wait for emu run --protect, execute what its guest does, and go on when it dies.", valueName: "address"))
  var backup: String?
  @Option(
    help: ArgumentHelp(
      """
      A file on storage that --protect and --backup share: who holds it has the guest, so that a primary that is silent \
      but not dead never runs beside its backup.
      """, valueName: "file"))
  var lease: String?
  @Option(
    help: ArgumentHelp("With --protect, compare the states of both after every N ticks.", valueName: "n"))
  var compareEvery: UInt64?

  /// The option that has a guest come from elsewhere, and its address.
  var source: (option: String, address: String)? {
    incoming.map { ("--incoming", $0) } ?? backup.map { ("--backup", $0) }
  }

  func validate(_ run: RunCommand) throws {
    for (name, address) in [("--incoming", incoming), ("--protect", protect), ("--backup", backup)] {
      guard let address else { continue }
      do throws(HostError) { _ = try SocketAddress(parsing: address, option: name) } catch {
        throw ValidationError(error.description)
      }
      let excluded: [(String, Bool)] = [
        ("--restore", run.snapshots.restore != nil && name != "--protect"), ("--replay", run.snapshots.replay != nil),
        ("--record", run.snapshots.record != nil), ("--gdb", run.gdb != nil), ("--reboot", run.reboot),
        ("--bios", run.firmware.bios != nil && name != "--protect"), ("--backend kvm", run.backend == .kvm),
        ("--serial pty", run.serial == .pty && name != "--incoming"),
        ("--hand-over", run.handingOver.isWanted && name != "--incoming"),
        ("--incoming", incoming != nil && name != "--incoming"), ("--backup", backup != nil && name == "--protect"),
      ]
      if let other = excluded.first(where: \.1) { throw ValidationError("\(name) and \(other.0) exclude each other.") }
    }
    if lease != nil, protect == nil, backup == nil { throw ValidationError("--lease needs --protect or --backup.") }
    if let compareEvery {
      if protect == nil { throw ValidationError("--compare-every needs --protect.") }
      if compareEvery < 1000 { throw ValidationError("--compare-every \(compareEvery) is less than 1000.") }
    }
  }
}
