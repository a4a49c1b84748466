/// The bytes of one instruction, read in order.
@safe struct Cursor {
  let bytes: UnsafePointer<UInt8>
  let count: Int
  var position = 0

  init(bytes: UnsafePointer<UInt8>, count: Int) {
    unsafe self.bytes = bytes
    self.count = count
  }

  /// Why the last read gave nil.
  var failure: DecodeFailure { position >= Decoder.maximumLength ? .tooLong : .truncated }

  @inline(__always) mutating func next() -> UInt8? {
    guard let byte = peek() else { return nil }
    position &+= 1
    return byte
  }

  @inline(__always) func peek() -> UInt8? {
    position < min(count, Decoder.maximumLength) ? unsafe bytes[position] : nil
  }

  @inline(__always) mutating func nextInteger(_ byteCount: UInt8) -> UInt64? {
    var value: UInt64 = 0
    for index in 0..<UInt64(byteCount) {
      guard let byte = next() else { return nil }
      value |= UInt64(byte) << (index &* 8)
    }
    return value
  }
}

/// The prefixes before an opcode.
struct Prefixes {
  /// The whole REX byte if it counts, else 0.
  var rex: UInt8 = 0
  /// Some prefix was read, beside REX and VEX.
  var hasLegacy = false
  var has66 = false
  var has67 = false
  var hasLock = false
  /// The last of F2 and F3, or 0.
  var repeatByte: UInt8 = 0
  /// The segment override that counts.
  var segment: UInt8?
  /// A VEX prefix was read: `rex` has its W, R, X and B, `has66` and `repeatByte` its pp.
  var isVEX = false
  /// VEX.L.
  var isLong = false
  /// VEX.vvvv as a register number.
  var vvvv: UInt8 = 0
  /// 66, F2, F3, LOCK or REX stands before VEX, where none must.
  var isSpoiled = false

  /// Reads prefixes up to the first opcode byte.
  @inline(__always)
  mutating func read(_ cursor: inout Cursor, _ mode: DecodeMode) -> UInt8? {
    while true {
      guard let byte = cursor.next() else { return nil }
      switch byte {
      case 0x66: has66 = true
      case 0x67: has67 = true
      case 0xF0: hasLock = true
      case 0xF2, 0xF3: repeatByte = byte
      case 0x26, 0x2E, 0x36, 0x3E:
        // In 64-bit mode these four have no effect, not even on an FS or GS override.
        if mode != .code64 { segment = (byte >> 3) & 3 }
      case 0x64, 0x65: segment = byte & 7
      case 0x40...0x4F where mode == .code64:
        // Any prefix after a REX makes it void.
        rex = byte
        continue
      default: return byte
      }
      hasLegacy = true
      rex = 0
    }
  }

  /// Reads what follows C4 or C5.
  ///
  /// - Returns: the map, 4 for one that does not exist; nil if bytes are missing.
  mutating func readVEX(_ first: UInt8, _ cursor: inout Cursor, _ mode: DecodeMode) -> Int? {
    guard let second = cursor.next() else { return nil }
    var last = second
    // R, X and B are stored inverted.
    var extensions = (~second >> 5) & 4
    var map = 1
    if first == 0xC4 {
      guard let third = cursor.next() else { return nil }
      last = third
      extensions = (~second >> 5) & 7 | (third >> 4) & 8
      map = second & 0x1F == 0 || second & 0x1F > 3 ? 4 : Int(second & 0x1F)
    }
    isSpoiled = hasLock || has66 || repeatByte != 0
    isVEX = true
    isLong = last & 4 != 0
    vvvv = (~last >> 3) & 15
    rex = extensions
    if mode != .code64 {
      // Eight registers; W, where it does not select an instruction, is not looked at.
      rex &= 8
    }
    has66 = last & 3 == 1
    repeatByte = last & 3 == 2 ? 0xF3 : last & 3 == 3 ? 0xF2 : 0
    return map
  }

  /// Which mandatory prefix is there: 1 none, 2 66, 3 F3, 4 F2; F2 and F3 outrank 66.
  var selector: UInt8 {
    repeatByte == 0xF3 ? 3 : repeatByte == 0xF2 ? 4 : has66 ? 2 : 1
  }

  func flags(selectedBy prefix: UInt8) -> InstructionFlags {
    var flags: InstructionFlags = []
    if isVEX {
      flags = rex & 8 != 0 ? [.vex, .rexW] : .vex
      if has67 { flags.insert(.addressSizePrefix) }
      if segment != nil { flags.insert(.segmentOverride) }
      return flags
    }
    if rex != 0 { flags = rex & 8 != 0 ? [.rex, .rexW] : .rex }
    guard hasLegacy else { return flags }
    if hasLock { flags.insert(.lock) }
    if prefix != 3 && repeatByte == 0xF3 { flags.insert(.rep) }
    if prefix != 4 && repeatByte == 0xF2 { flags.insert(.repne) }
    if has66 { flags.insert(.operandSizePrefix) }
    if has67 { flags.insert(.addressSizePrefix) }
    if segment != nil { flags.insert(.segmentOverride) }
    return flags
  }

  func addressSize(_ mode: DecodeMode) -> UInt8 {
    switch mode {
    case .code64: has67 ? 4 : 8
    case .code32: has67 ? 2 : 4
    case .code16: has67 ? 4 : 2
    }
  }

  /// - Parameter prefix: a row selected by 66 does not take it as an operand-size prefix as well.
  func operandSize(_ mode: DecodeMode, isDefault64: Bool, selectedBy prefix: UInt8) -> UInt8 {
    if isVEX { return mode == .code64 && rex & 8 != 0 ? 8 : 4 }
    let has66 = self.has66 && prefix != 2
    switch mode {
    case .code64: return rex & 8 != 0 ? 8 : has66 ? 2 : isDefault64 ? 8 : 4
    case .code32: return has66 ? 2 : 4
    case .code16: return has66 ? 4 : 2
    }
  }
}
