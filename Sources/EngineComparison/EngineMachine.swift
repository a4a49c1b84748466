import DevicesLegacy
import Glibc
import InstructionTesting
import Interpreter
import MMU
import Machine
import ModelExecution
import X86
import X86Decoder

/// A board with one of the engines, which runs programs one after the other.
@safe final class EngineMachine {
  let machine: Machine
  let processor: Processor
  /// What left the serial line and the debug console.
  private(set) var output: [UInt8] = []
  private let longMode: MachineCheckpoint
  private let realMode: MachineCheckpoint
  private let ram: UnsafeMutableRawPointer
  private let home: PageSet

  init(_ model: ProcessorModel, _ engine: Engine) throws(MachineError) {
    var configuration = MachineConfiguration()
    configuration.memoryByteCount = GuestMemory.minimumByteCount
    configuration.model = model
    configuration.engine = engine
    machine = try Machine(configuration)
    machine.returnsWhenIdle = true
    processor = machine.processor(0)
    unsafe ram = machine.memory.base
    var home = PageSet(pageCount: machine.memory.pageCount)
    for range in GuestMap.ranges { for page in range.lowerBound >> 12..<range.upperBound >> 12 { home.insert(page) } }
    self.home = home
    Self.prepareChips(machine)
    processor.restore(Self.longModeState(model))
    longMode = machine.capture()
    var real = ArchitecturalState()
    real.idtr = DescriptorTableRegister(base: 0, limit: 0x3FF)
    real.activity = .running
    processor.restore(real)
    realMode = machine.capture()
    machine.serialOutput = { [unowned self] in output.append($0) }
  }

  /// The 8259A gives 20h to 2Fh, ends interrupts by itself and lets the serial line pass, which interrupts for each byte.
  private static func prepareChips(_ machine: Machine) {
    // ICW1 to ICW4 and the mask of the master and of the slave; IER and MCR of the serial line.
    let writes: [(chip: String, register: UInt64, values: [UInt32])] = [
      ("8259 PIC", 0, [0x11]), ("8259 PIC", 1, [0x20, 4, 3, 0xEF]), ("8259 PIC", 2, [0x11]),
      ("8259 PIC", 3, [0x28, 2, 3, 0xFF]), ("16550 UART", 1, [1]), ("16550 UART", 4, [0x0B]),
    ]
    for (chip, register, values) in writes {
      guard let port = Machine.port(ofChip: chip, register: register) else { continue }
      for value in values { machine.writePort(value, port, width: 1, processor: 0) }
    }
  }

  private static func longModeState(_ model: ProcessorModel) -> ArchitecturalState {
    var state = ArchitecturalState()
    state.cr0 =
      CR0.paging | CR0.numericError | CR0.extensionType | CR0.monitorCoprocessor | CR0.protectionEnable
    state.cr3 = GuestMap.pml4
    state.cr4 =
      CR4.physicalAddressExtension | CR4.osFXSR | CR4.osXMMExceptions | CR4.pageGlobalEnable | CR4.fsgsbase
      | CR4.performanceCounterEnable
    if model.features.contains(.xsave) {
      state.cr4 |= CR4.osXSAVE
      state.xcr0 = XCR0.x87 | XCR0.sse | (model.features.contains(.avx) ? XCR0.avx : 0)
    }
    state.efer =
      EFER.systemCallExtensions | EFER.longModeEnable | EFER.longModeActive | EFER.noExecuteEnable
    state.gdtr = DescriptorTableRegister(base: GuestMap.descriptors, limit: 0x7F)
    state.idtr = DescriptorTableRegister(base: GuestMap.idt, limit: 0xFFF)
    state.ldtr = GuestSegments.segment(0)
    state.tr = SegmentState(
      selector: GuestSegments.taskState, base: GuestMap.tss, limit: 0x67, attributes: 0x8B)
    for index in 0..<6 { state.segments[index] = GuestSegments.segment(UInt16(GuestSegments.userStack)) }
    state.segments[Int(SegmentRegister.cs.rawValue)] = GuestSegments.segment(UInt16(GuestSegments.userCode))
    state.msrs[MSR.star] =
      UInt64(GuestSegments.userCode32) << 48 | UInt64(GuestSegments.kernelCode) << 32
    state.msrs[MSR.lstar] = GuestMap.systemCallHandler
    state.msrs[MSR.sfmask] = RFLAGS.interruptEnable
    state.msrs[MSR.kernelGSBase] = InstructionTest.windowAddress
    state.rflags = RFLAGS.alwaysOne
    return state
  }

  // MARK: One program

  /// Puts everything as the program of an image finds it.
  func load(_ image: ProgramImage) {
    output.removeAll(keepingCapacity: true)
    clean()
    for range in GuestMap.ranges {
      // Most pages are as they were: reading is cheaper than writing.
      for at in stride(from: range.lowerBound, to: range.upperBound, by: 4096)
      where unsafe memcmp(ram + at, image.bytes + at, 4096) != 0 {
        unsafe _ = memcpy(ram + at, image.bytes + at, 4096)
      }
    }
    let program = image.program
    machine.restore(program.isRealMode ? realMode : longMode)
    processor.lastRestore = RestoredState()
    if program.isRealMode { setRealMode(program) } else { setLongMode(program) }
    var input = program.input
    input.rip = image.start
    processor.importUserState(input)
  }

