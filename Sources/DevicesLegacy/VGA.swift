public import X86

/// A video graphics array with 16 MiB of memory, and the frame buffer registers that Bochs' display added to it.
///
/// Source: IBM PS/2 Hardware Interface Technical Reference, "Video Subsystem"; for the added registers ("DISPI") the
/// document "VBE display interface" of the Bochs VGA BIOS. Its offsets are the window A0000h to BFFFFh, then the ports
/// 3B0h to 3DFh, then the ports 1CEh to 1D0h; the linear frame buffer is `readFrameBuffer` and `writeFrameBuffer`.
///
/// The planes are the first 64 Ki words of the memory. Nothing is drawn here: what a screen shows is a function of the
/// state (`VGAScanout`).
public final class VGA: BusDevice {
  /// Everything that changes.
  public struct State: Equatable, Sendable, Codable {
    /// Miscellaneous output.
    public var miscellaneous: UInt8 = 0
    /// Feature control.
    public var featureControl: UInt8 = 0
    /// Video subsystem enable.
    public var subsystemEnable: UInt8 = 0
    /// Address register of the sequencer.
    public var sequencerIndex: UInt8 = 0
    /// Sequencer.
    public var sequencer = [UInt8](repeating: 0, count: SequencerRegister.masks.count)
    /// Address register of the graphics controller.
    public var graphicsIndex: UInt8 = 0
    /// Graphics controller.
    public var graphics = [UInt8](repeating: 0, count: GraphicsRegister.masks.count)
    /// Address register of the CRT controller.
    public var crtcIndex: UInt8 = 0
    /// CRT controller.
    public var crtc = [UInt8](repeating: 0, count: CRTCRegister.masks.count)
    /// Address register of the attribute controller with its palette address source bit.
    public var attributeIndex: UInt8 = 0
    /// Attribute controller: the palette, then its other registers.
    public var attributes = [UInt8](repeating: 0, count: AttributeRegister.masks.count)
    /// The flip-flop: the next write to 3C0h is data.
    public var expectsAttribute = false
    /// Red, green and blue of 256 colours, of 6 bits, or of 8 if the DAC is so set.
    public var colors = [UInt8](repeating: 0, count: 768)
    /// PEL mask.
    public var colorMask: UInt8 = 0xFF
    /// PEL address.
    public var colorIndex: UInt8 = 0
    /// Which of the three components is next.
    public var colorPart: UInt8 = 0
    /// The last address was written for reads.
    public var isReadingColors = false
    /// A byte of each plane from the last read.
    public var latches: UInt32 = 0
    /// The added registers.
    public var interface = DisplayInterface()
    /// The memory.
    public var memory = VideoMemory()
    /// Makes the state after reset, in which nothing is shown.
    public init() {}
  }

  /// Offset of port 3B0h.
  public static let portOffset: UInt64 = 0x2_0000
  /// Offset of port 1CEh.
  public static let interfaceOffset: UInt64 = 0x2_0100
  /// Bytes of the window at A0000h.
  public static let windowByteCount: UInt64 = 0x2_0000
  /// Where the window is.
  public static let windowAddress: UInt64 = 0xA_0000
  /// The ports.
  public static let ports: ClosedRange<UInt16> = 0x3B0...0x3DF
  /// The ports of the added registers.
  public static let interfacePorts: ClosedRange<UInt16> = 0x1CE...0x1D0

  /// The state.
  public internal(set) var state: State

  /// Makes a display in a state, that after reset if a video BIOS will set it up.
  public init(_ state: State = State()) { self.state = state }

  /// Reads the window byte by byte, or a register.
  public func read(offset: UInt64, width: Int, now: VirtualTime) -> UInt64 {
    if offset >= Self.interfaceOffset { return readInterface(offset - Self.interfaceOffset) }
    if offset >= Self.portOffset {
      return UInt64(readPort(Self.ports.lowerBound + UInt16(truncatingIfNeeded: offset & 0x3F), now))
    }
    var value: UInt64 = 0
    for index in 0..<min(width, 8) {
      value |= UInt64(readWindow(Int(offset) + index)) << UInt64(index * 8)
    }
    return value
  }

  /// Writes the window byte by byte, or a register.
  public func write(_ value: UInt64, offset: UInt64, width: Int, now: VirtualTime) {
    if offset >= Self.interfaceOffset {
      return writeInterface(value, offset: offset - Self.interfaceOffset, width: width)
    }
    if offset >= Self.portOffset {
      let port = Self.ports.lowerBound + UInt16(truncatingIfNeeded: offset & 0x3F)
      return writePort(UInt8(truncatingIfNeeded: value), port)
    }
    for index in 0..<min(width, 8) {
      writeWindow(UInt8(truncatingIfNeeded: value >> UInt64(index * 8)), Int(offset) + index)
    }
  }

  // MARK: Linear frame buffer

  /// Reads the linear frame buffer; beyond its end are zeros.
  public func readFrameBuffer(offset: UInt64, width: Int) -> UInt64 {
    guard offset < UInt64(VideoMemory.byteCount) else { return 0 }
    let at = Int(offset)
    if at & 3 == 0 && width >= 4 {
      let low = UInt64(state.memory[at >> 2])
      return width == 4 ? low : low | UInt64(state.memory[(at >> 2) + 1]) << 32
    }
    var value: UInt64 = 0
    for index in 0..<min(width, 8) { value |= UInt64(state.memory[byte: at + index]) << UInt64(index * 8) }
    return value
  }

  /// Writes the linear frame buffer.
  public func writeFrameBuffer(_ value: UInt64, offset: UInt64, width: Int) {
    guard offset < UInt64(VideoMemory.byteCount) else { return }
    let at = Int(offset)
    if at & 3 == 0 && width >= 4 {
      state.memory[at >> 2] = UInt32(truncatingIfNeeded: value)
      if width > 4 { state.memory[(at >> 2) + 1] = UInt32(truncatingIfNeeded: value >> 32) }
      return
    }
    for index in 0..<min(width, 8) {
      state.memory[byte: at + index] = UInt8(truncatingIfNeeded: value >> UInt64(index * 8))
    }
  }
}

extension VGA: RestorableChip {
  /// Puts back a state.
  public func restore(_ state: State) { self.state = state }

  /// What is impossible in a state, if anything.
  public static func problem(in state: State) -> String? {
    func masked(_ name: String, _ registers: [UInt8], _ masks: [UInt8]) -> String? {
      if let problem = FieldCheck.count("VGA \(name) registers", registers, masks.count) { return problem }
      for (index, mask) in masks.enumerated() {
        if let problem = FieldCheck.bits("VGA \(name) register \(index)", registers[index], mask) { return problem }
      }
      return nil
    }
    return FieldCheck.first(
      masked("sequencer", state.sequencer, SequencerRegister.masks),
      masked("graphics controller", state.graphics, GraphicsRegister.masks),
      masked("CRT controller", state.crtc, CRTCRegister.masks),
      masked("attribute controller", state.attributes, AttributeRegister.masks),
      FieldCheck.bits("VGA attribute address", state.attributeIndex, AttributeRegister.addressBits),
      FieldCheck.count("VGA colours", state.colors, 768), FieldCheck.range("VGA colour part", state.colorPart, 0...2),
      state.interface.hasWideColors || state.colors.allSatisfy({ $0 <= 0x3F })
        ? nil : "VGA colours have more than 6 bits", DisplayInterface.problem(in: state.interface))
  }
}
