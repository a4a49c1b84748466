import OpcodeLayout
public import X86

/// Decodes instructions; a few words that may be copied anywhere.
@safe public struct Decoder: @unchecked Sendable {
  private let rows: UnsafeMutablePointer<DecodeRow>
  private let cells: UnsafeMutablePointer<UInt32>
  private let widths: UnsafeMutablePointer<UInt8>
  /// The behaviors of the processor whose code it decodes.
  public let behaviors: ProcessorBehaviors
  /// The features whose instructions it knows.
  public let features: CPUIDFeatures
  private let hasVEX: Bool

  /// Makes a decoder over the table that all share.
  ///
  /// - Parameters:
  ///   - behaviors: those of the processor whose code it is; the default is family 19h of AMD.
  ///   - features: what that processor has; instructions of others are invalid.
  public init(
    _ behaviors: ProcessorBehaviors = ProcessorBehaviors(of: .zen4), _ features: CPUIDFeatures = .all
  ) {
    self.behaviors = behaviors
    self.features = features
    hasVEX = features.contains(.avx) || features.contains(.bmi1)
    unsafe rows = DecodeTables.shared.rows
    unsafe cells = DecodeTables.shared.cells
    unsafe widths = DecodeTables.shared.widths
  }

  /// The most bytes that an instruction can have.
  public static var maximumLength: Int { 15 }

  /// Decodes one instruction.
  ///
  /// - Parameters:
  ///   - bytes: code; at most the first `count` bytes, and never more than 15, are read.
  ///   - instruction: filled on success.
  /// - Returns: nil on success, else why not.
  /// - SDM: Vol. 2A "Instruction Format".
  public func decode(
    _ bytes: UnsafePointer<UInt8>, count: Int, mode: DecodeMode, into instruction: inout Instruction
  ) -> DecodeFailure? {
    var cursor = unsafe Cursor(bytes: bytes, count: count)
    var prefixes = Prefixes()
    guard var opcode = prefixes.read(&cursor, mode) else { return cursor.failure }
    var map = 0
    if opcode == 0x0F {
      guard let second = cursor.next() else { return cursor.failure }
      opcode = second
      map = 1
      if second & 0xF8 == 0x38, second == 0x38 || second == 0x3A || behaviors.contains(.fetchesUndefinedByNeighbor) {
        guard let third = cursor.next() else { return cursor.failure }
        guard second & 5 == 0 else {
          return fetchOperand(UInt8(second >> 1 & 1), prefixes, mode, &cursor, &instruction)
        }
        opcode = third
        map = second == 0x38 ? 2 : 3
      }
    } else if opcode == 0xC4 || opcode == 0xC5 || opcode == 0x62 {
      // VEX and EVEX: in 64-bit mode always, elsewhere if the next byte has mod = 3.
      guard let next = cursor.peek() else { return cursor.failure }
      if mode == .code64 || next >= 0xC0 {
        guard hasVEX else { return .invalidOpcode }
        // 62 is BOUND: its ModRM is fetched, then it is #UD; behind REX the others are LES and LDS.
        let isBehindREX = prefixes.rex != 0
        guard opcode != 0x62, !isBehindREX || behaviors.contains(.fetchesVEXBehindREX) else {
          return fetchOperand(0, prefixes, mode, &cursor, &instruction)
        }
        let hasLowBits = behaviors.contains(.fetchesUndefinedByNeighbor)
        if opcode == 0xC4, next & 3 == 0, hasLowBits {
          return fetchOperand(0, prefixes, mode, &cursor, &instruction)
        }
        guard let place = prefixes.readVEX(opcode, &cursor, mode) else { return cursor.failure }
        if isBehindREX { prefixes.isSpoiled = true }
        guard let byte = cursor.next() else { return cursor.failure }
        // A map that does not exist has ModRM and no immediate, or the layout of one that does.
        guard place < 4 else {
          return hasLowBits
            ? fetchUnknown(Int(next & 3), byte, prefixes, mode, &cursor, &instruction)
            : fetchOperand(0, prefixes, mode, &cursor, &instruction)
        }
        (map, opcode) = (place | 4, byte)
        if map == 7, opcode < 2, behaviors.contains(.ignoresWOfQuadwordPermutations) { prefixes.rex |= 8 }
        if map == 7, opcode == 0x16 || opcode == 0x22, mode != .code64, behaviors.contains(.ignoresWOfElementMoves) {
          prefixes.rex &= ~8
        }
      }
    } else if opcode == 0x8F, prefixes.rex == 0, behaviors.contains(.fetchesXOPAndSSE4A) {
      guard let next = cursor.peek() else { return cursor.failure }
      if next & 0x38 != 0 { return fetchXOP(prefixes, mode, &cursor, &instruction) }
    }
    let cell = unsafe cells[map << 8 | Int(opcode)]
    let first = Int(cell >> 8)
    let selector = prefixes.selector
    for candidate in first..<(first &+ Int(cell & 0xFF)) {
      let row = unsafe rows + candidate
      guard unsafe row.pointee.modes & (1 << mode.rawValue) != 0 else { continue }
      let wanted = unsafe row.pointee.prefix
      if wanted != 0 && wanted != selector && (wanted != 5 || selector > 2) { continue }
      if unsafe row.pointee.isRegisterZero && prefixes.rex & 1 != 0,
        unsafe row.pointee.operation != .pause || !behaviors.contains(.takesPauseOfEighthRegister)
      {
        continue
      }
      if unsafe row.pointee.rexW != 0 && (row.pointee.rexW == 1) != (prefixes.rex & 8 != 0) { continue }
      if unsafe row.pointee.hasModRM {
        guard let modRM = cursor.peek() else { return cursor.failure }
        if unsafe row.pointee.exactModRM != 0 && row.pointee.exactModRM != modRM { continue }
        if unsafe row.pointee.digit != 15 && row.pointee.digit != (modRM >> 3) & 7 { continue }
        let isRegister = modRM >= 0xC0
        if unsafe row.pointee.mod == 1 && isRegister && !takesRegister(map, opcode) { continue }
        if unsafe row.pointee.mod == 2 && !isRegister { continue }
      }
      guard unsafe features.contains(index: row.pointee.feature) else { continue }
      if prefixes.isVEX, unsafe !takes(row.pointee, prefixes) { continue }
      return unsafe finish(row, opcode, prefixes, mode, &cursor, &instruction)
    }
    return fetchUnknown(map, opcode, prefixes, mode, &cursor, &instruction)
  }

