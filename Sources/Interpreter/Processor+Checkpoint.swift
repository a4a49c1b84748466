public import MMU
public import X86

/// A processor as it is, for a restore into the same process.
public struct ProcessorCheckpoint {
  let core: CoreState
  let lastRestore: RestoredState
  let translations: CachedTranslations
  /// Bytes that it takes, about.
  public var byteCount: Int {
    MemoryLayout<CoreState>.size + MemoryLayout<RestoredState>.size + 24
      * (translations.data.count + translations.fetch.count) + 600
  }
}

/// A processor as it is, for a restore anywhere: every field by itself.
public struct ProcessorImage: Codable, Sendable {
  /// What software can observe; `msrs` holds all modelled MSRs that belong to the processor.
  public var architectural: ArchitecturalState
  /// Ticks used since the start.
  public var ticks: UInt64
  /// Those of them that completed no instruction.
  public var surplusTicks: UInt64
  /// Bits of `Attention`.
  public var attention: UInt32
  /// The interrupt controller asserts INTR.
  public var interruptRequest: Bool
  /// A REP instruction stopped between two iterations.
  public var isRepeating: Bool
  /// The state of RDRAND and RDSEED.
  public var randomState: UInt64
  /// The A20 mask.
  public var addressMask: UInt64
  /// The translation caches.
  public var data: [CachedTranslations.Slot]
  /// The fetch translation cache.
  public var fetch: [CachedTranslations.Slot]
  /// Where pieces of large pages may be cached.
  public var largeRegions: [UInt8]
  /// What the last XRSTOR loaded; nil if there was none.
  public var lastRestore: RestoredStateImage?
}

extension Processor {
  /// Whether to stop before the instruction at a linear address; a stop is noted in `attention`.
  func stopsAtBreakpoint(_ linear: UInt64) -> Bool {
    guard !state.passesBreakpoint, cache.breakpoints.contains(linear) else { return false }
    state.attention |= Attention.breakpoint
    return true
  }

  /// Whether the processor stopped at a breakpoint.
  public var isAtBreakpoint: Bool { state.attention & Attention.breakpoint != 0 }

  /// Forgets a stop at a breakpoint.
  ///
  /// - Parameter passing: breakpoints do not count until the next call.
  public func leaveBreakpoint(passing: Bool) {
    state.attention &= ~Attention.breakpoint
    state.passesBreakpoint = passing
  }

  /// Makes every write take the slow path once: RAM has new guards.
  public func dropWriteTags() { translations.dropWriteTags() }

  /// Copies everything.
  public func capture() -> ProcessorCheckpoint {
    ProcessorCheckpoint(core: state, lastRestore: lastRestore, translations: translations.capture())
  }

  /// Puts everything back; RAM must hold what it held then, and the code cache must be empty.
  public func restore(_ checkpoint: ProcessorCheckpoint) {
    let generation = state.fetchGeneration
    let isObserved = state.isObserved
    let threaded = state.threaded
    state = checkpoint.core
    state.threaded = threaded
    lastRestore = checkpoint.lastRestore
    state.isObserved = isObserved
    state.isWatched = !watchpoints.isEmpty
    state.passesBreakpoint = false
    state.attention &= ~(Attention.breakpoint | Attention.watch)
    state.fetchGeneration = generation &+ 1
    translations.restore(checkpoint.translations, memory)
    translator.markCachedPages()
    updateMode()
  }

  /// MSRs of an image beside those that every exported state has.
  static let imageMSRs = MSRTable.numbers(exportedTo: .snapshot)

  /// Everything, field by field.
  public func image() -> ProcessorImage {
    var architectural = snapshot()
    for number in Self.imageMSRs { if let value = readMSR(number) { architectural.msrs[number] = value } }
    let content = translations.capture()
    return ProcessorImage(
      architectural: architectural, ticks: state.ticksBefore, surplusTicks: state.surplusTicks,
      attention: state.attention & ~(Attention.step | Attention.resume | Attention.breakpoint | Attention.watch),
      interruptRequest: state.interruptRequest,
      isRepeating: state.isRepeating, randomState: state.randomState, addressMask: state.paging.addressMask,
      data: content.data, fetch: content.fetch,
      largeRegions: content.largeRegions, lastRestore: RestoredStateImage(lastRestore))
  }

  /// Takes over an image in which `ProcessorImage.problem` finds nothing.
  ///
  /// Whether every register can hold its value shows in `image()` afterwards.
  public func restore(_ image: ProcessorImage) {
    restore(image.architectural)
    // What a guest has set of the fixed ranges while SYSCFG let it stays when it no longer does.
    let configuration = state.msrs[.systemConfiguration]
    state.msrs[.systemConfiguration] = SystemConfiguration.fixedRangeModificationEnable
    for number in Self.imageMSRs where MSRTable.facts(of: number)?.check == .fixedRange {
      _ = writeMSR(number, image.architectural.msrs[number] ?? 0)
    }
    state.msrs[.systemConfiguration] = configuration
    state.ticksBefore = image.ticks
    state.surplusTicks = image.surplusTicks
    state.interruptRequest = image.interruptRequest
    state.isRepeating = image.isRepeating
    state.repetition = Repetition()
    state.randomState = image.randomState
    state.paging.addressMask = image.addressMask
    if let restored = image.lastRestore { lastRestore = restored.state }
    // The reasons to leave the fast loop follow from the rest, but for a request of the board.
    if image.architectural.pendingDebugTraps != 0 { state.attention |= Attention.debugTrap }
    state.attention |= image.attention & Attention.board
    var content = CachedTranslations()
    content.data = image.data
    content.fetch = image.fetch
    content.largeRegions = image.largeRegions
    translations.restore(content, memory)
    translator.markCachedPages()
    updateMode()
  }
}
