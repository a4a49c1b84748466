import TextForms

/// Reads the vectors of a MOO file (Machine Opcode Operation, version 1), one at a time.
///
/// Chunks of a four-letter name, a length and so many bytes, one after the other or within each other; those with
/// unknown names are passed over. Nothing in the file is trusted: lengths and counts are held against what is there.
public struct MOOReader {
  /// Gives the next bytes of the file, none at its end.
  public typealias Source = () throws -> [UInt8]

  /// Whether a file begins as one.
  public static func isMagic(_ bytes: some Collection<UInt8>) -> Bool { bytes.starts(with: "MOO ".utf8) }

  /// The processor's name in the file, without blanks.
  public let processorName: String
  /// How many vectors the file says it holds.
  public let count: Int
  /// Bits of registers that are defined after each of them.
  private var mask = VectorRegisters()
  private var input: Input
  private var number = 0

  /// The most bytes that one vector may have.
  public static let testLimit = 1 << 24

  /// Reads the header.
  public init(_ source: @escaping Source) throws {
    input = Input(source)
    guard let (name, length) = try input.chunk(), name == "MOO " else {
      throw VectorError("offset 0: no chunk 'MOO ' begins here")
    }
    guard length >= 12, length <= 4096 else {
      throw VectorError("offset 4: length \(length) of chunk 'MOO ' is not 12 to 4096")
    }
    var header = Fields(try input.take(length, of: name), "chunk 'MOO '")
    let version = try header.number(1)
    guard version == 1 else { throw VectorError("offset 8: major version \(version) of the format is not 1") }
    _ = try header.number(3)
    count = Int(try header.number(4))
    processorName = String(decoding: try header.take(4).filter { $0 != 0x20 && $0 != 0 }, as: UTF8.self)
  }

  /// The next vector, nil behind the last.
  public mutating func next() throws -> ProcessorVector? {
    while let (name, length) = try input.chunk() {
      switch name {
      case "TEST":
        guard length <= Self.testLimit else {
          throw VectorError("test \(number): length \(length) of chunk 'TEST' is more than \(Self.testLimit)")
        }
        let vector = try test(try input.take(length, of: "TEST"))
        number += 1
        return vector
      case "RMSK", "RM32":
        guard length <= 256 else { throw VectorError("length \(length) of chunk '\(name)' is more than 256") }
        var fields = Fields(try input.take(length, of: name), "chunk '\(name)'")
        mask = try fields.registers(is32: name == "RM32")
      default: try input.skip(length, of: name)
      }
    }
    guard number == count else {
      throw VectorError("the header counts \(count) tests, and \(number) are there")
    }
    return nil
  }

  private func test(_ bytes: ArraySlice<UInt8>) throws(VectorError) -> ProcessorVector {
    var vector = ProcessorVector()
    vector.number = number
    vector.mask = mask
    var fields = Fields(bytes, "test \(number)")
    _ = try fields.number(4)
    var seen: Set<String> = []
    while var chunk = try fields.chunk() {
      let name = chunk.name
      switch name {
      case "NAME": vector.name = String(decoding: try chunk.fields.counted(1), as: UTF8.self)
      case "BYTS": vector.code = Array(try chunk.fields.counted(1))
      case "INIT": vector.initial = try state(&chunk.fields, &vector.mask, isFinal: false)
      case "FINA": vector.final = try state(&chunk.fields, &vector.mask, isFinal: true)
      case "EXCP":
        vector.exception = UInt8(truncatingIfNeeded: try chunk.fields.number(1))
        vector.flagsAddress = try chunk.fields.number(4)
      default: break
      }
      seen.insert(name)
    }
    for name in ["BYTS", "INIT", "FINA"] where !seen.contains(name) {
      throw VectorError("test \(number): chunk '\(name)' is missing")
    }
    return vector
  }

  private func state(
    _ fields: inout Fields, _ mask: inout VectorRegisters, isFinal: Bool
  ) throws(VectorError) -> VectorState {
    var state = VectorState()
    while var chunk = try fields.chunk() {
      switch chunk.name {
      case "REGS", "RG32": state.registers = try chunk.fields.registers(is32: chunk.name == "RG32")
      case "RMSK", "RM32": if isFinal { mask = try chunk.fields.registers(is32: chunk.name == "RM32") }
      case "RAM ":
        var entries = try chunk.fields.countedFields(5)
        while !entries.isAtEnd {
          state.memory.append(
            VectorByte(address: try entries.number(4), value: UInt8(truncatingIfNeeded: try entries.number(1))))
        }
      default: break
      }
    }
    return state
  }
}

