/// Something that can execute instruction tests: the model, the host's own processor, KVM, a recording.
public protocol InstructionRunner: AnyObject {
  /// `model`, `native`, `kvm` or `recorded`.
  var name: String { get }
  /// The processor or model that answers, with what distinguishes it from another.
  var processorName: String { get }
  /// Whether it executes any test that it is given: a recording answers only for the tests that it holds, as it holds
  /// them, so that nothing can be made smaller against it.
  var executesAnyTest: Bool { get }
  /// Begins tests; the caller leaves both areas alone until `finish`.
  func begin(
    _ tests: UnsafeBufferPointer<InstructionTest>, into results: UnsafeMutableBufferPointer<UserState>
  ) throws
  /// Waits for the end of what was begun.
  func finish() throws
}

extension InstructionRunner {
  /// True, but for recordings.
  public var executesAnyTest: Bool { true }

  /// Runs one test.
  public func run(_ test: InstructionTest) throws -> UserState {
    let tests = [test]
    var results = [UserState()]
    try unsafe tests.withUnsafeBufferPointer { source in
      try unsafe results.withUnsafeMutableBufferPointer { target in
        try unsafe begin(source, into: target)
        try finish()
      }
    }
    return results[0]
  }
}
