#if os(Linux) && arch(x86_64)
  import InstructionTesting
  import X86

  /// A feature of CPUID that a kernel uses if it is offered, and an instruction that shows whether CPL 0 has it.
  struct KVMKernelFeature: Sendable {
    var feature: CPUIDFeature
    /// Runs at CPL 0 with RAX = 2 and RBX = RSP at 16 zero bytes.
    var code: [UInt8]

    /// Features whose instructions an emulated CPL 0 may refuse.
    static let all: [KVMKernelFeature] = [
      KVMKernelFeature(feature: .cmpxchg16b, code: [0x48, 0x0F, 0xC7, 0x0B]),
      KVMKernelFeature(feature: .popcnt, code: [0xF3, 0x0F, 0xB8, 0xC0]),
      KVMKernelFeature(feature: .fsgsbase, code: [0xF3, 0x48, 0x0F, 0xAE, 0xC0]),  // RDFSBASE
      KVMKernelFeature(feature: .invpcid, code: [0x66, 0x0F, 0x38, 0x82, 0x03]),
      KVMKernelFeature(feature: .smap, code: [0x0F, 0x01, 0xCB]),  // STAC
      KVMKernelFeature(feature: .rdtscp, code: [0x0F, 0x01, 0xF9]),
    ]

    /// Takes the feature out of a list of CPUID leaves.
    func remove(from entries: inout [KVMCPUIDEntry]) {
      for index in entries.indices where entries[index].announces(feature) {
        entries[index][CPUIDRow.row(feature).register] &= ~CPUIDRow.row(feature).mask
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
