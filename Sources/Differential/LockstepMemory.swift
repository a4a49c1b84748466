import Glibc
public import MMU

extension LockstepMemory {
  /// Extents of the memory file that hold data, in whole pages.
  static func touchedRanges(_ memory: GuestMemory) -> [Range<UInt64>] {
    // SEEK_DATA and SEEK_HOLE, which Swift's Glibc module does not show.
    let (seekData, seekHole): (Int32, Int32) = (3, 4)
    var result: [Range<UInt64>] = []
    var at = 0
    while true {
      let start = lseek(memory.fileDescriptor, at, seekData)
      guard start >= 0, UInt64(start) < memory.byteCount else { return result }
      let end = lseek(memory.fileDescriptor, start, seekHole)
      guard end > start else { return result }
      result.append(UInt64(start) & ~0xFFF..<min((UInt64(end) + 0xFFF) & ~0xFFF, memory.byteCount))
      at = end
    }
  }

  /// Makes a RAM of the same size have the same contents.
  static func copy(_ source: GuestMemory, to target: GuestMemory) {
    for range in touchedRanges(target) {
      unsafe (target.base + Int(range.lowerBound)).initializeMemory(
        as: UInt8.self, repeating: 0, count: Int(range.upperBound - range.lowerBound))
    }
    for range in touchedRanges(source) {
      unsafe _ = memcpy(
        target.base + Int(range.lowerBound), source.base + Int(range.lowerBound),
        Int(range.upperBound - range.lowerBound))
    }
  }

  /// A second RAM with the same contents.
  public static func clone(_ memory: GuestMemory) throws -> GuestMemory {
    let result = try GuestMemory(byteCount: memory.byteCount)
    copy(memory, to: result)
    return result
  }

  /// Gives RAM the contents of a clone.
  public static func restore(_ memory: GuestMemory, from clone: GuestMemory) { copy(clone, to: memory) }

  /// Offset of the first word that differs, with both values.
  static func firstDifference(_ one: GuestMemory, _ other: GuestMemory) -> (offset: UInt64, one: UInt64, other: UInt64)? {
    var pages = Set<UInt64>()
    for memory in [one, other] {
      for range in touchedRanges(memory) { for page in stride(from: range.lowerBound, to: range.upperBound, by: 4096) { pages.insert(page) } }
    }
    let (a, b) = (one.physical, other.physical)
    for page in pages.sorted() {
      for word in 0..<512 as Range<UInt64> {
        let (x, y) = (a.load(page + word * 8, as: UInt64.self), b.load(page + word * 8, as: UInt64.self))
        if x != y { return (page + word * 8, x, y) }
      }
    }
    return nil
  }
}
