import CCapstone

@testable import X86Decoder

/// One generated encoding.
struct Encoding {
  var bytes: [UInt8]
  var mode: DecodeMode
}

/// The encoding of a row, taken apart.
private struct RowEncoding {
  var prefix: [UInt8] = []
  var opcode: [UInt8] = []
  var digit: UInt8?
  var hasModRM = false
  var forms: (memory: Bool, register: Bool) = (true, true)
  var codes: UInt8 = 1
  var wide: Bool?
  var vex: VEXEncoding?

  init(_ text: String) {
    for token in text.split(separator: " ") {
      if let byte = UInt8(token, radix: 16), token.count == 2 {
        if vex == nil, opcode.isEmpty, [0x66, 0xF2, 0xF3].contains(byte) {
          prefix.append(byte)
        } else {
          opcode.append(byte)
        }
        continue
      }
      if let found = VEXEncoding(token) {
        vex = found
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
  }

  /// ModRM with what follows it: a register, [rBX], disp8, disp32 (or disp16), and in 32- and 64-bit code a SIB byte with
  /// and without displacement.
  var modRMs: [[UInt8]] {
    guard hasModRM else { return [[]] }
    let reg = (digit ?? 2) << 3
    var result: [[UInt8]] = forms.register ? [[0xC0 | reg | 1]] : []
    if forms.memory {
      result += [
        [0x03 | reg], [0x43 | reg, 0x11], [0x83 | reg], [0x05 | reg], [0x04 | reg, 0x8B], [0x44 | reg, 0x8B],
      ]
    }
    return result
  }
}

/// Every encoding of a row that the cross-check tries: modes, operand-size and address-size prefixes, REX.W, register
/// and memory operands with each displacement size.
func encodings(of form: OpcodeForm) -> [Encoding] {
  let row = RowEncoding(form.encoding)
  let modes: [DecodeMode] =
    form.modes == "64" ? [.code64] : form.modes == "!64" ? [.code16, .code32] : [.code16, .code32, .code64]
  if let vex = row.vex { return vexEncodings(vex, row.opcode, row.modRMs, form, modes) }
  let modRMs = row.modRMs
  var result: [Encoding] = []
  for mode in modes {
    for size in row.prefix.contains(0x66) ? [false] : [false, true] {
      for address in [false, true] {
        for rex in mode == .code64 ? [0, 0x48] as [UInt8] : [0] {
          if row.wide == true && rex == 0 || row.wide == false && rex != 0 { continue }
          for code in 0..<row.codes {
            for modRM in modRMs {
              var bytes = (address ? [0x67] : []) + (size ? [0x66] : []) + row.prefix + (rex != 0 ? [rex] : [])
              bytes += row.opcode.dropLast() + [row.opcode[row.opcode.count - 1] + code] + modRM
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

/// The same of a row with a VEX prefix: both lengths of the prefix, with and without W, R and B, address sizes.
private func vexEncodings(
  _ vex: VEXEncoding, _ opcode: [UInt8], _ modRMs: [[UInt8]], _ form: OpcodeForm, _ modes: [DecodeMode]
) -> [Encoding] {
  let usesVVVV = ["ryv", "xmmv", "ymmv"].contains { form.assembly.contains($0) }
  let isGather = form.assembly.contains("vm32") || form.assembly.contains("vm64")
  var result: [Encoding] = []
  for mode in modes {
    for isShort in [true, false] {
      for address in [false, true] where !isGather || mode != .code16 && !(mode == .code32 && address) {
        let widths: [Bool] = vex.isWide.map { [$0] } ?? (mode == .code64 ? [false, true] : [false])
        for isWide in widths {
          for isLong in vex.isLong.map({ [$0] }) ?? [false] {
            for extensions in mode == .code64 ? [0, 5] as [UInt8] : [0] {
              for modRM in modRMs where !isGather || modRM[0] & 7 == 4 {
                let prefix = vex.bytes(
                  rex: extensions | (isWide ? 8 : 0), vvvv: usesVVVV ? 6 : 0, isLong: isLong, prefersShort: isShort)
                var bytes = (address ? [0x67] : []) + prefix + opcode + modRM
                bytes += [UInt8](repeating: 0x11, count: 15 - min(bytes.count, 15))
                result.append(Encoding(bytes: Array(bytes.prefix(15)), mode: mode))
              }
            }
          }
        }
      }
    }
  }
  return result
}

/// Debian's Capstone, one handle for each mode.
final class Capstone {
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

  /// Length, mnemonic with its prefixes, and operands; nil if it finds no instruction.
  func disassemble(_ bytes: [UInt8], _ mode: DecodeMode) -> (length: Int, mnemonic: String, operands: String)? {
    guard let handle = handles[mode] else { return nil }
    var found: UnsafeMutablePointer<cs_insn>?
    let count = unsafe cs_disasm(handle, bytes, bytes.count, Self.address, 1, &found)
    guard count == 1, let instruction = unsafe found else { return nil }
    defer { unsafe cs_free(found, count) }
    let mnemonic = unsafe Self.text(instruction.pointee.mnemonic)
    return (Int(unsafe instruction.pointee.size), mnemonic, unsafe Self.text(instruction.pointee.op_str))
  }

  /// Where the code stands that Capstone is asked about.
  static let address: UInt64 = 0x1000

  /// The text of a C array of characters, up to its zero.
  private static func text<Characters>(_ characters: Characters) -> String {
    unsafe withUnsafeBytes(of: characters) { area in
      unsafe String(decoding: area.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}

/// One decoded instruction, nil if the bytes are none.
func decoded(_ bytes: [UInt8], _ mode: DecodeMode) -> Instruction? {
  var instruction = Instruction()
  let failure = unsafe bytes.withUnsafeBufferPointer { buffer in
    unsafe buffer.baseAddress.map {
      unsafe Decoder().decode($0, count: buffer.count, mode: mode, into: &instruction)
    } ?? DecodeFailure.truncated
  }
  return failure == nil ? instruction : nil
}
