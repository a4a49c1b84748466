import MMU
import X86
import X86Decoder

/// The instructions that VEX alone encodes.
extension Processor {
  private func setLong(_ instruction: Instruction, _ low: Vector128, _ high: Vector128) {
    setDestination(instruction, Vector256(low: low, high: high))
  }

  /// VBROADCASTSS, VPBROADCASTB, VBROADCASTF128 and their kin: an element of so many bytes everywhere.
  func broadcast(_ instruction: Instruction, _ byteCount: Int) throws(Exception) {
    var lane: Vector128
    if byteCount == 16 {
      lane = try loadVector(instruction, aligned: false)
    } else {
      let source = try vectorOperand(instruction, instruction.operand1, instruction.width1)
      let element = source.element(0, byteCount: byteCount)
      lane = Vector128()
      for index in 0..<(16 / byteCount) { lane.setElement(index, byteCount: byteCount, element) }
    }
    setLong(instruction, lane, lane)
  }

  /// VINSERTF128 and VINSERTI128.
  func insertLane(_ instruction: Instruction) throws(Exception) {
    let lane = try vectorSource(instruction)
    let first = longFirst(instruction)
    let isHigh = instruction.immediate & 1 != 0
    setLong(instruction, isHigh ? first.low : lane, isHigh ? lane : first.high)
  }

  /// VEXTRACTF128 and VEXTRACTI128.
  func extractLane(_ instruction: Instruction) throws(Exception) {
    let source = longRegister(instruction.reg)
    let lane = instruction.immediate & 1 != 0 ? source.high : source.low
    if instruction.isMemory { return try storeVector(instruction, lane, aligned: false) }
    setVectorDestination(instruction, lane)
  }

  /// VPERM2F128 and VPERM2I128.
  func permuteLanes(_ instruction: Instruction) throws(Exception) {
    let b = try longSource(instruction)
    let a = longFirst(instruction)
    func lane(_ control: UInt64) -> Vector128 {
      if control & 8 != 0 { return Vector128() }
      let source = control & 2 == 0 ? a : b
      return control & 1 == 0 ? source.low : source.high
    }
    setLong(instruction, lane(instruction.immediate), lane(instruction.immediate >> 4))
  }

  /// VPERMILPS and VPERMILPD: elements of their own lane, by a vector or by the immediate.
  func permuteInLanes(_ instruction: Instruction, _ byteCount: Int) throws(Exception) {
    let isImmediate = instruction.operand2 == .immediate
    let b = try longSource(instruction)
    let value = isImmediate ? b : longFirst(instruction)
    let immediate = instruction.immediate
    func lane(_ value: Vector128, _ control: Vector128, _ first: UInt64) -> Vector128 {
      var result = Vector128()
      for index in 0..<(16 / byteCount) {
        let pick: UInt64
        switch (isImmediate, byteCount) {
        case (true, 4): pick = immediate >> UInt64(index &* 2) & 3
        case (true, _): pick = immediate >> (first &+ UInt64(index)) & 1
        case (false, 4): pick = UInt64(control.doubleword(index) & 3)
        default: pick = control.quadword(index) >> 1 & 1
        }
        result.setElement(index, byteCount: byteCount, value.element(Int(pick), byteCount: byteCount))
      }
      return result
    }
    setLong(instruction, lane(value.low, b.low, 0), lane(value.high, b.high, 2))
  }

  /// VPERMD and VPERMPS: doublewords of the whole register, picked by the first source.
  func permuteDoublewords(_ instruction: Instruction) throws(Exception) {
    let value = try longSource(instruction)
    let order = longFirst(instruction)
    func element(_ pick: UInt32) -> UInt32 {
      (pick & 4 == 0 ? value.low : value.high).doubleword(Int(pick & 3))
    }
    setLong(
      instruction, Vector128(doublewords: { element(order.low.doubleword($0)) }),
      Vector128(doublewords: { element(order.high.doubleword($0)) }))
  }

