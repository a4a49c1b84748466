import Interpreter
import TestSupport
import Testing
import X86

@Suite("Random numbers")
struct RandomNumberTests {
  /// RDRAND RAX and RDSEED RAX.
  @Test(
    "They belong to the state: an image gives the same again, and another processor others",
    arguments: [[0x48, 0x0F, 0xC7, 0xF0], [0x48, 0x0F, 0xC7, 0xF8]] as [[UInt8]])
  func repeats(_ code: [UInt8]) throws {
    let guest = try BareProcessor()
    let numbers = guest.withProcessor(code, model: .amdV3) { processor in
      func next() -> UInt64 {
        processor.state.rip = BareProcessor.codeAddress
        _ = processor.executeOne()
        #expect(processor.rflags & RFLAGS.status == RFLAGS.carry)
        return processor.state.registers[0]
      }
      let first = next()
      let image = processor.image()
      let second = next()
      processor.restore(image)
      return [first, second, next()]
    }
    #expect(numbers[1] == numbers[2] && numbers[0] != numbers[1] && numbers[0] != 0)
  }
}
