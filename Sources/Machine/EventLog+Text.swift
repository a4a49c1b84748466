import X86
import X86Decoder
import TextForms

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
    let place = "at \(Text.hex(address))\(name)"
    let times = count == 1 ? "once" : "\(count) times"
    let number = event.number
    switch event.kind {
    case .unknownMSRRead: return "unknown MSR \(Text.hex(number)) read \(place), \(times)"
    case .unknownMSRWritten: return "unknown MSR \(Text.hex(number)) written \(place), \(times)"
    case .unimplementedInstruction:
      let operation = Operation(rawValue: UInt16(truncatingIfNeeded: number))
      return "unimplemented instruction \(operation.map { "\($0)" } ?? "\(number)") \(place), \(times)"
    case .absentFeature:
      let feature = NewerFeature.allCases.indices.contains(Int(number)) ? NewerFeature.allCases[Int(number)] : .sse3
      return "#UD of an instruction of \(feature.rawValue), which the model lacks, \(place), \(times)"
    case .emptyVector:
      return
        "INT \(Text.suffixed(number)) at \(Text.suffixed(address))\(name): the vector is empty; there is no firmware\(count == 1 ? "" : " (\(times))")"
    case .exceptionVector:
      let vector = UInt8(truncatingIfNeeded: number >> 4)
      let line = Machine.name(ofLine: Int(number & 15))
      return
        "\(line), came as vector \(Text.suffixed(vector)), which is \(ExceptionVector(rawValue: vector).owner): the 8259A is not "
        + "remapped (\(times), the first \(place))"
    case .unclaimedPort:
      let (ports, missing) = BoardMap.pc.absence(ofPort: UInt16(truncatingIfNeeded: number))
      return "ports \(ports): \(missing) (\(count) \(count == 1 ? "access" : "accesses"), the first \(place))"
    case .displayWrite:
      let writes = "\(count) \(count == 1 ? "write" : "writes") to \(Text.suffixed(number))"
      return "\(writes), \(BoardMap.pc.absence(ofAddress: number)) (the first \(place))"
    case .keyboardRead:
      let (ports, missing) = BoardMap.pc.keyboard
      return "\(ports): \(missing) (\(count) \(count == 1 ? "look" : "looks"), the first \(place))"
    case .gateA20: return "A20 gate closed without effect, \(times)"
    }
  }
}
