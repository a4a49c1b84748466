import DevicesLegacy
import DiskImages
import HostSystem
import Machine
import TextForms

/// A move of a disk to another file that is under way.
struct DiskMoveRun {
  let asker: RunControl.Asker
  let place: String
  let move: DiskImageMove
  var lastReport: UInt64 = 0

  var members: [(String, JSONText)] {
    [
      ("drive", .string(place)), ("file", .string(move.path)),
      ("copied", .number(Int(clamping: move.progress.copiedByteCount))),
      ("total", .number(Int(clamping: move.progress.totalByteCount))),
    ]
  }
}

extension RunSession {
  /// Bytes that are copied between two slices.
  private static let diskStep: UInt64 = 4 << 20

  /// Begins to move a disk.
  ///
  /// - Throws: the sentence why it cannot.
  func beginDiskMove(_ request: ControlRequest, _ asker: RunControl.Asker) throws(ControlRefusal) {
    guard diskMove == nil else { throw ControlRefusal("a disk is being moved already") }
    guard migration == nil else { throw ControlRefusal("the guest is being moved") }
    guard input.isPlain else { throw ControlRefusal("a run that is recorded or replayed keeps its disks") }
    let name = request.text("drive") ?? ""
    let all = drives.all
    guard
      let found = all.first(where: { $0.place == name || $0.place.split(separator: " ").joined(separator: "-") == name }
      )
    else {
      let known = all.isEmpty ? "the board has none" : "there are \(all.map(\.place).joined(separator: ", "))"
      throw ControlRefusal("drive: '\(ControlRequest.shown(name))' is no drive: \(known)")
    }
    guard let image = found.medium as? DiskImage else { throw ControlRefusal("drive: \(found.place) is empty") }
    let format = try request.text("format").map { text throws(ControlRefusal) in
      guard let format = DiskImageFormat(rawValue: text) else {
        throw ControlRefusal("format: '\(ControlRequest.shown(text))' is neither raw nor qcow2")
      }
      return format
    }
    do throws(DiskImageError) {
      diskMove = DiskMoveRun(
        asker: asker, place: found.place, move: try image.beginMove(to: request.text("file") ?? "", format: format))
    } catch {
      throw ControlRefusal(error.description)
    }
  }

  /// Ends the move; the disk stays in its file.
  func endDiskMove(_ reason: String) {
    guard let diskMove else { return }
    diskMove.move.cancel()
    self.diskMove = nil
    control?.refuse(diskMove.asker, "\(diskMove.move.path): \(reason); the disk stays in its file")
  }

  /// Copies some of the disk, and switches when all is copied.
  func serveDiskMove() {
    guard var current = diskMove else { return }
    do throws(DiskImageError) {
      let progress = try current.move.step(byteCount: Self.diskStep)
      if progress.isComplete {
        let members = current.members
        try current.move.finish()
        diskMove = nil
        control?.answer(current.asker, members)
        return
      }
    } catch {
      diskMove = nil
      control?.refuse(current.asker, error.description)
      return
    }
    let now = HostClock.monotonic
    if now - current.lastReport > 500_000_000 {
      current.lastReport = now
      control?.announce("progress", [("command", .string("move-disk"))] + current.members)
    }
    diskMove = current
  }
}
