public import DevicesLegacy

/// What a screen shows: rows of dots, from the top, each of red, green and blue.
public struct Picture: Equatable, Sendable {
  /// Dots across.
  public let width: Int
  /// Dots down.
  public let height: Int
  /// Three bytes of each dot.
  public internal(set) var bytes: [UInt8]

  /// Makes a black picture.
  public init(width: Int, height: Int) {
    (self.width, self.height) = (max(width, 0), max(height, 0))
    bytes = [UInt8](repeating: 0, count: self.width * self.height * 3)
  }

  /// The colour of a dot, as 24 bits with red on top.
  public subscript(x: Int, y: Int) -> UInt32 {
    let at = (y * width + x) * 3
    return UInt32(bytes[at]) << 16 | UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at + 2])
  }

  /// The picture of a display.
  ///
  /// - Parameter frame: how many pictures the display has shown before, which blinking follows; without it all that
  ///   blinks is shown.
  public init(_ display: VGA.State, frame: UInt64? = nil) {
    let scanout = VGAScanout(display)
    self.init(width: scanout.width, height: scanout.height)
    switch scanout.kind {
    case .blank: break
    case .text: drawText(scanout, frame: frame)
    case .planes, .pairs, .bytes: drawGraphics(scanout)
    case .frameBuffer(let depth): drawFrameBuffer(scanout, depth: depth)
    }
  }

  /// Sets a dot to an entry of a table of colours.
  @inline(__always)
  mutating func set(_ at: Int, _ color: UInt32) {
    bytes[at] = UInt8(truncatingIfNeeded: color >> 16)
    bytes[at + 1] = UInt8(truncatingIfNeeded: color >> 8)
    bytes[at + 2] = UInt8(truncatingIfNeeded: color)
  }
}

extension VGAScanout {
  /// The colours of all entries of the DAC.
  var colorTable: [UInt32] {
    (0..<256).map { index in
      let (red, green, blue) = color(UInt8(index))
      return UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue)
    }
  }

  /// The colours of four bits of the planes, or of an attribute.
  var paletteTable: [UInt32] {
    let colors = colorTable
    return (0..<16).map { colors[Int(entry(UInt8($0)))] }
  }
}
