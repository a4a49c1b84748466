import Debugger
import Foundation
import Testing
import X86

/// Undoes `\xNN` and `~`.
func bytes(_ text: some StringProtocol) -> [UInt8] {
  if text == "~" { return [] }
  var result: [UInt8] = []
  var rest = text[...]
  while let first = rest.first {
    if rest.hasPrefix("\\x"), let byte = UInt8(rest.dropFirst(2).prefix(2), radix: 16) {
      result.append(byte)
      rest = rest.dropFirst(4)
    } else {
      result += Array(String(first).utf8)
      rest = rest.dropFirst()
    }
  }
  return result
}

func frame(_ content: [UInt8]) -> [UInt8] {
  [UInt8(ascii: "$")] + content + Array("#".utf8) + Array(String(format: "%02x", content.reduce(0, &+)).utf8)
}

/// The contents of well-formed packets; nil if anything else is there.
func contents(_ output: [UInt8]) -> [[UInt8]]? {
  var result: [[UInt8]] = []
  var rest = output[...]
  while let first = rest.first {
    if first == UInt8(ascii: "+") || first == UInt8(ascii: "-") {
      rest = rest.dropFirst()
      continue
    }
    guard first == UInt8(ascii: "$"), let end = rest.firstIndex(of: UInt8(ascii: "#")), rest.endIndex - end >= 3
    else { return nil }
    let content = Array(rest[(rest.startIndex + 1)..<end])
    let sum = String(decoding: rest[(end + 1)..<(end + 3)], as: UTF8.self)
    guard String(format: "%02x", content.reduce(0, &+)) == sum else { return nil }
    result.append(content)
    rest = rest[(end + 3)...]
  }
  return result
}

/// A row `left => right`.
struct TextRow: Sendable, CustomTestStringConvertible {
  var left: String
  var right: String
  var testDescription: String { left }

  static func table(_ text: String) -> [Self] {
    text.split(separator: "\n").filter { !$0.hasPrefix("# ") || $0.contains(" => ") }.compactMap { line in
      guard let arrow = line.range(of: " => ") else { return nil }
      return Self(left: String(line[..<arrow.lowerBound]), right: String(line[arrow.upperBound...]))
    }
  }
}

@Suite("Protocol")
struct ProtocolTests {
  @Test("More than 200 rows, and none is lost")
  func count() {
    let lines = protocolRows.split(separator: "\n").filter { !$0.hasPrefix("# ") }.count
    #expect(TextRow.table(protocolRows).count == lines)
    #expect(TextRow.table(streamRows).count == streamRows.split(separator: "\n").count)
    #expect(lines >= 200)
  }

  @Test("Requests and replies", arguments: TextRow.table(protocolRows))
  func answers(_ row: TextRow) throws {
    let session = GDBSession(target: ToyTarget.looping())
    session.receive(frame(Array("QStartNoAckMode".utf8)))
    _ = session.takeOutput()
    for request in row.left.split(separator: " ") { session.receive(frame(bytes(request))) }
    let replies = try #require(contents(session.takeOutput()))
    let wanted = row.right == "." ? [] : Self.split(row.right).map { bytes($0) }
    #expect(replies == wanted, "\(replies.map { String(decoding: $0, as: UTF8.self) })")
  }

  @Test("The program file", arguments: TextRow.table(fileRows))
  func file(_ row: TextRow) throws {
    let target = ToyTarget.looping()
    target.programFile = Array("a$b#c}d*".utf8) + [UInt8](repeating: UInt8(ascii: "."), count: 10_000)
    let session = GDBSession(target: target)
    session.receive(frame(Array("QStartNoAckMode".utf8)))
    _ = session.takeOutput()
    for request in row.left.split(separator: " ") { session.receive(frame(bytes(request))) }
    let replies = try #require(contents(session.takeOutput()))
    #expect(replies == row.right.split(separator: " ").map { bytes($0) })
  }

