import TextForms

/// Files packed by gzip (RFC 1952), as kernels often are.
enum Gzip {
  /// Whether a file begins as one.
  static func isMagic(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

  /// What the members of a file hold, one after the other.
  ///
  /// - Parameter bound: what the limit is, in words.
  static func unpack(
    _ file: ImageFile, limit: UInt64, of bound: String = "the guest's RAM"
  ) throws(BootError) -> [UInt8] {
    var output: [UInt8] = []
    var at = 0
    while at < file.bytes.count {
      if at > 0, !Gzip.isMagic(Array(file.bytes[at..<min(at + 2, file.bytes.count)])) {
        // Tapes and sectors are filled up with zeros.
        guard file.bytes[at...].allSatisfy({ $0 == 0 }) else {
          throw BootError(file.path, "gzip: \(file.bytes.count - at) bytes at offset \(at) after its end are no member")
        }
        break
      }
      let space = Int(clamping: limit - UInt64(output.count))
      var stream = Inflate(file.bytes, from: try headerEnd(file, at), limit: space)
      do { try stream.run() } catch {
        throw BootError(file.path, text(error, limit, bound))
      }
      try check(file, stream)
      // In place: there may be millions of members.
      if output.isEmpty { output = stream.output } else { output += stream.output }
      at = stream.position + 8
    }
    return output
  }

  private static func text(_ failure: Inflate.Failure, _ limit: UInt64, _ bound: String) -> String {
    switch failure {
    case .cutOff: "gzip: the compressed data is cut off"
    case .tooLong: "gzip: it unpacks to more than \(bound) of \(limit) bytes"
    case .bad(let what): "gzip: the compressed data has \(what)"
    }
  }

  /// CRC-32 and length of what a member holds.
  private static func check(_ file: ImageFile, _ stream: Inflate) throws(BootError) {
    guard let wanted = file.number(stream.position, 4), let size = file.number(stream.position + 4, 4) else {
      throw BootError(file.path, "gzip: CRC32 and ISIZE are cut off")
    }
    let sum = checksum(stream.output[...])
    guard wanted == UInt64(sum) else {
      throw BootError(
        file.path, "gzip: CRC32 \(Text.hex(wanted)) is not that of the data, \(Text.hex(sum))")
    }
    guard size == UInt64(stream.output.count) & 0xFFFF_FFFF else {
      throw BootError(file.path, "gzip: ISIZE \(size) is not the \(stream.output.count) bytes of the data")
    }
  }

  /// Where a member's compressed data begins.
  private static func headerEnd(_ file: ImageFile, _ start: Int) throws(BootError) -> Int {
    let cutOff = BootError(file.path, "gzip: the header at offset \(start) is cut off")
    guard let method = file.number(start + 2, 1), let flags = file.number(start + 3, 1) else { throw cutOff }
    guard method == 8 else { throw BootError(file.path, "gzip: compression method \(method) is not 8 (deflate)") }
    guard flags & 0xE0 == 0 else {
      throw BootError(file.path, "gzip: reserved bits of flags \(Text.hex(flags)) are set")
    }
    var at = start + 10
    if flags & 4 != 0 {
      guard let count = file.number(at, 2) else { throw cutOff }
      at += 2 + Int(count)
    }
    // FNAME and FCOMMENT, each closed by a zero.
    for flag in [8, 16] as [UInt64] where flags & flag != 0 {
      while let byte = file.number(at, 1), byte != 0 { at += 1 }
      at += 1
    }
    if flags & 2 != 0 {
      guard let wanted = file.number(at, 2) else { throw cutOff }
      let sum = UInt64(checksum(file.bytes[start..<at]) & 0xFFFF)
      guard wanted == sum else {
        throw BootError(
          file.path, "gzip: CRC16 \(Text.hex(wanted)) is not that of the header, \(Text.hex(sum))"
        )
      }
      at += 2
    }
    guard at < file.bytes.count else { throw cutOff }
    return at
  }

  private static let table: [UInt32] = (0..<256).map { start in
    (0..<8).reduce(UInt32(start)) { sum, _ in sum & 1 != 0 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
  }

  static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    let table = table
    return ~bytes.reduce(~0) { sum, byte in table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] ^ sum >> 8 }
  }
}

/// Packed files for commands that read other things than guests.
public enum GzipFile {
  /// Whether a file begins as one.
  public static func isMagic(_ bytes: [UInt8]) -> Bool { Gzip.isMagic(bytes) }

  /// What a file holds, at most so many bytes.
  public static func unpack(_ bytes: [UInt8], path: String, limit: UInt64) throws(BootError) -> [UInt8] {
    try Gzip.unpack(ImageFile(path: path, bytes: bytes), limit: limit, of: "the limit")
  }
}
