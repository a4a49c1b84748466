public import ArgumentParser
import Foundation
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

/// `emu run`: boots an image; its serial line is the terminal.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Boot an image; the guest's serial line is standard output.")

  @Argument(help: "Kernel, ROM or raw code.") var image: String
  @Option(help: "RAM, such as 96M or 2G.") var memory = ByteCount(value: 256 << 20)
  @Option(help: "Logical processors.") var cpus = 1
  @Option(help: "The kernel's command line.") var append = ""
  @Option(help: "A RAM disk for the kernel.") var initrd: String?
  @Option(help: "How to start the image: \(ImageFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
  var format = ImageFormat.auto
  @Option(help: "Mode of a flat image: \(FlatMode.allCases.map(\.rawValue).joined(separator: ", ")).")
  var mode: FlatMode?
  @Option(help: "Where a flat image is loaded.") var loadAddress: Address?
  @Option(help: "Where a flat image starts.") var entry: Address?
  @Option(help: "Stop after this many instructions (status 124).") var maxInstructions: UInt64?
  @Option(help: "Stop after this many seconds (status 124).") var timeout: Double?
  @Flag(help: "Print one JSON object with counts as the last line of standard error.") var stats = false

  func run() throws {
    do {
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
      throw ExitCode(execute(machine))
    } catch let error as MachineError {
      complain(error.description)
      throw ExitCode(64)
    } catch let error as BootError {
      complain(error.description)
      throw ExitCode(66)
    }
  }

  private func complain(_ text: String) { FileHandle.standardError.write(Data("emu: \(text)\n".utf8)) }

  /// Runs to the end; gives the exit status of the contract.
  private func execute(_ machine: Machine) -> Int32 {
    var pending: [UInt8] = []
    machine.serialOutput = { byte in
      pending.append(byte)
      if byte == 10 || pending.count > 512 { flush(&pending) }
    }
    let start = ProcessInfo.processInfo.systemUptime
    let cpuStart = clock()
    var status: Int32 = 124
    var reason = "limit"
    loop: while true {
      let result = machine.run(ticks: 1_000_000)
      flush(&pending)
      switch result {
      case .exited(let exit):
        (status, reason) = outcome(exit)
        break loop
      case .sliceEnded:
        if let maxInstructions, machine.retiredInstructions >= maxInstructions { break loop }
        if let timeout, ProcessInfo.processInfo.systemUptime - start >= timeout { break loop }
      }
    }
    for (event, count) in machine.events.sorted(by: { $0.key < $1.key }) { complain("\(event) (\(count) times)") }
    if stats { printStatistics(machine, Double(clock() - cpuStart) / Double(CLOCKS_PER_SEC), reason) }
    return status
  }

  private func flush(_ bytes: inout [UInt8]) {
    guard !bytes.isEmpty else { return }
    FileHandle.standardOutput.write(Data(bytes))
    bytes.removeAll(keepingCapacity: true)
  }

  private func outcome(_ exit: ExitReason) -> (Int32, String) {
    switch exit {
    case .debugExit(let value): return (Int32(truncatingIfNeeded: (value << 1) | 1), "debug exit")
    case .powerOff: return (0, "power-off")
    case .halted:
      complain("halted for good")
      return (0, "halted")
    case .tripleFault(let story):
      complain("triple fault: \(story)")
      return (86, "triple fault")
    case .reset(let cause):
      complain("the guest asked for a reset by \(cause)")
      return (88, "reset")
    }
  }

  private func printStatistics(_ machine: Machine, _ seconds: Double, _ reason: String) {
    let count = machine.retiredInstructions
    let mips = seconds > 0 ? Double(count) / seconds / 1e6 : 0
    complainRaw(
      "{\"instructions\":\(count),\"seconds\":\(String(format: "%.3f", seconds)),\"mips\":\(String(format: "%.1f", mips)),\"exit\":\"\(reason)\"}"
    )
  }

  private func complainRaw(_ text: String) { FileHandle.standardError.write(Data("\(text)\n".utf8)) }
}
