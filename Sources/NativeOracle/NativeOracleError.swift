/// Why the host's processor cannot be asked, in one sentence.
public struct NativeOracleError: Error, CustomStringConvertible, Sendable {
  /// The sentence.
  public let description: String

  init(_ description: String) { self.description = description }
}
