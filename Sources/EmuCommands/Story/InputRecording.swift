import Glibc
import MMU
import Machine

/// A log of what reached a guest from outside: one line an input, each with its checksum, so that a log that was cut
/// is valid up to its last full line.
///
///     emu-recording 1 MEMORY PROCESSORS STARTHASH
///     serial TICKS CLOCK HEX
///     end TICKS CLOCK STATEHASH
struct InputRecording {
  /// Bytes for the serial line.
  struct Entry: Equatable {
    /// Executed ticks when they came.
    var ticks: UInt64
    /// Nanoseconds of virtual time when they came.
    var clock: UInt64
    /// At least one.
    var bytes: [UInt8]
  }

  /// Where the recorded run ended, and in what state.
  struct End: Equatable {
    var ticks: UInt64
    var clock: UInt64
    var hash: UInt64
  }

  /// Bytes of RAM.
  var memory: UInt64
  /// Logical processors.
  var processors: UInt64
  /// The state before the first instruction.
  var startHash: UInt64
  /// Inputs in order.
  var entries: [Entry] = []
  /// The end, if the log is whole.
  var end: End?

  /// The header of a machine's log.
  init(_ machine: Machine) {
    memory = machine.memory.byteCount
    processors = UInt64(machine.processorCount)
    startHash = machine.stateHash()
  }

  /// Reads a log.
  ///
  /// - Throws: `InputError` with file, line and field.
  init(path: String) throws {
    let bytes: [UInt8]
    do { bytes = try readFile(path) } catch { throw InputError(description: "\(error)") }
    var lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
    // What follows the last line feed is a line that was cut.
    lines.removeLast()
    func bad(_ index: Int, _ text: String) -> InputError {
      InputError(description: "\(path): line \(index + 1): \(text)")
    }
    (memory, processors, startHash) = (0, 0, 0)
    guard !lines.isEmpty else { throw InputError(description: "\(path): is not a recording of emu: it has no line") }
    for (index, line) in lines.enumerated() {
      let text = String(decoding: line, as: UTF8.self)
      let words = text.split(separator: " ").map(String.init)
      guard let sum = words.last, text.utf8.count > sum.utf8.count,
        sum == Self.checksum(String(text.dropLast(sum.count + 1)))
      else { throw bad(index, "the checksum is wrong") }
      func number(_ position: Int, _ name: String) throws -> UInt64 {
        guard position < words.count - 1 else { throw bad(index, "\(name) is missing") }
        guard let value = parse(words[position]) else {
          throw bad(index, "\(name) '\(words[position])' is not a number")
        }
        return value
      }
      guard (index == 0) == (words[0] == "emu-recording") else {
        throw bad(index, "'\(words[0])' stands where \(index == 0 ? "the header" : "an input or the end") belongs")
      }
      guard end == nil else { throw bad(index, "stands behind the end") }
      let last = entries.last
      switch words[0] {
      case "emu-recording":
        let version = try number(1, "version")
        guard version == 1 else { throw bad(index, "version \(version) is not 1") }
        memory = try number(2, "memory")
        processors = try number(3, "processors")
        startHash = try number(4, "state")
      case "serial":
        let entry = Entry(
          ticks: try number(1, "ticks"), clock: try number(2, "clock"),
          bytes: words.count > 4 ? hexBytes(words[3]) ?? [] : [])
        guard !entry.bytes.isEmpty else { throw bad(index, "the bytes are not pairs of hexadecimal digits") }
        guard entry.ticks >= last?.ticks ?? 0, entry.clock >= last?.clock ?? 0 else {
          throw bad(index, "ticks \(entry.ticks) or clock \(entry.clock) goes back")
        }
        entries.append(entry)
      case "end":
        end = End(ticks: try number(1, "ticks"), clock: try number(2, "clock"), hash: try number(3, "state"))
        guard let end, end.ticks >= last?.ticks ?? 0, end.clock >= last?.clock ?? 0 else {
          throw bad(index, "the end lies before the last input")
        }
      default: throw bad(index, "'\(words[0])' is no kind of line")
      }
    }
  }

  /// A line with its checksum.
  static func line(_ text: String) -> String { "\(text) \(checksum(text))\n" }

  private static func checksum(_ text: String) -> String {
    var sum: UInt32 = 0x811C_9DC5
    for byte in text.utf8 { sum = (sum ^ UInt32(byte)) &* 0x0100_0193 }
    return String(sum, radix: 16)
  }

  var header: String { Self.line("emu-recording 1 \(memory) \(processors) 0x\(String(startHash, radix: 16))") }
}

