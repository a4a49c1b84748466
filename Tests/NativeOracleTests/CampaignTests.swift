import Foundation
import InstructionTesting
import NativeOracle
import Testing
import X86

// x86-64 Linux only: elsewhere there is no processor to ask.
@Suite("Campaigns of native tests", .serialized, .enabled(if: hasOracle))
struct CampaignTests {
  /// Register and memory forms of ALU instructions with random state; some fault.
  private static func campaign(_ count: Int, singleSteps: Bool = false) -> [InstructionTest] {
    var random = SplitMix(state: 7)
    let codes: [[UInt8]] = [
      [0x48, 0x01, 0xD8], [0x11, 0x07], [0x48, 0x0F, 0xAF, 0xC3], [0xF7, 0xF3], [0xD3, 0xE0], [0x0F, 0x58, 0x07],
      [0x66, 0x0F, 0xFE, 0xC1], [0xDE, 0xC1], [0x48, 0x89, 0x47, 0x08], [0x0F, 0x0B],
    ]
    return (0..<count).map { number in
      var test = InstructionTest.code(codes[number % codes.count], singleSteps: singleSteps) { state in
        for index in 0..<16 { state[index] = random.next() }
        state[7] = InstructionTest.windowAddress + random.next() % 0x1400
        for index in 0..<64 { state.window[index] = random.next() }
        for index in 0..<64 where index % 4 < 2 { state.ymm[index] = random.next() }
      }
      test.number = UInt64(number)
      return test
    }
  }

  @Test("100,000 tests twice: identical bytes, and both ways to the end agree") func repeatable() throws {
    let oracle = try NativeOracle()
    let tests = Self.campaign(100_000)
    let first = try oracle.run(tests)
    let second = try oracle.run(tests)
    let stepped = try oracle.run(Self.campaign(100_000, singleSteps: true))
    #expect(zip(first, second).allSatisfy { $0.bytes == $1.bytes })
    #expect(zip(first, stepped).allSatisfy { $0.bytes == $1.bytes })
    #expect(oracle.deathCount == 0)
    #expect(Set(first.map(\.vector)).isSuperset(of: [0, 6, 13, 14, UserState.noException]))
    #expect(first.contains { $0.strayWrites != 0 })
    #expect(!first.contains { $0.vector == UserState.lost })
  }

  private struct Sequence: Sendable, CustomTestStringConvertible {
    var name: String
    var code: [UInt8]
    var steps: UInt8
    /// Bytes of code before the end, and the vector there.
    var end: UInt64
    var vector = UserState.noException
    var feature: String?
    var testDescription: String { name }
  }

  private static let sequences = [
    Sequence(
      name: "eight instructions of 10 bytes",
      code: (0..<8).flatMap { [0x48, 0xB8 | UInt8($0 & 3), 1, 2, 3, 4, 5, 6, 7, UInt8($0)] }, steps: 8, end: 80),
    Sequence(name: "a fault in the middle", code: [0xFF, 0xC0, 0x8B, 0x01, 0xFF, 0xC0], steps: 3, end: 2, vector: 14),
    Sequence(
      name: "MOV SS in the middle", code: [0xFF, 0xC0, 0x8E, 0xD2, 0xFF, 0xC0, 0xFF, 0xC0], steps: 4, end: 8),
    Sequence(
      name: "REP STOSB in the middle", code: [0xFF, 0xC0, 0xF3, 0xAA, 0xFF, 0xC0], steps: 3, end: 6),
    Sequence(
      name: "VPGATHERDD in the middle", code: [0xFF, 0xC0, 0xC4, 0xE2, 0x71, 0x90, 0x04, 0x93, 0xFF, 0xC0], steps: 3,
      end: 10, feature: "avx2"),
    Sequence(name: "PUSHF, POP", code: [0xF9, 0x9C, 0x58], steps: 3, end: 3),
  ]

  @Test(
    "Sequences: to the INT3 behind them and by TF, the same bytes",
    arguments: sequences.filter { $0.feature.map(hasFeature) ?? true })
  private func sequence(_ row: Sequence) throws {
    let results = try [false, true].map { singleSteps in
      try NativeOracle().run([
        .code(row.code, steps: row.steps, singleSteps: singleSteps) { state in
          state[2] = 0x2B
          state[3] = InstructionTest.windowAddress
          (state.ymm[4], state.ymm[5]) = (.max, .max)
          state[4] = InstructionTest.windowAddress + 0x100
          state[6] = 3
          state[7] = InstructionTest.windowAddress
        }
      ])[0]
    }
    #expect(results[0].bytes == results[1].bytes)
    #expect(results[0].rip == InstructionTest.codeAddress + row.end && results[0].vector == row.vector)
  }

