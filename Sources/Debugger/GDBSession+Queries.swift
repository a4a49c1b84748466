import X86

extension GDBSession {
  func answerQuery(_ kind: UInt8, _ packet: inout PacketReader) {
    if kind == UInt8(ascii: "Q") { return answerSetting(&packet) }
    if packet.skip("Supported") {
      negotiate(packet.rest)
    } else if packet.skip("Xfer:features:read:") {
      describe(&packet)
    } else if packet.skip("Xfer:exec-file:read:") {
      nameProgram(&packet)
    } else if packet.skip("fThreadInfo") {
      send("m" + (1...target.processorCount).map { hexadecimal(UInt64($0)) }.joined(separator: ","))
    } else if packet.skip("sThreadInfo") {
      send("l")
    } else if packet.skip("ThreadExtraInfo,") {
      guard let processor = processor(&packet) else { return send(.invalid) }
      send(Hex.digits(target.state(ofProcessor: processor).summary(ofProcessor: processor).utf8))
    } else if packet.skip("Rcmd,") {
      command(packet.rest)
    } else if packet.skip("Attached") {
      send("1")
    } else if packet.skip("Symbol") {
      send("OK")
    } else if packet.skip("qemu.PhyMemMode") {
      send(usesPhysicalAddresses ? "1" : "0")
    } else if packet.skip("C"), packet.isAtEnd {
      send("QC" + hexadecimal(UInt64(generalProcessor + 1)))
    } else {
      send("")
    }
  }

  private func answerSetting(_ packet: inout PacketReader) {
    if packet.skip("StartNoAckMode") {
      send("OK")
      stopAcknowledging()
    } else if packet.skip("qemu.PhyMemMode:") {
      guard let value = packet.number(), value < 2, packet.isAtEnd else { return send(.invalid) }
      usesPhysicalAddresses = value == 1
      send("OK")
    } else {
      send("")
    }
  }

  private func negotiate(_ features: ArraySlice<UInt8>) {
    let known = features.dropFirst().split(separator: UInt8(ascii: ";"))
    clientKnowsSoftwareBreakpoints = known.contains { $0.elementsEqual("swbreak+".utf8) }
    clientKnowsHardwareBreakpoints = known.contains { $0.elementsEqual("hwbreak+".utf8) }
    let size = hexadecimal(UInt64(PacketStream.maximumByteCount))
    let reverse = target.canReverse ? ";ReverseStep+;ReverseContinue+" : ""
    let program = target.programFile(registers.choice.architecture) == nil ? "" : ";qXfer:exec-file:read+"
    send(
      "PacketSize=\(size);qXfer:features:read+;vContSupported+;multiprocess-;swbreak+;hwbreak+;QStartNoAckMode+"
        + reverse + program)
  }

  /// `ANNEX:OFFSET,LENGTH` of the target description.
  private func describe(_ packet: inout PacketReader) {
    guard packet.skip("target.xml:") else { return send("E00") }
    if packet.rest.starts(with: "0,".utf8) || description.isEmpty { renewDescription() }
    sendPart(of: description, &packet)
  }

  /// Answers `OFFSET,LENGTH` of a text in which nothing needs an escape.
  func sendPart(of text: [UInt8], _ packet: inout PacketReader) {
    guard let (offset, length) = packet.range(), packet.isAtEnd, offset <= UInt64(text.count) else {
      return send(.invalid)
    }
    let most = min(length, UInt64(PacketStream.maximumByteCount - 8))
    let piece = text.dropFirst(Int(offset)).prefix(Int(most))
    send([UInt8(ascii: Int(offset) + piece.count < text.count ? "m" : "l")] + piece)
  }

  // MARK: monitor

  private func command(_ digits: ArraySlice<UInt8>) {
    guard let bytes = Hex.bytes(digits) else { return send(.invalid) }
    let text = String(decoding: bytes, as: UTF8.self)
    let words = text.split(separator: " ").map(String.init)
    let answer: String
    switch words {
    case ["physical", "on"], ["physical", "off"]:
      usesPhysicalAddresses = words[1] == "on"
      answer = "addresses are now \(usesPhysicalAddresses ? "guest-physical" : "linear")\n"
    case [], ["help"]: answer = Self.help + target.monitorHelp
    default:
      answer =
        changeDescription(words) ?? target.monitor(text, processor: generalProcessor)
        ?? "monitor \(words.joined(separator: " ")): there is no such command; monitor help lists them\n"
    }
    print(answer)
    send("OK")
  }

  private static let help = """
    physical on|off   m and M mean guest-physical addresses
    architecture [auto|i386|x86-64]  as what GDB is shown the processors; by itself it follows image and mode
    registers         every system register and its bits
    registers all|control  which of them GDB sees

    """

  /// Answers `architecture` and `registers`, about what GDB is shown.
  private func changeDescription(_ words: [String]) -> String? {
    guard words.count <= 2 else { return nil }
    switch (words[0], words.dropFirst().first) {
    case ("architecture", nil): break
    case ("architecture", "auto"?): target.chosenArchitecture = nil
    case ("architecture", let name?):
      guard let architecture = DebugArchitecture(rawValue: name) else {
        return "monitor architecture \(name): is none of auto, i386, x86-64\n"
      }
      target.chosenArchitecture = architecture
    case ("registers", nil): return systemRegisters
    case ("registers", "all"?), ("registers", "control"?):
      target.listsAllRegisters = words[1] == "all"
      return "GDB learns of them by: unset tdesc filename\n"
    case ("registers", let name?): return "monitor registers \(name): is none of all, control\n"
    default: return nil
    }
    return architectureInWords
  }

  private var architectureInWords: String {
    let (present, next) = (registers.choice.architecture, target.architecture)
    guard present != next else { return "\(present.rawValue)\n" }
    return """
      \(present.rawValue) now; \(next.rawValue) after: file (GDB lets its file go), unset tdesc filename, \
      file NAME (of the other architecture)

      """
  }

  /// What GDB's `info registers system` would show if GDB heeded the group of a register of x86.
  private var systemRegisters: String {
    let state = target.state(ofProcessor: generalProcessor)
    let choice = RegisterTable.Choice(
      architecture: registers.choice.architecture, listsAll: true, hasAVX: registers.choice.hasAVX,
      hasProtectionKeys: registers.choice.hasProtectionKeys)
    return RegisterTable.of(choice).all.filter { $0.feature == .system || $0.feature == .segments }.map { register in
      let name = register.name + String(repeating: " ", count: max(16 - register.name.count, 1))
      guard let bytes = register.read(state) else { return name + "not there\n" }
      let value = bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
      return name + "0x" + hexadecimal(value) + TargetDescription.text(of: value, type: register.type) + "\n"
    }.joined()
  }

  /// Lets the debugger print a text; it must be waiting for a stop, or for the answer to a command.
  func print(_ text: String) {
    // Each piece fits into a packet.
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      send([UInt8(ascii: "O")] + Hex.digits(rest.prefix(4096)))
      rest = rest.dropFirst(4096)
    }
  }
}
