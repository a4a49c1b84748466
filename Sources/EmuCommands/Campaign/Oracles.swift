import ArgumentParser
import Differential
import KVM
import NativeOracle
import X86
import X86Decoder

/// The host's own processor as a runner.
@safe final class NativeRunner: InstructionRunner {
  let name = "native"
  let processorName = HostProcessor.name
  private let oracle: NativeOracle
  private var target: UnsafeMutableBufferPointer<UserState>?

  init() throws {
    do throws(NativeOracleError) { oracle = try NativeOracle(batchCapacity: Campaign.batchSize) } catch {
      throw HostError(description: error.description)
    }
  }

  func begin(
    _ tests: UnsafeBufferPointer<InstructionTest>, into results: UnsafeMutableBufferPointer<UserState>
  ) throws {
    do throws(NativeOracleError) { try unsafe oracle.submit(tests) } catch {
      throw HostError(description: error.description)
    }
    unsafe target = results
  }

  func finish() throws {
    guard let results = unsafe target else { return }
    unsafe target = nil
    do throws(NativeOracleError) { try unsafe oracle.collect(into: results) } catch {
      throw HostError(description: error.description)
    }
  }
}

/// KVM as a runner.
@safe final class KVMRunner: InstructionRunner {
  let name = "kvm"
  var processorName: String { "\(HostProcessor.name), \(runner.flavour)" }
  private let runner: KVMInstructionRunner
  private var pending: (UnsafeBufferPointer<InstructionTest>, UnsafeMutableBufferPointer<UserState>)?

  init() throws {
    do throws(KVMError) { runner = try KVMInstructionRunner() } catch {
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
    unsafe runner.run(tests, into: results)
  }
}

/// The machines that this host can offer.
final class Oracles {
  /// What the user should know of them, a line each.
  private(set) var notes: [String] = []

  /// A machine by name.
  ///
  /// - Throws: `HostError` if this host does not have it.
  func runner(_ choice: RunnerChoice) throws -> any InstructionRunner {
    switch choice {
    case .model: return try ModelRunner()
    case .native: return try NativeRunner()
    case .kvm: return try KVMRunner()
    case .recorded: throw HostError(description: "--recording FILE is missing")
    }
  }

  /// The limits that probes show on this host.
  func shownLimits(_ choice: RunnerChoice) throws -> Set<String> {
    choice == .native ? try LimitProbe.shown(by: try NativeRunner()) : []
  }
}

extension [DivergenceRule] {
  /// The rules for a judge.
  static func standard(_ judge: RunnerChoice) -> [DivergenceRule] { DivergenceRule.native }
}

/// Which forms `--isa` leaves, and which of them a judge can judge.
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

  /// The forms to draw from.
  func templates(judge: RunnerChoice, cpl: UInt8) -> [EncodingTemplate] {
    EncodingTemplate.all.filter { template in
      if let wanted, !wanted.contains(template.feature.uppercased()), !wanted.contains(template.mnemonic.uppercased()) {
        return false
      }
      return Judgeable.reason(template, cpl: cpl) == nil
    }
  }
}
