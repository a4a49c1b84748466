import Glibc
public import MMU
import X86

/// How an image is to be started.
public enum ImageFormat: String, CaseIterable, Sendable {
  case auto, flat, elf, multiboot, multiboot2, pvh, linux, bootsector
}

/// The mode in which a flat image starts.
public enum FlatMode: String, CaseIterable, Sendable {
  case real16, protected32, long64
}

/// What the user says about an image.
public struct BootOptions: Sendable {
  /// `--format`.
  public var format = ImageFormat.auto
  /// `--mode`.
  public var mode: FlatMode?
  /// `--load-address`.
  public var loadAddress: UInt64?
  /// `--entry`.
  public var entry: UInt64?
  /// `--append`.
  public var commandLine = ""
  /// `--initrd`.
  public var initialRAMDisk: String?
  /// Makes the defaults.
  public init() {}
}

/// Why an image cannot be loaded.
public struct BootError: Error, CustomStringConvertible, Equatable {
  /// One sentence with file, field and value.
  public var description: String

  init(_ file: String, _ problem: String) { description = "\(file): \(problem)" }
}

/// An area of the guest-physical address space, as E820 tells it.
public struct MemoryMapEntry: Equatable, Sendable {
  /// First byte.
  public var base: UInt64
  /// Bytes.
  public var byteCount: UInt64
  /// 1 usable, 2 reserved.
  public var type: UInt32
}

/// The E820 map of a board with this RAM.
public func memoryMap(for memory: GuestMemory) -> [MemoryMapEntry] {
  var map = [
    MemoryMapEntry(base: 0, byteCount: 0x9FC00, type: 1),
    MemoryMapEntry(base: 0x9FC00, byteCount: 0x400, type: 2),
    MemoryMapEntry(base: 0xE0000, byteCount: 0x20000, type: 2),
  ]
  if memory.lowByteCount > 1 << 20 {
    map.append(MemoryMapEntry(base: 1 << 20, byteCount: memory.lowByteCount - (1 << 20), type: 1))
  }
  if memory.byteCount > memory.lowByteCount {
    map.append(MemoryMapEntry(base: 1 << 32, byteCount: memory.byteCount - memory.lowByteCount, type: 1))
  }
  return map
}

/// A regular file's bytes, read whole after its size was judged.
struct ImageFile {
  var path: String
  var bytes: [UInt8]

  init(path: String, limit: UInt64) throws(BootError) {
    self.path = path
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      throw BootError(path, "cannot be opened: \(unsafe String(cString: strerror(errno)))")
    }
    let kind = status.st_mode & S_IFMT
    guard kind == S_IFREG else {
      throw BootError(path, "is \(kind == S_IFDIR ? "a directory" : "not a regular file")")
    }
    guard status.st_size > 0 else { throw BootError(path, "is empty") }
    guard UInt64(status.st_size) <= limit else {
      throw BootError(path, "has \(status.st_size) bytes, more than the guest's RAM of \(limit) bytes")
    }
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw BootError(path, "cannot be opened: \(unsafe String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: Int(status.st_size))
    var done = 0
    while done < buffer.count {
      let count = unsafe buffer.withUnsafeMutableBytes { area in
        unsafe Glibc.read(descriptor, area.baseAddress.map { unsafe $0 + done }, area.count - done)
      }
      guard count > 0 else { throw BootError(path, "cannot be read: it ends after \(done) bytes") }
      done += count
    }
    bytes = buffer
  }

  /// A little-endian number of 1, 2, 4 or 8 bytes, or nil beyond the end.
  func number(_ offset: Int, _ byteCount: Int) -> UInt64? {
    guard offset >= 0, offset <= bytes.count - byteCount else { return nil }
    var value: UInt64 = 0
    for index in 0..<byteCount { value |= UInt64(bytes[offset + index]) << UInt64(index * 8) }
    return value
  }
}

/// Writes into guest RAM with errors that name the file.
struct Loader {
  let file: ImageFile
  let memory: GuestMemory
  let options: BootOptions
  let rsdp: PhysicalAddress?

  func fail(_ problem: String) -> BootError { BootError(file.path, problem) }

