import FaultReports
import Interpreter
import X86

/// A register and its value.
struct RecordedRegister {
  var name: String
  var value: Vector128
}

/// A register that changed.
struct RecordedChange {
  var name: String
  var old: Vector128
  var new: Vector128
}

/// A data access with what the board knows about it.
struct RecordedAccess {
  var access: LoggedAccess
  /// `hit` or `walk`; nil without paging.
  var translation: String?
  /// The chip at the address.
  var device: String?
}

/// A port access with the chip at the port.
struct RecordedPort {
  var access: LoggedPort
  var device: String?
}

/// All of one step that a trace says.
struct RecordedStep {
  /// Number of the step since the trace began, from 1.
  var order: UInt64
  /// Ticks of all processors after the step.
  var tick: UInt64
  /// Virtual time after the step, in nanoseconds.
  var time: UInt64
  var processor: Int
  /// The delivery of an external interrupt or NMI.
  var isInterrupt = false
  var mode: ProcessorMode
  var cpl: UInt8
  var rip: UInt64
  var bytes: [UInt8] = []
  var text = ""
  var symbol: String?
  /// `file:line` of the source.
  var line: String?
  var isCompleted = true
  var vector: UInt8?
  var source: String?
  /// The controller's input and the device of an external interrupt.
  var origin: String?
  var handler: UInt64?
  var reads: [RecordedRegister] = []
  var writes: [RecordedChange] = []
  /// Flags that the manual leaves undefined.
  var undefined: UInt64 = 0
  var memory: [RecordedAccess] = []
  var walks: [LoggedWalk] = []
  var ports: [RecordedPort] = []
  var msrs: [LoggedMSR] = []
  var controls: [RecordedChange] = []
  var exceptions: [Exception] = []
  /// What is worth a word about the step.
  var note: String?
}

/// All registers of a processor at one moment.
struct RecordedState {
  var processor: Int
  var tick: UInt64
  var registers: [RecordedRegister]
}

/// The report of a step that raised an exception.
struct RecordedReport {
  /// The step's number.
  var order: UInt64
  var processor: Int
  var report: FaultReport

  var lines: [String] {
    report.rendered(isColoured: false).split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
  }
}

/// What a trace is of.
struct RecordedGuest {
  var image: String
  var memoryByteCount: UInt64
  var processorCount: Int
}
