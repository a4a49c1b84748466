/// What the CRT controller and the attribute controller make of a display's state.
///
/// Source: IBM PS/2 Hardware Interface Technical Reference, "CRT Controller Registers", "Attribute Controller
/// Registers". The counter of the CRT controller goes from character to character; its bits become an address of the
/// planes by byte, word or doubleword mode.
public struct VGAScanout: Sendable {
  /// How words of the memory become dots.
  public enum Kind: Equatable, Sendable {
    /// Nothing is shown.
    case blank
    /// Characters of plane 0 with attributes of plane 1 and glyphs of plane 2.
    case text
    /// A bit of each plane a dot.
    case planes
    /// Two bits of two planes a dot, as the CGA had it.
    case pairs
    /// A byte a dot.
    case bytes
    /// The linear frame buffer, with so many bits a dot.
    case frameBuffer(depth: Int)
  }

  /// Bytes from a glyph to the next.
  public static let glyphByteCount = 32

  /// The state.
  public let state: VGA.State
  /// How it is shown.
  public let kind: Kind

  /// Looks at a state.
  public init(_ state: VGA.State) {
    self.state = state
    let mode = state.graphics[VGA.GraphicsRegister.mode]
    if state.interface.isEnabled {
      kind = .frameBuffer(depth: Int(state.interface.depth))
    } else if state.sequencer[VGA.SequencerRegister.clockingMode] & VGA.ClockingMode.screenOff != 0
      || state.attributeIndex & VGA.AttributeRegister.paletteSource == 0
    {
      kind = .blank
    } else if state.graphics[VGA.GraphicsRegister.miscellaneous] & VGA.GraphicsMiscellaneous.graphics == 0 {
      kind = .text
    } else if mode & VGA.GraphicsMode.shift256 != 0 {
      kind = .bytes
    } else {
      kind = mode & VGA.GraphicsMode.interleavedShift != 0 ? .pairs : .planes
    }
  }

  private func crtc(_ register: Int) -> Int { Int(state.crtc[register]) }

  // MARK: Sizes

  /// Characters across, of a graphics mode those that the CRT controller counts: 1 to 256.
  public var columnCount: Int { crtc(VGA.CRTCRegister.horizontalDisplayEnd) + 1 }

  /// Dots of a character across: 8 or 9 of text, 4 of bytes.
  public var columnWidth: Int {
    switch kind {
    case .text, .blank:
      state.sequencer[VGA.SequencerRegister.clockingMode] & VGA.ClockingMode.eightDots != 0 ? 8 : 9
    case .planes, .pairs, .frameBuffer: 8
    case .bytes: 4
    }
  }

  /// Lines of the CRT: 1 to 1024.
  private var crtLineCount: Int {
    let overflow = state.crtc[VGA.CRTCRegister.overflow]
    return crtc(VGA.CRTCRegister.verticalDisplayEnd)
      + (overflow & VGA.CRTCRegister.overflowDisplayEnd8 != 0 ? 0x100 : 0)
      + (overflow & VGA.CRTCRegister.overflowDisplayEnd9 != 0 ? 0x200 : 0) + 1
  }

  private var lineCompare: Int {
    let overflow = state.crtc[VGA.CRTCRegister.overflow]
    let maximum = state.crtc[VGA.CRTCRegister.maximumScanLine]
    return crtc(VGA.CRTCRegister.lineCompare)
      + (overflow & VGA.CRTCRegister.overflowLineCompare != 0 ? 0x100 : 0)
      + (maximum & VGA.MaximumScanLine.lineCompare9 != 0 ? 0x200 : 0)
  }

  /// Lines of a row of characters: 1 to 32.
  public var rowHeight: Int { Int(state.crtc[VGA.CRTCRegister.maximumScanLine] & VGA.MaximumScanLine.count) + 1 }

