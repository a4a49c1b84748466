import Foundation
import Glibc
import TestSupport
import Testing

/// A ROM of some size that prints `rom` at the debug console and exits with status 15, in a file that goes with the test.
private final class ROMFile {
  let path = NSTemporaryDirectory() + "emu-rom-\(UUID().uuidString)"

  init(byteCount: Int) throws {
    var bytes = [UInt8](repeating: 0xFF, count: byteCount)
    // mov al, letter; out E9h, al; and mov al, 7; out F4h, al.
    let code: [UInt8] = "rom".utf8.flatMap { [0xB0, $0, 0xE6, 0xE9] } + [0xB0, 7, 0xE6, 0xF4]
    if byteCount >= 0x1_0000 {
      bytes.replaceSubrange((byteCount - 0x1000)..<(byteCount - 0x1000 + code.count), with: code)
      // jmp near to FFFFF000h
      bytes.replaceSubrange((byteCount - 16)..<(byteCount - 13), with: [0xE9, 0x0D, 0xF0])
    }
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  deinit { unsafe unlink(path) }
}

@Suite("Firmware on the command line")
struct FirmwareCommandTests {
  @Test("A ROM of any size runs on both engines", arguments: [64, 192, 16 << 10], ["threaded", "reference"])
  func runs(_ kilobytes: Int, _ engine: String) throws {
    let rom = try ROMFile(byteCount: kilobytes << 10)
    let outcome = try runEmu(["run", "--bios", rom.path, "--engine", engine, "--memory", "1M"])
    #expect(outcome.status == 15 && outcome.text == "rom", "\(outcome)")
  }

  @Test(
    "What is no ROM is refused in one sentence", arguments: [0, 1, 0xFFFF, 0x1_0001, 0x1_8000, (16 << 20) + 0x1_0000])
  func refused(_ byteCount: Int) throws {
    let rom = try ROMFile(byteCount: byteCount)
    let outcome = try runEmu(["run", "--bios", rom.path])
    #expect(outcome.status == 66 && outcome.errors.split(separator: "\n").count == 1, "\(outcome)")
    #expect(outcome.errors.contains("has \(byteCount) bytes, and a ROM has 65536 to 16777216"))
  }

  @Test("A board without firmware has no chip of one with it")
  func board() throws {
    let plain = try runEmu(["run", "--board"])
    #expect(plain.status == 0 && plain.text.contains("600h-60Bh") && plain.text.contains("16550 UART"))
    for name in ["PCI device", "firmware log", "514h", "PIIX"] { #expect(!plain.text.contains(name), "\(name)") }
    let rom = try ROMFile(byteCount: 0x1_0000)
    let other = try runEmu(["run", "--board", "--bios", rom.path])
    #expect(other.status == 0 && !other.text.contains("600h-60Bh"))
    for name in ["PCI device 0, function 0", "PCI device 1, function 3", "402h", "514h-51Bh"] {
      #expect(other.text.contains(name), "\(name)")
    }
  }

  @Test("A snapshot holds the ROM")
  func snapshot() throws {
    let rom = try ROMFile(byteCount: 0x2_0000)
    let file = rom.path + ".snap"
    defer { unsafe unlink(file) }
    _ = try runEmu(["run", "--bios", rom.path, "--snapshot-at", "3:\(file)"])
    let outcome = try runEmu(["run", "--restore", file])
    #expect(outcome.status == 15 && outcome.text == "om", "\(outcome)")
  }
}
