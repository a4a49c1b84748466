#if os(Linux) && arch(x86_64)
  import CKVM
  import Glibc
  import MMU
  import TextForms

  /// An open /dev/kvm.
  @safe final class KVMHost {
    let descriptor: Int32
    /// Bytes of the page that a virtual processor shares with us.
    let runByteCount: Int
    /// What KVM_GET_SUPPORTED_CPUID says.
    let supportedCPUID: [KVMCPUIDEntry]

    /// The device: `EMU_KVM_DEVICE`, else /dev/kvm.
    static var devicePath: String {
      if let path = unsafe getenv("EMU_KVM_DEVICE") { return unsafe String(cString: path) }
      return "/dev/kvm"
    }

    /// Opens the device.
    ///
    /// - Throws: an unavailable error if it is missing or refused, or does not speak version 12 of the interface.
    init(path: String = devicePath) throws(KVMError) {
      descriptor = unsafe open(path, O_RDWR | O_CLOEXEC)
      guard descriptor >= 0 else {
        throw KVMError("/dev/kvm is not available: \(Self.errorText)", isUnavailable: true)
      }
      let version = ckvm_ioctl_value(descriptor, CKVM_GET_API_VERSION, 0)
      guard version == 12 else {
        close(descriptor)
        throw KVMError("/dev/kvm is not available: it speaks version \(version), not 12", isUnavailable: true)
      }
      runByteCount = Int(ckvm_ioctl_value(descriptor, CKVM_GET_VCPU_MMAP_SIZE, 0))
      supportedCPUID = KVMCPUIDEntry.supported(descriptor)
    }

    deinit { close(descriptor) }

    /// What KVM_CHECK_EXTENSION says of a capability: 0 is absent.
    func capability(_ number: Int32) -> Int { Int(ckvm_ioctl_value(descriptor, CKVM_CHECK_EXTENSION, UInt(number))) }

    /// The text of errno.
    static var errorText: String { unsafe String(cString: strerror(errno)) }
  }

  /// A virtual machine: memory slots and virtual processors.
  final class KVMVirtualMachine {
    let host: KVMHost
    let descriptor: Int32
    private var slotCount: UInt32 = 0

    init(_ host: KVMHost) throws(KVMError) {
      self.host = host
      descriptor = ckvm_ioctl_value(host.descriptor, CKVM_CREATE_VM, 0)
      guard descriptor >= 0 else {
        throw KVMError("/dev/kvm is not available: KVM_CREATE_VM: \(KVMHost.errorText)", isUnavailable: true)
      }
    }

    deinit { close(descriptor) }

    /// Shows host memory to the guest. It must outlive the virtual machine.
    ///
    /// - Parameters:
    ///   - address: guest-physical, a multiple of 4 KiB.
    ///   - byteCount: a multiple of 4 KiB; 0 adds nothing.
    func addMemory(_ memory: UnsafeMutableRawPointer, byteCount: UInt64, at address: UInt64) throws(KVMError) {
      guard byteCount > 0 else { return }
      var region = kvm_userspace_memory_region(
        slot: slotCount, flags: 0, guest_phys_addr: address, memory_size: byteCount,
        userspace_addr: UInt64(UInt(bitPattern: memory)))
      guard unsafe ckvm_ioctl(descriptor, CKVM_SET_USER_MEMORY_REGION, &region) == 0 else {
        throw KVMError("KVM refuses \(byteCount) bytes of RAM at \(Text.hex(address)): \(KVMHost.errorText)")
      }
      slotCount += 1
    }

    /// Shows RAM below the video window, between it and the device hole, and above 4 GiB.
    func addMemory(of memory: GuestMemory) throws(KVMError) {
      let (windowStart, windowEnd) = (GuestMemory.videoWindowStart, GuestMemory.videoWindowEnd)
      unsafe try addMemory(memory.base, byteCount: windowStart, at: 0)
      unsafe try addMemory(memory.base + Int(windowEnd), byteCount: memory.lowByteCount - windowEnd, at: windowEnd)
      unsafe try addMemory(
        memory.base + Int(memory.lowByteCount), byteCount: memory.byteCount - memory.lowByteCount, at: 1 << 32)
    }
  }
#endif
