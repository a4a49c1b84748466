extension ArchitecturalState {
  /// The mode in words: `64-bit`, `32-bit`, `16-bit`, `virtual-8086` or `real mode`.
  public var modeName: String {
    if efer & EFER.longModeActive != 0 && segments[1].isLong { return "64-bit" }
    if cr0 & CR0.protectionEnable == 0 { return "real mode" }
    if rflags & RFLAGS.virtual8086 != 0 { return "virtual-8086" }
    return segments[1].isDefault32 ? "32-bit" : "16-bit"
  }

  /// CPL.
  public var privilegeLevel: UInt8 {
    if cr0 & CR0.protectionEnable == 0 { return 0 }
    return rflags & RFLAGS.virtual8086 != 0 ? 3 : segments[2].descriptorPrivilegeLevel
  }
}
