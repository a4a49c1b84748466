import InstructionTesting
import X86

/// Where everything of the small guest lies in which programs run: RAM by pages, and linear addresses.
enum GuestMap {
  // MARK: RAM, by physical address

  /// The vector table of real mode and its handlers.
  static let realModePage: UInt64 = 0
  static let (pml4, pdpt, directory): (UInt64, UInt64, UInt64) = (0x1000, 0x2000, 0x3000)
  static let (codeTable, dataTable, systemTable): (UInt64, UInt64, UInt64) = (0x4000, 0x5000, 0x6000)
  static let idt: UInt64 = 0x7000
  /// GDT, TSS, and what the handlers keep.
  static let descriptors: UInt64 = 0x8000
  static let handlers: UInt64 = 0x9000
  static let stacks: UInt64 = 0xA000
  /// A second set of tables, for MOV CR3.
  static let (otherPML4, otherPDPT, otherDirectory, otherCodeTable): (UInt64, UInt64, UInt64, UInt64) = (
    0xB000, 0xC000, 0xD000, 0xE000
  )
  /// Four pages of code: the first, what may follow it, the same again, and other bytes.
  static let code = UInt64(RealModeMemory.codePage)
  /// Four pages of data: two that programs address, one that is read-only, one of the supervisor.
  static let data = UInt64(RealModeMemory.dataPages)

  /// The RAM that holds anything but zeros when a program starts.
  static let ranges: [Range<Int>] = [0..<0xF000, 0x1_0000..<0x1_4000, 0x2_0000..<0x2_4000]
  /// Bytes of an image of RAM.
  static let imageByteCount = 0x2_4000

  // MARK: In the page of descriptors

  static let tss = descriptors + 0x100
  /// Where handlers go on behind a fault: sixteen addresses in turn.
  static let resumeTable = descriptors + 0x200
  static let resumeIndex = descriptors + 0x280
  static let logIndex = descriptors + 0x288
  /// Vector, RIP, RFLAGS and nothing, 32 times.
  static let log = descriptors + 0x400

  // MARK: In the page of handlers

  /// Eight bytes a vector.
  static let stubs = handlers
  static let plainHandler = handlers + 0x800
  static let errorHandler = handlers + 0x900
  static let systemCallHandler = handlers + 0xA00

  // MARK: In the page of stacks, where each begins

  static let (faultStack, kernelStack, doubleFaultStack, nmiStack): (UInt64, UInt64, UInt64, UInt64) = (
    stacks + 0x400, stacks + 0xA00, stacks + 0xD00, stacks + 0x1000
  )

  // MARK: In the page of real mode

  static let (realFaultHandler, realEventHandler): (UInt64, UInt64) = (0x600, 0x640)
  static let (realResumeIndex, realEventCount, realResumeTable): (UInt64, UInt64, UInt64) = (0x580, 0x582, 0x590)

  // MARK: Linear addresses of long mode

  /// The local APIC, for handlers.
  static let apic: UInt64 = 0x10_0000
  /// Pages of the data region, by their number.
  enum DataPage: UInt64, CaseIterable {
    case first, second, readOnly, absent, supervisor, firstAlias, codeAlias, nextAlias, apic, hole, display
    case codeTable, dataTable, keyed, noExecute, reservedBit
    /// Its linear address.
    var address: UInt64 { InstructionTest.dataPage + rawValue * 0x1000 }
  }

  /// All of low RAM again, by a page of 2 MiB.
  static let largeWindow: UInt64 = 0x2020_0000
  /// The same by a page of 1 GiB.
  static let giantWindow: UInt64 = 0x4000_0000
  /// A table of sixteen addresses of instructions, in the first page of data.
  static let jumpTable = InstructionTest.dataPage + 0x800
  /// Addresses of the table are the program's 16 landing places.
  static let landingCount = 16

  /// The name of a page of RAM, for reports.
  static func name(ofPage address: UInt64) -> String {
    let names: [UInt64: String] = [
      realModePage: "vector table of real mode", pml4: "PML4", pdpt: "PDPT", directory: "page directory",
      codeTable: "page table of the code", dataTable: "page table of the data", systemTable: "page table of the system",
      idt: "IDT", descriptors: "GDT, TSS and the handlers' log", handlers: "handlers", stacks: "stacks of the kernel",
      otherPML4: "second PML4", otherPDPT: "second PDPT", otherDirectory: "second page directory",
      otherCodeTable: "second page table of the code",
    ]
    if let name = names[address & ~0xFFF] { return name }
    if address &- code < 0x4000 { return "page \((address &- code) >> 12) of the code" }
    if address &- data < 0x4000 { return "page \((address &- data) >> 12) of the data" }
    return "other RAM"
  }
}

/// Bits of entries of paging structures.
enum PageBits {
  static let (present, writable, user): (UInt64, UInt64, UInt64) = (1, 2, 4)
  static let (uncached, accessed, dirty, large, global): (UInt64, UInt64, UInt64, UInt64, UInt64) = (
    0x10, 0x20, 0x40, 0x80, 0x100
  )
  static let noExecute: UInt64 = 1 << 63
}
