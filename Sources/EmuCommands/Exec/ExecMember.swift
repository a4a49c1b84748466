import Differential
import ModelExecution
import TextForms

/// A value within a request, and where it stands: each error names the field.
struct ExecMember {
  private let path: String
  private let value: JSONValue

  private init(_ path: String, _ value: JSONValue) { (self.path, self.value) = (path, value) }

  /// The object that a line is.
  init(line: [UInt8]) throws(ExecError) {
    let value: JSONValue
    guard line.first(where: { $0 != 0x20 && $0 != 0x09 }) == UInt8(ascii: "{") else {
      throw ExecError("the line is not a JSON object")
    }
    do throws(JSONProblem) { value = try JSONValue(line) } catch {
      throw ExecError("the line is not JSON: \(error.description)")
    }
    self.init("", value)
  }

  private func wrong(_ wanted: String) -> ExecError {
    if case .number(let text) = value { return ExecError("\(path): \(text.prefix(40)) is not \(wanted)") }
    return ExecError("\(path): is \(value.kind) and not \(wanted)")
  }

  private func place(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

  /// The members of an object, each name once.
  func members() throws(ExecError) -> [(name: String, value: ExecMember)] {
    guard case .object(let members) = value else { throw wrong("an object") }
    var known: Set<String> = []
    var result: [(name: String, value: ExecMember)] = []
    for member in members {
      guard known.insert(member.name).inserted else {
        throw ExecError("\(Self.shown(place(member.name))): comes twice")
      }
      result.append((member.name, ExecMember(place(member.name), member.value)))
    }
    return result
  }

  /// A name for a message.
  private static func shown(_ name: String) -> String { String(name.unicodeScalars.prefix(60)).printable }

  /// The members of an object that may have these names only.
  func members(named names: [String]) throws(ExecError) -> [String: ExecMember] {
    var result: [String: ExecMember] = [:]
    for (name, value) in try members() {
      guard names.contains(name) else {
        throw ExecError("\(Self.shown(place(name))): is not known; known are \(names.joined(separator: ", "))")
      }
      result[name] = value
    }
    return result
  }

  func elements() throws(ExecError) -> [ExecMember] {
    guard case .array(let elements) = value else { throw wrong("an array") }
    return elements.enumerated().map { ExecMember("\(path)[\($0.offset)]", $0.element) }
  }

  func text() throws(ExecError) -> String {
    guard case .text(let text) = value else { throw wrong("a text") }
    return text
  }

  /// A number as text, or a whole number.
  func numeral() throws(ExecError) -> String {
    if case .number(let text) = value, UInt64(text) != nil { return text }
    guard case .text(let text) = value else { throw wrong("a text with a number, or a whole number") }
    return text
  }

  func integer() throws(ExecError) -> Int {
    guard case .number(let text) = value, let number = Int(text) else { throw wrong("a whole number") }
    return number
  }

  var isNull: Bool { value == .null }

  /// The id of a request as it was written, if it has one.
  ///
  /// It is looked for before anything else is checked, so that an error can be answered with it.
  func identity() throws(ExecError) -> String? {
    guard case .object(let members) = value, let member = members.first(where: { $0.name == "id" }) else { return nil }
    switch member.value {
    case .null: return nil
    case .text(let text): return JSONText.quoted(text)
    case .number(let text) where text.drop(while: { $0 == "-" }).allSatisfy(\.isNumber) && text.utf8.count <= 40:
      return text
    default: throw ExecMember("id", member.value).wrong("a text or a whole number")
    }
  }
}

extension ExecLine {
  /// The names of a request.
  static let names = [
    "id", "mode", "cpl", "code", "steps", "regs", "segments", "ymm", "mxcsr", "fcw", "fsw", "ftw", "st", "map",
    "memory",
  ]

  /// A line that has come as JSON; null stands for a member that is not there.
  init(_ line: ExecMember) throws(ExecError) {
    let members = try line.members(named: Self.names).filter { !$0.value.isNull }
    guard let code = members["code"] else { throw ExecError("code: is missing") }
    self.init(code: try code.text())
    mode = try members["mode"]?.text()
    cpl = try members["cpl"]?.integer()
    steps = try members["steps"]?.integer()
    regs = try Self.pairs(members["regs"])
    segments = try Self.pairs(members["segments"])
    ymm = try Self.pairs(members["ymm"])
    mxcsr = try members["mxcsr"]?.numeral()
    fcw = try members["fcw"]?.numeral()
    fsw = try members["fsw"]?.numeral()
    ftw = try members["ftw"]?.numeral()
    if let list = members["st"] {
      var registers: [String] = []
      for element in try list.elements() { registers.append(try element.text()) }
      st = registers
    }
    for element in try members["map"]?.elements() ?? [] {
      let parts = try Self.all(element, ["address", "size", "access"])
      map.append(
        Mapping(address: try parts[0].numeral(), size: try parts[1].numeral(), access: try parts[2].text()))
    }
    for element in try members["memory"]?.elements() ?? [] {
      let parts = try Self.all(element, ["address", "data"])
      memory.append(Bytes(address: try parts[0].numeral(), data: try parts[1].text()))
    }
  }

  private static func pairs(_ object: ExecMember?) throws(ExecError) -> [(name: String, value: String)] {
    guard let object else { return [] }
    var pairs: [(name: String, value: String)] = []
    for (name, value) in try object.members() { pairs.append((name, try value.numeral())) }
    return pairs
  }

  /// Members none of which may be missing.
  private static func all(_ object: ExecMember, _ names: [String]) throws(ExecError) -> [ExecMember] {
    let members = try object.members(named: names)
    var result: [ExecMember] = []
    for name in names {
      guard let member = members[name] else { throw object.missing(name) }
      result.append(member)
    }
    return result
  }
}

extension ExecMember {
  fileprivate func missing(_ name: String) -> ExecError { ExecError("\(place(name)): is missing") }
}
