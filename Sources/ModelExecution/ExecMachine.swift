import Glibc
import InstructionTesting
public import Interpreter
import MMU
import SoftFloat
import TextForms
import X86
import X86Decoder

/// Carries out `emu exec` requests, one after the other, on one processor of the model.
public final class ExecMachine {
  private let memory: GuestMemory
  private let bus = VideoWindowBus()
  private let processor: Processor
  /// First RAM offset that no page of the present request uses.
  private var nextPage: UInt64 = 0
  /// Physical page of each mapped linear page.
  private var pages: [UInt64: UInt64] = [:]
  /// The request reaches A0000h-BFFFFh, where the board has a display and no RAM.
  private var usesVideoWindow = false

  private static let tablesStart: UInt64 = 0x10_0000
  private static let gdtLinear64: UInt64 = 0xFFFF_F000_0000_0000
  private static let gdtLinear32: UInt64 = 0xFFFF_F000

  /// A machine with 64 MiB of RAM, of which requests may map 32.
  public init(_ model: ProcessorModel = .amdV1) throws {
    memory = try GuestMemory(byteCount: 64 << 20)
    processor = Processor(
      index: 0, memory: memory, cache: CodeCache(memory), bus: bus, model: model)
  }

  /// Executes a request.
  ///
  /// - Throws: `ExecError` if the request makes no sense; the machine stays usable.
  public func execute(_ request: ExecRequest) throws(ExecError) -> ExecAnswer {
    defer { forget() }
    try prepare(request)
    bus.lastNote = nil
    var outcome = StepOutcome.retired
    var retired = 0
    var software: SoftwareInterrupt?
    while retired < request.steps {
      software = nil
      outcome = processor.executeOne { instruction in
        guard instruction.operation == .int else { return }
        software = SoftwareInterrupt(
          vector: UInt8(truncatingIfNeeded: instruction.immediate), length: UInt64(instruction.length))
      }
      guard case .retired = outcome else { break }
      retired += 1
      if processor.state.activity != .running { break }
    }
    var state = request.state
    processor.exportUserState(into: &state)
    state.setOutcome(outcome)
    var answer = ExecAnswer(state: state, memory: [], retired: retired, note: note(outcome, request))
    if let software, request.mode == .real16, case .raised(let exception) = outcome,
      exception.reason == .interruptVectorTableLimit
    {
      answer.state.rip = (state.rip &+ software.length) & 0xFFFF
      answer.state.vector = UserState.noException
      answer.state.errorCode = 0
      answer.interrupt = software.vector
    }
    if processor.model.features.contains(.pku) { answer.pkru = processor.state.paging.pkru }
    answer.memory = request.memory.map { range in
      ExecRequest.Bytes(address: range.address, data: range.data.indices.map { read(range.address &+ UInt64($0)) })
    }
    return answer
  }

  /// INT n: there is no vector table here that could lead anywhere.
  private struct SoftwareInterrupt {
    var vector: UInt8
    var length: UInt64
  }

  /// What the model does not do yet, or the feature that it lacks.
  private func note(_ outcome: StepOutcome, _ request: ExecRequest) -> String? {
    if let text = bus.lastNote?.unimplemented { return text }
    guard case .raised(let exception) = outcome, exception.vector == .invalidOpcode,
      exception.reason == .invalidEncoding || exception.reason == .absentFeature
    else { return nil }
    let mode: DecodeMode = request.mode == .long64 ? .code64 : request.mode == .real16 ? .code16 : .code32
    return NewerInstruction.sentence(
      processor.bytesAtRIP(), mode: mode, features: processor.model.features,
      isInTable: exception.reason == .absentFeature)
  }

  // MARK: Memory

  private func allocatePage() throws(ExecError) -> UInt64 {
    guard nextPage + 0x1000 <= memory.byteCount else {
      throw ExecError("map: the pages and their tables need more than the \(memory.byteCount) bytes of RAM")
    }
    nextPage += 0x1000
    return nextPage - 0x1000
  }

  /// Zeroes what the request used.
  private func forget() {
    let start = Self.tablesStart
    if nextPage > start { unsafe memset(memory.base + Int(start), 0, Int(nextPage - start)) }
    unsafe memset(memory.base, 0, 0xA_0000)
    bus.forget()
    pages.removeAll(keepingCapacity: true)
  }

