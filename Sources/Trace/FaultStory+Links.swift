import MMU
import X86

extension FaultScene {
  private static let titles: [UInt8: String] = [
    0: "divide error", 1: "debug", 2: "non-maskable interrupt", 3: "breakpoint", 4: "overflow",
    5: "BOUND range exceeded", 6: "invalid opcode", 7: "device not available", 8: "double fault", 10: "invalid TSS",
    11: "segment not present", 12: "stack fault", 13: "general protection", 14: "page fault",
    16: "x87 floating-point error", 17: "alignment check", 18: "machine check", 19: "SIMD floating-point exception",
  ]

  /// The chain of events, each with what its rule read.
  func links() -> [FaultStory.Link] {
    var previous: UInt8?
    return events.map { event in
      defer { previous = event.vector }
      guard let exception = event.exception else {
        let kind = event.isExternal ? "external interrupt" : "software interrupt"
        return FaultStory.Link(
          vector: event.vector, title: "\(kind) \(storyHex(event.vector))", entries: [])
      }
      var title = exception.vector.mnemonic
      if exception.hasErrorCode { title += "(\(storyHex(exception.errorCode)))" }
      if let name = Self.titles[event.vector] { title += ", \(name)" }
      if exception.vector == .pageFault { title += " at \(storyHex(exception.address.rawValue))" }
      return FaultStory.Link(
        exception: exception, vector: event.vector, title: title,
        errorCode: exception.hasErrorCode ? errorText(exception) : nil,
        entries: entries(exception, previous: previous))
    }
  }

  /// An error code by its bits (SDM Vol. 3A "Error Code", "Page-Fault Exceptions").
  private func errorText(_ exception: Exception) -> String {
    let code = exception.errorCode
    if exception.vector == .pageFault {
      return ["P", "W/R", "U/S", "RSVD", "I/D"].enumerated().map { "\($0.element) \(code >> UInt32($0.offset) & 1)" }
        .joined(separator: ", ")
    }
    if code == 0 { return "no selector" }
    let external = "EXT \(code & 1)"
    if code & 2 != 0 { return "IDT vector \(storyHex(code >> 3)), \(external)" }
    if code & 0xFFFC == 0 { return "no selector, \(external)" }
    return "selector \(storyHex(code & 0xFFFC)) of the \(code & 4 != 0 ? "LDT" : "GDT"), \(external)"
  }

  /// What an exception's rule read, the entry that it objects to last.
  private func entries(_ exception: Exception, previous: UInt8?) -> [FaultStory.Entry] {
    if exception.vector == .pageFault { return pagingEntries(exception) }
    guard exception.hasErrorCode, exception.vector != .doubleFault, exception.vector != .alignmentCheck else {
      return []
    }
    var result: [FaultStory.Entry] = []
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

  private func gate(_ vector: UInt32, isCause: Bool) -> FaultStory.Entry {
    let name = "IDT entry \(storyHex(vector))"
    let size: UInt64 = isLongMode ? 16 : 8
    let offset = UInt64(vector) &* size
    guard offset &+ size &- 1 <= UInt64(state.idtr.limit) else {
      return outside(name, offset, size, UInt64(state.idtr.limit), isCause: isCause)
    }
    let address = state.idtr.base &+ offset
    guard let value = read(8, at: address) else { return unreadable(name, address, isCause: isCause) }
    let high = isLongMode ? read(8, at: address &+ 8) : 0
    return FaultStory.Entry(
      name: name, address: address, isPhysical: false, value: value,
      meaning: StoryDecoding.gate(value, high: high ?? 0, isLongMode: isLongMode), isCause: isCause)
  }

  private func descriptor(_ selector: UInt16) -> FaultStory.Entry {
    let isLocal = selector & 4 != 0
    let name = "\(isLocal ? "LDT" : "GDT") descriptor \(storyHex(selector & 0xFFF8))"
    let offset = UInt64(selector & 0xFFF8)
    if isLocal && state.ldtr.isUnusable {
      return FaultStory.Entry(
        name: name, isPhysical: false, value: 0, meaning: "LDTR is unusable", isCause: true)
    }
    let limit = isLocal ? UInt64(state.ldtr.limit) : UInt64(state.gdtr.limit)
    guard offset &+ 7 <= limit else { return outside(name, offset, 8, limit, isCause: true) }
    let address = (isLocal ? state.ldtr.base : state.gdtr.base) &+ offset
    guard let value = read(8, at: address) else { return unreadable(name, address, isCause: true) }
    return FaultStory.Entry(
      name: name, address: address, isPhysical: false, value: value,
      meaning: StoryDecoding.descriptor(value, isLongMode: isLongMode), isCause: true)
  }

  /// The slot of the TSS that a rule about stacks read.
  private func taskEntry(_ reason: FaultReason) -> FaultStory.Entry? {
    switch reason {
    case .stackTableLimit, .stackTableNonCanonical, .innerStackLimit, .innerStackNonCanonical, .innerStackNull,
      .ioMapAbsent, .ioMapLimit, .ioMapBit:
      FaultStory.Entry(
        name: "TSS \(storyHex(state.tr.selector))", address: state.tr.base, isPhysical: false,
        value: UInt64(state.tr.limit), meaning: "limit \(storyHex(state.tr.limit))", isCause: true)
    default: nil
    }
  }

  private func outside(
    _ name: String, _ offset: UInt64, _ size: UInt64, _ limit: UInt64, isCause: Bool
  ) -> FaultStory.Entry {
    FaultStory.Entry(
      name: name, isPhysical: false, value: 0,
      meaning: "bytes \(storyHex(offset)) to \(storyHex(offset &+ size &- 1)) lie beyond the limit \(storyHex(limit))",
      isCause: isCause)
  }

  private func unreadable(_ name: String, _ address: UInt64, isCause: Bool) -> FaultStory.Entry {
    FaultStory.Entry(
      name: name, isPhysical: false, value: 0, meaning: "\(storyHex(address)) cannot be read", isCause: isCause)
  }

  /// The walk that ended in a page fault, by the entries as they stand now.
  private func pagingEntries(_ exception: Exception) -> [FaultStory.Entry] {
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
      return FaultStory.Entry(
        name: StoryDecoding.levelName(step.level), address: isRegister ? nil : step.address.rawValue,
        isPhysical: true, value: step.value,
        meaning: StoryDecoding.page(step, isLeaf: isLast && walk.pageShift != 0), isCause: isCause)
    }
  }
}

