import DevicesLegacy
import X86

extension Machine {
  /// The chip on a port, nil where there is none.
  public func chip(onPort port: UInt16) -> String? {
    switch port {
    case 0x20, 0x21, 0xA0, 0xA1, 0x4D0, 0x4D1: "8259 PIC"
    case 0x40...0x43: "8254 PIT"
    case 0x60, 0x64: "8042 keyboard controller"
    case 0x61: "system control port B"
    case 0x70, 0x71: "MC146818 RTC"
    case 0x92: "system control port A"
    case 0xE9: "debug console"
    case 0xF0, 0xF1: "coprocessor error"
    case 0xF4: "debug exit"
    case 0x3F8...0x3FF: "16550 UART"
    case 0x510, 0x511: "firmware configuration"
    case 0x600...0x60B: "ACPI power management"
    case 0xCF9: "reset control"
    case 0xCF8, 0xCFA...0xCFF: "PCI configuration"
    case 0x3D4, 0x3D5, 0x3DA: "text display"
    default: platform.testDevice != nil && TestDevice.claims(port) ? "test device" : nil
    }
  }

  /// The chip at an address outside RAM as a processor sees it, nil where there is none.
  public func chip(at physical: UInt64, processor: Int) -> String? {
    guard platform.apics.indices.contains(processor) else { return nil }
    return platform.chip(at: physical, processor: processor)
  }

  /// The present virtual time, in nanoseconds.
  public var virtualNanoseconds: UInt64 { now.nanoseconds }
}
