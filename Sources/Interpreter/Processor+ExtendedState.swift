import MMU
import SoftFloat
import X86
import X86Decoder

/// How an XSAVE instruction saves.
enum SaveKind { case plain, optimized, compacted }

/// XSAVE and its kin.
///
/// - SDM: Vol. 1 "Managing State Using the XSAVE Feature Set".
extension Processor {
  /// The state components of EDX:EAX that XCR0 has.
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
  }

  /// The linear address of an XSAVE area whose last byte is `byteCount` behind its first.
  private func saveArea(_ instruction: Instruction, _ byteCount: UInt64, isWrite: Bool) throws(Exception) -> UInt64 {
    try requireOSXSAVE()
    if state.paging.cr0 & CR0.taskSwitched != 0 { throw .deviceNotAvailable(.taskSwitched) }
    let offset = effectiveAddress(instruction)
    // Misalignment is #GP before anything else, whatever alignment checks say (Zen 2).
    guard (base(of: instruction.segment) &+ offset) & 63 == 0 else { throw .generalProtection(.saveAreaMisaligned) }
    return try linear(instruction.segment, offset, byteCount, isWrite: isWrite)
  }

  private func put(_ image: [UInt8], _ range: Range<Int>, at address: UInt64) throws(Exception) {
    for index in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
      var word: UInt64 = 0
      for byte in 0..<8 { word |= UInt64(image[index + byte]) << UInt64(byte * 8) }
      try storeLinear(address &+ UInt64(index), word)
    }
  }

  private func get(_ image: inout [UInt8], _ range: Range<Int>, at address: UInt64) throws(Exception) {
    for index in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
      let word = try loadLinear(address &+ UInt64(index), as: UInt64.self)
      for byte in 0..<8 { image[index + byte] = UInt8(truncatingIfNeeded: word >> UInt64(byte * 8)) }
    }
  }

  /// The registers that a mode reaches.
  private var vectorCount: Int { is64Bit ? 16 : 8 }

  // MARK: Saving

  /// XSAVE, XSAVEOPT and XSAVEC.
  ///
  /// What has changed since XRSTOR is not kept track of: XSAVEOPT takes every component that is in use for changed, which
  /// the manual allows.
  func saveExtendedState(_ instruction: Instruction, _ kind: SaveKind) throws(Exception) {
    let requested = requestedComponents
    var inUse = componentsInUse
    // MXCSR is of the SSE state where it is saved compacted.
    if kind == .compacted, state.floating.mxcsr != 0x1F80 { inUse |= XCR0.sse }
    let saved = kind == .plain ? requested : requested & inUse
    let byteCount: UInt64 = requested & XCR0.avx != 0 ? 832 : 576
    let address = try saveArea(instruction, byteCount, isWrite: true)
    try checkOperand(address, Int(byteCount), isWrite: true)
    matchDataBreakpoints(address, byteCount, isWrite: true)
    let header = try loadLinear(address &+ 512, as: UInt64.self)
    let image = savedImage(isWide: instruction.flags.contains(.rexW))
    if saved & XCR0.x87 != 0 {
      try put(image, 0..<24, at: address)
      try put(image, 32..<160, at: address)
    }
    let savesMXCSR =
      kind == .compacted ? saved & XCR0.sse != 0 : requested & (XCR0.sse | XCR0.avx) != 0
    if savesMXCSR { try put(image, 24..<32, at: address) }
    if saved & XCR0.sse != 0 { try put(image, 160..<(160 + vectorCount * 16), at: address) }
    if saved & XCR0.avx != 0 {
      for index in 0..<vectorCount {
        try storeLinear(address &+ 576 &+ UInt64(index * 16), state.floating.upper[index].low)
        try storeLinear(address &+ 584 &+ UInt64(index * 16), state.floating.upper[index].high)
      }
    }
    let used = requested & inUse
    try storeLinear(address &+ 512, kind == .compacted ? used : header & ~requested | used)
    if kind == .compacted { try storeLinear(address &+ 520, requested | 1 << 63) }
  }

  // MARK: Restoring

  /// XRSTOR.
  func restoreExtendedState(_ instruction: Instruction) throws(Exception) {
    let requested = requestedComponents
    let address = try saveArea(instruction, 576, isWrite: false)
    try checkOperand(address, 576, isWrite: false)
    let present = try loadLinear(address &+ 512, as: UInt64.self)
    let format = try loadLinear(address &+ 520, as: UInt64.self)
    let isCompacted = format >> 63 != 0 && model.features.contains(.xsavec)
    var reserved = try loadLinear(address &+ 528, as: UInt64.self)
    if isCompacted {
      for index in 3..<8 as Range<UInt64> { reserved |= try loadLinear(address &+ 512 &+ index * 8, as: UInt64.self) }
    }
    let layout = format & ~(1 << 63)
    let isValid =
      isCompacted
      ? layout & ~state.xcr0 == 0 && present & ~layout == 0 && reserved == 0
      : present & ~state.xcr0 == 0 && format == 0 && reserved == 0
    guard isValid else { throw .generalProtection(.saveAreaHeader) }
    let byteCount: UInt64 = (isCompacted ? layout : requested) & XCR0.avx != 0 ? 832 : 576
    try checkOperand(address, Int(byteCount), isWrite: false)
    matchDataBreakpoints(address, byteCount, isWrite: false)
    var image = floatingImage()
    let loadsMXCSR =
      isCompacted ? requested & present & XCR0.sse != 0 : requested & (XCR0.sse | XCR0.avx) != 0
    if loadsMXCSR {
      try get(&image, 24..<32, at: address)
      guard image[26] == 0, image[27] == 0 else { throw .generalProtection(.mxcsrReservedBits) }
    } else if isCompacted, requested & XCR0.sse != 0 {
      (image[24], image[25], image[26], image[27]) = (0x80, 0x1F, 0, 0)
    }
    if requested & XCR0.x87 != 0 {
      for index in 0..<160 where index < 24 || index >= 32 { image[index] = 0 }
      (image[0], image[1]) = (0x7F, 0x03)
      if present & XCR0.x87 != 0 {
        try get(&image, 0..<24, at: address)
        try get(&image, 32..<160, at: address)
      }
      takePointers(of: &image, isWide: instruction.flags.contains(.rexW))
    }
    if requested & XCR0.sse != 0 {
      for index in 160..<(160 + vectorCount * 16) { image[index] = 0 }
      if present & XCR0.sse != 0 { try get(&image, 160..<(160 + vectorCount * 16), at: address) }
    }
    var upper = state.floating.upper
    if requested & XCR0.avx != 0 {
      for index in 0..<vectorCount {
        upper[index] = Vector128()
        guard present & XCR0.avx != 0 else { continue }
        upper[index].low = try loadLinear(address &+ 576 &+ UInt64(index * 16), as: UInt64.self)
        upper[index].high = try loadLinear(address &+ 584 &+ UInt64(index * 16), as: UInt64.self)
      }
    }
    state.floating.upper = upper
    setFloatingImage(image)
    updateX87ErrorLine()
    if requested & XCR0.x87 != 0 { summarizeX87Errors() }
  }
}
