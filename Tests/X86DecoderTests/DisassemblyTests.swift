import Testing

@testable import X86Decoder

/// One encoding at an address and its text.
struct TextRow: Sendable, CustomTestStringConvertible {
  var mode: DecodeMode
  var address: UInt64
  var bytes: [UInt8]
  var text: String

  var testDescription: String { text }

  /// - Parameter bytes: in hexadecimal, blanks between them.
  init(_ mode: DecodeMode, _ bytes: String, _ text: String, at address: UInt64 = 0x10_0000) {
    self.mode = mode
    self.address = address
    self.bytes = bytes.split(separator: " ").compactMap { UInt8($0, radix: 16) }
    self.text = text
  }
}

private let operandRows: [TextRow] = [
  TextRow(.code64, "48 8b 44 8b f0", "mov rax, qword ptr [rbx + rcx*4 - 0x10]"),
  TextRow(.code64, "4f 8d 44 d1 08", "lea r8, [r9 + r10*8 + 8]"),
  TextRow(.code64, "88 e3", "mov bl, ah"),
  TextRow(.code64, "40 88 e3", "mov bl, spl"),
  TextRow(.code64, "40 b7 0a", "mov dil, 0xa"),
  TextRow(.code64, "45 8a 38", "mov r15b, byte ptr [r8]"),
  TextRow(.code64, "66 41 89 c4", "mov r12w, ax"),
  TextRow(.code64, "41 ff c5", "inc r13d"),
  TextRow(.code64, "89 05 10 00 00 00", "mov dword ptr [rip + 0x10], eax"),
  TextRow(.code64, "67 89 05 f0 ff ff ff", "mov dword ptr [eip - 0x10], eax"),
  TextRow(.code64, "8b 45 00", "mov eax, dword ptr [rbp]"),
  TextRow(.code64, "8b 04 25 00 f0 ff ff", "mov eax, dword ptr [0xfffffffffffff000]"),
  TextRow(.code64, "67 8b 04 25 00 f0 ff ff", "mov eax, dword ptr [0xfffff000]"),
  TextRow(.code64, "8b 04 4d 00 01 00 00", "mov eax, dword ptr [rcx*2 + 0x100]"),
  TextRow(.code64, "42 8b 04 20", "mov eax, dword ptr [rax + r12]"),
  TextRow(.code64, "64 48 8b 04 25 28 00 00 00", "mov rax, qword ptr fs:[0x28]"),
  TextRow(.code64, "65 c6 00 09", "mov byte ptr gs:[rax], 9"),
  TextRow(.code64, "2e 8b 03", "mov eax, dword ptr [rbx]"),
  TextRow(.code32, "2e 8b 03", "mov eax, dword ptr cs:[ebx]"),
  TextRow(.code32, "36 a1 78 56 34 12", "mov eax, dword ptr ss:[0x12345678]"),
  TextRow(.code64, "48 a3 88 77 66 55 44 33 22 11", "mov qword ptr [0x1122334455667788], rax"),
  TextRow(.code64, "67 a0 44 33 22 11", "mov al, byte ptr [0x11223344]"),
  TextRow(.code16, "a3 00 80", "mov word ptr [0x8000], ax"),
  TextRow(.code16, "8b 40 fe", "mov ax, word ptr [bx + si - 2]"),
  TextRow(.code16, "8b 8b 34 12", "mov cx, word ptr [bp + di + 0x1234]"),
  TextRow(.code16, "8b 0e fe ff", "mov cx, word ptr [0xfffe]"),
  TextRow(.code16, "26 8a 04", "mov al, byte ptr es:[si]"),
  TextRow(.code16, "67 66 8b 04 8b", "mov eax, dword ptr [ebx + ecx*4]"),
  TextRow(.code32, "67 8b 07", "mov eax, dword ptr [bx]"),
  TextRow(.code64, "48 b8 ef cd ab 89 67 45 23 01", "mov rax, 0x123456789abcdef"),
  TextRow(.code64, "48 c7 c0 00 00 00 80", "mov rax, 0xffffffff80000000"),
  TextRow(.code64, "48 83 e4 f0", "and rsp, 0xfffffffffffffff0"),
  TextRow(.code32, "83 e4 f0", "and esp, 0xfffffff0"),
  TextRow(.code64, "66 83 c0 ff", "add ax, 0xffff"),
  TextRow(.code64, "04 ff", "add al, 0xff"),
  TextRow(.code64, "6a fe", "push 0xfffffffffffffffe"),
  TextRow(.code64, "6b c1 07", "imul eax, ecx, 7"),
  TextRow(.code64, "f7 e9", "imul ecx"),
  TextRow(.code64, "d1 e0", "shl eax, 1"),
  TextRow(.code64, "48 d3 3b", "sar qword ptr [rbx], cl"),
  TextRow(.code64, "0f a4 d0 04", "shld eax, edx, 4"),
  TextRow(.code64, "0f ac d8 1f", "shrd eax, ebx, 0x1f"),
  TextRow(.code64, "0f 20 d8", "mov rax, cr3"),
  TextRow(.code64, "0f 22 d8", "mov cr3, rax"),
  TextRow(.code32, "0f 22 c1", "mov cr0, ecx"),
  TextRow(.code64, "44 0f 20 c1", "mov rcx, cr8"),
  TextRow(.code32, "f0 0f 20 c1", "mov ecx, cr8"),
  TextRow(.code64, "0f 23 f8", "mov dr7, rax"),
  TextRow(.code64, "8e d8", "mov ds, ax"),
  TextRow(.code64, "8c c8", "mov eax, cs"),
  TextRow(.code64, "48 8c 23", "mov word ptr [rbx], fs"),
  TextRow(.code32, "1e", "push ds"),
  TextRow(.code64, "0f a9", "pop gs"),
  TextRow(.code64, "0f b7 c8", "movzx ecx, ax"),
  TextRow(.code64, "48 63 03", "movsxd rax, dword ptr [rbx]"),
  TextRow(.code64, "f0 0f c1 07", "lock xadd dword ptr [rdi], eax"),
  TextRow(.code64, "f0 48 0f c7 0f", "lock cmpxchg16b xmmword ptr [rdi]"),
  TextRow(.code64, "0f c7 0f", "cmpxchg8b qword ptr [rdi]"),
  TextRow(.code64, "41 90", "xchg eax, r8d"),
  TextRow(.code64, "c8 20 00 01", "enter 0x20, 1"),
  TextRow(.code32, "62 03", "bound eax, qword ptr [ebx]"),
]

