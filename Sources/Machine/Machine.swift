import DevicesLegacy
public import Interpreter
public import MMU
public import X86

/// What a board is made of.
public struct MachineConfiguration: Sendable {
  /// Bytes of RAM, a multiple of 4 KiB.
  public var memoryByteCount: UInt64 = 256 << 20
  /// Logical processors, 1 to 16.
  public var processorCount = 1
  /// Makes the defaults.
  public init() {}
}

/// Why a machine cannot be built.
public struct MachineError: Error, CustomStringConvertible, Equatable {
  /// One sentence.
  public var description: String
}

/// Why a machine stopped for good.
public enum ExitReason: Equatable, Sendable {
  /// The guest wrote this value to port F4h.
  case debugExit(UInt32)
  /// ACPI S5.
  case powerOff
  /// No processor can ever wake.
  case halted
  /// Shutdown, with its story.
  case tripleFault(String)
  /// A reset by the named means.
  case reset(String)
}

/// What came of a slice.
public enum RunResult: Equatable, Sendable {
  /// The instructions granted are used up.
  case sliceEnded
  /// Every processor sleeps; the first event that may wake one is so many nanoseconds away, or nil if only input can.
  case idle(UInt64?)
  /// The machine stopped.
  case exited(ExitReason)
}

/// The board: processors, chips on ports and addresses, and virtual time.
public final class Machine {
  /// Guest RAM.
  public let memory: GuestMemory
  /// Serial and debug-console output, in order.
  public var serialOutput: (UInt8) -> Void = { _ in }
  /// Whether bytes may still arrive on the serial line: then a sleeping guest is not dead.
  public var expectsInput = false
  /// Whether `run` comes back when every processor sleeps, for the caller to pass the time, rather than jump to the
  /// next event.
  public var returnsWhenIdle = false
  /// Whether a processor that another one wakes has its first turn only in the next round, for a debugger to look at.
  var sparesWoken = false
  /// Named events and how often each happened.
  public private(set) var events: [String: Int] = [:]

  /// Who executes in place of the board's own processors, if anybody.
  public weak var foreignProcessors: (any ForeignProcessors)?

  let configuration: MachineConfiguration
  private let cache: CodeCache
  private var processors: [Processor] = []
  let platform: Platform
  /// Virtual time at the start of the round.
  var clock: UInt64 = 0
  private var runningIndex = 0
  private var quantum: UInt64 = 0
  private(set) var exit: ExitReason?
  private var idleResult: RunResult?

  /// Instructions that each processor may execute before the next has its turn.
  private static let processorQuantum = 4000

  /// Builds a board.
  public init(_ configuration: MachineConfiguration) throws(MachineError) {
    guard (1...16).contains(configuration.processorCount) else {
      throw MachineError(description: "--cpus \(configuration.processorCount) is not between 1 and 16")
    }
    do {
      memory = try GuestMemory(byteCount: configuration.memoryByteCount)
    } catch {
      switch error {
      case .badSize(let size):
        throw MachineError(description: "--memory \(size) is not a multiple of 4096 of at least 1048576 bytes")
      case .exceedsHost(let size, let host):
        throw MachineError(description: "--memory \(size): the host has no more than \(host) bytes")
      case .cannotMap(let size, let code):
        throw MachineError(description: "--memory \(size): the host refuses so much memory (errno \(code))")
      }
    }
    self.configuration = configuration
    cache = CodeCache(memory)
    platform = Platform(processorCount: configuration.processorCount, memory: memory)
    platform.machine = self
    let model = ProcessorModel(processorCount: configuration.processorCount)
    for index in 0..<configuration.processorCount {
      let processor = Processor(index: index, memory: memory, cache: cache, bus: self, model: model)
      if index > 0 { processor.initialize(isBootstrap: false) }
      processors.append(processor)
    }
  }

  /// Loads an image into RAM and the bootstrap processor.
  public func load(path: String, options: BootOptions) throws(BootError) {
    let rsdp = FirmwareTables(processorCount: configuration.processorCount).place(in: memory)
    platform.firmware.setCommandLine(options.commandLine)
    processors[0].restore(try memory.loadImage(path: path, options: options, rsdp: rsdp))
  }

  /// Instructions completed by all processors.
  public var retiredInstructions: UInt64 { processors.reduce(0) { $0 &+ $1.retiredInstructions } }

  /// Ticks that all processors have used: completed instructions, and each further iteration of a repeated string
  /// instruction and each delivery of an exception.
  public var executedTicks: UInt64 { processors.reduce(0) { $0 &+ $1.state.ticksBefore } }

  /// Everything that software can observe of a processor.
  public func state(ofProcessor index: Int) -> ArchitecturalState { processors[index].snapshot() }

  /// Bytes for the serial line; gives how many were taken.
  public func receiveSerial(_ bytes: [UInt8]) -> Int {
    var taken = 0
    while taken < bytes.count, platform.serial.receive(bytes[taken]) { taken += 1 }
    return taken
  }

  /// Virtual time as the running processor sees it.
  var now: VirtualTime {
    let count = UInt64(processors.count)
    guard count > 0, quantum > 0 else { return VirtualTime(nanoseconds: clock) }
    let used = UInt64(max(processors[runningIndex].ticksInSlice, 0))
    return VirtualTime(nanoseconds: clock &+ (UInt64(runningIndex) &* quantum &+ used) / count)
  }

