import TextForms
public import X86
import X86Decoder

/// A fault from the instruction to the handler, as a value: each exception with the rule that raised it and the table
/// entry that the rule read.
///
/// - SDM: Vol. 3A "Exception and Interrupt Reference".
public struct FaultReport: Sendable {
  /// A register and what it held.
  public struct Value: Hashable, Sendable {
    /// Its name in lower case.
    public var name: String
    /// What it held.
    public var value: UInt64
  }

  /// A memory operand.
  public struct MemoryOperand: Hashable, Sendable {
    /// The segment register.
    public var segment: String
    /// The effective address.
    public var offset: UInt64
    /// The linear address, whether or not it may be used.
    public var linear: UInt64
    /// Where it leads; nil if it leads nowhere.
    public var physical: UInt64?
  }

  /// An entry of a table that a rule read.
  public struct Entry: Hashable, Sendable {
    /// Such as `IDT entry 0x80`, `GDT descriptor 0x18`, `PTE`.
    public var name: String
    /// Where it stands; nil if it lies outside its table or cannot be read.
    public var address: UInt64?
    /// The address is guest-physical; else it is linear.
    public var isPhysical: Bool
    /// As it stands in memory.
    public var value: UInt64
    /// Its bits in words.
    public var meaning: String
    /// The rule objects to this entry.
    public var isCause: Bool
  }

  /// An event of the chain.
  public struct Link: Hashable, Sendable {
    /// The exception; nil for an interrupt and for INT n.
    public var exception: Exception?
    /// The vector.
    public var vector: UInt8
    /// Such as `#GP(0x802), general protection`.
    public var title: String
    /// The error code by its bits; nil without one.
    public var errorCode: String?
    /// Of an external interrupt, the controller's input and the device.
    public var origin: String?
    /// What the rule read.
    public var entries: [Entry]
    /// The stack that the delivery pushed to, if it came so far: its pointer's name, place and value.
    public var stack: Entry?
  }

  /// A word of the stack.
  public struct StackWord: Hashable, Sendable {
    /// Its linear address.
    public var address: UInt64
    /// What it holds; nil if it is not mapped.
    public var value: UInt64?
    /// The name of what it points to.
    public var symbol: String?
  }

  /// An executed instruction and the registers that it changed.
  public struct Step: Hashable, Sendable {
    /// Its RIP.
    public var rip: UInt64
    /// The mode before it.
    public var mode: ProcessorMode
    /// Its assembly text, or its bytes.
    public var text: String
    /// What it changed.
    public var changes: [Value]

    /// Makes a step.
    public init(rip: UInt64, mode: ProcessorMode, text: String, changes: [Value]) {
      self.rip = rip
      self.mode = mode
      self.text = text
      self.changes = changes
    }
  }

  /// How a processor came into compatibility mode.
  public struct CompatibilityEntry: Hashable, Sendable {
    /// The instruction after which CS.L was 0 and EFER.LMA 1.
    public var step: Step
    /// The name of its place.
    public var symbol: String?
    /// Steps of the processor since.
    public var stepsBefore: UInt64

    /// Makes an entry.
    public init(step: Step, symbol: String?, stepsBefore: UInt64) {
      (self.step, self.symbol, self.stepsBefore) = (step, symbol, stepsBefore)
    }
  }

  /// CS.
  public var selector: UInt16
  /// RIP of the instruction.
  public var rip: UInt64
  /// CPL.
  public var cpl: UInt8
  /// The mode.
  public var mode: ProcessorMode
  /// The descriptor of CS, in compatibility mode.
  public var codeDescriptor: Entry?
  /// What began compatibility mode, if it was seen.
  public var compatibilityEntry: CompatibilityEntry?
  /// The name of the place.
  public var symbol: String?
  /// The instruction's bytes.
  public var bytes: [UInt8]
  /// Why there are none.
  public var absence: String
  /// The instruction as assembly text.
  public var text: String?
  /// Which newer instruction the bytes are, if the fault is that the model lacks it.
  public var newer: String?
  /// The registers that the instruction names.
  public var operands: [Value]
  /// Its memory operands.
  public var memory: [MemoryOperand]
  /// The events in order.
  public var links: [Link]
  /// How the step ended.
  public var outcome: FaultScene.Outcome
  /// The name of the handler's address; outside long mode, where CS may have a base, it is not looked for.
  public var handlerSymbol: String?
  /// The general registers, RIP, RFLAGS and the control registers before the step.
  public var registers: [Value]
  /// The top of the stack before the step.
  public var stack: [StackWord]
  /// The instructions before, oldest first.
  public var recent: [Step]

  /// Makes the report of a scene.
  public init(_ scene: FaultScene) {
    selector = scene.codeSegment.selector
    rip = scene.state.rip
    cpl = scene.cpl
    mode = scene.mode
    if mode.isCompatibility {
      codeDescriptor = scene.descriptor(scene.codeSegment.selector)
      compatibilityEntry = scene.compatibilityEntry
    }
    symbol = scene.symbol(scene.linear(1, scene.state.rip))
    bytes = scene.bytes
    absence = scene.absence
    text = scene.text
    operands = scene.instruction.map { scene.operands($0) } ?? []
    memory = scene.instruction.map { scene.memoryOperands($0) } ?? []
    links = scene.links()
    newer = scene.absentInstruction
    outcome = scene.outcome
    if case .handler(_, let rip, _) = scene.outcome, scene.isLongMode { handlerSymbol = scene.symbol(rip) }
    registers = scene.registerValues()
    stack = scene.stackWords()
    recent = scene.recent
  }

