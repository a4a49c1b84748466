/// The text and length of the first instruction of some bytes.
///
/// - Parameters:
///   - bytes: code; at most 15 bytes are read.
///   - address: instruction pointer of the first byte.
/// - Returns: nil if the bytes are no whole instruction.
public func disassemble(_ bytes: [UInt8], at address: UInt64, mode: DecodeMode) -> (text: String, length: Int)? {
  var instruction = Instruction()
  let failure = unsafe bytes.withUnsafeBufferPointer { buffer in
    unsafe buffer.baseAddress.map {
      unsafe Decoder().decode($0, count: buffer.count, mode: mode, into: &instruction)
    } ?? DecodeFailure.truncated
  }
  guard failure == nil else { return nil }
  return (instruction.text(at: address, mode: mode), Int(instruction.length))
}

extension Instruction {
  /// The instruction in Intel syntax, in lower case, numbers above 9 in hexadecimal.
  ///
  /// String instructions and XLATB name their operands only where a prefix changes them. An immediate is shown as the
  /// operation sees it: extended to the operand size. F2 and F3 are shown even where they mean nothing.
  ///
  /// - Parameters:
  ///   - address: instruction pointer of the first byte; branch targets are absolute, cut to the operand size.
  ///   - mode: the mode that the instruction was decoded in.
  ///   - symbol: gives the name of an address or nil. It is asked for branch targets and for memory whose address is
  ///     known without registers, which then end in ` <name>`.
  /// - SDM: Vol. 2A "Interpreting the Instruction Reference Pages".
  public func text(at address: UInt64, mode: DecodeMode, symbol: ((UInt64) -> String?)? = nil) -> String {
    Disassembly(instruction: self, address: address, mode: mode, symbol: symbol).text
  }

  /// Whether an operand is memory: by ModRM, by offset, or by a register that the mnemonic implies.
  ///
  /// True also where the address alone counts (LEA, INVLPG, NOP); false for what only the stack pointer addresses.
  public var hasMemoryOperand: Bool {
    if isMemory || operation.traits.contains(.memory) { return true }
    return [operand0, operand1, operand2, operand3].contains {
      $0 == .memoryOffset || $0 == .stringSource || $0 == .stringDestination
    }
  }
}

/// One instruction on its way to text.
private struct Disassembly {
  let instruction: Instruction
  let address: UInt64
  let mode: DecodeMode
  let symbol: ((UInt64) -> String?)?

  var text: String {
    let operands = self.operands
    let name = prefix + mnemonic
    let label = symbol.flatMap { name in knownAddress.flatMap(name) }.map { " <" + $0 + ">" } ?? ""
    return operands.isEmpty ? name : name + " " + operands.joined(separator: ", ") + label
  }

  // MARK: Mnemonics

  private var isString: Bool { instruction.operation.traits.contains(.string) }

  private var prefix: String {
    if instruction.flags.contains(.lock) { return "lock " }
    if isEndBranch { return "" }
    if instruction.flags.contains(.repne) { return "repne " }
    guard instruction.flags.contains(.rep) else { return "" }
    return instruction.operation == .cmps || instruction.operation == .scas ? "repe " : "rep "
  }

  /// The mnemonic, which for some operations depends on a size, a condition or a field.
  private var mnemonic: String {
    let operation = instruction.operation
    if operation.traits.contains(.condition) { return String(rowName.dropLast(2)) + condition }
    if let names = Self.sizedNames[operation] {
      return instruction.operandSize == 2 ? names.0 : instruction.operandSize == 4 ? names.1 : names.2
    }
    if let name = Self.wideNames[operation], instruction.flags.contains(.rexW) {
      return instruction.isVEX ? "v" + name : name
    }
    if operation == .jrcxz {
      return instruction.addressSize == 8 ? "jrcxz" : instruction.addressSize == 4 ? "jecxz" : "jcxz"
    }
    if operation == .callFar || operation == .jmpFar { return rowName + " far" }
    if operation == .xlat { return "xlatb" }
    if operation == .nop { return hintName ?? rowName }
    return isString ? rowName + stringSuffix : rowName
  }

  /// Names by operand sizes of 2, 4 and 8 bytes.
  private static let sizedNames: [Operation: (String, String, String)] = [
    .cbw: ("cbw", "cwde", "cdqe"), .cwd: ("cwd", "cdq", "cqo"), .pusha: ("pusha", "pushad", "pushad"),
    .popa: ("popa", "popad", "popad"), .pushf: ("pushf", "pushfd", "pushfq"), .popf: ("popf", "popfd", "popfq"),
    .iret: ("iret", "iretd", "iretq"), .retFar: ("retf", "retf", "retfq"), .sysret: ("sysret", "sysret", "sysretq"),
    .sysexit: ("sysexit", "sysexit", "sysexitq"),
  ]

