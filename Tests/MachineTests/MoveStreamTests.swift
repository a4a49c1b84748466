import DevicesLegacy
import Interpreter
import MMU
import TestSupport
import Testing
import X86

@testable import Machine

@Suite("The stream of a moving guest")
struct MoveStreamTests {
  private func machine(_ memory: UInt64 = 2 << 20) throws -> Machine {
    var configuration = MachineConfiguration()
    configuration.memoryByteCount = memory
    let machine = try Machine(configuration)
    var state = machine.state(ofProcessor: 0)
    state.segments[1].base = 0
    state.rip = 0x7C00
    machine.setState(state, ofProcessor: 0)
    _ = machine.memory.write(EchoGuest.code, at: PhysicalAddress(0x7C00))
    machine.expectsInput = true
    _ = machine.run(ticks: 2000)
    return machine
  }

  /// All that a source sends, while its guest runs between the rounds.
  private func stream(_ source: Machine) throws -> (bytes: [UInt8], outgoing: OutgoingMachine) {
    let outgoing = try OutgoingMachine(source, purpose: .move)
    try outgoing.fill(to: .max)
    for _ in 0..<3 {
      _ = source.receiveSerial([UInt8(ascii: "a")])
      _ = source.run(ticks: 500)
      outgoing.beginRound()
      try outgoing.fill(to: .max)
    }
    _ = source.run(ticks: 333)
    try outgoing.finish(serial: SerialPlace(sent: 5, received: 7, tail: [65]))
    try outgoing.release()
    outgoing.commit()
    return (Array(outgoing.output), outgoing)
  }

