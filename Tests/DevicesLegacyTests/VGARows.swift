import DevicesLegacy
import Foundation
import Testing
import X86

/// The display: ports by their numbers; `3C4.2` is a register behind an index, `v4` one of the added registers; places
/// from A0000 on are bytes of the window, `L` and a number bytes of the linear frame buffer, `w` and a number words of
/// 4 bytes of either.
struct ScriptedVGA: ScriptedChip {
  let chip = VGA()
  private var now = VirtualTime.zero

  private func port(_ port: UInt64) -> UInt64 {
    port < 0x300 ? VGA.interfaceOffset + port - 0x1CE : VGA.portOffset + port - 0x3B0
  }

  private func readPort(_ number: UInt64, width: Int = 1) -> UInt64 { chip.value(port(number), width: width, now: now) }
  private func writePort(_ number: UInt64, _ value: UInt64, width: Int = 1) {
    chip.write(value, offset: port(number), width: width, now: now)
  }

  /// The port of an index and the index of `3C4.2`.
  private func register(_ place: String) -> (index: UInt64, number: UInt64)? {
    let parts = place.split(separator: ".").compactMap { UInt64($0, radix: 16) }
    return parts.count == 2 ? (parts[0], parts[1]) : nil
  }

  func write(_ place: String, _ value: UInt64) -> Bool {
    if let (index, number) = register(place) {
      // The flip-flop of the attribute controller must be at the address.
      if index == 0x3C0 { _ = (readPort(0x3BA), readPort(0x3DA)) }
      writePort(index, number)
      writePort(index == 0x3C0 ? index : index + 1, value)
    } else if place.hasPrefix("v"), let number = UInt64(place.dropFirst(), radix: 16) {
      writePort(0x1CE, number, width: 2)
      writePort(0x1CF, value, width: 2)
    } else if place.hasPrefix("L"), let offset = UInt64(place.dropFirst(), radix: 16) {
      chip.writeFrameBuffer(value, offset: offset, width: 1)
    } else if place.hasPrefix("w"), let offset = UInt64(place.dropFirst(), radix: 16) {
      if offset >= VGA.windowAddress && offset < VGA.windowAddress + VGA.windowByteCount {
        chip.write(value, offset: offset - VGA.windowAddress, width: 4, now: now)
      } else {
        chip.writeFrameBuffer(value, offset: offset, width: 4)
      }
    } else if let number = UInt64(place, radix: 16) {
      if number >= VGA.windowAddress {
        chip.write(value, offset: number - VGA.windowAddress, width: 1, now: now)
      } else {
        writePort(number, value, width: number < 0x300 ? 2 : 1)
      }
    } else {
      return false
    }
    return true
  }

  func read(_ place: String) -> UInt64? {
    if let (index, number) = register(place) {
      if index == 0x3C0 { _ = (readPort(0x3BA), readPort(0x3DA)) }
      writePort(index, number)
      return readPort(index + 1)
    }
    if place.hasPrefix("v"), let number = UInt64(place.dropFirst(), radix: 16) {
      writePort(0x1CE, number, width: 2)
      return readPort(0x1CF, width: 2)
    }
    if place.hasPrefix("L"), let offset = UInt64(place.dropFirst(), radix: 16) {
      return chip.readFrameBuffer(offset: offset, width: 1)
    }
    if place.hasPrefix("w"), let offset = UInt64(place.dropFirst(), radix: 16) {
      return offset >= VGA.windowAddress && offset < VGA.windowAddress + VGA.windowByteCount
        ? chip.value(offset - VGA.windowAddress, width: 4, now: now) : chip.readFrameBuffer(offset: offset, width: 4)
    }
    guard let number = UInt64(place, radix: 16) else { return nil }
    if number >= VGA.windowAddress { return chip.value(number - VGA.windowAddress, width: 1, now: now) }
    return readPort(number, width: number < 0x300 ? 2 : 1)
  }

  mutating func perform(_ verb: Character, _ number: UInt64) -> Bool {
    guard verb == "t" else { return false }
    now = VirtualTime(nanoseconds: now.nanoseconds + number)
    return true
  }
}

