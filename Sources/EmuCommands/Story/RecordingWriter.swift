import Glibc
import Machine

/// Writes a recording while the guest runs, under its own name: what came before emu was killed is then still there.
///
/// If the host takes no more, the half line is taken back, and the recording ends there without an end.
final class RecordingWriter {
  private let path: String
  private let descriptor: Int32
  /// Bytes of full lines; nil where the host cannot go back, as in a pipe.
  private var byteCount: Int? = 0
  /// Why the recording is not whole, if it is not.
  private(set) var problem: HostError?

  /// Opens the file and writes the header.
  ///
  /// - Throws: `HostError` with the file's name.
  init(_ path: String, _ machine: Machine) throws(HostError) {
    self.path = path
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw HostError(description: "\(path): cannot be opened: \(unsafe String(cString: strerror(errno)))")
    }
    var status = stat()
    if unsafe fstat(descriptor, &status) != 0 || status.st_mode & S_IFMT != S_IFREG { byteCount = nil }
    write(InputRecording.Header(machine).line)
    if let problem {
      // A file without a header is of no use; a device stays.
      if byteCount != nil { unsafe unlink(path) }
      throw problem
    }
  }

  deinit { close(descriptor) }

  /// Notes bytes that the guest has just taken; says so if that fails.
  func write(_ entry: InputLog.Entry) {
    guard problem == nil, case .serial(let bytes) = entry.input else { return }
    write(InputRecording.Serial(moment: entry.moment, bytes: bytes).line)
    if let problem { complain("\(problem); the guest goes on") }
  }

  /// Writes the end.
  ///
  /// - Throws: `HostError` if the recording is not whole.
  func finish(_ machine: Machine) throws(HostError) {
    if problem == nil { write(InputRecording.End(machine).line) }
    if let problem { throw problem }
  }

  private func write(_ line: String) {
    errno = 0
    guard writeAll(descriptor, Array(line.utf8)) else {
      let reason = unsafe String(cString: strerror(errno == 0 ? ENOSPC : errno))
      problem = HostError(description: "\(path): the recording cannot be written: \(reason)")
      if let byteCount { _ = ftruncate(descriptor, byteCount) }
      return
    }
    byteCount = byteCount.map { $0 + line.utf8.count }
  }
}
