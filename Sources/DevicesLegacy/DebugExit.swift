public import X86

/// The debug exit of QEMU: a write ends the run.
public final class DebugExit: BusDevice {
  private let exit: (UInt32) -> Void

  /// Makes the device; `exit` takes what was written.
  public init(exit: @escaping (UInt32) -> Void) { self.exit = exit }

  /// Nothing can be read.
  public func read(offset: UInt64, width: Int, now: VirtualTime) -> UInt64 { .max }

  /// Ends the run.
  public func write(_ value: UInt64, offset: UInt64, width: Int, now: VirtualTime) {
    exit(UInt32(truncatingIfNeeded: value))
  }
}