  private func read(_ address: UInt64) -> UInt8 {
    if usesVideoWindow, let byte = bus.window(at: address) { return byte }
    guard let page = pages[address & ~0xFFF] else { return 0 }
    return memory.physical.load(page | (address & 0xFFF), as: UInt8.self)
  }

  private func write(_ bytes: [UInt8], at address: UInt64, field: String) throws(ExecError) {
    for (index, byte) in bytes.enumerated() {
      let at = address &+ UInt64(index)
      if usesVideoWindow, bus.setWindow(byte, at: at) { continue }
      guard let page = pages[at & ~0xFFF] else {
        throw ExecError("\(field): \(Text.hex(at)) is not in the map")
      }
      memory.physical.store(byte, page | (at & 0xFFF))
    }
  }

  private func map(_ request: ExecRequest, _ usesOwnPaging: Bool) throws(ExecError) {
    var mappings = request.map
    if mappings.isEmpty {
      mappings = [
        ExecRequest.Mapping(address: request.state.rip & ~0xFFF, size: 0x1000, isWritable: false, isExecutable: true)
      ]
    }
    var total: UInt64 = 0
    for mapping in mappings {
      let hex = Text.hex(mapping.address)
      guard mapping.address & 0xFFF == 0, mapping.size & 0xFFF == 0, mapping.size > 0 else {
        throw ExecError("map: \(hex) and its size are not multiples of 4096, or the size is 0")
      }
      let (sum, overflow) = total.addingReportingOverflow(mapping.size)
      guard !overflow, sum <= ExecRequest.mappingLimit else {
        throw ExecError("map: more than \(ExecRequest.mappingLimit) bytes in all")
      }
      total = sum
      for offset in stride(from: 0, to: mapping.size, by: 0x1000) as StrideTo<UInt64> {
        let linear = mapping.address &+ offset
        if usesOwnPaging {
          if bus.window(at: linear) != nil { continue }
          guard linear < memory.byteCount, memory.physical.offset(of: linear) != PhysicalMemory.nowhere else {
            throw ExecError("map: \(Text.hex(linear)) is no RAM, and the request pages by itself")
          }
          pages[linear] = linear
        } else {
          try mapPage(linear, mapping, request)
        }
      }
    }
  }

  private func mapPage(
    _ linear: UInt64, _ mapping: ExecRequest.Mapping, _ request: ExecRequest
  ) throws(ExecError) {
    guard pages[linear] == nil else {
      throw ExecError("map: \(Text.hex(linear)) is mapped twice")
    }
    let isLong = request.mode == .long64
    let isLegal = isLong ? UInt64(bitPattern: Int64(bitPattern: linear << 16) >> 16) == linear : linear >> 32 == 0
    guard isLegal, linear != (isLong ? Self.gdtLinear64 : Self.gdtLinear32) else {
      throw ExecError("map: \(Text.hex(linear)) is not an address that this mode can map")
    }
    let page = try allocatePage()
    pages[linear] = page
    let rights: UInt64 =
      1 | (mapping.isWritable ? 2 : 0) | (request.cpl == 3 ? 4 : 0) | (mapping.isExecutable ? 0 : 1 << 63)
    try setEntry(linear, page | rights, isLong: isLong)
  }

  private func setEntry(_ linear: UInt64, _ value: UInt64, isLong: Bool) throws(ExecError) {
    let view = memory.physical
    var table = Self.tablesStart
    for level in stride(from: isLong ? 3 : 2, to: 0, by: -1) {
      let at = table + ((linear >> UInt64(12 + level * 9)) & 511) * 8
      var entry = view.load(at, as: UInt64.self)
      if entry == 0 {
        // A PDPTE of PAE paging has no rights.
        entry = try allocatePage() | (level == 2 && !isLong ? 1 : 7)
        view.store(entry, at)
      }
      table = entry & 0x000F_FFFF_FFFF_F000
    }
    view.store(value, table + ((linear >> 12) & 511) * 8)
  }

  // MARK: State

