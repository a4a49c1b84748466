import DevicesLegacy
import Foundation
import Interpreter
import MMU
import TestSupport
import Testing
import X86

@testable import Machine

/// What the guest does to E0000h, and what it prints of it: the ROM there begins with `R`, RAM is zero at first.
private struct ShadowRow: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let code: [UInt8]
  let output: String
  init(_ name: String, _ output: String, _ code: [UInt8]...) {
    (testDescription, self.output, self.code) = (name, output, Array(code.joined()))
  }
}

/// The attributes of E0000h-E3FFFh are in the lower half of 5Eh.
private func attributes(_ value: UInt8) -> [UInt8] { Code.setPCI(0, 0x5E, value) }
private let (store, show) = (Code.store(0x57, 0), Code.show(0))
private let romOnly: UInt8 = 0
private let readRAM: UInt8 = 1
private let writeRAM: UInt8 = 2
private let ramOnly: UInt8 = 3

private let shadowRows = [
  ShadowRow("the ROM after reset", "R", show),
  ShadowRow(
    "a write to the ROM goes nowhere", "RR\0", store, show, attributes(romOnly), show, attributes(ramOnly), show),
  ShadowRow("RAM is read and written", "\0WR", attributes(ramOnly), show, store, show, attributes(romOnly), show),
  ShadowRow(
    "RAM keeps its bytes behind the ROM", "RW", attributes(ramOnly), store, attributes(romOnly), show,
    attributes(ramOnly), show),
  ShadowRow("reads of the ROM, writes to RAM", "RW", attributes(writeRAM), store, show, attributes(readRAM), show),
  ShadowRow("RAM that cannot be written", "\0", attributes(readRAM), store, show),
  ShadowRow(
    "the ROM copied onto itself becomes RAM", "RRW", attributes(writeRAM),
    // mov al, [0]; mov [0], al
    [0xA0, 0, 0, 0xA2, 0, 0], show, attributes(ramOnly), show, store, show),
  ShadowRow("the other half of the register is E4000h", "R", attributes(0x30), store, show),
  ShadowRow(
    "writes across the border of a segment", "\0WR", attributes(ramOnly),
    // mov word [3FFFh], 5757h
    [0xC7, 0x06, 0xFF, 0x3F, 0x57, 0x57], show, Code.show(0x3FFF), Code.show(0x4000)),
  ShadowRow(
    "a locked exchange reads the ROM and changes nothing", "RR",
    // mov al, 57h; xchg [0], al; out E9h, al
    [0xB0, 0x57, 0x86, 0x06, 0, 0, 0xE6, 0xE9], show),
  ShadowRow(
    "a string store is dropped too", "R",
    // push ds; pop es; mov di, 0; mov cx, 8; mov al, 57h; rep stosb
    [0x1E, 0x07, 0xBF, 0, 0, 0xB9, 8, 0, 0xB0, 0x57, 0xF3, 0xAA], show),
]

@Suite("Firmware")
struct FirmwareTests {
  private static func run(_ rom: TestROM, _ engine: Engine, ticks: UInt64 = 1_000_000) throws -> (Guest, RunResult) {
    let guest = Guest(try rom.machine(engine: engine))
    return (guest, guest.run(ticks))
  }

  @Test(
    "A processor starts at the reset vector of a ROM of any size",
    arguments: [64 << 10, 128 << 10, 192 << 10, 256 << 10, 1 << 20, 16 << 20], [Engine.threaded, .reference])
  func resetVector(_ byteCount: Int, _ engine: Engine) throws {
    // In the alias below 4 GiB first, then after a far jump in the one below 1 MiB.
    var rom = TestROM(byteCount: byteCount, Code.print("4") + [0xEA, 0x00, 0xE0, 0x00, 0xF0])
    rom.place(Code.print("1") + Code.exit(7), at: 0xE000)
    let machine = try rom.machine(engine: engine)
    let state = machine.state(ofProcessor: 0)
    #expect(state.rip == 0xFFF0 && state.segments[1].base == 0xFFFF_0000 && state.segments[1].selector == 0xF000)
    #expect(state.cr0 & 1 == 0)
    let guest = Guest(machine)
    #expect(guest.run(10_000) == .exited(.debugExit(7)))
    #expect(String(decoding: guest.output, as: UTF8.self) == "41")
    let mirrored = min(byteCount, 128 << 10)
    #expect(machine.bytes(0x10_0000 - UInt64(mirrored), UInt64(mirrored)) == Array(rom.bytes.suffix(mirrored)))
    #expect(machine.bytes((1 << 32) - UInt64(byteCount), UInt64(byteCount)) == rom.bytes)
    #expect(machine.bytes(0xC_0000, 0x2_0000).allSatisfy { $0 == 0xFF })
  }

