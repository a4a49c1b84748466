import Glibc
import MMU
import X86
import X86Decoder

extension Processor {
  /// MOVS, CMPS, STOS, LODS, SCAS, INS, OUTS, with or without REP.
  ///
  /// Each iteration of a REP costs one tick. When ticks run out, or something waits for attention, the instruction
  /// stops between iterations with RIP still at its first prefix.
  func executeString(_ instruction: Instruction, _ operation: StringOperation) throws(Exception) {
    guard !instruction.flags.isDisjoint(with: [.rep, .repne]) else {
      return try stringIteration(instruction, operation)
    }
    // What went on from before has the flags from before.
    let oldFlags = state.repetition.isResumed ? state.repetition.flags : state.flags
    state.isRepeating = false
    state.repetition.isResumed = false
    // The right to a port is checked even if nothing is to be moved.
    if operation == .input || operation == .output {
      try checkPortAccess(UInt16(truncatingIfNeeded: register64(.dx)), Int(instruction.operandSize))
    }
    let width = instruction.addressSize
    if is64Bit, width == 4, does(.zeroExtendsRepeatedRegisters) { cutRepeatedRegisters(operation) }
    var left = read(.cx, width: width)
    guard left != 0 else { return }
    let comparesFlags = operation == .compare || operation == .scan
    let wantsZero = instruction.flags.contains(.rep)
    // The running instruction has one tick already.
    var spare = max(state.budget &- 1, 0)
    while true {
      let bulk = try bulkIterations(instruction, operation, min(left, UInt64(spare) &+ 1))
      let done = max(bulk, 1)
      if bulk == 0 {
        do throws(Exception) { try stringIteration(instruction, operation) } catch {
          if comparesFlags, does(.restoresFlagsOfFaultingComparison) { state.flags = oldFlags }
          throw error
        }
      }
      left &-= done
      write(.cx, width: width, left)
      if left == 0 || (comparesFlags && state.flags.zero != wantsZero) {
        chargeIterations(Int(done) - 1)
        return
      }
      let mustStop = state.attention != 0 || (state.interruptRequest && state.systemFlags & RFLAGS.interruptEnable != 0)
      if spare < Int(done) || mustStop {
        // Unfinished: this iteration's tick completes no instruction.
        chargeIterations(Int(done) - 1)
        state.surplusTicks &+= 1
        state.nextRIP = state.rip
        state.isRepeating = true
        state.repetition = Repetition(instruction: instruction, rip: state.rip, flags: oldFlags)
        return
      }
      chargeIterations(Int(done))
      spare -= Int(done)
    }
  }

  /// What a repetition with 32-bit addresses in 64-bit mode does to rCX and to registers of MOVS and STOS before
  /// anything else.
  private func cutRepeatedRegisters(_ operation: StringOperation) {
    unsafe registers[.cx] &= 0xFFFF_FFFF
    if operation == .move { unsafe registers[.si] &= 0xFFFF_FFFF }
    if operation == .move || operation == .store { unsafe registers[.di] &= 0xFFFF_FFFF }
  }

  /// Takes ticks that complete no instruction.
  private func chargeIterations(_ count: Int) {
    state.budget &-= count
    state.surplusTicks &+= UInt64(truncatingIfNeeded: count)
  }

  private func advance(_ number: GeneralRegister, _ instruction: Instruction, by count: UInt64 = 1) {
    let step = UInt64(instruction.operandSize) &* count
    let isDown = state.systemFlags & RFLAGS.direction != 0
    let width = instruction.addressSize
    write(number, width: width, read(number, width: width) &+ (isDown ? 0 &- step : step))
  }

