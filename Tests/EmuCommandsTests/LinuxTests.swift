import Foundation
import TestSupport
import Testing

/// A boot of Debian's kernel: image, options, and what must come of it.
struct LinuxRow: Sendable, CustomTestStringConvertible {
  var image: String
  var processors: Int
  var memory: String
  var kernelOptions = ""
  var exit = "power-off"

  var testDescription: String { "\(image), \(processors) processors, \(memory) \(kernelOptions)" }
}

private let linuxRows = [
  LinuxRow(image: "vmlinuz", processors: 1, memory: "96M"),
  LinuxRow(image: "vmlinuz", processors: 2, memory: "256M"),
  LinuxRow(image: "vmlinux", processors: 1, memory: "96M"),
  LinuxRow(image: "vmlinux", processors: 2, memory: "256M"),
  LinuxRow(
    image: "vmlinuz", processors: 1, memory: "128M", kernelOptions: "acpi=off noapic nolapic", exit: "halted"),
]

private func isThere(_ names: String...) -> Bool {
  names.allSatisfy { FileManager.default.fileExists(atPath: Build.cache.appendingPathComponent($0).path) }
}

@Suite("Debian's software")
struct LinuxTests {
  @Test(
    "Debian's kernel boots to a shell, works and goes",
    .enabled(if: !Build.isDebug, "a debug build is too slow"),
    .enabled(
      if: isThere("vmlinuz", "vmlinux", "initramfs.cpio"), "Debian's packages were not fetched (make linux-files)"),
    arguments: linuxRows)
  func boots(_ row: LinuxRow) throws {
    let script =
      "uname -a; cat /proc/cpuinfo /proc/interrupts /proc/uptime; seq 1 20000 | md5sum; sleep 2; cat /proc/uptime; poweroff -f"
    let outcome = try runEmu(
      [
        "run", "--stats", "--memory", row.memory, "--cpus", "\(row.processors)", "--initrd",
        Build.cache.appendingPathComponent("initramfs.cpio").path, "--append",
        "console=ttyS0 \(row.kernelOptions) emu.script=\"\(script)\"",
        Build.cache.appendingPathComponent(row.image).path,
      ], limit: 900)
    let text = outcome.text
    #expect(outcome.status == 0, "\(outcome.errors)\n\(text.suffix(2000))")
    #expect(outcome.statistics["exit"] == row.exit, "\(outcome.errors)")
    #expect(text.contains("Linux (none) 6.1."), "uname")
    #expect(text.contains("e071f707df7bbeee2a6a1eb48011ddd0  -"), "md5sum of 1 to 20000")
    let processors = text.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("processor\t: ") }.count
    #expect(processors == row.processors)
    #expect(text.contains("AuthenticAMD"))
    #expect(text.contains(row.kernelOptions.isEmpty ? "IO-APIC   2-edge      timer" : "XT-PIC"), "interrupts")
    let uptimes = text.split(whereSeparator: \.isNewline).compactMap { line -> Double? in
      let fields = line.split(separator: " ")
      return fields.count == 2 ? Double(fields[0]) : nil
    }
    #expect(uptimes.count == 2 && uptimes[1] - uptimes[0] > 1.99 && uptimes[1] - uptimes[0] < 2.5, "\(uptimes)")
    for bad in ["unchecked MSR", "Kernel panic", "BUG:", "Oops", "WARNING: CPU"] {
      #expect(!text.contains(bad), "\(bad)")
    }
    #expect(!outcome.errors.contains("unimplemented"), "\(outcome.errors)")
  }
}

@Suite("memtest86+")
struct MemtestTests {
  @Test(
    "Its first tests run and find no error",
    .enabled(if: !Build.isDebug, "a debug build is too slow"),
    .enabled(if: isThere("memtest.bin"), "Debian's memtest86+ was not fetched (make memtest-files)"))
  func runs() throws {
    let outcome = try runEmu(
      [
        "run", "--stats", "--memory", "32M", "--append", "console=ttyS0,115200 nosmp", "--max-instructions",
        "10000000000", Build.cache.appendingPathComponent("memtest.bin").path,
      ], limit: 600)
    #expect(outcome.status == 124, "\(outcome.errors)")
    for test in ["[Address test, walking ones", "[Moving inversions, random", "[Moving inversions, 64 bit"] {
      #expect(outcome.text.contains(test), "\(test)")
    }
    #expect(outcome.text.contains("Errors: 0"))
    #expect(outcome.text.firstMatch(of: /Errors: +[1-9]/) == nil)
    #expect(!outcome.errors.contains("unimplemented"), "\(outcome.errors)")
  }
}
