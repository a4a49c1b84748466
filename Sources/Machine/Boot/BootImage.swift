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

/// A file that is loaded beside the image: a RAM disk or a module.
public struct BootModule: Sendable {
  /// The file.
  public var path: String
  /// Its own command line.
  public var commandLine: String

  /// Names a file.
  public init(path: String, commandLine: String = "") {
    self.path = path
    self.commandLine = commandLine
  }

  /// The file's name without its folders.
  var name: String { path.split(separator: "/").last.map(String.init) ?? path }
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
  /// `--initrd`, in order.
  public var modules: [BootModule] = []
  /// Makes the defaults.
  public init() {}
}

/// Why an image cannot be loaded.
public struct BootError: Error, CustomStringConvertible, Equatable {
  /// One sentence with file, field and value.
  public var description: String

  init(_ file: String, _ problem: String) { description = "\(file): \(problem)" }
}

/// An area of the guest-physical address space, as E820 describes it.
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
    MemoryMapEntry(base: 0, byteCount: BIOSData.extendedAreaStart, type: 1),
    MemoryMapEntry(
      base: BIOSData.extendedAreaStart, byteCount: BIOSData.extendedAreaKilobytes * 1024, type: 2),
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

/// A regular file's bytes, read whole after its size was checked.
struct ImageFile {
  var path: String
  var bytes: [UInt8]

  init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }

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
