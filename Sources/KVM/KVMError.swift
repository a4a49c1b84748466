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

#if !(os(Linux) && arch(x86_64))
  extension KVMError {
    /// What every entry point says on a host that is not x86-64 Linux.
    static var notThisHost: KVMError {
      KVMError("/dev/kvm is not available: this host is not x86-64 Linux", isUnavailable: true)
    }
  }
#endif