private let registerRows = [
  ChipScript("after reset", "3CC=0 3CA=0 3C3=0 3C4=0 3CE=0 3C0=0 3B4=0 3C6=FF 3C7=0 v0=B0C5 v4=0 A0000=FF"),
  ChipScript("3Bxh or 3Dxh", "3C2<1 3D4<E 3D4=E 3B4=FF 3B5=FF 3BA=FF 3C2<0 3B4=E 3D4=FF 3D5=FF 3DA=FF 3BA=0"),
  ChipScript("miscellaneous output", "3C2<E3 3CC=E3 3C2=10"),
  ChipScript("feature control", "3DA<3 3CA=0 3BA<3 3CA=3 3C2<1 3DA<2 3CA=2"),
  ChipScript("subsystem enable", "3C3<1 3C3=1"),
  ChipScript("indices keep their bits", "3C4<FF 3C4=7 3CE<FF 3CE=F 3C0<FF 3C0=3F"),
  ChipScript(
    "sequencer",
    "3C4.0<FF 3C4.0=3 3C4.1<FF 3C4.1=3D 3C4.2<FF 3C4.2=F 3C4.3<FF 3C4.3=3F 3C4.4<FF 3C4.4=E 3C4.5<FF 3C4.5=0"
  ),
  ChipScript(
    "graphics controller",
    "3CE.0<FF 3CE.0=F 3CE.1<FF 3CE.1=F 3CE.2<FF 3CE.2=F 3CE.3<FF 3CE.3=1F 3CE.4<FF 3CE.4=3 3CE.5<FF 3CE.5=7B "
      + "3CE.6<FF 3CE.6=F 3CE.7<FF 3CE.7=F 3CE.8<FF 3CE.8=FF 3CE.9<FF 3CE.9=0"),
  ChipScript(
    "CRT controller", "3B4.A<FF 3B4.A=3F 3B4.B<FF 3B4.B=7F 3B4.C<FF 3B4.C=FF 3B4.17<FF 3B4.17=EF 3B4.19<FF 3B4.19=0"),
  ChipScript(
    "CRT controller: protection",
    "3B4.0<5F 3B4.11<80 3B4.0<11 3B4.0=5F 3B4.8<5 3B4.8=5 3B4.7<FF 3B4.7=10 3B4.7<EF 3B4.7=0 3B4.11<0 3B4.7<EF "
      + "3B4.7=EF"),
  ChipScript(
    "attribute controller: address and data by turns", "3BA=0 3C0<10 3C0<C 3C0<11 3C1=0 3C0<5 3C0<10 3C1=C 3C0=10"),
  ChipScript("attribute controller: the flip-flop goes back", "3C0<10 3BA=0 3C0<11 3C0<7 3C0.10=0 3C0.11=7"),
  ChipScript(
    "attribute controller: bits",
    "3C0.0<FF 3C0.0=3F 3C0.10<FF 3C0.10=EF 3C0.12<FF 3C0.12=3F 3C0.13<FF 3C0.13=F "
      + "3C0.14<FF 3C0.14=F 3C0.15<FF 3C0.15=0"),
  ChipScript(
    "attribute controller: the palette in use", "3C0.1<2A 3BA=0 3C0<21 3C0<15 3C0.1=2A 3BA=0 3C0<30 3C0<9 3C0.10=9"),
  ChipScript(
    "DAC", "3C8<10 3C9<3F 3C9<12 3C9<FF 3C8=11 3C7=0 3C7<10 3C7=3 3C9=3F 3C9=12 3C9=3F 3C9=0 3C8=11 3C8<0 3C7=0"),
  ChipScript("DAC: an address begins with red", "3C8<5 3C9<1 3C8<5 3C9<2 3C7<5 3C9=2 3C9=0"),
  ChipScript("DAC: the last entry", "3C8<FF 3C9<1 3C9<2 3C9<3 3C9<4 3C7<FF 3C9=1 3C9=2 3C9=3 3C9=4"),
  ChipScript("PEL mask", "3C6<F 3C6=F"),
  ChipScript("status: blank at the end of lines, retrace", "3BA=0 t26000 3BA=1 t6000 3BA=0 t13087000 3BA=9"),
]

/// Planes with sequential addresses at A0000h.
private let planes = "3C2<3 3C4.4<6 3C4.2<F 3CE.6<5 3CE.8<FF "

