import Interpreter
import MMU
import TestSupport
import Testing
import X86

/// A page of key 5 is read and written, code is executed, and the page is read or written again: with its cached
/// translation, with one of a new walk, or not at all. Meanwhile its entry has come to lead to an address without RAM.
struct KeyInvalidationRow: Sendable, CustomTestStringConvertible {
  enum Outcome: Sendable, Equatable {
    case cached, fresh, fault(UInt32)
  }

  var name: String
  /// PKRU at first.
  var pkru: UInt32 = 0
  var code: [[UInt8]]
  /// EAX for each instruction of the code.
  var values: [UInt64]
  var isWrite = false
  var outcome: Outcome

  var testDescription: String { name }

  private static let wrpkru: [UInt8] = [0x0F, 0x01, 0xEF]
  private static let movCR4: [UInt8] = [0x0F, 0x22, 0xE0]
  private static let xrstor: [UInt8] = [0x0F, 0xAE, 0x2F]  // XRSTOR [RDI]
  private static let cr4 = CR4.physicalAddressExtension | CR4.osFXSR | CR4.osXMMExceptions | CR4.osXSAVE

  static let all: [KeyInvalidationRow] = [
    .init(name: "nothing changes", code: [wrpkru], values: [0], outcome: .cached),
    .init(name: "AD", code: [wrpkru], values: [1 << 10], outcome: .fault(0x21)),
    .init(name: "AD, a write", code: [wrpkru], values: [1 << 10], isWrite: true, outcome: .fault(0x23)),
    .init(name: "WD, a write", code: [wrpkru], values: [2 << 10], isWrite: true, outcome: .fault(0x23)),
    .init(name: "every other key", code: [wrpkru], values: [~(3 << 10)], isWrite: true, outcome: .cached),
    .init(name: "AD and back", code: [wrpkru, wrpkru], values: [1 << 10, 0], outcome: .fresh),
    .init(name: "a right comes back", pkru: 2, code: [wrpkru], values: [0], outcome: .cached),
    .init(name: "XRSTOR with AD", code: [xrstor], values: [0x200], outcome: .fault(0x21)),
    .init(name: "XRSTOR of other components", code: [xrstor], values: [2], outcome: .cached),
    .init(
      name: "AD without PKE", code: [movCR4, xrstor], values: [cr4, 0x200], outcome: .fresh),
    .init(
      name: "AD before PKE", code: [movCR4, xrstor, movCR4], values: [cr4, 0x200, cr4 | CR4.protectionKeyEnable],
      outcome: .fault(0x21)),
  ]
}

@Suite("Translations that PKRU invalidates")
struct ProtectionKeyTests {
  private static let page: UInt64 = 0x4_0000
  private static let area: UInt64 = 0x5_0000

  @Test("The old translation, a new one, or a page fault", arguments: KeyInvalidationRow.all)
  func invalidates(_ row: KeyInvalidationRow) throws {
    var guest = try BareProcessor()
    let memory = guest.memory.physical
    guest.entry(Self.page) { $0 | 5 << 59 }
    guest.state.cr4 |= CR4.protectionKeyEnable | CR4.osXSAVE
    guest.state.xcr0 = 0x207
    guest.state.pkru = row.pkru
    // An area with AD of key 5.
    guest.store([0x200], Self.area + 512)
    guest.store([1 << 10], Self.area + 2432)
    guest.store([0x1F80], Self.area + 24)
    (guest.state.generalRegisters[3], guest.state.generalRegisters[7]) = (Self.page, Self.area)
    guest.state.generalRegisters[1] = 0
    let load: [UInt8] = [0x8A, 0x13]  // MOV DL, [RBX]
    let store: [UInt8] = [0x88, 0x33]  // MOV [RBX], DH
    memory.store(0x5A as UInt8, Self.page)
    guest.withProcessor(load + store + row.code.flatMap { $0 } + (row.isWrite ? store : load), model: .zen4) {
      processor in
      func retire() {
        guard case .raised(let exception) = processor.executeOne() else { return }
        Issue.record("\(exception)")
      }
      retire()
      retire()
      processor.state.registers[2] = 0
      memory.store(0x5A as UInt8, Self.page)
      let place = BareProcessor.pageTable + Self.page >> 12 * 8
      memory.store(memory.load(place, as: UInt64.self) | 0x8000_0000, place)
      for value in row.values {
        processor.state.registers[0] = value
        retire()
      }
      switch processor.executeOne() {
      case .raised(let exception):
        #expect(exception.vector == .pageFault && .fault(exception.errorCode) == row.outcome, "\(exception)")
        #expect(exception.address == LinearAddress(Self.page))
      case .retired:
        // A write to the frame that was cached leaves a zero there; without RAM the bus reads as all ones.
        let isCached = row.isWrite ? memory.load(Self.page, as: UInt8.self) == 0 : processor.state.registers[2] == 0x5A
        #expect((isCached ? KeyInvalidationRow.Outcome.cached : .fresh) == row.outcome)
      }
    }
  }

  @Test("The key of a cached page goes into an image and comes back")
  func image() throws {
    var guest = try BareProcessor()
    guest.entry(Self.page) { $0 | 7 << 59 }
    guest.state.cr4 |= CR4.protectionKeyEnable
    guest.state.generalRegisters[3] = Self.page
    try guest.withProcessor([0x8A, 0x13, 0x0F, 0x01, 0xEF, 0x8A, 0x13], model: .zen4) { processor in
      _ = processor.executeOne()
      let image = processor.image()
      processor.restore(image)
      #expect(processor.image().data == image.data)
      let slot = try #require(image.data.first { $0.tag == Self.page })
      #expect(slot.attributes & 0x7C0 == 0x400 | 7 << 6)
      processor.state.registers[0] = 1 << 14
      processor.state.registers[1] = 0
      _ = processor.executeOne()
      guard case .raised(let exception) = processor.executeOne() else {
        Issue.record("the page is read")
        return
      }
      #expect(exception.errorCode == 0x21)
    }
  }
}
