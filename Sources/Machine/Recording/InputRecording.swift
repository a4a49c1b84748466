import DevicesLegacy
import DiskImages
import MMU
import TextForms

/// A log of what reached a guest from outside: one line an input, each with its checksum, so that a log that was cut
/// is valid up to its last full line.
///
///     emu-recording VERSION MEMORY PROCESSORS STARTHASH
///     drive PLACE CONTENTS
///     serial TICKS CLOCK HEX
///     key TICKS CLOCK CODE down|up
///     nmi TICKS CLOCK PROCESSOR
///     interrupt TICKS CLOCK PROCESSOR VECTOR
///     irq TICKS CLOCK LINE
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
    /// The drives.
    public var drives: [Drive] = []

    /// Makes a header.
    public init(memory: UInt64, processors: UInt64, state: UInt64) {
      (self.memory, self.processors, self.state) = (memory, processors, state)
    }

    /// That of a machine's log.
    public init(_ machine: Machine) {
      self.init(
        memory: machine.memory.byteCount, processors: UInt64(machine.processorCount),
        state: machine.stateHash())
      drives = machine.platform.drives.all.map { place, _, medium in
        let image = medium as? DiskImage
        return Drive(
          place: place.split(separator: " ").joined(separator: "-"), path: image?.path,
          contents: image?.contentIdentity()?.description ?? Drive.empty)
      }
    }

    /// The first lines of a recording.
    var lines: String {
      InputRecording.line("emu-recording \(InputRecording.version) \(memory) \(processors) \(Text.hex(state))")
        + drives.map(\.line).joined()
    }
  }

  /// What is in a drive before the first instruction.
  public struct Drive: Equatable, Sendable {
    /// Contents of a drive without a medium.
    static let empty = "empty"

    /// The drive, such as `primary-master`.
    public var place: String
    /// The file, of a machine that is there.
    public var path: String?
    /// A hash of what the file holds, as 32 hexadecimal digits, or `empty`.
    public var contents: String

    var line: String { InputRecording.line("drive \(place) \(contents)") }
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

  /// The line of an input; nil of one that only a debugger makes.
  static func line(_ entry: InputLog.Entry) -> String? {
    let moment = "\(entry.moment.ticks) \(entry.moment.clock)"
    return switch entry.input {
    case .serial(let bytes): line("serial \(moment) \(Text.digits(bytes))")
    case .key(let key, let isPressed): line("key \(moment) \(Text.digits([key.code3])) \(isPressed ? "down" : "up")")
    case .nonMaskableInterrupt(let processor): line("nmi \(moment) \(processor)")
    case .interrupt(let processor, let vector): line("interrupt \(moment) \(processor) \(vector)")
    case .line(let number): line("irq \(moment) \(number)")
    case .memory, .state: nil
    }
  }

  /// The version of the format, of `Machine.stateHash`, which recordings hold, and of the length of turns. 1 was a hash of
  /// descriptions.
  static let version: UInt64 = 8
  /// Bytes that a line may have: the serial line takes a FIFO's worth at once.
  static let lineLimit = 4096
  /// Ticks and nanoseconds stay below it, as in snapshots.
  static let countLimit: UInt64 = 1 << 62

  /// The board.
  public var header: Header
  /// Inputs in order.
  public var inputs: [InputLog.Entry] = []
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
