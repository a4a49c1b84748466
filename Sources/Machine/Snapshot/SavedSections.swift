import Interpreter
import MMU

/// Where the sections of a saved machine come from: a snapshot file, or another process.
protocol SavedSections {
  /// What messages begin with: the file's name.
  var path: String { get }
  /// The bytes of a section that is not RAM, which are as they were written.
  func bytes(_ tag: String, index: Int) throws(SnapshotError) -> [UInt8]
}

extension SavedSections {
  /// The bytes of a section of which there is one.
  func bytes(_ tag: String) throws(SnapshotError) -> [UInt8] { try bytes(tag, index: 0) }

  /// A value in a section.
  func value<Value: Decodable>(_ type: Value.Type, _ tag: String, index: Int = 0) throws(SnapshotError) -> Value {
    let bytes = try bytes(tag, index: index)
    do {
      return try CBORDecoder.decode(type, from: bytes)
    } catch {
      throw SnapshotError(path, section: SnapshotFile.name(tag, index), error.text)
    }
  }
}

extension SavedConfiguration {
  /// The board that it describes.
  ///
  /// - Throws: a sentence about a field that no board has.
  func board(_ path: String, engine: Engine) throws(SnapshotError) -> MachineConfiguration {
    guard (1...16).contains(processorCount) else {
      throw SnapshotError(path, section: "config", "processorCount \(processorCount) is not 1...16")
    }
    guard romByteCount == nil || romByteCount == 0 || GuestMemory.isROMSize(romByteCount ?? 0) else {
      throw SnapshotError(path, section: "config", "romByteCount \(romByteCount ?? 0) is not that of a ROM")
    }
    var configuration = MachineConfiguration()
    configuration.engine = engine
    configuration.memoryByteCount = memoryByteCount
    configuration.processorCount = processorCount
    if let model {
      guard let known = ProcessorModel(named: model) else {
        throw SnapshotError(path, section: "config", "model '\(model)' is not known")
      }
      configuration.model = known
    }
    configuration.serialIgnoresOUT2 = serialIgnoresOUT2 ?? false
    configuration.hasHPET = hasHPET ?? false
    configuration.hasTestDevice = hasTestDevice ?? false
    configuration.romByteCount = romByteCount ?? 0
    configuration.firmwareFiles = firmwareFiles ?? [:]
    configuration.showsFirmwareLog = showsFirmwareLog ?? false
    configuration.hasDisplay = hasDisplay ?? false
    configuration.displayROM = displayROM ?? []
    if configuration.displayROM.count > MachineConfiguration.displayROMLimit {
      throw SnapshotError(path, section: "config", "displayROM has \(configuration.displayROM.count) bytes")
    }
    return configuration
  }
}

extension Machine {
  /// Takes over processors, chips and the board, RAM aside.
  ///
  /// - Throws: one sentence that names source, section, field and value; the machine is of no use then.
  func restoreState(_ saved: some SavedSections) throws(SnapshotError) {
    try restoreChips(saved)
    try restoreProcessors(saved)
    try restoreBoard(saved)
  }

  private func restoreChips(_ saved: some SavedSections) throws(SnapshotError) {
    let chips = try saved.value(PlatformState.self, "chips")
    if let problem = Platform.problem(in: chips, processorCount: processorCount) {
      throw SnapshotError(saved.path, section: "chips", problem)
    }
    platform.restore(chips)
    do {
      if case .map(let members) = try CBOR(saved.bytes("chips")) { try platform.decodeAddedChips(members) }
    } catch let error as CBORError {
      throw SnapshotError(saved.path, section: "chips", error.text)
    } catch {
      throw SnapshotError(saved.path, section: "chips", "\(error)")
    }
  }

  private func restoreBoard(_ saved: some SavedSections) throws(SnapshotError) {
    let board = try saved.value(SavedBoard.self, "board")
    if let problem = board.problem(processorCount: processorCount) {
      throw SnapshotError(saved.path, section: "board", problem)
    }
    clock = board.clock
    turn = board.turn
    exit = board.exit?.reason
    events = board.eventLog
  }

  private func restoreProcessors(_ saved: some SavedSections) throws(SnapshotError) {
    let model = self.model
    for index in 0..<processorCount {
      var image = try saved.value(ProcessorImage.self, "cpu", index: index)
      if let problem = SavedTranslations.decode(try saved.bytes("tlb", index: index), into: &image) {
        throw SnapshotError(saved.path, section: "tlb \(index)", problem)
      }
      if let problem = image.problem(model: model) {
        throw SnapshotError(saved.path, section: "cpu \(index)", problem)
      }
      processor(index).restore(image)
      // A register that holds another value afterwards cannot hold the one that the file names.
      let result = processor(index).image()
      let (wanted, got) = (
        try Self.tree(saved.path, image.withoutTables), try Self.tree(saved.path, result.withoutTables)
      )
      if let difference = CBOR.firstDifference(wanted, got, "") {
        throw SnapshotError(saved.path, section: "cpu \(index)", difference)
      }
      guard image.data == result.data, image.fetch == result.fetch else {
        throw SnapshotError(saved.path, section: "tlb \(index)", "a translation leads out of RAM or comes twice")
      }
    }
  }

  private static func tree(_ path: String, _ image: ProcessorImage) throws(SnapshotError) -> CBOR {
    do { return try CBOREncoder.encode(image) } catch { throw SnapshotError(path, "\(error)") }
  }
}

extension CBOR {
  /// Where and how a restored value differs from the saved one.
  fileprivate static func firstDifference(_ saved: CBOR, _ restored: CBOR, _ path: String) -> String? {
    func inner(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
    switch (saved, restored) {
    case (.map(let left), .map(let right)) where left.map(\.key) == right.map(\.key):
      for (one, other) in zip(left, right) {
        if let found = firstDifference(one.value, other.value, inner(one.key)) { return found }
      }
      return nil
    case (.array(let left), .array(let right)) where left.count == right.count:
      for (index, pair) in zip(left, right).enumerated() {
        if let found = firstDifference(pair.0, pair.1, inner("\(index)")) { return found }
      }
      return nil
    default:
      return saved == restored ? nil : "\(path) \(saved.summary) would become \(restored.summary) in a processor"
    }
  }

  private var summary: String {
    switch self {
    case .unsigned(let value): "\(value)"
    case .bool(let value): "\(value)"
    default: "of another kind"
    }
  }
}
