import MMU
import X86
import X86Decoder

extension Processor {
  // MARK: Segmentation

  /// The linear address of an access through a segment, all checks done.
  ///
  /// - SDM: Vol. 3A "Limit Checking", "Type Checking"; Vol. 1 "Canonical Addressing".
  @inline(__always)
  func linear(_ segment: UInt8, _ offset: UInt64, _ byteCount: UInt64, isWrite: Bool) throws(Exception) -> UInt64 {
    if is64Bit {
      var address = offset
      if segment >= 4 {
        if _slowPath(!state.paging.isCanonical(offset) || !state.paging.isCanonical(offset &+ (byteCount &- 1))),
          does(.checksCanonicalOffset)
        {
          throw .generalProtection(.nonCanonicalAddress)
        }
        address &+= state.segments[Int(segment)].base
      }
      let last = address &+ (byteCount &- 1)
      if _slowPath(!state.paging.isCanonical(address) || !state.paging.isCanonical(last)) {
        throw segment == 2 ? .stackFault(.nonCanonicalAddress) : .generalProtection(.nonCanonicalAddress)
      }
      return address
    }
    return try legacyLinear(segment, offset, byteCount, isWrite: isWrite)
  }

  @inline(never)
  func legacyLinear(
    _ segment: UInt8, _ offset: UInt64, _ byteCount: UInt64, isWrite: Bool, takesExecuteOnly: Bool = false
  ) throws(Exception) -> UInt64 {
    let descriptor = state.segments[Int(segment)]
    func fault(_ reason: FaultReason) -> Exception {
      segment == 2 ? .stackFault(reason) : .generalProtection(reason)
    }
    if !isRealStyle {
      if descriptor.isUnusable { throw fault(.nullSegment) }
      if isWrite {
        if descriptor.isCode || descriptor.type & 2 == 0 {
          throw fault(descriptor.isCode ? .writeToCode : .writeToReadOnly)
        }
      } else if descriptor.isCode && descriptor.type & 2 == 0 && !takesExecuteOnly {
        throw fault(.readOfExecuteOnly)
      }
    }
    let first = offset & 0xFFFF_FFFF
    let last = first &+ (byteCount &- 1)
    if descriptor.attributes & 0x1C == 0x14 {
      // Expand-down: what lies above the limit is valid.
      let top: UInt64 = descriptor.isDefault32 ? 0xFFFF_FFFF : 0xFFFF
      if first <= UInt64(descriptor.limit) || last > top { throw fault(.expandDownLimit) }
    } else if last > UInt64(descriptor.limit) {
      guard descriptor.limit == .max, descriptor.base == 0, does(.wrapsAtFourGiB) else { throw fault(.segmentLimit) }
    }
    return (descriptor.base &+ first) & 0xFFFF_FFFF
  }

  /// The base that an access through a segment adds: in 64-bit mode only FS and GS have one.
  ///
  /// - SDM: Vol. 3A "Segmentation in IA-32e Mode".
  func base(of segment: UInt8) -> UInt64 { is64Bit && segment < 4 ? 0 : state.segments[Int(segment)].base }

  /// The effective address of a memory operand.
  @inline(__always)
  func effectiveAddress(_ instruction: Instruction) -> UInt64 {
    instruction.effectiveAddress(nextRIP: state.nextRIP) { register64($0) }
  }

  // MARK: Linear accesses

  @inline(__always)
  func load<Word: FixedWidthInteger & BitwiseCopyable>(
    _ segment: UInt8, _ offset: UInt64, as _: Word.Type
  ) throws(Exception) -> Word {
    let size = UInt64(MemoryLayout<Word>.size)
    let address = try linear(segment, offset, size, isWrite: false)
    if _slowPath(state.attention & Attention.step != 0 || isCheckingAlignment) {
      try checkAccess(address, size, isWrite: false)
    }
    return try loadLinear(address, as: Word.self)
  }

