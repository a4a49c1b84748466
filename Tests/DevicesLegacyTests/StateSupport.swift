import DevicesLegacy
import Foundation
import TestSupport
import Testing
import X86

/// Everything that a chip drives, in order.
final class Recorder: SignalLine, ByteSink, LocalAPICOutput {
  var log: [String] = []

  func set(_ level: Bool) { log.append("line \(level)") }
  func write(_ byte: UInt8) { log.append("byte \(byte)") }
  func send(_ message: InterruptMessage) { log.append("\(message)") }
  func interruptRequestChanged(_ apic: LocalAPIC) { log.append("INTR \(apic.hasRequest)") }
  func nonMaskableInterrupt(_ apic: LocalAPIC) { log.append("NMI") }
  func initialize(_ apic: LocalAPIC) {
    log.append("INIT")
    apic.reset()
  }
  func startUp(_ apic: LocalAPIC, vector: UInt8) { log.append("SIPI \(vector)") }
  func endOfInterrupt(_ apic: LocalAPIC, vector: UInt8) { log.append("EOI \(vector)") }
  func send(_ apic: LocalAPIC, _ message: InterruptMessage, shorthand: UInt8) {
    log.append("IPI \(message) \(shorthand)")
  }
}

/// One chip with its recorder, driven by dice.
struct Rig<Chip: RestorableChip> {
  let chip: Chip
  let recorder = Recorder()
  var now: UInt64 = 0
  private let step: (Chip, inout Dice, VirtualTime) -> String

  init(_ make: (Recorder) -> Chip, _ step: @escaping (Chip, inout Dice, VirtualTime) -> String) {
    chip = make(recorder)
    self.step = step
  }

  /// Drives the chip; gives all that can be seen of it.
  mutating func run(_ steps: Int, _ dice: inout Dice) -> [String] {
    recorder.log = []
    for _ in 0..<steps {
      if dice.below(3) == 0 { now &+= dice.next() >> UInt64(34 + dice.below(28)) }
      recorder.log.append(step(chip, &dice, VirtualTime(nanoseconds: now)))
    }
    return recorder.log
  }
}

/// A chip's name and its two tests, without its type.
struct ChipRow: Sendable, CustomTestStringConvertible {
  let testDescription: String
  /// The first difference between going on and going on after a restore, or a sentence about a refused state.
  let divergence: @Sendable (_ seed: UInt64) throws -> String?
  /// How many of so many corrupt states were refused; the others survived.
  let refusals: @Sendable (_ count: Int) throws -> Int
}

func row<Chip: RestorableChip & SendableMetatype>(
  _ name: String, _ make: @escaping @Sendable (Recorder) -> Chip,
  _ step: @escaping @Sendable (Chip, inout Dice, VirtualTime) -> String
) -> ChipRow {
  ChipRow(
    testDescription: name,
    divergence: { seed in
      var dice = Dice(seed)
      var first = Rig(make, step)
      _ = first.run(20 + dice.below(400), &dice)
      let saved = try JSONDecoder().decode(Chip.State.self, from: JSONEncoder().encode(first.chip.state))
      if let problem = Chip.problem(in: saved) { return "a state that came about is refused: \(problem)" }
      var second = Rig(make, step)
      second.now = first.now
      second.chip.restore(saved)
      var sameDice = dice
      let (ours, theirs) = (first.run(300, &dice), second.run(300, &sameDice))
      for (index, pair) in zip(ours, theirs).enumerated() where pair.0 != pair.1 {
        return "output \(index): \(pair.0), restored \(pair.1)"
      }
      return ours.count == theirs.count && first.chip.state == second.chip.state ? nil : "other states in the end"
    },
    refusals: { count in
      var dice = Dice(UInt64(count))
      var refused = 0
      var source = Rig(make, step)
      var text: [UInt8] = []
      for number in 0..<count {
        if number % 20 == 0 {
          _ = source.run(20, &dice)
          text = Array(try JSONEncoder().encode(source.chip.state))
        }
        guard let state = try? JSONDecoder().decode(Chip.State.self, from: Data(corrupted(text, &dice))),
          Chip.problem(in: state) == nil
        else {
          refused += 1
          continue
        }
        var rig = Rig(make, step)
        rig.now = dice.pick([0, source.now, dice.next() >> 1])
        rig.chip.restore(state)
        _ = rig.run(200, &dice)
      }
      return refused
    })
}

/// One to three of the numbers and truths in a JSON text become others, or go, or come twice.
private func corrupted(_ text: [UInt8], _ dice: inout Dice) -> [UInt8] {
  var result = text
  for _ in 0...dice.below(3) {
    let starts = result.indices.filter { index in
      let before = index == 0 ? UInt8(ascii: " ") : result[index - 1]
      return [UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: ",")].contains(before)
        && (result[index] == UInt8(ascii: "t") || result[index] == UInt8(ascii: "f")
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(result[index]))
    }
    guard !starts.isEmpty else { continue }
    let start = dice.pick(starts)
    var end = start
    while end < result.count, ![UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}")].contains(result[end]) {
      end += 1
    }
    let old = String(bytes: result[start..<end], encoding: .utf8) ?? ""
    result.replaceSubrange(start..<end, with: Array(replacement(old, &dice).utf8))
  }
  return result
}

private func replacement(_ old: String, _ dice: inout Dice) -> String {
  guard let number = UInt64(old) else { return old == "true" ? "false" : "true" }
  switch dice.below(16) {
  case 0: return "\(old),\(old)"
  case 1: return "null"
  case 2: return "-\(dice.next() >> UInt64(1 + dice.below(60)))"
  case 3...5: return "\(number ^ (1 << UInt64(dice.below(dice.pick([3, 8, 16, 32, 64])))))"
  case 6: return "\(number &+ 1)"
  case 7: return "\(number &- 1)"
  case 8...10: return "\(dice.next() >> UInt64(dice.below(64)))"
  default: return "\(dice.pick([0, 1, 2, 6, 7, 8, 127, 128, 255, 65535, 65536, 0xFFFF_FFFF, 1 << 63, .max]) as UInt64)"
  }
}
