import Interpreter
import MMU
import TestSupport
import Testing
import X86

/// A mode, and how an environment of x87 looks in it.
struct EnvironmentCase: Sendable, CustomTestStringConvertible {
  var testDescription: String
  /// 66h, if the operand size is not the mode's own.
  var prefix: [UInt8] = []
  /// Bytes of a field.
  var unit: UInt64
  var prepare: @Sendable (inout BareProcessor) -> Void = { _ in }
  /// The four fields behind control, status and tag word.
  var pointers: [UInt64]
  /// FIP, FCS, FDP, FDS and FOP when the same is loaded again.
  var loaded: [UInt64]

  private static func inReal(_ guest: inout BareProcessor, cr0: UInt64) {
    guest.enterVirtual8086()
    if cr0 == 0 { (guest.state.rflags, guest.state.cr0) = (2, 0x30) }
    guest.state.generalRegisters[3] = 0x800
  }

  private static let protected: [UInt64] = [0x1_2345, 0x5AB_1000, 0x6_789A, 0xFFFF_2000]
  private static let real: [UInt64] = [0xFFFF_2345, 0x25AB, 0xFFFF_789A, 0x8000]
  private static let linear: [UInt64] = [0x2_2345, 0, 0x8_789A, 0, 0x5AB]

  /// - SDM: Vol. 1 "Saving the x87 FPU's State with FSTENV/FNSTENV and FSAVE/FNSAVE", the four figures.
  static let all: [EnvironmentCase] = [
    EnvironmentCase(
      testDescription: "64-bit mode", unit: 4, pointers: protected, loaded: [0x1_2345, 0x1000, 0x6_789A, 0x2000, 0x5AB]),
    EnvironmentCase(
      testDescription: "64-bit mode, 16 bits", prefix: [0x66], unit: 2, pointers: [0x2345, 0x1000, 0x789A, 0x2000],
      loaded: [0x2345, 0x1000, 0x789A, 0x2000, 0]),
    EnvironmentCase(
      testDescription: "protected mode, 32 bits", unit: 4, prepare: { $0.enterProtected() }, pointers: protected,
      loaded: [0x1_2345, 0x1000, 0x6_789A, 0x2000, 0x5AB]),
    EnvironmentCase(
      testDescription: "protected mode, 16 bits", prefix: [0x66], unit: 2, prepare: { $0.enterProtected() },
      pointers: [0x2345, 0x1000, 0x789A, 0x2000], loaded: [0x2345, 0x1000, 0x789A, 0x2000, 0]),
    EnvironmentCase(
      testDescription: "real mode, 16 bits", unit: 2, prepare: { inReal(&$0, cr0: 0) },
      pointers: real.map { $0 & 0xFFFF }, loaded: linear),
    EnvironmentCase(
      testDescription: "real mode, 32 bits", prefix: [0x66], unit: 4, prepare: { inReal(&$0, cr0: 0) }, pointers: real,
      loaded: linear),
    EnvironmentCase(
      testDescription: "virtual-8086 mode, 16 bits", unit: 2, prepare: { inReal(&$0, cr0: 1) },
      pointers: real.map { $0 & 0xFFFF }, loaded: linear),
    EnvironmentCase(
      testDescription: "virtual-8086 mode, 32 bits", prefix: [0x66], unit: 4, prepare: { inReal(&$0, cr0: 1) },
      pointers: real, loaded: linear),
  ]
}

/// What FXSAVE touches.
struct ImageCase: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var code: [UInt8] = [0x0F, 0xAE, 0x01]
  var prepare: @Sendable (inout BareProcessor) -> Void = { _ in }
  var byteCount: Int
  /// The pointers and selectors in bytes 8 to 23.
  var pointers: [UInt64] = [0x1000_0001_2345, 0x2000_0006_789A]

  static let all: [ImageCase] = [
    ImageCase(testDescription: "FXSAVE in 64-bit mode", byteCount: 416),
    ImageCase(
      testDescription: "FXSAVE64", code: [0x48, 0x0F, 0xAE, 0x01], byteCount: 416, pointers: [0x1_2345, 0x6_789A]),
    ImageCase(testDescription: "FXSAVE in compatibility mode", prepare: { $0.enterCompatibility() }, byteCount: 288),
    ImageCase(
      testDescription: "FXSAVE without OSFXSR", prepare: { $0.state.cr4 &= ~CR4.osFXSR }, byteCount: 160),
  ]
}

@Suite("Images of the floating-point state")
struct FloatingImageTests {
  private static let data = BareProcessor.dataAddress

  private func put(_ value: UInt64, _ at: Int, _ byteCount: Int, _ area: inout [UInt8]) {
    for index in 0..<byteCount { area[at + index] = UInt8(truncatingIfNeeded: value >> UInt64(index * 8)) }
  }