  @Test("Sizes that no ROM has", arguments: [1, 0x8000, 0x1_8000, 17 << 20, .max] as [UInt64])
  func badSizes(_ size: UInt64) {
    var configuration = MachineConfiguration()
    configuration.romByteCount = size
    #expect(throws: MachineError.self) { try Machine(configuration) }
  }

  @Test("ROM or RAM by the attributes of the host bridge", arguments: shadowRows, [Engine.threaded, .reference])
  fileprivate func shadow(_ row: ShadowRow, _ engine: Engine) throws {
    var rom = TestROM(byteCount: 128 << 10, Code.setDS(0xE000) + row.code + Code.exit(1))
    rom.place(Array("R".utf8), at: -0x1_0000)
    rom.place(Array("R".utf8), at: -0x1_0000 + 0x4000)
    let (guest, result) = try Self.run(rom, engine)
    #expect(result == .exited(.debugExit(1)))
    #expect(String(decoding: guest.output, as: UTF8.self) == row.output)
  }

  @Test("The ROM below 4 GiB cannot be written", arguments: [Engine.threaded, .reference])
  func upperROM(_ engine: Engine) throws {
    // cs mov byte [F800h], 0; cs mov al, [F800h]; out E9h, al, while CS is that of the reset vector
    let code: [UInt8] = [0x2E, 0xC6, 0x06, 0x00, 0xF8, 0x00, 0x2E, 0xA0, 0x00, 0xF8, 0xE6, 0xE9]
    var rom = TestROM(code + Code.exit(1))
    rom.place(Array("K".utf8), at: 0xF800)
    let (guest, result) = try Self.run(rom, engine)
    #expect(result == .exited(.debugExit(1)))
    #expect(guest.output == Array("K".utf8))
  }

  @Test("Code that runs where the ROM turns into RAM goes on in RAM", arguments: [Engine.threaded, .reference])
  func runningCode(_ engine: Engine) throws {
    // A copy of F000h-F0FFh of the F segment that prints another letter is made behind the ROM, then shown.
    let turn = Code.setPCI(0, 0x59, 0x30)
    let tail = Code.print("A") + Code.exit(1)
    let copy: [UInt8] =
      // mov si, 0; mov cx, 8000h; push ds; pop es; mov di, si; rep movsw
      [0xBE, 0, 0, 0xB9, 0x00, 0x80, 0x1E, 0x07, 0x8B, 0xFE, 0xF3, 0xA5]
    let head = Code.setPCI(0, 0x59, 0x20) + Code.setDS(0xF000) + copy
    let letter = UInt16(0xE000 + head.count + 5 + turn.count + 1)
    var rom = TestROM([0xEA, 0x00, 0xE0, 0x00, 0xF0])
    rom.place(head + Code.store(0x42, letter) + turn + tail, at: 0xE000)
    let (guest, result) = try Self.run(rom, engine)
    #expect(result == .exited(.debugExit(1)))
    #expect(guest.output == Array("B".utf8))
  }

  @Test("Page tables in read-only pages get no accessed bits")
  func accessedBits() throws {
    let machine = try TestROM([]).machine()
    let memory = machine.memory.physical
    let offset = memory.offset(of: 0xF_0000)
    #expect(offset == 0xF_0000 && memory.isReadOnly(offset) && memory.isGuarded(offset))
    #expect(memory.writeTarget(ofReadOnly: offset) == PhysicalMemory.nowhere)
    machine.memory.setProtection(.hiddenCopy, ofPage: 0xF0)
    #expect(memory.writeTarget(ofReadOnly: offset) == machine.memory.mappedByteCount - 0x1_0000)
  }

