public import DevicesLegacy
import Glibc
import HostSystem

/// Writes to a medium that leave the medium itself as it is.
///
/// What is written lies in clusters of 4 KiB in a temporary file without a name, which ends with emu. For each such cluster
/// memory holds its number and its slot of the file, 32 bytes and what a dictionary leaves free. A mark names the present
/// contents; the first write to a cluster after a mark goes to a new slot, so that `rollBack` only drops slots. Its cost is
/// that of the clusters written since.
public final class OverlayStorage: BlockStorage {
  /// Bytes of a cluster.
  public static let clusterByteCount = 4096

  /// Contents that can be had again.
  public struct Mark: Hashable, Sendable {
    fileprivate let number: UInt64
  }

  /// Where the file has a cluster, and the last mark before it was written there.
  private struct Slot {
    var place: UInt64
    var mark: UInt64
  }

  /// What changed between a mark and the next.
  private struct Interval {
    let mark: UInt64
    /// Clusters that were written, with the slots that they had at the mark.
    var before: [(cluster: UInt64, slot: Slot?)] = []
  }

  /// Bytes of the medium.
  public let byteCount: UInt64
  /// False: an overlay takes writes.
  public let isReadOnly = false
  /// The medium beneath.
  var base: any BlockStorage
  /// What is called with the place of bytes that change otherwise than by `write`.
  var onChange: ((_ offset: UInt64, _ count: Int) -> Void)?
  private let descriptor: Int32
  private var slots: [UInt64: Slot] = [:]
  private var intervals: [Interval] = []
  private var lastMark: UInt64 = 0
  private var freePlaces: [UInt64] = []
  /// Slots that the file has.
  private(set) var placeCount: UInt64 = 0

  /// Makes an overlay that is empty.
  ///
  /// - Parameters:
  ///   - base: the medium beneath, which nothing else may write.
  ///   - folder: where the temporary file is made; nil is `TMPDIR`, without it `/var/tmp`.
  public init(over base: any BlockStorage, folder: String? = nil) throws(DiskImageError) {
    let folder = folder ?? Self.temporaryFolder
    // Swift's String has no place for mkstemp(3) to write the name to.
    var name = Array("\(folder)/emu-overlay-XXXXXX".utf8CString)
    let descriptor = unsafe mkstemp(&name)
    guard descriptor >= 0 else {
      throw DiskImageError(folder, "no temporary file for what the guest writes can be made: \(HostIO.lastReason)")
    }
    unsafe unlink(name)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    _ = signal(SIGXFSZ, SIG_IGN)
    self.descriptor = descriptor
    self.base = base
    byteCount = base.byteCount
  }

  deinit { close(descriptor) }

  private static var temporaryFolder: String {
    guard let value = unsafe getenv("TMPDIR"), unsafe value.pointee != 0 else { return "/var/tmp" }
    return unsafe String(cString: value)
  }

  // MARK: The medium

  /// Reads bytes: those that were written, else those beneath.
  public func read(at offset: UInt64, count: Int) -> [UInt8]? {
    guard holds(offset, count) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    var place = offset
    let end = offset + UInt64(count)
    while place < end {
      let cluster = place / Self.size
      if let slot = slots[cluster] {
        let next = min(end, (cluster + 1) * Self.size)
        guard let part = hostRead(slot.place * Self.size + place % Self.size, Int(next - place)) else { return nil }
        bytes += part
        place = next
      } else {
        // Clusters that were not written are read together.
        var next = cluster + 1
        while next * Self.size < end, slots[next] == nil { next += 1 }
        let upper = min(end, next * Self.size)
        guard let part = base.read(at: place, count: Int(upper - place)) else { return nil }
        bytes += part
        place = upper
      }
    }
    return bytes
  }

  /// Writes bytes to the overlay.
  public func write(_ bytes: [UInt8], at offset: UInt64) -> Bool {
    guard holds(offset, bytes.count) else { return false }
    var done = 0
    while done < bytes.count {
      let place = offset + UInt64(done)
      let within = Int(place % Self.size)
      let count = min(Self.clusterByteCount - within, bytes.count - done)
      guard write(Array(bytes[done..<done + count]), place / Self.size, within) else { return false }
      done += count
    }
    return true
  }

  /// Does nothing: an overlay does not survive the end of emu.
  public func flush() -> Bool { true }

  private static var size: UInt64 { UInt64(clusterByteCount) }

