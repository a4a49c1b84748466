public import DevicesLegacy
public import X86

/// Something that reached the machine from outside.
public enum OutsideInput: Equatable, Sendable {
  /// Bytes on the serial line.
  case serial([UInt8])
  /// A key of the board's keyboard went down or up.
  case key(Key, isPressed: Bool)
  /// A non-maskable interrupt for a processor.
  case nonMaskableInterrupt(processor: Int)
  /// A message for a processor's local APIC with a vector from 10h on.
  case interrupt(processor: Int, vector: UInt8)
  /// A pulse on an interrupt line that no chip of the board drives.
  case line(Int)
  /// A debugger wrote RAM.
  case memory(address: UInt64, bytes: [UInt8])
  /// A debugger changed a processor.
  case state(processor: Int, ArchitecturalState)
}

/// A moment of a machine between two slices: a sleeping guest gets older without executing anything.
public struct Moment: Equatable, Sendable {
  /// Executed ticks.
  public var ticks: UInt64
  /// Nanoseconds of virtual time.
  public var clock: UInt64

  /// Makes a moment.
  public init(ticks: UInt64, clock: UInt64) {
    self.ticks = ticks
    self.clock = clock
  }

  /// Neither count is less than at another moment.
  public func isAtOrAfter(_ other: Moment) -> Bool { ticks >= other.ticks && clock >= other.clock }
}

extension Machine {
  /// The present moment.
  public var moment: Moment { Moment(ticks: executedTicks, clock: clock) }

  /// Changes the machine from outside; false if it did not take all of it.
  func take(_ input: OutsideInput) -> Bool {
    switch input {
    case .serial(let bytes): return receiveSerial(bytes) == bytes.count
    case .key(let key, let isPressed):
      guard isReadyForKeys else { return false }
      setKey(key, isPressed: isPressed)
      return true
    case .nonMaskableInterrupt, .interrupt, .line: return takeInterrupt(input)
    case .memory(let address, let bytes): return writePhysical(address, bytes)
    case .state(let processor, let state):
      guard (0..<processorCount).contains(processor) else { return false }
      setState(state, ofProcessor: processor)
      return true
    }
  }
}

/// A machine did not come to the moment of a logged input, or did not take it there.
public struct InputDivergence: Error, Equatable {
  /// The moment of the input, or of the end.
  public var moment: Moment
}

/// What reached a machine from outside, each with its moment, and how much of it the machine has got: with it the same
/// run is executed again.
///
/// A class, since the machine's observers may look at it while it executes.
public final class InputLog {
  /// One input.
  public struct Entry: Equatable, Sendable {
    /// When it came.
    public var moment: Moment
    /// What came.
    public var input: OutsideInput

    /// Makes an entry.
    public init(moment: Moment, input: OutsideInput) {
      self.moment = moment
      self.input = input
    }
  }

  /// Inputs in the order of their moments.
  public private(set) var entries: [Entry]
  /// Where the logged run ended, if that is known; it is not executed beyond.
  public var end: Moment?
  /// How many inputs the machine has got.
  public private(set) var givenCount = 0

  /// Makes a log; its inputs are in the order of their moments.
  public init(_ entries: [Entry] = [], end: Moment? = nil) {
    self.entries = entries
    self.end = end
  }

  /// The input that comes next; nil if the machine has got all.
  public var next: Entry? { givenCount < entries.count ? entries[givenCount] : nil }

  /// The machine has got every input and has come to the end.
  public func isAtEnd(_ machine: Machine) -> Bool {
    guard next == nil, let end else { return false }
    return machine.moment.isAtOrAfter(end)
  }

  // MARK: Logging

  /// Gives bytes to the serial line now and logs those that were taken.
  ///
  /// - Returns: how many: none while logged inputs lie ahead.
  public func receiveSerial(_ bytes: [UInt8], _ machine: Machine) -> Int {
    guard next == nil else { return 0 }
    let moment = machine.moment
    let taken = machine.receiveSerial(bytes)
    if taken > 0 { append(Entry(moment: moment, input: .serial(Array(bytes.prefix(taken))))) }
    return taken
  }

  /// Presses or releases a key now and logs it.
  ///
  /// - Returns: whether the keyboard took it: not while logged inputs lie ahead.
  public func setKey(_ key: Key, isPressed: Bool, _ machine: Machine) -> Bool {
    guard next == nil else { return false }
    let entry = Entry(moment: machine.moment, input: .key(key, isPressed: isPressed))
    guard machine.take(entry.input) else { return false }
    append(entry)
    return true
  }

  /// Gives an interrupt now and logs it.
  ///
  /// - Returns: whether the machine took it: not while logged inputs lie ahead.
  public func interrupt(_ input: OutsideInput, _ machine: Machine) -> Bool {
    guard next == nil else { return false }
    let moment = machine.moment
    guard machine.takeInterrupt(input) else { return false }
    append(Entry(moment: moment, input: input))
    return true
  }

  /// Changes the machine now and logs it; what lay ahead is no longer true.
  public func change(_ input: OutsideInput, _ machine: Machine) {
    entries.removeSubrange(givenCount...)
    let moment = machine.moment
    if machine.take(input) { append(Entry(moment: moment, input: input)) }
  }

  /// Adds an input that lies ahead, at or after all others.
  public func expect(_ entry: Entry) { entries.append(entry) }

  private func append(_ entry: Entry) {
    entries.append(entry)
    givenCount = entries.count
  }

  // MARK: Executing again

  /// The machine stands where it had got so many inputs.
  public func rewind(to count: Int) { givenCount = min(max(count, 0), entries.count) }

  /// Gives the inputs of the present moment.
  ///
  /// - Throws: if the machine is past an input's moment, or does not take all of it.
  public func give(_ machine: Machine) throws(InputDivergence) {
    while let next, next.moment.ticks <= machine.executedTicks {
      guard next.moment.ticks == machine.executedTicks else { throw InputDivergence(moment: next.moment) }
      guard next.moment.clock <= machine.clock else { return }
      givenCount += 1
      guard machine.take(next.input) else { throw InputDivergence(moment: next.moment) }
    }
  }

  /// Goes on by one stretch: gives the inputs of the present moment, then executes as far as the next input, the end or
  /// `target`, or lets a sleeping machine sleep as far as its next event.
  ///
  /// - Parameter target: executed ticks.
  /// - Returns: as `Machine.run` does; `.idle` if no input is ahead.
  /// - Throws: if the machine goes another way than the logged one.
  public func advance(_ machine: Machine, to target: UInt64) throws(InputDivergence) -> RunResult {
    try give(machine)
    let here = machine.moment
    guard here.ticks < target else { return .sliceEnded }
    guard let goal = next?.moment ?? end, !here.isAtOrAfter(goal) else {
      return machine.run(ticks: target &- here.ticks)
    }
    guard here.ticks < goal.ticks else {
      // What comes next came while every processor slept.
      guard here.ticks == goal.ticks else { throw InputDivergence(moment: goal) }
      guard let pause = machine.idleStep(limit: goal.clock) else {
        if let reason = machine.exitReason { return .exited(reason) }
        throw InputDivergence(moment: goal)
      }
      machine.passIdleTime(nanoseconds: pause)
      return .sliceEnded
    }
    let result = machine.run(ticks: min(target, goal.ticks) &- here.ticks)
    guard case .idle(let nanoseconds) = result else { return result }
    guard let nanoseconds else { throw InputDivergence(moment: goal) }
    machine.passIdleTime(nanoseconds: nanoseconds)
    return .sliceEnded
  }
}
