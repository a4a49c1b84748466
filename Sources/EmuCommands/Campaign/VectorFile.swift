import Differential
import Glibc
import HostSystem
import Machine
import TextForms

/// A file of processor vectors, plain or packed by gzip, read in pieces.
final class VectorBytes {
  private let descriptor: Int32
  private let path: String
  /// What of a packed file is not read yet.
  private var unpacked: ArraySlice<UInt8>?
  private var first: [UInt8]

  /// Bytes of one piece.
  private static let pieceSize = 1 << 18
  /// The most bytes that a packed file may hold.
  static let unpackLimit: UInt64 = 1 << 30

  /// Opens a file.
  ///
  /// - Throws: `HostError` with its name.
  init(_ path: String) throws {
    self.path = path
    descriptor = try HostIO.openToRead(path)
    first = []
    first = try readPiece()
    guard GzipFile.isMagic(first) else { return }
    var packed = first
    while true {
      let piece = try readPiece()
      if piece.isEmpty { break }
      packed += piece
      guard packed.count <= Self.unpackLimit else {
        throw HostError(description: "\(path): gzip: it has more than \(Self.unpackLimit) bytes")
      }
    }
    do throws(BootError) {
      unpacked = try GzipFile.unpack(packed, path: path, limit: Self.unpackLimit)[...]
    } catch { throw HostError(description: error.description) }
    first = []
    first = next(Self.pieceSize)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// The beginning, which `next` gives once more.
  var beginning: [UInt8] { first }

  /// The next piece, none at the end.
  func next() throws -> [UInt8] {
    if !first.isEmpty {
      defer { first = [] }
      return first
    }
    return unpacked == nil ? try readPiece() : next(Self.pieceSize)
  }

  private func next(_ limit: Int) -> [UInt8] {
    guard let rest = unpacked else { return [] }
    unpacked = rest.dropFirst(limit)
    return Array(rest.prefix(limit))
  }

  private func readPiece() throws -> [UInt8] {
    guard let piece = HostIO.read(descriptor, limit: Self.pieceSize) else {
      throw HostError(description: "\(path): cannot be read: \(HostIO.lastReason)")
    }
    return piece
  }
}

/// The objects of a JSON array, cut out of a file one at a time.
struct JSONObjects {
  private let source: () throws -> [UInt8]
  private var piece: [UInt8] = []
  private var index = 0
  private var number = 0
  private var isOpen = false
  private var isClosed = false

  /// The most bytes that one object may have.
  static let limit = 1 << 24

  init(_ source: @escaping () throws -> [UInt8]) { self.source = source }

  private mutating func byte() throws -> UInt8? {
    while index == piece.count {
      piece = try source()
      index = 0
      if piece.isEmpty { return nil }
    }
    defer { index += 1 }
    return piece[index]
  }

  /// The text of the next object, nil behind the last.
  mutating func next() throws -> [UInt8]? {
    var hasComma = number == 0
    while let byte = try byte() {
      switch byte {
      case 0x20, 0x09, 0x0A, 0x0D: continue
      case UInt8(ascii: "[") where !isOpen: isOpen = true
      case UInt8(ascii: ",") where isOpen && !isClosed && !hasComma: hasComma = true
      case UInt8(ascii: "]") where isOpen && !isClosed && (number == 0 || !hasComma): isClosed = true
      case UInt8(ascii: "{") where isOpen && !isClosed && hasComma:
        number += 1
        return try object()
      default:
        throw VectorError(
          "test \(number): an array of objects was expected, and byte \(Text.hex(byte)) stands there")
      }
    }
    guard isClosed else { throw VectorError("test \(number): the file ends before its array") }
    return nil
  }

  private mutating func object() throws -> [UInt8] {
    var text: [UInt8] = [UInt8(ascii: "{")]
    var (depth, isText, isEscaped) = (1, false, false)
    while let byte = try byte() {
      text.append(byte)
      guard text.count <= Self.limit else {
        throw VectorError("test \(number - 1): it has more than \(Self.limit) bytes")
      }
      if isText {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else {
          isText = byte != UInt8(ascii: "\"")
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isText = true
      case UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "}"):
        depth -= 1
        if depth == 0 { return text }
      default: break
      }
    }
    throw VectorError("test \(number - 1): the file ends within it")
  }
}
