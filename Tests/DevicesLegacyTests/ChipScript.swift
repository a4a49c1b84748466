import DevicesLegacy
import Testing
import X86

/// A row about a chip: what is done to it and what it answers, in words with blanks between them.
///
///     20<0B      write: a place and a value in hexadecimal; with # behind it the write must be refused
///     20=10      read: the place must give this value, or be refused if it is #
///     t100       other things done to the chip, with a decimal number
struct ChipScript: Sendable, CustomTestStringConvertible {
  let name: String
  let text: String
  init(_ name: String, _ text: String) {
    self.name = name
    self.text = text
  }
  var testDescription: String { name }
}

/// A chip as scripts see it.
protocol ScriptedChip {
  /// False if the write is refused.
  mutating func write(_ place: String, _ value: UInt64) -> Bool
  /// Nil if the read is refused.
  mutating func read(_ place: String) -> UInt64?
  /// Does something else; false if there is no such thing.
  mutating func perform(_ verb: Character, _ number: UInt64) -> Bool
}

extension ScriptedChip {
  mutating func run(_ row: ChipScript) {
    for (index, word) in row.text.split(separator: " ").enumerated() {
      let note = "word \(index + 1), \(word)"
      if let middle = word.firstIndex(where: { $0 == "<" || $0 == "=" }) {
        let place = String(word[..<middle])
        var rest = word[word.index(after: middle)...]
        let isRefused = rest.hasSuffix("#")
        if isRefused { rest.removeLast() }
        if word[middle] == "<" {
          guard let value = UInt64(rest, radix: 16) else { Issue.record("\(note) has no value"); return }
          #expect(write(place, value) == !isRefused, "\(note)")
        } else if isRefused {
          #expect(read(place) == nil, "\(note)")
        } else {
          guard let value = UInt64(rest, radix: 16) else { Issue.record("\(note) has no value"); return }
          let seen = read(place)
          #expect(seen == value, "\(note): \(seen.map { String($0, radix: 16, uppercase: true) } ?? "refused")")
        }
      } else {
        let number = UInt64(word.dropFirst()) ?? 0
        guard let verb = word.first, perform(verb, number) else { Issue.record("\(note) means nothing"); return }
      }
    }
  }
}

extension BusDevice {
  /// Reads a register of one byte.
  func byte(_ offset: UInt64, now: VirtualTime = .zero) -> UInt8 {
    UInt8(truncatingIfNeeded: read(offset: offset, width: 1, now: now))
  }

  /// Writes a register of one byte.
  func setByte(_ offset: UInt64, _ value: UInt8, now: VirtualTime = .zero) {
    write(UInt64(value), offset: offset, width: 1, now: now)
  }

  /// Reads `width` bytes.
  func value(_ offset: UInt64, width: Int, now: VirtualTime = .zero) -> UInt64 {
    read(offset: offset, width: width, now: now) & (.max >> UInt64(64 - 8 * width))
  }
}

/// A wire that remembers its level and its rises.
final class ScriptLine: SignalLine {
  private(set) var level = false
  private(set) var rises: UInt64 = 0

  func set(_ level: Bool) {
    if level && !self.level { rises += 1 }
    self.level = level
  }
}
