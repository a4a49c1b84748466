import ArgumentParser
import Glibc
import HostSystem
import Machine

/// Firmware in the place of an image.
struct FirmwareOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Start at the reset vector of this ROM, such as Debian's /usr/share/seabios/bios-256k.bin, on a board with PCI; \
      64 KiB to 16 MiB.
      """, valueName: "file"))
  var bios: String?
  @Flag(help: "Show what firmware writes to port 402h where the serial line goes.") var biosLog = false

  /// What does not go together with firmware.
  func validate(_ run: RunCommand) throws {
    guard run.biosPath != nil else {
      if biosLog { throw ValidationError("--bios-log needs --bios, or a drive.") }
      return
    }
    if run.image != nil { throw ValidationError("--bios starts its ROM: it takes no image.") }
    if run.snapshots.restore != nil { throw ValidationError("--bios and --restore exclude each other.") }
    if run.backend == .kvm { throw ValidationError("--bios needs --backend model.") }
    let guest = run.guest
    let given: [(String, Bool)] = [
      ("append", !guest.append.isEmpty), ("initrd", !guest.initrd.isEmpty), ("format", guest.format != .auto),
      ("mode", guest.mode != nil), ("load-address", guest.loadAddress != nil), ("entry", guest.entry != nil),
    ]
    if let (name, _) = given.first(where: { $0.1 }) {
      let starter = bios == nil ? "firmware starts what is in a drive" : "--bios starts its ROM"
      throw ValidationError("--\(name) is for an image, and \(starter).")
    }
  }
}

/// The bytes of a ROM.
struct FirmwareFile {
  private static let sizes = 64 << 10...16 << 20

  let bytes: [UInt8]

  /// Reads a file.
  ///
  /// - Throws: `InputError` if it is no ROM.
  init(_ path: String) throws(InputError) {
    func fail(_ problem: String) -> InputError { InputError(description: "\(path): \(problem)") }
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw fail("cannot be opened: \(Self.reason(errno))") }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw fail("cannot be read: \(Self.reason(errno))") }
    guard status.st_mode & S_IFMT == S_IFREG else { throw fail("is not a regular file") }
    let size = Int(status.st_size)
    guard Self.sizes.contains(size), size & 0xFFFF == 0 else {
      throw fail("has \(size) bytes, and a ROM has 65536 to 16777216, in multiples of 65536")
    }
    var buffer = [UInt8](repeating: 0, count: size)
    var done = 0
    while done < size {
      let count = unsafe buffer.withUnsafeMutableBytes { area in
        unsafe pread(descriptor, area.baseAddress.map { unsafe $0 + done }, size - done, done)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else {
        throw fail(count == 0 ? "is shorter than it was" : "cannot be read: \(Self.reason(errno))")
      }
      done += count
    }
    bytes = buffer
  }

  private static func reason(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
}

/// Debian's package seabios.
enum SeaBIOS {
  /// The firmware of a PC.
  static let bios = "/usr/share/seabios/bios-256k.bin"
  /// The video BIOS of the board's screen.
  static let videoBIOS = "/usr/share/seabios/vgabios-stdvga.bin"

  /// The bytes of a video BIOS; none if firmware that is not SeaBIOS may do without.
  ///
  /// - Throws: `InputError` if it is missing beside SeaBIOS, or is none.
  static func videoROM(beside bios: String) throws(InputError) -> [UInt8] {
    guard unsafe access(videoBIOS, F_OK) == 0 else {
      if bios == Self.bios { throw missing(videoBIOS) }
      return []
    }
    do {
      let bytes = try HostIO.readFile(videoBIOS)
      guard bytes.starts(with: [0x55, 0xAA]), bytes.count <= 128 << 10 else {
        throw InputError(description: "\(videoBIOS): is no video BIOS of at most 131072 bytes that begins with 55 AA")
      }
      return bytes
    } catch let error as InputError { throw error } catch let error as HostError { throw InputError(error) } catch {
      throw InputError(description: "\(videoBIOS): \(error)")
    }
  }

  /// What to say of a file of the package that is not there.
  static func missing(_ path: String) -> InputError {
    InputError(
      description: "\(path): is not there, and drives need firmware: apt-get install seabios brings it, or name one by "
        + "--bios")
  }
}

extension GuestOptions {
  /// A board that starts firmware.
  func makeMachine(
    _ configuration: MachineConfiguration, firmware path: String, drives: MachineDrives
  ) throws -> Machine {
    if path == SeaBIOS.bios, unsafe access(path, F_OK) != 0 { throw SeaBIOS.missing(path) }
    let firmware = try FirmwareFile(path)
    var configuration = configuration
    configuration.romByteCount = UInt64(firmware.bytes.count)
    if configuration.hasDisplay { configuration.displayROM = try SeaBIOS.videoROM(beside: path) }
    let machine = try Machine(configuration, drives: drives)
    machine.start(firmware: firmware.bytes)
    return machine
  }
}

extension RunCommand {
  /// Prints the chips of the board that the options describe.
  func listBoard() throws {
    let machine =
      if let restored = snapshots.restore {
        try Machine(snapshot: restored, engine: engine.engine, drives: drives.open(diversion: diversion))
      } else if biosPath != nil {
        try makeMachine(configuration, drives: drives.open(diversion: nil))
      } else {
        try Machine(configuration, drives: drives.open(diversion: nil))
      }
    for line in machine.chipList { writeAll(1, Array("\(line)\n".utf8)) }
  }
}
