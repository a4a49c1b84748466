public import X86

/// What is asked of a translation.
@frozen public struct AccessIntent: Hashable, Sendable {
  /// A write (or a read-modify-write).
  public var isWrite: Bool
  /// An instruction fetch.
  public var isFetch: Bool
  /// Made at CPL 3, explicitly.
  public var isUser: Bool
  /// SMAP forbids user pages to this supervisor access: AC is clear, or the access is implicit.
  public var isUserPageForbidden: Bool

  /// Makes an intent.
  @inlinable public init(isWrite: Bool, isFetch: Bool = false, isUser: Bool, isUserPageForbidden: Bool = false) {
    self.isWrite = isWrite
    self.isFetch = isFetch
    self.isUser = isUser
    self.isUserPageForbidden = isUserPageForbidden
  }
}

/// Bits of a page-fault error code (SDM Vol. 3A "Page-Fault Exceptions").
public enum PageFaultCode {
  /// P: every entry of the walk was present.
  @inlinable public static var present: UInt32 { 1 }
  /// W/R.
  @inlinable public static var write: UInt32 { 2 }
  /// U/S.
  @inlinable public static var user: UInt32 { 4 }
  /// RSVD.
  @inlinable public static var reserved: UInt32 { 8 }
  /// I/D.
  @inlinable public static var fetch: UInt32 { 16 }
  /// PK: the protection key of the page forbids the data access.
  @inlinable public static var protectionKey: UInt32 { 32 }
}

/// Registers that decide how linear addresses are translated.
@frozen public struct PagingState: Sendable {
  /// CR0.
  public var cr0: UInt64 = 0x6000_0010
  /// CR3.
  public var cr3: UInt64 = 0
  /// CR4.
  public var cr4: UInt64 = 0
  /// IA32_EFER.
  public var efer: UInt64 = 0
  /// The PDPTE registers of PAE paging.
  public var pdpte: InlineArray<4, UInt64> = [0, 0, 0, 0]
  /// PKRU.
  public var pkru: UInt32 = 0
  /// Physical address bits, 36 to 52.
  public var physicalAddressBits: UInt64 = 40
  /// Linear address bits of the processor, 48 or 57, whatever the paging mode uses of them.
  public var linearAddressBits: UInt64 = 48
  /// ANDed to every physical address: clears bit 20 while A20 is masked.
  public var addressMask: UInt64 = .max
  /// 1 GiB pages exist.
  public var hasGiantPages = true

  /// The state after reset.
  @inlinable public init() {}

  /// CR0.PG.
  @inlinable public var isPaging: Bool { cr0 & CR0.paging != 0 }
  /// EFER.LMA.
  @inlinable public var isLongMode: Bool { efer & EFER.longModeActive != 0 }
  /// Leaf entries have protection keys: CR4.PKE in IA-32e mode.
  @inlinable public var hasProtectionKeys: Bool { cr4 & CR4.protectionKeyEnable != 0 && isLongMode && isPaging }
  /// The same with all rights of protection keys, for those who look at memory from outside.
  @inlinable public var withoutKeys: PagingState {
    var result = self
    result.pkru = 0
    return result
  }
  /// Bits of a 64-bit entry that exceed the physical address width: MAXPHYADDR to 51.
  @inlinable public var reservedAddressBits: UInt64 { 0x000F_FFFF_FFFF_FFFF & ~((1 << physicalAddressBits) &- 1) }
  /// Whether a linear address is canonical at the width in use.
  @inlinable @inline(__always) public func isCanonical(_ address: UInt64) -> Bool {
    let shift: Int64 = cr4 & CR4.linearAddress57 != 0 ? 7 : 16
    return (Int64(bitPattern: address) &<< shift) &>> shift == Int64(bitPattern: address)
  }
  /// Whether a linear address is canonical at the width of the processor, as MSRs, the bases of segments and tables and
  /// the operands of INVPCID must be in every paging mode.
  ///
  /// - SDM: Vol. 1 "Canonical Addressing"; Vol. 3A "Linear-Address Pre-Processing".
  @inlinable public func isCanonicalBase(_ address: UInt64) -> Bool {
    let shift = 64 &- linearAddressBits
    return UInt64(bitPattern: Int64(bitPattern: address << shift) >> Int64(shift)) == address
  }
}

/// One entry read by a page walk.
@frozen public struct PageWalkStep: Hashable, Sendable {
  /// 5 to 1: PML5E, PML4E, PDPTE, PDE, PTE.
  public var level: UInt8
  /// Bytes of the entry: 8, or 4 with 32-bit paging.
  public var entryByteCount: UInt8
  /// Where the entry stands (all ones for a PDPTE register).
  public var address: PhysicalAddress
  /// Its value as read.
  public var value: UInt64

