import DiskImages
import Glibc
public import Interpreter
import MMU

/// The side of a process that takes over a machine from another: it checks each frame, and whatever came there is a whole
/// machine at the end, or a sentence.
public final class IncomingMachine {
  /// What the caller is to do next.
  public enum Step {
    /// Send the output, read more.
    case more
    /// Call `begin` with the drives of the board.
    case needsDrives([MoveDrive])
    /// The source has closed the disks that both sides use: call `open`.
    case openDisks
    /// Run the guest.
    case run
    /// The source has ended the move.
    case cancelled(String)
    /// The guest of the source has taken this; this one is to take it at the same moment.
    case input(InputLog.Entry)
    /// The guest of the source has come to a moment, and this much of its serial output has left.
    case mark(number: UInt64, Moment, released: UInt64)
    /// The states are to be compared when the guest comes to a moment.
    case compare(number: UInt64, Moment, total: UInt64)
    /// The sums of the source at a comparison that differed.
    case sums(number: UInt64, StateSums)
    /// The state is asked for at a tick since the last comparison that was the same.
    case probe(number: UInt64, ticks: UInt64, total: UInt64)
    /// What the source has found out about a difference.
    case finding(String)
    /// The source's run has ended.
    case ended
  }

  /// The machine, as soon as its board is known; it may run after `Step.run`.
  public private(set) var machine: Machine?
  /// How far the serial line has come.
  public private(set) var serial = SerialPlace()
  /// The guest is followed, not taken over at once.
  private let isBackup: Bool
  private let engine: Engine
  private let name: String
  private let models: Set<String>?
  private var reader = MoveReader()
  private var writer = MoveWriter()
  private var sections: [String: [UInt8]] = [:]
  private var stage = Stage.hello

  private enum Stage {
    case hello, drives, contents, complete, opened, running, following
  }
  private var hello: MoveHello?
  /// The media, in the order of the hello frame's drives.
  private var images: [DiskImage?] = []
  private var awaited: [(DiskImage, ContentIdentity)] = []
  private var collector = StateSums.Collector()
  private var lastMoment = Moment(ticks: 0, clock: 0)

  /// - Parameters:
  ///   - name: what messages begin with: the address.
  ///   - engine: the loop that goes on with the guest.
  ///   - model: the most that a processor of the guest may be: a guest of another model must be a part of it.
  ///   - isBackup: the guest is followed.
  public init(_ name: String, engine: Engine, model: ProcessorModel?, isBackup: Bool = false) {
    self.name = name
    self.isBackup = isBackup
    self.engine = engine
    models = model.map { limit in Set(ProcessorModel.all.filter { $0.isPart(of: limit) }.map(\.name)) }
  }

  // MARK: The connection

  /// The next bytes to be sent.
  public var output: ArraySlice<UInt8> { writer.next }

  /// So many bytes were sent.
  public func sent(_ count: Int) { writer.remove(count) }

  /// Bytes that came from the source.
  public func take(_ bytes: [UInt8]) { reader.take(bytes) }

  /// A sentence for the source: the guest is not taken.
  public func refuse(_ reason: String) { writer.add(.refused, Array(reason.utf8)) }

  /// Works on the next frame; nil if none is there as a whole.
  ///
  /// - Throws: a sentence about a frame that is not what it must be.
  public func step() throws(MoveProblem) -> Step? {
    guard let frame = try reader.next() else { return nil }
    switch (stage, frame.kind) {
    case (_, .cancel): return .cancelled(MoveProblem(String(decoding: frame.body, as: UTF8.self)).description)
    case (.hello, _):
      hello = try checked(MoveHello(frame))
      stage = .drives
      return .needsDrives(hello?.drives ?? [])
    case (.contents, .disk): try takeDisk(frame.body)
    case (.contents, .pages): try takePages(frame.body)
    case (.contents, .zeroPages): try takeZeroPages(frame.body)
    case (.contents, .section): try takeSection(frame.body)
    case (.contents, .serial): serial = try SerialPlace(body: frame.body)
    case (.contents, .complete): try complete(frame.body)
    case (.complete, .released):
      try takeIdentities(frame.body)
      return .openDisks
    case (.opened, .go):
      stage = .running
      return .run
    case (.following, _): return try follow(frame)
    default: throw MoveProblem("a frame of kind \(frame.kind) comes when none is expected")
    }
    return .more
  }

  // MARK: A source that is followed

