import MMU
import X86
import X86Decoder

/// An instruction that crosses the border of a page, as it was decoded last: only a memory of what the decoder said.
struct CrossingSlot {
  var rip: UInt64 = 0
  var mode: UInt8 = .max
  var bytes = InstructionBytes()
  var instruction = Instruction()

  static let count = 64
}

/// Bytes at RIP.
struct InstructionBytes {
  var storage: InlineArray<15, UInt8> = InlineArray(repeating: 0)

  /// Whether so many bytes from a place on are those of another one.
  func isEqual(_ other: borrowing InstructionBytes, _ range: Range<Int>) -> Bool {
    for index in range where storage[index] != other.storage[index] { return false }
    return true
  }
}

extension Processor {
  /// Fetches and decodes the instruction at RIP with every check: page borders, faults, limits, code outside RAM.
  ///
  /// - Throws: what the fetch or the decoding raises.
  func fetchInstruction() throws(Exception) -> Instruction {
    guard let mode = DecodeMode(rawValue: state.decodeMode) else { throw .invalidOpcode(.invalidEncoding) }
    var bytes = InstructionBytes()
    var instruction = Instruction()
    let rip = state.rip
    let slot = unsafe crossings + Int(truncatingIfNeeded: rip >> 12) & (CrossingSlot.count - 1)
    var count = 0
    while count < 15 {
      let border = count
      count += try fetchBytes(at: count, into: &bytes)
      // What the decoder found behind these bytes the last time, it will find again.
      if unsafe slot.pointee.rip == rip && slot.pointee.mode == mode.rawValue, !state.isObserved {
        let length = unsafe Int(slot.pointee.instruction.length)
        if unsafe bytes.isEqual(slot.pointee.bytes, border..<min(count, length)) {
          if count >= length { return unsafe slot.pointee.instruction }
          // All of them are needed: the next page is.
          continue
        }
        unsafe slot.pointee.mode = .max
      }
      let failure = unsafe withUnsafePointer(to: &bytes) { pointer in
        unsafe pointer.withMemoryRebound(to: UInt8.self, capacity: 15) { start in
          unsafe decoder.decode(start, count: count, mode: mode, into: &instruction)
        }
      }
      switch failure {
      case nil:
        if state.isObserved { log?.instruction = instruction }
        if border != 0, !state.isObserved {
          unsafe slot.pointee = CrossingSlot(rip: rip, mode: mode.rawValue, bytes: bytes, instruction: instruction)
        }
        return instruction
      case .invalidOpcode:
        noteNewerInstruction(mode)
        throw .invalidOpcode(.invalidEncoding)
      case .tooLong: throw .generalProtection(.instructionTooLong)
      case .truncated: continue
      }
    }
    throw .generalProtection(.instructionTooLong)
  }

  /// Reads bytes behind those that have been fetched: in RAM those up to the end of the page, else one.
  ///
  /// An observed processor logs the bytes that the decoder asked for, one by one.
  ///
  /// - Returns: how many; at least 1.
  private func fetchBytes(at count: Int, into bytes: inout InstructionBytes) throws(Exception) -> Int {
    let offset = state.rip &+ UInt64(count)
    let address: UInt64
    var available = 15 - count
    if is64Bit {
      address = offset
      guard state.paging.isCanonical(address) else { throw .generalProtection(.nonCanonicalFetch) }
    } else {
      let limit = UInt64(state.segments[.cs].limit)
      guard offset <= limit else { throw .generalProtection(.fetchLimit) }
      available = min(available, Int(truncatingIfNeeded: min(limit - offset, 15)) + 1)
      address = (state.segments[.cs].base &+ offset) & 0xFFFF_FFFF
    }
    guard let place = fetchOffset(address) else {
      bytes.storage[count] = try fetchExactly(address, isFirst: count == 0)
      if state.isObserved { log?.bytes.append(bytes.storage[count]) }
      return 1
    }
    available = state.isObserved ? 1 : min(available, Int(0x1000 - (address & 0xFFF)))
    for index in 0..<available {
      bytes.storage[count + index] = memory.load(place &+ UInt64(index), as: UInt8.self)
    }
    if state.isObserved { log?.bytes.append(bytes.storage[count]) }
    return available
  }

  /// A byte whose page faults or is no RAM.
  private func fetchExactly(_ address: UInt64, isFirst: Bool) throws(Exception) -> UInt8 {
    let intent = AccessIntent(isWrite: false, isFetch: true, isUser: state.cpl == 3)
    let walk = state.paging.walk(address, intent, memory, setsAccessedAndDirty: true)
    if state.isObserved, isFirst || address & 0xFFF == 0 { log?.note(walk, address, intent) }
    if let code = walk.fault { throw .pageFault(code, at: LinearAddress(address), walk.reason) }
    let offset = memory.offset(of: walk.physical)
    return offset == PhysicalMemory.nowhere
      ? UInt8(truncatingIfNeeded: bus.readPhysical(PhysicalAddress(walk.physical), width: 1, processor: state.index))
      : memory.load(offset, as: UInt8.self)
  }
}
