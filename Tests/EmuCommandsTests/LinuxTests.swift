import Foundation
import TestSupport
import Testing

/// A boot of Debian's kernel: image, options, and what must come of it.
struct LinuxRow: Sendable, CustomTestStringConvertible {
  var image: String
  var processors: Int
  var memory: String
  var kernelOptions = ""
  var model = "amd-v1"
  var exit = "power-off"
  var isSlow = false

  var testDescription: String { "\(image), \(processors) processors \(model), \(memory) \(kernelOptions)" }
}

private let linuxRows = [
  LinuxRow(image: "vmlinuz", processors: 1, memory: "96M"),
  LinuxRow(image: "vmlinuz", processors: 2, memory: "256M"),
  LinuxRow(image: "vmlinux", processors: 1, memory: "96M"),
  LinuxRow(image: "vmlinux", processors: 2, memory: "256M", isSlow: true),
  LinuxRow(
    image: "vmlinuz", processors: 1, memory: "128M", kernelOptions: "acpi=off noapic nolapic", exit: "halted"),
  LinuxRow(image: "vmlinuz", processors: 1, memory: "128M", model: "zen4"),
  LinuxRow(image: "vmlinuz", processors: 2, memory: "128M", model: "icelake", isSlow: true),
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
    arguments: linuxRows.filter { !$0.isSlow })
  func boots(_ row: LinuxRow) throws { try Self.boot(row) }

  @Test(
    "The other boots", .enabled(if: Build.runsSlowTests, "too slow for every day (make slow-test)"),
    .enabled(
      if: isThere("vmlinuz", "vmlinux", "initramfs.cpio"), "Debian's packages were not fetched (make linux-files)"),
    arguments: linuxRows.filter(\.isSlow))
  func bootsSlowly(_ row: LinuxRow) throws { try Self.boot(row) }

  private static func boot(_ row: LinuxRow) throws {
    let script =
      "uname -a; cat /proc/cpuinfo /proc/interrupts /proc/uptime; seq 1 20000 | md5sum; sleep 2; cat /proc/uptime; poweroff -f"
    let outcome = try runEmu(
      [
        "run", "--stats", "--memory", row.memory, "--cpus", "\(row.processors)", "--cpu", row.model, "--initrd",
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
    #expect(text.contains(row.model == "icelake" ? "GenuineIntel" : "AuthenticAMD"))
    if row.model != "amd-v1" {
      #expect(text.contains(" pku ospke gfni vaes vpclmulqdq la57 "), "flags")
      #expect(text.contains("Enabled xstate features 0x207, context size is 840 bytes, using 'compacted' format"))
    }
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

/// Whether the host lets the commands run in a tree of their own.
let canChangeRoot: Bool = {
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = ["unshare", geteuid() == 0 ? "-m" : "-rm", "true"]
  process.standardError = nil
  guard (try? process.run()) != nil else { return false }
  process.waitUntilExit()
  return process.terminationStatus == 0
}()

/// The same commands in emu and on the host, compared by tools/userspace.py.
@Suite("Debian's user space")
struct UserSpaceTests {
  private static func run(_ size: String) throws {
    let tool = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../tools/userspace.py").path
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", tool, Build.emu.path, Build.cache.path, size]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(text)")
    #expect(text.contains(", 0 with another output than on the host"), "\(text)")
  }

  @Test(
    "bash, coreutils, perl, openssl and packers print what they print on the host",
    .enabled(if: !Build.isDebug, "a debug build is too slow"),
    .enabled(if: canChangeRoot, "unshare(1) cannot make a mount namespace here"),
    .enabled(
      if: isThere("vmlinuz", "userspace-base", "userspace-base.cpio"),
      "Debian's packages were not fetched (make userspace-files)"))
  func short() throws { try Self.run("short") }

  @Test(
    "python3, sqlite3 and gcc too", .enabled(if: Build.runsSlowTests, "too slow for every day (make slow-test)"),
    .enabled(if: canChangeRoot, "unshare(1) cannot make a mount namespace here"),
    .enabled(
      if: isThere("vmlinuz", "userspace-full", "userspace-full.cpio"),
      "Debian's packages were not fetched (make userspace-test)"))
  func full() throws { try Self.run("full") }
}

/// A recorded boot with a shell, its replay, and a snapshot of it.
@Suite("Debian's kernel, again")
struct LinuxReplayTests {
  private static let options = [
    "--memory", "256M", "--initrd", Build.cache.appendingPathComponent("initramfs.cpio").path, "--append",
    "console=ttyS0", Build.cache.appendingPathComponent("vmlinuz").path,
  ]

  @Test(
    "A recorded session at the shell is replayed to the same state, and goes on from a snapshot within it",
    .enabled(if: !Build.isDebug, "a debug build is too slow"),
    .enabled(if: isThere("vmlinuz", "initramfs.cpio"), "Debian's packages were not fetched (make linux-files)"))
  func again() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("emu-linux-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let log = folder.appendingPathComponent("log").path
    let snapshot = folder.appendingPathComponent("snapshot").path
    let session = try Conversation(["run", "--record", log] + Self.options)
    for command in ["uname -r", "seq 1 2000 | md5sum", "sleep 1; cat /proc/uptime /proc/interrupts"] {
      try #require(session.waits(for: "# "), "\(String(decoding: session.said.suffix(2000), as: UTF8.self))")
      session.type(command)
    }
    try #require(session.waits(for: "# "))
    session.type("poweroff -f")
    #expect(try session.end() == 0)
    let said = String(decoding: session.said, as: UTF8.self)
    #expect(said.contains("ea4d0a24dabcaa11f9aa979b872d162b  -"), "md5sum of 1 to 2000")
    // The first input came when the shell waited for it.
    let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").map { $0.split(separator: " ") }
    let first = try #require(lines.first { $0[0] == "serial" })
    let replay = try runEmu(
      ["run", "--replay", log, "--snapshot-at", "\(first[1]):\(snapshot)"] + Self.options, limit: 300)
    // Status 0 says that the final state is the recorded one; another end is noticed.
    #expect(replay.status == 0 && Data(replay.output) == session.said, "\(replay.errors)")
    let restored = try runEmu(
      ["run", "--restore", snapshot], input: Array("echo $((6*7))\npoweroff -f\n".utf8), limit: 300)
    #expect(restored.status == 0 && restored.text.contains("\n42\r\n"), "\(restored.text) \(restored.errors)")
    #expect(!restored.text.contains("Linux version"), "it did not boot again")
  }
}

/// An `emu` whose standard input is typed when its guest asks for it.
private final class Conversation {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private let ended = DispatchSemaphore(value: 0)
  private(set) var said = Data()

  init(_ arguments: [String]) throws {
    process.executableURL = Build.emu
    process.arguments = arguments
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let process = process
    let ended = ended
    let guardian = Thread {
      if ended.wait(timeout: .now() + 300) == .timedOut { process.terminate() }
    }
    guardian.start()
  }

  /// Reads until the guest says something anew; false if it ends before.
  func waits(for words: String) -> Bool {
    let start = said.count
    while said[start...].range(of: Data(words.utf8)) == nil {
      let more = output.fileHandleForReading.availableData
      guard !more.isEmpty else { return false }
      said += more
    }
    return true
  }

  func type(_ line: String) { input.fileHandleForWriting.write(Data((line + "\n").utf8)) }

  /// Reads to the end; gives the status.
  func end() throws -> Int32 {
    said += output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    ended.signal()
    try input.fileHandleForWriting.close()
    return process.terminationStatus
  }
}

@Suite("memtest86+")
struct MemtestTests {
  @Test(
    "Its first tests run and find no error",
    .enabled(if: !Build.isDebug, "a debug build is too slow"),
    .enabled(if: isThere("memtest.bin"), "Debian's memtest86+ was not fetched (make guest-files)"))
  func runs() throws {
    let outcome = try runEmu(
      [
        "run", "--stats", "--memory", "32M", "--append", "console=ttyS0,115200 nosmp", "--max-ticks",
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

/// How far Xen comes in so many ticks, and what it has printed by then.
struct XenRow: Sendable, CustomTestStringConvertible {
  var name: String
  var ticks: Int
  var texts: [String]
  var isSlow = false
  var testDescription: String { name }
}

private let xenRows = [
  XenRow(
    name: "to its interrupt lines", ticks: 160_000_000,
    texts: [
      "(XEN) Xen version 4.17", "(XEN) Command line: no-real-mode console=com1", "(XEN) Multiboot-e820 RAM map:",
      "(XEN) Switched to APIC driver x2apic", "(XEN) Platform timer is 3.580MHz ACPI PM Timer",
      "(XEN) ENABLING IO-APIC IRQs",
    ]),
  XenRow(
    name: "to the kernel of domain 0", ticks: 1_500_000_000,
    texts: ["(XEN) Dom0 has maximum 1 VCPUs", "Linux version 6.1", "Hypervisor detected: Xen PV"], isSlow: true),
]

@Suite("Xen")
struct XenTests {
  @Test(
    "Debian's Xen starts from Multiboot, with Debian's kernel as its module",
    .enabled(if: !Build.isDebug, "a debug build is too slow"),
    .enabled(if: isThere("xen.gz", "vmlinuz"), "Debian's Xen was not fetched (make guest-files linux-files)"),
    arguments: xenRows.filter { !$0.isSlow })
  func starts(_ row: XenRow) throws { try Self.start(row) }

  @Test(
    "It comes to its first domain", .enabled(if: Build.runsSlowTests, "too slow for every day (make slow-test)"),
    .enabled(if: isThere("xen.gz", "vmlinuz"), "Debian's Xen was not fetched (make guest-files linux-files)"),
    arguments: xenRows.filter(\.isSlow))
  func startsDomain(_ row: XenRow) throws { try Self.start(row) }

  private static func start(_ row: XenRow) throws {
    let outcome = try runEmu(
      [
        "run", "--memory", "512M", "--max-ticks", "\(row.ticks)", "--append",
        "no-real-mode console=com1 com1=115200,8n1 dom0_mem=256M noreboot", "--initrd",
        Build.cache.appendingPathComponent("vmlinuz").path + "=console=hvc0 earlyprintk=xen",
        Build.cache.appendingPathComponent("xen.gz").path,
      ], limit: 600)
    #expect(outcome.status == 124, "\(outcome.errors)")
    for text in row.texts { #expect(outcome.text.contains(text), "\(text)") }
    #expect(!outcome.errors.contains("unimplemented"), "\(outcome.errors)")
  }
}
