import Testing
import X86

@testable import X86Decoder

/// One encoding and what must come of it.
struct DecodeCase: Sendable {
  var corner: String
  var bytes: [UInt8]
  var mode: DecodeMode
  var length: UInt8?
  var operation: Operation?
  var failure: DecodeFailure?
  /// What the processor has.
  var features = CPUIDFeatures.all
}

private let firstLevel = CPUIDFeatures(CPUIDRow.features(of: .zen4, .v1))

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
  DecodeCase(
    corner: "A23", bytes: [0xF3, 0x0F, 0xBC, 0xC3], mode: .code64, length: 4, operation: .bsf, features: firstLevel),
  DecodeCase(corner: "A23", bytes: [0xF3, 0x0F, 0xBC, 0xC3], mode: .code64, length: 4, operation: .tzcnt),
  DecodeCase(corner: "VEX", bytes: [0xC5, 0xF8, 0x77], mode: .code64, length: 3, operation: .vzeroupper),
  DecodeCase(corner: "VEX", bytes: [0xC5, 0xF8, 0x77], mode: .code32, length: 3, operation: .vzeroupper),
  DecodeCase(corner: "VEX", bytes: [0xC5, 0xF8, 0x77], mode: .code16, length: 3, operation: .vzeroupper),
  DecodeCase(
    corner: "VEX", bytes: [0xC5, 0xF8, 0x77], mode: .code64, failure: .invalidOpcode, features: firstLevel),
  DecodeCase(corner: "VEX", bytes: [0xC5, 0x03], mode: .code32, length: 2, operation: .lds),
  DecodeCase(corner: "VEX", bytes: [0xC4, 0x03], mode: .code32, length: 2, operation: .les),
  DecodeCase(corner: "VEX", bytes: [0xC5, 0x47, 0x10], mode: .code16, length: 3, operation: .lds),
  DecodeCase(corner: "VEX", bytes: [0x48, 0xC5], mode: .code64, failure: .truncated),
  DecodeCase(corner: "VEX", bytes: [0x48, 0xC4, 0xE2], mode: .code64, failure: .invalidOpcode),
  DecodeCase(corner: "VEX", bytes: [0x66, 0xC5, 0xF5, 0xFC], mode: .code64, failure: .truncated),
  DecodeCase(corner: "VEX", bytes: [0x66, 0xC5, 0xF5, 0xFC, 0xC2], mode: .code64, failure: .invalidOpcode),
  DecodeCase(corner: "VEX", bytes: [0xC5], mode: .code64, failure: .truncated),
  DecodeCase(corner: "VEX", bytes: [0xC4, 0xE2, 0x70, 0xF2, 0xC3], mode: .code64, length: 5, operation: .andn),
  DecodeCase(
    corner: "VEX", bytes: [0x67, 0xC4, 0xE2, 0x71, 0x90, 0x04, 0x93], mode: .code32, failure: .invalidOpcode),
  DecodeCase(corner: "VEX", bytes: [0x62, 0xF1, 0x7C, 0x48, 0x58, 0xC1], mode: .code64, failure: .invalidOpcode),
  // What Zen 2 fetches before #UD. Behind REX the opcodes are LDS, LES and BOUND, whose ModRM is fetched.
  DecodeCase(corner: "VEX", bytes: [0x40, 0xC5, 0x7C, 0xCC], mode: .code64, failure: .truncated),
  DecodeCase(corner: "VEX", bytes: [0x40, 0xC5, 0x7C, 0xCC, 0x00], mode: .code64, failure: .invalidOpcode),
  DecodeCase(corner: "VEX", bytes: [0x40, 0x62, 0x44, 0x25], mode: .code64, failure: .truncated),
  DecodeCase(corner: "VEX", bytes: [0x40, 0x62, 0x44, 0x25, 0x00], mode: .code64, failure: .invalidOpcode),
  // REX before another prefix is void.
  DecodeCase(corner: "VEX", bytes: [0x40, 0x66, 0xC5, 0x78, 0x58], mode: .code64, failure: .truncated),
  // A map that does not exist has ModRM and no immediate.
  DecodeCase(corner: "VEX", bytes: [0xC4, 0xE4, 0x7C, 0x58], mode: .code64, failure: .truncated),
  DecodeCase(corner: "VEX", bytes: [0xC4, 0xE4, 0x7C, 0x58, 0xC0], mode: .code64, failure: .invalidOpcode),
  DecodeCase(corner: "VEX", bytes: [0xC4, 0xE0, 0x7C, 0x58, 0x80, 1, 2, 3], mode: .code32, failure: .truncated),
  // Without a row an opcode is laid out as without VEX: rel32 of Jcc, two bytes of EXTRQ, nothing of SYSCALL.
  DecodeCase(corner: "VEX", bytes: [0xC5, 0x78, 0x80, 1, 2, 3], mode: .code64, failure: .truncated),
  DecodeCase(corner: "VEX", bytes: [0xC5, 0xF8, 0x80, 1, 2, 3, 4], mode: .code32, failure: .invalidOpcode),
  DecodeCase(corner: "VEX", bytes: [0xC5, 0x78, 0x78, 0xC0, 1], mode: .code64, failure: .truncated),
  DecodeCase(corner: "VEX", bytes: [0xC5, 0x78, 0x05], mode: .code64, failure: .invalidOpcode),
  DecodeCase(corner: "VEX", bytes: [0xC4, 0xE3, 0x7D, 0xFF, 0xC0], mode: .code64, failure: .truncated),
  DecodeCase(corner: "SSE4A", bytes: [0x0F, 0x78, 0xC0, 1], mode: .code64, failure: .truncated),
  DecodeCase(corner: "SSE4A", bytes: [0x0F, 0x78, 0xC0, 1, 2], mode: .code64, failure: .invalidOpcode),
  // XOP is POP with another ModRM.reg than 0; its map Ah has 4 bytes of immediate.
  DecodeCase(corner: "XOP", bytes: [0x8F, 0xE3, 0x2E, 0x00], mode: .code32, failure: .truncated),
  DecodeCase(corner: "XOP", bytes: [0x8F, 0xE3, 0x2E, 0x00, 0x00], mode: .code32, failure: .invalidOpcode),
  DecodeCase(corner: "XOP", bytes: [0x8F, 0xEA, 0x78, 0x10, 0xC0, 1, 2, 3], mode: .code64, failure: .truncated),
  DecodeCase(corner: "XOP", bytes: [0x8F, 0xEA, 0x78, 0x10, 0xC0, 1, 2, 3, 4], mode: .code64, failure: .invalidOpcode),
  DecodeCase(corner: "XOP", bytes: [0x40, 0x8F, 0xE8], mode: .code64, failure: .invalidOpcode),
  DecodeCase(corner: "XOP", bytes: [0x8F, 0xC3], mode: .code64, length: 2, operation: .pop),
  // vvvv has four bits where it names nothing, three where it names one of eight registers.
  DecodeCase(corner: "VEX", bytes: [0xC4, 0xE3, 0x3B, 0xF0, 0xC1, 0x01], mode: .code32, failure: .invalidOpcode),
  DecodeCase(corner: "VEX", bytes: [0xC4, 0xE2, 0x30, 0xF2, 0xC3], mode: .code32, length: 5, operation: .andn),
  DecodeCase(corner: "VEX", bytes: [0xC4, 0xE1, 0x38, 0x77], mode: .code32, length: 4, operation: .vzeroupper),
  DecodeCase(corner: "VEX", bytes: [0xC4, 0xE1, 0x38, 0x77], mode: .code64, failure: .invalidOpcode),
  DecodeCase(corner: "VEX", bytes: [0xC4, 0xE1, 0x3C, 0x77], mode: .code32, failure: .invalidOpcode),
]

@Suite("Decoder")
struct DecoderTests {
  @Test("Rows of decode corners", arguments: cases)
  func row(_ row: DecodeCase) {
    var instruction = Instruction()
    let failure = unsafe row.bytes.withUnsafeBufferPointer { buffer in
      unsafe buffer.baseAddress.map {
        unsafe Decoder(ProcessorBehaviors(of: .zen4), row.features).decode(
          $0, count: buffer.count, mode: row.mode, into: &instruction)
      } ?? DecodeFailure.truncated
    }
    #expect(failure == row.failure)
    if let length = row.length { #expect(instruction.length == length) }
    if let operation = row.operation { #expect(instruction.operation == operation) }
  }
}