  /// Names with REX.W.
  private static let wideNames: [Operation: String] = [
    .fxsave: "fxsave64", .fxrstor: "fxrstor64", .movd: "movq", .pinsrd: "pinsrq", .pextrd: "pextrq",
    .xsave: "xsave64", .xsaveopt: "xsaveopt64", .xsavec: "xsavec64", .xrstor: "xrstor64",
    .xsaves: "xsaves64", .xrstors: "xrstors64",
  ]

  /// The mnemonic of the instruction's row.
  private var rowName: String {
    let form = Int(instruction.form)
    return form < Self.rowNames.count ? Self.rowNames[form] : "\(instruction.operation)"
  }

  private static let rowNames = OpcodeForm.all.map { $0.mnemonic.lowercased() }

  private func sized(_ word: String, _ doubleword: String, _ quadword: String) -> String {
    instruction.operandSize == 2 ? word : instruction.operandSize == 8 ? quadword : doubleword
  }

  private var condition: String { Self.conditions[Int(instruction.opcode & 15)] }

  private static let conditions = [
    "o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g",
  ]

  private var stringSuffix: String {
    // INS and OUTS have no 8-byte form.
    let isPort = instruction.operation == .ins || instruction.operation == .outs
    switch isPort ? min(instruction.operandSize, 4) : instruction.operandSize {
    case 1: return "b"
    case 2: return "w"
    case 8: return "q"
    default: return "d"
    }
  }

  private var isEndBranch: Bool {
    instruction.operation == .nop && instruction.opcode == 0x1E && instruction.flags.contains(.rep)
      && (instruction.modRM == 0xFA || instruction.modRM == 0xFB)
  }

  /// The name of a hint that the table takes for one of the NOPs, since here it does nothing.
  private var hintName: String? {
    if isEndBranch { return instruction.modRM == 0xFA ? "endbr64" : "endbr32" }
    guard instruction.isMemory else { return nil }
    switch (instruction.opcode, (instruction.modRM >> 3) & 7) {
    case (0x18, 0): return "prefetchnta"
    case (0x18, 1): return "prefetcht0"
    case (0x18, 2): return "prefetcht1"
    case (0x18, 3): return "prefetcht2"
    case (0x0D, 0): return "prefetch"
    case (0x0D, 1): return "prefetchw"
    case (0x0D, 2): return "prefetchwt1"
    default: return nil
    }
  }

  // MARK: Operands

  private var operands: [String] {
    let operation = instruction.operation
    if operation == .enter { return [number(instruction.immediate), number(UInt64(instruction.selector))] }
    if operation == .aam || operation == .aad, instruction.immediate == 10 { return [] }
    if operation == .xlat {
      return isPlain ? [] : [keyword(1) + segmentPrefix + "[" + general(3, instruction.addressSize) + "]"]
    }
    if operation == .fcom || operation == .fcomp, instruction.operand1 == .sti { return [operand(.sti, 0)] }
    if operation == .nop, isEndBranch { return [] }
    if isString && isPlain { return [] }
    let all = [
      (instruction.operand0, instruction.width0), (instruction.operand1, instruction.width1),
      (instruction.operand2, instruction.width2), (instruction.operand3, instruction.width3),
    ]
    return all.filter { $0.0 != .none && $0.0 != .implicit }.map(operand)
  }

  /// Whether implied memory operands are the mode's own: no segment override, the usual address size.
  private var isPlain: Bool {
    !instruction.flags.contains(.segmentOverride) && instruction.addressSize == usualAddressSize
  }

  private var usualAddressSize: UInt8 {
    switch mode {
    case .code16: 2
    case .code32: 4
    case .code64: 8
    }
  }

  private func operand(_ kind: OperandKind, _ width: UInt8) -> String {
    switch kind {
    case .none, .implicit: ""
    case .register: general(instruction.reg, width)
    case .registerOrMemory: instruction.isMemory ? memory(width) : general(instruction.rm, width)
    case .memory: memory(width)
    case .registerOnly: general(instruction.operation == .invpcid ? instruction.reg : instruction.rm, width)
    case .accumulator: general(0, width)
    case .dx: "dx"
    case .cl: "cl"
    case .one: "1"
    case .immediate: number(Self.cut(instruction.immediate, instruction.operandSize))
    case .relative: number(branchTarget)
    case .memoryOffset: keyword(width) + segmentPrefix + "[" + number(instruction.immediate) + "]"
    case .farPointer: number(UInt64(instruction.selector)) + ":" + number(instruction.immediate)
    case .segment: Self.segments[Int(min(instruction.reg, 7))]
    case .control: "cr\(instruction.reg)"
    case .debug: "dr\(instruction.reg)"
    case .mmx: "mm\(instruction.reg & 7)"
    case .mmxOrMemory: instruction.isMemory ? memory(width) : "mm\(instruction.rm & 7)"
    case .xmm: vector(instruction.reg, width)
    case .xmmOrMemory: instruction.isMemory ? memory(width) : vector(instruction.rm, width)
    case .xmmVVVV: vector(instruction.vvvv, width)
    case .xmmImmediate: vector(UInt8(truncatingIfNeeded: instruction.immediate >> 4), width)
    case .vectorMemory32, .vectorMemory64: memory(instruction.flags.contains(.rexW) ? 8 : 4)
    case .registerVVVV: general(instruction.vvvv, width)
    case .st0: "st(0)"
    case .sti: "st(\(instruction.rm & 7))"
    case .stringSource: keyword(width) + segmentPrefix + "[" + general(6, instruction.addressSize) + "]"
    case .stringDestination:
      keyword(width) + (mode == .code64 ? "" : "es:") + "[" + general(7, instruction.addressSize) + "]"
    }
  }

