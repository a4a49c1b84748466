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
    [SnapshotWriter.Metadata(tag: "config", bytes: try SnapshotWriter.encode(try savedConfiguration(path), path))]
      + (try stateMetadata(path))
  }

  /// Every section but RAM and the configuration.
  func stateMetadata(_ path: String) throws(SnapshotError) -> [SnapshotWriter.Metadata] {
    var metadata = [SnapshotWriter.Metadata(tag: "board", bytes: try SnapshotWriter.encode(SavedBoard(self), path))]
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
    let configuration = try saved.board(path, engine: engine)
    let byteCount = try file.section("ram").byteCount
    guard GuestMemory.mappedByteCount(saved.memoryByteCount, romByteCount: configuration.romByteCount) == byteCount
    else {
      throw SnapshotError(path, section: "config", "memoryByteCount \(saved.memoryByteCount) is not \(byteCount)")
    }
    try file.checkSections(processorCount: saved.processorCount)
    if let problem = SavedDrive.problem(saved.drives ?? [], drives) {
      throw SnapshotError(path, section: "config", problem)
    }
    do { try self.init(configuration, map: map, drives: drives) } catch {
      throw SnapshotError(path, section: "config", error.description)
    }
    try file.restore(memory)
    try restoreState(file)
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
}
