public import Interpreter
import MMU

extension Machine {
  /// Writes the whole machine to a file, which appears under its name when it is complete.
  ///
  /// What the machine computes afterwards is the same with and without it. Documentation/snapshots.md has the format.
  /// - Parameters:
  ///   - path: the file; one of that name is replaced.
  ///   - base: a snapshot with as much RAM; only pages that differ from it are written, and the file needs it.
  /// - Throws: if the machine is running just now or on the host's processors, or the host refuses.
  public func saveSnapshot(to path: String, base: String? = nil) throws(SnapshotError) {
    guard processorSet.isModel else {
      throw SnapshotError(path, "a machine on the host's processors cannot be saved")
    }
    let processors = (0..<processorCount).map { processor($0) }
    guard processors.allSatisfy({ $0.state.granted == 0 }) else {
      throw SnapshotError(path, "a machine cannot be saved while it executes an instruction")
    }
    try SnapshotWriter.write(path, try snapshotMetadata(path), memory, base: base)
  }

  /// Every section but RAM.
  func snapshotMetadata(_ path: String) throws(SnapshotError) -> [SnapshotWriter.Metadata] {
    var metadata = [
      SnapshotWriter.Metadata(tag: "config", bytes: try SnapshotWriter.encode(try savedConfiguration(path), path)),
      SnapshotWriter.Metadata(tag: "board", bytes: try SnapshotWriter.encode(SavedBoard(self), path)),
    ]
    for index in 0..<processorCount {
      let image = processor(index).image()
      metadata.append(.init(tag: "cpu", index: index, bytes: try SnapshotWriter.encode(image.withoutTables, path)))
      metadata.append(.init(tag: "tlb", index: index, bytes: SavedTranslations.encode(image)))
    }
    metadata.append(.init(tag: "chips", bytes: try encodedChips(path)))
    return metadata
  }

  /// Section `config`: the board with its drives.
  private func savedConfiguration(_ path: String) throws(SnapshotError) -> SavedConfiguration {
    var saved = SavedConfiguration(self)
    if !platform.drives.isEmpty { saved.drives = try SavedDrive.list(platform.drives, path) }
    return saved
  }

  private func encodedChips(_ path: String) throws(SnapshotError) -> [UInt8] {
    do { return try chipTree().bytes } catch {
      throw SnapshotError(path, (error as? CBORError)?.text ?? "\(error)")
    }
  }

  /// Section `chips`.
  ///
  /// - Throws: `CBORError` with the sentence of an impossible state.
  func chipTree() throws -> CBOR {
    let chips = platform.capture()
    if let problem = Platform.problem(in: chips, processorCount: processorCount) { throw CBORError(problem) }
    let tree = try CBOREncoder.encode(chips)
    guard case .map(let members) = tree else { return tree }
    return .map(members + (try platform.encodeAddedChips()))
  }

  /// Makes a machine of a file that `saveSnapshot` wrote, and of those it names as its base.
  ///
  /// Most of RAM is mapped copy-on-write: the file must not change as long as the machine lives.
  /// - Throws: one sentence that names file, section, field and value.
  /// - Parameters:
  ///   - engine: the loop that goes on with it, which no snapshot holds.
  ///   - drives: the drives as they were when it was made; what the guest had written goes to their overlays.
  public convenience init(
    snapshot path: String, engine: Engine = .threaded, drives: MachineDrives = MachineDrives()
  ) throws(SnapshotError) {
    try self.init(snapshot: path, map: .pc, engine: engine, drives: drives)
  }

