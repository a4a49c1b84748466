public import MMU
public import X86

/// A reference that can go back.
public protocol LockstepRewinder: LockstepReference {
  /// Marks the present moment: `rewind` comes back to it.
  func mark() throws
  /// Goes back to the mark; what happens then is what happened before, board and interrupts included.
  func rewind() throws
}

/// Narrows a difference between two hash points to one instruction.
public final class LockstepBisection {
  /// What is being done, a line each.
  public var progress: (String) -> Void = { _ in }
  /// The last comparison, with its counts.
  public private(set) var last: Lockstep
  private let reference: any LockstepRewinder
  private var options: Lockstep.Options

  /// Puts both side by side.
  public init(
    _ reference: any LockstepRewinder, memory: GuestMemory, state: ArchitecturalState, options: Lockstep.Options
  ) throws {
    self.reference = reference
    self.options = options
    self.options.comparesEveryStop = false
    last = try Lockstep(reference, memory: memory, state: state, options: self.options)
  }

  /// Runs from hash point to hash point; a difference is repeated from the last that agreed, with a tenth of the
  /// distance, until that is one instruction.
  public func run() throws -> Lockstep.Outcome {
    var base: UInt64 = 0
    while true {
      try reference.mark()
      var snapshot = try last.model.snapshot()
      var found: LockstepDivergence?
      while found == nil {
        switch try last.runStop() {
        case .agrees(let ending): return .agrees(ending)
        case .diverges(let divergence): found = divergence
        case nil: break
        }
        if found == nil, last.isAtHashPoint {
          try reference.mark()
          snapshot = try last.model.snapshot()
          base = last.instructions
        }
      }
      guard var divergence = found else { continue }
      divergence.instructions = last.instructions
      if options.every == 1 {
        divergence.instructions += offset
        return .diverges(divergence)
      }
      progress(
        "differs between instructions \(offset + base) and \(offset + last.instructions), every \(options.every)")
      offset += base
      base = 0
      options.every = max(options.every / 10, 1)
      options.comparesEveryStop = options.every == 1
      try reference.rewind()
      last = try Lockstep(reference, snapshot, options: options)
    }
  }

  private var offset: UInt64 = 0
}
