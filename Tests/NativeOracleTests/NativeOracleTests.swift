import NativeOracle
import Testing
import X86

@Suite("Instructions on the host's own processor", .serialized)
struct NativeOracleTests {
  @Test("ADD") func add() throws {
    var test = InstructionTest()
    test.code[0] = 0x01
    test.code[1] = 0xD8
    test.codeLength = 2
    test.input.generalRegisters[0] = 5
    test.input.generalRegisters[3] = 7
    for steps in [false, true] {
      test.singleSteps = steps
      let result = try NativeOracle().run([test])[0]
      #expect(result.generalRegisters[0] == 12)
      #expect(result.vector == UserState.noException)
    }
  }
}
