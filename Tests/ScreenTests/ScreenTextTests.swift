import DevicesLegacy
import Screen
import Testing

@Suite("Text of the screen")
struct ScreenTextTests {
  @Test("Rows, without blanks at their ends")
  func lines() throws {
    let display = TestDisplay()
    display.print("login: ", row: 3)
    display.print("end", row: 24, column: 77)
    let text = try #require(ScreenText(display.state))
    #expect([text.columnCount, text.rowCount] == [80, 25])
    #expect(
      text.lines[3] == "login:" && text.lines[0] == "" && text.lines[24] == String(repeating: " ", count: 77) + "end")
    #expect(text.cursor == nil || text.cursor?.row == 0)
  }

  @Test("Code page 437")
  func codePage() {
    let all = String(String.UnicodeScalarView((0..<256).map { CodePage437.scalar(UInt8($0)) }))
    #expect(all.unicodeScalars.count == 256)
    let rows: [(code: UInt8, character: Unicode.Scalar)] = [
      (0x00, " "), (0x01, "☺"), (0x0F, "☼"), (0x10, "►"), (0x1F, "▼"), (0x20, " "), (0x41, "A"), (0x5C, "\\"),
      (0x7E, "~"), (0x7F, "⌂"), (0x80, "Ç"), (0x9E, "₧"), (0x9F, "ƒ"), (0xB0, "░"), (0xB3, "│"), (0xC4, "─"),
      (0xC9, "╔"), (0xDA, "┌"), (0xDB, "█"), (0xDF, "▀"), (0xE0, "α"), (0xE1, "ß"), (0xEF, "∩"), (0xF8, "°"),
      (0xFE, "■"), (0xFF, "\u{A0}"),
    ]
    for row in rows { #expect(CodePage437.scalar(row.code) == row.character, "\(row.code)") }
  }

  @Test("None in graphics modes, and while nothing is shown")
  func graphics() {
    #expect(ScreenText(TestDisplay(.mode13).state) == nil)
    #expect(ScreenText(TestDisplay(.mode12).state) == nil)
    #expect(ScreenText(TestDisplay(width: 640, height: 480, depth: 32).state) == nil)
    #expect(ScreenText(VGA().state) == nil)
  }

  @Test("Start address and cursor")
  func start() throws {
    let display = TestDisplay()
    display.print("second", row: 1)
    display.set(0x3D4, 0xD, 80)
    display.set(0x3D4, 0xF, 85)
    let text = try #require(ScreenText(display.state))
    #expect(text.lines[0] == "second")
    #expect(text.cursor?.column == 5 && text.cursor?.row == 0)
    display.set(0x3D4, 0xA, 0x2D)
    #expect(ScreenText(display.state)?.cursor == nil)
  }

  @Test("50 rows of 8 lines; 40 columns")
  func sizes() throws {
    let display = TestDisplay()
    display.set(0x3D4, 9, 0x47)
    #expect(try #require(ScreenText(display.state)).rowCount == 50)
    display.set(0x3D4, 0x11, 0)
    display.set(0x3D4, 1, 39)
    display.set(0x3D4, 0x13, 20)
    display.print("x", row: 1)
    let text = try #require(ScreenText(display.state))
    #expect(text.columnCount == 40 && text.lines[2] == "x")
  }

  /// An attribute and the graphic rendition.
  private static let renditions: [(attribute: UInt8, sequence: String)] = [
    (0x07, "0;37;40"), (0x70, "0;30;47"), (0x1E, "0;93;44"), (0x4F, "0;97;41"), (0x92, "0;5;32;44"), (0x0C, "0;91;40"),
    (0x61, "0;34;43"), (0x35, "0;35;46"),
  ]

  @Test("Attributes in a terminal", arguments: renditions.indices)
  func attributes(_ index: Int) throws {
    let row = Self.renditions[index]
    let display = TestDisplay()
    display.print("A", attribute: row.attribute)
    let output = try #require(ScreenText(display.state)).terminalOutput()
    #expect(output.contains("\u{1B}[1;1H\u{1B}[\(row.sequence)mA"), "\(output.prefix(40).debugDescription)")
  }

  @Test("Bright backgrounds do not blink in a terminal")
  func bright() throws {
    let display = TestDisplay()
    display.set(0x3C0, 0x10, 4)
    display.port(0x3C0, 0x20)
    display.print("A", attribute: 0x92)
    #expect(try #require(ScreenText(display.state)).terminalOutput().contains("\u{1B}[0;32;104mA"))
  }

  @Test("Only rows that changed are sent")
  func changes() throws {
    let display = TestDisplay()
    let before = try #require(ScreenText(display.state))
    #expect(before.terminalOutput().hasPrefix("\u{1B}[0m\u{1B}[2J\u{1B}[1;1H"))
    #expect(before.terminalOutput().hasSuffix("\u{1B}[1;1H\u{1B}[?25h"))
    #expect(before.terminalOutput(since: before) == "")
    display.print("x", row: 4)
    let after = try #require(ScreenText(display.state))
    let output = after.terminalOutput(since: before)
    #expect(output.hasPrefix("\u{1B}[5;1H\u{1B}[0;37;40mx ") && output.hasSuffix("\u{1B}[0m\u{1B}[1;1H\u{1B}[?25h"))
    #expect(output.count < 130)
    display.set(0x3D4, 0xF, 7)
    let moved = try #require(ScreenText(display.state))
    #expect(moved.terminalOutput(since: after) == "\u{1B}[1;8H\u{1B}[?25h")
    display.set(0x3D4, 0xA, 0x20)
    #expect(try #require(ScreenText(display.state)).terminalOutput(since: moved) == "\u{1B}[?25l")
  }
}
