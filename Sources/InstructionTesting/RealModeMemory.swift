/// The RAM of tests in real mode, the same on every machine: 1 MiB and the 64 KiB behind it.
///
/// The code page lies at 10000h, the data pages, all writable, at 20000h; a vector table at 0 leads to a stub for each
/// vector at 600h; all else is HLT (F4h), on which whatever a branch goes to ends. Exceptions and INT n are delivered.
/// Offsets in `UserState.strayWrites` count from the data pages.
@safe public final class RealModeMemory {
  /// Bytes.
  public static let byteCount = 0x11_0000
  /// Linear address of the code page.
  public static let codePage = 0x1_0000
  /// Linear address of the data pages.
  public static let dataPages = 0x2_0000
  /// Linear address of the stub of vector 0; each has four bytes: OUT imm8, AL, then HLT.
  public static let firstStub = 0x600
  /// What tests reach, and what is compared.
  private static let reach = 0..<0x3_4000
  private static let window = dataPages + 0xF00..<dataPages + 0x1100
  /// The segments that tests start with and load: selector and the address that offset 0 has in the environment of the
  /// other modes. In the second of each kind the last byte, at FFFFh, is that of the first page.
  public static let segments: [(selector: UInt16, base: UInt64, isCode: Bool)] = [
    (0x1000, InstructionTest.codePage, true), (0x0100, InstructionTest.codePage &- 0xF000, true),
    (0x2000, InstructionTest.dataPage, false), (0x1100, InstructionTest.dataPage &- 0xF000, false),
    (0x2080, InstructionTest.dataPage &+ 0x800, false),
  ]

  private let memory: UnsafeMutableRawPointer
  private let pristine: UnsafeMutableRawPointer

  /// Fills RAM of `byteCount` bytes, which must outlive this object.
  public init(_ memory: UnsafeMutableRawPointer) {
    unsafe self.memory = memory
    unsafe pristine = .allocate(byteCount: Self.reach.count, alignment: 8)
    unsafe memory.initializeMemory(as: UInt8.self, repeating: 0xF4, count: Self.byteCount)
    for vector in 0..<256 {
      let stub = Self.firstStub + vector * 4
      unsafe memory.storeBytes(of: UInt32(stub), toByteOffset: vector * 4, as: UInt32.self)
      unsafe memory.storeBytes(of: 0xF4F4_00E6 | UInt32(vector) << 8, toByteOffset: stub, as: UInt32.self)
    }
    for offset in stride(from: 0, to: 0x3000, by: 8) {
      unsafe memory.storeBytes(
        of: InstructionTest.background(UInt64(offset)), toByteOffset: Self.dataPages + offset, as: UInt64.self)
    }
    unsafe pristine.copyMemory(from: memory, byteCount: Self.reach.count)
  }

  deinit { unsafe pristine.deallocate() }

  /// Where the code of a test starts.
  private static func codeStart(_ test: borrowing InstructionTest) -> Int {
    Int(test.input.selectors[1]) << 4 + Int(test.input.rip & 0xFFFF)
  }

  /// Puts code and window of a test in place.
  public func place(_ test: borrowing InstructionTest) {
    let start = Self.codeStart(test)
    for index in 0..<Int(test.codeLength) where start + index < Self.byteCount {
      unsafe memory.storeBytes(of: test.code[index], toByteOffset: start + index, as: UInt8.self)
    }
    for word in 0..<64 {
      unsafe memory.storeBytes(
        of: test.input.window[word], toByteOffset: Self.window.lowerBound + word * 8, as: UInt64.self)
    }
  }

  /// Takes the window and the sum of what changed elsewhere, and makes all as it was before.
  public func collect(_ test: borrowing InstructionTest, into result: inout UserState) {
    let start = Self.codeStart(test)
    for index in 0..<Int(test.codeLength) where start + index < Self.byteCount {
      // What the test wrote over its own code stays, and counts.
      if unsafe memory.load(fromByteOffset: start + index, as: UInt8.self) == test.code[index] {
        unsafe memory.storeBytes(of: 0xF4, toByteOffset: start + index, as: UInt8.self)
      }
    }
    for word in 0..<64 {
      let at = Self.window.lowerBound + word * 8
      result.window[word] = unsafe memory.load(fromByteOffset: at, as: UInt64.self)
      unsafe memory.storeBytes(
        of: pristine.load(fromByteOffset: at, as: UInt64.self), toByteOffset: at, as: UInt64.self)
    }
    result.strayWrites = 0
    for at in stride(from: Self.reach.lowerBound, to: Self.reach.upperBound, by: 8) {
      let (value, before) = unsafe (
        memory.load(fromByteOffset: at, as: UInt64.self), pristine.load(fromByteOffset: at, as: UInt64.self)
      )
      guard value != before else { continue }
      result.strayWrites &+= InstructionTest.strayWeight(UInt64(at) &- UInt64(Self.dataPages), value)
      unsafe memory.storeBytes(of: before, toByteOffset: at, as: UInt64.self)
    }
  }

  /// The vector whose stub a CS and IP point to; nil for any other place.
  public static func stubVector(selector: UInt16, offset: UInt64) -> UInt8? {
    guard selector == 0, offset >= UInt64(firstStub), offset < UInt64(firstStub + 1024), offset & 3 == 0 else {
      return nil
    }
    return UInt8((offset - UInt64(firstStub)) / 4)
  }

  /// The base of a segment that tests know, as an address of the environment of the other modes; nil for others.
  public static func base(_ selector: UInt16) -> UInt64? { segments.first { $0.selector == selector }?.base }
}
