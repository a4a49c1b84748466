import X86

/// One register of the target description: how GDB knows it, and where it stands in the state of a processor.
struct DebugRegister: Sendable {
  /// A path to a number in the state.
  typealias Path<Value> = any WritableKeyPath<ArchitecturalState, Value> & Sendable

  /// The feature of the target description.
  let feature: DebugFeature
  /// GDB's name.
  let name: String
  /// Bytes, at most 16.
  let byteCount: Int
  /// GDB's type.
  let type: String
  /// The register's little-endian bytes; nil if the state does not have it.
  let read: @Sendable (ArchitecturalState) -> [UInt8]?
  /// Changes the state by as many bytes as `byteCount`.
  let write: @Sendable (inout ArchitecturalState, [UInt8]) -> Void

  /// A register that is a number of the state.
  static func number<Value: FixedWidthInteger & Sendable>(
    _ feature: DebugFeature, _ name: String, _ path: Path<Value>, type: String, byteCount: Int? = nil
  ) -> Self {
    let count = byteCount ?? MemoryLayout<Value>.size
    return Self(
      feature: feature, name: name, byteCount: count, type: type,
      read: { littleEndian($0[keyPath: path], count) },
      write: { $0[keyPath: path] = Value(truncatingIfNeeded: value(of: $1)) })
  }

  /// A general register or the instruction pointer, of which a 32-bit processor has the lower half: a write keeps the
  /// upper one, since the guest may be in a mode that has it.
  static func address(_ name: String, _ path: Path<UInt64>, type: String, byteCount: Int) -> Self {
    let mask = UInt64.max >> UInt64(64 - byteCount * 8)
    return Self(
      feature: .core, name: name, byteCount: byteCount, type: type,
      read: { littleEndian($0[keyPath: path], byteCount) },
      write: { $0[keyPath: path] = ($0[keyPath: path] & ~mask) | value(of: $1) })
  }

  /// A register that is calculated from the state.
  static func computed(
    _ feature: DebugFeature, _ name: String, byteCount: Int, type: String,
    read: @escaping @Sendable (ArchitecturalState) -> UInt64?,
    write: @escaping @Sendable (inout ArchitecturalState, UInt64) -> Void
  ) -> Self {
    Self(
      feature: feature, name: name, byteCount: byteCount, type: type,
      read: { state in read(state).map { littleEndian($0, byteCount) } },
      write: { write(&$0, value(of: $1)) })
  }

  /// A register that is a piece of the FXSAVE area, padded with zeros.
  static func floating(
    _ feature: DebugFeature, _ name: String, at offset: Int, stored: Int, byteCount: Int, type: String
  ) -> Self {
    Self(
      feature: feature, name: name, byteCount: byteCount, type: type,
      read: { state in
        let area = state.fxsaveArea.dropFirst(offset).prefix(stored)
        return area.count == stored ? area + [UInt8](repeating: 0, count: byteCount - stored) : nil
      },
      write: { state, bytes in
        guard state.fxsaveArea.count >= offset + stored else { return }
        state.fxsaveArea.replaceSubrange(offset..<offset + stored, with: bytes.prefix(stored))
      })
  }

  /// A model-specific register; unavailable where the state does not list it.
  static func msr(_ name: String, _ number: UInt32) -> Self {
    computed(
      .system, name, byteCount: 8, type: "uint64", read: { $0.msrs[number] },
      write: { if $0.msrs[number] != nil { $0.msrs[number] = $1 } })
  }

  private static func littleEndian(_ value: some FixedWidthInteger, _ count: Int) -> [UInt8] {
    let wide = UInt64(truncatingIfNeeded: value)
    return (0..<count).map { $0 < 8 ? UInt8(truncatingIfNeeded: wide >> UInt64($0 * 8)) : 0 }
  }

  private static func value(of bytes: [UInt8]) -> UInt64 {
    bytes.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}

extension ArchitecturalState {
  /// 64-bit mode, where CS has no base.
  var isIn64BitMode: Bool { efer & EFER.longModeActive != 0 && segments[1].isLong }

  /// Real mode, virtual-8086 mode, or a code segment of 16 bits.
  var isIn16BitCode: Bool { !isIn64BitMode && !segments[1].isDefault32 }

  /// Linear address of the next instruction.
  var linearInstructionPointer: UInt64 {
    get { isIn64BitMode ? rip : (segments[1].base &+ rip) & 0xFFFF_FFFF }
    set { rip = isIn64BitMode ? newValue : (newValue &- segments[1].base) & 0xFFFF_FFFF }
  }

  /// The x87 tag word with two bits a register, from the one bit that FXSAVE keeps.
  ///
  /// - SDM: Vol. 1 "x87 FPU Tag Word"; Vol. 2A "FXSAVE".
  var fullTagWord: UInt64 {
    get {
      guard fxsaveArea.count >= 160 else { return 0xFFFF }
      let top = Int(fxsaveArea[3] >> 3) & 7
      var result: UInt64 = 0
      for physical in 0..<8 {
        let at = 32 + ((physical - top) & 7) * 16
        let isEmpty = fxsaveArea[4] >> UInt8(physical) & 1 == 0
        result |= (isEmpty ? 3 : Self.tag(fxsaveArea[at..<at + 10])) << UInt64(physical * 2)
      }
      return result
    }
    set {
      guard fxsaveArea.count >= 160 else { return }
      var bits: UInt8 = 0
      for physical in 0..<8 where newValue >> UInt64(physical * 2) & 3 != 3 { bits |= 1 << UInt8(physical) }
      fxsaveArea[4] = bits
    }
  }

  /// 0 valid, 1 zero, 2 special.
  private static func tag(_ number: ArraySlice<UInt8>) -> UInt64 {
    let exponent = number.suffix(2).reversed().reduce(0) { $0 << 8 | UInt64($1) } & 0x7FFF
    let significand = number.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    if exponent == 0 && significand == 0 { return 1 }
    return exponent == 0x7FFF || exponent == 0 || significand >> 63 == 0 ? 2 : 0
  }
}
