import ArgumentParser
import Differential
import KVM
import Machine
import X86

/// `emu bisect`: narrows a difference between two hashes to one instruction.
struct BisectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bisect",
    abstract: "Narrow a difference from a reference to one instruction, from snapshot to snapshot.",
    discussion: """
      Compares the whole state and RAM only every --every instructions, keeps a snapshot of both sides at the last \
      point that agreed, and repeats from there with a tenth of the distance until one instruction is left. Finds what \
      emu diff cannot name: an instruction that wrote the wrong memory.

      Status: 0 they agree; 1 they do not; 74 the reference cannot do it.
      """)

  @OptionGroup var guest: LockstepOptions
  @Option(help: "The reference: kvm.") var against: ReferenceChoice
  @Option(help: "Instructions between two snapshots at first.") var every: UInt64 = 1000

  func validate() throws {
    if against == .recorded { throw ValidationError("emu bisect needs --against kvm: a recording cannot go back.") }
    if against == .reference {
      throw ValidationError("emu bisect needs --against kvm: emu diff --against reference narrows by itself.")
    }
  }

  func run() throws { try reporting { try narrow() } }

  private func narrow() throws {
    let machine = try guest.makeMachine()
    let symbols = try GuestSymbols(guest)
    let state = machine.state(ofProcessor: 0)
    let bisection = try LockstepBisection(
      try KVMReference(machine), memory: machine.memory, state: state, options: guest.options(every: every))
    bisection.progress = { complain($0) }
    switch try bisection.run() {
    case .agrees(let ending): say("agrees: \(bisection.last.summary); \(ending)")
    case .diverges(let divergence):
      say(divergence.description)
      if let name = symbols.text(of: divergence.rip) { say("RIP is \(name)") }
      throw ExitStatus.difference.exitCode
    }
  }
}
