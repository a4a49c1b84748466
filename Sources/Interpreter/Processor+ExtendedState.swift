import MMU
import SoftFloat
import X86
import X86Decoder

/// How an XSAVE instruction saves.
enum SaveKind {
  /// XSAVE, XSAVEOPT, XSAVEC, XSAVES.
  case plain, optimized, compacted, supervisor

  /// The area has the compacted format.
  var isCompacted: Bool { self == .compacted || self == .supervisor }
  /// Components that the last XRSTOR loaded from the same area, and that hold the same still, are not saved.
  var leavesOutUnmodified: Bool { self == .optimized || self == .supervisor }
}

/// XSAVE and its kin.
///
/// - SDM: Vol. 1 "Managing State Using the XSAVE Feature Set".
extension Processor {
  /// The state components of EDX:EAX that XCR0 or IA32_XSS has; of the latter there is none.
  private var requestedComponents: UInt64 {
    (read(.ax, width: 4) | read(.dx, width: 4) << 32) & state.xcr0
  }

  private func requireOSXSAVE() throws(Exception) {
    if state.paging.cr4 & CR4.osXSAVE == 0 { throw .invalidOpcode(.osXSAVEClear) }
  }

  /// XGETBV.
  func readExtendedControl(_ instruction: Instruction) throws(Exception) {
    try requireOSXSAVE()
    let value: UInt64
    switch read(.cx, width: 4) {
    case 0: value = state.xcr0
    case 1: value = state.xcr0 & componentsInUse
    default: throw .generalProtection(.extendedControlUnknown)
    }
    write(.ax, width: 4, value)
    write(.dx, width: 4, value >> 32)
  }

  /// XSETBV.
  func writeExtendedControl(_ instruction: Instruction) throws(Exception) {
    try requireOSXSAVE()
    try requirePrivilege()
    guard read(.cx, width: 4) == 0 else { throw .generalProtection(.extendedControlUnknown) }
    let value = read(.ax, width: 4) | read(.dx, width: 4) << 32
    let lacksSSE = value & XCR0.avx != 0 && value & XCR0.sse == 0
    guard value & XCR0.x87 != 0, value & ~model.xcr0Mask == 0, !lacksSSE else {
      throw .generalProtection(.xcr0ReservedBits)
    }
    state.xcr0 = value
  }

  /// The components that are not in their initial state: XINUSE.
  private var componentsInUse: UInt64 {
    let floating = state.floating
    var isX87InUse = floating.controlWord != 0x37F || floating.statusWord != 0 || floating.validRegisters != 0
    isX87InUse = isX87InUse || floating.opcode != 0 || floating.instructionPointer != 0 || floating.dataPointer != 0
    isX87InUse = isX87InUse || floating.codeSelector != 0 || floating.dataSelector != 0
    for index in 0..<8 {
      let register = floating.registers[index]
      if register.significand != 0 || register.signExponent != 0 { isX87InUse = true }
    }
    var (vectors, upper): (UInt64, UInt64) = (0, 0)
    for index in 0..<16 {
      vectors |= floating.xmm[index].low | floating.xmm[index].high
      upper |= floating.upper[index].low | floating.upper[index].high
    }
    return (isX87InUse ? XCR0.x87 : 0) | (vectors != 0 ? XCR0.sse : 0) | (upper != 0 ? XCR0.avx : 0)
      | (state.paging.pkru != 0 ? XCR0.protectionKeys : 0)
  }

  /// The parts of an XSAVE area, of which the first byte has been checked.
  private func saveArea(
    _ instruction: Instruction, isWrite: Bool, isPrivileged: Bool
  ) throws(Exception) -> OperandParts {
    try requireOSXSAVE()
    if isPrivileged { try requirePrivilege() }
    if state.paging.cr0 & CR0.taskSwitched != 0 { throw .deviceNotAvailable(.taskSwitched) }
    let area = parts(instruction)
    // Misalignment counts before anything else, but for the segment where alignment checks count too.
    let address = area.base &+ area.offset
    guard address & 63 == 0 else {
      if does(.checksAlignmentOfSaveArea) { _ = try linear(area.segment, area.offset, 4, isWrite: false) }
      throw isCheckingAlignment && address & 3 != 0 && does(.checksAlignmentOfSaveArea)
        ? .alignmentCheck(.alignmentCheck) : .generalProtection(.saveAreaMisaligned)
    }
    if !does(.checksEndOfSaveAreaFirst) { try checkByte(area, 0, isWrite: isWrite) }
    return area
  }

  private func checkByte(_ area: OperandParts, _ distance: UInt64, isWrite: Bool) throws(Exception) {
    try checkOperand(try linear(area.segment, area.offset(at: distance), 1, isWrite: isWrite), 1, isWrite: isWrite)
  }

