public import Interpreter

/// Several observers of one machine, each of which sees every step, in the order in which they were added.
public final class ObserverList: MachineObserver {
  private var observers: [any MachineObserver] = []

  /// An empty list, which observes nothing.
  public init() {}

  /// Whether the list is empty.
  public var isEmpty: Bool { observers.isEmpty }

  /// Whether an observer is in the list.
  public func contains(_ observer: any MachineObserver) -> Bool { observers.contains { $0 === observer } }

  /// Adds an observer of a machine.
  public func add(_ observer: any MachineObserver, on machine: Machine) {
    observers.append(observer)
    machine.observe(self)
  }

  /// Removes an observer; the machine runs at full speed again if none is left.
  public func remove(_ observer: any MachineObserver, on machine: Machine) {
    observers.removeAll { $0 === observer }
    move(to: machine)
  }

  /// Observes another machine from now on.
  public func move(to machine: Machine) { machine.observe(observers.isEmpty ? nil : self) }

  /// Asks every observer; false if one wants to stop.
  public func willStep(_ machine: Machine, _ processor: Processor) -> Bool {
    var goesOn = true
    for observer in observers where !observer.willStep(machine, processor) { goesOn = false }
    return goesOn
  }

  /// Passes the step to every observer; false if one wants to stop.
  public func didStep(_ machine: Machine, _ processor: Processor) -> Bool {
    var goesOn = true
    for observer in observers where !observer.didStep(machine, processor) { goesOn = false }
    return goesOn
  }
}
