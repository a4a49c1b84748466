import Testing

@testable import X86Decoder

/// Capstone's spelling of a mnemonic of ours, where it is another one.
private let aliases: [String: Set<String>] = [
  "SAL": ["shl"], "SHL": ["sal"], "JRCXZ": ["jcxz", "jecxz"], "FSTP": ["fstpnce"],
  "FNOP": ["fsetpm", "fdisi8087_nop", "feni8087_nop"], "WAIT": ["wait"], "FWAIT": ["wait", "fwait"],
  "MOVS": ["movsb", "movsw", "movsd", "movsq"], "CMPS": ["cmpsb", "cmpsw", "cmpsd", "cmpsq"],
  "STOS": ["stosb", "stosw", "stosd", "stosq"], "LODS": ["lodsb", "lodsw", "lodsd", "lodsq"],
  "SCAS": ["scasb", "scasw", "scasd", "scasq"], "INS": ["insb", "insw", "insd"], "OUTS": ["outsb", "outsw", "outsd"],
  "PUSHA": ["pushaw", "pushal"], "POPA": ["popaw", "popal"], "PUSHF": ["pushf", "pushfd", "pushfq"],
  "POPF": ["popf", "popfd", "popfq"], "IRET": ["iret", "iretd", "iretq"], "CBW": ["cbw", "cwde", "cdqe"],
  "CWD": ["cwd", "cdq", "cqo"], "JCXZ": ["jcxz", "jecxz", "jrcxz"], "XLAT": ["xlatb"], "INT1": ["int1"],
  "LOOPE": ["loope"], "LOOPNE": ["loopne"], "MOV": ["mov", "movabs"], "RET": ["ret", "retf", "retfq"],
  "RETF": ["retf", "retfq"], "JMP": ["jmp", "ljmp"], "CALL": ["call", "lcall"], "NOP": ["nop", "xchg"],
  "XCHG": ["xchg", "nop", "pause"], "SYSRET": ["sysret", "sysretq"], "SYSEXIT": ["sysexit", "sysexitq"],
  "FXSAVE": ["fxsave", "fxsave64"], "FXRSTOR": ["fxrstor", "fxrstor64"], "MOVD": ["movd", "movq"],
  "MOVQ": ["movq", "movd"], "UD0": ["ud0"], "UD1": ["ud1", "ud2b"], "FLD": ["fld"], "SALC": ["salc"],
  "VMOVD": ["vmovd", "vmovq"], "PINSRD": ["pinsrd", "pinsrq"], "PEXTRD": ["pextrd", "pextrq"],
  "XSAVE": ["xsave", "xsave64"], "XSAVEC": ["xsavec", "xsavec64"], "XRSTOR": ["xrstor", "xrstor64"],
  "XSAVES": ["xsaves", "xsaves64"], "XRSTORS": ["xrstors", "xrstors64"],
  "XSAVEOPT": ["xsaveopt", "xsaveopt64"], "VCVTPD2PS": ["vcvtpd2ps", "vcvtpd2psx"],
  "VCVTPD2DQ": ["vcvtpd2dq", "vcvtpd2dqx"], "VCVTTPD2DQ": ["vcvttpd2dq", "vcvttpd2dqx"],
  "VCMPPS": ["vcmplt_oqps"], "VCMPPD": ["vcmplt_oqpd"], "VCMPSS": ["vcmplt_oqss"], "VCMPSD": ["vcmplt_oqsd"],
  "INVLPG": ["invlpg"], "CMPXCHG8B": ["cmpxchg8b", "cmpxchg16b"],
]

/// The first letters that Capstone gives a family of conditional instructions.
private let families: [String: String] = ["Jcc": "j", "SETcc": "set", "CMOVcc": "cmov"]

/// Something that Capstone 4.0.2 is known to get wrong, looked up in the manuals.
struct KnownMistake: Sendable {
  var reason: String
  var matches: @Sendable (OpcodeForm, [UInt8], DecodeMode) -> Bool
}

