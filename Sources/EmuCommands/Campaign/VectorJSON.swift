import Differential
import TextForms

extension ProcessorVector {
  /// Reads a test of a suite's JSON form; members that it does not know are passed over.
  init(_ text: [UInt8], number: Int) throws(VectorError) {
    self.init()
    self.number = number
    let place = "test \(number)"
    let value: JSONValue
    // Bus cycles are most of the text.
    do { value = try JSONValue(text, ignoring: ["cycles"]) } catch { throw VectorError("\(place): \(error)") }
    let root = try VectorMember(value, place)
    name = try root.text("name")
    for (index, byte) in try root.array("bytes").enumerated() {
      code.append(UInt8(try VectorMember.number(byte, "\(place): bytes[\(index)]", limit: 0xFF)))
    }
    initial = try Self.state(try root.object("initial", field: "initial"), "initial")
    final = try Self.state(try root.object("final", field: "final"), "final")
    if let exception = try root.optionalObject("exception") {
      self.exception = UInt8(try exception.number("number", field: "exception.number", limit: 0xFF))
      flagsAddress = try exception.number("flag_address", field: "exception.flag_address", limit: .max)
    }
  }

  private static func state(_ object: VectorMember, _ field: String) throws(VectorError) -> VectorState {
    var state = VectorState()
    let registers = try object.object("regs", field: "\(field).regs")
    for member in registers.members {
      guard let (register, is32) = names[member.name] else { continue }
      state.registers[register] = try VectorMember.number(
        member.value, "\(registers.place): \(field).regs.\(member.name)", limit: is32 ? .max : 0xFFFF)
    }
    for (index, entry) in try object.array("ram", field: "\(field).ram").enumerated() {
      let place = "\(object.place): \(field).ram[\(index)]"
      guard case .array(let pair) = entry, pair.count == 2 else {
        throw VectorError("\(place) is not [address, byte]")
      }
      state.memory.append(
        VectorByte(
          address: try VectorMember.number(pair[0], "\(place): address", limit: .max),
          value: UInt8(try VectorMember.number(pair[1], "\(place): byte", limit: 0xFF))))
    }
    return state
  }

  /// Both names of each register, and whether it is the one of 32 bits.
  private static let names: [String: (VectorRegister, is32: Bool)] = Dictionary(
    VectorRegister.allCases.flatMap { register in
      [(register.name, (register, !register.isSegment)), (register.shortName, (register, !register.isIn8086))]
    }
  ) { first, _ in first }
}

extension [String: VectorNote] {
  /// Reads a suite's metadata.json: status and flags-mask by opcode, and by digit within an opcode.
  ///
  /// - Returns: the processor's name too, as far as the file gives it.
  static func metadata(_ text: [UInt8]) throws(VectorError) -> (notes: [String: VectorNote], processor: String?) {
    let value: JSONValue
    do { value = try JSONValue(text) } catch { throw VectorError("\(error)") }
    let root = try VectorMember(value, "metadata")
    var notes: [String: VectorNote] = [:]
    for member in try root.object("opcodes", field: "opcodes").members {
      let opcode = try VectorMember(member.value, "opcodes.\(member.name)")
      notes[member.name] = try note(opcode)
      guard let digits = try opcode.optionalObject("reg") else { continue }
      for digit in digits.members {
        notes["\(member.name).\(digit.name)"] = try note(
          try VectorMember(digit.value, "opcodes.\(member.name).reg.\(digit.name)"))
      }
    }
    return (notes, root.has("cpu") ? try root.text("cpu") : nil)
  }

  private static func note(_ member: VectorMember) throws(VectorError) -> VectorNote {
    var note = VectorNote()
    if member.has("flags-mask") { note.flagsMask = try member.number("flags-mask", field: "flags-mask", limit: 0xFFFF) }
    if member.has("status") { note.isUndefined = ["undocumented", "undefined"].contains(try member.text("status")) }
    return note
  }
}

/// An object of a test, with its place for errors.
struct VectorMember {
  let members: [JSONValue.Member]
  let place: String

  init(_ value: JSONValue, _ place: String) throws(VectorError) {
    guard case .object(let members) = value else { throw VectorError("\(place) is \(value.kind), not an object") }
    (self.members, self.place) = (members, place)
  }

  private init(_ members: [JSONValue.Member], _ place: String) { (self.members, self.place) = (members, place) }

  func has(_ name: String) -> Bool { members.contains { $0.name == name } }

  private func value(_ name: String, _ field: String) throws(VectorError) -> JSONValue {
    guard let member = members.last(where: { $0.name == name }) else {
      throw VectorError("\(place): \(field) is missing")
    }
    return member.value
  }

  func text(_ name: String) throws(VectorError) -> String {
    let value = try value(name, name)
    guard case .text(let text) = value else { throw VectorError("\(place): \(name) is \(value.kind), not a text") }
    return text
  }

  func array(_ name: String, field: String? = nil) throws(VectorError) -> [JSONValue] {
    let value = try value(name, field ?? name)
    guard case .array(let elements) = value else {
      throw VectorError("\(place): \(field ?? name) is \(value.kind), not an array")
    }
    return elements
  }

  func object(_ name: String, field: String) throws(VectorError) -> VectorMember {
    let value = try value(name, field)
    guard case .object(let members) = value else {
      throw VectorError("\(place): \(field) is \(value.kind), not an object")
    }
    return VectorMember(members, place)
  }

  func optionalObject(_ name: String) throws(VectorError) -> VectorMember? {
    has(name) ? try object(name, field: name) : nil
  }

  func number(_ name: String, field: String, limit: UInt32) throws(VectorError) -> UInt32 {
    try Self.number(try value(name, field), "\(place): \(field)", limit: limit)
  }

  static func number(_ value: JSONValue, _ place: String, limit: UInt32) throws(VectorError) -> UInt32 {
    guard case .number(let text) = value else { throw VectorError("\(place) is \(value.kind), not a number") }
    guard let number = UInt32(text), number <= limit else {
      throw VectorError("\(place): \(text) is not a whole number of 0 to \(limit)")
    }
    return number
  }
}
