import DevicesLegacy
import TextForms

/// Where the chips of a board are wired: a row for each range of ports or addresses.
///
/// Routing, the names in traces and reports, the events for what no chip answers, the firmware's tables and the list of
/// chips that time drives follow from it.
struct BoardMap: Sendable {
  /// The rows; time drives the chips in their order.
  var rows: [Row]

  /// A range and what is there.
  struct Row: Sendable {
    /// The range.
    let place: Place
    /// The chip's name; nil where no chip is.
    let name: String?
    /// What guests usually find there and do not find here, such as `no disk`.
    let missing: String?
    /// The first place of the range in the chip's own registers.
    var offset: UInt64 = 0
    /// The chip gets accesses that begin in the range as the processor makes them, and no byte of any other; else it
    /// gets each byte that falls into the range.
    var takesWholeAccesses = false
    /// A port whose writes only choose a register, or only pass the time: no deadline changes by them.
    var selector: UInt16?
    /// Which accesses are events.
    var report = Report.nothing
    /// The chip; nil on a board that does not have it. Then a row that says what is missing is one of an absence.
    var chip: @Sendable (Platform) -> (any BusDevice)? = { _ in nil }
    /// The function on PCI; nil on a board that does not have it.
    var function: @Sendable (Platform) -> (any PCIFunction)? = { _ in nil }
  }

  /// A range of one of the two address spaces.
  enum Place: Hashable, Sendable {
    case ports(ClosedRange<UInt16>)
    /// Physical addresses.
    case memory(ClosedRange<UInt64>)
    /// The page of each processor's local APIC, which the processor moves. Rows above it win against it.
    case localAPIC
    /// None: the processor reaches the chip through another one.
    case behind
    /// A function on PCI bus 0; its windows are where software puts them.
    case pci(device: Int, function: Int)
  }

  /// Accesses that are reported as events.
  enum Report: Sendable {
    case nothing
    /// Each access to ports, each write of memory.
    case accesses
    /// Reads while the keyboard controller has nothing.
    case keyboardReads
  }
}

extension BoardMap.Row {
  /// A chip on ports.
  static func chip(
    _ name: String, ports: ClosedRange<UInt16>, offset: UInt64 = 0, takesWholeAccesses: Bool = false,
    selector: UInt16? = nil, report: BoardMap.Report = .nothing, missing: String? = nil,
    _ chip: @escaping @Sendable (Platform) -> (any BusDevice)?
  ) -> Self {
    Self(
      place: .ports(ports), name: name, missing: missing, offset: offset, takesWholeAccesses: takesWholeAccesses,
      selector: selector, report: report, chip: chip)
  }

  /// A chip on physical addresses.
  static func chip(
    _ name: String, memory first: UInt64, byteCount: UInt64, report: BoardMap.Report = .nothing, missing: String? = nil,
    _ chip: @escaping @Sendable (Platform) -> (any BusDevice)?
  ) -> Self {
    Self(
      place: .memory(first...first + byteCount - 1), name: name, missing: missing, takesWholeAccesses: true,
      report: report, chip: chip)
  }

  /// A chip without ports and addresses of its own.
  static func behind(_ name: String, _ chip: @escaping @Sendable (Platform) -> (any BusDevice)?) -> Self {
    Self(place: .behind, name: name, missing: nil, chip: chip)
  }

  /// A function on PCI bus 0.
  static func function(
    _ name: String, device: Int, number: Int = 0, _ chip: @escaping @Sendable (Platform) -> (any PCIFunction)?
  ) -> Self {
    Self(place: .pci(device: device, function: number), name: name, missing: nil, function: chip)
  }

  /// The page of the local APICs.
  static func localAPIC(_ name: String) -> Self { Self(place: .localAPIC, name: name, missing: nil) }

  /// Ports where no chip is; `missing` says which one guests look for.
  static func absent(ports: ClosedRange<UInt16>, _ missing: String) -> Self {
    Self(place: .ports(ports), name: nil, missing: missing, report: .accesses)
  }

  /// Addresses where no chip is.
  static func absent(memory addresses: ClosedRange<UInt64>, _ missing: String) -> Self {
    Self(place: .memory(addresses), name: nil, missing: missing, report: .accesses)
  }

  /// A port that guests write for the time that it takes.
  static func delay(port: UInt16, selector: UInt16? = nil) -> Self {
    Self(place: .ports(port...port), name: nil, missing: nil, selector: selector)
  }
}

// MARK: Words

extension BoardMap {
  /// The ports that an event names, and what is missing there; of a port without a row it is the port alone.
  func absence(ofPort port: UInt16) -> (ports: String, missing: String) {
    for row in rows {
      guard case .ports(let ports) = row.place, ports.contains(port), let missing = row.missing else { continue }
      return (Self.text(ports), missing)
    }
    return (Self.text(port...port), "no device")
  }

  /// What is missing at an address.
  func absence(ofAddress address: UInt64) -> String {
    for row in rows {
      guard case .memory(let addresses) = row.place, addresses.contains(address), let missing = row.missing else {
        continue
      }
      return missing
    }
    return "no device"
  }

  /// The keyboard controller's ports, from the first to the last, and what is missing there.
  var keyboard: (ports: String, missing: String) {
    var (ports, missing) = ([UInt16](), "")
    for row in rows where row.report == .keyboardReads {
      guard case .ports(let range) = row.place else { continue }
      ports += [range.lowerBound, range.upperBound]
      missing = row.missing ?? missing
    }
    return (Self.text((ports.min() ?? 0)...(ports.max() ?? 0)), missing)
  }

  /// `1F0h-1F7h`.
  static func text(_ ports: ClosedRange<UInt16>) -> String {
    let first = Text.suffixed(ports.lowerBound)
    return ports.count == 1 ? first : "\(first)-\(Text.suffixed(ports.upperBound))"
  }

}
