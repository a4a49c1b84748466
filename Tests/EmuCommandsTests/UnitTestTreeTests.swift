import Foundation
import TestSupport
import Testing

/// A tree as a user builds it, of images that end in known ways: boot sectors.
private struct Tree {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("emu-suite-\(UUID().uuidString)")

  /// `MOV AX, value; MOV DX, F4h; OUT DX, EAX`, or a loop.
  static func sector(_ code: [UInt8]) -> Data {
    Data(code + [UInt8](repeating: 0, count: 510 - code.count) + [0x55, 0xAA])
  }
  static func writing(_ value: UInt8) -> Data { sector([0x66, 0xB8, value, 0, 0, 0, 0xBA, 0xF4, 0, 0x66, 0xEF]) }

  init(_ configuration: String) throws {
    let images = folder.appendingPathComponent("x86")
    try FileManager.default.createDirectory(at: images, withIntermediateDirectories: true)
    try Data("ARCH=x86_64\n".utf8).write(to: folder.appendingPathComponent("config.mak"))
    try Data(configuration.utf8).write(to: images.appendingPathComponent("unittests.cfg"))
    for (name, data) in [
      ("good", Self.writing(0)), ("bad", Self.writing(1)), ("skips", Self.writing(38)),
      ("hangs", Self.sector([0xEB, 0xFE])),
    ] {
      try data.write(to: images.appendingPathComponent("\(name).flat"))
    }
  }

  func remove() { try? FileManager.default.removeItem(at: folder) }

  func run(reasons: String, only: String = "") throws -> EmuOutcome {
    let file = folder.appendingPathComponent("reasons.tsv")
    try Data(reasons.utf8).write(to: file)
    return try runProgram(
      Build.root.appendingPathComponent("tools/kvm-unit-tests.py").path,
      [
        Build.emu.path, folder.path, "--reasons", file.path, "--timeout", "2", "--jobs", "2", "--only", only, "--logs",
        folder.appendingPathComponent("logs").path,
      ])
  }
}

@Suite("A tree of kvm-unit-tests") struct UnitTestTreeTests {
  private static let configuration = """
    [good]
    file = good.flat
    [two]
    file = good.flat
    smp = 2
    test_args = 'a b'
    qemu_params = -cpu max,vendor=GenuineIntel -m 64
    [other]
    file = good.flat
    arch = i386
    [slow]
    file = bad.flat
    groups = nodefault
    [bad]
    file = bad.flat
    [absent]
    file = absent.flat
    [hangs]
    file = hangs.flat
    """

  @Test("Each group's end, and what no line explains") func ends() throws {
    let tree = try Tree(Self.configuration)
    defer { tree.remove() }
    let outcome = try tree.run(reasons: "# why\nx86_64\thangs\tit waits for ever\n")
    let rows = outcome.text.split(separator: "\n").filter { $0.hasPrefix("| x86_64") }
    #expect(
      rows == [
        "| x86_64 | good | good.flat | pass | 1 |  |", "| x86_64 | two | good.flat | pass | 1 |  |",
        "| x86_64 | bad | bad.flat | fail | 3 |  |",
        "| x86_64 | hangs | hangs.flat | time | 124 | it waits for ever |",
        "| x86_64 | skips | skips.flat | skip | 77 |  |",
      ], "\(outcome.text)")
    #expect(outcome.text.contains("2 of 4 images end at their own expectation or skip themselves; 3 of 5 groups."))
    #expect(outcome.errors.contains("without a reason: x86_64 bad"), "\(outcome.errors)")
    #expect(outcome.status == 1)
    let log = try String(contentsOf: tree.folder.appendingPathComponent("logs/x86_64-two.log"), encoding: .utf8)
    #expect(log.contains("--memory 64M --cpus 2 --cpu intel-v1 '--append=a b'"), "\(log)")
  }

  @Test("All explained, or nothing to explain") func explained() throws {
    let tree = try Tree(Self.configuration)
    defer { tree.remove() }
    #expect(try tree.run(reasons: "", only: "good,skips").status == 0)
    #expect(try tree.run(reasons: "x86_64\tbad\tit fails\n", only: "bad").status == 0)
  }

  @Test("No tree, a line of reasons that is none, no such group") func wrong() throws {
    let tree = try Tree(Self.configuration)
    defer { tree.remove() }
    let columns = try tree.run(reasons: "x86_64 bad\n")
    #expect(columns.status == 1 && columns.errors.contains("reasons.tsv:1: 1 columns instead of"), "\(columns.errors)")
    let none = try tree.run(reasons: "", only: "nothing")
    #expect(none.status == 1 && none.errors.contains("no image to run"), "\(none.errors)")
    try FileManager.default.removeItem(at: tree.folder.appendingPathComponent("config.mak"))
    let noTree = try tree.run(reasons: "")
    #expect(noTree.status == 1 && noTree.errors.contains("it has no config.mak"), "\(noTree.errors)")
  }
}
