import Glibc
public import X86

// A ROM that ends at 4 GiB, and C0000h-FFFFFh, where a host bridge shows either the ROM or the RAM of the same addresses.
//
// What the processor reads there stands at the offsets of these addresses; RAM that is hidden by the ROM stands in a copy
// behind the ROM. So reads and fetches are those of RAM, and only writes take the slow path.

extension GuestMemory {
  /// First byte of what can be ROM or RAM.
  public static let shadowStart: UInt64 = 0xC_0000
  /// First byte after it.
  public static let shadowEnd: UInt64 = 0x10_0000
  static let shadowByteCount = shadowEnd - shadowStart
  /// Sizes of a ROM, in multiples of 64 KiB.
  public static let romByteCounts: ClosedRange<UInt64> = 64 << 10...16 << 20
  /// Bytes at the end of a ROM that also stand below 1 MiB.
  static let mirroredByteCount: UInt64 = 128 << 10

  /// Whether a ROM can have so many bytes.
  public static func isROMSize(_ byteCount: UInt64) -> Bool {
    romByteCounts.contains(byteCount) && byteCount & 0xFFFF == 0
  }

  /// Bytes of the mapping with so much RAM and ROM.
  public static func mappedByteCount(_ byteCount: UInt64, romByteCount: UInt64) -> UInt64 {
    byteCount &+ (romByteCount == 0 ? 0 : romByteCount &+ shadowByteCount)
  }

  /// What becomes of writes to a page of C0000h-FFFFFh.
  public enum Protection: Sendable {
    /// They change what is read.
    case none
    /// They go nowhere.
    case readOnly
    /// They go to the RAM behind the ROM.
    case hiddenCopy
  }

  private var romOffset: UInt64 { byteCount }
  private var hiddenOffset: UInt64 { byteCount + romByteCount }

  /// Fills the ROM, shows it below 1 MiB and makes both read-only.
  ///
  /// - Parameter rom: `romByteCount` bytes.
  public func installROM(_ rom: [UInt8]) {
    guard romByteCount > 0, rom.count == Int(romByteCount) else { return }
    unsafe rom.withUnsafeBytes { bytes in
      if let source = bytes.baseAddress { unsafe memcpy(base + Int(romOffset), source, bytes.count) }
    }
    protectROM()
    for page in Self.shadowPages {
      copyROM(toPage: page)
      setProtection(.readOnly, ofPage: page)
    }
  }

  /// Makes the ROM below 4 GiB read-only.
  public func protectROM() {
    for page in (romOffset >> 12)..<(hiddenOffset >> 12) { setProtection(.readOnly, ofPage: page) }
  }

  /// The pages of C0000h-FFFFFh.
  public static var shadowPages: Range<UInt64> { shadowStart >> 12..<shadowEnd >> 12 }

  /// Says what becomes of writes to a page; the caller takes the fast ways to write from all translation caches.
  public func setProtection(_ protection: Protection, ofPage page: UInt64) {
    let bits: UInt8
    switch protection {
    case .none: bits = 0
    case .readOnly: bits = PhysicalMemory.readOnlyGuard
    case .hiddenCopy: bits = PhysicalMemory.readOnlyGuard | PhysicalMemory.hiddenGuard
    }
    let kept = ~(PhysicalMemory.readOnlyGuard | PhysicalMemory.hiddenGuard)
    unsafe guards[Int(page)] = (guards[Int(page)] & kept) | bits
  }

  /// Shows the ROM on a page of C0000h-FFFFFh, which has shown RAM; the caller drops decoded code.
  public func showROM(onPage page: UInt64) {
    guard romByteCount > 0, Self.shadowPages.contains(page) else { return }
    let hidden = hiddenOffset + (page << 12) - Self.shadowStart
    physical.willWrite(hidden)
    unsafe memcpy(base + Int(hidden), base + Int(page << 12), 0x1000)
    copyROM(toPage: page)
  }

  /// Shows RAM on a page of C0000h-FFFFFh, which has shown the ROM; the caller drops decoded code.
  public func showRAM(onPage page: UInt64) {
    guard romByteCount > 0, Self.shadowPages.contains(page) else { return }
    let hidden = hiddenOffset + (page << 12) - Self.shadowStart
    physical.willWrite(page << 12)
    unsafe memcpy(base + Int(page << 12), base + Int(hidden), 0x1000)
  }

  /// Writes within one page as a device on the bus does: what is read-only stays, and what is not RAM is not there.
  public func writeFromBus(_ bytes: ArraySlice<UInt8>, at address: PhysicalAddress) {
    guard var offset = offset(of: address), Int(address.rawValue & 0xFFF) + bytes.count <= 0x1000 else { return }
    if physical.isReadOnly(offset) { offset = physical.writeTarget(ofReadOnly: offset) }
    guard offset != PhysicalMemory.nowhere else { return }
    physical.willWrite(offset)
    unsafe bytes.withUnsafeBytes { source in
      if let start = source.baseAddress { unsafe memcpy(base + Int(offset), start, source.count) }
    }
  }

  /// The ROM's bytes, or ones where it does not reach.
  private func copyROM(toPage page: UInt64) {
    physical.willWrite(page << 12)
    let fromEnd = Self.shadowEnd - (page << 12)
    let target = unsafe base + Int(page << 12)
    if fromEnd <= min(romByteCount, Self.mirroredByteCount) {
      unsafe memcpy(target, base + Int(hiddenOffset - fromEnd), 0x1000)
    } else {
      unsafe memset(target, 0xFF, 0x1000)
    }
  }
}

extension PhysicalMemory {
  static let readOnlyGuard: UInt8 = 1 << 2
  static let hiddenGuard: UInt8 = 1 << 3

  /// Whether writes to the page at this offset do not change it.
  public func isReadOnly(_ offset: UInt64) -> Bool {
    unsafe guards[Int(truncatingIfNeeded: offset >> 12)] & Self.readOnlyGuard != 0
  }

  /// Where a write to a read-only page goes instead, or `nowhere`.
  public func writeTarget(ofReadOnly offset: UInt64) -> UInt64 {
    let place = offset &- GuestMemory.shadowStart
    guard unsafe guards[Int(truncatingIfNeeded: offset >> 12)] & Self.hiddenGuard != 0,
      place < GuestMemory.shadowByteCount
    else { return Self.nowhere }
    return lowByteCount &+ highByteCount &+ romByteCount &+ place
  }
}
