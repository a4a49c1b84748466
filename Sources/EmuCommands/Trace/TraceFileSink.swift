import Glibc
import HostSystem
import Trace

/// The file that a trace goes to, through zstd or gzip if its name ends so.
final class TraceFileSink: TraceSink {
  /// What went wrong, if anything: one sentence.
  private(set) var problem: String?

  private let path: String
  /// What the trace is written to: the file, or the pipe to the packer.
  private var descriptor: Int32
  private let file: Int32
  private var packer: (process: ChildProcess, tool: String)?
  /// Bytes that are in the file, whole lines all of them.
  private var size: Int64 = 0

  /// Opens a file for a trace, which replaces what it held.
  ///
  /// - Throws: `HostError` that names the file or the tool that is missing.
  init(_ path: String) throws {
    self.path = path
    file = try HostIO.openToWrite(path, name: "--trace \(path)")
    descriptor = file
    // A packer or a reader of a pipe may go away; that is an error of write(2), not a signal.
    _ = signal(SIGPIPE, SIG_IGN)
    if path.hasSuffix(".zst") { try pack("zstd") } else if path.hasSuffix(".gz") { try pack("gzip") }
  }

  private func pack(_ tool: String) throws {
    guard let ends = ChildProcess.makePipe() else {
      throw HostError(description: "--trace \(path): no pipe can be made: \(HostIO.lastReason)")
    }
    // A group of its own: Ctrl-C ends emu, which then ends the trace in order.
    let child = ChildProcess([tool, "-qc"], input: ends.reading, output: file, hasOwnGroup: true)
    Glibc.close(ends.reading)
    guard let child else {
      Glibc.close(ends.writing)
      throw HostError(description: "--trace \(path): \(tool) cannot be started: is it installed?")
    }
    Glibc.close(file)
    descriptor = ends.writing
    packer = (child, tool)
  }

  func write(_ bytes: [UInt8]) -> Bool {
    guard problem == nil, descriptor >= 0 else { return false }
    let done = HostIO.write(descriptor, bytes) { EndingSignals.caught != nil }
    guard done == bytes.count else {
      problem = "--trace \(path): cannot be written: \(HostIO.lastReason)"
      cut(bytes.prefix(done))
      return false
    }
    size += Int64(bytes.count)
    return true
  }

  /// Leaves whole lines only in a file that is full.
  private func cut(_ written: ArraySlice<UInt8>) {
    guard packer == nil else { return }
    let whole = written.lastIndex(of: 10).map { $0 + 1 } ?? 0
    // A pipe or a device cannot be cut, and need not be.
    _ = ftruncate(descriptor, off_t(size + Int64(whole)))
  }

  /// Closes the file; false, with `problem` set, if not all of the trace is in it.
  func close() -> Bool {
    guard descriptor >= 0 else { return problem == nil }
    if Glibc.close(descriptor) != 0, problem == nil {
      problem = "--trace \(path): cannot be written: \(HostIO.lastReason)"
    }
    descriptor = -1
    if let packer {
      if packer.process.wait() != 0, problem == nil {
        problem = "--trace \(path): \(packer.tool) failed, the file is not whole"
      }
    }
    return problem == nil
  }
}
