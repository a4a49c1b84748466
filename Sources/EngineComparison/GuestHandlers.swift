/// The machine code of the guest's handlers.
///
/// In long mode each notes vector, RIP and RFLAGS. Behind a fault it goes on at the next of the program's landing places,
/// behind a debug trap or an NMI where it was, behind an interrupt after an EOI to the local APIC.
enum GuestHandlers {
  /// Vectors whose frame has an error code.
  static let withErrorCode: Set<UInt8> = [8, 10, 11, 12, 13, 14, 17, 21, 29, 30]

  private static func word(_ value: UInt64) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
  private static func half(_ value: UInt64) -> [UInt8] { Array(word(value).prefix(2)) }

  /// The eight bytes that enter the handler of a vector: PUSH vector; JMP.
  static func stub(_ vector: UInt8) -> [UInt8] {
    let goal = withErrorCode.contains(vector) ? GuestMap.errorHandler : GuestMap.plainHandler
    let next = GuestMap.stubs + UInt64(vector) * 8 + 7
    return [0x6A, vector, 0xE9] + word(goal &- next) + [0xCC]
  }

  /// What the stubs lead to.
  ///
  /// - Parameter hasErrorCode: there is one between the vector and RIP.
  static func handler(hasErrorCode: Bool) -> [UInt8] {
    // Offsets from RSP behind two pushes.
    let vector: UInt8 = 16
    let rip: UInt8 = hasErrorCode ? 32 : 24
    let note: [UInt8] =
      [0x50, 0x51]  // PUSH RAX; PUSH RCX
      + [0x8B, 0x04, 0x25] + word(GuestMap.logIndex)  // MOV EAX, [index]
      + [0x83, 0xE0, 31, 0xC1, 0xE0, 5]  // AND EAX, 31; SHL EAX, 5
      // MOV RCX, vector; MOV [RAX + log], RCX; the same with RIP and RFLAGS.
      + [0x48, 0x8B, 0x4C, 0x24, vector, 0x48, 0x89, 0x88] + word(GuestMap.log)
      + [0x48, 0x8B, 0x4C, 0x24, rip, 0x48, 0x89, 0x88] + word(GuestMap.log + 8)
      + [0x48, 0x8B, 0x4C, 0x24, rip + 16, 0x48, 0x89, 0x88] + word(GuestMap.log + 16)
      + [0xFF, 0x04, 0x25] + word(GuestMap.logIndex)  // INC DWORD [index]
    let end: [UInt8] = [0x59, 0x58, 0x48, 0x83, 0xC4, hasErrorCode ? 16 : 8, 0x48, 0xCF]  // POPs; ADD RSP; IRETQ
    let interrupt: [UInt8] = [0xC7, 0x04, 0x25] + word(GuestMap.apic + 0xB0) + [0, 0, 0, 0]  // MOV DWORD [EOI], 0
    let fault: [UInt8] =
      [0x8B, 0x04, 0x25] + word(GuestMap.resumeIndex) + [0xFF, 0x04, 0x25] + word(GuestMap.resumeIndex)
      + [0x83, 0xE0, UInt8(GuestMap.landingCount - 1)]  // AND EAX, 15
      + [0x48, 0x8B, 0x04, 0xC5] + word(GuestMap.resumeTable)  // MOV RAX, [RAX * 8 + table]
      + [0x48, 0x89, 0x44, 0x24, rip, 0xEB, UInt8(interrupt.count)]  // MOV [RSP + rip], RAX; JMP end
    let toEnd = UInt8(fault.count + interrupt.count)
    // MOV AL, vector; CMP AL, 32; JAE interrupt; CMP AL, 2; JE end; CMP AL, 1; JE end
    let choice: [UInt8] = [
      0x8A, 0x44, 0x24, vector, 0x3C, 32, 0x73, UInt8(fault.count + 8), 0x3C, 2, 0x74, toEnd + 4, 0x3C, 1, 0x74, toEnd,
    ]
    return note + choice + fault + interrupt + end
  }

  /// SYSCALL comes here: SYSRETQ.
  static let systemCall: [UInt8] = [0x48, 0x0F, 0x07]

  /// Faults of real mode: the next landing place.
  static let realFault: [UInt8] =
    [0x55, 0x89, 0xE5, 0x50, 0x53]  // PUSH BP; MOV BP, SP; PUSH AX; PUSH BX
    + [0x2E, 0x8B, 0x1E] + half(GuestMap.realResumeIndex) + [0x2E, 0xFF, 0x06] + half(GuestMap.realResumeIndex)
    + [0x83, 0xE3, UInt8(GuestMap.landingCount - 1), 0x01, 0xDB]  // AND BX, 15; ADD BX, BX
    + [0x2E, 0x8B, 0x87] + half(GuestMap.realResumeTable)  // MOV AX, CS:[BX + table]
    + [0x89, 0x46, 2, 0x5B, 0x58, 0x5D, 0xCF]  // MOV [BP + 2], AX; POPs; IRET

  /// Everything else of real mode is counted.
  static let realEvent: [UInt8] = [0x2E, 0xFF, 0x06] + half(GuestMap.realEventCount) + [0xCF]
}
