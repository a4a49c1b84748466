import MMU
public import X86

/// A board with RAM where others have a display: a request or vector says what is there.
open class VideoWindowBus: SilentBus {
  private var window = [UInt8](repeating: 0, count: Int(GuestMemory.videoWindowEnd - GuestMemory.videoWindowStart))
  /// Addresses of the window that were written since `forget`, some more than once.
  public private(set) final var written: [UInt64] = []

  /// Makes a window of zeros.
  public override init() {}

  /// A byte of A0000h-BFFFFh; nil elsewhere.
  public final func window(at address: UInt64) -> UInt8? {
    let offset = address &- GuestMemory.videoWindowStart
    return offset < UInt64(window.count) ? window[Int(offset)] : nil
  }

  /// Sets a byte; false outside A0000h-BFFFFh.
  public final func setWindow(_ byte: UInt8, at address: UInt64) -> Bool {
    let offset = address &- GuestMemory.videoWindowStart
    guard offset < UInt64(window.count) else { return false }
    window[Int(offset)] = byte
    written.append(address)
    return true
  }

  /// Zeroes what was written.
  public final func forget() {
    for address in written { window[Int(address &- GuestMemory.videoWindowStart)] = 0 }
    written.removeAll(keepingCapacity: true)
  }

  /// Reads the window; open bus elsewhere.
  open override func readPhysical(_ address: PhysicalAddress, width: Int, processor: Int) -> UInt64 {
    var value: UInt64 = 0
    for index in 0..<width {
      let byte = window(at: address.rawValue &+ UInt64(index)) ?? 0xFF
      value |= UInt64(byte) << UInt64(index * 8)
    }
    return value
  }

  /// Writes the window.
  open override func writePhysical(_ value: UInt64, _ address: PhysicalAddress, width: Int, processor: Int) {
    for index in 0..<width {
      _ = setWindow(UInt8(truncatingIfNeeded: value >> UInt64(index * 8)), at: address.rawValue &+ UInt64(index))
    }
  }
}
