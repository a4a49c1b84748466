import ArgumentParser
import HostSystem

/// A socket by which a run is watched and controlled.
struct ControlOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Open a socket for emu control: status, pause, step, snapshot, send, migrate and more, as lines of JSON; only its \
      user may connect.
      """, valueName: "unix:PATH"))
  var control: String?

  /// The path of the socket.
  var path: String? { control.flatMap { $0.hasPrefix("unix:") ? String($0.dropFirst(5)) : nil } }

  func validate(_ run: RunCommand) throws {
    guard let control else { return }
    do throws(HostError) {
      guard case .unix = try SocketAddress(parsing: control, option: "--control") else {
        throw HostError(
          description: "--control \(control): is not unix:PATH: who connects owns the guest, and a path has its rights")
      }
    } catch {
      throw ValidationError(error.description)
    }
    if run.gdb != nil { throw ValidationError("--control and --gdb exclude each other: both hold the guest.") }
  }
}
