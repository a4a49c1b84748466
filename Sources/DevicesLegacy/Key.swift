/// A key of a keyboard with 104 keys and the US layout, by what is printed on it.
public enum Key: UInt8, CaseIterable, Codable, Sendable {
  case escape, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12
  case printScreen, scrollLock, pause
  case grave, digit1, digit2, digit3, digit4, digit5, digit6, digit7, digit8, digit9, digit0, minus, equal, backspace
  case tab, q, w, e, r, t, y, u, i, o, p, leftBracket, rightBracket, backslash
  case capsLock, a, s, d, f, g, h, j, k, l, semicolon, apostrophe, enter
  case leftShift, z, x, c, v, b, n, m, comma, period, slash, rightShift
  case leftControl, leftSuper, leftAlt, space, rightAlt, rightSuper, menu, rightControl
  case insert, delete, home, end, pageUp, pageDown, up, down, left, right
  case numLock, keypadDivide, keypadMultiply, keypadSubtract, keypadAdd, keypadEnter, keypadDecimal
  case keypad0, keypad1, keypad2, keypad3, keypad4, keypad5, keypad6, keypad7, keypad8, keypad9
  /// The key between the left shift and Z of keyboards with 102 keys.
  case international

  /// Its code in scan code set 3, in which no two keys have the same.
  public var code3: UInt8 { KeyCodes.of(self).code3 }

  /// The key of a code of set 3; nil if none has it.
  public init?(code3: UInt8) {
    guard let key = Self.allCases.first(where: { $0.code3 == code3 }) else { return nil }
    self = key
  }
}

/// The codes of a key: IBM PS/2 Hardware Interface Technical Reference, "101- and 102-Key Keyboards", "Scan Code Set 2",
/// "Scan Code Set 3"; those of set 1 are what the controller's translation makes of set 2.
struct KeyCodes: Sendable {
  let key: Key
  /// In set 2, without its prefix.
  let code: UInt8
  /// In set 2 the code has the prefix E0h.
  var isExtended = false
  /// In set 3.
  let code3: UInt8

  private init(_ key: Key, _ code: UInt8, isExtended: Bool = false, _ code3: UInt8) {
    (self.key, self.code, self.isExtended, self.code3) = (key, code, isExtended, code3)
  }

  /// The codes of a key.
  static func of(_ key: Key) -> Self { table[Int(key.rawValue)] }

  private static func row(_ key: Key, _ code: UInt8, _ code3: UInt8) -> Self { Self(key, code, code3) }
  private static func extended(_ key: Key, _ code: UInt8, _ code3: UInt8) -> Self {
    Self(key, code, isExtended: true, code3)
  }

  /// A row for each key, in the order of the keys. The codes of Pause and Print Screen are sequences (`ScanCodes`).
  static let table: [Self] = [
    row(.escape, 0x76, 0x08), row(.f1, 0x05, 0x07), row(.f2, 0x06, 0x0F), row(.f3, 0x04, 0x17), row(.f4, 0x0C, 0x1F),
    row(.f5, 0x03, 0x27), row(.f6, 0x0B, 0x2F), row(.f7, 0x83, 0x37), row(.f8, 0x0A, 0x3F), row(.f9, 0x01, 0x47),
    row(.f10, 0x09, 0x4F), row(.f11, 0x78, 0x56), row(.f12, 0x07, 0x5E),
    extended(.printScreen, 0x7C, 0x57), row(.scrollLock, 0x7E, 0x5F), row(.pause, 0x77, 0x62),
    row(.grave, 0x0E, 0x0E), row(.digit1, 0x16, 0x16), row(.digit2, 0x1E, 0x1E), row(.digit3, 0x26, 0x26),
    row(.digit4, 0x25, 0x25), row(.digit5, 0x2E, 0x2E), row(.digit6, 0x36, 0x36), row(.digit7, 0x3D, 0x3D),
    row(.digit8, 0x3E, 0x3E), row(.digit9, 0x46, 0x46), row(.digit0, 0x45, 0x45), row(.minus, 0x4E, 0x4E),
    row(.equal, 0x55, 0x55), row(.backspace, 0x66, 0x66),
    row(.tab, 0x0D, 0x0D), row(.q, 0x15, 0x15), row(.w, 0x1D, 0x1D), row(.e, 0x24, 0x24), row(.r, 0x2D, 0x2D),
    row(.t, 0x2C, 0x2C), row(.y, 0x35, 0x35), row(.u, 0x3C, 0x3C), row(.i, 0x43, 0x43), row(.o, 0x44, 0x44),
    row(.p, 0x4D, 0x4D), row(.leftBracket, 0x54, 0x54), row(.rightBracket, 0x5B, 0x5B), row(.backslash, 0x5D, 0x5C),
    row(.capsLock, 0x58, 0x14), row(.a, 0x1C, 0x1C), row(.s, 0x1B, 0x1B), row(.d, 0x23, 0x23), row(.f, 0x2B, 0x2B),
    row(.g, 0x34, 0x34), row(.h, 0x33, 0x33), row(.j, 0x3B, 0x3B), row(.k, 0x42, 0x42), row(.l, 0x4B, 0x4B),
    row(.semicolon, 0x4C, 0x4C), row(.apostrophe, 0x52, 0x52), row(.enter, 0x5A, 0x5A),
    row(.leftShift, 0x12, 0x12), row(.z, 0x1A, 0x1A), row(.x, 0x22, 0x22), row(.c, 0x21, 0x21), row(.v, 0x2A, 0x2A),
    row(.b, 0x32, 0x32), row(.n, 0x31, 0x31), row(.m, 0x3A, 0x3A), row(.comma, 0x41, 0x41), row(.period, 0x49, 0x49),
    row(.slash, 0x4A, 0x4A), row(.rightShift, 0x59, 0x59),
    row(.leftControl, 0x14, 0x11), extended(.leftSuper, 0x1F, 0x8B), row(.leftAlt, 0x11, 0x19),
    row(.space, 0x29, 0x29), extended(.rightAlt, 0x11, 0x39), extended(.rightSuper, 0x27, 0x8C),
    extended(.menu, 0x2F, 0x8D), extended(.rightControl, 0x14, 0x58),
    extended(.insert, 0x70, 0x67), extended(.delete, 0x71, 0x64), extended(.home, 0x6C, 0x6E),
    extended(.end, 0x69, 0x65), extended(.pageUp, 0x7D, 0x6F), extended(.pageDown, 0x7A, 0x6D),
    extended(.up, 0x75, 0x63), extended(.down, 0x72, 0x60), extended(.left, 0x6B, 0x61), extended(.right, 0x74, 0x6A),
    row(.numLock, 0x77, 0x76), extended(.keypadDivide, 0x4A, 0x77), row(.keypadMultiply, 0x7C, 0x7E),
    row(.keypadSubtract, 0x7B, 0x84), row(.keypadAdd, 0x79, 0x7C), extended(.keypadEnter, 0x5A, 0x79),
    row(.keypadDecimal, 0x71, 0x71),
    row(.keypad0, 0x70, 0x70), row(.keypad1, 0x69, 0x69), row(.keypad2, 0x72, 0x72), row(.keypad3, 0x7A, 0x7A),
    row(.keypad4, 0x6B, 0x6B), row(.keypad5, 0x73, 0x73), row(.keypad6, 0x74, 0x74), row(.keypad7, 0x6C, 0x6C),
    row(.keypad8, 0x75, 0x75), row(.keypad9, 0x7D, 0x7D),
    row(.international, 0x61, 0x13),
  ]
}

