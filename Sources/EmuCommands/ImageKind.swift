import Debugger
import Glibc
import Machine

/// A file that people try to boot: what it is if it is no guest for this machine.
struct ImageKind {
  /// Bytes of a file that are looked at.
  private static let reach = 64 << 20

  private let path: String
  private let bytes: [UInt8]
  /// Bytes of the whole file.
  let byteCount: UInt64

  /// Reads the beginning; nil if it is no regular file.
  init?(_ path: String) {
    self.path = path
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    byteCount = UInt64(max(status.st_size, 0))
    // All of an ELF file may matter, of others the beginning.
    var magic = [UInt8](repeating: 0, count: 4)
    let isELF = unsafe pread(descriptor, &magic, 4, 0) == 4 && magic == [0x7F, 0x45, 0x4C, 0x46]
    let wanted = min(Int(status.st_size), isELF ? Self.reach : 40 << 10)
    var buffer = [UInt8](repeating: 0, count: wanted)
    var done = 0
    while done < wanted {
      let count = unsafe buffer.withUnsafeMutableBytes { area in
        unsafe Glibc.read(descriptor, area.baseAddress.map { unsafe $0 + done }, area.count - done)
      }
      guard count > 0 else { break }
      done += count
    }
    bytes = Array(buffer.prefix(done))
  }

  private func has(_ magic: [UInt8], at offset: Int) -> Bool { bytes.dropFirst(offset).starts(with: magic) }

  private func number(_ offset: UInt64, _ count: Int) -> UInt64? {
    guard offset <= UInt64(bytes.count), UInt64(bytes.count) - offset >= UInt64(count) else { return nil }
    return (0..<count).reduce(0) { $0 | UInt64(bytes[Int(offset) + $1]) << UInt64($1 * 8) }
  }

  private var isELF: Bool { has([0x7F, 0x45, 0x4C, 0x46], at: 0) }
  private var isLinux: Bool { has(Array("HdrS".utf8), at: 0x202) }
  var isDisc: Bool { has(Array("CD001".utf8), at: 0x8001) }

  var isQcow2: Bool { has(Array("QFI".utf8) + [0xFB], at: 0) }
  /// Whole sectors, more than one, of which the first has the boot signature, and no image of a kernel.
  ///
  /// A header of Multiboot does not count: GRUB's own image behind a boot sector has one.
  var isBootDisk: Bool {
    has([0x55, 0xAA], at: 510) && byteCount > 512 && byteCount % 512 == 0 && !isELF && !isLinux
  }

  /// Both words that every request of the Limine protocol begins with stand together.
  private var isLimine: Bool {
    guard isELF else { return false }
    let magic: [UInt8] = [
      0x88, 0x8B, 0x4C, 0xDF, 0x30, 0xDD, 0xB1, 0xC7, 0x7B, 0xF0, 0x94, 0xA1, 0x83, 0xE8, 0x82, 0x0A,
    ]
    return stride(from: 0, to: max(bytes.count - 15, 0), by: 8).contains {
      bytes[$0] == 0x88 && bytes[$0..<$0 + 16].elementsEqual(magic)
    }
  }

