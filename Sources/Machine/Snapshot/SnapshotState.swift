import Interpreter
import MMU

/// Section `config`.
struct SavedConfiguration: Codable {
  var memoryByteCount: UInt64
  var processorCount: Int
  /// The name of the processors' model; files from before there was a choice have none.
  var model: String?
  var serialIgnoresOUT2: Bool?
  /// Chips that an option adds.
  var hasHPET: Bool?
  var hasTestDevice: Bool?
  /// Of a board with firmware.
  var romByteCount: UInt64?
  var showsFirmwareLog: Bool?
  var firmwareFiles: [String: [UInt8]]?
  /// Of a board with a screen.
  var hasDisplay: Bool?
  var displayROM: [UInt8]?
  /// Of a board with drives.
  var drives: [SavedDrive]?

  init(_ machine: Machine) {
    memoryByteCount = machine.memory.byteCount
    processorCount = machine.processorCount
    model = machine.model.name
    serialIgnoresOUT2 = machine.configuration.serialIgnoresOUT2
    hasHPET = machine.configuration.hasHPET
    hasTestDevice = machine.configuration.hasTestDevice
    if machine.configuration.hasDisplay {
      hasDisplay = true
      let rom = machine.configuration.displayROM
      displayROM = rom.isEmpty ? nil : rom
    }
    guard machine.configuration.romByteCount > 0 else { return }
    romByteCount = machine.configuration.romByteCount
    showsFirmwareLog = machine.configuration.showsFirmwareLog
    let files = machine.configuration.firmwareFiles
    firmwareFiles = files.isEmpty ? nil : files
  }
}

/// Section `board`.
struct SavedBoard: Codable {
  /// Why a machine stopped.
  struct Exit: Codable {
    var kind: String
    var value: UInt32
    var text: String
  }
  /// An event; files from before there were kinds have a name in words.
  struct Event: Codable {
    var kind: String?
    var number: UInt64?
    var processor: Int?
    var address: UInt64?
    var name: String?
    var count: UInt64
  }
  var clock: UInt64
  var turn: Machine.Turn
  var exit: Exit?
  /// In the order in which they first happened.
  var events: [Event]
  /// How often others happened.
  var otherEvents: UInt64?

  init(_ machine: Machine) {
    clock = machine.clock
    turn = machine.turn
    exit = machine.exit.map(Exit.init)
    events = machine.events.entries.map(Event.init)
    otherEvents = min(machine.events.otherCount, 1 << 50)
  }

  /// The log of events in which `problem(processorCount:)` finds nothing.
  var eventLog: EventLog {
    var log = EventLog()
    for event in events { if let entry = event.entry { log.add(entry) } else { log.addOthers(event.count) } }
    log.addOthers(otherEvents ?? 0)
    return log
  }

  /// What no board can come to.
  func problem(processorCount: Int) -> String? {
    let limit: UInt64 = 1 << 62
    if clock >= limit { return "clock \(clock) is not 0...\(limit - 1)" }
    guard (0..<processorCount).contains(turn.index) else {
      return "turn.index \(turn.index) is not 0...\(processorCount - 1)"
    }
    if !turn.isOpen && turn != Machine.Turn() { return "turn is not empty, and no round is open" }
    if turn.isOpen && !(1...1 << 40).contains(turn.limit) { return "turn.limit \(turn.limit) is not 1...\(1 << 40)" }
    if turn.used > turn.limit || turn.longest > turn.limit {
      return "turn.used \(turn.used) or turn.longest \(turn.longest) is more than turn.limit \(turn.limit)"
    }
    if let exit, exit.reason == nil { return "exit.kind \(exit.kind) is unknown" }
    // These are printed.
    if let exit, !exit.text.unicodeScalars.allSatisfy(\.isShown) { return "exit.text holds a control character" }
    return eventProblem(processorCount)
  }
}

extension SavedBoard {
  /// Counts stay below it, so that sums of them do too.
  private static let countLimit: UInt64 = 1 << 50

