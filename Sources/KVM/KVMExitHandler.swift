#if os(Linux) && arch(x86_64)
  import CKVM
  import Glibc
  import HostSystem
  import MMU
  import Machine
  import TextForms
  import X86

  /// What the board answers when a processor of KVM leaves the guest.
  final class KVMExitHandler {
    let machine: Machine
    private let start: UInt64
    /// What the machine's clock showed when this board began.
    private let base: UInt64

    init(_ machine: Machine) {
      self.machine = machine
      start = HostClock.monotonic
      base = machine.clockNanoseconds
    }

    /// Nanoseconds since power-on.
    var now: UInt64 { base &+ (HostClock.monotonic - start) }

    /// Answers an exit; the caller holds the board.
    func answer(_ exit: KVMExit, _ processor: KVMProcessor, index: Int) throws(KVMError) {
      machine.advance(toNanoseconds: now)
      switch exit {
      case .port: accessPorts(processor, index)
      case .memory: accessMemory(processor, index)
      case .halt: processor.activity = .halted
      case .interrupted, .interruptWindow, .taskPriority: break
      case .shutdown: machine.end(.tripleFault(report(processor)))
      case .internalError(1): throw cannotEmulate(processor)
      case .internalError(let number): throw KVMError("KVM reports internal error \(number) \(place(processor))")
      case .entryFailure(let reason):
        throw KVMError("KVM refuses to enter the guest (\(Text.hex(reason))) \(place(processor))")
      case .failed(let code):
        throw unsafe KVMError("KVM_RUN: \(String(cString: strerror(code))) \(place(processor))")
      case .debug, .readMSR, .writeMSR, .other: throw KVMError("unexpected KVM exit \(exit) \(place(processor))")
      }
    }

    /// Whether the last byte in front of RIP is HLT's.
    func isBehindHalt(_ processor: KVMProcessor) -> Bool {
      var general = kvm_regs()
      _ = processor.call(CKVM_GET_REGS, &general)
      return code(processor, general.rip &- 1, 1) == [0xF4]
    }

    /// Bytes of the code segment, as far as they lie in RAM.
    private func code(_ processor: KVMProcessor, _ offset: UInt64, _ count: Int) -> [UInt8]? {
      var system = kvm_sregs()
      _ = processor.call(CKVM_GET_SREGS, &system)
      var physical: UInt64 = 0
      guard unsafe ckvm_translate(processor.descriptor, system.cs.base &+ offset, &physical) != 0 else { return nil }
      return machine.memory.read(count, at: PhysicalAddress(physical))
    }

    private func accessPorts(_ processor: KVMProcessor, _ index: Int) {
      let run = unsafe processor.run
      guard let data = unsafe ckvm_port_data(run) else { return }
      let (port, width) = unsafe (ckvm_port_number(run), Int(ckvm_port_width(run)))
      let isWrite = unsafe ckvm_port_is_write(run) != 0
      for element in 0..<Int(unsafe ckvm_port_count(run)) {
        let area = unsafe data + element * width
        if isWrite {
          machine.writePort(
            UInt32(truncatingIfNeeded: unsafe Self.load(area, width)), port, width: width, processor: index)
        } else {
          unsafe Self.store(UInt64(machine.readPort(port, width: width, processor: index)), area, width)
        }
      }
    }

    private func accessMemory(_ processor: KVMProcessor, _ index: Int) {
      let run = unsafe processor.run
      guard let data = unsafe ckvm_mmio_data(run) else { return }
      let address = PhysicalAddress(unsafe ckvm_mmio_address(run))
      let width = min(Int(unsafe ckvm_mmio_width(run)), 8)
      if unsafe ckvm_mmio_is_write(run) != 0 {
        machine.writePhysical(unsafe Self.load(data, width), address, width: width, processor: index)
      } else {
        unsafe Self.store(machine.readPhysical(address, width: width, processor: index), data, width)
      }
    }

    /// Answers a port or memory exit and gives what it was.
    ///
    /// - Parameter replay: accesses whose values count instead of the board's, which then is not asked; nil asks it.
    func answerAccess(_ exit: KVMExit, _ processor: KVMProcessor, replay: [KVMAccess]?) -> [KVMAccess] {
      let run = unsafe processor.run
      let isPort = exit == .port
      guard let data = unsafe isPort ? ckvm_port_data(run) : ckvm_mmio_data(run) else { return [] }
      let width = unsafe isPort ? Int(ckvm_port_width(run)) : min(Int(ckvm_mmio_width(run)), 8)
      let isWrite = unsafe (isPort ? ckvm_port_is_write(run) : ckvm_mmio_is_write(run)) != 0
      let address = unsafe isPort ? UInt64(ckvm_port_number(run)) : ckvm_mmio_address(run)
      let count = unsafe isPort ? Int(ckvm_port_count(run)) : 1
      if replay == nil {
        if isPort { accessPorts(processor, 0) } else { accessMemory(processor, 0) }
      }
      var result: [KVMAccess] = []
      for element in 0..<count {
        let area = unsafe data + element * width
        if !isWrite, let replay, element < replay.count { unsafe Self.store(replay[element].value, area, width) }
        result.append(
          KVMAccess(
            isPort: isPort, isWrite: isWrite, address: address, width: width, value: unsafe Self.load(area, width)))
      }
      return result
    }

    private static func load(_ area: UnsafePointer<UInt8>, _ width: Int) -> UInt64 {
      var value: UInt64 = 0
      for byte in 0..<width { value |= UInt64(unsafe area[byte]) << UInt64(byte * 8) }
      return value
    }

    private static func store(_ value: UInt64, _ area: UnsafeMutablePointer<UInt8>, _ width: Int) {
      for byte in 0..<width { unsafe area[byte] = UInt8(truncatingIfNeeded: value >> UInt64(byte * 8)) }
    }

    // MARK: Words for the user

    private func place(_ processor: KVMProcessor) -> String {
      var general = kvm_regs()
      _ = processor.call(CKVM_GET_REGS, &general)
      return "at RIP \(Text.hex(general.rip))"
    }

    /// Where the processor stood when it shut down: KVM reports no more.
    private func report(_ processor: KVMProcessor) -> String {
      var system = kvm_sregs()
      _ = processor.call(CKVM_GET_SREGS, &system)
      return "KVM reports a shutdown \(place(processor)), CR2 \(Text.hex(system.cr2)), "
        + "CR3 \(Text.hex(system.cr3)); --backend model prints the fault report"
    }

    private func cannotEmulate(_ processor: KVMProcessor) -> KVMError {
      var bytes = [UInt8](repeating: 0, count: 16)
      var count = Int(unsafe ckvm_failed_instruction(processor.run, &bytes))
      if count == 0 {
        var general = kvm_regs()
        _ = processor.call(CKVM_GET_REGS, &general)
        if let found = code(processor, general.rip, 8) {
          bytes = found
          count = found.count
        }
      }
      let text = bytes.prefix(count).map(Text.code)
      return KVMError(
        "KVM on this host cannot emulate \(count == 0 ? "the instruction" : text.joined(separator: " ")) "
          + place(processor))
    }
  }
#endif
