import X86
import X86Decoder

extension EventLog {
  /// The events in sentences, the most frequent first.
  ///
  /// - Parameters:
  ///   - limit: how many; what is left is counted in one more sentence.
  ///   - isIncluded: chooses events.
  ///   - symbol: names addresses.
  public func sentences(
    limit: Int, including isIncluded: (BoardEvent) -> Bool = { _ in true }, symbol: (UInt64) -> String? = { _ in nil }
  ) -> [String] {
    let groups = grouped(isIncluded)
    var sentences = groups.prefix(limit).map { $0.sentence(symbol) }
    let rest = groups.dropFirst(limit)
    let others = rest.reduce(otherCount) { $0 &+ $1.count }
    if others > 0 {
      let kinds = otherCount > 0 ? "at least \(rest.count + 1)" : "\(rest.count)"
      sentences.append("\(kinds) further events happened \(others) times")
    }
    return sentences
  }

  /// One entry for what happened on several processors.
  private func grouped(_ isIncluded: (BoardEvent) -> Bool) -> [Entry] {
    var groups: [Entry] = []
    var places: [BoardEvent: Int] = [:]
    for entry in entries where isIncluded(entry.event) {
      var key = entry.event
      key.processor = 0
      if let place = places[key] {
        groups[place].count &+= entry.count
      } else {
        places[key] = groups.count
        groups.append(entry)
      }
    }
    return groups.sorted { $0.count > $1.count }
  }
}

extension EventLog.Entry {
  /// Such as `unknown MSR 0x1a0 read at 0x100010 (start+0x10), 3 times`.
  public func sentence(_ symbol: (UInt64) -> String? = { _ in nil }) -> String {
    let name = symbol(address).map { " (\($0))" } ?? ""
    let place = "at 0x\(String(address, radix: 16))\(name)"
    let times = count == 1 ? "once" : "\(count) times"
    let number = event.number
    switch event.kind {
    case .unknownMSRRead: return "unknown MSR 0x\(String(number, radix: 16)) read \(place), \(times)"
    case .unknownMSRWritten: return "unknown MSR 0x\(String(number, radix: 16)) written \(place), \(times)"
    case .unimplementedInstruction:
      let operation = Operation(rawValue: UInt16(truncatingIfNeeded: number))
      return "unimplemented instruction \(operation.map { "\($0)" } ?? "\(number)") \(place), \(times)"
    case .unimplementedMXCSR: return "unimplemented MXCSR mode 0x\(String(number, radix: 16)) \(place), \(times)"
    case .absentFeature:
      let feature = NewerFeature.allCases.indices.contains(Int(number)) ? NewerFeature.allCases[Int(number)] : .sse3
      return "#UD of an instruction of \(feature.rawValue), which the model lacks, \(place), \(times)"
    case .emptyVector:
      let vector = String(number, radix: 16, uppercase: true)
      let linear = String(address, radix: 16, uppercase: true)
      return
        "INT \(vector)h at \(linear)h\(name): the vector is empty; there is no firmware\(count == 1 ? "" : " (\(times))")"
    case .exceptionVector:
      let vector = UInt8(truncatingIfNeeded: number >> 4)
      let hex = String(vector, radix: 16, uppercase: true)
      let line = Machine.name(ofLine: Int(number & 15))
      return "\(line), came as vector \(hex)h, which is \(ExceptionVector(rawValue: vector).owner): the 8259A is not "
        + "remapped (\(times), the first \(place))"
    case .unclaimedPort:
      let range = AbsentDevice.containing(port: UInt16(truncatingIfNeeded: number))
      return "ports \(range.text): \(range.device) (\(count) \(count == 1 ? "access" : "accesses"), the first \(place))"
    case .displayWrite:
      let linear = String(number, radix: 16, uppercase: true)
      return "\(count) \(count == 1 ? "write" : "writes") to \(linear)h, no display (the first \(place))"
    case .keyboardRead: return "60h-64h: no keyboard (\(count) \(count == 1 ? "look" : "looks"), the first \(place))"
    case .gateA20: return "A20 gate closed without effect, \(times)"
    }
  }
}

/// What usually answers at ports that nobody answers at here.
struct AbsentDevice {
  var ports: ClosedRange<UInt16>
  var device: String

  /// `1F0h-1F7h`.
  var text: String {
    func hex(_ port: UInt16) -> String { String(port, radix: 16, uppercase: true) + "h" }
    return ports.count == 1 ? hex(ports.lowerBound) : "\(hex(ports.lowerBound))-\(hex(ports.upperBound))"
  }

  private static let known: [AbsentDevice] = [
    AbsentDevice(ports: 0x00...0x1F, device: "no DMA controller"),
    AbsentDevice(ports: 0x2E...0x2F, device: "no Super I/O"),
    AbsentDevice(ports: 0x4E...0x4F, device: "no Super I/O"),
    AbsentDevice(ports: 0x81...0x8F, device: "no DMA page registers"),
    AbsentDevice(ports: 0xB2...0xB3, device: "no system management"),
    AbsentDevice(ports: 0xC0...0xDF, device: "no second DMA controller"),
    AbsentDevice(ports: 0x170...0x177, device: "no second disk controller"),
    AbsentDevice(ports: 0x1F0...0x1F7, device: "no disk"),
    AbsentDevice(ports: 0x200...0x207, device: "no joystick"),
    AbsentDevice(ports: 0x220...0x22F, device: "no sound card"),
    AbsentDevice(ports: 0x278...0x27F, device: "no printer"),
    AbsentDevice(ports: 0x2E8...0x2EF, device: "no serial line COM4"),
    AbsentDevice(ports: 0x2F8...0x2FF, device: "no serial line COM2"),
    AbsentDevice(ports: 0x300...0x31F, device: "no network card"),
    AbsentDevice(ports: 0x376...0x376, device: "no second disk controller"),
    AbsentDevice(ports: 0x378...0x37F, device: "no printer"),
    AbsentDevice(ports: 0x388...0x38B, device: "no sound card"),
    AbsentDevice(ports: 0x3B0...0x3BF, device: "no display"),
    AbsentDevice(ports: 0x3C0...0x3CF, device: "no display"),
    AbsentDevice(ports: 0x3D4...0x3D5, device: "no display"),
    AbsentDevice(ports: 0x3D6...0x3DF, device: "no display"),
    AbsentDevice(ports: 0x3E8...0x3EF, device: "no serial line COM3"),
    AbsentDevice(ports: 0x3F0...0x3F5, device: "no diskette"),
    AbsentDevice(ports: 0x3F6...0x3F6, device: "no disk"),
    AbsentDevice(ports: 0x3F7...0x3F7, device: "no diskette"),
    AbsentDevice(ports: 0x402...0x402, device: "no debug console (it is at E9h)"),
    AbsentDevice(ports: 0x1CE...0x1D0, device: "no display"),
    AbsentDevice(ports: 0x5658...0x5659, device: "no hypervisor's backdoor"),
  ]

  /// The range of a port; of one that usually belongs to nobody it is the port alone.
  static func containing(port: UInt16) -> AbsentDevice {
    known.first { $0.ports.contains(port) } ?? AbsentDevice(ports: port...port, device: "no device")
  }

  /// Ports that are written for the time that it takes.
  static func isForDelay(_ port: UInt16) -> Bool { port == 0x80 || port == 0xED }
}
