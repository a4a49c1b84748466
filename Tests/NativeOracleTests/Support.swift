import InstructionTesting
import NativeOracle
import X86

let hasOracle: Bool = {
  guard let reason = NativeOracle.unavailableReason else { return true }
  print("SKIP native oracle: \(reason)")
  return false
}()

func hasFeature(_ name: String) -> Bool {
  if HostProcessor.features.contains(name) { return true }
  print("SKIP native \(name): CPUID of \(HostProcessor.name) does not have it")
  return false
}

extension InstructionTest {
  /// Code in 64-bit mode or, with flat data segments, in compatibility mode.
  static func code(
    _ bytes: [UInt8], mode: Mode = .long64, steps: UInt8 = 1, singleSteps: Bool = true,
    _ change: (inout UserState) -> Void = { _ in }
  ) -> InstructionTest {
    var test = InstructionTest()
    for (index, byte) in bytes.enumerated() { test.code[index] = byte }
    test.codeLength = UInt8(bytes.count)
    test.mode = mode
    test.steps = steps
    test.singleSteps = singleSteps
    if mode == .compatibility32 { test.input.selectors = [0x2B, 0x23, 0x2B, 0x2B, 0, 0] }
    change(&test.input)
    return test
  }
}

extension UserState {
  /// The bytes, for comparison of the whole.
  var bytes: [UInt8] { unsafe withUnsafeBytes(of: self) { unsafe [UInt8]($0) } }

  /// RAX RCX RDX RBX RSP RBP RSI RDI: the numbers of the registers.
  subscript(register: Int) -> UInt64 {
    get { generalRegisters[register] }
    set { generalRegisters[register] = newValue }
  }
}

/// A small generator of test numbers.
struct SplitMix {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
