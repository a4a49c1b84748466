import Inspection
import MMU
import TextForms
import X86

extension FaultScene {
  static let nullTaskRegister = "TR is null: LTR never ran"

  var isTaskRegisterNull: Bool { state.tr.selector & 0xFFFC == 0 }

  /// The stack that the delivery of an event pushes to; nil if it does not come so far.
  ///
  /// - SDM: Vol. 3A "Interrupt Stack Table", "Stack Switching in IA-32e Mode", "Exception- or Interrupt-Handler
  ///   Procedures".
  func stack(ofEvent index: Int) -> FaultReport.Entry? {
    let next = index + 1 < events.count ? events[index + 1] : nil
    // What made a double fault was not delivered, nor was what shut the processor down.
    if next?.exception?.vector == .doubleFault { return nil }
    if next == nil {
      guard case .handler = outcome else { return nil }
    }
    guard isProtected, let gate = handlerGate(events[index].vector), let level = handlerLevel(gate.selector) else {
      return nil
    }
    let isCause = next?.exception.map { isAboutStack($0.reason) } ?? false
    // The frame: SS, RSP, RFLAGS, CS, RIP; then the error code.
    let hasErrorCode = events[index].exception?.hasErrorCode ?? false
    if isLongMode {
      let byteCount: UInt64 = hasErrorCode ? 48 : 40
      let place: (name: String, offset: UInt64)? =
        gate.interruptStack > 0
        ? ("IST\(gate.interruptStack)", 0x1C &+ UInt64(gate.interruptStack) &* 8)
        : level < cpl ? ("RSP\(level)", 4 &+ UInt64(level) &* 8) : nil
      guard let place else { return current(byteCount, next, isCause: isCause) }
      return task("stack \(place.name)", place.offset, 8, byteCount, next, isCause: isCause)
    }
    let is32Bit = gate.kind == .interrupt(bits: 32) || gate.kind == .trap(bits: 32)
    let words: UInt64 = (level < cpl ? 5 : 3) &+ (hasErrorCode ? 1 : 0)
    let byteCount = words &* (is32Bit ? 4 : 2) &+ (state.rflags & RFLAGS.virtual8086 != 0 ? 16 : 0)
    guard level < cpl else { return current(byteCount, next, isCause: isCause) }
    if state.tr.type & 8 != 0 {
      return task("stack SS\(level):ESP\(level)", 4 &+ UInt64(level) &* 8, 4, byteCount, next, isCause: isCause)
    }
    return task("stack SS\(level):SP\(level)", 2 &+ UInt64(level) &* 4, 2, byteCount, next, isCause: isCause)
  }

  /// The interrupt or trap gate of a vector; nil if it cannot be used.
  private func handlerGate(_ vector: UInt8) -> Gate? {
    let size: UInt64 = isLongMode ? 16 : 8
    let offset = UInt64(vector) &* size
    guard offset &+ size &- 1 <= UInt64(state.idtr.limit), let low = read(8, at: state.idtr.base &+ offset),
      let high = isLongMode ? read(8, at: state.idtr.base &+ offset &+ 8) : 0
    else { return nil }
    let gate = Gate(low, high: high, isLongMode: isLongMode)
    switch gate.kind {
    case .interrupt, .trap: return gate.isPresent ? gate : nil
    case .empty, .call, .task, .notGate, .realMode: return nil
    }
  }

  /// The privilege level of a handler in this code segment; nil if the segment cannot be used.
  private func handlerLevel(_ selector: UInt16) -> UInt8? {
    let entry = descriptor(selector)
    guard selector & 0xFFFC != 0, entry.address != nil else { return nil }
    let segment = SegmentState(selector: selector, descriptor: entry.value)
    guard segment.isCode, segment.isPresent, segment.descriptorPrivilegeLevel <= cpl else { return nil }
    return segment.isConforming ? cpl : segment.descriptorPrivilegeLevel
  }

