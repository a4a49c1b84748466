import MMU
import Testing
import X86

/// How linear addresses are translated, with the registers that say so.
enum PagingFormat: Sendable {
  case level4, level5, pae, bits32

  /// The first level that a walk reads from memory, and the bytes of an entry.
  var top: UInt8 {
    switch self {
    case .level5: 5
    case .level4: 4
    case .pae, .bits32: 2
    }
  }
  var entryByteCount: UInt64 { self == .bits32 ? 4 : 8 }

  /// Paging is on, with WP; NXE too where it exists.
  var state: PagingState {
    var state = PagingState()
    state.cr0 = CR0.protectionEnable | CR0.paging | CR0.writeProtect
    state.cr3 = PageWalkRow.table(top)
    if self != .bits32 {
      state.cr4 = CR4.physicalAddressExtension
      state.efer = EFER.noExecuteEnable
    }
    if self == .level4 || self == .level5 { state.efer |= EFER.longModeEnable | EFER.longModeActive }
    if self == .level5 { state.cr4 |= CR4.linearAddress57 }
    if self == .pae { for index in 0..<4 { state.pdpte[index] = PageWalkRow.table(2) | 1 } }
    return state
  }
}

/// One translation. Every row translates the same address through tables of its own: entry 2 of the PML5, 3 of the
/// PML4, and so on down to entry 6 of the page table (PTE and PDE 38 and 5 with 32-bit paging).
struct PageWalkRow: Sendable, CustomTestStringConvertible {
  /// What the walk gives.
  enum Outcome: Sendable, Equatable {
    case page(UInt64, shift: UInt64)
    case fault(UInt32, FaultReason)
  }

  var name: String
  var format = PagingFormat.level4
  /// Entries that differ from the tables' usual ones, by level.
  var entries: [UInt8: UInt64] = [:]
  var change: @Sendable (inout PagingState) -> Void = { _ in }
  var intent = Self.read
  var outcome: Outcome
  /// The entries after the walk, by level, where they change otherwise than this: a walk that succeeds sets A in all,
  /// and D in the last for a write; one that faults changes nothing.
  var after: [UInt8: UInt64] = [:]

  var testDescription: String { "\(format): \(name)" }

  static let read = AccessIntent(isWrite: false, isUser: false)
  static let write = AccessIntent(isWrite: true, isUser: false)
  static let fetch = AccessIntent(isWrite: false, isFetch: true, isUser: false)
  static let userRead = AccessIntent(isWrite: false, isUser: true)
  static let userWrite = AccessIntent(isWrite: true, isUser: true)
  static let userFetch = AccessIntent(isWrite: false, isFetch: true, isUser: true)
  /// AC is clear, or the access is implicit.
  static let smapRead = AccessIntent(isWrite: false, isUser: false, isUserPageForbidden: true)
  static let smapWrite = AccessIntent(isWrite: true, isUser: false, isUserPageForbidden: true)

  /// Where the table of a level stands.
  static func table(_ level: UInt8) -> UInt64 { 0x1_0000 + UInt64(level) << 12 }
  /// The page that the last level usually maps.
  static let page: UInt64 = 0x2_5000

  /// The address: bits 31:0 are those of every format.
  static let low: UInt64 = 3 << 30 | 5 << 21 | 6 << 12 | 0x678
  var linear: UInt64 {
    switch format {
    case .level5: 2 << 48 | 3 << 39 | Self.low
    case .level4: 3 << 39 | Self.low
    case .pae, .bits32: Self.low
    }
  }

  /// Where the entry of a level stands.
  func place(_ level: UInt8) -> UInt64 {
    let index =
      format == .bits32
      ? linear >> (level == 2 ? 22 : 12) & 0x3FF : linear >> (12 + 9 * UInt64(level - 1)) & 0x1FF
    return Self.table(level) + index * format.entryByteCount
  }

  /// The entry of a level before the walk: present, writable, for users, not yet accessed.
  func entry(_ level: UInt8) -> UInt64 { entries[level] ?? ((level == 1 ? Self.page : Self.table(level - 1)) | 7) }

  private static let mapped = Outcome.page(page | 0x678, shift: 12)
  private static let noExecute: UInt64 = 1 << 63

