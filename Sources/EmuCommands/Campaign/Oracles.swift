import ArgumentParser
import Differential
import HostSystem
import InstructionTesting
import Interpreter
import KVM
import ModelExecution
import NativeOracle
import X86
import X86Decoder

/// The host's own processor as a runner.
@safe final class NativeRunner: InstructionRunner {
  let name = "native"
  let processorName = HostProcessor.name
  private let oracle: NativeOracle
  private var target: UnsafeMutableBufferPointer<UserState>?
  /// Tests of the batch that ask for CPL 0: their forms do the same at CPL 3, but for what is translated here.
  private var cplZero: [Int] = []

  /// - Parameter hasSegments: for tests with segments of the local descriptor table, and no others.
  init(hasSegments: Bool) throws {
    do throws(NativeOracleError) {
      oracle = try NativeOracle(
        batchCapacity: Campaign.batchSize, segments: hasSegments ? InstructionTest.segments : [])
    } catch {
      throw HostError(description: error.description)
    }
  }

  func begin(
    _ tests: UnsafeBufferPointer<InstructionTest>, into results: UnsafeMutableBufferPointer<UserState>
  ) throws {
    cplZero = tests.indices.filter { unsafe tests[$0].cpl == 0 }
    unsafe target = results
    do {
      guard !cplZero.isEmpty else { return try unsafe oracle.submit(tests) }
      var lowered = unsafe Array(tests)
      for index in cplZero { lowered[index].lowerPrivilege() }
      try unsafe lowered.withUnsafeBufferPointer { try unsafe oracle.submit($0) }
    } catch let error as NativeOracleError {
      throw HostError(description: error.description)
    }
  }

  func finish() throws {
    guard let results = unsafe target else { return }
    unsafe target = nil
    do throws(NativeOracleError) { try unsafe oracle.collect(into: results) } catch {
      throw HostError(description: error.description)
    }
    for index in cplZero { unsafe results[index].raisePrivilege() }
  }
}

extension InstructionTest {
  /// Makes a test of CPL 0 one of CPL 3.
  fileprivate mutating func lowerPrivilege() {
    cpl = 3
    input.selectors[1] = 0x33
    input.selectors[2] = 0x2B
  }
}

extension UserState {
  /// Restates a result of CPL 3 as one of CPL 0: selectors, and the U/S bit of a page fault.
  fileprivate mutating func raisePrivilege() {
    if selectors[1] == 0x33 { selectors[1] = 0x10 }
    if selectors[2] == 0x2B { selectors[2] = 0x18 }
    if vector == ExceptionVector.pageFault.rawValue { errorCode &= ~4 }
  }
}

/// KVM as a runner, of tests in long mode or in real mode.
@safe final class KVMRunner: InstructionRunner {
  let name = "kvm"
  let processorName: String
  private typealias Tests = UnsafeBufferPointer<InstructionTest>
  private typealias Results = UnsafeMutableBufferPointer<UserState>
  private let run: (Tests, Results) -> Void
  private var pending: (Tests, Results)?

  init(isRealMode: Bool = false) throws {
    do throws(KVMError) {
      if isRealMode {
        let runner = try KVMRealModeRunner()
        processorName = HostProcessor.name
        unsafe run = { unsafe runner.run($0, into: $1) }
      } else {
        let runner = try KVMInstructionRunner()
        processorName = "\(HostProcessor.name), \(runner.flavour)"
        unsafe run = { unsafe runner.run($0, into: $1) }
      }
    } catch {
      throw HostError(description: error.description)
    }
  }

  func begin(
    _ tests: UnsafeBufferPointer<InstructionTest>, into results: UnsafeMutableBufferPointer<UserState>
  ) throws {
    unsafe pending = (tests, results)
  }

  func finish() throws {
    guard let (tests, results) = unsafe pending else { return }
    unsafe pending = nil
    unsafe run(tests, results)
  }
}

/// The machines that this host can offer.
final class Oracles {
  /// What the user should know of them, a line each.
  private(set) var notes: [String] = []

  /// A machine by name.
  ///
  /// - Throws: `HostError` if this host does not have it.
  ///
  /// - Parameters:
  ///   - model: what the model is.
  ///   - hasSegments: the tests have segments of a local descriptor table.
  ///   - isRealMode: the tests are of real mode.
  func runner(
    _ choice: RunnerChoice, model: ProcessorModel = .amdV1, hasSegments: Bool = false, isRealMode: Bool = false
  ) throws -> any InstructionRunner {
    switch choice {
    case .model where isRealMode: return try RealModeRunner(model)
    case .kvm where isRealMode: return try KVMRunner(isRealMode: true)
    case .model: return try ModelRunner(model)
    case .native: return try NativeRunner(hasSegments: hasSegments)
    case .kvm: return try KVMRunner()
    case .recorded: throw HostError(description: "--recording FILE is missing")
    case .reference: throw HostError(description: "the reference engine runs programs, no instruction tests")
    }
  }

  /// The limits that probes show on this host.
  func shownLimits(_ choice: RunnerChoice, isRealMode: Bool) throws -> Set<String> {
    choice == .recorded
      ? [] : try LimitProbe.shown(by: try runner(choice, isRealMode: isRealMode), isRealMode: isRealMode)
  }
}

extension [DivergenceRule] {
  /// The rules for an oracle.
  static func standard(_ oracle: RunnerChoice, isRealMode: Bool) -> [DivergenceRule] {
    isRealMode ? DivergenceRule.kvmRealMode : oracle == .kvm ? DivergenceRule.kvm : DivergenceRule.native
  }
}

/// Which forms `--isa` leaves, and which of them an oracle can test.
struct FormFilter {
  private let wanted: Set<String>?

  /// Reads the option.
  init(_ text: String) throws {
    guard text.lowercased() != "all" else {
      wanted = nil
      return
    }
    let names = text.split(separator: ",").map { $0.uppercased() }
    let known = Set(EncodingTemplate.all.flatMap { [$0.feature.uppercased(), $0.mnemonic.uppercased()] })
    if let name = names.first(where: { !known.contains($0) }) {
      throw ValidationError("--isa: no feature or mnemonic is named '\(name)'.")
    }
    wanted = Set(names)
  }

  /// Of the general-purpose families, and neither what leaves real mode nor what goes to memory that is no HLT.
  private static func isDrawnInRealMode(_ template: EncodingTemplate) -> Bool {
    if [.retFar, .iret, .jmpFar, .callFar].contains(template.operation) { return false }
    return [.integer, .stack, .flag, .string, .port, .control, .segment].contains(template.operation.family)
  }

  /// Whether `--isa` names its feature or mnemonic.
  func isWanted(_ template: EncodingTemplate) -> Bool {
    wanted.map { $0.contains(template.feature.uppercased()) || $0.contains(template.mnemonic.uppercased()) } ?? true
  }

  /// The forms to draw from.
  ///
  /// - Parameter features: what the model has; forms of others are not drawn.
  func templates(
    cpl: UInt8, involvesNative: Bool, modes: [InstructionTest.Mode], features: CPUIDFeatures
  ) -> [EncodingTemplate] {
    EncodingTemplate.all.filter { template in
      if template.operation.family != .absent, let feature = CPUIDFeature(rawValue: template.feature),
        !features.contains(feature)
      {
        return false
      }
      guard modes.contains(.long64) || template.isInLegacy else { return false }
      if modes == [.real16], !Self.isDrawnInRealMode(template) { return false }
      guard isWanted(template) else { return false }
      return UntestableForms.reason(template, cpl: cpl, involvesNative: involvesNative) == nil
    }
  }
}
