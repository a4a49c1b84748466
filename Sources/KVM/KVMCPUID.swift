#if os(Linux) && arch(x86_64)
  import CKVM

  /// One leaf of CPUID as KVM lists it.
  struct KVMCPUIDEntry: Hashable {
    var function: UInt32
    var index: UInt32
    var isIndexed: Bool
    var eax: UInt32 = 0
    var ebx: UInt32 = 0
    var ecx: UInt32 = 0
    var edx: UInt32 = 0

    private static let capacity = 256

    /// Lends a kvm_cpuid2 with room for 256 entries.
    private static func withList<Result>(
      _ body: (UnsafeMutablePointer<kvm_cpuid2>, UnsafeMutablePointer<kvm_cpuid_entry2>) -> Result
    ) -> Result {
      let byteCount = MemoryLayout<kvm_cpuid2>.size + capacity * MemoryLayout<kvm_cpuid_entry2>.stride
      return unsafe withUnsafeTemporaryAllocation(byteCount: byteCount, alignment: 8) { area in
        unsafe area.initializeMemory(as: UInt8.self, repeating: 0)
        guard let base = area.baseAddress else { preconditionFailure("an allocation without memory") }
        let list = unsafe base.assumingMemoryBound(to: kvm_cpuid2.self)
        unsafe list.pointee.nent = UInt32(capacity)
        guard let entries = unsafe ckvm_cpuid_entries(list) else { preconditionFailure("a list without entries") }
        return unsafe body(list, entries)
      }
    }

    /// What KVM can offer on this host.
    static func supported(_ descriptor: Int32) -> [KVMCPUIDEntry] {
      unsafe withList { list, entries in
        guard unsafe ckvm_ioctl(descriptor, CKVM_GET_SUPPORTED_CPUID, list) == 0 else { return [] }
        return (0..<Int(unsafe list.pointee.nent)).map { number in
          let entry = unsafe entries[number]
          return KVMCPUIDEntry(
            function: entry.function, index: entry.index, isIndexed: entry.flags & 1 != 0, eax: entry.eax,
            ebx: entry.ebx, ecx: entry.ecx, edx: entry.edx)
        }
      }
    }

    /// Makes a virtual processor answer with these entries; false if KVM refuses them.
    static func set(_ given: [KVMCPUIDEntry], processor: Int32) -> Bool {
      unsafe withList { list, entries in
        unsafe list.pointee.nent = UInt32(min(given.count, capacity))
        for (number, entry) in given.prefix(capacity).enumerated() {
          unsafe entries[number] = kvm_cpuid_entry2(
            function: entry.function, index: entry.index, flags: entry.isIndexed ? 1 : 0, eax: entry.eax,
            ebx: entry.ebx, ecx: entry.ecx, edx: entry.edx, padding: (0, 0, 0))
        }
        return unsafe ckvm_ioctl(processor, CKVM_SET_CPUID2, list) == 0
      }
    }

    /// What the model offers, less the features that KVM does not support here.
    ///
    /// - Parameters:
    ///   - model: CPUID of the model, by leaf and subleaf.
    ///   - timeStampKilohertz: of the host's time-stamp counter, which the guest reads.
    ///   - board: bits of leaf 1 ECX that the board adds, whatever KVM says: x2APIC, TSC deadline, hypervisor.
    static func offer(
      model: (UInt32, UInt32) -> (UInt32, UInt32, UInt32, UInt32), supported: [KVMCPUIDEntry], board: UInt32,
      timeStampKilohertz: UInt32
    ) -> [KVMCPUIDEntry] {
      func find(_ function: UInt32) -> KVMCPUIDEntry? { supported.first { $0.function == function && $0.index == 0 } }
      func entry(_ function: UInt32, isIndexed: Bool = false) -> KVMCPUIDEntry {
        let (eax, ebx, ecx, edx) = model(function, 0)
        return KVMCPUIDEntry(
          function: function, index: 0, isIndexed: isIndexed, eax: eax, ebx: ebx, ecx: ecx, edx: edx)
      }
      var result: [KVMCPUIDEntry] = []
      let ownedByBoard: UInt32 = 1 << 21 | 1 << 24 | 1 << 31
      for function in Array<UInt32>(0...7) + Array<UInt32>(0x8000_0000...0x8000_0008) {
        var leaf = entry(function, isIndexed: function == 7 || function == 4)
        switch function {
        case 1:
          leaf.ecx &= (find(1)?.ecx ?? 0) & ~ownedByBoard | board
          // APIC (bit 9) and HTT (bit 28) belong to the board.
          leaf.edx &= (find(1)?.edx ?? 0) | 1 << 9 | 1 << 28
        case 7:
          leaf.ebx &= find(7)?.ebx ?? 0
          leaf.ecx &= find(7)?.ecx ?? 0
          leaf.edx &= find(7)?.edx ?? 0
        case 0x8000_0001:
          leaf.ecx &= (find(function)?.ecx ?? 0) | 2
          leaf.edx &= (find(function)?.edx ?? 0) | 1 << 9
        default: break
        }
        result.append(leaf)
      }
      result.append(entry(0x4000_0000))
      var timing = entry(0x4000_0010)
      timing.eax = timeStampKilohertz
      result.append(timing)
      // The state components that KVM carries for us even where the guest is not told of XSAVE.
      result += supported.filter { $0.function == 0xD }
      return result
    }
  }
#endif
