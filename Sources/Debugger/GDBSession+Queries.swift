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
    let program = target.programFile == nil ? "" : ";qXfer:exec-file:read+"
    send(
      "PacketSize=\(size);qXfer:features:read+;vContSupported+;multiprocess-;swbreak+;hwbreak+;QStartNoAckMode+"
        + reverse + program)
  }

  /// `ANNEX:OFFSET,LENGTH` of the target description.
  private func describe(_ packet: inout PacketReader) {
    guard packet.skip("target.xml:") else { return send("E00") }
    sendPart(of: TargetDescription.xml, &packet)
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
    case [], ["help"]: answer = "physical on|off   m and M mean guest-physical addresses\n" + target.monitorHelp
    default:
      answer =
        target.monitor(text, processor: generalProcessor)
        ?? "monitor \(words.joined(separator: " ")): there is no such command; monitor help lists them\n"
    }
    print(answer)
    send("OK")
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
