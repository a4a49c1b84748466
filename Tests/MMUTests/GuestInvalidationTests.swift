import Interpreter
import MMU
import TestSupport
import Testing
import X86

/// A page is read, its entry changed, an instruction executed, and the page read again: by the old translation, which
/// stays until the architecture drops it, or by the new one.
struct GuestInvalidationRow: Sendable, CustomTestStringConvertible {
  enum Size: Sendable, CaseIterable {
    case small, large, giant
  }

  var name: String
  var size = Size.small
  var isGlobal = false
  /// Bits of CR4 beside those of `BareProcessor`.
  var cr4: UInt64 = 0
  var code: [UInt8]
  /// RCX, an address, and RDX, a value, for `code`.
  var rcx = Self.page
  var rdx: UInt64 = 0
  /// Two quadwords at `BareProcessor.dataAddress`: the descriptor of INVPCID.
  var descriptor: [UInt64] = [0, Self.page]
  /// The second read finds the new page.
  var isFresh: Bool

  var testDescription: String { "\(name), \(size)\(isGlobal ? ", global" : "")" }

  /// What is read; it maps to physical 21000h, and then to an address without RAM.
  static let page: UInt64 = 0x4002_1000
  private static let pge = CR4.pageGlobalEnable
  private static let pcide = CR4.pcidEnable
  private static let cr4Base = CR4.physicalAddressExtension | CR4.osFXSR | CR4.osXMMExceptions

  private static let nop: [UInt8] = [0x90]
  private static let invlpg: [UInt8] = [0x0F, 0x01, 0x39]  // INVLPG [RCX]
  private static let movCR0: [UInt8] = [0x0F, 0x22, 0xC2]  // MOV CR0, RDX
  private static let movCR3: [UInt8] = [0x0F, 0x22, 0xDA]  // MOV CR3, RDX
  private static let movCR4: [UInt8] = [0x0F, 0x22, 0xE2]  // MOV CR4, RDX
  private static let invpcid: [UInt8] = [0x66, 0x0F, 0x38, 0x82, 0x11]  // INVPCID RDX, [RCX]

  static let all: [GuestInvalidationRow] = bySize.flatMap { $0 } + others

  private static let bySize: [[GuestInvalidationRow]] = Size.allCases.map { size in
    [
      .init(name: "nothing", size: size, code: nop, isFresh: false),
      .init(name: "INVLPG", size: size, code: invlpg, isFresh: true),
      .init(name: "INVLPG", size: size, isGlobal: true, cr4: pge, code: invlpg, isFresh: true),
      .init(
        name: "INVLPG of the next 4 KiB", size: size, code: invlpg, rcx: page + 0x1000, isFresh: size != .small),
      .init(name: "INVLPG 1 GiB away", size: size, code: invlpg, rcx: page + (1 << 30), isFresh: false),
      .init(name: "MOV CR3", size: size, code: movCR3, rdx: 0x1000, isFresh: true),
      .init(name: "MOV CR3", size: size, isGlobal: true, cr4: pge, code: movCR3, rdx: 0x1000, isFresh: false),
      .init(
        name: "MOV CR4 that clears PGE", size: size, isGlobal: true, cr4: pge, code: movCR4, rdx: cr4Base,
        isFresh: true),
    ]
  }

  private static let others: [GuestInvalidationRow] = [
    .init(name: "MOV CR3, G without PGE", isGlobal: true, code: movCR3, rdx: 0x1000, isFresh: true),
    .init(name: "MOV CR3 with another PCID", cr4: pcide, code: movCR3, rdx: 0x1005, isFresh: true),
    .init(
      name: "MOV CR3 with another PCID", isGlobal: true, cr4: pcide | pge, code: movCR3, rdx: 0x1005, isFresh: false),
    .init(name: "MOV CR4 that sets PCIDE", code: movCR4, rdx: cr4Base | pcide, isFresh: true),
    .init(name: "MOV CR4 that sets TSD", code: movCR4, rdx: cr4Base | CR4.timeStampDisable, isFresh: false),
    .init(name: "MOV CR0 that clears WP", code: movCR0, rdx: 0x8004_0033, isFresh: true),
    .init(name: "MOV CR0 that sets TS", code: movCR0, rdx: 0x8005_003B, isFresh: false),
    .init(name: "INVPCID 0", cr4: pcide, code: invpcid, rcx: BareProcessor.dataAddress, isFresh: true),
    .init(
      name: "INVPCID 0, another address", cr4: pcide, code: invpcid, rcx: BareProcessor.dataAddress,
      descriptor: [0, page + 0x1000], isFresh: false),
    .init(name: "INVPCID 1", cr4: pcide, code: invpcid, rcx: BareProcessor.dataAddress, rdx: 1, isFresh: true),
    .init(
      name: "INVPCID 1", isGlobal: true, cr4: pcide | pge, code: invpcid, rcx: BareProcessor.dataAddress, rdx: 1,
      isFresh: false),
    .init(
      name: "INVPCID 2", isGlobal: true, cr4: pcide | pge, code: invpcid, rcx: BareProcessor.dataAddress, rdx: 2,
      isFresh: true),
    .init(name: "INVPCID 3", cr4: pcide, code: invpcid, rcx: BareProcessor.dataAddress, rdx: 3, isFresh: true),
    .init(
      name: "INVPCID 3", isGlobal: true, cr4: pcide | pge, code: invpcid, rcx: BareProcessor.dataAddress, rdx: 3,
      isFresh: false),
  ]
}

@Suite("Translations that a guest invalidates")
struct GuestInvalidationTests {
  private static let load: [UInt8] = [0x8A, 0x03]  // MOV AL, [RBX]
  private static let pages: UInt64 = 0xE000
  private static let tableOfSmall: UInt64 = 0xF000

