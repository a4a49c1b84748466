public import Interpreter
public import MMU
public import X86

extension Machine {
  /// Changes the state of a processor; what `state(ofProcessor:)` does not show stays.
  public func setState(_ state: ArchitecturalState, ofProcessor index: Int) { processor(index).adopt(state) }

  /// Linear address of the next instruction of a processor.
  public func linearInstructionPointer(ofProcessor index: Int) -> UInt64 { processor(index).linearInstructionPointer }

  /// The processor that executes next.
  public var currentProcessor: Int { turn.index }

  /// The instructions that a processor is about to execute, `count` at most, as they follow one another in memory.
  public func upcomingInstructions(_ count: Int, ofProcessor index: Int) -> [UpcomingInstruction] {
    processor(index).upcomingInstructions(count)
  }

  /// Ticks that one processor has used.
  public func executedTicks(ofProcessor index: Int) -> UInt64 { processor(index).state.ticksBefore }

  /// The watchpoints.
  public var watchpoints: [WatchedRange] { processor(0).watchpoints }

  /// Replaces the watchpoints, ranges of linear addresses for all processors: `run` comes back after an instruction
  /// that touched one. What the guest computes stays the same.
  ///
  /// The processor's reads of tables do not count, nor do accesses of instructions that raise an exception.
  public func setWatchpoints(_ ranges: [WatchedRange]) {
    guard ranges != watchpoints else { return }
    for index in 0..<processorCount { processor(index).setWatchpoints(ranges) }
  }

  /// The processor that is in shutdown, if one is.
  public var processorInShutdown: Int? {
    (0..<processorCount).first { processor($0).state.activity == .shutdown }
  }

  /// The walk of a linear address, which changes nothing.
  public func walk(_ linear: UInt64, processor index: Int) -> PageWalk { processor(index).walkForDebugger(linear) }

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

  /// Where a range of linear addresses lies, page by page; nil if a byte is not mapped to RAM.
  public func physicalPieces(_ address: UInt64, count: Int, processor index: Int) -> [(UInt64, Range<Int>)]? {
    var pieces: [(UInt64, Range<Int>)] = []
    var done = 0
    while done < count {
      let at = address &+ UInt64(done)
      let piece = min(count - done, 0x1000 - Int(at & 0xFFF))
      guard let physical = processor(index).physicalAddress(ofLinear: at),
        memory.isRAM(physical, byteCount: UInt64(piece))
      else { return nil }
      pieces.append((physical.rawValue, done..<done + piece))
      done += piece
    }
    return pieces
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
