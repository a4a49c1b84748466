import ArgumentParser

/// The options of `emu run` about profiles.
struct ProfileOptions: ParsableArguments {
  /// Ticks between two samples unless said otherwise: a prime, which no loop's length divides.
  static let usualInterval: UInt64 = 1009

  @Option(
    help: """
      Write to this file where the guest spent its time: functions, instructions, pairs of instructions, and what the \
      threaded engine has no handler for.
      """)
  var profile: String?
  @Option(help: "Ticks from one sample of the profile to the next.") var profileEvery: UInt64 = usualInterval

  func validate() throws {
    if profile == nil, profileEvery != Self.usualInterval {
      throw ValidationError("--profile-every needs --profile FILE.")
    }
    if profileEvery == 0 { throw ValidationError("--profile-every 0 is not 1 or more.") }
  }
}
