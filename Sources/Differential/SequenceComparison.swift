import InstructionTesting
import X86
import X86Decoder

/// Finds the instruction of a sequence from which on two machines differ, and what it takes to show that.
///
/// Both run the first instruction, then the first two, and so on. What the manuals leave undefined after each is kept in
/// one mask: flags until an instruction defines them, registers and memory to the end. Where the two first differ in
/// what is defined, the instruction alone is run from the state that the oracle had before it. Then one of these holds:
///
/// - they differ there too: it is a difference of a single instruction, and the rules apply as to any other;
/// - each machine does alone what it did in the sequence, from its own state, and these states differed in undefined bits
///   alone: the instruction has read such bits (`undefined-carried`). Outside the window a state has no memory, only a sum
///   of what was written there, so that behind another write there this is taken to be so;
/// - else something that no state shows has come through the sequence, and the sequence itself is the finding.
struct SequenceComparison {
  let subject: any InstructionRunner
  let oracle: any InstructionRunner
  let classifier: Classifier

  /// Compares the two machines on a test of several instructions; nil if they agree in all that is defined.
  func divergence(_ test: InstructionTest) throws -> Divergence? {
    var before = Results(subject: test.input, oracle: test.input)
    var mask = ResultMask()
    let ends = test.instructionEnds
    for count in 1...max(Int(test.steps), 1) {
      guard let prefix = test.prefix(count, ends: ends) else { return nil }
      let after = Results(subject: try subject.run(prefix), oracle: try oracle.run(prefix))
      let single = test.single(from: before.oracle)
      let instruction = single?.decoded(by: classifier.decoder)
      let earlier = mask
      if let instruction, let single { carry(&mask, instruction, single.input, after.oracle) }
      guard after.subject.differences(from: after.oracle, ignoring: mask).isEmpty else {
        return try explain(prefix, count, single, before, after, mask, earlier)
      }
      if after.oracle.vector != UserState.noException { return nil }
      before = after
    }
    return nil
  }

  /// What each machine has.
  private struct Results {
    var subject: UserState
    var oracle: UserState
  }

  /// Adds what an instruction leaves undefined, and takes away the flags that it defines.
  private func carry(
    _ mask: inout ResultMask, _ instruction: Instruction, _ input: UserState, _ result: UserState
  ) {
    let own = UndefinedResults.mask(instruction, input, result: result, exact: classifier.exact)
    if result.vector == UserState.noException {
      mask.rflags &= ~FlagEffects.defined(instruction, rcx: input.generalRegisters[1])
    }
    mask.rflags |= own.rflags
    mask.fsw |= own.fsw
    mask.generalRegisters |= own.generalRegisters
    mask.upperHalves |= own.upperHalves
    mask.memory += own.memory
  }

  private func explain(
    _ prefix: InstructionTest, _ count: Int, _ single: InstructionTest?, _ before: Results, _ after: Results,
    _ mask: ResultMask, _ earlier: ResultMask
  ) throws -> Divergence? {
    let differences = after.subject.differences(from: after.oracle, ignoring: mask)
    if let single {
      let alone = Results(subject: try subject.run(single), oracle: try oracle.run(single))
      if count == 1 || alone.oracle.vector != UserState.lost {
        if let divergence = classifier.divergence(single, subject: alone.subject, oracle: alone.oracle) {
          return divergence
        }
      }
      if let own = prefix.single(from: before.subject), !before.subject.isIdentical(to: before.oracle),
        try Self.isAnotherStrayWrite(before, differences) || Self.readsUndefinedStray(single, earlier)
          || subject.run(own).isIdentical(to: after.subject.withoutStrayWrites(of: before.subject))
            && alone.oracle.isIdentical(to: after.oracle.withoutStrayWrites(of: before.oracle))
      {
        var divergence = classifier.divergence(
          single, subject: after.subject, oracle: after.oracle, differences: differences)
        divergence.kind = .undefined
        divergence.rule = Self.carriedRule
        return divergence
      }
    }
    var divergence = classifier.divergence(
      single ?? prefix, subject: after.subject, oracle: after.oracle, differences: differences)
    if prefix.singleSteps, count > 1, let single, let instruction = divergence.instruction,
      Self.areX87Pointers(instruction, single.input, after, mask)
    {
      divergence.kind = .oracleLimit
      divergence.rule = Self.steppedPointersRule
      return divergence
    }
    if count > 1, let single, let instruction = divergence.instruction,
      Self.isTrackedState(instruction, single.input, after, mask)
    {
      divergence.kind = .undefined
      divergence.rule = Self.trackedStateRule
      return divergence
    }
    divergence.sequence = prefix
    return divergence
  }

