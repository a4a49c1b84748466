import InstructionTesting
import X86
import X86Decoder

/// What an older processor did that this one does not: a reason for which a difference is no bug of the model.
public struct VectorRule: Sendable {
  /// Its name in reports.
  public var id: String
  /// What it makes of the difference.
  public var kind: DivergenceClass
  /// One sentence: why.
  public var text: String
  /// Whether it covers a difference.
  var matches: @Sendable (VectorDifference) -> Bool

  init(
    _ id: String, _ text: String, kind: DivergenceClass = .modelSpecific,
    _ matches: @escaping @Sendable (VectorDifference) -> Bool
  ) {
    (self.id, self.kind, self.text, self.matches) = (id, kind, text, matches)
  }

  /// The rules, tried in order.
  public static let all: [VectorRule] = virtual + i8086 + i80286 + common

  // MARK: Virtual-8086 mode

  private static let virtual: [VectorRule] = [
    VectorRule("v86-privileged", "HLT and the instructions of system software raise #GP in virtual-8086 mode.") {
      $0.isVirtual && $0.exception == ExceptionVector.generalProtection.rawValue && $0.isPrivileged
    },
    VectorRule("v86-iopl", "FLAGS holds IOPL 3 in virtual-8086 mode, and so do its images on the stack.") {
      $0.isVirtual && $0.processor == .i80386 && $0.differsOnlyInFlagImages(0x30)
    },
  ]

  // MARK: 8086

  private static let i8086: [VectorRule] = [
    VectorRule("8086-pop-cs", "0Fh is POP CS.") { $0.processor == .i8086 && $0.opcode.first == 0x0F },
    VectorRule("8086-opcode", "The 8086 executes every opcode; this one means something else, or nothing, today.") {
      $0.processor == .i8086 && $0.opcode.isUndocumented8086
    },
    VectorRule("8086-push-sp", "PUSH SP stores SP as it is after the push.") {
      $0.processor == .i8086 && $0.isPushOfSP && $0.differsOnlyInMemory
    },
    VectorRule("8086-shift-count", "Shift and rotate counts are all eight bits of CL.") {
      $0.processor == .i8086 && [0xD2, 0xD3].contains($0.opcode.first) && $0.vector.before(.ecx) & 0xFF > 31
    },
    VectorRule("8086-rep-sign", "REP before MUL, IMUL or IDIV changes the sign of its result.") {
      $0.processor == .i8086 && $0.opcode.isSigned && $0.opcode.has(0xF2, 0xF3)
    },
    VectorRule("8086-idiv-limit", "IDIV raises an interrupt where the quotient is -128 or -32768.") {
      $0.processor == .i8086 && $0.opcode.isSignedDivide && $0.exception == UserState.noException
        && $0.oracleException == 0
    },
    VectorRule("8086-divide-return", "A divide error pushes the address of the next instruction.") {
      $0.processor == .i8086 && $0.exception == 0 && $0.oracleException == 0 && $0.returnsToNext
    },
    VectorRule(
      "8086-decimal-adjust",
      "DAA and DAS with AF set adjust the upper digit from AL = A0h on, not 9Ah; DAS does not borrow for the lower one."
    ) { $0.processor == .i8086 && $0.isDecimalAdjust8086 },
    VectorRule("8086-ascii-adjust", "AAA and AAS add to AL and AH apart: no carry passes from one to the other.") {
      $0.processor == .i8086 && [0x37, 0x3F].contains($0.opcode.first) && $0.differences.allSatisfy { $0.field == "ax" }
        && $0.differences.allSatisfy { ($0.subject ^ $0.oracle) & 0xFF == 0 }
    },
    VectorRule("8086-lock", "LOCK may stand before any instruction.") {
      $0.processor == .i8086 && $0.exception == ExceptionVector.invalidOpcode.rawValue && $0.opcode.has(0xF0, 0xF1)
    },
    VectorRule("8086-offset-wrap", "A word at offset FFFFh has its second byte at offset 0; so have code and stack.") {
      $0.processor == .i8086 && [12, 13].contains($0.exception)
    },
    VectorRule("8086-flags-12-15", "Bits 12 to 15 of FLAGS are 1, and so they are in its images on the stack.") {
      $0.processor == .i8086 && $0.differsOnlyInFlagImages(0xF0)
    },
  ]

