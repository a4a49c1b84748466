import DevicesLegacy
import X86

extension Machine {
  /// The chip on a port, nil where there is none.
  public func chip(onPort port: UInt16) -> String? { platform.bus.name(ofPort: port) }

  /// The chip at an address outside RAM as a processor sees it, nil where there is none.
  public func chip(at physical: UInt64, processor: Int) -> String? {
    guard platform.apics.indices.contains(processor) else { return nil }
    return platform.bus.name(ofAddress: physical, processor: processor)
  }

  /// The present virtual time, in nanoseconds.
  public var virtualNanoseconds: UInt64 { now.nanoseconds }
}
