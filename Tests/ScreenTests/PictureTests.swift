import DevicesLegacy
import Screen
import Testing
import X86

/// A write of a guest in a mode, and the dot that it is.
private struct DotRow: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let mode: ModeTable
  let size: [Int]
  /// The map mask while an address is written, its value, where the dot is, and the entry of the DAC that it shows.
  let writes: [(mask: UInt8, address: UInt64, value: UInt8, x: Int, y: Int, entry: Int)]
}

private let dotRows = [
  DotRow(
    testDescription: "13h", mode: .mode13, size: [320, 200],
    writes: [(15, 0xA0000, 5, 0, 0, 5), (15, 0xA0001, 9, 1, 0, 9), (15, 0xA0000 + 320 * 199 + 319, 33, 319, 199, 33)]),
  DotRow(
    testDescription: "12h", mode: .mode12, size: [640, 480],
    writes: [(1, 0xA0000, 0x80, 0, 0, 1), (9, 0xA0000 + 80 * 479 + 79, 1, 639, 479, 0x39), (4, 0xA0001, 8, 12, 0, 4)]),
  DotRow(
    testDescription: "10h", mode: .mode10, size: [640, 350],
    writes: [(6, 0xA0000 + 80 * 349, 0x40, 1, 349, 0x14), (8, 0xA0000 + 80, 0x40, 1, 1, 0x38)]),
  DotRow(
    testDescription: "0Dh", mode: .mode0D, size: [320, 200],
    writes: [(15, 0xA0000 + 40 * 199 + 39, 1, 319, 199, 0x17), (2, 0xA0000 + 40, 0x80, 0, 1, 2)]),
  DotRow(
    testDescription: "04h", mode: .mode04, size: [320, 200],
    writes: [
      (3, 0xB8000, 0b01_00_00_10, 0, 0, 0x13), (3, 0xB8000, 0b01_00_00_10, 3, 0, 0x15),
      (3, 0xB8001, 0b11_00_00_00, 4, 0, 0x17), (3, 0xBA000, 0b10_00_00_00, 0, 1, 0x15),
      (3, 0xB8000 + 80 * 99 + 79, 3, 319, 198, 0x17), (3, 0xBA000 + 80 * 99 + 79, 3, 319, 199, 0x17),
    ]),
  DotRow(
    testDescription: "06h", mode: .mode06, size: [640, 200],
    writes: [(1, 0xB8000, 0x80, 0, 0, 0x17), (1, 0xBA000 + 80 * 99 + 79, 1, 639, 199, 0x17)]),
]

@Suite("Pictures")
struct PictureTests {
  @Test("A byte of a guest is a dot", arguments: dotRows)
  fileprivate func dots(_ row: DotRow) {
    let display = TestDisplay(row.mode)
    let blank = display.picture
    #expect([blank.width, blank.height] == row.size)
    #expect(blank[0, 0] == 0x00FF00)
    for write in row.writes {
      display.set(0x3C4, 2, write.mask)
      display.store(write.value, write.address)
      let red = UInt32(write.entry << 2 | write.entry >> 4)
      let green = UInt32((63 - write.entry) << 2 | (63 - write.entry) >> 4)
      let seen = display.picture[write.x, write.y]
      #expect(seen == red << 16 | green << 8, "\(String(write.address, radix: 16)): \(String(seen, radix: 16))")
    }
  }

