public import InstructionTesting
public import Interpreter
import X86
import X86Decoder

/// Why a recording or recorded vectors cannot be used: one sentence.
public struct RecordingError: Error, CustomStringConvertible, Equatable {
  /// The sentence, without the file's name.
  public var description: String
  /// Makes an error.
  public init(_ description: String) { self.description = description }
}

/// Recorded vectors: tests with the results that a processor gave, the golden files.
///
/// Layout, little-endian: `EMUVEC02`, then the length and bytes of a UTF-8 name of the processor, the same of the model
/// that the recording is of (files of `EMUVEC01` have none: the vendor and family decide), the generator's version, the seed, the number of tests, the byte count of what follows, and its checksum, then one record a test:
/// the distance of its number from the last one, the code, where it differs from the usual the RIP, and the words of
/// the result that differ from the input. Inputs are not stored: `StateGenerator` makes them.
public struct Recording: Sendable {
  /// The processor that gave the results.
  public let processorName: String
  /// The name of the model that does what that processor does; empty where none is known.
  public let modelName: String
  /// The campaign's seed.
  public let seed: UInt64
  /// The generator of its states.
  public let version: StateGenerator.Version
  /// Knows the forms that the model has.
  private let decoder: Decoder
  /// How many tests there are, in the order of their numbers.
  public var count: Int { entries.count }

  /// Where a test begins: a state has 170 words, of which few change, so tests are made again whenever they are asked for.
  private struct Entry {
    var number: UInt64
    var at: Int
  }
  private var entries: [Entry] = []
  /// Records, or a file that ends with them.
  private var bytes: [UInt8] = []
  /// Where they begin.
  private var start = 0

  static let magic = Array("EMUVEC02".utf8)
  /// The form before, without the model's name.
  static let oldMagic = Array("EMUVEC01".utf8)

  /// An empty recording.
  ///
  /// - Parameter modelName: nil takes the model of the processor's vendor and family.
  public init(
    processorName: String, modelName: String? = nil, seed: UInt64, version: StateGenerator.Version = .newest
  ) {
    self.version = version
    self.processorName = processorName
    self.modelName = modelName ?? ProcessorModel(of: processorName)?.name ?? ""
    let model = ProcessorModel(named: self.modelName) ?? .amdV1
    decoder = Decoder(ProcessorBehaviors(of: .zen4), model.features)
    self.seed = seed
  }

  /// Adds a test of the generator's and what the processor made of it; its number is larger than the last one's.
  public mutating func append(_ test: InstructionTest, _ result: UserState) {
    Self.put(test.number &- (entries.last?.number ?? 0), &bytes)
    entries.append(Entry(number: test.number, at: bytes.count))
    Self.put(test, &bytes)
    Self.putChanges(from: test.input, to: result, &bytes)
  }

  /// A test and what the processor made of it.
  ///
  /// - Parameter index: 0 to `count` - 1.
  public func vector(_ index: Int) -> (test: InstructionTest, result: UserState) {
    var reader = Reader(bytes: bytes, at: entries[index].at)
    do throws(RecordingError) {
      let test = try reader.test(entries[index].number, seed: seed, version: version, decoder)
      return (test, try reader.changes(test.input))
    } catch {
      preconditionFailure("a recording that was read, or made here: \(error)")
    }
  }

  /// The model that the recording is of.
  ///
  /// - Throws: if there is none, by the processor's name.
  public func model() throws(RecordingError) -> ProcessorModel {
    if let model = ProcessorModel(named: modelName) { return model }
    let names = ProcessorModel.all.map(\.name).joined(separator: ", ")
    throw RecordingError(
      modelName.isEmpty
        ? "recorded on \(processorName), and no model is of that vendor: there are \(names)"
        : "recorded for the model '\(modelName)', and there are \(names)")
  }

  // MARK: Writing

  /// The file's bytes.
  public var encoded: [UInt8] {
    let body = bytes[start...]
    var file = Self.magic
    let name = Array(processorName.utf8)
    Self.put(UInt64(name.count), &file)
    file += name
    let model = Array(modelName.utf8)
    Self.put(UInt64(model.count), &file)
    file += model
    for value in [version.rawValue, seed, UInt64(count), UInt64(body.count), Self.checksum(body)] {
      Self.put(value, &file)
    }
    return file + body
  }

