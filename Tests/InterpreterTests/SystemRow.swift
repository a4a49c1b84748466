import Interpreter
import MMU
import TestSupport
import Testing
import X86

/// One instruction of system code on `BareProcessor`: 64-bit mode at CPL 0 unless the row changes it.
struct SystemRow: Sendable, CustomTestStringConvertible {
  /// An exception: vector, and error code if it has one.
  struct Fault: Sendable, Equatable {
    var vector: ExceptionVector
    var code: UInt32?
    var address: UInt64 = 0
  }

  var name: String
  var code: [UInt8]
  /// What the processor is.
  var model: ProcessorModel
  var prepare: @Sendable (inout BareProcessor) -> Void
  /// What is raised; nil if the instruction completes.
  var fault: Fault?
  /// What it changes beside moving RIP behind itself.
  var change: @Sendable (inout BareProcessor) -> Void
  /// Quadwords in memory after it, by address.
  var memory: [UInt64: UInt64]

  var testDescription: String { name }

  /// A row of an instruction that completes.
  init(
    _ name: String, _ code: [UInt8], on model: ProcessorModel = .amdV1, memory: [UInt64: UInt64] = [:],
    _ prepare: @escaping @Sendable (inout BareProcessor) -> Void = { _ in },
    then change: @escaping @Sendable (inout BareProcessor) -> Void = { _ in }
  ) {
    self.name = name
    self.code = code
    self.model = model
    self.prepare = prepare
    self.change = change
    self.memory = memory
  }

  /// A row of one that faults and changes nothing.
  init(
    _ name: String, _ code: [UInt8], on model: ProcessorModel = .amdV1, raises vector: ExceptionVector,
    _ error: UInt32? = nil, at address: UInt64 = 0,
    _ prepare: @escaping @Sendable (inout BareProcessor) -> Void = { _ in }
  ) {
    self.init(name, code, on: model, prepare)
    fault = Fault(vector: vector, code: error, address: address)
  }

  static let all: [SystemRow] = [
    controlRegisterSystemRows, tableSystemRows, modeSystemRows, segmentSystemRows, pageSystemRows,
    protectionKeySystemRows, saveAreaSystemRows, linearAddressSystemRows,
  ].flatMap { $0 }
}

@Suite("System instructions, a row each")
struct SystemRowTests {
  @Test("It raises or changes what the row says, and nothing else", arguments: SystemRow.all)
  func executes(_ row: SystemRow) throws {
    var guest = try BareProcessor()
    row.prepare(&guest)
    // As a processor exports it: MSRs and the image of the floating-point registers are filled in.
    guest.state = guest.withProcessor([], model: row.model) { $0.snapshot() }
    var expected = guest
    let outcome = guest.step(row.code, model: row.model)
    switch outcome {
    case .raised(let exception):
      let fault = SystemRow.Fault(
        vector: exception.vector, code: exception.hasErrorCode ? exception.errorCode : nil,
        address: exception.address.rawValue)
      #expect(fault == row.fault)
    case .retired:
      #expect(row.fault == nil)
      expected.state.rip += UInt64(row.code.count)
    }
    row.change(&expected)
    #expect(difference(expected.state, guest.state) == [])
    for (address, value) in row.memory {
      let found = guest.memory.physical.load(address, as: UInt64.self)
      #expect(found == value, "\(String(address, radix: 16)): \(String(found, radix: 16))")
    }
  }

  /// A field as text, MSRs by number.
  private func text(_ value: Any) -> String {
    guard let msrs = value as? [UInt32: UInt64] else { return String(describing: value) }
    return msrs.sorted { $0.key < $1.key }.map { "\(String($0.key, radix: 16)): \($0.value)" }.joined(separator: " ")
  }

  /// The fields that differ.
  private func difference(_ wanted: ArchitecturalState, _ found: ArchitecturalState) -> [String] {
    guard wanted != found else { return [] }
    return zip(Mirror(reflecting: wanted).children, Mirror(reflecting: found).children).compactMap { wanted, found in
      let (left, right) = (text(wanted.value), text(found.value))
      return left == right ? nil : "\(wanted.label ?? ""): \(left) expected, \(right) found"
    }
  }
}