private let memoryRows = [
  ChipScript("map mask", planes + "3C4.2<5 A0000<AB L0=AB L1=0 L2=AB L3=0 L4=0"),
  ChipScript("read map", planes + "w0<44332211 3CE.4<0 A0000=11 3CE.4<1 A0000=22 3CE.4<2 A0000=33 3CE.4<3 A0000=44"),
  ChipScript("four bytes at once", planes + "wA0000<44332211 L0=11 L4=22 L8=33 LC=44 wA0000=44332211"),
  ChipScript("rotation", planes + "3CE.3<3 A0000<81 L0=30 3CE.3<0 A0000<81 L0=81"),
  ChipScript("set/reset", planes + "3CE.0<5 3CE.1<3 A0000<A5 L0=FF L1=0 L2=A5 L3=A5"),
  ChipScript("AND", planes + "w0<CCCCCCCC A0000=CC 3CE.3<8 A0000<AA w0=88888888"),
  ChipScript("OR", planes + "w0<CCCCCCCC A0000=CC 3CE.3<10 A0000<AA w0=EEEEEEEE"),
  ChipScript("XOR", planes + "w0<CCCCCCCC A0000=CC 3CE.3<18 A0000<AA w0=66666666"),
  ChipScript("bit mask", planes + "w0<F0F0F0F0 A0000=F0 3CE.8<3C A0000<F L0=CC"),
  ChipScript(
    "write mode 1: the latches", planes + "w0<44332211 A0000=11 3CE.5<1 A0005<FF w14=44332211 3C4.2<2 A0006<0 w18=2200"),
  ChipScript("write mode 2: a colour", planes + "3CE.5<2 3CE.8<F0 A0000<9 w0=F00000F0"),
  ChipScript("write mode 3: a mask", planes + "3CE.5<3 3CE.0<6 3CE.8<FC A0000<3F w0=3C3C00"),
  ChipScript("write mode 3: rotation", planes + "3CE.5<3 3CE.0<1 3CE.3<4 A0000<F1 w0=1F"),
  ChipScript(
    "read mode 1: compare", planes + "w0<AACCF0 3CE.5<8 3CE.2<3 3CE.7<7 A0000=40 w0<CCAAF0 A0000=20 3CE.7<0 A0000=FF"),
  ChipScript(
    "chain 4", planes + "3C4.4<E wA0000<4030201 w0=4030201 A0004<5 L10=5 A4000<9 L10004=9 A4000=9 A8001<7 L20009=7"),
  ChipScript("chain 4: map mask", planes + "3C4.4<E 3C4.2<2 wA0000<4030201 w0=200"),
  ChipScript(
    "odd/even: text",
    "3C2<67 3C4.4<2 3C4.2<3 3CE.5<10 3CE.6<E 3CE.8<FF B8000<41 B8001<1F B8002<42 w0=1F41 L8=42 B8000=41 B8001=1F "
      + "B0000=FF A0000=FF B7FFF=FF"),
  ChipScript(
    "odd/even: plane 2 for the font", "3C2<67 3C4.4<2 3C4.2<4 3CE.5<10 3CE.6<E 3CE.8<FF B8000<7 B8001<8 w0=70000"),
  ChipScript("odd/even: reads of the upper planes", "3C2<67 3CE.5<10 3CE.6<E 3CE.4<2 w0<44332211 B8000=33 B8001=44"),
  ChipScript(
    "window of 128 KiB", planes + "3CE.6<1 BFFFF<7 L3FFFC=7 3CE.6<5 BFFFF=FF 3CE.6<9 B7FFF<9 L1FFFC=9 B8000=FF"),
  ChipScript("window of 128 KiB: odd/even", planes + "3CE.6<1 3C4.4<2 3CE.5<10 B0000<7 L4=7 B0000=7 A0000=0"),
  ChipScript("no memory", planes + "3C2<1 A0000<5 A0000=FF 3C2<3 A0000=0"),
]

