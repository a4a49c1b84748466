public import X86

/// A wire that carries a level: an interrupt request, the A20 gate, a timer's OUT pin.
///
/// Calls are level changes or repetitions of the present level; the receiver finds the edges.
public protocol SignalLine: AnyObject {
  /// Drives the wire.
  func set(_ level: Bool)
}

/// Where a chip sends bytes, such as the far end of a serial line.
public protocol ByteSink: AnyObject {
  /// Takes one byte.
  func write(_ byte: UInt8)
}

/// A chip whose outputs change by themselves as time passes.
public protocol TimedChip: AnyObject {
  /// Brings the chip up to `now`; outputs that changed until then are driven in order.
  ///
  /// The board calls this at or after each `nextEvent`, and before it reads or writes the chip. Never goes back.
  func advance(to now: VirtualTime)
  /// The earliest moment at which an output can change by itself, or nil while nothing is armed.
  var nextEvent: VirtualTime? { get }
}

/// A chip on the port or memory bus: offsets are relative to its own first register.
///
/// The board hands accesses over as the processor makes them, or byte by byte: its map says which.
public protocol BusDevice: AnyObject {
  /// Reads `width` bytes (1, 2, 4 or 8); bits beyond them mean nothing.
  func read(offset: UInt64, width: Int, now: VirtualTime) -> UInt64
  /// Writes the low `width` bytes (1, 2, 4 or 8) of `value`.
  func write(_ value: UInt64, offset: UInt64, width: Int, now: VirtualTime)
}