  /// Lines of the CRT for which the row scan counter stands.
  private var scanRepeat: Int {
    state.crtc[VGA.CRTCRegister.maximumScanLine] & VGA.MaximumScanLine.doubleScan != 0 ? 2 : 1
  }

  /// Lines of the CRT that are the same, of which a picture has one.
  private var lineRepeat: Int {
    let mode = state.crtc[VGA.CRTCRegister.mode]
    let hasRowScan = mode & VGA.CRTCMode.noRowScan13 == 0 || mode & VGA.CRTCMode.noRowScan14 == 0
    return kind == .text || hasRowScan ? scanRepeat : scanRepeat * rowHeight
  }

  /// Rows of text.
  public var rowCount: Int { max(height / rowHeight, 1) }

  /// Dots across: at least 1.
  public var width: Int {
    if case .frameBuffer = kind { return max(Int(state.interface.width), 1) }
    return columnCount * columnWidth
  }

  /// Dots down: at least 1.
  public var height: Int {
    if case .frameBuffer = kind { return max(Int(state.interface.height), 1) }
    return max(crtLineCount / lineRepeat, 1)
  }

  // MARK: Addresses

  /// The counter at the start of the screen.
  public var start: Int { crtc(VGA.CRTCRegister.startHigh) << 8 | crtc(VGA.CRTCRegister.startLow) }

  /// What the counter gains from a row of characters to the next.
  public var rowPitch: Int { crtc(VGA.CRTCRegister.offset) * 2 }

  /// The counter at the begin of a line, the row scan counter, and whether the line is behind the line compare.
  public func place(ofLine line: Int) -> (counter: Int, scan: Int, isSplit: Bool) {
    let crtLine = line * lineRepeat
    let isSplit = crtLine > lineCompare
    let first = isSplit ? crtLine - lineCompare - 1 : crtLine
    let preset = isSplit ? 0 : Int(state.crtc[VGA.CRTCRegister.presetRowScan] & 0x1F)
    let scans = first / scanRepeat + preset
    return ((isSplit ? 0 : start) + scans / rowHeight * rowPitch, scans % rowHeight, isSplit)
  }

  /// The word at a value of the counter and of the row scan counter.
  public func word(counter: Int, scan: Int) -> UInt32 {
    let mode = state.crtc[VGA.CRTCRegister.mode]
    var address = counter & 0xFFFF
    if state.crtc[VGA.CRTCRegister.underline] & VGA.Underline.doubleWord != 0 {
      address = address << 2 | address >> 12 & 3
    } else if mode & VGA.CRTCMode.byteMode == 0 {
      address = address << 1 | address >> (mode & VGA.CRTCMode.wrap15 != 0 ? 15 : 13) & 1
    }
    if mode & VGA.CRTCMode.noRowScan13 == 0 { address = address & ~(1 << 13) | (scan & 1) << 13 }
    if mode & VGA.CRTCMode.noRowScan14 == 0 { address = address & ~(1 << 14) | (scan >> 1 & 1) << 14 }
    return state.memory[address & 0xFFFF]
  }

  /// What the counter gains over a number of character clocks.
  public func advance(_ columns: Int) -> Int {
    if state.crtc[VGA.CRTCRegister.underline] & VGA.Underline.countByFour != 0 { return columns / 4 }
    return state.crtc[VGA.CRTCRegister.mode] & VGA.CRTCMode.countByTwo != 0 ? columns / 2 : columns
  }

  /// Dots by which a line begins later.
  public func panning(isSplit: Bool) -> Int {
    let mode = state.attributes[VGA.AttributeRegister.mode]
    if isSplit && mode & VGA.AttributeMode.panningUpToLineCompare != 0 { return 0 }
    let bytes = Int(state.crtc[VGA.CRTCRegister.presetRowScan] >> 5 & 3) * columnWidth
    let dots = Int(state.attributes[VGA.AttributeRegister.panning])
    switch kind {
    case .bytes: return bytes + min(dots & 7, 7) / 2
    case .text where columnWidth == 9: return bytes + (dots >= 8 ? 0 : dots + 1)
    case .text, .planes, .pairs, .blank, .frameBuffer: return bytes + (dots & 7)
    }
  }

