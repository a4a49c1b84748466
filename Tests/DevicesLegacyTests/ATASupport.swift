import DevicesLegacy
import Testing
import X86

/// A medium whose double words count; what is written lies over them, and places fail if a row asks for it.
final class ScriptMedium: BlockStorage {
  let byteCount: UInt64
  let isReadOnly: Bool
  private let word: @Sendable (UInt64) -> UInt32
  private var written: [UInt64: UInt8] = [:]
  var badOffsets: Set<UInt64> = []
  var failsWrites = false
  var failsFlush = false
  private(set) var flushes: UInt64 = 0

  init(count: UInt64, isReadOnly: Bool = false, word: @escaping @Sendable (UInt64) -> UInt32) {
    byteCount = count
    self.isReadOnly = isReadOnly
    self.word = word
  }

  /// Sector n holds the double words n00h to n7Fh.
  static func disk(sectors: Int, isReadOnly: Bool = false) -> ScriptMedium {
    ScriptMedium(count: UInt64(sectors) * 512, isReadOnly: isReadOnly) {
      UInt32(truncatingIfNeeded: ($0 / 128) << 8 | $0 % 128)
    }
  }

  /// Sector n holds the double words C00nn000h to C00nn1FFh.
  static func disc(sectors: Int) -> ScriptMedium {
    ScriptMedium(count: UInt64(sectors) * 2048, isReadOnly: true) {
      UInt32(truncatingIfNeeded: 0xC000_0000 | ($0 / 512) << 12 | $0 % 512)
    }
  }

  func read(at offset: UInt64, count: Int) -> [UInt8]? {
    guard !badOffsets.contains(where: { $0 >= offset && $0 < offset + UInt64(count) }) else { return nil }
    return (offset..<offset + UInt64(count)).map { place in
      written[place] ?? UInt8(truncatingIfNeeded: word(place / 4) >> UInt32(8 * (place % 4)))
    }
  }

  func write(_ new: [UInt8], at offset: UInt64) -> Bool {
    guard !isReadOnly, !failsWrites else { return false }
    for (index, byte) in new.enumerated() { written[offset + UInt64(index)] = byte }
    return true
  }

  func flush() -> Bool {
    flushes += 1
    return !failsFlush
  }

  func word(_ offset: UInt64) -> UInt64? {
    read(at: offset, count: 4)?.enumerated().reduce(0) { $0 | UInt64($1.element) << UInt64(8 * $1.offset) }
  }
}

/// 1 MiB of RAM for bus masters; FFh beyond.
final class ScriptMemory: BusMasterMemory {
  private(set) var bytes = [UInt8](repeating: 0, count: 1 << 20)

  func read(at address: UInt64, count: Int) -> [UInt8] {
    (0..<UInt64(count)).map { address + $0 < UInt64(bytes.count) ? bytes[Int(address + $0)] : 0xFF }
  }

  func write(_ new: [UInt8], at address: UInt64) {
    for (index, byte) in new.enumerated() where address + UInt64(index) < UInt64(bytes.count) {
      bytes[Int(address) + index] = byte
    }
  }

  func word(_ address: UInt64) -> UInt64 {
    read(at: address, count: 4).enumerated().reduce(0) { $0 | UInt64($1.element) << UInt64(8 * $1.offset) }
  }

  func setWord(_ address: UInt64, _ value: UInt64) {
    write((0..<4).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }, at: address)
  }
}

