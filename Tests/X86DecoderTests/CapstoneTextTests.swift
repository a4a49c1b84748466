import Testing

@testable import X86Decoder

/// One encoding with what both sides say about it.
struct TextCase {
  var form: OpcodeForm
  var encoding: Encoding
  var instruction: Instruction
  /// Capstone's text as it came.
  var theirs: String

  /// The row's encoding starts with one of these.
  func isOf(_ encodings: String...) -> Bool { encodings.contains { form.encoding.hasPrefix($0) } }

  /// Whether the mnemonic of the row is one of these.
  func isNamed(_ mnemonics: String...) -> Bool { mnemonics.contains(form.mnemonic) }

  var isCode64: Bool { encoding.mode == .code64 }
  var hasRexW: Bool { instruction.flags.contains(.rexW) }
  var has66Or67: Bool {
    instruction.flags.contains(.operandSizePrefix) || instruction.flags.contains(.addressSizePrefix)
  }

  /// Capstone cut the target of a branch to 16 bits; this puts back what the generated displacement says.
  func withWholeTarget(_ text: String) -> String {
    let target = Capstone.address + UInt64(instruction.length) + 0x1111_1111
    return text.replacingEnd(" 0x" + String(target & 0xFFFF, radix: 16), by: " 0x" + String(target, radix: 16))
  }

  /// The name that a register of 2, 4 or 8 bytes has: all generated encodings use numbers 1 and 2.
  static func register(_ letter: String, _ width: UInt8) -> String {
    (width == 8 ? "r" : width == 4 ? "e" : "") + letter + "x"
  }
}

extension String {
  /// With `end` for another one, unchanged if it does not end so.
  func replacingEnd(_ end: String, by other: String) -> String {
    hasSuffix(end) ? String(dropLast(end.count)) + other : self
  }

  /// With the first `part` for another one, unchanged if there is none.
  func replacing(_ part: String, by other: String) -> String {
    var rest = self[...]
    while !rest.isEmpty {
      if rest.hasPrefix(part) { return self[..<rest.startIndex] + other + rest.dropFirst(part.count) }
      rest = rest.dropFirst()
    }
    return self
  }

  /// The mnemonic for another one, unchanged if it is not `word`.
  func renamed(_ word: String, to other: String) -> String {
    self == word ? other : hasPrefix(word + " ") ? other + dropFirst(word.count) : self
  }
}

/// Something that Capstone 4.0.2 says in another way, or wrongly, and how its text becomes ours.
struct TextDifference: Sendable {
  enum Kind: Sendable { case style, mistake }
  var kind: Kind
  var reason: String
  var rewrite: @Sendable (String, TextCase) -> String

  init(_ kind: Kind, _ reason: String, _ rewrite: @escaping @Sendable (String, TextCase) -> String) {
    self.kind = kind
    self.reason = reason
    self.rewrite = rewrite
  }
}

