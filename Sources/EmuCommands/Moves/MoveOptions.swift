import ArgumentParser
import HostSystem

/// Where a guest comes from that runs in another process.
struct MoveOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Wait for a guest that emu control ... migrate sends here, and go on with it: its board and its guest, whatever \
      other options say; --cpu is the most that its processors may be. TCP listens on 127.0.0.1 unless HOST is given.
      """, valueName: "unix:PATH|tcp:[HOST:]PORT"))
  var incoming: String?

  func validate(_ run: RunCommand) throws {
    guard let incoming else { return }
    do throws(HostError) { _ = try SocketAddress(parsing: incoming, option: "--incoming") } catch {
      throw ValidationError(error.description)
    }
    let excluded: [(String, Bool)] = [
      ("--restore", run.snapshots.restore != nil), ("--replay", run.snapshots.replay != nil),
      ("--record", run.snapshots.record != nil), ("--gdb", run.gdb != nil), ("--reboot", run.reboot),
      ("--bios", run.firmware.bios != nil), ("--backend kvm", run.backend == .kvm),
    ]
    if let other = excluded.first(where: \.1) { throw ValidationError("--incoming and \(other.0) exclude each other.") }
  }
}