private let mnemonicRows: [TextRow] = [
  TextRow(.code64, "f3 a4", "rep movsb"),
  TextRow(.code64, "f3 48 a5", "rep movsq"),
  TextRow(.code64, "64 f3 a4", "rep movsb byte ptr [rdi], byte ptr fs:[rsi]"),
  TextRow(.code64, "67 ab", "stosd dword ptr [edi], eax"),
  TextRow(.code16, "26 a5", "movsw word ptr es:[di], word ptr es:[si]"),
  TextRow(.code16, "67 a4", "movsb byte ptr es:[edi], byte ptr [esi]"),
  TextRow(.code64, "f3 a6", "repe cmpsb"),
  TextRow(.code64, "f2 ae", "repne scasb"),
  TextRow(.code32, "66 ad", "lodsw"),
  TextRow(.code64, "f3 6c", "rep insb"),
  TextRow(.code64, "48 6f", "outsd"),
  TextRow(.code64, "d7", "xlatb"),
  TextRow(.code32, "2e d7", "xlatb byte ptr cs:[ebx]"),
  TextRow(.code64, "ee", "out dx, al"),
  TextRow(.code64, "e5 60", "in eax, 0x60"),
  TextRow(.code16, "ef", "out dx, ax"),
  TextRow(.code64, "75 ee", "jne 0xffff0"),
  TextRow(.code64, "0f 84 00 01 00 00", "je 0x100106"),
  TextRow(.code64, "eb fe", "jmp 0xffffffff80000000", at: 0xFFFF_FFFF_8000_0000),
  TextRow(.code64, "e8 fb ff ff ff", "call 0x100000"),
  TextRow(.code64, "eb f0", "jmp 0xfffffffffffffff2", at: 0),
  TextRow(.code32, "eb f0", "jmp 0xfffffff2", at: 0),
  TextRow(.code16, "eb 10", "jmp 2", at: 0xFFF0),
  TextRow(.code16, "66 e9 10 00 00 00", "jmp 0x10006", at: 0xFFF0),
  TextRow(.code64, "e3 00", "jrcxz 0x100002"),
  TextRow(.code64, "67 e3 00", "jecxz 0x100003"),
  TextRow(.code16, "e3 00", "jcxz 2", at: 0),
  TextRow(.code64, "e1 02", "loope 0x100004"),
  TextRow(.code64, "0f 92 c0", "setb al"),
  TextRow(.code64, "48 0f 4d c1", "cmovge rax, rcx"),
  TextRow(.code64, "0f 9b c4", "setnp ah"),
  TextRow(.code64, "ff 15 20 00 00 00", "call qword ptr [rip + 0x20]"),
  TextRow(.code64, "41 ff e3", "jmp r11"),
  TextRow(.code64, "ff 2b", "jmp far fword ptr [rbx]"),
  TextRow(.code64, "48 ff 1b", "call far tbyte ptr [rbx]"),
  TextRow(.code16, "ea 00 7c 00 00", "jmp far 0:0x7c00"),
  TextRow(.code32, "9a 78 56 34 12 08 00", "call far 8:0x12345678"),
  TextRow(.code16, "c5 37", "lds si, dword ptr [bx]"),
  TextRow(.code64, "c2 08 00", "ret 8"),
  TextRow(.code64, "f3 c3", "rep ret"),
  TextRow(.code64, "48 cb", "retfq"),
  TextRow(.code64, "cb", "retf"),
  TextRow(.code64, "48 cf", "iretq"),
  TextRow(.code32, "cf", "iretd"),
  TextRow(.code16, "cf", "iret"),
  TextRow(.code64, "cd 80", "int 0x80"),
  TextRow(.code64, "cc", "int3"),
  TextRow(.code64, "9c", "pushfq"),
  TextRow(.code32, "9d", "popfd"),
  TextRow(.code16, "60", "pusha"),
  TextRow(.code32, "61", "popad"),
  TextRow(.code16, "98", "cbw"),
  TextRow(.code32, "98", "cwde"),
  TextRow(.code64, "48 98", "cdqe"),
  TextRow(.code16, "99", "cwd"),
  TextRow(.code64, "99", "cdq"),
  TextRow(.code64, "48 99", "cqo"),
  TextRow(.code32, "d4 0a", "aam"),
  TextRow(.code32, "d5 10", "aad 0x10"),
  TextRow(.code64, "90", "nop"),
  TextRow(.code64, "f3 90", "pause"),
  TextRow(.code64, "0f 1f 44 00 00", "nop dword ptr [rax + rax]"),
  TextRow(.code64, "f3 0f 1e fa", "endbr64"),
  TextRow(.code32, "f3 0f 1e fb", "endbr32"),
  TextRow(.code64, "0f 18 08", "prefetcht0 dword ptr [rax]"),
  TextRow(.code64, "0f 0d 08", "prefetchw [rax]"),
  TextRow(.code64, "0f 07", "sysret"),
  TextRow(.code64, "48 0f 07", "sysretq"),
  TextRow(.code64, "48 0f 35", "sysexitq"),
  TextRow(.code64, "0f 01 18", "lidt [rax]"),
  TextRow(.code64, "0f 01 3f", "invlpg [rdi]"),
  TextRow(.code64, "66 0f 38 82 0a", "invpcid rcx, xmmword ptr [rdx]"),
  TextRow(.code64, "0f 00 d8", "ltr ax"),
  TextRow(.code64, "0f 01 f8", "swapgs"),
  TextRow(.code64, "f3 48 0f ae d0", "wrfsbase rax"),
]