/// Table entries in words.
enum StoryDecoding {
  static func levelName(_ level: UInt8) -> String {
    switch level {
    case 5: "PML5E"
    case 4: "PML4E"
    case 3: "PDPTE"
    case 2: "PDE"
    default: "PTE"
    }
  }

  /// The bits of a paging entry by the manual's names.
  static func page(_ step: PageWalkStep, isLeaf: Bool) -> String {
    let value = step.value
    guard value & 1 != 0 else { return "P 0" }
    var parts = ["P 1", "R/W \(value >> 1 & 1)", "U/S \(value >> 2 & 1)", "A \(value >> 5 & 1)"]
    if isLeaf { parts.append("D \(value >> 6 & 1)") }
    if step.level > 1 { parts.append("PS \(value >> 7 & 1)") }
    if step.entryByteCount == 8 { parts.append("XD \(value >> 63)") }
    let address = value & (step.entryByteCount == 8 ? 0x000F_FFFF_FFFF_F000 : 0xFFFF_F000)
    return (parts + ["address \(storyHex(address))"]).joined(separator: ", ")
  }

  static func gate(_ value: UInt64, high: UInt64, isLongMode: Bool) -> String {
    let type = value >> 40 & 31
    let kind: String =
      switch type {
      case 5 where !isLongMode: "task gate"
      case 6 where !isLongMode: "16-bit interrupt gate"
      case 7 where !isLongMode: "16-bit trap gate"
      case 14: isLongMode ? "64-bit interrupt gate" : "32-bit interrupt gate"
      case 15: isLongMode ? "64-bit trap gate" : "32-bit trap gate"
      default: "no gate: S and type \(storyHex(type))"
      }
    var offset = value & 0xFFFF | value >> 32 & 0xFFFF_0000
    if isLongMode { offset |= high << 32 }
    var parts = [kind, "to \(storyHex(value >> 16 & 0xFFFF)):\(storyHex(offset))"]
    if isLongMode { parts.append("IST \(value >> 32 & 7)") }
    return (parts + ["DPL \(value >> 45 & 3)", "P \(value >> 47 & 1)"]).joined(separator: ", ")
  }

  static func descriptor(_ value: UInt64, isLongMode: Bool) -> String {
    let segment = SegmentState(selector: 0, descriptor: value)
    let type = segment.type
    var parts: [String]
    if segment.isCode {
      let bits = segment.isLong ? "64" : segment.isDefault32 ? "32" : "16"
      parts = [segment.isLong && segment.isDefault32 ? "code, L 1, D 1" : "\(bits)-bit code"]
      parts.append(type & 2 != 0 ? "readable" : "execute-only")
      if segment.isConforming { parts.append("conforming") }
    } else if segment.isCodeOrData {
      parts = ["data", type & 2 != 0 ? "writable" : "read-only"]
      if type & 4 != 0 { parts.append("expand-down") }
    } else {
      parts = [systemName(type, isLongMode: isLongMode)]
    }
    parts += ["base \(storyHex(segment.base))", "limit \(storyHex(segment.limit))"]
    return (parts + ["DPL \(segment.descriptorPrivilegeLevel)", "P \(segment.isPresent ? 1 : 0)"])
      .joined(separator: ", ")
  }

  private static func systemName(_ type: UInt32, isLongMode: Bool) -> String {
    switch type {
    case 1 where !isLongMode: "available 16-bit TSS"
    case 2: "LDT"
    case 3 where !isLongMode: "busy 16-bit TSS"
    case 4 where !isLongMode: "16-bit call gate"
    case 5 where !isLongMode: "task gate"
    case 9: "available TSS"
    case 11: "busy TSS"
    case 12: "call gate"
    default: "system type \(storyHex(type))"
    }
  }
}
