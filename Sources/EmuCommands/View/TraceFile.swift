import Glibc
import HostSystem

/// A file's bytes, through gzip or zstd if it is compressed.
enum TraceFile {
  /// Reads a file in pieces.
  ///
  /// - Returns: why the end may be missing: the tool found that the file is cut off.
  /// - Throws: `HostError` with the file's name; what `take` throws.
  static func read(_ path: String, _ take: ([UInt8]) throws -> Void) throws -> String? {
    let file = try HostIO.openToRead(path)
    defer { close(file) }
    var information = stat()
    guard unsafe fstat(file, &information) == 0, information.st_mode & S_IFMT != S_IFDIR else {
      throw HostError(description: "\(path): is a folder")
    }
    var magic = [UInt8](repeating: 0, count: 4)
    let count = unsafe pread(file, &magic, magic.count, 0)
    if count >= 2, magic[0...1] == [0x1F, 0x8B] { return try decompress(path, file, "gzip", take) }
    if count == 4, magic == [0x28, 0xB5, 0x2F, 0xFD] { return try decompress(path, file, "zstd", take) }
    try drain(path, file, take)
    return nil
  }

  private static func drain(_ path: String, _ descriptor: Int32, _ take: ([UInt8]) throws -> Void) throws {
    while true {
      guard let chunk = HostIO.read(descriptor, limit: 1 << 20) else {
        throw HostError(description: "\(path): cannot be read: \(HostIO.lastReason)")
      }
      if chunk.isEmpty { return }
      try take(chunk)
    }
  }

  private static func decompress(
    _ path: String, _ file: Int32, _ tool: String, _ take: ([UInt8]) throws -> Void
  ) throws -> String? {
    let output = try makePipe()
    let errors = try makePipe()
    defer {
      close(output.reading)
      close(errors.reading)
    }
    // Messages in English: by them a file that was cut off is distinguished from a damaged one.
    let child = ChildProcess(
      [tool, "-dc"], input: file, output: output.writing, errors: .descriptor(errors.writing), environment: .english)
    close(output.writing)
    close(errors.writing)
    guard let child else {
      throw HostError(description: "\(path): is compressed, and \(tool) cannot be started: is it installed?")
    }
    var failure: (any Error)?
    var message: [UInt8] = []
    try drain(path, output.reading) { bytes in
      // After a wrong line the rest is only read to learn whether the archive is damaged, which explains more.
      if failure == nil { do { try take(bytes) } catch { failure = error } }
    }
    try drain(path, errors.reading) { message += $0 }
    let status = child.wait()
    if status == 0, let failure { throw failure }
    if status == 0 { return nil }
    let text =
      String(decoding: message, as: UTF8.self).split { $0.isNewline }.map(String.init)
      .first { !$0.isEmpty } ?? "status \(status >> 8)"
    if text.contains("unexpected end of file") || text.contains("premature") || text.contains("unexpected end") {
      if let failure { throw failure }
      return "the compressed file ends too early"
    }
    throw HostError(description: "\(path): cannot be decompressed: \(text)")
  }

  private static func makePipe() throws -> (reading: Int32, writing: Int32) {
    guard let ends = ChildProcess.makePipe() else {
      throw HostError(description: "no pipe can be made: \(HostIO.lastReason)")
    }
    return ends
  }
}
