import CHost
import Glibc
public import X86

/// Guest RAM: one lazily populated, page-aligned, zeroed memfd mapping.
///
/// RAM fills guest-physical addresses from 0 up to `lowByteCount`, and whatever is left from 4 GiB up. A0000h-BFFFFh
/// (the video window) is never RAM. Pages that the guest does not touch cost the host nothing. A board with a ROM has
/// it, and what C0000h-FFFFFh hide behind it, in the same mapping behind RAM (`GuestMemory+ROM.swift`).
@safe public final class GuestMemory: @unchecked Sendable {
  /// Where low RAM ends at the latest: the addresses from here to 4 GiB belong to devices.
  public static let lowLimit: UInt64 = 0xC000_0000
  /// First byte of the video window.
  public static let videoWindowStart: UInt64 = 0xA_0000
  /// First byte after the video window.
  public static let videoWindowEnd: UInt64 = 0xC_0000
  /// Smallest amount of RAM that makes sense: the first MiB.
  public static let minimumByteCount: UInt64 = 1 << 20

  /// Errors of the host.
  public enum Failure: Error, Equatable {
    /// The host refused the mapping; the associated values are the size in bytes and errno.
    case cannotMap(byteCount: UInt64, errno: Int32)
    /// The host has less memory than that in all; the associated values are both sizes in bytes.
    case exceedsHost(byteCount: UInt64, hostByteCount: UInt64)
    /// The size is not a multiple of 4 KiB of at least 1 MiB.
    case badSize(UInt64)
    /// The ROM's size is none of `romByteCounts`, or no multiple of 64 KiB.
    case badROMSize(UInt64)
  }

  /// Bytes of RAM.
  public let byteCount: UInt64
  /// Bytes of the ROM that ends at 4 GiB; 0 on a board without one.
  public let romByteCount: UInt64
  /// Bytes of the mapping: RAM, the ROM and the hidden copy.
  public let mappedByteCount: UInt64
  /// Pages where a file is mapped copy-on-write in the place of the memfd, if any.
  var privateBacking: PageSet?
  /// Bytes below 4 GiB.
  public let lowByteCount: UInt64
  /// The memfd, which a hypervisor may map as well.
  public let fileDescriptor: Int32
  /// Host address of the first byte of RAM.
  public let base: UnsafeMutableRawPointer
  /// One byte a RAM page: nonzero while writes to it must take the slow path (`PhysicalMemory.guards`).
  public let guards: UnsafeMutablePointer<UInt8>
  let journal: UnsafeMutablePointer<PageJournal>

