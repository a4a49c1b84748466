import Foundation
import MMU
import ModelExecution
import TestSupport
import Testing
import X86

@testable import Interpreter

/// A processor of a model.
private struct Specimen {
  let processor: Processor
  let model: ProcessorModel
  /// A processor does not own its board: it lives as long as its specimen.
  private let bus = SilentBus()

  init(_ model: ProcessorModel) throws {
    self.model = model
    let memory = try GuestMemory(byteCount: GuestMemory.minimumByteCount)
    processor = Processor(index: 0, memory: memory, cache: CodeCache(memory), bus: bus, model: model)
  }

  /// Executes RDMSR or WRMSR at CPL 0 in 64-bit mode.
  func execute(_ code: [UInt8], _ number: UInt32, value: UInt64 = 0) throws -> StepOutcome {
    var guest = try BareProcessor()
    guest.state.generalRegisters[1] = UInt64(number)
    guest.state.generalRegisters[0] = value & 0xFFFF_FFFF
    guest.state.generalRegisters[2] = value >> 32
    return guest.execute(code, model: model)
  }
}

private let readMSR: [UInt8] = [0x0F, 0x32]
private let writeMSR: [UInt8] = [0x0F, 0x30]

@Suite("The table of MSRs")
struct MSRTableTests {
  @Test("Numbers ascend, do not overlap, and are found")
  func numbers() {
    var last: Int64 = -1
    for row in MSRTable.rows {
      #expect(Int64(row.numbers.lowerBound) > last, "\(row.name)")
      last = Int64(row.numbers.upperBound)
      for number in [row.numbers.lowerBound, row.numbers.upperBound] {
        #expect(MSRTable.row(of: number)?.name == row.name)
        #expect(MSRTable.facts(of: number)?.effect == row.effect)
      }
    }
    for number in [0x1, 0x1FFF, 0x2000, 0x4000_0000, 0xC000_1FFF, 0xC001_2000, .max] as [UInt32] {
      #expect(MSRTable.row(of: number) == nil && MSRTable.name(of: number) == nil, "\(number)")
    }
  }

  @Test("Names are unique, in every list")
  func names() {
    let rows = MSRTable.rows
    for names in [rows.map(\.name), rows.compactMap(\.trace?.name), rows.compactMap(\.gdb?.name)] {
      #expect(Set(names).count == names.count && !names.contains(""))
    }
    for orders in [rows.compactMap(\.trace?.order), rows.compactMap(\.gdb?.order)] {
      #expect(orders.sorted() == Array(0..<orders.count), "each place of a list has one register")
    }
    #expect(MSRTable.name(of: MSR.x2APICCommand) == "x2APIC register 30h")
  }

  @Test("Each value that instructions use has one row, and each value its own slot")
  func slots() {
    for place in MSRPlace.allCases {
      #expect(MSRTable.rows.filter { $0.place == place }.count == 1, "\(place)")
      #expect(MSRTable.row(of: place)?.isStored == true, "\(place)")
    }
    let slots = MSRTable.rows.filter(\.isStored).compactMap { MSRTable.facts(of: $0.numbers.lowerBound)?.slot }
    #expect(Set(slots).count == slots.count && slots.allSatisfy { $0 < MSRTable.slotCapacity })
    #expect(MemoryLayout<MSRValues>.size == MSRTable.slotCapacity * 8)
  }

