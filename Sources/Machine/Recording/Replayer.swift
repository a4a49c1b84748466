import TextForms

/// Gives a guest again what a recording says.
public final class Replayer {
  private let path: String
  private let end: InputRecording.End?
  private let log: InputLog

  /// Checks that the machine is the one that was recorded.
  ///
  /// - Parameters:
  ///   - path: what messages call the recording.
  ///   - recording: what was recorded.
  ///   - present: the machine as it is.
  /// - Throws: `InputRecordingError` with the recording's name.
  public init(
    _ path: String, _ recording: InputRecording, _ present: InputRecording.Header
  ) throws(InputRecordingError) {
    self.path = path
    let recorded = recording.header
    for (name, recorded, here) in [
      ("memory", recorded.memory, present.memory), ("processors", recorded.processors, present.processors),
    ] where recorded != here {
      throw InputRecordingError(.unusable, "\(path): \(name) \(recorded) was recorded, and the machine has \(here)")
    }
    if let problem = Self.problem(recorded.drives, present.drives) {
      throw InputRecordingError(.unusable, "\(path): \(problem)")
    }
    guard recorded.state == present.state else {
      throw InputRecordingError(.unusable, "\(path): was recorded with another image, command line or snapshot")
    }
    end = recording.end
    log = InputLog(recording.inputs, end: recording.end?.moment)
  }

  /// How the drives differ, if they do.
  private static func problem(_ recorded: [InputRecording.Drive], _ present: [InputRecording.Drive]) -> String? {
    for drive in recorded {
      guard let here = present.first(where: { $0.place == drive.place }) else {
        return "drive \(drive.place) was recorded, and the machine has none"
      }
      guard here.contents == drive.contents else {
        return "drive \(drive.place): \(here.path ?? "no disc") is not what was there when the run was recorded: "
          + "its contents are \(here.contents), not \(drive.contents)"
      }
    }
    return present.first { drive in !recorded.contains { $0.place == drive.place } }.map {
      "the machine has a drive \($0.place), and none was recorded"
    }
  }

  /// Whether the recording has an end; one that was cut is replayed as far as it goes, and the guest then goes on
  /// without input.
  public var isWhole: Bool { end != nil }

  /// What was recorded.
  public var inputs: [InputLog.Entry] { log.entries }

  /// More comes, or the recorded run was stopped while its guest slept.
  public var expectsInput: Bool { log.next != nil || isWhole }

  /// Whether the recorded run ended here.
  public func isAtEnd(_ machine: Machine) -> Bool { log.isAtEnd(machine) }

  /// Lets the guest go on by at most so many ticks, or by one sleep.
  ///
  /// - Returns: as `Machine.run` does; `.idle` if nothing can wake the guest any more.
  /// - Throws: if the guest goes another way than the recorded one.
  public func run(_ machine: Machine, ticks: UInt64) throws(InputRecordingError) -> RunResult {
    do throws(InputDivergence) {
      let result = try log.advance(machine, to: machine.executedTicks &+ ticks)
      guard case .idle(let nanoseconds?) = result else { return result }
      machine.passIdleTime(nanoseconds: nanoseconds)
      return .sliceEnded
    } catch {
      let here = "\(machine.executedTicks) ticks at \(machine.clockNanoseconds) ns"
      let goal = "\(error.moment.ticks) ticks at \(error.moment.clock) ns"
      throw InputRecordingError(
        .diverged,
        "\(path): the replay went another way: after \(here) it cannot come to what was recorded after \(goal)")
    }
  }

  /// Compares the end with the recorded one; nil if it is the same, or was not recorded.
  public func problem(_ machine: Machine) -> InputRecordingError? {
    let here = machine.executedTicks
    if let next = log.next {
      return InputRecordingError(
        .diverged,
        "\(path): the replay ended after \(here) ticks, before the input after \(next.moment.ticks)")
    }
    guard let end else { return nil }
    let present = InputRecording.End(machine)
    guard here == end.moment.ticks, present.state == end.state else {
      return InputRecordingError(
        .diverged,
        "\(path): the replay ended after \(here) ticks in state \(Text.hex(present.state)), "
          + "the recorded run after \(end.moment.ticks) in state \(Text.hex(end.state))")
    }
    return nil
  }
}
