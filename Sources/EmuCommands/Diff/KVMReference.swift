import Differential
import KVM
import MMU
import Machine
import X86

/// KVM as the machine that leads.
final class KVMReference: LockstepReference {
  let name = "kvm"
  let machine: Machine
  let stepper: KVMStepper
  var stepsUserCode: Bool { stepper.stepsUserCode }
  var memory: GuestMemory? { machine.memory }
  /// Steps since the mark, for repeating them.
  private var log: [KVMStep] = []
  private var marked: (memory: GuestMemory, state: ArchitecturalState)?
  /// Whether `log` grows.
  private var keepsLog = false

  /// Puts KVM under a loaded machine.
  init(_ machine: Machine) throws(KVMError) {
    self.machine = machine
    stepper = try KVMStepper(machine)
  }

  private func clearLog() { log.removeAll(keepingCapacity: true) }

  func advance(_ request: LockstepRequest) throws -> LockstepStop {
    let step: KVMStep
    do {
      step = try stepper.step(
        isRepeated: request.isRepeated, haltRIP: request.haltRIP, isHalted: request.isHalted)
    } catch {
      if error.description.contains("cannot emulate") {
        throw LockstepLimit("kvm on this host cannot execute", isWhole: false)
      }
      throw LockstepLimit("kvm on this host cannot execute this guest further: \(error.description)")
    }
    if keepsLog { log.append(step) }
    let reason = stepper.exitReason
    let isLast = reason != nil || step.isShutdown
    let isHashPoint = (request.isHashPoint || isLast) && !step.isShutdown
    let state = isHashPoint ? try stepper.completeState() : stepper.plainState
    let kind: LockstepStop.Kind =
      step.isShutdown ? .shutdown : reason != nil ? .end : step.isHalted ? .halt : .step
    var stop = LockstepStop(kind: kind, state: LockstepState(state, isComplete: isHashPoint))
    stop.accesses = step.accesses.map { access in
      BusAccess(
        space: access.isPort ? .port : .physical, isWrite: access.isWrite, address: access.address,
        width: access.width, value: access.value)
    }
    stop.interrupt = step.interrupt
    if isHashPoint { stop.memoryHash = LockstepMemory.hash(machine.memory) }
    stop.ending = step.isShutdown ? "triple fault" : reason.map(Self.text) ?? ""
    return stop
  }

  private static func text(_ reason: ExitReason) -> String {
    switch reason {
    case .debugExit(let value): "debug exit \(value)"
    case .powerOff: "power-off"
    case .halted: "halted for good"
    case .tripleFault: "triple fault"
    case .reset(let cause): "reset by \(cause)"
    }
  }
}

extension KVMReference: LockstepRewinder {
  func mark() throws {
    marked = (try LockstepMemory.clone(machine.memory), try stepper.completeState())
    keepsLog = true
    clearLog()
  }

  func rewind() throws {
    guard let marked else { return }
    LockstepMemory.restore(machine.memory, from: marked.memory)
    try stepper.restart(from: marked.state)
    stepper.replay = log[...]
    clearLog()
  }
}
