import X86

extension ArchitecturalState {
  /// Mode, privilege level and activity, as `info threads` and `monitor info` show them.
  func summary(ofProcessor index: Int) -> String {
    let activity =
      switch activity {
      case .running: "running"
      case .halted: "halted"
      case .waitForSIPI: "waits for SIPI"
      case .shutdown: "shutdown"
      }
    return "processor \(index), \(mode.words), CPL \(privilegeLevel), \(activity)"
  }
}
