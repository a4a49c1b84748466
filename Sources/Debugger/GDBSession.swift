import X86

/// One debugger's connection: the GDB remote serial protocol, all-stop, without any transport.
///
/// Bytes of the client go into `receive(_:)`, answers collect in `output`. Whatever a client sends, a session answers
/// as the protocol has it, or with an error packet.
///
/// - SDM: none; the protocol is the appendix "GDB Remote Serial Protocol" of the GDB manual.
public final class GDBSession {
  /// What a client left behind.
  public enum Ending: Equatable, Sendable {
    /// It detached: the guest runs on.
    case detached
    /// It killed the guest.
    case killed
    /// The guest ended by itself, with this status.
    case exited(status: UInt8)
  }

  let target: any DebugTarget
  private var stream = PacketStream()
  /// What has arrived and is not answered yet, from `nextEvent` on.
  private var events: [PacketStream.Event] = []
  private var nextEvent = 0
  private var lastFrame: [UInt8] = []
  private var acknowledges = true
  private var hasReadRegisters = false
  /// Bytes to send.
  public private(set) var output: [UInt8] = []
  /// Set once, at the end.
  public internal(set) var ending: Ending?
  /// The process is about to end, and the debugger waits for an answer.
  public internal(set) var awaitsFinish = false
  /// Called while the guest runs: new bytes of the client, without waiting.
  public var pollInput: () -> [UInt8] = { [] }
  /// Whether the client is gone, so that a running guest need not stop for it.
  public var isGone: () -> Bool = { false }

  /// The processor of `g`, `m` and their kin.
  var generalProcessor = 0
  /// The processor that `Hc` chose for `s`, `bs` and their kin; nil is any.
  var chosenProcessor: Int?
  /// The processor that steps: without a choice the one that the client looks at, since GDB chooses none for `bs`.
  var resumeProcessor: Int { chosenProcessor ?? generalProcessor }
  var softwareBreakpoints: Set<UInt64> = []
  var hardwareBreakpoints: Set<UInt64> = []
  /// `m` and `M` mean guest-physical addresses.
  var usesPhysicalAddresses = false
  var clientKnowsSoftwareBreakpoints = false
  var clientKnowsHardwareBreakpoints = false
  var lastStop: [UInt8] = []
  /// What the client knows: the registers of `g` and their numbers.
  private(set) var registers: RegisterTable
  /// Their description.
  private(set) var description: [UInt8]
  /// Nothing has come since the client took all registers for the first time.
  public private(set) var hasOnlyReadRegisters = false
  /// The program's file descriptors that the client holds.
  var openFiles: Set<UInt64> = []

  /// Bytes of packets that may wait for their turn while the guest runs.
  static let maximumWaiting = 256
  /// Breakpoints and watchpoints of each kind.
  static let maximumPoints = 4096

  /// Begins a session with a stopped guest.
  public init(target: any DebugTarget) {
    self.target = target
    registers = .of(target.registerChoice)
    description = []
    lastStop = Array("T05thread:1;".utf8)
    target.breakpoints = []
    target.watchpoints = []
  }

  /// Takes what the client sent, and acts on all of it.
  public func receive(_ bytes: [UInt8]) {
    enqueue(bytes)
    while ending == nil, !awaitsFinish, nextEvent < events.count {
      let event = events[nextEvent]
      nextEvent += 1
      handle(event)
    }
    if nextEvent == events.count {
      events.removeAll(keepingCapacity: true)
      nextEvent = 0
    }
  }

  /// Reports the end of the process to a debugger that waits for the guest to stop.
  public func finish(status: UInt8) {
    guard awaitsFinish else { return }
    awaitsFinish = false
    send("W" + hexadecimal(UInt64(status), digits: 2))
    ending = .exited(status: status)
  }

  /// Takes the bytes to send away.
  public func takeOutput() -> [UInt8] {
    defer { output.removeAll(keepingCapacity: true) }
    return output
  }

  private func enqueue(_ bytes: [UInt8]) { events += stream.feed(bytes) }

  /// Whether a Ctrl-C has come, or the client has gone, while the guest runs.
  func isInterrupted() -> Bool {
    if events.count - nextEvent < Self.maximumWaiting { enqueue(pollInput()) }
    if isGone() { return true }
    guard let place = events[nextEvent...].firstIndex(of: .interrupt) else { return false }
    events.remove(at: place)
    return true
  }

  private func handle(_ event: PacketStream.Event) {
    switch event {
    case .acknowledged: break
    // A Ctrl-C that crossed with the stop it asks for.
    case .interrupt: break
    case .refused: if acknowledges, output.count < 1 << 20 { output += lastFrame }
    case .overlong: refuse()
    // Without acknowledgements a client could not repair what is damaged: it counts as it came.
    case .packet(let content, let isIntact):
      if acknowledges && !isIntact { return refuse() }
      if acknowledges { output.append(UInt8(ascii: "+")) }
      answer(content)
    }
  }