  @Test("The child keeps nothing of the host but its image, the tests and the pages of the test") func mappings() throws
  {
    let oracle = try NativeOracle()
    #expect(try oracle.run([.code([0x90])])[0].vector == UserState.noException)
    let text = try String(contentsOfFile: "/proc/\(oracle.childProcess)/maps", encoding: .utf8)
    let image = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    var strange: [Substring] = []
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: " ", maxSplits: 5)
      let path = fields.count > 5 ? fields[5].drop { $0 == " " } : ""
      let isKept =
        path == "[vsyscall]" || path.hasPrefix("/memfd:emu-code") || path.hasPrefix("/dev/zero") || path.isEmpty
        || path == image || path.hasSuffix(".xctest")
      if !isKept { strange.append(line) }
    }
    #expect(strange.isEmpty, "\(text)")
    // No stack, no heap, no library.
    #expect(!text.contains("[stack]") && !text.contains("libc"), "\(text)")
  }

  @Test("System calls from the code page are fenced, in every way") func fence() throws {
    let exit: (inout UserState) -> Void = {
      $0[0] = 231  // exit_group
      $0[7] = 3
    }
    var tests = [InstructionTest.code([0x0F, 0x05], exit), .code([0xCD, 0x80]) { $0[0] = 1 }]
    tests.append(.code([0xCD, 0x80], mode: .compatibility32) { $0[0] = 1 })
    tests.append(.code([0x0F, 0x05], mode: .compatibility32) { $0[0] = 1 })
    tests.append(
      .code([0x0F, 0x05]) {
        $0[0] = 231
        $0.rip = InstructionTest.codePage + 0xFFE
      })
    tests.append(.code([0x90]))
    tests.append(.code([0x0F, 0x01, 0x0F]) { $0[7] = InstructionTest.windowAddress })  // SIDT
    let oracle = try NativeOracle()
    let states = try oracle.run(tests)
    #expect(states.prefix(3).allSatisfy { $0.vector == UserState.lost })
    #expect([6, UserState.lost].contains(states[3].vector))  // SYSCALL in compatibility mode is AMD's.
    #expect(states[4].vector == UserState.lost)
    #expect(states[5].vector == UserState.noException)
    #expect(states[6].vector == UserState.lost)
    #expect(oracle.deathCount == 0)
  }

  @Test("Random bytes in both modes: no child dies, little is lost, and only clocks and noise vary") func randomBytes()
    throws
  {
    var random = SplitMix(state: 3)
    let tests = (0..<20_000).map { number in
      let mode: InstructionTest.Mode = number % 2 == 0 ? .long64 : .compatibility32
      return InstructionTest.code((0..<15).map { _ in UInt8(truncatingIfNeeded: random.next()) }, mode: mode, steps: 2)
      {
        for index in 0..<16 { $0[index] = InstructionTest.windowAddress + random.next() % 512 }
      }
    }
    let oracle = try NativeOracle()
    let first = try oracle.run(tests)
    let second = try oracle.run(tests)
    #expect(oracle.deathCount == 0)
    #expect(first.count { $0.vector == UserState.lost } < 40)
    #expect(first.count { $0.vector == UserState.noException } > 2000)
    #expect(zip(first, second).count { $0.bytes != $1.bytes } < 20)
  }

  @Test("A test that hangs, and those that the runner refuses, are lost; the rest is not") func lost() throws {
    var tests = [InstructionTest](repeating: .code([0xFF, 0xC0]), count: 9)
    tests[1] = .code([0xEB, 0xFE], singleSteps: false)
    tests[3].cpl = 0
    tests[4].codeLength = 0
    tests[5].input.selectors[3] = 0x50
    tests[6].input.rip = 0x2000_0000
    tests[7].input.fsBase = 1 << 60
    let oracle = try NativeOracle()
    let states = try oracle.run(tests)
    let isLost = states.map { $0.vector == UserState.lost }
    #expect(isLost == [false, true, false, true, true, true, true, true, false])
    #expect(states[8][0] == 1)
    #expect(oracle.deathCount == 0)
  }

  @Test("The child is killed in the midst of a campaign: one test lost at most, the rest as before") func killed()
    throws
  {
    let tests = Self.campaign(8192)
    let oracle = try NativeOracle(batchCapacity: 4096)
    let expected = try oracle.run(tests)
    var results = [UserState](repeating: UserState(), count: tests.count)
    let before = oracle.childProcess
    // A slow host may come to the kill only when the child is through with both batches.
    for _ in 0..<20 where oracle.deathCount == 0 {
      try unsafe tests.withUnsafeBufferPointer { tests in
        try unsafe results.withUnsafeMutableBufferPointer { results in
          try unsafe oracle.submit(UnsafeBufferPointer(rebasing: tests[..<4096]))
          try unsafe oracle.submit(UnsafeBufferPointer(rebasing: tests[4096...]))
          try wait(until: oracle.childProcess, hasWorked: .milliseconds(2))
          kill(oracle.childProcess, SIGKILL)
          let count = try unsafe oracle.collect(into: results)
          #expect(count == 4096)
          try unsafe oracle.collect(into: UnsafeMutableBufferPointer(rebasing: results[count...]))
        }
      }
    }
    #expect(oracle.deathCount == 1)
    #expect(oracle.childProcess != before)
    let differing = (0..<tests.count).filter { results[$0].bytes != expected[$0].bytes }
    #expect(differing.count <= 1)
    #expect(differing.allSatisfy { results[$0].vector == UserState.lost })
  }

  @Test("A child that died between two batches costs no test") func killedIdle() throws {
    let oracle = try NativeOracle(batchCapacity: 16)
    for round in 1...3 {
      kill(oracle.childProcess, SIGKILL)
      // Its end alone: the oracle itself collects it.
      var ended = unsafe siginfo_t()
      #expect(unsafe waitid(P_PID, id_t(oracle.childProcess), &ended, WEXITED | WNOWAIT) == 0)
      let states = try oracle.run([InstructionTest](repeating: .code([0x90]), count: 64))
      #expect(states.allSatisfy { $0.vector == UserState.noException })
      #expect(oracle.deathCount == round)
    }
  }

  @Test("Children that die again and again are an error, and the oracle can be asked again") func repeatedDeath() throws
  {
    let oracle = try NativeOracle(batchCapacity: 64)
    nonisolated(unsafe) let watched = oracle
    nonisolated(unsafe) var isOver = false
    let lock = NSLock()
    let killed = DispatchSemaphore(value: 0)
    let killer = Thread {
      var last: Int32 = 0
      while !lock.withLock({ unsafe isOver }) {
        let child = unsafe watched.childProcess
        if child > 0, child != last, kill(child, SIGKILL) == 0 { last = child }
        sched_yield()
      }
      killed.signal()
    }
    killer.start()
    // Each would take 100 ms of the processor's time to be given up.
    let hanging = [InstructionTest](repeating: .code([0xEB, 0xFE], singleSteps: false), count: 64)
    let error = #expect(throws: NativeOracleError.self) { try oracle.run(hanging) }
    lock.withLock { unsafe isOver = true }
    killed.wait()
    #expect(error?.description.hasPrefix("The process for native tests ") == true)
    #expect(oracle.pendingBatchCount == 0)
    #expect(try oracle.run([.code([0x90])])[0].vector == UserState.noException)
  }

  @Test("The child ends with its oracle") func ends() throws {
    var child: Int32 = 0
    do {
      let oracle = try NativeOracle()
      child = oracle.childProcess
      #expect(kill(child, 0) == 0)
      withExtendedLifetime(oracle) {}
    }
    #expect(kill(child, 0) == -1 && errno == ESRCH)
  }

  @Test("None is lost; how many a second is printed", arguments: [false, true]) func rate(singleSteps: Bool) throws {
    let oracle = try NativeOracle()
    let tests = Self.campaign(50_000, singleSteps: singleSteps)
    var results: [UserState] = []
    let duration = try ContinuousClock().measure { results = try oracle.run(tests) }
    #expect(results.count == tests.count && !results.contains { $0.vector == UserState.lost })
    print("native oracle, \(singleSteps ? "TF" : "INT3"): \(Int(50_000 / (duration / .seconds(1)))) tests/s")
  }
}

/// Waits until a child has had so much of the processor's time: the tests of a batch need more.
private func wait(until child: Int32, hasWorked time: Duration) throws {
  var clock = clockid_t()
  try #require(unsafe clock_getcpuclockid(child, &clock) == 0)
  var used = timespec()
  while unsafe clock_gettime(clock, &used) == 0,
    Duration.seconds(used.tv_sec) + .nanoseconds(used.tv_nsec) < time
  {
    sched_yield()
  }
}
