public import DevicesLegacy

/// What a terminal sends when keys are struck, as strokes of a PC's keyboard.
///
/// Source: ECMA-48, "Control sequences"; the sequences of keys are those of xterm ("PC-Style Function Keys") and of the
/// Linux console (console_codes(4)).
public enum TerminalKeys {
  private static let escape: UInt8 = 0x1B
  /// A longer control sequence is no key.
  private static let longestSequence = 16

  /// Keys by the final byte of a sequence, behind `ESC [` or `ESC O`.
  private static let finals: [UInt8: Key] = [
    UInt8(ascii: "A"): .up, UInt8(ascii: "B"): .down, UInt8(ascii: "C"): .right, UInt8(ascii: "D"): .left,
    UInt8(ascii: "F"): .end, UInt8(ascii: "H"): .home, UInt8(ascii: "E"): .keypad5, UInt8(ascii: "M"): .keypadEnter,
    UInt8(ascii: "P"): .f1, UInt8(ascii: "Q"): .f2, UInt8(ascii: "R"): .f3, UInt8(ascii: "S"): .f4,
  ]

  /// Keys by the number before a final `~`.
  private static let numbers: [Int: Key] = [
    1: .home, 2: .insert, 3: .delete, 4: .end, 5: .pageUp, 6: .pageDown, 7: .home, 8: .end, 11: .f1, 12: .f2, 13: .f3,
    14: .f4, 15: .f5, 17: .f6, 18: .f7, 19: .f8, 20: .f9, 21: .f10, 23: .f11, 24: .f12, 29: .menu, 32: .printScreen,
    34: .pause,
  ]

  /// The function keys of the Linux console, behind `ESC [ [`.
  private static let console: [UInt8: Key] = [
    UInt8(ascii: "A"): .f1, UInt8(ascii: "B"): .f2, UInt8(ascii: "C"): .f3, UInt8(ascii: "D"): .f4,
    UInt8(ascii: "E"): .f5,
  ]

  /// Decodes what was read from a terminal.
  ///
  /// - Parameter isComplete: no more bytes follow soon, so that an ESC at the end is the Escape key.
  /// - Returns: the strokes, and bytes at the end that begin a sequence.
  public static func strokes(_ bytes: [UInt8], isComplete: Bool) -> (strokes: [KeyStroke], rest: [UInt8]) {
    var strokes: [KeyStroke] = []
    var rest = bytes[...]
    while let first = rest.first {
      if first != escape {
        // Bytes of a character beyond ASCII have no key.
        if let stroke = KeyStroke(ascii: first) { strokes.append(stroke) }
        rest = rest.dropFirst()
        continue
      }
      switch sequence(rest) {
      case .key(let stroke, let count):
        if let stroke { strokes.append(stroke) }
        rest = rest.dropFirst(count)
      case .incomplete where !isComplete: return (strokes, Array(rest))
      case .incomplete:
        strokes.append(KeyStroke(.escape))
        rest = rest.dropFirst()
      }
    }
    return (strokes, [])
  }

  private enum Found {
    /// A key, or a sequence that is none, with the number of its bytes.
    case key(KeyStroke?, Int)
    case incomplete
  }

  /// The sequence at the begin of bytes, which is ESC.
  private static func sequence(_ bytes: ArraySlice<UInt8>) -> Found {
    let body = Array(bytes.dropFirst().prefix(longestSequence))
    guard let kind = body.first else { return .incomplete }
    switch kind {
    case UInt8(ascii: "["): return control(body.dropFirst())
    case UInt8(ascii: "O"):
      guard body.count > 1 else { return .incomplete }
      guard let key = finals[body[1]] else { return alternate(kind) }
      return .key(KeyStroke(key), 3)
    case escape: return .key(KeyStroke(.escape), 1)
    default: return alternate(kind)
    }
  }

  /// ESC and a character: the key with Alt.
  private static func alternate(_ byte: UInt8) -> Found {
    guard var stroke = KeyStroke(ascii: byte) else { return .key(KeyStroke(.escape), 1) }
    stroke.alt = true
    return .key(stroke, 2)
  }

  /// A control sequence behind `ESC [`: parameters, then a final byte.
  private static func control(_ body: ArraySlice<UInt8>) -> Found {
    if body.first == UInt8(ascii: "[") {
      guard body.count > 1 else { return .incomplete }
      return .key(console[body[body.startIndex + 1]].map { KeyStroke($0) }, 4)
    }
    guard let end = body.firstIndex(where: { 0x40...0x7E ~= $0 }) else {
      return body.count < longestSequence - 1 ? .incomplete : .key(nil, longestSequence + 1)
    }
    let count = end - body.startIndex + 3
    let parameters = body[..<end].split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map {
      $0.reduce(0) { 0x30...0x39 ~= $1 ? min($0 * 10 + Int($1 & 0xF), 999) : $0 }
    }
    if body[end] == UInt8(ascii: "Z") { return .key(KeyStroke(.tab, shift: true), count) }
    let found = body[end] == UInt8(ascii: "~") ? numbers[parameters[0]] : finals[body[end]]
    guard let key = found else { return .key(nil, count) }
    // One more than the sum of 1 for shift, 2 for alt and 4 for control.
    let modifiers = parameters.count > 1 ? max(parameters[1], 1) - 1 : 0
    return .key(
      KeyStroke(key, shift: modifiers & 1 != 0, control: modifiers & 4 != 0, alt: modifiers & 2 != 0), count)
  }
}
