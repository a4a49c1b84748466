import InstructionTesting
import Testing
import X86

// The C side asserts the same numbers: Sources/CNativeOracle/include/CNativeOracle.h.
@Suite("Layout of the records") struct LayoutTests {
  @Test("UserState: 1,360 bytes, no padding") func userState() {
    #expect(MemoryLayout<UserState>.size == 1360)
    #expect(MemoryLayout<UserState>.stride == 1360)
    #expect(MemoryLayout<UserState>.offset(of: \.generalRegisters) == 0)
    #expect(MemoryLayout<UserState>.offset(of: \.rip) == 128)
    #expect(MemoryLayout<UserState>.offset(of: \.rflags) == 136)
    #expect(MemoryLayout<UserState>.offset(of: \.ymm) == 144)
    #expect(MemoryLayout<UserState>.offset(of: \.st) == 656)
    #expect(MemoryLayout<UserState>.offset(of: \.fsBase) == 784)
    #expect(MemoryLayout<UserState>.offset(of: \.gsBase) == 792)
    #expect(MemoryLayout<UserState>.offset(of: \.cr2) == 800)
    #expect(MemoryLayout<UserState>.offset(of: \.strayWrites) == 808)
    #expect(MemoryLayout<UserState>.offset(of: \.window) == 816)
    #expect(MemoryLayout<UserState>.offset(of: \.mxcsr) == 1328)
    #expect(MemoryLayout<UserState>.offset(of: \.errorCode) == 1332)
    #expect(MemoryLayout<UserState>.offset(of: \.fcw) == 1336)
    #expect(MemoryLayout<UserState>.offset(of: \.fsw) == 1338)
    #expect(MemoryLayout<UserState>.offset(of: \.ftw) == 1340)
    #expect(MemoryLayout<UserState>.offset(of: \.vector) == 1341)
    #expect(MemoryLayout<UserState>.offset(of: \.selectors) == 1342)
    #expect(MemoryLayout<UserState>.offset(of: \.reserved) == 1354)
    #expect(MemoryLayout<UserState>.offset(of: \.reservedWord) == 1356)
  }

  @Test("InstructionTest: 1,504 bytes, no padding") func instructionTest() {
    #expect(MemoryLayout<InstructionTest>.size == 1504)
    #expect(MemoryLayout<InstructionTest>.stride == 1504)
    #expect(MemoryLayout<InstructionTest>.offset(of: \.codeLength) == 128)
    #expect(MemoryLayout<InstructionTest>.offset(of: \.steps) == 129)
    #expect(MemoryLayout<InstructionTest>.offset(of: \.mode) == 130)
    #expect(MemoryLayout<InstructionTest>.offset(of: \.cpl) == 131)
    #expect(MemoryLayout<InstructionTest>.offset(of: \.singleSteps) == 132)
    #expect(MemoryLayout<InstructionTest>.offset(of: \.form) == 134)
    #expect(MemoryLayout<InstructionTest>.offset(of: \.number) == 136)
    #expect(MemoryLayout<InstructionTest>.offset(of: \.input) == 144)
  }
}