  /// VPERMQ and VPERMPD: quadwords of the whole register, picked by the immediate.
  func permuteQuadwords(_ instruction: Instruction) throws(Exception) {
    let value = try longSource(instruction)
    func element(_ index: UInt64) -> UInt64 {
      let pick = instruction.immediate >> (index &* 2) & 3
      return (pick & 2 == 0 ? value.low : value.high).quadword(Int(pick & 1))
    }
    setLong(instruction, Vector128(low: element(0), high: element(1)), Vector128(low: element(2), high: element(3)))
  }

  /// VPSLLVD, VPSRAVD and their kin: each element by its own count.
  func shiftByElements(_ instruction: Instruction, _ byteCount: Int, _ kind: ShiftKind) throws(Exception) {
    let bits = UInt64(byteCount &* 8)
    try lanes(instruction) { a, b in
      var result = Vector128()
      for index in 0..<(16 / byteCount) {
        let value = a.element(index, byteCount: byteCount)
        let count = b.element(index, byteCount: byteCount)
        // The upper element of a shorter word is 0 and shifts to 0.
        result.setElement(
          index, byteCount: byteCount, VectorOperations.shift(value, count, elementBits: bits, kind))
      }
      return result
    }
  }

  /// VZEROUPPER and VZEROALL: outside 64-bit mode the first eight registers.
  func zeroVectors(_ instruction: Instruction, upperOnly: Bool) throws(Exception) {
    for index in 0..<(is64Bit ? 16 : 8) {
      state.floating.upper[index] = Vector128()
      if !upperOnly { state.floating.xmm[index] = Vector128() }
    }
  }

  // MARK: Masked moves

  private func hasSign(_ vector: Vector256, _ index: Int, _ byteCount: Int) -> Bool {
    let perLane = 16 / byteCount
    let lane = index < perLane ? vector.low : vector.high
    return lane.element(index % perLane, byteCount: byteCount) >> UInt64(byteCount &* 8 &- 1) & 1 != 0
  }

  private func setElement(_ vector: inout Vector256, _ index: Int, _ byteCount: Int, _ value: UInt64) {
    let perLane = 16 / byteCount
    if index < perLane {
      vector.low.setElement(index, byteCount: byteCount, value)
    } else {
      vector.high.setElement(index &- perLane, byteCount: byteCount, value)
    }
  }

  /// VMASKMOVPS, VPMASKMOVQ and their kin: elements that the mask leaves out are not touched in memory.
  func moveMasked(_ instruction: Instruction, _ byteCount: Int) throws(Exception) {
    let mask = longRegister(instruction.vvvv)
    let isLoad = instruction.operand0 == .xmm
    let count = Int(isLoad ? instruction.width0 : instruction.width2) / byteCount
    let width = UInt8(truncatingIfNeeded: byteCount)
    // The first and the last element that the mask takes, where they count together: no array here.
    var (first, last): (Int?, Int) = (nil, 0)
    if does(.checksSpanOfMaskedVectorMove) {
      for index in 0..<count where hasSign(mask, index, byteCount) { (first, last) = (first ?? index, index) }
    }
    var start: UInt64 = 0
    if let first {
      let offset = effectiveAddress(instruction) &+ UInt64(first &* byteCount)
      start = try linear(instruction.segment, offset, UInt64((last &- first &+ 1) &* byteCount), isWrite: !isLoad)
    }
    func address(_ index: Int, isWrite: Bool) throws(Exception) -> UInt64 {
      if let first {
        let sum = start &+ UInt64((index &- first) &* byteCount)
        let address = is64Bit ? sum : sum & 0xFFFF_FFFF
        if state.attention & Attention.step != 0 { matchDataBreakpoints(address, UInt64(byteCount), isWrite: isWrite) }
        return address
      }
      let offset = (effectiveAddress(instruction) &+ UInt64(index &* byteCount)) & instruction.addressMask
      return try elementAddress(instruction.segment, offset, UInt64(byteCount), isWrite: isWrite)
    }
    if isLoad {
      var result = Vector256()
      for index in 0..<count where hasSign(mask, index, byteCount) {
        setElement(&result, index, byteCount, try loadLinearSized(try address(index, isWrite: false), width))
      }
      return setDestination(instruction, result)
    }
    try probeMaskedWrite(mask, count, byteCount) { index throws(Exception) in try address(index, isWrite: true) }
    let value = longRegister(instruction.reg)
    let perLane = 16 / byteCount
    for index in 0..<count where hasSign(mask, index, byteCount) {
      let lane = index < perLane ? value.low : value.high
      try storeLinearSized(
        try address(index, isWrite: true), width, lane.element(index % perLane, byteCount: byteCount))
    }
  }

