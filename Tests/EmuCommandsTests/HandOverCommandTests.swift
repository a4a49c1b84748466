import ArgumentParser
import Foundation
import KVM
import Machine
import TestSupport
import Testing

@testable import EmuCommands

private func rom(_ name: String) -> String { Build.roms.appendingPathComponent("\(name).elf").path }

/// Whether this host has a KVM for us; if not, that is said once.
enum KVMHere {
  /// Why there is none.
  static let absence: String = {
    do throws(KVMError) {
      _ = try KVMInstructionRunner()
      return ""
    } catch {
      print("SKIP kvm: \(error.description)")
      return error.description
    }
  }()
  static var isAvailable: Bool { absence.isEmpty }
}

@Suite("emu run --hand-over, refused")
struct HandOverRefusalTests {
  /// Options, status, and what is said.
  private static let rows: [(String, Int32, String)] = [
    ("--hand-over start", 64, "--hand-over start is not at=WHERE"),
    ("--hand-over at=", 64, "--hand-over at=: '' is not a symbol, an address with 0x, a time"),
    ("--hand-over at=12", 64, "--hand-over at=12: '12' is not a symbol"),
    ("--hand-over at=1.2.3s", 64, "'1.2.3s' is not a symbol"),
    ("--hand-over at=9e9s", 64, "'9e9s' is not a symbol"),
    ("--hand-over at=99999999999999s", 64, "'99999999999999s' is not a symbol"),
    ("--hand-over at=0xzz", 64, "'0xzz' is not a symbol"),
    ("--hand-over at=0x10000000000000000", 64, "'0x10000000000000000' is not a symbol"),
    ("--hand-over at=port:0x10000", 64, "'port:0x10000' is not a symbol"),
    ("--hand-over at=port:", 64, "'port:' is not a symbol"),
    ("--hand-over at=ticks:-1", 64, "'ticks:-1' is not a symbol"),
    ("--hand-over at=a:b", 64, "'a:b' is not a symbol"),
    ("--hand-over at=no_such_symbol", 64, "--hand-over at=no_such_symbol: there is no symbol of that name"),
    ("--backend kvm --hand-over at=ticks:5", 64, "--hand-over at=ticks:5 counts ticks of the model"),
    (
      "--hand-over at=round --hand-over at=ticks:5", 64, "--hand-over at=ticks:5 counts ticks of the model"
    ),
    ("--hand-over at=1s --gdb 0", 64, "--hand-over and --gdb exclude each other"),
    ("--hand-over at=1s --snapshot-at 5:s", 64, "--hand-over and --snapshot-at exclude each other"),
    ("--hand-over at=1s --record r", 64, "--hand-over and --record exclude each other"),
    ("--hand-over at=1s --replay r", 64, "--hand-over and --replay exclude each other"),
    ("--hand-over at=1s --profile p", 64, "--hand-over and --profile exclude each other"),
    ("--hand-over at=1s --max-ticks 5", 64, "--hand-over and --max-ticks exclude each other"),
    ("--hand-over at=1s --reboot", 64, "--hand-over and --reboot exclude each other"),
    ("--backend kvm --trace /dev/null", 64, "--trace needs --backend model"),
    ("--backend kvm --explain", 64, "--explain needs --backend model"),
  ]

  @Test("By one sentence", arguments: rows.indices)
  func refused(_ index: Int) throws {
    let (options, status, says) = Self.rows[index]
    let outcome = try runEmu(["run"] + options.split(separator: " ").map(String.init) + [rom("hand-over")])
    #expect(outcome.status == status, "\(options): \(outcome.errors)")
    #expect(outcome.errors.contains(says), "\(options): \(outcome.errors)")
    #expect(outcome.text.isEmpty)
  }

  @Test("A run that may change over and does not is the model's own, and says so")
  func unused() throws {
    let outcome = try runEmu(["run", "--stats", "--hand-over", "at=control", rom("hand-over")])
    #expect(outcome.status == 33, "\(outcome.errors)")
    #expect(outcome.errors.contains("executed by the model alone: no hand-over came about"))
    #expect(outcome.statistics["instructions"] != "null")
  }
}

