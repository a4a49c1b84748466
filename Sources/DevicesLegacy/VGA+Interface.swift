// The registers that Bochs' display added: an index at 1CEh, data at 1CFh and 1D0h, all of 16 bits.

/// The added registers: resolutions and depths beyond VGA's in a linear frame buffer.
public struct DisplayInterface: Equatable, Sendable, Codable {
  /// Indices.
  enum Index {
    static let identification: UInt16 = 0
    static let width: UInt16 = 1
    static let height: UInt16 = 2
    static let depth: UInt16 = 3
    static let enable: UInt16 = 4
    static let bank: UInt16 = 5
    static let virtualWidth: UInt16 = 6
    static let virtualHeight: UInt16 = 7
    static let offsetX: UInt16 = 8
    static let offsetY: UInt16 = 9
    static let memorySize: UInt16 = 0xA
  }

  /// The enable register.
  enum Enable {
    static let enabled: UInt16 = 1 << 0
    /// Width, height and depth read as the largest.
    static let capabilities: UInt16 = 1 << 1
    static let wideColors: UInt16 = 1 << 5
    static let linear: UInt16 = 1 << 6
    /// The memory is kept when a mode is set.
    static let keepsMemory: UInt16 = 1 << 7
    static let all = enabled | capabilities | wideColors | linear | keepsMemory
  }

  static let identifications: ClosedRange<UInt16> = 0xB0C0...0xB0C5
  static let maximumWidth: UInt16 = 2560
  static let maximumHeight: UInt16 = 1600
  static let maximumDepth: UInt16 = 32
  static let depths: [UInt16] = [4, 8, 15, 16, 24, 32]
  static let bankByteCount = 0x1_0000
  static let bankCount = VideoMemory.byteCount / bankByteCount

  /// Index.
  public var index: UInt16 = 0
  /// Which version of the interface software asked for.
  public var identification = identifications.upperBound
  /// Width in pixels.
  public var width: UInt16 = 0
  /// Height in pixels.
  public var height: UInt16 = 0
  /// Bits of a pixel.
  public var depth: UInt16 = 8
  /// Enable bits.
  public var enable: UInt16 = 0
  /// 64 KiB of the frame buffer that are at A0000h.
  public var bank: UInt16 = 0
  /// Pixels from a line to the next.
  public var virtualWidth: UInt16 = 0
  /// The pixel of a line that is first on the screen.
  public var offsetX: UInt16 = 0
  /// The line that is first on the screen.
  public var offsetY: UInt16 = 0

  /// A mode of this interface is shown.
  public var isEnabled: Bool { enable & Enable.enabled != 0 }
  /// Colours of the DAC have 8 bits, not 6.
  public var hasWideColors: Bool { enable & Enable.wideColors != 0 }
  /// The window at A0000h is bytes of the frame buffer.
  var isLinear: Bool { isEnabled && depth > 4 }
  /// The window at A0000h is four planes.
  var isPlanar: Bool { isEnabled && depth == 4 }
  /// Where the bank begins, in bytes or in words of the planes.
  var bankOffset: Int { Int(bank) * Self.bankByteCount }
  /// Bytes from a line to the next; in 4 planes words.
  var pitch: Int { Self.byteCount(virtualWidth, depth: depth) }
  /// Lines that the memory has.
  var virtualHeight: UInt16 {
    let size = depth == 4 ? VideoMemory.wordCount : VideoMemory.byteCount
    return pitch == 0 ? 0 : UInt16(min(size / pitch, 0xFFFF))
  }

  private static func byteCount(_ pixels: UInt16, depth: UInt16) -> Int {
    switch depth {
    case 4: (Int(pixels) + 7) / 8
    case 8: Int(pixels)
    case 15, 16: Int(pixels) * 2
    case 24: Int(pixels) * 3
    default: Int(pixels) * 4
    }
  }

