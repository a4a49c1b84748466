/// Pieces of ACPI Machine Language.
///
/// Source: ACPI Specification 6.4, "ACPI Machine Language (AML) Specification", "Resource Data Types for ACPI".
enum AML {
  /// Opcodes.
  private enum Op {
    static let zero: UInt8 = 0x00
    static let one: UInt8 = 0x01
    static let name: UInt8 = 0x08
    static let byte: UInt8 = 0x0A
    static let word: UInt8 = 0x0B
    static let doubleWord: UInt8 = 0x0C
    static let scope: UInt8 = 0x10
    static let buffer: UInt8 = 0x11
    static let package: UInt8 = 0x12
    static let method: UInt8 = 0x14
    static let device: [UInt8] = [0x5B, 0x82]
  }

  /// PkgLength and what it is the length of.
  private static func sized(_ content: [UInt8]) -> [UInt8] {
    // The length counts itself.
    if content.count + 1 < 1 << 6 { return [UInt8(content.count + 1)] + content }
    for extra in 1...3 {
      let length = content.count + 1 + extra
      guard length < 1 << (4 + 8 * extra) else { continue }
      let tail = (0..<extra).map { UInt8(truncatingIfNeeded: length >> (4 + 8 * $0)) }
      return [UInt8(extra << 6 | length & 0xF)] + tail + content
    }
    return []
  }

  static func integer(_ value: UInt32) -> [UInt8] {
    func little(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) } }
    if value < 2 { return [value == 0 ? Op.zero : Op.one] }
    if value <= 0xFF { return [Op.byte] + little(1) }
    return value <= 0xFFFF ? [Op.word] + little(2) : [Op.doubleWord] + little(4)
  }

  static func name(_ name: String, _ value: [UInt8]) -> [UInt8] { [Op.name] + Array(name.utf8) + value }
  static func name(_ name: String, _ value: UInt32) -> [UInt8] { self.name(name, integer(value)) }

  static func package(_ elements: [[UInt8]]) -> [UInt8] {
    [Op.package] + sized([UInt8(truncatingIfNeeded: elements.count)] + elements.flatMap { $0 })
  }

  static func scope(_ path: String, _ content: [UInt8]) -> [UInt8] { [Op.scope] + sized(Array(path.utf8) + content) }
  static func device(_ name: String, _ content: [UInt8]) -> [UInt8] { Op.device + sized(Array(name.utf8) + content) }

  /// A method that does nothing.
  static func emptyMethod(_ name: String, arguments: UInt8) -> [UInt8] {
    [Op.method] + sized(Array(name.utf8) + [arguments])
  }

  /// A compressed identifier such as `PNP0A03`.
  static func identifier(_ text: String) -> [UInt8] {
    let letters = text.utf8.prefix(3).reduce(UInt32(0)) { $0 << 5 | UInt32($1 &- 0x40) }
    let product = UInt32(text.dropFirst(3), radix: 16) ?? 0
    return integer((letters << 16 | product).byteSwapped)
  }

  // MARK: Resources

  /// A buffer of resource descriptors with their end tag.
  static func resources(_ descriptors: [[UInt8]]) -> [UInt8] {
    var bytes: [UInt8] = []
    for descriptor in descriptors { bytes += descriptor }
    bytes += [0x79, 0x00]
    return [Op.buffer] + sized(integer(UInt32(bytes.count)) + bytes)
  }

  /// Ports that all 16 bits of an address are decoded for.
  static func ports(_ first: UInt16, _ count: UInt8) -> [UInt8] {
    [0x47, 0x01] + Loader.pack([(UInt64(first), 2), (UInt64(first), 2)]) + [0x01, count]
  }

  /// An edge-triggered interrupt of the ISA bus.
  static func isaInterrupt(_ number: UInt8) -> [UInt8] { [0x22] + Loader.pack([(1 << UInt64(number), 2)]) }

  /// A level-triggered, active-high, shared interrupt.
  static func sharedInterrupt(_ number: UInt32) -> [UInt8] {
    [0x89, 0x06, 0x00, 0b1001, 0x01] + Loader.pack([(UInt64(number), 4)])
  }

  /// What an address space descriptor is of.
  enum Space: UInt8 {
    case memory, ports, buses

    fileprivate var flags: UInt8 {
      switch self {
      // Writable, not cacheable.
      case .memory: 0x01
      // The entire range.
      case .ports: 0x03
      case .buses: 0x00
      }
    }
  }

  /// A range that a bus passes on; numbers of ports and buses take 16 bits.
  static func range(_ space: Space, _ range: ClosedRange<UInt64>) -> [UInt8] {
    let size = space == .memory ? 4 : 2
    let fields = [0, range.lowerBound, range.upperBound, 0, range.upperBound - range.lowerBound + 1]
    // Minimum and maximum are fixed.
    let body = [space.rawValue, 0x0C, space.flags] + Loader.pack(fields.map { ($0, size) })
    return [size == 4 ? 0x87 : 0x88] + Loader.pack([(UInt64(body.count), 2)]) + body
  }
}
