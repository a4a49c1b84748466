import DevicesLegacy
import Interpreter
import MMU
import X86

/// RAM as a chip that is master of the bus reaches it: what it writes drops decoded code and is journalled, and a page
/// that is read-only for the processors is so for it.
final class GuestBusMaster: BusMasterMemory {
  private static let pageSize = 0x1000
  private let memory: GuestMemory
  private let machine: () -> Machine?

  init(_ memory: GuestMemory, machine: @escaping () -> Machine?) {
    self.memory = memory
    self.machine = machine
  }

  /// The pieces of a range within its pages: an address, and where it is among `count` bytes.
  private func pieces(_ address: UInt64, _ count: Int, _ body: (UInt64, Range<Int>) -> Void) {
    var done = 0
    while done < count {
      let at = address &+ UInt64(done)
      let piece = min(count - done, Self.pageSize - Int(at & 0xFFF))
      body(at, done..<done + piece)
      done += piece
    }
  }

  func read(at address: UInt64, count: Int) -> [UInt8] {
    let count = min(max(count, 0), 1 << 24)
    var result = [UInt8](repeating: 0xFF, count: count)
    pieces(address, count) { at, range in
      if let bytes = memory.read(range.count, at: PhysicalAddress(at)) { result.replaceSubrange(range, with: bytes) }
    }
    return result
  }

  func write(_ bytes: [UInt8], at address: UInt64) {
    pieces(address, bytes.count) { at, range in
      machine()?.processor(0).dropDecodedCode(at: PhysicalAddress(at), byteCount: range.count)
      memory.writeFromBus(bytes[range], at: PhysicalAddress(at))
    }
  }
}
