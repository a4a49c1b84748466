public import Interpreter
public import MMU
public import X86

extension Machine {
  /// Changes the state of a processor; what `state(ofProcessor:)` does not show stays.
  public func setState(_ state: ArchitecturalState, ofProcessor index: Int) { processor(index).adopt(state) }

  /// Linear address of the next instruction of a processor.
  public func linearInstructionPointer(ofProcessor index: Int) -> UInt64 {
    let state = processor(index).state
    let is64Bit = state.paging.isLongMode && state.segments[1].isLong
    return is64Bit ? state.rip : (state.segments[1].base &+ state.rip) & 0xFFFF_FFFF
  }

  /// Ticks that one processor has used.
  public func executedTicks(ofProcessor index: Int) -> UInt64 { processor(index).state.ticksBefore }

  /// Notes data accesses of all processors from now on, or no longer.
  public func observeAccesses(_ isOn: Bool) {
    for index in 0..<processorCount { processor(index).observeAccesses(isOn) }
  }

  /// Observed accesses of a processor since this was last asked.
  public func takeAccesses(ofProcessor index: Int) -> [ObservedAccess] { processor(index).takeAccesses() }

  /// The walk of a linear address, which changes nothing.
  public func walk(_ linear: UInt64, processor index: Int) -> PageWalk { processor(index).walkForDebugger(linear) }

  /// Delivers what waits now, so that every processor stands before the instruction that it will execute next.
  public func deliverPendingEvents() {
    platform.advance(to: VirtualTime(nanoseconds: clock))
    for index in 0..<processorCount {
      let processor = processor(index)
      processor.clearBoardAttention()
      let isAwake = processor.state.activity == .running || (processor.state.activity == .halted && processor.canWake)
      guard isAwake, exitReason == nil else { continue }
      processor.deliverPendingEvents()
      if processor.state.activity == .shutdown { stop(.tripleFault(processor.state.shutdownReason)) }
    }
  }

  /// Reads RAM at linear addresses whatever the rights; ends at the first byte that is not mapped to RAM.
  public func readLinear(_ address: UInt64, count: Int, processor index: Int) -> [UInt8] {
    var result: [UInt8] = []
    while result.count < count {
      let at = address &+ UInt64(result.count)
      let piece = min(count - result.count, 0x1000 - Int(at & 0xFFF))
      guard let physical = processor(index).physicalAddress(ofLinear: at),
        let bytes = memory.read(piece, at: physical)
      else { break }
      result += bytes
    }
    return result
  }

  /// Writes RAM at linear addresses whatever the rights; false, with nothing written, if a byte is not mapped to RAM.
  public func writeLinear(_ address: UInt64, _ bytes: [UInt8], processor index: Int) -> Bool {
    var pieces: [(PhysicalAddress, Range<Int>)] = []
    var done = 0
    while done < bytes.count {
      let at = address &+ UInt64(done)
      let piece = min(bytes.count - done, 0x1000 - Int(at & 0xFFF))
      guard let physical = processor(index).physicalAddress(ofLinear: at),
        memory.isRAM(physical, byteCount: UInt64(piece))
      else { return false }
      pieces.append((physical, done..<done + piece))
      done += piece
    }
    return pieces.allSatisfy { physical, range in writePage(physical, Array(bytes[range])) }
  }

  /// Reads RAM; ends at the first byte that is not RAM.
  public func readPhysical(_ address: UInt64, count: Int) -> [UInt8] {
    var result: [UInt8] = []
    while result.count < count {
      let at = address &+ UInt64(result.count)
      let piece = min(count - result.count, 0x1000 - Int(at & 0xFFF))
      guard let bytes = memory.read(piece, at: PhysicalAddress(at)) else { break }
      result += bytes
    }
    return result
  }

  /// Writes RAM and drops decoded code; false, with nothing written, if a byte is not RAM.
  public func writePhysical(_ address: UInt64, _ bytes: [UInt8]) -> Bool {
    guard memory.isRAM(PhysicalAddress(address), byteCount: UInt64(bytes.count)) else { return false }
    var done = 0
    while done < bytes.count {
      let at = PhysicalAddress(address &+ UInt64(done))
      let piece = min(bytes.count - done, 0x1000 - Int(at.rawValue & 0xFFF))
      guard writePage(at, Array(bytes[done..<done + piece])) else { return false }
      done += piece
    }
    return true
  }

  /// Writes within one page.
  private func writePage(_ address: PhysicalAddress, _ bytes: [UInt8]) -> Bool {
    // The cache is one for all processors.
    processor(0).dropDecodedCode(at: address, byteCount: bytes.count)
    return memory.write(bytes, at: address)
  }
}
