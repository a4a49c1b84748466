import Glibc
import Machine

/// The files that one run reads and writes: none that is written may be another of them.
struct FilesOfRun {
  /// A file and the option that names it.
  private struct Named {
    var option: String
    var path: String
    /// Where it lies, if it is a regular file.
    var place: Place?
  }

  private enum Place: Equatable {
    case file(device: UInt64, number: UInt64)
    /// It is not there yet: the folder and the name in it.
    case name(device: UInt64, folder: UInt64, String)
  }

  private var read: [Named] = []
  private var written: [Named] = []

  init(_ options: RunCommand) {
    func named(_ option: String, _ path: String?) -> Named? {
      path.map { Named(option: option, path: $0, place: Self.place($0)) }
    }
    read =
      [
        named("the image", options.image), named("--symbols", options.guest.symbols),
        named("--restore", options.snapshots.restore),
        named("--replay", options.snapshots.replay), named("--snapshot-base", options.snapshots.snapshotBase),
      ].compactMap { $0 } + options.guest.initrd.compactMap { named("--initrd", $0.module.path) }
      + options.drives.files.compactMap { named($0.name, $0.path) }
    var serial: String?
    if case .file(let path) = options.serial { serial = path }
    written = [
      named("--trace", options.tracing.trace), named("--record", options.snapshots.record),
      named("--serial file:", serial), named("--screenshot", options.screen.screenshot),
    ].compactMap { $0 }
    written += options.snapshots.snapshotAt.compactMap { named("--snapshot-at", $0.path) }
  }

  /// The first conflict, in one sentence.
  var problem: String? {
    for (index, file) in written.enumerated() {
      guard let place = file.place else { continue }
      for other in read where other.place == place {
        return "\(file.option) \(file.path): is the file of \(other.option), which would be overwritten"
      }
      for other in written[..<index] where other.place == place && other.option != file.option {
        return "\(file.option) \(file.path): is the file of \(other.option) too"
      }
    }
    return nil
  }

  /// nil for what is no regular file: a device or a pipe may be named twice.
  private static func place(_ path: String) -> Place? {
    var status = stat()
    if unsafe stat(path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFREG else { return nil }
      return .file(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
    }
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let folder = path.dropLast(name.utf8.count)
    guard unsafe stat(folder.isEmpty ? "." : String(folder), &status) == 0 else { return nil }
    return .name(device: UInt64(status.st_dev), folder: UInt64(status.st_ino), name)
  }
}
