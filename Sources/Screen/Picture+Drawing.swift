import DevicesLegacy

extension Picture {
  /// Pictures in which a blinking character, and the cursor, is on and then off.
  private enum Blink {
    static let character: UInt64 = 16
    static let cursor: UInt64 = 8
  }

  // MARK: Text

  mutating func drawText(_ scanout: VGAScanout, frame: UInt64?) {
    let palette = scanout.paletteTable
    let isOn = frame.map { $0 / Blink.character % 2 == 0 } ?? true
    let cursor = frame.map { $0 / Blink.cursor % 2 == 0 } ?? true ? scanout.cursor : nil
    var dots = [UInt32](repeating: 0, count: (scanout.columnCount + 4) * scanout.columnWidth)
    for y in 0..<height {
      let place = scanout.place(ofLine: y)
      let panning = scanout.panning(isSplit: place.isSplit)
      let columns = scanout.columnCount + (panning + scanout.columnWidth - 1) / scanout.columnWidth
      for column in 0..<columns {
        let counter = place.counter + scanout.advance(column)
        let word = scanout.word(counter: counter, scan: place.scan)
        let cell = ScreenText.Cell(word)
        var line = scanout.glyph(cell.character, attribute: cell.attribute, line: place.scan)
        var background = cell.attribute >> 4
        if scanout.blinks {
          if background & 8 != 0 && !isOn { line = 0 }
          background &= 7
        }
        if place.scan == scanout.underline && cell.attribute & 7 == 1 { line = 0xFF }
        var ninth = scanout.extendsLineGraphics && 0xC0...0xDF ~= cell.character ? line & 1 : 0
        if let cursor, cursor.counter == counter & 0xFFFF, cursor.lines.contains(place.scan) {
          (line, ninth) = (0xFF, 1)
        }
        let (on, off) = (palette[Int(cell.attribute & 0xF)], palette[Int(background)])
        let at = column * scanout.columnWidth
        for dot in 0..<8 { dots[at + dot] = line << UInt8(dot) & 0x80 != 0 ? on : off }
        if scanout.columnWidth == 9 { dots[at + 8] = ninth != 0 ? on : off }
      }
      copy(dots, from: panning, line: y)
    }
  }

  private mutating func copy(_ dots: [UInt32], from first: Int, line y: Int) {
    for x in 0..<width { set((y * width + x) * 3, dots[first + x]) }
  }

  // MARK: Graphics

  mutating func drawGraphics(_ scanout: VGAScanout) {
    let colors = scanout.kind == .bytes ? scanout.colorTable : scanout.paletteTable
    let span = scanout.columnWidth
    var dots = [UInt32](repeating: 0, count: (scanout.columnCount + 4) * span)
    for y in 0..<height {
      let place = scanout.place(ofLine: y)
      let panning = scanout.panning(isSplit: place.isSplit)
      for column in 0..<scanout.columnCount + (panning + span - 1) / span {
        let word = scanout.word(counter: place.counter + scanout.advance(column), scan: place.scan)
        for dot in 0..<span { dots[column * span + dot] = colors[Self.index(word, dot, scanout.kind)] }
      }
      copy(dots, from: panning, line: y)
    }
  }

  /// The index of a dot's colour in a word of the planes.
  @inline(__always)
  private static func index(_ word: UInt32, _ dot: Int, _ kind: VGAScanout.Kind) -> Int {
    switch kind {
    case .bytes: return Int(word >> UInt32(dot * 8) & 0xFF)
    case .pairs:
      // Four dots of the planes 0 and 2, then four of the planes 1 and 3.
      let bits = word >> UInt32((dot < 4 ? 6 : 14) - dot % 4 * 2)
      return Int(bits & 3 | (bits >> 16 & 3) << 2)
    case .planes, .blank, .text, .frameBuffer:
      let bits = word >> UInt32(7 - dot)
      return Int(bits & 1 | bits >> 7 & 2 | bits >> 14 & 4 | bits >> 21 & 8)
    }
  }

  // MARK: Linear frame buffer

  mutating func drawFrameBuffer(_ scanout: VGAScanout, depth: Int) {
    let memory = scanout.state.memory
    let colors = depth == 4 ? scanout.paletteTable : scanout.colorTable
    for y in 0..<height {
      let line = scanout.frameBufferLine(y)
      for x in 0..<width {
        let column = scanout.frameBufferColumn + x
        let color: UInt32
        switch depth {
        case 4: color = colors[Self.index(memory[line + column / 8], column % 8, .planes)]
        case 8: color = colors[Int(memory[byte: line + column])]
        case 15, 16:
          let at = line + column * 2
          color = Self.color(UInt16(memory[byte: at]) | UInt16(memory[byte: at + 1]) << 8, depth: depth)
        default:
          let at = line + column * (depth / 8)
          color =
            UInt32(memory[byte: at]) | UInt32(memory[byte: at + 1]) << 8 | UInt32(memory[byte: at + 2]) << 16
        }
        set((y * width + x) * 3, color)
      }
    }
  }

  /// The colour of 15 or 16 bits: five of each component, six of green if there are 16.
  private static func color(_ value: UInt16, depth: Int) -> UInt32 {
    let bits = UInt32(value)
    func wide(_ component: UInt32) -> UInt32 { component << 3 | component >> 2 }
    let blue = wide(bits & 0x1F)
    guard depth == 16 else { return wide(bits >> 10 & 0x1F) << 16 | wide(bits >> 5 & 0x1F) << 8 | blue }
    let green = bits >> 5 & 0x3F
    return wide(bits >> 11) << 16 | (green << 2 | green >> 4) << 8 | blue
  }
}
