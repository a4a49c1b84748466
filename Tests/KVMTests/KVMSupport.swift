import X86

@testable import KVM

/// Whether this host has a KVM for us; if not, that is said once.
enum KVMSupport {
  static let isAvailable: Bool = {
    do throws(KVMError) {
      _ = try KVMInstructionRunner()
      return true
    } catch {
      let reason = error.description.split(separator: ": ", maxSplits: 1).last.map(String.init) ?? ""
      print("SKIP kvm: /dev/kvm not available (\(reason))")
      return false
    }
  }()

  /// The flavour, or one without faults where there is no KVM.
  static let flavour: KVMFlavour = {
    guard isAvailable, let runner = try? KVMInstructionRunner() else { return KVMFlavour() }
    print(runner.flavour)
    return runner.flavour
  }()
}

/// SplitMix64: the same numbers every time.
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
