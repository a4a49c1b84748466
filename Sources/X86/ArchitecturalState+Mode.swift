extension ArchitecturalState {
  /// The mode.
  public var mode: ProcessorMode {
    ProcessorMode(cr0: cr0, isLongMode: efer & EFER.longModeActive != 0, rflags: rflags, code: segments[1])
  }

  /// CPL.
  public var privilegeLevel: UInt8 {
    if cr0 & CR0.protectionEnable == 0 { return 0 }
    return rflags & RFLAGS.virtual8086 != 0 ? 3 : segments[2].descriptorPrivilegeLevel
  }
}
