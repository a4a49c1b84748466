/// An exception vector (SDM Vol. 3A "Exception and Interrupt Vectors").
@frozen public struct ExceptionVector: RawRepresentable, Hashable, Sendable, Codable {
  /// 0 to 31.
  public var rawValue: UInt8
  /// Makes a vector from its number.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// #DE, divide error.
  @inlinable public static var divideError: Self { Self(rawValue: 0) }
  /// #DB, debug.
  @inlinable public static var debug: Self { Self(rawValue: 1) }
  /// NMI.
  @inlinable public static var nonMaskableInterrupt: Self { Self(rawValue: 2) }
  /// #BP, breakpoint.
  @inlinable public static var breakpoint: Self { Self(rawValue: 3) }
  /// #OF, overflow.
  @inlinable public static var overflow: Self { Self(rawValue: 4) }
  /// #BR, BOUND range exceeded.
  @inlinable public static var boundRange: Self { Self(rawValue: 5) }
  /// #UD, invalid opcode.
  @inlinable public static var invalidOpcode: Self { Self(rawValue: 6) }
  /// #NM, device not available.
  @inlinable public static var deviceNotAvailable: Self { Self(rawValue: 7) }
  /// #DF, double fault.
  @inlinable public static var doubleFault: Self { Self(rawValue: 8) }
  /// #TS, invalid TSS.
  @inlinable public static var invalidTSS: Self { Self(rawValue: 10) }
  /// #NP, segment not present.
  @inlinable public static var segmentNotPresent: Self { Self(rawValue: 11) }
  /// #SS, stack fault.
  @inlinable public static var stackFault: Self { Self(rawValue: 12) }
  /// #GP, general protection.
  @inlinable public static var generalProtection: Self { Self(rawValue: 13) }
  /// #PF, page fault.
  @inlinable public static var pageFault: Self { Self(rawValue: 14) }
  /// #MF, x87 floating-point error.
  @inlinable public static var floatingPointError: Self { Self(rawValue: 16) }
  /// #AC, alignment check.
  @inlinable public static var alignmentCheck: Self { Self(rawValue: 17) }
  /// #MC, machine check.
  @inlinable public static var machineCheck: Self { Self(rawValue: 18) }
  /// #XM, SIMD floating-point exception.
  @inlinable public static var simdFloatingPoint: Self { Self(rawValue: 19) }

  /// The manual's mnemonic, such as `#GP`.
  public var mnemonic: String {
    let names: [UInt8: String] = [
      0: "#DE", 1: "#DB", 2: "NMI", 3: "#BP", 4: "#OF", 5: "#BR", 6: "#UD", 7: "#NM", 8: "#DF", 10: "#TS",
      11: "#NP", 12: "#SS", 13: "#GP", 14: "#PF", 16: "#MF", 17: "#AC", 18: "#MC", 19: "#XM",
    ]
    return names[rawValue] ?? "vector \(rawValue)"
  }
}

/// An exception on its way to delivery: what an instruction raises instead of completing.
@frozen public struct Exception: Error, Hashable, Sendable {
  /// Which exception.
  public var vector: ExceptionVector
  /// The error code that delivery pushes; meaningful if `hasErrorCode`.
  public var errorCode: UInt32
  /// Whether this exception pushes an error code.
  public var hasErrorCode: Bool
  /// The value for CR2; meaningful for #PF only.
  public var address: LinearAddress

  /// Makes an exception.
  @inlinable public init(
    _ vector: ExceptionVector, errorCode: UInt32? = nil, address: LinearAddress = LinearAddress(0)
  ) {
    self.vector = vector
    self.errorCode = errorCode ?? 0
    self.hasErrorCode = errorCode != nil
    self.address = address
  }

  /// #UD.
  @inlinable public static var invalidOpcode: Self { Self(.invalidOpcode) }
  /// #NM.
  @inlinable public static var deviceNotAvailable: Self { Self(.deviceNotAvailable) }
  /// #DE.
  @inlinable public static var divideError: Self { Self(.divideError) }
  /// #GP with an error code (0, or a selector with its EXT, IDT and TI bits).
  @inlinable public static func generalProtection(_ errorCode: UInt32 = 0) -> Self {
    Self(.generalProtection, errorCode: errorCode)
  }
  /// #SS with an error code.
  @inlinable public static func stackFault(_ errorCode: UInt32 = 0) -> Self { Self(.stackFault, errorCode: errorCode) }
  /// #NP with an error code.
  @inlinable public static func segmentNotPresent(_ errorCode: UInt32) -> Self {
    Self(.segmentNotPresent, errorCode: errorCode)
  }
  /// #TS with an error code.
  @inlinable public static func invalidTSS(_ errorCode: UInt32) -> Self { Self(.invalidTSS, errorCode: errorCode) }
  /// #PF with its error code and the linear address for CR2.
  @inlinable public static func pageFault(_ errorCode: UInt32, at address: LinearAddress) -> Self {
    Self(.pageFault, errorCode: errorCode, address: address)
  }
  /// #AC(0).
  @inlinable public static var alignmentCheck: Self { Self(.alignmentCheck, errorCode: 0) }
}
