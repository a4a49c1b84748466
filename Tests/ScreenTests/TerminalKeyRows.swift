import DevicesLegacy
import Screen
import Testing

/// What a terminal sends, with E for ESC, and the strokes: ^ is control, ! alt, + shift.
private let rows: [(input: String, strokes: String, rest: String)] = [
  ("abC", "a b +c", ""), ("\r\n\t\u{7F}", "enter enter tab backspace", ""), ("\u{3}", "^c", ""), ("é", "", ""),
  ("E[A", "up", ""), ("E[B", "down", ""), ("E[C", "right", ""), ("E[D", "left", ""), ("E[H", "home", ""),
  ("E[F", "end", ""), ("E[Z", "+tab", ""),
  ("EOA", "up", ""), ("EOP", "f1", ""), ("EOQ", "f2", ""), ("EOR", "f3", ""), ("EOS", "f4", ""),
  ("EOM", "keypadEnter", ""),
  ("E[[A", "f1", ""), ("E[[D", "f4", ""), ("E[[X", "", ""),
  ("E[1~", "home", ""), ("E[2~", "insert", ""), ("E[3~", "delete", ""), ("E[4~", "end", ""), ("E[5~", "pageUp", ""),
  ("E[6~", "pageDown", ""), ("E[7~", "home", ""), ("E[8~", "end", ""),
  ("E[11~", "f1", ""), ("E[15~", "f5", ""), ("E[17~", "f6", ""), ("E[18~", "f7", ""), ("E[19~", "f8", ""),
  ("E[20~", "f9", ""), ("E[21~", "f10", ""), ("E[23~", "f11", ""), ("E[24~", "f12", ""),
  ("E[1;2A", "+up", ""), ("E[1;3A", "!up", ""), ("E[1;5C", "^right", ""), ("E[1;6D", "^+left", ""),
  ("E[3;5~", "^delete", ""), ("E[3;7~", "^!delete", ""), ("E[1;2P", "+f1", ""), ("E[15;5~", "^f5", ""),
  ("E[A!E[Bx", "up +digit1 down x", ""), ("Ea", "!a", ""), ("EA", "!+a", ""), ("Ex1", "!x digit1", ""),
  ("EE[A", "escape up", ""),
  ("EO", "", "EO"), ("E", "", "E"), ("E[", "", "E["), ("E[1;", "", "E[1;"), ("aE", "a", "E"), ("E[[", "", "E[["),
  ("E[99~", "", ""), ("E[?1u", "", ""), ("E[~", "", ""), ("E[999999999999~", "", ""), ("E[1;99999A", "^!up", ""),
  ("EOz", "!+o z", ""), ("E\u{80}", "escape", ""),
  (
    "E[11111111111111111111111111~x",
    "digit1 digit1 digit1 digit1 digit1 digit1 digit1 digit1 digit1 digit1 digit1 +grave x", ""
  ),
]

@Suite("Keys of terminals")
struct TerminalKeyRows {
  private func text(_ strokes: [KeyStroke]) -> String {
    strokes.map { stroke in
      (stroke.control ? "^" : "") + (stroke.alt ? "!" : "") + (stroke.shift ? "+" : "") + "\(stroke.key)"
    }.joined(separator: " ")
  }

  private func bytes(_ text: String) -> [UInt8] { text.utf8.map { $0 == UInt8(ascii: "E") ? 0x1B : $0 } }

  @Test("Sequences", arguments: rows.indices)
  func sequences(_ index: Int) {
    let row = rows[index]
    let found = TerminalKeys.strokes(bytes(row.input), isComplete: false)
    #expect(text(found.strokes) == row.strokes, "\(row.input)")
    #expect(found.rest == bytes(row.rest), "\(row.input)")
  }

  @Test("A sequence that nothing follows is Escape and characters")
  func complete() {
    for (input, strokes) in [("E", "escape"), ("E[", "escape leftBracket"), ("aE", "a escape"), ("EO", "escape +o")] {
      let found = TerminalKeys.strokes(bytes(input), isComplete: true)
      #expect(text(found.strokes) == strokes && found.rest.isEmpty, "\(input)")
    }
  }

  @Test("Any bytes, in any parts")
  func anyBytes() {
    var rest: [UInt8] = []
    var value: UInt32 = 1
    for _ in 0..<20_000 {
      value = value &* 1_664_525 &+ 1_013_904_223
      let choices: [UInt8] = [0x1B, 0x5B, 0x4F, 0x3B, 0x7E, 0x31, UInt8(value >> 24)]
      rest = TerminalKeys.strokes(rest + [choices[Int(value >> 8) % 7]], isComplete: value >> 20 & 7 == 0).rest
      #expect(rest.count <= 17)
    }
  }
}