  @Test("A client holds sixteen descriptors at the most, and no packet is longer than it said")
  func fileLimits() throws {
    let target = ToyTarget.looping()
    target.programFile = [UInt8](repeating: UInt8(ascii: "$"), count: 100_000)
    let session = GDBSession(target: target)
    session.receive(frame(Array("QStartNoAckMode".utf8)))
    for _ in 0..<17 { session.receive(frame(Array("vFile:open:2f656d752f67756573742e656c66,0,0".utf8))) }
    let replies = try #require(contents(session.takeOutput())).map { String(decoding: $0, as: UTF8.self) }
    #expect(replies.suffix(3) == ["F11", "F12", "F-1,18"])
    session.receive(frame(Array("vFile:pread:3,ffffffff,0".utf8)))
    #expect(try #require(contents(session.takeOutput())).allSatisfy { $0.count <= 0x4000 && $0.count > 0x3000 })
  }

  /// One reply has a space in it.
  private static func split(_ text: String) -> [String] {
    text.hasPrefix("m<?xml") ? [text] : text.split(separator: " ").map(String.init)
  }

  @Test("Bytes in, bytes out", arguments: TextRow.table(streamRows))
  func streams(_ row: TextRow) {
    let whole = GDBSession(target: ToyTarget.looping())
    whole.receive(bytes(row.left))
    #expect(String(decoding: whole.takeOutput(), as: UTF8.self) == String(decoding: bytes(row.right), as: UTF8.self))
  }

  @Test(
    "A stream in single bytes means the same", arguments: TextRow.table(streamRows).filter { !$0.left.contains("c#63") }
  )
  func trickles(_ row: TextRow) {
    let session = GDBSession(target: ToyTarget.looping())
    for byte in bytes(row.left) { session.receive([byte]) }
    #expect(String(decoding: session.takeOutput(), as: UTF8.self) == String(decoding: bytes(row.right), as: UTF8.self))
  }

