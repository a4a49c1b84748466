import X86
import X86Decoder

/// What an instruction does with the status flags, as seen from the instructions around it.
struct FlagUse {
  /// How many of them it sets.
  enum Change { case none, some, all }
  /// Whether the block may be left at it.
  enum Exit {
    /// It goes on with the next operation, whatever happens.
    case never
    /// The shared semantics may have to execute it, and it may fault; its handler has changed nothing then.
    case early
    /// It branches, or may end the block behind it.
    case late
  }

  var change = Change.none
  /// It reads flags, or keeps some that nobody else sets.
  var isReader = false
  var exit = Exit.late

  /// Leaves them alone and cannot fault.
  static let none = FlagUse(exit: .never)
  static let reads = FlagUse(isReader: true, exit: .never)
  static let keeps = FlagUse(change: .some, exit: .never)
  static let overwrites = FlagUse(change: .all, exit: .never)
  /// Sets all of them from some of them: ADC and SBB.
  static let carries = FlagUse(change: .all, isReader: true, exit: .never)
  /// Sets some of them from some of them: rotates through CF.
  static let rotates = FlagUse(change: .some, isReader: true, exit: .never)
  static let mayFault = FlagUse(exit: .early)
  static let mayLeave = FlagUse()
}

/// Which instructions of a block need not set flags, since nobody sees them: others set all of them before any is read.
///
/// Between the two there may be instructions that fault or that the shared semantics must execute. The flags are
/// computed then, from the operands of the one that has not set them, if these are still in their registers.
struct FlagAnalysis {
  /// A bit for each instruction that sets no flags.
  private(set) var quiet: UInt64 = 0
  /// A bit for each before which flags must be computed if it leaves its handler.
  private(set) var recovering: UInt64 = 0

  /// The flags behind the instruction at hand are needed.
  private var isLive = true
  /// The instructions that may leave their handlers behind it, up to the one that sets all flags.
  private var exits: UInt64 = 0
  /// The registers that are written between it and the last of these.
  private var written: UInt32 = 0

  init(_ instructions: UnsafeMutablePointer<Instruction>, _ count: Int, _ behaviors: ProcessorBehaviors) {
    for place in (0..<count).reversed() { unsafe pass(instructions[place], 1 << UInt64(place), behaviors) }
  }

  /// Goes back over one instruction.
  private mutating func pass(_ instruction: Instruction, _ bit: UInt64, _ behaviors: ProcessorBehaviors) {
    guard let form = FastForm(rawValue: instruction.fastForm) else { return }
    let (use, hasQuietHandlers) =
      form == .none
      ? ThreadedForm.flagUse(instruction, behaviors)
      : (form.flagUse(instruction.fastFunction), form.hasQuietHandlers)
    if !isLive, hasQuietHandlers, use.change != .none, exits == 0 || instruction.canRecoverFlags(form, unless: written)
    {
      quiet |= bit
      recovering |= exits
      if use.change == .some {
        // Those that it keeps are passed on, and needed where its own are computed.
        if exits != 0 || use.isReader { needFlags() }
        return
      }
    }
    switch use.change {
    case .all:
      isLive = use.isReader
      (exits, written) = (0, 0)
    case .some: needFlags()
    case .none: if use.isReader { needFlags() }
    }
    if exits != 0 { written |= instruction.writtenRegisters(form) }
    switch use.exit {
    case .never: break
    case .early: if !isLive { exits |= bit }
    case .late: needFlags()
    }
  }

  private mutating func needFlags() {
    isLive = true
    (exits, written) = (0, 0)
  }
}

extension Instruction {
  /// Whether the flags of an instruction on registers can be computed when it is over.
  ///
  /// - Parameter written: registers that have been written since.
  fileprivate func canRecoverFlags(_ form: FastForm, unless written: UInt32) -> Bool {
    guard written & (1 << UInt32(base)) == 0 else { return false }
    switch form {
    case .register64, .register32, .register8:
      // Of a sum of a register with itself the upper bit is gone.
      return written & (1 << UInt32(index)) == 0 && !(operation == .add && base == index) && !operation.addsCarry
    case .immediate64, .immediate32, .immediate8: return !operation.addsCarry
    case .unary64, .unary32: return true
    default: return false
    }
  }

  /// A bit for each general register that it may write.
  fileprivate func writtenRegisters(_ form: FastForm) -> UInt32 {
    let pointer = UInt32(1) << UInt32(GeneralRegister.sp.rawValue)
    switch form {
    case .nothing, .store64, .store32, .store8, .storeImmediate64, .storeImmediate32, .storeImmediate8, .destination64,
      .destination32, .destinationImmediate64, .destinationImmediate32, .destinationImmediate8:
      return 0
    case .load64, .load32, .loadByteZero, .loadWordZero, .loadSignDoubleword, .address64, .address32, .source64,
      .source32:
      return 1 << UInt32(reg)
    case .moveRegister64, .moveRegister32, .moveImmediate64, .moveImmediate32, .byteZero, .wordZero, .signDoubleword,
      .register64, .register32, .register8, .immediate64, .immediate32, .immediate8, .shift64, .shift32, .unary64,
      .unary32, .multiply64, .multiply32, .setIf, .moveIf64, .moveIf32:
      return 1 << UInt32(base)
    case .push64: return pointer
    case .pop64: return pointer | 1 << UInt32(base)
    case .none, .wideMultiply64, .jumpIf, .jump, .jumpRegister, .call, .callRegister, .callMemory, .ret: return .max
    }
  }
}

