import Differential
import InstructionTesting
import TextForms
import X86
import X86Decoder

extension EngineProgram {
  /// `64-bit`, `32-bit`, `16-bit` or `real mode`.
  public var kindName: String {
    if isRealMode { return "real mode" }
    return switch mode {
    case .code64: "64-bit"
    case .code32: "32-bit"
    case .code16: "16-bit"
    }
  }

  /// The code, a line an instruction: address, bytes, text. Bytes that are no instruction stand by themselves.
  public var listing: [String] {
    let (addresses, code) = assembled()
    let start = addresses.parts[0]
    var lines: [String] = []
    for index in parts.indices {
      let first = Int(truncatingIfNeeded: addresses.parts[index] &- start)
      let end = Int(truncatingIfNeeded: addresses.parts[index + 1] &- start)
      guard first < end, end <= code.count else { continue }
      var at = first
      while at < end {
        let bytes = Array(code[at..<end])
        let address = start &+ UInt64(at)
        let found = disassemble(bytes, at: address, mode: parts[index].mode)
        let length = found?.length ?? bytes.count
        let text = found?.text ?? "(bad)"
        lines.append(
          "\(Text.digits(address, places: 8))  \(Text.digits(bytes.prefix(length), separator: " "))  \(text)")
        at += length
      }
    }
    return lines
  }

  /// Where it lies and what it may do, where that is not the plainest.
  public var circumstances: [String] {
    let plain = EngineProgram()
    var words: [String] = []
    if base != plain.base { words.append("base \(base.rawValue)") }
    if next != plain.next { words.append("next page \(next.rawValue)") }
    if second != plain.second { words.append("second page of data \(second.rawValue)") }
    words += options.map(\.rawValue).sorted()
    return words
  }

  /// Registers that are not zero.
  public var registers: [String] {
    (0..<16).compactMap { index in
      let value = input.generalRegisters[index]
      return value == 0 ? nil : "\(generalRegisterNames[index])=\(Text.hex(value))"
    } + ["rflags=\(Text.hex(input.rflags))"]
  }
}

extension EngineDivergence {
  /// The whole report, some lines.
  public var text: String {
    let count = program.parts.count { !$0.isNothing }
    var lines = [
      "bug \(fingerprint): \(difference.signature)",
      "  program \(program.number), \(program.kindName), CPL \(program.cpl), \(count) parts; shows after "
        + "\(difference.ticks) ticks of: \(schedule)",
      "  \((program.circumstances + program.registers).joined(separator: " "))",
    ]
    for field in difference.fields.prefix(8) {
      lines.append("  \(field.name): threaded \(field.ours), reference \(field.theirs)")
    }
    if difference.fields.count > 8 { lines.append("  and \(difference.fields.count - 8) more") }
    lines += program.listing.map { "    \($0)" }
    return lines.joined(separator: "\n")
  }
}
