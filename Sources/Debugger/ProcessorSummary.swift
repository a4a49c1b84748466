import X86

extension ArchitecturalState {
  /// Mode, privilege level and activity, as `info threads` and `monitor info` show them.
  func summary(ofProcessor index: Int) -> String {
    let isVirtual = rflags & RFLAGS.virtual8086 != 0
    let mode =
      if isIn64BitMode {
        "64-bit"
      } else if cr0 & CR0.protectionEnable == 0 {
        "real mode"
      } else if isVirtual {
        "virtual-8086"
      } else {
        segments[1].isDefault32 ? "32-bit" : "16-bit"
      }
    let level = cr0 & CR0.protectionEnable == 0 ? 0 : isVirtual ? 3 : segments[2].descriptorPrivilegeLevel
    let activity =
      switch activity {
      case .running: "running"
      case .halted: "halted"
      case .waitForSIPI: "waits for SIPI"
      case .shutdown: "shutdown"
      }
    return "processor \(index), \(mode), CPL \(level), \(activity)"
  }
}