private let interfaceRows = [
  ChipScript("identification", "v0=B0C5 v0<B0C0 v0=B0C0 v0<B0C5 v0=B0C5 v0<B0C6 v0=B0C5 v0<0 v0=B0C5"),
  ChipScript("memory", "vA=100 vA<5 vA=100 vB=0 vFFFF=0"),
  ChipScript("limits", "v4<2 v1=A00 v2=640 v3=20 v4=2 v4<0 v1=0 v2=0 v3=8"),
  ChipScript(
    "a mode", "v1<320 v2<258 v3<20 v4<41 v4=41 v1=320 v6=320 v7=147A v1<400 v1=320 v3<8 v3=20 v4<0 v1<400 v1=400"),
  ChipScript("no mode without a resolution", "v4<1 v4=0 v1<280 v4<1 v4=0 v2<1E0 v4<1 v4=1"),
  ChipScript("values out of range", "v1<A01 v1=0 v1<A00 v1=A00 v2<641 v2=0 v2<640 v2=640 v3<9 v3=8 v3<F v3=F"),
  ChipScript(
    "virtual width",
    "v6<400 v6=0 v1<280 v2<1E0 v4<1 v6<400 v6=400 v7=4000 v6<100 v6=280 v3=8 v6<FFFF v6=280 v6<8000 v6=8000"),
  ChipScript("offsets", "v1<280 v2<1E0 v4<1 v8<1 v8=0 v6<400 v8<180 v8=180 v8<181 v8=180 v9<100 v9=100 v9<3E21 v9=100"),
  ChipScript(
    "a mode clears the memory, or keeps it",
    "L5<5 v1<280 v2<1E0 v4<1 L5=0 L5<7 v4<1 L5=7 v4<0 v4<81 L5=7 v4<0 v4<1 L5=0"),
  ChipScript(
    "bank",
    "v1<280 v2<1E0 v4<1 v5<1 A0000<77 L10000=77 A0000=77 v5<FF v5=FF v5<100 v5=FF AFFFF<6 LFFFFFF=6 B0000<1 B0000=FF"),
  ChipScript(
    "planes of a mode with 4 bits", planes + "v1<320 v2<258 v3<4 v4<1 v6=320 v5<1 A0000<5A L40000=5A 3CE.4<3 A0000=5A"),
  ChipScript(
    "wide colours", "3C9<3F 3C9<20 3C9<0 v4<20 3C7<0 3C9=FF 3C9=82 3C9=0 3C8<0 3C9<81 v4<0 3C7<0 3C9=20 3C9=20"),
  ChipScript("data at 1D0h", "1CE<1 1D0<280 1CF=280 1D0=280 1CE=1"),
  ChipScript("beyond the frame buffer", "LFFFFFF<5 LFFFFFF=5 L1000000<6 L1000000=0 L0=0 wFFFFFE<1234 LFFFFFE=34 L0=0"),
]

@Suite("VGA by its technical reference")
struct VGARows {
  @Test("Registers", arguments: registerRows)
  func registers(_ row: ChipScript) { run(row) }

  @Test("Memory", arguments: memoryRows)
  func memory(_ row: ChipScript) { run(row) }

  @Test("Added registers", arguments: interfaceRows)
  func interface(_ row: ChipScript) { run(row) }

  private func run(_ row: ChipScript) {
    var chip = ScriptedVGA()
    chip.run(row)
    let problem = VGA.problem(in: chip.chip.state)
    #expect(problem == nil)
  }

  @Test("Four bytes at the index are index and data")
  func doubleWord() {
    let chip = VGA()
    chip.write(0x0280_0001, offset: VGA.interfaceOffset, width: 4, now: .zero)
    #expect(chip.state.interface.width == 640)
    chip.write(0x02, offset: VGA.interfaceOffset, width: 1, now: .zero)
    #expect(chip.state.interface.index == 2)
  }

  @Test("Words of the frame buffer by every width and alignment")
  func widths() {
    let chip = VGA()
    for width in [1, 2, 4, 8] {
      for offset in 0..<8 as Range<UInt64> {
        chip.writeFrameBuffer(0, offset: 0, width: 8)
        chip.writeFrameBuffer(0, offset: 8, width: 8)
        chip.writeFrameBuffer(0x8877_6655_4433_2211, offset: offset, width: width)
        let ones = UInt64.max >> UInt64(64 - 8 * width)
        #expect(chip.readFrameBuffer(offset: offset, width: width) & ones == 0x8877_6655_4433_2211 & ones)
        let low = chip.readFrameBuffer(offset: 0, width: 8)
        let wanted = (0x8877_6655_4433_2211 & ones) << (offset * 8)
        #expect(low == wanted, "width \(width), offset \(offset)")
      }
    }
  }

