public import ArgumentParser
import Debugger
import KVM
public import Machine

/// A number of bytes such as 256M.
struct ByteCount: ExpressibleByArgument {
  var value: UInt64

  init(value: UInt64) { self.value = value }

  init?(argument: String) {
    let units: [Character: UInt64] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40]
    let unit = argument.uppercased().last.flatMap { units[$0] }
    guard let number = UInt64(unit == nil ? argument : String(argument.dropLast())) else { return nil }
    let (product, overflow) = number.multipliedReportingOverflow(by: unit ?? 1)
    guard !overflow else { return nil }
    value = product
  }
}

/// An address, decimal or with 0x.
struct Address: ExpressibleByArgument {
  var value: UInt64

  init?(argument: String) {
    let number = argument.hasPrefix("0x") ? UInt64(argument.dropFirst(2), radix: 16) : UInt64(argument)
    guard let number else { return nil }
    value = number
  }
}

extension ImageFormat: ExpressibleByArgument {}
extension FlatMode: ExpressibleByArgument {}

/// Where the guest's serial line ends.
enum SerialChoice: ExpressibleByArgument, Equatable {
  case stdio, none, pty
  case file(String)

  init?(argument: String) {
    switch argument {
    case "stdio": self = .stdio
    case "none": self = .none
    case "pty": self = .pty
    default:
      guard argument.hasPrefix("file:"), argument.count > 5 else { return nil }
      self = .file(String(argument.dropFirst(5)))
    }
  }
}

/// Which loop executes the guest.
enum EngineChoice: String, ExpressibleByArgument, CaseIterable {
  case reference, threaded
}

/// Whose processors execute the guest.
enum BackendChoice: String, ExpressibleByArgument, CaseIterable {
  case model, kvm
}

/// Options of the contract that are not built yet: refused by name rather than ignored.
struct UnbuiltOptions: ParsableArguments {
  @Option(help: .hidden) var disk: String?
  @Option(help: .hidden) var bios: String?
  @Option(help: .hidden) var cpu: String?
  @Option(help: .hidden) var trace: String?
  @Option(help: .hidden) var traceFormat: String?
  @Option(help: .hidden) var record: String?
  @Option(help: .hidden) var snapshotAt: String?

  func validate() throws {
    let given: [(String, String?)] = [
      ("disk", disk), ("bios", bios), ("cpu", cpu), ("trace", trace), ("trace-format", traceFormat),
      ("record", record), ("snapshot-at", snapshotAt),
    ]
    if let (name, _) = given.first(where: { $0.1 != nil }) {
      throw ValidationError("--\(name) is not built yet.")
    }
  }
}

/// The options of commands that boot an image.
protocol GuestOptions {
  var image: String { get }
  var memory: ByteCount { get }
  var cpus: Int { get }
  var append: String { get }
  var initrd: String? { get }
  var format: ImageFormat { get }
  var mode: FlatMode? { get }
  var loadAddress: Address? { get }
  var entry: Address? { get }
}

extension GuestOptions {
  /// The board that the options describe, with the image in its memory.
  func makeMachine() throws -> Machine {
    var configuration = MachineConfiguration()
    configuration.memoryByteCount = memory.value
    configuration.processorCount = cpus
    let machine = try Machine(configuration)
    var options = BootOptions()
    options.format = format
    options.mode = mode
    options.loadAddress = loadAddress?.value
    options.entry = entry?.value
    options.commandLine = append
    options.initialRAMDisk = initrd
    try machine.load(path: image, options: options)
    return machine
  }
}

/// `emu run`: boots an image; its serial line is the terminal.
struct RunCommand: ParsableCommand, GuestOptions {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Boot an image; the guest's serial line is standard input and output.",
    discussion: """
      The image is recognised by its headers: a Linux bzImage, Multiboot 1 or 2, an ELF file with a PVH note, a plain \
      ELF file or a boot sector; raw code needs --format flat. On a terminal Ctrl-A X leaves and Ctrl-A H helps; \
      Ctrl-C goes to the guest.

      Examples:
        emu run kernel.elf
        emu run --memory 512M --cpus 2 --initrd initramfs.cpio --append console=ttyS0 vmlinuz
        emu run --format flat --mode real16 --load-address 0x7c00 code.bin
        emu run --gdb 1234 kernel.elf      # then, elsewhere: gdb kernel.elf -ex "target remote :1234"

      Status: 0 power-off or halted for good; (v << 1) | 1 when the guest writes v to port F4h; 64 wrong usage; \
      66 the image cannot be loaded; 74 host I/O error; 86 triple fault; 88 reset asked for; 124 a limit was reached.
      """)

  @Argument(help: "Kernel, ROM or raw code.") var image: String
  @Option(help: "RAM, such as 96M or 2G.") var memory = ByteCount(value: 256 << 20)
  @Option(help: "Logical processors, 1 to 16.") var cpus = 1
  @Option(help: "The kernel's command line.") var append = ""
  @Option(help: "A RAM disk for the kernel.") var initrd: String?
  @Option(help: "How to start the image: \(ImageFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
  var format = ImageFormat.auto
  @Option(help: "Mode of a flat image: \(FlatMode.allCases.map(\.rawValue).joined(separator: ", ")).")
  var mode: FlatMode?
  @Option(help: "Where a flat image is loaded.") var loadAddress: Address?
  @Option(help: "Where a flat image starts.") var entry: Address?
  @Option(help: "The far end of the serial line: stdio, none, file:PATH or pty.") var serial = SerialChoice.stdio
  @Option(help: "Stop after this many seconds (status 124).") var timeout: Double?
  @Option(help: "Stop after this many instructions, REP iterations counted one by one (status 124).")
  var maxInstructions: UInt64?
  @Option(help: "The executing loop: reference.") var engine = EngineChoice.reference
  @Option(help: "Whose processors execute: model, or kvm for the host's own by /dev/kvm, never twice the same.")
  var backend = BackendChoice.model
  @Option(
    help: """
      Wait for GDB at [HOST:]PORT (127.0.0.1 unless HOST says otherwise; port 0 takes a free one) or at a Unix socket, \
      a path with a slash.
      """)
  var gdb: String?
  @Flag(help: "Restart the image when the guest asks for a reset.") var reboot = false
  @Flag(help: "Print one JSON object with counts as the last line of standard error.") var stats = false
  @OptionGroup var unbuilt: UnbuiltOptions

  func validate() throws {
    if engine == .threaded { throw ValidationError("--engine threaded is not built yet.") }
    if backend == .kvm, maxInstructions != nil {
      throw ValidationError("--max-instructions needs --backend model: KVM does not count instructions.")
    }
    if let gdb {
      if backend == .kvm { throw ValidationError("--gdb needs --backend model.") }
      do {
        _ = try GDBEndpoint(gdb)
      } catch {
        throw ValidationError(error.description)
      }
    }
    if let timeout, !(timeout >= 0) { throw ValidationError("--timeout \(timeout) is not a number of seconds.") }
  }

  func run() throws {
    do {
      let session = try RunSession(self)
      throw ExitCode(try session.run())
    } catch let error as MachineError {
      complain(error.description)
      throw ExitCode(64)
    } catch let error as BootError {
      complain(error.description)
      throw ExitCode(66)
    } catch let error as KVMError {
      complain(error.description)
      throw ExitCode(error.isUnavailable ? 74 : 70)
    } catch let error as GDBServerError {
      complain(error.description)
      throw ExitCode(74)
    } catch let error as HostError {
      complain(error.description)
      throw ExitCode(74)
    }
  }
}