  @inline(__always)
  func store<Word: FixedWidthInteger & BitwiseCopyable>(
    _ segment: UInt8, _ offset: UInt64, _ value: Word
  ) throws(Exception) {
    let size = UInt64(MemoryLayout<Word>.size)
    let address = try linear(segment, offset, size, isWrite: true)
    if _slowPath(state.attention & Attention.step != 0 || isCheckingAlignment) {
      try checkAccess(address, size, isWrite: true)
    }
    try storeLinear(address, value)
  }

  /// CPL 3 with AM and AC set.
  @inline(__always) var isCheckingAlignment: Bool {
    state.cpl == 3 && state.systemFlags & RFLAGS.alignmentCheck != 0 && state.paging.cr0 & CR0.alignmentMask != 0
  }

  /// Alignment (#AC) and data breakpoints of an explicit access.
  func checkAccess(_ address: UInt64, _ byteCount: UInt64, isWrite: Bool) throws(Exception) {
    if isCheckingAlignment {
      let alignment = min(byteCount, 8)
      if address & (alignment &- 1) != 0 { throw .alignmentCheck(.alignmentCheck) }
    }
    matchDataBreakpoints(address, byteCount, isWrite: isWrite)
  }

  /// Reads at a linear address with the rights of the running code.
  @inline(__always)
  func loadLinear<Word: FixedWidthInteger & BitwiseCopyable>(
    _ address: UInt64, as _: Word.Type
  ) throws(Exception) -> Word {
    let size = UInt64(MemoryLayout<Word>.size)
    if let place = unsafe TranslationCache.readable(core.pointee.tlb, address, size) {
      return unsafe place.loadUnaligned(as: Word.self)
    }
    return Word(truncatingIfNeeded: try loadSlow(address, Int(size), state.bank))
  }

  /// Writes at a linear address with the rights of the running code.
  @inline(__always)
  func storeLinear<Word: FixedWidthInteger & BitwiseCopyable>(
    _ address: UInt64, _ value: Word
  ) throws(Exception) {
    let size = UInt64(MemoryLayout<Word>.size)
    if let place = unsafe TranslationCache.writable(core.pointee.tlb, address, size) {
      unsafe place.storeBytes(of: value, as: Word.self)
      return
    }
    try storeSlow(address, UInt64(truncatingIfNeeded: value), Int(size), state.bank)
  }

  /// Reads as the processor itself does for descriptor tables, TSS and the like.
  func loadSystem<Word: FixedWidthInteger & BitwiseCopyable>(
    _ address: UInt64, as _: Word.Type
  ) throws(Exception) -> Word {
    if state.isObserved { log?.isSystem = true }
    defer { if state.isObserved { log?.isSystem = false } }
    return Word(truncatingIfNeeded: try loadImplicitly(legacyWrap(address), MemoryLayout<Word>.size))
  }

  /// Writes as the processor itself does for descriptor tables, TSS and the like.
  func storeSystem<Word: FixedWidthInteger & BitwiseCopyable>(
    _ address: UInt64, _ value: Word
  ) throws(Exception) {
    if state.isObserved { log?.isSystem = true }
    defer { if state.isObserved { log?.isSystem = false } }
    try storeImplicitly(legacyWrap(address), UInt64(truncatingIfNeeded: value), MemoryLayout<Word>.size)
  }

  private func legacyWrap(_ address: UInt64) -> UInt64 { isLongMode ? address : address & 0xFFFF_FFFF }

  /// Checks that a range can be written, as event delivery and ENTER want to know before they begin.
  func probeWrite(_ address: UInt64, _ byteCount: Int) throws(Exception) {
    try checkOperand(address, byteCount, isWrite: true)
  }

