import MMU

/// The first frame of a stream: who sends, and what board it is.
struct MoveHello: Codable {
  /// `MoveFrame.version`.
  var version: UInt64
  /// The versions of the sections, which must be known.
  var sections: [String: UInt64]
  /// The board, its drives aside.
  var configuration: SavedConfiguration
  var drives: [MoveDrive]
  /// The far end is to follow the guest, not to take it over.
  var isProtection: Bool

  /// Reads the body of a hello frame.
  ///
  /// - Throws: a sentence about another version's stream, or a field.
  init(_ frame: MoveFrame) throws(MoveProblem) {
    guard frame.kind == .hello else { throw MoveProblem("the stream does not begin with a hello frame") }
    do throws(CBORError) {
      let version = try CBORDecoder.decode(VersionOnly.self, from: frame.body).version
      guard version == MoveFrame.version else {
        throw CBORError("version \(version) of the stream is not \(MoveFrame.version), which this emu has")
      }
      self = try CBORDecoder.decode(Self.self, from: frame.body)
    } catch {
      throw MoveProblem("hello: \(error.text)")
    }
    for (tag, version) in sections.sorted(by: { $0.key < $1.key }) {
      guard SnapshotFile.sectionVersions[tag] == version else {
        throw MoveProblem(
          "hello: section \(tag) has version \(version), and this emu reads "
            + "\(SnapshotFile.sectionVersions[tag].map { "version \($0)" } ?? "no such section")")
      }
    }
    guard drives.count <= 16, Set(drives.map(\.place)).count == drives.count else {
      throw MoveProblem("hello: \(drives.count) drives are too many, or two have one place")
    }
  }

  private struct VersionOnly: Decodable { var version: UInt64 }

  init(
    _ machine: Machine, drives: [MoveDrive], isProtection: Bool
  ) {
    version = MoveFrame.version
    sections = SnapshotFile.sectionVersions.filter { !["base", "pages", "ram", "config"].contains($0.key) }
    configuration = SavedConfiguration(machine)
    self.drives = drives
    self.isProtection = isProtection
  }
}