  // MARK: What is #UD

  /// Fetches the rest of what has no row, as processors do before they raise #UD.
  ///
  /// An unknown form of a known opcode is fetched whole, by either vendor's processors; with a VEX prefix an opcode has the
  /// layout of the same opcode without one (Zen 2).
  private func fetchUnknown(
    _ map: Int, _ opcode: UInt8, _ prefixes: Prefixes, _ mode: DecodeMode, _ cursor: inout Cursor,
    _ instruction: inout Instruction
  ) -> DecodeFailure {
    let own = unsafe cells[map << 8 | Int(opcode)]
    let cell = unsafe own & 0xFF != 0 ? own : cells[(map & 3) << 8 | Int(opcode)]
    guard cell & 0xFF != 0 else {
      guard let byteCount = immediateByteCount(map & 3, opcode) else { return .invalidOpcode }
      return fetchOperand(byteCount, prefixes, mode, &cursor, &instruction)
    }
    let row = unsafe rows[Int(cell >> 8)]
    instruction.addressSize = prefixes.addressSize(mode)
    let isUndefined = row.operation == .ud0 || row.operation == .ud1
    if row.hasModRM || isUndefined && behaviors.contains(.hasModRMOfUndefinedOpcodes),
      let failure = readModRM(row.ignoresMod, prefixes, mode, &cursor, &instruction)
    {
      return failure
    }
    // Branches with VEX have the operand size of the code, whatever the prefix says (Granite Rapids).
    if prefixes.isVEX, map & 3 == 1, opcode & 0xF0 == 0x80, mode == .code16,
      behaviors.contains(.fetchesUndefinedByNeighbor)
    {
      return cursor.nextInteger(2) == nil ? cursor.failure : .invalidOpcode
    }
    let size = prefixes.operandSize(mode, isDefault64: row.isDefault64, selectedBy: row.prefix)
    return readImmediate(row.immediate, size, mode, &cursor, &instruction) ?? .invalidOpcode
  }

