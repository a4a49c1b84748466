public import MMU
public import X86

extension Processor {
  /// Linear address of the next instruction.
  public var linearInstructionPointer: UInt64 {
    is64Bit ? state.rip : (state.segments[.cs].base &+ state.rip) & 0xFFFF_FFFF
  }

  /// Where a linear address goes, whatever the page's rights and without touching A, D or the TLB; nil if unmapped.
  public func physicalAddress(ofLinear linear: UInt64) -> PhysicalAddress? {
    guard isLongMode ? state.paging.isCanonical(linear) : linear >> 32 == 0 else { return nil }
    let intent = AccessIntent(isWrite: false, isUser: false)
    let walk = state.paging.withoutKeys.walk(linear, intent, memory, setsAccessedAndDirty: false)
    return walk.fault == nil ? PhysicalAddress(walk.physical) : nil
  }

  /// Every entry that the walk of a linear address reads, from the top down, and what came of it.
  public func walkForDebugger(_ linear: UInt64) -> PageWalk {
    state.paging.withoutKeys.walk(
      linear, AccessIntent(isWrite: false, isUser: false), memory, setsAccessedAndDirty: false)
  }

  /// Drops decoded code that overlaps a range within one page, since its bytes were changed from outside.
  public func dropDecodedCode(at address: PhysicalAddress, byteCount: Int) {
    let offset = memory.offset(of: address.rawValue)
    guard offset != PhysicalMemory.nowhere, memory.hasCode(offset) else { return }
    cache.invalidate(offset, byteCount: byteCount)
  }

  /// Takes over a state that was exported and changed: what the export leaves out stays.
  public func adopt(_ new: ArchitecturalState) {
    let msrs = state.msrs
    let mask = new.cr8 & 15
    let isRepeating = state.isRepeating && new.rip == state.rip
    let restored = lastRestore
    restore(new)
    lastRestore = restored
    state.msrs = msrs
    for (number, value) in new.msrs { _ = writeMSR(number, value) }
    bus.setTaskPriority(UInt8(truncatingIfNeeded: mask), processor: state.index)
    state.isRepeating = isRepeating
  }
}