  @Test("Text: glyphs, the cursor, colours")
  func text() {
    let display = TestDisplay()
    display.set(0x3D4, 0xF, 1)
    display.print("A", attribute: 0x1E)
    let picture = display.picture
    #expect([picture.width, picture.height] == [720, 400])
    #expect(
      picture.drawing(0..<9, 0..<16, 0x0000AA, 0xFFFF55) == [
        ".........", ".........", "...#.....", "..#.#....", "..#.#....", ".#...#...", ".#...#...", ".#...#...",
        ".#####...", ".#...#...", ".#...#...", ".#...#...", ".........", ".........", ".........", ".........",
      ])
    let cursor = picture.drawing(9..<18, 0..<16, 0, 0xAAAAAA)
    #expect(cursor == [String](repeating: ".........", count: 13) + ["#########", "#########", "........."])
    display.set(0x3D4, 0xA, 0x2D)
    #expect(display.picture[9, 13] == 0)
  }

  @Test("Text: the ninth column of lines, not of letters")
  func ninthColumn() {
    let display = TestDisplay()
    display.store(0xC4, 0xB8000 + 160)
    display.store(0xB4, 0xB8000 + 162)
    #expect(display.picture.drawing(0..<18, 23..<24, 0, 0xAAAAAA) == ["#############....."])
    display.set(0x3C0, 0x10, 8)
    display.port(0x3C0, 0x20)
    #expect(display.picture.drawing(0..<18, 23..<24, 0, 0xAAAAAA) == ["########.####....."])
  }

  @Test("Text: bit 7 blinks or is a bright background")
  func blinking() {
    let display = TestDisplay()
    display.set(0x3D4, 0xA, 0x20)
    display.print("H", attribute: 0x9E, row: 1)
    let on = Picture(display.state, frame: 0)
    let off = Picture(display.state, frame: 16)
    #expect(on == display.picture)
    #expect(on.drawing(0..<8, 18..<19, 0x0000AA, 0xFFFF55) == [".#...#.."])
    #expect(off.drawing(0..<8, 18..<19, 0x0000AA, 0xFFFF55) == ["........"])
    display.set(0x3C0, 0x10, 4)
    display.port(0x3C0, 0x20)
    #expect(Picture(display.state, frame: 16).drawing(0..<8, 18..<19, 0x5555FF, 0xFFFF55) == [".#...#.."])
  }

  @Test("Text: the cursor blinks, ends and starts where the registers say")
  func cursor() {
    let display = TestDisplay()
    display.set(0x3D4, 0xA, 0)
    display.set(0x3D4, 0xB, 3)
    #expect(Picture(display.state, frame: 0)[0, 3] == 0xAAAAAA && Picture(display.state, frame: 0)[0, 4] == 0)
    #expect(Picture(display.state, frame: 8)[0, 3] == 0)
    display.set(0x3D4, 0xB, 0x23)
    #expect(display.picture[0, 3] == 0 && display.picture[9, 3] == 0xAAAAAA)
    display.set(0x3D4, 0xA, 4)
    #expect(display.picture[9, 3] == 0 && display.picture[9, 4] == 0)
  }

  @Test("Text: underline")
  func underline() {
    let display = TestDisplay()
    display.set(0x3D4, 0xA, 0x20)
    display.print(" ", attribute: 1)
    display.set(0x3D4, 0x14, 12)
    #expect(display.picture[0, 12] == 0x0000AA && display.picture[0, 11] == 0 && display.picture[9, 12] == 0)
  }

  @Test("Text: the second font by attribute bit 3")
  func secondFont() {
    let display = TestDisplay()
    // Maps of 8 KiB in plane 2: bits 5 and 3:2 choose for bit 3, bits 4 and 1:0 without it; map 4 is at 8 KiB.
    display.set(0x3C4, 2, 4)
    display.set(0x3C4, 4, 6)
    display.set(0x3CE, 5, 0)
    display.set(0x3CE, 6, 5)
    display.store(0xF0, 0xA2000 + 32 * 0x41)
    display.set(0x3C4, 2, 3)
    display.set(0x3C4, 4, 2)
    display.set(0x3CE, 5, 0x10)
    display.set(0x3CE, 6, 0xE)
    display.print("AA", attribute: 0xF, row: 1)
    display.print("A", attribute: 7, row: 1, column: 1)
    #expect(display.picture[0, 16] == 0)
    display.set(0x3C4, 3, 0x20)
    #expect(display.picture[0, 16] == 0xFFFFFF && display.picture[9, 16] == 0)
    display.set(0x3C4, 3, 0x10)
    #expect(display.picture[0, 16] == 0 && display.picture[9, 16] == 0xAAAAAA)
  }

  @Test("Start address, panning, line compare")
  func scrolling() {
    let display = TestDisplay(.mode13)
    for x in 0..<320 as Range<UInt64> {
      for y in 0..<3 as Range<UInt64> { display.store(UInt8(x % 60), 0xA0000 + y * 320 + x) }
    }
    #expect(display.picture[4, 0] >> 18 == 4)
    display.set(0x3D4, 0xD, 1)
    #expect(display.picture[0, 0] >> 18 == 4)
    display.set(0x3C0, 0x13, 2)
    display.port(0x3C0, 0x20)
    #expect(display.picture[0, 0] >> 18 == 5 && display.picture[0, 2] >> 18 == 5)
    // Behind line 3 of the CRT, which is line 1 of the picture, the memory begins again.
    for (index, value) in [(0x18, 3), (7, 0x0F), (9, 1)] as [(Int, UInt8)] {
      display.set(0x3D4, 0x11, 0)
      display.set(0x3D4, index, value)
    }
    #expect(display.picture[0, 1] >> 18 == 5 && display.picture[0, 2] >> 18 == 1)
    display.set(0x3C0, 0x10, 0x61)
    display.port(0x3C0, 0x20)
    #expect(display.picture[0, 2] >> 18 == 0)
  }

  @Test("Nothing is shown with the screen off, or while the palette is written")
  func blank() {
    let display = TestDisplay()
    display.print("A", attribute: 0x70)
    #expect(display.picture[0, 0] == 0xAAAAAA)
    display.set(0x3C4, 1, 0x20)
    #expect(display.picture[0, 0] == 0 && display.picture.width == 720)
    display.set(0x3C4, 1, 0)
    display.set(0x3C0, 0x11, 0)
    #expect(display.picture[0, 0] == 0)
    #expect(ScreenText(display.state) == nil)
    #expect(Picture(VGA().state).bytes.allSatisfy { $0 == 0 })
  }

  @Test("Palette, colour select, plane enable, PEL mask")
  func colors() {
    let display = TestDisplay(.mode12)
    display.store(0x80, 0xA0000)
    #expect(display.picture[0, 0] >> 18 == 0x3F)
    display.port(0x3C6, 0x0F)
    #expect(display.picture[0, 0] >> 18 == 0x0F)
    display.port(0x3C6, 0xFF)
    display.set(0x3C0, 0x12, 3)
    display.port(0x3C0, 0x20)
    #expect(display.picture[0, 0] >> 18 == 3)
    display.set(0x3C0, 0x10, 0x81)
    display.set(0x3C0, 0x14, 2)
    display.port(0x3C0, 0x20)
    #expect(display.picture[0, 0] >> 18 == 0x23)
  }

  /// Bits of a dot, its bytes, its colour.
  private static let depths: [(depth: UInt16, bytes: [UInt8], color: UInt32)] = [
    (8, [0x15], 0x112233), (15, [0x1F, 0x7C], 0xFF00FF), (15, [0xE0, 0x03], 0x00FF00), (15, [0x21, 0x84], 0x080808),
    (16, [0x00, 0xF8], 0xFF0000), (16, [0xE0, 0x07], 0x00FF00), (16, [0x1F, 0x00], 0x0000FF),
    (24, [0x33, 0x22, 0x11], 0x112233), (32, [0x33, 0x22, 0x11, 0xFF], 0x112233),
  ]

  @Test("The linear frame buffer", arguments: depths.indices)
  func frameBuffer(_ index: Int) {
    let (depth, bytes, color) = Self.depths[index]
    let display = TestDisplay(width: 100, height: 50, depth: depth)
    let mode = display.state.interface
    #expect(mode.isEnabled)
    for (index, value) in [(6, 120), (8, 3), (9, 2), (4, 0x61)] as [(UInt64, UInt64)] {
      display.chip.write(index, offset: VGA.interfaceOffset, width: 2, now: .zero)
      display.chip.write(value, offset: VGA.interfaceOffset + 1, width: 2, now: .zero)
    }
    display.port(0x3C8, 0x15)
    for part in [0x11, 0x22, 0x33] as [UInt8] { display.port(0x3C9, part) }
    for (place, byte) in bytes.enumerated() {
      let offset = ((7 + 2) * 120 + 5 + 3) * bytes.count + place
      display.chip.writeFrameBuffer(UInt64(byte), offset: UInt64(offset), width: 1)
    }
    let picture = display.picture
    #expect([picture.width, picture.height] == [100, 50])
    #expect(picture[5, 7] == color && picture[4, 7] == 0 && picture[6, 7] == 0 && picture[5, 6] == 0)
  }

  @Test("Planes of a mode with 4 bits")
  func planes() {
    let display = TestDisplay(width: 800, height: 600, depth: 4)
    display.chip.writeFrameBuffer(0x0000_0001, offset: UInt64(599 * 100 + 99) * 4, width: 4)
    let seen = display.picture
    #expect([seen.width, seen.height] == [800, 600])
    display.set(0x3C0, 1, 7)
    display.set(0x3C0, 0x12, 0xF)
    display.port(0x3C8, 7)
    for _ in 0..<3 { display.port(0x3C9, 63) }
    #expect(display.picture[799, 599] == 0xFFFFFF && display.picture[798, 599] == 0)
  }

  /// Pictures of a pattern over all of the memory.
  private static let patterns: [(name: String, display: @Sendable () -> TestDisplay, hash: UInt64)] = [
    ("3", { TestDisplay() }, 0xA97B_8525_EED1_0DBB), ("04h", { TestDisplay(.mode04) }, 0xD9E1_9CFE_845E_1E26),
    ("06h", { TestDisplay(.mode06) }, 0x4A6F_D896_0147_A947),
    ("0Dh", { TestDisplay(.mode0D) }, 0xF16A_973C_F7AA_0D72), ("10h", { TestDisplay(.mode10) }, 0x918C_7270_373B_3436),
    ("12h", { TestDisplay(.mode12) }, 0xADBF_90C9_4110_CB4C),
    ("13h", { TestDisplay(.mode13) }, 0x94E9_BE04_A01D_8232),
  ]

  @Test("Pictures as they were", arguments: patterns.indices)
  func pattern(_ index: Int) {
    let row = Self.patterns[index]
    let display = row.display()
    for address in 0xA0000..<0xC0000 as Range<UInt64> {
      display.store(UInt8(truncatingIfNeeded: address &* 7 ^ address >> 5), address)
    }
    #expect(display.picture.hash == row.hash, "\(row.name): \(String(display.picture.hash, radix: 16))")
  }
}