private let vectorRows: [TextRow] = [
  TextRow(.code64, "d8 c3", "fadd st(0), st(3)"),
  TextRow(.code64, "de c1", "faddp st(1), st(0)"),
  TextRow(.code64, "dc e2", "fsubr st(2), st(0)"),
  TextRow(.code64, "d8 d1", "fcom st(1)"),
  TextRow(.code64, "de d9", "fcompp"),
  TextRow(.code64, "db 2b", "fld tbyte ptr [rbx]"),
  TextRow(.code64, "d9 e8", "fld1"),
  TextRow(.code64, "df e0", "fnstsw ax"),
  TextRow(.code64, "da c1", "fcmovb st(0), st(1)"),
  TextRow(.code64, "dd 23", "frstor [rbx]"),
  TextRow(.code64, "9b", "fwait"),
  TextRow(.code64, "0f ae 03", "fxsave [rbx]"),
  TextRow(.code64, "48 0f ae 0b", "fxrstor64 [rbx]"),
  TextRow(.code64, "0f 6e c8", "movd mm1, eax"),
  TextRow(.code64, "66 48 0f 6e c8", "movq xmm1, rax"),
  TextRow(.code64, "41 0f fc c1", "paddb mm0, mm1"),
  TextRow(.code64, "45 0f 28 f9", "movaps xmm15, xmm9"),
  TextRow(.code64, "f2 0f 10 03", "movsd xmm0, qword ptr [rbx]"),
  TextRow(.code64, "f2 0f c2 c1 01", "cmpsd xmm0, xmm1, 1"),
  TextRow(.code64, "f3 48 0f 2a c1", "cvtsi2ss xmm0, rcx"),
  TextRow(.code64, "66 0f c4 03 07", "pinsrw xmm0, word ptr [rbx], 7"),
  TextRow(.code64, "66 0f 73 d9 08", "psrldq xmm1, 8"),
]

