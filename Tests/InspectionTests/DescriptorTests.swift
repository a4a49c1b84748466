import Inspection
import Testing
import X86

/// Bytes of a descriptor and what they say.
struct DescriptorRow: Sendable, CustomTestStringConvertible {
  var low: UInt64
  var high: UInt64 = 0
  var isLong = false
  var text: String
  var testDescription: String { "\(String(low, radix: 16)) \(isLong ? "long" : "legacy")" }
}

/// An 8-byte descriptor of a type byte (P DPL S type) and the flags nibble (G D/B L AVL).
private func descriptor(_ access: UInt64, _ flags: UInt64, base: UInt64 = 0, limit: UInt64 = 0xFFFFF) -> UInt64 {
  (limit & 0xFFFF) | (base & 0xFF_FFFF) << 16 | access << 40 | (limit >> 16) << 48 | flags << 52 | (base >> 24) << 56
}

private let flat = "base 0x0, limit 0xffffffff"

private let segmentRows: [DescriptorRow] = [
  DescriptorRow(low: 0, text: "empty"),
  DescriptorRow(low: 0, isLong: true, text: "empty"),
  DescriptorRow(low: 0x00AF_9900_0000_FFFF, isLong: true, text: "64-bit code, DPL 0, present, accessed"),
  DescriptorRow(low: 0x00AF_9B00_0000_FFFF, isLong: true, text: "64-bit code, DPL 0, present, readable, accessed"),
  DescriptorRow(low: 0x00AF_FA00_0000_FFFF, isLong: true, text: "64-bit code, DPL 3, present, readable"),
  DescriptorRow(low: 0x00AF_1A00_0000_FFFF, isLong: true, text: "64-bit code, DPL 0, not present, readable"),
  DescriptorRow(
    low: 0x00AF_9F00_0000_FFFF, isLong: true, text: "64-bit code, DPL 0, present, readable, conforming, accessed"),
  DescriptorRow(
    low: descriptor(0x9A, 14), isLong: true,
    text: "code with L and D both set (reserved), \(flat), DPL 0, present, readable"),
  DescriptorRow(low: 0x00CF_9B00_0000_FFFF, text: "32-bit code, \(flat), DPL 0, present, readable, accessed"),
  DescriptorRow(low: 0x00CF_9800_0000_FFFF, text: "32-bit code, \(flat), DPL 0, present"),
  DescriptorRow(low: descriptor(0xBC, 12), text: "32-bit code, \(flat), DPL 1, present, conforming"),
  DescriptorRow(
    low: descriptor(0x9B, 0, base: 0xF0000, limit: 0xFFFF),
    text: "16-bit code, base 0xf0000, limit 0xffff, DPL 0, present, readable, accessed"),
  DescriptorRow(low: 0x00CF_9300_0000_FFFF, text: "32-bit data, \(flat), DPL 0, present, writable, accessed"),
  DescriptorRow(low: 0x00CF_F200_0000_FFFF, isLong: true, text: "32-bit data, \(flat), DPL 3, present, writable"),
  DescriptorRow(low: descriptor(0x90, 12), text: "32-bit data, \(flat), DPL 0, present, read-only"),
  DescriptorRow(
    low: descriptor(0x92, 0, base: 0x12345678, limit: 0xFFF),
    text: "16-bit data, base 0x12345678, limit 0xfff, DPL 0, present, writable"),
  DescriptorRow(
    low: descriptor(0x96, 4, limit: 0xFFF),
    text: "32-bit data, base 0x0, limit 0xfff, DPL 0, present, writable, "
      + "expand-down with offsets 0x1000-0xffffffff"),
  DescriptorRow(
    low: descriptor(0x95, 0, limit: 0xFFF),
    text: "16-bit data, base 0x0, limit 0xfff, DPL 0, present, read-only, "
      + "expand-down with offsets 0x1000-0xffff, accessed"),
  DescriptorRow(
    low: descriptor(0x96, 12),
    text: "32-bit data, \(flat), DPL 0, present, writable, expand-down with offsets none"),
  DescriptorRow(low: descriptor(0x52, 12), text: "32-bit data, \(flat), DPL 2, not present, writable"),
]