  /// Maps 1 GiB from 40000000h on by one entry, or by a table whose first entry maps 2 MiB, or by one that leads to one
  /// of 4 KiB pages; gives the place of the entry that maps the page.
  private static func map(_ row: GuestInvalidationRow, _ memory: PhysicalMemory) -> UInt64 {
    let flags: UInt64 = row.isGlobal ? 0x107 : 7
    switch row.size {
    case .giant:
      memory.store(flags | 0x80, 0x2008)
      return 0x2008
    case .large:
      memory.store(pages | 7, 0x2008)
      memory.store(flags | 0x80, pages)
      return pages
    case .small:
      memory.store(pages | 7, 0x2008)
      memory.store(tableOfSmall | 7, pages)
      let place = tableOfSmall + 0x21 * 8
      memory.store(0x2_1000 | flags, place)
      return place
    }
  }

  @Test("The old translation, or the new one", arguments: GuestInvalidationRow.all)
  func invalidates(_ row: GuestInvalidationRow) throws {
    var guest = try BareProcessor()
    let memory = guest.memory.physical
    let place = Self.map(row, memory)
    memory.store(0x5A as UInt8, 0x2_1000)
    guest.store(row.descriptor, BareProcessor.dataAddress)
    guest.state.cr4 |= row.cr4
    guest.state.generalRegisters[1] = row.rcx
    guest.state.generalRegisters[2] = row.rdx
    guest.state.generalRegisters[3] = GuestInvalidationRow.page
    try guest.withProcessor(Self.load + row.code + Self.load) { processor in
      func step() throws -> UInt64 {
        guard case .retired = processor.executeOne() else { throw UnexpectedException() }
        return processor.snapshot().generalRegisters[0] & 0xFF
      }
      #expect(try step() == 0x5A)
      memory.store(memory.load(place, as: UInt64.self) | 0x8000_0000, place)
      _ = try step()
      // Where there is no RAM the bus reads as all ones.
      #expect(try step() == (row.isFresh ? 0xFF : 0x5A))
    }
  }

  @Test("A page that was not present needs no invalidation")
  func becomesPresent() throws {
    var guest = try BareProcessor()
    guest.state.generalRegisters[3] = 0x2_1000
    guest.entry(0x2_1000) { $0 & ~1 }
    guest.withProcessor(Self.load) { processor in
      guard case .raised(let exception) = processor.executeOne() else {
        Issue.record("no page fault")
        return
      }
      #expect(exception.vector == .pageFault && exception.errorCode == 0)
      guest.entry(0x2_1000) { $0 | 1 }
      guard case .retired = processor.executeOne() else {
        Issue.record("the fault was cached")
        return
      }
    }
  }

  @Test("A write after a read sets D, by a walk of its own")
  func dirty() throws {
    var guest = try BareProcessor()
    guest.state.generalRegisters[3] = 0x2_1000
    let place = BareProcessor.pageTable + 0x21 * 8
    guest.withProcessor(Self.load + [0x88, 0x03]) { processor in
      _ = processor.executeOne()
      #expect(guest.memory.physical.load(place, as: UInt64.self) & 0x60 == 0x20)
      _ = processor.executeOne()
      #expect(guest.memory.physical.load(place, as: UInt64.self) & 0x60 == 0x60)
    }
  }

  /// Code, the entry of the second page, and the exception: at the start of that page.
  @Test(
    "An access over two pages faults on the second, and nothing is written",
    arguments: [
      ([0x48, 0x89, 0x03], 0, 2), ([0x48, 0x8B, 0x03], 0, 0), ([0x48, 0x89, 0x03], 0x2_1005, 3),
      ([0x48, 0x01, 0x03], 0x2_1005, 3), ([0x48, 0x87, 0x03], 0x8_0000_0002_1007, 0xB),
      ([0x0F, 0x11, 0x03], 0x2_1005, 3), ([0x8F, 0x03], 0x2_1005, 3),
    ] as [([UInt8], UInt64, UInt32)])
  func splitFaults(_ code: [UInt8], _ entry: UInt64, _ error: UInt32) throws {
    var guest = try BareProcessor()
    guest.state.generalRegisters[0] = .max
    guest.state.generalRegisters[3] = 0x2_0FFC
    guest.store([0x1122_3344_5566_7788], 0x2_0FF8)
    guest.entry(0x2_1000) { _ in entry }
    guard case .raised(let exception) = guest.execute(code) else {
      Issue.record("no page fault")
      return
    }
    #expect(exception.vector == .pageFault && exception.errorCode == error)
    #expect(exception.address == LinearAddress(0x2_1000))
    #expect(guest.memory.physical.load(0x2_0FF8, as: UInt64.self) == 0x1122_3344_5566_7788)
  }

  @Test("An access over two pages goes to the frame of each")
  func splits() throws {
    var guest = try BareProcessor()
    guest.state.generalRegisters[0] = 0x1122_3344_5566_7788
    guest.state.generalRegisters[3] = 0x2_0FFD
    guest.entry(0x2_1000) { _ in 0x5_0007 }
    guard case .retired = guest.execute([0x48, 0x89, 0x03]) else {
      Issue.record("an exception")
      return
    }
    let memory = guest.memory.physical
    #expect(memory.load(0x2_0FF8, as: UInt64.self) == 0x6677_8800_0000_0000)
    #expect(memory.load(0x5_0000, as: UInt64.self) == 0x11_2233_4455)
    #expect(memory.load(0x2_1000, as: UInt64.self) == 0)
    for page in [0x20, 0x21] as [UInt64] {
      #expect(memory.load(BareProcessor.pageTable + page * 8, as: UInt64.self) & 0x60 == 0x60)
    }
  }
}

/// A step that should have retired did not.
private struct UnexpectedException: Error {}
