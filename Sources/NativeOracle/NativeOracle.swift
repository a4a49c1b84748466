import CNativeOracle
import Glibc
public import X86

/// Why the host's own processor cannot judge: one sentence.
public struct NativeOracleError: Error, CustomStringConvertible, Equatable {
  /// The sentence.
  public var description: String
}

/// Runs instruction tests on the host's own processor, in a child process that they cannot leave.
///
/// The child goes from test to test by signal return: each test ends by an exception, whose handler keeps the state
/// and loads the next one. A child that dies costs one test, which is `UserState.lost`; the rest runs in a new one.
@safe public final class NativeOracle {
  /// The processor: vendor, family, model, stepping and brand.
  public let processorName: String
  /// Tests that the area shared with the child takes at once.
  public let capacity: Int
  /// How many children have died or had to be ended.
  public private(set) var deaths = 0

  private let area: UnsafeMutablePointer<emu_native_area>
  private var child = emu_native_child()
  private var results: UnsafeMutableBufferPointer<UserState>?
  private var count = 0

  /// How long the parent waits between two looks at the child's progress, in milliseconds.
  private static let patience: Int32 = 250
  /// A test that does not end in so many looks is given up.
  private static let looks = 8
  /// Children that may die in one batch before something else must be wrong.
  private static let deathLimit = 64

  /// Why there is no such oracle here; nil if there may be one.
  public static var unavailableReason: String? {
    emu_native_is_supported() != 0 ? nil : "native: instructions run natively on x86-64 Linux only"
  }

  /// Starts a child.
  ///
  /// - Parameter capacity: the most tests of one batch.
  /// - Throws: why the host does not let it run.
  public init(capacity: Int = 2048) throws(NativeOracleError) {
    if let reason = Self.unavailableReason { throw NativeOracleError(description: reason) }
    precondition(
      MemoryLayout<UserState>.size == MemoryLayout<emu_user_state>.size
        && MemoryLayout<InstructionTest>.size == MemoryLayout<emu_instruction_test>.size)
    guard let area = unsafe emu_native_area_make(UInt64(capacity)) else {
      throw NativeOracleError(description: "native: the host refuses the memory of \(capacity) tests")
    }
    unsafe self.area = area
    self.capacity = capacity
    processorName = Self.hostProcessorName
    try start()
  }

  deinit {
    unsafe emu_native_stop(&child)
    unsafe emu_native_area_free(area)
  }

  private func start() throws(NativeOracleError) {
    let code = unsafe emu_native_start(area, &child)
    guard code == 0 else {
      throw NativeOracleError(
        description: "native: the child process cannot start: \(unsafe String(cString: strerror(code)))")
    }
  }

  /// Hands tests to the child, which begins at once.
  ///
  /// - Parameters:
  ///   - tests: at most `capacity`.
  ///   - results: filled by `finish`.
  public func begin(
    _ tests: UnsafeBufferPointer<InstructionTest>, into results: UnsafeMutableBufferPointer<UserState>
  ) throws(NativeOracleError) {
    precondition(tests.count <= capacity && results.count >= tests.count)
    guard let source = tests.baseAddress, tests.count > 0 else {
      count = 0
      return
    }
    unsafe memcpy(emu_native_tests(area), source, tests.count * MemoryLayout<InstructionTest>.stride)
    unsafe self.results = results
    count = tests.count
    try submit(from: 0)
  }

  /// Waits for the results of what was begun.
  public func finish() throws(NativeOracleError) {
    guard count > 0, let target = unsafe results?.baseAddress else { return }
    var lost = 0
    while !waitForAnswer() {
      deaths += 1
      lost += 1
      let index = Int(min(unsafe area.pointee.progress, UInt64(count - 1)))
      unsafe emu_native_stop(&child)
      guard lost <= Self.deathLimit else {
        throw NativeOracleError(description: "native: \(lost) child processes died within \(count) tests")
      }
      markLost(index)
      try start()
      if index + 1 == count { break }
      try submit(from: index + 1)
    }
    unsafe memcpy(target, emu_native_results(area), count * MemoryLayout<UserState>.stride)
    count = 0
    unsafe results = nil
  }

  /// Waits as long as there is progress; false if the child is dead or stands still.
  private func waitForAnswer() -> Bool {
    var last = unsafe area.pointee.progress
    var idle = 0
    while idle < Self.looks {
      switch unsafe emu_native_wait(&child, Self.patience) {
      case 1: return true
      case 0:
        let progress = unsafe area.pointee.progress
        idle = progress == last ? idle + 1 : 0
        last = progress
      default: return false
      }
    }
    return false
  }

  /// The process of the child, which something outside may end at any time.
  public var childProcess: Int32 { child.pid }

  private func submit(from index: Int) throws(NativeOracleError) {
    if unsafe emu_native_submit(&child, UInt64(index), UInt64(count)) == 0 { return }
    // It died while it waited: no test is to blame.
    deaths += 1
    unsafe emu_native_stop(&child)
    try start()
    guard unsafe emu_native_submit(&child, UInt64(index), UInt64(count)) == 0 else {
      throw NativeOracleError(description: "native: the child process takes no tests")
    }
  }

  private func markLost(_ index: Int) {
    unsafe memcpy(
      emu_native_results(area) + index, UnsafeRawPointer(emu_native_tests(area) + index)
        + (MemoryLayout<InstructionTest>.offset(of: \.input) ?? 0), MemoryLayout<UserState>.size)
    unsafe emu_native_results(area)[index].vector = UserState.lost
  }

  // MARK: The host

  private static func cpuid(_ leaf: UInt32, _ subleaf: UInt32 = 0) -> [UInt32] {
    var registers: [UInt32] = [0, 0, 0, 0]
    unsafe emu_native_cpuid(leaf, subleaf, &registers)
    return registers
  }

  /// Such as `AuthenticAMD 25-17-1 AMD EPYC`.
  public static var hostProcessorName: String {
    func text(_ words: [UInt32]) -> String {
      let bytes = words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32($0 * 8)) } }
      return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    let vendor = cpuid(0)
    let signature = cpuid(1)[0]
    let base = (signature >> 8) & 15
    let family = base == 15 ? base + ((signature >> 20) & 255) : base
    let model = (signature >> 4) & 15 | (base == 15 || base == 6 ? ((signature >> 16) & 15) << 4 : 0)
    var name = "\(text([vendor[1], vendor[3], vendor[2]])) \(family)-\(model)-\(signature & 15)"
    if cpuid(0x8000_0000)[0] >= 0x8000_0004 {
      let brand = text((2...4).flatMap { cpuid(0x8000_0000 + $0) })
      let words = brand.split(separator: " ")
      if !words.isEmpty { name += " " + words.joined(separator: " ") }
    }
    return name
  }
}