private let styles: [TextDifference] = [
  TextDifference(.style, "a sign-extended immediate byte is shown signed, not as the operation sees it") { text, row in
    guard row.isOf("83 ", "6B ") else { return text }
    return text.replacingEnd(", -0x75", by: row.instruction.operandSize == 2 ? ", 0xff8b" : ", 0xffffff8b")
  },
  TextDifference(.style, "/6 of the shifts is called SAL") { text, _ in text.renamed("sal", to: "shl") },
  TextDifference(.style, "PUSHA and POPA have the suffixes of AT&T syntax") { text, _ in
    text.renamed("pushaw", to: "pusha").renamed("pushal", to: "pushad")
      .renamed("popaw", to: "popa").renamed("popal", to: "popad")
  },
  TextDifference(.style, "64-bit immediates and offsets are called MOVABS") { text, _ in
    text.renamed("movabs", to: "mov")
  },
  TextDifference(.style, "selectors in registers have 16 bits, whatever the operand size") { text, row in
    guard row.isOf("8E ", "0F 02", "0F 03") else { return text }
    return text.replacingEnd(", ecx", by: ", cx").replacingEnd(", rcx", by: ", cx")
  },
  TextDifference(.style, "implied operands are named even where no prefix changes them") { text, row in
    guard row.isNamed("MOVS", "CMPS", "STOS", "LODS", "SCAS", "INS", "OUTS"), !text.isEmpty,
      !row.instruction.flags.contains(.addressSizePrefix)
    else { return text }
    return String(text.prefix { $0 != " " })
  },
  TextDifference(.style, "XLATB hides that 67h makes it use another register") { text, row in
    guard text == "xlatb", row.instruction.flags.contains(.addressSizePrefix) else { return text }
    return "xlatb byte ptr [" + TextCase.register("b", row.instruction.addressSize) + "]"
  },
  TextDifference(.style, "far branches are called LCALL and LJMP, pointers in memory have no size") { text, row in
    let sizes: [UInt8: String] = [2: "dword ptr [", 4: "fword ptr [", 8: "tbyte ptr ["]
    return text.renamed("lcall", to: "call far").renamed("ljmp", to: "jmp far")
      .replacing(" far [", by: " far " + (sizes[row.instruction.operandSize] ?? ""))
  },
  TextDifference(.style, "LES and its like do not say how wide their pointer is") { text, row in
    let sizes: [UInt8: String] = [2: ", dword ptr [", 4: ", fword ptr [", 8: ", tbyte ptr ["]
    return text.replacing(", ptr [", by: sizes[row.instruction.operandSize] ?? "")
  },
  TextDifference(.style, "the operand of INVLPG, FRSTOR or FNSAVE has a size that no access has") { text, row in
    guard row.isNamed("INVLPG", "FRSTOR", "FNSAVE") else { return text }
    return text.replacing(" byte ptr", by: "").replacing(" dword ptr", by: "")
  },
  TextDifference(.style, "FXSAVE64 and FXRSTOR64 say ptr without a size") { text, _ in
    text.replacing("64 ptr [", by: "64 [")
  },
  TextDifference(.style, "SYSRET and SYSEXIT do not show REX.W") { text, row in
    row.hasRexW ? text.renamed("sysret", to: "sysretq").renamed("sysexit", to: "sysexitq") : text
  },
  TextDifference(.style, "ST(0) is not named where it is the destination") { text, row in
    row.form.assembly.hasSuffix("ST0, STi") && !row.isNamed("FCOM", "FCOMP")
      ? text.replacingEnd(" st(1)", by: " st(0), st(1)").replacing("st(0), st(0)", by: "st(0)") : text
  },
  TextDifference(.style, "ST(0) is not named as the source of the forms that pop") { text, row in
    row.isOf("DE /") ? text.replacingEnd("p st(1)", by: "p st(1), st(0)") : text
  },
  TextDifference(.style, "undocumented copies of FCOM, FCOMP, FXCH and FSTP name ST(0)") { text, row in
    guard row.isOf("DC /", "DD /", "DE /", "DF /", "D9 /") else { return text }
    guard row.isNamed("FCOM", "FCOMP", "FXCH", "FSTP") else { return text }
    return text.replacing("st(0), st(1)", by: "st(1)").replacing("st(1), st(0)", by: "st(1)")
  },
  TextDifference(.style, "D9 /3 of a register has a name of its own") { text, _ in
    text.renamed("fstpnce", to: "fstp")
  },
  TextDifference(.style, "80-bit memory is called xword") { text, _ in text.replacing("xword ptr", by: "tbyte ptr") },
  TextDifference(.style, "the control instructions of the 8087 and 80287 keep names") { text, _ in
    ["feni8087_nop", "fdisi8087_nop", "fsetpm"].contains(text) ? "fnop" : text
  },
  TextDifference(.style, "9B is called WAIT") { text, _ in text.renamed("wait", to: "fwait") },
  TextDifference(.style, "predicates of VCMPPS and its kin stand in the name") { text, row in
    guard row.isNamed("VCMPPS", "VCMPPD", "VCMPSS", "VCMPSD") else { return text }
    return ["ps", "pd", "ss", "sd"].reduce(text) { $0.renamed("vcmplt_oq\($1)", to: "vcmp\($1)") } + ", 0x11"
  },
  TextDifference(.style, "conversions from 128 bits of memory have an X") { text, _ in
    ["vcvtpd2ps", "vcvtpd2dq", "vcvttpd2dq"].reduce(text) { $0.renamed($1 + "x", to: $1) }
  },
  TextDifference(.style, "XSAVE and its kin say ptr without a size") { text, row in
    row.isNamed("XSAVE", "XSAVEOPT", "XSAVEC", "XSAVES", "XRSTOR", "XRSTORS")
      ? text.replacing(" ptr [", by: " [") : text
  },
  TextDifference(.style, "the count of RORX is signed") { text, row in
    row.isNamed("RORX") ? text.replacingEnd(", -0x75", by: ", 0x8b") : text
  },
  TextDifference(.style, "REX.W before a move out of a vector register does not widen its name") { text, row in
    guard row.hasRexW,
      row.isNamed(
        "MOVMSKPS", "MOVMSKPD", "PEXTRW", "PMOVMSKB", "VMOVMSKPS", "VMOVMSKPD", "VPEXTRW", "VPMOVMSKB")
    else { return text }
    return text.replacing(" edx,", by: " rdx,").replacing(" r10d,", by: " r10,")
  },
  TextDifference(.style, "MOVQ between MMX and general registers is called MOVD") { text, row in
    row.hasRexW && row.isOf("NP 0F 6E", "NP 0F 7E") ? text.renamed("movd", to: "movq") : text
  },
  TextDifference(.style, "66h before an indirect near branch of 64-bit code is ignored, as Intel does; AMD obeys it") {
    text, row in
    guard row.isOf("FF /2", "FF /4"), row.isCode64, row.instruction.operandSize == 2 else { return text }
    return text.replacing("qword ptr", by: "word ptr").replacingEnd(" rcx", by: " cx")
  },
]