/// Memory operands by name: bytes, whether there is one.
private let memoryRows: [(bytes: [UInt8], has: Bool)] = [
  ([0x01, 0x18], true), ([0x01, 0xD8], false), ([0xA4], true), ([0xAE], true), ([0xD7], true),
  ([0x48, 0xA1, 0, 0, 0, 0, 0, 0, 0, 0], true), ([0x0F, 0xF7, 0xC1], true), ([0x50], false), ([0xFF, 0x30], true),
  ([0x0F, 0x20, 0x18], false), ([0x8D, 0x03], true), ([0xEE], false),
]

/// Where a name belongs: bytes at 1000h, text if every address has the name `here`.
private let symbolRows: [TextRow] = [
  TextRow(.code64, "eb 00", "jmp 0x1002 <0x1002>"),
  TextRow(.code64, "ff 15 10 00 00 00", "call qword ptr [rip + 0x10] <0x1016>"),
  TextRow(.code64, "48 81 3d f0 ff ff ff 00 00 00 00", "cmp qword ptr [rip - 0x10], 0 <0xffb>"),
  TextRow(.code64, "8b 04 25 00 20 00 00", "mov eax, dword ptr [0x2000] <0x2000>"),
  TextRow(.code64, "8b 04 25 00 00 00 80", "mov eax, dword ptr [0xffffffff80000000] <0xffffffff80000000>"),
  TextRow(.code32, "a1 00 20 00 00", "mov eax, dword ptr [0x2000] <0x2000>"),
  TextRow(.code64, "64 8b 04 25 00 20 00 00", "mov eax, dword ptr fs:[0x2000]"),
  TextRow(.code64, "8b 83 00 20 00 00", "mov eax, dword ptr [rbx + 0x2000]"),
  TextRow(.code64, "8b 04 8d 00 20 00 00", "mov eax, dword ptr [rcx*4 + 0x2000]"),
  TextRow(.code64, "b8 00 20 00 00", "mov eax, 0x2000"),
]

@Suite("Disassembly")
struct DisassemblyTests {
  @Test("Operands", arguments: operandRows)
  func operands(_ row: TextRow) { check(row) }

  @Test("Mnemonics", arguments: mnemonicRows)
  func mnemonics(_ row: TextRow) { check(row) }

  @Test("x87, MMX and SSE", arguments: vectorRows)
  func vectors(_ row: TextRow) { check(row) }

  private func check(_ row: TextRow) {
    let result = disassemble(row.bytes, at: row.address, mode: row.mode)
    #expect(result?.text == row.text)
    #expect(result?.length == row.bytes.count)
  }

  @Test("Names of addresses", arguments: symbolRows)
  func symbols(_ row: TextRow) throws {
    let instruction = try #require(decoded(row.bytes, row.mode))
    #expect(instruction.text(at: 0x1000, mode: row.mode) { "0x" + String($0, radix: 16) } == row.text)
    let nameless = instruction.text(at: 0x1000, mode: row.mode) { _ in nil }
    #expect(nameless == instruction.text(at: 0x1000, mode: row.mode))
    #expect(!nameless.contains("<"))
  }

  @Test("Which instructions have memory operands")
  func memoryOperands() {
    for row in memoryRows { #expect(decoded(row.bytes, .code64)?.hasMemoryOperand == row.has, "\(row.bytes)") }
  }

  @Test("Bytes that are no instruction, or not all of one, have no text")
  func invalid() {
    for bytes: [UInt8] in [[], [0x0F], [0x0F, 0x04], [0xE8, 0, 0], [UInt8](repeating: 0x66, count: 16)] {
      #expect(disassemble(bytes, at: 0, mode: .code64) == nil, "\(bytes)")
    }
  }

  @Test("No field of an instruction can stop the text")
  func strangeFields() {
    for operation in Operation.allCases {
      for kind in 0...UInt8(24) {
        var instruction = Instruction()
        instruction.operation = operation
        instruction.operand0 = OperandKind(rawValue: kind) ?? .none
        instruction.flags = InstructionFlags(rawValue: 0xFFFF)
        instruction.form = 0xFFFF
        (instruction.reg, instruction.rm, instruction.base, instruction.index) = (255, 254, 253, 252)
        (instruction.scale, instruction.segment, instruction.operandSize) = (255, 255, 255)
        (instruction.width0, instruction.addressSize, instruction.length) = (255, 255, 255)
        (instruction.immediate, instruction.displacement) = (.max, .min)
        for mode in DecodeMode.allCases { #expect(!instruction.text(at: .max, mode: mode).isEmpty) }
      }
    }
  }
}
