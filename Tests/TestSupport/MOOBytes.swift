/// A MOO file of one instruction's vectors, written chunk by chunk.
public struct MOOBytes {
  /// Little-endian bytes of a number.
  public static func number(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }

  /// A chunk.
  public static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
    Array(name.utf8) + number(content.count, 4) + content
  }

  /// The header of a file.
  public static func header(count: Int, processor: String) -> [UInt8] {
    chunk("MOO ", [1, 0, 0, 0] + number(count, 4) + Array(processor.utf8))
  }

  /// A chunk of registers: their places in the chunk, and values.
  public static func registers(_ name: String, _ values: [Int: Int]) -> [UInt8] {
    let size = name == "RG32" || name == "RM32" ? 4 : 2
    let bits = values.keys.reduce(0) { $0 | 1 << $1 }
    return chunk(name, number(bits, size) + values.sorted { $0.key < $1.key }.flatMap { number($0.value, size) })
  }

  /// A chunk of memory.
  public static func memory(_ bytes: [(address: Int, value: UInt8)]) -> [UInt8] {
    chunk("RAM ", number(bytes.count, 4) + bytes.flatMap { number($0.address, 4) + [$0.value] })
  }

  /// A test of chunks that are there already.
  public static func test(_ index: Int, name: String, code: [UInt8], initial: [UInt8], final: [UInt8]) -> [UInt8] {
    chunk(
      "TEST",
      number(index, 4) + chunk("NAME", number(name.utf8.count, 4) + Array(name.utf8))
        + chunk("BYTS", number(code.count, 4) + code) + chunk("INIT", initial) + chunk("FINA", final)
        + chunk("CYCL", number(0, 4)) + chunk("HASH", [UInt8](repeating: 7, count: 20)))
  }
}
