import ArgumentParser
import Differential
import EngineComparison
import FoundationEssentials
import Glibc
import HostSystem
import InstructionTesting
import X86

/// A side of a campaign: oracle or subject. `reference` is the reference engine, and then the threaded engine is the
/// subject.
enum RunnerChoice: String, ExpressibleByArgument, CaseIterable {
  case model, native, kvm, recorded, reference
}

/// The modes that tests are drawn from.
enum ModesChoice: String, ExpressibleByArgument, CaseIterable {
  case all, long64, protected32, protected16, segmented, real

  /// Modes, each as often as it counts.
  var modes: [InstructionTest.Mode] {
    switch self {
    case .all: CampaignPlan().modes
    case .long64: [.long64]
    case .protected32: [.compatibility32]
    case .segmented, .protected16: [.segmented]
    case .real: [.real16]
    }
  }

  /// The tests have segments of a local descriptor table.
  var hasSegments: Bool { modes == [.segmented] }
}

/// How many instructions a test has: `N` or `N-M`.
struct SequenceLengths: ExpressibleByArgument, CustomStringConvertible {
  let range: ClosedRange<Int>

  /// One instruction a test.
  static let one = SequenceLengths(range: 1...1)
  /// Programs.
  static let programs = SequenceLengths(range: 1...40)

  init(range: ClosedRange<Int>) { self.range = range }

  init?(argument: String) {
    let parts = argument.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard let first = parts.first ?? nil, let last = parts.last ?? nil, parts.count <= 2, first >= 1, first <= last,
      last <= ProgramGenerator.lengthLimit
    else { return nil }
    range = first...last
  }

  var description: String {
    range.lowerBound == range.upperBound ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
  }
}

