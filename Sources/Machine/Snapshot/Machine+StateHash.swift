import Interpreter
import MMU

extension Machine {
  /// A number for everything that decides what the guest does next: processors with their translation caches, chips,
  /// clock, RAM. The same in every process.
  ///
  /// It is made of what a snapshot holds, in the snapshot's encoding (Documentation/snapshots.md). Recordings hold it:
  /// who changes it raises `InputRecording.version`.
  ///
  /// - Parameter withRAM: false leaves RAM aside.
  public func stateHash(withRAM: Bool = true) -> UInt64 {
    var hash = StateHash()
    hash.add(SavedConfiguration(self))
    hash.add(SavedTime(clock: clock, turn: turn))
    for index in 0..<processorCount {
      let image = processor(index).image()
      hash.add(image.withoutTables)
      hash.add(SavedTranslations.encode(image.withoutDroppedTranslations))
    }
    hash.add { try chipTree().bytes }
    if withRAM { hash.add(memory) }
    return hash.value
  }
}

/// What of section `board` decides how the guest goes on.
private struct SavedTime: Encodable {
  var clock: UInt64
  var turn: Machine.Turn
}

extension ProcessorImage {
  /// Translations by their places: neither in which order they came nor that one was dropped changes anything.
  fileprivate var withoutDroppedTranslations: ProcessorImage {
    var result = self
    result.data = data.filter { $0.tag != 1 }.sorted { $0.index < $1.index }
    result.fetch = fetch.filter { $0.tag != 1 }
    return result
  }
}

/// A hash without a seed of the process.
private struct StateHash {
  private(set) var value: UInt64 = 0x9E37_79B9_7F4A_7C15

  private mutating func mix(_ word: UInt64) {
    value = (value ^ word) &* 0xFF51_AFD7_ED55_8CCD
    value ^= value >> 32
  }

  mutating func add(_ bytes: [UInt8]) { mix(SnapshotChecksum.of(bytes)) }

  mutating func add(_ value: some Encodable) { add { try CBOREncoder.encode(value).bytes } }

  /// What has no encoding counts by the reason; `saveSnapshot` refuses such a state.
  mutating func add(_ encoded: () throws -> [UInt8]) {
    do { add(try encoded()) } catch { add(Array("\((error as? CBORError)?.text ?? "\(error)")".utf8)) }
  }

  /// RAM: pages of zeros count as nothing, so that pages nobody touched stay untouched.
  mutating func add(_ memory: GuestMemory) {
    let base = unsafe memory.base
    for run in memory.populatedPages().runs {
      for page in run { unsafe addPage(page, base) }
    }
  }

  private mutating func addPage(_ page: Int, _ base: UnsafeMutableRawPointer) {
    let words = unsafe (base + (page << 12)).assumingMemoryBound(to: UInt64.self)
    var isZero = true
    var inner = StateHash()
    for index in 0..<512 {
      let word = unsafe words[index]
      if word != 0 { isZero = false }
      inner.mix(word)
    }
    guard !isZero else { return }
    mix(UInt64(page))
    mix(inner.value)
  }
}