  private func setRealMode(_ program: EngineProgram) {
    for index in 0..<6 {
      processor.state.segments[index] = GuestSegments.real(program.input.selectors[index], isCode: index == 1)
    }
    let code = RealModeMemory.segments[0].selector
    processor.state.segments[.cs] = GuestSegments.real(code, isCode: true)
  }

  private func setLongMode(_ program: EngineProgram) {
    let selectors = GuestSegments.selectors(of: program)
    for index in 0..<6 { processor.state.segments[index] = GuestSegments.segment(program.input.selectors[index]) }
    processor.state.segments[.cs] = GuestSegments.segment(UInt16(selectors.code))
    processor.state.segments[.ss] = GuestSegments.segment(UInt16(selectors.stack))
    if program.mode != .code64 {
      for index in [0, 3] { processor.state.segments[index] = GuestSegments.segment(UInt16(GuestSegments.userStack)) }
    }
    processor.state.segments[4].base = program.input.fsBase
    processor.state.segments[5].base = program.input.gsBase
    processor.state.cpl = program.cpl
    let options = program.options
    func set(_ option: EngineProgram.Option, _ bit: UInt64, _ feature: CPUIDFeature? = nil) -> UInt64 {
      options.contains(option) && (feature.map { processor.model.features.contains($0) } ?? true) ? bit : 0
    }
    processor.state.paging.cr0 |=
      set(.writeProtect, CR0.writeProtect) | set(.alignmentMask, CR0.alignmentMask)
      | set(.taskSwitched, CR0.taskSwitched)
    processor.state.paging.cr4 |=
      set(.smap, CR4.supervisorModeAccessPrevention, .smap)
      | set(.smep, CR4.supervisorModeExecutionPrevention, .smep) | set(.pcid, CR4.pcidEnable, .pcid)
      | set(.umip, CR4.userModeInstructionPrevention, .umip) | set(.noTimeStamp, CR4.timeStampDisable)
      | set(.protectionKeys, CR4.protectionKeyEnable, .pku)
    if options.contains(.noSSE) { processor.state.paging.cr4 &= ~CR4.osFXSR }
    if options.contains(.protectionKeys), processor.model.features.contains(.pku) {
      processor.state.xcr0 |= XCR0.protectionKeys
      processor.state.paging.pkru = ProtectionKeyRights.writeDisable(1)
    }
  }

  // MARK: RAM

  /// The pages beside those of programs that the last one has touched, in runs.
  func strayPages() -> [Range<Int>] {
    var pages = machine.memory.populatedPages()
    pages.subtract(home)
    return pages.runs
  }

  /// Makes those pages what they were: holes that read as zeros.
  private func clean() {
    // MADV_REMOVE, which Swift's Glibc module does not show.
    let removes: Int32 = 9
    for run in strayPages() where unsafe madvise(ram + run.lowerBound << 12, run.count << 12, removes) != 0 {
      unsafe _ = memset(ram + run.lowerBound << 12, 0, run.count << 12)
    }
  }

  /// The physical address of the first word of RAM that differs, and both words.
  func memoryDifference(from other: EngineMachine) -> (address: UInt64, ours: UInt64, theirs: UInt64)? {
    for range in GuestMap.ranges
    where unsafe memcmp(ram + range.lowerBound, other.ram + range.lowerBound, range.count) != 0 {
      if let found = memoryDifference(from: other, in: range) { return found }
    }
    for run in strayPages() + other.strayPages() {
      if let found = memoryDifference(from: other, in: run.lowerBound << 12..<run.upperBound << 12) { return found }
    }
    return nil
  }

  private func memoryDifference(
    from other: EngineMachine, in range: Range<Int>
  ) -> (address: UInt64, ours: UInt64, theirs: UInt64)? {
    for at in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
      let (one, two) = unsafe (
        ram.load(fromByteOffset: at, as: UInt64.self), other.ram.load(fromByteOffset: at, as: UInt64.self)
      )
      if one != two { return (machine.memory.physical.address(of: UInt64(at)), one, two) }
    }
    return nil
  }

  // MARK: Running

  /// Runs so many ticks, and no further than the end of the guest or its sleep; gives how the last piece ended.
  func run(_ ticks: Int, _ cut: EngineSchedule.Cut) -> RunResult {
    guard case .every(let count) = cut, count > 0 else { return machine.run(ticks: UInt64(ticks)) }
    var left = ticks
    while left > 0 {
      let result = machine.run(ticks: UInt64(min(left, count)))
      if result != .sliceEnded { return result }
      left -= count
    }
    return .sliceEnded
  }

  /// What comes from outside.
  func apply(_ event: EngineSchedule.Event) {
    typealias Register = LocalAPIC.Register
    func write(_ register: Int, _ value: UInt64) {
      let address = PhysicalAddress(LocalAPIC.defaultBase + Register.offset(register))
      machine.writePhysical(value, address, width: 4, processor: 0)
    }
    switch event {
    case .interrupt(let vector): write(Register.commandLow, 0x4_4000 | UInt64(vector))
    case .nonMaskable: processor.nonMaskableInterrupt()
    case .serial: _ = machine.receiveSerial([0x41])
    case .timer(let vector, let ticks, let isPeriodic):
      write(Register.divide, 0xB)
      write(Register.vectorTable.lowerBound, (isPeriodic ? 0x2_0000 : 0) | UInt64(vector))
      write(Register.initialCount, UInt64(ticks))
    }
  }
}
