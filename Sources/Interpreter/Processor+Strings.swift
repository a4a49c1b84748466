import Glibc
import MMU
import X86
import X86Decoder

extension Processor {
  /// MOVS, CMPS, STOS, LODS, SCAS, INS, OUTS, with or without REP.
  ///
  /// Each iteration of a REP costs one tick. When ticks run out, or something waits for attention, the instruction
  /// stops between iterations with RIP still at its first prefix.
  func executeString(_ instruction: Instruction) throws(Exception) {
    guard !instruction.flags.isDisjoint(with: [.rep, .repne]) else {
      return try stringIteration(instruction)
    }
    state.isRepeating = false
    // The right to a port is judged even if nothing is to be moved.
    if instruction.operation == .ins || instruction.operation == .outs {
      try checkPortAccess(UInt16(truncatingIfNeeded: register64(2)), Int(instruction.operandSize))
    }
    let width = instruction.addressSize
    if is64Bit, width == 4, does(.zeroExtendsRepeatedRegisters) { cutRepeatedRegisters(instruction.operation) }
    var left = read(1, width: width)
    guard left != 0 else { return }
    let comparesFlags = instruction.operation == .cmps || instruction.operation == .scas
    let wantsZero = instruction.flags.contains(.rep)
    let oldFlags = state.flags
    // The running instruction has one tick already.
    var spare = max(state.budget &- 1, 0)
    while true {
      let bulk = try bulkIterations(instruction, min(left, UInt64(spare) &+ 1))
      let done = max(bulk, 1)
      if bulk == 0 {
        do throws(Exception) { try stringIteration(instruction) } catch {
          if comparesFlags, does(.restoresFlagsOfFaultingComparison) { state.flags = oldFlags }
          throw error
        }
      }
      left &-= done
      write(1, width: width, left)
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
        return
      }
      chargeIterations(Int(done))
      spare -= Int(done)
    }
  }

  /// What a repetition with 32-bit addresses in 64-bit mode does to rCX and to registers of MOVS and STOS before
  /// anything else.
  private func cutRepeatedRegisters(_ operation: Operation) {
    unsafe registers[1] &= 0xFFFF_FFFF
    if operation == .movs { unsafe registers[6] &= 0xFFFF_FFFF }
    if operation == .movs || operation == .stos { unsafe registers[7] &= 0xFFFF_FFFF }
  }

  /// Takes ticks that complete no instruction.
  private func chargeIterations(_ count: Int) {
    state.budget &-= count
    state.surplusTicks &+= UInt64(truncatingIfNeeded: count)
  }

  private func advance(_ number: UInt8, _ instruction: Instruction, by count: UInt64 = 1) {
    let step = UInt64(instruction.operandSize) &* count
    let isDown = state.systemFlags & RFLAGS.direction != 0
    let width = instruction.addressSize
    write(number, width: width, read(number, width: width) &+ (isDown ? 0 &- step : step))
  }

  private func stringIteration(_ instruction: Instruction) throws(Exception) {
    let size = instruction.operandSize
    let address = instruction.addressSize
    let sourceOffset = read(6, width: address)
    let destinationOffset = read(7, width: address)
    switch instruction.operation {
    case .movs:
      let value: UInt64
      do throws(Exception) { value = try loadSized(instruction.segment, sourceOffset, size) } catch {
        // With REP and both segments at fault the destination's tells.
        if error.vector == .stackFault, !instruction.flags.isDisjoint(with: [.rep, .repne]) {
          _ = try linear(0, destinationOffset, UInt64(size), isWrite: true)
        }
        throw error
      }
      try storeSized(0, destinationOffset, size, value)
      advance(6, instruction)
      advance(7, instruction)
    case .stos:
      try storeSized(0, destinationOffset, size, read(0, width: size))
      advance(7, instruction)
    case .lods:
      write(0, width: size, try loadSized(instruction.segment, sourceOffset, size))
      advance(6, instruction)
    case .scas:
      compareSized(read(0, width: size), try loadSized(0, destinationOffset, size), size)
      advance(7, instruction)
    case .cmps:
      // With two faults the order tells: the destination is read first.
      let isSourceFirst =
        size == 1 && instruction.flags.contains(.rep) && does(.readsSourceFirstInRepeatedByteComparison)
      if !isSourceFirst {
        let right = try loadSized(0, destinationOffset, size)
        compareSized(try loadSized(instruction.segment, sourceOffset, size), right, size)
      } else {
        let left = try loadSized(instruction.segment, sourceOffset, size)
        compareSized(left, try loadSized(0, destinationOffset, size), size)
      }
      advance(6, instruction)
      advance(7, instruction)
    case .ins:
      let port = UInt16(truncatingIfNeeded: register64(2))
      try checkPortAccess(port, Int(size))
      // The destination is judged before the port gives its datum away.
      let target = try linear(0, destinationOffset, UInt64(size), isWrite: true)
      try probeWrite(target, Int(size))
      matchPortBreakpoints(UInt64(port), UInt64(size))
      matchDataBreakpoints(target, UInt64(size), isWrite: true)
      let value = readPort(port, Int(size))
      try storeLinearSized(target, size, UInt64(value))
      advance(7, instruction)
    default:
      let port = UInt16(truncatingIfNeeded: register64(2))
      try checkPortAccess(port, Int(size))
      let value = try loadSized(instruction.segment, sourceOffset, size)
      matchPortBreakpoints(UInt64(port), UInt64(size))
      writePort(UInt32(truncatingIfNeeded: value), port, Int(size))
      advance(6, instruction)
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
  /// upwards, in 64-bit mode; of comparisons no more than up to the one that ends the repetition.
  ///
  /// - Returns: iterations done; 0 means do one the general way.
  private func bulkIterations(_ instruction: Instruction, _ count: UInt64) throws(Exception) -> UInt64 {
    guard is64Bit, instruction.addressSize == 8, state.systemFlags & RFLAGS.direction == 0, count > 1,
      state.attention & Attention.step == 0, !isCheckingAlignment
    else { return 0 }
    let size = UInt64(instruction.operandSize)
    if [.scas, .cmps, .lods].contains(instruction.operation) { return bulkReads(instruction, count) }
    let destination = unsafe registers[7]
    var fits = (0x1000 &- (destination & 0xFFF)) / size
    guard fits > 0, let target = unsafe hostPage(destination, isWrite: true) else { return 0 }
    switch instruction.operation {
    case .stos:
      let iterations = min(fits, count)
      let value = unsafe registers[0]
      for index in 0..<Int(iterations) {
        let at = unsafe target + index * Int(size)
        switch size {
        case 1: unsafe at.storeBytes(of: UInt8(truncatingIfNeeded: value), as: UInt8.self)
        case 2: unsafe at.storeBytes(of: UInt16(truncatingIfNeeded: value), as: UInt16.self)
        case 4: unsafe at.storeBytes(of: UInt32(truncatingIfNeeded: value), as: UInt32.self)
        default: unsafe at.storeBytes(of: value, as: UInt64.self)
        }
      }
      advance(7, instruction, by: iterations)
      return iterations
    case .movs:
      let from =
        register64(6)
        &+ (instruction.segment >= 4 ? state.segments[Int(instruction.segment)].base : 0)
      fits = min(fits, (0x1000 &- (from & 0xFFF)) / size)
      guard fits > 0, let origin = unsafe hostPage(from, isWrite: false) else { return 0 }
      let iterations = min(fits, count)
      let byteCount = Int(iterations * size)
      // A destination just above its source replicates, element by element: only disjoint ranges are copied whole.
      guard unsafe target + byteCount <= origin || origin + byteCount <= target else { return 0 }
      unsafe memcpy(target, origin, byteCount)
      advance(6, instruction, by: iterations)
      advance(7, instruction, by: iterations)
      return iterations
    default: return 0
    }
  }

  /// The reading part of `bulkIterations`.
  private func bulkReads(_ instruction: Instruction, _ count: UInt64) -> UInt64 {
    let size = instruction.operandSize
    let source =
      register64(6) &+ (instruction.segment >= 4 ? state.segments[Int(instruction.segment)].base : 0)
    let destination = unsafe registers[7]
    var limit = count
    for address in instruction.operation == .cmps
      ? [source, destination] : [instruction.operation == .lods ? source : destination]
    {
      limit = min(limit, (0x1000 &- (address & 0xFFF)) / UInt64(size))
    }
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
    if instruction.operation == .lods {
      guard let origin = unsafe hostPage(source, isWrite: false) else { return 0 }
      write(0, width: size, unsafe value(origin, limit - 1))
      advance(6, instruction, by: limit)
      return limit
    }
    guard let target = unsafe hostPage(destination, isWrite: false) else { return 0 }
    let isScan = instruction.operation == .scas
    guard let origin = unsafe isScan ? target : hostPage(source, isWrite: false) else { return 0 }
    let accumulator = read(0, width: size)
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
    advance(7, instruction, by: done)
    if !isScan { advance(6, instruction, by: done) }
    return done
  }

  /// Host address of a linear address whose page is cached for this access.
  private func hostPage(_ address: UInt64, isWrite: Bool) -> UnsafeMutableRawPointer? {
    let entry = unsafe (core.pointee.tlb + Int(truncatingIfNeeded: (address >> 12) & 1023)).pointee
    guard (isWrite ? entry.writeTag : entry.readTag) == address & ~0xFFF else { return nil }
    return unsafe UnsafeMutableRawPointer(bitPattern: UInt(address &+ entry.addend))
  }
}
