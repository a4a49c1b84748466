public import Foundation
import Glibc

/// What came of running the built `emu`.
public struct EmuOutcome: Sendable {
  /// Exit status; a signal is 128 and its number, as shells say it.
  public var status: Int32
  /// Standard output.
  public var output: [UInt8]
  /// Standard error.
  public var errors: String

  /// Standard output as text.
  public var text: String { String(decoding: output, as: UTF8.self) }
  /// The `--stats` object: the last line of standard error.
  public var statistics: [String: String] {
    guard let line = errors.split(separator: "\n").last,
      let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    else { return [:] }
    var fields: [String: String] = [:]
    for (name, value) in object { fields[name] = value is NSNull ? "null" : "\(value)" }
    return fields
  }
}

/// The package and the things it builds.
public enum Build {
  /// The package's root.
  public static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  /// The ROMs that `make testroms` assembles.
  public static let roms = root.appendingPathComponent(".build/testroms")
  /// Downloads: `EMU_CACHE`, else as in the Makefile.
  public static let cache = URL(
    fileURLWithPath: ProcessInfo.processInfo.environment["EMU_CACHE"]
      ?? (ProcessInfo.processInfo.environment["HOME"] ?? "/tmp") + "/.cache/emu")
  /// A debug build boots ROMs, not Linux.
  public static var isDebug: Bool {
    #if DEBUG
      true
    #else
      false
    #endif
  }
  /// Whether to run what is too slow for every day: `make slow-test` asks for it.
  public static let runsSlowTests = ProcessInfo.processInfo.environment["EMU_SLOW_TESTS"] != nil
  /// Whether to boot what takes minutes from drives: `make test-disks` asks for it.
  public static let runsDiskTests = ProcessInfo.processInfo.environment["EMU_DISK_TESTS"] != nil
  /// How many rounds a search by random inputs takes: all of them in `make slow-test`, else one in `share`; far fewer in a
  /// debug build, which is some fifty times as slow.
  public static func rounds(_ count: Int, share: Int = 4) -> Int {
    if isDebug { return max(count / share / 50, 1) }
    return runsSlowTests ? count : count / share
  }
  /// The executable: `EMU_EXECUTABLE`, else the debug build's.
  public static let emu = URL(
    fileURLWithPath: ProcessInfo.processInfo.environment["EMU_EXECUTABLE"]
      ?? root.appendingPathComponent(".build/debug/emu").path)
  /// The executable of another build than `emu`, if there is one: `EMU_OTHER_EXECUTABLE`.
  public static let otherEmu = ProcessInfo.processInfo.environment["EMU_OTHER_EXECUTABLE"].map(
    URL.init(fileURLWithPath:))
}

/// Runs the built `emu` and waits for its end, as `runProgram` does.
public func runEmu(
  _ arguments: [String], input: [UInt8]? = nil, interruptAfter: Double? = nil, signal: Int32 = 2, limit: Double = 60,
  environment: [String: String] = [:]
) throws -> EmuOutcome {
  try runProgram(
    Build.emu.path, arguments, input: input, interruptAfter: interruptAfter, signal: signal, limit: limit,
    environment: environment)
}

/// Runs a program and waits for its end.
///
/// - Parameters:
///   - input: bytes for its standard input, which then ends; nil is an input that has ended.
///   - pieces: how many of them are written at a time, and then the rest; 0 waits until it has read them.
///   - interruptAfter: seconds after which it gets `signal`.
///   - limit: seconds that it may take on an idle host; after twenty times as many it is killed.
///   - environment: variables beside those of the tests themselves.
public func runProgram(
  _ path: String, _ arguments: [String], input: [UInt8]? = nil, pieces: [Int] = [], interruptAfter: Double? = nil,
  signal: Int32 = 2, limit: Double = 60, environment: [String: String] = [:]
) throws -> EmuOutcome {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: path)
  process.arguments = arguments
  if !environment.isEmpty {
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
  }
  let output = Pipe()
  let errors = Pipe()
  process.standardOutput = output
  process.standardError = errors
  let feed = Pipe()
  process.standardInput = input == nil ? FileHandle.nullDevice : feed
  try process.run()
  if let input {
    try write(input, pieces, to: feed.fileHandleForWriting, of: process)
  }
  let identifier = process.processIdentifier
  // Whatever hangs is killed, and its test fails by the status. The factor is for slow and busy hosts: no test depends
  // on speed.
  let ended = End()
  let guardian = Thread {
    if !ended.waits(limit * 20) { _ = kill(identifier, SIGKILL) }
  }
  guardian.start()
  if let interruptAfter {
    // A thread of its own: the pool's may all be waiting for emu.
    let thread = Thread {
      if !ended.waits(interruptAfter) { _ = kill(identifier, signal) }
    }
    thread.start()
  }
  let collected = Collector()
  let reader = Thread { collected.finish(errors.fileHandleForReading.readDataToEndOfFile()) }
  reader.start()
  let text = output.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  ended.signal()
  let status = process.terminationStatus
  return EmuOutcome(
    status: process.terminationReason == .uncaughtSignal ? 128 + status : status, output: Array(text),
    errors: String(decoding: collected.wait(), as: UTF8.self))
}

private func write(_ input: [UInt8], _ pieces: [Int], to handle: FileHandle, of process: Process) throws {
  var rest = input[...]
  for size in pieces where !rest.isEmpty {
    if size == 0 { waitUntilRead(handle.fileDescriptor, by: process) }
    try handle.write(contentsOf: Data(rest.prefix(size)))
    rest = rest.dropFirst(size)
  }
  try handle.write(contentsOf: Data(rest))
  try handle.close()
}

/// Waits until a program has read all that is in a pipe, or has ended.
private func waitUntilRead(_ pipe: Int32, by process: Process) {
  var unread: Int32 = 0
  while process.isRunning, unsafe ioctl(pipe, UInt(FIONREAD), &unread) == 0, unread > 0 { sched_yield() }
}

/// The end of a process, which threads wait for.
private final class End: @unchecked Sendable {
  private let condition = NSCondition()
  private var isOver = false

  func signal() {
    condition.lock()
    isOver = true
    condition.broadcast()
    condition.unlock()
  }

  /// Waits for it, so many seconds at most: whether it has come.
  func waits(_ seconds: Double) -> Bool {
    let deadline = Date(timeIntervalSinceNow: seconds)
    condition.lock()
    defer { condition.unlock() }
    while !isOver, condition.wait(until: deadline) {}
    return isOver
  }
}

/// Hands one block of data from a thread to another.
private final class Collector: @unchecked Sendable {
  private let condition = NSCondition()
  private var data: Data?

  func finish(_ data: Data) {
    condition.lock()
    self.data = data
    condition.signal()
    condition.unlock()
  }

  func wait() -> Data {
    condition.lock()
    defer { condition.unlock() }
    while data == nil { condition.wait() }
    return data ?? Data()
  }
}