  // MARK: Text

  /// Whether bit 7 of an attribute blinks; else it is a bright background.
  public var blinks: Bool { state.attributes[VGA.AttributeRegister.mode] & VGA.AttributeMode.blink != 0 }

  /// The ninth dot of the characters C0h to DFh repeats the eighth.
  public var extendsLineGraphics: Bool {
    state.attributes[VGA.AttributeRegister.mode] & VGA.AttributeMode.lineGraphics != 0
  }

  /// The line of a character that an underline is on: beyond the character where there is none.
  public var underline: Int { Int(state.crtc[VGA.CRTCRegister.underline] & VGA.Underline.line) }

  /// The value of the counter at the cursor, and its lines; nil while it is off.
  public var cursor: (counter: Int, lines: ClosedRange<Int>)? {
    let (first, last) = (state.crtc[VGA.CRTCRegister.cursorStart], state.crtc[VGA.CRTCRegister.cursorEnd])
    guard first & VGA.Cursor.off == 0, first & VGA.Cursor.line <= last & VGA.Cursor.line else { return nil }
    let counter = crtc(VGA.CRTCRegister.cursorHigh) << 8 | crtc(VGA.CRTCRegister.cursorLow)
    return (
      (counter + Int(last >> VGA.Cursor.skewShift & 3)) & 0xFFFF,
      Int(first & VGA.Cursor.line)...Int(last & VGA.Cursor.line)
    )
  }

  /// A line of a character's glyph: "Character Map Select Register", which attribute bit 3 chooses by.
  public func glyph(_ character: UInt8, attribute: UInt8, line: Int) -> UInt8 {
    let select = state.sequencer[VGA.SequencerRegister.characterMapSelect]
    let map =
      attribute & 8 != 0 ? (select >> 2 & 3) << 1 | select >> 5 & 1 : (select & 3) << 1 | select >> 4 & 1
    // Maps 0 to 3 are at 0, 16, 32 and 48 KiB of the plane, maps 4 to 7 8 KiB behind them; bit 2 of a map's number
    // stands apart in the register and is the lowest here.
    return state.memory.byte(plane: 2, Int(map) << 13 + Int(character) * Self.glyphByteCount + line & 31)
  }

  // MARK: Colours

  /// Red, green and blue of an entry of the DAC.
  public func color(_ entry: UInt8) -> (red: UInt8, green: UInt8, blue: UInt8) {
    let at = Int(entry & state.colorMask) * 3
    func wide(_ value: UInt8) -> UInt8 { state.interface.hasWideColors ? value : value << 2 | value >> 4 }
    return (wide(state.colors[at]), wide(state.colors[at + 1]), wide(state.colors[at + 2]))
  }

  /// The entry of the DAC for four bits of the planes or of an attribute.
  public func entry(_ index: UInt8) -> UInt8 {
    let enabled = index & state.attributes[VGA.AttributeRegister.planeEnable] & 0xF
    let palette = state.attributes[Int(enabled)]
    let select = state.attributes[VGA.AttributeRegister.colorSelect]
    let isSelected = state.attributes[VGA.AttributeRegister.mode] & VGA.AttributeMode.colorSelect != 0
    return (isSelected ? palette & 0xF | (select & 3) << 4 : palette) | (select >> 2 & 3) << 6
  }

  /// Bytes, of 4 bits words, from the begin of the memory to a line of the linear frame buffer.
  public func frameBufferLine(_ line: Int) -> Int { (Int(state.interface.offsetY) + line) * state.interface.pitch }

  /// The dot of a line of the linear frame buffer that is first on the screen.
  public var frameBufferColumn: Int { Int(state.interface.offsetX) }
}
