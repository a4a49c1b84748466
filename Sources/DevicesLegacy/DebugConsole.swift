public import X86

/// The debug console of Bochs: what is written goes out, and its own port number says that it is there.
public final class DebugConsole: BusDevice {
  /// What a read gives.
  private static let present: UInt64 = 0xE9
  private let output: any ByteSink

  /// Makes a console.
  public init(output: any ByteSink) { self.output = output }

  /// Says that it is there.
  public func read(offset: UInt64, width: Int, now: VirtualTime) -> UInt64 { Self.present }

  /// Sends a byte.
  public func write(_ value: UInt64, offset: UInt64, width: Int, now: VirtualTime) {
    output.write(UInt8(truncatingIfNeeded: value))
  }
}