  /// Maps zeroed RAM.
  ///
  /// - Parameters:
  ///   - byteCount: bytes, a multiple of 4 KiB, at least 1 MiB.
  ///   - romByteCount: bytes of a ROM, a multiple of 64 KiB, at most 16 MiB; 0 is none.
  public init(byteCount: UInt64, romByteCount: UInt64 = 0) throws(Failure) {
    guard byteCount >= Self.minimumByteCount, byteCount & 0xFFF == 0, byteCount <= 1 << 46 else {
      throw .badSize(byteCount)
    }
    guard romByteCount == 0 || Self.isROMSize(romByteCount) else { throw .badROMSize(romByteCount) }
    let mappedByteCount = Self.mappedByteCount(byteCount, romByteCount: romByteCount)
    // Pages are lent as the guest touches them, yet a guest that could never have them all is refused at once.
    let hostByteCount = UInt64(max(sysconf(Int32(_SC_PHYS_PAGES)), 0)) * UInt64(max(sysconf(Int32(_SC_PAGESIZE)), 0))
    guard byteCount <= hostByteCount else {
      throw .exceedsHost(byteCount: byteCount, hostByteCount: hostByteCount)
    }
    let descriptor = unsafe emu_memfd_create("emu-guest-ram")
    guard descriptor >= 0 else { throw .cannotMap(byteCount: byteCount, errno: errno) }
    guard ftruncate(descriptor, Int(mappedByteCount)) == 0 else {
      let code = errno
      close(descriptor)
      throw .cannotMap(byteCount: byteCount, errno: code)
    }
    let mapping = unsafe mmap(
      nil, Int(mappedByteCount), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, descriptor, 0)
    let pageCount = Int(mappedByteCount >> 12)
    let flags = unsafe mmap(
      nil, pageCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let mapping = unsafe mapping, unsafe mapping != MAP_FAILED, let flags = unsafe flags,
      unsafe flags != MAP_FAILED
    else {
      let code = errno
      close(descriptor)
      throw .cannotMap(byteCount: byteCount, errno: code)
    }
    self.byteCount = byteCount
    self.romByteCount = romByteCount
    self.mappedByteCount = mappedByteCount
    lowByteCount = min(byteCount, Self.lowLimit)
    fileDescriptor = descriptor
    unsafe base = mapping
    unsafe guards = flags.bindMemory(to: UInt8.self, capacity: pageCount)
    unsafe journal = .allocate(capacity: 1)
    unsafe journal.initialize(to: PageJournal())
  }

  deinit {
    unsafe munmap(base, Int(mappedByteCount))
    unsafe munmap(guards, Int(mappedByteCount >> 12))
    for page in unsafe journal.pointee.pages { page.release() }
    unsafe journal.deinitialize(count: 1)
    unsafe journal.deallocate()
    close(fileDescriptor)
  }

  /// The offset into RAM or ROM of a guest-physical address, or nil where there is neither.
  @inlinable @inline(__always)
  public func offset(of address: PhysicalAddress) -> UInt64? {
    let offset = physical.offset(of: address.rawValue)
    return offset == PhysicalMemory.nowhere ? nil : offset
  }

  /// Copies bytes into RAM.
  ///
  /// - Returns: false, with nothing written, if any byte of the range is not RAM.
  public func write(_ bytes: UnsafeRawBufferPointer, at address: PhysicalAddress) -> Bool {
    guard isRAM(address, byteCount: UInt64(bytes.count)) else { return false }
    var done = 0
    while done < bytes.count {
      let at = address + UInt64(done)
      let chunk = min(bytes.count - done, 0x1000 - Int(at.rawValue & 0xFFF))
      guard let offset = offset(of: at), let source = bytes.baseAddress else { return false }
      physical.willWrite(offset)
      unsafe memcpy(base + Int(offset), source + done, chunk)
      done += chunk
    }
    return true
  }

  /// Copies an array of bytes into RAM; false if any byte of the range is not RAM.
  public func write(_ bytes: [UInt8], at address: PhysicalAddress) -> Bool {
    unsafe bytes.withUnsafeBytes { buffer in unsafe write(buffer, at: address) }
  }

  /// Reads bytes from RAM; nil if any byte of the range is not RAM.
  public func read(_ count: Int, at address: PhysicalAddress) -> [UInt8]? {
    guard count >= 0, isRAM(address, byteCount: UInt64(count)) else { return nil }
    var result: [UInt8] = []
    result.reserveCapacity(count)
    while result.count < count {
      let at = address + UInt64(result.count)
      let chunk = min(count - result.count, 0x1000 - Int(at.rawValue & 0xFFF))
      guard let offset = offset(of: at) else { return nil }
      unsafe result.append(contentsOf: UnsafeRawBufferPointer(start: base + Int(offset), count: chunk))
    }
    return result
  }

  /// Whether every byte of the range is RAM.
  public func isRAM(_ address: PhysicalAddress, byteCount: UInt64) -> Bool {
    guard byteCount > 0 else { return true }
    let (end, overflow) = address.rawValue.addingReportingOverflow(byteCount - 1)
    guard !overflow, let first = offset(of: address), let last = offset(of: PhysicalAddress(end)) else { return false }
    // Contiguous offsets in one of the regions mean that nothing in between is missing.
    func region(_ address: UInt64) -> Int {
      [Self.videoWindowStart, lowByteCount, 1 << 32].count { $0 <= address }
    }
    return region(address.rawValue) == region(end) && last &- first == byteCount - 1
  }
}
