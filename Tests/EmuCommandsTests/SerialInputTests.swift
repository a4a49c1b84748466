import Foundation
import TestSupport
import Testing

/// What testroms/serial-input.s expects and computes.
private enum Sequence {
  static let bytes: [UInt8] = {
    var state: UInt32 = 0
    return (0..<1_000_000).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(state >> 24)
    }
  }()

  static let report: String = {
    let checksum = bytes.reduce(UInt32(0)) { $0 &* 31 &+ UInt32($1) }
    return
      "1000000 bytes, 0 wrong, the first after 0, 0 promised in vain, 0 overruns, checksum \(checksum)\n"
  }()

  /// Pieces of all sizes with a pause now and then, for about half of the bytes.
  static func pieces(_ seed: UInt64) -> [Int] {
    var dice = Dice(seed)
    var left = 500_000
    var pieces: [Int] = []
    while left > 0 {
      let size = dice.pick([0, 1, 2, 3, 7, 15, 16, 17, 100, 1000, 5000, 30_000])
      pieces.append(size)
      left -= size
    }
    return pieces
  }
}

@Suite("Serial input")
struct SerialInputTests {
  private let rom = Build.roms.appendingPathComponent("serial-input.elf").path

  @Test("A million bytes come as they were sent, and again in a replay")
  func million() throws {
    let log = FileManager.default.temporaryDirectory.appendingPathComponent("emu-serial-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: log) }
    let first = try runProgram(
      Build.emu.path, ["run", "--record", log.path, rom], input: Sequence.bytes, pieces: Sequence.pieces(1), limit: 200)
    #expect(first.text == Sequence.report)
    #expect(first.status == 33, "\(first.errors)")
    // A replay compares its last state with the recorded one.
    let second = try runEmu(["run", "--replay", log.path, rom], limit: 200)
    #expect(second.output == first.output)
    #expect(second.status == first.status, "\(second.errors)")
  }

  @Test("The ROM finds a changed byte", arguments: [999_999])
  func changed(_ place: Int) throws {
    var bytes = Sequence.bytes
    bytes[place] ^= 0x10
    let outcome = try runEmu(["run", rom], input: bytes, limit: 200)
    #expect(outcome.text.hasPrefix("1000000 bytes, 1 wrong, the first after \(place), "), "\(outcome.text)")
  }

  @Test("The ROM waits for a byte that is missing")
  func missing() throws {
    let outcome = try runEmu(["run", rom], input: Array(Sequence.bytes.dropLast()), limit: 200)
    #expect(outcome.status == 0 && outcome.text.isEmpty, "\(outcome.text)")
    #expect(outcome.errors.contains("halted"), "\(outcome.errors)")
  }
}
