import DevicesLegacy
import Glibc
import HostSystem
import Machine
import Screen

/// The guest's screen in the terminal, and the terminal's keys on the guest's keyboard.
final class ScreenSession {
  /// Nanoseconds between two looks at the screen.
  private static let interval: UInt64 = 33_000_000
  /// Nanoseconds after which an ESC is the Escape key.
  private static let escapeTime: UInt64 = 50_000_000

  private let options: ScreenOptions
  /// The screen is drawn as it changes.
  private let isDrawn: Bool
  private var shown: ScreenText?
  private var hasShownGraphics = false
  private var lastLook: UInt64 = 0
  /// Keys that go down and up as soon as the keyboard is ready for them.
  private var keys: [(key: Key, isPress: Bool)] = []
  /// Bytes that may begin a key's sequence, and when the last came.
  private var unread: [UInt8] = []
  private var lastByte: UInt64 = 0
  /// Screenshots that a key has asked for.
  private var screenshotCount = 0

  init(_ options: ScreenOptions) {
    self.options = options
    isDrawn = options.display == .text && isatty(1) == 1
  }

  /// Keys wait for the guest.
  var hasKeys: Bool { !keys.isEmpty }
  /// How many.
  var keyCount: Int { keys.count }

  // MARK: Keys

  /// Takes what was typed at the terminal.
  func take(_ console: ConsoleInput) {
    let before = unread.count
    console.feed { bytes in
      unread += bytes
      return bytes.count
    }
    let now = HostClock.monotonic
    if unread.count > before { lastByte = now }
    guard !unread.isEmpty else { return }
    let isComplete = console.hasEnded || now - lastByte >= Self.escapeTime
    let (strokes, rest) = TerminalKeys.strokes(unread, isComplete: isComplete)
    unread = rest
    for stroke in strokes { keys += stroke.events.map { ($0.key, $0.isPress) } }
  }

  /// Types a text.
  func type(_ bytes: [UInt8]) {
    for stroke in TerminalKeys.strokes(bytes, isComplete: true).strokes {
      keys += stroke.events.map { ($0.key, $0.isPress) }
    }
  }

  /// Hands over keys as long as they are taken.
  func feed(_ accept: (_ key: Key, _ isPressed: Bool) -> Bool) {
    while let (key, isPress) = keys.first, accept(key, isPress) { keys.removeFirst() }
  }

  // MARK: The terminal

  /// Shows the screen if it was not looked at for a while.
  func show(_ machine: Machine, isLast: Bool = false) {
    guard isDrawn else { return }
    let now = HostClock.monotonic
    guard isLast || now - lastLook >= Self.interval, let state = machine.displayState else { return }
    lastLook = now
    guard let text = ScreenText(state) else {
      if !hasShownGraphics {
        writeAll(1, Array("\u{1B}[0m\u{1B}[2J\u{1B}[1;1H(the screen shows graphics: --screenshot writes it)".utf8))
      }
      (hasShownGraphics, shown) = (true, nil)
      return
    }
    hasShownGraphics = false
    let output = text.terminalOutput(since: shown)
    shown = text
    if !output.isEmpty { writeAll(1, Array(output.utf8)) }
  }

  /// Shows the last screen and writes the screenshot.
  ///
  /// - Throws: `HostError` if it cannot be written.
  func finish(_ machine: Machine) throws {
    guard let state = machine.displayState else { return }
    let text = ScreenText(state)
    if isDrawn {
      show(machine, isLast: true)
      writeAll(1, Array("\u{1B}[0m\u{1B}[\((text?.rowCount ?? 25) + 1);1H\u{1B}[?25h\r\n".utf8))
    } else if options.display == .text, let text {
      writeAll(1, Array(Self.joined(text.lines).utf8))
    }
    if let path = options.screenshot { try write(path, state) }
  }

  /// Writes what the screen shows now, to a file whose name has the next number before its ending.
  ///
  /// - Returns: the file's name.
  /// - Throws: `HostError` if it cannot be written.
  func writeNext(_ machine: Machine) throws -> String {
    let name = options.screenshot ?? ""
    screenshotCount += 1
    let path = "\(name.dropLast(4))-\(screenshotCount)\(name.suffix(4))"
    if let state = machine.displayState { try write(path, state) }
    return path
  }

  /// Writes what the screen shows now.
  ///
  /// - Throws: `HostError` if it cannot be written.
  func write(_ path: String, _ machine: Machine) throws {
    if let state = machine.displayState { try write(path, state) }
  }

  private func write(_ path: String, _ state: VGA.State) throws {
    let text = ScreenText(state)
    if path.hasSuffix(".png") { return try writeFile(path, PNG.bytes(Picture(state))) }
    guard let text else {
      throw HostError(description: "\(path): is not written: the screen shows no text; a name in .png makes a picture")
    }
    try writeFile(path, Array(Self.joined(text.lines).utf8))
  }

  /// Lines up to the last that is not empty.
  private static func joined(_ lines: [String]) -> String {
    let count = (lines.lastIndex { !$0.isEmpty } ?? -1) + 1
    return lines.prefix(count).map { $0 + "\n" }.joined()
  }
}
