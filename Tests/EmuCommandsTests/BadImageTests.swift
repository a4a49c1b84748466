import Foundation
import Glibc
import TestSupport
import Testing

/// An image that must be refused, or by way of contrast be run.
struct BadImage: Sendable, CustomTestStringConvertible {
  var name: String
  var image: ImageBytes
  var options: [String] = []
  var status: Int32 = 66
  /// What the one sentence must contain: the field and the value.
  var says: [String] = []

  var testDescription: String { name }
}

/// A Multiboot ELF32 with two sections that no segment has.
private let sectioned = ImageBytes.elf(
  is64: false, entry: 0x100000, linear: 0x100000, physical: 0x100000, content: ImageBytes.multibootHeader,
  sections: [ELFSectionBytes(".symtab", [1, 2, 3, 4], type: 2), ELFSectionBytes(".strtab", [0, 65, 0], type: 3)])

/// The offset of a field of a section header of `sectioned`.
private func sectionField(_ index: Int, _ field: Int) -> Int { sectioned.bytes.count - 4 * 40 + index * 40 + field }

/// Twenty sections that are the same 200,000 bytes of the file.
private let manySections: ImageBytes = {
  var image = ImageBytes.elf(
    is64: false, entry: 0x100000, linear: 0x100000, physical: 0x100000, content: ImageBytes.multibootHeader,
    sections: [ELFSectionBytes("", [UInt8](repeating: 1, count: 200_000))]
      + [ELFSectionBytes](repeating: ELFSectionBytes("", [1]), count: 20))
  let table = image.bytes.count - 23 * 40
  for index in 2..<22 {
    image = image.with(table + index * 40 + 16, 0x110, 4).with(table + index * 40 + 20, 200_000, 4)
  }
  return image
}()

/// A gzip member whose fixed-code block repeats a zero 16 million times: length 258 at distance 1 is 0 bits 11000101 00000.
private let gzipBomb: ImageBytes = {
  var bits: [UInt8] = [1, 1, 0] + [0, 0, 1, 1, 0, 0, 0, 0]
  for _ in 0..<65536 { bits += [1, 1, 0, 0, 0, 1, 0, 1] + [0, 0, 0, 0, 0] }
  bits += [UInt8](repeating: 0, count: 8)
  let bytes = stride(from: 0, to: bits.count & ~7, by: 8).map { at in
    (0..<8).reduce(UInt8(0)) { $0 | bits[at + $1] << UInt8($1) }
  }
  return ImageBytes(count: 10).with(0, 0x0008_8B1F, 4).with(10, bytes).grown(to: 200_000)
}()

