import Debugger
import TestSupport
import Testing

/// A generator of numbers that are the same every time.
private struct Stream: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state = state &+ 0x9E37_79B9_7F4A_7C15
    var value = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}

@Suite("Hostile clients")
struct FuzzTests {
  private static let corpus = TextRow.table(protocolRows + "\n" + fileRows).flatMap {
    $0.left.split(separator: " ").map { bytes($0) }
  }

  private func mutated(_ packet: [UInt8], _ random: inout Stream) -> [UInt8] {
    var packet = packet
    for _ in 0..<Int.random(in: 0...4, using: &random) {
      let place = Int.random(in: 0...packet.count, using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: packet.insert(UInt8.random(in: 0...255, using: &random), at: place)
      case 1: if place < packet.count { packet.remove(at: place) }
      case 2: if place < packet.count { packet[place] ^= 1 << UInt8.random(in: 0...7, using: &random) }
      case 3: packet.insert(contentsOf: Array("ffffffffffffffff".utf8), at: place)
      case 4: packet.insert(Array(",;:=0-f".utf8).randomElement(using: &random) ?? 0, at: place)
      default: packet.insert(contentsOf: Self.corpus.randomElement(using: &random) ?? [], at: place)
      }
    }
    return packet
  }

  private func wire(_ content: [UInt8], _ random: inout Stream) -> [UInt8] {
    switch Int.random(in: 0..<20, using: &random) {
    case 0: content
    case 1: Array(frame(content).dropLast(Int.random(in: 1...3, using: &random)))
    case 2: frame(content) + [3]
    case 3: [3] + frame(content) + Array("-".utf8)
    case 4: (0..<Int.random(in: 0...64, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
    default: frame(content)
    }
  }

  @Test("100,000 packets, random and mutated: every answer is well formed, and the session goes on", arguments: 0..<10)
  func survives(_ seed: Int) {
    var random = Stream(state: UInt64(seed))
    var target = ToyTarget.looping()
    target.patience = 20
    target.programFile = [UInt8](repeating: UInt8(ascii: "#"), count: 3000)
    var session = GDBSession(target: target)
    var ends = 0
    for number in 0..<(Build.isDebug ? 500 : 10_000) {
      session.receive(wire(mutated(Self.corpus.randomElement(using: &random) ?? [], &random), &random))
      let output = session.takeOutput()
      if contents(output) == nil { Issue.record("packet \(number): \(output)") }
      if number % 100 == 0, session.ending == nil {
        // Whatever was begun ends with this.
        session.receive(Array("#00".utf8) + frame(Array("QStartNoAckMode".utf8)))
        _ = session.takeOutput()
        session.receive(frame(Array("qfThreadInfo".utf8)))
        #expect(contents(session.takeOutput()) == [Array("m1,2".utf8)])
      }
      if session.ending != nil || number % 1000 == 999 {
        ends += 1
        target = ToyTarget.looping()
        target.patience = 20
        target.programFile = [UInt8](repeating: UInt8(ascii: "#"), count: 3000)
        session = GDBSession(target: target)
      }
    }
    #expect(ends > (Build.isDebug ? 0 : 10))
  }
}
