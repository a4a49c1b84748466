import Debugger
import X86

/// A machine of 64 KiB that knows ten bytes of x86-64 and remembers all that it did.
///
/// NOP, `inc rax`, `inc rbx`, `mov [disp32], eax`, `mov eax, [disp32]`, `jmp rel8`; HLT ends with status 7, anything
/// else with 86. Linear addresses are physical ones; F000h and up are not mapped linearly.
final class ToyTarget: DebugTarget {
  /// What one turn changed.
  private struct Turn {
    var states: [ArchitecturalState]
    var address: Int
    var old: [UInt8]
    var access: (processor: Int, address: UInt64, isWrite: Bool)?
  }

  var states: [ArchitecturalState]
  var memory = [UInt8](repeating: 0x90, count: 0x10000)
  var breakpoints: Set<UInt64> = []
  var watchpoints: [Watchpoint] = []
  var canReverse: Bool
  /// Turns after which `resume` looks at the debugger, and at the latest gives up.
  var patience = 1000
  private var turns: [Turn] = []
  var programFile: [UInt8]?
  var chosenArchitecture: DebugArchitecture?
  var listsAllRegisters = true

  init(processorCount: Int = 2, canReverse: Bool = true) {
    var state = ArchitecturalState()
    state.efer = EFER.longModeActive | EFER.longModeEnable
    state.segments[1].attributes = 0xA09B
    state.segments[1].base = 0
    state.rip = 0x1000
    states = Array(repeating: state, count: processorCount)
    self.canReverse = canReverse
  }

  var architecture: DebugArchitecture { chosenArchitecture ?? .amd64 }
  func programFile(_ architecture: DebugArchitecture) -> [UInt8]? { programFile }
  var processorCount: Int { states.count }
  func state(ofProcessor processor: Int) -> ArchitecturalState { states[processor] }
  func setState(_ state: ArchitecturalState, ofProcessor processor: Int) { states[processor] = state }

  func readPhysical(_ address: UInt64, count: Int) -> [UInt8] {
    guard address < 0x10000 else { return [] }
    return Array(memory[Int(address)..<min(Int(address) + count, 0x10000)])
  }
  func writePhysical(_ address: UInt64, _ bytes: [UInt8]) -> Bool {
    guard address < 0x10000, Int(address) + bytes.count <= 0x10000 else { return false }
    memory.replaceSubrange(Int(address)..<Int(address) + bytes.count, with: bytes)
    return true
  }
  func readLinear(_ address: UInt64, count: Int, processor: Int) -> [UInt8] {
    guard address < 0xF000 else { return [] }
    return readPhysical(address, count: min(count, 0xF000 - Int(address)))
  }
  func writeLinear(_ address: UInt64, _ bytes: [UInt8], processor: Int) -> Bool {
    address < 0xF000 && Int(address) + bytes.count <= 0xF000 && writePhysical(address, bytes)
  }

  func monitor(_ command: String, processor: Int) -> String? {
    switch command {
    case "where": "processor \(processor)\n"
    case "long": String(repeating: "x", count: 5000)
    case "silent": ""
    default: nil
    }
  }
  var monitorHelp: String { "where\n" }

  func step(processor: Int, backwards: Bool) -> (StopReason, processor: Int) {
    if backwards {
      if turns.isEmpty { return (.historyStart, processor) }
      return back() ?? (.step, processor)
    }
    return execute([processor]) ?? (.step, processor)
  }

  func resume(backwards: Bool, isInterrupted: @escaping () -> Bool) -> (StopReason, processor: Int) {
    for _ in 0..<patience {
      if isInterrupted() { return (.interrupted, 0) }
      if backwards {
        if turns.isEmpty { return (.historyStart, 0) }
        if let stop = back() { return (stop.reason, stop.processor) }
      } else if let stop = execute(Array(0..<processorCount)) {
        return stop
      }
      if let index = states.indices.first(where: { breakpoints.contains(states[$0].rip) }) {
        return (.breakpoint, index)
      }
    }
    return (.interrupted, 0)
  }

  private func back() -> (reason: StopReason, processor: Int)? {
    guard let turn = turns.popLast() else { return nil }
    states = turn.states
    memory.replaceSubrange(turn.address..<turn.address + turn.old.count, with: turn.old)
    return turn.access.flatMap { hit($0.processor, $0.address, $0.isWrite) }
  }

  private func hit(_ processor: Int, _ address: UInt64, _ isWrite: Bool) -> (reason: StopReason, processor: Int)? {
    watchpoints.first { $0.matches(address, byteCount: 4, isWrite: isWrite) }.map {
      (.watchpoint(address: $0.address, kind: $0.kind), processor)
    }
  }

  /// One instruction of each of these; gives what stopped them.
  private func execute(_ processors: [Int]) -> (StopReason, processor: Int)? {
    for processor in processors {
      var turn = Turn(states: states, address: 0, old: [])
      let end = execute(processor, &turn)
      if turns.count < 100_000 { turns.append(turn) }
      if let end { return (.exited(status: end), processor) }
      if let access = turn.access, let stop = hit(processor, access.address, access.isWrite) {
        return (stop.reason, processor)
      }
    }
    return nil
  }

  private func execute(_ processor: Int, _ turn: inout Turn) -> UInt8? {
    let rip = states[processor].rip
    let code = readPhysical(rip, count: 7) + [UInt8](repeating: 0, count: 7)
    let displacement = Int(code[3]) | Int(code[4]) << 8
    switch (code[0], code[1], code[2]) {
    case (0x90, _, _): states[processor].rip &+= 1
    case (0x48, 0xFF, 0xC0), (0x48, 0xFF, 0xC3):
      states[processor].generalRegisters[Int(code[2] & 7)] &+= 1
      states[processor].rip &+= 3
    case (0x89, 0x04, 0x25) where displacement < 0xFFFC:
      turn.address = displacement
      turn.old = Array(memory[displacement..<displacement + 4])
      turn.access = (processor, UInt64(displacement), true)
      let value = states[processor].generalRegisters[0]
      for index in 0..<4 { memory[displacement + index] = UInt8(truncatingIfNeeded: value >> UInt64(index * 8)) }
      states[processor].rip &+= 7
    case (0x8B, 0x04, 0x25) where displacement < 0xFFFC:
      turn.access = (processor, UInt64(displacement), false)
      states[processor].generalRegisters[0] = (0..<4).reduce(0) {
        $0 | UInt64(memory[displacement + $1]) << UInt64($1 * 8)
      }
      states[processor].rip &+= 7
    case (0xEB, _, _): states[processor].rip &+= 2 &+ UInt64(bitPattern: Int64(Int8(bitPattern: code[1])))
    case (0xF4, _, _): return 7
    default: return 86
    }
    return nil
  }

  /// At 1000h: counts in RAX, stores it at 8000h, loads it again, and begins anew. At 2000h: the end.
  static func looping(processorCount: Int = 2, canReverse: Bool = true) -> ToyTarget {
    let target = ToyTarget(processorCount: processorCount, canReverse: canReverse)
    let code: [UInt8] = [
      0x48, 0xFF, 0xC0, 0x89, 0x04, 0x25, 0x00, 0x80, 0, 0, 0x8B, 0x04, 0x25, 0x00, 0x80, 0, 0, 0x90, 0xEB, 0xEC,
    ]
    target.memory.replaceSubrange(0x1000..<0x1000 + code.count, with: code)
    target.memory[0x2000] = 0xF4
    for address in 0x8000..<0x8100 { target.memory[address] = 0 }
    return target
  }
}
