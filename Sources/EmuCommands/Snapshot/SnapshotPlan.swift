import HostSystem
import Machine

/// The snapshots that `--snapshot-at` asks for and that are still to be made.
struct SnapshotPlan {
  private(set) var requests: [SnapshotRequest]
  private let base: String?

  init(_ options: SnapshotOptions) {
    requests = options.snapshotAt
    base = options.snapshotBase
  }

  /// At most so many ticks of a slice, so that it ends where the next snapshot is due.
  func bound(_ slice: UInt64, after done: UInt64) -> UInt64 {
    requests.reduce(slice) { $1.ticks > done ? min($0, $1.ticks - done) : $0 }
  }

  /// Saves what is due.
  ///
  /// - Throws: `HostError` if a snapshot cannot be made.
  mutating func saveDue(_ machine: Machine, after done: UInt64) throws(HostError) {
    while let index = requests.firstIndex(where: { $0.ticks == done }) {
      let request = requests.remove(at: index)
      do throws(SnapshotError) { try machine.saveSnapshot(to: request.path, base: base) } catch {
        throw HostError(description: error.description)
      }
    }
  }
}
