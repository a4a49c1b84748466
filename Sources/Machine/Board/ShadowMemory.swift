import DevicesLegacy
import Interpreter
import MMU
import X86

/// C0000h-FFFFFh as the host bridge's attributes show them: the ROM or RAM, each writable or not.
final class ShadowMemory {
  private let bridge: I440FX
  private let memory: GuestMemory
  private let machine: () -> Machine?
  /// What memory shows now.
  private var shown: [I440FX.Attributes]

  init(_ bridge: I440FX, _ memory: GuestMemory, machine: @escaping () -> Machine?) {
    self.bridge = bridge
    self.memory = memory
    self.machine = machine
    shown = bridge.attributes
  }

  /// Shows what the attributes say, after the guest has written them.
  func follow() {
    let wanted = bridge.attributes
    guard wanted != shown else { return }
    for (segment, (old, new)) in zip(I440FX.segments, zip(shown, wanted)) where old != new {
      for page in segment.lowerBound >> 12..<segment.upperBound >> 12 {
        if old.readsRAM != new.readsRAM { turn(page, toRAM: new.readsRAM) }
        memory.setProtection(Self.protection(new), ofPage: page)
      }
    }
    shown = wanted
    machine()?.dropWriteTags()
  }

  /// Memory and bridge have been put back together.
  func adopt() {
    shown = bridge.attributes
    memory.protectROM()
    for (segment, attributes) in zip(I440FX.segments, shown) {
      for page in segment.lowerBound >> 12..<segment.upperBound >> 12 {
        memory.setProtection(Self.protection(attributes), ofPage: page)
      }
    }
    machine()?.dropWriteTags()
  }

  private func turn(_ page: UInt64, toRAM: Bool) {
    machine()?.processor(0).dropDecodedCode(at: PhysicalAddress(page << 12), byteCount: 0x1000)
    if toRAM { memory.showRAM(onPage: page) } else { memory.showROM(onPage: page) }
  }

  private static func protection(_ attributes: I440FX.Attributes) -> GuestMemory.Protection {
    guard attributes.writesRAM else { return .readOnly }
    return attributes.readsRAM ? .none : .hiddenCopy
  }
}
