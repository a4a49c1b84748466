import Inspection
import MMU
import TextForms
import X86

extension FaultScene {
  private static let titles: [UInt8: String] = [
    0: "divide error", 1: "debug", 2: "non-maskable interrupt", 3: "breakpoint", 4: "overflow",
    5: "BOUND range exceeded", 6: "invalid opcode", 7: "device not available", 8: "double fault", 10: "invalid TSS",
    11: "segment not present", 12: "stack fault", 13: "general protection", 14: "page fault",
    16: "x87 floating-point error", 17: "alignment check", 18: "machine check", 19: "SIMD floating-point exception",
  ]

  /// The chain of events, each with what its rule read.
  func links() -> [FaultReport.Link] {
    var previous: UInt8?
    return events.indices.map { index in
      let event = events[index]
      defer { previous = event.vector }
      guard let exception = event.exception else {
        let kind = event.isExternal ? "external interrupt" : "software interrupt"
        let title = "\(kind) \(Text.hex(event.vector))" + (event.origin.map { " (\($0))" } ?? "")
        return FaultReport.Link(
          vector: event.vector, title: title, origin: event.origin, entries: [], stack: stack(ofEvent: index))
      }
      var title = exception.vector.mnemonic
      if exception.hasErrorCode { title += "(\(Text.hex(exception.errorCode)))" }
      if let name = Self.titles[event.vector] { title += ", \(name)" }
      if exception.vector == .pageFault { title += " at \(Text.hex(exception.address.rawValue))" }
      return FaultReport.Link(
        exception: exception, vector: event.vector, title: title,
        errorCode: exception.hasErrorCode ? errorText(exception) : nil,
        entries: entries(exception, previous: previous), stack: stack(ofEvent: index))
    }
  }

  /// An error code by its bits (SDM Vol. 3A "Error Code", "Page-Fault Exceptions").
  private func errorText(_ exception: Exception) -> String {
    let code = exception.errorCode
    if exception.vector == .pageFault {
      let names = ["P", "W/R", "U/S", "RSVD", "I/D"] + (paging.hasProtectionKeys ? ["PK"] : [])
      return names.enumerated().map { "\($0.element) \(code >> UInt32($0.offset) & 1)" }.joined(separator: ", ")
    }
    if code == 0 { return "no selector" }
    let external = "EXT \(code & 1)"
    if code & 2 != 0 { return "IDT vector \(Text.hex(code >> 3)), \(external)" }
    if code & 0xFFFC == 0 { return "no selector, \(external)" }
    return "selector \(Text.hex(code & 0xFFFC)) of the \(code & 4 != 0 ? "LDT" : "GDT"), \(external)"
  }

  /// What an exception's rule read, the entry that it objects to last.
  private func entries(_ exception: Exception, previous: UInt8?) -> [FaultReport.Entry] {
    if exception.vector == .pageFault { return pagingEntries(exception) }
    guard exception.hasErrorCode, exception.vector != .doubleFault, exception.vector != .alignmentCheck else {
      return []
    }
    var result: [FaultReport.Entry] = []
    let code = exception.errorCode
    if code & 2 != 0 {
      result.append(gate(code >> 3, isCause: true))
    } else {
      // The gate that led to the selector.
      if let previous, isProtected { result.append(gate(UInt32(previous), isCause: code & 0xFFFC == 0)) }
      if code & 0xFFFC != 0 { result.append(descriptor(UInt16(truncatingIfNeeded: code & 0xFFFC))) }
    }
    if let task = taskEntry(exception.reason) { result.append(task) }
    return result
  }

  private func gate(_ vector: UInt32, isCause: Bool) -> FaultReport.Entry {
    let name = "IDT entry \(Text.hex(vector))"
    let size: UInt64 = isLongMode ? 16 : 8
    let offset = UInt64(vector) &* size
    guard offset &+ size &- 1 <= UInt64(state.idtr.limit) else {
      return outside(name, offset, size, UInt64(state.idtr.limit), isCause: isCause)
    }
    let address = state.idtr.base &+ offset
    guard let value = read(8, at: address) else { return unreadable(name, address, isCause: isCause) }
    let high = isLongMode ? read(8, at: address &+ 8) : 0
    return FaultReport.Entry(
      name: name, address: address, isPhysical: false, value: value,
      meaning: Gate(value, high: high ?? 0, isLongMode: isLongMode).description, isCause: isCause)
  }