/// A file in pieces.
private struct Input {
  private let source: MOOReader.Source
  private var piece: [UInt8] = []
  private var index = 0
  private(set) var offset: UInt64 = 0

  init(_ source: @escaping MOOReader.Source) { self.source = source }

  /// Makes a byte available; false at the end.
  private mutating func fill() throws -> Bool {
    while index == piece.count {
      piece = try source()
      index = 0
      if piece.isEmpty { return false }
    }
    return true
  }

  /// Name and length of the next chunk, nil at the end of the file.
  mutating func chunk() throws -> (String, Int)? {
    guard try fill() else { return nil }
    let start = offset
    var fields = Fields(try take(8, of: "header at offset \(start)"), "offset \(start)")
    let name = String(decoding: try fields.take(4), as: UTF8.self)
    return (name, Int(try fields.number(4)))
  }

  mutating func take(_ count: Int, of name: String) throws -> ArraySlice<UInt8> {
    var result: [UInt8] = []
    while result.count < count {
      guard try fill() else { throw ended(name, result.count, count) }
      let part = min(count - result.count, piece.count - index)
      result += piece[index..<(index + part)]
      index += part
    }
    offset += UInt64(count)
    return result[...]
  }

  mutating func skip(_ count: Int, of name: String) throws {
    var done = 0
    while done < count {
      guard try fill() else { throw ended(name, done, count) }
      let part = min(count - done, piece.count - index)
      index += part
      done += part
    }
    offset += UInt64(count)
  }

  private func ended(_ name: String, _ done: Int, _ count: Int) -> VectorError {
    VectorError("offset \(offset): the file ends after \(done) of \(count) bytes of chunk '\(name)'")
  }
}

/// Bytes of a chunk, read from the front.
private struct Fields {
  private var rest: ArraySlice<UInt8>
  /// Where they stand, for errors.
  private let place: String

  init(_ bytes: ArraySlice<UInt8>, _ place: String) {
    rest = bytes
    self.place = place
  }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func take(_ count: Int) throws(VectorError) -> ArraySlice<UInt8> {
    guard count <= rest.count else {
      throw VectorError("\(place): a field of \(count) bytes has only \(rest.count)")
    }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  /// A little-endian number of 1 to 4 bytes.
  mutating func number(_ count: Int) throws(VectorError) -> UInt32 {
    try take(count).reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// A count, and so many entries.
  mutating func counted(_ size: Int) throws(VectorError) -> ArraySlice<UInt8> {
    let count = Int(try number(4))
    guard count <= rest.count / size else {
      throw VectorError("\(place): count \(count) of \(size)-byte entries is more than its \(rest.count) bytes hold")
    }
    return try take(count * size)
  }

  mutating func countedFields(_ size: Int) throws(VectorError) -> Fields { Fields(try counted(size), place) }

  mutating func registers(is32: Bool) throws(VectorError) -> VectorRegisters {
    let order = is32 ? VectorRegister.allCases : VectorRegister.order16
    let bits = try number(is32 ? 4 : 2)
    guard bits >> UInt32(order.count) == 0 else {
      throw VectorError("\(place): register bits \(Text.hex(bits)) name more than \(order.count) registers")
    }
    var result = VectorRegisters()
    for (index, register) in order.enumerated() where bits & (1 << UInt32(index)) != 0 {
      result[register] = try number(is32 ? 4 : 2)
    }
    return result
  }

  /// The chunk that begins here, nil at the end.
  mutating func chunk() throws(VectorError) -> (name: String, fields: Fields)? {
    if rest.isEmpty { return nil }
    let name = String(decoding: try take(4), as: UTF8.self)
    let length = Int(try number(4))
    guard length <= rest.count else {
      throw VectorError("\(place): length \(length) of chunk '\(name)' is more than the \(rest.count) bytes left")
    }
    return (name, Fields(try take(length), "\(place): chunk '\(name)'"))
  }
}
