import ArgumentParser
import HostSystem
import Machine
import Screen

/// Where the guest's screen is shown.
enum DisplayChoice: String, ExpressibleByArgument, CaseIterable {
  case text, none
}

/// A screen and a keyboard, and what is done with them.
struct ScreenOptions: ParsableArguments {
  @Option(
    help: """
      Add a screen (VGA) and a keyboard: text shows the screen in the terminal, whose keys go to the keyboard, and the \
      serial line goes nowhere unless --serial says otherwise; none shows nothing.
      """)
  var display: DisplayChoice?
  @Option(
    help: ArgumentHelp(
      "Add a screen, and write what it shows at the end of the run: a picture (.png) or its text (.txt).",
      valueName: "file"))
  var screenshot: String?
  @Option(
    help: ArgumentHelp(
      """
      Wait for a text on the serial line or the screen, then send that of the --send beside it; may be repeated. One \
      without --send at the end ends the run (status 0).
      """, valueName: "text"))
  var expect: [String] = []
  @Option(
    help: ArgumentHelp(
      """
      What is sent where the text of --expect came: to the serial line, or typed on the keyboard; \\n, \\r, \\t, \\e, \
      \\\\ and \\xHH stand for other bytes.
      """, valueName: "text"))
  var send: [String] = []

  /// The board has a screen.
  var hasScreen: Bool { display != nil || screenshot != nil }

  /// What does not go together.
  func validate(_ run: RunCommand) throws {
    if let screenshot, !screenshot.hasSuffix(".png"), !screenshot.hasSuffix(".txt") {
      throw ValidationError("--screenshot \(screenshot): the name ends neither in .png nor in .txt.")
    }
    if hasScreen, run.backend == .kvm { throw ValidationError("--display and --screenshot need --backend model.") }
    if display == .text, run.serial == .stdio {
      throw ValidationError("--display text and --serial stdio exclude each other: both are the terminal.")
    }
    if send.count > expect.count {
      throw ValidationError("--send '\(send[expect.count])' has no --expect that it waits for.")
    }
    if let empty = expect.firstIndex(where: \.isEmpty) {
      throw ValidationError("--expect number \(empty + 1) is empty.")
    }
    for text in send {
      guard ScriptText.bytes(text) != nil else {
        throw ValidationError("--send '\(text)': a \\ is followed by none of n, r, t, e, \\ and xHH.")
      }
    }
    if run.gdb != nil, display == .text || !expect.isEmpty {
      throw ValidationError("--gdb excludes --display text and --expect.")
    }
  }
}

/// Text with escapes.
enum ScriptText {
  /// The bytes of a text; nil if an escape is none.
  static func bytes(_ text: String) -> [UInt8]? {
    var result: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\") else {
        result.append(byte)
        continue
      }
      switch rest.popFirst() {
      case UInt8(ascii: "n"): result.append(10)
      case UInt8(ascii: "r"): result.append(13)
      case UInt8(ascii: "t"): result.append(9)
      case UInt8(ascii: "e"): result.append(27)
      case UInt8(ascii: "\\"): result.append(UInt8(ascii: "\\"))
      case UInt8(ascii: "x"):
        let digits = String(decoding: rest.prefix(2), as: UTF8.self)
        guard digits.utf8.count == 2, let value = UInt8(digits, radix: 16) else { return nil }
        result.append(value)
        rest = rest.dropFirst(2)
      default: return nil
      }
    }
    return result
  }
}