  private static func put(_ value: UInt64, _ bytes: inout [UInt8]) {
    var value = value
    while value >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
      value >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: value))
  }

  private static func put(_ test: InstructionTest, _ bytes: inout [UInt8]) {
    let hasOwnRIP = test.input.rip & 0xFFF != InstructionTest.codeAddress & 0xFFF
    bytes.append(
      test.codeLength | modeBits(test)
        | (test.singleSteps ? 0x40 : 0) | (hasOwnRIP ? 0x80 : 0))
    for index in 0..<Int(test.codeLength) { bytes.append(test.code[index]) }
    if hasOwnRIP { put(test.input.rip & 0xFFF, &bytes) }
  }

  /// Compatibility mode, CPL 0; both, which cannot be, is compatibility mode with segments.
  private static func modeBits(_ test: InstructionTest) -> UInt8 {
    switch test.mode {
    case .long64: test.cpl == 0 ? 0x20 : 0
    case .compatibility32: 0x10 | (test.cpl == 0 ? 0x20 : 0)
    case .segmented: 0x30
    case .real16: preconditionFailure("tests of real mode are not recorded")
    }
  }

  /// The words that differ: their distance plus one, a bit for each changed byte, those bytes; 0 ends them.
  private static func putChanges(from input: UserState, to result: UserState, _ bytes: inout [UInt8]) {
    let before = words(input)
    let after = words(result)
    var last = -1
    for index in before.indices where before[index] != after[index] {
      put(UInt64(index - last), &bytes)
      last = index
      var mask: UInt8 = 0
      var changed: [UInt8] = []
      for byte in 0..<8 {
        let value = UInt8(truncatingIfNeeded: after[index] >> UInt64(byte * 8))
        guard value != UInt8(truncatingIfNeeded: before[index] >> UInt64(byte * 8)) else { continue }
        mask |= 1 << UInt8(byte)
        changed.append(value)
      }
      bytes.append(mask)
      bytes += changed
    }
    bytes.append(0)
  }

  private static let wordCount = MemoryLayout<UserState>.size / 8

  private static func words(_ state: UserState) -> [UInt64] {
    unsafe withUnsafeBytes(of: state) { area in
      (0..<wordCount).map { unsafe area.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self) }
    }
  }

  /// FNV-1a.
  private static func checksum(_ bytes: some Sequence<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return hash
  }

  // MARK: Reading

  /// Reads a file's bytes.
  ///
  /// - Throws: what is wrong with them, by field and value.
  public init(decoding file: [UInt8]) throws(RecordingError) {
    let hasModel = file.starts(with: Self.magic)
    guard hasModel || file.starts(with: Self.oldMagic) else {
      throw RecordingError("no recorded vectors: the first bytes are not EMUVEC02 or EMUVEC01")
    }
    var reader = Reader(bytes: file, at: Self.magic.count)
    let name = try reader.text("the processor's name")
    let model = hasModel ? try reader.text("the model's name") : nil
    let generator = try reader.number("version of the generator")
    guard let version = StateGenerator.Version(rawValue: generator) else {
      let known = StateGenerator.Version.allCases.map { "\($0.rawValue)" }.joined(separator: " and ")
      throw RecordingError("version of the generator: \(generator), and this emu has \(known)")
    }
    self.init(processorName: name, modelName: model, seed: try reader.number("seed"), version: version)
    let count = try reader.number("number of tests")
    let byteCount = try reader.number("bytes of the tests")
    let checksum = try reader.number("checksum")
    guard UInt64(file.count - reader.at) == byteCount else {
      throw RecordingError(
        "truncated: \(file.count - reader.at) bytes of tests, and the header says \(byteCount)")
    }
    guard Self.checksum(file[reader.at...]) == checksum else {
      throw RecordingError("checksum: the tests are not what was recorded")
    }
    guard count <= byteCount else { throw RecordingError("number of tests: \(count) is too large") }
    entries.reserveCapacity(Int(count))
    start = reader.at
    var number: UInt64 = 0
    for _ in 0..<count {
      number &+= try reader.number("number of a test")
      entries.append(Entry(number: number, at: reader.at))
      try reader.skipTest(number)
      try reader.skipChanges()
    }
    bytes = file
  }

  /// A place in a file.
  private struct Reader {
    let bytes: [UInt8]
    var at: Int

    mutating func byte(_ field: String) throws(RecordingError) -> UInt8 {
      guard at < bytes.count else { throw RecordingError("truncated in \(field), at byte \(at)") }
      at += 1
      return bytes[at - 1]
    }

    mutating func number(_ field: String) throws(RecordingError) -> UInt64 {
      var value: UInt64 = 0
      for shift in stride(from: 0, to: 70, by: 7) as StrideTo<UInt64> {
        let next = try byte(field)
        value |= UInt64(next & 0x7F) << shift
        if next < 0x80 { return value }
      }
      throw RecordingError("\(field): more than 64 bits at byte \(at)")
    }

    /// A length of at most 256, and so many bytes.
    mutating func text(_ field: String) throws(RecordingError) -> String {
      let length = try number("length of \(field)")
      guard length <= 256 else { throw RecordingError("length of \(field): \(length) is more than 256") }
      var bytes: [UInt8] = []
      for _ in 0..<length { bytes.append(try byte(field)) }
      return String(decoding: bytes, as: UTF8.self)
    }

    mutating func test(
      _ number: UInt64, seed: UInt64, version: StateGenerator.Version, _ decoder: Decoder
    ) throws(RecordingError) -> InstructionTest {
      let head = try byte("head of test \(number)")
      var test = InstructionTest()
      test.number = number
      test.codeLength = head & 15
      test.mode = head & 0x30 == 0x30 ? .segmented : head & 0x10 != 0 ? .compatibility32 : .long64
      test.cpl = head & 0x30 == 0x20 ? 0 : 3
      test.singleSteps = head & 0x40 != 0
      guard test.codeLength > 0 else { throw RecordingError("code of test \(number): no bytes") }
      for index in 0..<Int(test.codeLength) { test.code[index] = try byte("code of test \(number)") }
      test.input = StateGenerator.state(
        seed: seed, number: number, mode: test.mode, cpl: test.cpl, version: version)
      if head & 0x80 != 0 {
        test.input.rip = test.input.rip & ~0xFFF | (try self.number("RIP of test \(number)") & 0xFFF)
      }
      if let instruction = test.decoded(by: decoder) { test.form = instruction.form }
      return test
    }

    /// Goes over a test, and finds what is wrong with it.
    mutating func skipTest(_ number: UInt64) throws(RecordingError) {
      let head = try byte("head of test \(number)")
      guard head & 15 > 0 else { throw RecordingError("code of test \(number): no bytes") }
      for _ in 0..<head & 15 { _ = try byte("code of test \(number)") }
      if head & 0x80 != 0 { _ = try self.number("RIP of test \(number)") }
    }

    /// Goes over the words of a result, and finds what is wrong with them.
    mutating func skipChanges() throws(RecordingError) {
      try forEachWord { (_, mask, reader) throws(RecordingError) in
        for _ in 0..<mask.nonzeroBitCount { _ = try reader.byte("value of a word") }
      }
    }

    mutating func changes(_ input: UserState) throws(RecordingError) -> UserState {
      var result = input
      try forEachWord { (index, mask, reader) throws(RecordingError) in
        for byte in 0..<8 where mask & (1 << UInt8(byte)) != 0 {
          let value = try reader.byte("value of a word")
          unsafe withUnsafeMutableBytes(of: &result) { unsafe $0[index * 8 + byte] = value }
        }
      }
      return result
    }

    private mutating func forEachWord(
      _ body: (Int, UInt8, inout Reader) throws(RecordingError) -> Void
    ) throws(RecordingError) {
      var index: UInt64 = .max
      while true {
        let distance = try number("word of a result")
        if distance == 0 { return }
        index &+= distance
        guard index < UInt64(Recording.wordCount) else {
          throw RecordingError("word of a result: \(index) at byte \(at)")
        }
        try body(Int(index), try byte("mask of a word"), &self)
      }
    }
  }
}

/// A recording as an oracle, and as the source of the tests that it has results for.
public final class RecordedRunner: InstructionRunner, TestSource {
  /// `recorded`.
  public let name = "recorded"
  /// The processor that was recorded.
  public let processorName: String
  /// False: there is one answer for each recorded test.
  public let executesAnyTest = false
  /// How many tests there are.
  public var count: Int { recording.count }

  private let recording: Recording

  /// The model that the recording is of.
  public func model() throws(RecordingError) -> ProcessorModel { try recording.model() }

  /// An oracle that answers from a recording.
  public init(_ recording: Recording) {
    self.recording = recording
    processorName = recording.processorName
  }

  /// The test at an index; `number` of the result is that index.
  public func test(number: UInt64) -> InstructionTest {
    var test = recording.vector(Int(number)).test
    test.number = number
    return test
  }

  /// Looks the results up.
  public func begin(
    _ tests: UnsafeBufferPointer<InstructionTest>, into results: UnsafeMutableBufferPointer<UserState>
  ) throws {
    for index in tests.indices { unsafe results[index] = recording.vector(Int(tests[index].number)).result }
  }

  /// Nothing is left to do.
  public func finish() {}
}
