public import X86

/// PCI bus 0: its functions, and the ports and addresses at which software has put their windows.
///
/// Source: PCI Local Bus Specification 3.0, "Configuration Mechanism #1", "Base Addresses".
public final class PCIBus {
  /// A window where it stands now.
  private struct Claim {
    let function: any PCIFunction
    let name: String
    let window: Int
    let first: UInt64
    let last: UInt64

    func contains(_ place: UInt64) -> Bool { first <= place && place <= last }
  }

  /// CONFIG_ADDRESS.
  private enum Address {
    static let enable: UInt32 = 1 << 31
    static let busShift: UInt32 = 16
    static let functionShift: UInt32 = 8
    static let register: UInt32 = 0xFC
  }

  /// Functions by device and function number, as CONFIG_ADDRESS has them.
  private var functions: [UInt8: (name: String, function: any PCIFunction)] = [:]
  private var portClaims: [Claim] = []
  private var memoryClaims: [Claim] = []

  /// Makes a bus without functions.
  public init() {}

  /// Puts a function in its place.
  ///
  /// - Parameters:
  ///   - device: 0 to 31.
  ///   - number: 0 to 7.
  public func connect(_ function: any PCIFunction, name: String, device: Int, number: Int) {
    functions[UInt8(truncatingIfNeeded: device << 3 | number & 7)] = (name, function)
    findWindows()
  }

  /// The functions by their places, in order.
  public var places: [(device: Int, number: Int, name: String, function: any PCIFunction)] {
    functions.sorted { $0.key < $1.key }.map { (Int($0.key >> 3), Int($0.key & 7), $0.value.name, $0.value.function) }
  }

  // MARK: Configuration space

  private func function(_ address: UInt32) -> (any PCIFunction)? {
    guard address & Address.enable != 0, UInt8(truncatingIfNeeded: address >> Address.busShift) == 0 else {
      return nil
    }
    return functions[UInt8(truncatingIfNeeded: address >> Address.functionShift)]?.function
  }

  /// Reads CONFIG_DATA; where no function is, and behind its end, all bits are ones.
  ///
  /// - Parameters:
  ///   - address: CONFIG_ADDRESS.
  ///   - offset: 0 to 3, in CONFIG_DATA.
  public func read(_ address: UInt32, offset: Int, width: Int, now: VirtualTime) -> UInt32 {
    guard let function = function(address), (0...3).contains(offset), (1...4).contains(width) else { return .max }
    let (register, count) = (Int(address & Address.register) + offset, min(width, 4 - offset))
    function.configurationWillBeRead(at: register, width: count, now: now)
    let value = function.configuration.value(at: register, width: count)
    return value | UInt32.max << UInt32(8 * count)
  }

  /// Writes CONFIG_DATA; where no function is nothing happens.
  public func write(_ value: UInt32, _ address: UInt32, offset: Int, width: Int, now: VirtualTime) {
    guard let function = function(address), (0...3).contains(offset), (1...4).contains(width) else { return }
    let (register, count) = (Int(address & Address.register) + offset, min(width, 4 - offset))
    function.configuration.write(value, at: register, width: count)
    function.configurationChanged(at: register, width: count, now: now)
    findWindows()
  }

  // MARK: Windows

  /// Finds where windows stand, after configuration space has changed; of those that overlap the first function's wins.
  public func findWindows() {
    (portClaims, memoryClaims) = ([], [])
    for (_, _, name, function) in places {
      for window in function.configuration.windows {
        guard let first = function.configuration.address(of: window) else { continue }
        claim(function, name, window.index, first, window.byteCount, isIO: window.isIO)
      }
      for window in function.ownWindows {
        claim(function, name, window.number, window.first, window.byteCount, isIO: window.isIO)
      }
    }
  }

  private func claim(
    _ function: any PCIFunction, _ name: String, _ window: Int, _ first: UInt64, _ byteCount: UInt64, isIO: Bool
  ) {
    let (last, overflow) = first.addingReportingOverflow(byteCount &- 1)
    guard byteCount > 0, !overflow, !isIO || last <= 0xFFFF else { return }
    let claim = Claim(function: function, name: name, window: window, first: first, last: last)
    if isIO { portClaims.append(claim) } else { memoryClaims.append(claim) }
  }

  private func claim(_ place: UInt64, isIO: Bool) -> Claim? {
    (isIO ? portClaims : memoryClaims).first { $0.contains(place) }
  }

  /// The name of the function that has a window at a port or address; nil if none has.
  public func name(of place: UInt64, isIO: Bool) -> String? { claim(place, isIO: isIO)?.name }

  /// Reads a window; nil if none is there.
  public func read(_ place: UInt64, isIO: Bool, width: Int, now: VirtualTime) -> UInt64? {
    guard let claim = claim(place, isIO: isIO) else { return nil }
    return claim.function.read(window: claim.window, offset: place - claim.first, width: width, now: now)
  }

  /// Writes a window; false if none is there.
  public func write(_ value: UInt64, _ place: UInt64, isIO: Bool, width: Int, now: VirtualTime) -> Bool {
    guard let claim = claim(place, isIO: isIO) else { return false }
    claim.function.write(value, window: claim.window, offset: place - claim.first, width: width, now: now)
    return true
  }
}
