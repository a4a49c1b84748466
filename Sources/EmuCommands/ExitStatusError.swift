import Debugger
import Differential
import HostSystem
import KVM
import Machine
import ModelExecution

/// An error that knows with which status emu ends for it; its description is one sentence for the user.
protocol ExitStatusError: Error, CustomStringConvertible {
  /// The status.
  var exitStatus: ExitStatus { get }
}

/// Arguments that contradict each other or the host: the parser took them one by one.
struct UsageError: ExitStatusError {
  /// One sentence.
  var description: String
  var exitStatus: ExitStatus { .usage }
}

/// A file that the user named and that cannot be used.
struct InputError: ExitStatusError {
  /// One sentence with the file's name.
  var description: String
  var exitStatus: ExitStatus { .unusableInput }

  init(description: String) { self.description = description }

  /// An error of the host's where it means that a file to be read cannot be used.
  init(_ error: HostError) { description = error.description }
}

extension HostError: ExitStatusError {
  var exitStatus: ExitStatus { .hostError }
}

extension MachineError: ExitStatusError {
  var exitStatus: ExitStatus { .usage }
}

extension BootError: ExitStatusError {
  var exitStatus: ExitStatus { .unusableInput }
}

extension SnapshotError: ExitStatusError {
  var exitStatus: ExitStatus { .unusableInput }
}

extension InputRecordingError: ExitStatusError {
  var exitStatus: ExitStatus {
    switch kind {
    case .unusable: .unusableInput
    case .unwritable: .hostError
    case .diverged: .internalError
    }
  }
}

extension KVMError: ExitStatusError {
  var exitStatus: ExitStatus { isUnavailable ? .hostError : .internalError }
}

extension GDBServerError: ExitStatusError {
  var exitStatus: ExitStatus { .hostError }
}

extension LockstepLimit: ExitStatusError {
  var exitStatus: ExitStatus { .hostError }
}

extension RecordingError: ExitStatusError {
  var exitStatus: ExitStatus { .unusableInput }
}

extension ExecError: ExitStatusError {
  var exitStatus: ExitStatus { .usage }
}

/// Runs the body of a command: an error that knows its status becomes a sentence and this status.
func reporting(_ body: () throws -> Void) throws {
  do { try body() } catch let error as any ExitStatusError {
    complain(error.description)
    throw error.exitStatus.exitCode
  }
}

/// Reads a file or more: what the host says against it makes the file unusable.
///
/// - Throws: `InputError` instead of `HostError`.
func asInput<Result>(_ body: () throws -> Result) throws -> Result {
  do { return try body() } catch let error as HostError { throw InputError(error) }
}
