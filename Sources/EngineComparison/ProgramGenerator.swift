public import Differential
import InstructionTesting
import X86
import X86Decoder

/// The kinds of code that programs begin with.
public enum ProgramKind: Sendable, CaseIterable {
  case long64, protected32, protected16, real16
}

/// Draws programs and their schedules: each is a function of the seed and its number.
public struct ProgramGenerator: Sendable {
  /// The forms that the general part draws from, at least one.
  public let templates: [EncodingTemplate]
  /// How many parts of code a program has.
  public let lengths: ClosedRange<Int>
  /// The kinds to draw from, each as often as it counts.
  public let kinds: [ProgramKind]
  /// The privilege levels to draw from: 0, 3.
  public let levels: [UInt8]
  /// Whether programs have what the threaded engine has handlers for; else the templates and branches alone.
  public let drawsAll: Bool

  /// The longest program.
  public static let lengthLimit = 64

  /// A generator.
  public init(
    _ templates: [EncodingTemplate] = EncodingTemplate.all, lengths: ClosedRange<Int> = 1...40,
    kinds: [ProgramKind] = ProgramGenerator.allKinds, levels: [UInt8] = [0, 3], drawsAll: Bool = true
  ) {
    self.templates = templates
    self.lengths = lengths
    self.kinds = kinds
    self.levels = levels
    self.drawsAll = drawsAll
  }

  /// All kinds, 64-bit code most often: other code has the same loop in both engines.
  public static let allKinds: [ProgramKind] =
    [ProgramKind](repeating: .long64, count: 17) + [.protected32, .protected16, .real16]

  private static let purpose: UInt64 = 0x454E_4749_4E31
  private static let schedulePurpose: UInt64 = 0x454E_4749_4E32

  // MARK: Programs

  /// The program with this number of a campaign.
  public func program(seed: UInt64, number: UInt64) -> EngineProgram {
    var random = RandomStream(campaign: seed, test: number, purpose: Self.purpose)
    var program = EngineProgram()
    program.number = number
    let kind = random.pick(kinds)
    switch kind {
    case .long64: program.mode = .code64
    case .protected32: program.mode = .code32
    case .protected16: program.mode = .code16
    case .real16: (program.mode, program.isRealMode) = (.code16, true)
    }
    program.cpl = kind == .real16 ? 0 : random.pick(levels)
    fillRegisters(&program, kind, seed, number, &random)
    let length = lengths.lowerBound + random.below(lengths.count)
    if kind == .long64 || kind == .protected32 { choosePages(&program, kind, length, &random) }
    let theme = random.pick(Self.themes)
    // Consecutive numbers go through the forms in turn, so that every form has its share.
    var anchor: EncodingTemplate? = anchor(of: number)
    let place = random.below(length)
    var draft = ProgramDraft(program, RandomStream(seed: random.next()), templates, length: length)
    while draft.program.parts.count < max(length - 1, 1) {
      if let template = anchor, draft.program.parts.count >= place {
        anchor = nil
        if draft.general(template) { continue }
      }
      step(&draft, theme)
    }
    end(&draft)
    return finish(&draft)
  }

  /// The form that a program has somewhere, if its mode has it.
  func anchor(of number: UInt64) -> EncodingTemplate { templates[Int(number % UInt64(templates.count))] }

  private func fillRegisters(
    _ program: inout EngineProgram, _ kind: ProgramKind, _ seed: UInt64, _ number: UInt64, _ random: inout RandomStream
  ) {
    let mode: InstructionTest.Mode = kind == .long64 ? .long64 : kind == .real16 ? .real16 : .compatibility32
    program.input = StateGenerator.state(seed: seed, number: number, mode: mode, cpl: program.cpl)
    if kind == .real16 {
      for index in 0..<6 { program.input.selectors[index] = random.pick([0x2000, 0x2000, 0x2080, 0x1000]) }
      program.input.selectors[1] = 0x1000
      for index in 0..<8 { program.input.generalRegisters[index] &= 0xFFFF }
      program.input.generalRegisters[4] = 0xF00 + UInt64(random.below(64)) * 2
      return
    }
    program.input.selectors = [0x2B, 0, 0, 0x2B, 0, 0]
    if random.chance(1, of: 2) { program.input.fsBase = InstructionTest.windowAddress &- UInt64(random.below(256)) }
    // Few exceptions of the units that would end everything at once.
    if random.chance(7, of: 8) {
      program.input.fcw |= 0x3F
      program.input.fsw &= 0x7F00
      program.input.mxcsr |= 0x1F80
    }
    if random.chance(7, of: 8) { program.input.rflags &= ~(RFLAGS.alignmentCheck | RFLAGS.nestedTask) }
    guard kind == .long64 else { return }
    var draft = ProgramDraft(program, RandomStream(seed: random.next()), templates, length: 0)
    for _ in 0..<2 + draft.below(5) {
      let register = draft.below(16)
      if register != 4 || draft.chance(1, 8) { program.input.generalRegisters[register] = draft.address() }
    }
  }

