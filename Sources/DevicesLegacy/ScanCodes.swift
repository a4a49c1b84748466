/// What keys send in the three sets of scan codes, and the controller's translation of set 2 to set 1.
enum ScanCodes {
  /// Prefixes.
  static let extended: UInt8 = 0xE0
  /// Pause alone has it.
  static let extended1: UInt8 = 0xE1
  static let breakPrefix: UInt8 = 0xF0
  /// In set 1: the key went up.
  static let breakBit: UInt8 = 0x80

  /// Modifiers on which the codes of a key depend.
  struct Modifiers: Equatable, Sendable, Codable {
    var control = false
    var alt = false
  }

  /// The bytes of a key that goes down or up.
  static func bytes(_ key: Key, isPress: Bool, set: UInt8, _ modifiers: Modifiers) -> [UInt8] {
    let codes = KeyCodes.of(key)
    if set == 3 { return isPress ? [codes.code3] : [breakPrefix, codes.code3] }
    let bytes = secondSet(codes, isPress: isPress, modifiers)
    return set == 1 ? translated(bytes) : bytes
  }

  private static func secondSet(_ codes: KeyCodes, isPress: Bool, _ modifiers: Modifiers) -> [UInt8] {
    switch codes.key {
    // Pause sends all when it goes down, and has other codes with control (Break).
    case .pause:
      guard isPress else { return [] }
      if modifiers.control { return [extended, 0x7E, extended, breakPrefix, 0x7E] }
      return [extended1, 0x14, 0x77, extended1, breakPrefix, 0x14, breakPrefix, 0x77]
    // With alt the key is SysRq; without control there is a shift around it.
    case .printScreen where modifiers.alt: return isPress ? [0x84] : [breakPrefix, 0x84]
    case .printScreen where !modifiers.control:
      return isPress
        ? [extended, 0x12, extended, 0x7C] : [extended, breakPrefix, 0x7C, extended, breakPrefix, 0x12]
    default:
      let prefix = codes.isExtended ? [extended] : []
      return prefix + (isPress ? [codes.code] : [breakPrefix, codes.code])
    }
  }

  /// Bytes of set 2 as bytes of set 1.
  static func translated(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var isBreak = false
    for byte in bytes {
      if byte == breakPrefix {
        isBreak = true
      } else {
        result.append(translated(byte, isBreak: isBreak))
        isBreak = false
      }
    }
    return result
  }

  /// A byte from the keyboard as the controller translates it; `isBreak` if the byte before it was F0h.
  static func translated(_ byte: UInt8, isBreak: Bool) -> UInt8 {
    let code: UInt8 =
      switch byte {
      case 0x00...0x7F: translation[Int(byte)]
      case 0x83: 0x41
      case 0x84: 0x54
      default: byte
      }
    return isBreak ? code | breakBit : code
  }

  /// The translation of 00h to 7Fh.
  private static let translation: [UInt8] = [
    0xFF, 0x43, 0x41, 0x3F, 0x3D, 0x3B, 0x3C, 0x58, 0x64, 0x44, 0x42, 0x40, 0x3E, 0x0F, 0x29, 0x59,
    0x65, 0x38, 0x2A, 0x70, 0x1D, 0x10, 0x02, 0x5A, 0x66, 0x71, 0x2C, 0x1F, 0x1E, 0x11, 0x03, 0x5B,
    0x67, 0x2E, 0x2D, 0x20, 0x12, 0x05, 0x04, 0x5C, 0x68, 0x39, 0x2F, 0x21, 0x14, 0x13, 0x06, 0x5D,
    0x69, 0x31, 0x30, 0x23, 0x22, 0x15, 0x07, 0x5E, 0x6A, 0x72, 0x32, 0x24, 0x16, 0x08, 0x09, 0x5F,
    0x6B, 0x33, 0x25, 0x17, 0x18, 0x0B, 0x0A, 0x60, 0x6C, 0x34, 0x35, 0x26, 0x27, 0x19, 0x0C, 0x61,
    0x6D, 0x73, 0x28, 0x74, 0x1A, 0x0D, 0x62, 0x6E, 0x3A, 0x36, 0x1C, 0x1B, 0x75, 0x2B, 0x63, 0x76,
    0x55, 0x56, 0x77, 0x78, 0x79, 0x7A, 0x0E, 0x7B, 0x7C, 0x4F, 0x7D, 0x4B, 0x47, 0x7E, 0x7F, 0x6F,
    0x52, 0x53, 0x50, 0x4C, 0x4D, 0x48, 0x01, 0x45, 0x57, 0x4E, 0x51, 0x4A, 0x37, 0x49, 0x46, 0x54,
  ]
}
