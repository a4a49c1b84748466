import DevicesLegacy
import Screen
import X86

/// Registers of a mode as the IBM technical reference's tables have them ("BIOS Video Parameters").
struct ModeTable: Sendable {
  var miscellaneous: UInt8
  var sequencer: [UInt8]
  var crtc: [UInt8]
  var graphics: [UInt8]
  var attributes: [UInt8]

  private static let planes16: [UInt8] = [
    0, 1, 2, 3, 4, 5, 0x14, 7, 0x38, 0x39, 0x3A, 0x3B, 0x3C, 0x3D, 0x3E, 0x3F, 1, 0, 0xF, 0, 0,
  ]
  private static let narrow16: [UInt8] = [
    0, 1, 2, 3, 4, 5, 6, 7, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 1, 0, 0xF, 0, 0,
  ]

  static let mode04 = Self(
    miscellaneous: 0x63, sequencer: [3, 9, 3, 0, 2],
    crtc: [
      0x2D, 0x27, 0x28, 0x90, 0x2B, 0x80, 0xBF, 0x1F, 0, 0xC1, 0, 0, 0, 0, 0, 0, 0x9C, 0x8E, 0x8F, 0x14, 0, 0x96, 0xB9,
      0xA2, 0xFF,
    ], graphics: [0, 0, 0, 0, 0, 0x30, 0xF, 0xF, 0xFF],
    attributes: [
      0, 0x13, 0x15, 0x17, 2, 4, 6, 7, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 1, 0, 3, 0, 0,
    ])
  static let mode06 = Self(
    miscellaneous: 0x63, sequencer: [3, 1, 1, 0, 6],
    crtc: [
      0x5F, 0x4F, 0x50, 0x82, 0x54, 0x80, 0xBF, 0x1F, 0, 0xC1, 0, 0, 0, 0, 0, 0, 0x9C, 0x8E, 0x8F, 0x28, 0, 0x96, 0xB9,
      0xC2, 0xFF,
    ], graphics: [0, 0, 0, 0, 0, 0, 0xD, 0xF, 0xFF],
    attributes: [0] + [UInt8](repeating: 0x17, count: 15) + [1, 0, 1, 0, 0])
  static let mode0D = Self(
    miscellaneous: 0x63, sequencer: [3, 9, 0xF, 0, 6],
    crtc: [
      0x2D, 0x27, 0x28, 0x90, 0x2B, 0x80, 0xBF, 0x1F, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x9C, 0x8E, 0x8F, 0x14, 0, 0x96, 0xB9,
      0xE3, 0xFF,
    ], graphics: [0, 0, 0, 0, 0, 0, 5, 0xF, 0xFF], attributes: narrow16)
  static let mode10 = Self(
    miscellaneous: 0xA3, sequencer: [3, 1, 0xF, 0, 6],
    crtc: [
      0x5F, 0x4F, 0x50, 0x82, 0x54, 0x80, 0xBF, 0x1F, 0, 0x40, 0, 0, 0, 0, 0, 0, 0x83, 0x85, 0x5D, 0x28, 0xF, 0x63,
      0xBA,
      0xE3, 0xFF,
    ], graphics: [0, 0, 0, 0, 0, 0, 5, 0xF, 0xFF], attributes: planes16)
  static let mode12 = Self(
    miscellaneous: 0xE3, sequencer: [3, 1, 0xF, 0, 6],
    crtc: [
      0x5F, 0x4F, 0x50, 0x82, 0x54, 0x80, 0x0B, 0x3E, 0, 0x40, 0, 0, 0, 0, 0, 0, 0xEA, 0x8C, 0xDF, 0x28, 0, 0xE7, 0x04,
      0xE3, 0xFF,
    ], graphics: [0, 0, 0, 0, 0, 0, 5, 0xF, 0xFF], attributes: planes16)
  static let mode13 = Self(
    miscellaneous: 0x63, sequencer: [3, 1, 0xF, 0, 0xE],
    crtc: [
      0x5F, 0x4F, 0x50, 0x82, 0x54, 0x80, 0xBF, 0x1F, 0, 0x41, 0, 0, 0, 0, 0, 0, 0x9C, 0x8E, 0x8F, 0x28, 0x40, 0x96,
      0xB9, 0xA3, 0xFF,
    ], graphics: [0, 0, 0, 0, 0, 0x40, 5, 0xF, 0xFF],
    attributes: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0xA, 0xB, 0xC, 0xD, 0xE, 0xF, 0x41, 0, 0xF, 0, 0])
}

/// A display that is written as a guest writes it.
struct TestDisplay {
  let chip: VGA

  /// In mode 3, as on a board without a video BIOS.
  init() { chip = VGA(.textMode()) }

  init(_ mode: ModeTable) {
    chip = VGA()
    port(0x3C2, mode.miscellaneous)
    for (index, value) in mode.sequencer.enumerated() { set(0x3C4, index, value) }
    for (index, value) in mode.crtc.enumerated() { set(0x3D4, index, value) }
    for (index, value) in mode.graphics.enumerated() { set(0x3CE, index, value) }
    for (index, value) in mode.attributes.enumerated() { set(0x3C0, index, value) }
    port(0x3C0, 0x20)
    // Entry n of the DAC is n in red, its complement in green.
    port(0x3C8, 0)
    for entry in 0..<64 as Range<UInt8> { for part in [entry, 63 - entry, 0] { port(0x3C9, part) } }
  }

  /// A mode of the added registers.
  init(width: UInt16, height: UInt16, depth: UInt16) {
    chip = VGA()
    for (index, value) in [(1, width), (2, height), (3, depth), (4, 0x41)] as [(UInt64, UInt16)] {
      chip.write(index, offset: VGA.interfaceOffset, width: 2, now: .zero)
      chip.write(UInt64(value), offset: VGA.interfaceOffset + 1, width: 2, now: .zero)
    }
  }

  var state: VGA.State { chip.state }
  var picture: Picture { Picture(state) }

  func port(_ port: UInt16, _ value: UInt8) {
    chip.write(UInt64(value), offset: VGA.portOffset + UInt64(port) - 0x3B0, width: 1, now: .zero)
  }

  func set(_ port: UInt16, _ index: Int, _ value: UInt8) {
    if port == 0x3C0 { _ = chip.read(offset: VGA.portOffset + 0x2A, width: 1, now: .zero) }
    self.port(port, UInt8(index))
    self.port(port == 0x3C0 ? port : port + 1, value)
  }

  func store(_ value: UInt8, _ address: UInt64) {
    chip.write(UInt64(value), offset: address - VGA.windowAddress, width: 1, now: .zero)
  }

  /// Writes characters of an attribute in text mode.
  func print(_ text: String, attribute: UInt8 = 7, row: UInt64 = 0, column: UInt64 = 0) {
    for (index, byte) in text.utf8.enumerated() {
      let address = 0xB8000 + (row * 80 + column + UInt64(index)) * 2
      store(byte, address)
      store(attribute, address + 1)
    }
  }
}

extension Picture {
  /// Part of the picture, a character a dot: those of the first colour are dots, of the second #, of any other ?.
  func drawing(_ xs: Range<Int>, _ ys: Range<Int>, _ off: UInt32, _ on: UInt32) -> [String] {
    ys.map { y in String(xs.map { x in self[x, y] == off ? "." : self[x, y] == on ? "#" : "?" }) }
  }

  /// FNV-1a of its size and its bytes.
  var hash: UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in [UInt8(width & 0xFF), UInt8(width >> 8), UInt8(height & 0xFF), UInt8(height >> 8)] + bytes {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
    }
    return hash
  }
}