private let mistakes: [TextDifference] = [
  TextDifference(.mistake, "16-bit code: 98 and 99 have the names of their 32-bit forms") { text, row in
    row.encoding.mode == .code16 && row.instruction.operandSize == 2
      ? text.renamed("cwde", to: "cbw").renamed("cdq", to: "cwd") : text
  },
  TextDifference(.mistake, "MOVSXD without REX.W has a 64-bit destination") { text, row in
    guard row.isNamed("MOVSXD"), !row.hasRexW else { return text }
    return text.replacing(" rdx,", by: " " + TextCase.register("d", row.instruction.operandSize) + ",")
  },
  TextDifference(.mistake, "66h or 67h with REX.W makes the operand size 16 bits") { text, row in
    guard row.hasRexW, row.has66Or67 else { return text }
    if row.isOf("E9 ") { return row.withWholeTarget(text) }
    if row.isNamed("IN", "OUT") { return text.replacing(" ax", by: " eax") }
    if row.isNamed("INS", "OUTS") {
      return text.renamed("insw", to: "insd").renamed("outsw", to: "outsd").replacing(" word ptr", by: " dword ptr")
    }
    guard row.isOf("FF /6", "8F ", "9C", "9D") else { return text }
    return text.renamed("pushf", to: "pushfq").renamed("popf", to: "popfq").replacing(" word ptr", by: " qword ptr")
  },
  TextDifference(.mistake, "16-bit code: 66h before a near Jcc does not widen EIP") { text, row in
    row.isNamed("Jcc") && row.encoding.mode == .code16 && row.instruction.operandSize == 4
      ? row.withWholeTarget(text) : text
  },
  TextDifference(.mistake, "67h with another prefix does not choose the counter of JCXZ") { text, row in
    guard row.isNamed("JRCXZ"), row.instruction.flags.contains(.addressSizePrefix) else { return text }
    let name = row.encoding.mode == .code32 ? "jcxz" : "jecxz"
    return ["jcxz", "jecxz", "jrcxz"].reduce(text) { $0.renamed($1, to: name) }
  },
  TextDifference(.mistake, "F3 with REX.W before 0F 7E is called a move out of an MMX register") { text, row in
    guard row.isOf("F3 0F 7E"), row.hasRexW, text.hasPrefix("movd "), text.hasSuffix(", mm2") else { return text }
    let place = text.dropFirst(5).dropLast(5)
    return "movq xmm2, " + (place == "rcx" ? "xmm1" : place)
  },
  TextDifference(.mistake, "the register of an immediate has four bits outside 64-bit code") { text, row in
    guard row.isNamed("VPBLENDVB", "VBLENDVPS", "VBLENDVPD"), !row.isCode64 else { return text }
    return text.replacingEnd("mm8", by: "mm0")
  },
  TextDifference(.mistake, "COMISS and COMISD read 128 bits") { text, row in
    guard row.isNamed("COMISS", "COMISD", "VCOMISS", "VCOMISD") else { return text }
    return text.replacing("xmmword ptr", by: row.isNamed("COMISS", "VCOMISS") ? "dword ptr" : "qword ptr")
  },
  TextDifference(.mistake, "PUNPCKLxx of MMX registers reads 64 bits") { text, row in
    row.form.assembly.hasSuffix("mm, mm/m32") ? text.replacing("qword ptr", by: "dword ptr") : text
  },
  TextDifference(.mistake, "LSL reads more than the 16 bits of a selector") { text, row in
    row.isOf("0F 03") ? text.replacing(" dword ptr", by: " word ptr").replacing(" qword ptr", by: " word ptr") : text
  },
  TextDifference(.mistake, "FNSTSW stores 32 bits") { text, row in
    row.isOf("DD /7") ? text.replacing("dword ptr", by: "word ptr") : text
  },
]