  /// Places code and page rights.
  private func choosePages(
    _ program: inout EngineProgram, _ kind: ProgramKind, _ length: Int, _ random: inout RandomStream
  ) {
    if kind == .long64, random.chance(1, of: 3) { program.base = random.pick(EngineProgram.Base.allCases) }
    program.anchor = random.below(length)
    switch random.below(8) {
    case 0: program.offset = 0
    case 1: program.offset = 0x1000
    case 2, 3: program.offset = 0x1000 - random.below(16)
    case 4: program.offset = 0x1000 - random.below(64)
    default: program.offset = 0x800
    }
    if program.offset <= 0x800 { program.anchor = 0 }
    if random.chance(1, of: 3) { program.next = random.pick(EngineProgram.NextPage.allCases) }
    if random.chance(1, of: 4) { program.second = random.pick(EngineProgram.SecondPage.allCases) }
    program.options = []
    func set(_ option: EngineProgram.Option, _ count: Int, _ total: Int) {
      if random.chance(count, of: total) { program.options.insert(option) }
    }
    set(.readOnlyCode, 1, 6)
    set(.otherPrivilegeOfCode, program.cpl == 0 ? 1 : 0, 2)
    set(.globalCode, 1, 4)
    set(.accessedBefore, 1, 3)
    set(.interruptStack, 2, 3)
    set(.writeProtect, 2, 3)
    set(.alignmentMask, 1, 8)
    set(.smap, 1, 12)
    set(.smep, 1, 12)
    set(.pcid, 1, 4)
    set(.umip, 1, 8)
    set(.taskSwitched, 1, 20)
    set(.noSSE, 1, 24)
    set(.noTimeStamp, 1, 12)
    set(.protectionKeys, 1, 4)
  }

  // MARK: Code

  /// What a program is mostly made of: how often each kind of step comes.
  private struct Theme: Sendable {
    var steps: [Step]
    init(_ weights: [Step: Int]) {
      steps = Step.allCases.flatMap { [Step](repeating: $0, count: weights[$0] ?? 1) }
    }
  }

  private enum Step: CaseIterable {
    case arithmetic, move, pointer, shift, stack, flags, vector, string, branch, call, patch, system, general, mode
  }

  private static let themes: [Theme] = [
    Theme([.arithmetic: 10, .move: 8, .shift: 6, .flags: 5, .branch: 5, .system: 0, .mode: 0]),
    Theme([.move: 12, .arithmetic: 8, .pointer: 5, .stack: 3, .vector: 3, .branch: 3]),
    Theme([.branch: 10, .call: 6, .arithmetic: 5, .flags: 3]),
    Theme([.call: 10, .stack: 8, .move: 3, .branch: 3, .pointer: 2]),
    Theme([.patch: 8, .branch: 6, .arithmetic: 4, .string: 2]),
    Theme([.system: 10, .move: 6, .branch: 4, .pointer: 2, .stack: 2]),
    Theme([.string: 6, .move: 4, .vector: 4, .branch: 3]),
    Theme([.general: 12, .branch: 2]),
    Theme([.mode: 4, .general: 6, .branch: 2, .call: 2]),
  ]

  private func step(_ draft: inout ProgramDraft, _ theme: Theme) {
    guard draft.is64Bit, drawsAll else {
      switch draft.below(8) {
      case 0: draft.branch()
      case 1: drawsAll ? draft.otherMode() : draft.general()
      case 2: drawsAll && !draft.is64Bit && draft.chance(1, 2) ? draft.patch() : draft.general()
      default: draft.general()
      }
      return
    }
    switch draft.random.pick(theme.steps) {
    case .arithmetic: draft.arithmetic()
    case .move: draft.move()
    case .pointer: draft.pointer()
    case .shift: draft.shiftOrUnary()
    case .stack: draft.stack()
    case .flags: draft.flags()
    case .vector: draft.vector()
    case .string: draft.string()
    case .branch: draft.branch()
    case .call: draft.call()
    case .patch: draft.patch()
    case .system: draft.system()
    case .general: draft.general()
    case .mode: draft.otherMode()
    }
  }