extension Processor {
  /// Computes the flags that a handler has not set, of the last instruction before an operation that sets any.
  @inline(never)
  static func recoverFlags(_ core: MicroOp.Core, _ op: MicroOp.Cursor) {
    var at = unsafe UnsafePointer(instruction(core, op))
    repeat { unsafe at -= 1 } while unsafe !at.pointee.setsFlagsOfRegisters
    let flags = unsafe core.pointee.flags
    switch unsafe at.pointee.width0 {
    case 8: unsafe core.pointee.flags = recovered(UInt64.self, at.pointee, registerFile(core), flags)
    case 4: unsafe core.pointee.flags = recovered(UInt32.self, at.pointee, registerFile(core), flags)
    default: unsafe core.pointee.flags = recovered(UInt8.self, at.pointee, registerFile(core), flags)
    }
  }

  /// The flags behind an instruction.
  ///
  /// - Parameters:
  ///   - registers: as they are behind it.
  ///   - flags: those before it.
  private static func recovered<Word: OperandWord>(
    _: Word.Type, _ i: Instruction, _ registers: UnsafeMutablePointer<UInt64>, _ flags: LazyFlags
  ) -> LazyFlags {
    var flags = flags
    let result = unsafe Word(truncatingIfNeeded: registers[Int(i.base)])
    if let function = i.operation.unaryFunction {
      let value =
        switch function {
        case .not: ~result
        case .neg: 0 &- result
        case .inc: result &- 1
        case .dec: result &+ 1
        }
      _ = function.apply(value, &flags)
    } else if let function = i.operation.binaryFunction {
      let isImmediate = i.operand1 == .immediate
      let right = unsafe Word(truncatingIfNeeded: isImmediate ? i.immediate : registers[Int(i.index)])
      let left =
        switch function {
        case .add: result &- right
        case .sub: result &+ right
        case .xor: result ^ right
        // The result gives the same flags again, or the operand has stayed.
        case .and, .or, .cmp, .test: result
        // Theirs are never left to be computed.
        case .adc, .sbb: result
        }
      _ = function.apply(left, right, &flags)
    }
    return flags
  }
}

extension Instruction {
  /// It is one of those whose flags can be computed when they are over.
  fileprivate var setsFlagsOfRegisters: Bool {
    switch FastForm(rawValue: fastForm) {
    case .register64, .register32, .register8, .immediate64, .immediate32, .immediate8: true
    case .unary64, .unary32: operation != .not
    default: false
    }
  }
}

extension Operation {
  /// ADC and SBB.
  fileprivate var addsCarry: Bool { binaryFunction == .adc || binaryFunction == .sbb }
}

extension FastForm {
  /// It has handlers that leave the flags alone.
  var hasQuietHandlers: Bool {
    switch self {
    case .register64, .register32, .register8, .immediate64, .immediate32, .immediate8, .shift64, .shift32, .unary64,
      .unary32, .multiply64, .multiply32:
      true
    default: false
    }
  }

  /// - Parameter function: as of `Instruction.fastFunction`.
  func flagUse(_ function: UInt8) -> FlagUse {
    switch self {
    case .nothing, .moveRegister64, .moveRegister32, .moveImmediate64, .moveImmediate32, .byteZero, .wordZero,
      .signDoubleword, .address64, .address32:
      return .none
    case .load64, .load32, .store64, .store32, .store8, .storeImmediate64, .storeImmediate32, .storeImmediate8,
      .loadByteZero, .loadWordZero, .loadSignDoubleword, .push64, .pop64:
      return .mayFault
    case .register64, .register32, .register8, .immediate64, .immediate32, .immediate8:
      return Self.binaryUse(function)
    case .source64, .source32, .destination64, .destination32, .destinationImmediate64, .destinationImmediate32,
      .destinationImmediate8:
      var use = Self.binaryUse(function)
      use.exit = .early
      return use
    // A count of zero keeps the flags, rotates keep some.
    case .shift64, .shift32:
      return Self.shiftUse(function)
    case .unary64, .unary32:
      return function == UnaryFunction.neg.rawValue
        ? .overwrites : function == UnaryFunction.not.rawValue ? .none : .keeps
    // SF, ZF, AF and PF stay.
    case .multiply64, .multiply32: return .keeps
    case .setIf, .moveIf64, .moveIf32: return .reads
    case .none, .wideMultiply64, .jumpIf, .jump, .jumpRegister, .call, .callRegister, .callMemory, .ret:
      return .mayLeave
    }
  }

  /// Of a `ShiftFunction`.
  static func shiftUse(_ function: UInt8) -> FlagUse {
    [ShiftFunction.rcl.rawValue, ShiftFunction.rcr.rawValue].contains(function) ? .rotates : .keeps
  }

  /// Of a `BinaryFunction`.
  static func binaryUse(_ function: UInt8) -> FlagUse {
    [BinaryFunction.adc.rawValue, BinaryFunction.sbb.rawValue].contains(function) ? .carries : .overwrites
  }
}
