import InstructionTesting
import X86

/// Makes a program smaller as long as the engines still differ in the first kind of field.
public struct EngineMinimizer {
  private let pair: EnginePair
  /// Runs that it may take.
  private let limit = 4000

  /// A minimiser that runs programs on these boards.
  public init(_ pair: EnginePair) { self.pair = pair }

  /// The smallest that it finds; its schedule stops where the difference shows first.
  public func minimize(_ divergence: EngineDivergence) -> EngineDivergence {
    let saved = pair.comparesMemoryAlways
    defer { pair.comparesMemoryAlways = saved }
    pair.comparesMemoryAlways = true
    var search = Search(pair: pair, best: divergence, runs: limit)
    // The same difference is asked for with RAM compared at every stop.
    guard search.attempt(divergence.program, divergence.schedule, accepting: nil) else { return divergence }
    search.shortenSchedule()
    search.dropParts()
    search.simplify()
    search.dropParts()
    search.shortenSchedule()
    return search.best
  }

  private struct Search {
    let pair: EnginePair
    var best: EngineDivergence
    var runs: Int

    /// Takes over what still differs in that kind of field.
    @discardableResult
    mutating func attempt(_ program: EngineProgram, _ schedule: EngineSchedule, accepting kind: String?) -> Bool {
      guard runs > 0 else { return false }
      runs -= 1
      guard let difference = pair.run(program, schedule) else { return false }
      guard kind == nil || difference.fields.contains(where: { $0.kind == kind }) else { return false }
      best = EngineDivergence(program, schedule, difference, as: best.fingerprint)
      return true
    }

    @discardableResult
    mutating func attempt(_ change: (inout EngineProgram) -> Void) -> Bool {
      var program = best.program
      change(&program)
      return attempt(program, best.schedule, accepting: best.difference.fields.first?.kind)
    }

    @discardableResult
    mutating func attempt(schedule: EngineSchedule) -> Bool {
      schedule != best.schedule && attempt(best.program, schedule, accepting: best.difference.fields.first?.kind)
    }

    /// One slice if that will do, else fewer legs; then the fewest ticks.
    mutating func shortenSchedule() {
      let ticks = Int(best.difference.ticks)
      if !attempt(schedule: EngineSchedule([.init(max(ticks, 1))])) {
        attempt(schedule: EngineSchedule([.init(best.schedule.ticks)]))
      }
      var index = 0
      while best.schedule.legs.count > 1, index < best.schedule.legs.count {
        var legs = best.schedule.legs
        legs.remove(at: index)
        if !attempt(schedule: EngineSchedule(legs)) { index += 1 }
      }
      for index in best.schedule.legs.indices {
        for plain in [\EngineSchedule.Leg.ours, \EngineSchedule.Leg.theirs]
          as [WritableKeyPath<EngineSchedule.Leg, EngineSchedule.Cut>]
        {
          var legs = best.schedule.legs
          legs[index][keyPath: plain] = .whole
          attempt(schedule: EngineSchedule(legs))
        }
        var legs = best.schedule.legs
        legs[index].event = nil
        attempt(schedule: EngineSchedule(legs))
        shorten(leg: index)
      }
    }

    private mutating func shorten(leg index: Int) {
      guard best.schedule.legs.indices.contains(index) else { return }
      var step = best.schedule.legs[index].ticks / 2
      while step > 0 {
        var legs = best.schedule.legs
        if legs[index].ticks > step {
          legs[index].ticks -= step
          if attempt(schedule: EngineSchedule(legs)) { continue }
        }
        step /= 2
      }
    }

    /// Drops parts, halves first.
    mutating func dropParts() {
      var size = best.program.parts.count
      while size > 0 {
        var start = 0
        while start < best.program.parts.count {
          let range = start..<min(start + size, best.program.parts.count)
          if range.contains(where: { !best.program.parts[$0].isNothing }) {
            attempt { program in for index in range { program.parts[index] = .nothing } }
          }
          start += size
        }
        size /= 2
      }
    }

    /// Makes places, rights and registers plain.
    mutating func simplify() {
      attempt { ($0.base, $0.offset, $0.anchor) = (.low, 0x800, 0) }
      attempt { $0.base = .low }
      attempt { $0.next = .contiguous }
      attempt { $0.second = .writable }
      attempt { $0.options = [.writeProtect, .interruptStack] }
      for option in EngineProgram.Option.allCases where best.program.options.contains(option) {
        attempt { $0.options.remove(option) }
      }
      attempt { $0.landings = [Int](repeating: $0.parts.count, count: $0.landings.count) }
      attempt { program in
        let (registers, flags) = (program.input.generalRegisters, program.input.rflags)
        program.input = EngineProgram().input
        (program.input.generalRegisters, program.input.rflags) = (registers, flags)
      }
      attempt { $0.input.rflags = 0x202 }
      for index in 0..<16 {
        attempt { $0.input.generalRegisters[index] = index == 4 ? InstructionTest.windowAddress + 0x100 : 0 }
      }
      for index in 0..<64 where best.program.input.window[index] != 0 { attempt { $0.input.window[index] = 0 } }
    }
  }
}
