// What this module offers on hosts that are not x86-64 Linux: everything is there by name and says why it does nothing.
#if !(os(Linux) && arch(x86_64))
  public import InstructionTesting

  /// What CPUID says of the processor that the oracle asks; this host has no such processor.
  public enum HostProcessor {
    /// Empty.
    public static var name: String { "" }
    /// None.
    public static var features: Set<String> { [] }
  }

  /// Runs instruction tests on the host's own processor; this host cannot.
  public final class NativeOracle {
    /// Tests that one batch holds at most.
    public let batchCapacity = 0
    /// Children that died.
    public let deathCount = 0
    /// Batches handed over and not yet collected.
    public let pendingBatchCount = 0
    /// There is none.
    public let childProcess: Int32 = 0

    /// Why this host has no native runner.
    public static var unavailableReason: String? { "Instructions run natively on x86-64 Linux only." }

    private static var unavailable: NativeOracleError { NativeOracleError(unavailableReason ?? "") }

    /// Always fails.
    public init(batchCapacity: Int = 1024, segments: [TestSegment] = []) throws(NativeOracleError) {
      throw Self.unavailable
    }

    /// Never reached: there is no oracle.
    public func run(
      _ tests: UnsafeBufferPointer<InstructionTest>, into results: UnsafeMutableBufferPointer<UserState>
    ) throws(NativeOracleError) { throw Self.unavailable }

    /// Never reached: there is no oracle.
    public func run(_ tests: [InstructionTest]) throws(NativeOracleError) -> [UserState] { throw Self.unavailable }

    /// Never reached: there is no oracle.
    public func submit(_ tests: UnsafeBufferPointer<InstructionTest>) throws(NativeOracleError) {
      throw Self.unavailable
    }

    /// Never reached: there is no oracle.
    @discardableResult
    public func collect(into results: UnsafeMutableBufferPointer<UserState>) throws(NativeOracleError) -> Int {
      throw Self.unavailable
    }
  }
#endif