  private func refuse() {
    if acknowledges { output.append(UInt8(ascii: "-")) } else { send(.invalid) }
  }

  /// The client asks anew what there is: from now on it is what was chosen last.
  func renewDescription() {
    registers = .of(target.registerChoice)
    let is16Bit = target.state(ofProcessor: generalProcessor).isIn16BitCode
    description = TargetDescription.xml(registers, is16Bit: is16Bit)
  }

  /// From now on neither side acknowledges.
  func stopAcknowledging() { acknowledges = false }

  // MARK: Answers

  func send(_ content: [UInt8]) {
    lastFrame = PacketStream.frame(content)
    output += lastFrame
  }

  func send(_ text: String) { send(Array(text.utf8)) }

  /// Errors have the numbers of errno, in hexadecimal.
  enum Failure: String {
    case fault = "E0e"
    case invalid = "E16"
    case full = "E1c"
  }

  func send(_ failure: Failure) { send(failure.rawValue) }

  func hexadecimal(_ value: UInt64, digits: Int = 1) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(digits - text.count, 0)) + text
  }

  // MARK: Packets

  private func answer(_ content: [UInt8]) {
    var packet = PacketReader(content)
    guard let first = packet.next() else { return send("") }
    hasOnlyReadRegisters = first == UInt8(ascii: "g") && !hasReadRegisters
    hasReadRegisters = hasReadRegisters || hasOnlyReadRegisters
    switch first {
    case UInt8(ascii: "?"): send(lastStop)
    case UInt8(ascii: "g"): readRegisters()
    case UInt8(ascii: "G"): writeRegisters(packet.rest)
    case UInt8(ascii: "p"): readRegister(&packet)
    case UInt8(ascii: "P"): writeRegister(&packet)
    case UInt8(ascii: "m"): readMemory(&packet)
    case UInt8(ascii: "M"): writeMemory(&packet, isBinary: false)
    case UInt8(ascii: "X"): writeMemory(&packet, isBinary: true)
    case UInt8(ascii: "Z"): changePoint(&packet, inserts: true)
    case UInt8(ascii: "z"): changePoint(&packet, inserts: false)
    case UInt8(ascii: "c"), UInt8(ascii: "s"): resume(&packet, isStep: first == UInt8(ascii: "s"), hasSignal: false)
    case UInt8(ascii: "C"), UInt8(ascii: "S"): resume(&packet, isStep: first == UInt8(ascii: "S"), hasSignal: true)
    case UInt8(ascii: "b"): resumeBackwards(&packet)
    case UInt8(ascii: "H"): selectThread(&packet)
    case UInt8(ascii: "T"): send(processor(&packet) != nil ? "OK" : Failure.invalid.rawValue)
    case UInt8(ascii: "D"): detach()
    case UInt8(ascii: "k"): ending = .killed
    case UInt8(ascii: "v"): answerLong(&packet)
    case UInt8(ascii: "q"), UInt8(ascii: "Q"): answerQuery(first, &packet)
    default: send("")
    }
  }

  private func answerLong(_ packet: inout PacketReader) {
    if packet.skip("Cont?") {
      send("vCont;c;C;s;S")
    } else if packet.skip("Cont;") {
      resumeEach(&packet)
    } else if packet.skip("Kill") {
      send("OK")
      ending = .killed
    } else if packet.skip("File:") {
      answerFile(&packet)
    } else {
      // vMustReplyEmpty among them.
      send("")
    }
  }

  private func detach() {
    target.breakpoints = []
    target.watchpoints = []
    send("OK")
    ending = .detached
  }

  /// A thread by its number, from 1, as a processor from 0; nil if there is none.
  func processor(_ packet: inout PacketReader) -> Int? {
    guard let number = packet.number(), number >= 1, number <= UInt64(target.processorCount) else { return nil }
    return Int(number) - 1
  }

  private func selectThread(_ packet: inout PacketReader) {
    let operation = packet.next()
    guard operation == UInt8(ascii: "g") || operation == UInt8(ascii: "c") else { return send(.invalid) }
    // 0 is any thread, -1 all.
    if packet.skip("-1") || packet.rest.elementsEqual("0".utf8) {
      if operation == UInt8(ascii: "c") { chosenProcessor = nil }
      return send("OK")
    }
    guard let chosen = processor(&packet), packet.isAtEnd else { return send(.invalid) }
    if operation == UInt8(ascii: "g") { generalProcessor = chosen } else { chosenProcessor = chosen }
    send("OK")
  }
}
