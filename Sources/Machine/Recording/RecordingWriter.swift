import Glibc
import HostSystem

/// Writes a recording while the guest runs, under its own name: what came before emu was killed is then still there.
///
/// If the host takes no more, the half line is taken back, and the recording ends there without an end.
public final class RecordingWriter {
  private let path: String
  private let descriptor: Int32
  /// Bytes of full lines; nil where the host cannot go back, as in a pipe.
  private var byteCount: Int? = 0
  /// Why the recording is not whole, if it is not.
  public private(set) var problem: InputRecordingError?
  private let isInterrupted: () -> Bool

  /// Opens the file and writes the header.
  ///
  /// - Parameter isInterrupted: whether a signal has come that ends the wait for a far end that takes nothing.
  /// - Throws: `InputRecordingError` with the file's name.
  public init(
    _ path: String, _ machine: Machine, isInterrupted: @escaping () -> Bool = { false }
  ) throws(InputRecordingError) {
    self.path = path
    self.isInterrupted = isInterrupted
    do throws(HostError) { descriptor = try HostIO.openToWrite(path) } catch {
      throw InputRecordingError(.unwritable, error.description)
    }
    if !HostIO.isRegularFile(descriptor) { byteCount = nil }
    write(InputRecording.Header(machine).lines)
    if let problem {
      // A file without a header is of no use; a device stays.
      if byteCount != nil { unsafe unlink(path) }
      throw problem
    }
  }

  deinit { close(descriptor) }

  /// Notes what the guest has just taken.
  ///
  /// - Returns: why the recording ends here, if it does: said once, the guest may go on.
  @discardableResult
  public func write(_ entry: InputLog.Entry) -> InputRecordingError? {
    guard problem == nil, let line = InputRecording.line(entry) else { return nil }
    write(line)
    return problem
  }

  /// Writes the end.
  ///
  /// - Throws: `InputRecordingError` if the recording is not whole.
  public func finish(_ machine: Machine) throws(InputRecordingError) {
    if problem == nil { write(InputRecording.End(machine).line) }
    if let problem { throw problem }
  }

  private func write(_ line: String) {
    errno = 0
    let bytes = Array(line.utf8)
    guard HostIO.write(descriptor, bytes, isInterrupted: isInterrupted) == bytes.count else {
      let reason = HostIO.reason(errno == 0 ? ENOSPC : errno)
      problem = InputRecordingError(.unwritable, "\(path): the recording cannot be written: \(reason)")
      if let byteCount { _ = ftruncate(descriptor, byteCount) }
      return
    }
    byteCount = byteCount.map { $0 + bytes.count }
  }
}