  /// Makes a step.
  @inlinable public init(level: UInt8, entryByteCount: UInt8, address: PhysicalAddress, value: UInt64) {
    self.level = level
    self.entryByteCount = entryByteCount
    self.address = address
    self.value = value
  }
}

/// A translation as a value: every entry read, and what came of it.
@frozen public struct PageWalk: Sendable {
  /// Entries from the top down; the first `stepCount` count.
  public var steps: InlineArray<5, PageWalkStep>
  /// How many entries were read.
  public var stepCount = 0
  /// The #PF error code, or nil if the access is allowed.
  public var fault: UInt32?
  /// The rule that raised `fault`; `unspecified` without one.
  public var reason = FaultReason.unspecified
  /// Where the access goes.
  public var physical: UInt64 = 0
  /// Log2 of the page size: 12, 21, 22 or 30 (0 without paging).
  public var pageShift: UInt64 = 0
  /// Every level has U=1.
  public var isUserPage = true
  /// Every level has R/W=1.
  public var isWritable = true
  /// Some level has XD=1.
  public var isExecuteDisabled = false
  /// Every level had A=1 before the walk.
  public var isAccessed = true
  /// The leaf has G=1 and CR4.PGE is set.
  public var isGlobal = false
  /// The leaf has D=1 after the walk.
  public var isDirty = true
  /// Bit 10 if a protection key applies to the page, and the key in bits 9:6, as `TLBEntry.attributes` has it; 0 for a
  /// supervisor page and without protection keys.
  public var keyBits: UInt16 = 0

  @inlinable init() {
    steps = InlineArray(
      repeating: PageWalkStep(level: 0, entryByteCount: 0, address: PhysicalAddress(0), value: 0))
  }
}

extension PagingState {
  /// Walks the paging structures for one linear address.
  ///
  /// - Parameters:
  ///   - linear: a canonical linear address (below 2^32 outside long mode).
  ///   - intent: what the access wants.
  ///   - memory: guest RAM; entries outside it read as all ones.
  ///   - setsAccessedAndDirty: whether a walk that succeeds sets A in every entry and, for a write, D in the leaf.
  /// - SDM: Vol. 3A "Paging", "Determination of Access Rights", "Page-Fault Exceptions", "Accessed and Dirty Flags".
  public func walk(
    _ linear: UInt64, _ intent: AccessIntent, _ memory: PhysicalMemory, setsAccessedAndDirty: Bool
  ) -> PageWalk {
    var walk = PageWalk()
    guard isPaging else {
      walk.physical = linear & addressMask
      return walk
    }
    if cr4 & CR4.physicalAddressExtension == 0 {
      walk32(linear, intent, memory, &walk)
    } else {
      walk64(linear, intent, memory, &walk)
    }
    if walk.fault == nil { checkRights(intent, &walk) }
    if _slowPath(cr4 & CR4.protectionKeyEnable != 0) { checkKey(intent, &walk) }
    if setsAccessedAndDirty, walk.fault == nil, !walk.isAccessed || (intent.isWrite && !walk.isDirty) {
      setAccessedAndDirty(intent, memory, &walk)
    }
    walk.physical &= addressMask
    return walk
  }

  /// The bits of the error code that depend on the access alone.
  @inlinable func faultCode(_ intent: AccessIntent) -> UInt32 {
    let reportsFetch =
      (efer & EFER.noExecuteEnable != 0 && cr4 & CR4.physicalAddressExtension != 0)
      || cr4 & CR4.supervisorModeExecutionPrevention != 0
    return (intent.isWrite ? PageFaultCode.write : 0) | (intent.isUser ? PageFaultCode.user : 0)
      | (intent.isFetch && reportsFetch ? PageFaultCode.fetch : 0)
  }