  @Test("A value of some processor is in no snapshot twice, and in none is it missing")
  func exports() {
    for row in MSRTable.rows {
      #expect(!row.exports.isSuperset(of: [.state, .snapshot]), "\(row.name)")
      if row.isStored { #expect(!row.exports.isDisjoint(with: [.state, .snapshot]), "\(row.name)") }
      if row.exports.contains(.kvm) || row.exports.contains(.lockstep) {
        #expect(row.exports.contains(.state), "\(row.name)")
      }
    }
  }

  @Test("A value after reset passes the checks of its own row", arguments: ProcessorModel.all)
  func reset(_ model: ProcessorModel) throws {
    let specimen = try Specimen(model)
    defer { withExtendedLifetime(specimen) {} }
    let processor = specimen.processor
    for row in MSRTable.rows where row.isStored {
      #expect(row.reset & row.reserved == 0, "\(row.name)")
      let number = row.numbers.lowerBound
      #expect(processor.readMSR(number) == row.reset, "\(row.name)")
      guard case .done = processor.writeMSR(number, row.reset) else {
        Issue.record("\(row.name) refuses \(row.reset)")
        continue
      }
      #expect(processor.readMSR(number) == row.reset, "\(row.name)")
    }
  }

  @Test("RDMSR reads what the model has, and is #GP for the rest", arguments: ProcessorModel.all)
  func reads(_ model: ProcessorModel) throws {
    let specimen = try Specimen(model)
    defer { withExtendedLifetime(specimen) {} }
    for row in MSRTable.rows where row.effect != .localAPIC {
      let isReadable = model.has(row) && row.access != .writeOnly
      let outcome = try specimen.execute(readMSR, row.numbers.lowerBound)
      if isReadable {
        guard case .retired = outcome else {
          Issue.record("\(row.name): \(outcome)")
          continue
        }
      } else {
        guard case .raised(let exception) = outcome else {
          Issue.record("\(row.name) is read")
          continue
        }
        #expect(exception.vector == .generalProtection && exception.reason == .msrUnknown, "\(row.name)")
      }
    }
  }

  @Test("WRMSR refuses what the model lacks and each reserved bit", arguments: ProcessorModel.all)
  func writes(_ model: ProcessorModel) throws {
    let specimen = try Specimen(model)
    defer { withExtendedLifetime(specimen) {} }
    for row in MSRTable.rows where row.effect != .localAPIC {
      let number = row.numbers.lowerBound
      if !model.has(row) || row.access == .readOnly {
        guard case .raised(let exception) = try specimen.execute(writeMSR, number, value: row.reset) else {
          Issue.record("\(row.name) is written")
          continue
        }
        #expect(exception.reason == .msrUnknown, "\(row.name)")
      } else {
        for bit in 0..<64 where row.reserved >> UInt64(bit) & 1 != 0 {
          guard case .illegal(let reason) = specimen.processor.writeMSR(number, row.reset | 1 << UInt64(bit)) else {
            Issue.record("\(row.name) takes bit \(bit)")
            continue
          }
          #expect(reason == row.check.refusal, "\(row.name)")
        }
      }
    }
  }

  @Test("A row without a check names reserved bits as the reason of a refusal")
  func refusal() { #expect(MSRCheck.none.refusal == .msrReservedBits) }

  @Test("Bits that WRMSR does not change stay as after reset")
  func fixedBits() {
    for row in MSRTable.rows where row.effect == .value {
      guard let facts = MSRTable.facts(of: row.numbers.lowerBound) else { continue }
      #expect(facts.stored(.max) & ~row.writable == row.reset & ~row.writable, "\(row.name)")
      #expect(facts.stored(0) == row.reset & ~row.writable, "\(row.name)")
    }
  }

  /// A value that a row takes and that is not its value after reset.
  private static func sample(_ row: MSRRow) -> UInt64 {
    switch row.check {
    case .none, .extendedFeatureEnable: (0x0123_4567_89AB_CDEF & row.writable & ~row.reserved) | row.reset
    case .canonical: 0xFFFF_8000_1234_5678
    case .sysenterAddress: 0x8765_4321
    case .pageAttributes: 0x0001_0406_0507_0006
    case .memoryType: 0xC06
    case .variableRangeBase: 0x12_3456_7006
    case .variableRangeMask: 0xFF_F800_0800
    // WrMem and RdMem, which a guest sets while SYSCFG lets it.
    case .fixedRange: 0x1E1E_0606_0505_0404
    }
  }

  @Test("Every stored value goes into a snapshot and comes back", arguments: ProcessorModel.all)
  func roundTrip(_ model: ProcessorModel) throws {
    let specimens = (try Specimen(model), try Specimen(model))
    defer { withExtendedLifetime(specimens) {} }
    let (source, target) = (specimens.0.processor, specimens.1.processor)
    source.state.msrs[.systemConfiguration] = SystemConfiguration.fixedRangeModificationEnable
    let rows = MSRTable.rows.filter { $0.isStored && $0.place != .systemConfiguration }
    for row in rows {
      guard case .done = source.writeMSR(row.numbers.lowerBound, Self.sample(row)) else {
        Issue.record("\(row.name) refuses the sample")
        continue
      }
      #expect(source.readMSR(row.numbers.lowerBound) != row.reset, "\(row.name)")
    }
    source.state.msrs[.systemConfiguration] = 0
    let image = source.image()
    #expect(image.problem(model: model) == nil)
    target.restore(image)
    for row in rows {
      #expect(target.readMSR(row.numbers.lowerBound) == source.readMSR(row.numbers.lowerBound), "\(row.name)")
    }
    #expect(target.image().architectural == image.architectural)
  }

  @Test("An exported state has exactly the rows for states")
  func state() throws {
    let specimen = try Specimen(.amdV1)
    defer { withExtendedLifetime(specimen) {} }
    let state = specimen.processor.snapshot()
    #expect(state.msrs.keys.sorted() == MSRTable.rows.filter { $0.exports.contains(.state) }.map(\.numbers.lowerBound))
  }

  @Test("An image lacks no MSR and has none that is unknown")
  func imageProblems() throws {
    let specimen = try Specimen(.amdV1)
    defer { withExtendedLifetime(specimen) {} }
    let image = specimen.processor.image()
    for number in image.architectural.msrs.keys {
      var bad = image
      bad.architectural.msrs[number] = nil
      #expect(bad.problem(model: .amdV1) == "MSR \(String(number, radix: 16, uppercase: true))h is missing")
    }
    var bad = image
    bad.architectural.msrs[1] = 0
    #expect(bad.problem(model: .amdV1) == "MSR 1h is unknown")
  }
}

@Suite("Numbers of MSRs in the sources")
struct MSRSourceTests {
  private static let tableFile = "Sources/X86/MSRTable.swift"

  /// Hexadecimal literals of a line, comments and strings apart.
  private static func literals(_ line: Substring) -> [UInt64] {
    let code = line.split(separator: "//", maxSplits: 1, omittingEmptySubsequences: false)[0]
    return code.split(separator: "0x", omittingEmptySubsequences: false).dropFirst().compactMap { rest in
      UInt64(rest.prefix { $0.isHexDigit || $0 == "_" }.filter { $0 != "_" }, radix: 16)
    }
  }

  /// Literals of a line that are numbers of MSRs: any of C000_0080h and above, and the short ones where MSRs are meant.
  static func numbers(_ line: Substring) -> [UInt64] {
    let means = line.lowercased().contains("msr") || line.contains("APICRegister")
    return literals(line).filter { value in
      guard let number = UInt32(exactly: value), let row = MSRTable.row(of: number) else { return false }
      return row.numbers.lowerBound >= 0xC000_0000 || means
    }
  }

  @Test(
    "The search finds a number",
    arguments: [
      ("readAPICRegister(0x1B, processor: 0)", 1), ("msrs = [0x174, 0x0C00]", 1), ("let a = 0xC000_0080", 1),
      ("case 0xc0010015: break", 1), ("let limit = 0x1B", 0), ("let a = 0xC000_0000", 0), ("// MSR 0x174", 0),
      ("state.msrs[MSR.star]", 0),
    ])
  func search(_ line: String, _ count: Int) { #expect(Self.numbers(line[...]).count == count, "\(line)") }

  @Test("No source file but the table has the number of an MSR")
  func sources() throws {
    let root = Build.root.appendingPathComponent("Sources")
    let files = try #require(FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil))
    var count = 0
    for case let file as URL in files where file.pathExtension == "swift" {
      let name = file.lastPathComponent
      guard !file.path.hasSuffix(Self.tableFile), !name.hasSuffix(".generated.swift") else { continue }
      count += 1
      let text = try String(contentsOf: file, encoding: .utf8)
      for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
        let found = Self.numbers(line)
        #expect(found.isEmpty, "\(name):\(index + 1): \(line)")
      }
    }
    #expect(count > 100)
  }
}