  /// Raises what an access of at most a page would.
  func checkOperand(_ address: UInt64, _ byteCount: Int, isWrite: Bool) throws(Exception) {
    _ = try translate(address, isWrite: isWrite, state.bank)
    var last = address &+ UInt64(byteCount &- 1)
    if !is64Bit { last &= 0xFFFF_FFFF }
    if (address ^ last) >> 12 != 0 { _ = try translate(last & ~0xFFF, isWrite: isWrite, state.bank) }
  }

  /// An access of the running code that the fast path could not make.
  @inline(never)
  func loadSlow(_ address: UInt64, _ byteCount: Int, _ bank: TLBBank) throws(Exception) -> UInt64 {
    let value = try loadAnywhere(address, byteCount, bank, wraps: !is64Bit)
    if state.isWatched { noteWatchedAccess(address, byteCount, isWrite: false) }
    return value
  }

  /// An access of the processor itself, which no watchpoint sees.
  @inline(never)
  private func loadImplicitly(_ address: UInt64, _ byteCount: Int) throws(Exception) -> UInt64 {
    try loadAnywhere(address, byteCount, .supervisor, wraps: !isLongMode)
  }

  /// - Parameter wraps: the address behind FFFFFFFFh is 0.
  @inline(__always)
  private func loadAnywhere(
    _ address: UInt64, _ byteCount: Int, _ bank: TLBBank, wraps: Bool
  ) throws(Exception) -> UInt64 {
    if let (first, second) = AddressTranslator.split(address, byteCount, wraps: wraps) {
      let lowTarget = try translate(address, isWrite: false, bank)
      let highTarget = try translate(second, isWrite: false, bank)
      let low = readTarget(lowTarget, first)
      let high = readTarget(highTarget, byteCount - first)
      if state.isObserved {
        noteAccess(address, lowTarget, first, low, isWrite: false)
        noteAccess(second, highTarget, byteCount - first, high, isWrite: false)
      }
      return low | high << UInt64(first * 8)
    }
    let target = try translate(address, isWrite: false, bank)
    let value = readTarget(target, byteCount)
    if state.isObserved { noteAccess(address, target, byteCount, value, isWrite: false) }
    return value
  }

  /// An access of the running code that the fast path could not make.
  @inline(never)
  func storeSlow(_ address: UInt64, _ value: UInt64, _ byteCount: Int, _ bank: TLBBank) throws(Exception) {
    try storeAnywhere(address, value, byteCount, bank, wraps: !is64Bit)
    if state.isWatched { noteWatchedAccess(address, byteCount, isWrite: true) }
  }

  /// An access of the processor itself, which no watchpoint sees.
  @inline(never)
  private func storeImplicitly(_ address: UInt64, _ value: UInt64, _ byteCount: Int) throws(Exception) {
    try storeAnywhere(address, value, byteCount, .supervisor, wraps: !isLongMode)
  }

  @inline(__always)
  private func storeAnywhere(
    _ address: UInt64, _ value: UInt64, _ byteCount: Int, _ bank: TLBBank, wraps: Bool
  ) throws(Exception) {
    if let (first, second) = AddressTranslator.split(address, byteCount, wraps: wraps) {
      // Both pages are checked before anything is written.
      let lowTarget = try translate(address, isWrite: true, bank)
      let highTarget = try translate(second, isWrite: true, bank)
      if state.isObserved {
        noteAccess(address, lowTarget, first, value, isWrite: true)
        noteAccess(second, highTarget, byteCount - first, value >> UInt64(first * 8), isWrite: true)
      }
      writeTarget(lowTarget, value, first)
      writeTarget(highTarget, value >> UInt64(first * 8), byteCount - first)
      return
    }
    let target = try translate(address, isWrite: true, bank)
    if state.isObserved { noteAccess(address, target, byteCount, value, isWrite: true) }
    writeTarget(target, value, byteCount)
  }

