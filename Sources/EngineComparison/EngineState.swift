import Differential
import Glibc
import Interpreter
import MMU
import SoftFloat
import X86

/// Where the words of a processor's state go, one behind the other.
private protocol WordSink {
  mutating func take(_ name: @autoclosure () -> String, _ value: UInt64)
}

/// Writes the values.
@safe private struct ValueSink: WordSink {
  var next: UnsafeMutablePointer<UInt64>

  @inline(__always) mutating func take(_ name: @autoclosure () -> String, _ value: UInt64) {
    unsafe next.pointee = value
    unsafe next += 1
  }
}

/// Collects the names.
private struct NameSink: WordSink {
  var names: [String] = []

  mutating func take(_ name: @autoclosure () -> String, _ value: UInt64) { names.append(name()) }
}

/// All of a processor's state but its translations, as words that can be compared at once.
///
/// Every field that decides what the guest does next is in it, or software can read it.
@safe final class EngineState {
  /// The names of the words.
  let names: [String]
  private let words: UnsafeMutablePointer<UInt64>
  private let others: UnsafeMutablePointer<UInt64>

  /// - Parameter processor: any; the names do not depend on it.
  init(_ processor: Processor) {
    var sink = NameSink()
    Self.visit(processor, &sink)
    names = sink.names
    unsafe words = .allocate(capacity: names.count)
    unsafe others = .allocate(capacity: names.count)
  }

  deinit {
    unsafe words.deallocate()
    unsafe others.deallocate()
  }

  /// Whether two processors are in the same state; `differences` then gives what is not.
  func isSame(_ one: Processor, _ other: Processor) -> Bool {
    var sink = unsafe ValueSink(next: words)
    Self.visit(one, &sink)
    sink = unsafe ValueSink(next: others)
    Self.visit(other, &sink)
    return unsafe memcmp(words, others, names.count * 8) == 0
  }

  /// The words in which the processors of the last comparison differ.
  var differences: [(name: String, ours: UInt64, theirs: UInt64)] {
    names.indices.compactMap { index in
      let (one, two) = unsafe (words[index], others[index])
      return one == two ? nil : (names[index], one, two)
    }
  }

  // MARK: The words

  @inline(__always)
  private static func visit<Sink: WordSink>(_ processor: Processor, _ sink: inout Sink) {
    let rflags = processor.rflags
    unsafe withUnsafePointer(to: &processor.state) { core in
      for index in 0..<16 { sink.take(generalRegisterNames[index].uppercased(), unsafe core.pointee.registers[index]) }
      sink.take("RIP", unsafe core.pointee.rip)
      sink.take("RFLAGS", rflags)
      unsafe visitCounts(core, &sink)
      unsafe visitSegments(core, &sink)
      unsafe visitSystem(core, &sink)
      for slot in 0..<UInt8(MSRTable.slotCapacity) {
        sink.take(name(ofSlot: slot), unsafe core.pointee.msrs[slot])
      }
      unsafe visit(core.pointee.floating, "", &sink)
    }
    visit(processor.lastRestore, &sink)
  }

  @inline(__always)
  private static func visitCounts<Sink: WordSink>(_ core: UnsafePointer<CoreState>, _ sink: inout Sink) {
    func bit(_ flag: Bool) -> UInt64 { flag ? 1 : 0 }
    sink.take("ticks", unsafe core.pointee.ticksBefore)
    sink.take("ticks that retired nothing", unsafe core.pointee.surplusTicks)
    sink.take("reasons to leave the loop", UInt64(unsafe core.pointee.attention))
    sink.take("INTR", bit(unsafe core.pointee.interruptRequest))
    sink.take("CPL", UInt64(unsafe core.pointee.cpl))
    sink.take("decode mode", UInt64(unsafe core.pointee.decodeMode))
    sink.take("activity", UInt64(unsafe core.pointee.activity.rawValue))
    sink.take("shadow of STI", bit(unsafe core.pointee.stiShadow))
    sink.take("shadow of MOV SS", bit(unsafe core.pointee.movSSShadow))
    sink.take("NMIs blocked", bit(unsafe core.pointee.nmiBlocked))
    sink.take("NMI pending", bit(unsafe core.pointee.nmiPending))
    sink.take("REP in its midst", bit(unsafe core.pointee.isRepeating))
    sink.take("pending debug conditions", unsafe core.pointee.pendingDebug)
    sink.take("state of RDRAND", unsafe core.pointee.randomState)
    sink.take("register 16, which reads as zero", unsafe core.pointee.registers[16])
  }