  private func follow(_ frame: MoveFrame) throws(MoveProblem) -> Step {
    func numbers(_ count: Int) throws(MoveProblem) -> [UInt64] {
      guard frame.body.count == 8 * count else {
        throw MoveProblem("a frame of kind \(frame.kind) has \(frame.body.count) bytes, not \(8 * count)")
      }
      return (0..<count).map { MoveBytes.number(frame.body, 8 * $0) }
    }
    switch frame.kind {
    case .input:
      let entry: InputLog.Entry
      do throws(InputRecordingError) { entry = try RecordingReader.entry(frame.body, name) } catch {
        throw MoveProblem(error.description)
      }
      try check(entry.moment)
      return .input(entry)
    case .mark:
      let values = try numbers(4)
      let moment = Moment(ticks: values[1], clock: values[2])
      try check(moment)
      return .mark(number: values[0], moment, released: values[3])
    case .compare:
      let values = try numbers(4)
      let moment = Moment(ticks: values[1], clock: values[2])
      try check(moment)
      return .compare(number: values[0], moment, total: values[3])
    case .pageSums:
      guard let (number, sums) = try collector.take(frame.body, pageLimit: UInt64(machine?.memory.pageCount ?? 0))
      else { return .more }
      return .sums(number: number, sums)
    case .probe:
      let values = try numbers(3)
      return .probe(number: values[0], ticks: values[1], total: values[2])
    case .finding: return .finding(MoveProblem(String(decoding: frame.body, as: UTF8.self)).description)
    case .ended: return .ended
    default: throw MoveProblem("a frame of kind \(frame.kind) comes to a backup")
    }
  }

  /// Moments come in their order.
  private func check(_ moment: Moment) throws(MoveProblem) {
    guard moment.isAtOrAfter(lastMoment), moment.ticks < 1 << 62, moment.clock < 1 << 62 else {
      throw MoveProblem(
        "the moment \(moment.ticks), \(moment.clock) is before \(lastMoment.ticks), \(lastMoment.clock)")
    }
    lastMoment = moment
  }

  /// The machine is whole, and follows the source's.
  public var isFollowing: Bool { stage == .following }

  /// The log is here up to a mark: what it caused may leave at the source.
  public func acknowledge(mark number: UInt64) { writer.add(.acknowledged, MoveBytes.little(number)) }

  /// The guest is taken over, after `Step.run`: new disks get their names, and the source learns it.
  ///
  /// - Throws: a disk that cannot be made durable; the source keeps its guest.
  public func confirm() throws(MoveProblem) {
    guard stage == .running else { return }
    do throws(DiskImageError) { for image in images { try image?.completeArrival() } } catch {
      throw MoveProblem(error.description)
    }
    writer.add(.running)
  }

  /// Executed again, the guest comes to the state that differed, or to another one; nil if it cannot be.
  public func answer(reproduces: Bool?) { writer.add(.reproduces, [reproduces.map { $0 ? 1 : 0 } ?? 2]) }

  /// Answers a comparison.
  public func answer(comparison number: UInt64, isSame: Bool) {
    writer.add(isSame ? .same : .differs, MoveBytes.little(number))
  }

  private func checked(_ hello: MoveHello) throws(MoveProblem) -> MoveHello {
    if let models, let model = hello.configuration.model, !models.contains(model) {
      throw MoveProblem(
        "the guest's processors are \(model), and --cpu allows \(models.sorted().joined(separator: ", "))")
    }
    guard hello.isProtection == isBackup else {
      throw MoveProblem(
        isBackup ? "the source moves its guest, and this is a --backup" : "the source wants a --backup, not --incoming")
    }
    return hello
  }

  /// Builds the board, after `Step.needsDrives`.
  ///
  /// - Parameter drives: a medium for each drive: the same contents, a new file (`DiskImage.arriving`), or one that is
  ///   opened later (`DiskImage.awaited`).
  /// - Throws: what does not fit.
  public func begin(drives: MachineDrives) throws(MoveProblem) {
    guard let hello, stage == .drives else { return }
    let all = drives.all
    if let other = all.first(where: { here in !hello.drives.contains { $0.place == here.place } }) {
      throw MoveProblem("\(other.place): the guest has no such drive")
    }
    for drive in hello.drives {
      guard let here = all.first(where: { $0.place == drive.place }) else {
        throw MoveProblem("\(drive.place)\(drive.path.map { " with \($0)" } ?? ""): is missing here")
      }
      if let problem = drive.problem(here.medium, isDiscDrive: here.isDiscDrive, keepsFile: !isBackup) {
        throw MoveProblem(problem)
      }
      images.append(here.medium as? DiskImage)
    }
    do throws(SnapshotError) {
      let configuration = try hello.configuration.board(name, engine: engine)
      do throws(MachineError) { machine = try Machine(configuration, drives: drives) } catch {
        throw SnapshotError(name, error.description)
      }
    } catch {
      throw MoveProblem(error.description)
    }
    stage = .contents
    writer.add(.accepted)
  }

  // MARK: Contents

  private func takePages(_ body: [UInt8]) throws(MoveProblem) {
    guard let memory = machine?.memory, body.count > 8, (body.count - 8) % 4096 == 0 else {
      throw MoveProblem("pages: \(body.count) bytes are no whole pages")
    }
    let count = (body.count - 8) / 4096
    let first = try Self.pages(MoveBytes.number(body, 0), UInt64(count), memory).lowerBound
    unsafe body.withUnsafeBytes { area in
      guard let start = area.baseAddress else { return }
      unsafe memcpy(memory.base + first << 12, start + 8, count << 12)
    }
  }

