public import MMU
import TextForms

/// One access to something that is not RAM.
public struct BusAccess: Hashable, Sendable {
  /// Where.
  public enum Space: UInt8, Sendable {
    /// I/O ports.
    case port
    /// Guest-physical addresses.
    case physical
  }

  /// Ports or addresses.
  public var space: Space
  /// Whether the guest wrote.
  public var isWrite: Bool
  /// Port or guest-physical address.
  public var address: UInt64
  /// Bytes, 1 to 8.
  public var width: Int
  /// The value read or written, zero above `width`.
  public var value: UInt64

  /// Makes an access.
  public init(space: Space, isWrite: Bool, address: UInt64, width: Int, value: UInt64) {
    self.space = space
    self.isWrite = isWrite
    self.address = address
    self.width = width
    self.value = width >= 8 ? value : value & (1 << UInt64(width * 8) - 1)
  }

  /// `OUT 3F8h, 1 byte, 41h`.
  var text: String {
    let bytes = "\(width) byte\(width == 1 ? "" : "s")"
    let what = space == .port ? (isWrite ? "OUT to port" : "IN from port") : isWrite ? "write to" : "read from"
    return "\(what) \(Text.suffixed(address)), \(bytes)\(isWrite ? ", \(Text.suffixed(value))" : "")"
  }
}

/// Where the reference stopped.
public struct LockstepStop: Sendable {
  /// Why.
  public enum Kind: UInt8, Sendable {
    /// An instruction is done, or the delivery of an event.
    case step
    /// HLT.
    case halt
    /// The guest ended the run: `ending` says how.
    case end
    /// A triple fault.
    case shutdown
  }

  /// Why.
  public var kind: Kind
  /// What left the guest on the way, in order.
  public var accesses: [BusAccess] = []
  /// The external interrupt that was delivered before anything else.
  public var interrupt: UInt8?
  /// The state: complete at hash points, else general and system registers.
  public var state: LockstepState
  /// A hash of RAM, at hash points.
  public var memoryHash: UInt64?
  /// How the run ended.
  public var ending = ""

  /// Makes a stop.
  public init(kind: Kind, state: LockstepState) {
    self.kind = kind
    self.state = state
  }
}

/// What the engine asks of the reference for its next step.
public struct LockstepRequest: Sendable {
  /// The instruction at RIP is a repeated string instruction: all iterations are one step.
  public var isRepeated = false
  /// The model sleeps in HLT.
  public var isHalted = false
  /// Where RIP stands behind the instruction if that is HLT and halts.
  public var haltRIP: UInt64?
  /// The whole state and a hash of RAM are wanted.
  public var isHashPoint = false
  /// Makes a request for one plain step.
  public init() {}
}

/// A machine that leads and whose steps the model follows: KVM or a recorded run.
public protocol LockstepReference: AnyObject {
  /// `kvm` or `recorded`.
  var name: String { get }
  /// Goes to the next stop point.
  ///
  /// - Throws: `LockstepLimit` for what it cannot do.
  func advance(_ request: LockstepRequest) throws -> LockstepStop
  /// Whether it can stop behind each instruction of 64-bit mode at CPL 3; else only at exits there.
  var stepsUserCode: Bool { get }
  /// Its RAM, where it has one: then a difference of hashes can be shown.
  var memory: GuestMemory? { get }
}

/// What a reference cannot do: one sentence; not a divergence.
public struct LockstepLimit: Error, CustomStringConvertible, Equatable {
  /// The sentence, up to the place of the instruction.
  public var description: String
  /// Whether the sentence is whole; else the engine adds the instruction at RIP.
  public var isWhole: Bool

  /// Makes a limit.
  public init(_ description: String, isWhole: Bool = true) {
    self.description = description
    self.isWhole = isWhole
  }
}

/// A hash of RAM by its contents: pages of zeros count as absent.
public enum LockstepMemory {
  /// The hash of all pages.
  public static func hash(_ memory: GuestMemory) -> UInt64 {
    var sum: UInt64 = 0
    unsafe forEachPage(memory) { offset, words in
      guard let hash = unsafe pageHash(offset, words) else { return }
      sum &+= hash
    }
    return sum
  }

  private static func pageHash(_ offset: UInt64, _ words: UnsafePointer<UInt64>) -> UInt64? {
    var (a, b, any): (UInt64, UInt64, UInt64) = (offset, ~offset, 0)
    for index in stride(from: 0, to: 512, by: 2) {
      let (x, y) = unsafe (words[index], words[index + 1])
      any |= x | y
      a = (a ^ x) &* 0x9E37_79B9_7F4A_7C15
      a ^= a >> 29
      b = (b ^ y) &* 0xBF58_476D_1CE4_E5B9
      b ^= b >> 31
    }
    return any == 0 ? nil : (a ^ (b &* 0x94D0_49BB_1331_11EB)) | 1
  }

  /// Lends every page that was ever touched.
  static func forEachPage(_ memory: GuestMemory, _ body: (UInt64, UnsafePointer<UInt64>) -> Void) {
    for range in touchedRanges(memory) {
      for offset in stride(from: range.lowerBound, to: range.upperBound, by: 4096) {
        unsafe body(offset, UnsafePointer((memory.base + Int(offset)).assumingMemoryBound(to: UInt64.self)))
      }
    }
  }
}
