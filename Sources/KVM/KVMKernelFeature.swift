#if os(Linux) && arch(x86_64)
  import InstructionTesting
  import X86

  /// A feature of CPUID that a kernel uses if it is offered, and an instruction that shows whether CPL 0 has it.
  struct KVMKernelFeature {
    enum Register { case ebx, ecx, edx }

    var function: UInt32
    var register: Register
    var bit: UInt32
    /// Runs at CPL 0 with RAX = 2 and RBX = RSP at 16 zero bytes.
    var code: [UInt8]

    /// Features whose instructions an emulated CPL 0 may refuse.
    static let all: [KVMKernelFeature] = [
      KVMKernelFeature(function: 1, register: .ecx, bit: 13, code: [0x48, 0x0F, 0xC7, 0x0B]),  // CMPXCHG16B
      KVMKernelFeature(function: 1, register: .ecx, bit: 23, code: [0xF3, 0x0F, 0xB8, 0xC0]),  // POPCNT
      KVMKernelFeature(function: 7, register: .ebx, bit: 0, code: [0xF3, 0x48, 0x0F, 0xAE, 0xC0]),  // RDFSBASE
      KVMKernelFeature(function: 7, register: .ebx, bit: 10, code: [0x66, 0x0F, 0x38, 0x82, 0x03]),  // INVPCID
      KVMKernelFeature(function: 7, register: .ebx, bit: 20, code: [0x0F, 0x01, 0xCB]),  // SMAP: STAC
      KVMKernelFeature(function: 0x8000_0001, register: .edx, bit: 27, code: [0x0F, 0x01, 0xF9]),  // RDTSCP
    ]

    /// Takes the feature out of a list of CPUID leaves.
    func remove(from entries: inout [KVMCPUIDEntry]) {
      for index in entries.indices where entries[index].function == function && entries[index].index == 0 {
        switch register {
        case .ebx: entries[index].ebx &= ~(1 << bit)
        case .ecx: entries[index].ecx &= ~(1 << bit)
        case .edx: entries[index].edx &= ~(1 << bit)
        }
      }
    }
  }

  extension KVMInstructionRunner {
    /// The features whose instruction KVM refuses, or takes for undefined, at CPL 0.
    func missingKernelFeatures() -> [KVMKernelFeature] {
      KVMKernelFeature.all.filter { feature in
        var test = InstructionTest()
        for (index, byte) in feature.code.enumerated() { test.code[index] = byte }
        test.codeLength = UInt8(feature.code.count)
        test.cpl = 0
        test.singleSteps = false
        test.input.generalRegisters[0] = 2
        test.input.generalRegisters[3] = InstructionTest.windowAddress
        test.input.generalRegisters[4] = InstructionTest.windowAddress
        return run(test).0.vector != UserState.noException
      }
    }
  }
#endif