  private func walk32(_ linear: UInt64, _ intent: AccessIntent, _ memory: PhysicalMemory, _ walk: inout PageWalk) {
    let directory = (cr3 & 0xFFFF_F000) | ((linear >> 20) & 0xFFC)
    let pde = readEntry(directory, 4, 2, memory, &walk)
    guard pde & 1 != 0 else { return fail(0, .pageNotPresent, intent, &walk) }
    note(pde, pde, &walk)
    if pde & 0x80 != 0 && cr4 & CR4.pageSizeExtensions != 0 {
      // PSE-36: bits 20:13 are address bits 39:32; those beyond MAXPHYADDR, and bit 21, are reserved.
      let highBits = min(40, physicalAddressBits) &- 32
      let reserved: UInt64 = (1 << 21) | (0x1FE000 & ~(((1 << highBits) &- 1) << 13))
      guard pde & reserved == 0 else {
        return fail(
          PageFaultCode.reserved, pde & (1 << 21) != 0 ? .pageReservedLargePage : .pageReservedAddressBits, intent,
          &walk)
      }
      walk.physical = (pde & 0xFFC0_0000) | ((pde & 0x1FE000) << 19) | (linear & 0x3F_FFFF)
      walk.pageShift = 22
      noteLeaf(pde, &walk)
      return
    }
    let table = (pde & 0xFFFF_F000) | ((linear >> 10) & 0xFFC)
    let pte = readEntry(table, 4, 1, memory, &walk)
    guard pte & 1 != 0 else { return fail(0, .pageNotPresent, intent, &walk) }
    note(pde & pte, pde | pte, &walk)
    walk.physical = (pte & 0xFFFF_F000) | (linear & 0xFFF)
    walk.pageShift = 12
    noteLeaf(pte, &walk)
  }

  private func walk64(_ linear: UInt64, _ intent: AccessIntent, _ memory: PhysicalMemory, _ walk: inout PageWalk) {
    var level: UInt8
    var table: UInt64
    if isLongMode {
      level = cr4 & CR4.linearAddress57 != 0 ? 5 : 4
      table = cr3 & 0x000F_FFFF_FFFF_F000
    } else {
      // The four PDPTE registers were loaded and checked by MOV CR3; they carry no rights.
      let pdpte = pdpte[Int((linear >> 30) & 3)]
      walk.steps[0] = PageWalkStep(level: 3, entryByteCount: 8, address: PhysicalAddress(.max), value: pdpte)
      walk.stepCount = 1
      guard pdpte & 1 != 0 else { return fail(0, .pageNotPresent, intent, &walk) }
      level = 2
      table = pdpte & 0x000F_FFFF_FFFF_F000
    }
    var reserved = reservedAddressBits | (efer & EFER.noExecuteEnable == 0 ? UInt64(1) << 63 : 0)
    // Outside long mode bits 62:52 of PAE entries are reserved as well.
    if !isLongMode { reserved |= 0x7FF0_0000_0000_0000 }
    // Of all entries so far: the bits that all of them have, and those that any has.
    var (common, any) = (UInt64.max, UInt64(0))
    while true {
      let shift = 12 &+ 9 &* UInt64(level &- 1)
      let entry = readEntry(table | ((linear >> (shift &- 3)) & 0xFF8), 8, level, memory, &walk)
      guard entry & 1 != 0 else {
        note(common, any, &walk)
        return fail(0, .pageNotPresent, intent, &walk)
      }
      let isLarge = entry & 0x80 != 0 && level > 1
      // AMD processors also reserve bit 8 of the top-level entries.
      var forbidden = level >= 4 ? reserved | 0x180 : reserved
      if _slowPath(isLarge) { forbidden |= largePageBits(level) }
      guard _fastPath(entry & forbidden == 0) else {
        note(common, any, &walk)
        return fail(PageFaultCode.reserved, reservedReason(entry & forbidden), intent, &walk)
      }
      (common, any) = (common & entry, any | entry)
      if level == 1 || isLarge {
        let offsetMask = (UInt64(1) << shift) &- 1
        walk.physical = (entry & 0x000F_FFFF_FFFF_F000 & ~offsetMask) | (linear & offsetMask)
        walk.pageShift = shift
        note(common, any, &walk)
        noteLeaf(entry, &walk)
        return
      }
      table = entry & 0x000F_FFFF_FFFF_F000
      level &-= 1
    }
  }

  /// Bits that an entry with PS set must not have.
  private func largePageBits(_ level: UInt8) -> UInt64 {
    switch level {
    case 2: 0x1F_E000
    case 3 where hasGiantPages: 0x3FFF_E000
    default: 0x80
    }
  }

  private func readEntry(
    _ address: UInt64, _ byteCount: UInt8, _ level: UInt8, _ memory: PhysicalMemory, _ walk: inout PageWalk
  ) -> UInt64 {
    let offset = memory.offset(of: address & addressMask)
    let value: UInt64 =
      if offset == PhysicalMemory.nowhere {
        byteCount == 8 ? .max : 0xFFFF_FFFF
      } else if byteCount == 8 {
        memory.load(offset, as: UInt64.self)
      } else {
        UInt64(memory.load(offset, as: UInt32.self))
      }
    walk.steps[walk.stepCount] = PageWalkStep(
      level: level, entryByteCount: byteCount, address: PhysicalAddress(address & addressMask), value: value)
    walk.stepCount &+= 1
    return value
  }

