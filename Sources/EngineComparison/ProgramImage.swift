import DevicesLegacy
import Glibc
import InstructionTesting
import Interpreter
import X86

/// RAM as a program finds it, and where it starts.
///
/// One image is reused: what all programs have in common is copied, then the program's own pages are changed.
@safe final class ProgramImage {
  /// The program.
  private(set) var program = EngineProgram()
  /// RIP at its start.
  private(set) var start: UInt64 = 0
  /// The addresses of its parts.
  private(set) var addresses = ProgramAddresses(parts: [0], base: 0, alias: 0)
  /// `GuestMap.imageByteCount` bytes; those outside `GuestMap.ranges` mean nothing.
  let bytes: UnsafeMutableRawPointer
  private let shared: UnsafeMutableRawPointer
  private let hasProtectionKeys: Bool

  init(_ model: ProcessorModel) {
    unsafe bytes = .allocate(byteCount: GuestMap.imageByteCount, alignment: 4096)
    unsafe shared = .allocate(byteCount: GuestMap.imageByteCount, alignment: 4096)
    unsafe shared.initializeMemory(as: UInt8.self, repeating: 0, count: GuestMap.imageByteCount)
    unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0, count: GuestMap.imageByteCount)
    hasProtectionKeys = model.features.contains(.pku)
    fillCommon()
  }

  deinit {
    unsafe bytes.deallocate()
    unsafe shared.deallocate()
  }

  // MARK: What all programs have

  private func common(_ value: UInt64, _ address: UInt64) {
    unsafe shared.storeBytes(of: value, toByteOffset: Int(address), as: UInt64.self)
  }

  private func common(_ code: [UInt8], _ address: UInt64) {
    for (index, byte) in code.enumerated() {
      unsafe shared.storeBytes(of: byte, toByteOffset: Int(address) + index, as: UInt8.self)
    }
  }

  private func fillCommon() {
    fillTables()
    fillDescriptors()
    for vector in UInt8.min...UInt8.max {
      common(GuestHandlers.stub(vector), GuestMap.stubs + UInt64(vector) * 8)
      let isFault = vector < 16 && vector != 1 && vector != 2
      let real = isFault ? GuestMap.realFaultHandler : GuestMap.realEventHandler
      unsafe shared.storeBytes(of: UInt32(real), toByteOffset: Int(vector) * 4, as: UInt32.self)
    }
    common(GuestHandlers.handler(hasErrorCode: false), GuestMap.plainHandler)
    common(GuestHandlers.handler(hasErrorCode: true), GuestMap.errorHandler)
    common(GuestHandlers.systemCall, GuestMap.systemCallHandler)
    common(GuestHandlers.realFault, GuestMap.realFaultHandler)
    common(GuestHandlers.realEvent, GuestMap.realEventHandler)
    // INT3 around the code.
    common([UInt8](repeating: 0xCC, count: 0x4000), GuestMap.code)
    for offset in stride(from: 0, to: 0x4000, by: 8) as StrideTo<UInt64> {
      common(InstructionTest.background(offset), GuestMap.data + offset)
    }
  }

  private func fillTables() {
    let table = PageBits.present | PageBits.writable | PageBits.user
    for index in [0, 127, 128, 255, 256, 511] as [UInt64] { common(GuestMap.pdpt | table, GuestMap.pml4 + index * 8) }
    for index in [0, 511] as [UInt64] { common(GuestMap.directory | table, GuestMap.pdpt + index * 8) }
    let supervisor = PageBits.present | PageBits.writable
    common(supervisor | PageBits.large, GuestMap.pdpt + 8)
    common(GuestMap.systemTable | table, GuestMap.directory)
    for index in [128, 511] as [UInt64] { common(GuestMap.codeTable | table, GuestMap.directory + index * 8) }
    common(GuestMap.dataTable | table, GuestMap.directory + 256 * 8)
    common(supervisor | PageBits.large, GuestMap.directory + 257 * 8)
    for page in 1..<15 as Range<UInt64> {
      common(page << 12 | supervisor | (page & 1 != 0 ? PageBits.global : 0), GuestMap.systemTable + page * 8)
    }
    common(LocalAPIC.defaultBase | supervisor | PageBits.uncached, GuestMap.systemTable + (GuestMap.apic >> 12) * 8)
    common(GuestMap.otherPDPT | table, GuestMap.otherPML4)
    common(GuestMap.otherPDPT | table, GuestMap.otherPML4 + 256 * 8)
    common(GuestMap.otherDirectory | table, GuestMap.otherPDPT)
    common(GuestMap.systemTable | table, GuestMap.otherDirectory)
    common(GuestMap.otherCodeTable | table, GuestMap.otherDirectory + 128 * 8)
    common(GuestMap.dataTable | table, GuestMap.otherDirectory + 256 * 8)
    for page in GuestMap.DataPage.allCases { common(Self.entry(page), GuestMap.dataTable + page.rawValue * 8) }
  }

  /// The page-table entry of a page of the data region.
  private static func entry(_ page: GuestMap.DataPage) -> UInt64 {
    let (read, all) = (PageBits.present | PageBits.user, PageBits.present | PageBits.user | PageBits.writable)
    switch page {
    case .first: return GuestMap.data | all
    case .second: return GuestMap.data + 0x1000 | all
    case .readOnly: return GuestMap.data + 0x2000 | read
    case .absent: return 0
    case .supervisor: return GuestMap.data + 0x3000 | PageBits.present | PageBits.writable
    case .firstAlias: return GuestMap.data | all
    case .codeAlias: return GuestMap.code | all
    case .nextAlias: return GuestMap.code + 0x1000 | all
    case .apic: return LocalAPIC.defaultBase | all | PageBits.uncached
    case .hole: return 0x8000_0000 | all
    case .display: return 0xB_8000 | all
    case .codeTable: return GuestMap.codeTable | PageBits.present | PageBits.writable
    case .dataTable: return GuestMap.dataTable | PageBits.present | PageBits.writable
    case .keyed: return GuestMap.data + 0x1000 | all | 1 << 59
    case .noExecute: return GuestMap.data + 0x1000 | all | PageBits.noExecute
    case .reservedBit: return GuestMap.data | all | 1 << 51
    }
  }

  private func fillDescriptors() {
    for (selector, raw) in GuestSegments.descriptors { common(raw, GuestMap.descriptors + UInt64(selector)) }
    // RSP0, then IST1 to IST3 of the TSS; its map of ports lies beyond the limit.
    let stacks: [(offset: UInt64, top: UInt64)] = [
      (4, GuestMap.kernelStack), (36, GuestMap.faultStack), (44, GuestMap.doubleFaultStack), (52, GuestMap.nmiStack),
    ]
    for (offset, top) in stacks { common(top, GuestMap.tss + offset) }
    unsafe shared.storeBytes(of: 0xFFFF, toByteOffset: Int(GuestMap.tss) + 102, as: UInt16.self)
    for vector in 0..<256 as Range<UInt64> {
      let stub = GuestMap.stubs + vector * 8
      let stack: UInt64 = vector == 8 ? 2 : vector == 2 ? 3 : 0
      // Interrupt gates, now and then trap gates; INT3, INTO and every other vector from 32 on are open to CPL 3.
      let isOpen = vector == 3 || vector == 4 || vector >= 32 && vector & 1 != 0
      let type: UInt64 = (vector & 7 == 7 ? 0x8F : 0x8E) | (isOpen ? 0x60 : 0)
      common(
        stub & 0xFFFF | 0x10 << 16 | stack << 32 | type << 40 | (stub >> 16 & 0xFFFF) << 48, GuestMap.idt + vector * 16)
    }
  }

  // MARK: One program

  private func store<Value: BitwiseCopyable>(_ value: Value, _ address: UInt64) {
    unsafe bytes.storeBytes(of: value, toByteOffset: Int(address), as: Value.self)
  }

  /// Makes this the image of a program.
  func place(_ program: EngineProgram) {
    self.program = program
    for range in GuestMap.ranges {
      unsafe _ = memcpy(bytes + range.lowerBound, shared + range.lowerBound, range.count)
    }
    let (addresses, code) = program.assembled()
    self.addresses = addresses
    start = program.instructionPointer(at: addresses.parts[0])
    placeCode(code)
    for word in 0..<64 { store(program.input.window[word], GuestMap.data + 0xF00 + UInt64(word) * 8) }
    for (index, part) in program.landings.prefix(GuestMap.landingCount).enumerated() {
      let address = program.instructionPointer(at: addresses.part(part))
      store(address, GuestMap.resumeTable + UInt64(index) * 8)
      store(UInt16(truncatingIfNeeded: address), GuestMap.realResumeTable + UInt64(index) * 2)
      store(address, GuestMap.data + 0x800 + UInt64(index) * 8)
    }
    guard !program.isRealMode else { return }
    placePages()
    if program.options.contains(.interruptStack) {
      for vector in 0..<32 as Range<UInt64> where vector != 2 && vector != 8 {
        store(1 as UInt8, GuestMap.idt + vector * 16 + 4)
      }
    }
  }

  /// Code that runs over the end of the page goes on in the second and in the third.
  private func placeCode(_ code: [UInt8]) {
    let offset = Int(start & 0xFFF)
    for (index, byte) in code.prefix(0x2000 - offset).enumerated() {
      let at = UInt64(offset + index)
      store(byte, GuestMap.code + at)
      if at >= 0x1000 { store(byte, GuestMap.code + at + 0x1000) }
    }
  }

  private func placePages() {
    let options = program.options
    let isUser = (program.cpl == 3) != options.contains(.otherPrivilegeOfCode)
    let early = options.contains(.accessedBefore) ? PageBits.accessed | PageBits.dirty : 0
    let plain =
      PageBits.present | early | (isUser ? PageBits.user : 0)
      | (options.contains(.readOnlyCode) ? 0 : PageBits.writable)
      | (options.contains(.globalCode) ? PageBits.global : 0)
    let first = GuestMap.code | plain
    let following = next(plain)
    for index in [0, 3, 511] as [UInt64] { store(first, GuestMap.codeTable + index * 8) }
    for index in [1, 4] as [UInt64] { store(following, GuestMap.codeTable + index * 8) }
    store(first, GuestMap.otherCodeTable)
    store(GuestMap.code + 0x3000 | plain, GuestMap.otherCodeTable + 8)
    switch program.base {
    case .low, .high, .lastOfLowerHalf: break
    // The next page is the first of a half: address 0 of the tables.
    case .bit46, .top: store(following, GuestMap.systemTable)
    case .large: store(plain | PageBits.large, GuestMap.directory + 128 * 8)
    }
    let second = GuestMap.data + 0x1000 | PageBits.present | early
    let entry: UInt64 =
      switch program.second {
      case .writable: second | PageBits.writable | PageBits.user
      case .readOnly: second | PageBits.user
      case .absent: 0
      case .supervisor: second | PageBits.writable
      }
    store(entry, GuestMap.dataTable + 8)
    store(GuestMap.data | PageBits.present | PageBits.writable | PageBits.user | early, GuestMap.dataTable)
  }

  /// The entry of the page behind the first.
  private func next(_ plain: UInt64) -> UInt64 {
    switch program.next {
    case .contiguous: GuestMap.code + 0x1000 | plain
    case .other: GuestMap.code + 0x2000 | plain
    case .filler: GuestMap.code + 0x3000 | plain
    case .absent: 0
    case .otherPrivilege: GuestMap.code + 0x1000 | (plain ^ PageBits.user)
    case .noExecute: GuestMap.code + 0x1000 | plain | PageBits.noExecute
    case .hole: 0x9000_0000 | plain
    }
  }
}
