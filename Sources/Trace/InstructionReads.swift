import Interpreter
import X86
import X86Decoder

/// Which registers an instruction reads, and which flags it leaves undefined.
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
    let operands = [
      (instruction.operand0, instruction.width0), (instruction.operand1, instruction.width1),
      (instruction.operand2, instruction.width2), (instruction.operand3, instruction.width3),
    ]
    for (index, (kind, _)) in operands.enumerated() {
      let isRead = index > 0 || !overwritesFirst(instruction)
      switch kind {
      case .register where isRead: general(instruction.reg)
      case .registerOrMemory where isRead && !instruction.isMemory, .registerOnly where isRead:
        general(instruction.rm)
      case .accumulator where isRead: add("rax")
      case .dx: add("rdx")
      case .cl: add("rcx")
      case .segment where isRead && instruction.reg < 6: add(RegisterFile.segmentNames[Int(instruction.reg)])
      case .control where isRead: add("cr\(instruction.reg)")
      case .xmm where isRead: add("xmm\(instruction.reg & 15)")
      case .xmmOrMemory where isRead && !instruction.isMemory: add("xmm\(instruction.rm & 15)")
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

  private static func overwritesFirst(_ instruction: Instruction) -> Bool {
    switch instruction.operation {
    case .mov, .lea, .movzx, .movsx, .movsxd, .setcc, .pop, .popSegment, .movFromSegment, .movToSegment,
      .movFromControl, .movToControl, .movFromDebug, .movToDebug, .in, .lar, .lsl, .bsf, .bsr, .popcnt, .movaps,
      .movups, .movapd, .movupd, .movdqa, .movdqu, .pshufd, .pmovmskb, .movmskps, .movmskpd, .cvttss2si, .cvttsd2si,
      .cvtss2si, .cvtsd2si, .movd, .movq, .str, .sldt, .smsw, .rdfsbase, .rdgsbase:
      return true
    case .imul: return instruction.operand2 != .none
    default: return false
    }
  }

  private static func implicit(_ instruction: Instruction) -> [String] {
    switch instruction.operation {
    case .push, .pop, .pushSegment, .popSegment, .popa, .popf, .call, .ret, .callFar, .retFar, .iret: ["rsp"]
    case .pusha: RegisterFile.generalNames.prefix(8).map { $0 }
    case .pushf: ["rsp", "rflags"]
    case .enter, .leave: ["rsp", "rbp"]
    case .movs, .ins: repeated(instruction, [])
    case .outs: repeated(instruction, ["rdx"])
    case .cmps: repeated(instruction, [])
    case .stos, .scas: repeated(instruction, ["rax"])
    case .lods: repeated(instruction, [])
    case .mul, .imul1, .aaa, .aas, .aam, .aad, .daa, .das, .cbw, .cwd, .sahf, .cmpxchg: ["rax"]
    case .div, .idiv: instruction.operandSize == 1 ? ["rax"] : ["rax", "rdx"]
    case .cmpxchg8b, .cmpxchg16b: ["rax", "rdx", "rbx", "rcx"]
    case .loop, .jrcxz: ["rcx"]
    case .loope, .loopne: ["rcx", "rflags"]
    case .xlat: ["rax", "rbx"]
    case .wrmsr, .xsetbv: ["rcx", "rax", "rdx"]
    case .rdmsr, .rdpmc, .xgetbv: ["rcx"]
    case .cpuid: ["rax", "rcx"]
    case .jcc, .setcc, .cmovcc, .adc, .sbb, .rcl, .rcr, .lahf, .cmc, .salc, .into, .syscall: ["rflags"]
    case .sysret: ["rcx", "r11"]
    case .sysexit: ["rcx", "rdx"]
    default: []
    }
  }

  private static func repeated(_ instruction: Instruction, _ names: [String]) -> [String] {
    let isRepeated = !instruction.flags.isDisjoint(with: [.rep, .repne])
    return names + (isRepeated ? ["rcx"] : []) + ["rflags"]
  }

  private static let flagsByForm: [UInt64] = OpcodeForm.all.map { form in
    let bits: [Character: UInt64] = [
      "O": RFLAGS.overflow, "S": RFLAGS.sign, "Z": RFLAGS.zero, "A": RFLAGS.auxiliaryCarry, "P": RFLAGS.parity,
      "C": RFLAGS.carry,
    ]
    let undefined = form.flags.split(separator: "/").last ?? ""
    return undefined.reduce(0) { $0 | (bits[$1] ?? 0) }
  }

  /// The flags that an instruction leaves undefined.
  ///
  /// - Parameter rcx: RCX before it, for counts in CL.
  /// - SDM: Vol. 2, "Flags Affected" of each instruction.
  static func undefinedFlags(_ instruction: Instruction, rcx: UInt64) -> UInt64 {
    let form = Int(instruction.form)
    let mask = form < flagsByForm.count ? flagsByForm[form] : 0
    let isDouble = instruction.operation == .shld || instruction.operation == .shrd
    switch instruction.operation {
    case .rol, .ror, .rcl, .rcr, .shl, .shr, .sar, .shld, .shrd: break
    default: return mask
    }
    let raw: UInt64 =
      switch isDouble ? instruction.operand2 : instruction.operand1 {
      case .one: 1
      case .immediate: instruction.immediate
      default: rcx
      }
    let count = raw & (instruction.operandSize == 8 ? 63 : 31)
    let bits = UInt64(instruction.operandSize) * 8
    guard count != 0 else { return 0 }
    let overflow = count == 1 ? 0 : RFLAGS.overflow
    switch instruction.operation {
    case .rol, .ror, .rcl, .rcr: return mask | overflow
    case .sar: return mask | overflow
    case .shl, .shr: return mask | overflow | (count > bits || count == bits && bits < 32 ? RFLAGS.carry : 0)
    default: return mask | overflow | (count > bits ? RFLAGS.status : 0)
    }
  }
}