  static let all: [PageWalkRow] = [
    formats, absentByLevel, presence, largePages, reservedByLevel, reserved, rightsByLevel, rights, flags,
    protectionKeys,
  ].flatMap { $0 }

  static let formats: [PageWalkRow] = [PagingFormat.level4, .level5, .pae, .bits32].flatMap { format -> [PageWalkRow] in
    [
      .init(name: "a read", format: format, outcome: mapped),
      .init(name: "a write", format: format, intent: write, outcome: mapped),
      .init(name: "a fetch", format: format, intent: fetch, outcome: mapped),
      .init(name: "a user's write", format: format, intent: userWrite, outcome: mapped),
      .init(
        name: "A20 masked", format: format, entries: [1: 0x10_5007], change: { $0.addressMask = ~(1 << 20) },
        outcome: .page(0x5678, shift: 12)),
    ]
  }

  static let absentByLevel: [PageWalkRow] = [PagingFormat.level4, .level5, .pae, .bits32].flatMap { format in
    (1...format.top).flatMap { level -> [PageWalkRow] in
      [
        .init(
          name: "level \(level) is absent", format: format, entries: [level: 0xFFFF_FFFE],
          outcome: .fault(0, .pageNotPresent)),
        .init(
          name: "level \(level) is absent for a user's write", format: format, entries: [level: 0], intent: userWrite,
          outcome: .fault(6, .pageNotPresent)),
      ]
    }
  }

  static let presence: [PageWalkRow] = [
    .init(
      name: "a PDPTE register is absent", format: .pae, change: { $0.pdpte[3] = 0 },
      outcome: .fault(0, .pageNotPresent)),
    .init(
      name: "a fetch, with NXE", entries: [1: 0], intent: fetch, outcome: .fault(0x10, .pageNotPresent)),
    .init(
      name: "a fetch without NXE and SMEP", entries: [1: 0], change: { $0.efer &= ~EFER.noExecuteEnable },
      intent: fetch, outcome: .fault(0, .pageNotPresent)),
    .init(
      name: "a fetch with SMEP alone", format: .bits32, entries: [1: 0],
      change: { $0.cr4 |= CR4.supervisorModeExecutionPrevention }, intent: fetch,
      outcome: .fault(0x10, .pageNotPresent)),
    .init(
      name: "a table outside RAM reads as all ones", entries: [2: 0x7FFF_F007],
      outcome: .fault(9, .pageReservedAddressBits)),
  ]

  static let largePages: [PageWalkRow] = [
    .init(name: "2 MiB", entries: [2: 0x4060_0087], outcome: .page(0x4060_6678, shift: 21)),
    .init(name: "2 MiB", format: .level5, entries: [2: 0x4060_0087], outcome: .page(0x4060_6678, shift: 21)),
    .init(name: "2 MiB", format: .pae, entries: [2: 0x4060_0087], outcome: .page(0x4060_6678, shift: 21)),
    .init(
      name: "2 MiB, PAT bit", entries: [2: 0x4060_1087], outcome: .page(0x4060_6678, shift: 21)),
    .init(
      name: "2 MiB at the top of 40 bits", entries: [2: 0xFF_FFE0_0087], intent: write,
      outcome: .page(0xFF_FFE0_6678, shift: 21)),
    .init(name: "1 GiB", entries: [3: 0x1_4000_0087], outcome: .page(0x1_40A0_6678, shift: 30)),
    .init(name: "1 GiB", format: .level5, entries: [3: 0x1_4000_0087], outcome: .page(0x1_40A0_6678, shift: 30)),
    .init(
      name: "4 MiB", format: .bits32, entries: [2: 0x4040_0087], change: { $0.cr4 |= CR4.pageSizeExtensions },
      outcome: .page(0x4060_6678, shift: 22)),
    .init(
      name: "4 MiB by PSE-36 above 4 GiB", format: .bits32, entries: [2: 0x4041_A087],
      change: { $0.cr4 |= CR4.pageSizeExtensions }, outcome: .page(0xD_4060_6678, shift: 22)),
    .init(name: "PS without PSE is ignored", format: .bits32, entries: [2: table(1) | 0x87], outcome: mapped),
    .init(name: "bit 7 of a PTE is PAT", entries: [1: page | 0x87], outcome: mapped),
  ]

