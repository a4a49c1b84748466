import CCapstone
import Testing

@testable import X86Decoder

/// One generated encoding.
private struct Encoding {
  var bytes: [UInt8]
  var mode: DecodeMode
}

/// Every encoding of a row that the cross-check tries: modes, operand-size and address-size prefixes, REX.W, register
/// and memory operands with each displacement size.
private func encodings(of form: OpcodeForm) -> [Encoding] {
  var prefix: [UInt8] = []
  var opcode: [UInt8] = []
  var digit: UInt8?
  var hasModRM = false
  var forms: (memory: Bool, register: Bool) = (true, true)
  var codes: UInt8 = 1
  var wide: Bool?
  for token in form.encoding.split(separator: " ") {
    if let byte = UInt8(token, radix: 16), token.count == 2 {
      if opcode.isEmpty && [0x66, 0xF2, 0xF3].contains(byte) { prefix.append(byte) } else { opcode.append(byte) }
      continue
    }
    switch token {
    case "/r": hasModRM = true
    case "mem": forms.register = false
    case "reg": forms.memory = false
    case "+r": codes = 8
    case "+cc": codes = 16
    case "W0": wide = false
    case "W1": wide = true
    default:
      if token.first == "/", let value = UInt8(token.dropFirst()) {
        digit = value
        hasModRM = true
      }
    }
  }
  var modRMs: [[UInt8]] = [[]]
  if hasModRM {
    let reg = (digit ?? 2) << 3
    modRMs = []
    if forms.register { modRMs.append([0xC0 | reg | 1]) }
    if forms.memory {
      // [rBX], disp8, disp32 (or disp16), and in 32- and 64-bit code a SIB byte with and without displacement.
      modRMs += [
        [0x03 | reg], [0x43 | reg, 0x11], [0x83 | reg], [0x05 | reg], [0x04 | reg, 0x8B], [0x44 | reg, 0x8B],
      ]
    }
  }
  let modes: [DecodeMode] =
    form.modes == "64" ? [.code64] : form.modes == "!64" ? [.code16, .code32] : [.code16, .code32, .code64]
  var result: [Encoding] = []
  for mode in modes {
    for size in prefix.contains(0x66) ? [false] : [false, true] {
      for address in [false, true] {
        for rex in mode == .code64 ? [0, 0x48] as [UInt8] : [0] {
          if wide == true && rex == 0 || wide == false && rex != 0 { continue }
          for code in 0..<codes {
            for modRM in modRMs {
              var bytes = (address ? [0x67] : []) + (size ? [0x66] : []) + prefix + (rex != 0 ? [rex] : [])
              bytes += opcode.dropLast() + [opcode[opcode.count - 1] + code] + modRM
              bytes += [UInt8](repeating: 0x11, count: 15 - min(bytes.count, 15))
              result.append(Encoding(bytes: Array(bytes.prefix(15)), mode: mode))
            }
          }
        }
      }
    }
  }
  return result
}

/// Capstone's answer: length and mnemonic, nil if it finds no instruction.
private final class Capstone {
  private var handles: [DecodeMode: csh] = [:]

  init() {
    for (mode, flag) in [(DecodeMode.code16, CS_MODE_16), (.code32, CS_MODE_32), (.code64, CS_MODE_64)] {
      var handle: csh = 0
      if unsafe cs_open(CS_ARCH_X86, flag, &handle) == CS_ERR_OK { handles[mode] = handle }
    }
  }

  deinit {
    for (_, handle) in handles {
      var handle = handle
      _ = unsafe cs_close(&handle)
    }
  }

  func disassemble(_ bytes: [UInt8], _ mode: DecodeMode) -> (length: Int, mnemonic: String)? {
    guard let handle = handles[mode] else { return nil }
    var found: UnsafeMutablePointer<cs_insn>?
    let count = unsafe cs_disasm(handle, bytes, bytes.count, 0x1000, 1, &found)
    guard count == 1, let instruction = unsafe found else { return nil }
    defer { unsafe cs_free(found, count) }
    var name = unsafe instruction.pointee.mnemonic
    let text = unsafe withUnsafeBytes(of: &name) { area in
      unsafe String(decoding: area.prefix { $0 != 0 }, as: UTF8.self)
    }
    return (Int(unsafe instruction.pointee.size), text)
  }
}

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
  "INVLPG": ["invlpg"], "CMPXCHG8B": ["cmpxchg8b", "cmpxchg16b"],
]

/// The first letters that Capstone gives a family of conditional instructions.
private let families: [String: String] = ["Jcc": "j", "SETcc": "set", "CMOVcc": "cmov"]

/// Something that Capstone 4.0.2 is known to get wrong, looked up in the manuals.
private struct KnownMistake: Sendable {
  var reason: String
  var matches: @Sendable (OpcodeForm, [UInt8], DecodeMode) -> Bool
}

private let knownMistakes: [KnownMistake] = [
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
        var instruction = Instruction()
        let failure = unsafe encoding.bytes.withUnsafeBufferPointer { buffer in
          unsafe buffer.baseAddress.map {
            unsafe Decoder().decode($0, count: buffer.count, mode: encoding.mode, into: &instruction)
          } ?? DecodeFailure.truncated
        }
        guard failure == nil, Int(instruction.form) == index else { continue }
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
