import DiskImages
import MMU

/// The side of a running machine that sends it to another process: RAM and disks while the guest goes on, again what it
/// has written meanwhile, at last the rest with the processors and chips while it stands still.
///
/// It makes frames; whoever owns the connection sends them. The guest does not see it, and `end` leaves the machine as if
/// nothing had been.
public final class OutgoingMachine {
  private let machine: Machine
  private var writer = MoveWriter()
  private var reader = MoveReader()
  /// Pages that are still to be sent.
  private var pages: PageSet
  private var nextPage = 0
  /// Pages that were sent, those that were sent again included.
  public private(set) var sentPages: UInt64 = 0
  /// How often all that was written was begun to be sent again.
  public private(set) var rounds = 0
  /// Bytes of frames.
  public private(set) var sentBytes: UInt64 = 0
  private let drives: [(drive: MoveDrive, image: DiskImage?)]
  /// Bytes of disks that were sent.
  public private(set) var sentDiskBytes: UInt64 = 0
  private var isTracking = true

  /// What the far end says.
  public enum Reply: Equatable {
    /// It takes such a board, and awaits RAM.
    case accepted
    /// It has a whole machine, but for the disks that both use.
    case ready
    /// It has opened those disks.
    case opened
    /// The guest runs there.
    case running
    /// It does not take the guest.
    case refused(String)
    /// It has the log up to this mark.
    case acknowledged(UInt64)
    /// Its state was the same at the comparison of this number.
    case same(UInt64)
    /// Its state was another one at the comparison of this number.
    case differs(UInt64)
    /// Executed again from the last comparison that was the same, its guest comes to the state that differs, or to another
    /// one; nil if it cannot be executed again.
    case reproduces(Bool?)
  }

  /// How the far end uses the guest.
  public enum Purpose {
    /// It takes it over.
    case move
    /// It follows it, and takes it over when this process is gone.
    case protect
  }

  /// Begins: the hello frame is made, and from now on it is noted what the guest writes.
  ///
  /// - Parameters:
  ///   - purpose: how the far end uses the guest.
  ///   - copiesDisks: what the disks hold is sent too, into new files.
  /// - Throws: what cannot be sent.
  public init(
    _ machine: Machine, purpose: Purpose, copiesDisks: Bool = false
  ) throws(MoveProblem) {
    guard machine.processorSet.isModel else {
      throw MoveProblem("a guest on the host's processors cannot be sent: it needs --backend model")
    }
    self.machine = machine
    drives = try MoveDrive.list(machine, purpose: purpose, copiesDisks: copiesDisks)
    let hello = MoveHello(machine, drives: drives.map(\.drive), isProtection: purpose == .protect)
    do { writer.add(.hello, try CBOREncoder.encode(hello).bytes) } catch { throw MoveProblem("hello: \(error)") }
    pages = machine.memory.populatedPages()
    _ = machine.beginTracking()
    for (drive, image) in drives where drive.way == .copied || drive.way == .based {
      image?.beginTracking()
      guard drive.way == .based, let image else { continue }
      // The far end has what lies beneath the overlay.
      _ = image.takeDirtyRanges()
      for cluster in image.overlay?.writtenClusters ?? [] { image.markDirty(cluster: cluster) }
    }
  }

  deinit { end() }

  /// It is no longer noted what the guest writes.
  public func end() {
    guard isTracking else { return }
    isTracking = false
    _ = machine.endTracking()
    for (_, image) in drives { image?.endTracking() }
  }

  // MARK: The connection

  /// The next bytes to be sent.
  public var output: ArraySlice<UInt8> { writer.next }
  /// How many there are.
  public var outputCount: Int { writer.pendingCount }

  /// So many bytes were sent.
  public func sent(_ count: Int) {
    writer.remove(count)
    sentBytes &+= UInt64(count)
  }

  /// Bytes that came from the far end.
  public func take(_ bytes: [UInt8]) { reader.take(bytes) }

  /// What the far end says next; nil if it has said nothing more.
  public func reply() throws(MoveProblem) -> Reply? {
    guard let frame = try reader.next() else { return nil }
    switch frame.kind {
    case .accepted: return .accepted
    case .ready: return .ready
    case .opened: return .opened
    case .running: return .running
    case .refused: return .refused(MoveProblem(String(decoding: frame.body, as: UTF8.self)).description)
    case .acknowledged where frame.body.count == 8: return .acknowledged(MoveBytes.number(frame.body, 0))
    case .same where frame.body.count == 8: return .same(MoveBytes.number(frame.body, 0))
    case .reproduces where frame.body.count == 1:
      return .reproduces(frame.body[0] > 1 ? nil : frame.body[0] == 1)
    case .differs where frame.body.count == 8: return .differs(MoveBytes.number(frame.body, 0))
    default: throw MoveProblem("the far end sends frames of a source")
    }
  }

  /// The far end is to forget what it has.
  public func cancel(_ reason: String) { writer.add(.cancel, Array(reason.utf8)) }

  // MARK: While the guest runs

  /// Pages that are to be sent, as far as that is known.
  public var pendingPages: Int { pages.count }
  /// Bytes of disks that are to be sent.
  public var pendingDiskBytes: UInt64 { drives.reduce(0) { $0 &+ ($1.image?.dirtyByteCount ?? 0) } }

  /// Adds frames until so many bytes wait; does nothing when all is sent.
  ///
  /// - Throws: a disk that cannot be read.
  public func fill(to byteCount: Int) throws(MoveProblem) {
    while writer.pendingCount < byteCount {
      if sendPages() { continue }
      guard try sendDisk() else { return }
    }
  }

  /// Bytes of a disk in one frame.
  private static let diskBytesPerFrame: UInt64 = 1 << 18