  @Test("Addresses of offsets and offsets of addresses")
  func places() throws {
    let memory = try GuestMemory(byteCount: 2 << 20, romByteCount: 64 << 10)
    for (address, offset) in [
      (0, 0), (0x9_FFFF, 0x9_FFFF), (0xC_0000, 0xC_0000), (0x1F_FFFF, 0x1F_FFFF), (0xFFFF_0000, 0x20_0000),
      (0xFFFF_FFFF, 0x20_FFFF),
    ] as [(UInt64, UInt64)] {
      #expect(memory.physical.offset(of: address) == offset)
      #expect(memory.physical.address(of: offset) == address)
    }
    for address in [0xA_0000, 0xB_FFFF, 0x20_0000, 0xFFFE_FFFF, 1 << 32, .max] as [UInt64] {
      #expect(memory.offset(of: PhysicalAddress(address)) == nil)
    }
    #expect(!memory.isRAM(PhysicalAddress(0x1F_FFFF), byteCount: 0xFFFF_0000 - 0x1F_FFFF + 1))
    #expect(memory.isRAM(PhysicalAddress(0xFFFF_0000), byteCount: 0x1_0000))
    #expect(!memory.isRAM(PhysicalAddress(0xFFFF_0000), byteCount: 0x1_0001))
  }

  // MARK: Saved states

  /// Turns E0000h into RAM, counts in it, turns it back into the ROM and begins again.
  private static var turning: TestROM {
    var rom = TestROM(byteCount: 128 << 10, [0xEA, 0x00, 0xE0, 0x00, 0xF0])
    var code = Code.setDS(0xE000)
    let start = code.count
    // inc byte [0]; mov al, [0]
    code += attributes(ramOnly) + [0xFE, 0x06, 0, 0] + show + attributes(writeRAM)
    code += Code.store(0x33, 1) + show + attributes(romOnly)
    code += [0xE9] + Loader.pack([(UInt64(bitPattern: Int64(start - code.count - 3)), 2)])
    rom.place(code, at: 0xE000)
    rom.place(Array("R".utf8), at: -0x1_0000)
    return rom
  }

  @Test("A snapshot goes on as the machine does, whatever is hidden just now")
  func snapshots() throws {
    let folder = try Folder()
    let ours = Guest(try Self.turning.machine())
    for moment in 0..<40 {
      _ = ours.machine.run(ticks: UInt64(1 + moment % 7 * 3))
      try ours.machine.saveSnapshot(to: folder.path("s"))
      let theirs = Guest(try Machine(snapshot: folder.path("s"), engine: moment % 2 == 0 ? .threaded : .reference))
      #expect(theirs.machine.stateHash() == ours.machine.stateHash())
      let done = ours.output.count
      #expect(ours.run(300) == theirs.run(300))
      #expect(Array(ours.output.dropFirst(done)) == theirs.output && theirs.output.count > 4)
      #expect(theirs.machine.stateHash() == ours.machine.stateHash())
    }
  }

  @Test("Time travel goes back over turns of ROM and RAM")
  func timeTravel() throws {
    let guest = Guest(try Self.turning.machine())
    let travel = TimeTravel(guest.machine)
    var hashes: [(UInt64, UInt64)] = []
    for _ in 0..<30 {
      _ = travel.run(ticks: 17)
      hashes.append((travel.position, guest.machine.stateHash()))
      if hashes.count % 10 == 0 { travel.addCheckpoint() }
    }
    for (position, hash) in hashes.reversed() {
      #expect(travel.seek(to: position))
      #expect(guest.machine.stateHash() == hash, "at \(position)")
    }
    _ = travel.run(ticks: 200)
    #expect(guest.machine.memory.physical.isReadOnly(0xF_0000))
  }
}
