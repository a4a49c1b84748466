// The split virtqueue ("Split Virtqueues") and the requests of a block device ("Device Operation").

extension VirtioBlock {
  /// A descriptor ("The Virtqueue Descriptor Table").
  enum Descriptor {
    static let size: UInt64 = 16
    static let next: UInt16 = 1
    /// The device writes.
    static let write: UInt16 = 2
    static let indirect: UInt16 = 4
  }

  /// The available ring.
  private enum Available {
    static let index: UInt64 = 2
    static let ring: UInt64 = 4
    static let noInterrupt: UInt16 = 1
  }

  /// The used ring.
  private enum Used {
    static let index: UInt64 = 2
    static let ring: UInt64 = 4
    static let entrySize: UInt64 = 8
  }

  /// Types of requests.
  private enum Request {
    static let read: UInt32 = 0
    static let write: UInt32 = 1
    static let flush: UInt32 = 4
    static let identify: UInt32 = 8
    /// type, reserved and sector.
    static let headerSize: UInt64 = 16
  }

  /// What a request's last byte says.
  private enum Answer {
    static let ok: UInt8 = 0
    static let ioError: UInt8 = 1
    static let unsupported: UInt8 = 2
  }

  /// Bytes that one request may move; the host's memory holds a piece of them.
  private static let requestLimit: UInt64 = 64 << 20
  private static let pieceSize: UInt64 = 1 << 20
  /// Bytes after which the other requests come later.
  private static let budget: UInt64 = 16 << 20

  /// Part of a buffer.
  private struct Segment {
    var address: UInt64
    var count: UInt64
  }

  /// A buffer: what the driver wrote, and what it reads afterwards.
  private struct Chain {
    var readable: [Segment] = []
    var writable: [Segment] = []
  }

  // MARK: Memory

  /// Bytes of memory; nil where addresses end.
  private func fetch(_ address: UInt64, _ count: Int) -> [UInt8]? {
    address.addingReportingOverflow(UInt64(count)).overflow ? nil : memory.read(at: address, count: count)
  }

  private func fetchNumber(_ address: UInt64, _ width: Int) -> UInt64? {
    fetch(address, width).map(Self.number)
  }

  private static func number(_ bytes: some BidirectionalCollection<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private func put(_ value: UInt64, _ width: Int, _ address: UInt64) {
    guard !address.addingReportingOverflow(UInt64(width)).overflow else { return }
    memory.write((0..<width).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }, at: address)
  }

  // MARK: Queue

  /// Takes the buffers that are available, at most as many as the queue has entries.
  func serveQueue() {
    var (moved, count) = (0 as UInt64, 0)
    let queue = state.queue
    while true {
      guard let index = fetchNumber(queue.available &+ Available.index, 2) else { return fail() }
      let waiting = UInt16(truncatingIfNeeded: index) &- state.queue.nextAvailable
      guard waiting <= queue.size else { return fail() }
      guard waiting > 0 else { break }
      guard count < Int(queue.size), moved < Self.budget else {
        state.isNotified = true
        break
      }
      let entry = UInt64(state.queue.nextAvailable & (queue.size - 1))
      guard let head = fetchNumber(queue.available &+ Available.ring &+ 2 * entry, 2), head < UInt64(queue.size),
        let chain = chain(head), let (written, bytes) = perform(chain)
      else { return fail() }
      state.queue.nextAvailable &+= 1
      giveBack(head, written)
      moved += bytes
      count += 1
    }
    let flags = UInt16(truncatingIfNeeded: fetchNumber(queue.available, 2) ?? 0)
    if count > 0 && flags & Available.noInterrupt == 0 { raise(ISR.queue) }
  }

  private func giveBack(_ head: UInt64, _ written: UInt64) {
    let queue = state.queue
    let entry = UInt64(queue.nextUsed & (queue.size - 1))
    put(head | written << 32, 8, queue.used &+ Used.ring &+ entry * Used.entrySize)
    state.queue.nextUsed &+= 1
    put(UInt64(state.queue.nextUsed), 2, queue.used &+ Used.index)
  }

  /// "Device Status Field": DEVICE_NEEDS_RESET, of which a driver that is ready is notified.
  private func fail() {
    state.status |= Status.needsReset
    if state.status & Status.driverOK != 0 { raise(ISR.configuration) }
  }

  private func raise(_ cause: UInt8) {
    state.interruptStatus |= cause
    update()
  }

