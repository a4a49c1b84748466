import Interpreter
import MMU
import TestSupport
import Testing
import X86

private let data = BareProcessor.dataAddress
/// At [RCX].
private let (xsave, xsaveopt, xsavec, xsaves): ([UInt8], [UInt8], [UInt8], [UInt8]) = (
  [0x0F, 0xAE, 0x21], [0x0F, 0xAE, 0x31], [0x0F, 0xC7, 0x21], [0x0F, 0xC7, 0x29]
)
private let (xrstor, xrstors): ([UInt8], [UInt8]) = ([0x0F, 0xAE, 0x29], [0x0F, 0xC7, 0x19])
private let compacted: UInt64 = 1 << 63

/// XSAVE is on with some components, all of them asked for; XMM1 is 5, YMM1's upper half 6, PKRU 4, FCW 40h.
private func enabled(_ xcr0: UInt64 = 0x207) -> @Sendable (inout BareProcessor) -> Void {
  {
    $0.state.cr4 |= CR4.osXSAVE
    $0.state.xcr0 = xcr0
    ($0.state.generalRegisters[0], $0.state.generalRegisters[2]) = (xcr0, 0)
    $0.state.fxsaveArea[160 + 16] = 5
    $0.state.upperVectors[2] = 6
    $0.state.pkru = xcr0 & XCR0.protectionKeys == 0 ? 0 : 4
  }
}

/// The same, with an area whose header has XSTATE_BV, XCOMP_BV and the quadwords behind them.
private func area(
  _ header: [UInt64], _ words: [UInt64: UInt64] = [:], _ xcr0: UInt64 = 0x207
) -> @Sendable (inout BareProcessor) -> Void {
  {
    enabled(xcr0)(&$0)
    $0.store([0x37F, 0, 0, 0x1F80], data)
    $0.store(header, data + 512)
    for (offset, word) in words { $0.store([word], data + offset) }
  }
}

/// Sets what an area gives back when all components are initialized.
private func initialize(_ guest: inout BareProcessor) {
  (guest.state.fxsaveArea[0], guest.state.fxsaveArea[1]) = (0x7F, 3)
  guest.state.fxsaveArea[160 + 16] = 0
  guest.state.upperVectors[2] = 0
  guest.state.pkru = 0
}

