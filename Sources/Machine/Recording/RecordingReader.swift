import DevicesLegacy
import Glibc
import HostSystem

/// Reads a recording, which may hold anything.
public struct RecordingReader {
  private let path: String
  private var number = 0
  private var recording: InputRecording?

  /// Reads a file.
  ///
  /// - Throws: `InputRecordingError` with file, line, field and value.
  public static func read(_ path: String) throws(InputRecordingError) -> InputRecording {
    var lines = try FullLines(path)
    var reader = RecordingReader(path: path)
    while let line = try lines.next() {
      reader.number += 1
      try reader.take(line)
    }
    guard let recording = reader.recording else {
      throw InputRecordingError(.unusable, "\(path): is no recording of emu: it has no full line")
    }
    return recording
  }

  /// Reads the line of one input, its line feed included.
  ///
  /// - Parameter name: what a message begins with.
  static func entry(_ line: [UInt8], _ name: String) throws(InputRecordingError) -> InputLog.Entry {
    var reader = RecordingReader(path: name)
    reader.recording = InputRecording(header: .init(memory: 0, processors: 0, state: 0))
    reader.number = 2
    guard line.last == 10 else { throw reader.bad("does not end with a line feed") }
    try reader.take(Array(line.dropLast()))
    guard let entry = reader.recording?.inputs.first else { throw reader.bad("is no input") }
    return entry
  }

  private init(path: String) { self.path = path }

  private func bad(_ text: String) -> InputRecordingError {
    InputRecordingError(.unusable, "\(path): line \(number): \(text)")
  }

  /// How many words the lines of each kind have, without the checksum.
  private static let wordCounts = [
    "emu-recording": 5, "drive": 3, "serial": 4, "key": 5, "nmi": 4, "interrupt": 5, "irq": 4, "end": 4,
  ]

  private mutating func take(_ line: [UInt8]) throws(InputRecordingError) {
    var words = line.split(separator: 0x20, omittingEmptySubsequences: false)
    if number == 1, !(words.first?.elementsEqual("emu-recording".utf8) ?? false) {
      throw InputRecordingError(.unusable, "\(path): is no recording of emu: it does not begin with 'emu-recording'")
    }
    guard line.last != 13 else { throw bad("ends with a carriage return: a line ends with a line feed alone") }
    guard let sum = words.popLast(), !words.isEmpty else { throw bad("has no checksum") }
    guard sum.elementsEqual(InputRecording.checksum(line.dropLast(sum.count + 1)).utf8) else {
      throw bad("the checksum \(shown(sum)) is wrong")
    }
    guard recording?.end == nil else { throw bad("stands behind the end") }
    let kind = String(decoding: words[0], as: UTF8.self)
    guard let count = Self.wordCounts[kind] else {
      throw bad("\(shown(words[0])) is no kind of line")
    }
    guard (number == 1) == (kind == "emu-recording") else { throw bad("a header stands behind the first line") }
    if number == 1 { try checkVersion(words) }
    guard words.count == count else { throw bad("'\(kind)' has \(words.count - 1) fields and not \(count - 1)") }
    switch kind {
    case "emu-recording": recording = InputRecording(header: try header(words))
    case "drive":
      guard recording?.inputs.isEmpty == true else { throw bad("a drive stands behind an input") }
      let drive = try drive(words)
      recording?.header.drives.append(drive)
    case "serial": try append(.serial(try bytes(words[3])), words)
    case "key": try append(try key(words[3], words[4]), words)
    case "nmi": try append(.nonMaskableInterrupt(processor: try small("processor", words[3], below: 16)), words)
    case "interrupt":
      let processor = try small("processor", words[3], below: 16)
      let vector = UInt8(truncatingIfNeeded: try small("vector", words[4], below: 256))
      try append(.interrupt(processor: processor, vector: vector), words)
    case "irq": try append(.line(try small("line", words[3], below: 16)), words)
    default:
      let end = InputRecording.End(moment: try moment(words), state: try hash(words[3]))
      recording?.end = end
    }
  }

  private mutating func append(
    _ input: OutsideInput, _ words: [ArraySlice<UInt8>]
  ) throws(InputRecordingError) {
    let entry = InputLog.Entry(moment: try moment(words), input: input)
    recording?.inputs.append(entry)
  }

  /// Another version may have other fields.
  private func checkVersion(_ words: [ArraySlice<UInt8>]) throws(InputRecordingError) {
    guard words.count > 1 else { throw bad("the version is missing") }
    let version = try count("version", words[1])
    guard version == InputRecording.version else {
      throw bad(
        "has format version \(version), and this emu reads version \(InputRecording.version) only: "
          + "record the run again")
    }
  }

  private func header(_ words: [ArraySlice<UInt8>]) throws(InputRecordingError) -> InputRecording.Header {
    InputRecording.Header(
      memory: try count("memory", words[2]), processors: try count("processors", words[3]), state: try hash(words[4]))
  }

  /// Ticks and clock of a line, not before those of the line before.
  private func moment(_ words: [ArraySlice<UInt8>]) throws(InputRecordingError) -> Moment {
    let moment = Moment(ticks: try count("ticks", words[1]), clock: try count("clock", words[2]))
    if let last = recording?.inputs.last?.moment {
      guard moment.ticks >= last.ticks else { throw bad("ticks \(moment.ticks) is less than \(last.ticks) before") }
      guard moment.clock >= last.clock else { throw bad("clock \(moment.clock) is less than \(last.clock) before") }
    }
    return moment
  }

