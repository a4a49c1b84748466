import Interpreter
import MMU

/// Sums of the parts of a machine's state at one moment: two machines of the same state have the same, and what differs
/// is found by comparing them.
public struct StateSums: Sendable, Equatable {
  /// The sum of everything but RAM.
  public let others: UInt64
  /// Pages of RAM that are not zero, in order, with their sums.
  let pages: [Page]

  struct Page: Equatable, Sendable {
    var page: UInt64
    var sum: UInt64
  }

  /// Takes the sums of a machine that stands between two slices.
  public init(_ machine: Machine) {
    others = machine.stateHash(withRAM: false)
    var pages: [Page] = []
    for run in machine.memory.populatedPages().runs {
      for page in run where !machine.memory.isZero(page: page) {
        var sum = SnapshotChecksum()
        unsafe sum.add(stripes: machine.memory.bytes(ofPages: page..<page + 1))
        pages.append(Page(page: UInt64(page), sum: sum.value))
      }
    }
    self.pages = pages
  }

  private init(others: UInt64, pages: [Page]) { (self.others, self.pages) = (others, pages) }

  /// One number for all of them.
  public var total: UInt64 {
    var value = others
    func mix(_ word: UInt64) {
      value = (value ^ word) &* 0xFF51_AFD7_ED55_8CCD
      value ^= value >> 32
    }
    for page in pages {
      mix(page.page)
      mix(page.sum)
    }
    return value
  }

  // MARK: Frames

  private static let pagesPerFrame = 65_536

  /// Bodies of frames: number, other parts, how many pages there are, then pages and sums.
  func bodies(_ number: UInt64) -> [[UInt8]] {
    let head = [number, others, UInt64(pages.count)].flatMap(MoveBytes.little)
    return stride(from: 0, to: max(pages.count, 1), by: Self.pagesPerFrame).map { first in
      head
        + pages[first..<min(first + Self.pagesPerFrame, pages.count)].flatMap {
          MoveBytes.little($0.page) + MoveBytes.little($0.sum)
        }
    }
  }

  /// Collects the bodies of one comparison.
  struct Collector {
    private var pages: [Page] = []

    /// Takes a body; gives the sums when all have come.
    mutating func take(_ body: [UInt8], pageLimit: UInt64) throws(MoveProblem) -> (number: UInt64, sums: StateSums)? {
      guard body.count >= 24, body.count % 16 == 8 else {
        throw MoveProblem("sums: \(body.count) bytes are no number of sums")
      }
      guard MoveBytes.number(body, 16) <= pageLimit, UInt64(pages.count + body.count / 16) <= pageLimit + 2 else {
        throw MoveProblem("sums: \(MoveBytes.number(body, 16)) pages are more than the guest has")
      }
      for place in stride(from: 24, to: body.count, by: 16) {
        pages.append(Page(page: MoveBytes.number(body, place), sum: MoveBytes.number(body, place + 8)))
      }
      let count = MoveBytes.number(body, 16)
      guard UInt64(pages.count) <= count else { throw MoveProblem("sums: \(pages.count) pages came of \(count)") }
      guard UInt64(pages.count) == count else { return nil }
      defer { pages = [] }
      return (MoveBytes.number(body, 0), StateSums(others: MoveBytes.number(body, 8), pages: pages))
    }
  }

  /// What differs from other sums: the first pages, and whether anything beside RAM does.
  public func difference(from other: StateSums) -> String {
    var found: [UInt64] = []
    var (one, two) = (pages[...], other.pages[...])
    while let page = [one.first?.page, two.first?.page].compactMap({ $0 }).min() {
      let (left, right) = (
        one.first?.page == page ? one.removeFirst().sum : 0, two.first?.page == page ? two.removeFirst().sum : 0
      )
      if left != right { found.append(page) }
    }
    var parts: [String] = []
    if !found.isEmpty {
      let names = found.prefix(4).map { "page \($0) (address \(Self.hex($0 << 12)))" }.joined(separator: ", ")
      parts.append("\(names)\(found.count > 4 ? " and \(found.count - 4) more" : "")")
    }
    if others != other.others { parts.append("processors or chips") }
    return parts.isEmpty ? "nothing that is known" : parts.joined(separator: "; ")
  }

  private static func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
}
