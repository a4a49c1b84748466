#if os(Linux) && arch(x86_64)
  import Glibc
  import InstructionTesting
  import X86

  /// The little guest that single instructions run in: the environment of `InstructionTest` for CPL 3, and tables,
  /// stubs and a stack that only CPL 0 sees, far above it.
  ///
  /// Page tables are written once, before the guest runs, and never again: a KVM that shadows them need not notice.
  @safe final class KVMGuest {
    /// Bytes of the guest's RAM.
    static let byteCount = 0x1_0000
    /// The RAM.
    let memory: UnsafeMutableRawPointer

    /// Where CPL 0 sees all of the RAM.
    static let supervisorBase: UInt64 = 0x5A00_0000_0000
    /// Physical addresses.
    private static let (level4, lowLevel3, lowLevel2, codeTable, dataTable) = (0, 0x1000, 0x2000, 0x3000, 0x4000)
    private static let (highLevel3, highLevel2, highTable) = (0x5000, 0x6000, 0x7000)
    static let descriptorPage = 0x8000
    static let taskSegment = 0x8800
    static let interruptTable = 0x9000
    static let stubPage = 0xA000
    static let stackPage = 0xB000
    static let codePage = 0xC000
    static let dataPages = 0xD000
    /// Linear address of the top of the stack that every exception is delivered on.
    static let stackTop = supervisorBase + UInt64(stackPage) + 0x1000
    /// Linear address of the stub of vector 0; the next is 16 bytes on.
    static let firstStub = supervisorBase + UInt64(stubPage)
    /// The vector number of the stub that SYSCALL would reach.
    static let systemCallStub = 0xFC
    /// Bytes of the two writable pages and the read-only one.
    static let dataByteCount = 0x3000

    /// The data pages as they are before a test, window included.
    let pristine: UnsafeMutablePointer<UInt64>

    /// A GDT with Linux's selectors, and a TSS at 40h.
    static let descriptors: [UInt64] = [
      0, 0,
      0x00AF_9B00_0000_FFFF,  // 10h kernel code
      0x00CF_9300_0000_FFFF,  // 18h kernel data
      0x00CF_FB00_0000_FFFF,  // 23h user code, 32-bit
      0x00CF_F300_0000_FFFF,  // 2Bh user data
      0x00AF_FB00_0000_FFFF,  // 33h user code, 64-bit
      0x00AF_FB00_0000_FFFF,  // 3Bh the same again, to see whose selectors CPL 3 reads
    ]
    /// The TSS's selector.
    static let taskSelector: UInt16 = 0x40

    init() throws(KVMError) {
      let mapping = unsafe mmap(
        nil, Self.byteCount, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)
      guard let mapping = unsafe mapping, unsafe mapping != MAP_FAILED else {
        throw KVMError("\(Self.byteCount) bytes of guest RAM cannot be mapped: \(KVMHost.errorText)")
      }
      unsafe memory = mapping
      unsafe pristine = UnsafeMutablePointer<UInt64>.allocate(capacity: Self.dataByteCount / 8)
      for index in 0..<Self.dataByteCount / 8 {
        unsafe pristine[index] = InstructionTest.background(UInt64(index * 8))
      }
      placePageTables()
      placeDescriptors()
      unsafe memset(memory + Self.codePage, 0xCC, 0x1000)
      unsafe memcpy(memory + Self.dataPages, pristine, Self.dataByteCount)
    }

    deinit {
      unsafe munmap(memory, Self.byteCount)
      unsafe pristine.deallocate()
    }

    private func put(_ value: UInt64, _ offset: Int) {
      unsafe memory.storeBytes(of: value, toByteOffset: offset, as: UInt64.self)
    }

    /// Reads eight bytes of the RAM; the caller keeps `offset` inside.
    func word(_ offset: Int) -> UInt64 { unsafe memory.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }

    private func placePageTables() {
      // Accessed and dirty from the start, so that nothing changes while the guest runs.
      let (user, supervisor): (UInt64, UInt64) = (0x67, 0x63)
      let noExecute: UInt64 = 1 << 63
      func index(_ address: UInt64, _ shift: UInt64) -> Int { Int(address >> shift & 511) * 8 }
      put(UInt64(Self.lowLevel3) | user, Self.level4)
      put(UInt64(Self.lowLevel2) | user, Self.lowLevel3)
      put(UInt64(Self.codeTable) | user, Self.lowLevel2 + index(InstructionTest.codePage, 21))
      put(UInt64(Self.dataTable) | user, Self.lowLevel2 + index(InstructionTest.dataPage, 21))
      put(UInt64(Self.codePage) | (user & ~2), Self.codeTable + index(InstructionTest.codePage, 12))
      for page in 0..<3 {
        let rights = page == 2 ? user & ~2 : user
        let physical = UInt64(Self.dataPages + page * 0x1000)
        put(
          physical | rights | noExecute, Self.dataTable + index(InstructionTest.dataPage + UInt64(page) * 0x1000, 12))
      }
      put(UInt64(Self.highLevel3) | supervisor, Self.level4 + index(Self.supervisorBase, 39))
      put(UInt64(Self.highLevel2) | supervisor, Self.highLevel3 + index(Self.supervisorBase, 30))
      put(UInt64(Self.highTable) | supervisor, Self.highLevel2 + index(Self.supervisorBase, 21))
      for page in 0..<Self.byteCount >> 12 { put(UInt64(page) << 12 | supervisor, Self.highTable + page * 8) }
    }

    private func placeDescriptors() {
      for (index, value) in Self.descriptors.enumerated() { put(value, Self.descriptorPage + index * 8) }
      let task = Self.supervisorBase + UInt64(Self.taskSegment)
      // A busy 64-bit TSS of 68h bytes.
      put(
        0x0000_8B00_0000_0067 | (task & 0xFF_FFFF) << 16 | (task >> 24 & 0xFF) << 56,
        Self.descriptorPage + Int(Self.taskSelector))
      put(task >> 32, Self.descriptorPage + Int(Self.taskSelector) + 8)
      unsafe memset(memory + Self.taskSegment, 0, 0x68)
      // RSP0 and IST1; no I/O map.
      for offset in [4, 0x24] {
        unsafe memory.storeBytes(of: Self.stackTop, toByteOffset: Self.taskSegment + offset, as: UInt64.self)
      }
      unsafe memory.storeBytes(of: 0xFFFF, toByteOffset: Self.taskSegment + 0x66, as: UInt16.self)
      for vector in 0..<256 {
        // An interrupt gate to kernel code on IST1; #BP and #OF may be reached by instructions of CPL 3.
        let stub = Self.firstStub + UInt64(vector * 16)
        let rights: UInt64 = vector == 3 || vector == 4 ? 0xEE01 : 0x8E01
        let low = (stub & 0xFFFF) | 0x10 << 16 | rights << 32 | (stub >> 16 & 0xFFFF) << 48
        put(low, Self.interruptTable + vector * 16)
        put(stub >> 32, Self.interruptTable + vector * 16 + 8)
        // out VECTOR, al; hlt; jmp back to hlt
        let code: [UInt8] = [0xE6, UInt8(vector), 0xF4, 0xEB, 0xFD]
        unsafe memset(memory + Self.stubPage + vector * 16, 0xCC, 16)
        for (offset, byte) in code.enumerated() {
          unsafe memory.storeBytes(of: byte, toByteOffset: Self.stubPage + vector * 16 + offset, as: UInt8.self)
        }
      }
    }

    // MARK: One test

    /// Puts the code and the window of a test in place.
    ///
    /// - Parameters:
    ///   - length: bytes of its code that run.
    ///   - terminator: written right behind them in place of INT3.
    func place(_ test: borrowing InstructionTest, length: Int, terminator: UInt8) {
      let offset = Int(truncatingIfNeeded: test.input.rip &- InstructionTest.codePage)
      if (0..<0x1000).contains(offset) {
        for index in 0..<min(16, 0x1000 - offset) {
          let byte = index == length ? terminator : test.code[index]
          unsafe memory.storeBytes(of: byte, toByteOffset: Self.codePage + offset + index, as: UInt8.self)
        }
      }
      let first = Self.windowOffset / 8
      for index in 0..<InstructionTest.windowByteCount / 8 {
        put(test.input.window[index], Self.dataPages + (first + index) * 8)
      }
    }

    /// The window's offset from the data pages.
    static let windowOffset = Int(InstructionTest.windowAddress - InstructionTest.dataPage)

    /// Whether a string instruction with a repeat prefix stands at an address of the code page.
    func isRepeatedString(at rip: UInt64) -> Bool {
      let offset = Int(truncatingIfNeeded: rip &- InstructionTest.codePage)
      guard (0..<0x1000).contains(offset) else { return false }
      var isRepeated = false
      for index in offset..<min(offset + 15, 0x1000) {
        switch unsafe memory.load(fromByteOffset: Self.codePage + index, as: UInt8.self) {
        case 0xF2, 0xF3: isRepeated = true
        case 0x26, 0x2E, 0x36, 0x3E, 0x40...0x4F, 0x64...0x67: break
        case 0x6C...0x6F, 0xA4...0xA7, 0xAA...0xAF: return isRepeated
        default: return false
        }
      }
      return false
    }

    /// Takes the code away again.
    func removeCode(at rip: UInt64) {
      let offset = Int(truncatingIfNeeded: rip &- InstructionTest.codePage)
      guard (0..<0x1000).contains(offset) else { return }
      unsafe memset(memory + Self.codePage + offset, 0xCC, min(16, 0x1000 - offset))
    }

    /// Reads the window and sums up, and undoes, what changed outside it.
    func collect(_ result: inout UserState) {
      let first = Self.windowOffset / 8
      let count = InstructionTest.windowByteCount / 8
      for index in 0..<count { result.window[index] = word(Self.dataPages + (first + index) * 8) }
      result.strayWrites = 0
      collectStray(0..<first, &result)
      collectStray(first + count..<Self.dataByteCount / 8, &result)
    }

    private func collectStray(_ words: Range<Int>, _ result: inout UserState) {
      let now = unsafe memory + Self.dataPages + words.lowerBound * 8
      let before = unsafe pristine + words.lowerBound
      guard unsafe memcmp(now, before, words.count * 8) != 0 else { return }
      for index in words {
        let value = word(Self.dataPages + index * 8)
        if unsafe value != pristine[index] {
          result.strayWrites &+= InstructionTest.strayWeight(UInt64(index * 8), value)
        }
      }
      unsafe memcpy(now, before, words.count * 8)
    }
  }
#endif
