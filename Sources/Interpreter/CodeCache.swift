import Glibc
public import MMU
import X86
import X86Decoder

/// A run of decoded instructions that lie in one physical page.
struct Block {
  /// RAM offset of the first byte, shifted left by 2, with the decode mode below.
  var key: UInt64
  /// Index of the first instruction.
  var first: UInt32
  /// Instructions.
  var count: UInt16
  /// Bytes of code.
  var byteCount: UInt16
  /// Next block of the same hash bucket, plus one.
  var nextInBucket: UInt32
  /// Next block of the same bucket of lines, plus one.
  var nextInLine: UInt32
  /// Cleared when its code is written.
  var isValid: Bool

  /// How its code is decoded.
  var mode: DecodeMode { DecodeMode(rawValue: UInt8(key & 3)) ?? .code64 }
}

/// Decoded code by physical address, shared by all processors of a machine.
///
/// A write to a page with cached code drops the blocks that it overlaps, whatever alias it came through.
@safe public final class CodeCache {
  static let instructionCapacity = 128 << 10
  static let blockCapacity = 24 << 10
  static let bucketCount = 1 << 15
  private static let lineBucketCount = 1 << 14
  static let maximumBlockLength = 48

  let instructions: UnsafeMutablePointer<Instruction>
  let blocks: UnsafeMutablePointer<Block>
  /// What the threaded engine makes of the instructions, at the same places; nil until it runs.
  var operations: UnsafeMutablePointer<MicroOp>?
  private let buckets: UnsafeMutablePointer<UInt32>
  /// Blocks by the 64 bytes in which they begin: a write looks at those that can reach it.
  private let lineHeads: UnsafeMutablePointer<UInt32>
  /// Blocks of each page.
  private let pageBlocks: UnsafeMutablePointer<UInt32>
  /// A bit for each 64 bytes of a page: blocks may lie there. Most writes beside code end at this.
  private let codeLines: UnsafeMutablePointer<UInt64>
  private let pageCount: Int
  private let memory: PhysicalMemory
  /// Keeps RAM alive.
  private let owner: GuestMemory
  private var instructionCount = 0
  private var blockCount = 0
  /// The most bytes of a block since everything was dropped.
  private var longestBlock: UInt64 = 0
  private var pagesWithCode: [UInt64] = []
  /// [0] counts invalidations, [1] counts times that everything was dropped.
  let counters: UnsafeMutablePointer<UInt64>
  /// Translation caches whose write tags a newly decoded page must lose.
  private var translationCaches: [TranslationCache] = []
  /// Blocks decoded since the start.
  public private(set) var decodedBlockCount: UInt64 = 0

  /// Linear addresses at which a debugger wants the processors to stop.
  public private(set) var breakpoints: Set<UInt64> = []
  private(set) var hasBreakpoints = false
  /// Offsets within a page of the breakpoints: no block runs over one, whatever alias it was decoded through.
  private var breakpointOffsets: Set<UInt64> = []

  /// Makes an empty cache over some RAM.
  public init(_ owner: GuestMemory) {
    self.owner = owner
    memory = owner.physical
    pageCount = owner.pageCount
    unsafe instructions = .allocate(capacity: Self.instructionCapacity)
    unsafe blocks = .allocate(capacity: Self.blockCapacity)
    unsafe buckets = .allocate(capacity: Self.bucketCount)
    unsafe buckets.initialize(repeating: 0, count: Self.bucketCount)
    unsafe lineHeads = .allocate(capacity: Self.lineBucketCount)
    unsafe lineHeads.initialize(repeating: 0, count: Self.lineBucketCount)
    let counts = unsafe calloc(pageCount, MemoryLayout<UInt32>.stride)
    unsafe pageBlocks =
      counts?.bindMemory(to: UInt32.self, capacity: pageCount)
      ?? UnsafeMutablePointer<UInt32>.allocate(capacity: pageCount)
    let lines = unsafe calloc(pageCount, MemoryLayout<UInt64>.stride)
    unsafe codeLines =
      lines?.bindMemory(to: UInt64.self, capacity: pageCount)
      ?? UnsafeMutablePointer<UInt64>.allocate(capacity: pageCount)
    unsafe counters = .allocate(capacity: 2)
    unsafe counters.initialize(repeating: 0, count: 2)
  }

