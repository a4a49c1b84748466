public import X86

/// A keyboard with 102 keys behind the 8042, as a value that the controller's state holds.
///
/// Source: IBM PS/2 Hardware Interface Technical Reference, "101- and 102-Key Keyboards". Its self-test is shorter than
/// the 300 ms of that text, so that a guest that polls for its end does not spend a second of host time there.
public struct PS2Keyboard: Equatable, Sendable, Codable {
  /// Commands to the keyboard ("Commands from the System").
  enum Command {
    static let setIndicators: UInt8 = 0xED
    static let echo: UInt8 = 0xEE
    static let selectScanCodes: UInt8 = 0xF0
    static let identify: UInt8 = 0xF2
    static let setTypematic: UInt8 = 0xF3
    static let enable: UInt8 = 0xF4
    static let defaultDisable: UInt8 = 0xF5
    static let setDefault: UInt8 = 0xF6
    /// All keys: typematic, make and break, make alone, both.
    static let setAllKeys: ClosedRange<UInt8> = 0xF7...0xFA
    /// One key: typematic, make and break, make alone; its code of set 3 follows.
    static let setKey: ClosedRange<UInt8> = 0xFB...0xFD
    static let resend: UInt8 = 0xFE
    static let reset: UInt8 = 0xFF
    /// Those that a parameter follows.
    static let pending: [UInt8] = [setIndicators, selectScanCodes, setTypematic] + Array(setKey)
    /// A parameter is lower.
    static let first = setIndicators
  }

  /// What the keyboard says ("Commands to the System").
  enum Answer {
    static let acknowledge: UInt8 = 0xFA
    static let resend: UInt8 = 0xFE
    static let selfTestPassed: UInt8 = 0xAA
    static let identity: [UInt8] = [0xAB, 0x83]
    /// A key's codes found no place in the buffer; in set 1 FFh.
    static let overrun: UInt8 = 0x00
    static let overrun1: UInt8 = 0xFF
  }

  /// Bytes of the buffer; one more holds the overrun code.
  static let bufferCount = 16
  private static let answerCount = 3
  /// Default of the typematic rate and delay: 10.9 a second after half a second.
  private static let defaultTypematic: UInt8 = 0x2B
  private static let indicatorBits: UInt8 = 7
  private static let selfTestDuration: UInt64 = 10_000_000

  /// The set of scan codes: 1, 2 or 3.
  public private(set) var scanCodeSet: UInt8 = 2
  /// Keys are scanned.
  public private(set) var isScanning = true
  /// Scroll Lock, Num Lock and Caps Lock, from bit 0 on.
  public private(set) var indicators: UInt8 = 0
  /// Typematic rate and delay.
  private(set) var typematic = defaultTypematic
  /// The command whose parameter is due, 0 if none.
  private(set) var pending: UInt8 = 0
  /// Answers that are to be sent, before the codes of keys.
  private(set) var answers: [UInt8] = []
  /// Codes of keys that are to be sent.
  private(set) var buffer: [UInt8] = []
  /// What was sent last.
  private(set) var lastSent: UInt8 = 0
  /// The nanosecond at which the self-test ends.
  private(set) var selfTestEnd: UInt64?
  /// The key that repeats, and the nanosecond of its next repetition.
  private(set) var repeatedKey: Key?
  private(set) var repetition: UInt64 = 0
  private(set) var modifiers = ScanCodes.Modifiers()

  /// Makes a keyboard that has passed its self-test.
  public init() {}

  // MARK: Keys

  /// A key goes down.
  public mutating func press(_ key: Key, now: VirtualTime) {
    note(key, isPress: true)
    guard isScanning, selfTestEnd == nil else { return }
    store(ScanCodes.bytes(key, isPress: true, set: scanCodeSet, modifiers))
    // "Typematic" keys are all but Pause.
    repeatedKey = key == .pause ? nil : key
    repetition = Self.sum(now.nanoseconds, delay)
  }

  /// A key goes up.
  public mutating func release(_ key: Key, now: VirtualTime) {
    defer { note(key, isPress: false) }
    if repeatedKey == key { repeatedKey = nil }
    guard isScanning, selfTestEnd == nil else { return }
    store(ScanCodes.bytes(key, isPress: false, set: scanCodeSet, modifiers))
  }

  private mutating func note(_ key: Key, isPress: Bool) {
    switch key {
    case .leftControl, .rightControl: modifiers.control = isPress
    case .leftAlt, .rightAlt: modifiers.alt = isPress
    default: break
    }
  }

  /// "Keyboard Buffer": a sequence has its place in the buffer as a whole; else it is lost, and an overrun code says so.
  private mutating func store(_ bytes: [UInt8]) {
    let overrun = scanCodeSet == 1 ? Answer.overrun1 : Answer.overrun
    if buffer.count + bytes.count <= Self.bufferCount {
      buffer += bytes
    } else if buffer.last != overrun && buffer.count <= Self.bufferCount {
      buffer.append(overrun)
    }
  }

