public import DevicesLegacy

/// The characters that a screen shows in a text mode.
public struct ScreenText: Equatable, Sendable {
  /// A character and its attribute.
  public struct Cell: Equatable, Sendable {
    /// The character's code.
    public var character: UInt8
    /// Foreground in bits 3 to 0, background in bits 7 to 4.
    public var attribute: UInt8

    init(_ word: UInt32) {
      (character, attribute) = (UInt8(truncatingIfNeeded: word), UInt8(truncatingIfNeeded: word >> 8))
    }
  }

  /// A place on the screen, from 0.
  public struct Place: Equatable, Sendable {
    /// The column.
    public var column: Int
    /// The row.
    public var row: Int
  }

  /// Characters across.
  public let columnCount: Int
  /// Characters down.
  public let rowCount: Int
  /// Row after row.
  public let cells: [Cell]
  /// Where the cursor is; nil if it is off or beyond the screen.
  public let cursor: Place?
  /// Bit 7 of an attribute blinks; else it is a bright background.
  public let blinks: Bool

  /// Reads the text of a display; nil if it shows graphics or nothing.
  public init?(_ display: VGA.State) {
    let scanout = VGAScanout(display)
    guard scanout.kind == .text else { return nil }
    columnCount = scanout.columnCount
    rowCount = scanout.rowCount
    blinks = scanout.blinks
    var cells: [Cell] = []
    cells.reserveCapacity(columnCount * rowCount)
    var cursor: Place?
    for row in 0..<rowCount {
      let place = scanout.place(ofLine: row * scanout.rowHeight)
      for column in 0..<columnCount {
        let counter = place.counter + scanout.advance(column)
        cells.append(Cell(scanout.word(counter: counter, scan: 0)))
        if scanout.cursor?.counter == counter & 0xFFFF { cursor = Place(column: column, row: row) }
      }
    }
    (self.cells, self.cursor) = (cells, cursor)
  }

  private func row(_ number: Int) -> ArraySlice<Cell> { cells[number * columnCount..<(number + 1) * columnCount] }

  /// The rows in Unicode, without blanks at their ends.
  public var lines: [String] {
    (0..<rowCount).map { number in
      var scalars = row(number).map { CodePage437.scalar($0.character) }
      while scalars.last == " " || scalars.last == "\u{A0}" { scalars.removeLast() }
      var line = String.UnicodeScalarView()
      line.append(contentsOf: scalars)
      return String(line)
    }
  }

  // MARK: Terminal

  /// The colours of a terminal in the order of an attribute's bits, which has blue in bit 0.
  private static let terminalColors: [UInt8] = [0, 4, 2, 6, 1, 5, 3, 7]

  /// The graphic rendition (ECMA-48, "SGR") of an attribute.
  private func rendition(_ attribute: UInt8) -> String {
    let foreground = Self.terminalColors[Int(attribute & 7)] + (attribute & 8 != 0 ? 90 : 30)
    let isBright = attribute & 0x80 != 0
    let background = Self.terminalColors[Int(attribute >> 4 & 7)] + (isBright && !blinks ? 100 : 40)
    return "\u{1B}[0;\(isBright && blinks ? "5;" : "")\(foreground);\(background)m"
  }

  /// What a terminal must be sent to show this text: the rows that differ from `old`, or all, and the cursor.
  public func terminalOutput(since old: ScreenText? = nil) -> String {
    let old = old?.columnCount == columnCount && old?.rowCount == rowCount && old?.blinks == blinks ? old : nil
    var output = old == nil ? "\u{1B}[0m\u{1B}[2J" : ""
    var hasDrawn = false
    for number in 0..<rowCount where old.map({ $0.row(number) != row(number) }) ?? true {
      hasDrawn = true
      output += "\u{1B}[\(number + 1);1H"
      var attribute: UInt8?
      for cell in row(number) {
        if cell.attribute != attribute { output += rendition(cell.attribute) }
        attribute = cell.attribute
        output.unicodeScalars.append(CodePage437.scalar(cell.character))
      }
      output += "\u{1B}[0m"
    }
    guard hasDrawn || old?.cursor != cursor else { return output }
    guard let cursor else { return output + "\u{1B}[?25l" }
    return output + "\u{1B}[\(cursor.row + 1);\(cursor.column + 1)H\u{1B}[?25h"
  }
}
