import MMU
import TextForms
import X86

/// One page walk, level by level, with its verdict in words.
public struct WalkReport: Sendable {
  /// An entry that the walk read.
  public struct Step: Hashable, Sendable {
    /// The entry.
    public var entry: PageEntry
    /// Where it stands, or nil for a PDPTE register.
    public var address: UInt64?
    /// Its place in the table.
    public var index: UInt64
    /// Whether it stands in RAM; elsewhere it reads as all ones.
    public var isInRAM: Bool
  }

  /// What came of it.
  public enum Verdict: Hashable, Sendable {
    /// Paging is off: the physical address is the linear one.
    case unpaged
    /// Not canonical: #GP or #SS before any walk.
    case notCanonical
    /// Mapped by a page of so many bytes (log2).
    case mapped(physical: UInt64, pageShift: UInt64)
    /// The entry of this level is not present.
    case notPresent(level: UInt8)
    /// The entry of this level has reserved bits set.
    case reserved(level: UInt8, bits: UInt64)
  }

  /// An access and the error code of its #PF, nil if it is allowed.
  public struct Access: Hashable, Sendable {
    /// Such as `supervisor write`.
    public var name: String
    /// The error code.
    public var fault: UInt32?
  }

  /// The linear address; below 2^32 outside long mode.
  public let linear: UInt64
  /// The format.
  public let format: PagingFormat
  /// CR3.
  public let cr3: UInt64
  /// The entries from the top down.
  public let steps: [Step]
  /// What came of it.
  public let verdict: Verdict
  /// Read, write and execute by a supervisor, with AC as it is, then by a user.
  public let accesses: [Access]
  private let targetsRAM: Bool
  private let dependsOnAC: Bool
  private let pkru: UInt32

  /// Walks; accessed and dirty flags stay as they are.
  public init(_ linear: UInt64, _ view: GuestView) {
    let paging = view.paging
    let linear = paging.isLongMode ? linear : linear & 0xFFFF_FFFF
    self.linear = linear
    format = paging.format
    cr3 = paging.cr3
    let physicalMemory = view.memory.physical
    pkru = paging.pkru
    dependsOnAC = view.state.cr4 & CR4.supervisorModeAccessPrevention != 0
    guard !paging.isLongMode || paging.isCanonical(linear) else {
      (steps, verdict, accesses, targetsRAM) = ([], .notCanonical, [], false)
      return
    }
    func walk(isUser: Bool, isWrite: Bool, isFetch: Bool) -> PageWalk {
      let isForbidden = view.state.rflags & RFLAGS.alignmentCheck == 0
      let intent = AccessIntent(
        isWrite: isWrite, isFetch: isFetch, isUser: isUser, isUserPageForbidden: !isUser && isForbidden)
      return paging.walk(linear, intent, physicalMemory, setsAccessedAndDirty: false)
    }
    let first = walk(isUser: false, isWrite: false, isFetch: false)
    steps = (0..<first.stepCount).map { Self.step(first.steps[$0], linear, paging, physicalMemory) }
    accesses = [("supervisor", false), ("user", true)].flatMap { who, isUser in
      [("read", false, false), ("write", true, false), ("execute", false, true)].map { what, isWrite, isFetch in
        Access(name: "\(who) \(what)", fault: walk(isUser: isUser, isWrite: isWrite, isFetch: isFetch).fault)
      }
    }
    if let last = steps.last?.entry, !last.isPresent {
      verdict = .notPresent(level: last.level)
    } else if let last = steps.last?.entry, last.reserved != 0 {
      verdict = .reserved(level: last.level, bits: last.reserved)
    } else if format == .none {
      verdict = .unpaged
    } else {
      verdict = .mapped(physical: first.physical, pageShift: first.pageShift)
    }
    targetsRAM = view.memory.isRAM(PhysicalAddress(first.physical), byteCount: 1)
  }

  private static func step(
    _ step: PageWalkStep, _ linear: UInt64, _ paging: PagingState, _ memory: PhysicalMemory
  ) -> Step {
    let entry = PageEntry(step.value, level: step.level, paging)
    let width: UInt64 = entry.format == .bits32 ? 0x3FF : entry.format == .pae && step.level == 3 ? 3 : 0x1FF
    let isRegister = step.address.rawValue == .max
    return Step(
      entry: entry, address: isRegister ? nil : step.address.rawValue, index: linear >> entry.shift & width,
      isInRAM: isRegister || memory.offset(of: step.address.rawValue) != PhysicalMemory.nowhere)
  }

  /// The verdict as one sentence.
  public var sentence: String {
    switch verdict {
    case .unpaged: return "paging is off: physical \(Text.hex(linear)), \(kind)"
    case .notCanonical:
      return
        "not canonical with \(format == .none ? "48 bits" : format.rawValue): an access raises #GP, or #SS by way of SS"
    case .mapped(let physical, let shift):
      return "maps to physical \(Text.hex(physical)), \(kind), by a \(Text.size(1 << shift)) page"
    case .notPresent(let level): return "level \(level), the \(PageEntry.name(ofLevel: level))\(place), is not present"
    case .reserved(let level, let bits):
      if steps.last?.isInRAM == false {
        return
          "level \(level), the \(PageEntry.name(ofLevel: level))\(place), lies outside RAM: it reads as all ones, with reserved bits"
      }
      return
        "level \(level), the \(PageEntry.name(ofLevel: level))\(place), has reserved bits set: \(Text.bits(bits))"
    }
  }

  private var kind: String { targetsRAM ? "RAM" : "not RAM" }
  private var place: String { steps.last?.address.map { " at \(Text.hex($0))" } ?? "" }

  /// The walk, a line a level, then the verdict and the rights.
  public func lines() -> [String] {
    var lines = ["linear \(Text.hex(linear)): \(format.rawValue)" + (format == .none ? "" : ", CR3 \(Text.hex(cr3))")]
    for step in steps {
      let place = step.address.map { "at \(Text.hex($0))" } ?? "(register)"
      let value = Text.hex(step.entry.value) + (step.isInRAM ? "" : " (outside RAM)")
      lines.append("  \(step.entry.name)[\(step.index)] \(place)  \(value)  \(step.entry)")
    }
    lines.append(sentence)
    guard !accesses.isEmpty, format != .none else { return lines }
    if let key = steps.last?.entry.protectionKey, case .mapped = verdict {
      let denied = [(ProtectionKeyRights.accessDisable(key), "AD"), (ProtectionKeyRights.writeDisable(key), "WD")]
        .map { mask, name in "\(name) \(pkru & mask != 0 ? 1 : 0)" }
      lines.append("  protection key \(key) in PKRU, for user pages: \(denied.joined(separator: ", "))")
    }
    for (start, who) in [(0, "supervisor"), (3, "user")] where accesses.count >= start + 3 {
      let parts = accesses[start..<start + 3].map { access in
        let what = access.name.dropFirst(who.count + 1)
        return "\(what) \(access.fault.map { "#PF(\(Text.hex($0)))" } ?? "allowed")"
      }
      let note = start == 0 && dependsOnAC ? " (SMAP, AC as it is)" : ""
      lines.append("  \(who)\(note): \(parts.joined(separator: ", "))")
    }
    return lines
  }
}
