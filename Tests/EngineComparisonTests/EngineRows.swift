import Differential
import InstructionTesting
import Testing
import X86
import X86Decoder

@testable import EngineComparison

/// A program that the engines must run the same way, and what must happen in it so that the row tests what it says.
struct EngineRow: CustomTestStringConvertible, Sendable {
  var name: String
  var parts: [ProgramPart]
  var cpl: UInt8 = 0
  /// Changes of the plain program.
  var change: @Sendable (inout EngineProgram) -> Void = { _ in }
  /// Legs; without any it is 300 ticks at once, in two halves, and one tick at a time beside them.
  var legs: [EngineSchedule.Leg] = []
  /// Vectors that handlers must have noted at the end, each at least once.
  var vectors: Set<UInt64> = []
  /// A word of RAM that must hold a value at the end, by physical address.
  var word: (address: UInt64, value: UInt64)?
  var testDescription: String { name }

  init(
    _ name: String, _ parts: [ProgramPart], cpl: UInt8 = 0, legs: [EngineSchedule.Leg] = [], vectors: Set<UInt64> = [],
    word: (address: UInt64, value: UInt64)? = nil, change: @escaping @Sendable (inout EngineProgram) -> Void = { _ in }
  ) {
    (self.name, self.parts, self.cpl, self.legs) = (name, parts, cpl, legs)
    (self.vectors, self.word, self.change) = (vectors, word, change)
  }

  var program: EngineProgram {
    var program = EngineProgram()
    program.parts = parts
    program.cpl = cpl
    program.landings = [Int](repeating: parts.count - 1, count: GuestMap.landingCount)
    change(&program)
    return program
  }

  var schedules: [EngineSchedule] {
    guard legs.isEmpty else { return [EngineSchedule(legs)] }
    return [
      EngineSchedule([.init(300)]), EngineSchedule([.init(150), .init(150)]),
      EngineSchedule([.init(300, theirs: .every(1))]), EngineSchedule([.init(300, ours: .every(70))]),
    ]
  }
}

/// Instructions of hexadecimal digits.
func code(_ text: String, _ mode: DecodeMode = .code64) -> ProgramPart {
  let digits = text.filter { $0 != " " }
  let bytes = stride(from: 0, to: digits.count, by: 2).map { at -> UInt8 in
    let start = digits.index(digits.startIndex, offsetBy: at)
    return UInt8(digits[start..<digits.index(start, offsetBy: 2)], radix: 16) ?? 0xCC
  }
  return ProgramPart(.bytes(bytes), mode: mode)
}

/// A branch back to the start: mostly the last part, and the landing place of handlers.
let again = ProgramPart(.branch(.jump, target: 0, isShort: false))

func jump(_ kind: ProgramBranch, _ target: Int, isShort: Bool = true) -> ProgramPart {
  ProgramPart(.branch(kind, target: target, isShort: isShort))
}

