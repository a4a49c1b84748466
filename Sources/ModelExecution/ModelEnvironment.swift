import InstructionTesting
import Interpreter
import MMU
package import X86

/// The guest that instruction tests run in on the model: paging, descriptor tables, and the pages of the test.
package enum ModelEnvironment {
  static let codeOffset: UInt64 = 0x1_0000
  static let dataOffset: UInt64 = 0x1_1000
  private static let pml4: UInt64 = 0x1000
  /// In the upper half, where tests reach nothing that a kernel would not have there too.
  private static let gdtLinear: UInt64 = 0xFFFF_FE00_0000_1000
  private static let gdtOffset: UInt64 = 0x1_4000

  /// The layout that 64-bit systems commonly give their GDT, by selector.
  package static let descriptors: [(selector: UInt16, raw: UInt64)] = [
    (0x08, 0x00CF_9B00_0000_FFFF), (0x10, 0x00AF_9B00_0000_FFFF), (0x18, 0x00CF_9300_0000_FFFF),
    (0x20, 0x00CF_FB00_0000_FFFF), (0x28, 0x00CF_F300_0000_FFFF), (0x30, 0x00AF_FB00_0000_FFFF),
  ]

  /// RAM with page tables, GDT and background in place.
  static func makeMemory() throws -> GuestMemory {
    let memory = try GuestMemory(byteCount: GuestMemory.minimumByteCount)
    let view = memory.physical
    let (present, writable, user, noExecute): (UInt64, UInt64, UInt64, UInt64) = (1, 2, 4, 1 << 63)
    let table = present | writable | user
    view.store(0x2000 | table, pml4)
    view.store(0x3000 | table, 0x2000)
    for (index, page) in [(128, 0x4000), (256, 0x5000)] as [(UInt64, UInt64)] {
      view.store(page | table, 0x3000 + index * 8)
    }
    view.store(0x7000 | table, pml4 + 508 * 8)
    view.store(0x8000 | table, 0x7000)
    view.store(0x6000 | table, 0x8000)
    view.store(codeOffset | present | user, 0x4000)
    for page in 0..<2 as Range<UInt64> {
      view.store((dataOffset + page * 0x1000) | table | noExecute, 0x5000 + page * 8)
    }
    view.store((dataOffset + 0x2000) | present | user | noExecute, 0x5010)
    view.store(gdtOffset | present | writable | noExecute, 0x6008)
    for (selector, raw) in descriptors { view.store(raw, gdtOffset + UInt64(selector)) }
    for (index, segment) in InstructionTest.segments.enumerated() {
      view.store(segment.descriptor, gdtOffset + 0x800 + UInt64(index) * 8)
    }
    for offset in stride(from: 0, to: 0x1000, by: 8) as StrideTo<UInt64> {
      view.store(0xCCCC_CCCC_CCCC_CCCC as UInt64, codeOffset + offset)
    }
    for offset in stride(from: 0, to: 0x3000, by: 8) as StrideTo<UInt64> {
      view.store(InstructionTest.background(offset), dataOffset + offset)
    }
    return memory
  }

  /// The local descriptor table of tests with segments, behind the GDT.
  static let localTable = SegmentState(
    selector: 0x60, base: gdtLinear &+ 0x800, limit: UInt32(InstructionTest.segments.count * 8 - 1), attributes: 0x82)

  /// The segment register that loading a selector of `descriptors`, or a null one, gives.
  static func segment(_ selector: UInt16) -> SegmentState {
    if let local = InstructionTest.segment(selector) {
      return SegmentState(selector: selector, descriptor: local.descriptor)
    }
    guard let entry = descriptors.first(where: { $0.selector == selector & ~3 }) else {
      return SegmentState(selector: selector, base: 0, limit: 0, attributes: SegmentState.unusable)
    }
    return SegmentState(selector: selector, descriptor: entry.raw)
  }

  /// XCR0 of a model with XSAVE: all components that it has.
  package static func components(_ features: CPUIDFeatures) -> UInt64 {
    XCR0.x87 | XCR0.sse | (features.contains(.avx) ? XCR0.avx : 0)
      | (features.contains(.pku) ? XCR0.protectionKeys : 0)
  }

  /// What stays the same in all tests of a model.
  static func systemState(_ model: ProcessorModel) -> ArchitecturalState {
    var state = ArchitecturalState()
    if model.features.contains(.xsave) {
      state.cr4 = CR4.osXSAVE
      state.xcr0 = components(model.features)
    }
    if model.features.contains(.pku) { state.cr4 |= CR4.protectionKeyEnable }
    state.cr0 = 0x8005_0033
    state.cr3 = pml4
    state.cr4 |=
      CR4.physicalAddressExtension | CR4.osFXSR | CR4.osXMMExceptions | CR4.fsgsbase
      | CR4.userModeInstructionPrevention
    state.efer = EFER.longModeEnable | EFER.longModeActive | EFER.noExecuteEnable | EFER.systemCallExtensions
    state.gdtr = DescriptorTableRegister(base: gdtLinear, limit: 0x7F)
    state.idtr = DescriptorTableRegister(base: 0, limit: 0)
    state.ldtr = segment(0)
    state.tr = SegmentState(selector: 0x40, base: 0, limit: 0, attributes: 0x8B)
    state.rflags = RFLAGS.alwaysOne
    for index in 0..<6 { state.segments[index] = segment(index == 1 ? 0x33 : 0x2B) }
    return state
  }
}
