import InstructionTesting
public import Interpreter
public import MMU
import TextForms
public import X86
import X86Decoder

/// One guest on a reference and on the model, from one state, compared at every stop of the reference.
public final class Lockstep {
  /// How to compare.
  public struct Options: Sendable {
    /// What the model's processor is.
    public var model = ProcessorModel.amdV1
    /// Instructions between two hash points.
    public var every: UInt64 = 1000
    /// End after so many instructions of the model.
    public var maximumInstructions: UInt64 = .max
    /// Compare registers at every stop, not only at hash points.
    public var comparesEveryStop = true
    /// A mistake in the model.
    public var plant: LockstepPlant?
    /// Makes the defaults.
    public init() {}
  }

  /// How a comparison ended.
  public enum Outcome: Sendable {
    /// All compared states were the same; the text says how the guest ended.
    case agrees(String)
    /// They were not.
    case diverges(LockstepDivergence)
  }

  /// Instructions of the model that were compared.
  public private(set) var instructions: UInt64 = 0
  /// Stops with an access outside RAM, HLT, shutdown.
  public private(set) var exits: UInt64 = 0
  /// Hash points.
  public private(set) var hashes: UInt64 = 0
  /// Instructions that ran where the reference has no stop points.
  public private(set) var unstepped: UInt64 = 0
  /// Words of RAM in which only an accessed flag, or TF in a frame that KVM pushed under a single step, differed.
  public private(set) var allowances: UInt64 = 0
  private var hadInterrupt = false
  /// The reference's name.
  public var referenceName: String { reference.name }
  /// Called with every stop.
  public var recorder: ((LockstepStop) -> Void)?

  let reference: any LockstepReference
  let model: LockstepModel
  private let options: Options
  private var sinceHash: UInt64 = 0
  private var history: [FetchedInstruction] = []
  private var undefined: UInt64 = 0
  private var undefinedRegisters: UInt16 = 0
  private var ending: String?

  /// The most instructions that the model runs to reach a stop of a reference that cannot step.
  private static let freeRunLimit = 200_000_000

  /// Puts both side by side.
  ///
  /// - Parameters:
  ///   - memory: RAM as loaded; the model gets a copy.
  ///   - state: the processor as loaded.
  public init(
    _ reference: any LockstepReference, memory: GuestMemory, state: ArchitecturalState, options: Options
  ) throws {
    self.reference = reference
    self.options = options
    model = try LockstepModel(copying: memory, state: state, plant: options.plant, model: options.model)
  }

  init(_ reference: any LockstepReference, _ snapshot: LockstepModelSnapshot, options: Options) throws {
    self.reference = reference
    self.options = options
    model = try LockstepModel(snapshot, plant: options.plant)
  }

  /// Runs to the end of the guest, of the limit, or to a divergence.
  public func run() throws -> Outcome {
    while true {
      if let outcome = try runStop() { return outcome }
    }
  }

  /// Whether the last stop was a hash point.
  private(set) var isAtHashPoint = false

  /// One stop of the reference; nil goes on.
  func runStop() throws -> Outcome? {
    if let ending { return .agrees(ending) }
    let fetched = model.fetch()
    var request = LockstepRequest()
    request.isRepeated = fetched.isRepeated
    request.isHalted = model.activity == .halted
    if let instruction = fetched.instruction, instruction.operation == .hlt, model.cpl == 0, !request.isHalted {
      request.haltRIP = fetched.rip &+ UInt64(instruction.length)
    }
    request.isHashPoint = sinceHash + 1 >= options.every || instructions + 1 >= options.maximumInstructions
    var stop: LockstepStop
    do {
      stop = try reference.advance(request)
    } catch let limit as LockstepLimit where !limit.isWhole {
      let bytes = fetched.bytes.map(Text.code).joined(separator: " ")
      throw LockstepLimit("\(limit.description): \(bytes) (\(fetched.text)) at RIP \(Text.hex(fetched.rip))")
    }
    defer { recorder?(stop) }
    if stop.interrupt != nil { hadInterrupt = true }
    if !stop.accesses.isEmpty || stop.kind != .step { exits += 1 }
    isAtHashPoint = false
    if let divergence = try follow(stop) { return .diverges(divergence) }
    sinceHash += 1
    if stop.memoryHash != nil {
      sinceHash = 0
      hashes += 1
      isAtHashPoint = true
      if let divergence = compareMemory(&stop) { return .diverges(divergence) }
    }
    if stop.kind == .end || stop.kind == .shutdown { ending = stop.ending }
    if instructions >= options.maximumInstructions { ending = "stopped after \(instructions) instructions" }
    return ending.map { .agrees($0) }
  }