  func place(_ bytes: [UInt8], at address: UInt64, _ what: String) throws(BootError) {
    guard memory.write(bytes, at: PhysicalAddress(address)) else {
      throw fail(
        "\(what) of \(bytes.count) bytes at 0x\(String(address, radix: 16)) does not fit into RAM of \(memory.byteCount) bytes"
      )
    }
  }

  /// Bytes of a structure from numbers and their sizes.
  static func pack(_ fields: [(UInt64, Int)]) -> [UInt8] {
    var bytes: [UInt8] = []
    for (value, count) in fields {
      for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(index * 8))) }
    }
    return bytes
  }

  /// The RAM disk just below the end of low RAM (or of `limit`), page-aligned; nil if there is none.
  func placeRAMDisk(above floor: UInt64, limit: UInt64) throws(BootError) -> (UInt64, UInt64)? {
    guard let path = options.initialRAMDisk else { return nil }
    let disk = try ImageFile(path: path, limit: memory.byteCount)
    let top = min(memory.lowByteCount, limit)
    let count = UInt64(disk.bytes.count)
    guard count < top, ((top - count) & ~0xFFF) >= floor else {
      throw BootError(
        path,
        "initrd of \(count) bytes does not fit between 0x\(String(floor, radix: 16)) and 0x\(String(top, radix: 16))")
    }
    let base = (top - count) & ~0xFFF
    try place(disk.bytes, at: base, "initrd")
    return (base, count)
  }

  // MARK: Initial states

  /// A GDT at 1000h: null, -, 64-bit code 10h, data 18h, 32-bit code 20h.
  private func placeDescriptors() throws(BootError) {
    let table: [(UInt64, Int)] = [
      (0, 8), (0, 8), (0x00AF_9B00_0000_FFFF, 8), (0x00CF_9300_0000_FFFF, 8), (0x00CF_9B00_0000_FFFF, 8),
    ]
    try place(Self.pack(table), at: 0x1000, "GDT")
  }

  /// 32-bit protected mode, flat segments, no paging.
  func protectedState(entry: UInt64) throws(BootError) -> ArchitecturalState {
    try placeDescriptors()
    var state = ArchitecturalState()
    state.cr0 = 0x11
    state.rip = entry
    state.gdtr = DescriptorTableRegister(base: 0x1000, limit: 39)
    state.idtr = DescriptorTableRegister(base: 0, limit: 0)
    let data = SegmentState(selector: 0x18, base: 0, limit: 0xFFFF_FFFF, attributes: 0xC093)
    for index in 0..<6 { state.segments[index] = data }
    state.segments[1] = SegmentState(selector: 0x20, base: 0, limit: 0xFFFF_FFFF, attributes: 0xC09B)
    state.ldtr.attributes = SegmentState.unusable
    state.tr = SegmentState(selector: 0, base: 0, limit: 0x67, attributes: 0x8B)
    return state
  }

  /// 64-bit mode with the first 4 GiB identity-mapped by 2 MiB pages; tables at 2000h-8000h.
  func longState(entry: UInt64) throws(BootError) -> ArchitecturalState {
    var state = try protectedState(entry: entry)
    try place(Self.pack([(0x3003, 8)]), at: 0x2000, "page table")
    var directoryPointers: [(UInt64, Int)] = []
    for index in 0..<4 {
      directoryPointers.append((0x4003 + UInt64(index) * 0x1000, 8))
      var entries: [(UInt64, Int)] = []
      for page in 0..<512 { entries.append((UInt64(index * 512 + page) << 21 | 0x83, 8)) }
      try place(Self.pack(entries), at: 0x4000 + UInt64(index) * 0x1000, "page table")
    }
    try place(Self.pack(directoryPointers), at: 0x3000, "page table")
    state.cr3 = 0x2000
    state.cr4 = CR4.physicalAddressExtension
    state.efer = EFER.longModeEnable | EFER.longModeActive
    state.cr0 = 0x8000_0011
    state.segments[1] = SegmentState(selector: 0x10, base: 0, limit: 0xFFFF_FFFF, attributes: 0xA09B)
    state.generalRegisters[4] = 0x9_0000 - 16
    return state
  }
}
