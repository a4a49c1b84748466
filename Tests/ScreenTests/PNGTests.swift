import DevicesLegacy
import Foundation
import Screen
import TestSupport
import Testing

@Suite("PNG")
struct PNGTests {
  /// Reads a file with nothing but zlib, and prints the size and the dots in hexadecimal.
  private static let reader = """
    import struct, sys, zlib
    data = open(sys.argv[1], 'rb').read()
    assert data[:8] == b'\\x89PNG\\r\\n\\x1a\\n'
    at, packed, kinds = 8, b'', []
    while at < len(data):
        length, kind = struct.unpack('>I4s', data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        assert struct.unpack('>I', data[at + 8 + length:at + 12 + length])[0] == zlib.crc32(kind + body)
        kinds.append(kind)
        if kind == b'IHDR':
            width, height, *rest = struct.unpack('>IIBBBBB', body)
            assert rest == [8, 2, 0, 0, 0]
        if kind == b'IDAT': packed += body
        at += 12 + length
    assert kinds == [b'IHDR', b'IDAT', b'IEND']
    rows, above, pitch = zlib.decompress(packed), bytes(width * 3), width * 3
    assert len(rows) == (pitch + 1) * height
    result = b''
    for y in range(height):
        kind, line = rows[y * (pitch + 1)], rows[y * (pitch + 1) + 1:(y + 1) * (pitch + 1)]
        assert kind in (0, 2)
        if kind == 2: line = bytes((a + b) & 255 for a, b in zip(line, above))
        result, above = result + line, line
    print(width, height, result.hex())
    """

  private static func read(_ file: [UInt8]) throws -> String {
    let path = FileManager.default.temporaryDirectory.appending(path: "emu-\(UUID().uuidString).png")
    defer { try? FileManager.default.removeItem(at: path) }
    try Data(file).write(to: path)
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", reader, path.path]
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return process.terminationStatus == 0 ? text.trimmingCharacters(in: .whitespacesAndNewlines) : "refused"
  }

  /// Pictures by name: each dot's colour by its place.
  private static let pictures:
    [(name: String, width: Int, height: Int, color: @Sendable (Int, Int, inout Dice) -> UInt32)] = [
      ("one dot", 1, 1, { _, _, _ in 0x123456 }), ("black", 100, 70, { _, _, _ in 0 }),
      ("noise", 61, 47, { _, _, dice in UInt32(truncatingIfNeeded: dice.next()) & 0xFF_FFFF }),
      ("few colours", 300, 40, { _, _, dice in dice.pick([0, 0xFF_FFFF, 0xAA0000]) }),
      ("gradient", 256, 64, { x, y, _ in UInt32(x << 16 | y << 8 | x ^ y) }),
      ("stripes", 640, 100, { x, y, _ in y % 16 < 8 ? 0xAAAAAA : UInt32(x % 9) << 16 }),
      (
        "far repetitions", 173, 130,
        { x, y, _ in UInt32(truncatingIfNeeded: (x &+ y % 65 &* 173) &* 0x9E3779) & 0xFF_FFFF }
      ),
    ]

  @Test("zlib of another author reads every dot back", arguments: pictures.indices)
  func dots(_ index: Int) throws {
    let row = Self.pictures[index]
    var dice = Dice(UInt64(index))
    var colors: [UInt32] = []
    for y in 0..<row.height { for x in 0..<row.width { colors.append(row.color(x, y, &dice)) } }
    let display = TestDisplay(width: UInt16(row.width), height: UInt16(row.height), depth: 32)
    for (at, color) in colors.enumerated() {
      display.chip.writeFrameBuffer(UInt64(color), offset: UInt64(at) * 4, width: 4)
    }
    let wanted = colors.map { color in
      String(String(color | 0x100_0000, radix: 16).dropFirst())
    }
    let seen = try Self.read(PNG.bytes(display.picture))
    #expect(seen == "\(row.width) \(row.height) \(wanted.joined())", "\(row.name)")
  }

  @Test("A screen of text is a small file")
  func size() {
    let display = TestDisplay()
    for row in 0..<25 as Range<UInt64> { display.print("[    0.\(row * 137)] kernel: a line of a log", row: row) }
    let count = PNG.bytes(display.picture).count
    #expect(count < 32_000, "\(count)")
  }

  @Test("A file with a changed byte is refused by the reader")
  func changed() throws {
    var file = PNG.bytes(TestDisplay(width: 20, height: 20, depth: 32).picture)
    file[file.count - 20] ^= 1
    #expect(try Self.read(file) == "refused")
  }
}