  private func receive(_ bytes: [UInt8], pieces: () -> Int = { .max }) throws -> IncomingMachine? {
    let incoming = IncomingMachine("there", engine: .threaded, model: nil)
    var rest = bytes[...]
    while true {
      while let step = try incoming.step() {
        if case .needsDrives = step { try incoming.begin(drives: MachineDrives()) }
        if case .openDisks = step { try incoming.open() }
        if case .run = step { return incoming }
      }
      guard !rest.isEmpty else { return nil }
      let count = min(pieces(), rest.count)
      incoming.take(Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
  }

  @Test("The machine that comes is the one that was sent, in pieces of any size, and the source is as it was")
  func same() throws {
    let source = try machine()
    let (bytes, outgoing) = try stream(source)
    var dice = Dice(1)
    for round in 0..<4 {
      let incoming = try #require(try receive(bytes) { round == 0 ? .max : 1 + dice.below(round == 1 ? 40 : 9000) })
      let copy = try #require(incoming.machine)
      #expect(copy.stateHash() == source.stateHash())
      #expect(incoming.serial == SerialPlace(sent: 5, received: 7, tail: [65]))
      copy.expectsInput = true
      _ = copy.receiveSerial([UInt8(ascii: "x")])
      _ = copy.run(ticks: 5000)
      if round == 3 {
        outgoing.end()
        _ = source.receiveSerial([UInt8(ascii: "x")])
        _ = source.run(ticks: 5000)
        #expect(copy.stateHash() == source.stateHash())
      }
    }
  }

  @Test("A page that is not sent again is noticed by the hash")
  func planted() throws {
    let source = try machine()
    let outgoing = try OutgoingMachine(source, purpose: .move)
    try outgoing.fill(to: .max)
    _ = source.run(ticks: 100)
    // Behind the back of what is noted.
    source.memory.physical.store(0x1234 as UInt64, 0x9_0000)
    try outgoing.finish(serial: SerialPlace(sent: 5, received: 7, tail: [65]))
    try outgoing.release()
    outgoing.commit()
    let copy = try #require(try receive(Array(outgoing.output))?.machine)
    #expect(copy.stateHash() != source.stateHash())
    #expect(StateSums(copy).difference(from: StateSums(source)) == "page 144 (address 0x90000)")
  }

  @Test("100,000 damaged streams end in a sentence or the same guest", .enabled(if: !Build.isDebug))
  func damaged() throws {
    let source = try machine(1 << 20)
    let (bytes, _) = try stream(source)
    let hash = source.stateHash()
    var dice = Dice(7)
    var (refused, whole, cut) = (0, 0, 0)
    for _ in 0..<Build.rounds(100_000, share: 40) {
      var changed = bytes
      for _ in 0...dice.below(2) {
        let place = dice.below(4) == 0 ? dice.below(min(changed.count, 2000)) : dice.below(changed.count)
        switch dice.below(5) {
        case 0: changed.removeSubrange(place..<min(changed.count, place + 1 + dice.below(200)))
        case 1: changed.insert(UInt8(dice.below(256)), at: place)
        case 2: changed.removeLast(changed.count - place)
        default: changed[place] ^= UInt8(1 << dice.below(8))
        }
        if changed.isEmpty { break }
      }
      do {
        if let incoming = try receive(changed) {
          whole += 1
          #expect(incoming.machine?.stateHash() == hash)
        } else {
          cut += 1
        }
      } catch let problem as MoveProblem {
        refused += 1
        #expect(problem.description.utf8.count < 1100)
      }
    }
    print("damaged streams: \(refused) refused, \(cut) not whole, \(whole) the same")
    #expect(refused > 100 && cut > 10)
  }

  @Test("Frames with right checksums and any contents end in a sentence", .enabled(if: !Build.isDebug))
  func hostile() throws {
    let source = try machine(1 << 20)
    let (bytes, _) = try stream(source)
    var reader = MoveReader()
    reader.take(bytes)
    var frames: [MoveFrame] = []
    while let frame = try reader.next() { frames.append(frame) }
    var dice = Dice(8)
    var sentences: Set<String> = []
    for round in 0..<Build.rounds(40_000, share: 10) {
      var changed = frames
      for _ in 0...dice.below(2) where !changed.isEmpty {
        let index = dice.below(changed.count)
        switch dice.below(8) {
        case 0: changed.remove(at: index)
        case 1: changed.insert(dice.pick(frames), at: index)
        case 2: changed[index].body = []
        case 3:
          changed[index].body.append(contentsOf: [UInt8](repeating: UInt8(dice.below(256)), count: dice.below(40)))
        case 4:
          changed[index].kind = dice.pick([
            .hello, .pages, .section, .complete, .go, .input, .mark, .compare, .pageSums,
          ])
        default:
          guard !changed[index].body.isEmpty else { continue }
          let place = dice.below(min(changed[index].body.count, dice.below(2) == 0 ? 40 : .max))
          changed[index].body[place] = UInt8(truncatingIfNeeded: dice.next())
        }
      }
      var writer = MoveWriter()
      for frame in changed { writer.add(frame.kind, frame.body) }
      do { _ = try receive(Array(writer.next)) } catch let problem as MoveProblem {
        sentences.insert(String(problem.description.prefix(40)))
      }
      if round == 0 { #expect(try receive(bytes) != nil) }
    }
    print("hostile frames: \(sentences.count) kinds of sentences")
    #expect(sentences.count > 20)
  }

  @Test("A past that is compared is executed again to the same states, and a change from outside is found")
  func past() throws {
    let source = try machine()
    let log = InputLog()
    let past = ComparedPast(source, log)
    var known: [(number: UInt64, ticks: UInt64, sums: StateSums)] = []
    for number in 1...6 as ClosedRange<UInt64> {
      _ = log.receiveSerial([UInt8(ascii: "a") + UInt8(number)], source)
      _ = source.run(ticks: 700 + number * 31)
      past.mark(number)
      known.append((number, source.executedTicks, StateSums(source)))
    }
    let last = try #require(known.last)
    for (number, ticks, sums) in known.dropLast().reversed() {
      #expect(past.reproduces(from: number, (ticks, sums), (last.ticks, last.sums)) == true)
      let middle = ticks + (last.ticks - ticks) / 2
      let there = try #require(past.sums(from: number, at: middle))
      #expect(past.sums(from: number, at: middle) == there)
      #expect((there == sums) == (middle == ticks))
    }
    // The last of them went back to the first comparison: there is none later any more.
    past.forget(before: 1)
    #expect(past.sums(from: 0, at: last.ticks) == nil)
    let first = known[0]
    #expect(past.sums(from: 1, at: first.ticks) == first.sums)
    // Behind the back of what is noted.
    source.memory.physical.store(0x1234 as UInt64, 0x9_0000)
    #expect(past.reproduces(from: 1, (first.ticks, first.sums), (last.ticks, last.sums)) == false)
  }

  /// Hello frames of another emu.
  @Test("Another version's stream is one sentence")
  func versions() throws {
    let source = try machine(1 << 20)
    for change in 0..<3 {
      var hello = MoveHello(source, drives: [], isProtection: false)
      switch change {
      case 0: hello.version = 2
      case 1: hello.sections["cpu"] = 99
      default: hello.configuration.model = "amd-v9"
      }
      var writer = MoveWriter()
      writer.add(.hello, try CBOREncoder.encode(hello).bytes)
      let wanted = [
        "hello: version 2 of the stream is not 1, which this emu has",
        "hello: section cpu has version 99, and this emu reads version 3",
        "there: section config: model 'amd-v9' is not known",
      ][change]
      #expect(throws: MoveProblem(wanted)) { _ = try receive(Array(writer.next)) }
    }
  }
}
