import MMU
import X86
import X86Decoder

/// A descriptor as read from GDT or LDT.
struct DescriptorEntry {
  var selector: UInt16
  /// Linear address of its first byte.
  var address: UInt64
  /// Its 8 bytes.
  var raw: UInt64
  /// The segment that it describes.
  var segment: SegmentState { SegmentState(selector: selector, descriptor: raw) }
  /// Type field with S above: bits 4:0.
  var systemType: UInt32 { UInt32(truncatingIfNeeded: (raw >> 40) & 0x1F) }
  var privilege: UInt8 { UInt8(truncatingIfNeeded: (raw >> 45) & 3) }
  var isPresent: Bool { raw & (1 << 47) != 0 }
}

extension Processor {
  /// A selector as an error code.
  @inline(__always) func code(_ selector: UInt16) -> UInt32 { UInt32(selector & 0xFFFC) }

  /// Reads the descriptor that a selector names.
  ///
  /// - Throws: `fault` with the selector if it lies outside its table, or a page fault.
  func readDescriptor(
    _ selector: UInt16, _ fault: ExceptionVector = .generalProtection, external: UInt32 = 0
  ) throws(Exception) -> DescriptorEntry {
    let isLocal = selector & 4 != 0
    let base = isLocal ? state.ldtr.base : state.gdtr.base
    let limit = isLocal ? UInt64(state.ldtr.limit) : UInt64(state.gdtr.limit)
    let offset = UInt64(selector & 0xFFF8)
    if (isLocal && state.ldtr.isUnusable) || offset &+ 7 > limit {
      let reason: FaultReason =
        !isLocal ? .selectorBeyondGDT : state.ldtr.isUnusable ? .ldtrUnusable : .selectorBeyondLDT
      throw Exception(fault, errorCode: code(selector) | external, reason: reason)
    }
    let address = base &+ offset
    return DescriptorEntry(selector: selector, address: address, raw: try loadSystem(address, as: UInt64.self))
  }

  /// Sets the Accessed bit of a code or data descriptor in memory if it is clear.
  func setAccessed(_ entry: inout DescriptorEntry) throws(Exception) {
    guard entry.raw & (1 << 40) == 0 else { return }
    try storeSystem(entry.address &+ 5, UInt8(truncatingIfNeeded: entry.raw >> 40) | 1)
    entry.raw |= 1 << 40
  }

  /// MOV Sreg, POP Sreg, LxS: loads a data or stack segment register.
  ///
  /// - SDM: Vol. 3A "Loading Segment Registers"; Vol. 2B "MOV—Move".
  func loadSegment(_ register: SegmentRegister, _ selector: UInt16) throws(Exception) {
    let index = Int(register.rawValue)
    if isRealStyle {
      loadRealSegment(register, selector)
      return
    }
    let requested = UInt8(selector & 3)
    if selector & 0xFFFC == 0 {
      if register == .ss {
        guard is64Bit, state.cpl < 3, requested == state.cpl else { throw .generalProtection(.nullStackSelector) }
      }
      state.segments[index] = nullSegment(selector)
      return
    }
    var entry = try readDescriptor(selector)
    let segment = entry.segment
    if register == .ss {
      guard requested == state.cpl, segment.isCodeOrData, !segment.isCode, segment.type & 2 != 0,
        segment.descriptorPrivilegeLevel == state.cpl
      else { throw .generalProtection(code(selector), Self.stackReason(entry, level: state.cpl)) }
      guard segment.isPresent else { throw .stackFault(code(selector), .stackNotPresent) }
    } else {
      guard segment.isCodeOrData, !segment.isCode || segment.type & 2 != 0 else {
        throw .generalProtection(code(selector), .segmentNotReadable)
      }
      if !segment.isConforming {
        guard segment.descriptorPrivilegeLevel >= max(requested, state.cpl) else {
          throw .generalProtection(code(selector), .dataPrivilege)
        }
      }
      guard segment.isPresent else { throw .segmentNotPresent(code(selector), .dataNotPresent) }
    }
    try setAccessed(&entry)
    state.segments[index] = entry.segment
  }

  /// A null selector in a data segment register: base zero, unusable.
  func nullSegment(_ selector: UInt16) -> SegmentState {
    SegmentState(selector: selector, base: 0, limit: 0, attributes: SegmentState.unusable | UInt32(selector & 3) << 5)
  }

  /// Real and virtual-8086 mode: the base follows from the selector; real mode keeps the cached limit and rights.
  func loadRealSegment(_ register: SegmentRegister, _ selector: UInt16) {
    let index = Int(register.rawValue)
    state.segments[index].selector = selector
    state.segments[index].base = UInt64(selector) << 4
    if isVirtual8086 {
      state.segments[index].limit = 0xFFFF
      state.segments[index].attributes = 0xF3
    } else {
      // A data segment that was null becomes usable again.
      state.segments[index].attributes &= ~SegmentState.unusable
      if !state.segments[index].isPresent { state.segments[index].attributes = 0x93 }
    }
  }

  /// Makes CS that of a checked code descriptor, at a privilege level.
  func setCodeSegment(_ entry: DescriptorEntry, cpl: UInt8) {
    let was64Bit = is64Bit
    var segment = entry.segment
    segment.selector = (entry.selector & ~3) | UInt16(cpl)
    state.segments[.cs] = segment
    state.cpl = cpl
    updateMode()
    if was64Bit { leave64BitMode() }
  }

  /// What a transfer out of 64-bit mode does to general registers, whose upper halves the manuals leave undefined then.
  ///
  /// - APM: Vol. 1 "GPR High 32 Bits Across Mode Switches".
  func leave64BitMode() {
    if !is64Bit, does(.clearsUpperStackPointer) { unsafe registers[.sp] &= 0xFFFF_FFFF }
  }

  /// Checks a code segment for a direct far transfer at the present CPL.
  ///
  /// - SDM: Vol. 3A "Direct Calls or Jumps to Code Segments".
  func checkCode(_ entry: DescriptorEntry) throws(Exception) {
    let segment = entry.segment
    func fault(_ reason: FaultReason) -> Exception { .generalProtection(code(entry.selector), reason) }
    guard segment.isCode else { throw fault(.notCodeSegment) }
    if isLongMode && segment.isLong && segment.isDefault32 { throw fault(.codeLongAndDefault) }
    if segment.isConforming {
      guard segment.descriptorPrivilegeLevel <= state.cpl else { throw fault(.conformingPrivilege) }
    } else {
      guard UInt8(entry.selector & 3) <= state.cpl else { throw fault(.codeRequestedPrivilege) }
      guard segment.descriptorPrivilegeLevel == state.cpl else { throw fault(.codePrivilege) }
    }
    guard segment.isPresent else { throw .segmentNotPresent(code(entry.selector), .codeNotPresent) }
  }

  /// Checks that an offset can be jumped to in a code segment.
  func checkTarget(_ offset: UInt64, in segment: SegmentState) throws(Exception) {
    if isLongMode && segment.isLong {
      guard state.paging.isCanonical(offset) else { throw .generalProtection(.nonCanonicalTarget) }
    } else {
      guard offset <= UInt64(segment.limit) else { throw .generalProtection(.targetLimit) }
    }
  }
}