  /// Bytes of the immediate of an opcode without a row that has ModRM all the same, as those of 3DNow!, SSE3, SSE4A and
  /// the three-byte maps have; nil for one that ends with the opcode.
  private func immediateByteCount(_ map: Int, _ opcode: UInt8) -> UInt8? {
    switch (map, opcode) {
    case (2, _), (1, 0x79), (1, 0x7C), (1, 0x7D), (1, 0xD0), (1, 0xF0): 0
    case (1, 0x7A), (1, 0x7B), (1, 0xA6), (1, 0xA7): behaviors.contains(.fetchesUndefinedByNeighbor) ? 0 : nil
    case (3, _): 1
    case (1, 0x0F): behaviors.contains(.fetchesUndefinedByNeighbor) ? nil : 1
    // EXTRQ and INSERTQ; VMREAD has none.
    case (1, 0x78): behaviors.contains(.fetchesXOPAndSSE4A) ? 2 : 0
    default: nil
    }
  }

  /// Fetches ModRM, its displacement and an immediate of some bytes, then fails.
  private func fetchOperand(
    _ immediateByteCount: UInt8, _ prefixes: Prefixes, _ mode: DecodeMode, _ cursor: inout Cursor,
    _ instruction: inout Instruction
  ) -> DecodeFailure {
    instruction.addressSize = prefixes.addressSize(mode)
    if let failure = readModRM(false, prefixes, mode, &cursor, &instruction) { return failure }
    return cursor.nextInteger(immediateByteCount) == nil ? cursor.failure : .invalidOpcode
  }

  /// Fetches the rest of XOP, whose first byte is that of POP with another ModRM.reg: two more bytes, an opcode, ModRM; map
  /// Ah has an immediate of 4 bytes (Zen 2, which executes none of them).
  private func fetchXOP(
    _ prefixes: Prefixes, _ mode: DecodeMode, _ cursor: inout Cursor, _ instruction: inout Instruction
  ) -> DecodeFailure {
    guard let first = cursor.next(), cursor.next() != nil, cursor.next() != nil else { return cursor.failure }
    return fetchOperand(first & 0x1F == 0xA ? 4 : 0, prefixes, mode, &cursor, &instruction)
  }

  /// What a row asks of a VEX prefix beyond what every row asks of a prefix.
  private func takes(_ row: DecodeRow, _ prefixes: Prefixes) -> Bool {
    (row.vectorLength == 0 || (row.vectorLength == 2) == prefixes.isLong)
      && features.contains(index: row.vectorFeature)
  }

  /// Whether a form of memory alone takes a register too.
  private func takesRegister(_ map: Int, _ opcode: UInt8) -> Bool {
    map == 1 && opcode == 0x0D && behaviors.contains(.takesPrefetchOfRegister)
  }