  private static func reservedRow(
    _ name: String, _ format: PagingFormat, _ level: UInt8, _ entry: UInt64, _ reason: FaultReason,
    change: @escaping @Sendable (inout PagingState) -> Void = { _ in }
  ) -> PageWalkRow {
    .init(
      name: name, format: format, entries: [level: entry], change: change, intent: userWrite,
      outcome: .fault(0xF, reason))
  }

  static let reservedByLevel: [PageWalkRow] = (1...5 as ClosedRange<UInt8>).flatMap { level -> [PageWalkRow] in
    [
      reservedRow("level \(level), bit 40 of 40", .level5, level, table(1) | 1 << 40 | 7, .pageReservedAddressBits),
      reservedRow(
        "level \(level), XD without NXE", .level5, level, table(1) | noExecute | 7, .pageReservedNoExecute,
        change: { $0.efer &= ~EFER.noExecuteEnable }),
    ]
  }

  static let reserved: [PageWalkRow] = [
    reservedRow("bit 51", .level4, 1, page | 1 << 51 | 7, .pageReservedAddressBits),
    reservedRow("PS of the PML4E", .level4, 4, table(3) | 0x87, .pageReservedSizeBit),
    reservedRow("bit 8 of the PML4E", .level4, 4, table(3) | 0x107, .pageReservedSizeBit),
    reservedRow("PS of the PML5E", .level5, 5, table(4) | 0x87, .pageReservedSizeBit),
    reservedRow(
      "PS of the PDPTE where there are no 1 GiB pages", .level4, 3, 0x4000_0087, .pageReservedSizeBit,
      change: { $0.hasGiantPages = false }),
    reservedRow("2 MiB page, bit 13", .level4, 2, 0x4060_2087, .pageReservedLargePage),
    reservedRow("2 MiB page, bit 20", .level4, 2, 0x4070_0087, .pageReservedLargePage),
    reservedRow("1 GiB page, bit 13", .level4, 3, 0x4000_2087, .pageReservedLargePage),
    reservedRow("1 GiB page, bit 29", .level4, 3, 0x6000_0087, .pageReservedLargePage),
    reservedRow("bit 52", .pae, 1, page | 1 << 52 | 7, .pageReservedUpperBits),
    reservedRow("bit 62", .pae, 2, table(1) | 1 << 62 | 7, .pageReservedUpperBits),
    reservedRow(
      "4 MiB page, bit 21", .bits32, 2, 0x4060_0087, .pageReservedLargePage,
      change: { $0.cr4 |= CR4.pageSizeExtensions }),
    reservedRow(
      "4 MiB page, bit 17 of 36 address bits", .bits32, 2, 0x4042_0087, .pageReservedAddressBits,
      change: {
        $0.cr4 |= CR4.pageSizeExtensions
        $0.physicalAddressBits = 36
      }),
    .init(name: "bits 62:52 are ignored", entries: [1: page | 0x7FF0_0000_0000_0007], outcome: mapped),
    .init(
      name: "bit 40 of 52 address bits", entries: [1: page | 1 << 40 | 7], change: { $0.physicalAddressBits = 52 },
      outcome: .page(page | 1 << 40 | 0x678, shift: 12)),
    .init(
      name: "the fault of an entry comes before the absence of the next", entries: [2: table(1) | 1 << 40 | 7, 1: 0],
      outcome: .fault(9, .pageReservedAddressBits)),
    .init(
      name: "an absent entry's reserved bits are ignored", entries: [2: 1 << 40], outcome: .fault(0, .pageNotPresent)),
  ]

  static let rightsByLevel: [PageWalkRow] = (1...4 as ClosedRange<UInt8>).flatMap { level -> [PageWalkRow] in
    let target = level == 1 ? page : table(level - 1)
    return [
      .init(
        name: "a supervisor's page by level \(level)", entries: [level: target | 3], intent: userRead,
        outcome: .fault(5, .pageSupervisorOnly)),
      .init(name: "a supervisor's page by level \(level)", entries: [level: target | 3], outcome: mapped),
      .init(
        name: "read-only by level \(level)", entries: [level: target | 5], intent: userWrite,
        outcome: .fault(7, .pageReadOnly)),
      .init(
        name: "read-only by level \(level), WP", entries: [level: target | 5], intent: write,
        outcome: .fault(3, .pageWriteProtected)),
      .init(
        name: "XD by level \(level)", entries: [level: target | noExecute | 7], intent: userFetch,
        outcome: .fault(0x15, .pageNoExecute)),
      .init(
        name: "XD by level \(level)", entries: [level: target | noExecute | 7], intent: fetch,
        outcome: .fault(0x11, .pageNoExecute)),
    ]
  }

