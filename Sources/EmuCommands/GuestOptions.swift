public import ArgumentParser
import Glibc
public import Machine
import TextForms

/// A number of bytes such as 256M.
struct ByteCount: ExpressibleByArgument {
  var value: UInt64

  init(value: UInt64) { self.value = value }

  init?(argument: String) {
    guard let value = NumberText.byteCount(argument) else { return nil }
    self.value = value
  }

  /// In the largest unit that leaves no fraction, as help shows it.
  var defaultValueDescription: String {
    for (unit, shift) in [("T", 40), ("G", 30), ("M", 20), ("k", 10)] where value != 0 {
      if value.trailingZeroBitCount >= shift { return "\(value >> UInt64(shift))\(unit)" }
    }
    return "\(value)"
  }
}

/// An address: decimal, 0x7c00, 7c00h, 1M or f000:fff0.
struct Address: ExpressibleByArgument {
  var value: UInt64

  init?(argument: String) {
    guard let value = NumberText.address(argument) else { return nil }
    self.value = value
  }
}

/// A file, and after its first = its command line; a file that has = in its name is one if it is there.
struct ModuleArgument: ExpressibleByArgument {
  var module: BootModule

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard let path = parts.first, !path.isEmpty else { return nil }
    if parts.count == 2, unsafe access(argument, F_OK) != 0 {
      module = BootModule(path: String(path), commandLine: String(parts[1]))
    } else {
      module = BootModule(path: argument)
    }
  }
}

extension ImageFormat: ExpressibleByArgument {}
extension FlatMode: ExpressibleByArgument {}

/// How an image is started: the options that every command which boots a guest shares.
struct GuestArguments: ParsableArguments {
  @Option(help: "The kernel's command line.") var append = ""
  @Option(
    help: ArgumentHelp(
      "A RAM disk for Linux, or a module for Multiboot or PVH; may be repeated.", valueName: "file[=command line]"))
  var initrd: [ModuleArgument] = []
  @Option(help: "How to start the image: \(ImageFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
  var format = ImageFormat.auto
  @Option(help: "Mode of a flat image: \(FlatMode.allCases.map(\.rawValue).joined(separator: ", ")).")
  var mode: FlatMode?
  @Option(help: "Where a flat image is loaded.") var loadAddress: Address?
  @Option(help: "Where a flat image starts.") var entry: Address?
  @Option(help: "Names of addresses: an ELF file, System.map or /proc/kallsyms; without it the image's own .symtab.")
  var symbols: String?
}

/// What gates the interrupt of the serial port.
enum SerialInterruptChoice: String, ExpressibleByArgument, CaseIterable {
  case out2, always
}

/// What the board is made of, for the commands that give it 256 MiB if nothing else is said.
struct BoardArguments: ParsableArguments {
  @Option(help: "RAM, such as 96M or 2G.") var memory = ByteCount(value: 256 << 20)
  @Option(help: "Logical processors, 1 to 16.") var cpus = 1
  @Option(
    help: """
      What each of them is: \(ModelChoice.allValueStrings.joined(separator: ", ")). \
      (default: \(ModelChoice.standard.defaultValueDescription))
      """)
  var cpu: ModelChoice?
  @Flag(help: "Add a high precision event timer at FED00000h, and its ACPI table.") var hpet = false
  @Flag(help: "Add the test device of kvm-unit-tests: ports E0h-EBh and 2000h-2017h, memory at FF000000h.")
  var testdev = false

  @Option(help: "The serial port's interrupt: out2, which a PC's OUT2 gates, or always, as on QEMU.")
  var serialIrq = SerialInterruptChoice.out2

  /// The board.
  var configuration: MachineConfiguration {
    var configuration = MachineConfiguration()
    configuration.memoryByteCount = memory.value
    configuration.processorCount = cpus
    configuration.model = (cpu ?? .standard).model
    configuration.serialIgnoresOUT2 = serialIrq == .always
    configuration.hasHPET = hpet
    configuration.hasTestDevice = testdev
    return configuration
  }
}

/// A command that boots an image.
protocol GuestOptions {
  /// The image, if one is named.
  var imagePath: String? { get }
  /// The firmware that starts in place of an image, if it is named.
  var biosPath: String? { get }
  var guest: GuestArguments { get }
  var configuration: MachineConfiguration { get }
}

extension GuestOptions {
  var biosPath: String? { nil }

  /// The board that the options describe, with the image in its memory.
  ///
  /// - Throws: `InputError` if no image is named, or the image is none for this machine.
  func makeMachine() throws -> Machine { try makeMachine(configuration) }

  /// The same on another board.
  func makeMachine(_ configuration: MachineConfiguration, drives: MachineDrives = MachineDrives()) throws -> Machine {
    if let biosPath { return try makeMachine(configuration, firmware: biosPath, drives: drives) }
    guard let imagePath else { throw InputError(description: "an image is missing") }
    let machine = try Machine(configuration, drives: drives)
    var options = BootOptions()
    options.format = guest.format
    options.mode = guest.mode
    options.loadAddress = guest.loadAddress?.value
    options.entry = guest.entry?.value
    options.commandLine = guest.append
    options.modules = guest.initrd.map(\.module)
    let kind = ImageKind(imagePath)
    if let refusal = kind?.refusal(guest) { throw InputError(description: refusal) }
    do { try machine.load(path: imagePath, options: options) } catch {
      let more = kind?.explanation.map { "; \($0)" } ?? ""
      throw InputError(description: error.description + more)
    }
    if let warning = kind?.warning { complain(warning) }
    return machine
  }
}
