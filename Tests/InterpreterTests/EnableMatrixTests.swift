import Interpreter
import TestSupport
import Testing
import X86

/// What keeps instructions of the floating-point and vector units from running; all that can be set or clear at once.
struct UnitStops: OptionSet, Hashable, Sendable {
  let rawValue: Int
  static let emulation = UnitStops(rawValue: 1)
  static let taskSwitched = UnitStops(rawValue: 2)
  static let monitored = UnitStops(rawValue: 4)
  /// CR4.OSFXSR is clear.
  static let noFXSR = UnitStops(rawValue: 8)
  /// CR4.OSXSAVE is clear.
  static let noXSAVE = UnitStops(rawValue: 16)
  /// XCR0 has no AVX state.
  static let noAVX = UnitStops(rawValue: 32)
}

/// A class of instructions by examples, and what stops them: the first row of `stops` that holds.
struct EnableClass: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var codes: [[UInt8]]
  /// All or, where `isAny`, one of these make the exception.
  var stops: [(of: UnitStops, isAny: Bool, vector: ExceptionVector)]

  /// - SDM: Vol. 2A "Exception Class Description"; Vol. 3A "Configuring the x87 FPU Environment", table "Action Taken By x87
  ///   FPU Instructions for Different Combinations of EM, MP, and TS".
  static let all: [EnableClass] = [
    EnableClass(
      testDescription: "x87 and FXSAVE", codes: [[0xD9, 0xE8], [0xDB, 0xE3], [0xD9, 0x31], [0x0F, 0xAE, 0x01]],
      stops: [([.emulation, .taskSwitched], true, .deviceNotAvailable)]),
    EnableClass(
      testDescription: "FWAIT", codes: [[0x9B]], stops: [([.monitored, .taskSwitched], false, .deviceNotAvailable)]),
    EnableClass(
      testDescription: "MMX", codes: [[0x0F, 0xFC, 0xC1], [0x0F, 0x77], [0x0F, 0x6F, 0x01]],
      stops: [(.emulation, true, .invalidOpcode), (.taskSwitched, true, .deviceNotAvailable)]),
    EnableClass(
      testDescription: "SSE",
      codes: [[0x0F, 0x58, 0xC1], [0x66, 0x0F, 0xFC, 0xC1], [0x0F, 0xAE, 0x19], [0x66, 0x0F, 0x38, 0x00, 0xC1]],
      stops: [([.emulation, .noFXSR], true, .invalidOpcode), (.taskSwitched, true, .deviceNotAvailable)]),
    EnableClass(
      testDescription:
        "instructions of SSE that touch no vector: CRC32, POPCNT, PREFETCHT0, SFENCE, LFENCE, MOVNTI, PAUSE",
      codes: [
        [0xF2, 0x0F, 0x38, 0xF0, 0xC1], [0xF3, 0x0F, 0xB8, 0xC1], [0x0F, 0x18, 0x09], [0x0F, 0xAE, 0xF8],
        [0x0F, 0xAE, 0xE8], [0x0F, 0xC3, 0x01], [0xF3, 0x90],
      ], stops: []),
    EnableClass(
      testDescription: "AVX", codes: [[0xC5, 0xF4, 0x58, 0xC2], [0xC5, 0xF8, 0x77], [0xC5, 0xF9, 0x6E, 0xC0]],
      stops: [([.noXSAVE, .noAVX], true, .invalidOpcode), (.taskSwitched, true, .deviceNotAvailable)]),
    EnableClass(testDescription: "BMI", codes: [[0xC4, 0xE2, 0x70, 0xF2, 0xC2]], stops: []),
    EnableClass(
      testDescription: "XSAVE", codes: [[0x0F, 0xAE, 0x21]],
      stops: [(.noXSAVE, true, .invalidOpcode), (.taskSwitched, true, .deviceNotAvailable)]),
  ]

  /// What is raised; nil for nothing.
  func expected(_ set: UnitStops) -> ExceptionVector? {
    stops.first { $0.isAny ? !set.isDisjoint(with: $0.of) : set.isSuperset(of: $0.of) }?.vector
  }
}

@Suite("The enable matrix of the floating-point and vector units")
struct EnableMatrixTests {
  @Test("Every combination raises what the class says", arguments: EnableClass.all)
  func matrix(_ row: EnableClass) throws {
    var raised: Set<ExceptionVector?> = []
    for set in (0..<64).map(UnitStops.init(rawValue:)) {
      for code in row.codes {
        var guest = try BareProcessor()
        guest.state.cr0 &= ~(CR0.emulation | CR0.taskSwitched | CR0.monitorCoprocessor)
        if set.contains(.emulation) { guest.state.cr0 |= CR0.emulation }
        if set.contains(.taskSwitched) { guest.state.cr0 |= CR0.taskSwitched }
        if set.contains(.monitored) { guest.state.cr0 |= CR0.monitorCoprocessor }
        if set.contains(.noFXSR) { guest.state.cr4 &= ~CR4.osFXSR }
        if !set.contains(.noXSAVE) { guest.state.cr4 |= CR4.osXSAVE }
        guest.state.xcr0 = set.contains(.noAVX) ? XCR0.x87 | XCR0.sse : XCR0.x87 | XCR0.sse | XCR0.avx
        var found: ExceptionVector?
        if case .raised(let exception) = guest.execute(code, model: .amdV3) { found = exception.vector }
        raised.insert(found)
        #expect(found == row.expected(set), "\(code) with \(set)")
      }
    }
    // Each line of the class is met.
    #expect(raised.count == Set(row.stops.map(\.vector)).count + 1)
  }
}