/// A key and the modifiers that are held while it is struck.
public struct KeyStroke: Equatable, Sendable {
  /// The key.
  public var key: Key
  /// Shift is held.
  public var shift: Bool
  /// Control is held.
  public var control: Bool
  /// Alt is held.
  public var alt: Bool

  /// Makes a stroke.
  public init(_ key: Key, shift: Bool = false, control: Bool = false, alt: Bool = false) {
    (self.key, self.shift, self.control, self.alt) = (key, shift, control, alt)
  }

  /// Keys that go down and up, in order.
  public var events: [(key: Key, isPress: Bool)] {
    let modifiers: [Key] = (control ? [.leftControl] : []) + (alt ? [.leftAlt] : []) + (shift ? [.leftShift] : [])
    return modifiers.map { ($0, true) } + [(key, true), (key, false)] + modifiers.reversed().map { ($0, false) }
  }

  /// Keys of the US layout, what they type, and what they type with shift.
  private static let layout: [(key: Key, plain: Unicode.Scalar, shifted: Unicode.Scalar)] = [
    (.grave, "`", "~"), (.digit1, "1", "!"), (.digit2, "2", "@"), (.digit3, "3", "#"), (.digit4, "4", "$"),
    (.digit5, "5", "%"), (.digit6, "6", "^"), (.digit7, "7", "&"), (.digit8, "8", "*"), (.digit9, "9", "("),
    (.digit0, "0", ")"), (.minus, "-", "_"), (.equal, "=", "+"), (.leftBracket, "[", "{"), (.rightBracket, "]", "}"),
    (.backslash, "\\", "|"), (.semicolon, ";", ":"), (.apostrophe, "'", "\""), (.comma, ",", "<"), (.period, ".", ">"),
    (.slash, "/", "?"), (.q, "q", "Q"), (.w, "w", "W"), (.e, "e", "E"), (.r, "r", "R"), (.t, "t", "T"), (.y, "y", "Y"),
    (.u, "u", "U"), (.i, "i", "I"), (.o, "o", "O"), (.p, "p", "P"), (.a, "a", "A"), (.s, "s", "S"), (.d, "d", "D"),
    (.f, "f", "F"), (.g, "g", "G"), (.h, "h", "H"), (.j, "j", "J"), (.k, "k", "K"), (.l, "l", "L"), (.z, "z", "Z"),
    (.x, "x", "X"), (.c, "c", "C"), (.v, "v", "V"), (.b, "b", "B"), (.n, "n", "N"), (.m, "m", "M"),
  ]

  /// What types a byte of ASCII; nil if no key does.
  ///
  /// Line feed and carriage return are Enter, 7Fh and backspace Backspace; the other control characters are a key with
  /// control, as a terminal has them.
  public init?(ascii byte: UInt8) {
    switch byte {
    case 0x08, 0x7F: self.init(.backspace)
    case 0x09: self.init(.tab)
    case 0x0A, 0x0D: self.init(.enter)
    case 0x1B: self.init(.escape)
    case 0x20: self.init(.space)
    case 0x00: self.init(.space, control: true)
    case 0x01...0x1A:
      guard let stroke = Self(ascii: byte | 0x60) else { return nil }
      self.init(stroke.key, control: true)
    // The remaining ones are control and one of \ ] ^ _.
    case 0x1C...0x1F:
      guard let stroke = Self(ascii: byte | 0x40) else { return nil }
      self.init(stroke.key, shift: stroke.shift, control: true)
    default:
      let character = Unicode.Scalar(byte)
      guard let row = Self.layout.first(where: { $0.plain == character || $0.shifted == character }) else { return nil }
      self.init(row.key, shift: row.plain != character)
    }
  }
}
