import Differential
public import Interpreter
public import Machine
import MMU
import TextForms
import X86

/// One thing that the two engines have made different.
public struct EngineField: Sendable, Equatable {
  /// What it is.
  public var name: String
  /// What kind of thing, the same for all of it: part of a fingerprint.
  public var kind: String
  /// What the threaded engine has.
  public var ours: String
  /// What the reference engine has.
  public var theirs: String
}

/// Two boards that went different ways.
public struct EngineDifference: Sendable, Equatable {
  /// Ticks of the run, up to the stop where it shows.
  public var ticks: UInt64
  /// What differs, the first of each kind first; at least one.
  public var fields: [EngineField]

  /// The kinds of fields.
  public var signature: String {
    var kinds: [String] = []
    for field in fields where !kinds.contains(field.kind) { kinds.append(field.kind) }
    return kinds.joined(separator: ", ")
  }
}

/// A mistake in the threaded engine's board, which tests the comparison.
public struct EnginePlant: Sendable {
  /// Ticks of a run after which it is made, at the next stop of the threaded engine.
  public var ticks: Int
  /// The mistake.
  public var change: @Sendable (Machine) -> Void

  /// Makes a mistake.
  public init(afterTicks ticks: Int, _ change: @escaping @Sendable (Machine) -> Void) {
    self.ticks = ticks
    self.change = change
  }
}

/// The two engines side by side: two boards that run the same program from the same state and are compared at each stop.
public final class EnginePair {
  /// What the processors are.
  public let model: ProcessorModel
  /// Compares RAM at every stop; else at the end of a run, and at every stop when that differs.
  public var comparesMemoryAlways = false
  /// A mistake to make.
  public var plant: EnginePlant?
  /// Runs so far.
  public private(set) var runCount: UInt64 = 0
  /// Ticks of all runs.
  public private(set) var tickCount: UInt64 = 0

  let ours: EngineMachine
  let theirs: EngineMachine
  private let image: ProgramImage
  private let state: EngineState

  /// Builds both boards.
  public init(_ model: ProcessorModel = .amdV1) throws(MachineError) {
    self.model = model
    ours = try EngineMachine(model, .threaded)
    theirs = try EngineMachine(model, .reference)
    image = ProgramImage(model)
    state = EngineState(ours.processor)
  }

  /// Makes a program the one that `run` runs.
  public func place(_ program: EngineProgram) { image.place(program) }

  /// Runs a program.
  public func run(_ program: EngineProgram, _ schedule: EngineSchedule) -> EngineDifference? {
    place(program)
    return run(schedule)
  }

  /// Runs the placed program from its start; gives the first stop where the boards differ.
  public func run(_ schedule: EngineSchedule) -> EngineDifference? {
    guard let found = run(schedule, comparingMemory: comparesMemoryAlways) else { return nil }
    // Where RAM alone differs, the stop where it began does not show yet.
    guard !comparesMemoryAlways, found.fields.allSatisfy({ $0.kind.hasPrefix("RAM") }) else { return found }
    return run(schedule, comparingMemory: true) ?? found
  }

  private func run(_ schedule: EngineSchedule, comparingMemory: Bool) -> EngineDifference? {
    ours.load(image)
    theirs.load(image)
    runCount += 1
    var planted = plant
    var done = 0
    defer { tickCount += UInt64(done) }
    for (index, leg) in schedule.legs.enumerated() {
      if let event = leg.event {
        ours.apply(event)
        theirs.apply(event)
      }
      let (left, right) = (ours.run(leg.ticks, leg.ours), theirs.run(leg.ticks, leg.theirs))
      done += leg.ticks
      if let plant = planted, done >= plant.ticks {
        plant.change(ours.machine)
        planted = nil
      }
      let isLast = index == schedule.legs.count - 1 || !Self.goesOn(left) || !Self.goesOn(right)
      if let difference = compare(left, right, isLast: isLast, memory: comparingMemory || isLast) { return difference }
      if isLast { break }
      // A guest that sleeps meets an event that is near.
      if case .idle(let nanoseconds?) = left, nanoseconds <= Self.longestSleep {
        for side in [ours, theirs] { side.machine.passIdleTime(nanoseconds: nanoseconds) }
      }
    }
    return nil
  }

  /// Nanoseconds of sleep that are passed at once; a chip's event that is further away does not come.
  private static let longestSleep: UInt64 = 4096

  /// Whether the guest may go on: one that sleeps may be woken by a later event.
  private static func goesOn(_ result: RunResult) -> Bool {
    switch result {
    case .sliceEnded, .idle: true
    default: false
    }
  }

  // MARK: Comparing

  private func compare(_ left: RunResult, _ right: RunResult, isLast: Bool, memory: Bool) -> EngineDifference? {
    var fields: [EngineField] = []
    if left != right {
      fields.append(EngineField(name: "end of the slice", kind: "end", ours: "\(left)", theirs: "\(right)"))
    }
    fields += BoardComparison.fields(ours.processor, theirs.processor, state)
    if memory, let (address, one, two) = ours.memoryDifference(from: theirs) {
      let page = GuestMap.name(ofPage: address)
      fields.append(
        EngineField(
          name: "RAM at \(Text.suffixed(address)), \(page)", kind: "RAM, \(page)", ours: Text.hex(one),
          theirs: Text.hex(two)))
    }
    if isLast || !fields.isEmpty {
      fields += BoardComparison.fields(ours.machine, theirs.machine)
      if ours.output != theirs.output {
        fields.append(
          EngineField(
            name: "serial output", kind: "serial output", ours: Text.digits(ours.output),
            theirs: Text.digits(theirs.output)))
      }
    }
    guard !fields.isEmpty else { return nil }
    return EngineDifference(ticks: theirs.machine.executedTicks, fields: fields)
  }
}
