import MMU
import X86
import X86Decoder

extension Processor {
  /// The highest offset in CS that a near branch of 16- or 32-bit code reaches.
  @inline(__always)
  private var legacyCodeLimit: UInt64 {
    let limit = UInt64(state.segments[.cs].limit)
    return state.decodeMode == DecodeMode.code16.rawValue ? min(limit, 0xFFFF) : limit
  }

  /// Whether all of the page that RIP is in lies between the base and the limit of CS: then no block of it goes beyond
  /// them, and no branch within it has to be cut.
  var isLegacyPageWhole: Bool {
    let limit = legacyCodeLimit
    let page = state.rip &- (linearInstructionPointer & 0xFFF)
    return limit >= 0xFFF && page <= limit - 0xFFF
  }

  /// What segment registers may have changed for handlers of 16- and 32-bit code.
  func renewLegacy() {
    state.threaded.legacy.isOn = !is64Bit
    guard !is64Bit else { return }
    let limit = legacyCodeLimit
    let hasWideStack = state.segments[.ss].isDefault32
    state.threaded.legacy.codeBase = state.segments[.cs].base
    state.threaded.legacy.codeLimit = limit
    state.threaded.legacy.pageEnd = limit >= 0xFFF ? limit - 0xFFE : 0
    state.threaded.legacy.stackMask = hasWideStack ? 0xFFFF_FFFF : 0xFFFF
    state.threaded.legacy.stackKept = hasWideStack ? 0 : ~0xFFFF
    let windows = unsafe state.threaded.legacy.windows.unsafelyUnwrapped
    for index in 0..<state.segments.count {
      unsafe windows[index] = SegmentWindow(state.segments[index], isRealStyle: isRealStyle)
    }
  }

  /// Pushes the return address of a near CALL within its page; false if the shared semantics must.
  static func beginLegacyCall(_ core: MicroOp.Core, _ size: UInt8, _ next: UInt64) -> Bool {
    unsafe size == 4
      ? pushWord(core, UInt32(truncatingIfNeeded: next)) : pushWord(core, UInt16(truncatingIfNeeded: next))
  }
}

extension SegmentWindow {
  /// The window of a segment.
  ///
  /// - SDM: Vol. 3A "Limit Checking", "Type Checking".
  init(_ segment: SegmentState, isRealStyle: Bool) {
    base = segment.base
    // Expand-down: what is above the limit.
    guard segment.attributes & 0x1C != 0x14 else { return }
    let end = UInt64(segment.limit) + 1
    guard !isRealStyle else {
      (readEnd, writeEnd) = (end, end)
      return
    }
    guard !segment.isUnusable else { return }
    let isWritableOrReadable = segment.type & 2 != 0
    readEnd = segment.isCode && !isWritableOrReadable ? 0 : end
    writeEnd = !segment.isCode && isWritableOrReadable ? end : 0
  }
}
