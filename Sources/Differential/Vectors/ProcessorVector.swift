import TextForms

/// A file of processor vectors that cannot be used: where it stands and what is wrong, without the file's name.
public struct VectorError: Error, CustomStringConvertible, Equatable {
  /// The sentence.
  public var description: String
  /// Makes an error.
  public init(_ description: String) { self.description = description }
}

/// The processor whose pins gave a file of vectors.
public enum VectorProcessor: String, Sendable, CaseIterable {
  /// 8088 and 8086: 20 address lines, no invalid opcode.
  case i8086 = "8086"
  /// 80286.
  case i80286 = "80286"
  /// 80386.
  case i80386 = "80386"

  /// By the names that files and people give; nil for any other processor.
  public init?(named name: String) {
    switch name.uppercased().filter({ $0 != " " }) {
    case "8086", "8088", "80C86", "80C88": self = .i8086
    case "286", "C286", "80286", "80C286": self = .i80286
    case "386", "386E", "386EX", "80386", "80386EX": self = .i80386
    default: return nil
    }
  }

  /// One more than the last address that real mode reaches.
  public var addressLimit: UInt32 { self == .i8086 ? 0x10_0000 : 0x11_0000 }
  /// The instruction is followed by a HLT whose end is the end of the test.
  var endsInHalt: Bool { self != .i8086 }
}

/// A register of a vector, in the order of a MOO file's 32-bit register chunk.
public enum VectorRegister: Int, Sendable, CaseIterable {
  case cr0, cr3, eax, ebx, ecx, edx, esi, edi, ebp, esp, cs, ds, es, fs, gs, ss, eip, eflags, dr6, dr7

  /// Its name in a file.
  public var name: String { String(describing: self) }
  /// The name of its low half, which is all of it before the 80386.
  public var shortName: String {
    switch self {
    case .eax, .ebx, .ecx, .edx, .esi, .edi, .ebp, .esp, .eip, .eflags: String(name.dropFirst())
    default: name
    }
  }
  /// A segment register.
  public var isSegment: Bool { (VectorRegister.cs.rawValue...VectorRegister.ss.rawValue).contains(rawValue) }
  /// FLAGS, IP and the registers that every vector has.
  public var isIn8086: Bool {
    switch self {
    case .cr0, .cr3, .dr6, .dr7, .fs, .gs: false
    default: true
    }
  }
  /// In the order of a MOO file's 16-bit register chunk.
  public static let order16: [VectorRegister] = [
    .eax, .ebx, .ecx, .edx, .cs, .ss, .ds, .es, .esp, .ebp, .esi, .edi, .eip, .eflags,
  ]
  /// Number of a general register in an instruction; nil for others.
  var encoding: Int? {
    switch self {
    case .eax: 0
    case .ecx: 1
    case .edx: 2
    case .ebx: 3
    case .esp: 4
    case .ebp: 5
    case .esi: 6
    case .edi: 7
    default: nil
    }
  }
  /// Number of a segment register in an instruction; nil for others.
  var segmentEncoding: Int? {
    switch self {
    case .es: 0
    case .cs: 1
    case .ss: 2
    case .ds: 3
    case .fs: 4
    case .gs: 5
    default: nil
    }
  }
}

/// Registers of a vector, of which some may be absent.
public struct VectorRegisters: Sendable, Equatable {
  private var values = [UInt32](repeating: 0, count: VectorRegister.allCases.count)
  private var present: UInt32 = 0
  /// None.
  public init() {}

  /// A register, nil if it is absent.
  public subscript(_ register: VectorRegister) -> UInt32? {
    get { present & (1 << register.rawValue) != 0 ? values[register.rawValue] : nil }
    set {
      values[register.rawValue] = newValue ?? 0
      if newValue == nil { present &= ~(1 << register.rawValue) } else { present |= 1 << register.rawValue }
    }
  }
}

/// A byte of memory.
public struct VectorByte: Sendable, Equatable {
  /// Its physical address.
  public var address: UInt32
  /// What it holds.
  public var value: UInt8
  /// Makes a byte.
  public init(address: UInt32, value: UInt8) {
    self.address = address
    self.value = value
  }
}

/// What a vector says of one moment.
public struct VectorState: Sendable, Equatable {
  /// Registers: all before the instruction, those that changed afterwards.
  public var registers = VectorRegisters()
  /// Memory likewise.
  public var memory: [VectorByte] = []
  /// Nothing.
  public init() {}
}

/// One instruction on a real processor: what it started from and what came of it.
public struct ProcessorVector: Sendable {
  /// Its place in the file, from 0.
  public var number = 0
  /// The file's name for it: a disassembly.
  public var name = ""
  /// The instruction.
  public var code: [UInt8] = []
  /// Before.
  public var initial = VectorState()
  /// After, as far as it changed.
  public var final = VectorState()
  /// Bits of registers that are defined afterwards; absent registers are whole.
  public var mask = VectorRegisters()
  /// An exception that the processor took, where the file names it.
  public var exception: UInt8?
  /// Where that exception's delivery put the flags.
  public var flagsAddress: UInt32?
  /// An empty vector.
  public init() {}

  /// A register before the instruction; 0 if the file has none.
  func before(_ register: VectorRegister) -> UInt32 { initial.registers[register] ?? 0 }
  /// A register as the processor left it.
  func after(_ register: VectorRegister) -> UInt32 { final.registers[register] ?? before(register) }

  /// Checks that it is whole and within the processor's reach.
  ///
  /// - Throws: `VectorError` that names the test, the field and the value.
  public func check(_ processor: VectorProcessor) throws(VectorError) {
    for register in VectorRegister.allCases where register.isIn8086 && initial.registers[register] == nil {
      let name = processor == .i80386 ? register.name : register.shortName
      throw VectorError("test \(number): initial.regs.\(name) is missing")
    }
    for (field, state) in [("initial", initial), ("final", final)] {
      if let index = state.memory.firstIndex(where: { $0.address >= processor.addressLimit }) {
        throw VectorError(
          "test \(number): \(field).ram[\(index)]: address \(Text.hex(state.memory[index].address)) is beyond "
            + "\(Text.hex(processor.addressLimit - 1)), the last that the \(processor.rawValue) reaches")
      }
    }
  }
}
