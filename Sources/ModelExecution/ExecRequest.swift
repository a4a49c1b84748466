public import InstructionTesting

/// A request that cannot be carried out: one sentence that names the field and its value.
public struct ExecError: Error, CustomStringConvertible, Equatable {
  /// The sentence.
  public var description: String
  /// Makes an error.
  public init(_ description: String) { self.description = description }
}

/// One or a few instructions with all that they start from.
public struct ExecRequest: Sendable {
  /// The processor mode.
  public enum Mode: String, Sendable, CaseIterable {
    /// Real-address mode.
    case real16
    /// Protected mode, a 32-bit code segment.
    case protected32
    /// 64-bit mode.
    case long64
  }

  /// Linear pages that exist.
  public struct Mapping: Sendable {
    /// First address, a multiple of 4,096.
    public var address: UInt64
    /// Bytes, a multiple of 4,096.
    public var size: UInt64
    /// Writes are allowed.
    public var isWritable: Bool
    /// Code may be fetched.
    public var isExecutable: Bool
    /// Makes a mapping.
    public init(address: UInt64, size: UInt64, isWritable: Bool, isExecutable: Bool) {
      self.address = address
      self.size = size
      self.isWritable = isWritable
      self.isExecutable = isExecutable
    }
  }

  /// Bytes at a linear address.
  public struct Bytes: Sendable {
    /// First address.
    public var address: UInt64
    /// The bytes.
    public var data: [UInt8]
    /// Makes a range.
    public init(address: UInt64, data: [UInt8]) {
      self.address = address
      self.data = data
    }
  }

  /// The mode.
  public var mode = Mode.long64
  /// 0 to 3.
  public var cpl: UInt8 = 3
  /// The instructions' bytes, written at RIP.
  public var code: [UInt8] = []
  /// How many instructions may retire.
  public var steps = 1
  /// General registers, flags, vectors and x87 state; the window is not used.
  public var state = UserState()
  /// CR0, CR3, CR4, EFER, PKRU where the request sets them.
  public var controls: [String: UInt64] = [:]
  /// What is mapped; empty maps the page of RIP for reading and fetching.
  public var map: [Mapping] = []
  /// Initial memory.
  public var memory: [Bytes] = []
  /// Makes the defaults.
  public init() { state.rip = InstructionTest.codePage }

  /// The most bytes that all mappings together may have.
  public static let mappingLimit: UInt64 = 32 << 20
}

/// What came of a request.
public struct ExecAnswer: Sendable {
  /// The registers afterwards; `vector`, `errorCode` and `cr2` describe an exception.
  public var state: UserState
  /// The request's ranges with their final content.
  public var memory: [ExecRequest.Bytes]
  /// Completed instructions.
  public var retired: Int
  /// PKRU of a model that has it.
  public var pkru: UInt32?
  /// The vector of INT n in real mode, which is not delivered.
  public var interrupt: UInt8?
  /// The model's word that it does not do this yet, or which feature it lacks.
  public var note: String?
}