  private func get(_ area: [UInt8], _ at: Int, _ byteCount: Int) -> UInt64 {
    (0..<byteCount).reduce(0) { $0 | UInt64(area[at + $1]) << UInt64($1 * 8) }
  }

  /// FIP 12345h of selector 1000h, FDP 6789Ah of 2000h, FOP 5ABh.
  private func setPointers(_ guest: inout BareProcessor) {
    for (at, byteCount, value) in [
      (6, 2, 0x5AB), (8, 8, 0x1_2345), (16, 8, 0x6_789A), (416, 2, 0x1000), (418, 2, 0x2000),
    ] as [(Int, Int, UInt64)] { put(value, at, byteCount, &guest.state.fxsaveArea) }
  }

  @Test("FNSTENV and FLDENV in every format", arguments: EnvironmentCase.all)
  func environment(_ row: EnvironmentCase) throws {
    var guest = try BareProcessor()
    row.prepare(&guest)
    setPointers(&guest)
    put(0x37F, 0, 2, &guest.state.fxsaveArea)
    let isReal = guest.state.generalRegisters[3] == 0x800
    let (address, rm): (UInt64, UInt8) = isReal ? (0x1_0800, 7) : (Self.data, 1)
    let start = guest.state.rip
    _ = guest.step(row.prefix + [0xD9, 0x30 | rm])
    let fields = (0..<7 as Range<UInt64>).map { index in
      let at = address + index * row.unit
      return row.unit == 2
        ? UInt64(guest.memory.physical.load(at, as: UInt16.self))
        : UInt64(guest.memory.physical.load(at, as: UInt32.self))
    }
    let ones: UInt64 = row.unit == 4 ? 0xFFFF_0000 : 0
    #expect(fields == [ones | 0x37F, ones, ones | 0xFFFF] + row.pointers)
    guest.state.rip = start
    _ = guest.step([0xDB, 0xE3])
    guest.state.rip = start
    _ = guest.step(row.prefix + [0xD9, 0x20 | rm])
    let area = guest.state.fxsaveArea
    #expect(
      [get(area, 8, 8), get(area, 416, 2), get(area, 16, 8), get(area, 418, 2), get(area, 6, 2)] == row.loaded)
  }

  @Test("FXSAVE and FXRSTOR", arguments: ImageCase.all)
  func image(_ row: ImageCase) throws {
    var guest = try BareProcessor()
    row.prepare(&guest)
    setPointers(&guest)
    // TOP is 5, an exception waits, ST(0) is R5.
    for (at, byteCount, value) in [
      (0, 2, 0x37E), (2, 2, 0xA881), (4, 1, 0x20), (24, 4, 0x1FA0), (32, 8, 1 << 63 | 9), (40, 2, 0x3FFF), (160, 8, 11),
      (168, 8, 12), (400, 8, 13),
    ] as [(Int, Int, UInt64)] { put(value, at, byteCount, &guest.state.fxsaveArea) }
    let before = guest.state.fxsaveArea
    guest.store([UInt64](repeating: 0xAAAA_AAAA_AAAA_AAAA, count: 64), Self.data)
    let start = guest.state.rip
    guard case .retired = guest.step(row.code) else {
      Issue.record("it faults")
      return
    }
    let image = (0..<512).map { guest.memory.physical.load(Self.data + UInt64($0), as: UInt8.self) }
    var expected = before
    put(row.pointers[0], 8, 8, &expected)
    put(row.pointers[1], 16, 8, &expected)
    put(0xFFFF, 28, 4, &expected)
    #expect(Array(image[..<row.byteCount]) == Array(expected[..<row.byteCount]))
    #expect(image[row.byteCount...].allSatisfy { $0 == 0xAA })
    #expect(guest.state.fxsaveArea == before)
    // All of it comes back, and what is not of the image stays.
    var other = guest
    other.state.fxsaveArea = ArchitecturalState().fxsaveArea
    put(77, 160, 8, &other.state.fxsaveArea)
    put(78, 400, 8, &other.state.fxsaveArea)
    other.state.rip = start
    var load = row.code
    load[load.count - 1] = 0x09
    guard case .retired = other.step(load) else {
      Issue.record("it faults")
      return
    }
    let found = other.state.fxsaveArea
    let hasSelectors = row.code.count == 3
    #expect(get(found, 416, 4) == (hasSelectors ? 0x2000_1000 : 0))
    #expect(Array(found[..<24]) == Array(before[..<24]) && Array(found[32..<160]) == Array(before[32..<160]))
    #expect(get(found, 24, 4) == (row.byteCount > 160 ? 0x1FA0 : 0x1F80))
    #expect(get(found, 160, 8) == (row.byteCount > 160 ? 11 : 77))
    #expect(get(found, 400, 8) == (row.byteCount > 288 ? 13 : 78))
  }
}