  // MARK: Following

  /// The first instruction since the reference's last stop, and the one that a difference is laid to.
  private var stopStart: FetchedInstruction?
  private var culprit: FetchedInstruction?
  /// Steps of the model since the reference's last stop.
  private var steps = 0

  private var isFree: Bool { !reference.stepsUserCode && model.cpl == 3 && model.is64Bit }

  private func follow(_ stop: LockstepStop) throws -> LockstepDivergence? {
    let compares = options.comparesEveryStop || stop.memoryHash != nil
    var extra = stop.interrupt == nil ? 0 : 1
    var left = Self.freeRunLimit
    var best: (differences: [Int], state: LockstepState)?
    model.bus.expect(stop.accesses)
    steps = 0
    if let vector = stop.interrupt {
      model.interrupt(vector)
      if reached(stop, &best) { return nil }
      best = nil
    }
    while true {
      let fetched = model.fetch()
      let wasShadowed = model.isShadowed
      // The reference cannot stop here, and may be anywhere before its next exit.
      let wasFree = isFree
      if steps == 0 { stopStart = fetched }
      if steps == 0 || wasFree { culprit = fetched }
      try noteUndefined(fetched, canStep: !wasFree)
      let event = model.step()
      steps += 1
      history.append(fetched)
      if history.count > 20 { history.removeFirst() }
      if event == .retired { instructions += 1 }
      if wasFree { unstepped += 1 }
      if let text = model.bus.mismatch { return divergence(stop, "access outside RAM", text, best) }
      if reached(stop, &best) { return nil }
      if isFree, left > 0, model.activity == .running {
        left -= 1
        best = nil
        continue
      }
      // A step may end behind the first instruction of a handler, behind a shadow, or one behind IRET.
      let mayGoOn =
        event == .delivered || wasShadowed || model.isShadowed || wasFree
        || fetched.instruction?.operation == .iret
      if mayGoOn, extra < 2, model.activity == .running {
        extra += 1
        continue
      }
      model.bus.finish()
      if let text = model.bus.mismatch { return divergence(stop, "access outside RAM", text, best) }
      if !compares, let best, !best.differences.contains(LockstepState.rip) {
        takeOver(stop)
        return nil
      }
      return divergence(stop, nil, nil, best)
    }
  }

  /// Whether the model stands where the reference does; then what is undefined comes from there.
  private func reached(_ stop: LockstepStop, _ best: inout (differences: [Int], state: LockstepState)?) -> Bool {
    if stop.kind == .shutdown { return model.activity == .shutdown }
    let isComplete = stop.state.words.count > LockstepState.plainCount
    if best != nil, model.rip != stop.state.words[LockstepState.rip] { return false }
    let state = LockstepState(model.state(isComplete: isComplete), isComplete: isComplete)
    let differences = state.differences(stop.state, ignoring: undefined).filter {
      $0 >= 16 || undefinedRegisters & (1 << UInt16($0)) == 0
    }
    // A HLT that an IRET returned to may be hidden behind the step.
    let isHalted = stop.kind == .halt || stop.kind == .end || steps > 1
    if differences.isEmpty, model.bus.isDone, model.activity == .running || isHalted {
      takeOver(stop)
      return true
    }
    if best == nil || differences.count < best?.differences.count ?? 0 { best = (differences, state) }
    return false
  }

  private func takeOver(_ stop: LockstepStop) {
    model.takeOver(flags: undefined, registers: undefinedRegisters, of: stop.state)
    undefined = 0
    undefinedRegisters = 0
  }