/// XSAVE areas, their formats and the faults of the instructions.
let saveAreaSystemRows: [SystemRow] = [
  .init(
    "XSAVE: PKRU stands where CPUID says", xsave, on: .zen4,
    memory: [data: 0x40, data + 176: 5, data + 512: 0x207, data + 520: 0, data + 592: 6, data + 2432: 4], enabled()),
  .init(
    "XSAVE of Intel's", xsave, on: .iceLake, memory: [data + 512: 0x207, data + 592: 6, data + 2688: 4], enabled()),
  .init(
    "XSAVE keeps what is not asked for", xsave, on: .zen4,
    memory: [data + 176: 7, data + 512: 0x206, data + 592: 7, data + 2432: 4],
    {
      enabled()(&$0)
      $0.state.generalRegisters[0] = 0x200
      $0.store([7], data + 176)
      $0.store([7], data + 592)
      $0.store([6], data + 512)
    }),
  .init(
    "XSAVEC: PKRU follows the upper halves", xsavec, on: .zen4,
    memory: [data + 512: 0x207, data + 520: compacted | 0x207, data + 592: 6, data + 832: 4], enabled()),
  .init(
    "XSAVEC: PKRU follows the header where AVX is not asked for", xsavec, on: .zen4,
    memory: [data + 512: 0x203, data + 520: compacted | 0x203, data + 576: 4, data + 592: 0],
    {
      enabled()(&$0)
      $0.state.generalRegisters[0] = 0x203
    }),
  .init(
    "XSAVES", xsaves, on: .zen4,
    memory: [
      data: 0x40, data + 176: 5, data + 512: 0x207, data + 520: compacted | 0x207, data + 592: 6, data + 832: 4,
    ], enabled()),
  .init("XSAVES of Zen 2", xsaves, on: .zen2, memory: [data + 512: 7, data + 520: compacted | 7], enabled(7)),
  .init(
    "XSAVES leaves out what is initial, and writes XSTATE_BV anew", xsaves, on: .iceLake,
    memory: [data: 0x11, data + 176: 7, data + 512: 0, data + 520: compacted | 0x207, data + 592: 7, data + 832: 7],
    {
      enabled()(&$0)
      initialize(&$0)
      for offset in [176, 592, 832] as [UInt64] { $0.store([7], data + offset) }
      $0.store([0x11], data)
      $0.store([.max, .max], data + 512)
    }),
  .init(
    "XSAVES: MXCSR makes the SSE state be saved", xsaves, on: .zen4,
    memory: [data + 24: 0xFFFF_0000_9F80, data + 512: 2, data + 520: compacted | 2],
    {
      enabled()(&$0)
      initialize(&$0)
      ($0.state.fxsaveArea[24], $0.state.fxsaveArea[25]) = (0x80, 0x9F)
      $0.state.generalRegisters[0] = 2
    }),
  .init(
    "XRSTOR of an area in the compacted format", xrstor, on: .zen4,
    area([0x204, compacted | 0x207], [592: 9, 832: 8]),
    then: {
      initialize(&$0)
      $0.state.upperVectors[2] = 9
      $0.state.pkru = 8
    }),
  .init(
    "XRSTOR of an area in the standard format", xrstor, on: .zen4, area([0x200], [2432: 8]),
    then: {
      initialize(&$0)
      $0.state.pkru = 8
    }),
  .init(
    "XRSTOR of what is asked for", xrstor, on: .zen4,
    {
      area([0x204, 0], [592: 9, 2432: 8])(&$0)
      $0.state.generalRegisters[0] = 0x200
    }, then: { $0.state.pkru = 8 }),
  .init(
    "XRSTORS", xrstors, on: .zen4, area([0x206, compacted | 0x207], [176: 3, 592: 9, 832: 8]),
    then: {
      initialize(&$0)
      $0.state.fxsaveArea[160 + 16] = 3
      $0.state.upperVectors[2] = 9
      $0.state.pkru = 8
    }),
  .init(
    "XRSTORS with a place for PKRU alone", xrstors, on: .iceLake, area([0x200, compacted | 0x200], [576: 8]),
    then: {
      initialize(&$0)
      $0.state.pkru = 8
    }),

  .init("XSAVES at CPL 3", xsaves, on: .zen4, raises: .generalProtection, 0) {
    enabled()(&$0)
    $0.enterUser()
  },
  .init("XRSTORS at CPL 3", xrstors, on: .zen4, raises: .generalProtection, 0) {
    area([0, compacted])(&$0)
    $0.enterUser()
  },
  .init("XSAVES of a model without it", xsaves, on: .amdV3, raises: .invalidOpcode, nil, enabled(7)),
  .init("XRSTORS of a model without it", xrstors, on: .amdV3, raises: .invalidOpcode, nil, enabled(7)),
  .init("XSAVES without CR4.OSXSAVE", xsaves, on: .zen4, raises: .invalidOpcode) {
    enabled()(&$0)
    $0.state.cr4 &= ~CR4.osXSAVE
  },
  .init("XRSTORS without CR4.OSXSAVE at CPL 3", xrstors, on: .zen4, raises: .invalidOpcode) {
    enabled()(&$0)
    $0.state.cr4 &= ~CR4.osXSAVE
    $0.enterUser()
  },
  .init("XSAVES with TS", xsaves, on: .zen4, raises: .deviceNotAvailable) {
    enabled()(&$0)
    $0.state.cr0 |= CR0.taskSwitched
  },
  .init("XRSTORS with TS", xrstors, on: .zen4, raises: .deviceNotAvailable) {
    area([0, compacted])(&$0)
    $0.state.cr0 |= CR0.taskSwitched
  },
  .init("XSAVES misaligned", xsaves, on: .zen4, raises: .generalProtection, 0) {
    enabled()(&$0)
    $0.state.generalRegisters[1] = data + 32
  },
  .init("XRSTORS misaligned", xrstors, on: .zen4, raises: .generalProtection, 0) {
    area([0, compacted])(&$0)
    $0.state.generalRegisters[1] = data + 8
  },
  .init("XSAVES, not canonical", xsaves, on: .zen4, raises: .generalProtection, 0) {
    enabled()(&$0)
    $0.state.generalRegisters[1] = 1 << 60
  },
  .init("XSAVES through SS, not canonical", [0x0F, 0xC7, 0x6D, 0x00], on: .zen4, raises: .stackFault, 0) {
    enabled()(&$0)
    $0.state.generalRegisters[5] = 1 << 60
  },
  .init("XSAVES to a page that is not there", xsaves, on: .zen4, raises: .pageFault, 2, at: data) {
    enabled()(&$0)
    $0.entry(data) { $0 & ~1 }
  },
  .init("XSAVES to a read-only second page", xsaves, on: .zen4, raises: .pageFault, 3, at: data + 0x1147) {
    enabled()(&$0)
    $0.state.generalRegisters[1] = data + 0xE00
    $0.entry(data + 0x1000) { $0 & ~2 }
  },
  .init(
    "XSAVE: PKRU of the standard format lies in the second page", xsave, on: .zen4, raises: .pageFault, 2,
    at: data + 0x1187
  ) {
    enabled()(&$0)
    $0.state.generalRegisters[1] = data + 0x800
    $0.entry(data + 0x1000) { $0 & ~1 }
  },
  .init("XRSTORS of a page that is not there", xrstors, on: .zen4, raises: .pageFault, 0, at: data) {
    enabled()(&$0)
    $0.entry(data) { $0 & ~1 }
  },
  .init("66 XSAVES", [0x66] + xsaves, on: .zen4, raises: .invalidOpcode, nil, enabled()),
  .init("F3 XRSTORS", [0xF3] + xrstors, on: .zen4, raises: .invalidOpcode, nil, enabled()),
  .init("LOCK XSAVES", [0xF0] + xsaves, on: .zen4, raises: .invalidOpcode, nil, enabled()),
  .init("XSAVES of a register", [0x0F, 0xC7, 0xE9], on: .zen4, raises: .invalidOpcode, nil, enabled()),
  .init("XRSTORS of a register", [0x0F, 0xC7, 0xD9], on: .zen4, raises: .invalidOpcode, nil, enabled()),

  .init("XRSTORS of the standard format", xrstors, on: .zen4, raises: .generalProtection, 0, area([1, 0])),
  .init(
    "XRSTORS: XCOMP_BV beyond XCR0", xrstors, on: .zen4, raises: .generalProtection, 0, area([0, compacted | 0x20F])),
  .init(
    "XRSTORS: XSTATE_BV beyond XCOMP_BV", xrstors, on: .zen4, raises: .generalProtection, 0,
    area([0x204, compacted | 0x203])),
  .init(
    "XRSTORS: bit 63 of XSTATE_BV", xrstors, on: .zen4, raises: .generalProtection, 0,
    area([compacted | 1, compacted | 0x207])),
  .init(
    "XRSTORS: byte 16 of the header", xrstors, on: .zen4, raises: .generalProtection, 0, area([0, compacted, 1])),
  .init(
    "XRSTORS: byte 63 of the header", xrstors, on: .zen4, raises: .generalProtection, 0,
    area([0, compacted, 0, 0, 0, 0, 0, 1 << 56])),
  .init(
    "XRSTORS: bits of MXCSR", xrstors, on: .zen4, raises: .generalProtection, 0,
    area([2, compacted | 2], [24: 0x1_0000])),
  .init("XRSTOR: XSTATE_BV beyond XCR0", xrstor, on: .zen4, raises: .generalProtection, 0, area([0x204], [:], 7)),

  .init(
    "XSETBV with PKRU and without AVX", [0x0F, 0x01, 0xD1], on: .zen4,
    {
      enabled(1)(&$0)
      ($0.state.generalRegisters[0], $0.state.generalRegisters[1]) = (0x201, 0)
    }, then: { $0.state.xcr0 = 0x201 }),
  .init("XSETBV with PKRU of a model without PKU", [0x0F, 0x01, 0xD1], on: .zen2, raises: .generalProtection, 0) {
    enabled(1)(&$0)
    ($0.state.generalRegisters[0], $0.state.generalRegisters[1]) = (0x201, 0)
  },
  .init(
    "XGETBV 1: what is in use", [0x0F, 0x01, 0xD0], on: .zen4,
    {
      enabled()(&$0)
      $0.state.generalRegisters[1] = 1
    }, then: { ($0.state.generalRegisters[0], $0.state.generalRegisters[2]) = (0x207, 0) }),
  .init(
    "RDMSR IA32_XSS", [0x0F, 0x32], on: .zen4,
    {
      $0.state.generalRegisters[1] = UInt64(MSR.supervisorStates)
      ($0.state.generalRegisters[0], $0.state.generalRegisters[2]) = (.max, .max)
    }, then: { ($0.state.generalRegisters[0], $0.state.generalRegisters[2]) = (0, 0) }),
  .init("WRMSR IA32_XSS, 0", [0x0F, 0x30], on: .zen2) { $0.state.generalRegisters[1] = UInt64(MSR.supervisorStates) },
  .init("WRMSR IA32_XSS, bit 8", [0x0F, 0x30], on: .iceLake, raises: .generalProtection, 0) {
    $0.state.generalRegisters[1] = UInt64(MSR.supervisorStates)
    $0.state.generalRegisters[0] = 1 << 8
  },
  .init("RDMSR IA32_XSS of a model without XSAVES", [0x0F, 0x32], on: .amdV3, raises: .generalProtection, 0) {
    $0.state.generalRegisters[1] = UInt64(MSR.supervisorStates)
  },
]