  // MARK: 80286

  private static let i80286: [VectorRule] = [
    VectorRule("80286-lock", "LOCK may stand before any instruction.") {
      $0.processor == .i80286 && $0.exception == ExceptionVector.invalidOpcode.rawValue && $0.opcode.has(0xF0)
        && ($0.oracleException != 6 || $0.opcode.first == 0xCD)
    },
    VectorRule("80286-length", "An instruction of more than 10 bytes raises an exception.") {
      $0.processor == .i80286 && $0.oracleException == 13 && $0.exception != 13
        && ($0.instruction.map { $0.length > 10 } ?? ($0.opcode.prefixes.count > 3))
    },
    VectorRule("80286-segment-registers", "There are no FS and GS: MOV raises #UD.") {
      $0.processor == .i80286 && $0.oracleException == 6 && [0x8C, 0x8E].contains($0.opcode.first)
        && [4, 5].contains($0.opcode.digit)
    },
    VectorRule("80286-stack-overrun", "A word at offset FFFFh raises exception 13 in the stack segment too, not 12.") {
      $0.processor == .i80286 && $0.exception == 12 && $0.oracleException == 13
    },
    VectorRule("80286-string-fault", "A string instruction that faults has moved SI and DI already.") {
      $0.processor == .i80286 && $0.exception == $0.oracleException
        && [0x6D, 0x6F, 0xA5, 0xA7, 0xAB, 0xAD, 0xAF].contains($0.opcode.first)
        && $0.differences.allSatisfy { ["si", "di", "cx"].contains($0.field) }
    },
    VectorRule("80286-pop-fault", "POP to memory that faults has moved SP already.") {
      $0.processor == .i80286 && $0.opcode.first == 0x8F && [12, 13].contains($0.exception)
        && $0.exception == $0.oracleException
    },
    VectorRule("80286-idiv-overflow", "IDIV misses that some quotients are too large.") {
      $0.processor == .i80286 && $0.exception == 0 && $0.oracleException == nil && $0.opcode.isSignedDivide
    },
    VectorRule(
      "frame-holds-ss", "The recorded frame has SS in the place of CS, which nothing pushes.", kind: .oracleLimit
    ) {
      $0.processor == .i80286 && $0.hasStackSegmentInFrame
    },
    VectorRule("80286-flags-12-15", "Bits 12 to 15 of FLAGS stay 0 in real mode.") {
      $0.processor == .i80286 && $0.differsOnlyInFlagImages(0xF0)
    },
  ]

  // MARK: All

  private static let common: [VectorRule] = [
    VectorRule("no-coprocessor", "The recorded processor stood without its coprocessor.") {
      $0.opcode.isCoprocessor
    },
    VectorRule("aam-zero-flags", "AAM 0 has changed FLAGS when it raises its divide error.") {
      $0.processor != .i80386 && $0.opcode.first == 0xD4 && $0.exception == 0 && $0.oracleException == 0
        && $0.differsOnlyInFlagsOrFrame
    },
  ]
}

extension VectorDifference {
  fileprivate var isPrivileged: Bool {
    operation.map { $0.family == .system && $0.traits.contains(.privileged) } ?? false
  }

  /// Every difference is a byte of memory.
  fileprivate var differsOnlyInMemory: Bool { differences.allSatisfy { address($0) != nil } }

  /// The frame has the address of the next instruction, and an 8086's bits 12 to 15 of FLAGS.
  fileprivate var returnsToNext: Bool {
    let next = UInt64(vector.before(.eip)) + UInt64(instruction?.length ?? 0)
    return differences.allSatisfy { difference in
      guard let address = address(difference) else { return false }
      return address == stackAddress(6) && difference.oracle == next & 0xFF
        || address == stackAddress(5) && difference.oracle == next >> 8 & 0xFF
        || address == stackAddress(1) && (difference.subject ^ difference.oracle) & ~0xF0 == 0
    }
  }

