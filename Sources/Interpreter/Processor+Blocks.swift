import MMU
import X86
import X86Decoder

extension Processor {
  /// Runs decoded blocks until something ends the streak.
  ///
  /// Fast forms touch nothing but registers, flags and cached RAM, so that neither interrupts nor requests of the board
  /// can arise from them: both are looked at only after an instruction that went the general way, and when the
  /// budget ends.
  func runBlocks() {
    let core = unsafe self.core
    let registers = unsafe self.registers
    let invalidations = unsafe cache.counters
    while state.budget > 0 {
      guard let index = findBlock() else {
        if state.attention & Attention.breakpoint == 0 { stepUncached() }
        return
      }
      let first = unsafe cache.instructions + Int(cache.blocks[Int(index)].first)
      let count = unsafe Int(cache.blocks[Int(index)].count)
      let seen = unsafe invalidations[0]
      let start = state.rip
      let usesFastForms = !isCheckingAlignment
      var at = unsafe first
      var end = unsafe first + min(count, state.budget)
      var rip = start
      var used = 0
      var wasGeneral = false
      do throws(Exception) {
        block: while true {
          while unsafe at < end {
            if usesFastForms {
              let before = unsafe at
              let jumped = unsafe runFastForms(&at, end, &rip, core, registers)
              used &+= unsafe (at - before) &+ (jumped ? 1 : 0)
              if jumped { unsafe at = end }
              if unsafe at >= end { break }
            }
            // The general way: everything exact, one instruction.
            unsafe core.pointee.rip = rip
            unsafe core.pointee.budget &-= used
            used = 0
            wasGeneral = true
            let follow = unsafe rip &+ UInt64(at.pointee.length)
            unsafe core.pointee.nextRIP = follow
            try unsafe execute(at.pointee)
            rip = unsafe core.pointee.nextRIP
            unsafe core.pointee.rip = rip
            unsafe core.pointee.budget &-= 1
            if unsafe rip != follow || invalidations[0] != seen || core.pointee.attention != 0 { break block }
            unsafe at += 1
          }
          unsafe core.pointee.budget &-= used
          used = 0
          // A loop of one block needs no search.
          guard rip == start, !wasGeneral, unsafe core.pointee.budget > 0 else { break block }
          unsafe at = first
          unsafe end = first + min(count, core.pointee.budget)
        }
      } catch {
        fault(error)
        return
      }
      unsafe core.pointee.rip = rip
      if !is64Bit { wrapInstructionPointer() }
      if wasGeneral, isEventWaiting { return }
    }
  }

  /// Whether the loop must look at events before the next instruction.
  var isEventWaiting: Bool {
    state.attention != 0 || (state.interruptRequest && state.systemFlags & RFLAGS.interruptEnable != 0)
  }
}