/// XRSTOR or XRSTORS, then code, a change of the area, and XSAVEOPT or XSAVES: which components it saves.
struct ModifiedRow: Sendable, CustomTestStringConvertible {
  var name: String
  var restore = xrstor
  /// EAX of the first instruction.
  var restored: UInt64 = 0x207
  var code: [UInt8] = []
  var save = xsaveopt
  /// EAX and address of the last.
  var asked: UInt64 = 0x207
  var address = data
  /// The components that it saves.
  var saved: UInt64

  var testDescription: String { name }

  private static let fninit: [UInt8] = [0xDB, 0xE3]
  private static let pxor: [UInt8] = [0x66, 0x0F, 0xEF, 0xC9]  // PXOR XMM1, XMM1
  private static let vpaddb: [UInt8] = [0xC5, 0xF5, 0xFC, 0xC9]  // VPADDB YMM1, YMM1, YMM1
  private static let pcmpeqb: [UInt8] = [0x66, 0x0F, 0x74, 0xDB]  // PCMPEQB XMM3, XMM3
  private static let fld1: [UInt8] = [0xD9, 0xE8]
  private static let ldmxcsr: [UInt8] = [0x0F, 0xAE, 0x96, 0x00, 0x0F, 0x00, 0x00]  // LDMXCSR [RSI+F00h]
  private static let wrpkru: [UInt8] = [0x31, 0xC9, 0xB0, 0x0C, 0x0F, 0xB6, 0xC0, 0x0F, 0x01, 0xEF]  // with 0Ch
  private static let xsaveElsewhere: [UInt8] = [0x0F, 0xAE, 0xA6, 0, 0x10, 0, 0]  // XSAVE [RSI+1000h]
  private static let xrstorElsewhere: [UInt8] = [0x0F, 0xAE, 0xAE, 0, 0x10, 0, 0]  // XRSTOR [RSI+1000h]

