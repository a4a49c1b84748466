import X86

extension GDBSession {
  // MARK: Registers

  /// Two digits a byte; `xx` where the state does not have the register.
  private func digits(_ register: DebugRegister, _ state: ArchitecturalState) -> [UInt8] {
    register.read(state).map { Hex.digits($0) }
      ?? [UInt8](repeating: UInt8(ascii: "x"), count: register.byteCount * 2)
  }

  func readRegisters() {
    let state = target.state(ofProcessor: generalProcessor)
    send(registers.all.flatMap { digits($0, state) })
  }

  /// A packet may end early: registers that it does not reach stay.
  func writeRegisters(_ text: ArraySlice<UInt8>) {
    var state = target.state(ofProcessor: generalProcessor)
    var rest = text
    for register in registers.all where !rest.isEmpty {
      let field = rest.prefix(register.byteCount * 2)
      rest = rest.dropFirst(register.byteCount * 2)
      if field.allSatisfy({ $0 == UInt8(ascii: "x") }) { continue }
      guard let bytes = Hex.bytes(field), bytes.count == register.byteCount else { return send(.invalid) }
      register.write(&state, bytes)
    }
    guard rest.isEmpty else { return send(.invalid) }
    target.setState(state, ofProcessor: generalProcessor)
    send("OK")
  }

  private func register(_ packet: inout PacketReader) -> DebugRegister? {
    guard let number = packet.number(), number < UInt64(registers.all.count) else { return nil }
    return registers.all[Int(number)]
  }

  func readRegister(_ packet: inout PacketReader) {
    guard let register = register(&packet), packet.isAtEnd else { return send(.invalid) }
    send(digits(register, target.state(ofProcessor: generalProcessor)))
  }

  func writeRegister(_ packet: inout PacketReader) {
    guard let register = register(&packet), packet.skip("="), let bytes = Hex.bytes(packet.rest),
      bytes.count == register.byteCount
    else { return send(.invalid) }
    var state = target.state(ofProcessor: generalProcessor)
    register.write(&state, bytes)
    target.setState(state, ofProcessor: generalProcessor)
    send("OK")
  }

  // MARK: Memory

  func readMemory(_ packet: inout PacketReader) {
    guard let (address, length) = packet.range(), packet.isAtEnd else { return send(.invalid) }
    if length == 0 { return send("") }
    // An answer may be shorter than asked for.
    let count = Int(min(length, UInt64(PacketStream.maximumByteCount / 2 - 4)))
    let bytes =
      usesPhysicalAddresses
      ? target.readPhysical(address, count: count)
      : target.readLinear(address, count: count, processor: generalProcessor)
    if bytes.isEmpty { send(.fault) } else { send(Hex.digits(bytes.prefix(count))) }
  }

  func writeMemory(_ packet: inout PacketReader, isBinary: Bool) {
    guard let (address, length) = packet.range(), packet.skip(":"),
      let bytes = isBinary ? Array(packet.rest) : Hex.bytes(packet.rest), UInt64(bytes.count) == length
    else { return send(.invalid) }
    // GDB writes nothing to learn whether X is known.
    if bytes.isEmpty { return send("OK") }
    let isDone =
      usesPhysicalAddresses
      ? target.writePhysical(address, bytes)
      : target.writeLinear(address, bytes, processor: generalProcessor)
    if isDone { send("OK") } else { send(.fault) }
  }

  // MARK: Breakpoints and watchpoints

  func changePoint(_ packet: inout PacketReader, inserts: Bool) {
    guard let type = packet.next(), packet.skip(","), let (address, length) = packet.range() else {
      return send(.invalid)
    }
    switch type {
    case UInt8(ascii: "0"): changeBreakpoint(\.softwareBreakpoints, address, inserts)
    case UInt8(ascii: "1"): changeBreakpoint(\.hardwareBreakpoints, address, inserts)
    case UInt8(ascii: "2"): changeWatchpoint(address, length, .write, inserts)
    case UInt8(ascii: "3"): changeWatchpoint(address, length, .read, inserts)
    case UInt8(ascii: "4"): changeWatchpoint(address, length, .access, inserts)
    default: send("")
    }
  }

  private func changeBreakpoint(
    _ list: ReferenceWritableKeyPath<GDBSession, Set<UInt64>>, _ address: UInt64, _ inserts: Bool
  ) {
    if inserts {
      guard self[keyPath: list].count < Self.maximumPoints else { return send(.full) }
      self[keyPath: list].insert(address)
    } else {
      self[keyPath: list].remove(address)
    }
    target.breakpoints = softwareBreakpoints.union(hardwareBreakpoints)
    send("OK")
  }

  private func changeWatchpoint(_ address: UInt64, _ length: UInt64, _ kind: WatchpointKind, _ inserts: Bool) {
    guard (1...0x10_0000).contains(length) else { return send(.invalid) }
    let point = Watchpoint(address: address, byteCount: length, kind: kind)
    var points = target.watchpoints
    points.removeAll { $0 == point }
    if inserts {
      guard points.count < Self.maximumPoints else { return send(.full) }
      points.append(point)
    }
    target.watchpoints = points
    send("OK")
  }
}
