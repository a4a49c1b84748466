import MMU
import X86
import X86Decoder

/// What causes a hardware task switch.
enum TaskSwitchCause {
  case jump
  case call
  /// Through a task gate of the IDT, with the EXT bit of error codes.
  case interrupt(UInt32)
  case interruptReturn
}

extension Processor {
  /// Switches to another task (legacy protected mode).
  ///
  /// - SDM: Vol. 3A "Task Switching".
  ///
  /// - Parameter imageFlags: the flags to save, where an event changes them.
  func switchTask(_ selector: UInt16, _ cause: TaskSwitchCause, imageFlags: UInt64? = nil) throws(Exception) {
    var external: UInt32 = 0
    var isReturn = false
    var isNested = false
    switch cause {
    case .jump: break
    case .call: isNested = true
    case .interrupt(let bit):
      external = bit
      isNested = true
    case .interruptReturn: isReturn = true
    }
    let fault: ExceptionVector = isReturn ? .invalidTSS : .generalProtection
    guard selector & 4 == 0 else {
      throw Exception(fault, errorCode: code(selector) | external, reason: .taskLinkLocal)
    }
    let entry = try readDescriptor(selector, fault, external: external)
    let wanted: Set<UInt32> = isReturn ? [3, 11] : [1, 9]
    guard wanted.contains(entry.systemType) else {
      throw Exception(
        fault, errorCode: code(selector) | external, reason: Self.taskReason(entry.systemType))
    }
    guard entry.isPresent else { throw .segmentNotPresent(code(selector) | external, .taskNotPresent) }
    var new = entry.segment
    let is32 = new.type & 8 != 0
    guard new.limit >= (is32 ? 0x67 : 0x2B) else { throw .invalidTSS(code(selector) | external, .taskLimit) }
    let old = state.tr
    let image = try readTask(new.base, is32: is32)
    try saveTask(old, flags: (imageFlags ?? rflags) & ~(isReturn ? RFLAGS.nestedTask : 0))
    if !isNested { try setBusy(false, old.selector) }
    if isNested { try storeSystem(new.base, old.selector) }
    if !isReturn { try setBusy(true, selector) }
    // From here on faults belong to the new task.
    new.selector = selector
    new.attributes |= 2
    state.tr = new
    state.paging.cr0 |= CR0.taskSwitched
    if is32, state.paging.isPaging, image.cr3 != state.paging.cr3 {
      state.paging.cr3 = image.cr3
      flushTranslations(keepsGlobal: true)
      if state.paging.cr4 & CR4.physicalAddressExtension != 0 { _ = loadPDPTEs(image.cr3) }
    }
    for index in 0..<8 { unsafe registers[index] = image.registers[index] }
    rflags = image.flags | (isNested ? RFLAGS.nestedTask : 0)
    state.rip = image.rip
    state.nextRIP = image.rip
    state.dr7 &= ~0x55
    try loadTaskSegments(image, external)
    if image.trapOnSwitch {
      state.pendingDebug |= 1 << 15
      state.attention |= Attention.debugTrap
    }
    updateMode()
  }

  private struct TaskImage {
    var cr3: UInt64 = 0
    var rip: UInt64 = 0
    var flags: UInt64 = 2
    var registers = [UInt64](repeating: 0, count: 8)
    /// ES CS SS DS FS GS.
    var segments = [UInt16](repeating: 0, count: 6)
    var ldt: UInt16 = 0
    var trapOnSwitch = false
  }

  private func readTask(_ base: UInt64, is32: Bool) throws(Exception) -> TaskImage {
    var image = TaskImage()
    if is32 {
      image.cr3 = UInt64(try loadSystem(base &+ 0x1C, as: UInt32.self))
      image.rip = UInt64(try loadSystem(base &+ 0x20, as: UInt32.self))
      image.flags = UInt64(try loadSystem(base &+ 0x24, as: UInt32.self))
      for index in 0..<8 {
        image.registers[index] = UInt64(try loadSystem(base &+ 0x28 &+ UInt64(index) * 4, as: UInt32.self))
      }
      for index in 0..<6 { image.segments[index] = try loadSystem(base &+ 0x48 &+ UInt64(index) * 4, as: UInt16.self) }
      image.ldt = try loadSystem(base &+ 0x60, as: UInt16.self)
      image.trapOnSwitch = try loadSystem(base &+ 0x64, as: UInt16.self) & 1 != 0
    } else {
      image.rip = UInt64(try loadSystem(base &+ 0x0E, as: UInt16.self))
      image.flags = UInt64(try loadSystem(base &+ 0x10, as: UInt16.self))
      for index in 0..<8 {
        // The upper halves are not kept: all ones.
        image.registers[index] =
          0xFFFF_0000 | UInt64(try loadSystem(base &+ 0x12 &+ UInt64(index) * 2, as: UInt16.self))
      }
      for index in 0..<4 { image.segments[index] = try loadSystem(base &+ 0x22 &+ UInt64(index) * 2, as: UInt16.self) }
      image.ldt = try loadSystem(base &+ 0x2A, as: UInt16.self)
    }
    return image
  }

