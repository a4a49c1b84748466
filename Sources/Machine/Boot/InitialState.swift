import MMU
import X86
import TextForms

extension Loader {
  /// Where a start finds code and data in its GDT.
  ///
  /// The Multiboot specifications leave the selectors open ("the exact value is undefined") and have kernels load a
  /// GDT of their own; some load one and never load CS, such as xv6, whose first interrupt then pushes the loader's.
  /// QEMU's loader (pc-bios/optionrom/multiboot.S) leaves 8 and 10h, where most such kernels have code and data too;
  /// GRUB 2 (CODE_SEGMENT and DATA_SEGMENT of grub-core/lib/i386/relocator32.S) leaves 10h and 18h, with which xv6 dies.
  /// "The Linux/x86 Boot Protocol" asks for 10h and 18h (__BOOT_CS and __BOOT_DS) in both modes.
  enum Selectors {
    case kernel, linux

    var code: UInt16 { self == .kernel ? 8 : 0x10 }
    var data: UInt16 { self == .kernel ? 0x10 : 0x18 }
  }

  /// A GDT with code and data by their selectors; 18h is data and 20h 32-bit code in all of them.
  private func putDescriptors(_ selectors: Selectors, code: UInt64) throws(BootError) -> DescriptorTableRegister {
    let data: UInt64 = 0x00CF_9300_0000_FFFF
    let table: [(UInt64, Int)] =
      (selectors == .kernel ? [(0, 8), (code, 8), (data, 8)] : [(0, 8), (0, 8), (code, 8)])
      + [(data, 8), (0x00CF_9B00_0000_FFFF, 8)]
    let base = try put(Self.pack(table), preferred: 0x1000, "GDT")
    return DescriptorTableRegister(base: base, limit: 39)
  }

  /// 32-bit protected mode, flat segments, no paging.
  func protectedState(entry: UInt64, _ selectors: Selectors = .kernel) throws(BootError) -> ArchitecturalState {
    var state = ArchitecturalState()
    state.gdtr = try putDescriptors(selectors, code: 0x00CF_9B00_0000_FFFF)
    setProtected(&state, entry: entry, selectors)
    return state
  }

  private func setProtected(_ state: inout ArchitecturalState, entry: UInt64, _ selectors: Selectors) {
    state.cr0 = 0x11
    state.rip = entry
    state.idtr = DescriptorTableRegister(base: 0, limit: 0)
    let data = SegmentState(selector: selectors.data, base: 0, limit: 0xFFFF_FFFF, attributes: 0xC093)
    for index in 0..<6 { state.segments[index] = data }
    state.segments[1] = SegmentState(
      selector: selectors.code, base: 0, limit: 0xFFFF_FFFF, attributes: 0xC09B)
    state.ldtr.attributes = SegmentState.unusable
    state.tr = SegmentState(selector: 0, base: 0, limit: 0x67, attributes: 0x8B)
  }

  /// 64-bit mode with the first 4 GiB identity-mapped by 2 MiB pages, and a stack.
  func longState(entry: UInt64) throws(BootError) -> ArchitecturalState {
    var state = ArchitecturalState()
    state.gdtr = try putDescriptors(.linux, code: 0x00AF_9B00_0000_FFFF)
    setProtected(&state, entry: entry, .linux)
    // PML4, one page-directory-pointer table, four page directories.
    let tables = try reserve(0x6000, alignment: 4096, preferred: 0x2000, "page tables")
    try place(Self.pack([(tables + 0x1003, 8)]), at: tables, "page table")
    var directoryPointers: [(UInt64, Int)] = []
    for index in 0..<4 {
      let directory = tables + 0x2000 + UInt64(index) * 0x1000
      directoryPointers.append((directory | 3, 8))
      var entries: [(UInt64, Int)] = []
      for page in 0..<512 { entries.append((UInt64(index * 512 + page) << 21 | 0x83, 8)) }
      try place(Self.pack(entries), at: directory, "page table")
    }
    try place(Self.pack(directoryPointers), at: tables + 0x1000, "page table")
    state.cr3 = tables
    state.cr4 = CR4.physicalAddressExtension
    state.efer = EFER.longModeEnable | EFER.longModeActive
    state.cr0 = 0x8000_0011
    state.segments[1] = SegmentState(selector: 0x10, base: 0, limit: 0xFFFF_FFFF, attributes: 0xA09B)
    let stack = try reserve(0x4000, alignment: 16, preferred: 0x8_C000, "stack")
    state.generalRegisters[4] = stack + 0x4000 - 16
    return state
  }