  private func count(_ name: String, _ word: ArraySlice<UInt8>) throws(InputRecordingError) -> UInt64 {
    guard !word.isEmpty, word.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw bad("\(name) \(shown(word)) is not a decimal number")
    }
    guard let value = UInt64(String(decoding: word, as: UTF8.self)), value < InputRecording.countLimit else {
      throw bad("\(name) \(shown(word)) is not below 2^62")
    }
    return value
  }

  private func small(_ name: String, _ word: ArraySlice<UInt8>, below limit: Int) throws(InputRecordingError) -> Int {
    let value = try count(name, word)
    guard value < UInt64(limit) else { throw bad("\(name) \(value) is not below \(limit)") }
    return Int(value)
  }

  private func hash(_ word: ArraySlice<UInt8>) throws(InputRecordingError) -> UInt64 {
    let digits = word.dropFirst(2)
    guard word.starts(with: "0x".utf8), (1...16).contains(digits.count), digits.allSatisfy({ Self.digit($0) != nil })
    else { throw bad("state \(shown(word)) is not 0x and up to 16 hexadecimal digits") }
    return digits.reduce(0) { $0 << 4 | UInt64(Self.digit($1) ?? 0) }
  }

  private func bytes(_ word: ArraySlice<UInt8>) throws(InputRecordingError) -> [UInt8] {
    var result: [UInt8] = []
    for index in stride(from: word.startIndex, to: word.endIndex, by: 2) {
      guard index + 1 < word.endIndex, let high = Self.digit(word[index]), let low = Self.digit(word[index + 1]) else {
        throw bad("bytes \(shown(word)) are not pairs of hexadecimal digits")
      }
      result.append(high << 4 | low)
    }
    guard !result.isEmpty else { throw bad("bytes are missing") }
    return result
  }

  private func drive(_ words: [ArraySlice<UInt8>]) throws(InputRecordingError) -> InputRecording.Drive {
    let (place, contents) = (words[1], words[2])
    let isName = place.allSatisfy { (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || $0 == 0x2D }
    guard isName, (1...40).contains(place.count) else { throw bad("drive \(shown(place)) is no drive's name") }
    let isEmpty = contents.elementsEqual(InputRecording.Drive.empty.utf8)
    guard isEmpty || contents.count == 32 && contents.allSatisfy({ Self.digit($0) != nil }) else {
      throw bad("contents \(shown(contents)) are neither 32 hexadecimal digits nor 'empty'")
    }
    return InputRecording.Drive(
      place: String(decoding: place, as: UTF8.self), contents: String(decoding: contents, as: UTF8.self))
  }

  private func key(
    _ code: ArraySlice<UInt8>, _ direction: ArraySlice<UInt8>
  ) throws(InputRecordingError) -> OutsideInput {
    let bytes = try bytes(code)
    guard bytes.count == 1, let key = Key(code3: bytes[0]) else {
      throw bad("key \(shown(code)) is no key's code in scan code set 3")
    }
    let isPressed = direction.elementsEqual("down".utf8)
    guard isPressed || direction.elementsEqual("up".utf8) else {
      throw bad("key \(shown(code)) is \(shown(direction)), neither 'down' nor 'up'")
    }
    return .key(key, isPressed: isPressed)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
  }

  /// A word for a message: the beginning of it, without what a terminal might obey.
  private func shown(_ word: ArraySlice<UInt8>) -> String {
    let text = String(decoding: word.prefix(40).map { (0x20...0x7E).contains($0) ? $0 : 0x2E }, as: UTF8.self)
    return "'\(text)\(word.count > 40 ? "..." : "")'"
  }
}

/// The lines of a file that end with a line feed; what follows the last one is a line that was cut.
private struct FullLines {
  private let path: String
  private let file: Descriptor
  private var buffer: [UInt8] = []
  private var start = 0
  private var number = 0

  /// Closes itself.
  private final class Descriptor {
    let number: Int32
    init(_ number: Int32) { self.number = number }
    deinit { close(number) }
  }

  init(_ path: String) throws(InputRecordingError) {
    self.path = path
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw InputRecordingError(.unusable, "\(path): cannot be opened: \(HostIO.lastReason)")
    }
    file = Descriptor(descriptor)
  }

  mutating func next() throws(InputRecordingError) -> [UInt8]? {
    var searched = start
    while true {
      let found = buffer[searched...].firstIndex(of: 10)
      guard (found ?? buffer.count) - start <= InputRecording.lineLimit else {
        throw InputRecordingError(
          .unusable, "\(path): line \(number + 1): has more than \(InputRecording.lineLimit) bytes")
      }
      if let found {
        number += 1
        defer { start = found + 1 }
        return Array(buffer[start..<found])
      }
      buffer.removeFirst(start)
      start = 0
      searched = buffer.count
      guard try fill() else { return nil }
    }
  }

  /// Reads more; false at the end.
  private mutating func fill() throws(InputRecordingError) -> Bool {
    guard let chunk = HostIO.read(file.number) else {
      throw InputRecordingError(.unusable, "\(path): cannot be read: \(HostIO.lastReason)")
    }
    buffer += chunk
    return !chunk.isEmpty
  }
}