  @Test("On PCI: the frame buffer behind base address register 0, the ROM behind its own")
  func function() {
    let display = VGA()
    let function = VGAFunction(display: display, rom: [0x55, 0xAA] + [UInt8](repeating: 7, count: 39_934))
    #expect(function.configuration.value(at: 0, width: 4) == 0x1111_1234)
    #expect(function.configuration.value(at: 8, width: 4) == 0x0300_0002)
    function.configuration.write(.max, at: 0x10, width: 4)
    #expect(function.configuration.value(at: 0x10, width: 4) == 0xFF00_0008)
    function.configuration.write(.max, at: 0x30, width: 4)
    #expect(function.configuration.value(at: 0x30, width: 4) == 0xFFFF_0001)
    let windows = function.configuration.windows
    #expect(windows.map(\.byteCount) == [16 << 20, 1 << 16])
    function.configuration.write(0xE000_0000, at: 0x10, width: 4)
    function.configuration.write(0xE100_0000, at: 0x30, width: 4)
    #expect(windows.map { function.configuration.address(of: $0) } == [nil, nil])
    function.configuration.write(2, at: 4, width: 2)
    #expect(windows.map { function.configuration.address(of: $0) } == [0xE000_0000, nil])
    function.configuration.write(0xE100_0001, at: 0x30, width: 4)
    #expect(windows.map { function.configuration.address(of: $0) } == [0xE000_0000, 0xE100_0000])
    function.write(0x1234, window: 0, offset: 0xFF_FFFE, width: 2, now: .zero)
    #expect(display.readFrameBuffer(offset: 0xFF_FFFE, width: 2) == 0x1234)
    #expect(function.read(window: 0, offset: 0xFF_FFFE, width: 2, now: .zero) == 0x1234)
    function.write(0, window: PCIConfiguration.romWindow, offset: 0, width: 2, now: .zero)
    #expect(function.read(window: PCIConfiguration.romWindow, offset: 0, width: 4, now: .zero) == 0x0707_AA55)
    #expect(function.read(window: PCIConfiguration.romWindow, offset: 39_935, width: 4, now: .zero) == 0xFFFF_FF07)
    #expect(VGAFunction(display: display).configuration.windows.map(\.index) == [0])
  }
}

@Suite("The display's memory as text")
struct VideoMemoryTests {
  private static func saved(_ memory: VideoMemory) throws -> String {
    String(decoding: try JSONEncoder().encode(memory), as: UTF8.self)
  }

  @Test("Only what is not zero is saved, repetitions once")
  func text() throws {
    var memory = VideoMemory()
    #expect(try Self.saved(memory) == "[]")
    for index in 0..<0x4000 { memory[index] = 0x0720 }
    memory[0x3F_FFFF] = 0xFFFF_FFFF
    memory[0x8000] = 1
    memory[0x8000] = 0
    let text = try Self.saved(memory)
    #expect(text.count < 200 && text.contains("720*4000") && text.contains("0*3fff ffffffff"))
    let restored = try JSONDecoder().decode(VideoMemory.self, from: Data(text.utf8))
    #expect(restored == memory)
    #expect(restored[5] == 0x0720 && restored[0x8000] == 0 && restored[0x3F_FFFF] == 0xFFFF_FFFF)
    memory[6] = 0
    #expect(restored != memory)
    #expect(!memory.isEmpty)
    memory.clear()
    #expect(memory.isEmpty && memory == VideoMemory())
  }

  @Test(
    "Texts that are no memory",
    arguments: [
      "", "0", "0*3fff", "0*4001", "0*4000 1", "g*4000", "0*4000*1", "*4000", "0*", "123456789*4000", "0*ffffffff",
      "-1*4000", "0*123456789",
    ])
  func refused(_ words: String) {
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(VideoMemory.self, from: Data("[{\"number\":0,\"words\":\"\(words)\"}]".utf8))
    }
  }

  @Test("Parts out of order", arguments: [[0, 0], [1, 0], [-1], [256], [Int.max]])
  func order(_ numbers: [Int]) {
    let parts = numbers.map { "{\"number\":\($0),\"words\":\"1*4000\"}" }.joined(separator: ",")
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(VideoMemory.self, from: Data("[\(parts)]".utf8))
    }
  }
}