  private func fail(_ bits: UInt32, _ reason: FaultReason, _ intent: AccessIntent, _ walk: inout PageWalk) {
    walk.reason = reason
    walk.fault = faultCode(intent) | bits | (bits & PageFaultCode.reserved != 0 ? PageFaultCode.present : 0)
  }

  /// Which rule forbids reserved bits of an 8-byte entry that are set.
  private func reservedReason(_ bits: UInt64) -> FaultReason {
    if bits & reservedAddressBits != 0 { return .pageReservedAddressBits }
    if bits >> 63 != 0 { return .pageReservedNoExecute }
    if bits >> 52 != 0 { return .pageReservedUpperBits }
    return bits & 0x180 != 0 ? .pageReservedSizeBit : .pageReservedLargePage
  }

  /// Notes the rights that entries give.
  ///
  /// - Parameters:
  ///   - common: the bits that all of them have.
  ///   - any: those that any has.
  private func note(_ common: UInt64, _ any: UInt64, _ walk: inout PageWalk) {
    walk.isWritable = common & 2 != 0
    walk.isUserPage = common & 4 != 0
    walk.isExecuteDisabled = any >> 63 != 0
    walk.isAccessed = common & 0x20 != 0
  }

  private func noteLeaf(_ entry: UInt64, _ walk: inout PageWalk) {
    walk.isGlobal = entry & 0x100 != 0 && cr4 & CR4.pageGlobalEnable != 0
    walk.isDirty = entry & 0x40 != 0
  }

  /// Notes the key of the page that a walk has found, if one applies, and refuses a data access that PKRU forbids. The
  /// error code says so also where another rule refuses it.
  ///
  /// - SDM: Vol. 3A "Protection Keys".
  @inline(never) private func checkKey(_ intent: AccessIntent, _ walk: inout PageWalk) {
    guard hasProtectionKeys, walk.pageShift != 0, walk.isUserPage else { return }
    let key = UInt8(truncatingIfNeeded: walk.steps[walk.stepCount &- 1].value >> 59) & 15
    walk.keyBits = 0x400 | UInt16(key) << 6
    var denied = ProtectionKeyRights.accessDisable(key)
    if intent.isWrite && (intent.isUser || cr0 & CR0.writeProtect != 0) {
      denied |= ProtectionKeyRights.writeDisable(key)
    }
    guard !intent.isFetch, pkru & denied != 0 else { return }
    if walk.fault == nil { walk.reason = .pageProtectionKey }
    walk.fault = (walk.fault ?? faultCode(intent)) | PageFaultCode.present | PageFaultCode.protectionKey
  }

  private func checkRights(_ intent: AccessIntent, _ walk: inout PageWalk) {
    let reason: FaultReason
    if intent.isUser {
      if !walk.isUserPage {
        reason = .pageSupervisorOnly
      } else if intent.isWrite && !walk.isWritable {
        reason = .pageReadOnly
      } else if intent.isFetch && walk.isExecuteDisabled {
        reason = .pageNoExecute
      } else {
        return
      }
    } else if intent.isFetch {
      if walk.isExecuteDisabled {
        reason = .pageNoExecute
      } else if walk.isUserPage && cr4 & CR4.supervisorModeExecutionPrevention != 0 {
        reason = .pageSMEP
      } else {
        return
      }
    } else if intent.isWrite && !walk.isWritable && cr0 & CR0.writeProtect != 0 {
      reason = .pageWriteProtected
    } else if walk.isUserPage && intent.isUserPageForbidden && cr4 & CR4.supervisorModeAccessPrevention != 0 {
      reason = .pageSMAP
    } else {
      return
    }
    walk.reason = reason
    walk.fault = faultCode(intent) | PageFaultCode.present
  }

  private func setAccessedAndDirty(_ intent: AccessIntent, _ memory: PhysicalMemory, _ walk: inout PageWalk) {
    for index in 0..<walk.stepCount {
      let step = walk.steps[index]
      if step.address.rawValue == .max { continue }
      var bits: UInt64 = 0x20
      if index == walk.stepCount &- 1 && intent.isWrite {
        bits |= 0x40
        walk.isDirty = true
      }
      guard step.value & bits != bits else { continue }
      let offset = memory.offset(of: step.address.rawValue)
      guard offset != PhysicalMemory.nowhere, !memory.isReadOnly(offset) else { continue }
      // Within the low byte, whatever the entry's size.
      memory.willWrite(offset)
      memory.store(UInt8(truncatingIfNeeded: step.value | bits), offset)
    }
  }
}