  // The row stays behind its pointer: to pass it by value costs a tenth of all decoding.
  private func finish(
    _ row: UnsafeMutablePointer<DecodeRow>, _ opcode: UInt8, _ prefixes: Prefixes, _ mode: DecodeMode,
    _ cursor: inout Cursor, _ instruction: inout Instruction
  ) -> DecodeFailure? {
    unsafe instruction.operation = row.pointee.operation
    unsafe instruction.form = row.pointee.form
    instruction.opcode = opcode
    unsafe instruction.flags = prefixes.flags(selectedBy: row.pointee.prefix)
    instruction.immediate = 0
    instruction.displacement = 0
    instruction.selector = 0
    instruction.modRM = 0
    instruction.reg = 0
    instruction.rm = 0
    instruction.base = Instruction.noRegister
    instruction.index = Instruction.noRegister
    instruction.scale = 0
    instruction.vvvv = 0
    instruction.segment = prefixes.segment ?? 3
    instruction.addressSize = prefixes.addressSize(mode)
    let size = unsafe operandSize(row, prefixes, mode)
    unsafe instruction.operandSize = row.pointee.isByte ? 1 : size
    unsafe instruction.operand0 = row.pointee.kind0
    unsafe instruction.operand1 = row.pointee.kind1
    unsafe instruction.operand2 = row.pointee.kind2
    unsafe instruction.operand3 = row.pointee.kind3
    if unsafe row.pointee.hasModRM {
      if let failure = unsafe readModRM(row.pointee.ignoresMod, prefixes, mode, &cursor, &instruction) {
        return failure
      }
    } else if unsafe row.pointee.plusRegister {
      instruction.reg = (opcode & 7) | (prefixes.rex & 1) << 3
    } else if instruction.operation == .ud0 || instruction.operation == .ud1,
      behaviors.contains(.hasModRMOfUndefinedOpcodes)
    {
      if let failure = readModRM(false, prefixes, mode, &cursor, &instruction) { return failure }
    }
    if unsafe row.pointee.segment != 7 { unsafe instruction.reg = row.pointee.segment }
    let ofContext = unsafe widths + WidthContext(size: size, mode: mode, isMemory: instruction.isMemory).index &* 16
    unsafe instruction.width0 = ofContext[Int(row.pointee.width0 & 15)]
    unsafe instruction.width1 = ofContext[Int(row.pointee.width1 & 15)]
    unsafe instruction.width2 = ofContext[Int(row.pointee.width2 & 15)]
    unsafe instruction.width3 = ofContext[Int(row.pointee.width3 & 15)]
    resolveHighBytes(prefixes, &instruction)
    if let failure = unsafe readImmediate(row.pointee.immediate, size, mode, &cursor, &instruction) { return failure }
    if unsafe row.pointee.isVEX, let failure = unsafe finishVEX(row, prefixes, mode, &instruction) { return failure }
    if prefixes.hasLock, let failure = unsafe checkLock(row.pointee, &instruction) { return failure }
    if unsafe row.pointee.isSpecial, let failure = finishSpecial(size, &instruction) { return failure }
    instruction.length = UInt8(truncatingIfNeeded: cursor.position)
    return nil
  }

  @inline(__always)
  private func operandSize(
    _ row: UnsafeMutablePointer<DecodeRow>, _ prefixes: Prefixes, _ mode: DecodeMode
  ) -> UInt8 {
    if unsafe row.pointee.isNearBranch, mode == .code64, behaviors.contains(.ignoresOperandSizeOfNearBranches) {
      return 8
    }
    return unsafe prefixes.operandSize(mode, isDefault64: row.pointee.isDefault64, selectedBy: row.pointee.prefix)
  }

  /// What few instructions have: a processor's behavior, or a register field that names nothing.
  private func finishSpecial(_ size: UInt8, _ instruction: inout Instruction) -> DecodeFailure? {
    let operation = instruction.operation
    if operation == .movsxd {
      if size == 2, behaviors.contains(.readsWordByMOVSXD) { instruction.width1 = 2 }
      return nil
    }
    guard operation == .loope || operation == .loopne else { return checkFields(&instruction) }
    if !behaviors.contains(.letsRepeatDecideLoopCondition) { instruction.flags.subtract([.rep, .repne]) }
    return nil
  }

  /// What VEX adds: the register of vvvv, indices, and all that must not be.
  ///
  /// - SDM: Vol. 2A "VEX Prefix", "Vector SIB (VSIB) Memory Addressing".
  private func finishVEX(
    _ row: UnsafeMutablePointer<DecodeRow>, _ prefixes: Prefixes, _ mode: DecodeMode, _ instruction: inout Instruction
  ) -> DecodeFailure? {
    // Without its meaning it must be 1111, outside 64-bit mode too, where the first bit does not count else.
    // VZEROUPPER alone, not VZEROALL, may take 0111 there too.
    let isIgnored =
      instruction.operation == .vzeroupper && mode != .code64 && prefixes.vvvv == 8
      && behaviors.contains(.takesEighthRegisterOfVZEROUPPER)
    guard !prefixes.isSpoiled, unsafe row.pointee.usesVVVV || prefixes.vvvv == 0 || isIgnored else {
      return .invalidOpcode
    }
    instruction.vvvv = mode == .code64 ? prefixes.vvvv : prefixes.vvvv & 7
    if unsafe row.pointee.hasImmediateRegister, mode != .code64 { instruction.immediate &= 0x7F }
    guard unsafe row.pointee.hasVectorIndex else { return nil }
    // The index is a vector register, whatever its number, and needs a SIB byte.
    guard instruction.modRM & 7 == 4, instruction.addressSize != 2 else { return .invalidOpcode }
    let number = instruction.index == Instruction.noRegister ? 4 : instruction.index
    instruction.selector = UInt16(number)
    instruction.index = Instruction.noRegister
    // Destination, mask and indices are three registers.
    let isDistinct =
      number != instruction.reg && number != instruction.vvvv && instruction.reg != instruction.vvvv
    return isDistinct ? nil : .invalidOpcode
  }