  private func stringIteration(_ instruction: Instruction, _ operation: StringOperation) throws(Exception) {
    let size = instruction.operandSize
    let address = instruction.addressSize
    let sourceOffset = read(.si, width: address)
    let destinationOffset = read(.di, width: address)
    switch operation {
    case .move:
      let value = try loadSized(instruction.segment, sourceOffset, size)
      try storeSized(.es, destinationOffset, size, value)
      advance(.si, instruction)
      advance(.di, instruction)
    case .store:
      try storeSized(.es, destinationOffset, size, read(.ax, width: size))
      advance(.di, instruction)
    case .load:
      write(.ax, width: size, try loadSized(instruction.segment, sourceOffset, size))
      advance(.si, instruction)
    case .scan:
      compareSized(read(.ax, width: size), try loadSized(.es, destinationOffset, size), size)
      advance(.di, instruction)
    case .compare:
      // With two faults the order decides: the destination is read first.
      let isSourceFirst =
        size == 1 && instruction.flags.contains(.rep) && does(.readsSourceFirstInRepeatedByteComparison)
      if !isSourceFirst {
        let right = try loadSized(.es, destinationOffset, size)
        compareSized(try loadSized(instruction.segment, sourceOffset, size), right, size)
      } else {
        let left = try loadSized(instruction.segment, sourceOffset, size)
        compareSized(left, try loadSized(.es, destinationOffset, size), size)
      }
      advance(.si, instruction)
      advance(.di, instruction)
    case .input:
      let port = UInt16(truncatingIfNeeded: register64(.dx))
      try checkPortAccess(port, Int(size))
      // The destination is checked before the port gives its datum away.
      let target = try linear(.es, destinationOffset, UInt64(size), isWrite: true)
      try probeWrite(target, Int(size))
      matchPortBreakpoints(UInt64(port), UInt64(size))
      matchDataBreakpoints(target, UInt64(size), isWrite: true)
      let value = readPort(port, Int(size))
      try storeLinearSized(target, size, UInt64(value))
      advance(.di, instruction)
    case .output:
      let port = UInt16(truncatingIfNeeded: register64(.dx))
      try checkPortAccess(port, Int(size))
      let value = try loadSized(instruction.segment, sourceOffset, size)
      matchPortBreakpoints(UInt64(port), UInt64(size))
      writePort(UInt32(truncatingIfNeeded: value), port, Int(size))
      advance(.si, instruction)
    }
  }

  private func compareSized(_ left: UInt64, _ right: UInt64, _ size: UInt8) {
    switch size {
    case 1: _ = Integer.sub(UInt8(truncatingIfNeeded: left), UInt8(truncatingIfNeeded: right), &state.flags)
    case 2: _ = Integer.sub(UInt16(truncatingIfNeeded: left), UInt16(truncatingIfNeeded: right), &state.flags)
    case 4: _ = Integer.sub(UInt32(truncatingIfNeeded: left), UInt32(truncatingIfNeeded: right), &state.flags)
    default: _ = Integer.sub(left, right, &state.flags)
    }
  }

  /// Does as many iterations of a repeated MOVS, STOS, SCAS, CMPS or LODS at once as stay within a page of RAM,
  /// upwards, in 64-bit mode and without a base; of comparisons no more than up to the one that ends the repetition.
  ///
  /// - Returns: iterations done; 0 means do one the general way.
  private func bulkIterations(
    _ instruction: Instruction, _ operation: StringOperation, _ count: UInt64
  ) throws(Exception) -> UInt64 {
    guard is64Bit, instruction.addressSize == 8, instruction.segment < 4, count > 1,
      state.systemFlags & RFLAGS.direction == 0, state.attention & Attention.step == 0, !isCheckingAlignment
    else { return 0 }
    switch operation {
    case .scan, .compare, .load: return bulkReads(instruction, operation, count)
    case .store: return bulkStores(instruction, count)
    case .move: return bulkMoves(instruction, count)
    case .input, .output: return 0
    }
  }

  /// STOS within one page.
  private func bulkStores(_ instruction: Instruction, _ count: UInt64) -> UInt64 {
    let destination = unsafe registers[.di]
    let iterations = min((0x1000 &- (destination & 0xFFF)) &>> instruction.elementShift, count)
    guard iterations > 0, let target = unsafe hostPage(destination, isWrite: true) else { return 0 }
    unsafe fillElements(target, instruction.operandSize, registers[.ax], Int(iterations))
    advance(.di, instruction, by: iterations)
    return iterations
  }

  /// MOVS within one page of each side.
  private func bulkMoves(_ instruction: Instruction, _ count: UInt64) -> UInt64 {
    let shift = instruction.elementShift
    let destination = unsafe registers[.di]
    let from = unsafe registers[.si]
    let iterations = min(
      (0x1000 &- (destination & 0xFFF)) &>> shift, (0x1000 &- (from & 0xFFF)) &>> shift, count)
    guard iterations > 0, let target = unsafe hostPage(destination, isWrite: true),
      let origin = unsafe hostPage(from, isWrite: false)
    else { return 0 }
    guard unsafe copyElements(target, origin, instruction.operandSize, Int(iterations &<< shift)) else { return 0 }
    advance(.si, instruction, by: iterations)
    advance(.di, instruction, by: iterations)
    return iterations
  }

