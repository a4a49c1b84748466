#if arch(x86_64) && os(Linux)
  import CNativeOracle
  public import InstructionTesting

  /// Runs instruction tests on the host's own processor, in a child process.
  ///
  /// Up to two batches are under way at once: the child runs one while the caller compares the results of the other.
  /// A test that ends the child is marked `UserState.lost` and another child goes on behind it. Of `input`, RFLAGS has only
  /// its status flags, DF, NT, AC and ID; CS and SS follow from the mode; a test of CPL 0, or with a selector that the host
  /// has not, is lost. A lost state is otherwise the input. One object is for one thread at a time.
  @safe public final class NativeOracle {
    /// How many children may die without one test done between before the runner gives up.
    static let deathsInARowLimit = 8
    /// How long one test may take before its child is killed; the child itself stops a loop long before.
    static let stallLimitMilliseconds: Int32 = 10_000

    /// Tests that one batch holds at most.
    public let batchCapacity: Int
    /// Children that died, and were replaced, since the beginning.
    public private(set) var deathCount = 0
    /// Batches handed over and not yet collected: 0, 1 or 2; 0 after an error.
    public private(set) var pendingBatchCount = 0

    private let region: UnsafeMutablePointer<emu_native_region>
    private var oldestBatch = 0
    private var deathsInARow = 0
    private var doneAtLastDeath: UInt64 = .max
    private var collectedCount: UInt64 = 0
    /// Complete, but their children died before the word of it was taken; bit 0 or 1.
    private var finishedBatches: UInt8 = 0

    /// Why this host has no native runner, or nil if it has.
    public static var unavailableReason: String? {
      guard emu_native_has_fsgsbase() != 0 else {
        return "The host's kernel does not let programs use RDFSBASE and WRFSBASE (Linux 5.9 or newer does)."
      }
      return nil
    }

    /// A runner with a child of its own, for batches of `batchCapacity` tests, 1 to 65536.
    ///
    /// - Parameter segments: the child's local descriptor table, at most 16; tests of mode `.segmented` need that of
    ///   `InstructionTest.segments`, all others none.
    /// - Throws: also where the host's kernel has no modify_ldt(2), or no 16-bit segments.
    public init(batchCapacity: Int = 1024, segments: [TestSegment] = []) throws(NativeOracleError) {
      if let reason = Self.unavailableReason { throw NativeOracleError(reason) }
      guard (1...65536).contains(batchCapacity) else {
        throw NativeOracleError("A batch of native tests holds 1 to 65536 tests, not \(batchCapacity).")
      }
      self.batchCapacity = batchCapacity
      precondition(MemoryLayout<UserState>.stride == MemoryLayout<emu_user_state>.stride)
      precondition(MemoryLayout<InstructionTest>.stride == MemoryLayout<emu_instruction_test>.stride)
      guard let region = unsafe emu_native_open(UInt32(batchCapacity)) else {
        throw NativeOracleError("No memory for two batches of \(batchCapacity) native tests.")
      }
      unsafe self.region = region
      setSegments(segments)
      try spawn()
    }

    deinit { unsafe emu_native_close(region) }

    private func setSegments(_ segments: [TestSegment]) {
      precondition(segments.count <= EMU_NATIVE_SEGMENTS, "16 segments at most")
      for segment in segments {
        unsafe emu_native_add_segment(
          region,
          emu_native_segment(
            base: segment.base, limit: segment.limit, is_32bit: segment.is32Bit ? 1 : 0,
            contents: segment.contents.rawValue, is_restricted: segment.isRestricted ? 1 : 0,
            is_not_present: segment.isNotPresent || segment.isAbsent ? 1 : 0, counts_pages: segment.countsPages ? 1 : 0,
            is_absent: segment.isAbsent ? 1 : 0, padding: (0, 0))
        )
      }
    }

    /// The child's process, which a test may kill; 0 if there is none.
    public var childProcess: Int32 {
      unsafe region.pointee.child
    }

    /// Runs all of `tests`, in batches, two under way at a time; `results` has space for as many.
    public func run(
      _ tests: UnsafeBufferPointer<InstructionTest>, into results: UnsafeMutableBufferPointer<UserState>
    ) throws(NativeOracleError) {
      precondition(results.count >= tests.count && pendingBatchCount == 0)
      var submitted = 0
      var collected = 0
      while collected < tests.count {
        while pendingBatchCount < 2 && submitted < tests.count {
          let end = min(submitted + batchCapacity, tests.count)
          try unsafe submit(UnsafeBufferPointer(rebasing: tests[submitted..<end]))
          submitted = end
        }
        collected += try unsafe collect(into: UnsafeMutableBufferPointer(rebasing: results[collected...]))
      }
    }

    /// The results of `tests`, in their order.
    public func run(_ tests: [InstructionTest]) throws(NativeOracleError) -> [UserState] {
      var results = [UserState](repeating: UserState(), count: tests.count)
      var failure: NativeOracleError?
      unsafe tests.withUnsafeBufferPointer { tests in
        unsafe results.withUnsafeMutableBufferPointer { results in
          do throws(NativeOracleError) { try unsafe run(tests, into: results) } catch { failure = error }
        }
      }
      if let failure { throw failure }
      return results
    }

    /// Hands over a batch of 1 to `batchCapacity` tests, which are copied; fewer than two may be pending.
    public func submit(_ tests: UnsafeBufferPointer<InstructionTest>) throws(NativeOracleError) {
      precondition((1...batchCapacity).contains(tests.count) && pendingBatchCount < 2)
      let index = (oldestBatch + pendingBatchCount) & 1
      let batch = unsafe batch(index)
      let source = UnsafeRawBufferPointer(tests)
      unsafe UnsafeMutableRawBufferPointer(start: batch.pointee.tests, count: source.count).copyMemory(from: source)
      unsafe batch.pointee.count = UInt32(tests.count)
      unsafe batch.pointee.next = 0
      unsafe batch.pointee.started = 0
      pendingBatchCount += 1
      if unsafe region.pointee.child == 0 {
        try spawn()
        try resubmit()
      } else if unsafe emu_native_submit(region, UInt8(index)) != 0 {
        try recover()
      }
    }

    /// Waits for the oldest pending batch and copies its results to the beginning of `results`: how many.
    @discardableResult
    public func collect(into results: UnsafeMutableBufferPointer<UserState>) throws(NativeOracleError) -> Int {
      precondition(pendingBatchCount > 0)
      try waitForOldest()
      let batch = unsafe batch(oldestBatch)
      let count = unsafe Int(batch.pointee.count)
      precondition(results.count >= count)
      unsafe UnsafeMutableRawBufferPointer(results).copyMemory(
        from: UnsafeRawBufferPointer(start: batch.pointee.results, count: count * MemoryLayout<UserState>.stride))
      collectedCount += UInt64(count)
      pendingBatchCount -= 1
      oldestBatch ^= 1
      return count
    }

    private func batch(_ index: Int) -> UnsafeMutablePointer<emu_native_batch> {
      let first = unsafe UnsafeMutableRawPointer(region).assumingMemoryBound(to: emu_native_batch.self)
      return unsafe first + index
    }

    private func waitForOldest() throws(NativeOracleError) {
      let batch = unsafe batch(oldestBatch)
      var seen = unsafe batch.pointee.next
      while finishedBatches & UInt8(1 << oldestBatch) == 0 {
        switch unsafe Int(emu_native_wait(region, Self.stallLimitMilliseconds)) {
        case EMU_NATIVE_DONE: return
        case EMU_NATIVE_TIMEOUT where unsafe batch.pointee.next != seen: unsafe seen = batch.pointee.next
        default:
          try recover()
          unsafe seen = batch.pointee.next
        }
      }
      finishedBatches &= ~UInt8(1 << oldestBatch)
    }

    private func spawn() throws(NativeOracleError) {
      let error = unsafe emu_native_spawn(region)
      guard error != 0 else { return }
      forgetPending()
      let step = unsafe String(cString: emu_native_stage(region.pointee.setup_stage))
      throw NativeOracleError("The process for native tests could not \(step) (errno \(error)).")
    }

    /// The child is dead, or is to be: the test it was at is lost, and a new one goes on behind.
    private func recover() throws(NativeOracleError) {
      unsafe emu_native_reap(region)
      deathCount += 1
      var done = collectedCount
      var victim: UInt64?
      for position in 0..<pendingBatchCount {
        let index = (oldestBatch + position) & 1
        let batch = unsafe batch(index)
        let next = unsafe batch.pointee.next
        done += UInt64(next)
        defer {
          if unsafe batch.pointee.next == batch.pointee.count { finishedBatches |= UInt8(1 << index) }
        }
        guard victim == nil, unsafe batch.pointee.started != 0, unsafe next < batch.pointee.count else { continue }
        let test = unsafe UnsafeRawPointer(batch.pointee.tests + Int(next)).load(as: InstructionTest.self)
        var state = test.input
        state.vector = UserState.lost
        unsafe UnsafeMutableRawPointer(batch.pointee.results + Int(next)).storeBytes(of: state, as: UserState.self)
        unsafe batch.pointee.next = next + 1
        unsafe batch.pointee.started = 0
        victim = test.number
      }
      deathsInARow = done == doneAtLastDeath ? deathsInARow + 1 : 1
      doneAtLastDeath = done + (victim == nil ? 0 : 1)
      guard deathsInARow < Self.deathsInARowLimit else {
        let last = victim.map { ", the last at test \($0)" } ?? ""
        let status = unsafe region.pointee.status
        deathsInARow = 0
        forgetPending()
        throw NativeOracleError(
          "The process for native tests died \(Self.deathsInARowLimit) times in a row\(last) (wait status \(status)).")
      }
      try spawn()
      try resubmit()
    }

    /// After an error the oracle can be asked again, from the beginning.
    private func forgetPending() {
      pendingBatchCount = 0
      finishedBatches = 0
    }

    /// A new child knows of nothing that is pending.
    private func resubmit() throws(NativeOracleError) {
      for position in 0..<pendingBatchCount {
        let index = (oldestBatch + position) & 1
        if finishedBatches & UInt8(1 << index) != 0 { continue }
        guard unsafe emu_native_submit(region, UInt8(index)) == 0 else { return try recover() }
      }
    }
  }
#endif