  private func vector(_ register: UInt8, _ width: UInt8) -> String { (width == 32 ? "ymm" : "xmm") + "\(register)" }

  private var branchTarget: UInt64 {
    let next = address &+ UInt64(instruction.length)
    return Self.cut(next &+ instruction.immediate, instruction.operandSize)
  }

  private func memory(_ width: UInt8) -> String {
    // BOUND reads two numbers of its operand size; MOV stores 16 bits of a segment register whatever the size.
    let isPair = instruction.operation == .bound
    let keyword = keyword(isPair ? width &* 2 : instruction.operation == .movFromSegment ? 2 : width)
    var terms = ""
    if instruction.base == Instruction.ripRegister {
      terms = instruction.addressSize == 8 ? "rip" : "eip"
    } else if instruction.base != Instruction.noRegister {
      terms = general(instruction.base, instruction.addressSize)
    }
    let indices = [instruction.operand1, instruction.operand2].first { $0 == .vectorMemory32 || $0 == .vectorMemory64 }
    if indices != nil || instruction.index != Instruction.noRegister {
      if !terms.isEmpty { terms += " + " }
      terms +=
        indices == nil
        ? general(instruction.index, instruction.addressSize) : vector(instruction.vectorIndex, indexWidth)
      if instruction.scale != 0 { terms += "*\(1 << (instruction.scale & 3))" }
    }
    let displacement = Int64(instruction.displacement)
    if terms.isEmpty {
      terms = number(Self.cut(UInt64(bitPattern: displacement), instruction.addressSize))
    } else if displacement != 0 {
      terms += (displacement < 0 ? " - " : " + ") + number(displacement.magnitude)
    }
    return keyword + segmentPrefix + "[" + terms + "]"
  }

  /// Bytes of the register with the indices of a gather.
  private var indexWidth: UInt8 { instruction.width1 }

  /// The branch target, or the address of a memory operand that depends on no register, FS.base or GS.base.
  private var knownAddress: UInt64? {
    if instruction.operand0 == .relative { return branchTarget }
    guard instruction.segment < 4 else { return nil }
    if instruction.operand0 == .memoryOffset || instruction.operand1 == .memoryOffset { return instruction.immediate }
    guard instruction.isMemory, instruction.index == Instruction.noRegister else { return nil }
    let displacement = UInt64(bitPattern: Int64(instruction.displacement))
    switch instruction.base {
    case Instruction.noRegister: return Self.cut(displacement, instruction.addressSize)
    case Instruction.ripRegister:
      return Self.cut(address &+ UInt64(instruction.length) &+ displacement, instruction.addressSize)
    default: return nil
    }
  }

  private var segmentPrefix: String {
    instruction.flags.contains(.segmentOverride) ? Self.segments[Int(min(instruction.segment, 7))] + ":" : ""
  }

  // MARK: Words

  private static let segments = ["es", "cs", "ss", "ds", "fs", "gs", "?", "?"]

  private static let words = ["ax", "cx", "dx", "bx", "sp", "bp", "si", "di"]

  private static let highBytes = ["ah", "ch", "dh", "bh"]

  /// The name of a general register of `width` bytes.
  private func general(_ register: UInt8, _ width: UInt8) -> String {
    if register & Instruction.highByte != 0 { return Self.highBytes[Int(register & 3)] }
    if register >= 8 { return "r\(register)" + (width == 1 ? "b" : width == 2 ? "w" : width == 8 ? "" : "d") }
    let word = Self.words[Int(register)]
    switch width {
    case 1: return register < 4 ? String(word.prefix(1)) + "l" : word + "l"
    case 2: return word
    case 8: return "r" + word
    default: return "e" + word
    }
  }

  /// What stands before a memory operand of `width` bytes; nothing where the manual gives no size.
  private func keyword(_ width: UInt8) -> String {
    switch width {
    case 1: "byte ptr "
    case 2: "word ptr "
    case 4: "dword ptr "
    case 6: "fword ptr "
    case 8: "qword ptr "
    case 10: "tbyte ptr "
    case 16: "xmmword ptr "
    case 32: "ymmword ptr "
    default: ""
    }
  }

  private func number(_ value: UInt64) -> String {
    value <= 9 ? String(value) : "0x" + String(value, radix: 16)
  }

  /// The low `byteCount` bytes.
  private static func cut(_ value: UInt64, _ byteCount: UInt8) -> UInt64 {
    byteCount >= 8 ? value : value & ((1 << (UInt64(byteCount) &* 8)) &- 1)
  }
}