@Suite("emu run --hand-over", .enabled(if: KVMHere.isAvailable, "no /dev/kvm: SKIP is printed"))
struct HandOverCommandTests {
  /// Options, and what the notes say of the run.
  private static let rows: [(String, [String])] = [
    ("--backend kvm --hand-over at=round", ["executed by KVM to ", " (round) at ", "then by the model"]),
    ("--hand-over at=round", ["executed by the model to ", " (round) at ", "then by KVM"]),
    (
      "--hand-over at=round --hand-over at=timer", ["by the model to ", " (round) at ", " by KVM to ", " (timer) at "]
    ),
    (
      "--backend kvm --hand-over at=round --hand-over at=round",
      ["by KVM to ", " (round) at ", " by the model to ", "then by KVM"]
    ),
    ("--backend kvm --hand-over at=port:0x3f8", ["executed by KVM to ", "(print_hex+0x", "then by the model"]),
    ("--hand-over at=port:3f8h", ["executed by the model to ", "(print_hex+0x", "then by KVM"]),
    ("--backend kvm --hand-over at=20ms", ["executed by KVM to ", " at 0.0", "then by the model"]),
    ("--hand-over at=100us --hand-over at=30ms", ["by the model to ", " at 0.000", " by KVM to ", " at 0.0"]),
    ("--hand-over at=ticks:5000", ["by the model to ", " at 0.000005s", "then by KVM"]),
  ]

  @Test("The guest does not notice, and the notes say where it was executed", arguments: rows.indices)
  func changes(_ index: Int) throws {
    let (options, parts) = Self.rows[index]
    let outcome = try runEmu(
      ["run", "--stats"] + options.split(separator: " ").map(String.init) + [rom("hand-over")])
    #expect(outcome.status == 33, "\(outcome.errors)")
    let expected = try String(
      contentsOf: Build.root.appendingPathComponent("testroms/hand-over.expected"), encoding: .utf8)
    #expect(outcome.text == expected)
    let note = outcome.errors.split(separator: "\n").first { $0.contains("executed ") } ?? ""
    for part in parts { #expect(note.contains(part), "\(options): \(outcome.errors)") }
    #expect(outcome.statistics["instructions"] == "null")
  }

  @Test("A port of a chip that KVM has of its own is refused with several processors")
  func ownPort() throws {
    let outcome = try runEmu([
      "run", "--backend", "kvm", "--cpus", "2", "--hand-over", "at=port:0x40", rom("hand-over-two"),
    ])
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains("at=port:0x40: the chip on this port is KVM's own with several processors"))
  }

  @Test("A session changes over when it is asked to, with one processor and two", arguments: [1, 2])
  func asked(_ processors: Int) throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("emu-hand-over-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: file) }
    let name = processors == 1 ? "hand-over" : "hand-over-two"
    let options = ["--serial", "file:\(file.path)", "--cpus", String(processors), rom(name)]
    let session = try RunSession(try RunCommand.parse(["--hand-over", "at=control"] + options))
    var end: RunSession.End?
    var count = 0
    while end == nil, count < 10_000 {
      try session.handOver()
      #expect((session.kvm == nil) == (count % 2 == 1))
      count += 1
      end = try session.lookForEnd() ?? session.runOn()
    }
    guard case .guest(.debugExit(16))? = end else {
      Issue.record("ended by \(String(describing: end))")
      return
    }
    session.output.flush()
    let expected = Build.root.appendingPathComponent("testroms/\(name).expected")
    #expect(try String(contentsOf: file, encoding: .utf8) == String(contentsOf: expected, encoding: .utf8))
    #expect(count > 1)
    let unasked = try RunCommand.parse(options)
    #expect {
      try RunSession(unasked).handOver()
    } throws: {
      "\($0)".contains("the run needs --hand-over at=control")
    }
  }

  @Test("A trace begins with the first instruction behind the hand-over", arguments: ["round", "timer"])
  func traces(_ symbol: String) throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("emu-hand-over-\(UUID().uuidString).jsonl")
    defer { try? FileManager.default.removeItem(at: file) }
    let outcome = try runEmu([
      "run", "--backend", "kvm", "--hand-over", "at=\(symbol)", "--trace", file.path, "--trace-limit", "100",
      rom("hand-over"),
    ])
    #expect(outcome.status == 33, "\(outcome.errors)")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    let steps = try lines.filter { $0.hasPrefix(#"{"t":"retire""#) }.map { line in
      try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
    #expect(steps.count == 100)
    #expect(steps.first?["symbol"] as? String == symbol)
  }

  @Test("A fault behind the hand-over is reported; without --explain the report says that it cannot be made")
  func explains() throws {
    let options = ["run", "--backend", "kvm", "--hand-over", "at=main", rom("triple-fault")]
    let explained = try runEmu(options + ["--explain"])
    #expect(explained.status == 86)
    #expect(explained.errors.contains("triple fault:"), "\(explained.errors)")
    #expect(!explained.errors.contains("run the guest with --explain"))
    let plain = try runEmu(options)
    #expect(plain.status == 86)
    #expect(plain.errors.contains("run the guest with --explain: KVM has executed a part of it"), "\(plain.errors)")
  }
}
