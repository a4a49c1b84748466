import MMU
import X86
import X86Decoder

extension Processor {
  /// Reports if the bytes at RIP, which encode nothing that the model has, are an instruction of a newer one.
  @inline(never)
  func noteNewerInstruction(_ mode: DecodeMode) {
    if let newer = NewerInstruction(bytesAtRIP(), mode: mode, features: model.features) {
      bus.note(.absentFeature(newer.feature), processor: state.index)
    }
  }

  /// Up to 15 bytes at RIP, as far as they are in RAM; changes nothing.
  public func bytesAtRIP() -> [UInt8] { bytesAtRIP(Decoder.maximumLength) }

  /// The same of more bytes.
  func bytesAtRIP(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    for index in 0..<count {
      let linear = linearInstructionPointer &+ UInt64(index)
      guard let physical = physicalAddress(ofLinear: linear) else { break }
      let offset = memory.offset(of: physical.rawValue)
      guard offset != PhysicalMemory.nowhere else { break }
      bytes.append(memory.load(offset, as: UInt8.self))
    }
    return bytes
  }
}