  private func takeZeroPages(_ body: [UInt8]) throws(MoveProblem) {
    guard let memory = machine?.memory, body.count == 16 else {
      throw MoveProblem("zero pages: \(body.count) bytes are not 16")
    }
    for page in try Self.pages(MoveBytes.number(body, 0), MoveBytes.number(body, 8), memory)
    where !memory.isZero(page: page) {
      unsafe memset(memory.base + page << 12, 0, 4096)
    }
  }

  private static func pages(
    _ first: UInt64, _ count: UInt64, _ memory: GuestMemory
  ) throws(MoveProblem) -> Range<Int> {
    let limit = UInt64(memory.pageCount)
    guard first < limit, count <= limit - first else {
      throw MoveProblem("pages \(first) and \(count) from it are not within the guest's \(limit)")
    }
    return Int(first)..<Int(first + count)
  }

  private func takeDisk(_ body: [UInt8]) throws(MoveProblem) {
    guard body.count > 16, body.count <= 16 + 1 << 18, let drives = hello?.drives else {
      throw MoveProblem("disk: \(body.count) bytes are no piece of one")
    }
    let (index, place) = (MoveBytes.number(body, 0), MoveBytes.number(body, 8))
    guard index < UInt64(drives.count), let image = images[Int(index)],
      [.copied, .based].contains(drives[Int(index)].way)
    else { throw MoveProblem("disk: drive \(index) is not sent") }
    let bytes = Array(body[16...])
    guard place <= image.byteCount, UInt64(bytes.count) <= image.byteCount - place else {
      throw MoveProblem("disk: bytes \(place) and \(bytes.count) from it are beyond drive \(index)")
    }
    guard image.write(bytes, at: place) else {
      throw MoveProblem("\(drives[Int(index)].place): \(image.path) cannot be written at byte \(place)")
    }
  }

  private func takeIdentities(_ body: [UInt8]) throws(MoveProblem) {
    guard body.count % 32 == 0 else { throw MoveProblem("released: \(body.count) bytes are no identities") }
    for place in stride(from: 0, to: body.count, by: 32) {
      let index = MoveBytes.number(body, place)
      guard index < UInt64(images.count), let image = images[Int(index)], hello?.drives[Int(index)].way == .shared
      else {
        throw MoveProblem("released: drive \(index) is not shared")
      }
      awaited.append(
        (
          image,
          ContentIdentity(
            byteCount: MoveBytes.number(body, place + 8), high: MoveBytes.number(body, place + 16),
            low: MoveBytes.number(body, place + 24))
        ))
    }
  }

  private func takeSection(_ body: [UInt8]) throws(MoveProblem) {
    guard body.count >= 16 else { throw MoveProblem("section: \(body.count) bytes are too few") }
    let tag = String(decoding: body[0..<8].prefix { $0 != 0 }, as: UTF8.self)
    let index = MoveBytes.number(body, 8)
    guard ["board", "cpu", "tlb", "chips"].contains(tag), index < 16 else {
      throw MoveProblem("section \(tag) \(index) is not known")
    }
    let key = SnapshotFile.name(tag, Int(index))
    guard sections.updateValue(Array(body[16...]), forKey: key) == nil else {
      throw MoveProblem("section \(key) comes twice")
    }
  }

  private func complete(_ body: [UInt8]) throws(MoveProblem) {
    guard let machine, body.count == 8 else { throw MoveProblem("the end of the contents has \(body.count) bytes") }
    do throws(SnapshotError) {
      try machine.restoreState(ReceivedSections(path: name, sections: sections))
    } catch {
      throw MoveProblem(error.description)
    }
    sections = [:]
    let hash = machine.stateHash(withRAM: false)
    guard hash == MoveBytes.number(body, 0) else {
      throw MoveProblem("the state that came is another one than the source's")
    }
    for image in images {
      guard let image, image.released == nil, !image.isReadOnly, !image.flush() else { continue }
      throw MoveProblem("\(image.path): cannot be made durable")
    }
    stage = isBackup ? .following : .complete
    lastMoment = machine.moment
    writer.add(.ready)
  }

  /// Opens the disks that the source has closed.
  ///
  /// - Throws: a disk that is not the guest's.
  public func open() throws(MoveProblem) {
    guard stage == .complete else { return }
    do throws(DiskImageError) { for (image, contents) in awaited { try image.open(awaited: contents) } } catch {
      throw MoveProblem(error.description)
    }
    if let closed = images.first(where: { $0?.released != nil }), let path = closed?.path {
      throw MoveProblem("\(path): was not given away")
    }
    stage = .opened
    writer.add(.opened)
  }
}

/// Sections that came by a connection, each checked with its frame.
private struct ReceivedSections: SavedSections {
  let path: String
  let sections: [String: [UInt8]]

  func bytes(_ tag: String, index: Int) throws(SnapshotError) -> [UInt8] {
    guard let bytes = sections[SnapshotFile.name(tag, index)] else {
      throw SnapshotError(path, "has no section \(SnapshotFile.name(tag, index))")
    }
    return bytes
  }
}
