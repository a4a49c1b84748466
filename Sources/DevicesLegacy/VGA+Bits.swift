// Registers of a VGA and their bits, by the names of the technical reference; masks are the bits that are kept.

extension VGA {
  /// Miscellaneous output register.
  enum Miscellaneous {
    /// I/O address select: the CRT controller is at 3D4h, not 3B4h.
    static let colorPorts: UInt8 = 1 << 0
    /// Enable RAM.
    static let memory: UInt8 = 1 << 1
  }

  /// Input status register 0.
  enum InputStatus0 {
    /// Switch sense: a monitor is connected.
    static let switchSense: UInt8 = 1 << 4
  }

  /// Input status register 1.
  enum InputStatus1 {
    /// Nothing is drawn.
    static let displayDisabled: UInt8 = 1 << 0
    static let verticalRetrace: UInt8 = 1 << 3
  }

  /// Sequencer registers.
  enum SequencerRegister {
    static let clockingMode = 1
    static let mapMask = 2
    static let characterMapSelect = 3
    static let memoryMode = 4
    static let masks: [UInt8] = [0x03, 0x3D, 0x0F, 0x3F, 0x0E]
    static let addressBits: UInt8 = 7
  }

  /// Clocking mode register.
  enum ClockingMode {
    /// Characters are 8 dots wide, not 9.
    static let eightDots: UInt8 = 1 << 0
    static let screenOff: UInt8 = 1 << 5
  }

  /// Memory mode register.
  enum MemoryMode {
    /// Odd/even: 0 has odd addresses in odd planes.
    static let sequential: UInt8 = 1 << 2
    static let chain4: UInt8 = 1 << 3
  }

  /// Graphics controller registers.
  enum GraphicsRegister {
    static let setReset = 0
    static let enableSetReset = 1
    static let colorCompare = 2
    static let dataRotate = 3
    static let readMapSelect = 4
    static let mode = 5
    static let miscellaneous = 6
    static let colorDontCare = 7
    static let bitMask = 8
    static let masks: [UInt8] = [0x0F, 0x0F, 0x0F, 0x1F, 0x03, 0x7B, 0x0F, 0x0F, 0xFF]
    static let addressBits: UInt8 = 0x0F
  }

  /// Graphics mode register.
  enum GraphicsMode {
    static let writeMode: UInt8 = 3
    /// Read type: compare.
    static let readCompare: UInt8 = 1 << 3
    static let oddEven: UInt8 = 1 << 4
    /// Shift register: two bits of even, then of odd planes.
    static let interleavedShift: UInt8 = 1 << 5
    /// 256-colour mode.
    static let shift256: UInt8 = 1 << 6
  }

  /// Miscellaneous graphics register.
  enum GraphicsMiscellaneous {
    static let graphics: UInt8 = 1 << 0
    static let memoryMapShift: UInt8 = 2
  }

  /// CRT controller registers.
  enum CRTCRegister {
    static let horizontalDisplayEnd = 0x01
    static let overflow = 0x07
    static let presetRowScan = 0x08
    static let maximumScanLine = 0x09
    static let cursorStart = 0x0A
    static let cursorEnd = 0x0B
    static let startHigh = 0x0C
    static let startLow = 0x0D
    static let cursorHigh = 0x0E
    static let cursorLow = 0x0F
    static let verticalRetraceEnd = 0x11
    static let verticalDisplayEnd = 0x12
    static let offset = 0x13
    static let underline = 0x14
    static let mode = 0x17
    static let lineCompare = 0x18
    static let masks: [UInt8] = [
      0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0x3F, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
      0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xEF, 0xFF,
    ]
    /// In the vertical retrace end register: registers 0 to 7 are protected.
    static let protect: UInt8 = 1 << 7
    /// In the overflow register: bit 8 of the line compare, which is not protected.
    static let overflowLineCompare: UInt8 = 1 << 4
    /// In the overflow register: bits 8 and 9 of the vertical display end.
    static let overflowDisplayEnd8: UInt8 = 1 << 1
    static let overflowDisplayEnd9: UInt8 = 1 << 6
  }

  /// Maximum scan line register.
  enum MaximumScanLine {
    static let count: UInt8 = 0x1F
    static let lineCompare9: UInt8 = 1 << 6
    /// 200 to 400 line conversion: each line is drawn twice.
    static let doubleScan: UInt8 = 1 << 7
  }

  /// Cursor start, cursor end and underline location registers.
  enum Cursor {
    static let line: UInt8 = 0x1F
    /// In the start register.
    static let off: UInt8 = 1 << 5
    /// In the end register: characters that the cursor comes later.
    static let skewShift: UInt8 = 5
  }

  /// Underline location register.
  enum Underline {
    static let line: UInt8 = 0x1F
    static let countByFour: UInt8 = 1 << 5
    static let doubleWord: UInt8 = 1 << 6
  }

  /// CRT mode control register.
  enum CRTCMode {
    /// CMS 0: 0 has row scan bit 0 in place of address bit 13.
    static let noRowScan13: UInt8 = 1 << 0
    /// Select row scan counter: 0 has row scan bit 1 in place of address bit 14.
    static let noRowScan14: UInt8 = 1 << 1
    static let countByTwo: UInt8 = 1 << 3
    /// Address wrap: bit 15, not bit 13, becomes bit 0 of a word address.
    static let wrap15: UInt8 = 1 << 5
    static let byteMode: UInt8 = 1 << 6
  }

  /// Attribute controller registers.
  enum AttributeRegister {
    static let paletteCount = 16
    static let mode = 0x10
    static let planeEnable = 0x12
    static let panning = 0x13
    static let colorSelect = 0x14
    static let masks: [UInt8] = [UInt8](repeating: 0x3F, count: paletteCount) + [0xEF, 0xFF, 0x3F, 0x0F, 0x0F]
    static let number: UInt8 = 0x1F
    /// Palette address source: the screen uses the palette, which cannot be written.
    static let paletteSource: UInt8 = 1 << 5
    static let addressBits = number | paletteSource
  }

  /// Attribute mode control register.
  enum AttributeMode {
    /// Enable line graphics character codes.
    static let lineGraphics: UInt8 = 1 << 2
    static let blink: UInt8 = 1 << 3
    /// PEL panning compatibility: no panning behind the line compare.
    static let panningUpToLineCompare: UInt8 = 1 << 5
    /// PEL width: 8 bits in two clocks.
    static let wide: UInt8 = 1 << 6
    /// P5, P4 select: bits of the colour select register.
    static let colorSelect: UInt8 = 1 << 7
  }

  /// The DAC state register.
  enum ColorState {
    static let read: UInt8 = 3
    static let write: UInt8 = 0
  }
}