  func readTarget(_ target: AccessTarget, _ byteCount: Int) -> UInt64 {
    switch target {
    case .ram(let offset):
      switch byteCount {
      case 1: return UInt64(memory.load(offset, as: UInt8.self))
      case 2: return UInt64(memory.load(offset, as: UInt16.self))
      case 4: return UInt64(memory.load(offset, as: UInt32.self))
      case 8: return memory.load(offset, as: UInt64.self)
      default:
        var value: UInt64 = 0
        for index in 0..<UInt64(byteCount) {
          value |= UInt64(memory.load(offset &+ index, as: UInt8.self)) << (index * 8)
        }
        return value
      }
    case .device(let address):
      return bus.readPhysical(PhysicalAddress(address), width: byteCount, processor: state.index)
    }
  }

  func writeTarget(_ target: AccessTarget, _ value: UInt64, _ byteCount: Int) {
    switch target {
    case .ram(let place):
      var offset = place
      if memory.isGuarded(offset) {
        if memory.isReadOnly(offset) {
          offset = memory.writeTarget(ofReadOnly: offset)
          guard offset != PhysicalMemory.nowhere else { return }
        }
        memory.willWrite(offset)
        if memory.hasCode(offset) { cache.invalidate(offset, byteCount: byteCount) }
      }
      switch byteCount {
      case 1: memory.store(UInt8(truncatingIfNeeded: value), offset)
      case 2: memory.store(UInt16(truncatingIfNeeded: value), offset)
      case 4: memory.store(UInt32(truncatingIfNeeded: value), offset)
      case 8: memory.store(value, offset)
      default:
        for index in 0..<UInt64(byteCount) {
          memory.store(UInt8(truncatingIfNeeded: value >> (index * 8)), offset &+ index)
        }
      }
    case .device(let address):
      bus.writePhysical(value, PhysicalAddress(address), width: byteCount, processor: state.index)
    }
  }

  /// Translates an address for a data access.
  func translate(_ address: UInt64, isWrite: Bool, _ bank: TLBBank) throws(Exception) -> AccessTarget {
    if let offset = translator.cachedOffset(address, isWrite: isWrite, bank) {
      if state.isObserved { log?.lastWalk = nil }
      return .ram(offset)
    }
    // An explicit access is canonical by now. The base of a table need not be so in 4-level paging where the processor
    // has 57 bits.
    if _slowPath(state.paging.linearAddressBits > 48), isLongMode, !state.paging.isCanonical(address) {
      throw .generalProtection(.nonCanonicalAddress)
    }
    let intent = AddressTranslator.intent(isWrite: isWrite, bank)
    let walk = state.paging.walk(address, intent, memory, setsAccessedAndDirty: true)
    if state.isObserved { log?.note(walk, address, intent) }
    return try translator.accept(walk, address, isWrite: isWrite, bank)
  }

  /// Logs an access of at most 8 bytes, a write before it is made.
  private func noteAccess(_ linear: UInt64, _ target: AccessTarget, _ byteCount: Int, _ value: UInt64, isWrite: Bool) {
    guard let log else { return }
    var access = LoggedAccess(
      linear: linear, physical: 0, byteCount: byteCount, isWrite: isWrite, isSystem: log.isSystem, isDevice: false,
      value: byteCount < 8 ? value & ((1 << UInt64(byteCount * 8)) &- 1) : value, old: 0, walk: log.lastWalk,
      link: log.events.count)
    switch target {
    case .ram(let offset):
      access.physical = memory.address(of: offset)
      if isWrite { access.old = readTarget(target, byteCount) }
    case .device(let address):
      access.physical = address
      access.isDevice = true
    }
    log.accesses.append(access)
  }

  // MARK: Through a named segment

  @inline(__always)
  func linear(
    _ segment: SegmentRegister, _ offset: UInt64, _ byteCount: UInt64, isWrite: Bool
  ) throws(Exception) -> UInt64 {
    try linear(segment.rawValue, offset, byteCount, isWrite: isWrite)
  }

