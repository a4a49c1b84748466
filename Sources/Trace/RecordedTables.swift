import Inspection
import Interpreter
import MMU
import X86

/// A descriptor or gate of a record of tables.
struct RecordedDescriptor {
  /// Selector with RPL 0, or vector.
  var key: UInt64
  /// Linear address.
  var address: UInt64
  /// Eight or sixteen bytes as numbers of eight (four in the table of real mode); none if they cannot be read.
  var raw: [UInt64]
  var text: String
  /// Where a gate leads.
  var handler: UInt64?
}

/// What is new in a GDT, LDT or IDT.
struct RecordedTable {
  /// Where the table lies and how it is read.
  struct Place: Equatable {
    var base: UInt64
    var limit: UInt64
    var isLongMode: Bool
    var isProtected: Bool
  }

  /// The whole table is in the record, but for empty entries; nil if only what has changed is.
  var place: Place?
  /// The register is null.
  var isAbsent = false
  var entries: [RecordedDescriptor] = []
  /// There are more than a record may hold.
  var isCut = false
}

/// A TSS, or that there is none.
struct RecordedTask: Equatable {
  struct Field: Equatable {
    var name: String
    var value: UInt64
  }

  var selector: UInt64
  var base: UInt64
  var limit: UInt64
  /// 16, 32 or 64; 0 is no TSS.
  var bits: Int
  /// Those that lie within the limit and can be read.
  var fields: [Field]
  /// Ranges of ports that the I/O permission bitmap allows; nil without a bitmap.
  var ports: [ClosedRange<UInt16>]?
  /// There are more ranges than a record may hold.
  var isCut = false
}

/// What is new in a paging structure.
struct RecordedPage {
  var address: UInt64
  var level: UInt8
  var linear: UInt64
  /// Entries that are left out are 0; else they are as they were.
  var isWhole: Bool
  var entries: [(index: Int, value: UInt64)]
}

/// Page tables under one CR3.
struct RecordedPaging {
  var cr3: UInt64
  /// 0 without paging.
  var levels: UInt8
  var format: String
  /// 8, or 4 with 32-bit paging.
  var entryByteCount: Int
  var tables: [RecordedPage]
  /// There are more than a record may hold.
  var isCut: Bool
}

/// The tables of a processor at one moment, as far as they differ from what the trace has recorded of it.
struct RecordedTables {
  var processor: Int
  var tick: UInt64
  /// Such as `start`, `cr3`, `memory`, `end`.
  var cause: String
  var global: RecordedTable?
  var local: RecordedTable?
  var interrupts: RecordedTable?
  var task: RecordedTask?
  var paging: RecordedPaging?

  /// Nothing is new.
  var isEmpty: Bool { global == nil && local == nil && interrupts == nil && task == nil && paging == nil }
}

/// The registers that say where tables lie and how they are read.
struct TableRegisters: Equatable {
  private var cr0: UInt64
  private var cr3: UInt64
  private var cr4: UInt64
  private var efer: UInt64
  private var gdtr: DescriptorTableRegister
  private var idtr: DescriptorTableRegister
  private var ldtr: SegmentState
  private var tr: SegmentState
  private var pdpte: SIMD4<UInt64>

  private static let cr4Bits =
    CR4.pageSizeExtensions | CR4.physicalAddressExtension | CR4.pageGlobalEnable | CR4.linearAddress57
    | CR4.supervisorModeExecutionPrevention | CR4.supervisorModeAccessPrevention

  /// Takes them from a running processor.
  init(_ state: CoreState) { self.init(state.paging, state.gdtr, state.idtr, state.ldtr, state.tr) }

  /// Takes them from a state.
  init(_ state: ArchitecturalState) {
    self.init(PagingState(state), state.gdtr, state.idtr, state.ldtr, state.tr)
  }

  private init(
    _ paging: PagingState, _ gdtr: DescriptorTableRegister, _ idtr: DescriptorTableRegister, _ ldtr: SegmentState,
    _ tr: SegmentState
  ) {
    cr0 = paging.cr0 & (CR0.protectionEnable | CR0.paging | CR0.writeProtect)
    cr3 = paging.cr3
    cr4 = paging.cr4 & Self.cr4Bits
    efer = paging.efer & (EFER.longModeActive | EFER.noExecuteEnable)
    (self.gdtr, self.idtr, self.ldtr, self.tr) = (gdtr, idtr, ldtr, tr)
    pdpte = SIMD4(paging.pdpte[0], paging.pdpte[1], paging.pdpte[2], paging.pdpte[3])
  }

  /// The names of those that differ, such as `cr0 cr3`.
  func changes(from old: TableRegisters) -> String {
    [
      ("cr0", cr0 != old.cr0), ("cr3", cr3 != old.cr3), ("cr4", cr4 != old.cr4), ("efer", efer != old.efer),
      ("gdtr", gdtr != old.gdtr), ("idtr", idtr != old.idtr), ("ldtr", ldtr != old.ldtr), ("tr", tr != old.tr),
      ("pdpte", pdpte != old.pdpte),
    ].filter(\.1).map(\.0).joined(separator: " ")
  }
}
