import Differential
import X86

/// What kernels do, most of it at CPL 0 only: translations, control registers, interrupts, segments, MSRs.
extension ProgramDraft {
  mutating func system() {
    switch random.below(16) {
    case 0, 1: invalidatePage()
    case 2, 3, 4: changeTable()
    case 5: loadTables()
    case 6: changeControl()
    case 7: append([random.pick([0xFA, 0xFB, 0xFB, 0xFB, 0xF4])])
    case 8: loadFlags()
    case 9: modelSpecific()
    case 10: segment()
    case 11: append(random.pick([[0xCC], [0xCD, 0x21], [0xCD, 0x40], [0xCD, 0x81], [0xF1], [0xCE]]))
    case 12:
      append(random.pick([[0x0F, 0x05], [0x0F, 0x01, 0xF8], [0x48, 0x0F, 0x07], [0x0F, 0x34], [0x0F, 0x0B]]))
    case 13:
      append(random.pick([[0x0F, 0xA2], [0x0F, 0x31], [0x0F, 0x01, 0xF9], [0x0F, 0x01, 0xD0], [0xF3, 0x90]]))
    case 14: debugRegister()
    default: controller()
    }
  }

  /// INVLPG.
  private mutating func invalidatePage() {
    let goal = chance(1, 2) ? program.baseAddress &+ UInt64(random.pick([0, 0, 0x1000])) : address()
    emit([0x0F, 0x01], memory(7, goal))
  }

  /// A bit of a page-table entry changes: XOR of a byte; often with the INVLPG that belongs to it.
  private mutating func changeTable() {
    let entry = tableEntry()
    let bit: UInt8 = random.pick([1, 2, 2, 4, 0x20, 0x20, 0x40, 0x40])
    emit([0x80], memory(chance(1, 3) ? 4 : 6, entry), width: 1, tail: [bit])
    if chance(1, 3) { invalidatePage() }
  }

  /// MOV CR3.
  private mutating func loadTables() {
    let reg: UInt8 = chance(1, 2) ? 0 : 2
    let root = random.pick([GuestMap.pml4, GuestMap.pml4, GuestMap.otherPML4])
    setRegister(reg, root | UInt64(chance(1, 2) ? random.below(3) : 0) | (chance(1, 3) ? 1 << 63 : 0))
    append([0x0F, 0x22, 0xD8 | reg])
  }

  /// A bit of CR0 or CR4 changes; CR8 is set.
  private mutating func changeControl() {
    if chance(1, 4) {
      setRegister(0, UInt64(random.below(16)))
      append([0x44, 0x0F, 0x22, 0xC0])
      return
    }
    if chance(1, 6) { return append([0x0F, 0x06]) }
    let isFour = chance(1, 2)
    let bit: UInt8 = isFour ? random.pick([7, 2, 20, 21, 9]) : random.pick([16, 16, 18, 3, 2])
    let number: UInt8 = isFour ? 0xE0 : 0xC0
    // MOV RAX, CRn; BTC EAX, bit; MOV CRn, RAX.
    append([0x0F, 0x20, number])
    append([0x0F, 0xBA, 0xF8, bit])
    append([0x0F, 0x22, number])
    known[0] = nil
  }

  /// POPF of TF, IF, DF, AC, NT, or all flags.
  private mutating func loadFlags() {
    let flags: UInt64 = random.pick([
      RFLAGS.trap, RFLAGS.interruptEnable, RFLAGS.direction | RFLAGS.interruptEnable,
      RFLAGS.alignmentCheck | RFLAGS.interruptEnable, RFLAGS.nestedTask, RFLAGS.resume | RFLAGS.interruptEnable,
      random.next() & 0xFFFF,
    ])
    append([0x68] + Self.little(flags | UInt64(random.below(256)), 4))
    append([0x9D])
  }

  /// RDMSR and WRMSR, FSGSBASE, SWAPGS.
  private mutating func modelSpecific() {
    switch random.below(5) {
    case 0: append([0x0F, 0x01, 0xF8])
    case 1:
      let operation: UInt8 = random.pick([0, 1, 2, 3])
      append([0xF3, 0x48, 0x0F, 0xAE, 0xC0 | operation << 3 | UInt8(random.below(8))])
      for register in 0..<8 { known[register] = nil }
    default:
      // EFER stands before STAR; the bases of FS and GS before that of SWAPGS.
      let msr: UInt32 = random.pick([
        MSR.star - 1, MSR.star, MSR.lstar, MSR.sfmask, MSR.kernelGSBase - 2, MSR.kernelGSBase - 1, MSR.kernelGSBase,
        MSR.timeStampCounter, MSR.apicBase, MSR.tscDeadline,
        // The PAT; the priority, EOI and command of the x2APIC.
        0x277, 0x808, 0x80B, 0x830,
      ])
      setRegister(1, UInt64(msr))
      let isWrite = chance(1, 2)
      if isWrite {
        let value = address()
        setRegister(0, value & 0xFFFF_FFFF)
        setRegister(2, value >> 32)
      }
      append([0x0F, isWrite ? 0x30 : 0x32])
      if !isWrite { (known[0], known[2]) = (nil, nil) }
    }
  }

  /// Loads of segment registers.
  private mutating func segment() {
    let selector: UInt64 = random.pick([0, 3, 0x18, 0x2B, 0x2B, 0x63, 0x6B, 0x28, 0x53])
    setRegister(0, selector)
    // MOV ES, SS, DS, FS, GS.
    append([0x8E, 0xC0 | random.pick([0, 2, 3, 4, 5]) << 3])
  }

  /// A breakpoint on an instruction or on data; or none.
  private mutating func debugRegister() {
    let address = chance(1, 2) ? program.baseAddress &+ UInt64(max(program.offset, 0) + random.below(40)) : address()
    setRegister(0, address)
    append([0x0F, 0x23, 0xC0])
    setRegister(0, random.pick([0, 0x402, 0xD0402, 0x10401, 0x30402]))
    append([0x0F, 0x23, 0xF8])
  }

  /// The local APIC: an interrupt for itself, the timer, the task priority, an end of interrupt; or a port.
  private mutating func controller() {
    let page = program.cpl == 0 && chance(1, 2) ? GuestMap.apic : GuestMap.DataPage.apic.address
    switch random.below(6) {
    case 0, 1: emit([0xC7], memory(0, page + 0x300), tail: Self.little(0x4_4040 + UInt64(random.below(64)), 4))
    case 2: emit([0xC7], memory(0, page + 0x320), tail: Self.little(UInt64(random.below(2)) << 17 | 0x51, 4))
    case 3: emit([0xC7], memory(0, page + 0x380), tail: Self.little(UInt64(random.below(200)), 4))
    case 4: emit([0xC7], memory(0, page + 0x80), tail: Self.little(UInt64(random.below(16)) << 4, 4))
    default: append(random.pick([[0xE4, 0x40], [0xE6, 0x80], [0xEC], [0xEE], [0x6C], [0xF3, 0x6E]]))
    }
  }
}
