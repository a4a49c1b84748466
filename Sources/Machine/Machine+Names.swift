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

  /// The port of a chip's register; nil if the board has no such chip, or not on a port.
  ///
  /// - Parameters:
  ///   - name: the chip as traces name it.
  ///   - register: counted as the chip counts them.
  public static func port(ofChip name: String, register: UInt64 = 0) -> UInt16? {
    for row in BoardMap.pc.rows where row.name == name {
      guard case .ports(let ports) = row.place, register >= row.offset, register - row.offset < UInt64(ports.count)
      else { continue }
      return ports.lowerBound + UInt16(register - row.offset)
    }
    return nil
  }

  /// The chips of the board, a line each range of ports or addresses and each function on PCI.
  public var chipList: [String] {
    let places = platform.bus.places
    let width = places.map(\.place.count).max() ?? 0
    return places.map { $0.place + String(repeating: " ", count: width - $0.place.count) + "  " + $0.name }
  }

  /// The present virtual time, in nanoseconds.
  public var virtualNanoseconds: UInt64 { now.nanoseconds }
}