  /// Real mode as a boot sector starts: DL is the first hard disk, the stack ends at 7C00h unless the image is there.
  func realState(entry: UInt64) throws(BootError) -> ArchitecturalState {
    var state = ArchitecturalState()
    let segment = entry < 0x10000 ? 0 : UInt16(truncatingIfNeeded: (entry >> 4) & 0xF000)
    state.segments[1] = SegmentState(selector: segment, base: UInt64(segment) << 4, limit: 0xFFFF, attributes: 0x9B)
    state.rip = entry - UInt64(segment) << 4
    let byteCount: UInt64 = 0x400
    var stack: UInt64 = 0x7C00 - byteCount
    if layout.isTaken(stack..<(stack + byteCount)) {
      guard let free = layout.reserveLow(byteCount, alignment: 16) else {
        throw fail("stack of \(byteCount) bytes finds no free RAM beside the image in the first 640 KiB")
      }
      stack = free
    }
    if stack + byteCount < 0x10000 {
      state.generalRegisters[4] = stack + byteCount
    } else {
      state.segments[2].selector = UInt16(truncatingIfNeeded: stack >> 4)
      state.segments[2].base = stack
      state.generalRegisters[4] = byteCount
    }
    state.generalRegisters[2] = 0x80
    state.idtr.limit = 0x3FF
    return state
  }
}

/// Adds mappings to the page tables of `Loader.longState`.
struct PageTables {
  let loader: Loader
  /// The PML4.
  let root: UInt64
  private var count = 0

  init(loader: Loader, root: UInt64) {
    self.loader = loader
    self.root = root
  }

  /// Maps a linear range to a physical one by 4 KiB pages.
  mutating func map(_ linear: UInt64, to physical: UInt64, byteCount: UInt64) throws(BootError) {
    guard (linear ^ physical) & 0xFFF == 0 else {
      throw loader.fail(
        "p_vaddr \(Text.hex(linear)) and p_paddr \(Text.hex(physical)) differ within a page")
    }
    guard byteCount > 0 else { return }
    let first = linear & ~0xFFF
    let pages = ((linear - first) + byteCount + 0xFFF) >> 12
    guard pages <= 1 << 15 else { throw loader.fail("p_memsz \(byteCount) is too large to map") }
    for page in 0..<pages {
      let address = first &+ page << 12
      var table = root
      for shift in [UInt64(39), 30, 21] {
        let at = table + (address >> shift & 511) * 8
        let entry = read(at)
        if entry & 0x80 != 0 {
          throw loader.fail("p_vaddr \(Text.hex(linear)) lies in the identity-mapped first 4 GiB")
        }
        if entry & 1 == 0 {
          table = try makeTable(linear)
          try loader.place(Loader.pack([(table | 3, 8)]), at: at, "page table")
        } else {
          table = entry & ~0xFFF
        }
      }
      let leaf = (physical & ~0xFFF) + page << 12
      try loader.place(Loader.pack([(leaf | 3, 8)]), at: table + (address >> 12 & 511) * 8, "page table")
    }
  }

  private mutating func makeTable(_ linear: UInt64) throws(BootError) -> UInt64 {
    guard count < 512 else { throw loader.fail("too many page tables for p_vaddr \(Text.hex(linear))") }
    count += 1
    // From 10000h on: below is where kernels put what starts their other processors.
    let preferred = 0xF000 + UInt64(count) * 0x1000
    let table = try loader.reserve(
      4096, alignment: 4096, preferred: preferred < 0x80000 ? preferred : nil, "page table")
    try loader.place([UInt8](repeating: 0, count: 4096), at: table, "page table")
    return table
  }

  private func read(_ address: UInt64) -> UInt64 {
    (loader.memory.read(8, at: PhysicalAddress(address)) ?? []).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