/// The IDE function with both channels.
///
///     0 to 8      registers of the primary channel; s0 to s8 of the secondary
///     d, l        the data register, 16 and 32 bits; sd, sl
///     q, r        eight and four bytes for the data register, the first of them the highest digits; sq, sr
///     irq, n      the level of the interrupt and how often it rose; sirq, sn
///     b0 to bF    registers of the bus masters, bytes; B0 to BF double words
///     c40         configuration space, words
///     m1000       memory, double words
///     k1000       the disk, double words
///     flushes     how often the disk was flushed
///     next        microseconds to the next event, 0 for none
///     t20, w      time passes: microseconds, or until no event is due
///     x4, y4      so many words of the data register are read (x of the primary channel, y of the secondary)
///     f4          so many words are written, which count up from A000h
///     !4, ?0, ^0  bad sector; writes fail (0) or not (1); flushes fail (0) or not (1)
///     @0, @1      the disc is taken out, put in
///     R2          twice 256 words are read and w is done
///
/// A whole command, after which the drive has come as far as it comes by itself (numbers are decimal, codes are not):
///
///     [20,5,1]      code, sector by 28 bits, count
///     {24,5,1}      code, sector by 48 bits, count
///     (20,1,2,3,1)  code, cylinder, head, sector, count
struct ScriptedIDE: ScriptedChip {
  enum Board: Sendable { case disk, smallDisk, readOnlyDisk, pair, slave, disc, noDisc, none }

  let disk: ScriptMedium
  let disc = ScriptMedium.disc(sectors: 64)
  let memory = ScriptMemory()
  let lines = [ScriptLine(), ScriptLine()]
  let channels: [ATAChannel]
  let function: PIIXIDE
  private var now: UInt64 = 1_000_000

  static let diskIdentity = ATADrive.Identity(serial: "EMU-1", firmware: "1.0", model: "emu disk")
  static let discIdentity = ATADrive.Identity(serial: "EMU-2", firmware: "2.0", model: "emu CD")

  init(_ board: Board) {
    disk = .disk(sectors: board == .smallDisk ? 40 : 4096, isReadOnly: board == .readOnlyDisk)
    let drive = ATADrive(disk: disk, identity: Self.diskIdentity)
    let reader = ATADrive(cdrom: board == .noDisc ? nil : disc, identity: Self.discIdentity)
    let (first, second): (ATADrive?, ATADrive?) =
      switch board {
      case .disk, .smallDisk, .readOnlyDisk: (drive, nil)
      case .pair: (drive, reader)
      case .slave: (nil, drive)
      case .disc, .noDisc: (reader, nil)
      case .none: (nil, nil)
      }
    // The same drives are on both channels of no board: the secondary one is empty but for a disk.
    channels = [
      ATAChannel(interrupt: lines[0], device0: first, device1: second),
      ATAChannel(
        interrupt: lines[1], device0: board == .pair ? ATADrive(disk: disk, identity: Self.diskIdentity) : nil,
        device1: nil),
    ]
    function = PIIXIDE(memory: memory, primary: channels[0], secondary: channels[1])
    set(configuration: 0x04, 5)
  }

  private var time: VirtualTime { VirtualTime(nanoseconds: now) }

  private func set(configuration register: Int, _ value: UInt64) {
    function.configuration.write(UInt32(truncatingIfNeeded: value), at: register, width: 2)
    function.configurationChanged(now: time)
  }

  /// The channel that a place is on, and the place there.
  private func split(_ place: String) -> (channel: Int, rest: String) {
    place.hasPrefix("s") ? (1, String(place.dropFirst())) : (0, place)
  }

  private static func number(_ place: String) -> UInt64? { UInt64(place.dropFirst(), radix: 16) }

  func write(_ place: String, _ value: UInt64) -> Bool {
    let number = Self.number(place)
    switch (place.first, number) {
    case ("b", let number?): function.write(value, window: 4, offset: number, width: 1, now: time)
    case ("B", let number?): function.write(value, window: 4, offset: number, width: 4, now: time)
    case ("c", let number?): set(configuration: Int(number), value)
    case ("m", let number?): memory.setWord(number, value)
    default: return writeChannel(place, value)
    }
    return true
  }

  private func writeChannel(_ place: String, _ value: UInt64) -> Bool {
    let (number, rest) = split(place)
    let channel = channels[number]
    switch rest {
    case "d": channel.write(value, offset: 0, width: 2, now: time)
    case "l": channel.write(value, offset: 0, width: 4, now: time)
    case "q", "r":
      for shift in stride(from: rest == "q" ? 56 : 24, through: 0, by: -8) {
        channel.write(value >> UInt64(shift), offset: 0, width: 1, now: time)
      }
    default:
      guard let offset = UInt64(rest, radix: 16) else { return false }
      channel.write(value, offset: offset, width: 1, now: time)
    }
    return true
  }