  // MARK: Time

  private var delay: UInt64 { (UInt64(typematic >> 5 & 3) + 1) * 250_000_000 }

  /// "Set Typematic Rate/Delay": (8 + A) * 2^B * 4.17 ms.
  private var period: UInt64 { (8 + UInt64(typematic & 7)) << UInt64(typematic >> 3 & 3) * 4_170_000 }

  private static func sum(_ moment: UInt64, _ span: UInt64) -> UInt64 {
    let (sum, overflow) = moment.addingReportingOverflow(span)
    return overflow ? .max : sum
  }

  /// Ends the self-test and repeats the key that is held, once however much time has passed.
  public mutating func advance(to now: VirtualTime) {
    if let end = selfTestEnd, end <= now.nanoseconds {
      selfTestEnd = nil
      answers = answers.suffix(Self.answerCount - 1) + [Answer.selfTestPassed]
    }
    guard let key = repeatedKey, repetition <= now.nanoseconds else { return }
    // "If a key is held while transmission is inhibited, only the first make code is stored."
    if buffer.isEmpty { store(ScanCodes.bytes(key, isPress: true, set: scanCodeSet, modifiers)) }
    repetition = Self.sum(now.nanoseconds, period - (now.nanoseconds - repetition) % period)
  }

  /// The end of the self-test, or the next repetition.
  public var nextEvent: VirtualTime? {
    let moments = [selfTestEnd, repeatedKey == nil ? nil : repetition].compactMap { $0 }
    return moments.min().map { VirtualTime(nanoseconds: $0) }
  }

  // MARK: The line

  /// Something is to be sent.
  public var hasByte: Bool { !answers.isEmpty || !buffer.isEmpty }

  /// No code of a key waits, and a key that is pressed would be sent.
  public var isReady: Bool { buffer.isEmpty && isScanning && selfTestEnd == nil }

  /// Sends the next byte.
  public mutating func send() -> UInt8 {
    if !answers.isEmpty {
      lastSent = answers.removeFirst()
    } else if !buffer.isEmpty {
      lastSent = buffer.removeFirst()
    }
    return lastSent
  }

  /// Takes a byte from the controller; what was still to be answered is not.
  public mutating func receive(_ byte: UInt8, now: VirtualTime) {
    let command = pending
    pending = 0
    // A self-test ends with a command.
    selfTestEnd = nil
    if command != 0 && byte < Command.first { return take(byte, of: command) }
    switch byte {
    case Command.echo: answers = [Command.echo]
    case Command.identify: answers = [Answer.acknowledge] + Answer.identity
    case Command.resend: answers = [lastSent]
    case Command.enable:
      buffer = []
      isScanning = true
      answers = [Answer.acknowledge]
    case Command.defaultDisable, Command.setDefault:
      setDefaults()
      if byte == Command.defaultDisable { isScanning = false }
      answers = [Answer.acknowledge]
    case Command.reset:
      setDefaults()
      (scanCodeSet, isScanning, indicators) = (2, true, 0)
      selfTestEnd = Self.sum(now.nanoseconds, Self.selfTestDuration)
      answers = [Answer.acknowledge]
    case Command.setAllKeys: answers = [Answer.acknowledge]
    case _ where Command.pending.contains(byte):
      pending = byte
      answers = [Answer.acknowledge]
    default: answers = [Answer.resend]
    }
  }

  private mutating func setDefaults() {
    (buffer, typematic, repeatedKey) = ([], Self.defaultTypematic, nil)
  }

  /// A parameter; one that is out of range is asked for again.
  private mutating func take(_ byte: UInt8, of command: UInt8) {
    answers = [Answer.acknowledge]
    switch command {
    case Command.setIndicators: indicators = byte & Self.indicatorBits
    case Command.setTypematic where byte < 0x80: typematic = byte
    case Command.selectScanCodes where byte == 0: answers = [Answer.acknowledge, scanCodeSet]
    case Command.selectScanCodes where byte <= 3:
      scanCodeSet = byte
      buffer = []
    // Keys that are not to repeat or to send a break code: in set 3 alone, where all keep doing both here.
    case _ where Command.setKey.contains(command): pending = command
    default:
      answers = [Answer.resend]
      pending = command
    }
  }

  /// What is impossible, if anything.
  static func problem(in state: Self) -> String? {
    FieldCheck.first(
      FieldCheck.range("keyboard scan code set", state.scanCodeSet, 1...3),
      FieldCheck.bits("keyboard indicators", state.indicators, indicatorBits),
      FieldCheck.bits("keyboard typematic rate", state.typematic, 0x7F),
      FieldCheck.choice("keyboard pending command", state.pending, [0] + Command.pending),
      FieldCheck.range("keyboard answers", state.answers.count, 0...answerCount),
      FieldCheck.range("keyboard buffer", state.buffer.count, 0...bufferCount + 1))
  }
}
