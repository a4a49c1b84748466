// The registers of the PC16550D and their bits (data sheet, "Registers").

extension UART16550 {
  /// Offsets. Where reading and writing are of different registers: RBR and THR, IIR and FCR.
  enum Register: UInt64 {
    case data, interruptEnable, identification, lineControl, modemControl, lineStatus, modemStatus, scratch
  }

  /// Interrupt enable register.
  enum IER {
    /// ERBFI: received data is there, or its time-out came.
    static let receivedData: UInt8 = 1 << 0
    /// ETBEI: the transmitter holding register is empty.
    static let transmitterEmpty: UInt8 = 1 << 1
    /// ELSI.
    static let lineStatus: UInt8 = 1 << 2
    /// EDSSI.
    static let modemStatus: UInt8 = 1 << 3
    static let all = receivedData | transmitterEmpty | lineStatus | modemStatus
  }

  /// Interrupt identification register: values of bits 3:0, and the FIFO bits.
  enum IIR {
    static let modemStatus: UInt8 = 0b0000
    static let nothing: UInt8 = 0b0001
    static let transmitterEmpty: UInt8 = 0b0010
    static let receivedData: UInt8 = 0b0100
    static let lineStatus: UInt8 = 0b0110
    static let timeout: UInt8 = 0b1100
    /// Set while FCR bit 0 is.
    static let hasFIFO: UInt8 = 0b1100_0000
  }

  /// FIFO control register.
  enum FCR {
    static let enable: UInt8 = 1 << 0
    /// RCVR FIFO reset; it clears itself.
    static let resetReceiver: UInt8 = 1 << 1
    /// DMA mode select.
    static let dmaMode: UInt8 = 1 << 3
    /// RCVR trigger, bits 7:6.
    static let triggerShift: UInt8 = 6
    /// What stays of a write with bit 0.
    static let kept = enable | dmaMode | 3 << triggerShift
  }

  /// Line control register.
  enum LCR {
    /// WLS1 WLS0: data bits beyond five.
    static let wordLength: UInt8 = 3
    /// STB: a second stop bit.
    static let stopBits: UInt8 = 1 << 2
    /// PEN.
    static let parity: UInt8 = 1 << 3
    static let setBreak: UInt8 = 1 << 6
    /// DLAB: offsets 0 and 1 are the divisor latch.
    static let divisorLatch: UInt8 = 1 << 7
  }

  /// Modem control register.
  enum MCR {
    static let dataTerminalReady: UInt8 = 1 << 0
    static let requestToSend: UInt8 = 1 << 1
    static let out1: UInt8 = 1 << 2
    static let out2: UInt8 = 1 << 3
    static let loop: UInt8 = 1 << 4
    static let all = dataTerminalReady | requestToSend | out1 | out2 | loop
  }

  /// Line status register.
  enum LSR {
    /// DR.
    static let dataReady: UInt8 = 1 << 0
    /// OE.
    static let overrun: UInt8 = 1 << 1
    /// PE.
    static let parity: UInt8 = 1 << 2
    /// FE.
    static let framing: UInt8 = 1 << 3
    /// BI.
    static let breakInterrupt: UInt8 = 1 << 4
    /// THRE.
    static let transmitterHoldingEmpty: UInt8 = 1 << 5
    /// TEMT.
    static let transmitterEmpty: UInt8 = 1 << 6
    /// A parity, framing or break error is in the FIFO.
    static let fifoError: UInt8 = 1 << 7
    /// Errors of characters.
    static let characterErrors = parity | framing | breakInterrupt
    /// All errors.
    static let errors = overrun | characterErrors
  }

  /// Modem status register.
  enum MSR {
    /// TERI.
    static let trailingEdgeRingIndicator: UInt8 = 1 << 2
    /// DCTS, DDSR, TERI, DDCD.
    static let deltas: UInt8 = 0xF
    /// From an input to its delta.
    static let deltaShift: UInt8 = 4
    /// CTS.
    static let clearToSend: UInt8 = 1 << 4
    /// DSR.
    static let dataSetReady: UInt8 = 1 << 5
    /// RI.
    static let ringIndicator: UInt8 = 1 << 6
    /// DCD.
    static let carrierDetect: UInt8 = 1 << 7
  }

  /// Bytes of a FIFO.
  static let fifoCount = 16
  /// Bytes at which the receiver interrupts, by the RCVR trigger.
  static let triggerCounts = [1, 4, 8, 14]
  /// The clock in hertz; a bit takes 16 times the divisor.
  static let clockFrequency: UInt64 = 1_843_200
}