  @Test("Ends", arguments: [("D", GDBSession.Ending.detached), ("k", .killed), ("vKill;1", .killed)])
  func ends(_ packet: String, _ ending: GDBSession.Ending) {
    let target = ToyTarget.looping()
    let session = GDBSession(target: target)
    session.receive(frame(Array("Z0,100a,1".utf8)) + frame(Array("Z2,8000,4".utf8)))
    #expect(target.breakpoints == [0x100A] && target.watchpoints.count == 1)
    session.receive(frame(Array(packet.utf8)))
    #expect(session.ending == ending)
    if ending == .detached { #expect(target.breakpoints.isEmpty && target.watchpoints.isEmpty) }
  }

  @Test("Ctrl-C and packets that arrive while the guest runs")
  func interrupts() {
    let session = GDBSession(target: ToyTarget.looping())
    var polls = 0
    session.pollInput = {
      polls += 1
      return polls == 3 ? frame(Array("qC".utf8)) + [3] : []
    }
    session.receive(frame(Array("c".utf8)))
    #expect(polls == 3)
    #expect(contents(session.takeOutput())?.map { String(decoding: $0, as: UTF8.self) } == ["T02thread:1;", "QC1"])
  }

  @Test("A flood while the guest runs is not hoarded")
  func flood() {
    let target = ToyTarget.looping()
    target.patience = 10_000
    let session = GDBSession(target: target)
    var polls = 0
    session.pollInput = {
      polls += 1
      return frame(Array("qC".utf8))
    }
    session.receive(frame(Array("c".utf8)))
    #expect(polls == 256)
    #expect(contents(session.takeOutput())?.count == 257)
  }

  @Test("Too long a packet is refused, and the next is answered")
  func overlong() {
    let session = GDBSession(target: ToyTarget.looping())
    session.receive(frame([UInt8](repeating: UInt8(ascii: "m"), count: 0x4001)) + frame(Array("qC".utf8)))
    #expect(String(decoding: session.takeOutput(), as: UTF8.self) == "-+$QC1#c5")
    session.receive(frame([UInt8](repeating: UInt8(ascii: "!"), count: 0x4000)))
    #expect(String(decoding: session.takeOutput(), as: UTF8.self) == "+$#00")
  }

  @Test("Reverse execution is announced only where there is some")
  func forwardOnly() {
    let session = GDBSession(target: ToyTarget.looping(canReverse: false))
    session.receive(frame(Array("qSupported".utf8)) + frame(Array("bs".utf8)) + frame(Array("bc".utf8)))
    let replies = contents(session.takeOutput()) ?? []
    #expect(replies.count == 3)
    #expect(!String(decoding: replies.first ?? [], as: UTF8.self).contains("Reverse"))
    #expect(replies.dropFirst().allSatisfy { $0.isEmpty })
  }

  @Test("Long answers of monitor come in pieces that fit")
  func longMonitor() {
    let session = GDBSession(target: ToyTarget.looping())
    session.receive(frame(Array("qRcmd,6c6f6e67".utf8)))
    let replies = contents(session.takeOutput()) ?? []
    #expect(replies.map(\.count) == [1 + 2 * 4096, 1 + 2 * 904, 2])
  }

  @Test("No more breakpoints than can be kept")
  func manyPoints() {
    let session = GDBSession(target: ToyTarget.looping())
    for (kind, address) in [("0", ""), ("1", ""), ("2", ",")] {
      for number in 0..<4097 { session.receive(frame(Array("Z\(kind),\(String(number, radix: 16)),1".utf8))) }
      let replies = contents(session.takeOutput()) ?? []
      #expect(replies.count == 4097 && replies.last == Array("E1c".utf8), "\(kind)\(address)")
      #expect(replies.dropLast().allSatisfy { $0 == Array("OK".utf8) })
    }
  }
}

@Suite("Register description")
struct RegisterTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var number: String
    var name: String
    var value: String
    var architecture = DebugArchitecture.amd64
    var testDescription: String { name }
  }

  static let rows64 = registerRows.split(separator: "\n").map { line in
    let fields = line.split(separator: " ").map(String.init)
    return Row(number: fields[0], name: fields[1], value: fields[2])
  }

  /// EAX to EIP are the lower halves in an order of their own; XMM8 to XMM15 are not there, everything else is.
  static let rows32: [Row] = {
    let general = registerRows32.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    let others = rows64.dropFirst(17).filter { row in !(8...15).contains { row.name == "xmm\($0)" } }
    let all = general.map { ($0[0], $0[1]) } + others.map { ($0.name, $0.value) }
    return all.enumerated().map {
      Row(number: String($0.offset, radix: 16), name: $0.element.0, value: $0.element.1, architecture: .i386)
    }
  }()

  static let rows = rows64 + rows32

  private static func session(_ architecture: DebugArchitecture, _ target: ToyTarget = target) -> GDBSession {
    target.chosenArchitecture = architecture
    return GDBSession(target: target)
  }

  /// Every register has a value of its own.
  static var target: ToyTarget {
    let target = ToyTarget.looping(processorCount: 1)
    var state = target.states[0]
    for index in 0..<16 { state.generalRegisters[index] = 0x1111_1111_1111_1111 &* UInt64(index) }
    state.rflags = 0x246
    for index in 0..<6 {
      state.segments[index] = SegmentState(
        selector: UInt16(0x20 + index * 8), base: UInt64(0x10000 * (index + 1)), limit: UInt32(0xFF00 + index),
        attributes: index == 1 ? 0xA09B : UInt32(0xA090 + index))
    }
    state.ldtr = SegmentState(selector: 0x50, base: 0x9000, limit: 0x67, attributes: 0x82)
    state.tr = SegmentState(selector: 0x58, base: 0xA000, limit: 0x68, attributes: 0x8B)
    state.gdtr = DescriptorTableRegister(base: 0x6000, limit: 0x7F)
    state.idtr = DescriptorTableRegister(base: 0x6800, limit: 0xFFF)
    (state.cr0, state.cr2, state.cr3, state.cr4) = (0x8005_0033, 0xDEAD, 0x5000, 0x6F0)
    (state.cr8, state.efer, state.xcr0) = (9, 0x500, 7)
    state.pdpte = [0x7001, 0x7002, 0x7003, 0x7004]
    state.debugAddresses = [0xD000, 0xD001, 0xD002, 0xD003]
    (state.dr6, state.dr7) = (0xFFFF_4FF0, 0x403)
    let numbers: [UInt32] = [
      0xC000_0081, 0xC000_0082, 0xC000_0083, 0xC000_0084, 0xC000_0102, 0xC000_0103, 0x174, 0x175, 0x176, 0x1B, 0x277,
      0x2FF, 0x3B, 0x1A0,
    ]
    for number in numbers { state.msrs[number] = 0x1_0000_0000 + UInt64(number) }
    for index in 0..<512 { state.fxsaveArea[index] = UInt8(index & 0xFF ^ index >> 8) }
    (state.fxsaveArea[2], state.fxsaveArea[3], state.fxsaveArea[4]) = (0, 0x38, 5)
    state.activity = .halted
    (state.stiShadow, state.nmiBlocked, state.nmiPending) = (true, true, true)
    target.states[0] = state
    return target
  }

  private func ask(_ session: GDBSession, _ packet: String) -> String {
    session.receive(frame(Array(packet.utf8)))
    return (contents(session.takeOutput()) ?? []).map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
  }

  @Test("p", arguments: rows)
  func reads(_ row: Row) {
    #expect(ask(Self.session(row.architecture), "p\(row.number)") == row.value)
  }

  @Test("P of the same value changes nothing; of its complement, that register alone", arguments: rows)
  func writes(_ row: Row) {
    let target = Self.target
    let session = Self.session(row.architecture, target)
    guard !row.value.contains("x") else {
      #expect(ask(session, "P\(row.number)=\(String(repeating: "0", count: row.value.count))") == "OK")
      #expect(ask(session, "p\(row.number)") == row.value)
      return
    }
    #expect(ask(session, "P\(row.number)=\(row.value)") == "OK")
    // The tag word keeps less than GDB's register holds.
    #expect(target.states[0] == Self.target.states[0])
    let other = row.value.map { String(15 - ($0.hexDigitValue ?? 0), radix: 16) }.joined()
    #expect(ask(session, "P\(row.number)=\(other)") == "OK")
    #expect(row.name == "activity" || ask(session, "p\(row.number)") != row.value)
    #expect(ask(session, "P\(row.number)=\(row.value)") == "OK")
    if row.name != "ftag" { #expect(ask(session, "p\(row.number)") == row.value) }
  }

  @Test("g is all of them, and G of it changes nothing", arguments: DebugArchitecture.allCases)
  func all(_ architecture: DebugArchitecture) {
    let target = Self.target
    let session = Self.session(architecture, target)
    let text = ask(session, "g")
    #expect(text == Self.rows.filter { $0.architecture == architecture }.map(\.value).joined())
    #expect(ask(session, "G\(text)") == "OK")
    #expect(target.states[0] == Self.target.states[0])
    #expect(ask(session, "G\(text)00") == "E16")
  }

  @Test("The description names them with their numbers and sizes", arguments: DebugArchitecture.allCases)
  func description(_ architecture: DebugArchitecture) throws {
    let session = Self.session(architecture)
    let rows = Self.rows.filter { $0.architecture == architecture }
    var xml = ""
    while true {
      let piece = ask(session, "qXfer:features:read:target.xml:\(String(xml.utf8.count, radix: 16)),400")
      xml += piece.dropFirst()
      if piece.first != "m" {
        #expect(piece.first == "l")
        break
      }
    }
    for row in rows {
      let number = try #require(Int(row.number, radix: 16))
      let line = xml.split(separator: "\n").first { $0.contains("<reg name=\"\(row.name)\"") }
      #expect(line?.contains("bitsize=\"\(row.value.count * 4)\"") == true, "\(row.name)")
      #expect(line?.contains("regnum=\"\(number)\"") == true, "\(row.name)")
    }
    #expect(xml.components(separatedBy: "<reg ").count - 1 == rows.count)
    #expect(xml.contains("<architecture>\(architecture.nameInGDB)</architecture>"))
    let systemCount = xml.components(separatedBy: " group=\"system\"").count - 1
    #expect(systemCount == rows.count - (architecture == .i386 ? 41 : 59))
    let parser = XMLCheck(xml)
    #expect(parser.isWellFormed)
  }
}

/// Whether tags nest; enough for what is written here.
struct XMLCheck {
  let isWellFormed: Bool

  init(_ text: String) {
    var open: [Substring] = []
    var isFine = true
    for piece in text.split(separator: "<").filter({ !$0.hasPrefix("?") && !$0.hasPrefix("!") }) {
      guard let end = piece.firstIndex(of: ">") else {
        isFine = false
        break
      }
      let tag = piece[..<end]
      let name = tag.split(separator: " ")[0]
      if tag.hasPrefix("/") {
        if open.popLast() != tag.dropFirst() { isFine = false }
      } else if !tag.hasSuffix("/") {
        open.append(name)
      }
    }
    isWellFormed = isFine && open.isEmpty
  }
}
