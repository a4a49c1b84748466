import Interpreter
import X86
import X86Decoder

/// Which registers an instruction reads.
enum InstructionReads {
  /// Names of the registers that an instruction reads as operands, for addresses, or by its nature.
  static func names(_ instruction: Instruction) -> [String] {
    var names: [String] = []
    func add(_ name: String) { if !names.contains(name) { names.append(name) } }
    func general(_ number: UInt8) {
      if number < 16 || number & Instruction.highByte != 0 && number < 20 {
        add(RegisterFile.generalNames[Int(number & 15)])
      }
    }
    func vector(_ number: UInt8, _ width: UInt8) {
      add("xmm\(number & 15)")
      if width == 32 { add("ymm\(number & 15)h") }
    }
    let operands = [
      (instruction.operand0, instruction.width0), (instruction.operand1, instruction.width1),
      (instruction.operand2, instruction.width2), (instruction.operand3, instruction.width3),
    ]
    for (index, (kind, width)) in operands.enumerated() {
      let isRead = index > 0 || !instruction.overwritesDestination
      switch kind {
      case .register where isRead: general(instruction.reg)
      case .registerOrMemory where isRead && !instruction.isMemory, .registerOnly where isRead:
        general(instruction.rm)
      case .accumulator where isRead: add("rax")
      case .dx: add("rdx")
      case .cl: add("rcx")
      case .segment where isRead && instruction.reg < 6: add(RegisterFile.segmentNames[Int(instruction.reg)])
      case .control where isRead: add("cr\(instruction.reg)")
      case .xmm where isRead: vector(instruction.reg, width)
      case .xmmOrMemory where isRead && !instruction.isMemory: vector(instruction.rm, width)
      case .xmmVVVV where isRead: vector(instruction.vvvv, width)
      case .xmmImmediate: vector(UInt8(truncatingIfNeeded: instruction.immediate >> 4), width)
      case .vectorMemory32, .vectorMemory64: vector(instruction.vectorIndex, width)
      case .registerVVVV where isRead: general(instruction.vvvv)
      case .stringSource: add("rsi")
      case .stringDestination: add("rdi")
      default: break
      }
    }
    if instruction.isMemory {
      if instruction.base < 16 { general(instruction.base) }
      if instruction.index < 16 { general(instruction.index) }
    }
    for name in implicit(instruction) { add(name) }
    return names
  }

  private static let registerNames: [(ImplicitReads, String)] = [
    (.rAX, "rax"), (.rCX, "rcx"), (.rDX, "rdx"), (.rBX, "rbx"), (.rSP, "rsp"), (.rBP, "rbp"), (.rSI, "rsi"),
    (.rDI, "rdi"), (.r11, "r11"),
  ]

  private static func implicit(_ instruction: Instruction) -> [String] {
    let operation = instruction.operation
    var reads = operation.implicitReads
    // The dividend of a byte is AX.
    if operation == .div || operation == .idiv, instruction.operandSize == 1 { reads.remove(.rDX) }
    var names = registerNames.compactMap { reads.contains($0.0) ? $0.1 : nil }
    let isString = operation.traits.contains(.string)
    if isString, !instruction.flags.isDisjoint(with: [.rep, .repne]) { names.append("rcx") }
    if isString || operation.traits.contains(.condition) || !reads.isDisjoint(with: [.CF, .PF, .ZF, .OF, .flags]) {
      names.append("rflags")
    }
    return names
  }
}
