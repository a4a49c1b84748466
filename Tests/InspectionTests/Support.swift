import Inspection
import MMU
import Testing
import X86

/// Registers of each paging format, CR3 at 10000h.
struct FormatRow: Sendable, CustomTestStringConvertible {
  var format: PagingFormat
  var cr4: UInt64
  var efer: UInt64 = 0
  var testDescription: String { "\(format.rawValue), CR4 \(String(cr4, radix: 16))" }

  static let all = [
    FormatRow(format: .bits32, cr4: 0), FormatRow(format: .bits32, cr4: CR4.pageSizeExtensions),
    FormatRow(format: .pae, cr4: 0x20), FormatRow(format: .pae, cr4: 0xA0, efer: EFER.noExecuteEnable),
    FormatRow(format: .level4, cr4: 0x20, efer: 0x500), FormatRow(format: .level4, cr4: 0x30_00A0, efer: 0xD00),
    FormatRow(format: .level5, cr4: 0x1020, efer: 0xD00),
  ]

  /// A processor with this format; the PDPTE registers come from 10000h.
  func state(_ memory: GuestMemory) -> ArchitecturalState {
    var state = ArchitecturalState()
    state.cr0 = CR0.protectionEnable | CR0.paging | CR0.writeProtect
    state.cr3 = 0x10000
    state.cr4 = cr4
    state.efer = efer
    for index in 0..<4 {
      state.pdpte[index] = memory.physical.load(0x10000 + UInt64(index) * 8, as: UInt64.self)
    }
    return state
  }
}

func put(_ value: UInt64, _ count: Int = 8, at address: UInt64, _ memory: GuestMemory) {
  let bytes = (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
  #expect(memory.write(bytes, at: PhysicalAddress(address)))
}