  deinit {
    unsafe instructions.deallocate()
    unsafe free(operations)
    unsafe blocks.deallocate()
    unsafe buckets.deallocate()
    unsafe lineHeads.deallocate()
    unsafe free(pageBlocks)
    unsafe free(codeLines)
    unsafe counters.deallocate()
  }

  func register(_ cache: TranslationCache) { translationCaches.append(cache) }

  /// Replaces the breakpoints.
  public func setBreakpoints(_ addresses: Set<UInt64>) {
    guard addresses != breakpoints else { return }
    breakpoints = addresses
    breakpointOffsets = Set(addresses.map { $0 & 0xFFF })
    hasBreakpoints = !addresses.isEmpty
    dropEverything()
  }

  private func bucket(_ key: UInt64) -> Int {
    Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 49)
  }

  private func lineBucket(_ line: UInt64) -> Int {
    Int(truncatingIfNeeded: (line &* 0x9E37_79B9_7F4A_7C15) >> 50)
  }

  /// The cached block that starts at a RAM offset.
  func find(_ key: UInt64) -> UInt32? {
    var index = unsafe buckets[bucket(key)]
    while index != 0 {
      if unsafe blocks[Int(index) - 1].key == key { return index - 1 }
      index = unsafe blocks[Int(index) - 1].nextInBucket
    }
    return nil
  }

  /// Decodes a block at a RAM offset; nil if not even its first instruction ends within the page.
  func decodeBlock(_ offset: UInt64, _ mode: DecodeMode, _ decoder: Decoder, limit: Int) -> UInt32? {
    if instructionCount + Self.maximumBlockLength + 1 > Self.instructionCapacity || blockCount == Self.blockCapacity {
      dropEverything()
    }
    let first = instructionCount
    var at = offset
    let pageEnd = (offset | 0xFFF) + 1
    var count = 0
    while count < limit {
      let left = Int(pageEnd - at)
      guard left > 0, !(hasBreakpoints && count > 0 && breakpointOffsets.contains(at & 0xFFF)) else { break }
      let bytes = unsafe (memory.base + Int(at)).assumingMemoryBound(to: UInt8.self)
      unsafe (instructions + first + count).initialize(to: Instruction())
      guard unsafe decoder.decode(bytes, count: left, mode: mode, into: &instructions[first + count]) == nil else {
        break
      }
      if mode == .code64 { unsafe FastForm.note(&instructions[first + count], decoder.behaviors) }
      at += UInt64(unsafe instructions[first + count].length)
      count += 1
      if unsafe instructions[first + count - 1].endsBlock { break }
    }
    guard count > 0 else { return nil }
    // One place more, for the operation at the block's end.
    instructionCount += count + 1
    if let operations = unsafe operations { unsafe operations[first].handler = 0 }
    decodedBlockCount &+= 1
    let key = offset << 2 | UInt64(mode.rawValue)
    let (slot, line) = (bucket(key), lineBucket(offset >> 6))
    let page = Int(offset >> 12)
    longestBlock = max(longestBlock, at - offset)
    unsafe (blocks + blockCount).initialize(
      to: Block(
        key: key, first: UInt32(first), count: UInt16(count), byteCount: UInt16(at - offset),
        nextInBucket: buckets[slot], nextInLine: lineHeads[line], isValid: true))
    blockCount += 1
    unsafe buckets[slot] = UInt32(blockCount)
    unsafe lineHeads[line] = UInt32(blockCount)
    unsafe pageBlocks[page] += 1
    unsafe codeLines[page] |= Self.lines(offset, byteCount: Int(at - offset))
    if !memory.hasCode(offset) {
      memory.setHasCode(true, offset)
      pagesWithCode.append(offset & ~0xFFF)
      let physical = physicalPage(offset)
      for cache in translationCaches { cache.dropWriteTags(physicalPage: physical) }
    }
    return UInt32(blockCount - 1)
  }

  private func physicalPage(_ offset: UInt64) -> UInt64 { memory.address(of: offset) & ~0xFFF }

  /// The bits of `codeLines` of bytes within one page.
  private static func lines(_ offset: UInt64, byteCount: Int) -> UInt64 {
    let first = offset & 0xFFF
    let last = min(first + UInt64(max(byteCount, 1)) - 1, 0xFFF)
    return UInt64.max << (first >> 6) & UInt64.max >> (63 - last >> 6)
  }

  /// Drops the blocks that overlap a write within one page.
  public func invalidate(_ offset: UInt64, byteCount: Int) {
    let page = Int(offset >> 12)
    guard unsafe codeLines[page] & Self.lines(offset, byteCount: byteCount) != 0 else { return }
    let end = offset + UInt64(byteCount)
    // A block lies in one page.
    var line = max(offset & ~0xFFF, offset - min(offset, longestBlock)) >> 6
    while line << 6 < end {
      dropBlocks(lineBucket(line), offset, end)
      line += 1
    }
    guard unsafe pageBlocks[page] == 0 else { return }
    unsafe codeLines[page] = 0
    memory.setHasCode(false, offset)
  }

  /// Drops the blocks of a bucket of lines that overlap a write.
  private func dropBlocks(_ line: Int, _ start: UInt64, _ end: UInt64) {
    var link = unsafe lineHeads[line]
    var last = 0
    while link != 0 {
      let index = Int(link) - 1
      let next = unsafe blocks[index].nextInLine
      let first = unsafe blocks[index].key >> 2
      if unsafe first < end && start < first + UInt64(blocks[index].byteCount) {
        unsafe blocks[index].isValid = false
        unsafe counters[0] &+= 1
        // Whoever is linked with the block finds that it is gone.
        if let operations = unsafe operations, unsafe operations[Int(blocks[index].first)].handler != 0 {
          unsafe operations[Int(blocks[index].first)].handler = ThreadedHandlers.stale
          unsafe operations[Int(blocks[index].first)].count = 0
        }
        unlink(index)
        unsafe pageBlocks[Int(first >> 12)] -= 1
        if last == 0 { unsafe lineHeads[line] = next } else { unsafe blocks[last - 1].nextInLine = next }
      } else {
        last = Int(link)
      }
      link = next
    }
  }

  private func unlink(_ index: Int) {
    let slot = bucket(unsafe blocks[index].key)
    var link = unsafe buckets[slot]
    if link == UInt32(index + 1) {
      unsafe buckets[slot] = blocks[index].nextInBucket
      return
    }
    while link != 0 {
      let at = Int(link) - 1
      if unsafe blocks[at].nextInBucket == UInt32(index + 1) {
        unsafe blocks[at].nextInBucket = blocks[index].nextInBucket
        return
      }
      link = unsafe blocks[at].nextInBucket
    }
  }

  /// Empties the cache.
  public func dropEverything() {
    for offset in pagesWithCode {
      memory.setHasCode(false, offset)
      unsafe pageBlocks[Int(offset >> 12)] = 0
      unsafe codeLines[Int(offset >> 12)] = 0
    }
    pagesWithCode.removeAll(keepingCapacity: true)
    // Few blocks have few buckets.
    if blockCount < Self.bucketCount / 8 {
      for index in 0..<blockCount {
        unsafe buckets[bucket(blocks[index].key)] = 0
        unsafe lineHeads[lineBucket(blocks[index].key >> 8)] = 0
      }
    } else {
      unsafe buckets.update(repeating: 0, count: Self.bucketCount)
      unsafe lineHeads.update(repeating: 0, count: Self.lineBucketCount)
    }
    for index in 0..<blockCount { unsafe blocks[index].isValid = false }
    instructionCount = 0
    blockCount = 0
    longestBlock = 0
    unsafe counters[0] &+= 1
    unsafe counters[1] &+= 1
  }
}

extension Instruction {
  /// The next instruction is not, or not surely, the one that follows in memory, or it may be decoded differently, or
  /// this one may use up more than one tick, so that nobody knows how many of the block are still granted.
  var endsBlock: Bool {
    let traits = operation.traits
    return traits.contains(.ends) || traits.contains(.string) && !flags.isDisjoint(with: [.rep, .repne])
  }
}