private let systemRows: [DescriptorRow] = [
  DescriptorRow(
    low: descriptor(0x82, 0, base: 0x5000, limit: 0x1F), text: "LDT, base 0x5000, limit 0x1f, DPL 0, present"),
  DescriptorRow(
    low: descriptor(0x82, 0, base: 0x5000, limit: 0x1F), high: 0xFFFF_8000, isLong: true,
    text: "LDT, base 0xffff800000005000, limit 0x1f, DPL 0, present"),
  DescriptorRow(
    low: descriptor(0x81, 0, base: 0x6000, limit: 43),
    text: "16-bit TSS (available), base 0x6000, limit 0x2b, DPL 0, present"),
  DescriptorRow(
    low: descriptor(0x83, 0, base: 0x6000, limit: 43),
    text: "16-bit TSS (busy), base 0x6000, limit 0x2b, DPL 0, present"),
  DescriptorRow(
    low: descriptor(0x89, 0, base: 0x6000, limit: 0x67),
    text: "32-bit TSS (available), base 0x6000, limit 0x67, DPL 0, present"),
  DescriptorRow(
    low: descriptor(0xEB, 8, base: 0x6000, limit: 1),
    text: "32-bit TSS (busy), base 0x6000, limit 0x1fff, DPL 3, present"),
  DescriptorRow(
    low: descriptor(0x8B, 0, base: 0xFE00_0000, limit: 0x67), high: 0xFFFF_FFFF, isLong: true,
    text: "64-bit TSS (busy), base 0xfffffffffe000000, limit 0x67, DPL 0, present"),
  DescriptorRow(
    low: descriptor(0x89, 0, base: 0x6000, limit: 0x67), high: 0x900 << 32, isLong: true,
    text: "64-bit TSS (available), base 0x6000, limit 0x67, DPL 0, present, "
      + "bits 44:40 of the second half not 0 (#GP)"),
  DescriptorRow(low: descriptor(0x81, 0), isLong: true, text: "reserved system type 0x1, DPL 0, present"),
  DescriptorRow(low: descriptor(0x83, 0), isLong: true, text: "reserved system type 0x3, DPL 0, present"),
  DescriptorRow(low: descriptor(0x85, 0), isLong: true, text: "reserved system type 0x5, DPL 0, present"),
  DescriptorRow(low: descriptor(0x80, 0), text: "reserved system type 0x0, DPL 0, present"),
  DescriptorRow(low: descriptor(0x88, 0), text: "reserved system type 0x8, DPL 0, present"),
  DescriptorRow(low: descriptor(0x4A, 0), text: "reserved system type 0xa, DPL 2, not present"),
  DescriptorRow(low: descriptor(0x8D, 0), isLong: true, text: "reserved system type 0xd, DPL 0, present"),
  DescriptorRow(
    low: 0x0010_EC03_0008_2000, text: "32-bit call gate to 0x8:0x102000, 3 parameters, DPL 3, present"),
  DescriptorRow(low: 0x0010_EC01_0008_2000, text: "32-bit call gate to 0x8:0x102000, 1 parameter, DPL 3, present"),
  DescriptorRow(low: 0x0000_E500_0028_0000, text: "task gate to TSS 0x28, DPL 3, present"),
]

private let gateRows: [DescriptorRow] = [
  DescriptorRow(low: 0, text: "empty"),
  DescriptorRow(low: 0, high: 0, isLong: true, text: "empty"),
  DescriptorRow(low: 0x0010_8E00_0008_1234, text: "32-bit interrupt gate to 0x8:0x101234, DPL 0, present"),
  DescriptorRow(low: 0x0010_8F00_0008_1234, text: "32-bit trap gate to 0x8:0x101234, DPL 0, present"),
  DescriptorRow(low: 0x0010_EF00_0008_1234, text: "32-bit trap gate to 0x8:0x101234, DPL 3, present"),
  DescriptorRow(low: 0x0010_0E00_0008_1234, text: "32-bit interrupt gate to 0x8:0x101234, DPL 0, not present"),
  DescriptorRow(low: 0x0010_8600_0008_1234, text: "16-bit interrupt gate to 0x8:0x1234, DPL 0, present"),
  DescriptorRow(low: 0x0010_8700_0008_1234, text: "16-bit trap gate to 0x8:0x1234, DPL 0, present"),
  DescriptorRow(low: 0x0010_8402_0008_1234, text: "16-bit call gate to 0x8:0x1234, 2 parameters, DPL 0, present"),
  DescriptorRow(low: 0x0000_8500_0030_0000, text: "task gate to TSS 0x30, DPL 0, present"),
  DescriptorRow(low: 0x0000_9200_0008_0000, text: "no gate (S and type 0x12, #GP), DPL 0, present"),
  DescriptorRow(low: 0x0000_8900_0008_0000, text: "no gate (S and type 0x9, #GP), DPL 0, present"),
  DescriptorRow(
    low: 0x81A0_8E00_0010_0B40, high: 0xFFFF_FFFF, isLong: true,
    text: "64-bit interrupt gate to 0x10:0xffffffff81a00b40, DPL 0, present"),
  DescriptorRow(
    low: 0x81A0_8E03_0010_0B40, high: 0xFFFF_FFFF, isLong: true,
    text: "64-bit interrupt gate to 0x10:0xffffffff81a00b40, IST 3, DPL 0, present"),
  DescriptorRow(
    low: 0x81A0_EF00_0010_0B40, high: 0xFFFF_FFFF, isLong: true,
    text: "64-bit trap gate to 0x10:0xffffffff81a00b40, DPL 3, present"),
  DescriptorRow(
    low: 0x0010_EC05_0008_2000, high: 0, isLong: true, text: "64-bit call gate to 0x8:0x102000, DPL 3, present"),
  DescriptorRow(
    low: 0x0010_EC00_0008_2000, high: 0x100 << 32, isLong: true,
    text: "64-bit call gate to 0x8:0x102000, DPL 3, present, bits 44:40 of the second half not 0 (#GP)"),
  DescriptorRow(
    low: 0x0000_8500_0030_0000, isLong: true, text: "no gate (S and type 0x5, #GP), DPL 0, present"),
  DescriptorRow(
    low: 0x0010_8600_0008_1234, isLong: true, text: "no gate (S and type 0x6, #GP), DPL 0, present"),
  DescriptorRow(low: 0, high: 1, isLong: true, text: "no gate (S and type 0x0, #GP), DPL 0, not present"),
]

@Suite("Descriptors and gates as text")
struct DescriptorTests {
  @Test("Segments and system descriptors", arguments: segmentRows + systemRows)
  func describes(_ row: DescriptorRow) {
    #expect(Descriptor(row.low, high: row.high, isLongMode: row.isLong).description == row.text)
  }

  @Test("Gates", arguments: gateRows)
  func describesGate(_ row: DescriptorRow) {
    #expect(Gate(row.low, high: row.high, isLongMode: row.isLong).description == row.text)
  }

  @Test("An entry of the real-mode table")
  func realMode() { #expect(Gate(realMode: 0xF000_E05B).description == "0xf000:0xe05b") }
}
