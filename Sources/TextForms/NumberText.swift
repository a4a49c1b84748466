/// Numbers as people type them.
public enum NumberText {
  /// Decimal, `0x7c00`, `0X7C00` or `7c00h`; nil for anything else.
  public static func value(_ text: some StringProtocol) -> UInt64? {
    let lower = text.lowercased()
    if lower.hasPrefix("0x") { return digits(lower.dropFirst(2), radix: 16) }
    if lower.hasSuffix("h") { return digits(lower.dropLast(), radix: 16) }
    return digits(lower[...], radix: 10)
  }

  /// Digits alone: no sign.
  private static func digits(_ text: Substring, radix: Int) -> UInt64? {
    text.utf8.allSatisfy { $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") } ? UInt64(text, radix: radix) : nil
  }

  private static let units: [(suffix: String, shift: UInt64)] =
    [("k", 10), ("m", 20), ("g", 30), ("t", 40)].flatMap { name, shift in
      ["ib", "b", ""].map { (name + $0, UInt64(shift)) }
    }

  /// A number of bytes: with a unit such as `256M`, `256MB` or `256MiB`, always of 1024; nil for anything else.
  public static func byteCount(_ text: String) -> UInt64? {
    if let plain = value(text) { return plain }
    let lower = text.lowercased()
    guard let unit = units.first(where: { lower.hasSuffix($0.suffix) }),
      let number = value(String(lower.dropLast(unit.suffix.count)))
    else { return nil }
    let (product, overflow) = number.multipliedReportingOverflow(by: 1 << unit.shift)
    return overflow ? nil : product
  }

  /// An address: a number, a number of bytes such as `1M`, or `f000:fff0`, both parts hexadecimal.
  public static func address(_ text: String) -> UInt64? {
    if let value = byteCount(text) { return value }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    let numbers = parts.compactMap { part -> UInt64? in
      let lower = part.lowercased()
      let bare = lower.hasPrefix("0x") ? lower.dropFirst(2) : lower.hasSuffix("h") ? lower.dropLast() : lower[...]
      return UInt16(bare, radix: 16).map(UInt64.init)
    }
    return numbers.count == 2 ? numbers[0] << 4 + numbers[1] : nil
  }

  /// An address or the name of one: what begins with a digit is an address first, anything else a name, since `each`
  /// could be hexadecimal with h behind it.
  public static func address(_ text: String, orSymbol symbol: (String) -> UInt64?) -> UInt64? {
    if text.first?.isNumber ?? false { return address(text) ?? symbol(text) }
    return symbol(text) ?? address(text)
  }
}
