/// Why KVM cannot do what was asked.
public struct KVMError: Error, CustomStringConvertible, Equatable, Sendable {
  /// One sentence.
  public var description: String
  /// The host has no KVM for us at all: tests skip, commands end with status 74.
  public var isUnavailable: Bool

  /// Makes an error from its sentence.
  public init(_ description: String, isUnavailable: Bool = false) {
    self.description = description
    self.isUnavailable = isUnavailable
  }
}
