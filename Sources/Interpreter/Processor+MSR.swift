import MMU
import X86

/// What became of a WRMSR.
enum MSRWrite {
  case done
  /// Reserved bits or values: #GP(0).
  case illegal(FaultReason)
  /// No such MSR: #GP(0) and an event.
  case unknown
}

extension Processor {
  /// Whether the model has an MSR, of those that this one or another has.
  func hasMSR(_ number: UInt32) -> Bool {
    guard let facts = MSRTable.facts(of: number) else { return false }
    return facts.families & model.familyBit != 0 && model.features.contains(index: facts.feature)
  }

  /// The value of an MSR of any model; nil if there is no such MSR.
  ///
  /// - SDM: Vol. 4 "Model-Specific Registers"; APM Vol. 2 "Model-Specific Registers".
  func readMSR(_ number: UInt32) -> UInt64? {
    guard let facts = MSRTable.facts(of: number), facts.access != .writeOnly else { return nil }
    switch facts.effect {
    case .value, .sysenterAddress: return state.msrs[facts.slot]
    case .constant: return facts.reset
    case .timeStamp: return bus.timeStamp(processor: state.index) &+ state.msrs[.tscAdjust]
    case .localAPIC: return bus.readAPICRegister(number, processor: state.index)
    case .microcodeRevision: return model.microcodeRevision
    case .extendedFeatureEnable: return state.paging.efer
    case .fsBase: return state.segments[.fs].base
    case .gsBase: return state.segments[.gs].base
    }
  }

  /// WRMSR.
  func writeMSR(_ number: UInt32, _ value: UInt64) -> MSRWrite {
    guard let facts = MSRTable.facts(of: number), facts.access != .readOnly else { return .unknown }
    guard value & facts.reserved == 0, passes(facts.check, value) else { return .illegal(facts.check.refusal) }
    switch facts.effect {
    case .value: state.msrs[facts.slot] = facts.stored(value)
    case .sysenterAddress: state.msrs[facts.slot] = does(.takesSysenterInLongMode) ? value : value & 0xFFFF_FFFF
    case .constant, .microcodeRevision: break
    case .timeStamp: state.msrs[.tscAdjust] = value &- bus.timeStamp(processor: state.index)
    case .localAPIC:
      return bus.writeAPICRegister(number, value, processor: state.index) ? .done : .illegal(.apicRegister)
    case .extendedFeatureEnable: return writeEFER(value, facts)
    case .fsBase: state.segments[.fs].base = value
    case .gsBase: state.segments[.gs].base = value
    }
    return .done
  }

  /// Takes over a value of an exported state: also bits that WRMSR cannot change, which another backend may have.
  func restoreMSR(_ number: UInt32, _ value: UInt64) {
    guard case .done = writeMSR(number, value), let facts = MSRTable.facts(of: number), facts.effect == .value
    else { return }
    state.msrs[facts.slot] = value & (facts.writable | facts.reset)
  }

  private func passes(_ check: MSRCheck, _ value: UInt64) -> Bool {
    switch check {
    case .none, .extendedFeatureEnable: true
    case .canonical: state.paging.isCanonicalBase(value)
    case .sysenterAddress: !does(.takesSysenterInLongMode) || state.paging.isCanonicalBase(value)
    case .pageAttributes: Self.areTypes(value) { $0 <= 7 && $0 != 2 && $0 != 3 }
    case .memoryType: Self.isMemoryType(value & 0xFF)
    case .variableRangeBase: value & state.paging.reservedAddressBits == 0 && Self.isMemoryType(value & 0xFF)
    case .variableRangeMask: value & state.paging.reservedAddressBits == 0
    case .fixedRange: areFixedRangeTypes(value)
    }
  }

  /// Bits 4:3 are RdMem and WrMem, which SYSCFG opens; else they are reserved as 7:5 always are.
  private func areFixedRangeTypes(_ value: UInt64) -> Bool {
    let isOpen = state.msrs[.systemConfiguration] & SystemConfiguration.fixedRangeModificationEnable != 0
    let typeBits: UInt64 = isOpen ? 0xE7 : 0xFF
    return Self.areTypes(value) { Self.isMemoryType($0 & typeBits) }
  }

  /// Whether each byte satisfies a condition.
  private static func areTypes(_ value: UInt64, _ condition: (UInt64) -> Bool) -> Bool {
    (0..<8).allSatisfy { condition((value >> UInt64($0 * 8)) & 0xFF) }
  }

  private static func isMemoryType(_ type: UInt64) -> Bool { [0, 1, 4, 5, 6].contains(type) }

  private func writeEFER(_ value: UInt64, _ facts: MSRFacts) -> MSRWrite {
    let old = state.paging.efer
    if (old ^ value) & EFER.longModeEnable != 0 && state.paging.isPaging { return .illegal(.eferLongModeWhilePaging) }
    state.paging.efer = (value & facts.writable) | (old & EFER.longModeActive)
    if (old ^ value) & EFER.noExecuteEnable != 0 { flushTranslations(keepsGlobal: false) }
    return .done
  }
}
