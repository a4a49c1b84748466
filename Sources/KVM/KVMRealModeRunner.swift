public import InstructionTesting
import X86

#if os(Linux) && arch(x86_64)
  import CKVM
  import Glibc
  import TextForms

  /// Runs single instructions in real mode on a virtual processor of KVM, delivery of exceptions included.
  ///
  /// Nothing is stepped: RAM is HLT wherever a test leads, and each vector has a stub that leaves the guest. x87 and
  /// vector state take no part. Used on one thread at a time.
  @safe public final class KVMRealModeRunner {
    private let machine: KVMVirtualMachine
    private let processor: KVMProcessor
    private let memory: UnsafeMutableRawPointer
    private let image: RealModeMemory
    private var template = kvm_sregs()
    /// Nanoseconds between two looks at a test that does not end.
    private static let period: UInt64 = 10_000_000

    /// Opens KVM and makes the guest.
    ///
    /// - Throws: an unavailable error if the host has no KVM for us.
    public init() throws(KVMError) {
      let host = try KVMHost()
      let mapping = unsafe mmap(
        nil, RealModeMemory.byteCount, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)
      guard let mapping = unsafe mapping, unsafe mapping != MAP_FAILED else {
        throw KVMError("\(RealModeMemory.byteCount) bytes of guest RAM cannot be mapped: \(KVMHost.errorText)")
      }
      unsafe memory = mapping
      image = unsafe RealModeMemory(mapping)
      machine = try KVMVirtualMachine(host)
      unsafe try machine.addMemory(mapping, byteCount: UInt64(RealModeMemory.byteCount), at: 0)
      processor = try KVMProcessor(machine, index: 0)
      guard KVMCPUIDEntry.set(host.supportedCPUID, processor: processor.descriptor) else {
        throw KVMError("KVM_SET_CPUID2 refuses what KVM itself supports: \(KVMHost.errorText)")
      }
      guard processor.call(CKVM_GET_SREGS, &template) else { throw KVMError("KVM_GET_SREGS: \(KVMHost.errorText)") }
      template.cr0 = CR0.extensionType | CR0.numericError
      template.cr4 = CR4.osFXSR
      template.idt.base = 0
      template.idt.limit = 0x3FF
    }

    deinit { unsafe munmap(memory, RealModeMemory.byteCount) }

    /// Runs tests in order; one that KVM cannot run has `UserState.lost` as its vector and is otherwise the input.
    public func run(_ tests: UnsafeBufferPointer<InstructionTest>, into results: UnsafeMutableBufferPointer<UserState>)
    {
      let timer = try? KVMTimer(processor)
      timer?.set(first: Self.period, period: Self.period)
      for index in 0..<min(tests.count, results.count) { unsafe runOne(tests[index], &results[index]) }
      withExtendedLifetime(timer) {}
    }

    private func runOne(_ test: InstructionTest, _ result: inout UserState) {
      image.place(test)
      load(test.input)
      result = test.input
      let isDone = complete(test, &result)
      if isDone {
        image.collect(test, into: &result)
        return
      }
      result = test.input
      result.vector = UserState.lost
      var ignored = UserState()
      image.collect(test, into: &ignored)
    }

    private func load(_ input: UserState) {
      let r = input.generalRegisters
      processor.registers = kvm_regs(
        rax: r[0], rbx: r[3], rcx: r[1], rdx: r[2], rsi: r[6], rdi: r[7], rsp: r[4], rbp: r[5], r8: 0, r9: 0, r10: 0,
        r11: 0, r12: 0, r13: 0, r14: 0, r15: 0, rip: input.rip, rflags: input.rflags)
      func segment(_ index: Int) -> kvm_segment {
        let selector = input.selectors[index]
        return kvm_segment(
          SegmentState(
            selector: selector, base: UInt64(selector) << 4, limit: 0xFFFF, attributes: index == 1 ? 0x9B : 0x93))
      }
      var system = template
      (system.es, system.cs, system.ss) = (segment(0), segment(1), segment(2))
      (system.ds, system.fs, system.gs) = (segment(3), segment(4), segment(5))
      processor.systemRegisters = system
      processor.events = kvm_vcpu_events()
      processor.events.flags = UInt32(KVM_VCPUEVENT_VALID_NMI_PENDING) | UInt32(KVM_VCPUEVENT_VALID_SHADOW)
    }

    /// Runs to the end of a test; false if KVM cannot.
    private func complete(_ test: InstructionTest, _ result: inout UserState) -> Bool {
      var dirty = KVMProcessor.Dirty.registers | KVMProcessor.Dirty.systemRegisters | KVMProcessor.Dirty.events
      var looks = 0
      while true {
        let exit = processor.enter(dirty: dirty)
        dirty = 0
        switch exit {
        case .interrupted:
          looks += 1
          if looks > 3 { return false }
        case .port:
          if let vector = stubVector {
            store(&result, offset: UInt64(RealModeMemory.firstStub) + UInt64(vector) * 4, vector: vector)
            return true
          }
          // No chip is there, an input reads ones.
          if unsafe ckvm_port_is_write(processor.run) == 0 {
            let count = unsafe Int(ckvm_port_width(processor.run)) * Int(ckvm_port_count(processor.run))
            unsafe memset(ckvm_port_data(processor.run), 0xFF, min(count, 4096))
          }
        case .halt:
          let offset = processor.registers.rip
          // The HLT behind the instruction, wherever that led, ends the test; its own HLT is the test.
          store(&result, offset: test.isHalt ? offset : (offset &- 1) & 0xFFFF, vector: UserState.noException)
          return true
        default: return false
        }
      }
    }

    private var stubVector: UInt8? {
      let port = unsafe ckvm_port_number(processor.run)
      let isWrite = unsafe ckvm_port_is_write(processor.run) != 0
      // RIP is behind the OUT, or at it, as KVM likes.
      let offset = processor.registers.rip & ~3
      guard isWrite, port < 256, processor.systemRegisters.cs.selector == 0,
        RealModeMemory.stubVector(selector: 0, offset: offset) == UInt8(port)
      else { return nil }
      return UInt8(port)
    }

    private func store(_ result: inout UserState, offset: UInt64, vector: UInt8) {
      let (general, system) = (processor.registers.general, processor.systemRegisters)
      for index in 0..<8 { result.generalRegisters[index] = general[index] & 0xFFFF_FFFF }
      result.rip = offset
      result.rflags = processor.registers.rflags & ~(RFLAGS.trap | RFLAGS.resume)
      result.selectors = [
        system.es.selector, system.cs.selector, system.ss.selector, system.ds.selector, system.fs.selector,
        system.gs.selector,
      ]
      result.fsBase = system.fs.base
      result.gsBase = system.gs.base
      result.vector = vector
    }
  }

  extension InstructionTest {
    /// The code is HLT.
    fileprivate var isHalt: Bool {
      for index in 0..<Int(codeLength) {
        switch code[index] {
        case 0x26, 0x2E, 0x36, 0x3E, 0x64...0x67, 0xF2, 0xF3: continue
        default: return code[index] == 0xF4
        }
      }
      return false
    }
  }
#endif