  /// What the next instruction leaves to the reference: undefined flags, time, the processor's own identity.
  private func noteUndefined(_ fetched: FetchedInstruction, canStep: Bool) throws {
    guard let instruction = fetched.instruction else { return }
    undefined &= ~FlagEffects.written[Int(instruction.form)]
    var mask = FlagEffects.undefined[Int(instruction.form)]
    let traits = instruction.operation.traits
    if traits.contains(.count) {
      let exact = UndefinedResults.mask(instruction, model.userState())
      mask = exact.rflags
      undefinedRegisters |= exact.generalRegisters
    } else if traits.contains(.random) {
      mask = FlagEffects.written[Int(instruction.form)]
      undefinedRegisters |= 1 << UInt16(instruction.rm & 15)
    } else if traits.contains(.identity) || instruction.operation == .rdpmc {
      guard canStep else {
        throw LockstepLimit(
          "\(reference.name) on this host cannot stop behind \(fetched.text) at CPL 3, RIP \(Text.hex(fetched.rip)), "
            + "whose result is its own")
      }
      undefinedRegisters |= instruction.operation == .rdtsc ? 0b101 : 0b1111
    } else if instruction.operation == .rdmsr,
      UInt32(truncatingIfNeeded: model.userState().generalRegisters[1]) == MSR.timeStampCounter
    {
      undefinedRegisters |= 0b101
    }
    undefined |= mask
  }

  // MARK: Differences

  private func compareMemory(_ stop: inout LockstepStop) -> LockstepDivergence? {
    guard let hash = stop.memoryHash else { return nil }
    let own = LockstepMemory.hash(model.memory)
    guard own != hash else { return nil }
    var text = "the hash of RAM differs"
    if let memory = reference.memory {
      let differences = LockstepMemory.differences(model.memory, memory)
      let wrong = differences.first { !isAllowed($0.offset, $0.one, $0.other) }
      guard let wrong else {
        for difference in differences { memory.physical.store(difference.one, difference.offset) }
        allowances += UInt64(differences.count)
        stop.memoryHash = own
        return nil
      }
      text =
        "RAM at offset \(Text.hex(wrong.offset)): model \(Text.hex(wrong.one)), "
        + "\(reference.name) \(Text.hex(wrong.other))"
    }
    return LockstepDivergence(
      at: history.last, fields: [], what: "RAM, since the last hash point", detail: text, history: history,
      instructions: instructions, referenceName: reference.name)
  }

  /// Words of RAM in which the two may differ; the reference then takes the model's.
  ///
  /// An accessed flag may be set by a walk that faults or that nobody asked for (SDM Vol. 3A "Accessed and Dirty
  /// Flags"), and a single step of KVM's may leave TF in the frame of an interrupt.
  private func isAllowed(_ offset: UInt64, _ own: UInt64, _ other: UInt64) -> Bool {
    if own ^ other == RFLAGS.trap { return hadInterrupt && own & ~0xFFF_FFFF == 0 && own & RFLAGS.alwaysOne != 0 }
    guard own ^ other == 0x20, own & 1 != 0 else { return false }
    return LockstepMemory.tablePages(model.memory, cr3: model.state(isComplete: false).cr3).contains(offset & ~0xFFF)
  }

  private func divergence(
    _ stop: LockstepStop, _ what: String?, _ detail: String?, _ best: (differences: [Int], state: LockstepState)?
  ) -> LockstepDivergence {
    var fields: [LockstepDivergence.Field] = []
    if let best {
      fields = best.differences.map {
        LockstepDivergence.Field(
          name: LockstepState.names[$0], model: best.state.words[$0], reference: stop.state.words[$0])
      }
    }
    var detail = detail
    if stop.kind == .shutdown { detail = "\(reference.name) shut down, the model did not" }
    if fields.isEmpty, detail == nil {
      detail = "\(reference.name) \(stop.kind == .halt ? "halts" : "runs on"), the model is \(model.activity)"
    }
    if detail == nil, steps > 2 || culprit?.rip != stopStart?.rip, let stopStart {
      detail = "\(reference.name) has no stop point since RIP \(Text.hex(stopStart.rip)) (\(stopStart.text))"
    }
    return LockstepDivergence(
      at: culprit ?? history.last, fields: fields, what: what, detail: detail, history: history,
      instructions: instructions,
      referenceName: reference.name)
  }
}