  /// What happened in one line: the first event, its place, and the reason of the first exception.
  public var summary: String {
    guard let first = links.first else { return "no event" }
    let place = "\(Text.hex(UInt64(selector))):\(Text.hex(rip))" + (symbol.map { " <\($0)>" } ?? "")
    var line = "\(first.title) at \(place), \(mode.words), CPL \(cpl)"
    if let exception = links.lazy.compactMap(\.exception).first {
      line += ": \(newer ?? exception.reason.sentence)"
    }
    return line
  }
}

extension FaultScene {
  /// Why no byte of an instruction is there.
  var absence: String {
    guard let first = events.first, bytes.isEmpty else { return "no byte could be fetched" }
    if first.isExternal {
      return "no instruction: the interrupt came \(wasHalted ? "while the processor slept in HLT" : "between two")"
    }
    return wasTrapped ? "no instruction: a debug trap of the one before" : "no byte could be fetched"
  }

  static let registerNames = [
    "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
  ]
  static let segmentNames = ["es", "cs", "ss", "ds", "fs", "gs"]

  func registerValues() -> [FaultReport.Value] {
    var values = (0..<16).filter { isLongMode || $0 < 8 }.map {
      FaultReport.Value(name: Self.registerNames[$0], value: state.generalRegisters[$0])
    }
    values += [("rip", state.rip), ("rflags", state.rflags)].map { FaultReport.Value(name: $0.0, value: $0.1) }
    values += Self.segmentNames.enumerated().map {
      FaultReport.Value(name: $0.element, value: UInt64(state.segments[$0.offset].selector))
    }
    values += [
      ("cr0", state.cr0), ("cr2", state.cr2), ("cr3", state.cr3), ("cr4", state.cr4), ("efer", state.efer),
    ].map { FaultReport.Value(name: $0.0, value: $0.1) }
    return values
  }

  func stackWords() -> [FaultReport.StackWord] {
    let size: UInt64 = is64Bit ? 8 : state.segments[2].isDefault32 ? 4 : 2
    let mask: UInt64 = size == 8 ? .max : (1 << (size &* 8)) &- 1
    return (0..<8 as Range<UInt64>).map { index in
      let address = linear(2, (state.generalRegisters[4] &+ index &* size) & mask)
      let value = read(Int(size), at: address)
      return FaultReport.StackWord(address: address, value: value, symbol: value.flatMap(symbol))
    }
  }

  private func register(_ number: UInt8) -> FaultReport.Value? {
    guard number < 16 else {
      guard number >= Instruction.highByte, number < Instruction.highByte + 4 else { return nil }
      return FaultReport.Value(
        name: Self.registerNames[Int(number & 3)], value: state.generalRegisters[Int(number & 3)])
    }
    return FaultReport.Value(name: Self.registerNames[Int(number)], value: state.generalRegisters[Int(number)])
  }

  /// The registers that an instruction names, those of its memory operand too.
  func operands(_ instruction: Instruction) -> [FaultReport.Value] {
    var values: [FaultReport.Value?] = []
    let kinds = [instruction.operand0, instruction.operand1, instruction.operand2, instruction.operand3]
    for kind in kinds {
      switch kind {
      case .register: values.append(register(instruction.reg))
      case .registerOrMemory, .registerOnly: if !instruction.isMemory { values.append(register(instruction.rm)) }
      case .accumulator: values.append(register(0))
      case .dx: values.append(register(2))
      case .cl: values.append(register(1))
      case .segment:
        let number = Int(min(instruction.reg, 5))
        values.append(
          FaultReport.Value(name: Self.segmentNames[number], value: UInt64(state.segments[number].selector)))
      case .stringSource: values.append(register(6))
      case .stringDestination: values.append(register(7))
      default: break
      }
    }
    let operation = instruction.operation
    if operation == .rdmsr || operation == .wrmsr { values += [register(1), register(0), register(2)] }
    if operation == .div || operation == .idiv { values += [register(0), register(2)] }
    if instruction.isMemory {
      for number in [instruction.base, instruction.index] where number < 16 { values.append(register(number)) }
    }
    return values.compactMap(\.self).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  func memoryOperands(_ instruction: Instruction) -> [FaultReport.MemoryOperand] {
    let mask = instruction.addressMask
    func operand(_ segment: UInt8, _ offset: UInt64) -> FaultReport.MemoryOperand {
      let linear = linear(segment, offset & mask)
      return FaultReport.MemoryOperand(
        segment: Self.segmentNames[Int(min(segment, 5))], offset: offset & mask, linear: linear,
        physical: physical(linear))
    }
    var operands: [FaultReport.MemoryOperand] = []
    if instruction.isMemory {
      let offset = instruction.addressSum(nextRIP: state.rip &+ UInt64(instruction.length)) {
        $0 < 16 ? state.generalRegisters[Int($0)] : 0
      }
      operands.append(operand(instruction.segment, offset))
    }
    for kind in [instruction.operand0, instruction.operand1] {
      switch kind {
      case .memoryOffset: operands.append(operand(instruction.segment, instruction.immediate))
      case .stringSource: operands.append(operand(instruction.segment, state.generalRegisters[6]))
      case .stringDestination: operands.append(operand(0, state.generalRegisters[7]))
      default: break
      }
    }
    return operands
  }
}
