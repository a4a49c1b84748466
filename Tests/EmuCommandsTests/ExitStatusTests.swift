import ArgumentParser
import Differential
import Foundation
import HostSystem
import KVM
import ModelExecution
import Testing

@testable import EmuCommands

@Suite("Exit statuses")
struct ExitStatusTests {
  @Test("The README lists what --help lists")
  func readme() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
    let text = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
    let table = EmuCommands.ExitStatus.list.map { "| \($0.status) | \($0.meaning) |\n" }.joined()
    #expect(text.contains("| exit status | meaning |\n|---|---|\n\(table)\n"))
    #expect(Set(EmuCommands.ExitStatus.list.map(\.status)).count == EmuCommands.ExitStatus.list.count)
  }

  /// The contract, and what leads to each status.
  private static let contract: [(EmuCommands.ExitStatus, Int32)] = [
    (.success, 0), (.difference, 1), (.usage, 64), (.unusableInput, 66), (.internalError, 70), (.hostError, 74),
    (.interrupted, 75), (.tripleFault, 86), (.reset, 88), (.limit, 124), (.debugExit(0), 1), (.debugExit(0x10), 33),
    (.debugExit(0xFFFF_FFFF), 255), (.signal(2), 130),
  ]

  @Test("Statuses keep their numbers", arguments: contract.indices)
  func numbers(_ index: Int) {
    #expect(Self.contract[index].0.code == Self.contract[index].1)
  }

  @Test("An error has one status, whichever command meets it")
  func errors() {
    let rows: [(any ExitStatusError, Int32)] = [
      (UsageError(description: "x"), 64), (InputError(description: "x"), 66), (HostError(description: "x"), 74),
      (KVMError("x", isUnavailable: true), 74), (KVMError("x"), 70), (LockstepLimit("x"), 74), (ExecError("x"), 64),
    ]
    for (error, status) in rows {
      #expect(error.exitStatus.code == status && error.description == "x")
      #expect {
        try reporting { throw error }
      } throws: {
        ($0 as? ExitCode)?.rawValue == status
      }
    }
  }
}
