#if os(Linux) && arch(x86_64)
  import Foundation
  import MMU
  import Machine
  import Testing
  import X86

  @testable import KVM

  @Suite("Between the model and KVM", .enabled(if: KVMSupport.isAvailable, "no /dev/kvm: SKIP is printed"))
  struct HandOverTests {
    /// A board with raw 64-bit code at 1 MiB.
    private func makeMachine(_ code: [UInt8]) throws -> Machine {
      let path = NSTemporaryDirectory() + "emu-kvm-\(UUID().uuidString)"
      try Data(code).write(to: URL(fileURLWithPath: path))
      defer { try? FileManager.default.removeItem(atPath: path) }
      var configuration = MachineConfiguration()
      configuration.memoryByteCount = 16 << 20
      let machine = try Machine(configuration)
      var options = BootOptions()
      options.format = .flat
      try machine.load(path: path, options: options)
      return machine
    }

    private func runToEnd(_ board: KVMBoard) throws -> ExitReason? {
      for _ in 0..<3000 {
        if case .exited(let reason) = try board.run(nanoseconds: 10_000_000) { return reason }
      }
      return nil
    }

    /// Registers, a store, a push, flags; then 21 to port F4h.
    private static let code: [UInt8] = [
      0x48, 0xB8, 0xEF, 0xCD, 0xAB, 0x89, 0x67, 0x45, 0x23, 0x01,  // mov rax, 123456789ABCDEFh
      0x48, 0x89, 0xC3,  // mov rbx, rax
      0x48, 0x01, 0xC3,  // add rbx, rax
      0x50,  // push rax
      0x49, 0x89, 0xE4,  // mov r12, rsp
      0x45, 0x31, 0xED,  // xor r13d, r13d
      0xB0, 0x15,  // mov al, 15h
      0xE6, 0xF4,  // out F4h, al
    ]

    @Test("The same code on both boards leaves the same registers, memory and reason")
    func sameEnd() throws {
      let model = try makeMachine(Self.code)
      #expect(model.run(ticks: 1_000_000) == .exited(.debugExit(0x15)))
      let other = try makeMachine(Self.code)
      let board = try KVMBoard(other)
      #expect(try runToEnd(board) == .debugExit(0x15))
      let (wanted, found) = (model.state(ofProcessor: 0), try board.state(ofProcessor: 0))
      #expect(found.generalRegisters == wanted.generalRegisters)
      #expect(found.rip == wanted.rip)
      #expect(found.rflags == wanted.rflags)
      #expect(found.segments[1] == wanted.segments[1])
      #expect((found.cr0, found.cr3, found.cr4, found.efer) == (wanted.cr0, wanted.cr3, wanted.cr4, wanted.efer))
      let stack = PhysicalAddress(wanted.generalRegisters[4])
      #expect(other.memory.read(8, at: stack) == model.memory.read(8, at: stack))
      #expect(other.memory.read(1, at: stack) == [0xEF])
    }

    @Test("A state goes from the model to KVM in the middle of a run")
    func handOver() throws {
      let machine = try makeMachine(Self.code)
      // Four instructions by the model, the rest by KVM.
      #expect(machine.run(ticks: 4) == .sliceEnded)
      let middle = machine.state(ofProcessor: 0)
      #expect(middle.rip == 0x10_0000 + 17)
      let board = try KVMBoard(machine)
      #expect(try board.state(ofProcessor: 0).rip == middle.rip)
      #expect(try runToEnd(board) == .debugExit(0x15))
      #expect(try board.state(ofProcessor: 0).generalRegisters[12] == middle.generalRegisters[4])
    }

    @Test("A state set from outside is where KVM goes on")
    func setState() throws {
      let board = try KVMBoard(try makeMachine(Self.code))
      var state = try board.state(ofProcessor: 0)
      state.rip += 23  // to MOV AL
      state.generalRegisters[12] = 0x1234
      try board.setState(state, ofProcessor: 0)
      #expect(try runToEnd(board) == .debugExit(0x15))
      #expect(try board.state(ofProcessor: 0).generalRegisters[12] == 0x1234)
    }
  }
#endif
