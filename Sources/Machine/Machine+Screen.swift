public import DevicesLegacy
import X86

extension Machine {
  /// The state of the screen; nil on a board without one.
  public var displayState: VGA.State? { platform.vga?.state }

  /// The board has a keyboard, and what it would send for a key now would arrive at once.
  public var isReadyForKeys: Bool { configuration.hasDisplay && platform.keyboard.isReadyForKeys }

  /// A key of the board's keyboard goes down or up.
  public func setKey(_ key: Key, isPressed: Bool) {
    guard configuration.hasDisplay else { return }
    if isPressed { platform.keyboard.press(key, now: now) } else { platform.keyboard.release(key, now: now) }
    limitRound(to: platform.keyboard.nextEvent)
  }
}
