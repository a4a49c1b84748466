import Foundation
import MMU
import TestSupport
import X86

@testable import Machine

/// A machine with an image in its memory, or why there is none.
func boot(
  _ image: ImageBytes, memoryByteCount: UInt64 = 16 << 20, modules: [(String, [UInt8], String)] = [],
  change: (inout BootOptions) -> Void = { _ in }
) throws -> Machine {
  let folder = NSTemporaryDirectory() + "emu-boot-\(UUID().uuidString)"
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    return "\(folder)/\(name)"
  }
  var configuration = MachineConfiguration()
  configuration.memoryByteCount = memoryByteCount
  let machine = try Machine(configuration)
  var options = BootOptions()
  options.modules = try modules.map { BootModule(path: try file($0, $1), commandLine: $2) }
  change(&options)
  try machine.load(path: try file("image", image.bytes), options: options)
  return machine
}

extension Machine {
  /// A little-endian number in RAM; zero where there is none.
  func number(_ address: UInt64, _ count: Int) -> UInt64 {
    (memory.read(count, at: PhysicalAddress(address)) ?? []).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Bytes of RAM.
  func bytes(_ address: UInt64, _ count: UInt64) -> [UInt8] {
    memory.read(Int(clamping: count), at: PhysicalAddress(address)) ?? []
  }

  /// Text up to a zero.
  func text(_ address: UInt64) -> String {
    var bytes: [UInt8] = []
    while bytes.count < 256, let byte = memory.read(1, at: PhysicalAddress(address + UInt64(bytes.count)))?.first,
      byte != 0
    { bytes.append(byte) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The tags of a Multiboot 2 information structure: type, and where the body is.
  var tags: [(type: UInt64, body: UInt64, byteCount: UInt64)] {
    let start = state(ofProcessor: 0).generalRegisters[3]
    var at = start + 8
    var tags: [(type: UInt64, body: UInt64, byteCount: UInt64)] = []
    while at < start + number(start, 4), number(at, 4) != 0 {
      tags.append((number(at, 4), at + 8, number(at + 4, 4) - 8))
      at = (at + number(at + 4, 4) + 7) & ~7
    }
    return tags
  }
}
