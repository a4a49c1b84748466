import Interpreter
import X86
import X86Decoder

/// Something that a guest met and that the machine does not have.
public struct BoardEvent: Hashable, Sendable {
  /// What it is; the raw value is its name in snapshots.
  public enum Kind: String, CaseIterable, Sendable {
    /// `number` is the MSR.
    case unknownMSRRead, unknownMSRWritten
    /// `number` is the operation.
    case unimplementedInstruction
    /// `number` is the feature's place in `NewerFeature.allCases`.
    case absentFeature
    /// `number` is the vector.
    case emptyVector
    /// `number` is the first port of the range.
    case unclaimedPort
    /// `number` is the first address of the window.
    case displayWrite
    /// A look whether the keyboard has sent something.
    case keyboardRead
    /// The 8259A gave a vector of the exceptions in protected mode; `number` is the vector times 16 and the input.
    case exceptionVector
    /// The A20 gate cannot be closed on the host's processors.
    case gateA20
  }

  /// What it is.
  public var kind: Kind
  /// Which one.
  public var number: UInt64
  /// Whose.
  public var processor: Int

  /// Makes an event.
  public init(_ kind: Kind, _ number: UInt64, processor: Int) {
    self.kind = kind
    self.number = number
    self.processor = processor
  }

  init(_ event: ProcessorEvent, processor: Int) {
    switch event {
    case .unknownMSRRead(let number): self.init(.unknownMSRRead, UInt64(number), processor: processor)
    case .unknownMSRWritten(let number): self.init(.unknownMSRWritten, UInt64(number), processor: processor)
    case .unimplementedInstruction(let operation):
      self.init(.unimplementedInstruction, UInt64(operation.rawValue), processor: processor)
    case .absentFeature(let feature):
      let place = NewerFeature.allCases.firstIndex(of: feature) ?? 0
      self.init(.absentFeature, UInt64(place), processor: processor)
    case .emptyVector(let vector): self.init(.emptyVector, UInt64(vector), processor: processor)
    }
  }

  /// The model does not do what it should, or does not know a register: of interest however the run ended.
  public var isOfTheModel: Bool {
    switch kind {
    case .unknownMSRRead, .unknownMSRWritten, .unimplementedInstruction, .gateA20: true
    case .absentFeature, .emptyVector, .unclaimedPort, .displayWrite, .keyboardRead, .exceptionVector: false
    }
  }

  /// What no board can meet, as a sentence; nil if it can.
  var problem: String? {
    let bound: UInt64 =
      switch kind {
      case .unknownMSRRead, .unknownMSRWritten: 1 << 32
      case .unimplementedInstruction: UInt64(Operation.allCases.count)
      case .absentFeature: UInt64(NewerFeature.allCases.count)
      case .emptyVector: 256
      case .exceptionVector: 32 << 4
      case .unclaimedPort: 1 << 16
      case .displayWrite: 1 << 20
      case .keyboardRead, .gateA20: 1
      }
    return number < bound ? nil : "number \(number) is not 0...\(bound - 1)"
  }
}

/// Events and how often each happened; however many there are, the log stays small.
public struct EventLog: Equatable, Sendable {
  /// An event with its count.
  public struct Entry: Equatable, Sendable {
    /// The event.
    public var event: BoardEvent
    /// How often it happened.
    public var count: UInt64
    /// The linear address of the instruction that met it first.
    public var address: UInt64
  }

  /// Distinct events that are kept apart.
  public static let limit = 256

  /// The events in the order in which they first happened.
  public private(set) var entries: [Entry] = []
  /// How often others happened, when the limit was reached.
  public private(set) var otherCount: UInt64 = 0
  private var places: [BoardEvent: Int] = [:]
  private var last = 0

  /// An empty log.
  public init() {}

  /// The same events, as often.
  public static func == (left: Self, right: Self) -> Bool {
    left.entries == right.entries && left.otherCount == right.otherCount
  }

  /// Counts an event.
  ///
  /// - Parameter address: the linear address of the instruction, asked for when the event is new.
  mutating func note(_ event: BoardEvent, at address: () -> UInt64) {
    if last < entries.count, entries[last].event == event {
      entries[last].count &+= 1
    } else if let place = places[event] {
      last = place
      entries[place].count &+= 1
    } else {
      add(Entry(event: event, count: 1, address: entries.count < Self.limit ? address() : 0))
    }
  }

  /// Adds an entry as another log has it.
  mutating func add(_ entry: Entry) {
    if let place = places[entry.event] {
      entries[place].count &+= entry.count
    } else if entries.count < Self.limit {
      places[entry.event] = entries.count
      last = entries.count
      entries.append(entry)
    } else {
      otherCount &+= entry.count
    }
  }

  mutating func addOthers(_ count: UInt64) { otherCount &+= count }

  /// Adds all of another log, of an earlier machine for example.
  public mutating func merge(_ other: EventLog) {
    for entry in other.entries { add(entry) }
    otherCount &+= other.otherCount
  }
}