/// `emu fuzz`: generated instructions on two machines, every difference explained and kept.
struct FuzzCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fuzz", abstract: "Compare the model with another machine on generated instructions.",
    discussion: """
      Every difference is a bug, undefined by the architecture, model-specific or a limit of the oracle, by a rule \
      with a name; each kind is minimised once, unless the oracle is recorded vectors, and written as an `emu exec` \
      request and as a ROM. The model is that of the oracle's vendor unless --cpu says otherwise. The same seed gives \
      the same tests on any number of shards. SIGTERM writes a checkpoint and ends with status 75; the same command \
      resumes.

      Examples:
        emu fuzz --against native --count 1000000 --seed 1
        emu fuzz --against native --count 50000 --isa SSE2,MMX
        emu fuzz --against native --count 500000 --modes segmented
        emu fuzz --against native --count 1000000 --length 2-8
        emu fuzz --against native --count 1000000 --bytes
        emu fuzz --against recorded --recording Tests/Vectors/zen4.emuvec
        emu fuzz --against kvm --subject native --cpl 0 --no-rules --count 200000
        emu fuzz --against reference --count 1000000

      With --against reference the tests are programs, with faults, changes of their own code, page borders and interrupts, \
      which the threaded engine and the reference engine run from the same state; all state, RAM, translations and ticks \
      must be the same at every stop.

      Status: 0 agreement; 1 a bug was found; 64 wrong usage; 74 the oracle is not available, or a file cannot be \
      written; 75 interrupted, can be resumed.
      """)

  @Option(help: "The oracle: native, kvm, recorded, or reference, the other engine.") var against: RunnerChoice
  @Option(help: "What is tested: model, native or kvm.") var subject = RunnerChoice.model
  @Option(help: "How many tests, over all shards.") var count: UInt64?
  @Option(help: "The seed of the campaign.") var seed: UInt64 = 1
  @Option(help: "CPUID features or mnemonics to draw from, with commas; all is everything.") var isa = "all"
  @Option(
    help: """
      The modes of the tests: all (64-bit and flat 32-bit), long64, protected32, segmented: 16- and 32-bit code, \
      stacks and data by a local descriptor table, with bases, limits, expand-down and segments that cannot be loaded; \
      protected16: the same with 16-bit code, mostly 16-bit stacks and data, and addresses that wrap at 64 KiB; or real: \
      general-purpose instructions in real mode, delivery of their exceptions included, against KVM.
      """)
  var modes = ModesChoice.all
  @Option(help: "Instructions of a test: N or N-M, from 1 to 8 (1), of a program from 1 to 64 (1-40).")
  var length: SequenceLengths?
  @Flag(
    help: """
      Random bytes from every opcode map, in all lengths, cut off by the end of a page: does the processor fetch as \
      many, and is it an instruction.
      """)
  var bytes = false
  @Option(
    help: "The privilege level of the tests: 3, or 0 where the oracle is kvm; programs have either, or the one named.")
  var cpl: UInt8?
  @Option(help: "Which part of the campaign this is, as I/N with I from 0.") var shard: String?
  @Option(help: "A folder for results, checkpoint and reproducers.") var output: String?
  @Option(help: "The recorded vectors of --against recorded.") var recording: String?
  @Option(help: "Run the program of a file that --against reference --output wrote, and nothing else.")
  var program: String?
  @Option(help: "Write what the oracle native gives to this file, as recorded vectors.") var capture: String?
  @Flag(inversion: .prefixedNo, help: "Use the rules that separate bugs from explained differences.") var rules = true
  @Flag(help: "Compare undefined results too where the behavior table says what they are.") var exact = false
  @OptionGroup var compared: ComparedModel

  func validate() throws {
    if against == .model { throw ValidationError("--against model: the model is what is tested.") }
    if subject == .recorded || subject == .reference {
      throw ValidationError("--subject \(subject.rawValue): it can only be the oracle (--against).")
    }
    if subject == against { throw ValidationError("--subject and --against are the same.") }
    if (against == .recorded) != (recording != nil) {
      throw ValidationError("--recording FILE and --against recorded need each other.")
    }
    if program != nil && against != .reference { throw ValidationError("--program needs --against reference.") }
    if against != .recorded && count == nil && program == nil { throw ValidationError("--count is missing.") }
    if capture != nil && against != .native {
      throw ValidationError("--capture records the host's own processor: it needs --against native.")
    }
    guard cpl == nil || cpl == 0 || cpl == 3 else { throw ValidationError("--cpl \(cpl ?? 3) is not 0 or 3.") }
    if compared.cpu != nil && subject != .model { throw ValidationError("--cpu needs --subject model.") }
    if against == .reference { try validateEngines() } else { try validateInstructions() }
  }

  /// What programs on both engines cannot have.
  private func validateEngines() throws {
    if subject != .model {
      throw ValidationError("--subject \(subject.rawValue): --against reference tests the engines.")
    }
    if bytes { throw ValidationError("--bytes: --against reference runs programs.") }
    if exact || !rules { throw ValidationError("--against reference has no rules: every difference is a bug.") }
    if modes == .segmented {
      throw ValidationError("--modes segmented: programs are of all, long64, protected32, protected16 or real.")
    }
    if program != nil, count != nil || output != nil {
      throw ValidationError("--program runs one program: it takes neither --count nor --output.")
    }
  }

  /// What instruction tests cannot have.
  private func validateInstructions() throws {
    let longest = InstructionTest.maximumSequenceLength
    if let length, length.range.upperBound > longest {
      throw ValidationError("--length \(length): a sequence has 1 to \(longest) instructions.")
    }
    if capture != nil && modes == .protected16 {
      throw ValidationError("--capture records states by their seeds: it cannot record --modes protected16.")
    }
    if modes.hasSegments, against == .kvm || subject == .kvm {
      throw ValidationError("--modes \(modes.rawValue): KVM's guest has no local descriptor table.")
    }
    if modes == .real, against != .kvm || subject != .model {
      throw ValidationError("--modes real compares the model with KVM: it needs --against kvm.")
    }
    if modes != .all, against == .recorded || cpl == 0 {
      throw ValidationError("--modes \(modes.rawValue) needs --against native or kvm, at CPL 3.")
    }
    let length = length ?? .one
    let isSequence = length.range != 1...1
    for (name, isThere) in [("--length \(length)", isSequence), ("--bytes", bytes)] where isThere {
      guard against == .native, subject == .model else {
        throw ValidationError("\(name) compares the model with the host's own processor: it needs --against native.")
      }
      if capture != nil { throw ValidationError("\(name): --capture records single instructions.") }
    }
    if bytes, isSequence || isa.lowercased() != "all" {
      throw ValidationError("--bytes draws no forms: it takes neither --length nor --isa.")
    }
    if cpl == 0 && against != .kvm { throw ValidationError("--cpl 0 needs --against kvm.") }
  }

  func run() throws {
    try reporting {
      if let program { throw try EngineWork.runProgram(self, program).exitCode }
      do { throw try FuzzSession(self).run().exitCode } catch let error as RecordingError {
        throw HostError(description: "\(recording ?? ""): \(error.description)")
      }
    }
  }
}
