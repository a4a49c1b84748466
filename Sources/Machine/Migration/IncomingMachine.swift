import Glibc
public import Interpreter
import MMU

/// The side of a process that takes over a machine from another: it checks each frame, and whatever came there is a whole
/// machine at the end, or a sentence.
public final class IncomingMachine {
  /// What the caller is to do next.
  public enum Step: Equatable {
    /// Send the output, read more.
    case more
    /// Open the disks that both sides use, and call `open`.
    case openDisks
    /// Run the guest.
    case run
    /// The source has ended the move.
    case cancelled(String)
  }

  /// The machine, as soon as its board is known; it may run after `Step.run`.
  public private(set) var machine: Machine?
  /// Bytes of the serial line that were sent and received before.
  public private(set) var serial: (sent: UInt64, received: UInt64) = (0, 0)
  /// The source wants a backup rather than a move.
  public private(set) var isProtection = false
  private let engine: Engine
  private let name: String
  private let models: Set<String>?
  private var reader = MoveReader()
  private var writer = MoveWriter()
  private var sections: [String: [UInt8]] = [:]
  private var stage = Stage.hello

  private enum Stage {
    case hello, contents, complete, opened, running
  }

  /// - Parameters:
  ///   - name: what messages begin with: the address.
  ///   - engine: the loop that goes on with the guest.
  ///   - model: the most that a processor of the guest may be: a guest of another model must be a part of it.
  public init(_ name: String, engine: Engine, model: ProcessorModel?) {
    self.name = name
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
    case (.hello, _): try begin(MoveHello(frame))
    case (.contents, .pages): try takePages(frame.body)
    case (.contents, .zeroPages): try takeZeroPages(frame.body)
    case (.contents, .section): try takeSection(frame.body)
    case (.contents, .complete): try complete(frame.body)
    case (.complete, .released): return .openDisks
    case (.opened, .go):
      stage = .running
      writer.add(.running)
      return .run
    default: throw MoveProblem("a frame of kind \(frame.kind) comes when none is expected")
    }
    return .more
  }

  private func begin(_ hello: MoveHello) throws(MoveProblem) {
    if let models, let model = hello.configuration.model, !models.contains(model) {
      throw MoveProblem(
        "the guest's processors are \(model), and --cpu allows \(models.sorted().joined(separator: ", "))")
    }
    do throws(SnapshotError) {
      let configuration = try hello.configuration.board(name, engine: engine)
      do throws(MachineError) { machine = try Machine(configuration) } catch {
        throw SnapshotError(name, error.description)
      }
    } catch {
      throw MoveProblem(error.description)
    }
    serial = (hello.serialSent, hello.serialReceived)
    isProtection = hello.isProtection
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
    stage = .complete
    writer.add(.ready)
  }

  /// The disks are open.
  public func open() {
    guard stage == .complete else { return }
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
