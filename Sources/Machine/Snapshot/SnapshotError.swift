/// Why a snapshot cannot be written or read.
public struct SnapshotError: Error, CustomStringConvertible, Equatable {
  /// One sentence: the file, the section, the field and its value.
  public var description: String

  init(_ path: String, _ problem: String) { description = "\(path): \(problem)" }

  init(_ path: String, section: String, _ problem: String) { self.init(path, "section \(section): \(problem)") }
}
