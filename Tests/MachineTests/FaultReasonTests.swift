import Interpreter
import TestSupport
import Testing
import X86

@Suite("Reasons of exceptions")
struct FaultReasonTests {
  @Test(
    "An instruction raises this vector by this rule",
    arguments: instructionAndAccessReasons + pageAndGateReasons + segmentReasons + systemReasons + modeAndTaskReasons)
  func raises(_ row: ReasonCase) throws {
    var guest = try BareProcessor()
    row.change(&guest)
    guard case .raised(let exception) = guest.execute(row.code, model: row.model) else {
      Issue.record("\(row.code) retired instead of \(row.vector.mnemonic) by \(row.reason)")
      return
    }
    #expect(exception.vector == row.vector && exception.reason == row.reason, "\(row.code): \(exception)")
  }

  @Test(
    "A debug trap after the instruction names its cause",
    arguments: [
      (0x100, 0, .singleStep), (0, 0x3_0001, .dataBreakpoint), (0x100, 0x3_0001, .dataBreakpoint),
    ] as [(UInt64, UInt64, FaultReason)])
  func traps(_ flags: UInt64, _ control: UInt64, _ reason: FaultReason) throws {
    var guest = try BareProcessor()
    guest.installHandlers()
    guest.state.rflags |= flags
    guest.state.dr7 |= control
    guest.state.debugAddresses[0] = BareProcessor.dataAddress
    // mov al, [rcx]
    let exceptions = guest.observe([0x8A, 0x01], ticks: 2) { $0.log?.events.map(\.exception) ?? [] }
    #expect(exceptions == [.debug(reason)])
    #expect(exceptions.first??.reason == reason)
  }

  @Test("Each reason has a sentence and a section of a volume", arguments: FaultReason.allCases)
  func text(_ reason: FaultReason) {
    #expect(reason.sentence.count > 7 && !reason.sentence.hasSuffix("."))
    #expect(reason.section.hasPrefix("SDM Vol. ") && reason.section.hasSuffix("\""))
  }

  @Test("No two reasons have the same sentence")
  func distinct() {
    let sentences = FaultReason.allCases.map(\.sentence)
    #expect(Set(sentences).count == sentences.count)
  }

  @Test("A reason fits into the padding and is no part of equality")
  func equality() {
    #expect(MemoryLayout<Exception>.size == 24)
    let first = Exception.generalProtection(8, .idtLimit)
    let second = Exception.generalProtection(8, .gateType)
    #expect(first == second && first.hashValue == second.hashValue)
    #expect(first != .generalProtection(16, .idtLimit))
  }
}
