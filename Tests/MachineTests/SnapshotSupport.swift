import Foundation
import TestSupport

@testable import Machine

/// A guest of the snapshot tests.
struct SnapshotGuest: Sendable {
  var rom: String
  var processorCount = 1
  var memoryByteCount: UInt64 = 32 << 20
  /// Ticks after which snapshots are taken.
  var moments: [UInt64]
}

/// A machine with its output.
final class Guest {
  let machine: Machine
  var output: [UInt8] = []

  init(_ machine: Machine) {
    self.machine = machine
    machine.serialOutput = { [unowned self] in output.append($0) }
  }

  convenience init(_ guest: SnapshotGuest) throws {
    var configuration = MachineConfiguration()
    configuration.memoryByteCount = guest.memoryByteCount
    configuration.processorCount = guest.processorCount
    self.init(try Machine(configuration))
    try machine.load(path: Build.roms.appendingPathComponent(guest.rom + ".elf").path, options: BootOptions())
  }

  /// Runs to the end, or for at most so many ticks.
  func run(_ ticks: UInt64) -> RunResult {
    let start = machine.executedTicks
    while true {
      let done = machine.executedTicks - start
      guard done < ticks else { return .sliceEnded }
      let result = machine.run(ticks: ticks - done)
      if result != .sliceEnded { return result }
    }
  }
}

/// A folder that goes with its owner.
final class Folder {
  let url: URL
  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("emu-snapshot-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(at: url) }
  func path(_ name: String) -> String { url.appendingPathComponent(name).path }
  func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: url.appendingPathComponent(name))) }
  var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: url.path).sorted()) ?? [] }
}

extension CBOR {
  /// How many leaves there are.
  var leafCount: Int {
    switch self {
    case .array(let elements): elements.reduce(0) { $0 + $1.leafCount }
    case .map(let pairs): pairs.reduce(0) { $0 + $1.value.leafCount }
    default: 1
    }
  }

  /// The value with one leaf changed.
  func changing(leaf number: Int, _ change: (CBOR) -> CBOR) -> CBOR {
    var left = number
    return changing(&left, change)
  }

  private func changing(_ left: inout Int, _ change: (CBOR) -> CBOR) -> CBOR {
    switch self {
    case .array(let elements): return .array(elements.map { $0.changing(&left, change) })
    case .map(let pairs): return .map(pairs.map { ($0.key, $0.value.changing(&left, change)) })
    default:
      left -= 1
      return left == -1 ? change(self) : self
    }
  }
}
