import SoftFloat
import X86

/// What the last XRSTOR or XRSTORS loaded, with which the modified optimization of XSAVEOPT and XSAVES compares.
///
/// Processors track writes to registers. The model compares values instead, which costs nothing where no XSAVE
/// instruction runs: a component that was written with the value that it had counts as not modified.
///
/// - SDM: Vol. 1 "Processor Tracking of XSAVE-Managed State".
public struct RestoredState: Sendable {
  /// The components that it loaded or initialized, as bits of XCR0; the others count as modified.
  public var components: UInt64 = 0
  /// CPL.
  public var cpl: UInt8 = 0
  /// The linear address of the area.
  public var address: UInt64 = 0
  /// XCOMP_BV of the area; 0 for the standard format.
  public var layout: UInt64 = 0
  /// The registers after it.
  public var floating = FloatingState()
  /// PKRU after it.
  public var pkru: UInt32 = 0

  /// Nothing was loaded.
  public init() {}

  /// The components of `components` that still hold what was loaded.
  ///
  /// - Parameter includesMXCSR: MXCSR belongs to the SSE state, as XSAVES has it; XSAVEOPT always saves MXCSR.
  func unmodified(_ present: FloatingState, pkru: UInt32, includesMXCSR: Bool) -> UInt64 {
    var result: UInt64 = 0
    if floating.hasSameX87State(as: present) { result |= XCR0.x87 }
    if (0..<16).allSatisfy({ floating.xmm[$0] == present.xmm[$0] }),
      !includesMXCSR || floating.mxcsr == present.mxcsr
    {
      result |= XCR0.sse
    }
    if (0..<16).allSatisfy({ floating.upper[$0] == present.upper[$0] }) { result |= XCR0.avx }
    if self.pkru == pkru { result |= XCR0.protectionKeys }
    return result & components
  }
}

extension FloatingState {
  /// Whether the x87 state is that of another.
  fileprivate func hasSameX87State(as other: FloatingState) -> Bool {
    let words = (controlWord, statusWord, validRegisters, opcode, instructionPointer, dataPointer)
    let others = (
      other.controlWord, other.statusWord, other.validRegisters, other.opcode, other.instructionPointer,
      other.dataPointer
    )
    return words == others && (codeSelector, dataSelector) == (other.codeSelector, other.dataSelector)
      && (0..<8).allSatisfy {
        registers[$0].significand == other.registers[$0].significand
          && registers[$0].signExponent == other.registers[$0].signExponent
      }
  }
}

/// A `RestoredState` in a snapshot.
public struct RestoredStateImage: Codable, Sendable {
  /// As in `RestoredState`.
  public var components: UInt64
  /// As in `RestoredState`.
  public var cpl: UInt8
  /// As in `RestoredState`.
  public var address: UInt64
  /// As in `RestoredState`.
  public var layout: UInt64
  /// x87, MMX and SSE state in the layout of FXSAVE64.
  public var fxsaveArea: [UInt8]
  /// Bits 255:128 of YMM0 to YMM15, two words each, the lower first.
  public var upperVectors: [UInt64]
  /// PKRU.
  public var pkru: UInt32

  /// The image of a state; nil if nothing was loaded.
  init?(_ state: RestoredState) {
    guard state.components != 0 else { return nil }
    components = state.components
    cpl = state.cpl
    address = state.address
    layout = state.layout
    fxsaveArea = state.floating.image
    upperVectors = state.floating.upperWords
    pkru = state.pkru
  }

  /// What it is the image of; it has no problem.
  var state: RestoredState {
    var result = RestoredState()
    result.components = components
    result.cpl = cpl
    result.address = address
    result.layout = layout
    result.floating.setImage(fxsaveArea)
    result.floating.setUpperWords(upperVectors)
    result.pkru = pkru
    return result
  }

  /// What is wrong with it, as a sentence; nil if nothing is.
  var problem: String? {
    if fxsaveArea.count != 512 { return "\(fxsaveArea.count) bytes of the restored FXSAVE area are not 512" }
    if upperVectors.count != 32 { return "\(upperVectors.count) words of restored upper vectors are not 32" }
    return cpl > 3 ? "the CPL \(cpl) of the last XRSTOR is not 0...3" : nil
  }
}