/// Mistakes come first, since some styles leave out what they are about.
let textDifferences = mistakes + styles

/// Case and blanks as ours.
func normalised(_ mnemonic: String, _ operands: String) -> String {
  (operands.isEmpty ? mnemonic : mnemonic + " " + operands).lowercased()
}

/// Capstone's text after every known difference, with the numbers of those that changed it.
func translated(_ row: TextCase) -> (text: String, used: [Int]) {
  var text = row.theirs
  var used: [Int] = []
  for (number, difference) in textDifferences.enumerated() {
    let other = difference.rewrite(text, row)
    if other != text { used.append(number) }
    text = other
  }
  return (text, used)
}

/// What stands before the ModRM byte.
struct Sweep {
  var mode: DecodeMode
  var prefix: [UInt8]
}

/// Segment overrides, 66h or 67h and every REX before instructions with each kind of ModRM register.
///
/// Left out is what Capstone 4.0.2 says otherwise: segment overrides without effect in 64-bit code, 66h before MMX and
/// SSE opcodes in 16-bit code, 67h with REX.W before two-byte opcodes.
func sweeps() -> [Sweep] {
  let opcodes: [[UInt8]] = [[0x00], [0x03], [0x0F, 0x6F], [0x0F, 0x28], [0x0F, 0xBE], [0x0F, 0xC1], [0x0F, 0xA4]]
  var result: [Sweep] = []
  for mode in DecodeMode.allCases {
    let rexes: [[UInt8]] = mode == .code64 ? [[]] + (0x40...0x4F).map { [$0] } : [[]]
    let segments: [[UInt8]] = [[], [0x64], [0x65]] + (mode == .code64 ? [] : [[0x26], [0x2E], [0x36], [0x3E]])
    for size: [UInt8] in [[], [0x66], [0x67]] {
      for opcode in opcodes where size != [0x66] || opcode.count == 1 || opcode[1] > 0x70 {
        for rex in rexes where size != [0x67] || opcode.count == 1 || rex.allSatisfy({ $0 & 8 == 0 }) {
          for segment in segments { result.append(Sweep(mode: mode, prefix: segment + size + rex + opcode)) }
        }
      }
    }
  }
  return result
}

