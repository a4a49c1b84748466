/// Everything of one logical processor that software can observe or that changes what happens next.
///
/// The currency of boot loaders, snapshots and comparisons: importing an exported state changes nothing.
public struct ArchitecturalState: Hashable, Sendable, Codable {
  /// RAX RCX RDX RBX RSP RBP RSI RDI R8-R15, by encoding.
  public var generalRegisters = [UInt64](repeating: 0, count: 16)
  /// RIP.
  public var rip: UInt64 = 0xFFF0
  /// RFLAGS.
  public var rflags = SystemRegister.rflags.reset
  /// ES CS SS DS FS GS, by encoding.
  public var segments = [SegmentState](
    repeating: SegmentState(selector: 0, base: 0, limit: 0xFFFF, attributes: 0x93), count: 6)
  /// LDTR.
  public var ldtr = SegmentState(selector: 0, base: 0, limit: 0xFFFF, attributes: 0x82)
  /// TR.
  public var tr = SegmentState(selector: 0, base: 0, limit: 0xFFFF, attributes: 0x8B)
  /// GDTR.
  public var gdtr = DescriptorTableRegister()
  /// IDTR.
  public var idtr = DescriptorTableRegister()
  /// CR0.
  public var cr0 = SystemRegister.cr0.reset
  /// CR2.
  public var cr2: UInt64 = 0
  /// CR3.
  public var cr3: UInt64 = 0
  /// CR4.
  public var cr4: UInt64 = 0
  /// The PDPTE registers of PAE paging.
  public var pdpte: [UInt64] = [0, 0, 0, 0]
  /// CR8, the task priority.
  public var cr8: UInt64 = 0
  /// DR0 to DR3.
  public var debugAddresses: [UInt64] = [0, 0, 0, 0]
  /// DR6.
  public var dr6 = SystemRegister.dr6.reset
  /// DR7.
  public var dr7 = SystemRegister.dr7.reset
  /// IA32_EFER.
  public var efer: UInt64 = 0
  /// XCR0.
  public var xcr0 = SystemRegister.xcr0.reset
  /// PKRU.
  public var pkru: UInt32 = 0
  /// The other modelled MSRs by number.
  public var msrs: [UInt32: UInt64] = [:]
  /// x87, MMX and SSE state in the 512-byte layout of FXSAVE64.
  public var fxsaveArea = [UInt8](repeating: 0, count: 512)
  /// Bits 255:128 of YMM0 to YMM15, two words each, the lower first.
  public var upperVectors = [UInt64](repeating: 0, count: 32)
  /// Interrupts are inhibited for one instruction after STI.
  public var stiShadow = false
  /// Interrupts and debug traps are inhibited for one instruction after MOV SS or POP SS.
  public var movSSShadow = false
  /// NMIs are blocked until the next IRET.
  public var nmiBlocked = false
  /// An NMI waits for its delivery.
  public var nmiPending = false
  /// Debug-exception conditions (as bits of DR6) that wait for the end of a MOV SS shadow.
  public var pendingDebugTraps: UInt64 = 0
  /// What the processor is doing.
  public var activity: ActivityState = .running

  /// The state after power-up (SDM Vol. 3A "Processor State After Reset").
  public init() {
    segments[Int(SegmentRegister.cs.rawValue)] = SegmentState(
      selector: 0xF000, base: 0xFFFF_0000, limit: 0xFFFF, attributes: 0x9B)
    fxsaveArea[0] = 0x40  // FCW after reset is 0040h
    fxsaveArea[24] = 0x80  // MXCSR 1F80h
    fxsaveArea[25] = 0x1F
    fxsaveArea[28] = 0xFF  // MXCSR_MASK
    fxsaveArea[29] = 0xFF
  }
}

/// What a logical processor is doing.
@frozen public enum ActivityState: UInt8, Sendable, Codable, Hashable {
  /// Executing instructions.
  case running
  /// Stopped by HLT until an interrupt.
  case halted
  /// Stopped by INIT until a start-up IPI.
  case waitForSIPI
  /// Stopped by a triple fault.
  case shutdown
}