  /// The rule for what the processor alone knows of the past of a register: XINUSE may say that a component is in use which
  /// is in its initial configuration.
  static let trackedStateRule = "xinuse"

  /// Whether results differ only in an image of XSAVEC or XSAVEOPT, while all XMM registers or all upper halves of YMM
  /// registers are zero.
  ///
  /// - SDM: Vol. 1 "Processor Tracking of XSAVE-Managed State".
  private static func isTrackedState(
    _ instruction: Instruction, _ input: UserState, _ results: Results, _ mask: ResultMask
  ) -> Bool {
    guard [.xsavec, .xsaveopt].contains(instruction.operation) else { return false }
    let isInitial = [0, 2].contains { lane in
      (0..<16).allSatisfy { input.ymm[$0 * 4 + lane] | input.ymm[$0 * 4 + lane + 1] == 0 }
    }
    let address = MemoryOperand.linear(instruction, input)
    guard isInitial, address <= .max - imageByteCount else { return false }
    var mask = mask
    mask.memory.append(address..<address + imageByteCount)
    // The image is longer than the window.
    return results.subject.differences(from: results.oracle, ignoring: mask).allSatisfy {
      $0.field == "memory outside the window"
    }
  }

  /// The legacy area, the header and the upper halves of YMM registers.
  private static let imageByteCount: UInt64 = 832

  /// The rule for x87 pointers of a sequence that is stepped: the host's kernel saves and restores the x87 between two
  /// steps, and AMD's processors restore no pointers without an exception.
  static let steppedPointersRule = "x87-pointers-stepped"

  /// Whether results differ only where an instruction stores FOP, FIP and FDP with their selectors.
  ///
  /// - SDM: Vol. 1 "x87 FPU State Image", "FXSAVE Area".
  private static func areX87Pointers(
    _ instruction: Instruction, _ input: UserState, _ results: Results, _ mask: ResultMask
  ) -> Bool {
    let offsets: Range<UInt64>
    if [.fnstenv, .fnsave].contains(instruction.operation) {
      offsets = instruction.operandSize == 2 ? 6..<14 : 12..<28
    } else if [.fxsave, .xsave, .xsaveopt, .xsavec].contains(instruction.operation) {
      offsets = 6..<24
    } else {
      return false
    }
    let address = MemoryOperand.linear(instruction, input)
    guard address <= .max - offsets.upperBound else { return false }
    let image = (address + offsets.lowerBound)..<(address + offsets.upperBound)
    var mask = mask
    mask.memory.append(image)
    let window =
      InstructionTest.windowAddress..<InstructionTest.windowAddress + UInt64(InstructionTest.windowByteCount)
    let isWithin = window.contains(image.lowerBound) && window.contains(image.upperBound - 1)
    return results.subject.differences(from: results.oracle, ignoring: mask).allSatisfy {
      !isWithin && $0.field == "memory outside the window"
    }
  }

  /// Whether the difference is one of memory outside the window, and an earlier instruction wrote there as well.
  private static func isAnotherStrayWrite(_ before: Results, _ differences: [StateDifference]) -> Bool {
    before.oracle.strayWrites != 0 && differences.allSatisfy { $0.field == "memory outside the window" }
  }

  /// Whether an instruction has a memory operand after an earlier one has left bytes outside the window undefined.
  private static func readsUndefinedStray(_ single: InstructionTest, _ earlier: ResultMask) -> Bool {
    let window =
      InstructionTest.windowAddress..<InstructionTest.windowAddress + UInt64(InstructionTest.windowByteCount)
    guard let instruction = single.decoded, instruction.hasMemoryOperand else { return false }
    return earlier.memory.contains { !window.contains($0.lowerBound) || !window.contains($0.upperBound - 1) }
  }