  /// Follows descriptors; nil if they cannot be those of a driver: they leave their table, lie behind the end of
  /// addresses, are more than the queue has, or are writable before others that are not.
  private func chain(_ head: UInt64) -> Chain? {
    var chain = Chain()
    let size = UInt64(state.queue.size)
    var (table, limit, index, isIndirect) = (state.queue.descriptors, size, head, false)
    while true {
      guard index < limit, UInt64(chain.readable.count + chain.writable.count) < size,
        let bytes = fetch(table &+ index * Descriptor.size, Int(Descriptor.size)), bytes.count == Int(Descriptor.size)
      else { return nil }
      let segment = Segment(address: Self.number(bytes[0..<8]), count: Self.number(bytes[8..<12]))
      let flags = UInt16(truncatingIfNeeded: Self.number(bytes[12..<14]))
      if flags & Descriptor.indirect != 0 {
        guard !isIndirect, state.driverFeatures & Feature.indirectDescriptors != 0, flags & Descriptor.next == 0,
          segment.count % Descriptor.size == 0, segment.count / Descriptor.size <= size
        else { return nil }
        (table, limit, index, isIndirect) = (segment.address, segment.count / Descriptor.size, 0, true)
        continue
      }
      guard !segment.address.addingReportingOverflow(segment.count).overflow else { return nil }
      if flags & Descriptor.write != 0 {
        chain.writable.append(segment)
      } else {
        guard chain.writable.isEmpty else { return nil }
        chain.readable.append(segment)
      }
      guard flags & Descriptor.next != 0 else { return chain }
      index = Self.number(bytes[14..<16])
    }
  }

  // MARK: Requests

  /// Bytes of segments; no sum of them overflows.
  private static func count(_ segments: [Segment]) -> UInt64 { segments.reduce(0) { $0 + $1.count } }

  /// Part of segments, in pieces of bounded size.
  private static func pieces(_ segments: [Segment], from start: UInt64, count: UInt64) -> [Segment] {
    var (skip, rest) = (start, count)
    var pieces: [Segment] = []
    for segment in segments {
      let skipped = min(skip, segment.count)
      skip -= skipped
      var (address, left) = (segment.address + skipped, min(segment.count - skipped, rest))
      rest -= left
      while left > 0 {
        let size = min(left, pieceSize)
        pieces.append(Segment(address: address, count: size))
        address += size
        left -= size
      }
    }
    return pieces
  }

  /// Does a request of any layout; gives the bytes that were written to its buffer and those that were moved, nil if
  /// there is no place for header or status.
  private func perform(_ chain: Chain) -> (written: UInt64, moved: UInt64)? {
    let (readable, writable) = (Self.count(chain.readable), Self.count(chain.writable))
    let headerPieces = Self.pieces(chain.readable, from: 0, count: Request.headerSize)
    guard readable >= Request.headerSize, writable > 0,
      let place = Self.pieces(chain.writable, from: writable - 1, count: 1).first
    else { return nil }
    let header = headerPieces.flatMap { memory.read(at: $0.address, count: Int($0.count)) }
    guard header.count == Int(Request.headerSize) else { return nil }
    let type = UInt32(truncatingIfNeeded: Self.number(header[0..<4]))
    let sector = Self.number(header[8..<16])
    var (answer, written, moved) = (Answer.ok, 0 as UInt64, 0 as UInt64)
    switch type {
    case Request.read:
      let isDone = read(chain, sector, writable - 1)
      (answer, written, moved) = isDone ? (Answer.ok, writable - 1, writable - 1) : (Answer.ioError, 0, 0)
    case Request.write:
      let isDone = write(chain, sector, readable - Request.headerSize)
      (answer, moved) = isDone ? (Answer.ok, readable - Request.headerSize) : (Answer.ioError, 0)
    case Request.flush: answer = storage.flush() ? Answer.ok : Answer.ioError
    case Request.identify:
      written = min(writable - 1, UInt64(Self.serialCount))
      var rest = serial[...]
      for piece in Self.pieces(chain.writable, from: 0, count: written) {
        memory.write(Array(rest.prefix(Int(piece.count))), at: piece.address)
        rest = rest.dropFirst(Int(piece.count))
      }
    default: answer = Answer.unsupported
    }
    memory.write([answer], at: place.address)
    // What is counted begins at the first byte and has no gap before the status.
    return (written == writable - 1 ? writable : written, moved)
  }

  /// The place on the medium of whole sectors within its capacity, nil if they are not.
  private func place(_ sector: UInt64, _ count: UInt64) -> UInt64? {
    let sectors = count / Self.sectorSize
    guard count % Self.sectorSize == 0, count <= Self.requestLimit, sector <= capacity, sectors <= capacity - sector
    else { return nil }
    return sector * Self.sectorSize
  }

  private func read(_ chain: Chain, _ sector: UInt64, _ count: UInt64) -> Bool {
    guard var place = place(sector, count) else { return false }
    for piece in Self.pieces(chain.writable, from: 0, count: count) {
      guard let bytes = storage.read(at: place, count: Int(piece.count)) else { return false }
      memory.write(bytes, at: piece.address)
      place += piece.count
    }
    return true
  }

  /// A driver that has not accepted VIRTIO_BLK_F_FLUSH counts on a write being durable when it is done.
  private func write(_ chain: Chain, _ sector: UInt64, _ count: UInt64) -> Bool {
    guard !storage.isReadOnly, var place = place(sector, count) else { return false }
    for piece in Self.pieces(chain.readable, from: Request.headerSize, count: count) {
      guard storage.write(memory.read(at: piece.address, count: Int(piece.count)), at: place) else { return false }
      place += piece.count
    }
    return state.driverFeatures & Feature.flush != 0 || storage.flush()
  }
}