private let badImages: [BadImage] = [
  // Contrast: the good ones run, to `cli; hlt`.
  BadImage(name: "good ELF64", image: .elf64, status: 0, says: ["halted for good"]),
  BadImage(name: "good ELF32", image: .elf32, status: 0, says: ["halted for good"]),
  BadImage(name: "good Multiboot", image: .multiboot, status: 0, says: ["halted for good"]),
  BadImage(name: "good Multiboot 2", image: .multiboot2, status: 0, says: ["halted for good"]),
  BadImage(name: "good bzImage", image: .linux, status: 0, says: ["halted for good"]),

  // A magic constant alone is data.
  BadImage(
    name: "Multiboot magic as data before the true header",
    image: ImageBytes(count: 0x200).with(0, 0x1BAD_B002, 4).with(0x40, ImageBytes.multiboot.bytes)
      .with(0x40 + 20, 0, 4), status: 0, says: ["halted for good"]),
  BadImage(
    name: "Multiboot 2 magic as data before the true header",
    image: ImageBytes(count: 0x200).with(0, 0xE852_50D6, 4).with(0x40, ImageBytes.multiboot2.bytes)
      .with(0x40 + 32, 0, 4), status: 0, says: ["halted for good"]),
  BadImage(
    name: "Multiboot magic in a plain ELF64", image: .elf64.with(0x180, 0x1BAD_B002, 4), status: 0,
    says: ["halted for good"]),
  BadImage(
    name: "Multiboot 2 magic in a plain ELF32", image: .elf32.with(0x180, 0xE852_50D6, 4), status: 0,
    says: ["halted for good"]),
  BadImage(
    name: "HdrS in a plain ELF64",
    image: .elf64.grown(to: 0x400).with(0x202, 0x5372_6448, 4).with(0x1FE, 0xAA55, 2), status: 0,
    says: ["halted for good"]),
  BadImage(
    name: "Multiboot header in a boot sector, without address fields, not ELF",
    image: ImageBytes(count: 512).with(0, 0xF4FA, 2).with(16, ImageBytes.multibootHeader).with(510, 0xAA55, 2),
    status: 0, says: ["halted for good"]),
  BadImage(
    name: "Multiboot 2 header in a boot sector, without an address tag, not ELF",
    image: ImageBytes(count: 512).with(0, 0xF4FA, 2).with(16, ImageBytes.multiboot2Header).with(510, 0xAA55, 2),
    status: 0, says: ["halted for good"]),
  BadImage(
    name: "Multiboot 2 without an address tag, not ELF",
    image: ImageBytes(count: 512).with(16, ImageBytes.multiboot2Header), says: ["at offset 16", "not ELF"]),
  BadImage(name: "gzip of ELF64", image: ImageBytes.elf64.gzipped, status: 0, says: ["halted for good"]),
  BadImage(name: "gzip of bzImage", image: ImageBytes.linux.gzipped, status: 0, says: ["halted for good"]),
  BadImage(
    name: "gzip, filled up with zeros", image: ImageBytes.elf64.gzipped.grown(to: 4096), status: 0,
    says: ["halted for good"]),

  BadImage(
    name: "55 AA in a file that is not whole sectors", image: ImageBytes(count: 513).with(510, 0xAA55, 2),
    says: ["55 AA at offset 510", "513 bytes"]),
  BadImage(
    name: "HdrS without a boot flag", image: .linux.with(0x1FE, 0, 2), says: ["HdrS at 0x202", "boot_flag"]),
  BadImage(name: "empty file", image: ImageBytes(count: 0), says: ["is empty"]),
  BadImage(name: "one byte", image: ImageBytes(count: 1), says: ["no Linux setup header", "boot signature"]),
  BadImage(name: "zeros", image: ImageBytes(count: 4096), says: ["no Linux setup header", "ELF header"]),
  BadImage(
    name: "flat image larger than RAM", image: ImageBytes(count: 3 << 20),
    options: ["--format", "flat", "--memory", "2M"],
    says: ["has 3145728 bytes", "2097152"]),
  BadImage(
    name: "flat image beyond RAM by its address", image: ImageBytes(count: 4096),
    options: ["--format", "flat", "--load-address", "0x1fffff", "--memory", "2M"], says: ["0x1fffff"]),
  BadImage(
    name: "flat image at the top of the address space", image: ImageBytes(count: 4096),
    options: ["--format", "flat", "--load-address", "0xfffffffffffffff0"], says: ["0xfffffffffffffff0"]),
  BadImage(
    name: "flat image over the video window", image: ImageBytes(count: 4096),
    options: ["--format", "flat", "--load-address", "0xa0000"], says: ["0xa0000"]),
  BadImage(
    name: "real-mode entry beyond 1 MiB", image: ImageBytes(count: 16),
    options: ["--format", "flat", "--mode", "real16", "--entry", "0x200000"], says: ["--entry 0x200000"]),
  BadImage(
    name: "32-bit entry beyond 4 GiB", image: ImageBytes(count: 16),
    options: ["--format", "flat", "--mode", "protected32", "--entry", "0x100000000"], says: ["--entry 0x100000000"]),
  BadImage(
    name: "no boot signature", image: ImageBytes(count: 512), options: ["--format", "bootsector"], says: ["55 AA"]),
  BadImage(name: "not ELF", image: ImageBytes(count: 512), options: ["--format", "elf"], says: ["no ELF header"]),
  BadImage(name: "not PVH", image: .elf64, options: ["--format", "pvh"], says: ["PVH note"]),
  BadImage(name: "not Linux", image: .elf64, options: ["--format", "linux"], says: ["HdrS"]),
  BadImage(name: "not Multiboot", image: .elf64, options: ["--format", "multiboot"], says: ["0x1BADB002"]),
  BadImage(name: "not Multiboot 2", image: .elf64, options: ["--format", "multiboot2"], says: ["0xE85250D6"]),

  BadImage(name: "ELF class 3", image: .elf64.with(4, 3, 1), says: ["class 3"]),
  BadImage(name: "ELF big-endian", image: .elf64.with(5, 2, 1), says: ["encoding 2"]),
  BadImage(name: "ELF for ARM", image: .elf64.with(18, 183, 2), says: ["e_machine 183"]),
  BadImage(name: "ELF cut within its header", image: .elf64.cut(40), says: ["cut off after 40 bytes"]),
  BadImage(name: "ELF cut after its magic", image: .elf64.cut(4), says: ["ELF"]),
  BadImage(name: "ELF without program headers", image: .elf64.with(56, 0, 2), says: ["e_phnum 0"]),
  BadImage(name: "ELF with 65,535 program headers", image: .elf64.with(56, 65535, 2), says: ["e_phnum 65535"]),
  BadImage(name: "ELF with 60,000 program headers", image: .elf64.with(56, 60000, 2), says: ["60000 of 56 bytes"]),
  BadImage(name: "ELF with short program headers", image: .elf64.with(54, 32, 2), says: ["e_phentsize 32"]),
  BadImage(name: "ELF program headers beyond the file", image: .elf64.with(32, 0x10000, 8), says: ["0x10000"]),
  BadImage(
    name: "ELF program header offset overflows", image: .elf64.with(32, .max - 7, 8), says: ["0xfffffffffffffff8"]),
  BadImage(name: "ELF with no PT_LOAD", image: .elf64.with(64, 2, 4), says: ["no PT_LOAD"]),
  BadImage(name: "ELF segment beyond the file", image: .elf64.with(72, 0x1000, 8), says: ["p_offset 0x1000"]),
  BadImage(
    name: "ELF segment offset overflows", image: .elf64.with(72, .max, 8), says: ["p_offset 0xffffffffffffffff"]),
  BadImage(
    name: "ELF p_filesz larger than p_memsz", image: .elf64.with(96, 0x80, 8), says: ["p_filesz 128", "p_memsz 16"]),
  BadImage(name: "ELF segment beyond RAM", image: .elf64.with(88, 0x4000_0000, 8), says: ["p_paddr 0x40000000"]),
  BadImage(name: "ELF p_memsz beyond RAM", image: .elf64.with(104, 1 << 40, 8), says: ["p_memsz 1099511627776"]),
  BadImage(name: "ELF p_memsz overflows", image: .elf64.with(104, .max, 8), says: ["p_memsz 18446744073709551615"]),
  BadImage(name: "ELF p_paddr overflows", image: .elf64.with(88, .max - 7, 8), says: ["p_paddr 0xfffffffffffffff8"]),
  BadImage(name: "ELF over the video window", image: .elf64.with(88, 0x9FFF8, 8), says: ["p_paddr 0x9fff8"]),
  BadImage(
    name: "ELF segments overlap",
    image: .elf64.with(56, 2, 2).with(120, 1, 4).with(128, 0x100, 8).with(136, 0x100008, 8).with(144, 0x100008, 8)
      .with(152, 16, 8).with(160, 16, 8), says: ["program headers 0 and 1 overlap", "0x100008"]),
  BadImage(
    name: "ELF linear and physical addresses differ within a page", image: .elf64.with(80, 0x2_0000_0800, 8),
    says: ["p_vaddr 0x200000800"]),
  BadImage(
    name: "ELF maps into the identity", image: .elf64.with(80, 0x200000, 8), says: ["p_vaddr 0x200000"]),
  BadImage(
    name: "ELF entry not canonical", image: .elf64.with(24, 0x8000_0000_0000, 8), says: ["0x800000000000"]),
  BadImage(name: "ELF32 cut", image: .elf32.cut(50), says: ["program headers at 0x34"]),
  BadImage(name: "ELF32 segment beyond RAM", image: .elf32.with(64, 0xFFFF_FFF0, 4), says: ["p_paddr 0xfffffff0"]),

  BadImage(name: "Multiboot checksum", image: .multiboot.with(8, 1, 4), says: ["checksum 0x1"]),
  BadImage(
    name: "Multiboot with unknown mandatory flags",
    image: .multiboot.with(4, 0x18000, 4).with(8, 0x1_0000_0000 - 0x1BAD_B002 - 0x18000, 4), says: ["flags 0x18000"]),
  BadImage(
    name: "Multiboot without address fields, not ELF",
    image: .multiboot.with(4, 0, 4).with(8, 0x1_0000_0000 - 0x1BAD_B002, 4), says: ["not ELF"]),
  BadImage(name: "Multiboot header cut off", image: .multiboot.cut(24), says: ["cut off"]),
  BadImage(name: "Multiboot load_addr above header_addr", image: .multiboot.with(16, 0x100010, 4), says: ["load_addr"]),
  BadImage(name: "Multiboot header_addr too far", image: .multiboot.with(12, 0x200000, 4), says: ["header_addr"]),
  BadImage(
    name: "Multiboot load_end_addr below load_addr", image: .multiboot.with(20, 0x1000, 4),
    says: ["load_end_addr 0x1000"]),
  BadImage(
    name: "Multiboot load_end_addr beyond the file", image: .multiboot.with(20, 0x200000, 4),
    says: ["load_end_addr 0x200000"]),
  BadImage(
    name: "Multiboot bss_end_addr below the image", image: .multiboot.with(24, 0x100010, 4),
    says: ["bss_end_addr 0x100010"]),
  BadImage(
    name: "Multiboot bss_end_addr beyond RAM", image: .multiboot.with(24, 0xF000_0000, 4), says: ["bss_end_addr"]),

  BadImage(name: "Multiboot 2 checksum", image: .multiboot2.with(12, 1, 4), says: ["checksum 0x1"]),
  BadImage(
    name: "Multiboot 2 for MIPS", image: .multiboot2.with(4, 4, 4).with(12, 0x1_0000_0000 - 0xE852_50D6 - 68, 4),
    says: ["architecture 4"]),
  BadImage(
    name: "Multiboot 2 header longer than the file",
    image: .multiboot2.with(8, 0x8000, 4).with(12, 0x1_0000_0000 - 0xE852_50D6 - 0x8000, 4), says: ["header_length"]),
  BadImage(name: "Multiboot 2 tag of size 0", image: .multiboot2.with(20, 0, 4), says: ["size 0"]),
  BadImage(name: "Multiboot 2 unknown mandatory tag", image: .multiboot2.with(40, 77, 2), says: ["tag 77"]),
  BadImage(
    name: "Multiboot 2 address tag beyond the file", image: .multiboot2.with(32, 0x300000, 4),
    says: ["load_end_addr 0x300000"]),

  BadImage(name: "bzImage of protocol 2.05", image: .linux.with(0x206, 0x205, 2), says: ["0x205"]),
  BadImage(name: "bzImage of protocol 1.00", image: .linux.with(0x206, 0x100, 2), says: ["0x100"]),
  BadImage(name: "bzImage cut within its setup", image: .linux.cut(0x300), says: ["0x20f"]),
  BadImage(name: "bzImage whose setup is all of it", image: .linux.with(0x1F1, 40, 1), says: ["setup_sects 40"]),
  BadImage(name: "bzImage that is not bzImage", image: .linux.with(0x211, 0, 1), says: ["loadflags 0x0"]),
  BadImage(
    name: "bzImage with a pref_address beyond RAM", image: .linux.with(0x258, 1 << 40, 8),
    says: ["pref_address 0x10000000000"]),
  BadImage(
    name: "bzImage with an init_size beyond RAM", image: .linux.with(0x260, 0xFFFF_FFFF, 4),
    says: ["init_size 4294967295"]),
  BadImage(
    name: "bzImage with too long a command line", image: .linux,
    options: ["--append", String(repeating: "x", count: 300)], says: ["cmdline_size 255"]),
  BadImage(
    name: "ELF sections beyond the file", image: sectioned.with(32, 0x10000, 4),
    says: ["e_shoff 0x10000"]),
  BadImage(name: "ELF section headers too small", image: sectioned.with(46, 8, 2), says: ["e_shentsize 8"]),
  BadImage(name: "ELF with 65,535 sections", image: sectioned.with(48, 65535, 2), says: ["65535 of 40 bytes"]),
  BadImage(name: "ELF section names beyond the table", image: sectioned.with(50, 9, 2), says: ["e_shstrndx 9"]),
  BadImage(
    name: "ELF section beyond the file", image: sectioned.with(sectionField(1, 16), 0xFFFF_FFF0, 4),
    says: ["section 1", "sh_offset 0xfffffff0"]),
  BadImage(
    name: "ELF section larger than the file", image: sectioned.with(sectionField(1, 20), 0xFFFF_FFFF, 4),
    says: ["section 1", "sh_size 4294967295"]),
  BadImage(
    name: "ELF section with an odd alignment", image: sectioned.with(sectionField(1, 32), 24, 4),
    says: ["section 1", "sh_addralign 24"]),
  BadImage(
    name: "ELF sections that do not fit beside the image",
    image: manySections, options: ["--memory", "2M"], says: ["sh_size 200000", "2097152"]),
  BadImage(
    name: "Multiboot 2 wants ELF sections of an image without any",
    image: .elf(
      is64: false, entry: 0x100000, linear: 0x100000, physical: 0x100000,
      content: ImageBytes(numbers: [
        0xE852_50D6, 0, 40, 0x1_0000_0000 - 0xE852_50D6 - 40, 1, 12, 9, 0, 0, 8,
      ]).bytes), says: ["information request 9"]),

  BadImage(name: "gzip cut within its header", image: ImageBytes.elf64.gzipped.cut(9), says: ["gzip", "offset 0"]),
  BadImage(name: "gzip cut", image: ImageBytes.elf64.gzipped.cut(200), says: ["gzip", "cut off"]),
  BadImage(name: "gzip cut within its trailer", image: ImageBytes.elf64.gzipped.cut(530), says: ["ISIZE"]),
  BadImage(name: "gzip by another method", image: ImageBytes.elf64.gzipped.with(2, 7, 1), says: ["method 7"]),
  BadImage(
    name: "gzip with reserved flags", image: ImageBytes.elf64.gzipped.with(3, 0xE0, 1), says: ["flags 0xe0"]),
  BadImage(
    name: "gzip with a wrong CRC of its header", image: ImageBytes.elf64.gzipped.with(3, 2, 1), says: ["CRC16 0x1 "]),
  BadImage(
    name: "gzip with a block that is none", image: ImageBytes.elf64.gzipped.with(10, 7, 1), says: ["block type 3"]),
  BadImage(
    name: "gzip with a stored length that is wrong", image: ImageBytes.elf64.gzipped.with(13, 0, 2),
    says: ["stored length 512"]),
  BadImage(
    name: "gzip with a wrong CRC", image: ImageBytes.elf64.gzipped.with(15 + 512, 0, 4), says: ["CRC32 0x0"]),
  BadImage(
    name: "gzip with a wrong length", image: ImageBytes.elf64.gzipped.with(15 + 516, 1, 4), says: ["ISIZE 1"]),
  BadImage(
    name: "gzip with something behind it", image: ImageBytes.elf64.gzipped.with(15 + 520, [1, 2, 3]),
    says: ["3 bytes at offset 535"]),
  BadImage(name: "gzip of zeros without end", image: gzipBomb, options: ["--memory", "1M"], says: ["1048576 bytes"]),

  BadImage(
    name: "two RAM disks for Linux", image: .linux, options: ["--initrd", "/bin/sh", "--initrd", "/bin/true"],
    says: ["/bin/true", "2 times"]),
  BadImage(
    name: "RAM disk with a command line for Linux", image: .linux, options: ["--initrd", "/bin/sh=quiet"],
    says: ["/bin/sh", "quiet"]),
  BadImage(
    name: "RAM disk for a plain ELF64", image: .elf64, options: ["--initrd", "/bin/sh"],
    says: ["/bin/sh", "ELF file without"]),
  BadImage(
    name: "RAM disk for a flat image", image: .elf64, options: ["--initrd", "/bin/sh", "--format", "flat"],
    says: ["/bin/sh", "flat"]),
  BadImage(
    name: "second module that is not there", image: .multiboot,
    options: ["--initrd", "/bin/sh=one", "--initrd", "/nonexistent/module=two"], says: ["/nonexistent/module"]),
  BadImage(
    name: "RAM disk that is not there", image: .linux, options: ["--initrd", "/nonexistent/initrd"],
    says: ["/nonexistent/initrd"]),
  BadImage(name: "RAM disk that is a folder", image: .linux, options: ["--initrd", "/"], says: ["directory"]),
  BadImage(
    name: "RAM disk that is a device", image: .linux, options: ["--initrd", "/dev/zero"], says: ["not a regular file"]),
]

