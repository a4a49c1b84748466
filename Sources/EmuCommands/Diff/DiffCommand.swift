import ArgumentParser
import Differential
import EngineComparison
import HostSystem
import KVM
import Machine
import X86

/// What leads in a lockstep run.
enum ReferenceChoice: String, ExpressibleByArgument, CaseIterable {
  case kvm, recorded, reference
}

/// Options that `diff` and `bisect` share: the guest and how it is compared.
struct LockstepOptions: ParsableArguments, GuestOptions {
  @Argument(help: "Kernel, ROM or raw code.") var image: String
  @OptionGroup var guest: GuestArguments
  @Option(help: "RAM, such as 96M or 2G.") var memory = ByteCount(value: 64 << 20)
  @Option(help: "What the processor is: \(ModelChoice.allValueStrings.joined(separator: ", ")).")
  var cpu = ModelChoice.standard
  @Option(help: "Stop after this many instructions.") var maxInstructions: UInt64?
  @Option(help: .hidden) var plant: String?
  var imagePath: String? { image }
  /// Lockstep compares one processor.
  var configuration: MachineConfiguration {
    var configuration = MachineConfiguration()
    configuration.memoryByteCount = memory.value
    configuration.model = cpu.model
    return configuration
  }

  func validate() throws {
    if let plant, Self.parse(plant) == nil {
      throw ValidationError("--plant \(plant) is not FLAG:RIP or FLAG:RIP:COUNT, such as ZF:0x100010:3.")
    }
  }

  /// `FLAG:RIP` or `FLAG:RIP:COUNT`.
  static func parse(_ text: String) -> LockstepPlant? {
    let parts = text.split(separator: ":").map(String.init)
    guard parts.count == 2 || parts.count == 3, let rip = Address(argument: parts[1]),
      let flag = SystemRegister.rflags.namedBits.first(where: { $0.name == parts[0] })?.mask,
      flag & (RFLAGS.status | RFLAGS.direction) != 0
    else { return nil }
    guard let count = parts.count == 3 ? UInt64(parts[2]) : 1, count > 0 else { return nil }
    return LockstepPlant(flags: flag, rip: rip.value, occurrence: count)
  }

  /// How to compare.
  func options(every: UInt64) -> Lockstep.Options {
    var result = Lockstep.Options()
    result.every = max(every, 1)
    result.model = cpu.model
    if let maxInstructions { result.maximumInstructions = maxInstructions }
    result.plant = plant.flatMap(Self.parse)
    return result
  }
}

/// `emu diff`: the first instruction on which two machines disagree.
struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Run a guest on the model and on a reference side by side; name the first difference.",
    discussion: """
      The reference leads and the model follows: values of ports and device memory, interrupts, time and results that \
      the manuals leave undefined are the reference's. Registers are compared after every instruction where the \
      reference can stop there (a KVM without VT-x and SVM cannot at CPL 3 in 64-bit mode: there only at exits); \
      floating-point registers, MSRs and a hash of RAM every --every instructions and at the end.

      --against reference runs two whole boards of the model, one with each engine, and compares them every --every \
      ticks; RAM and chips every thousandth time and at the end. A difference is narrowed to one tick.

      Status: 0 they agree; 1 they do not; 74 the reference cannot do it; 66 an image or a recording is bad.
      """)

  @OptionGroup var guest: LockstepOptions
  @Option(help: "The reference: kvm, recorded for a file of --record, or reference for the other engine.")
  var against: ReferenceChoice
  @Option(help: "The file for --against recorded.") var recording: String?
  @Option(help: "Write what the reference did to this file.") var record: String?
  @Option(help: "Stops between two comparisons of the whole state.") var every: UInt64 = 1000

  func validate() throws {
    if against == .recorded, recording == nil { throw ValidationError("--against recorded needs --recording FILE.") }
    if against == .kvm, recording != nil { throw ValidationError("--recording needs --against recorded.") }
    if against == .reference, recording != nil || record != nil || guest.plant != nil {
      throw ValidationError("--against reference excludes --record, --recording and --plant.")
    }
    if against == .recorded, record != nil { throw ValidationError("--record needs --against kvm.") }
  }

  func run() throws { try reporting { if against == .reference { try compareEngines() } else { try compare() } } }

  /// `--against reference`: both engines on boards of their own.
  private func compareEngines() throws {
    var options = EngineLockstep.Options()
    options.every = max(every, 1)
    if let limit = guest.maxInstructions { options.maximumTicks = limit }
    let lockstep = try EngineLockstep(options) { engine in
      var configuration = guest.configuration
      configuration.engine = engine
      return try guest.makeMachine(configuration)
    }
    let start = HostClock.processor
    switch try lockstep.run() {
    case .agrees(let ending):
      let seconds = Double(HostClock.processor &- start) / 1e9
      let rate = Double(lockstep.ticks) / max(seconds, 1e-6) / 1e6
      say(
        "agrees: \(lockstep.ticks) ticks compared at \(lockstep.comparisons) points, RAM and chips at "
          + "\(lockstep.memoryComparisons), \(Int(rate.rounded())) million a second of CPU time; \(ending)")
    case .differs(let point):
      say(point.text)
      throw ExitStatus.difference.exitCode
    }
  }

  /// `--against kvm` and `--against recorded`, which alone has a recording.
  private func compare() throws {
    let machine = try guest.makeMachine()
    let symbols = try GuestSymbols(guest)
    let state = machine.state(ofProcessor: 0)
    let reference: any LockstepReference
    var writer: LockstepRecorder?
    let guestHash = LockstepMemory.hash(machine.memory)
    if let recording {
      do {
        let file = try LockstepRecording(try asInput { try HostIO.readFile(recording) })
        try file.check(guestHash: guestHash, memoryByteCount: guest.memory.value)
        reference = file
      } catch let error as RecordingError {
        throw RecordingError("\(recording): \(error.description)")
      }
    } else {
      let kvm = try KVMReference(machine)
      if record != nil {
        writer = LockstepRecorder(
          guestHash: guestHash, memoryByteCount: guest.memory.value, stepsUserCode: kvm.stepsUserCode)
      }
      reference = kvm
    }
    let lockstep = try Lockstep(reference, memory: machine.memory, state: state, options: guest.options(every: every))
    if writer != nil { lockstep.recorder = { writer?.append($0) } }
    let outcome: Lockstep.Outcome
    do { outcome = try lockstep.run() } catch {
      say("compared \(lockstep.summary) before the limit")
      if let error = error as? RecordingError { throw RecordingError("\(recording ?? ""): \(error.description)") }
      throw error
    }
    if let record, let writer { try writeFile(record, writer.encoded) }
    switch outcome {
    case .agrees(let ending): say("agrees: \(lockstep.summary); \(ending)")
    case .diverges(let divergence):
      say(divergence.description)
      if let name = symbols.text(of: divergence.rip) { say("RIP is \(name)") }
      throw ExitStatus.difference.exitCode
    }
  }
}

/// Prints a line on standard output.
func say(_ text: String) { writeAll(1, Array((text + "\n").utf8)) }

extension Lockstep {
  /// Counts as text.
  var summary: String {
    "\(instructions) instructions compared, \(exits) exits, \(hashes) state hashes"
      + (unstepped > 0 ? " (\(unstepped) instructions at CPL 3, where \(referenceName) stops at exits only)" : "")
      + (allowances > 0 ? " (\(allowances) accessed flags or stepping flags aside)" : "")
  }
}
