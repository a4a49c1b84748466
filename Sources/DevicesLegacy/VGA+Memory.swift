// The window A0000h to BFFFFh: "Graphics Controller", "Memory Mode Register", "Display Memory Organization".

extension VGA {
  /// A place in the window: the word, and the planes that it can reach.
  private struct Place {
    var word: Int
    var planes: UInt8
  }

  /// A nibble as a word: a byte of ones for each bit that is one.
  @inline(__always)
  private static func spread(_ planes: UInt8) -> UInt32 {
    let bits = UInt32(planes)
    return (bits & 1 | (bits & 2) << 7 | (bits & 4) << 14 | (bits & 8) << 21) &* 0xFF
  }

  /// The offset in the memory map that is selected; nil if it does not answer there.
  @inline(__always)
  private func mapped(_ offset: Int) -> Int? {
    guard state.miscellaneous & Miscellaneous.memory != 0 else { return nil }
    switch state.graphics[GraphicsRegister.miscellaneous] >> GraphicsMiscellaneous.memoryMapShift & 3 {
    case 0: return offset < 0x2_0000 ? offset : nil
    case 1: return offset < 0x1_0000 ? offset : nil
    case 2: return (0x1_0000..<0x1_8000).contains(offset) ? offset & 0x7FFF : nil
    default: return (0x1_8000..<0x2_0000).contains(offset) ? offset & 0x7FFF : nil
    }
  }

  private var isChained: Bool { state.sequencer[SequencerRegister.memoryMode] & MemoryMode.chain4 != 0 }

  /// "Chain 4" and "Odd/Even": where the low address bits select planes, higher ones take their places, as the CRT
  /// controller has it in its doubleword and word modes.
  @inline(__always)
  private func place(_ address: Int, isOddEven: Bool) -> Place {
    if state.interface.isPlanar { return Place(word: state.interface.bankOffset + address & 0xFFFF, planes: 0xF) }
    if isChained { return Place(word: address & 0xFFFC | address >> 14 & 3, planes: 1 << UInt8(address & 3)) }
    guard isOddEven else { return Place(word: address & 0xFFFF, planes: 0xF) }
    return Place(word: address & 0xFFFE | address >> 16 & 1, planes: address & 1 == 0 ? 0b0101 : 0b1010)
  }

  func readWindow(_ offset: Int) -> UInt8 {
    if state.interface.isLinear {
      return offset < 0x1_0000 ? state.memory[byte: state.interface.bankOffset + offset] : 0xFF
    }
    guard let address = mapped(offset) else { return 0xFF }
    let mode = state.graphics[GraphicsRegister.mode]
    let isOddEven = mode & GraphicsMode.oddEven != 0
    state.latches = state.memory[place(address, isOddEven: isOddEven).word]
    if mode & GraphicsMode.readCompare != 0 { return compared() }
    var plane = state.graphics[GraphicsRegister.readMapSelect]
    if isChained {
      plane = UInt8(address & 3)
    } else if isOddEven && !state.interface.isPlanar {
      plane = plane & 2 | UInt8(address & 1)
    }
    return UInt8(truncatingIfNeeded: state.latches >> UInt32(plane * 8))
  }

  /// Read mode 1: a bit is one where all planes that count have the colour.
  private func compared() -> UInt8 {
    let colors = Self.spread(state.graphics[GraphicsRegister.colorCompare])
    let differences = (state.latches ^ colors) & Self.spread(state.graphics[GraphicsRegister.colorDontCare])
    let halves = differences | differences >> 16
    return ~UInt8(truncatingIfNeeded: halves | halves >> 8)
  }

  func writeWindow(_ value: UInt8, _ offset: Int) {
    if state.interface.isLinear {
      if offset < 0x1_0000 { state.memory[byte: state.interface.bankOffset + offset] = value }
      return
    }
    guard let address = mapped(offset) else { return }
    let isOddEven = state.sequencer[SequencerRegister.memoryMode] & MemoryMode.sequential == 0
    let place = place(address, isOddEven: isOddEven)
    let planes = Self.spread(place.planes & state.sequencer[SequencerRegister.mapMask])
    state.memory[place.word] = (state.memory[place.word] & ~planes) | (word(value) & planes)
  }

  /// What a byte of the processor becomes for all planes, by the write mode.
  @inline(__always)
  private func word(_ value: UInt8) -> UInt32 {
    let graphics = state.graphics
    let rotation = graphics[GraphicsRegister.dataRotate] & 7
    let rotated = value >> rotation | value << ((8 - rotation) & 7)
    let mask = graphics[GraphicsRegister.bitMask]
    let setReset = Self.spread(graphics[GraphicsRegister.setReset])
    switch graphics[GraphicsRegister.mode] & GraphicsMode.writeMode {
    case 0:
      let enabled = Self.spread(graphics[GraphicsRegister.enableSetReset])
      return merged(combined(UInt32(rotated) &* 0x0101_0101 & ~enabled | setReset & enabled), mask)
    case 1: return state.latches
    case 2: return merged(combined(Self.spread(value & 0xF)), mask)
    default: return merged(setReset, rotated & mask)
    }
  }

  /// "Data Rotate Register", function select.
  @inline(__always)
  private func combined(_ word: UInt32) -> UInt32 {
    switch state.graphics[GraphicsRegister.dataRotate] >> 3 & 3 {
    case 0: word
    case 1: word & state.latches
    case 2: word | state.latches
    default: word ^ state.latches
    }
  }

  /// Bits that the mask leaves out are those of the latches.
  @inline(__always)
  private func merged(_ word: UInt32, _ mask: UInt8) -> UInt32 {
    let bits = UInt32(mask) &* 0x0101_0101
    return word & bits | state.latches & ~bits
  }
}