  /// Raises what a masked store would.
  private func probeMaskedWrite(
    _ mask: Vector256, _ count: Int, _ byteCount: Int, _ address: (Int) throws(Exception) -> UInt64
  ) throws(Exception) {
    guard does(.faultsAtLastByteOfMaskedVectorStore) else {
      for index in 0..<count where hasSign(mask, index, byteCount) {
        try probeWrite(try address(index), byteCount)
      }
      return
    }
    var ends: (first: UInt64, last: UInt64)?
    for index in 0..<count where hasSign(mask, index, byteCount) {
      let start = try address(index)
      ends = (ends?.first ?? start, start &+ UInt64(byteCount &- 1))
    }
    guard let ends else { return }
    try probeWrite(ends.first, 1)
    try probeWrite(ends.last, 1)
  }

  /// The linear address of an element of a masked move or a gather, which alignment checks leave alone.
  private func elementAddress(
    _ segment: UInt8, _ offset: UInt64, _ byteCount: UInt64, isWrite: Bool
  ) throws(Exception) -> UInt64 {
    let address = try linear(segment, offset, byteCount, isWrite: isWrite)
    if state.attention & Attention.step != 0 { matchDataBreakpoints(address, byteCount, isWrite: isWrite) }
    return address
  }

  // MARK: Gathers

  /// VPGATHERDD and its kin: elements and indices of so many bytes.
  ///
  /// An element that is there is written and its mask cleared before the next one is read, so that a fault finds what was
  /// done and the instruction goes on from there.
  /// - SDM: Vol. 2C "VPGATHERDD/VPGATHERQD—Gather Packed Dword Values Using Signed Dword/Qword Indices".
  func gather(_ instruction: Instruction, _ byteCount: Int, indices indexBytes: Int) throws(Exception) {
    let width = UInt8(truncatingIfNeeded: byteCount)
    let count = min(Int(instruction.width0) / byteCount, Int(instruction.width1) / indexBytes)
    let indices = longRegister(instruction.vectorIndex)
    var mask = longRegister(instruction.vvvv)
    var result = longRegister(instruction.reg)
    let base = instruction.addressSum(nextRIP: state.nextRIP) { register64($0) }
    let perLane = 16 / indexBytes
    let isLong = instruction.width0 == 32 || instruction.width1 == 32
    var loads = false
    for index in 0..<count {
      if hasSign(mask, index, byteCount) {
        let lane = index < perLane ? indices.low : indices.high
        let raw = lane.element(index % perLane, byteCount: indexBytes)
        let signed = Integer.signExtend(raw, UInt8(truncatingIfNeeded: indexBytes))
        let offset = (base &+ signed << UInt64(instruction.scale & 3)) & instruction.addressMask
        do throws(Exception) {
          let address = try elementAddress(instruction.segment, offset, UInt64(byteCount), isWrite: false)
          setElement(&result, index, byteCount, try loadLinearSized(address, width))
          loads = true
        } catch {
          if does(.widensMaskOfFaultingGather) {
            for later in index..<((isLong ? 32 : 16) / byteCount) {
              setElement(&mask, later, byteCount, hasSign(mask, later, byteCount) ? .max : 0)
            }
            if !isLong { mask.high = Vector128() }
            if !isLong, loads { result.high = Vector128() }
          }
          setLongRegister(instruction.vvvv, mask)
          setLongRegister(instruction.reg, result)
          throw error
        }
      }
      setElement(&mask, index, byteCount, 0)
    }
    // What lies beyond the last element becomes zero.
    if count &* byteCount < 16 { result.low.high = 0 }
    setDestination(instruction, result)
    setLongRegister(instruction.vvvv, Vector256())
  }

  private func setLongRegister(_ number: UInt8, _ value: Vector256) {
    state.floating.xmm[Int(number & 15)] = value.low
    state.floating.upper[Int(number & 15)] = value.high
  }
}
