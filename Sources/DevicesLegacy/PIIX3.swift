public import X86

/// The ISA bridge of the PIIX3 as a PCI function: it routes the four interrupt lines of PCI to those of the ISA bus.
///
/// Source: Intel 82371SB (PIIX3) data sheet, "PIRQRC[A:D]: PIRQx Route Control Registers". What it has at ports (the
/// interrupt controllers, the timer, reset control) are chips of their own; its other registers are stored.
public final class PIIX3: PCIFunction {
  /// PIRQRCA to PIRQRCD.
  public static let routes = 0x60...0x63

  /// PIRQRCx.
  private enum Route {
    /// Set: not routed.
    static let disabled: UInt32 = 1 << 7
    static let number: UInt32 = 0x0F
    static let all = disabled | number
    /// Interrupts that a line can be routed to.
    static let possible: UInt16 = 0b1101_1110_1111_1000
  }

  /// Configuration space, and the lines.
  public struct State: Equatable, Sendable, Codable {
    /// All of configuration space.
    public internal(set) var configuration = PIIX3.afterReset
    /// For each of PIRQA# to PIRQD# the devices that pull it; bit n is device n.
    public internal(set) var devices = [UInt32](repeating: 0, count: 4)
    /// Interrupts that are raised.
    public internal(set) var raised: UInt16 = 0
    /// Makes the reset state.
    public init() {}
  }

  /// The state.
  public internal(set) var state = State()
  private let interrupt: (Int, Bool) -> Void

  /// Makes a bridge; `interrupt` takes the number of an ISA interrupt and its level.
  public init(interrupt: @escaping (Int, Bool) -> Void) { self.interrupt = interrupt }

  private static let afterReset: PCIConfiguration = {
    var result = PCIConfiguration(vendor: 0x8086, device: 0x7000, classCode: 0x06_0100, isMultifunction: true)
    // I/O space, memory space and bus master are always on; "medium" DEVSEL#.
    result.set(0x0200_0007, at: 0x04, width: 4)
    for (register, value, mask) in [
      (0x4C, 0x4D, 0x7F), (0x4E, 0x03, 0xFF), (0x4F, 0x00, 0x01), (0x69, 0x02, 0xFE), (0x70, 0x80, 0xEF),
      (0x71, 0x80, 0xEF), (0x82, 0x00, 0x0F), (0xA0, 0x08, 0x1F), (0xA2, 0x00, 0xFF), (0xA3, 0x00, 0x7F),
    ] as [(Int, UInt32, UInt32)] {
      result.set(value, at: register, width: 1)
      result.allowWrites(mask, at: register, width: 1)
    }
    for register in routes {
      result.set(Route.disabled, at: register, width: 1)
      result.allowWrites(Route.all, at: register, width: 1)
    }
    return result
  }()

  /// Configuration space.
  public var configuration: PCIConfiguration {
    get { state.configuration }
    set { state.configuration = newValue }
  }

  /// Which line a pin of a device is on: 0 is PIRQA#. On this board that is INTA# of device 1, and each further device or
  /// pin is one line further.
  public static func line(device: Int, pin: Int) -> Int { (device &+ pin &+ 2) & 3 }

  /// A device drives a pin.
  ///
  /// - Parameters:
  ///   - device: 0 to 31.
  ///   - pin: 1 for INTA# to 4 for INTD#, as in configuration space.
  public func set(device: Int, pin: Int, _ level: Bool) {
    guard (0..<32).contains(device), (1...4).contains(pin) else { return }
    let line = Self.line(device: device, pin: pin)
    if level { state.devices[line] |= 1 << UInt32(device) } else { state.devices[line] &= ~(1 << UInt32(device)) }
    drive()
  }

  /// The interrupt of a line; nil if it has none.
  private static func interrupt(_ configuration: PCIConfiguration, _ line: Int) -> UInt16? {
    let route = configuration.value(at: routes.lowerBound + line, width: 1)
    let bit = UInt16(1) << UInt16(route & Route.number)
    return route & Route.disabled == 0 && Route.possible & bit != 0 ? bit : nil
  }

  /// Whether an interrupt line of PCI leads to a line of the ISA bus.
  public func routesTo(_ line: Int) -> Bool {
    (0..<Self.routes.count).contains { Self.interrupt(state.configuration, $0) == UInt16(1) << UInt16(line & 15) }
  }

  private static func raised(_ state: State) -> UInt16 {
    var raised: UInt16 = 0
    for (line, devices) in state.devices.enumerated() where devices != 0 {
      raised |= interrupt(state.configuration, line) ?? 0
    }
    return raised
  }

  private func drive() {
    let (old, new) = (state.raised, Self.raised(state))
    state.raised = new
    for number in 0..<16 where (old ^ new) >> UInt16(number) & 1 != 0 {
      interrupt(number, new >> UInt16(number) & 1 != 0)
    }
  }

  /// Routes anew.
  public func configurationChanged(now: VirtualTime) { drive() }

  /// There is no window.
  public func read(window: Int, offset: UInt64, width: Int, now: VirtualTime) -> UInt64 { .max }

  /// There is no window.
  public func write(_ value: UInt64, window: Int, offset: UInt64, width: Int, now: VirtualTime) {}
}

extension PIIX3: RestorableChip {
  /// Puts back a state; the interrupt controllers hold the levels.
  public func restore(_ state: State) { self.state = state }

  /// What is impossible in a state, if anything.
  public static func problem(in state: State) -> String? {
    if let problem = state.configuration.problem("PIIX3", after: afterReset)
      ?? FieldCheck.count("PIIX3 lines", state.devices, 4)
    {
      return problem
    }
    let raised = raised(state)
    return state.raised == raised
      ? nil
      : "PIIX3 raises \(FieldCheck.hexadecimal(state.raised)), and its lines are \(FieldCheck.hexadecimal(raised))"
  }
}
