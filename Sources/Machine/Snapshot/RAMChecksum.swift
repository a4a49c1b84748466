import Glibc
import MMU
import Synchronization

extension PageSet {
  /// The pages in their order, so many at a time, each time as runs of adjacent ones.
  func blocks(ofPages limit: Int) -> [[Range<Int>]] {
    var result: [[Range<Int>]] = []
    var open: [Range<Int>] = []
    var left = limit
    for run in runs {
      var start = run.lowerBound
      while start < run.upperBound {
        let end = min(run.upperBound, start + left)
        open.append(start..<end)
        left -= end - start
        start = end
        guard left == 0 else { continue }
        result.append(open)
        open = []
        left = limit
      }
    }
    if !open.isEmpty { result.append(open) }
    return result
  }
}

/// The checksum of stored pages: that of the checksums of blocks of 256 pages, which threads share among them.
struct RAMChecksum {
  /// Stored pages that have a checksum of their own.
  static let blockPageCount = 256
  /// More threads wait for memory rather than for a processor.
  private static let threadLimit = 4

  private var bytes: [UInt8] = []

  /// Takes the checksum of the next block.
  mutating func add(_ block: UInt64) {
    for byte in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: block >> UInt64(byte * 8))) }
  }

  /// The checksum of all blocks.
  var value: UInt64 { SnapshotChecksum.of(bytes) }

  /// That of stored pages of RAM.
  ///
  /// - Parameter threads: how many share the work, this one among them; nil lets the host's processors decide.
  static func of(_ memory: GuestMemory, _ stored: PageSet, threads: Int? = nil) -> UInt64 {
    let work = RAMChecksumWork(memory, stored.blocks(ofPages: blockPageCount))
    let processors = max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1)
    work.finish(threads: threads ?? min(processors, threadLimit, work.blocks.count / 4 + 1))
    var sum = RAMChecksum()
    for block in work.blocks.indices { sum.add(unsafe work.sums[block]) }
    return sum.value
  }
}

/// Blocks of pages, and what threads found of them.
@safe private final class RAMChecksumWork {
  let blocks: [[Range<Int>]]
  /// One for each block, written by the thread that took it.
  let sums: UnsafeMutableBufferPointer<UInt64>
  private let memory: GuestMemory
  private let next = Atomic<Int>(0)

  init(_ memory: GuestMemory, _ blocks: [[Range<Int>]]) {
    self.memory = memory
    self.blocks = blocks
    unsafe sums = .allocate(capacity: blocks.count)
    unsafe sums.initialize(repeating: 0)
  }

  deinit { unsafe sums.deallocate() }

  /// Does all of it; threads that the host refuses are done without.
  func finish(threads count: Int) {
    var threads: [pthread_t] = []
    for _ in 1..<max(count, 1) {
      var thread = pthread_t()
      let work = unsafe Unmanaged.passRetained(self)
      let code = unsafe pthread_create(
        &thread, nil,
        { argument in
          guard let argument = unsafe argument else { return nil }
          unsafe Unmanaged<RAMChecksumWork>.fromOpaque(argument).takeRetainedValue().takeBlocks()
          return nil
        }, work.toOpaque())
      guard code == 0 else {
        unsafe work.release()
        break
      }
      threads.append(thread)
    }
    takeBlocks()
    for thread in threads { pthread_join(thread, nil) }
  }

  private func takeBlocks() {
    while true {
      let block = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard block < blocks.count else { return }
      var sum = SnapshotChecksum()
      for run in blocks[block] { unsafe sum.add(stripes: memory.bytes(ofPages: run)) }
      unsafe sums[block] = sum.value
    }
  }
}