  /// The rule for an instruction that has read bits which an earlier one left undefined.
  static let carriedRule = "undefined-carried"
}

extension UserState {
  /// The same with the sum of what it has written outside the window since an earlier state.
  fileprivate func withoutStrayWrites(of earlier: UserState) -> UserState {
    var state = self
    state.strayWrites &-= earlier.strayWrites
    return state
  }

  /// Whether both have the same bytes.
  func isIdentical(to other: UserState) -> Bool {
    unsafe withUnsafePointer(to: self) { left in
      unsafe withUnsafePointer(to: other) { right in unsafe Self.isIdentical(left, right) }
    }
  }
}

extension FlagEffects {
  /// The flags that an instruction gives a defined value for certain.
  fileprivate static func defined(_ instruction: Instruction, rcx: UInt64) -> UInt64 {
    // A shift by 0, and a comparison that is repeated no time, leave all flags alone.
    if instruction.operation.traits.contains(.count), count(instruction, rcx: rcx) == 0 { return 0 }
    if !instruction.flags.isDisjoint(with: [.rep, .repne]), instruction.operation.traits.contains(.string),
      rcx & instruction.addressMask == 0
    {
      return 0
    }
    let form = Int(instruction.form)
    return form < written.count ? written[form] & ~undefined(instruction, rcx: rcx) : 0
  }
}

extension InstructionTest {
  /// Where each instruction ends if all are executed in order; the last entry is the end of the code.
  var instructionEnds: [Int] {
    var ends: [Int] = []
    var at = 0
    while at < Int(codeLength) {
      var one = self
      for index in 0..<15 { one.code[index] = at + index < Int(codeLength) ? code[at + index] : 0xCC }
      one.codeLength = UInt8(min(15, Int(codeLength) - at))
      guard let length = one.decoded?.length, length > 0 else { break }
      at += Int(length)
      ends.append(at)
    }
    if ends.last != Int(codeLength) { ends.append(Int(codeLength)) }
    return ends
  }

  /// The test of its first instructions alone; nil if there are not so many.
  func prefix(_ count: Int, ends: [Int]) -> InstructionTest? {
    var prefix = self
    prefix.steps = UInt8(count)
    guard !singleSteps, count < Int(steps) else { return prefix }
    guard count <= ends.count else { return nil }
    for index in ends[count - 1]..<Int(codeLength) { prefix.code[index] = 0xCC }
    prefix.codeLength = UInt8(ends[count - 1])
    return prefix
  }

  /// The test of the one instruction that comes next in a state which the sequence has led to; nil where its bytes are
  /// not in the code page.
  func single(from state: UserState) -> InstructionTest? {
    var test = InstructionTest()
    test.number = number
    test.cpl = cpl
    test.mode = state.selectors[1] == 0x23 && mode != .segmented ? .compatibility32 : mode
    if cpl == 3, state.selectors[1] == 0x33 { test.mode = .long64 }
    test.input = state
    test.input.vector = UserState.noException
    test.input.strayWrites = 0
    let start = Self.base(input.selectors[1]) &+ input.rip
    let address = Self.base(state.selectors[1]) &+ state.rip
    guard address &- Self.codePage < 0x1000 else { return nil }
    var bytes: [UInt8] = []
    for index in 0..<15 as Range<UInt64> {
      let offset = address &+ index &- start
      bytes.append(offset < UInt64(codeLength) ? code[Int(offset)] : 0xCC)
    }
    test.setCode(bytes)
    if let instruction = test.decoded { test.form = instruction.form }
    test.chooseStepping()
    return test
  }

  /// The same without one of its instructions, which have these ends; nil if it has only one.
  func dropping(_ index: Int, ends: [Int]) -> InstructionTest? {
    guard ends.count > 1, ends.indices.contains(index) else { return nil }
    var test = self
    let start = index == 0 ? 0 : ends[index - 1]
    let byteCount = ends[index] - start
    for at in start..<Int(codeLength) {
      test.code[at] = at + byteCount < Int(codeLength) ? code[at + byteCount] : 0xCC
    }
    test.codeLength -= UInt8(byteCount)
    test.steps = UInt8(max(Int(steps) - 1, 1))
    return test
  }
}
