import DevicesLegacy
import Interpreter
import X86

/// Processors that are not the board's own, such as a hypervisor's, on the same chips and the same RAM.
///
/// The board calls them when a chip wants something of a processor; they call the board through `ProcessorBus` and the
/// functions below. All calls come from one thread at a time.
public protocol ForeignProcessors: AnyObject {
  /// An ISA interrupt line changes.
  ///
  /// - Returns: whether interrupt controllers outside the board took it; false leaves it to the board's own.
  func interruptLineChanged(_ irq: Int, _ level: Bool) -> Bool
  /// An NMI for a processor.
  func nonMaskableInterrupt(processor: Int)
  /// INIT for a processor.
  func initialize(processor: Int)
  /// A start-up IPI for a processor.
  func startUp(processor: Int, vector: UInt8)
}

extension Machine {
  /// How many logical processors the board has.
  public var processorCount: Int { configuration.processorCount }

  /// Why the machine stopped, once it has.
  public var exitReason: ExitReason? { exit }

  /// Ends the run; the first reason stays.
  public func end(_ reason: ExitReason) { stop(reason) }

  /// Brings clock and chips up to a moment, for foreign processors; never goes back.
  ///
  /// - Parameter nanoseconds: since power-on.
  public func advance(toNanoseconds nanoseconds: UInt64) {
    clock = max(clock, nanoseconds)
    platform.advance(to: VirtualTime(nanoseconds: clock))
  }

  /// The moment at which a chip acts next by itself, in nanoseconds since power-on; nil while nothing is armed.
  public var nextEventNanoseconds: UInt64? { platform.nextEvent?.nanoseconds }

  /// Whether INTR of a processor is raised.
  public func hasInterruptRequest(processor: Int) -> Bool { platform.apics[processor].hasRequest }

  /// CPUID of the model: EAX EBX ECX EDX.
  public func cpuid(_ leaf: UInt32, _ subleaf: UInt32, processor: Int) -> (UInt32, UInt32, UInt32, UInt32) {
    model.cpuid(
      leaf, subleaf, apicID: UInt32(processor), cr4OSXSAVE: false, apicEnabled: true)
  }
}