  /// The reading part of `bulkIterations`.
  private func bulkReads(_ instruction: Instruction, _ operation: StringOperation, _ count: UInt64) -> UInt64 {
    let size = instruction.operandSize
    let source = unsafe registers[.si]
    let destination = unsafe registers[.di]
    var limit = count
    if operation != .scan { limit = min(limit, (0x1000 &- (source & 0xFFF)) / UInt64(size)) }
    if operation != .load { limit = min(limit, (0x1000 &- (destination & 0xFFF)) / UInt64(size)) }
    guard limit > 0 else { return 0 }
    func value(_ area: UnsafeMutableRawPointer, _ index: UInt64) -> UInt64 {
      let at = unsafe area + Int(index) * Int(size)
      switch size {
      case 1: return UInt64(unsafe at.load(as: UInt8.self))
      case 2: return UInt64(unsafe at.loadUnaligned(as: UInt16.self))
      case 4: return UInt64(unsafe at.loadUnaligned(as: UInt32.self))
      default: return unsafe at.loadUnaligned(as: UInt64.self)
      }
    }
    if operation == .load {
      guard let origin = unsafe hostPage(source, isWrite: false) else { return 0 }
      write(.ax, width: size, unsafe value(origin, limit - 1))
      advance(.si, instruction, by: limit)
      return limit
    }
    guard let target = unsafe hostPage(destination, isWrite: false) else { return 0 }
    let isScan = operation == .scan
    guard let origin = unsafe isScan ? target : hostPage(source, isWrite: false) else { return 0 }
    let accumulator = read(.ax, width: size)
    let goesOnWhileEqual = instruction.flags.contains(.rep)
    var done: UInt64 = 0
    var left: UInt64
    var right: UInt64
    repeat {
      left = isScan ? accumulator : unsafe value(origin, done)
      right = unsafe value(target, done)
      done += 1
    } while done < limit && (left == right) == goesOnWhileEqual
    compareSized(left, right, size)
    advance(.di, instruction, by: done)
    if !isScan { advance(.si, instruction, by: done) }
    return done
  }

  /// Host address of a linear address whose page is cached for this access.
  private func hostPage(_ address: UInt64, isWrite: Bool) -> UnsafeMutableRawPointer? {
    isWrite
      ? unsafe TranslationCache.writable(core.pointee.tlb, address, 1)
      : unsafe TranslationCache.readable(core.pointee.tlb, address, 1)
  }
}

/// The string instructions.
enum StringOperation { case move, compare, store, load, scan, input, output }

extension Instruction {
  /// Log2 of the bytes of an element of a string.
  fileprivate var elementShift: UInt64 { UInt64(operandSize.trailingZeroBitCount) }
}

/// Stores a value again and again.
///
/// - Parameter size: bytes of the value: 1, 2, 4 or 8.
func fillElements(_ target: UnsafeMutableRawPointer, _ size: UInt8, _ value: UInt64, _ count: Int) {
  func fill<Word: OperandWord>(_: Word.Type) {
    let word = Word(truncatingIfNeeded: value)
    for index in 0..<count {
      unsafe target.storeBytes(of: word, toByteOffset: index &* MemoryLayout<Word>.size, as: Word.self)
    }
  }
  switch size {
  case 1: unsafe memset(target, Int32(truncatingIfNeeded: value & 0xFF), count)
  case 2: fill(UInt16.self)
  case 4: fill(UInt32.self)
  default: fill(UInt64.self)
  }
}

/// Copies elements upwards, one after the other.
///
/// - Returns: false, with nothing done, if the destination begins within an element of its source.
func copyElements(
  _ target: UnsafeMutableRawPointer, _ origin: UnsafeMutableRawPointer, _ size: UInt8, _ byteCount: Int
) -> Bool {
  let distance = unsafe target - origin
  guard distance > 0, distance < byteCount else {
    // What is written has been read before, or is not read at all.
    unsafe memmove(target, origin, byteCount)
    return true
  }
  // A destination above its source replicates: whole elements that do not overlap are copied together.
  let piece = distance & ~(Int(size) &- 1)
  guard piece > 0 else { return false }
  var done = 0
  while done < byteCount {
    let count = min(piece, byteCount &- done)
    unsafe memcpy(target + done, origin + done, count)
    done &+= count
  }
  return true
}