@Suite("Bad images")
struct BadImageTests {
  @Test("One sentence, status 66", arguments: badImages)
  func refused(_ row: BadImage) throws {
    let path = NSTemporaryDirectory() + "emu-bad-\(UUID().uuidString)"
    try Data(row.image.bytes).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let outcome = try runEmu(["run", "--timeout", "20"] + row.options + [path])
    #expect(outcome.status == row.status, "\(outcome.errors)")
    for text in row.says { #expect(outcome.errors.contains(text), "\(outcome.errors)") }
    if row.status == 66 {
      #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
      #expect(outcome.errors.hasPrefix("emu: "))
      #expect(outcome.output.isEmpty)
    }
  }

  @Test("At least 50 rows")
  func count() { #expect(badImages.filter { $0.status == 66 }.count >= 50) }

  @Test("Not a file", arguments: ["/", "/nonexistent", "/dev/null"])
  func notFile(_ path: String) throws {
    let outcome = try runEmu(["run", path])
    #expect(outcome.status == 66)
    #expect(outcome.errors.hasPrefix("emu: \(path): "))
  }

  @Test("A FIFO does not block")
  func fifo() throws {
    let path = NSTemporaryDirectory() + "emu-fifo-\(UUID().uuidString)"
    #expect(unsafe mkfifo(path, 0o600) == 0)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let outcome = try runEmu(["run", path])
    #expect(outcome.status == 66)
    #expect(outcome.errors.contains("not a regular file"))
  }
}
