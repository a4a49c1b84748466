import FaultReports
import Interpreter
import MMU
import Machine
import X86
import X86Decoder

/// Turns the log of one step into what a trace says of it.
struct StepMaker {
  let machine: Machine
  let log: ExecutionLog
  let before: RegisterFile.Moment
  let after: RegisterFile.Moment
  let symbol: ((UInt64) -> String?)?
  let line: ((UInt64) -> String?)?

  func step(order: UInt64, tick: UInt64) -> RecordedStep {
    let state = before.state
    var step = RecordedStep(
      order: order, tick: tick, time: machine.virtualNanoseconds, processor: state.index, mode: log.mode,
      cpl: state.cpl, rip: state.rip)
    step.bytes = log.bytes
    step.symbol = symbol?(log.linearStart)
    step.line = line?(log.linearStart)
    step.exceptions = log.events.compactMap(\.exception)
    step.isCompleted = log.instruction != nil && step.exceptions.isEmpty
    setText(&step)
    setEvent(&step)
    step.writes = RegisterFile.changes(before, after)
    let next = step.isCompleted && !step.isInterrupt ? state.rip &+ UInt64(log.bytes.count) : state.rip
    if after.state.rip != next {
      step.writes.append(
        RecordedChange(name: "rip", old: Vector128(low: state.rip), new: Vector128(low: after.state.rip)))
    }
    step.memory = log.accesses.map(recorded)
    step.walks = log.walks.filter { $0.walk.stepCount > 0 }
    step.ports = log.ports.map { RecordedPort(access: $0, device: machine.chip(onPort: $0.port)) }
    step.msrs = log.msrs
    if log.entersCompatibilityMode(machine.processor(before.state.index)) {
      step.note = ProcessorMode.compatibilityCause
    } else if step.exceptions.contains(where: { $0.reason == .invalidEncoding || $0.reason == .absentFeature }) {
      step.note = FaultScene(log, after: machine.processor(before.state.index), machine.memory)?.absentInstruction
    }
    setControls(&step)
    return step
  }

  private func setText(_ step: inout RecordedStep) {
    guard let instruction = log.instruction else {
      step.text = before.state.pendingDebug != 0 ? "(debug trap)" : "(no instruction)"
      return
    }
    step.text = instruction.text(
      at: step.rip, mode: DecodeMode(rawValue: before.state.decodeMode) ?? .code64, symbol: symbol)
    step.undefined =
      step.isCompleted ? FlagEffects.undefined(instruction, rcx: before.state.registers[1]) : 0
    let names = InstructionReads.names(instruction)
    step.reads = RegisterFile.everything.compactMap {
      names.contains($0.name) ? RecordedRegister(name: $0.name, value: $0.read(before)) : nil
    }
  }

  /// The vector of an interrupt, or of an INT instruction, and where its handler begins.
  private func setEvent(_ step: inout RecordedStep) {
    guard let event = log.events.first, event.exception == nil else { return }
    step.vector = event.vector
    if event.isExternal {
      step.isInterrupt = true
      step.source = before.state.nmiPending && event.vector == 2 ? "nmi" : "external"
      if step.source == "external" { step.origin = machine.interruptOrigin(log, processor: before.state.index) }
      step.text = ""
    } else {
      step.source = "software"
    }
    if after.state.activity != .shutdown { step.handler = after.state.rip }
  }

  private func recorded(_ access: LoggedAccess) -> RecordedAccess {
    let isWalk = access.walk.map { $0 < log.walks.count && log.walks[$0].walk.stepCount > 0 } ?? false
    let isPaging = before.state.paging.isPaging
    var access = access
    // Once the delivery of an event has begun, every access is the processor's own.
    access.isSystem = access.isSystem || access.link > 0
    return RecordedAccess(
      access: access, translation: isPaging ? isWalk ? "walk" : "hit" : nil,
      device: access.isDevice ? machine.chip(at: access.physical, processor: before.state.index) ?? "nothing" : nil)
  }

  private func setControls(_ step: inout RecordedStep) {
    step.controls = step.writes.filter { RegisterFile.controlNames.contains($0.name) }
    // A write of the same value counts: MOV CR3 drops translations.
    guard let instruction = log.instruction, step.isCompleted, instruction.operand0 == .control else { return }
    let name = "cr\(instruction.reg)"
    guard !step.controls.contains(where: { $0.name == name }),
      let entry = RegisterFile.rare.first(where: { $0.name == name })
    else { return }
    step.controls.append(RecordedChange(name: name, old: entry.read(before), new: entry.read(after)))
  }
}
