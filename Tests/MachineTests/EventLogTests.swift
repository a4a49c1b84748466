import Foundation
import Interpreter
import Testing

@testable import Machine

@Suite("Events of a board")
struct EventLogTests {
  @Test("However many there are, the log stays small, and none is lost from the sum")
  func bounded() {
    var log = EventLog()
    for number in 0..<10_000 as Range<UInt64> { log.note(BoardEvent(.unknownMSRRead, number, processor: 0)) { number } }
    log.note(BoardEvent(.unknownMSRRead, 3, processor: 0)) { 0 }
    #expect(log.entries.count == EventLog.limit && log.otherCount == UInt64(10_000 - EventLog.limit))
    #expect(log.entries[3].count == 2 && log.entries[3].address == 3)
    var twice = log
    twice.merge(log)
    #expect(
      twice.entries.count == EventLog.limit && twice.entries[3].count == 4 && twice.otherCount == 2 * log.otherCount)
    let sentences = log.sentences(limit: 3)
    #expect(sentences.count == 4 && sentences[0] == "unknown MSR 0x3 read at 0x3, 2 times", "\(sentences)")
    #expect(sentences[3] == "at least 254 further events happened 9997 times", "\(sentences)")
  }

  @Test("The same on several processors is reported once")
  func processors() {
    var log = EventLog()
    for processor in 0..<4 { log.note(BoardEvent(.displayWrite, 0xB8000, processor: processor)) { 16 } }
    #expect(log.sentences(limit: 9) == ["4 writes to B8000h, no display (the first at 0x10)"])
  }

  @Test(
    "Ports have the device that usually answers",
    arguments: [
      (0x1F7, "ports 1F0h-1F7h: no disk"), (0x3D4, "ports 3D4h-3D5h: no display"),
      (0x2FD, "ports 2F8h-2FFh: no serial line COM2"),
      (0xABC, "ports ABCh: no device"),
    ] as [(UInt16, String)])
  func ports(_ port: UInt16, _ text: String) throws {
    let machine = try Machine(MachineConfiguration())
    _ = machine.readPort(port, width: 1, processor: 0)
    machine.writePort(0, port, width: 1, processor: 0)
    machine.writePort(0, 0x80, width: 1, processor: 0)
    let sentences = machine.events.sentences(limit: 9)
    #expect(sentences.count == 1 && sentences[0].hasPrefix("\(text) (2 accesses"), "\(sentences)")
  }

  @Test("A snapshot holds the events, up to the limit of counts")
  func saved() throws {
    let machine = try Machine(MachineConfiguration())
    for number in 0..<300 as Range<UInt32> { machine.note(.unknownMSRRead(number), processor: 0) }
    machine.note(.emptyVector(0x10), processor: 0)
    let saved = SavedBoard(machine)
    #expect(saved.problem(processorCount: 1) == nil && saved.eventLog == machine.events)
  }

  private static let impossible: [(change: @Sendable (inout SavedBoard) -> Void, says: String)] = [
    ({ $0.events[0].number = 256 }, "events.0.number 256 is not 0...255"),
    ({ $0.events[0].kind = "x\u{1B}" }, "events.0.kind 'x?' is not known, or its number or processor is missing"),
    ({ $0.events[0].kind = nil }, "events.0.kind is missing"),
    ({ $0.events[0].processor = 1 }, "events.0.processor 1 is not 0...0"),
    (
      { $0.events[0].processor = nil },
      "events.0.kind 'emptyVector' is not known, or its number or processor is missing"
    ),
    ({ $0.events[0].count = 0 }, "events.0.count 0 is not 1...1125899906842624"),
    ({ $0.events.append($0.events[0]) }, "events.1.kind and number come twice"),
    ({ $0.events = Array(repeating: $0.events[0], count: 257) }, "events has 257 entries, more than 256"),
    ({ $0.otherEvents = .max }, "otherEvents 18446744073709551615 is not 0...1125899906842624"),
  ]

  @Test("Impossible events are refused with one sentence", arguments: impossible.indices)
  func refused(_ index: Int) throws {
    let machine = try Machine(MachineConfiguration())
    machine.note(.emptyVector(0x10), processor: 0)
    var board = SavedBoard(machine)
    Self.impossible[index].change(&board)
    #expect(board.problem(processorCount: 1) == Self.impossible[index].says)
  }

  @Test("A file from before there were kinds has its events counted")
  func old() throws {
    var board = SavedBoard(try Machine(MachineConfiguration()))
    board.events = [SavedBoard.Event(name: "unknown MSR 0x8b read", count: 5)]
    #expect(board.problem(processorCount: 1) == nil && board.eventLog.otherCount == 5)
  }
}