  private func eventProblem(_ processorCount: Int) -> String? {
    guard events.count <= EventLog.limit else {
      return "events has \(events.count) entries, more than \(EventLog.limit)"
    }
    var known: Set<BoardEvent> = []
    for (index, event) in events.enumerated() {
      func bad(_ text: String) -> String { "events.\(index).\(text)" }
      guard (1...Self.countLimit).contains(event.count) else {
        return bad("count \(event.count) is not 1...\(Self.countLimit)")
      }
      guard let kind = event.kind else {
        guard event.name != nil else { return bad("kind is missing") }
        continue
      }
      guard BoardEvent.Kind(rawValue: kind) != nil, let entry = event.entry else {
        let shown = String(kind.unicodeScalars.prefix(40).map { $0.isShown ? Character($0) : "?" })
        return bad("kind '\(shown)' is not known, or its number or processor is missing")
      }
      if let problem = entry.event.problem { return bad(problem) }
      guard (0..<processorCount).contains(entry.event.processor) else {
        return bad("processor \(entry.event.processor) is not 0...\(processorCount - 1)")
      }
      guard known.insert(entry.event).inserted else { return bad("kind and number come twice") }
    }
    let others = otherEvents ?? 0
    return others <= Self.countLimit ? nil : "otherEvents \(others) is not 0...\(Self.countLimit)"
  }
}

extension SavedBoard.Event {
  init(_ entry: EventLog.Entry) {
    self.init(
      kind: entry.event.kind.rawValue, number: entry.event.number, processor: entry.event.processor,
      address: entry.address, count: min(entry.count, 1 << 50))
  }

  /// The entry of a log; nil for a name in words.
  var entry: EventLog.Entry? {
    guard let kind = kind.flatMap(BoardEvent.Kind.init(rawValue:)), let number, let processor else { return nil }
    return EventLog.Entry(event: BoardEvent(kind, number, processor: processor), count: count, address: address ?? 0)
  }
}

extension SavedBoard.Exit {
  init(_ reason: ExitReason) {
    switch reason {
    case .debugExit(let value): self.init(kind: "debug-exit", value: value, text: "")
    case .powerOff: self.init(kind: "power-off", value: 0, text: "")
    case .halted: self.init(kind: "halted", value: 0, text: "")
    case .tripleFault(let reason): self.init(kind: "triple-fault", value: 0, text: reason)
    case .reset(let means): self.init(kind: "reset", value: 0, text: means)
    }
  }

  var reason: ExitReason? {
    switch kind {
    case "debug-exit": .debugExit(value)
    case "power-off": .powerOff
    case "halted": .halted
    case "triple-fault": .tripleFault(text)
    case "reset": .reset(text)
    default: nil
    }
  }
}

/// Section `tlb`: plain numbers, since there are thousands of them.
enum SavedTranslations {
  private static let regionByteCount = 520

  /// Counts of data and fetch translations, the regions of large pages, then three words a translation.
  static func encode(_ image: ProcessorImage) -> [UInt8] {
    var bytes: [UInt8] = []
    func put(_ value: UInt64) {
      for index in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(index * 8))) }
    }
    bytes.reserveCapacity(16 + regionByteCount + 24 * (image.data.count + image.fetch.count))
    put(UInt64(image.data.count))
    put(UInt64(image.fetch.count))
    bytes += image.largeRegions + [UInt8](repeating: 0, count: max(regionByteCount - image.largeRegions.count, 0))
    for slot in image.data + image.fetch {
      put(UInt64(slot.index))
      put(slot.tag)
      put(slot.attributes)
    }
    return bytes
  }

  /// Fills in an image; gives a sentence if the bytes are none.
  static func decode(_ bytes: [UInt8], into image: inout ProcessorImage) -> String? {
    let start = 16 + regionByteCount
    guard bytes.count >= start else { return "\(bytes.count) bytes are too few" }
    let (data, fetch) = (SnapshotFile.number(bytes, 0, 8), SnapshotFile.number(bytes, 8, 8))
    guard data <= 1 << 16, fetch <= 1 << 16, bytes.count == start + 24 * Int(data + fetch) else {
      return "\(bytes.count) bytes are not those of \(data) data and \(fetch) fetch translations"
    }
    image.largeRegions = Array(bytes[16..<16 + 513])
    guard bytes[16..<16 + 513].allSatisfy({ $0 < 2 }), bytes[16 + 513..<start].allSatisfy({ $0 == 0 }) else {
      return "the regions of large pages hold more than 0 and 1"
    }
    var slots: [CachedTranslations.Slot] = []
    slots.reserveCapacity(Int(data + fetch))
    for at in stride(from: start, to: bytes.count, by: 24) {
      guard let index = UInt16(exactly: SnapshotFile.number(bytes, at, 8)) else {
        return "translation \((at - start) / 24): place \(SnapshotFile.number(bytes, at, 8)) is not 0...65535"
      }
      slots.append(
        .init(
          index: index, tag: SnapshotFile.number(bytes, at + 8, 8), attributes: SnapshotFile.number(bytes, at + 16, 8)))
    }
    image.data = Array(slots.prefix(Int(data)))
    image.fetch = Array(slots.dropFirst(Int(data)))
    return nil
  }
}
