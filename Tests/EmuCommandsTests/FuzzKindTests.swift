import TestSupport
import Testing

@Suite("Kinds of tests of emu fuzz")
struct FuzzKindTests {
  private struct KindRow: CustomTestStringConvertible, Sendable {
    var arguments: [String]
    var count: Int
    /// What the closing table has.
    var text: String
    var needsSegments = false
    var testDescription: String { arguments.joined(separator: " ") }
  }

  private static let kindRows = [
    KindRow(arguments: ["--length", "2-8"], count: 60_000, text: "rule undefined-carried: "),
    KindRow(arguments: ["--length", "3", "--isa", "x87"], count: 40_000, text: " tests of 1"),
    KindRow(arguments: ["--bytes"], count: 200_000, text: "map VEX other map: "),
    KindRow(
      arguments: ["--modes", "protected16"], count: 60_000, text: " tests of ", needsSegments: true),
    KindRow(
      arguments: ["--modes", "protected16", "--length", "2-4"], count: 40_000, text: " tests of ", needsSegments: true),
    KindRow(
      arguments: ["--modes", "protected16", "--bytes"], count: 100_000, text: "map XOP or POP: ", needsSegments: true),
  ]

  @Test(
    "The host's own processor agrees on sequences, random bytes and 16-bit code", .enabled(if: hasNative),
    .disabled(if: Build.isDebug, "takes minutes in a debug build"), arguments: kindRows.filter { !$0.needsSegments })
  private func kinds(_ row: KindRow) throws { try agrees(row) }

  @Test(
    "The host's own processor agrees on 16-bit segments", .enabled(if: hasNative),
    .enabled(if: hasSegments, "the host's kernel has no modify_ldt"),
    .disabled(if: Build.isDebug, "takes minutes in a debug build"), arguments: kindRows.filter(\.needsSegments))
  private func segmentKinds(_ row: KindRow) throws { try agrees(row) }

  private func agrees(_ row: KindRow) throws {
    let outcome = try runEmu(
      ["fuzz", "--against", "native", "--count", "\(Build.rounds(row.count))", "--seed", "9"] + row.arguments,
      limit: 110)
    #expect(outcome.status == 0 && outcome.text.contains("  bug: 0"), "\(outcome.text)")
    #expect(outcome.text.contains(row.text), "\(outcome.text)")
  }

  @Test(
    "Kinds of tests that cannot be",
    arguments: [
      (["--length", "9"], "--length 9: a sequence has 1 to 8 instructions"), (["--length", "3-2"], "'3-2' is invalid"),
      (["--length", "0"], "'0' is invalid"), (["--program", "x"], "--program needs --against reference"),
      (["--subject", "reference"], "--subject reference: it can only be the oracle"),
      (["--length", "2-"], "'2-' is invalid"),
      (["--length", "2", "--capture", "x"], "--length 2: --capture records single instructions"),
      (["--bytes", "--capture", "x"], "--bytes: --capture records single instructions"),
      (["--bytes", "--isa", "ADD"], "--bytes draws no forms"),
      (["--bytes", "--length", "2"], "--bytes draws no forms"),
      (["--modes", "protected16", "--capture", "x"], "it cannot record --modes protected16"),
      (["--length", "2", "--subject", "kvm"], "it needs --against native"),
    ])
  func wrongKinds(_ arguments: [String], _ sentence: String) throws {
    let outcome = try runEmu(["fuzz", "--against", "native", "--count", "1"] + arguments)
    #expect(outcome.status == 64 && outcome.errors.contains(sentence), "\(outcome.errors)")
  }

  @Test(
    "KVM agrees in real mode, but for limits that have names",
    .enabled(if: Stepping.flavour != nil, "no /dev/kvm: SKIP is printed"),
    .disabled(if: Build.isDebug, "takes minutes in a debug build"))
  func realMode() throws {
    let outcome = try runEmu(
      ["fuzz", "--against", "kvm", "--modes", "real", "--count", "\(Build.rounds(40_000))", "--seed", "9"], limit: 110)
    func count(_ pattern: Regex<(Substring, Substring)>) throws -> Int {
      try #require(outcome.text.firstMatch(of: pattern).flatMap { Int($0.1) }, "\(outcome)")
    }
    let tests = try count(/(\d+) tests of \d+ forms/)
    #expect([0, 1].contains(outcome.status) && tests == Build.rounds(40_000), "\(outcome)")
    #expect(try count(/bug: (\d+)/) * 100 <= tests, "\(outcome)")
  }
}
