public import X86

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
  /// Something worth telling the user once: its name is the key.
  func note(_ event: String, processor: Int)
}