  @inline(__always)
  func loadSized(_ segment: SegmentRegister, _ offset: UInt64, _ size: UInt8) throws(Exception) -> UInt64 {
    try loadSized(segment.rawValue, offset, size)
  }

  @inline(__always)
  func storeSized(
    _ segment: SegmentRegister, _ offset: UInt64, _ size: UInt8, _ value: UInt64
  ) throws(Exception) {
    try storeSized(segment.rawValue, offset, size, value)
  }

  // MARK: Stack

  /// Bytes of the stack pointer that count: 8, 4 or 2.
  @inline(__always) var stackSize: UInt8 { is64Bit ? 8 : segment(.ss).isDefault32 ? 4 : 2 }

  /// The stack pointer, cut to its size.
  @inline(__always) func stackOffset(_ value: UInt64) -> UInt64 {
    switch stackSize {
    case 8: value
    case 4: value & 0xFFFF_FFFF
    default: value & 0xFFFF
    }
  }

  /// Writes as many bytes of rSP as the stack's size says.
  @inline(__always) func setStackPointer(_ value: UInt64) {
    switch stackSize {
    case 8: unsafe registers[.sp] = value
    case 4: unsafe registers[.sp] = value & 0xFFFF_FFFF
    default: unsafe registers[.sp] = (registers[.sp] & ~0xFFFF) | (value & 0xFFFF)
    }
  }

  /// Pushes 2, 4 or 8 bytes; rSP changes only if the store succeeds.
  @inline(__always)
  func push(_ value: UInt64, _ size: UInt8) throws(Exception) {
    let offset = stackOffset(unsafe registers[.sp] &- UInt64(size))
    try storeStack(offset, value, size)
    setStackPointer(offset)
  }

  /// Stores 2, 4 or 8 bytes at an offset in SS.
  @inline(__always)
  func storeStack(_ offset: UInt64, _ value: UInt64, _ size: UInt8) throws(Exception) {
    switch size {
    case 2: try store(SegmentRegister.ss.rawValue, offset, UInt16(truncatingIfNeeded: value))
    case 4: try store(SegmentRegister.ss.rawValue, offset, UInt32(truncatingIfNeeded: value))
    default: try store(SegmentRegister.ss.rawValue, offset, value)
    }
  }

  /// Reads 2, 4 or 8 bytes at an offset from the top of the stack, popping nothing.
  @inline(__always)
  func peek(_ distance: UInt64, _ size: UInt8) throws(Exception) -> UInt64 {
    try loadSized(.ss, stackOffset(unsafe registers[.sp] &+ distance), size)
  }

  /// Pops 2, 4 or 8 bytes.
  @inline(__always)
  func pop(_ size: UInt8) throws(Exception) -> UInt64 {
    let value = try peek(0, size)
    setStackPointer(unsafe registers[.sp] &+ UInt64(size))
    return value
  }

  /// Reads 1, 2, 4 or 8 bytes.
  @inline(__always)
  func loadSized(_ segment: UInt8, _ offset: UInt64, _ size: UInt8) throws(Exception) -> UInt64 {
    switch size {
    case 1: UInt64(try load(segment, offset, as: UInt8.self))
    case 2: UInt64(try load(segment, offset, as: UInt16.self))
    case 4: UInt64(try load(segment, offset, as: UInt32.self))
    default: try load(segment, offset, as: UInt64.self)
    }
  }

  /// Writes 1, 2, 4 or 8 bytes.
  @inline(__always)
  func storeSized(_ segment: UInt8, _ offset: UInt64, _ size: UInt8, _ value: UInt64) throws(Exception) {
    switch size {
    case 1: try store(segment, offset, UInt8(truncatingIfNeeded: value))
    case 2: try store(segment, offset, UInt16(truncatingIfNeeded: value))
    case 4: try store(segment, offset, UInt32(truncatingIfNeeded: value))
    default: try store(segment, offset, value)
    }
  }
}
