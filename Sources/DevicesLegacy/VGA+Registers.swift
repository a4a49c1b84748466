import X86

// The ports 3B0h to 3DFh.

extension VGA {
  /// Ports of registers that have one place.
  private enum Port {
    static let attribute: UInt16 = 0x3C0
    static let attributeRead: UInt16 = 0x3C1
    /// Miscellaneous output on writes, input status 0 on reads.
    static let miscellaneous: UInt16 = 0x3C2
    static let subsystemEnable: UInt16 = 0x3C3
    static let sequencerIndex: UInt16 = 0x3C4
    static let sequencer: UInt16 = 0x3C5
    static let colorMask: UInt16 = 0x3C6
    /// PEL address for reads on writes, DAC state on reads.
    static let colorReadIndex: UInt16 = 0x3C7
    static let colorIndex: UInt16 = 0x3C8
    static let color: UInt16 = 0x3C9
    static let featureControlRead: UInt16 = 0x3CA
    static let miscellaneousRead: UInt16 = 0x3CC
    static let graphicsIndex: UInt16 = 0x3CE
    static let graphics: UInt16 = 0x3CF
    /// Those that are at 3Bxh or 3Dxh, as offsets from 3B0h or 3D0h.
    static let crtcIndex: UInt16 = 4
    static let crtc: UInt16 = 5
    /// Input status 1 on reads, feature control on writes.
    static let status: UInt16 = 0xA
  }

  private static let nothing: UInt8 = 0xFF

  /// The offset of a port from 3B0h or 3D0h if the registers that move are there now.
  private func movable(_ port: UInt16) -> UInt16? {
    let base: UInt16 = state.miscellaneous & Miscellaneous.colorPorts != 0 ? 0x3D0 : 0x3B0
    return port & 0xFFF0 == base ? port & 0xF : nil
  }

  func readPort(_ port: UInt16, _ now: VirtualTime) -> UInt8 {
    switch port {
    case Port.attribute: return state.attributeIndex
    case Port.attributeRead:
      let index = Int(state.attributeIndex & AttributeRegister.number)
      return index < state.attributes.count ? state.attributes[index] : 0
    case Port.miscellaneous: return InputStatus0.switchSense
    case Port.subsystemEnable: return state.subsystemEnable
    case Port.sequencerIndex: return state.sequencerIndex
    case Port.sequencer: return Self.register(state.sequencer, state.sequencerIndex)
    case Port.colorMask: return state.colorMask
    case Port.colorReadIndex: return state.isReadingColors ? ColorState.read : ColorState.write
    case Port.colorIndex: return state.colorIndex
    case Port.color: return readColor()
    case Port.featureControlRead: return state.featureControl
    case Port.miscellaneousRead: return state.miscellaneous
    case Port.graphicsIndex: return state.graphicsIndex
    case Port.graphics: return Self.register(state.graphics, state.graphicsIndex)
    default: break
    }
    switch movable(port) {
    case Port.crtcIndex: return state.crtcIndex
    case Port.crtc: return Self.register(state.crtc, state.crtcIndex)
    case Port.status:
      state.expectsAttribute = false
      return Self.status(now.nanoseconds)
    default: return Self.nothing
    }
  }

  private static func register(_ registers: [UInt8], _ index: UInt8) -> UInt8 {
    Int(index) < registers.count ? registers[Int(index)] : 0
  }

  /// 70 pictures a second of 449 lines, whatever the CRT controller is set to.
  private static func status(_ nanoseconds: UInt64) -> UInt8 {
    let line = nanoseconds % 14_285_714 / 31_816
    let isRetracing = (412..<414).contains(line)
    let isBlank = line >= 400 || nanoseconds % 31_816 >= 25_422
    return (isRetracing ? InputStatus1.verticalRetrace : 0) | (isBlank ? InputStatus1.displayDisabled : 0)
  }

  func writePort(_ value: UInt8, _ port: UInt16) {
    switch port {
    case Port.attribute: return writeAttribute(value)
    case Port.miscellaneous: state.miscellaneous = value
    case Port.subsystemEnable: state.subsystemEnable = value
    case Port.sequencerIndex: state.sequencerIndex = value & SequencerRegister.addressBits
    case Port.sequencer:
      let index = Int(state.sequencerIndex)
      if index < state.sequencer.count { state.sequencer[index] = value & SequencerRegister.masks[index] }
    case Port.colorMask: state.colorMask = value
    case Port.colorReadIndex: (state.colorIndex, state.colorPart, state.isReadingColors) = (value, 0, true)
    case Port.colorIndex: (state.colorIndex, state.colorPart, state.isReadingColors) = (value, 0, false)
    case Port.color: writeColor(value)
    case Port.graphicsIndex: state.graphicsIndex = value & GraphicsRegister.addressBits
    case Port.graphics:
      let index = Int(state.graphicsIndex)
      if index < state.graphics.count { state.graphics[index] = value & GraphicsRegister.masks[index] }
    default: break
    }
    switch movable(port) {
    case Port.crtcIndex: state.crtcIndex = value
    case Port.crtc: writeCRTC(value)
    case Port.status: state.featureControl = value
    default: break
    }
  }

  private func writeCRTC(_ value: UInt8) {
    let index = Int(state.crtcIndex)
    guard index < state.crtc.count else { return }
    guard index <= CRTCRegister.overflow,
      state.crtc[CRTCRegister.verticalRetraceEnd] & CRTCRegister.protect != 0
    else {
      state.crtc[index] = value & CRTCRegister.masks[index]
      return
    }
    if index == CRTCRegister.overflow {
      let others = state.crtc[index] & ~CRTCRegister.overflowLineCompare
      state.crtc[index] = others | (value & CRTCRegister.overflowLineCompare)
    }
  }

  /// "Attribute Address Register": writes are an address and its data by turns.
  private func writeAttribute(_ value: UInt8) {
    defer { state.expectsAttribute.toggle() }
    guard state.expectsAttribute else {
      state.attributeIndex = value & AttributeRegister.addressBits
      return
    }
    let index = Int(state.attributeIndex & AttributeRegister.number)
    let isInUse = state.attributeIndex & AttributeRegister.paletteSource != 0
    guard index < state.attributes.count, index >= AttributeRegister.paletteCount || !isInUse else { return }
    state.attributes[index] = value & AttributeRegister.masks[index]
  }

  // MARK: Colours

  private var colorPlace: Int { Int(state.colorIndex) * 3 + Int(state.colorPart) }

  private func nextColor() {
    state.colorPart += 1
    guard state.colorPart == 3 else { return }
    state.colorPart = 0
    state.colorIndex &+= 1
  }

  private func readColor() -> UInt8 {
    defer { nextColor() }
    return state.colors[colorPlace]
  }

  private func writeColor(_ value: UInt8) {
    state.colors[colorPlace] = state.interface.hasWideColors ? value : value & 0x3F
    nextColor()
  }
}