  /// A stack pointer of the TSS.
  private func task(
    _ name: String, _ offset: UInt64, _ size: UInt64, _ byteCount: UInt64, _ next: Event?, isCause: Bool
  ) -> FaultReport.Entry {
    let tr = state.tr
    guard offset &+ size &- 1 <= UInt64(tr.limit) else {
      var entry = outside(name, offset, size, UInt64(tr.limit), isCause: true)
      entry.meaning += isTaskRegisterNull ? " of TR; \(Self.nullTaskRegister)" : " of TSS \(Text.hex(tr.selector))"
      return entry
    }
    let address = tr.base &+ offset
    let owner =
      isTaskRegisterNull
      ? "\(Self.nullTaskRegister), and its base is \(Text.hex(tr.base))"
      : "TSS \(Text.hex(tr.selector)) at \(Text.hex(tr.base))"
    guard let pointer = read(Int(size), at: address) else {
      return FaultReport.Entry(
        name: name, isPhysical: false, value: 0, meaning: "\(owner); \(Text.hex(address)) cannot be read", isCause: true
      )
    }
    let top: UInt64
    var segmentText = ""
    if isLongMode {
      top = pointer & ~15
    } else {
      let selector = UInt16(truncatingIfNeeded: read(2, at: address &+ size) ?? 0)
      segmentText = "SS \(Text.hex(selector)), "
      let entry = descriptor(selector)
      top = (SegmentState(selector: selector, descriptor: entry.value).base &+ pointer) & 0xFFFF_FFFF
    }
    return FaultReport.Entry(
      name: name, address: address, isPhysical: false, value: pointer,
      meaning: "\(segmentText)\(owner); \(frameText(top, byteCount))",
      isCause: isCause || hits(next, top, byteCount))
  }

  /// The stack on which the event came.
  private func current(_ byteCount: UInt64, _ next: Event?, isCause: Bool) -> FaultReport.Entry {
    let segment = state.segments[2]
    let pointer = state.generalRegisters[4]
    let top: UInt64 =
      isLongMode
      ? pointer & ~15 : (segment.base &+ (pointer & (segment.isDefault32 ? 0xFFFF_FFFF : 0xFFFF))) & 0xFFFF_FFFF
    return FaultReport.Entry(
      name: "stack as it was", isPhysical: false, value: pointer,
      meaning: "\(isLongMode ? "RSP" : "ESP") \(Text.hex(pointer)); \(frameText(top, byteCount))",
      isCause: isCause || hits(next, top, byteCount))
  }

  /// Whether the frame can be written, in words.
  private func frameText(_ top: UInt64, _ byteCount: UInt64) -> String {
    let paging = self.paging
    let bottom = top &- byteCount
    for address in [top &- 1, bottom] {
      let linear = isLongMode ? address : address & 0xFFFF_FFFF
      if isLongMode, !paging.isCanonical(linear) { return "the frame at \(Text.hex(bottom)) is not canonical" }
      let walk = paging.walk(
        linear, AccessIntent(isWrite: true, isUser: false), memory.physical, setsAccessedAndDirty: false)
      if let fault = walk.fault {
        let problem = fault & PageFaultCode.present == 0 ? "not mapped" : "not writable"
        return "the frame below it would lie at \(Text.hex(linear)), which is \(problem)"
      }
    }
    return "the frame below it is mapped"
  }

  /// Whether a page fault was met by a frame below `top`.
  private func hits(_ next: Event?, _ top: UInt64, _ byteCount: UInt64) -> Bool {
    guard let exception = next?.exception, exception.vector == .pageFault else { return false }
    let below = top &- exception.address.rawValue
    return below > 0 && below <= byteCount
  }

  /// Rules about the stack of a delivery.
  private func isAboutStack(_ reason: FaultReason) -> Bool {
    switch reason {
    case .stackTableLimit, .stackTableNonCanonical, .innerStackLimit, .innerStackNull, .innerStackNonCanonical,
      .frameBeyondLimit, .frameNonCanonical:
      true
    default: false
    }
  }
}
