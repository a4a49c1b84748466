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
  private static let fixedRanges: [UInt32] = [
    0x250, 0x258, 0x259, 0x268, 0x269, 0x26A, 0x26B, 0x26C, 0x26D, 0x26E, 0x26F,
  ]

  /// Whether the model has an MSR, of those that this one or another has.
  func hasMSR(_ number: UInt32) -> Bool {
    switch number {
    // IA32_PLATFORM_ID, IA32_MISC_ENABLE
    case 0x17, 0x1A0: model.vendor == .intel
    case 0xC001_0000...0xC001_FFFF: model.vendor == .amd
    default: true
    }
  }

  /// The value of an MSR of any model; nil if there is no such MSR.
  ///
  /// - SDM: Vol. 4 "Model-Specific Registers"; APM Vol. 2 "Model-Specific Registers".
  func readMSR(_ number: UInt32) -> UInt64? {
    let msrs = state.msrs
    switch number {
    case 0x10: return bus.timeStamp(processor: state.index) &+ msrs.tscAdjust
    case 0x3B: return msrs.tscAdjust
    case 0x1B, 0x6E0, 0x800...0x8FF: return bus.readAPICRegister(number, processor: state.index)
    case 0x17: return 0
    case 0x8B: return model.microcodeRevision
    case 0xFE: return 0x508
    case 0x174: return msrs.sysenterCS
    case 0x175: return msrs.sysenterESP
    case 0x176: return msrs.sysenterEIP
    case 0x179: return 0
    case 0x17A: return msrs.machineCheckStatus
    case 0x1A0: return msrs.miscEnable
    case 0x1D9: return 0
    case 0x200...0x20F: return msrs.mtrrVariable[Int(number - 0x200)]
    case 0x277: return msrs.pat
    case 0x2FF: return msrs.mtrrDefaultType
    case 0xC000_0080: return state.paging.efer
    case 0xC000_0081: return msrs.star
    case 0xC000_0082: return msrs.lstar
    case 0xC000_0083: return msrs.cstar
    case 0xC000_0084: return msrs.sfmask
    case 0xC000_0100: return state.segments[4].base
    case 0xC000_0101: return state.segments[5].base
    case 0xC000_0102: return msrs.kernelGSBase
    case 0xC000_0103: return msrs.tscAux
    case 0xC001_0010: return msrs.syscfg
    case 0xC001_0015: return msrs.hwcr
    case 0xC001_001F, 0xC001_1020, 0xC001_1022, 0xC001_1023: return 0
    case 0xC001_001A: return 0x1_0000_0000
    case 0xC001_001D: return 0
    case 0xC001_0055: return 0
    case 0xC001_0140, 0xC001_0141: return 0
    case 0xC001_1029: return msrs.decodeConfiguration
    default:
      guard let index = Self.fixedRanges.firstIndex(of: number) else { return nil }
      return msrs.mtrrFixed[index]
    }
  }

  /// WRMSR.
  func writeMSR(_ number: UInt32, _ value: UInt64) -> MSRWrite {
    switch number {
    case 0x10: state.msrs.tscAdjust = value &- bus.timeStamp(processor: state.index)
    case 0x3B: state.msrs.tscAdjust = value
    case 0x1B, 0x6E0, 0x800...0x8FF:
      return bus.writeAPICRegister(number, value, processor: state.index) ? .done : .illegal(.apicRegister)
    case 0x8B, 0x79: break
    case 0x174: state.msrs.sysenterCS = value & 0xFFFF
    case 0x175, 0x176: return writeSysenterMSR(number, value)
    case 0x17A: state.msrs.machineCheckStatus = value & 7
    case 0x1A0: state.msrs.miscEnable = value
    case 0x1D9: break
    case 0x200...0x20F:
      let isMask = number & 1 != 0
      let reserved = state.paging.reservedAddressBits | 0xFFF0_0000_0000_0000 | (isMask ? 0x7FF : 0xF00)
      guard value & reserved == 0, isMask || Self.isMemoryType(value & 0xFF) else { return .illegal(.mtrrInvalid) }
      state.msrs.mtrrVariable[Int(number - 0x200)] = value
    case 0x277:
      for index in 0..<8 {
        let type = (value >> UInt64(index * 8)) & 0xFF
        guard type <= 7, type != 2, type != 3 else { return .illegal(.patType) }
      }
      state.msrs.pat = value
    case 0x2FF:
      guard value & ~0xCFF == 0, Self.isMemoryType(value & 0xFF) else { return .illegal(.mtrrInvalid) }
      state.msrs.mtrrDefaultType = value
    case 0xC000_0080: return writeEFER(value)
    case 0xC000_0081: state.msrs.star = value
    case 0xC000_0082, 0xC000_0083, 0xC000_0100, 0xC000_0101, 0xC000_0102: return writeAddressMSR(number, value)
    case 0xC000_0084: state.msrs.sfmask = value & 0xFFFF_FFFF
    case 0xC000_0103: state.msrs.tscAux = value & 0xFFFF_FFFF
    case 0xC001_0010: state.msrs.syscfg = value
    case 0xC001_0015: state.msrs.hwcr = value
    case 0xC001_001F, 0xC001_1020, 0xC001_1022, 0xC001_1023, 0xC001_0055: break
    case 0xC001_1029: state.msrs.decodeConfiguration = value
    default:
      guard let index = Self.fixedRanges.firstIndex(of: number) else { return .unknown }
      // Bits 4:3 are RdMem and WrMem, which SYSCFG.MtrrFixDramModEn opens; else they are reserved as 7:5 always are.
      let typeBits: UInt64 = state.msrs.syscfg & (1 << 19) != 0 ? 0xE7 : 0xFF
      for byte in 0..<8 where !Self.isMemoryType((value >> UInt64(byte * 8)) & typeBits) {
        return .illegal(.mtrrInvalid)
      }
      state.msrs.mtrrFixed[index] = value
    }
    return .done
  }

  private static func isMemoryType(_ type: UInt64) -> Bool { [0, 1, 4, 5, 6].contains(type) }

  /// MSRs that hold a linear address: #GP unless canonical.
  private func writeAddressMSR(_ number: UInt32, _ value: UInt64) -> MSRWrite {
    guard state.paging.isCanonical(value) else { return .illegal(.msrNonCanonical) }
    switch number {
    case 0xC000_0082: state.msrs.lstar = value
    case 0xC000_0083: state.msrs.cstar = value
    case 0xC000_0100: state.segments[4].base = value
    case 0xC000_0101: state.segments[5].base = value
    default: state.msrs.kernelGSBase = value
    }
    return .done
  }

  /// IA32_SYSENTER_ESP and IA32_SYSENTER_EIP.
  private func writeSysenterMSR(_ number: UInt32, _ value: UInt64) -> MSRWrite {
    let is64 = does(.takesSysenterInLongMode)
    if is64, !state.paging.isCanonical(value) { return .illegal(.msrNonCanonical) }
    let kept = is64 ? value : value & 0xFFFF_FFFF
    if number == 0x175 { state.msrs.sysenterESP = kept } else { state.msrs.sysenterEIP = kept }
    return .done
  }

  private func writeEFER(_ value: UInt64) -> MSRWrite {
    let writable = EFER.systemCallExtensions | EFER.longModeEnable | EFER.noExecuteEnable
    guard value & ~(writable | EFER.longModeActive) == 0 else { return .illegal(.eferReservedBits) }
    let old = state.paging.efer
    if (old ^ value) & EFER.longModeEnable != 0 && state.paging.isPaging { return .illegal(.eferLongModeWhilePaging) }
    state.paging.efer = (value & writable) | (old & EFER.longModeActive)
    if (old ^ value) & EFER.noExecuteEnable != 0 { flushTranslations(keepsGlobal: false) }
    return .done
  }
}