  /// Reads a register; those that are not there are 0.
  func value(_ index: UInt16) -> UInt16 {
    let showsLimits = enable & Enable.capabilities != 0
    return switch index {
    case Index.identification: identification
    case Index.width: showsLimits ? Self.maximumWidth : width
    case Index.height: showsLimits ? Self.maximumHeight : height
    case Index.depth: showsLimits ? Self.maximumDepth : depth
    case Index.enable: enable
    case Index.bank: bank
    case Index.virtualWidth: virtualWidth
    case Index.virtualHeight: virtualHeight
    case Index.offsetX: offsetX
    case Index.offsetY: offsetY
    case Index.memorySize: UInt16(Self.bankCount)
    default: 0
    }
  }

  /// Writes a register other than the enable register; values that do not fit are ignored.
  mutating func set(_ index: UInt16, _ value: UInt16) {
    switch index {
    case Index.identification: if Self.identifications.contains(value) { identification = value }
    case Index.width: if !isEnabled && (1...Self.maximumWidth).contains(value) { width = value }
    case Index.height: if !isEnabled && (1...Self.maximumHeight).contains(value) { height = value }
    case Index.depth: if !isEnabled && Self.depths.contains(value) { depth = value }
    case Index.bank: if value < Self.bankCount { bank = value }
    case Index.virtualWidth:
      var wide = self
      wide.virtualWidth = max(value, width)
      if isEnabled && wide.fits { self = wide }
    case Index.offsetX:
      var moved = self
      moved.offsetX = value
      if isEnabled && moved.fits { self = moved }
    case Index.offsetY:
      var moved = self
      moved.offsetY = value
      if isEnabled && moved.fits { self = moved }
    default: break
    }
  }

  /// What is shown is inside the memory.
  private var fits: Bool {
    Int(offsetX) + Int(width) <= Int(virtualWidth) && Int(offsetY) + Int(height) <= Int(virtualHeight)
  }

  /// The line begins of a mode that has just been set.
  mutating func begin() { (virtualWidth, offsetX, offsetY, bank) = (width, 0, 0, 0) }

  /// What is impossible, if anything.
  static func problem(in state: Self) -> String? {
    FieldCheck.first(
      FieldCheck.range("VGA interface identification", state.identification, identifications),
      FieldCheck.range("VGA interface width", state.width, 0...maximumWidth),
      FieldCheck.range("VGA interface height", state.height, 0...maximumHeight),
      FieldCheck.choice("VGA interface depth", state.depth, depths),
      FieldCheck.bits("VGA interface enable", state.enable, Enable.all),
      FieldCheck.range("VGA interface bank", state.bank, 0...UInt16(bankCount - 1)),
      state.isEnabled && (state.width == 0 || state.height == 0 || !state.fits)
        ? "VGA interface shows what is not in its memory" : nil)
  }
}

extension VGA {
  private typealias Index = DisplayInterface.Index
  private typealias Enable = DisplayInterface.Enable

  func readInterface(_ offset: UInt64) -> UInt64 {
    UInt64(offset == 0 ? state.interface.index : state.interface.value(state.interface.index))
  }

  /// A write of 4 bytes at the index reaches the data at 1D0h by its high half.
  func writeInterface(_ value: UInt64, offset: UInt64, width: Int) {
    let low = UInt16(truncatingIfNeeded: width == 1 ? value & 0xFF : value)
    guard offset == 0 else { return writeInterfaceData(low) }
    state.interface.index = low
    if width == 4 { writeInterfaceData(UInt16(truncatingIfNeeded: value >> 16)) }
  }

  private func writeInterfaceData(_ value: UInt16) {
    guard state.interface.index == Index.enable else { return state.interface.set(state.interface.index, value) }
    let old = state.interface
    state.interface.enable = value & Enable.all
    if state.interface.hasWideColors != old.hasWideColors {
      // "8BIT_DAC": the palette is converted.
      for index in state.colors.indices {
        let color = state.colors[index]
        state.colors[index] = old.hasWideColors ? color >> 2 : color << 2 | color >> 4
      }
    }
    guard state.interface.isEnabled, !old.isEnabled else { return }
    guard old.width != 0 && old.height != 0 else {
      state.interface.enable &= ~Enable.enabled
      return
    }
    state.interface.begin()
    if value & Enable.keepsMemory == 0 { state.memory.clear() }
  }
}
