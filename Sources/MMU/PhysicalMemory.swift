/// A plain view of guest RAM for hot code: three addresses and three sizes, no reference counting.
///
/// Valid as long as the `GuestMemory` it was taken from lives.
@frozen @safe public struct PhysicalMemory {
  /// Host address of RAM offset 0.
  public let base: UnsafeMutableRawPointer
  /// One byte a RAM page, nonzero while writes must take the slow path: bit 0, decoded code of the page is cached;
  /// bit 1, the journal wants the page as it is; bit 2, the page is read-only; bit 3, what is written to a read-only page
  /// goes to the hidden copy.
  public let guards: UnsafeMutablePointer<UInt8>
  @usableFromInline let journal: UnsafeMutablePointer<PageJournal>
  /// Bytes of RAM below the device hole.
  public let lowByteCount: UInt64
  /// Bytes of RAM from 4 GiB up.
  public let highByteCount: UInt64
  /// Bytes of the ROM that ends at 4 GiB.
  public let romByteCount: UInt64

  @usableFromInline init(
    base: UnsafeMutableRawPointer, guards: UnsafeMutablePointer<UInt8>, journal: UnsafeMutablePointer<PageJournal>,
    lowByteCount: UInt64, highByteCount: UInt64, romByteCount: UInt64
  ) {
    unsafe self.base = base
    unsafe self.guards = guards
    unsafe self.journal = journal
    self.lowByteCount = lowByteCount
    self.highByteCount = highByteCount
    self.romByteCount = romByteCount
  }

  /// What `offset(of:)` gives where there is neither RAM nor ROM.
  @inlinable public static var nowhere: UInt64 { .max }

  /// Offset of a guest-physical address in RAM or ROM, or `nowhere`.
  @inlinable @inline(__always)
  public func offset(of address: UInt64) -> UInt64 {
    if address < lowByteCount {
      return address &- GuestMemory.videoWindowStart < GuestMemory.videoWindowEnd &- GuestMemory.videoWindowStart
        ? Self.nowhere : address
    }
    let high = address &- (1 << 32)
    if high < highByteCount { return high &+ lowByteCount }
    let rom = high &+ romByteCount
    return rom < romByteCount ? rom &+ highByteCount &+ lowByteCount : Self.nowhere
  }

  /// The guest-physical address of a RAM offset.
  @inlinable public func address(of offset: UInt64) -> UInt64 {
    if offset < lowByteCount { return offset }
    let high = offset &- lowByteCount
    return high < highByteCount ? high &+ (1 << 32) : high &- highByteCount &- romByteCount &+ (1 << 32)
  }

  /// Reads a little-endian value at a RAM offset; the whole value lies in RAM.
  @inlinable @inline(__always)
  public func load<Value: FixedWidthInteger & BitwiseCopyable>(_ offset: UInt64, as: Value.Type) -> Value {
    unsafe base.loadUnaligned(fromByteOffset: Int(truncatingIfNeeded: offset), as: Value.self)
  }

  /// Writes a little-endian value at a RAM offset; the whole value lies in RAM.
  @inlinable @inline(__always)
  public func store<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value, _ offset: UInt64) {
    unsafe base.storeBytes(of: value, toByteOffset: Int(truncatingIfNeeded: offset), as: Value.self)
  }

  /// Whether decoded code of the page at this RAM offset is cached.
  @inlinable @inline(__always)
  public func hasCode(_ offset: UInt64) -> Bool {
    unsafe guards[Int(truncatingIfNeeded: offset >> 12)] & 1 != 0
  }

  /// Whether writes to the page at this RAM offset must take the slow path.
  @inlinable @inline(__always)
  public func isGuarded(_ offset: UInt64) -> Bool {
    unsafe guards[Int(truncatingIfNeeded: offset >> 12)] != 0
  }

  /// Notes whether decoded code of the page at this RAM offset is cached.
  @inlinable
  public func setHasCode(_ flag: Bool, _ offset: UInt64) {
    let page = Int(truncatingIfNeeded: offset >> 12)
    unsafe guards[page] = (guards[page] & ~1) | (flag ? 1 : 0)
  }
}

extension GuestMemory {
  /// A view for hot code; keep the memory alive while it is used.
  public var physical: PhysicalMemory {
    unsafe PhysicalMemory(
      base: base, guards: guards, journal: journal, lowByteCount: lowByteCount,
      highByteCount: byteCount - lowByteCount, romByteCount: romByteCount)
  }
}
