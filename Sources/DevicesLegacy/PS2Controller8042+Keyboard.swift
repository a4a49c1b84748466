public import X86

// The keyboard's port of a controller that has a keyboard.

extension PS2Controller8042 {
  /// The keyboard and the line to it.
  public struct KeyboardPort: Equatable, Sendable, Codable {
    /// The keyboard.
    public var keyboard = PS2Keyboard()
    /// The nanosecond at which the byte that is being sent has arrived.
    public internal(set) var arrival: UInt64?
    /// The last byte was F0h, which the translation makes the high bit of the next.
    public internal(set) var hasBreakPrefix = false
    /// Makes a port at rest.
    public init() {}
  }

  /// A byte on the line: 11 bits at 16.7 kHz.
  static let byteTime: UInt64 = 660_000

  /// What a PC's BIOS leaves: the keyboard enabled, its codes translated, its interrupt on.
  public func setUp() {
    state.configuration =
      CommandByte.keyboardInterrupt | CommandByte.systemFlag | CommandByte.disableAuxiliary | CommandByte.translate
  }

  /// The codes of a key that goes down or up now would be sent at once: none wait, and nothing holds them.
  public var isReadyForKeys: Bool {
    guard let port = state.keyboardPort else { return false }
    return port.keyboard.isReady && isKeyboardEnabled && state.output == nil
  }

  /// A key goes down.
  public func press(_ key: Key, now: VirtualTime) {
    advance(to: now)
    state.keyboardPort?.keyboard.press(key, now: now)
    arm(now)
    armed()
  }

  /// A key goes up.
  public func release(_ key: Key, now: VirtualTime) {
    advance(to: now)
    state.keyboardPort?.keyboard.release(key, now: now)
    arm(now)
    armed()
  }

  private var isKeyboardEnabled: Bool { state.configuration & CommandByte.disableKeyboard == 0 }

  /// Begins a transmission if nothing stands against it, and gives up one that is inhibited.
  ///
  /// The clock is held low while the keyboard is disabled or the output buffer is full; a byte that is on the line then
  /// is sent again later.
  func arm(_ now: VirtualTime) {
    guard let port = state.keyboardPort else { return }
    guard isKeyboardEnabled && state.output == nil && port.keyboard.hasByte else {
      state.keyboardPort?.arrival = nil
      return
    }
    guard port.arrival == nil else { return }
    let (arrival, overflow) = now.nanoseconds.addingReportingOverflow(Self.byteTime)
    state.keyboardPort?.arrival = overflow ? .max : arrival
  }

  /// A byte for the keyboard: it enables the keyboard, as every command to it does.
  func send(_ byte: UInt8, now: VirtualTime) {
    state.configuration &= ~CommandByte.disableKeyboard
    state.keyboardPort?.keyboard.receive(byte, now: now)
    // An answer of the keyboard to a byte before this one is lost.
    state.keyboardPort?.arrival = nil
    state.keyboardPort?.hasBreakPrefix = false
  }

  /// The byte on the line has arrived.
  private func receive() {
    state.keyboardPort?.arrival = nil
    guard let byte = state.keyboardPort?.keyboard.send() else { return }
    guard state.configuration & CommandByte.translate != 0 else { return answer(byte) }
    let isBreak = state.keyboardPort?.hasBreakPrefix == true
    state.keyboardPort?.hasBreakPrefix = byte == ScanCodes.breakPrefix
    if byte != ScanCodes.breakPrefix { answer(ScanCodes.translated(byte, isBreak: isBreak)) }
  }
}

extension PS2Controller8042: TimedChip {
  /// Lets the keyboard's bytes arrive.
  public func advance(to now: VirtualTime) {
    guard state.keyboardPort != nil else { return }
    state.keyboardPort?.keyboard.advance(to: now)
    if let arrival = state.keyboardPort?.arrival, arrival <= now.nanoseconds { receive() }
    arm(now)
  }

  /// The arrival of a byte, or what the keyboard does by itself; nil without a keyboard.
  public var nextEvent: VirtualTime? {
    guard let port = state.keyboardPort else { return nil }
    let arrival = port.arrival.map { VirtualTime(nanoseconds: $0) }
    guard let own = port.keyboard.nextEvent else { return arrival }
    return arrival.map { min($0, own) } ?? own
  }
}
