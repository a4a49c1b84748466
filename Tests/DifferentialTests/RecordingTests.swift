import Differential
import Interpreter
import Testing
import X86
import X86Decoder

@Suite("Recordings") struct RecordingTests {
  /// Results of the model with every kind of change in them.
  private static func small(_ count: UInt64 = 60) throws -> Recording {
    let generator = CodeGenerator(EncodingTemplate.all)
    let model = try ModelRunner()
    var recording = Recording(processorName: "a processor, éè", seed: 77)
    for number in 0..<count where number % 3 != 1 {
      let mode: [InstructionTest.Mode] =
        number % 2 == 0 ? [.long64] : number % 4 == 1 ? [.compatibility32] : [.segmented]
      let test = generator.test(seed: 77, number: number * 13, modes: mode, cpl: 3)
      recording.append(test, try model.run(test))
    }
    return recording
  }

  private static func areEqual(_ left: Recording, _ right: Recording) -> Bool {
    left.processorName == right.processorName && left.seed == right.seed && left.tests.count == right.tests.count
      && zip(left.results, right.results).allSatisfy { $0.bytes == $1.bytes }
      && zip(left.tests, right.tests).allSatisfy {
        $0.number == $1.number && $0.mode == $1.mode && $0.cpl == $1.cpl && $0.codeLength == $1.codeLength
          && $0.singleSteps == $1.singleSteps && $0.input.bytes == $1.input.bytes
          && (0..<16).map($0.code.element) == (0..<16).map($1.code.element)
      }
  }

  @Test("What is written is read again") func roundTrip() throws {
    let recording = try Self.small(400)
    #expect(Self.areEqual(try Recording(decoding: recording.encoded), recording))
    let empty = Recording(processorName: "", seed: .max)
    #expect(Self.areEqual(try Recording(decoding: empty.encoded), empty))
  }

  @Test("Every field of a result is kept") func fields() throws {
    var result = UserState()
    unsafe withUnsafeMutableBytes(of: &result) { area in
      for index in area.indices { unsafe area[index] = UInt8(truncatingIfNeeded: index &* 7 &+ 1) }
    }
    var test = InstructionTest.code([0x90])
    test.number = 5
    test.input = StateGenerator.state(seed: 1, number: 5, mode: .long64, cpl: 3)
    var recording = Recording(processorName: "x", modelName: "intel-v1", seed: 1)
    recording.append(test, result)
    #expect(try Recording(decoding: recording.encoded).results[0].bytes == result.bytes)
  }

  @Test("A file cut anywhere gives a sentence") func truncated() throws {
    let file = try Self.small().encoded
    for length in file.indices {
      let error = #expect(throws: RecordingError.self, "\(length) bytes") {
        try Recording(decoding: Array(file.prefix(length)))
      }
      #expect((error?.description.count ?? 0) > 10)
    }
  }

  @Test("A file with any byte changed gives a sentence or a recording, and never another result") func flipped() throws
  {
    let recording = try Self.small()
    let file = recording.encoded
    // Magic, lengths and bytes of the names, version, seed, count, byte count and checksum.
    let header = 8 + 1 + recording.processorName.utf8.count + 1 + recording.modelName.utf8.count + 24
    for index in file.indices {
      for bit in [0x01, 0x80, 0xFF] as [UInt8] {
        var changed = file
        changed[index] ^= bit
        guard let read = try? Recording(decoding: changed) else { continue }
        // Name and seed are not covered by the checksum, the tests are.
        #expect(index < header, "byte \(index)")
        #expect(read.tests.count <= recording.tests.count)
      }
    }
    for bit in [0x01, 0x80, 0xFF] as [UInt8] {
      var changed = file
      changed[file.count - 1] ^= bit
      #expect(throws: RecordingError.self) { try Recording(decoding: changed) }
    }
  }

  @Test("Foreign bytes are named as such") func foreign() {
    #expect(throws: RecordingError("no recording: the first bytes are not EMUVEC02 or EMUVEC01")) {
      try Recording(decoding: Array("\u{7F}ELF and more".utf8))
    }
    #expect(throws: RecordingError.self) { try Recording(decoding: []) }
    let longName = Array("EMUVEC01".utf8) + [0x81, 0x02]
    #expect(throws: RecordingError("length of the processor's name: 257 is more than 256")) {
      try Recording(decoding: longName)
    }
  }

  @Test(
    "The model is the one that the file names; files without one go by vendor and family",
    arguments: [
      ("GenuineIntel 6-85-7 Xeon", nil, "intel-v1"), ("AuthenticAMD 25-1-1 EPYC", nil, "amd-v1"),
      ("AuthenticAMD 23-49-0", nil, "amd-zen2-v1"), ("GenuineIntel 6-85-7", "amd-v1", "amd-v1"),
      ("CentaurHauls 6-15-1", nil, nil), ("GenuineIntel 6-85-7", "vax", nil), ("", nil, nil),
    ] as [(String, String?, String?)])
  func model(_ processor: String, _ named: String?, _ model: String?) throws {
    let file = Recording(processorName: processor, modelName: named, seed: 1).encoded
    let recording = try Recording(decoding: file)
    if let model {
      #expect(try recording.model().name == model)
    } else {
      let error = #expect(throws: RecordingError.self) { try recording.model() }
      #expect(error?.description.contains(named ?? processor) == true)
    }
    // The form before: no name of a model.
    let old = Array("EMUVEC01".utf8) + [UInt8(processor.utf8.count)] + Array(processor.utf8)
    let rest = file.dropFirst(8 + 1 + processor.utf8.count)
    let short = try Recording(decoding: old + rest.dropFirst(1 + Int(rest.first ?? 0)))
    #expect(short.modelName == ProcessorModel(of: processor)?.name ?? "")
  }

  @Test("A recording cannot be asked about a smaller test, and is not") func noSmallerTests() throws {
    #expect(!RecordedRunner(try Self.small()).executesAnyTest)
    #expect(try ModelRunner().executesAnyTest)
  }

  @Test("As a judge it answers for its own tests") func judge() throws {
    let recording = try Self.small()
    let judge = RecordedRunner(recording)
    #expect(judge.count == recording.tests.count)
    for index in 0..<judge.count {
      let test = judge.test(number: UInt64(index))
      #expect(test.number == UInt64(index))
      #expect(try judge.run(test).bytes == recording.results[index].bytes)
    }
  }
}

extension InlineArray where Element == UInt8 {
  fileprivate func element(_ index: Int) -> UInt8 { self[index] }
}
