import DevicesLegacy
import Interpreter
import X86

/// The logical processors of a board: the interpreter's, or a hypervisor's on the same chips and the same RAM.
///
/// The board calls them when a chip wants something of a processor; they call the board through `ProcessorBus` and the
/// functions below. All calls come from one thread at a time.
public protocol ProcessorSet: AnyObject {
  /// Whether these are the processors of `Machine.state(ofProcessor:)`, with all of their state: then the board can be
  /// saved and suspended, and its reports speak of what they do.
  var isModel: Bool { get }
  /// An interrupt line changes.
  ///
  /// - Returns: whether interrupt controllers outside the board took it; false leaves it to the board's own.
  func interruptLineChanged(_ irq: Int, _ level: Bool) -> Bool
  /// An NMI for a processor.
  func nonMaskableInterrupt(processor: Int)
  /// INIT for a processor.
  func initialize(processor: Int)
  /// A start-up IPI for a processor.
  func startUp(processor: Int, vector: UInt8)
  /// Address line 20 opens or closes.
  ///
  /// - Returns: false if it is always open.
  func setA20(_ isOpen: Bool) -> Bool
}

/// The interpreter's processors, with the board's own interrupt controllers.
final class InterpreterProcessors: ProcessorSet {
  var processors: [Processor] = []
  let isModel = true

  func interruptLineChanged(_ irq: Int, _ level: Bool) -> Bool { false }

  func nonMaskableInterrupt(processor: Int) { processors[processor].nonMaskableInterrupt() }

  func initialize(processor: Int) { processors[processor].initialize(isBootstrap: processor == 0) }

  func startUp(processor: Int, vector: UInt8) { processors[processor].startUp(vector: vector) }

  func setA20(_ isOpen: Bool) -> Bool {
    for processor in processors { processor.setAddressMask(isOpen ? .max : ~(1 << 20)) }
    return true
  }
}

extension Machine {
  /// How many logical processors the board has.
  public var processorCount: Int { configuration.processorCount }

  /// Why the machine stopped, once it has.
  public var exitReason: ExitReason? { exit }

  /// Ends the run; the first reason stays.
  public func end(_ reason: ExitReason) { stop(reason) }

  /// Brings clock and chips up to a moment, for processors that replace the interpreter's; never goes back.
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
      leaf, subleaf, apicID: UInt32(processor), cr4: 0, apicEnabled: true)
  }
}
