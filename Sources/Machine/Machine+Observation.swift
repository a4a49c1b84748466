public import Interpreter

/// Looks at every step of a machine.
public protocol MachineObserver: AnyObject {
  /// A processor is about to take a step; false stops the machine before it.
  func willStep(_ machine: Machine, _ processor: Processor) -> Bool
  /// A processor took a step, which its `log` describes; false stops the machine after it.
  func didStep(_ machine: Machine, _ processor: Processor) -> Bool
}

extension Machine {
  /// Who observes.
  public var presentObserver: (any MachineObserver)? { observer }

  /// The breakpoints.
  public var breakpoints: Set<UInt64> { cache.breakpoints }

  /// Begins or ends the observation of every step; what the guest computes stays the same.
  public func observe(_ observer: (any MachineObserver)?) {
    self.observer = observer
    for processor in processors { processor.setObserved(observer != nil) }
  }

  /// Replaces the breakpoints, linear addresses for all processors.
  public func setBreakpoints(_ addresses: Set<UInt64>) { cache.setBreakpoints(addresses) }

  /// Leaves the breakpoints at which processors stand.
  ///
  /// - Parameter passing: breakpoints do not count until the next call.
  public func leaveBreakpoints(passing: Bool) {
    for processor in processors { processor.leaveBreakpoint(passing: passing) }
  }
}