private func parse(_ text: String) -> UInt64? {
  text.hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text)
}

private func hexBytes(_ text: String) -> [UInt8]? {
  let digits = Array(text.utf8)
  guard digits.count.isMultiple(of: 2) else { return nil }
  var result: [UInt8] = []
  for index in stride(from: 0, to: digits.count, by: 2) {
    guard let byte = UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16) else { return nil }
    result.append(byte)
  }
  return result
}

extension InputRecording.Entry {
  var line: String {
    let hex = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    return InputRecording.line("serial \(ticks) \(clock) \(hex)")
  }
}

/// Writes a log while the guest runs.
final class RecordingWriter {
  private let path: String
  private let descriptor: Int32

  /// Opens the file and writes the header.
  init(_ path: String, _ machine: Machine) throws {
    self.path = path
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw HostError(description: "\(path): cannot be opened: \(unsafe String(cString: strerror(errno)))")
    }
    try write(InputRecording(machine).header)
  }

  deinit { close(descriptor) }

  /// Appends a line.
  func write(_ line: String) throws {
    let bytes = Array(line.utf8)
    let count = unsafe bytes.withUnsafeBytes { buffer in
      unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
    }
    guard count == bytes.count else {
      throw HostError(
        description: "\(path): the recording cannot be written: \(unsafe String(cString: strerror(errno)))")
    }
  }

  /// Appends the end.
  func finish(_ machine: Machine) throws {
    let hash = String(machine.stateHash(), radix: 16)
    try write(InputRecording.line("end \(machine.executedTicks) \(machine.clockNanoseconds) 0x\(hash)"))
  }
}

/// Gives a guest again what a log says.
final class Replayer {
  private let path: String
  private let recording: InputRecording
  private var next = 0

  /// Reads a log and checks that the machine is the one that was recorded.
  init(_ path: String, _ machine: Machine) throws {
    self.path = path
    recording = try InputRecording(path: path)
    let present = InputRecording(machine)
    for (name, recorded, here) in [
      ("memory", recording.memory, present.memory), ("processors", recording.processors, present.processors),
    ] where recorded != here {
      throw InputError(description: "\(path): \(name) \(recorded) was recorded, and the machine has \(here)")
    }
    guard recording.startHash == present.startHash else {
      throw InputError(description: "\(path): was recorded with another image, command line or snapshot")
    }
  }

  /// More comes, or the recorded run was stopped while its guest slept.
  var expectsInput: Bool { next < recording.entries.count || recording.end != nil }

  /// Whether the recorded run ended here.
  func isAtEnd(_ machine: Machine) -> Bool {
    guard next == recording.entries.count, let end = recording.end else { return false }
    return machine.executedTicks >= end.ticks && machine.clockNanoseconds >= end.clock
  }

  /// Gives what came at this moment.
  func feed(_ machine: Machine) throws {
    while next < recording.entries.count, recording.entries[next].ticks <= machine.executedTicks,
      recording.entries[next].clock <= machine.clockNanoseconds
    {
      let entry = recording.entries[next]
      guard entry.ticks == machine.executedTicks, machine.receiveSerial(entry.bytes) == entry.bytes.count else {
        throw InputError(description: "\(path): the replay went another way before instruction \(entry.ticks)")
      }
      next += 1
    }
  }

  /// Ticks that may pass before something comes.
  func limit(_ ticks: UInt64, _ machine: Machine) -> UInt64 {
    let here = machine.executedTicks
    let goal = next < recording.entries.count ? recording.entries[next].ticks : recording.end?.ticks
    guard let goal, goal > here else { return max(ticks, 1) }
    return min(ticks, goal - here)
  }

  /// How long a sleeping guest may sleep at most before something comes; nil if nothing does.
  func sleep(_ nanoseconds: UInt64?, _ machine: Machine) -> UInt64? {
    let moment = next < recording.entries.count ? recording.entries[next].clock : recording.end?.clock
    let rest = moment.map { $0 &- min($0, machine.clockNanoseconds) }
    guard let rest, rest > 0 else { return nanoseconds }
    return min(nanoseconds ?? .max, rest)
  }

  /// Compares the end with the recorded one; nil if it is the same, or was not recorded.
  func problem(_ machine: Machine) -> String? {
    guard let end = recording.end else { return nil }
    let hash = machine.stateHash()
    guard machine.executedTicks == end.ticks, hash == end.hash else {
      return
        "\(path): the replay ended after \(machine.executedTicks) instructions in state 0x\(String(hash, radix: 16)), "
        + "the recorded run after \(end.ticks) in state 0x\(String(end.hash, radix: 16))"
    }
    return nil
  }
}