  func descriptor(_ selector: UInt16) -> FaultReport.Entry {
    let isLocal = selector & 4 != 0
    let name = "\(isLocal ? "LDT" : "GDT") descriptor \(Text.hex(selector & 0xFFF8))"
    let offset = UInt64(selector & 0xFFF8)
    if isLocal && state.ldtr.isUnusable {
      return FaultReport.Entry(
        name: name, isPhysical: false, value: 0, meaning: "LDTR is unusable", isCause: true)
    }
    let limit = isLocal ? UInt64(state.ldtr.limit) : UInt64(state.gdtr.limit)
    guard offset &+ 7 <= limit else { return outside(name, offset, 8, limit, isCause: true) }
    let address = (isLocal ? state.ldtr.base : state.gdtr.base) &+ offset
    guard let value = read(8, at: address) else { return unreadable(name, address, isCause: true) }
    let isWide = Descriptor.isWide(value, isLongMode: isLongMode)
    let high = isWide && offset &+ 15 <= limit ? read(8, at: address &+ 8) : nil
    return FaultReport.Entry(
      name: name, address: address, isPhysical: false, value: value,
      meaning: Descriptor(value, high: high ?? 0, isLongMode: isLongMode).description, isCause: true)
  }

  /// The slot of the TSS that a rule about stacks read.
  private func taskEntry(_ reason: FaultReason) -> FaultReport.Entry? {
    switch reason {
    case .stackTableLimit, .stackTableNonCanonical, .innerStackLimit, .innerStackNonCanonical, .innerStackNull,
      .ioMapAbsent, .ioMapLimit, .ioMapBit:
      FaultReport.Entry(
        name: "TSS \(Text.hex(state.tr.selector))", address: state.tr.base, isPhysical: false,
        value: UInt64(state.tr.limit),
        meaning: "limit \(Text.hex(state.tr.limit))" + (isTaskRegisterNull ? "; \(Self.nullTaskRegister)" : ""),
        isCause: true)
    default: nil
    }
  }

  func outside(
    _ name: String, _ offset: UInt64, _ size: UInt64, _ limit: UInt64, isCause: Bool
  ) -> FaultReport.Entry {
    FaultReport.Entry(
      name: name, isPhysical: false, value: 0,
      meaning: "bytes \(Text.hex(offset)) to \(Text.hex(offset &+ size &- 1)) lie beyond the limit \(Text.hex(limit))",
      isCause: isCause)
  }

  private func unreadable(_ name: String, _ address: UInt64, isCause: Bool) -> FaultReport.Entry {
    FaultReport.Entry(
      name: name, isPhysical: false, value: 0, meaning: "\(Text.hex(address)) cannot be read", isCause: isCause)
  }

  /// The walk that ended in a page fault, by the entries as they stand now.
  private func pagingEntries(_ exception: Exception) -> [FaultReport.Entry] {
    let code = exception.errorCode
    let intent = AccessIntent(
      isWrite: code & PageFaultCode.write != 0, isFetch: code & PageFaultCode.fetch != 0,
      isUser: code & PageFaultCode.user != 0)
    let paging = self.paging
    let linear = exception.address.rawValue
    let walk =
      walks.last { $0.linear == linear && $0.walk.fault == code }?.walk
      ?? paging.walk(linear, intent, memory.physical, setsAccessedAndDirty: false)
    return (0..<walk.stepCount).map { index in
      let step = walk.steps[index]
      let isLast = index == walk.stepCount - 1
      let isCause: Bool =
        switch exception.reason {
        case .pageSupervisorOnly: step.value & 4 == 0
        case .pageReadOnly, .pageWriteProtected: step.value & 2 == 0
        case .pageNoExecute: step.value >> 63 != 0
        default: isLast
        }
      let isRegister = step.address.rawValue == .max
      let entry = PageEntry(step.value, level: step.level, paging)
      return FaultReport.Entry(
        name: entry.name, address: isRegister ? nil : step.address.rawValue, isPhysical: true, value: step.value,
        meaning: entry.bitText + (code & PageFaultCode.protectionKey == 0 ? "" : keyText(entry)), isCause: isCause)
    }
  }

  /// What PKRU says of the key that refused the access; empty for an entry without a key.
  private func keyText(_ entry: PageEntry) -> String {
    guard let key = entry.protectionKey else { return "" }
    func bit(_ mask: UInt32) -> Int { state.pkru & mask != 0 ? 1 : 0 }
    return "; PKRU \(Text.hex(UInt64(state.pkru))) for key \(key): "
      + "AD \(bit(ProtectionKeyRights.accessDisable(key))), WD \(bit(ProtectionKeyRights.writeDisable(key)))"
  }
}
