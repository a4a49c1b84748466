/// The one file that a client may read: the program with the guest's symbols.
///
/// GDB asks for it where its user named none, and has names at once. (GDB manual, appendix "GDB Remote Serial Protocol",
/// "Host I/O Packets".)
extension GDBSession {
  /// What the file is called; no file of the host has this name.
  private static let programName = "/emu/guest.elf"
  /// Descriptors that a client may hold at a time.
  private static let descriptorLimit: UInt64 = 16

  /// Errors of the protocol, which has its own numbers.
  private enum FileError: Int {
    case noEntry = 2
    case badDescriptor = 9
    case invalid = 22
    case tooMany = 24
  }

  private func fail(_ error: FileError) { send("F-1,\(String(error.rawValue, radix: 16))") }

  /// Answers `PID:OFFSET,LENGTH`, where PID may be missing.
  func nameProgram(_ packet: inout PacketReader) {
    guard target.programFile(registers.choice.architecture) != nil else { return send("") }
    _ = packet.number()
    guard packet.skip(":") else { return send(.invalid) }
    sendPart(of: Array(Self.programName.utf8), &packet)
  }

  /// Answers a packet of the family `vFile`.
  func answerFile(_ packet: inout PacketReader) {
    guard let file = target.programFile(registers.choice.architecture) else { return send("") }
    if packet.skip("setfs:") {
      send("F0")
    } else if packet.skip("open:") {
      openFile(&packet)
    } else if packet.skip("pread:") {
      readFile(file, &packet)
    } else if packet.skip("fstat:") {
      guard descriptor(&packet) != nil, packet.isAtEnd else { return fail(.badDescriptor) }
      send(Array("F40;".utf8) + Self.status(byteCount: file.count))
    } else if packet.skip("close:") {
      guard let number = descriptor(&packet), packet.isAtEnd else { return fail(.badDescriptor) }
      openFiles.remove(number)
      send("F0")
    } else {
      send("")
    }
  }

  private func descriptor(_ packet: inout PacketReader) -> UInt64? {
    packet.number().flatMap { openFiles.contains($0) ? $0 : nil }
  }

  /// `NAME,FLAGS,MODE`.
  private func openFile(_ packet: inout PacketReader) {
    let fields = packet.rest.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    guard fields.count == 3, let name = Hex.bytes(fields[0]) else { return fail(.invalid) }
    // O_RDONLY is 0.
    guard name.elementsEqual(Self.programName.utf8), fields[1].allSatisfy({ $0 == UInt8(ascii: "0") }) else {
      return fail(.noEntry)
    }
    guard let number = (3..<3 + Self.descriptorLimit).first(where: { !openFiles.contains($0) }) else {
      return fail(.tooMany)
    }
    openFiles.insert(number)
    send("F\(String(number, radix: 16))")
  }

  /// `DESCRIPTOR,COUNT,OFFSET`.
  private func readFile(_ file: [UInt8], _ packet: inout PacketReader) {
    guard descriptor(&packet) != nil else { return fail(.badDescriptor) }
    guard packet.skip(","), let (count, offset) = packet.range(), packet.isAtEnd else { return fail(.invalid) }
    // Each byte may need an escape.
    let most = min(count, UInt64(PacketStream.maximumByteCount / 2 - 32))
    let start = Int(min(offset, UInt64(file.count)))
    let piece = file[start...].prefix(Int(most))
    send(Array("F\(String(piece.count, radix: 16));".utf8) + piece)
  }

  /// The protocol's struct stat, big-endian: a regular file that everyone may read.
  private static func status(byteCount: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    func append(_ value: Int, _ count: Int) {
      for index in (0..<count).reversed() { bytes.append(UInt8(truncatingIfNeeded: value >> (index * 8))) }
    }
    // Device, inode, mode, links, user, group, device; size, block size, blocks; three times.
    for value in [0, 1, 0o100444, 1, 0, 0, 0] { append(value, 4) }
    for value in [byteCount, 4096, (byteCount + 511) / 512] { append(value, 8) }
    for _ in 0..<3 { append(0, 4) }
    return bytes
  }
}
