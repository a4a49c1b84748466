import X86

/// The areas of memory that the XSAVE instructions use.
///
/// - SDM: Vol. 1 "XSAVE Area", "XSAVE-Supported Features and State-Component Bitmaps".
extension ProcessorModel {
  /// Bytes of the legacy region and the header.
  static var saveAreaBase: UInt64 { 576 }
  /// Bytes of the component with the upper halves of the YMM registers, which follows the header.
  static var upperVectorsByteCount: UInt64 { 256 }
  /// Bytes of the component with PKRU, of which four are used.
  static var keyRightsByteCount: UInt64 { 8 }

  /// The offset of PKRU in an area of the standard format: behind the components of AVX-512, which stand elsewhere on
  /// processors of the two vendors.
  ///
  /// - APM: Vol. 2 "Extended Save Area".
  var keyRightsOffset: UInt64 { vendor == .intel ? 2688 : 2432 }

  /// The offset of PKRU in an area.
  ///
  /// - Parameter layout: the components of an area in the compacted format; nil in the standard one.
  func keyRightsOffset(layout: UInt64?) -> UInt64 {
    guard let layout else { return keyRightsOffset }
    return Self.saveAreaBase &+ (layout & XCR0.avx != 0 ? Self.upperVectorsByteCount : 0)
  }

  /// Bytes from the start of an area to the end of its last component.
  ///
  /// - Parameters:
  ///   - components: those that are saved, or of the compacted format those that have a place.
  ///   - isCompacted: the format.
  func saveAreaByteCount(of components: UInt64, isCompacted: Bool) -> UInt64 {
    if components & XCR0.protectionKeys != 0 {
      return keyRightsOffset(layout: isCompacted ? components : nil) &+ Self.keyRightsByteCount
    }
    return Self.saveAreaBase &+ (components & XCR0.avx != 0 ? Self.upperVectorsByteCount : 0)
  }
}