  /// Makes a machine of a file, with the chips of a map.
  convenience init(
    snapshot path: String, map: BoardMap, engine: Engine = .threaded, drives: MachineDrives = MachineDrives()
  ) throws(SnapshotError) {
    let file = try SnapshotFile(path: path)
    let saved = try file.value(SavedConfiguration.self, "config")
    guard (1...16).contains(saved.processorCount) else {
      throw SnapshotError(path, section: "config", "processorCount \(saved.processorCount) is not 1...16")
    }
    let byteCount = try file.section("ram").byteCount
    let romByteCount = saved.romByteCount ?? 0
    guard romByteCount == 0 || GuestMemory.isROMSize(romByteCount) else {
      throw SnapshotError(path, section: "config", "romByteCount \(romByteCount) is not that of a ROM")
    }
    guard GuestMemory.mappedByteCount(saved.memoryByteCount, romByteCount: romByteCount) == byteCount else {
      throw SnapshotError(path, section: "config", "memoryByteCount \(saved.memoryByteCount) is not \(byteCount)")
    }
    try file.checkSections(processorCount: saved.processorCount)
    var configuration = MachineConfiguration()
    configuration.engine = engine
    configuration.memoryByteCount = saved.memoryByteCount
    configuration.processorCount = saved.processorCount
    if let name = saved.model {
      guard let model = ProcessorModel(named: name) else {
        throw SnapshotError(path, section: "config", "model '\(name)' is not known")
      }
      configuration.model = model
    }
    configuration.serialIgnoresOUT2 = saved.serialIgnoresOUT2 ?? false
    configuration.hasHPET = saved.hasHPET ?? false
    configuration.hasTestDevice = saved.hasTestDevice ?? false
    configuration.romByteCount = romByteCount
    configuration.firmwareFiles = saved.firmwareFiles ?? [:]
    configuration.showsFirmwareLog = saved.showsFirmwareLog ?? false
    configuration.hasDisplay = saved.hasDisplay ?? false
    configuration.displayROM = saved.displayROM ?? []
    if configuration.displayROM.count > MachineConfiguration.displayROMLimit {
      throw SnapshotError(path, section: "config", "displayROM has \(configuration.displayROM.count) bytes")
    }
    if let problem = SavedDrive.problem(saved.drives ?? [], drives) {
      throw SnapshotError(path, section: "config", problem)
    }
    do { try self.init(configuration, map: map, drives: drives) } catch {
      throw SnapshotError(path, section: "config", error.description)
    }
    try file.restore(memory)
    try restoreChips(file)
    try restoreProcessors(file)
    try restoreBoard(file)
  }

  private func restoreChips(_ file: SnapshotFile) throws(SnapshotError) {
    let chips = try file.value(PlatformState.self, "chips")
    if let problem = Platform.problem(in: chips, processorCount: processorCount) {
      throw SnapshotError(file.path, section: "chips", problem)
    }
    platform.restore(chips)
    do {
      if case .map(let members) = try CBOR(file.bytes("chips")) { try platform.decodeAddedChips(members) }
    } catch let error as CBORError {
      throw SnapshotError(file.path, section: "chips", error.text)
    } catch {
      throw SnapshotError(file.path, section: "chips", "\(error)")
    }
  }

  private func restoreBoard(_ file: SnapshotFile) throws(SnapshotError) {
    let board = try file.value(SavedBoard.self, "board")
    if let problem = board.problem(processorCount: processorCount) {
      throw SnapshotError(file.path, section: "board", problem)
    }
    clock = board.clock
    turn = board.turn
    exit = board.exit?.reason
    events = board.eventLog
  }

  private func restoreProcessors(_ file: SnapshotFile) throws(SnapshotError) {
    let model = self.model
    for index in 0..<processorCount {
      var image = try file.value(ProcessorImage.self, "cpu", index: index)
      if let problem = SavedTranslations.decode(try file.bytes("tlb", index: index), into: &image) {
        throw SnapshotError(file.path, section: "tlb \(index)", problem)
      }
      if let problem = image.problem(model: model) {
        throw SnapshotError(file.path, section: "cpu \(index)", problem)
      }
      processor(index).restore(image)
      // A register that holds another value afterwards cannot hold the one that the file names.
      let result = processor(index).image()
      let (wanted, got) = (try file.tree(image.withoutTables), try file.tree(result.withoutTables))
      if let difference = CBOR.firstDifference(wanted, got, "") {
        throw SnapshotError(file.path, section: "cpu \(index)", difference)
      }
      guard image.data == result.data, image.fetch == result.fetch else {
        throw SnapshotError(file.path, section: "tlb \(index)", "a translation leads out of RAM or comes twice")
      }
    }
  }
}

extension ProcessorImage {
  /// The fields of section `cpu`.
  var withoutTables: ProcessorImage {
    var result = self
    result.data = []
    result.fetch = []
    result.largeRegions = []
    return result
  }
}

extension SnapshotFile {
  /// The sections are those of a machine with so many processors, in their order.
  fileprivate func checkSections(processorCount: Int) throws(SnapshotError) {
    var wanted = ["config", "board"]
    for index in 0..<processorCount { wanted += [Self.name("cpu", index), Self.name("tlb", index)] }
    wanted.append("chips")
    if sections.contains(where: { $0.tag == "base" }) { wanted.append("base") }
    wanted += ["pages", "ram"]
    let names = sections.map(\.name)
    guard names == wanted else {
      throw SnapshotError(
        path,
        "sections \(names.joined(separator: ", ")) are not \(wanted.joined(separator: ", "))")
    }
  }

  fileprivate func tree(_ image: ProcessorImage) throws(SnapshotError) -> CBOR {
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