  /// Adds frames of a disk; false if nothing is left.
  private func sendDisk() throws(MoveProblem) -> Bool {
    for (index, (drive, image)) in drives.enumerated() {
      guard let image, image.dirtyByteCount > 0 else { continue }
      for range in image.takeDirtyRanges(byteCount: Self.diskBytesPerFrame) {
        var place = range.lowerBound
        while place < range.upperBound {
          let count = min(Self.diskBytesPerFrame, range.upperBound - place)
          guard let bytes = image.read(at: place, count: Int(count)) else {
            throw MoveProblem("\(drive.place): \(image.path) cannot be read at byte \(place)")
          }
          writer.add(.disk, MoveBytes.little(UInt64(index)) + MoveBytes.little(place) + bytes)
          sentDiskBytes &+= count
          place += count
        }
      }
      return true
    }
    return false
  }

  /// Begins another round: what the guest has written since the last is to be sent.
  public func beginRound() {
    rounds += 1
    pages.formUnion(machine.beginTracking())
    nextPage = 0
  }

  /// Pages of one frame.
  private static let pagesPerFrame = 64

  /// Adds one frame of pages; false if none is left.
  private func sendPages() -> Bool {
    guard let first = pages.first(from: nextPage) else { return false }
    var end = first
    let isZero = machine.memory.isZero(page: first)
    while end < pages.pageCount, end - first < Self.pagesPerFrame, pages.contains(end),
      machine.memory.isZero(page: end) == isZero
    {
      pages.remove(end)
      end += 1
    }
    nextPage = end
    sentPages &+= UInt64(end - first)
    var body = MoveBytes.little(UInt64(first))
    if isZero {
      body += MoveBytes.little(UInt64(end - first))
      writer.add(.zeroPages, body)
    } else {
      unsafe body.append(contentsOf: machine.memory.bytes(ofPages: first..<end))
      writer.add(.pages, body)
    }
    return true
  }

  // MARK: While the guest stands still

  /// Adds the rest: pages, processors, chips and the board.
  ///
  /// - Parameter serial: how far the serial line has come.
  /// - Throws: a state that cannot be sent; the guest can go on.
  public func finish(serial: SerialPlace) throws(MoveProblem) {
    guard machine.processorSet.isModel else { throw MoveProblem("KVM executes the guest") }
    beginRound()
    while sendPages() {}
    while try sendDisk() {}
    let sections: [SnapshotWriter.Metadata]
    do throws(SnapshotError) { sections = try machine.stateMetadata("the guest") } catch {
      throw MoveProblem(error.description)
    }
    for section in sections {
      var body = Array(section.tag.utf8) + [UInt8](repeating: 0, count: 8 - section.tag.utf8.count)
      body += MoveBytes.little(UInt64(section.index))
      writer.add(.section, body + section.bytes)
    }
    writer.add(.serial, serial.body)
    writer.add(.complete, MoveBytes.little(machine.stateHash(withRAM: false)))
  }

  /// Closes the disks that both use, for the far end.
  ///
  /// - Throws: a disk that cannot be given away; `reclaim` takes the others back.
  public func release() throws(MoveProblem) {
    var body: [UInt8] = []
    for (index, (_, image)) in drives.enumerated() where drives[index].drive.way == .shared {
      guard let image else { continue }
      do throws(DiskImageError) {
        let contents = try image.release().contents
        body += [UInt64(index), contents.byteCount, contents.high, contents.low].flatMap(MoveBytes.little)
      } catch {
        throw MoveProblem(error.description)
      }
    }
    writer.add(.released, body)
  }

  /// Opens the disks again that were given away: the guest stays here.
  ///
  /// - Throws: a disk that the far end has, or has changed.
  public func reclaim() throws(MoveProblem) {
    var problem: MoveProblem?
    for (_, image) in drives {
      do throws(DiskImageError) { try image?.reopen() } catch { problem = problem ?? MoveProblem(error.description) }
    }
    if let problem { throw problem }
  }

  /// The far end shall run the guest, which this process will not do again.
  public func commit() { writer.add(.go) }

  // MARK: A backup that follows

  /// Adds an input that the guest has taken.
  public func add(_ entry: InputLog.Entry) {
    if let line = InputRecording.line(entry) { writer.add(.input, Array(line.utf8)) }
  }

  /// Adds that the guest has come to the present moment.
  ///
  /// - Parameters:
  ///   - number: which the far end acknowledges.
  ///   - released: bytes of the serial output that have left.
  public func addMark(_ number: UInt64, released: UInt64) {
    let moment = machine.moment
    writer.add(.mark, [number, moment.ticks, moment.clock, released].flatMap(MoveBytes.little))
  }

  /// Adds the state at the present moment, to be compared there.
  ///
  /// - Returns: the sums of the parts, which `addSums` sends if the far end differs.
  public func addComparison(_ number: UInt64) -> StateSums {
    let (moment, sums) = (machine.moment, StateSums(machine))
    writer.add(.compare, [number, moment.ticks, moment.clock, sums.total].flatMap(MoveBytes.little))
    return sums
  }

  /// Adds the sums of a comparison, for the far end to find what differs.
  public func addSums(_ sums: StateSums, _ number: UInt64) {
    for body in sums.bodies(number) { writer.add(.pageSums, body) }
  }

  /// Asks for the state at a tick since the last comparison that was the same: the far end executes it again.
  public func addProbe(_ number: UInt64, ticks: UInt64, total: UInt64) {
    writer.add(.probe, [number, ticks, total].flatMap(MoveBytes.little))
  }

  /// Adds what was found out about a difference.
  public func addFinding(_ sentence: String) { writer.add(.finding, Array(sentence.utf8)) }

  /// The run has ended: there is nothing to take over.
  public func addEnd() { writer.add(.ended) }
}
