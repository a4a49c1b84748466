/// A general register, numbered as in ModRM with REX.
@frozen public struct GeneralRegister: RawRepresentable, Hashable, Sendable {
  /// 0 to 15; 10h for AH.
  public var rawValue: UInt8
  /// Makes a register of its number.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// rAX.
  @inlinable public static var ax: Self { Self(rawValue: 0) }
  /// rCX.
  @inlinable public static var cx: Self { Self(rawValue: 1) }
  /// rDX.
  @inlinable public static var dx: Self { Self(rawValue: 2) }
  /// rBX.
  @inlinable public static var bx: Self { Self(rawValue: 3) }
  /// rSP.
  @inlinable public static var sp: Self { Self(rawValue: 4) }
  /// rBP.
  @inlinable public static var bp: Self { Self(rawValue: 5) }
  /// rSI.
  @inlinable public static var si: Self { Self(rawValue: 6) }
  /// rDI.
  @inlinable public static var di: Self { Self(rawValue: 7) }
  /// R11, where SYSCALL leaves the flags.
  @inlinable public static var r11: Self { Self(rawValue: 11) }
  /// AH, as the decoder numbers it.
  @inlinable public static var ah: Self { Self(rawValue: 0x10) }
}

extension UnsafeMutablePointer where Pointee == UInt64 {
  /// A register of a file of general registers; not AH.
  @inlinable public subscript(_ register: GeneralRegister) -> UInt64 {
    @inline(__always) unsafeAddress { unsafe UnsafePointer(self + Int(register.rawValue)) }
    @inline(__always) nonmutating unsafeMutableAddress { unsafe self + Int(register.rawValue) }
  }
}

extension InlineArray where Element == SegmentState {
  /// The state of a segment register.
  @inlinable public subscript(_ register: SegmentRegister) -> SegmentState {
    @inline(__always) get { self[Int(register.rawValue)] }
    @inline(__always) set { self[Int(register.rawValue)] = newValue }
  }
}

extension Array where Element == SegmentState {
  /// The state of a segment register.
  @inlinable public subscript(_ register: SegmentRegister) -> SegmentState {
    get { self[Int(register.rawValue)] }
    set { self[Int(register.rawValue)] = newValue }
  }
}
