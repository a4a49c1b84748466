/// Why a snapshot cannot be written or read.
public struct SnapshotError: Error, CustomStringConvertible, Equatable {
  /// One sentence: the file, the section, the field and its value.
  public var description: String

  /// - Parameter problem: may hold texts of the file, which then hold nothing that a terminal obeys.
  init(_ path: String, _ problem: String) {
    let shown = problem.unicodeScalars.prefix(1000).map { $0.isShown ? Character($0) : "?" }
    description = "\(path): \(String(shown))"
  }

  init(_ path: String, section: String, _ problem: String) { self.init(path, "section \(section): \(problem)") }
}

extension Unicode.Scalar {
  /// Whether it is no control character.
  var isShown: Bool { value >= 0x20 && !(0x7F...0x9F).contains(value) }
}