  /// The last byte, then the first that is accessed where the first of all was not checked before.
  private func checkEnds(
    _ area: OperandParts, _ byteCount: UInt64, _ requested: UInt64, accessesMXCSR: Bool, isWrite: Bool
  ) throws(Exception) {
    // The last byte counts before all between.
    try checkLastByte(area, byteCount, isWrite: isWrite)
    guard does(.checksEndOfSaveAreaFirst) else { return }
    try checkByte(area, requested & XCR0.x87 != 0 ? 0 : accessesMXCSR ? 24 : 512, isWrite: isWrite)
  }

  private func put(_ image: [UInt8], _ range: Range<Int>, in area: OperandParts) throws(Exception) {
    for index in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
      var word: UInt64 = 0
      for byte in 0..<8 { word |= UInt64(image[index + byte]) << UInt64(byte * 8) }
      try storeLinear(area[UInt64(index)], word)
    }
  }

  private func get(_ image: inout [UInt8], _ range: Range<Int>, in area: OperandParts) throws(Exception) {
    for index in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
      let word = try loadLinear(area[UInt64(index)], as: UInt64.self)
      for byte in 0..<8 { image[index + byte] = UInt8(truncatingIfNeeded: word >> UInt64(byte * 8)) }
    }
  }

  /// The registers that a mode reaches.
  private var vectorCount: Int { is64Bit ? 16 : 8 }

  // MARK: Saving

  /// XSAVE, XSAVEOPT, XSAVEC and XSAVES.
  func saveExtendedState(_ instruction: Instruction, _ kind: SaveKind) throws(Exception) {
    let requested = requestedComponents
    var inUse = componentsInUse
    // MXCSR is of the SSE state where it is saved compacted.
    if kind.isCompacted, state.floating.mxcsr != 0x1F80 { inUse |= XCR0.sse }
    let byteCount = model.saveAreaByteCount(of: requested, isCompacted: kind.isCompacted)
    let area = try saveArea(instruction, isWrite: true, isPrivileged: kind == .supervisor)
    let reachesMXCSR = requested & (kind.isCompacted ? XCR0.sse : XCR0.sse | XCR0.avx) != 0
    try checkEnds(area, byteCount, requested, accessesMXCSR: reachesMXCSR, isWrite: true)
    matchDataBreakpoints(area[0], byteCount, isWrite: true)
    let layout = kind.isCompacted ? requested | XCR0.compactedFormat : 0
    var saved = kind == .plain ? requested : requested & inUse
    if kind.leavesOutUnmodified {
      saved &= ~unmodifiedComponents(area[0], layout: layout, includesMXCSR: kind == .supervisor)
    }
    let savesMXCSR = kind.isCompacted ? saved & XCR0.sse != 0 : requested & (XCR0.sse | XCR0.avx) != 0
    let header = try loadLinear(area[512], as: UInt64.self)
    try saveLegacyRegion(instruction, saved, savesMXCSR: savesMXCSR, in: area)
    if saved & XCR0.avx != 0 {
      for index in 0..<vectorCount {
        try storeLinear(area[576 + UInt64(index * 16)], state.floating.upper[index].low)
        try storeLinear(area[584 + UInt64(index * 16)], state.floating.upper[index].high)
      }
    }
    if saved & XCR0.protectionKeys != 0 {
      let offset = model.keyRightsOffset(layout: kind.isCompacted ? requested : nil)
      try storeLinear(area[offset], state.paging.pkru)
    }
    let used = requested & inUse
    try storeLinear(area[512], kind.isCompacted ? used : header & ~requested | used)
    if kind.isCompacted { try storeLinear(area[520], layout) }
  }

  /// x87 and SSE state.
  private func saveLegacyRegion(
    _ instruction: Instruction, _ saved: UInt64, savesMXCSR: Bool, in area: OperandParts
  ) throws(Exception) {
    let image = savedImage(isWide: instruction.flags.contains(.rexW))
    if saved & XCR0.x87 != 0 {
      try put(image, 0..<24, in: area)
      try put(image, 32..<160, in: area)
    }
    if savesMXCSR { try put(image, 24..<32, in: area) }
    if saved & XCR0.sse != 0 { try put(image, 160..<(160 + vectorCount * 16), in: area) }
  }

  /// The components that the last XRSTOR or XRSTORS loaded from this area at this CPL in this format, and that hold the
  /// same still.
  private func unmodifiedComponents(_ address: UInt64, layout: UInt64, includesMXCSR: Bool) -> UInt64 {
    let last = lastRestore
    guard last.components != 0, last.cpl == state.cpl, last.address == address, last.layout == layout else { return 0 }
    return last.unmodified(state.floating, pkru: state.paging.pkru, includesMXCSR: includesMXCSR)
  }

  // MARK: Restoring

  /// The header of an area: XSTATE_BV, and XCOMP_BV, which is 0 for the standard format.
  private func saveAreaHeader(
    in area: OperandParts, mustBeCompacted: Bool
  ) throws(Exception) -> (present: UInt64, layout: UInt64) {
    let present = try loadLinear(area[512], as: UInt64.self)
    let layout = try loadLinear(area[520], as: UInt64.self)
    let isCompacted = layout & XCR0.compactedFormat != 0 && model.features.contains(.xsavec)
    var reserved = try loadLinear(area[528], as: UInt64.self)
    if isCompacted {
      for index in 3..<8 as Range<UInt64> { reserved |= try loadLinear(area[512 + index * 8], as: UInt64.self) }
    }
    let isValid =
      isCompacted
      ? layout & ~(state.xcr0 | XCR0.compactedFormat) == 0 && present & ~layout == 0
      : present & ~state.xcr0 == 0 && layout == 0 && !mustBeCompacted
    // Bit 63 is no component, which XSTATE_BV could have.
    guard isValid, reserved == 0, present & XCR0.compactedFormat == 0 else {
      throw .generalProtection(.saveAreaHeader)
    }
    return (present, layout)
  }

  /// XRSTOR and XRSTORS.
  func restoreExtendedState(_ instruction: Instruction, isSupervisor: Bool) throws(Exception) {
    let requested = requestedComponents
    let area = try saveArea(instruction, isWrite: false, isPrivileged: isSupervisor)
    // The header counts before all behind it.
    let isEndFirst = does(.checksEndOfSaveAreaFirst)
    let (place, size) = isEndFirst ? (520, 8) : (512, 64)
    let header = try linear(area.segment, area.offset(at: UInt64(place)), UInt64(size), isWrite: false)
    try checkOperand(header, size, isWrite: false)
    func checkEnds(_ layout: UInt64) throws(Exception) {
      let isCompacted = layout & XCR0.compactedFormat != 0
      try self.checkEnds(
        area, model.saveAreaByteCount(of: isCompacted ? layout : requested, isCompacted: isCompacted), requested,
        accessesMXCSR: requested & (isCompacted ? XCR0.sse : XCR0.sse | XCR0.avx) != 0, isWrite: false)
    }
    if isEndFirst { try checkEnds(try loadLinear(area[520], as: UInt64.self)) }
    let (present, layout) = try saveAreaHeader(in: area, mustBeCompacted: isSupervisor)
    if !isEndFirst { try checkEnds(layout) }
    let byteCount = model.saveAreaByteCount(of: layout != 0 ? layout : requested, isCompacted: layout != 0)
    matchDataBreakpoints(area[0], byteCount, isWrite: false)
    let image = try legacyRegion(instruction, requested, present, isCompacted: layout != 0, in: area)
    var upper = state.floating.upper
    if requested & XCR0.avx != 0 {
      for index in 0..<vectorCount {
        upper[index] = Vector128()
        guard present & XCR0.avx != 0 else { continue }
        upper[index].low = try loadLinear(area[576 + UInt64(index * 16)], as: UInt64.self)
        upper[index].high = try loadLinear(area[584 + UInt64(index * 16)], as: UInt64.self)
      }
    }
    var rights = state.paging.pkru
    if requested & XCR0.protectionKeys != 0 {
      let offset = model.keyRightsOffset(layout: layout != 0 ? layout : nil)
      rights = present & XCR0.protectionKeys != 0 ? try loadLinear(area[offset], as: UInt32.self) : 0
    }
    state.floating.upper = upper
    setFloatingImage(image)
    if rights != state.paging.pkru { setProtectionKeyRights(rights) }
    updateX87ErrorLine()
    if requested & XCR0.x87 != 0 { summarizeX87Errors() }
    noteRestore(requested, area[0], layout)
  }

  private func noteRestore(_ components: UInt64, _ address: UInt64, _ layout: UInt64) {
    lastRestore.components = components
    lastRestore.cpl = state.cpl
    lastRestore.address = address
    lastRestore.layout = layout
    lastRestore.floating = state.floating
    lastRestore.pkru = state.paging.pkru
  }

  /// The present x87 and SSE state with what an area holds of the components that are requested.
  private func legacyRegion(
    _ instruction: Instruction, _ requested: UInt64, _ present: UInt64, isCompacted: Bool, in area: OperandParts
  ) throws(Exception) -> [UInt8] {
    var image = floatingImage()
    let loadsMXCSR =
      isCompacted ? requested & present & XCR0.sse != 0 : requested & (XCR0.sse | XCR0.avx) != 0
    if loadsMXCSR {
      try get(&image, 24..<32, in: area)
      guard image[26] == 0, image[27] == 0 else { throw .generalProtection(.mxcsrReservedBits) }
    } else if isCompacted, requested & XCR0.sse != 0 {
      (image[24], image[25], image[26], image[27]) = (0x80, 0x1F, 0, 0)
    }
    if requested & XCR0.x87 != 0 {
      for index in 0..<160 where index < 24 || index >= 32 { image[index] = 0 }
      (image[0], image[1]) = (0x7F, 0x03)
      if present & XCR0.x87 != 0 {
        try get(&image, 0..<24, in: area)
        try get(&image, 32..<160, in: area)
      }
      takePointers(of: &image, isWide: instruction.flags.contains(.rexW))
    }
    if requested & XCR0.sse != 0 {
      for index in 160..<(160 + vectorCount * 16) { image[index] = 0 }
      if present & XCR0.sse != 0 { try get(&image, 160..<(160 + vectorCount * 16), in: area) }
    }
    return image
  }
}
