import Machine
import Screen

/// `--expect` and `--send`: texts that are awaited in their order, and what is sent for each.
final class RunScript {
  private struct Step {
    var expected: [UInt8]
    var sent: [UInt8]?
  }

  /// What is to be done for a text that has come.
  enum Action: Equatable {
    case sendSerial([UInt8])
    case type([UInt8])
    case end
  }

  private let steps: [Step]
  private var next = 0
  /// The last bytes of the serial line, as many as a text may have.
  private var tail: [UInt8] = []
  private var longest = 0
  /// The screen when the last text was found: a row that has not changed since does not count again.
  private var seenLines: [String] = []
  private var actions: [Action] = []

  init(_ options: ScreenOptions) {
    steps = options.expect.enumerated().map { index, text in
      Step(
        expected: Array(text.utf8),
        sent: index < options.send.count ? ScriptText.bytes(options.send[index]) : nil)
    }
    longest = steps.map(\.expected.count).max() ?? 0
  }

  /// Texts are still awaited.
  var isWaiting: Bool { next < steps.count }
  /// Something is to be done.
  var hasActions: Bool { !actions.isEmpty }
  /// The text that is awaited.
  var awaited: String? { isWaiting ? String(decoding: steps[next].expected, as: UTF8.self) : nil }

  /// The guest has sent a byte on its serial line.
  func take(_ byte: UInt8) {
    guard isWaiting else { return }
    tail.append(byte)
    if tail.count > 2 * longest + 64 { tail.removeFirst(tail.count - longest) }
    let expected = steps[next].expected
    guard tail.count >= expected.count, tail.suffix(expected.count).elementsEqual(expected) else { return }
    tail = []
    found { .sendSerial($0) }
  }

  private func found(_ action: ([UInt8]) -> Action) {
    let step = steps[next]
    next += 1
    if let sent = step.sent {
      actions.append(action(sent))
    } else if !isWaiting {
      actions.append(.end)
    }
  }

  /// The last text has come, and the run is over.
  func isAtEnd(_ machine: Machine) -> Bool {
    actions = look(machine)
    return actions.contains(.end)
  }

  /// Looks at the screen; gives what is to be done now.
  func look(_ machine: Machine) -> [Action] {
    if isWaiting, let display = machine.displayState, let lines = ScreenText(display)?.lines {
      let expected = String(decoding: steps[next].expected, as: UTF8.self)
      let isNew = lines.enumerated().contains { index, line in
        line.contains(expected) && (index >= seenLines.count || seenLines[index] != line)
      }
      if isNew {
        seenLines = lines
        found { .type($0) }
      }
    }
    defer { actions = [] }
    return actions
  }
}
