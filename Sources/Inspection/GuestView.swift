public import MMU
public import X86

extension PagingState {
  /// The registers of a state that decide about paging.
  ///
  /// - Parameters:
  ///   - state: the processor's.
  ///   - physicalAddressBits: MAXPHYADDR, 36 to 52.
  public init(_ state: ArchitecturalState, physicalAddressBits: UInt64 = 40) {
    self.init()
    cr0 = state.cr0
    cr3 = state.cr3
    cr4 = state.cr4
    efer = state.efer
    for index in 0..<min(4, state.pdpte.count) { pdpte[index] = state.pdpte[index] }
    pkru = state.pkru
    self.physicalAddressBits = min(max(physicalAddressBits, 36), 52)
  }
}

/// A processor's state beside guest RAM: reads linear addresses and leaves both as they are.
///
/// The address is translated as for a supervisor read, without setting accessed flags. A closed A20 gate is not seen.
public struct GuestView {
  /// The processor.
  public let state: ArchitecturalState
  /// Guest RAM.
  public let memory: GuestMemory
  /// The registers that decide about paging.
  public let paging: PagingState

  /// Makes a view.
  ///
  /// - Parameters:
  ///   - state: the processor's.
  ///   - memory: guest RAM.
  ///   - physicalAddressBits: MAXPHYADDR, 36 to 52.
  public init(_ state: ArchitecturalState, _ memory: GuestMemory, physicalAddressBits: UInt64 = 40) {
    self.state = state
    self.memory = memory
    paging = PagingState(state, physicalAddressBits: physicalAddressBits)
  }

  /// EFER.LMA.
  public var isLongMode: Bool { paging.isLongMode }
  /// CR0.PE.
  public var isProtected: Bool { state.cr0 & CR0.protectionEnable != 0 }

  /// Where a linear address stands in physical memory, or nil if a supervisor may not read it.
  public func translate(_ linear: UInt64) -> UInt64? {
    let linear = isLongMode ? linear : linear & 0xFFFF_FFFF
    guard !isLongMode || paging.isCanonical(linear) else { return nil }
    let walk = paging.withoutKeys.walk(
      linear, AccessIntent(isWrite: false, isUser: false), memory.physical, setsAccessedAndDirty: false)
    return walk.fault == nil ? walk.physical : nil
  }

  /// Reads bytes at a linear address; nil if any of them is not mapped or not RAM.
  ///
  /// - Parameter count: bytes, at most 1 MiB.
  public func read(_ count: Int, at linear: UInt64) -> [UInt8]? {
    guard count >= 0, count <= 1 << 20 else { return nil }
    var result: [UInt8] = []
    result.reserveCapacity(count)
    while result.count < count {
      let at = linear &+ UInt64(result.count)
      let chunk = min(count - result.count, 0x1000 - Int(at & 0xFFF))
      guard let physical = translate(at), let bytes = memory.read(chunk, at: PhysicalAddress(physical)) else {
        return nil
      }
      result += bytes
    }
    return result
  }

  /// A little-endian number of 1 to 8 bytes at a linear address.
  package func number(_ byteCount: Int, at linear: UInt64) -> UInt64? {
    read(byteCount, at: linear)?.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
