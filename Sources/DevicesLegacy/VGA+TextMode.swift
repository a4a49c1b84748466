extension VGA.State {
  /// The state that a video BIOS leaves in mode 3, 80 by 25 characters of 16 colours with a font in plane 2, for boards
  /// without one.
  public static func textMode() -> Self {
    var state = Self()
    state.miscellaneous = 0x67
    state.subsystemEnable = 1
    state.sequencer = [0x03, 0x00, 0x03, 0x00, 0x02]
    state.graphics = [0x00, 0x00, 0x00, 0x00, 0x00, 0x10, 0x0E, 0x00, 0xFF]
    state.crtc = TextDisplay.State().registers
    state.attributes = [
      0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x14, 0x07, 0x38, 0x39, 0x3A, 0x3B, 0x3C, 0x3D, 0x3E, 0x3F, 0x0C, 0x00, 0x0F,
      0x08, 0x00,
    ]
    state.attributeIndex = VGA.AttributeRegister.paletteSource
    // Two bits of each component, those of the colour monitors before VGA: bits 2 to 0 are two thirds, 5 to 3 one third.
    for color in 0..<64 {
      for part in 0..<3 {
        let (strong, weak) = (color >> (2 - part) & 1, color >> (5 - part) & 1)
        state.colors[color * 3 + part] = UInt8(strong * 0x2A + weak * 0x15)
      }
    }
    for word in 0..<0x4000 { state.memory[word * 2] = 0x0720 }
    for (index, line) in VGAFont.glyphs.enumerated() {
      let at = index / VGAFont.lineCount * VGAScanout.glyphByteCount + index % VGAFont.lineCount
      state.memory[at] |= UInt32(line) << 16
    }
    return state
  }
}
