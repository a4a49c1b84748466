import MMU
import X86
import X86Decoder

/// Protection keys for user pages.
///
/// - SDM: Vol. 3A "Protection Keys".
extension Processor {
  private func requireProtectionKeys() throws(Exception) {
    if state.paging.cr4 & CR4.protectionKeyEnable == 0 { throw .invalidOpcode(.protectionKeysDisabled) }
    if read(.cx, width: 4) != 0 { throw .generalProtection(.protectionKeyRegister) }
  }

  /// RDPKRU.
  func readProtectionKeyRights(_ instruction: Instruction) throws(Exception) {
    try requireProtectionKeys()
    write(.ax, width: 4, UInt64(state.paging.pkru))
    write(.dx, width: 4, 0)
  }

  /// WRPKRU.
  func writeProtectionKeyRights(_ instruction: Instruction) throws(Exception) {
    try requireProtectionKeys()
    if read(.dx, width: 4) != 0 { throw .generalProtection(.protectionKeyRegister) }
    setProtectionKeyRights(UInt32(truncatingIfNeeded: read(.ax, width: 4)))
  }

  /// Changes PKRU.
  ///
  /// A translation is cached with the rights of its key, so that accesses need not ask PKRU: those of keys that lose a
  /// right are dropped.
  func setProtectionKeyRights(_ value: UInt32) {
    let lost = value & ~state.paging.pkru
    state.paging.pkru = value
    guard lost != 0 else { return }
    var keys: UInt16 = 0
    for key in 0..<16 as Range<UInt32> where lost >> (key &* 2) & 3 != 0 { keys |= 1 << UInt16(key) }
    translations.flush(protectionKeys: keys)
  }
}