  /// What comes last: mostly a way back to the start, so that the code runs again with translations and links in place.
  private func end(_ draft: inout ProgramDraft) {
    if !draft.is64Bit, draft.program.mode == .code64 {
      let isUser = draft.program.cpl == 3
      let target = draft.program.parts.count + 1
      if draft.mode == .code32 {
        draft.append(
          .farReturn(selector: isUser ? GuestSegments.userCode : GuestSegments.kernelCode, target: target))
        draft.mode = .code64
      }
    }
    switch draft.below(12) {
    case 0: break
    case 1: draft.append([0xF4])
    case 2: draft.append(.branch(.jump, target: draft.goal(), isShort: false))
    case 3: draft.append(.branch(.condition(UInt8(draft.below(16))), target: 0, isShort: false))
    default: draft.append(.branch(.jump, target: 0, isShort: draft.chance(1, 2)))
    }
  }

  private func finish(_ draft: inout ProgramDraft) -> EngineProgram {
    let count = draft.program.parts.count
    for index in draft.program.landings.indices { draft.program.landings[index] = draft.below(count + 1) }
    // The anchor is a part that is there.
    draft.program.anchor = min(draft.program.anchor, max(count - 1, 0))
    return draft.program
  }

  // MARK: Schedules

  /// How the program with this number is run: each schedule from its start.
  public func schedules(seed: UInt64, number: UInt64) -> [EngineSchedule] {
    var random = RandomStream(campaign: seed, test: number, purpose: Self.schedulePurpose)
    var schedules = [Self.plain(&random), Self.mixed(&random)]
    // One program in 32 meets an interrupt at each of its first ticks, so that no boundary is left out.
    if random.chance(1, of: 32) { schedules += Self.sweep(&random) }
    return schedules
  }

  /// Whole slices that the threaded engine may use up to their last 64 ticks.
  private static func plain(_ random: inout RandomStream) -> EngineSchedule {
    let ticks = 100 + random.below(260)
    var legs = [EngineSchedule.Leg(ticks)]
    switch random.below(4) {
    case 0: legs[0].theirs = .every(1)
    case 1: legs[0].theirs = .every(1 + random.below(90))
    case 2: legs[0].ours = .every(65 + random.below(60))
    default: break
    }
    if random.chance(1, of: 4) {
      legs[0].event = .timer(vector: 0x51, ticks: UInt32(66 + random.below(60)), isPeriodic: true)
    }
    return EngineSchedule(legs)
  }

  private static func event(_ random: inout RandomStream) -> EngineSchedule.Event {
    switch random.below(5) {
    case 0: .nonMaskable
    case 1: .serial
    case 2: .timer(vector: 0x52, ticks: UInt32(1 + random.below(150)), isPeriodic: random.chance(1, of: 4))
    default: .interrupt(vector: UInt8(0x41 + random.below(64)))
    }
  }

  /// Slices of all lengths, with events between them.
  private static func mixed(_ random: inout RandomStream) -> EngineSchedule {
    var legs: [EngineSchedule.Leg] = []
    var ticks = 0
    let events = random.below(4)
    while ticks < 240 {
      var leg = EngineSchedule.Leg(1)
      switch random.below(6) {
      case 0: leg.ticks = 1 + random.below(4)
      case 1: leg.ticks = 1 + random.below(63)
      case 2, 3: leg.ticks = 64 + random.below(24)
      default: leg.ticks = 64 + random.below(100)
      }
      if events > 0, !legs.isEmpty, random.chance(events, of: 4) { leg.event = event(&random) }
      if random.chance(1, of: 8) { leg.theirs = .every(1) }
      legs.append(leg)
      ticks += leg.ticks
    }
    return EngineSchedule(legs)
  }

  /// An event after each number of ticks, the threaded engine running up to it as far as it does.
  private static func sweep(_ random: inout RandomStream) -> [EngineSchedule] {
    let event = event(&random)
    return (1...128).map { tick in
      EngineSchedule([EngineSchedule.Leg(tick), EngineSchedule.Leg(140, event: event)])
    }
  }
}