  /// Runs until about `ticks` ticks of virtual time have passed, or the machine stops.
  public func run(ticks: UInt64) -> RunResult {
    let end = clock &+ ticks
    while clock < end {
      idleResult = nil
      platform.advance(to: VirtualTime(nanoseconds: clock))
      if let exit { return .exited(exit) }
      var limit = end &- clock
      if let next = platform.nextEvent { limit = min(limit, max(next.nanoseconds, clock &+ 1) &- clock) }
      if processors.count > 1 { limit = min(limit, UInt64(Self.processorQuantum)) }
      guard round(limit) else { return idleResult ?? .exited(exit ?? .halted) }
    }
    return .sliceEnded
  }

  /// Lets virtual time pass while every processor sleeps.
  public func passIdleTime(nanoseconds: UInt64) { clock &+= nanoseconds }

  /// One turn of every processor; false if none can run and nothing will wake one.
  private func round(_ limit: UInt64) -> Bool {
    var longest: UInt64 = 0
    quantum = limit
    let wasAwake = sparesWoken ? processors.map { $0.state.activity == .running || $0.canWake } : []
    for index in processors.indices where !sparesWoken || wasAwake[index] {
      runningIndex = index
      let processor = processors[index]
      guard processor.state.activity == .running || (processor.state.activity == .halted && processor.canWake) else {
        continue
      }
      processor.clearBoardAttention()
      longest = max(longest, UInt64(processor.run(ticks: Int(min(limit, 1 << 40)))))
      if processor.state.activity == .shutdown { exit = exit ?? .tripleFault(processor.state.shutdownReason) }
      if exit != nil { break }
    }
    runningIndex = 0
    quantum = 0
    if exit != nil { return true }
    if longest > 0 {
      clock &+= longest
      return true
    }
    // All processors sleep. Only interrupts, with IF = 1, or an NMI can wake one.
    let canBeWoken = processors.contains {
      $0.state.activity == .halted && $0.state.systemFlags & RFLAGS.interruptEnable != 0
    }
    guard let next = platform.nextEvent, canBeWoken else {
      guard canBeWoken, expectsInput else {
        exit = .halted
        return false
      }
      idleResult = .idle(nil)
      return false
    }
    if returnsWhenIdle {
      idleResult = .idle(max(next.nanoseconds, clock &+ 1) &- clock)
      return false
    }
    clock = max(clock &+ 1, next.nanoseconds)
    return true
  }

  /// Ends the run.
  func stop(_ reason: ExitReason) {
    if exit == nil { exit = reason }
    interruptSlice()
  }

  /// Makes the running processor come back, so that a new deadline counts.
  func interruptSlice() {
    if processors.indices.contains(runningIndex) { processors[runningIndex].requestBoardAttention() }
  }

  func setA20(_ isEnabled: Bool) {
    if foreignProcessors != nil && !isEnabled { note("A20 gate closed without effect", processor: 0) }
    for processor in processors { processor.setAddressMask(isEnabled ? .max : ~(1 << 20)) }
  }

  func processor(_ index: Int) -> Processor { processors[index] }
}

extension Machine: ProcessorBus {
  /// Reads I/O ports for a processor.
  public func readPort(_ port: UInt16, width: Int, processor: Int) -> UInt32 {
    platform.readPort(port, width: width, now: now)
  }

  /// Writes I/O ports for a processor; a chip may have set a new deadline.
  public func writePort(_ value: UInt32, _ port: UInt16, width: Int, processor: Int) {
    platform.writePort(value, port, width: width, now: now)
    interruptSlice()
  }

  /// Reads an address that is not RAM.
  public func readPhysical(_ address: PhysicalAddress, width: Int, processor: Int) -> UInt64 {
    platform.readPhysical(address.rawValue, width: width, processor: processor, now: now)
  }

  /// Writes an address that is not RAM; a chip may have set a new deadline.
  public func writePhysical(_ value: UInt64, _ address: PhysicalAddress, width: Int, processor: Int) {
    platform.writePhysical(value, address.rawValue, width: width, processor: processor, now: now)
    interruptSlice()
  }

  /// The interrupt acknowledge cycle: the vector, or nil if the request went away.
  public func acknowledgeInterrupt(processor: Int) -> UInt8? {
    switch platform.apics[processor].acknowledge() {
    case .vector(let vector): vector
    case .external: platform.pic.acknowledge()
    case .none: nil
    }
  }

  /// CR8.
  public func taskPriority(processor: Int) -> UInt8 { platform.apics[processor].taskPriorityClass }

  /// Sets CR8.
  public func setTaskPriority(_ value: UInt8, processor: Int) { platform.apics[processor].taskPriorityClass = value }

  /// Reads an MSR of the local APIC.
  public func readAPICRegister(_ msr: UInt32, processor: Int) -> UInt64? {
    platform.apics[processor].readMSR(msr, now: now)
  }

  /// Writes an MSR of the local APIC.
  public func writeAPICRegister(_ msr: UInt32, _ value: UInt64, processor: Int) -> Bool {
    defer { interruptSlice() }
    platform.apics[processor].timeStampOffset = self.processor(processor).state.msrs.tscAdjust
    return platform.apics[processor].writeMSR(msr, value, now: now)
  }

  /// Ticks of virtual time, one a nanosecond.
  public func timeStamp(processor: Int) -> UInt64 { now.nanoseconds }

  /// Counts a named event.
  public func note(_ event: String, processor: Int) { events[event, default: 0] += 1 }
}
