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

  /// Whether its delivery pushes an error code (SDM Vol. 3A "Error Code").
  public var hasErrorCode: Bool { [8, 10, 11, 12, 13, 14, 17, 21].contains(rawValue) }

  /// Whose vector it is, such as `that of #GP`.
  public var owner: String { mnemonic.hasPrefix("vector") ? "one of the processor's own" : "that of \(mnemonic)" }

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
  /// The rule that raised it, for reports and traces: nothing that the guest sees, nor part of equality.
  public var reason: FaultReason
  /// The value for CR2; meaningful for #PF only.
  public var address: LinearAddress

  /// Makes an exception.
  @inlinable public init(
    _ vector: ExceptionVector, errorCode: UInt32? = nil, address: LinearAddress = LinearAddress(0), reason: FaultReason
  ) {
    self.vector = vector
    self.errorCode = errorCode ?? 0
    self.hasErrorCode = errorCode != nil
    self.reason = reason
    self.address = address
  }

  /// Whether the guest sees the same: `reason` does not count.
  @inlinable public static func == (left: Self, right: Self) -> Bool {
    left.vector == right.vector && left.errorCode == right.errorCode && left.hasErrorCode == right.hasErrorCode
      && left.address == right.address
  }

  /// Hashes what the guest sees.
  @inlinable public func hash(into hasher: inout Hasher) {
    hasher.combine(vector)
    hasher.combine(errorCode)
    hasher.combine(hasErrorCode)
    hasher.combine(address)
  }
}

// No reason has a default, so that the compiler finds a place that gives none.
extension Exception {
  /// #DE.
  @inlinable public static func divideError(_ reason: FaultReason) -> Self { Self(.divideError, reason: reason) }
  /// #DB.
  @inlinable public static func debug(_ reason: FaultReason) -> Self { Self(.debug, reason: reason) }
  /// #BR.
  @inlinable public static func boundRange(_ reason: FaultReason) -> Self { Self(.boundRange, reason: reason) }
  /// #UD.
  @inlinable public static func invalidOpcode(_ reason: FaultReason) -> Self { Self(.invalidOpcode, reason: reason) }
  /// #NM.
  @inlinable public static func deviceNotAvailable(_ reason: FaultReason) -> Self {
    Self(.deviceNotAvailable, reason: reason)
  }
  /// #MF.
  @inlinable public static func floatingPointError(_ reason: FaultReason) -> Self {
    Self(.floatingPointError, reason: reason)
  }
  /// #XM.
  @inlinable public static func simdFloatingPoint(_ reason: FaultReason) -> Self {
    Self(.simdFloatingPoint, reason: reason)
  }
  /// #AC(0).
  @inlinable public static func alignmentCheck(_ reason: FaultReason) -> Self {
    Self(.alignmentCheck, errorCode: 0, reason: reason)
  }
  /// #GP(0).
  @inlinable public static func generalProtection(_ reason: FaultReason) -> Self {
    Self(.generalProtection, errorCode: 0, reason: reason)
  }
  /// #SS(0).
  @inlinable public static func stackFault(_ reason: FaultReason) -> Self {
    Self(.stackFault, errorCode: 0, reason: reason)
  }
  /// #GP with an error code (a selector with its EXT, IDT and TI bits).
  @inlinable public static func generalProtection(_ errorCode: UInt32, _ reason: FaultReason) -> Self {
    Self(.generalProtection, errorCode: errorCode, reason: reason)
  }
  /// #SS with an error code.
  @inlinable public static func stackFault(_ errorCode: UInt32, _ reason: FaultReason) -> Self {
    Self(.stackFault, errorCode: errorCode, reason: reason)
  }
  /// #NP with an error code.
  @inlinable public static func segmentNotPresent(_ errorCode: UInt32, _ reason: FaultReason) -> Self {
    Self(.segmentNotPresent, errorCode: errorCode, reason: reason)
  }
  /// #TS with an error code.
  @inlinable public static func invalidTSS(_ errorCode: UInt32, _ reason: FaultReason) -> Self {
    Self(.invalidTSS, errorCode: errorCode, reason: reason)
  }
  /// #PF with its error code and the linear address for CR2.
  @inlinable public static func pageFault(_ errorCode: UInt32, at address: LinearAddress, _ reason: FaultReason) -> Self
  {
    Self(.pageFault, errorCode: errorCode, address: address, reason: reason)
  }
}
