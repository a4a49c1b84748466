import MMU

/// Which guest-physical addresses below 4 GiB are taken, so that nothing that the loader leaves lies over an image.
final class Layout {
  /// Below are the interrupt vectors and the BIOS data area.
  static let lowStart: UInt64 = 0x1000
  /// Ranges that hold something, sorted and apart.
  private var taken: [Range<UInt64>] = []
  private let lowRAM: Range<UInt64>
  private let extendedRAM: Range<UInt64>

  init(memory: GuestMemory) {
    lowRAM = Self.lowStart..<BIOSData.extendedAreaStart
    extendedRAM = 1 << 20..<max(1 << 20, memory.lowByteCount)
  }

  /// The last address of RAM below 4 GiB, and one.
  var end: UInt64 { extendedRAM.upperBound }

  /// Notes that a range, which must be RAM, holds something.
  func take(_ base: UInt64, _ byteCount: UInt64) {
    guard byteCount > 0 else { return }
    let (end, overflow) = base.addingReportingOverflow(byteCount)
    var new = base..<(overflow ? .max : end)
    let first = firstIndex(endingFrom: new.lowerBound)
    var last = first
    while last < taken.count, taken[last].lowerBound <= new.upperBound {
      new = min(new.lowerBound, taken[last].lowerBound)..<max(new.upperBound, taken[last].upperBound)
      last += 1
    }
    taken.replaceSubrange(first..<last, with: [new])
  }

  /// Whether a range holds something.
  func isTaken(_ range: Range<UInt64>) -> Bool {
    guard !range.isEmpty else { return false }
    // Ranges that merely touch are beside each other.
    let index = firstIndex(endingFrom: range.lowerBound + 1)
    return index < taken.count && taken[index].lowerBound < range.upperBound
  }

  /// The first range that ends at or after an address.
  private func firstIndex(endingFrom address: UInt64) -> Int {
    var (low, high) = (0, taken.count)
    while low < high {
      let middle = (low + high) / 2
      if taken[middle].upperBound < address { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Takes a free place: the preferred one, else the lowest of low memory, else the highest below `limit`.
  func reserve(
    _ byteCount: UInt64, alignment: UInt64, preferred: UInt64? = nil, limit: UInt64 = .max
  ) -> UInt64? {
    if let preferred, preferred + byteCount <= lowRAM.upperBound, !isTaken(preferred..<(preferred + byteCount)) {
      take(preferred, byteCount)
      return preferred
    }
    return reserveLow(byteCount, alignment: alignment)
      ?? reserveHigh(byteCount, alignment: alignment, floor: 0, limit: limit)
  }

  /// Takes the lowest free place of low memory.
  func reserveLow(_ byteCount: UInt64, alignment: UInt64) -> UInt64? {
    guard byteCount <= lowRAM.upperBound else { return nil }
    var base = lowRAM.lowerBound
    for range in taken where range.upperBound > base {
      base = (base + alignment - 1) & ~(alignment - 1)
      if base + byteCount <= range.lowerBound { break }
      guard range.upperBound < lowRAM.upperBound else { return nil }
      base = max(base, range.upperBound)
    }
    base = (base + alignment - 1) & ~(alignment - 1)
    guard base + byteCount <= lowRAM.upperBound else { return nil }
    take(base, byteCount)
    return base
  }

  /// Takes the highest free place from `floor`, or 1 MiB, up to `limit`, or the end of RAM.
  func reserveHigh(_ byteCount: UInt64, alignment: UInt64, floor: UInt64, limit: UInt64) -> UInt64? {
    let floor = max(floor, extendedRAM.lowerBound)
    var end = min(limit, extendedRAM.upperBound)
    func base() -> UInt64? {
      guard end >= floor, byteCount <= end - floor else { return nil }
      let base = (end - byteCount) & ~(alignment - 1)
      return base >= floor ? base : nil
    }
    for range in taken.reversed() where range.lowerBound < end {
      guard let base = base() else { return nil }
      if base >= range.upperBound { break }
      end = range.lowerBound
    }
    guard let base = base() else { return nil }
    take(base, byteCount)
    return base
  }
}
