// The registers of a local APIC as another implementation of it has them: in the layout of xAPIC mode's page, by number,
// whatever the mode.

extension LocalAPIC {
  /// Words of the page: one for each register number.
  public static let pageWordCount = 64

  /// The registers as they are at the latest moment that the APIC was advanced to.
  public var registerPage: [UInt32] {
    var page = [UInt32](repeating: 0, count: Self.pageWordCount)
    page[Register.id] = state.id << Self.xAPICIDShift
    page[Register.version] = Self.version
    page[Register.taskPriority] = UInt32(state.taskPriority)
    page[Register.processorPriority] = UInt32(processorPriority)
    page[Register.logicalDestination] = isX2 ? x2LogicalID : state.logicalDestination
    page[Register.destinationFormat] = state.destinationFormat
    page[Register.spurious] = state.spurious
    for index in 0..<8 {
      page[Register.inService.lowerBound + index] = state.inService.word(index)
      page[Register.triggerMode.lowerBound + index] = state.triggerMode.word(index)
      page[Register.request.lowerBound + index] = state.request.word(index)
    }
    page[Register.errorStatus] = state.latchedErrors
    page[Register.commandLow] = UInt32(truncatingIfNeeded: state.command)
    page[Register.commandHigh] = UInt32(truncatingIfNeeded: state.command >> 32)
    for (index, entry) in state.vectorTable.enumerated() { page[Register.vectorTable.lowerBound + index] = entry }
    page[Register.initialCount] = state.initialCount
    page[Register.currentCount] = currentCount
    page[Register.divide] = state.divide
    return page
  }

  /// Takes over such a page; what has no register in it stays, and bits that this APIC cannot have are dropped.
  ///
  /// - Parameters:
  ///   - base: IA32_APIC_BASE.
  ///   - deadline: IA32_TSC_DEADLINE.
  ///   - moment: of the page, in nanoseconds since power-on.
  public func adopt(page: [UInt32], base: UInt64, deadline: UInt64, moment: UInt64) {
    guard page.count == Self.pageWordCount else { return }
    state.base = (base & BaseMSR.writable & ~BaseMSR.bootstrap) | (state.base & BaseMSR.bootstrap)
    state.moment = moment
    state.id = page[Register.id] >> Self.xAPICIDShift
    state.taskPriority = UInt8(truncatingIfNeeded: page[Register.taskPriority])
    if !isX2 {
      state.logicalDestination = page[Register.logicalDestination] & Self.logicalIDBits
      state.destinationFormat = page[Register.destinationFormat] | ~Self.modelBits
    }
    state.spurious = page[Register.spurious] & SVR.writable
    state.inService = VectorSet(words: Array(page[Register.inService]))
    state.triggerMode = VectorSet(words: Array(page[Register.triggerMode]))
    state.request = VectorSet(words: Array(page[Register.request]))
    state.latchedErrors = page[Register.errorStatus] & ESR.all
    state.command = UInt64(page[Register.commandHigh]) << 32 | UInt64(page[Register.commandLow])
    state.command &= ~ICR.reserved
    for index in state.vectorTable.indices {
      let kept = index == LVT.Entry.lint0.rawValue ? LVT.remoteIRR : 0
      let mask = LVT.masks[index] & ~LVT.readOnly | kept
      state.vectorTable[index] = page[Register.vectorTable.lowerBound + index] & mask
    }
    state.divide = page[Register.divide] & Self.divideBits
    adoptTimer(initial: page[Register.initialCount], current: page[Register.currentCount], deadline)
  }

  private func adoptTimer(initial: UInt32, current: UInt32, _ deadline: UInt64) {
    state.initialCount = initial
    state.deadline = usesDeadline ? deadline : 0
    state.isCounting = current != 0 && initial != 0 && !usesDeadline && timerMode != .reserved
    guard state.isCounting else { return }
    let done = UInt64(initial &- min(current, initial))
    state.timerStart = state.moment &- min(done &* divisor, state.moment)
  }
}

extension LocalAPIC.VectorSet {
  /// Makes a set from words of 32 vectors, eight at most.
  public init(words: [UInt32]) {
    self.init()
    for (index, word) in words.prefix(8).enumerated() {
      for bit in 0..<32 where word >> UInt32(bit) & 1 != 0 { self[UInt8(index * 32 + bit)] = true }
    }
  }
}
