import DevicesLegacy
import Foundation
import Interpreter
import MMU
import TestSupport
import X86

@testable import Machine

/// A ROM made by a test: code at offsets from its end, ones elsewhere.
struct TestROM {
  private(set) var bytes: [UInt8]

  /// Makes a ROM whose reset vector jumps to F000:`entry`, where the code is.
  init(byteCount: Int = 64 << 10, entry: UInt16 = 0xF000, _ code: [UInt8]) {
    bytes = [UInt8](repeating: 0xFF, count: byteCount)
    // jmp near: the displacement is from FFF3h.
    let displacement = entry &- 0xFFF3
    place([0xE9, UInt8(displacement & 0xFF), UInt8(displacement >> 8)], at: 0xFFF0)
    place(code, at: Int(entry))
  }

  /// Puts bytes at an offset in the last 64 KiB.
  mutating func place(_ code: [UInt8], at offset: Int) {
    let start = bytes.count - (64 << 10) + offset
    bytes.replaceSubrange(start..<start + code.count, with: code)
  }

  func machine(
    memoryByteCount: UInt64 = 2 << 20, processorCount: Int = 1, engine: Engine = .threaded
  ) throws -> Machine {
    var configuration = MachineConfiguration()
    configuration.memoryByteCount = memoryByteCount
    configuration.processorCount = processorCount
    configuration.engine = engine
    configuration.romByteCount = UInt64(bytes.count)
    let machine = try Machine(configuration)
    machine.start(firmware: bytes)
    return machine
  }
}

/// Pieces of 16-bit code.
enum Code {
  /// Prints a letter at the debug console.
  static func print(_ letter: Character) -> [UInt8] { [0xB0, letter.asciiValue ?? 0, 0xE6, 0xE9] }
  /// Ends the run with status `value << 1 | 1`.
  static func exit(_ value: UInt8) -> [UInt8] { [0xB0, value, 0xE6, 0xF4] }
  /// Writes a byte of PCI configuration space of bus 0.
  static func setPCI(_ function: UInt32, _ register: UInt32, _ value: UInt8) -> [UInt8] {
    let address = 0x8000_0000 | function << 8 | register & 0xFC
    let port = 0xCFC + UInt16(register & 3)
    // mov eax, address; mov dx, CF8h; out dx, eax; mov dx, port; mov al, value; out dx, al
    return [0x66, 0xB8] + Loader.pack([(UInt64(address), 4)]) + [0xBA, 0xF8, 0x0C, 0x66, 0xEF]
      + [0xBA, UInt8(port & 0xFF), UInt8(port >> 8), 0xB0, value, 0xEE]
  }
  /// mov ax, segment; mov ds, ax
  static func setDS(_ segment: UInt16) -> [UInt8] { [0xB8, UInt8(segment & 0xFF), UInt8(segment >> 8), 0x8E, 0xD8] }
  /// mov byte [offset], value
  static func store(_ value: UInt8, _ offset: UInt16) -> [UInt8] {
    [0xC6, 0x06, UInt8(offset & 0xFF), UInt8(offset >> 8), value]
  }
  /// mov al, [offset]; out E9h, al
  static func show(_ offset: UInt16) -> [UInt8] { [0xA0, UInt8(offset & 0xFF), UInt8(offset >> 8), 0xE6, 0xE9] }
}
