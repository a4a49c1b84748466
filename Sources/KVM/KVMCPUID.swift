#if os(Linux) && arch(x86_64)
  import CKVM
  import X86

  /// One leaf of CPUID as KVM lists it.
  struct KVMCPUIDEntry: Hashable {
    var function: UInt32
    var index: UInt32
    var isIndexed: Bool
    var eax: UInt32 = 0
    var ebx: UInt32 = 0
    var ecx: UInt32 = 0
    var edx: UInt32 = 0

    /// A register.
    subscript(register: CPUIDRegister) -> UInt32 {
      get {
        switch register {
        case .eax: eax
        case .ebx: ebx
        case .ecx: ecx
        case .edx: edx
        }
      }
      set {
        switch register {
        case .eax: eax = newValue
        case .ebx: ebx = newValue
        case .ecx: ecx = newValue
        case .edx: edx = newValue
        }
      }
    }

    /// It is the leaf of a feature, and has its bit set.
    func announces(_ feature: CPUIDFeature) -> Bool {
      let row = CPUIDRow.row(feature)
      return function == row.leaf && index == row.subleaf ?? 0 && self[row.register] & row.mask != 0
    }

    /// What an APIC of KVM's own brings and that of the board does not bring to a guest of KVM.
    static let kvmAPICFeatures: Set<CPUIDFeature> = [.x2APIC, .tscDeadline]

    private static let capacity = 256

    /// Lends a kvm_cpuid2 with space for 256 entries.
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
    ///   - absent: features of the board that it does not have here.
    ///   - timeStampKilohertz: of the host's time-stamp counter, which the guest reads.
    static func offer(
      model: (UInt32, UInt32) -> (UInt32, UInt32, UInt32, UInt32), supported: [KVMCPUIDEntry],
      absent: Set<CPUIDFeature>, timeStampKilohertz: UInt32
    ) -> [KVMCPUIDEntry] {
      func entry(_ function: UInt32) -> KVMCPUIDEntry {
        let (eax, ebx, ecx, edx) = model(function, 0)
        return KVMCPUIDEntry(
          function: function, index: 0,
          isIndexed: function == CPUIDLeaf.structuredFeatures || function == CPUIDLeaf.cacheParameters, eax: eax,
          ebx: ebx, ecx: ecx, edx: edx)
      }
      let board = CPUIDRow.table.filter(\.isOfBoard)
      let owned = masks(board)
      let present = masks(board.filter { !absent.contains($0.feature) })
      var result: [KVMCPUIDEntry] = []
      for function in Array(CPUIDLeaf.vendor...CPUIDLeaf.structuredFeatures)
        + Array(CPUIDLeaf.extendedMaximum...CPUIDLeaf.addressSizes)
      {
        var leaf = entry(function)
        let found = supported.first { $0.function == function && $0.index == 0 }
        for place in featurePlaces where place.leaf == function {
          let allowed = (found?[place.register] ?? 0) & ~owned[place, default: 0] | present[place, default: 0]
          leaf[place.register] &= allowed
        }
        // The width of linear addresses is that of 4-level paging where KVM lacks the other.
        if function == CPUIDLeaf.addressSizes, !supported.contains(where: { $0.announces(.la57) }) {
          leaf.eax = leaf.eax & ~0xFF00 | 48 << 8
        }
        result.append(leaf)
      }
      result.append(entry(CPUIDLeaf.hypervisor))
      var timing = entry(CPUIDLeaf.hypervisorTiming)
      timing.eax = timeStampKilohertz
      result.append(timing)
      // The state components that KVM carries for us even where CPUID denies XSAVE to the guest.
      result += supported.filter { $0.function == CPUIDLeaf.stateComponents }
      return result
    }

    /// A register of a leaf.
    private struct Place: Hashable {
      var leaf: UInt32
      var register: CPUIDRegister
    }

    /// The registers that hold features.
    private static let featurePlaces = Set(masks(CPUIDRow.table).keys)

    private static func masks(_ rows: [CPUIDRow]) -> [Place: UInt32] {
      CPUIDRow.words(rows, hasCopy: true).reduce(into: [:]) { masks, word in
        masks[Place(leaf: word.leaf, register: word.register), default: 0] |= word.mask
      }
    }
  }
#endif