  /// - SDM: Vol. 1 "Operation of XSAVEOPT", "Operation of XSAVES". Those of AVX and before were tried on Zen 2.
  static let all: [ModifiedRow] = [
    .init(name: "nothing is modified", saved: 0),
    .init(name: "the last XMM register becomes 0", code: pxor, saved: 0),
    .init(name: "an XMM register that was 0", code: pcmpeqb, saved: 2),
    .init(name: "a YMM register", code: vpaddb, saved: 6),
    .init(name: "the x87", code: fld1, saved: 1),
    .init(name: "MXCSR belongs to no component of XSAVEOPT", code: ldmxcsr, saved: 0),
    .init(name: "PKRU", code: wrpkru, saved: 0x200),
    .init(name: "FNINIT", code: fninit, saved: 1),
    .init(name: "another area", address: data + 0x1000, saved: 0x207),
    .init(name: "what the last XRSTOR did not load", restored: 0x203, saved: 4),
    .init(name: "less is asked for", code: vpaddb, asked: 0x203, saved: 2),
    .init(name: "XSAVE does not end it", code: xsaveElsewhere, saved: 0),
    .init(name: "XRSTOR of another area ends it", code: xsaveElsewhere + xrstorElsewhere, saved: 0x207),
    .init(name: "XSAVEOPT after XRSTORS", restore: xrstors, saved: 0x207),
    .init(name: "XSAVES after XRSTOR of the standard format", save: xsaves, saved: 0x207),
    .init(name: "XSAVES after XRSTORS", restore: xrstors, save: xsaves, saved: 0),
    .init(name: "XSAVES after XRSTORS, a YMM register", restore: xrstors, code: vpaddb, save: xsaves, saved: 6),
    .init(name: "XSAVES after XRSTORS, MXCSR", restore: xrstors, code: ldmxcsr, save: xsaves, saved: 2),
    .init(name: "XSAVES after XRSTORS, PKRU", restore: xrstors, code: wrpkru, save: xsaves, saved: 0x200),
    .init(name: "XSAVES of other components", restore: xrstors, save: xsaves, asked: 0x203, saved: 0x203),
    .init(name: "XSAVEC knows no such optimization", restore: xrstors, save: xsavec, saved: 0x207),
    .init(name: "XSAVE neither", save: xsave, saved: 0x207),
  ]
}