  private func saveTask(_ task: SegmentState, flags: UInt64) throws(Exception) {
    let base = task.base
    if task.type & 8 != 0 {
      try storeSystem(base &+ 0x20, UInt32(truncatingIfNeeded: state.nextRIP))
      try storeSystem(base &+ 0x24, UInt32(truncatingIfNeeded: flags))
      for index in 0..<8 {
        try storeSystem(base &+ 0x28 &+ UInt64(index) * 4, UInt32(truncatingIfNeeded: unsafe registers[index]))
      }
      for index in 0..<6 { try storeSystem(base &+ 0x48 &+ UInt64(index) * 4, state.segments[index].selector) }
    } else {
      try storeSystem(base &+ 0x0E, UInt16(truncatingIfNeeded: state.nextRIP))
      try storeSystem(base &+ 0x10, UInt16(truncatingIfNeeded: flags))
      for index in 0..<8 {
        try storeSystem(base &+ 0x12 &+ UInt64(index) * 2, UInt16(truncatingIfNeeded: unsafe registers[index]))
      }
      for index in 0..<4 { try storeSystem(base &+ 0x22 &+ UInt64(index) * 2, state.segments[index].selector) }
    }
  }

  private func setBusy(_ isBusy: Bool, _ selector: UInt16) throws(Exception) {
    let address = state.gdtr.base &+ UInt64(selector & 0xFFF8) &+ 5
    let byte = try loadSystem(address, as: UInt8.self)
    try storeSystem(address, isBusy ? byte | 2 : byte & ~2)
  }

  private func loadTaskSegments(_ image: TaskImage, _ external: UInt32) throws(Exception) {
    state.ldtr = nullSegment(image.ldt)
    let isVirtual = image.flags & RFLAGS.virtual8086 != 0
    let newLevel: UInt8 = isVirtual ? 3 : UInt8(image.segments[1] & 3)
    if image.ldt & 0xFFFC != 0 {
      let entry = try readDescriptor(image.ldt, .invalidTSS, external: external)
      guard image.ldt & 4 == 0, entry.systemType == 2, entry.isPresent else {
        throw .invalidTSS(code(image.ldt) | external, .taskLDTInvalid)
      }
      state.ldtr = entry.segment
    }
    state.cpl = newLevel
    if isVirtual {
      for register in SegmentRegister.allCases { loadRealSegment(register, image.segments[Int(register.rawValue)]) }
      return
    }
    // Until each is loaded, nothing may be used through the old task's segments.
    for index in 0..<6 { state.segments[index].selector = image.segments[index] }
    for index in [0, 3, 4, 5] { state.segments[index].attributes = SegmentState.unusable }
    let codeSelector = image.segments[1]
    guard codeSelector & 0xFFFC != 0 else { throw .invalidTSS(external, .nullCodeSelector) }
    var entry = try readDescriptor(codeSelector, .invalidTSS, external: external)
    let segment = entry.segment
    guard segment.isCode,
      segment.isConforming
        ? segment.descriptorPrivilegeLevel <= newLevel : segment.descriptorPrivilegeLevel == newLevel
    else {
      throw .invalidTSS(code(codeSelector) | external, segment.isCode ? .taskCodePrivilege : .notCodeSegment)
    }
    guard segment.isPresent else { throw .segmentNotPresent(code(codeSelector) | external, .codeNotPresent) }
    try setAccessed(&entry)
    state.segments[.cs] = entry.segment
    for register in [SegmentRegister.ss, .es, .ds, .fs, .gs] {
      let selector = image.segments[Int(register.rawValue)]
      do throws(Exception) { try loadSegment(register, selector) } catch {
        // Wrong segments of a task are #TS; absent ones keep their own vector.
        throw error.vector == .generalProtection ? .invalidTSS(error.errorCode | external, error.reason) : error
      }
    }
    try checkTarget(image.rip, in: state.segments[.cs])
  }
}
