import Differential
import Foundation
import InstructionTesting
import Interpreter
import NativeOracle
import X86

/// Results of silicon that were recorded once and stand in the repository.
enum Vectors {
  /// The recordings, by processor.
  static let names = [
    "zen4", "icelake", "zen2", "zen2-segments", "zen2-v3", "zen2-rare", "graniterapids", "graniterapids-segments",
  ]

  static func load(_ name: String = "zen4") throws -> Recording {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../Vectors/\(name).emuvec")
    return try Recording(decoding: [UInt8](Data(contentsOf: file)))
  }
}

let hasOracle: Bool = {
  guard let reason = NativeOracle.unavailableReason else { return true }
  print("SKIP native oracle: \(reason)")
  return false
}()

/// The model that does what the host's own processor does.
var hostModel: ProcessorModel { ProcessorModel(of: HostProcessor.name) ?? .amdV1 }

/// The host's own processor as an oracle.
final class NativeRunner: InstructionRunner {
  let name = "native"
  let processorName = HostProcessor.name
  private let oracle: NativeOracle
  init() throws { oracle = try NativeOracle(batchCapacity: Campaign.batchSize) }
  func begin(
    _ tests: UnsafeBufferPointer<InstructionTest>, into results: UnsafeMutableBufferPointer<UserState>
  ) throws {
    for (index, result) in try unsafe oracle.run(Array(tests)).enumerated() { unsafe results[index] = result }
  }
  func finish() {}
}

extension UserState {
  /// Words of registers and memory that are not zero: 160 can be.
  var usedWordCount: Int {
    (0..<16).count { generalRegisters[$0] != 0 } + (0..<64).count { ymm[$0] != 0 } + (0..<16).count { st[$0] != 0 }
      + (0..<64).count { window[$0] != 0 }
  }

  var bytes: [UInt8] { unsafe withUnsafeBytes(of: self) { unsafe [UInt8]($0) } }
}

/// FNV-1a.
func checksum(_ bytes: [UInt8]) -> UInt64 {
  bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
}

extension InstructionTest {
  /// One instruction in 64-bit mode.
  static func code(_ bytes: [UInt8], _ change: (inout UserState) -> Void = { _ in }) -> InstructionTest {
    var test = InstructionTest()
    test.setCode(bytes)
    change(&test.input)
    return test
  }
}
