/// What processors of the two vendors do differently where both run the same instruction.
///
/// A case is named by what it does; `table` says which processors do it. Code that executes instructions asks for a
/// behavior by its name at the one place where it matters, never for a vendor.
@frozen public enum ProcessorBehavior: UInt8, Sendable, CaseIterable {
  // Decoding
  case ignoresOperandSizeOfNearBranches
  case hasModRMOfUndefinedOpcodes
  case takesPrefetchOfRegister
  case readsLockedCR0AsCR8
  case letsRepeatDecideLoopCondition
  case readsWordByMOVSXD
  case ignoresWOfQuadwordPermutations
  case takes64BitFarPointers
  case fetchesXOPAndSSE4A
  case fetchesVEXBehindREX
  case ignoresWOfElementMoves
  case fetchesUndefinedByNeighbor
  case takesEighthRegisterOfVZEROUPPER
  case takesPauseOfEighthRegister
  // Memory and stack
  case wrapsFlatSegments
  case checksCanonicalOffset
  case movesSelectorsAs16Bits
  case borrowsInFrameOfENTER
  case readsOuterStackFirst
  case checksReturnTargetFirst
  case storesReturnAddressBeforeTargetCheck
  case storesFarReturnAddressInNewStack
  case checksLowerBoundFirst
  case exemptsUnalignedVectorsFromAlignmentCheck
  case checksUpperHalfOfMaskedStoreFirst
  case takesUnalignedSHAOperands
  // Vectors
  case widensMaskOfFaultingGather
  case faultsAtLastByteOfMaskedVectorStore
  case checksSpanOfMaskedVectorMove
  case convertsToHalvesBeforeMemory
  case findsDenormalsInexactAsHalves
  case exemptsHalfConversionsFromAlignmentCheck
  case addsDotProductsAcross
  case checksEndOfSaveAreaFirst
  case checksAlignmentOfSaveArea
  // String instructions
  case zeroExtendsRepeatedRegisters
  case restoresFlagsOfFaultingComparison
  case readsSourceFirstInRepeatedByteComparison
  // x87 and MMX
  case skipsMemoryOfUnmaskedX87Store
  case storesExtendedInTwoParts
  case clearsTopBeforeMMXStore
  case recordsX87OperandOfExceptionsAlone
  case savesX87PointersOfExceptionsAlone
  case dropsX87Selectors
  case keepsUnchangedDenormals
  case cutsTinyAngles
  case takesNegativeLogarithmsAsInexact
  case reportsRoundingOfCosine
  case estimatesReciprocalsIn12Bits
  // System
  case checksWrittenBaseByPagingMode
  case takesSystemCallOutside64BitMode
  case takesSysenterInLongMode
  case checksSysretTarget
  case reloadsStackSegmentBySysret
  case inhibitsCodeBreakpointAfterMovSS
  // What the manuals leave undefined
  case computesMultiplicationFlags
  case keepsDivisionFlags
  case computesBitScanFlags
  case computesASCIIAdjustFlags
  case shiftsDestinationInAgain
  case clearsUpperStackPointer
}

/// A set of behaviors.
@frozen public struct ProcessorBehaviors: Sendable, Hashable {
  @usableFromInline var bits: UInt64

  /// Makes a set.
  public init(_ behaviors: [ProcessorBehavior] = []) {
    bits = behaviors.reduce(0) { $0 | 1 << UInt64($1.rawValue) }
  }

  /// Whether a behavior belongs to it.
  @inlinable @inline(__always) public func contains(_ behavior: ProcessorBehavior) -> Bool {
    bits & (1 << UInt64(behavior.rawValue)) != 0
  }

  /// Adds a behavior that is not in it, or takes it away.
  public mutating func toggle(_ behavior: ProcessorBehavior) { bits ^= 1 << UInt64(behavior.rawValue) }
}

/// The processors that rows of the table distinguish.
public enum ProcessorFamily: String, Sendable, CaseIterable {
  /// AuthenticAMD, family 17h (Zen, Zen 2).
  case zen2
  /// AuthenticAMD, family 19h and later.
  case zen4
  /// GenuineIntel.
  case intel
}

/// One row of the behavior table.
public struct BehaviorRow: Sendable {
  /// The behavior.
  public var behavior: ProcessorBehavior
  /// The name in reports and documents.
  public var id: String
  /// What it decides.
  public var decides: String
  /// What processors of AMD do.
  public var amd: String
  /// What processors of Intel do.
  public var intel: String
  /// The families that do what the case's name says.
  public var families: Set<ProcessorFamily>
  /// Manual sections, and recordings whose vectors show it.
  public var evidence: String
  /// The test that holds it: recordings, or a row of tests.
  public var test: String
  /// The manuals leave it undefined: compared only where a processor is to be matched exactly.
  public var isUndefined = false
}

extension BehaviorRow {
  /// Whether processors with these behaviors do what the column of Intel says, or that of AMD.
  public func isAsIntel(_ behaviors: ProcessorBehaviors) -> Bool {
    behaviors.contains(behavior) == families.contains(.intel)
  }
}

extension ProcessorBehaviors {
  /// The behaviors of a family.
  public init(of family: ProcessorFamily) {
    self.init(BehaviorRow.table.filter { $0.families.contains(family) }.map(\.behavior))
  }
}
