/// A segment of the local descriptor table that tests of `InstructionTest.Mode.segmented` run with.
public struct TestSegment: Sendable, Equatable {
  /// What the type field says.
  public enum Contents: UInt8, Sendable {
    /// A data segment.
    case data
    /// A data segment that grows downwards.
    case expandDown
    /// Code, not conforming.
    case code
  }

  /// Its selector: TI set, RPL 3.
  public var selector: UInt16
  /// Where it starts.
  public var base: UInt32
  /// Its limit, in bytes or pages.
  public var limit: UInt32
  /// The limit counts pages.
  public var countsPages = false
  /// D or B.
  public var is32Bit = false
  /// Its type.
  public var contents = Contents.data
  /// Data cannot be written, code cannot be read.
  public var isRestricted = false
  /// P is clear.
  public var isNotPresent = false
  /// There is no descriptor: the entry is empty.
  public var isAbsent = false

  /// The eight bytes of its descriptor: DPL 3, accessed, AVL set, as Linux makes those of modify_ldt(2).
  public var descriptor: UInt64 {
    if isAbsent { return 0 }
    let type = 1 | (isRestricted ? 0 : 2) | UInt64(contents.rawValue) << 2
    let access = 0x70 | type | (isNotPresent ? 0 : 0x80)
    let flags: UInt64 = 1 | (is32Bit ? 4 : 0) | (countsPages ? 8 : 0)
    let low = UInt64(limit & 0xFFFF) | UInt64(base & 0xFF_FFFF) << 16 | access << 40
    return low | UInt64(limit >> 16 & 15) << 48 | flags << 52 | UInt64(base >> 24) << 56
  }

  /// May stand in DS, ES, FS or GS.
  public var isReadable: Bool { !isNotPresent && !isAbsent && (contents != .code || !isRestricted) }
  /// May stand in SS.
  public var isStack: Bool { !isNotPresent && !isAbsent && contents != .code && !isRestricted }
}

extension InstructionTest {
  /// The local descriptor table, by selector: 16- and 32-bit code, stacks and data of both sizes, expand-down, read-only,
  /// not present, with a small limit, and with a base from which addresses wrap at 4 GiB; then an empty entry (recordings
  /// have it as one beyond the table), and 16-bit segments that end, at FFFFh, with the first data page and the code page:
  /// what wraps to offset 0 meets a page that is not there.
  public static let segments: [TestSegment] = {
    let code = UInt32(truncatingIfNeeded: codePage)
    let data = UInt32(truncatingIfNeeded: dataPage)
    let list = [
      TestSegment(selector: 0, base: code, limit: 0xFFF, contents: .code),
      TestSegment(selector: 0, base: code, limit: 0xFFF, is32Bit: true, contents: .code),
      TestSegment(selector: 0, base: data, limit: 0xFFFF),
      TestSegment(selector: 0, base: data, limit: 0x2FFF, is32Bit: true),
      TestSegment(selector: 0, base: data, limit: 0xFFF, contents: .expandDown),
      TestSegment(selector: 0, base: data, limit: 0xFFF, is32Bit: true, contents: .expandDown),
      TestSegment(selector: 0, base: data, limit: 0xFFFF, isRestricted: true),
      TestSegment(selector: 0, base: data, limit: 0xFFFF, isNotPresent: true),
      TestSegment(selector: 0, base: code, limit: 0xFFF, contents: .code, isRestricted: true),
      TestSegment(selector: 0, base: data &+ 0x800, limit: 0x17FF),
      TestSegment(selector: 0, base: 0xFFFF_F000, limit: 0xF_FFFF, countsPages: true, is32Bit: true),
      TestSegment(selector: 0, base: 0, limit: 0, isAbsent: true),
      TestSegment(selector: 0, base: data &+ 0x1000 &- 0x1_0000, limit: 0xFFFF),
      TestSegment(selector: 0, base: code &+ 0x1000 &- 0x1_0000, limit: 0xFFFF, contents: .code),
    ]
    return list.enumerated().map { index, segment in
      var segment = segment
      segment.selector = UInt16(index) << 3 | 7
      return segment
    }
  }()

  /// The segment of a selector of that table; nil for any other.
  public static func segment(_ selector: UInt16) -> TestSegment? {
    guard selector & 7 == 7, Int(selector >> 3) < segments.count else { return nil }
    return segments[Int(selector >> 3)]
  }

  /// The base of the segment that a selector names in a test: 0 for the flat ones; in real mode as an address of the
  /// environment of the other modes.
  public static func base(_ selector: UInt16) -> UInt64 {
    segment(selector).map { UInt64($0.base) } ?? RealModeMemory.base(selector) ?? 0
  }

  /// The selector of the data segment whose last byte, at FFFFh, is that of the first data page.
  @inlinable public static var wrappingDataSelector: UInt16 { 0x67 }
  /// The selector of the 16-bit code segment that ends with the code page, at FFFFh.
  @inlinable public static var wrappingCodeSelector: UInt16 { 0x6F }

  /// Whether code is decoded with 16-bit defaults.
  public var is16Bit: Bool {
    mode == .real16 || mode == .segmented && !(Self.segment(input.selectors[1])?.is32Bit ?? true)
  }
}