  @inline(__always)
  private static func visitSegments<Sink: WordSink>(_ core: UnsafePointer<CoreState>, _ sink: inout Sink) {
    func take(_ name: @autoclosure () -> String, _ segment: SegmentState) {
      sink.take(name(), UInt64(segment.selector))
      sink.take("\(name()).base", segment.base)
      sink.take("\(name()).limit", UInt64(segment.limit))
      sink.take("\(name()).attributes", UInt64(segment.attributes))
    }
    for index in 0..<6 { take(["ES", "CS", "SS", "DS", "FS", "GS"][index], unsafe core.pointee.segments[index]) }
    take("LDTR", unsafe core.pointee.ldtr)
    take("TR", unsafe core.pointee.tr)
    sink.take("GDTR.base", unsafe core.pointee.gdtr.base)
    sink.take("GDTR.limit", UInt64(unsafe core.pointee.gdtr.limit))
    sink.take("IDTR.base", unsafe core.pointee.idtr.base)
    sink.take("IDTR.limit", UInt64(unsafe core.pointee.idtr.limit))
  }

  @inline(__always)
  private static func visitSystem<Sink: WordSink>(_ core: UnsafePointer<CoreState>, _ sink: inout Sink) {
    sink.take("CR0", unsafe core.pointee.paging.cr0)
    sink.take("CR2", unsafe core.pointee.cr2)
    sink.take("CR3", unsafe core.pointee.paging.cr3)
    sink.take("CR4", unsafe core.pointee.paging.cr4)
    sink.take("EFER", unsafe core.pointee.paging.efer)
    sink.take("XCR0", unsafe core.pointee.xcr0)
    sink.take("PKRU", UInt64(unsafe core.pointee.paging.pkru))
    sink.take("A20 mask", unsafe core.pointee.paging.addressMask)
    for index in 0..<4 { sink.take("PDPTE\(index)", unsafe core.pointee.paging.pdpte[index]) }
    for index in 0..<4 { sink.take("DR\(index)", unsafe core.pointee.debugAddresses[index]) }
    sink.take("DR6", unsafe core.pointee.dr6)
    sink.take("DR7", unsafe core.pointee.dr7)
  }

  @inline(__always)
  private static func visit<Sink: WordSink>(
    _ floating: borrowing FloatingState, _ prefix: @autoclosure () -> String, _ sink: inout Sink
  ) {
    sink.take("\(prefix())FCW", UInt64(floating.controlWord))
    sink.take("\(prefix())FSW", UInt64(floating.statusWord))
    sink.take("\(prefix())FTW", UInt64(floating.validRegisters))
    sink.take("\(prefix())FOP", UInt64(floating.opcode))
    sink.take("\(prefix())FIP", floating.instructionPointer)
    sink.take("\(prefix())FDP", floating.dataPointer)
    sink.take("\(prefix())FCS", UInt64(floating.codeSelector))
    sink.take("\(prefix())FDS", UInt64(floating.dataSelector))
    sink.take("\(prefix())MXCSR", UInt64(floating.mxcsr))
    for index in 0..<8 {
      sink.take("\(prefix())R\(index) significand", floating.registers[index].significand)
      sink.take("\(prefix())R\(index) sign and exponent", UInt64(floating.registers[index].signExponent))
    }
    for index in 0..<16 {
      sink.take("\(prefix())XMM\(index) low", floating.xmm[index].low)
      sink.take("\(prefix())XMM\(index) high", floating.xmm[index].high)
      sink.take("\(prefix())YMM\(index) bits 191:128", floating.upper[index].low)
      sink.take("\(prefix())YMM\(index) bits 255:192", floating.upper[index].high)
    }
  }

  /// What the last XRSTOR loaded: XSAVEOPT and XSAVES compare with it.
  @inline(__always)
  private static func visit<Sink: WordSink>(_ restored: borrowing RestoredState, _ sink: inout Sink) {
    let isThere = restored.components != 0
    sink.take("XRSTOR's components", restored.components)
    sink.take("XRSTOR's CPL", isThere ? UInt64(restored.cpl) : 0)
    sink.take("XRSTOR's address", isThere ? restored.address : 0)
    sink.take("XRSTOR's layout", isThere ? restored.layout : 0)
    sink.take("XRSTOR's PKRU", isThere ? UInt64(restored.pkru) : 0)
    visit(restored.floating, "XRSTOR's ", &sink)
  }

  /// The name of the MSR whose value has a slot.
  private static func name(ofSlot slot: UInt8) -> String {
    let row = MSRTable.rows.first { row in
      row.isStored && MSRTable.facts(of: row.numbers.lowerBound)?.slot == slot
    }
    return row?.name ?? "free slot \(slot) of the MSRs"
  }
}