  /// Bytes of a cluster: the last of the medium may have fewer.
  private func length(of cluster: UInt64) -> Int { Int(min(Self.size, byteCount - cluster * Self.size)) }

  private func write(_ bytes: [UInt8], _ cluster: UInt64, _ within: Int) -> Bool {
    let old = slots[cluster]
    let present = intervals.last?.mark ?? 0
    if let old, old.mark >= present { return hostWrite(bytes, old.place * Self.size + UInt64(within)) }
    var contents = bytes
    if bytes.count < length(of: cluster) {
      guard let before = read(at: cluster * Self.size, count: length(of: cluster)) else { return false }
      contents = before
      contents.replaceSubrange(within..<within + bytes.count, with: bytes)
    }
    let place = freePlaces.popLast() ?? placeCount
    guard hostWrite(contents, place * Self.size) else {
      if place < placeCount { freePlaces.append(place) }
      return false
    }
    placeCount = max(placeCount, place + 1)
    if !intervals.isEmpty { intervals[intervals.count - 1].before.append((cluster, old)) }
    slots[cluster] = Slot(place: place, mark: present)
    return true
  }

  // MARK: Marks

  /// Names the present contents.
  public func mark() -> Mark {
    lastMark += 1
    intervals.append(Interval(mark: lastMark))
    return Mark(number: lastMark)
  }

  /// Gives the medium the contents of a mark again; later marks are forgotten, the mark itself stays.
  ///
  /// - Returns: false if the mark is not known.
  public func rollBack(to mark: Mark) -> Bool {
    guard let index = index(of: mark) else { return false }
    for interval in intervals[index...].reversed() {
      for (cluster, slot) in interval.before.reversed() {
        if let present = slots[cluster] { freePlaces.append(present.place) }
        slots[cluster] = slot
        noteChange(of: cluster)
      }
    }
    intervals.removeSubrange((index + 1)...)
    intervals[index].before = []
    return true
  }

  /// Forgets a mark; the contents and other marks stay.
  public func forget(_ mark: Mark) {
    guard let index = index(of: mark) else { return }
    let removed = intervals.remove(at: index)
    for (cluster, slot) in removed.before {
      // A slot that was written after the mark before is of no mark any more.
      if let slot, index == 0 || slot.mark >= intervals[index - 1].mark {
        freePlaces.append(slot.place)
      } else if index > 0 {
        intervals[index - 1].before.append((cluster, slot))
      }
    }
  }

  private func index(of mark: Mark) -> Int? {
    // Marks are in the order of their numbers.
    var (low, high) = (0, intervals.count)
    while low < high {
      let middle = (low + high) / 2
      if intervals[middle].mark < mark.number { low = middle + 1 } else { high = middle }
    }
    return low < intervals.count && intervals[low].mark == mark.number ? low : nil
  }

  // MARK: Clusters

  /// The numbers of the clusters that were written, in their order.
  public var writtenClusters: [UInt64] { slots.keys.sorted() }

  /// The contents of a cluster that was written; nil if it was not, or the host fails.
  public func contents(ofCluster cluster: UInt64) -> [UInt8]? {
    slots[cluster].flatMap { hostRead($0.place * Self.size, length(of: cluster)) }
  }

  /// Puts the contents of a cluster back, as `contents` gave them.
  ///
  /// - Returns: false if the medium has no such cluster of that length, or the host fails.
  public func putBack(_ contents: [UInt8], cluster: UInt64) -> Bool {
    guard cluster < byteCount / Self.size + (byteCount % Self.size == 0 ? 0 : 1), contents.count == length(of: cluster)
    else { return false }
    // A write that fails may have changed some of the bytes.
    noteChange(of: cluster)
    return write(contents, at: cluster * Self.size)
  }

  private func noteChange(of cluster: UInt64) { onChange?(cluster * Self.size, length(of: cluster)) }

  /// Makes the overlay empty and forgets all marks.
  public func removeAll() {
    for cluster in slots.keys { noteChange(of: cluster) }
    slots = [:]
    intervals = []
    freePlaces = []
    placeCount = 0
    // If the host does not give the space back, the slots are used again all the same.
    _ = ftruncate(descriptor, 0)
  }

  // MARK: The temporary file

  private func hostRead(_ offset: UInt64, _ count: Int) -> [UInt8]? {
    HostIO.read(descriptor, at: offset, count: count)
  }

  private func hostWrite(_ bytes: [UInt8], _ offset: UInt64) -> Bool {
    HostIO.write(descriptor, bytes, at: offset) == bytes.count
  }
}
