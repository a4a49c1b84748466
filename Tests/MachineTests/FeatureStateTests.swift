import Interpreter
import MMU
import TestSupport
import Testing
import X86

@testable import Machine

/// State of features that only some models have.
struct FeatureStateRow: Sendable, CustomTestStringConvertible {
  var name: String
  var model: ProcessorModel
  var change: @Sendable (inout ArchitecturalState) -> Void
  /// Code that runs before the snapshot, at 7C00h in 64-bit mode at CPL 0.
  var code: [UInt8] = []

  var testDescription: String { "\(model.name): \(name)" }

  private static let xrstor: [UInt8] = [0x0F, 0xAE, 0x2F]  // XRSTOR [RDI]

  static let all: [FeatureStateRow] = [
    .init(name: "YMM registers", model: .amdV3) {
      $0.cr4 |= CR4.osXSAVE
      $0.xcr0 = 7
      for index in 0..<32 { $0.upperVectors[index] = UInt64(index + 1) &* 0x0101_0101_0101_0101 }
    },
    .init(name: "PKRU", model: .zen4) {
      $0.cr4 |= CR4.protectionKeyEnable | CR4.osXSAVE
      $0.xcr0 = 0x201
      $0.pkru = 0x5555_5554
    },
    .init(name: "PKRU and YMM registers", model: .iceLake) {
      $0.cr4 |= CR4.protectionKeyEnable | CR4.osXSAVE
      $0.xcr0 = 0x207
      $0.pkru = .max & ~3
      for index in 0..<32 { $0.upperVectors[index] = UInt64(index) << 32 }
    },
    .init(
      name: "what XRSTOR has loaded", model: .zen4,
      change: {
        $0.cr4 |= CR4.protectionKeyEnable | CR4.osXSAVE
        $0.xcr0 = 0x207
      }, code: xrstor),
    .init(name: "addresses of 57 bits", model: .zen4) {
      $0.segments[4].base = 1 << 52
      $0.msrs[MSR.lstar] = 0xFF80_0000_0000_0000
    },
  ]
}

@Suite("State of features in snapshots")
struct FeatureStateTests {
  private static let area: UInt64 = 0x9000

  /// A machine in 64-bit mode with the first 2 MiB mapped to itself, an XSAVE area at 9000h.
  private static func machine(_ row: FeatureStateRow) throws -> Machine {
    var configuration = MachineConfiguration()
    configuration.memoryByteCount = 2 << 20
    configuration.model = row.model
    let machine = try Machine(configuration)
    let memory = machine.memory.physical
    for (at, entry) in [(0x1000, 0x2007), (0x2000, 0x3007), (0x3000, 0x87)] as [(UInt64, UInt64)] {
      memory.store(entry, at)
    }
    memory.store(0x207 as UInt64, area + 512)
    memory.store(0x1F80 as UInt64, area + 24)
    memory.store(0x37F as UInt64, area)
    memory.store(5 as UInt64, area + 176)
    memory.store(6 as UInt64, area + 592)
    memory.store(8 as UInt64, area + 2432)
    // XSAVEOPT [RDI], then JMP to itself.
    _ = machine.memory.write(row.code + [0x0F, 0xAE, 0x37, 0xEB, 0xFE], at: PhysicalAddress(0x7C00))
    var state = machine.state(ofProcessor: 0)
    state.cr0 = 0x8005_0033
    state.cr3 = 0x1000
    state.cr4 = CR4.physicalAddressExtension | CR4.osFXSR | CR4.osXMMExceptions
    state.efer = EFER.longModeEnable | EFER.longModeActive | EFER.noExecuteEnable
    state.rip = 0x7C00
    for index in 0..<6 {
      state.segments[index] = SegmentState(
        selector: 0x10, base: 0, limit: .max, attributes: index == 1 ? 0xA09B : 0xC093)
    }
    (state.generalRegisters[0], state.generalRegisters[2], state.generalRegisters[7]) = (0x207, 0, area)
    row.change(&state)
    machine.processor(0).restore(state)
    return machine
  }

  @Test("It goes into a file and comes back, and the guest goes on as without", arguments: FeatureStateRow.all)
  func roundTrip(_ row: FeatureStateRow) throws {
    let folder = try Folder()
    let first = try Self.machine(row)
    if !row.code.isEmpty { _ = first.run(ticks: 1) }
    try first.saveSnapshot(to: folder.path("one"))
    let second = try Machine(snapshot: folder.path("one"))
    #expect(second.processor(0).snapshot() == first.processor(0).snapshot())
    #expect(second.stateHash() == first.stateHash())
    try second.saveSnapshot(to: folder.path("two"))
    #expect(try folder.bytes("one") == folder.bytes("two"))
    // XSAVEOPT leaves out what XRSTOR has loaded, here and there.
    for machine in [first, second] {
      machine.memory.physical.store(0x77 as UInt64, Self.area + 592)
      _ = machine.run(ticks: 3)
      let kept = machine.memory.physical.load(Self.area + 592, as: UInt64.self) == 0x77
      #expect(kept || row.code.isEmpty)
    }
    #expect(second.stateHash() == first.stateHash())
  }

  @Test("A file whose note of the last XRSTOR is not whole is refused by one sentence")
  func damaged() throws {
    let row = try #require(FeatureStateRow.all.first { !$0.code.isEmpty })
    let machine = try Self.machine(row)
    _ = machine.run(ticks: 1)
    var image = machine.processor(0).image()
    #expect(image.problem(model: row.model) == nil)
    image.lastRestore?.upperVectors.removeLast()
    #expect(image.problem(model: row.model) == "31 words of restored upper vectors are not 32")
    image.lastRestore?.upperVectors.append(0)
    image.lastRestore?.fxsaveArea.removeLast()
    #expect(image.problem(model: row.model) == "511 bytes of the restored FXSAVE area are not 512")
    image.lastRestore?.fxsaveArea.append(0)
    image.lastRestore?.cpl = 4
    #expect(image.problem(model: row.model) == "the CPL 4 of the last XRSTOR is not 0...3")
    image.lastRestore?.cpl = 0
    #expect(image.problem(model: .amdV1) == "XCR0 207h has SSE, AVX, PKRU that the model amd-v1 lacks")
    image.architectural.xcr0 = 1
    image.architectural.upperVectors = [UInt64](repeating: 0, count: 32)
    image.architectural.pkru = 0
    image.architectural.cr4 = 0
    #expect(image.problem(model: .amdV1) == "an XRSTOR is noted, and the model amd-v1 lacks XSAVE")
  }
}
