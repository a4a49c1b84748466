import Differential
import InstructionTesting
import Interpreter
import ModelExecution
import Testing
import X86
import X86Decoder

@Suite("Recordings") struct RecordingTests {
  /// Results of the model with every kind of change in them.
  private typealias Sample = (test: InstructionTest, result: UserState)

  private static func samples(_ count: UInt64) throws -> [Sample] {
    let generator = CodeGenerator(EncodingTemplate.all)
    let model = try ModelRunner()
    return try (0..<count).filter { $0 % 3 != 1 }.map { number in
      let mode: [InstructionTest.Mode] =
        number % 2 == 0 ? [.long64] : number % 4 == 1 ? [.compatibility32] : [.segmented]
      let test = generator.test(seed: 77, number: number * 13, modes: mode, cpl: 3)
      return (test, try model.run(test))
    }
  }

  private static func recording(of samples: [Sample]) -> Recording {
    var recording = Recording(processorName: "a processor, éè", seed: 77)
    for sample in samples { recording.append(sample.test, sample.result) }
    return recording
  }

  private static func small(_ count: UInt64 = 60) throws -> Recording { recording(of: try samples(count)) }

  private static func areEqual(_ left: Sample, _ right: Sample) -> Bool {
    left.test.number == right.test.number && left.test.mode == right.test.mode && left.test.cpl == right.test.cpl
      && left.test.codeLength == right.test.codeLength && left.test.singleSteps == right.test.singleSteps
      && left.test.input.bytes == right.test.input.bytes && left.result.bytes == right.result.bytes
      && (0..<16).map(left.test.code.element) == (0..<16).map(right.test.code.element)
  }

  private static func vectors(_ recording: Recording) -> [Sample] { (0..<recording.count).map { recording.vector($0) } }

  @Test("What is written is read again") func roundTrip() throws {
    let samples = try Self.samples(400)
    let recording = Self.recording(of: samples)
    let read = try Recording(decoding: recording.encoded)
    #expect(read.processorName == recording.processorName && read.seed == recording.seed)
    for vectors in [Self.vectors(recording), Self.vectors(read)] {
      #expect(vectors.count == samples.count && zip(vectors, samples).allSatisfy(Self.areEqual))
    }
    #expect(read.encoded == recording.encoded)
    let empty = try Recording(decoding: Recording(processorName: "", seed: .max).encoded)
    #expect(empty.processorName.isEmpty && empty.seed == .max && empty.count == 0)
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
    #expect(try Recording(decoding: recording.encoded).vector(0).result.bytes == result.bytes)
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
        #expect(read.count <= recording.count && Self.vectors(read).count == read.count)
      }
    }
    for bit in [0x01, 0x80, 0xFF] as [UInt8] {
      var changed = file
      changed[file.count - 1] ^= bit
      #expect(throws: RecordingError.self) { try Recording(decoding: changed) }
    }
  }

  @Test("Foreign bytes are named as such") func foreign() {
    #expect(throws: RecordingError("no recorded vectors: the first bytes are not EMUVEC02 or EMUVEC01")) {
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

  @Test("States are those of the version that the file names", arguments: StateGenerator.Version.allCases)
  func versions(_ version: StateGenerator.Version) throws {
    var test = InstructionTest.code([0x90])
    (test.number, test.form) = (3, 0)
    test.input = StateGenerator.state(seed: 8, number: 3, mode: .long64, cpl: 3, version: version)
    var recording = Recording(processorName: "x", modelName: "amd-v1", seed: 8, version: version)
    recording.append(test, test.input)
    let read = try Recording(decoding: recording.encoded)
    #expect(read.version == version && read.vector(0).test.input.bytes == test.input.bytes)
    // The version is the byte behind the two names.
    var file = recording.encoded
    file[8 + 2 + 7] = 3
    #expect(throws: RecordingError("version of the generator: 3, and this emu has 1 and 2")) {
      try Recording(decoding: file)
    }
  }

  @Test("A recording cannot be asked about a smaller test, and is not") func noSmallerTests() throws {
    #expect(!RecordedRunner(try Self.small()).executesAnyTest)
    #expect(try ModelRunner().executesAnyTest)
  }

  @Test("A recording of version 2 has 200 vectors of every form that it can hold, faults among them")
  func vectorsOfForms() throws {
    let recording = try Vectors.load("zen2-v3")
    #expect(recording.version == .second)
    let model = try recording.model()
    var counts: [Int: (vectors: Int, faults: Int)] = [:]
    for index in 0..<recording.count {
      let (test, result) = recording.vector(index)
      guard test.form != .max else { continue }
      counts[Int(test.form), default: (0, 0)].vectors += 1
      if result.vector != UserState.noException { counts[Int(test.form), default: (0, 0)].faults += 1 }
    }
    for template in EncodingTemplate.all where UntestableForms.reason(template, cpl: 3) == nil {
      let row = OpcodeForm.all[template.form]
      let isKnown = row.cpuidFeature.map(model.features.contains) ?? (row.operation.family != .absent)
      let count = counts[template.form] ?? (0, 0)
      // Where a form is not known, its bytes are another form's, or #UD.
      // Two numbers of control registers in three are no such form, but #UD.
      let least = [.movFromControl, .movToControl].contains(row.operation) ? 100 : 200
      if isKnown { #expect(count.vectors >= least, "\(row.encoding) \(row.assembly): \(count)") }
      let cannotFault = [.nop, .pause, .fwait, .lea].contains(row.operation)
      if isKnown, template.usesMemory, !cannotFault { #expect(count.faults > 0, "\(row.encoding) \(row.assembly)") }
    }
  }

  @Test("As an oracle it answers for its own tests") func oracle() throws {
    let recording = try Self.small()
    let oracle = RecordedRunner(recording)
    #expect(oracle.count == recording.count)
    for index in 0..<oracle.count {
      let test = oracle.test(number: UInt64(index))
      #expect(test.number == UInt64(index))
      #expect(try oracle.run(test).bytes == recording.vector(index).result.bytes)
    }
  }
}

extension InlineArray where Element == UInt8 {
  fileprivate func element(_ index: Int) -> UInt8 { self[index] }
}
