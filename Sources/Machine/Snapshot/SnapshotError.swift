/// Why a snapshot cannot be written or read.
public struct SnapshotError: Error, CustomStringConvertible, Equatable {
  /// One sentence: the file, the section, the field and its value.
  public var description: String

  /// Texts of the file may be in both; nothing that a terminal obeys remains.
  init(_ path: String, _ problem: String) {
    description = String("\(path): \(problem)".unicodeScalars.map { $0.isShown ? Character($0) : "?" })
  }

  init(_ path: String, section: String, _ problem: String) { self.init(path, "section \(section): \(problem)") }
}

extension Unicode.Scalar {
  /// Whether it is no control character.
  var isShown: Bool { value >= 0x20 && !(0x7F...0x9F).contains(value) }
}
