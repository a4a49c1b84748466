import ArgumentParser
import Debugger
import HostSystem
import Interpreter
import KVM
import Machine

/// Which loop executes the guest.
enum EngineChoice: String, ExpressibleByArgument, CaseIterable {
  case reference, threaded

  var engine: Engine { self == .threaded ? .threaded : .reference }
}

/// Whose processors execute the guest.
enum BackendChoice: String, ExpressibleByArgument, CaseIterable {
  case model, kvm
}

/// `emu run`: boots an image; its serial line is the terminal.
struct RunCommand: ParsableCommand, GuestOptions {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Boot an image; the guest's serial line is standard input and output.",
    discussion: """
      The image is recognised by its headers: a Linux bzImage, Multiboot 1 or 2, an ELF file with a PVH note, a plain \
      ELF file or a boot sector; raw code needs --format flat. The image of a disk, a CD or a diskette goes into its drive, \
      and Debian's SeaBIOS boots it. On a terminal Ctrl-A X leaves and Ctrl-A H helps; \
      Ctrl-C goes to the guest.

      Examples:
        emu run kernel.elf
        emu run disk.img                   # as emu run --disk disk.img
        emu run --cdrom rescue.iso --display text
        emu run --disk disk.img,snapshot --expect login: --send 'root\\n' --timeout 60
        emu run --memory 512M --cpus 2 --initrd initramfs.cpio --append console=ttyS0 vmlinuz
        emu run --format flat --mode real16 --load-address 0x7c00 code.bin
        emu run --trace boot.jsonl.zst kernel.elf
        emu run --snapshot-at 400000000:booted.snap vmlinuz     # then: emu run --restore booted.snap
        emu run kernel.elf --gdb           # then, elsewhere: gdb kernel.elf -ex "target remote :1234"

      Status: 0 power-off or halted for good; (v << 1) | 1 when the guest writes v to port F4h; 64 wrong usage; \
      66 a file that is read cannot be used; 70 a replay went another way; 74 host I/O error; 86 triple fault; \
      88 the guest asked for a reset; 124 a limit was reached.
      """)

  @Argument(help: "Kernel, ROM or raw code; with --restore it may be missing, and serves its symbols only.")
  var image: String?
  @OptionGroup var guest: GuestArguments
  @OptionGroup var board: BoardArguments
  @OptionGroup(title: "Firmware") var firmware: FirmwareOptions
  @OptionGroup(title: "Drives") var drives: DriveOptions
  @OptionGroup(title: "Screen and keyboard") var screen: ScreenOptions
  @Option(
    name: .customLong("serial"),
    help: "The far end of the serial line: stdio, none, file:PATH or pty. (default: stdio; none with --display text)")
  var serialChoice: SerialChoice?
  @Option(help: "Stop after this many seconds (status 124).") var timeout: Double?
  @Option(
    name: [.customLong("max-ticks"), .customLong("max-instructions")],
    help: ArgumentHelp(
      """
      Stop after this many ticks (status 124): instructions, each iteration of a repeated string instruction, each \
      delivery of an exception or interrupt.
      """, valueName: "n"))
  var maxTicks: UInt64?
  @Option(help: "The executing loop; the guest cannot see which.")
  var engine = EngineChoice.threaded
  @Option(help: "Whose processors execute: model, or kvm for the host's own by /dev/kvm, never twice the same.")
  var backend = BackendChoice.model
  @OptionGroup(title: "Hand-over between backends") var handingOver: HandOverOptions
  @Option(
    defaultAsFlag: GDBOption.usual, parsing: .next,
    help: """
      Wait for GDB at [HOST:]PORT (127.0.0.1 unless HOST says otherwise; port 0 takes a free one) or at a Unix socket, \
      a path with a slash; without a value at \(GDBOption.usual).
      """)
  var gdb: String?
  @Option(
    help: """
      The architecture that GDB sees: i386 or x86-64. auto: x86-64 in long mode, else what the image is for.
      """)
  var gdbArchitecture = GDBArchitectureChoice.auto
  @Option(help: "System registers that GDB sees: control (CR0 to CR8, EFER and bases) or all.")
  var gdbRegisters = GDBRegisterChoice.control
  @Flag(name: .customLong("board"), help: "List the chips that the board has, and where, and end.") var listsBoard =
    false
  @Flag(help: "Restart the image when the guest asks for a reset.") var reboot = false
  @Flag(help: "Print one JSON object with counts as the last line of standard error.") var stats = false
  @Flag(help: "Do not report the state in which the guest ended and the absent parts that it used.") var quiet =
    false
  @OptionGroup(title: "Faults") var explaining: ExplainOptions
  @OptionGroup(title: "Snapshots and replay") var snapshots: SnapshotOptions
  @OptionGroup(title: "Control") var controlling: ControlOptions
  @OptionGroup(title: "Moves") var moves: MoveOptions
  @OptionGroup(title: "Traces") var tracing: TraceOptions
  @OptionGroup(title: "Profiles") var profiling: ProfileOptions

  var imagePath: String? { image }
  var serial: SerialChoice { serialChoice ?? (screen.display == .text ? .none : .stdio) }
  /// The firmware that is named, or that of drives without an image.
  var biosPath: String? {
    firmware.bios
      ?? (image == nil && snapshots.restore == nil && moves.source == nil && !drives.isEmpty ? SeaBIOS.bios : nil)
  }
  var configuration: MachineConfiguration {
    var configuration = board.configuration
    configuration.showsFirmwareLog = firmware.biosLog
    configuration.engine = engine.engine
    configuration.hasDisplay = screen.hasScreen
    if let order = drives.boot { configuration.bootOrder = order.devices }
    return configuration
  }

  mutating func validate() throws {
    if image == nil, let text = gdb, GDBOption.isImage(text) { (image, gdb) = (text, GDBOption.usual) }
    moveImageToDrive()
    try drives.validate(self)
    try firmware.validate(self)
    try screen.validate(self)
    try controlling.validate(self)
    try moves.validate(self)
    if image == nil, snapshots.restore == nil, moves.source == nil, biosPath == nil, !listsBoard {
      throw ValidationError("An image is missing: emu run IMAGE, or emu run --restore FILE.")
    }
    try handingOver.validate(self)
    if backend == .kvm, maxTicks != nil {
      throw ValidationError("--max-ticks needs --backend model: KVM does not count ticks.")
    }
    // What observes the model begins at the hand-over.
    let isWithoutModel = backend == .kvm && !handingOver.isWanted
    if isWithoutModel, explaining.explain { throw ValidationError("--explain needs --backend model.") }
    if explaining.explainLimit < 1 {
      throw ValidationError("--explain-limit \(explaining.explainLimit) is not a positive number.")
    }
    if let history = explaining.explainHistory {
      if isWithoutModel { throw ValidationError("--explain-history needs --backend model.") }
      guard ExplainOptions.historyRange.contains(history) else {
        throw ValidationError("--explain-history \(history) is not 1 to \(ExplainOptions.historyRange.upperBound).")
      }
    }
    if explaining.explain, gdb != nil { throw ValidationError("--explain and --gdb exclude each other.") }
    if snapshots.restore != nil || !snapshots.snapshotAt.isEmpty {
      if backend == .kvm { throw ValidationError("Snapshots need --backend model.") }
      if reboot { throw ValidationError("--reboot and snapshots exclude each other.") }
    }
    if snapshots.record != nil || snapshots.replay != nil {
      if backend == .kvm { throw ValidationError("--record and --replay need --backend model.") }
      if reboot || gdb != nil { throw ValidationError("--record and --replay exclude --reboot and --gdb.") }
      if snapshots.record != nil, snapshots.replay != nil {
        throw ValidationError("--record and --replay exclude each other.")
      }
    }
    if tracing.trace != nil {
      if isWithoutModel { throw ValidationError("--trace needs --backend model.") }
      if gdb != nil { throw ValidationError("--trace and --gdb exclude each other.") }
    }
    if profiling.profile != nil {
      if backend == .kvm { throw ValidationError("--profile needs --backend model.") }
      if gdb != nil || snapshots.replay != nil {
        throw ValidationError("--profile excludes --gdb and --replay.")
      }
    }
    if gdb == nil, gdbArchitecture != .auto { throw ValidationError("--gdb-architecture needs --gdb.") }
    if gdb == nil, gdbRegisters != .control { throw ValidationError("--gdb-registers needs --gdb.") }
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
    try reporting {
      if listsBoard { return try listBoard() }
      if let problem = FilesOfRun(self).problem { throw UsageError(description: problem) }
      do { throw try RunSession(self).run().exitCode } catch let interruption as IncomingRun.Interrupted {
        EndingSignals.die(by: interruption.number)
      }
    }
  }
}
