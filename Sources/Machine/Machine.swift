import DevicesLegacy
import Glibc
public import Interpreter
public import MMU
public import X86

/// What a board is made of.
public struct MachineConfiguration: Sendable {
  /// Bytes of RAM, a multiple of 4 KiB.
  public var memoryByteCount: UInt64 = 256 << 20
  /// Logical processors, 1 to 16.
  public var processorCount = 1
  /// What each processor is; its own count does not matter.
  public var model = ProcessorModel.amdV1
  /// A high precision event timer, and its ACPI table.
  public var hasHPET = false
  /// The test device of kvm-unit-tests.
  public var hasTestDevice = false
  /// Bytes of a ROM that ends at 4 GiB, 64 KiB to 16 MiB in multiples of 64 KiB: the processor starts in it, and the
  /// board has PCI and what firmware asks for. 0 is a board without firmware.
  public var romByteCount: UInt64 = 0
  /// Files that firmware finds by fw_cfg beside those of every board, such as `bootorder` and `vgaroms/NAME`; with one of
  /// the latter the serial line is not the screen.
  public var firmwareFiles: [String: [UInt8]] = [:]
  /// A screen (VGA) and a keyboard.
  public var hasDisplay = false
  /// The screen's video BIOS, which firmware finds on PCI; at most 128 KiB.
  public var displayROM: [UInt8] = []
  /// The most bytes of it.
  static let displayROMLimit = 128 << 10
  /// What firmware boots from, in this order.
  public var bootOrder: [BootDevice] = [.disk, .cdrom, .floppy]
  /// What firmware writes to port 402h goes where the serial line goes.
  public var showsFirmwareLog = false
  /// The serial port interrupts whatever OUT2 says.
  public var serialIgnoresOUT2 = false
  /// The loop that executes guests: no guest can see which.
  public var engine = Engine.threaded
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
  /// The guest wrote this value to the debug exit port.
  case debugExit(UInt32)
  /// ACPI S5.
  case powerOff
  /// No processor can ever wake.
  case halted
  /// Shutdown, with its report.
  case tripleFault(String)
  /// A reset by the named means.
  case reset(String)
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
  /// What the guest met that is not there, and how often.
  public internal(set) var events = EventLog()

  /// Who executes: the interpreter, or the set that has taken its place.
  public var processorSet: any ProcessorSet { replacement ?? interpreter }
  /// A set that executes in place of the interpreter, as long as it lives.
  private weak var replacement: (any ProcessorSet)?
  /// Ports behind whose first access `run` comes back with `.stopped`.
  public var stopPorts: Set<UInt16> = []
  /// One of them has been accessed by the instruction that is executing.
  var isAtStopPort = false
  /// The last `.stopped` came of such a port.
  public internal(set) var hasStoppedAtPort = false
  private let interpreter = InterpreterProcessors()

  let configuration: MachineConfiguration
  let cache: CodeCache
  private(set) var processors: [Processor] = []
  let platform: Platform
  /// Virtual time at the start of the round.
  var clock: UInt64 = 0
  /// Where the running round stands.
  var turn = Turn()
  /// The board has ended the present turn.
  var isTurnInterrupted = false
  var exit: ExitReason?
  /// Events of devices since an instruction was executed, while every processor slept.
  var idleJumps: UInt64 = 0
  /// The guest has asked for ACPI S3 by the instruction that is executing.
  var isSuspendRequested = false
  /// Who gave the vector of the last interrupt that was acknowledged.
  var acknowledged: AcknowledgedInterrupt?
  /// The observer wants to stop.
  var isStopRequested = false
  /// The observer of every step, if there is one; set by `observe`.
  var observer: (any MachineObserver)?

  /// Builds a board.
  ///
  /// - Parameter drives: the drives with their media.
  public convenience init(
    _ configuration: MachineConfiguration, drives: MachineDrives = MachineDrives()
  ) throws(MachineError) {
    try self.init(configuration, map: .pc, drives: drives)
  }