let knownMistakes: [KnownMistake] = [
  KnownMistake(reason: "16-bit code: a mandatory prefix 66, F2 or F3 does not select the opcode") { form, _, mode in
    mode == .code16 && ["66 0F", "F2 0F", "F3 0F", "F3 90"].contains { form.encoding.hasPrefix($0) }
  },
  KnownMistake(reason: "reserved NOPs are not known") { form, _, _ in
    form.mnemonic == "NOP" && form.encoding.hasPrefix("0F")
  },
  KnownMistake(reason: "fences with ModRM.rm other than 0 are not known") { form, _, _ in
    ["LFENCE", "MFENCE", "SFENCE"].contains(form.mnemonic)
  },
  KnownMistake(reason: "REX.W before RET imm16 lengthens the immediate") { form, bytes, mode in
    form.encoding.hasPrefix("C2") && mode == .code64 && bytes.contains(0x48)
  },
  KnownMistake(reason: "66h or 67h with REX.W before CALL rel32 shortens the displacement") { form, bytes, mode in
    form.encoding.hasPrefix("E8") && mode == .code64 && bytes.contains(0x48)
  },
  KnownMistake(reason: "67h with REX.W before a two-byte opcode is taken for 66h") { form, bytes, mode in
    form.encoding.hasPrefix("NP 0F") && mode == .code64 && bytes.starts(with: [0x67, 0x48])
  },
  KnownMistake(reason: "F3 with REX.W before 90 is called XCHG") { form, bytes, mode in
    form.encoding.hasPrefix("F3 90") && mode == .code64 && bytes.contains(0x48)
  },
  KnownMistake(reason: "VAES, VPCLMULQDQ, GFNI, RDPKRU, WRPKRU and VBROADCASTI128 are not known") { form, _, _ in
    ["VAES", "VPCLMULQDQ", "GFNI", "PKU"].contains(form.feature) || form.mnemonic == "VBROADCASTI128"
  },
  KnownMistake(reason: "CLWB with REX.W is called XSAVEOPT64, RDPID RDSEED") { form, bytes, _ in
    form.mnemonic == "RDPID" || form.mnemonic == "CLWB" && bytes.contains(0x48)
  },
  KnownMistake(reason: "UD0 and UD1 have ModRM on Intel; AMD and this decoder take none") { form, _, _ in
    form.mnemonic == "UD0" || form.mnemonic == "UD1"
  },
]

@Suite("Capstone")
struct CapstoneTests {
  @Test("Length and mnemonic of every encoding that the table generates")
  func crossCheck() {
    let capstone = Capstone()
    var tried = 0
    var compared = 0
    var disagreements: [String: Int] = [:]
    var untouched: [String] = []
    var excused = [Int](repeating: 0, count: knownMistakes.count)
    for (index, form) in OpcodeForm.all.enumerated() {
      var reached = false
      for encoding in encodings(of: form) {
        tried += 1
        guard let instruction = decoded(encoding.bytes, encoding.mode), Int(instruction.form) == index else { continue }
        reached = true
        let isKnown = knownMistakes.firstIndex { $0.matches(form, encoding.bytes, encoding.mode) }
        if let isKnown {
          excused[isKnown] += 1
          continue
        }
        compared += 1
        let text = encoding.bytes.prefix(Int(instruction.length)).map { String($0, radix: 16) }.joined(separator: " ")
        guard let theirs = capstone.disassemble(encoding.bytes, encoding.mode) else {
          disagreements["\(form.encoding) \(form.mnemonic): nothing for \(text) in \(encoding.mode)", default: 0] += 1
          continue
        }
        if theirs.length != Int(instruction.length) {
          disagreements[
            "\(form.encoding) \(form.mnemonic): length \(theirs.length) for \(text) in \(encoding.mode)", default: 0] +=
            1
          continue
        }
        if !agrees(form.mnemonic, theirs.mnemonic) {
          disagreements[
            "\(form.encoding) \(form.mnemonic): called \(theirs.mnemonic) for \(text) in \(encoding.mode)", default: 0] +=
            1
        }
      }
      if !reached { untouched.append("\(form.encoding) \(form.mnemonic)") }
    }
    #expect(OpcodeForm.all.count > 700)
    #expect(tried > 10_000 && compared > tried / 3, "\(compared) of \(tried)")
    #expect(!excused.contains(0), "a known mistake that nothing meets any more")
    #expect(untouched == [], "rows that no generated encoding reaches")
    let report = disagreements.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }.joined(separator: "\n")
    #expect(disagreements.isEmpty, "\(report)")
  }

  private func agrees(_ ours: String, _ theirs: String) -> Bool {
    let name = theirs.split(separator: " ").last.map(String.init) ?? theirs
    if let start = families[ours] { return name.hasPrefix(start) }
    if name == ours.lowercased() { return true }
    return aliases[ours.uppercased()]?.contains(name) ?? false
  }

  @Test("The comparison sees a planted fault")
  func planted() {
    #expect(!agrees("ADD", "sub"))
    let capstone = Capstone()
    #expect(capstone.disassemble([0x90, 0x90], .code64)?.length == 1)
    #expect(capstone.disassemble([0x0F, 0x04], .code64) == nil)
  }
}
