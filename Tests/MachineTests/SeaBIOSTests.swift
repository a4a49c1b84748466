import Foundation
import Interpreter
import TestSupport
import Testing

@testable import Machine

private let folder = "/usr/share/seabios/"
private let images = ["bios-256k.bin", "bios.bin"]
private let isThere = images.allSatisfy { FileManager.default.fileExists(atPath: folder + $0) }

@Suite("SeaBIOS", .enabled(if: isThere, "Debian's package seabios is not installed"))
struct SeaBIOSTests {
  private static func guest(_ image: String, _ engine: Engine, processors: Int = 1) throws -> Guest {
    let rom = Array(try Data(contentsOf: URL(fileURLWithPath: folder + image)))
    var configuration = MachineConfiguration()
    configuration.memoryByteCount = 64 << 20
    configuration.processorCount = processors
    configuration.romByteCount = UInt64(rom.count)
    configuration.engine = engine
    let guest = Guest(try Machine(configuration))
    guest.machine.start(firmware: rom)
    return guest
  }

  @Test("It looks for something to boot, and gives up", arguments: images, [Engine.threaded, .reference])
  func boots(_ image: String, _ engine: Engine) throws {
    let guest = try Self.guest(image, engine)
    #expect(guest.run(40_000_000) == .exited(.reset("port CF9h")))
    let screen = String(decoding: guest.output, as: UTF8.self)
    for line in ["SeaBIOS (version ", "Booting from Hard Disk...", "No bootable device."] {
      #expect(screen.contains(line), "\(line)")
    }
  }

  @Test("It starts every processor", arguments: [2, 4, 16])
  func processors(_ count: Int) throws {
    let guest = try Self.guest("bios-256k.bin", .threaded, processors: count)
    #expect(guest.run(100_000_000) == .exited(.reset("port CF9h")))
  }

  @Test("It goes on from a snapshot")
  func snapshot() throws {
    let folder = try Folder()
    let ours = try Self.guest("bios-256k.bin", .threaded)
    _ = ours.machine.run(ticks: 3_000_000)
    try ours.machine.saveSnapshot(to: folder.path("s"))
    let theirs = Guest(try Machine(snapshot: folder.path("s"), engine: .reference))
    let done = ours.output.count
    #expect(ours.run(40_000_000) == theirs.run(40_000_000))
    #expect(Array(ours.output.dropFirst(done)) == theirs.output)
    #expect(ours.machine.stateHash() == theirs.machine.stateHash())
  }
}