  /// Builds a board with the chips of a map.
  init(
    _ configuration: MachineConfiguration, map: BoardMap, drives: MachineDrives = MachineDrives()
  ) throws(MachineError) {
    guard (1...16).contains(configuration.processorCount) else {
      throw MachineError(description: "--cpus \(configuration.processorCount) is not between 1 and 16")
    }
    do {
      memory = try GuestMemory(
        byteCount: configuration.memoryByteCount, romByteCount: configuration.romByteCount)
    } catch {
      switch error {
      case .badSize(let size):
        let hint = size < 1 << 20 && size >= 1 ? "; a number alone is of bytes: --memory \(size)M is of MiB" : ""
        throw MachineError(description: "--memory \(size) is not a multiple of 4096 of at least 1048576 bytes\(hint)")
      case .badROMSize(let size):
        throw MachineError(
          description: "a ROM of \(size) bytes is not a multiple of 65536 of at most 16777216 bytes")
      case .exceedsHost(let size, let host):
        throw MachineError(description: "--memory \(size): the host has no more than \(host) bytes")
      case .cannotMap(let size, let code):
        // RAM is a file without a name: the limit of a file's size counts.
        let cause = code == EFBIG ? "ulimit -f, the limit of a file's size, is below it" : "errno \(code)"
        throw MachineError(description: "--memory \(size): the host refuses so much memory (\(cause))")
      }
    }
    if let problem = FirmwareConfiguration.problem(inFiles: configuration.firmwareFiles) {
      throw MachineError(description: problem)
    }
    guard configuration.displayROM.count <= MachineConfiguration.displayROMLimit else {
      throw MachineError(description: "a video BIOS of \(configuration.displayROM.count) bytes is too large")
    }
    self.configuration = configuration
    cache = CodeCache(memory)
    platform = Platform(configuration, memory: memory, map: map, drives: drives)
    platform.machine = self
    let model = configuration.model.on(processorCount: configuration.processorCount)
    for index in 0..<configuration.processorCount {
      let processor = Processor(index: index, memory: memory, cache: cache, bus: self, model: model)
      processor.engine = configuration.engine
      if index > 0 { processor.initialize(isBootstrap: false) }
      processors.append(processor)
    }
    interpreter.processors = processors
  }

  /// Lets another set of processors execute in place of the interpreter, on the same chips and the same RAM, as long as
  /// it lives.
  public func replaceProcessors(with set: any ProcessorSet) { replacement = set }

  /// The interpreter executes again.
  func removeReplacement() { replacement = nil }

  /// Loads an image into RAM and the bootstrap processor.
  public func load(path: String, options: BootOptions) throws(BootError) {
    BIOSData.place(in: memory, platform)
    let rsdp = FirmwareTables(platform, memory).place(in: memory)
    platform.firmware.setCommandLine(options.commandLine)
    processors[0].restore(try memory.loadImage(path: path, options: options, rsdp: rsdp))
  }

  /// Puts firmware into the ROM; the bootstrap processor starts at its reset vector.
  ///
  /// - Parameter rom: as many bytes as the board's ROM has.
  public func start(firmware rom: [UInt8]) {
    memory.installROM(rom)
    processors[0].initialize(isBootstrap: true)
  }

  /// Instructions completed by all processors.
  public var retiredInstructions: UInt64 { processors.reduce(0) { $0 &+ $1.retiredInstructions } }

  /// Ticks that all processors have used: completed instructions, and each further iteration of a repeated string
  /// instruction and each delivery of an exception.
  public var executedTicks: UInt64 { processors.reduce(0) { $0 &+ $1.state.ticksBefore } }

  /// Everything that software can observe of a processor.
  public func state(ofProcessor index: Int) -> ArchitecturalState { processors[index].snapshot() }

  /// Whether the serial line would take a byte.
  public var hasSerialSpace: Bool { platform.serial.canReceive }

  /// Bytes for the serial line; gives how many were taken.
  public func receiveSerial(_ bytes: [UInt8]) -> Int {
    var taken = 0
    while taken < bytes.count, platform.serial.receive(bytes[taken], now: now) { taken += 1 }
    if taken > 0 { limitRound(to: platform.serial.nextEvent) }
    return taken
  }

  func setA20(_ isEnabled: Bool) {
    if !processorSet.setA20(isEnabled) && !isEnabled { note(BoardEvent(.gateA20, 0, processor: 0)) }
  }

  /// A processor; read it only, but for what the debugger changes.
  public func processor(_ index: Int) -> Processor { processors[index] }

  /// What the processors are.
  public var model: ProcessorModel { configuration.model.on(processorCount: configuration.processorCount) }

  /// The virtual time of the start of the running round, in nanoseconds.
  public var clockNanoseconds: UInt64 { clock }

  func dropDecodedCode() { cache.dropEverything() }

  /// Pages have become read-only or writable.
  func dropWriteTags() { for processor in processors { processor.dropWriteTags() } }

  func endJournal() -> [PageJournal.SavedPage] { memory.physical.endIntervals(pageCount: memory.pageCount) }
}
