// Register numbers and bits of the local APIC (SDM Vol. 3A "Local APIC", "Local Vector Table", "Interrupt Command
// Register", "Error Handling", "x2APIC Register Address Space").

extension LocalAPIC {
  /// Numbers of registers: the offset in the page of xAPIC mode by 16, the MSR of x2APIC mode from 800h.
  public enum Register {
    static let shift: UInt64 = 4

    /// Where a register stands in the page of the local APIC.
    public static func offset(_ number: Int) -> UInt64 { UInt64(number) << shift }

    static let id = 0x02
    static let version = 0x03
    /// TPR.
    static let taskPriority = 0x08
    /// APR.
    static let arbitrationPriority = 0x09
    /// PPR.
    static let processorPriority = 0x0A
    /// EOI.
    static let endOfInterrupt = 0x0B
    /// RRD.
    static let remoteRead = 0x0C
    /// LDR.
    static let logicalDestination = 0x0D
    /// DFR.
    static let destinationFormat = 0x0E
    /// SVR.
    static let spurious = 0x0F
    /// ISR.
    static let inService = 0x10...0x17
    /// TMR.
    static let triggerMode = 0x18...0x1F
    /// IRR.
    static let request = 0x20...0x27
    /// ESR.
    static let errorStatus = 0x28
    /// ICR.
    public static let commandLow = 0x30
    static let commandHigh = 0x31
    /// LVT.
    public static let vectorTable = 0x32...0x37
    /// The timer's initial count.
    public static let initialCount = 0x38
    static let currentCount = 0x39
    /// DCR.
    public static let divide = 0x3E
    /// SELF IPI.
    static let selfInterrupt = 0x3F
  }

  /// The local vector table.
  public enum LVT {
    /// The entries in the order of their registers.
    enum Entry: Int, CaseIterable { case timer, thermal, performance, lint0, lint1, error }

    /// The vector.
    static let vectorBits: UInt32 = 0xFF
    static let modeShift: UInt32 = 8
    static let modeBits: UInt32 = 7 << modeShift
    static let deliveryStatus: UInt32 = 1 << 12
    /// Interrupt input pin polarity.
    static let polarity: UInt32 = 1 << 13
    /// Remote IRR: a level-triggered fixed interrupt was accepted, and its EOI has not come.
    static let remoteIRR: UInt32 = 1 << 14
    /// Trigger mode.
    static let level: UInt32 = 1 << 15
    /// Mask.
    public static let masked: UInt32 = 1 << 16
    static let timerModeShift: UInt32 = 17
    static let timerModeBits: UInt32 = 3 << timerModeShift
    /// In the timer mode: TSC-deadline.
    static let deadlineMode: UInt32 = 1 << 18
    /// Bits that a write cannot set; one that makes LINT0 edge-triggered or not fixed clears `remoteIRR`.
    static let readOnly = deliveryStatus | remoteIRR

    private static let common = vectorBits | deliveryStatus | masked
    private static let pin = common | modeBits | polarity | remoteIRR | level
    /// What each entry has.
    static let masks = [common | timerModeBits, common | modeBits, common | modeBits, pin, pin, common]

    static func mode(_ delivery: InterruptMessage.Delivery) -> UInt32 { UInt32(delivery.rawValue) << modeShift }

    /// The delivery mode of an entry, or of the low half of ICR.
    public static func delivery(_ entry: UInt32) -> InterruptMessage.Delivery {
      InterruptMessage.Delivery(rawValue: UInt8(truncatingIfNeeded: entry >> modeShift) & 7) ?? .fixed
    }
  }

  /// The interrupt command register; vector and delivery mode stand where an LVT entry has them.
  enum ICR {
    /// Destination mode.
    static let logical: UInt64 = 1 << 11
    /// Level: 0 de-asserts.
    static let assert: UInt64 = 1 << 14
    /// Trigger mode.
    static let level: UInt64 = 1 << 15
    static let shorthandShift: UInt64 = 18
    static let shorthandBits: UInt64 = 3 << shorthandShift
    /// The destination of xAPIC mode; x2APIC mode has 32 bits of it.
    static let xAPICDestinationShift: UInt64 = 56
    static let xAPICDestination: UInt64 = 0xFF << xAPICDestinationShift
    static let writableLow = 0xFF | UInt64(LVT.modeBits) | logical | assert | level | shorthandBits
    /// In x2APIC mode.
    static let reserved = 0xFFFF_FFFF & ~writableLow
  }

  /// The spurious-interrupt vector register.
  public enum SVR {
    static let vector: UInt32 = 0xFF
    /// APIC software enable.
    public static let enable: UInt32 = 1 << 8
    /// Focus processor checking, which is kept and does nothing.
    static let focusChecking: UInt32 = 1 << 9
    static let writable = vector | enable | focusChecking
  }

  /// The error status register.
  enum ESR {
    static let sendIllegalVector: UInt32 = 1 << 5
    static let receiveIllegalVector: UInt32 = 1 << 6
    static let illegalRegister: UInt32 = 1 << 7
    static let all = sendIllegalVector | receiveIllegalVector | illegalRegister
  }

  /// IA32_APIC_BASE.
  public enum BaseMSR {
    /// BSP.
    public static let bootstrap: UInt64 = 1 << 8
    /// EXTD.
    static let extended: UInt64 = 1 << 10
    /// EN.
    static let enable: UInt64 = 1 << 11
    static let mode = enable | extended
    /// The address of the page, of 40 bits.
    static let address: UInt64 = 0xFF_FFFF_F000
    static let writable = address | mode | bootstrap
    static let reserved = ~writable
  }

  /// 6 entries of the LVT, version 14h: an integrated APIC.
  static let version: UInt32 = 5 << 16 | 0x14
  /// Vectors 0 to 15 cannot be sent or received.
  static let firstLegalVector: UInt8 = 16
  static let xAPICIDShift: UInt32 = 24
  /// The logical id in LDR.
  static let logicalIDBits: UInt32 = 0xFF00_0000
  /// The model in DFR; the other bits are ones.
  static let modelBits: UInt32 = 0xF000_0000
  /// DCR.
  static let divideBits: UInt32 = 0b1011

  /// LDR of x2APIC mode follows from the id: a cluster and a bit.
  var x2LogicalID: UInt32 { (state.id >> 4) << 16 | 1 << (state.id & 15) }
}
