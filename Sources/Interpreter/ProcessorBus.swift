public import X86
public import X86Decoder

/// What a processor sees of the board: called on slow paths only.
public protocol ProcessorBus: AnyObject {
  /// Reads 1, 2 or 4 bytes from I/O ports.
  func readPort(_ port: UInt16, width: Int, processor: Int) -> UInt32
  /// Writes 1, 2 or 4 bytes to I/O ports.
  func writePort(_ value: UInt32, _ port: UInt16, width: Int, processor: Int)
  /// Reads 1 to 8 bytes from a guest-physical address that is not RAM.
  func readPhysical(_ address: PhysicalAddress, width: Int, processor: Int) -> UInt64
  /// Writes 1 to 8 bytes to a guest-physical address that is not RAM.
  func writePhysical(_ value: UInt64, _ address: PhysicalAddress, width: Int, processor: Int)
  /// Takes the interrupt that INTR announces: its vector, or nil if it went away.
  func acknowledgeInterrupt(processor: Int) -> UInt8?
  /// The task priority, CR8.
  func taskPriority(processor: Int) -> UInt8
  /// Sets the task priority, 0 to 15.
  func setTaskPriority(_ value: UInt8, processor: Int)
  /// Reads an MSR that belongs to the local APIC; nil is #GP.
  func readAPICRegister(_ msr: UInt32, processor: Int) -> UInt64?
  /// Writes an MSR that belongs to the local APIC; false is #GP.
  func writeAPICRegister(_ msr: UInt32, _ value: UInt64, processor: Int) -> Bool
  /// Ticks of virtual time now, seen from this processor.
  func timeStamp(processor: Int) -> UInt64
  /// FERR#: an x87 instruction meets an exception that waits, and CR0.NE is 0.
  ///
  /// - Returns: whether IGNNE# lets the instruction pass.
  func raiseFloatingPointError(processor: Int) -> Bool
  /// FERR# falls.
  func clearFloatingPointError(processor: Int)
  /// An event that the user sees once.
  func note(_ event: ProcessorEvent, processor: Int)
}

extension ProcessorBus {
  /// A board on which FERR# goes nowhere.
  public func raiseFloatingPointError(processor: Int) -> Bool { false }
  /// The same.
  public func clearFloatingPointError(processor: Int) {}
}

/// Something that a processor met and that the user should hear of, since the model does not have it.
public enum ProcessorEvent: Hashable, Sendable {
  /// RDMSR of a number that the model does not know.
  case unknownMSRRead(UInt32)
  /// WRMSR of a number that the model does not know.
  case unknownMSRWritten(UInt32)
  /// An instruction of the opcode table that has no semantics yet.
  case unimplementedInstruction(Operation)
  /// An instruction of a feature that the model lacks.
  case absentFeature(NewerFeature)
  /// An interrupt or exception through an entry of the real-mode vector table that nobody has filled.
  case emptyVector(UInt8)

  /// What the model ought to do and does not, in words; nil for anything else.
  public var unimplemented: String? {
    switch self {
    case .unimplementedInstruction(let operation): "unimplemented instruction \(operation)"
    case .unknownMSRRead, .unknownMSRWritten, .absentFeature, .emptyVector: nil
    }
  }
}
