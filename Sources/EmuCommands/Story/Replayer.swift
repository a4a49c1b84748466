import Machine

/// A replay went another way than the recorded run.
struct ReplayError: Error, CustomStringConvertible {
  /// One sentence with the recording's name.
  var description: String
}

/// Gives a guest again what a recording says.
final class Replayer {
  private let path: String
  private let end: InputRecording.End?
  private let log: InputLog

  /// Checks that the machine is the one that was recorded.
  ///
  /// - Throws: `InputError` with the recording's name.
  init(_ path: String, _ recording: InputRecording, _ present: InputRecording.Header) throws(InputError) {
    self.path = path
    let recorded = recording.header
    for (name, recorded, here) in [
      ("memory", recorded.memory, present.memory), ("processors", recorded.processors, present.processors),
    ] where recorded != here {
      throw InputError(description: "\(path): \(name) \(recorded) was recorded, and the machine has \(here)")
    }
    guard recorded.state == present.state else {
      throw InputError(description: "\(path): was recorded with another image, command line or snapshot")
    }
    end = recording.end
    log = InputLog(
      recording.inputs.map { InputLog.Entry(moment: $0.moment, input: .serial($0.bytes)) }, end: recording.end?.moment)
  }

  /// Whether the recording has an end; one that was cut is replayed as far as it goes, and the guest then goes on
  /// without input.
  var isWhole: Bool { end != nil }

  /// What was recorded.
  var inputs: [InputLog.Entry] { log.entries }

  /// More comes, or the recorded run was stopped while its guest slept.
  var expectsInput: Bool { log.next != nil || isWhole }

  /// Whether the recorded run ended here.
  func isAtEnd(_ machine: Machine) -> Bool { log.isAtEnd(machine) }

  /// Lets the guest go on by at most so many ticks, or by one sleep.
  ///
  /// - Returns: as `Machine.run` does; `.idle` if nothing can wake the guest any more.
  /// - Throws: if the guest goes another way than the recorded one.
  func run(_ machine: Machine, ticks: UInt64) throws(ReplayError) -> RunResult {
    do throws(InputDivergence) {
      let result = try log.advance(machine, to: machine.executedTicks &+ ticks)
      guard case .idle(let nanoseconds?) = result else { return result }
      machine.passIdleTime(nanoseconds: nanoseconds)
      return .sliceEnded
    } catch {
      let here = "\(machine.executedTicks) instructions at \(machine.clockNanoseconds) ns"
      let goal = "\(error.moment.ticks) instructions at \(error.moment.clock) ns"
      throw ReplayError(
        description:
          "\(path): the replay went another way: after \(here) it cannot come to what was recorded after \(goal)")
    }
  }

  /// Compares the end with the recorded one; nil if it is the same, or was not recorded.
  func problem(_ machine: Machine) -> String? {
    let here = machine.executedTicks
    if let next = log.next {
      return "\(path): the replay ended after \(here) instructions, before the input after \(next.moment.ticks)"
    }
    guard let end else { return nil }
    let present = InputRecording.End(machine)
    guard here == end.moment.ticks, present.state == end.state else {
      return "\(path): the replay ended after \(here) instructions in state 0x\(String(present.state, radix: 16)), "
        + "the recorded run after \(end.moment.ticks) in state 0x\(String(end.state, radix: 16))"
    }
    return nil
  }
}
