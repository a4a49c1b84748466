public import Interpreter

/// Several observers of one machine, each of which sees every step, in the order in which they were added.
public final class ObserverList: MachineObserver {
  private var observers: [any MachineObserver] = []

  /// An empty list, which observes nothing.
  public init() {}

  /// Whether nobody observes.
  public var isEmpty: Bool { observers.isEmpty }

  /// Whether somebody is in the list.
  public func contains(_ observer: any MachineObserver) -> Bool { observers.contains { $0 === observer } }

  /// Lets somebody observe a machine as well.
  public func add(_ observer: any MachineObserver, on machine: Machine) {
    observers.append(observer)
    machine.observe(self)
  }

  /// Ends somebody's observation; the machine runs at full speed again if nobody is left.
  public func remove(_ observer: any MachineObserver, on machine: Machine) {
    observers.removeAll { $0 === observer }
    move(to: machine)
  }

  /// Observes another machine from now on.
  public func move(to machine: Machine) { machine.observe(observers.isEmpty ? nil : self) }

  /// Asks everybody; false if anybody wants to stop.
  public func willStep(_ machine: Machine, _ processor: Processor) -> Bool {
    var goesOn = true
    for observer in observers where !observer.willStep(machine, processor) { goesOn = false }
    return goesOn
  }

  /// Tells everybody; false if anybody wants to stop.
  public func didStep(_ machine: Machine, _ processor: Processor) -> Bool {
    var goesOn = true
    for observer in observers where !observer.didStep(machine, processor) { goesOn = false }
    return goesOn
  }
}