  /// The loader of shared libraries that an ELF file asks for.
  private var interpreter: String? {
    segments(ofType: 3).first.map { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  /// The C library's start-up code has left the note that names the oldest Linux it runs on ("GNU", type 1).
  private var isStaticProgram: Bool {
    segments(ofType: 4).contains { note in
      stride(from: 0, to: max(note.count - 15, 0), by: 4).contains {
        note.dropFirst($0).starts(with: [4, 0, 0, 0, 16, 0, 0, 0, 1, 0, 0, 0] + Array("GNU\0".utf8))
      }
    }
  }

  /// The first 4 KiB of segments of a type that an ELF file has.
  private func segments(ofType type: UInt64) -> [[UInt8]] {
    guard isELF, bytes.count > 64 else { return [] }
    let is64 = bytes[4] == 2
    guard let table = number(is64 ? 32 : 28, is64 ? 8 : 4), let size = number(is64 ? 54 : 42, 2),
      let count = number(is64 ? 56 : 44, 2)
    else { return [] }
    return (0..<min(count, 64)).compactMap { index in
      let at = table &+ index &* size
      guard number(at, 4) == type, let start = number(at &+ (is64 ? 8 : 4), is64 ? 8 : 4),
        let length = number(at &+ (is64 ? 32 : 16), is64 ? 8 : 4), start < UInt64(bytes.count)
      else { return nil }
      return Array(bytes.dropFirst(Int(start)).prefix(Int(min(length, 4096))))
    }
  }

  /// The processors that it is for; nil if it does not say.
  var architecture: DebugArchitecture? {
    if isELF { return number(4, 1) == 2 ? .amd64 : .i386 }
    // Bit 0 of xloadflags: the kernel has a 64-bit entry.
    if isLinux { return (number(0x206, 2) ?? 0) >= 0x20C && (number(0x236, 2) ?? 0) & 1 != 0 ? .amd64 : .i386 }
    return nil
  }

  // MARK: Sentences

  /// Why it cannot be a guest although a loader might take it; nil if nothing speaks against it.
  func refusal(_ guest: GuestArguments) -> String? {
    guard guest.format == .auto else { return nil }
    if guest.mode != nil || guest.loadAddress != nil || guest.entry != nil {
      let option = guest.mode != nil ? "--mode" : guest.loadAddress != nil ? "--load-address" : "--entry"
      guard let kind = isELF ? "an ELF file" : isLinux ? "a Linux kernel" : nil else { return nil }
      return "\(path): is \(kind), and \(option) is for raw code: leave it out, or say --format flat"
    }
    if isDisc {
      return "\(path): is a CD image (ISO 9660): emu run --cdrom boots it"
    }
    if let loader = interpreter {
      return "\(path): is a program for Linux, which wants \(loader) and a kernel: emu runs kernels, not programs"
    }
    if isStaticProgram {
      return
        "\(path): is a program for Linux, linked statically, which wants a kernel: emu runs kernels, not programs; "
        + "--format elf starts it all the same"
    }
    return nil
  }

  /// More about it if no loader takes it.
  var explanation: String? {
    if isDisc { return "it is a CD image (ISO 9660): emu run --cdrom boots it" }
    if isLimine {
      return
        "it is a kernel for the Limine boot protocol, which emu does not speak: it starts Multiboot, PVH, Linux and plain ELF"
    }
    return Self.known.first { has($0.0, at: $0.1) }?.2
  }

  /// A word of warning if a loader takes it.
  var warning: String? {
    guard isLimine else { return nil }
    return "\(path): holds requests of the Limine boot protocol, which emu does not implement"
  }

  private static let known: [([UInt8], Int, String)] = [
    (Array("QFI".utf8) + [0xFB], 0, "it is a QCOW2 disk image: emu run --disk boots it"),
    (Array("KDMV".utf8), 0, "it is a VMDK disk image: convert it to a raw one"),
    (Array("MZ".utf8), 0, "it is a program for UEFI or Windows (PE), and emu has no UEFI"),
    ([0x1F, 0x8B], 0, "it is compressed by gzip, which emu unpacks: what is in it is no image"),
    ([0x28, 0xB5, 0x2F, 0xFD], 0, "it is compressed by zstd: unpack it first"),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], 0, "it is compressed by xz: unpack it first"),
    (Array("#!".utf8), 0, "it is a script"),
    ([0xCF, 0xFA, 0xED, 0xFE], 0, "it is a Mach-O file, of macOS"),
    (Array("emu-recording".utf8), 0, "it is a recording: emu run --replay FILE IMAGE"),
    (Array("EMUSNAP".utf8), 0, "it is a snapshot: emu run --restore FILE"),
  ]
}
