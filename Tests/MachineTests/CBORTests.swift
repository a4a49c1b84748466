import TestSupport
import Testing

@testable import Machine

/// A value and its bytes, most of them the examples of RFC 8949.
private let rows: [(CBOR, [UInt8])] = [
  (.unsigned(0), [0x00]), (.unsigned(23), [0x17]), (.unsigned(24), [0x18, 24]), (.unsigned(255), [0x18, 0xFF]),
  (.unsigned(1000), [0x19, 0x03, 0xE8]), (.unsigned(1_000_000), [0x1A, 0x00, 0x0F, 0x42, 0x40]),
  (.unsigned(1_000_000_000_000), [0x1B, 0x00, 0x00, 0x00, 0xE8, 0xD4, 0xA5, 0x10, 0x00]),
  (.unsigned(.max), [0x1B] + [UInt8](repeating: 0xFF, count: 8)), (.negative(0), [0x20]),
  (.negative(99), [0x38, 0x63]),
  (.bool(false), [0xF4]), (.bool(true), [0xF5]), (.null, [0xF6]), (.text("IETF"), [0x64, 0x49, 0x45, 0x54, 0x46]),
  (.text("\u{fc}"), [0x62, 0xC3, 0xBC]), (.array([]), [0x80]),
  (.array([.unsigned(1), .array([.unsigned(2)])]), [0x82, 1, 0x81, 2]),
  (.map([("a", .unsigned(1)), ("b", .null)]), [0xA2, 0x61, 0x61, 1, 0x61, 0x62, 0xF6]),
]

/// Bytes that are no value, and what is said.
private let badRows: [([UInt8], String)] = [
  ([], "ends too early at 0"), ([0x18], "ends too early at 1"), ([0x00, 0x00], "bytes after the end at 1"),
  ([0x1C], "byte 28 at 0 begins no value"), ([0x41, 0], "byte 65 at 0 begins no value"),
  ([0xFB, 0, 0, 0, 0, 0, 0, 0, 0], "byte 251 at 0 begins no value"), ([0x61, 0xFF], "the text at 0 is not UTF-8"),
  ([0x9B] + [UInt8](repeating: 0xFF, count: 8), "count 18446744073709551615 at 0 is more than the 0 bytes that follow"),
  ([0xA1, 1, 1], "a key at 1 is not text"), ([0xA2, 0x61, 0x61, 1, 0x61, 0x61, 2], "the key a comes twice"),
  ([UInt8](repeating: 0x81, count: 40), "nesting deeper than 32 at 32"),
]

private struct Sample: Codable, Equatable {
  enum Kind: UInt8, Codable { case one = 1, two }
  struct Inner: Codable, Equatable { var values: [Int8] }
  var kind = Kind.two
  var number: UInt16 = 7
  var optional: Int?
  var table: [UInt32: UInt64] = [5: 6, 1: .max, 0xC000_0080: 1]
  var inner = [Inner(values: [-128, 127])]
  var flag = true
  var text = "x"
}

@Suite("Binary values of snapshots")
struct CBORTests {
  @Test("Values and bytes")
  func values() throws {
    for (value, bytes) in rows {
      #expect(value.bytes == bytes)
      #expect(try CBOR(bytes) == value)
    }
    for (bytes, text) in badRows { #expect(throws: CBORError(text)) { try CBOR(bytes) } }
  }

  @Test("Structures come back, tables always in the same order")
  func structures() throws {
    for optional in [nil, -5, Int.min, Int.max] {
      let sample = Sample(optional: optional)
      let tree = try CBOREncoder.encode(sample)
      #expect(try CBORDecoder.decode(Sample.self, from: tree.bytes) == sample)
      guard case .map(let pairs) = tree else { throw CBORError("no map") }
      #expect(
        pairs.first { $0.key == "table" }?.value
          == .array([1, .max, 5, 6, 0xC000_0080, 1].map { CBOR.unsigned($0) }))
    }
  }

  @Test("What does not fit is named with its path and value")
  func misfits() throws {
    for (key, value, text) in [
      ("number", .unsigned(65536), "number 65536 is not 0...65535"),
      ("flag", .unsigned(1), "flag 1 is not true or false"),
      ("inner", .array([.map([("values", .array([.unsigned(128)]))])]), "inner.0.values.0 128 is not -128...127"),
      ("inner", .array([.map([])]), "inner.0.values is missing"), ("text", .null, "text null is not a text"),
      ("kind", .unsigned(9), "kind: Cannot initialize Kind from invalid UInt8 value 9"),
      ("table", .array([.unsigned(1)]), "table.1 is missing"),
    ] as [(String, CBOR, String)] {
      guard case .map(var pairs) = try CBOREncoder.encode(Sample()) else { throw CBORError("no map") }
      for index in pairs.indices where pairs[index].key == key { pairs[index].value = value }
      do {
        _ = try CBORDecoder.decode(Sample.self, from: CBOR.map(pairs).bytes)
        Issue.record("\(key) was taken")
      } catch {
        #expect(error.text == text || key == "table" && error.text.hasPrefix("table: "))
      }
    }
  }

  @Test("Damaged texts: a value or a sentence")
  func hostile() throws {
    var dice = Dice(1)
    let good = try CBOREncoder.encode(Sample(optional: 3)).bytes
    var taken = 0
    for _ in 0..<(Build.isDebug ? 2000 : 100_000) {
      var bytes = good
      for _ in 0...dice.below(4) { bytes[dice.below(bytes.count)] = UInt8(truncatingIfNeeded: dice.next()) }
      if dice.below(4) == 0 { bytes.removeLast(dice.below(bytes.count)) }
      if (try? CBORDecoder.decode(Sample.self, from: bytes)) != nil { taken += 1 }
    }
    #expect(taken > 100 && taken < 90_000)
  }
}