@Suite("Text of Capstone")
struct CapstoneTextTests {
  @Test("Text of every encoding that the table generates")
  func crossCheck() {
    let capstone = Capstone()
    var compared = 0
    var same = 0
    var used = [Int](repeating: 0, count: textDifferences.count)
    var disagreements: [String] = []
    for (index, form) in OpcodeForm.all.enumerated() {
      for encoding in encodings(of: form) {
        guard let instruction = decoded(encoding.bytes, encoding.mode), Int(instruction.form) == index,
          !knownMistakes.contains(where: { $0.matches(form, encoding.bytes, encoding.mode) })
        else { continue }
        guard let theirs = capstone.disassemble(encoding.bytes, encoding.mode) else {
          disagreements.append("\(form.encoding): nothing in \(encoding.mode)")
          continue
        }
        compared += 1
        let row = TextCase(
          form: form, encoding: encoding, instruction: instruction,
          theirs: normalised(theirs.mnemonic, theirs.operands))
        let ours = instruction.text(at: Capstone.address, mode: encoding.mode)
        if ours == row.theirs {
          same += 1
          continue
        }
        let (text, differences) = translated(row)
        if ours == text {
          for difference in differences { used[difference] += 1 }
        } else {
          disagreements.append("\(form.encoding) in \(encoding.mode): \(ours), Capstone: \(row.theirs) -> \(text)")
        }
      }
    }
    let idle = zip(textDifferences, used).filter { $0.1 == 0 }.map(\.0.reason)
    #expect(compared > 40_000 && same > compared * 9 / 10, "\(same) the same of \(compared)")
    #expect(idle == [], "known differences that nothing meets any more")
    #expect(disagreements == [], "\(disagreements.count) of \(compared)")
  }

  @Test("Every ModRM with REX prefixes, segment overrides and negative displacements")
  func registersAndAddresses() {
    let capstone = Capstone()
    var compared = 0
    var disagreements: [String] = []
    for sweep in sweeps() {
      for modRM in UInt8.min...UInt8.max {
        let hasSIB = modRM & 7 == 4 && modRM < 0xC0
        for sib: UInt8 in hasSIB ? [0x24, 0x8B, 0xE5, 0x25, 0xDC, 0x65] : [0x84] {
          // Displacements are negative where there is a base, absolute addresses are not: Capstone 4.0.2 cuts a negative
          // absolute address to the operand size.
          let last: UInt8 = modRM >> 6 == 2 ? 0xFF : 0x7E
          let third: UInt8 = modRM >> 6 == 0 ? 0x70 : 0xF0
          let bytes = sweep.prefix + [modRM, sib, third, 0xFF] + (hasSIB ? [0xFF, last] : [last, 0x7F]) + [0x7F]
          guard let instruction = decoded(bytes, sweep.mode) else {
            disagreements.append("\(bytes) in \(sweep.mode): not decoded")
            continue
          }
          compared += 1
          let theirs = capstone.disassemble(bytes, sweep.mode).map { normalised($0.mnemonic, $0.operands) }
          let ours = instruction.text(at: Capstone.address, mode: sweep.mode)
          if ours != theirs {
            disagreements.append("\(bytes) in \(sweep.mode): \(ours), Capstone: \(theirs ?? "nothing")")
          }
        }
      }
    }
    #expect(compared > 200_000, "\(compared)")
    #expect(disagreements == [], "\(disagreements.count) of \(compared)")
  }

  @Test("The comparison sees a planted fault")
  func planted() throws {
    let capstone = Capstone()
    // ADD ECX, EDX is checked by what Capstone says of ADD EBX, EDX, SUB ECX, EDX and ADD CX, DX.
    let instruction = try #require(decoded([0x01, 0xD1], .code64))
    let form = OpcodeForm.all[Int(instruction.form)]
    for other: [UInt8] in [[0x01, 0xD3], [0x29, 0xD1], [0x66, 0x01, 0xD1]] {
      let theirs = try #require(capstone.disassemble(other, .code64))
      let row = TextCase(
        form: form, encoding: Encoding(bytes: other, mode: .code64), instruction: instruction,
        theirs: normalised(theirs.mnemonic, theirs.operands))
      #expect(translated(row).text != instruction.text(at: Capstone.address, mode: .code64))
    }
  }
}
