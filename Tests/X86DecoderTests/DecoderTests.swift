import Testing

@testable import X86Decoder

/// One encoding and what must come of it.
struct DecodeCase: Sendable {
  var corner: String
  var bytes: [UInt8]
  var mode: DecodeMode
  var length: UInt8?
  var operation: Operation?
  var failure: DecodeFailure?
}

private let cases: [DecodeCase] = [
  DecodeCase(
    corner: "A01", bytes: [UInt8](repeating: 0x66, count: 14) + [0x90], mode: .code64, length: 15, operation: .nop),
  DecodeCase(corner: "A01", bytes: [UInt8](repeating: 0x66, count: 15) + [0x90], mode: .code64, failure: .tooLong),
  DecodeCase(corner: "A02", bytes: [0x48, 0x66, 0xB8, 0x34, 0x12], mode: .code64, length: 5, operation: .mov),
  DecodeCase(
    corner: "A02", bytes: [0x66, 0x48, 0xB8, 1, 2, 3, 4, 5, 6, 7, 8], mode: .code64, length: 11, operation: .mov),
  DecodeCase(corner: "A05", bytes: [0xF0, 0x01, 0xD8], mode: .code64, failure: .invalidOpcode),
  DecodeCase(corner: "A05", bytes: [0xF0, 0x01, 0x18], mode: .code64, length: 3, operation: .add),
  DecodeCase(corner: "A05", bytes: [0xF0, 0x39, 0x18], mode: .code64, failure: .invalidOpcode),
  DecodeCase(corner: "A13", bytes: [0xA1, 1, 2, 3, 4, 5, 6, 7, 8], mode: .code64, length: 9, operation: .mov),
  DecodeCase(corner: "A15", bytes: [0x41, 0x90], mode: .code64, length: 2, operation: .xchg),
  DecodeCase(corner: "A15", bytes: [0xF3, 0x90], mode: .code64, length: 2, operation: .pause),
  DecodeCase(corner: "A16", bytes: [0x82, 0xC0, 0x01], mode: .code64, failure: .invalidOpcode),
  DecodeCase(corner: "A16", bytes: [0x82, 0xC0, 0x01], mode: .code32, length: 3, operation: .add),
  DecodeCase(corner: "A22", bytes: [0x8D, 0xC0], mode: .code64, failure: .invalidOpcode),
  DecodeCase(corner: "A22", bytes: [0x8E, 0xC8], mode: .code64, failure: .invalidOpcode),
  DecodeCase(corner: "A23", bytes: [0xF3, 0x0F, 0xBC, 0xC3], mode: .code64, length: 4, operation: .bsf),
]

@Suite("Decoder")
struct DecoderTests {
  @Test("Rows of decode corners", arguments: cases)
  func row(_ row: DecodeCase) {
    var instruction = Instruction()
    let failure = unsafe row.bytes.withUnsafeBufferPointer { buffer in
      unsafe buffer.baseAddress.map {
        unsafe Decoder().decode($0, count: buffer.count, mode: row.mode, into: &instruction)
      } ?? DecodeFailure.truncated
    }
    #expect(failure == row.failure)
    if let length = row.length { #expect(instruction.length == length) }
    if let operation = row.operation { #expect(instruction.operation == operation) }
  }
}
