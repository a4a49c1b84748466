import MMU
import TextForms

/// A log of what reached a guest from outside: one line an input, each with its checksum, so that a log that was cut
/// is valid up to its last full line.
///
///     emu-recording 3 MEMORY PROCESSORS STARTHASH
///     serial TICKS CLOCK HEX
///     end TICKS CLOCK STATEHASH
///
/// Documentation/snapshots.md has the format; `RecordingReader` reads it, `RecordingWriter` writes it.
public struct InputRecording: Equatable, Sendable {
  /// The board and its state before the first instruction.
  public struct Header: Equatable, Sendable {
    /// Bytes of RAM.
    public var memory: UInt64
    /// Logical processors.
    public var processors: UInt64
    /// The state before the first instruction.
    public var state: UInt64

    /// Makes a header.
    public init(memory: UInt64, processors: UInt64, state: UInt64) {
      (self.memory, self.processors, self.state) = (memory, processors, state)
    }

    /// That of a machine's log.
    public init(_ machine: Machine) {
      self.init(
        memory: machine.memory.byteCount, processors: UInt64(machine.processorCount),
        state: machine.stateHash() ^ machine.driveHash())
    }

    var line: String {
      InputRecording.line("emu-recording \(InputRecording.version) \(memory) \(processors) \(Text.hex(state))")
    }
  }

  /// Where the recorded run ended, and in what state.
  public struct End: Equatable, Sendable {
    /// Where.
    public var moment: Moment
    /// The state there.
    public var state: UInt64

    /// Makes an end.
    public init(moment: Moment, state: UInt64) { (self.moment, self.state) = (moment, state) }

    /// That of a machine which does not go on.
    ///
    /// Its chips are brought up to the present first, as a guest has done that looked whether anything can wake it.
    public init(_ machine: Machine) {
      machine.advance(toNanoseconds: machine.clockNanoseconds)
      self.init(moment: machine.moment, state: machine.stateHash())
    }

    var line: String {
      InputRecording.line("end \(moment.ticks) \(moment.clock) \(Text.hex(state))")
    }
  }

  /// Bytes for the serial line.
  public struct Serial: Equatable, Sendable {
    /// When they came.
    public var moment: Moment
    /// At least one.
    public var bytes: [UInt8]

    var line: String {
      InputRecording.line("serial \(moment.ticks) \(moment.clock) \(Text.digits(bytes))")
    }
  }

  /// The version of the format, of `Machine.stateHash`, which recordings hold, and of the length of turns. 1 was a hash of
  /// descriptions.
  static let version: UInt64 = 6
  /// Bytes that a line may have: the serial line takes a FIFO's worth at once.
  static let lineLimit = 4096
  /// Ticks and nanoseconds stay below it, as in snapshots.
  static let countLimit: UInt64 = 1 << 62

  /// The board.
  public var header: Header
  /// Inputs in order.
  public var inputs: [Serial] = []
  /// The end, if the log is whole.
  public var end: End?

  /// A line with its checksum.
  static func line(_ text: String) -> String { "\(text) \(checksum(text.utf8))\n" }

  /// FNV-1a, 32 bits, in hexadecimal digits.
  static func checksum(_ bytes: some Sequence<UInt8>) -> String {
    var sum: UInt32 = 0x811C_9DC5
    for byte in bytes { sum = (sum ^ UInt32(byte)) &* 0x0100_0193 }
    return Text.digits(UInt64(sum))
  }
}
