import MMU
import X86
import X86Decoder

extension Processor {
  /// I/O permission: CPL against IOPL, then the bitmap of the TSS.
  ///
  /// - SDM: Vol. 1 "I/O Permission Bit Map".
  func checkPortAccess(_ port: UInt16, _ byteCount: Int) throws(Exception) {
    guard isProtected, state.cpl > ioPrivilege || isVirtual8086 else { return }
    let tss = state.tr
    guard tss.type & 8 != 0, tss.limit >= 0x67 else { throw .generalProtection(.ioMapAbsent) }
    let base = UInt64(try loadSystem(tss.base &+ 0x66, as: UInt16.self))
    let offset = base + UInt64(port / 8)
    guard offset + 1 <= UInt64(tss.limit) else { throw .generalProtection(.ioMapLimit) }
    let bits = try loadSystem(tss.base &+ offset, as: UInt16.self)
    let mask = UInt16((1 << byteCount) - 1) << (port & 7)
    guard bits & mask == 0 else { throw .generalProtection(.ioMapBit) }
  }

  /// IN.
  func inputPort(_ instruction: Instruction) throws(Exception) {
    let width = instruction.width0
    let port = portNumber(instruction, instruction.operand1)
    try checkPortAccess(port, Int(width))
    matchPortBreakpoints(UInt64(port), UInt64(width))
    write(.ax, width: width, UInt64(readPort(port, Int(width))))
  }

  /// OUT.
  func outputPort(_ instruction: Instruction) throws(Exception) {
    let width = instruction.width1
    let port = portNumber(instruction, instruction.operand0)
    try checkPortAccess(port, Int(width))
    matchPortBreakpoints(UInt64(port), UInt64(width))
    writePort(UInt32(truncatingIfNeeded: read(.ax, width: width)), port, Int(width))
  }

  /// The port in DX or in an immediate byte.
  private func portNumber(_ instruction: Instruction, _ kind: OperandKind) -> UInt16 {
    UInt16(truncatingIfNeeded: kind == .dx ? register64(.dx) : instruction.immediate & 0xFF)
  }

  /// Reads a port of the board.
  func readPort(_ port: UInt16, _ width: Int) -> UInt32 {
    let value = bus.readPort(port, width: width, processor: state.index)
    if state.isObserved { log?.ports.append(LoggedPort(port: port, byteCount: width, isWrite: false, value: value)) }
    return value
  }

  /// Writes a port of the board.
  func writePort(_ value: UInt32, _ port: UInt16, _ width: Int) {
    if state.isObserved { log?.ports.append(LoggedPort(port: port, byteCount: width, isWrite: true, value: value)) }
    bus.writePort(value, port, width: width, processor: state.index)
  }
}
