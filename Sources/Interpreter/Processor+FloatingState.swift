import MMU
import SoftFloat
import X86
import X86Decoder

extension FloatingState {
  /// x87, MMX and SSE state in the layout of FXSAVE64, with FCS and FDS in bytes 416 to 419, which no processor writes.
  var image: [UInt8] {
    var image = [UInt8](repeating: 0, count: 512)
    func put(_ value: UInt64, _ at: Int, _ byteCount: Int) {
      for index in 0..<byteCount { image[at + index] = UInt8(truncatingIfNeeded: value >> UInt64(index * 8)) }
    }
    put(UInt64(controlWord), 0, 2)
    put(UInt64(statusWord), 2, 2)
    put(UInt64(validRegisters), 4, 1)
    put(UInt64(opcode), 6, 2)
    put(instructionPointer, 8, 8)
    put(dataPointer, 16, 8)
    put(UInt64(codeSelector), 416, 2)
    put(UInt64(dataSelector), 418, 2)
    put(UInt64(mxcsr), 24, 4)
    put(0xFFFF, 28, 4)
    let top = Int(statusWord >> 11) & 7
    for index in 0..<8 {
      let register = registers[(top + index) & 7]
      put(register.significand, 32 + index * 16, 8)
      put(UInt64(register.signExponent), 40 + index * 16, 2)
    }
    for index in 0..<16 {
      put(xmm[index].low, 160 + index * 16, 8)
      put(xmm[index].high, 168 + index * 16, 8)
    }
    return image
  }

  /// Takes over a 512-byte image.
  mutating func setImage(_ image: [UInt8]) {
    guard image.count >= 420 else { return }
    func get(_ at: Int, _ byteCount: Int) -> UInt64 {
      var value: UInt64 = 0
      for index in 0..<byteCount { value |= UInt64(image[at + index]) << UInt64(index * 8) }
      return value
    }
    controlWord = UInt16(truncatingIfNeeded: get(0, 2)) & 0x1F7F | 0x40
    statusWord = UInt16(truncatingIfNeeded: get(2, 2))
    validRegisters = image[4]
    opcode = UInt16(truncatingIfNeeded: get(6, 2)) & 0x7FF
    instructionPointer = get(8, 8)
    dataPointer = get(16, 8)
    codeSelector = UInt16(truncatingIfNeeded: get(416, 2))
    dataSelector = UInt16(truncatingIfNeeded: get(418, 2))
    mxcsr = UInt32(truncatingIfNeeded: get(24, 4)) & 0xFFFF
    let top = Int(statusWord >> 11) & 7
    for index in 0..<8 {
      registers[(top + index) & 7] = ExtendedReal(
        significand: get(32 + index * 16, 8), signExponent: UInt16(truncatingIfNeeded: get(40 + index * 16, 2)))
    }
    for index in 0..<16 {
      xmm[index] = Vector128(low: get(160 + index * 16, 8), high: get(168 + index * 16, 8))
    }
  }

  /// Bits 255:128 of the YMM registers, two words each, the lower first.
  var upperWords: [UInt64] { (0..<16).flatMap { [upper[$0].low, upper[$0].high] } }

  /// Takes over 32 words.
  mutating func setUpperWords(_ words: [UInt64]) {
    guard words.count == 32 else { return }
    for index in 0..<16 { upper[index] = Vector128(low: words[index * 2], high: words[index * 2 + 1]) }
  }
}

extension Processor {
  /// The image as FXSAVE and its kin store it.
  ///
  /// - Parameter isWide: REX.W: 64-bit pointers, without selectors.
  func savedImage(isWide: Bool) -> [UInt8] {
    var image = floatingImage()
    if state.floating.statusWord & 0x80 == 0, does(.savesX87PointersOfExceptionsAlone) {
      for index in 6..<24 { image[index] = 0 }
    } else if !isWide {
      // 32-bit offsets with selectors above.
      let dropsSelectors = does(.dropsX87Selectors)
      for (field, selector) in [(12, 416), (20, 418)] {
        for index in 0..<4 { image[field + index] = index < 2 && !dropsSelectors ? image[selector + index] : 0 }
      }
    }
    for index in 416..<420 { image[index] = 0 }
    return image
  }