@Suite("Modified optimization of XSAVEOPT and XSAVES")
struct ModifiedOptimizationTests {
  /// Offsets of a quadword of each component in the format of an instruction.
  private static func places(_ row: ModifiedRow) -> [(component: UInt64, offset: UInt64)] {
    let isCompacted = [xsaves, xsavec].contains(row.save)
    let rights: UInt64 = !isCompacted ? 2432 : row.asked & 4 != 0 ? 832 : 576
    return [(1, 32), (2, 160 + 16), (4, 576 + 16), (0x200, rights)]
  }

  @Test("What is saved", arguments: ModifiedRow.all)
  func saves(_ row: ModifiedRow) throws {
    var guest = try BareProcessor()
    let memory = guest.memory.physical
    guest.state.cr4 |= CR4.osXSAVE | CR4.protectionKeyEnable
    guest.state.xcr0 = 0x207
    guest.state.generalRegisters[6] = data
    guest.state.upperVectors[2] = 9
    guest.store([0x37F | 0xFF << 32, 0, 0, 0x1F80, 5, 0x3FFF], data)
    guest.store([5, 5], data + 160 + 16)
    guest.store([6, 6], data + 576 + 16)
    guest.store([0x207, row.restore == xrstors ? compacted | 0x207 : 0], data + 512)
    guest.store([8], data + (row.restore == xrstors ? 832 : 2432))
    guest.store([0x9F80], data + 0xF00)
    guest.withProcessor(row.restore + row.code + row.save, model: .zen4) { processor in
      func step() {
        guard case .raised(let exception) = processor.executeOne() else { return }
        Issue.record("\(exception)")
      }
      processor.state.registers[0] = row.restored
      step()
      let end = processor.state.rip + UInt64(row.code.count)
      while processor.state.rip < end {
        // XSAVE and XRSTOR among the code are of everything.
        if memory.load(processor.state.rip, as: UInt16.self) == 0xAE0F { processor.state.registers[0] = 0x207 }
        step()
      }
      let poison: UInt64 = 0xEEEE_EEEE_EEEE_EEEE
      for place in Self.places(row) { memory.store(poison, row.address + place.offset) }
      processor.state.registers[0] = row.asked
      processor.state.registers[1] = row.address
      processor.state.registers[2] = 0
      step()
      for place in Self.places(row) {
        let isSaved = memory.load(row.address + place.offset, as: UInt64.self) != poison
        #expect(isSaved == (row.saved & place.component != 0), "component \(place.component)")
      }
    }
  }
}
