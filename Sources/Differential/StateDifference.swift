import Glibc
public import InstructionTesting
import TextForms
import X86

/// One place in which two results differ.
public struct StateDifference: Hashable, Sendable {
  /// The field: `rax`, `rflags`, `ymm3[2]`, `window+0x18`, `vector`, ...
  public var field: String
  /// What the subject has.
  public var subject: UInt64
  /// What the oracle has.
  public var oracle: UInt64
  /// Byte offset of an 8-byte window word; nil for registers.
  public var windowOffset: Int?
}

/// Bits of a result that do not count, one mask a field; all zero counts everything.
public struct ResultMask: Sendable {
  /// Bits of RFLAGS that the architecture leaves undefined.
  public var rflags: UInt64 = 0
  /// Bits of FSW likewise.
  public var fsw: UInt16 = 0
  /// General registers of which nothing is defined, one bit each.
  public var generalRegisters: UInt16 = 0
  /// General registers of which bits 63:32 are not, one bit each.
  public var upperHalves: UInt16 = 0
  /// Bytes of memory that hold undefined state: linear addresses.
  public var memory: [Range<UInt64>] = []
  /// A mask that ignores nothing.
  public init() {}
}

/// The names of general registers by encoding.
public let generalRegisterNames = [
  "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
]

extension UserState {
  /// Whether both have the same bytes.
  @inline(__always)
  static func isIdentical(_ left: UnsafePointer<UserState>, _ right: UnsafePointer<UserState>) -> Bool {
    unsafe memcmp(left, right, MemoryLayout<UserState>.size) == 0
  }

  /// Where a result of a subject differs from the oracle's, but for what the mask leaves out.
  public func differences(from oracle: UserState, ignoring mask: ResultMask) -> [StateDifference] {
    var found: [StateDifference] = []
    func compare(_ field: @autoclosure () -> String, _ left: UInt64, _ right: UInt64) {
      if left != right { found.append(StateDifference(field: field(), subject: left, oracle: right)) }
    }
    compare("vector", UInt64(vector), UInt64(oracle.vector))
    compare("errorCode", UInt64(errorCode), UInt64(oracle.errorCode))
    compare("cr2", cr2, oracle.cr2)
    compare("rip", rip, oracle.rip)
    compare("rflags", rflags & ~mask.rflags, oracle.rflags & ~mask.rflags)
    for index in 0..<16 where mask.generalRegisters & (1 << index) == 0 {
      let bits: UInt64 = mask.upperHalves & (1 << index) == 0 ? .max : 0xFFFF_FFFF
      compare(generalRegisterNames[index], generalRegisters[index] & bits, oracle.generalRegisters[index] & bits)
    }
    let segmentNames = ["es", "cs", "ss", "ds", "fs", "gs"]
    for index in 0..<6 { compare(segmentNames[index], UInt64(selectors[index]), UInt64(oracle.selectors[index])) }
    compare("fsBase", fsBase, oracle.fsBase)
    compare("gsBase", gsBase, oracle.gsBase)
    for word in 0..<64 { compare("ymm\(word / 4)[\(word % 4)]", ymm[word], oracle.ymm[word]) }
    compare("mxcsr", UInt64(mxcsr), UInt64(oracle.mxcsr))
    compare("fcw", UInt64(fcw), UInt64(oracle.fcw))
    compare("fsw", UInt64(fsw & ~mask.fsw), UInt64(oracle.fsw & ~mask.fsw))
    compare("ftw", UInt64(ftw), UInt64(oracle.ftw))
    for word in 0..<16 {
      compare("st\(word / 2)\(word % 2 == 0 ? "" : ".signExponent")", st[word], oracle.st[word])
    }
    compareWindow(oracle, mask, &found)
    compare("memory outside the window", strayWrites, oracle.strayWrites)
    return found
  }

  private func compareWindow(_ oracle: UserState, _ mask: ResultMask, _ found: inout [StateDifference]) {
    for word in 0..<64 where window[word] != oracle.window[word] {
      var ignored: UInt64 = 0
      let address = InstructionTest.windowAddress + UInt64(word * 8)
      for byte in 0..<8 as Range<UInt64> where mask.memory.contains(where: { $0.contains(address + byte) }) {
        ignored |= 0xFF << (byte * 8)
      }
      let (left, right) = (window[word] & ~ignored, oracle.window[word] & ~ignored)
      guard left != right else { continue }
      found.append(
        StateDifference(
          field: "window+\(Text.hex(word * 8))", subject: left, oracle: right, windowOffset: word * 8))
    }
  }
}