  /// Makes the pointers of an image that FXRSTOR and its kin have read those of `floatingImage`.
  func takePointers(of image: inout [UInt8], isWide: Bool) {
    for (field, selector) in [(12, 416), (20, 418)] {
      for index in 0..<2 { image[selector + index] = isWide ? 0 : image[field + index] }
      if !isWide { for index in 0..<4 { image[field + index] = 0 } }
    }
  }

  /// x87, MMX and SSE state in the layout of FXSAVE64.
  func floatingImage() -> [UInt8] { state.floating.image }

  /// Takes over a 512-byte image.
  func setFloatingImage(_ image: [UInt8]) { state.floating.setImage(image) }

  /// FXSAVE.
  ///
  /// - SDM: Vol. 2A "FXSAVE—Save x87 FPU, MMX Technology, and SSE State".
  func saveFloatingState(_ instruction: Instruction) throws(Exception) {
    let area = try floatingStateArea(instruction, isWrite: true)
    let byteCount = floatingStateByteCount
    matchDataBreakpoints(area[0], UInt64(byteCount), isWrite: true)
    let image = savedImage(isWide: instruction.flags.contains(.rexW))
    try probeWrite(area[0], 16)
    for index in stride(from: 0, to: byteCount, by: 8) {
      var word: UInt64 = 0
      for byte in 0..<8 { word |= UInt64(image[index + byte]) << UInt64(byte * 8) }
      try storeLinear(area[UInt64(index)], word)
    }
  }

  /// FXRSTOR.
  ///
  /// - SDM: Vol. 2A "FXRSTOR—Restore x87 FPU, MMX, XMM, and MXCSR State".
  func restoreFloatingState(_ instruction: Instruction) throws(Exception) {
    let area = try floatingStateArea(instruction, isWrite: false)
    let byteCount = floatingStateByteCount
    matchDataBreakpoints(area[0], UInt64(byteCount), isWrite: false)
    // FXRSTOR has read its last byte too (Zen 2).
    matchDataBreakpoints(area[511], 1, isWrite: false)
    var image = [UInt8](repeating: 0, count: 512)
    for index in stride(from: 0, to: byteCount, by: 8) {
      let word = try loadLinear(area[UInt64(index)], as: UInt64.self)
      for byte in 0..<8 { image[index + byte] = UInt8(truncatingIfNeeded: word >> UInt64(byte * 8)) }
    }
    // Reserved MXCSR bits.
    guard image[26] == 0, image[27] == 0 else { throw .generalProtection(.mxcsrReservedBits) }
    if byteCount < 416 {
      let present = floatingImage()
      if byteCount == 160 { for index in 24..<28 { image[index] = present[index] } }
      for index in byteCount..<416 { image[index] = present[index] }
    }
    takePointers(of: &image, isWide: instruction.flags.contains(.rexW))
    setFloatingImage(image)
    updateX87ErrorLine()
    summarizeX87Errors()
  }

  /// Bytes of the image that FXSAVE and FXRSTOR touch: without XMM registers as CR4.OSFXSR is clear, with 8 or 16.
  private var floatingStateByteCount: Int {
    state.paging.cr4 & CR4.osFXSR == 0 ? 160 : is64Bit ? 416 : 288
  }

  /// The parts of the image, all checks done.
  private func floatingStateArea(_ instruction: Instruction, isWrite: Bool) throws(Exception) -> OperandParts {
    if state.paging.cr0 & (CR0.emulation | CR0.taskSwitched) != 0 { throw x87Unavailable }
    let area = parts(instruction)
    // The first bytes are checked as a read, then alignment counts, then the right to write. With alignment checks on,
    // what is not even aligned to 4 is #AC.
    let first = try linear(area.segment, area.offset, 4, isWrite: false)
    guard first & 15 == 0 else {
      throw isCheckingAlignment && first & 3 != 0
        ? .alignmentCheck(.alignmentCheck) : .generalProtection(.operandMisaligned)
    }
    // The last byte is checked first.
    try checkLastByte(area, 512, isWrite: isWrite)
    _ = try linear(area.segment, area.offset, 16, isWrite: isWrite)
    return area
  }
}
