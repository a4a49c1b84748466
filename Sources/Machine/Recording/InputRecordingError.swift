/// Why a run cannot be recorded or repeated.
public struct InputRecordingError: Error, CustomStringConvertible, Equatable {
  /// What went wrong.
  public enum Kind: Equatable, Sendable {
    /// The file cannot be read, or is none for this machine.
    case unusable
    /// The host takes no more of the file.
    case unwritable
    /// The guest goes another way than the recorded one.
    case diverged
  }

  /// What went wrong.
  public var kind: Kind
  /// One sentence with the file's name.
  public var description: String

  init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }
}