  func read(_ place: String) -> UInt64? {
    switch (place.first, Self.number(place)) {
    case ("b", let number?): function.read(window: 4, offset: number, width: 1, now: time) & 0xFF
    case ("B", let number?): function.read(window: 4, offset: number, width: 4, now: time) & 0xFFFF_FFFF
    case ("c", let number?): UInt64(function.configuration.value(at: Int(number), width: 2))
    case ("m", let number?): memory.word(number)
    case ("k", let number?): disk.word(number)
    default: readChannel(place)
    }
  }

  private func readChannel(_ place: String) -> UInt64? {
    let (number, rest) = split(place)
    let (channel, line) = (channels[number], lines[number])
    switch rest {
    case "d": return channel.value(0, width: 2, now: time)
    case "l": return channel.value(0, width: 4, now: time)
    case "irq": return line.level ? 1 : 0
    case "n": return line.rises
    case "flushes": return disk.flushes
    case "next": return channel.nextEvent.map { ($0.nanoseconds - now) / 1000 } ?? 0
    default:
      guard let offset = UInt64(rest, radix: 16) else { return nil }
      return channel.value(offset, width: 1, now: time)
    }
  }

  mutating func perform(_ verb: Character, _ number: UInt64) -> Bool {
    switch verb {
    case "t": pass(until: now + number * 1000)
    case "w": while let event = channels.compactMap(\.nextEvent).min() { pass(until: event.nanoseconds) }
    case "x": for _ in 0..<number { _ = channels[0].read(offset: 0, width: 2, now: time) }
    case "y": for _ in 0..<number { _ = channels[1].read(offset: 0, width: 2, now: time) }
    case "R":
      for _ in 0..<number { _ = perform("x", 256) && perform("w", 0) }
    case "f": for word in 0..<number { channels[0].write(0xA000 + word, offset: 0, width: 2, now: time) }
    case "!":
      disk.badOffsets.insert(number * 512)
      disc.badOffsets.insert(number * 2048)
    case "?": disk.failsWrites = number == 0
    case "^": disk.failsFlush = number == 0
    case "@": for device in 0...1 { channels[0].changeMedium(number == 0 ? nil : disc, device: device) }
    default: return false
    }
    return true
  }

  private mutating func pass(until end: UInt64) {
    while let event = channels.compactMap(\.nextEvent).min(), event.nanoseconds <= end {
      now = max(now, event.nanoseconds)
      for channel in channels { channel.advance(to: time) }
    }
    now = max(now, end)
  }
}

extension ScriptedIDE {
  /// Runs a row on a board of its own.
  static func run(_ row: ChipScript, _ board: Board) {
    var ide = ScriptedIDE(board)
    ide.run(ChipScript(row.name, row.text.split(separator: " ").map { expanded($0) }.joined(separator: " ")))
  }

  /// The words of a whole command.
  private static func expanded(_ word: Substring) -> String {
    guard let first = word.first, "[{(".contains(first) else { return String(word) }
    let parts = word.dropFirst().dropLast().split(separator: ",")
    let numbers = parts.dropFirst().compactMap { Int($0) }
    guard let code = parts.first, numbers.count == (first == "(" ? 4 : 2) else { return "?" }
    switch first {
    case "[":
      return registers(numbers[1], numbers[0] & 0xFF_FFFF, 0xE0 | numbers[0] >> 24 & 15) + " 7<\(code) w"
    case "{":
      return registers(numbers[1] >> 8, numbers[0] >> 24, 0x40) + " " + registers(numbers[1], numbers[0], 0x40)
        + " 7<\(code) w"
    default:
      let address = numbers[0] << 8 | numbers[2]
      return registers(numbers[3], address, 0xA0 | numbers[1]) + " 7<\(code) w"
    }
  }

  private static func registers(_ count: Int, _ address: Int, _ device: Int) -> String {
    let values = [device, count, address, address >> 8, address >> 16]
    return zip(["6", "2", "3", "4", "5"], values).map { "\($0)<\(String($1 & 0xFF, radix: 16))" }.joined(separator: " ")
  }
}