/// What programs may meet that is worth a row: one for each mistake that a campaign has found, and what none may find.
let engineRows: [EngineRow] = [
  // MARK: Blocks and branches
  EngineRow("a loop within a page", [code("48 83 c0 01"), code("48 39 d8"), jump(.condition(5), 0), again]),
  EngineRow(
    "a counted loop", [code("b9 07 00 00 00"), code("48 01 c8"), code("ff c9"), jump(.condition(5), 1), again]),
  EngineRow(
    "a branch into the middle of a fused pair", [code("48 39 d8"), jump(.condition(4), 1), jump(.jump, 1), again]),
  EngineRow("calls and returns", [jump(.call, 2, isShort: false), again, code("48 ff c0"), code("c3"), again]),
  EngineRow(
    "a return that the program pushes", [code("ff 34 25 00 08 00 20"), code("c3"), again],
    change: { $0.landings = [2] + $0.landings.dropFirst() }),
  EngineRow("a branch by the table in memory", [code("48 ff c3"), code("ff 24 25 00 08 00 20"), again]),
  EngineRow(
    "the end of a block at the end of its page", [code("48 ff c0"), code("48 ff c3"), code("48 01 d8"), again],
    change: { ($0.offset, $0.anchor) = (0x1000, 2) }),
  EngineRow(
    "an instruction over the border of pages", [code("48 ff c0"), code("48 81 c3 78 56 34 12"), again],
    change: { ($0.offset, $0.anchor) = (0xFFD, 1) }),
  EngineRow(
    "the same, and the second page is absent", [code("48 ff c0"), code("48 81 c3 78 56 34 12"), again], vectors: [14],
    change: {
      ($0.offset, $0.anchor, $0.next) = (0xFFD, 1, .absent)
      $0.landings = [Int](repeating: 0, count: GuestMap.landingCount)
    }),
  EngineRow(
    "code that runs into an absent page", [code("48 ff c0"), code("48 ff c3")], vectors: [14],
    change: { ($0.offset, $0.anchor, $0.next, $0.landings) = (0x1000, 2, .absent, [Int](repeating: 0, count: 16)) }),
  EngineRow(
    "the next page where bit 46 of the address changes", [code("48 ff c0"), code("48 ff c3"), code("48 01 d8"), again],
    change: { ($0.base, $0.offset, $0.anchor) = (.bit46, 0x1000, 2) }),
  EngineRow(
    "the end of the lower half", [code("48 ff c0"), code("48 ff c3")], vectors: [13],
    change: {
      ($0.base, $0.offset, $0.anchor) = (.lastOfLowerHalf, 0x1000, 2)
      $0.landings = [Int](repeating: 0, count: GuestMap.landingCount)
    }),
  EngineRow(
    "from the last page of all to the first", [code("48 ff c0"), code("48 ff c3"), code("48 01 d8"), again],
    change: { ($0.base, $0.offset, $0.anchor) = (.top, 0x1000, 2) }),

  EngineRow(
    "flags that a product keeps",
    [
      code("41 c1 f8 74"), code("44 0f af cf"), code("9c"), code("5a"), code("45 3b f0"), code("48 0f af fb"),
      code("9c"), code("58"), again,
    ],
    change: { $0.input.generalRegisters[8] = 0x8765_4321 }),
  EngineRow(
    "flags of a fault that a repeated comparison restores",
    [
      code("be 00 0f 00 20"), code("bf f8 2f 00 20"), code("b9 20 00 00 00"), code("f2 a6"), code("48 ff c3"), again,
    ], vectors: [14], change: { $0.landings = [Int](repeating: 4, count: GuestMap.landingCount) }),

  // MARK: Code that changes
  EngineRow(
    "a store over the next instruction, by the data region",
    [
      ProgramPart(.patch(value: [0xC3], target: 1, offset: 2, isAlias: true)), code("48 ff c0"),
      ProgramPart(.patch(value: [0xC0], target: 1, offset: 2, isAlias: true)), again,
    ]),
  EngineRow(
    "a store over an earlier instruction of the block",
    [
      code("48 ff c0"), code("48 ff c3"), ProgramPart(.patch(value: [0xCB], target: 0, offset: 2, isAlias: false)),
      again,
    ]),
  EngineRow(
    "a store over itself",
    [
      code("48 ff c0"), ProgramPart(.patch(value: [0x90, 0x90, 0x90, 0x90], target: 1, offset: 0, isAlias: true)),
      again,
    ]),
  EngineRow(
    "REP STOSB over the code behind it",
    [
      code("bf 00 68 00 20"), code("81 c7 20 00 00 00"), code("b9 10 00 00 00"), code("b0 90"), code("f3 aa"),
      code("48 ff c3 48 ff c3 48 ff c3 48 ff c3"), again,
    ]),
  EngineRow(
    "REP STOSB over itself, in one slice and in many",
    [code("bf 0a 68 00 20"), code("b9 20 00 00 00"), code("f3 aa"), code("48 ff c3"), again], legs: []),
  EngineRow(
    "REP MOVSB over itself, and what comes behind the change",
    [
      code("bf 13 68 00 20"), code("be 00 0f 00 20"), code("b9 05 00 00 00"), code("b0 90"), code("f3 a4"),
      code("48 ff c3"), again,
    ]),
  EngineRow(
    "a push over the code that runs", [code("48 8d 25 20 00 00 00"), code("50"), code("53"), code("48 ff c0"), again],
    vectors: []),

  // MARK: Translations
  EngineRow("INVLPG of the page that runs", [code("0f 01 3c 25 00 00 00 10"), code("48 ff c0"), again]),
  EngineRow(
    "INVLPG of the page that runs, in the midst of a block, and A is clear behind it",
    [
      code("0f 01 3c 25 00 00 00 10"), code("80 24 25 00 b0 00 20 df"), code("48 8b 04 25 00 0f 00 20"),
      jump(.jump, 4), code("48 ff c3"), again,
    ]),
  EngineRow(
    "MOV CR3 in the midst of code", [code("b8 00 10 00 00"), code("0f 22 d8"), code("48 8b 1c 25 00 0f 00 20"), again]),
  EngineRow(
    "other tables and back",
    [
      code("b8 00 b0 00 00"), code("0f 22 d8"), code("48 ff c3"), code("b8 00 10 00 00"), code("0f 22 d8"), again,
    ]),
  EngineRow(
    "the writable bit of data goes, and comes back after INVLPG",
    [
      code("48 ff 04 25 00 0f 00 20"), code("80 34 25 00 c0 00 20 02"), code("0f 01 3c 25 00 00 00 20"),
      code("48 ff 04 25 00 0f 00 20"), again,
    ], vectors: [14]),
  EngineRow(
    "an access over the border of pages, of which the second is absent", [code("48 89 04 25 fc 0f 00 20"), again],
    vectors: [14], change: { $0.second = .absent }),
  EngineRow(
    "a write to a read-only page", [code("48 ff c0"), code("89 04 25 00 20 00 20"), again], cpl: 3, vectors: [14]),
  EngineRow("a supervisor page at CPL 3", [code("8b 04 25 00 40 00 20"), again], cpl: 3, vectors: [14]),
  EngineRow("device memory", [code("8b 04 25 20 80 00 20"), code("89 04 25 80 80 00 20"), again]),

  // MARK: Events
  EngineRow(
    "a fault in the midst of a block", [code("48 ff c0"), code("31 c9"), code("f7 f1"), code("48 ff c3"), again],
    vectors: [0]),
  EngineRow("INT n and IRET", [code("48 ff c0"), code("cd 41"), again], vectors: [0x41]),
  EngineRow(
    "an interrupt that the program sends to itself",
    [code("c7 04 25 00 03 10 00 43 40 04 00"), code("48 ff c0"), again],
    vectors: [0x43], change: { $0.input.rflags = 0x202 }),
  EngineRow(
    "STI behind CLI, and an interrupt in between",
    [code("fa"), code("c7 04 25 00 03 10 00 43 40 04 00"), code("fb"), code("48 ff c0"), code("48 ff c3"), again],
    vectors: [0x43]),
  EngineRow(
    "the timer every 67 ticks", [code("48 ff c0"), code("48 01 c3"), again],
    legs: [.init(400, event: .timer(vector: 0x51, ticks: 67, isPeriodic: true))], vectors: [0x51]),
  EngineRow(
    "an NMI and an interrupt between slices", [code("48 ff c0"), code("48 01 c3"), again],
    legs: [
      .init(77), .init(70, event: .nonMaskable), .init(66, event: .interrupt(vector: 0x60)), .init(90, event: .serial),
    ],
    vectors: [2, 0x60, 0x24]),
  EngineRow(
    "HLT until the timer", [code("48 ff c0"), code("f4"), again],
    legs: [.init(300, event: .timer(vector: 0x51, ticks: 100, isPeriodic: true)), .init(300), .init(300)],
    vectors: [0x51]),
  EngineRow("single steps", [code("68 02 03 00 00"), code("9d"), code("48 ff c0"), again], vectors: [1]),
  EngineRow(
    "alignment checks begin and end",
    [
      code("68 02 02 04 00"), code("9d"), code("48 8b 04 25 01 0f 00 20"), code("48 ff c0"), again,
    ], cpl: 3, vectors: [17], change: { $0.options.insert(.alignmentMask) }),

  // MARK: Other modes
  EngineRow(
    "32-bit code and back",
    [
      code("48 ff c3"), ProgramPart(.farReturn(selector: GuestSegments.kernelCode32, target: 2)), code("40", .code32),
      ProgramPart(.farReturn(selector: GuestSegments.kernelCode, target: 4), mode: .code32), code("48 ff c0"), again,
    ]),
  EngineRow(
    "CPL 3 by IRET and CPL 0 by SYSCALL",
    [
      ProgramPart(
        .interruptReturn(selector: GuestSegments.userCode, stack: GuestSegments.userStack, target: 1)),
      code("0f 05"), code("48 ff c3"), again,
    ], change: { $0.options.insert(.otherPrivilegeOfCode) }),
  EngineRow(
    "real mode", [code("40", .code16), ProgramPart(.branch(.jump, target: 0, isShort: true), mode: .code16)],
    change: { ($0.isRealMode, $0.mode, $0.input.selectors) = (true, .code16, [0x2000, 0, 0x2000, 0x2000, 0, 0]) }),
  EngineRow(
    "16-bit code", [code("40", .code16), ProgramPart(.branch(.jump, target: 0, isShort: true), mode: .code16)], cpl: 3,
    change: { $0.mode = .code16 }),
]