  private func prepare(_ request: ExecRequest) throws(ExecError) {
    nextPage = Self.tablesStart + 0x1000
    var system = ModelEnvironment.systemState(processor.model)
    switch request.mode {
    case .long64: break
    case .protected32:
      system.efer = EFER.noExecuteEnable
    case .real16:
      (system.efer, system.cr0, system.cr4) = (
        0, CR0.extensionType | CR0.numericError, CR4.osFXSR | CR4.osXMMExceptions
      )
    }
    let usesOwnPaging =
      request.mode == .real16 || request.controls["cr3"] != nil
      || (request.controls["cr0"].map { $0 & CR0.paging == 0 } ?? false)
    system.cr3 = request.controls["cr3"] ?? Self.tablesStart
    if let value = request.controls["cr0"] { system.cr0 = value }
    if let value = request.controls["cr4"] { system.cr4 = value }
    if let value = request.controls["efer"] { system.efer = value }
    if let value = request.controls["pkru"] {
      guard processor.model.features.contains(.pku) else {
        throw ExecError("regs: pkru is given, and the model \(processor.model.name) lacks PKU")
      }
      system.pkru = UInt32(truncatingIfNeeded: value)
    }
    usesVideoWindow = usesOwnPaging
    if request.mode == .real16 {
      // FFFF:FFFF is the last that real mode reaches.
      for page in stride(from: 0, to: 0x11_0000, by: 0x1000) as StrideTo<UInt64>
      where memory.physical.offset(of: page) != PhysicalMemory.nowhere { pages[page] = page }
      nextPage = 0x11_0000
      for mapping in request.map where mapping.address > 0x11_0000 || mapping.size > 0x11_0000 - mapping.address {
        throw ExecError(
          "map: \(Text.hex(mapping.address)) and its size lie beyond 0x10ffef, the last byte of real mode")
      }
    } else {
      try map(request, usesOwnPaging)
    }
    if !usesOwnPaging { try placeDescriptors(&system, isLong: request.mode == .long64) }
    if request.mode == .protected32, !usesOwnPaging {
      for index in 0..<4 {
        system.pdpte[index] = memory.physical.load(Self.tablesStart + UInt64(index) * 8, as: UInt64.self)
      }
    }
    for range in request.memory { try write(range.data, at: range.address, field: "memory") }
    let codeAddress =
      request.mode == .real16 ? UInt64(request.state.selectors[1]) << 4 &+ request.state.rip : request.state.rip
    try write(request.code, at: codeAddress, field: "code")
    setSegments(request, &system)
    processor.restore(system)
    processor.state.cpl = request.mode == .real16 ? 0 : request.cpl
    processor.importUserState(request.state)
  }

  private func placeDescriptors(_ system: inout ArchitecturalState, isLong: Bool) throws(ExecError) {
    let linear = isLong ? Self.gdtLinear64 : Self.gdtLinear32
    let page = try allocatePage()
    try setEntry(linear, page | 3 | 1 << 63, isLong: isLong)
    for (selector, raw) in ModelEnvironment.descriptors { memory.physical.store(raw, page + UInt64(selector)) }
    system.gdtr.base = linear
  }

  private func setSegments(_ request: ExecRequest, _ system: inout ArchitecturalState) {
    let level = UInt32(request.cpl) << 5
    for index in 0..<6 {
      let selector = request.state.selectors[index]
      switch request.mode {
      case .real16:
        system.segments[index] = SegmentState(
          selector: selector, base: UInt64(selector) << 4, limit: 0xFFFF, attributes: index == 1 ? 0x9B : 0x93)
      case .protected32:
        system.segments[index] = SegmentState(
          selector: selector, base: 0, limit: .max, attributes: (index == 1 ? 0xC09B : 0xC093) | level)
      case .long64:
        let attributes: UInt32 =
          index == 1 ? 0xA09B | level : index == 2 || selector & 0xFFFC != 0 ? 0xC093 | level : SegmentState.unusable
        system.segments[index] = SegmentState(
          selector: selector, base: 0, limit: selector & 0xFFFC != 0 || index == 2 ? .max : 0, attributes: attributes)
      }
    }
    if request.mode != .real16 {
      system.segments[4].base = request.state.fsBase
      system.segments[5].base = request.state.gsBase
    }
  }
}