  /// Every difference is FLAGS or lies in the three words that an interrupt pushes.
  fileprivate var differsOnlyInFlagsOrFrame: Bool {
    differences.allSatisfy { difference in
      if difference.field == "flags" { return true }
      guard let address = address(difference) else { return false }
      return (1...6 as ClosedRange<UInt32>).contains { stackAddress($0) == address }
    }
  }

  /// Every difference is in these bits of the high byte of FLAGS: in the register, or in an image of it that the
  /// instruction pushed.
  fileprivate func differsOnlyInFlagImages(_ bits: UInt64) -> Bool {
    let isImage = exception != UserState.noException || oracleException != nil || pushesFlags
    return differences.allSatisfy { difference in
      let change = difference.subject ^ difference.oracle
      if difference.field == "flags" { return change & ~(bits << 8) == 0 }
      guard isImage, let address = address(difference) else { return false }
      return address == stackAddress(1) && change & ~bits == 0
    }
  }

  /// The frame has SS where CS belongs, and is otherwise as it should be.
  fileprivate var hasStackSegmentInFrame: Bool {
    let segment = UInt64(vector.before(.ss))
    return oracleException != nil
      && differences.allSatisfy { difference in
        guard let address = address(difference) else { return false }
        return address == stackAddress(4) && difference.oracle == segment & 0xFF
          || address == stackAddress(3) && difference.oracle == segment >> 8
      }
  }

  private var pushesFlags: Bool {
    [.pushf, .int, .int3, .into, .int1].contains(operation)
  }

  /// The byte so far below the stack's top before the instruction.
  private func stackAddress(_ depth: UInt32) -> UInt32 {
    let linear = vector.before(.ss) << 4 &+ (vector.before(.esp) &- depth) & 0xFFFF
    return processor == .i8086 ? linear & 0xF_FFFF : linear
  }

  /// The address of a byte of memory that differs, nil for registers.
  private func address(_ difference: StateDifference) -> UInt32? {
    difference.field.hasPrefix("ram[0x")
      ? UInt32(difference.field.dropFirst(6).dropLast(), radix: 16) : nil
  }

  fileprivate var isDecimalAdjust8086: Bool {
    let low = vector.before(.eax) & 0xFF
    if opcode.first == 0x2F, low < 6, differences.allSatisfy({ $0.field == "flags" }) { return true }
    return [0x27, 0x2F].contains(opcode.first) && (0x9A...0x9F).contains(low)
      && UInt64(vector.before(.eflags)) & RFLAGS.auxiliaryCarry != 0
  }

  fileprivate var isPushOfSP: Bool {
    opcode.first == 0x54 || opcode.first == 0xFF && opcode.modRM == 0xF4
  }
}

extension VectorOpcode {
  /// Encodings that the 8086's manual does not have, POP CS aside.
  fileprivate var isUndocumented8086: Bool {
    switch first {
    case 0x60...0x6F, 0xC0, 0xC1, 0xC8, 0xC9, 0xD6: true
    case 0x82: digit == 1 || digit == 4 || digit == 6
    case 0x8C: digit > 3
    case 0x8E: digit > 3 || digit == 1
    case 0x8D, 0xC4, 0xC5: isRegister
    case 0x8F, 0xC6, 0xC7: digit != 0
    case 0xD0...0xD3: digit == 6
    case 0xF6, 0xF7: digit == 1
    case 0xFE: digit > 1
    case 0xFF: digit == 7 || (digit == 3 || digit == 5) && isRegister
    default: false
    }
  }

  /// ESC and WAIT.
  var isCoprocessor: Bool { (0xD8...0xDF).contains(first) || first == 0x9B }

  /// MUL, IMUL and IDIV.
  fileprivate var isSigned: Bool { (first == 0xF6 || first == 0xF7) && [4, 5, 7].contains(digit) }
  fileprivate var isSignedDivide: Bool { (first == 0xF6 || first == 0xF7) && digit == 7 }
}