  /// LOCK is legal only where the destination is memory, but for MOV CR0 where that is another way to CR8.
  private func checkLock(_ row: DecodeRow, _ instruction: inout Instruction) -> DecodeFailure? {
    if row.operation == .movToControl || row.operation == .movFromControl, instruction.reg == 0,
      behaviors.contains(.readsLockedCR0AsCR8)
    {
      instruction.reg = 8
      instruction.flags.remove(.lock)
      return nil
    }
    guard row.isLockable else { return .invalidOpcode }
    return row.kind0 == .memory || row.kind0 == .registerOrMemory && instruction.isMemory ? nil : .invalidOpcode
  }

  /// Register fields that name nothing are #UD before anything else happens.
  private func checkFields(_ instruction: inout Instruction) -> DecodeFailure? {
    let operation = instruction.operation
    if operation == .movToSegment || operation == .movFromSegment {
      instruction.reg &= 7
      // CS can be read, not written.
      return instruction.reg > 5 || instruction.reg == 1 && operation == .movToSegment ? .invalidOpcode : nil
    }
    if operation == .movToControl || operation == .movFromControl {
      return instruction.reg == 8 || instruction.reg < 5 && instruction.reg != 1 ? nil : .invalidOpcode
    }
    if operation == .movToDebug || operation == .movFromDebug { return instruction.reg > 7 ? .invalidOpcode : nil }
    return nil
  }

  private func readModRM(
    _ ignoresMod: Bool, _ prefixes: Prefixes, _ mode: DecodeMode, _ cursor: inout Cursor,
    _ instruction: inout Instruction
  ) -> DecodeFailure? {
    guard let modRM = cursor.next() else { return cursor.failure }
    instruction.flags.insert(.modRM)
    instruction.modRM = modRM
    instruction.reg = ((modRM >> 3) & 7) | (prefixes.rex & 4) << 1
    instruction.rm = (modRM & 7) | (prefixes.rex & 1) << 3
    guard modRM < 0xC0, !ignoresMod else { return nil }
    instruction.flags.insert(.memory)
    let isComplete =
      instruction.addressSize == 2
      ? readAddress16(modRM, &cursor, &instruction)
      : readAddress32(modRM, prefixes, mode, &cursor, &instruction)
    guard isComplete else { return cursor.failure }
    if prefixes.segment == nil {
      // A base of rSP or rBP (not R12, R13) means the stack segment.
      instruction.segment = instruction.base == 4 || instruction.base == 5 ? 2 : 3
    }
    return nil
  }

  private func readAddress16(_ modRM: UInt8, _ cursor: inout Cursor, _ instruction: inout Instruction) -> Bool {
    // BX+SI BX+DI BP+SI BP+DI SI DI BP BX; the index register stands second.
    let rm = modRM & 7
    switch rm {
    case 0, 1: instruction.base = 3
    case 2, 3, 6: instruction.base = 5
    case 4: instruction.base = 6
    case 5: instruction.base = 7
    default: instruction.base = 3
    }
    if rm < 4 { instruction.index = rm & 1 == 0 ? 6 : 7 }
    switch modRM >> 6 {
    case 0 where rm == 6:
      instruction.base = Instruction.noRegister
      guard let low = cursor.next(), let high = cursor.next() else { return false }
      instruction.displacement = Int32(UInt16(low) | UInt16(high) << 8)
    case 1:
      guard let byte = cursor.next() else { return false }
      instruction.displacement = Int32(Int8(bitPattern: byte))
    case 2:
      guard let low = cursor.next(), let high = cursor.next() else { return false }
      instruction.displacement = Int32(Int16(bitPattern: UInt16(low) | UInt16(high) << 8))
    default: break
    }
    return true
  }