  static let rights: [PageWalkRow] = [
    .init(name: "a user reads a read-only page", entries: [1: page | 5], intent: userRead, outcome: mapped),
    .init(
      name: "a supervisor writes a read-only page without WP", entries: [1: page | 5],
      change: { $0.cr0 &= ~CR0.writeProtect }, intent: write, outcome: mapped),
    .init(
      name: "a user writes a read-only page without WP", entries: [1: page | 5],
      change: { $0.cr0 &= ~CR0.writeProtect }, intent: userWrite, outcome: .fault(7, .pageReadOnly)),
    .init(
      name: "a supervisor's page, written by a user", format: .bits32, entries: [2: table(1) | 3], intent: userWrite,
      outcome: .fault(7, .pageSupervisorOnly)),
    .init(
      name: "read-only 2 MiB page", entries: [2: 0x4060_0085], intent: userWrite, outcome: .fault(7, .pageReadOnly)),
    .init(name: "XD, and read", entries: [1: page | noExecute | 7], intent: userRead, outcome: mapped),
    .init(
      name: "SMEP", change: { $0.cr4 |= CR4.supervisorModeExecutionPrevention }, intent: fetch,
      outcome: .fault(0x11, .pageSMEP)),
    .init(
      name: "SMEP and a supervisor's page", entries: [1: page | 3],
      change: { $0.cr4 |= CR4.supervisorModeExecutionPrevention }, intent: fetch, outcome: mapped),
    .init(
      name: "SMEP and a user", change: { $0.cr4 |= CR4.supervisorModeExecutionPrevention }, intent: userFetch,
      outcome: mapped),
    .init(
      name: "SMAP, AC clear", change: { $0.cr4 |= CR4.supervisorModeAccessPrevention }, intent: smapRead,
      outcome: .fault(1, .pageSMAP)),
    .init(
      name: "SMAP, AC clear, a write", change: { $0.cr4 |= CR4.supervisorModeAccessPrevention }, intent: smapWrite,
      outcome: .fault(3, .pageSMAP)),
    .init(
      name: "SMAP, AC set", change: { $0.cr4 |= CR4.supervisorModeAccessPrevention }, intent: write, outcome: mapped),
    .init(
      name: "SMAP and a supervisor's page", entries: [2: table(1) | 3],
      change: { $0.cr4 |= CR4.supervisorModeAccessPrevention }, intent: smapWrite, outcome: mapped),
    .init(name: "no SMAP", intent: smapWrite, outcome: mapped),
    .init(
      name: "SMAP and a user", change: { $0.cr4 |= CR4.supervisorModeAccessPrevention }, intent: userWrite,
      outcome: mapped),
  ]

  static let flags: [PageWalkRow] = [
    .init(name: "a read leaves D", outcome: mapped, after: [1: page | 0x27]),
    .init(name: "a write sets D in the last entry alone", intent: write, outcome: mapped, after: [1: page | 0x67]),
    .init(
      name: "a read leaves D set", entries: [1: page | 0x47], outcome: mapped, after: [1: page | 0x67]),
    .init(
      name: "a write to a 2 MiB page", entries: [2: 0x4060_0087], intent: write,
      outcome: .page(0x4060_6678, shift: 21), after: [2: 0x4060_00E7]),
    .init(
      name: "a write to a 1 GiB page", entries: [3: 0x4000_0087], intent: write,
      outcome: .page(0x40A0_6678, shift: 30), after: [3: 0x4000_00E7]),
    .init(
      name: "a write to a 4 MiB page", format: .bits32, entries: [2: 0x4040_0087],
      change: { $0.cr4 |= CR4.pageSizeExtensions }, intent: write, outcome: .page(0x4060_6678, shift: 22),
      after: [2: 0x4040_00E7]),
    .init(name: "XD stays", entries: [1: page | noExecute | 7], outcome: mapped, after: [1: page | noExecute | 0x27]),
  ]
}