  private func readAddress32(
    _ modRM: UInt8, _ prefixes: Prefixes, _ mode: DecodeMode, _ cursor: inout Cursor, _ instruction: inout Instruction
  ) -> Bool {
    let mod = modRM >> 6
    var hasDisplacement32 = mod == 2
    if modRM & 7 == 4 {
      guard let sib = cursor.next() else { return false }
      let index = ((sib >> 3) & 7) | (prefixes.rex & 2) << 2
      instruction.scale = sib >> 6
      if index != 4 { instruction.index = index }
      if sib & 7 == 5 && mod == 0 {
        hasDisplacement32 = true
      } else {
        instruction.base = (sib & 7) | (prefixes.rex & 1) << 3
      }
    } else if modRM & 7 == 5 && mod == 0 {
      hasDisplacement32 = true
      if mode == .code64 { instruction.base = Instruction.ripRegister }
    } else {
      instruction.base = instruction.rm
    }
    if mod == 1 {
      guard let byte = cursor.next() else { return false }
      instruction.displacement = Int32(Int8(bitPattern: byte))
    } else if hasDisplacement32 {
      guard let value = cursor.nextInteger(4) else { return false }
      instruction.displacement = Int32(truncatingIfNeeded: value)
    }
    return true
  }

  private func readImmediate(
    _ form: ImmediateForm, _ size: UInt8, _ mode: DecodeMode, _ cursor: inout Cursor, _ instruction: inout Instruction
  ) -> DecodeFailure? {
    func signed(_ value: UInt64, _ byteCount: UInt8) -> UInt64 {
      let shift = 64 &- UInt64(byteCount) &* 8
      return UInt64(bitPattern: Int64(bitPattern: value << shift) >> Int64(shift))
    }
    let wide = min(size, 4)
    switch form {
    case .none: return nil
    case .byte:
      guard let value = cursor.nextInteger(1) else { return cursor.failure }
      instruction.immediate = value
    case .signedByte, .relative8:
      guard let value = cursor.nextInteger(1) else { return cursor.failure }
      instruction.immediate = signed(value, 1)
    case .word:
      guard let value = cursor.nextInteger(2) else { return cursor.failure }
      instruction.immediate = value
    case .upTo32, .relativeZ:
      guard let value = cursor.nextInteger(wide) else { return cursor.failure }
      instruction.immediate = signed(value, wide)
    case .full:
      guard let value = cursor.nextInteger(size) else { return cursor.failure }
      instruction.immediate = value
    case .enter:
      guard let frame = cursor.nextInteger(2), let level = cursor.next() else { return cursor.failure }
      instruction.immediate = frame
      instruction.selector = UInt16(level)
    case .far:
      guard let offset = cursor.nextInteger(wide), let selector = cursor.nextInteger(2) else { return cursor.failure }
      instruction.immediate = offset
      instruction.selector = UInt16(truncatingIfNeeded: selector)
    case .memoryOffset:
      guard let value = cursor.nextInteger(instruction.addressSize) else { return cursor.failure }
      instruction.immediate = value
    }
    return nil
  }

  @inline(__always)
  private func resolveHighBytes(_ prefixes: Prefixes, _ instruction: inout Instruction) {
    guard prefixes.rex == 0, !prefixes.isVEX else { return }
    func resolve(_ kind: OperandKind, _ width: UInt8) {
      guard width == 1 else { return }
      if kind == .register, instruction.reg & 0x1C == 4 {
        instruction.reg = Instruction.highByte | (instruction.reg & 3)
      } else if kind == .registerOrMemory, !instruction.isMemory, instruction.rm & 0x1C == 4 {
        instruction.rm = Instruction.highByte | (instruction.rm & 3)
      }
    }
    resolve(instruction.operand0, instruction.width0)
    resolve(instruction.operand1, instruction.width1)
  }
}
