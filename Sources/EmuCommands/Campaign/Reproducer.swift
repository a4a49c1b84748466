import Differential
import InstructionTesting
import ModelExecution
import TextForms
import X86

/// A difference as something to run again.
enum Reproducer {
  private static func code(_ test: InstructionTest) -> [UInt8] { (0..<Int(test.codeLength)).map { test.code[$0] } }

  private static func window(_ state: UserState) -> [UInt8] {
    (0..<512).map { UInt8(truncatingIfNeeded: state.window[$0 / 8] >> UInt64($0 % 8 * 8)) }
  }

  /// The `emu exec` request of a test, with what the oracle answered.
  static func request(_ divergence: Divergence) -> String {
    let test = divergence.reproducer
    let segments = (0..<6).map { "\"\(ExecLine.segmentNames[$0])\":\(ExecJSON.hex(UInt64(test.input.selectors[$0])))" }
    let isRealMode = test.mode == .real16
    let windowAddress = isRealMode ? UInt64(RealModeMemory.dataPages + 0xF00) : InstructionTest.windowAddress
    // All of real mode is RAM.
    let pages: [(address: UInt64, byteCount: UInt64, access: String)] = [
      (InstructionTest.codePage, 0x1000, "rx"), (InstructionTest.dataPage, 0x2000, "rw"),
      (InstructionTest.readOnlyPage, 0x1000, "r"),
    ]
    let maps = pages.map {
      "{\"address\":\(ExecJSON.hex($0.address)),\"size\":\(ExecJSON.hex($0.byteCount)),\"access\":\"\($0.access)\"}"
    }
    var members = ExecJSON.members(test.input)
    // The bases of FS and GS stand among the registers.
    let bases = ",\"fs_base\":\(ExecJSON.hex(test.input.fsBase)),\"gs_base\":\(ExecJSON.hex(test.input.gsBase))}"
    members[0] = String(members[0].dropLast()) + bases
    var parts = [
      "\"id\":\"\(divergence.fingerprint)\"", "\"mode\":\"\(modeName(test))\"",
      "\"cpl\":\(test.cpl)", "\"code\":\"\(Text.digits(code(test)))\"", "\"steps\":\(test.steps)",
      "\"segments\":{\(segments.joined(separator: ","))}",
    ]
    if !isRealMode { parts.append("\"map\":[\(maps.joined(separator: ","))]") }
    parts.append(ExecJSON.memory([ExecRequest.Bytes(address: windowAddress, data: window(test.input))]))
    parts += members
    return "{\(parts.joined(separator: ","))}"
  }

  /// As `emu exec` calls it; it refuses what has segments of its own.
  private static func modeName(_ test: InstructionTest) -> String {
    switch test.mode {
    case .long64: "long64"
    case .compatibility32: "protected32"
    case .segmented: "segmented"
    case .real16: "real16"
    }
  }

  /// Whether a ROM can show it: a ROM has no local descriptor table, and ends behind the code and not after some steps.
  static func hasROM(_ divergence: Divergence) -> Bool {
    let test = divergence.reproducer
    return test.mode != .segmented && test.mode != .real16 && (test.steps == 1 || !test.singleSteps)
  }

  /// A ROM that executes the test and expects what the oracle gave.
  static func rom(_ divergence: Divergence) -> String {
    let test = divergence.reproducer
    let oracle = divergence.oracle
    var lines = [
      "# \(divergence.form): \(divergence.signature)",
      "# Found as test \(test.number); expects what the oracle answered.",
      ".include \"rom.inc\"", ".include \"reproducer.inc\"", "", "main:",
      "  corner \"\(divergence.fingerprint)\"",
      "  reproduce \(test.cpl == 0 ? "KERNEL_CS" : test.mode == .long64 ? "USER_CS" : "USER_CS32")",
      "  expect_word \"vector\", captured_vector, \(oracle.vector == UserState.noException ? 3 : oracle.vector)",
    ]
    func expect(_ name: String, _ place: String, _ value: UInt64) {
      lines.append("  expect_word \"\(name)\", \(place), \(Text.hex(value))")
    }
    let isCompleted = oracle.vector == UserState.noException
    // The INT3 behind the code is the end of what completed: its trap is reported behind it.
    expect("rip", "captured_rip", isCompleted ? oracle.rip &+ 1 : oracle.rip)
    if oracle.vector == ExceptionVector.pageFault.rawValue { expect("cr2", "captured_cr2", oracle.cr2) }
    if !isCompleted { expect("error code", "captured_error", UInt64(oracle.errorCode)) }
    for index in 0..<16 {
      expect(generalRegisterNames[index], "captured_registers + \(index * 8)", oracle.generalRegisters[index])
    }
    for difference in divergence.differences {
      if difference.field == "rflags" {
        lines.append(
          "  expect_bits \"rflags\", captured_flags, \(Text.hex(difference.subject ^ difference.oracle)), "
            + "\(Text.hex(difference.oracle))")
      } else if let offset = difference.windowOffset {
        expect(difference.field, "window + \(offset)", oracle.window[offset / 8])
      } else if let (offset, bits) = imageField(difference.field) {
        lines.append(
          "  expect_bits \"\(difference.field)\", captured_state + \(offset), \(Text.hex(bits)), \(Text.hex(difference.oracle))"
        )
      }
    }
    for word in 0..<64 where word % 4 < 2 && oracle.ymm[word] != test.input.ymm[word] {
      expect("xmm\(word / 4)", "captured_state + \(160 + word / 4 * 16 + word % 4 * 8)", oracle.ymm[word])
    }
    lines += ["  jmp rom_finish", "", ".section .data", ".balign 16"]
    lines += data(test)
    return lines.joined(separator: "\n") + "\n"
  }

  /// Where a field stands in the image of FXSAVE, and which of the eight bytes there are its own.
  private static func imageField(_ field: String) -> (offset: Int, bits: UInt64)? {
    switch field {
    case "mxcsr": return (24, 0xFFFF_FFFF)
    case "fcw": return (0, 0xFFFF)
    case "fsw": return (2, 0xFFFF)
    case "ftw": return (4, 0xFF)
    default:
      guard field.hasPrefix("st"), let index = field.dropFirst(2).first?.wholeNumberValue else { return nil }
      return field.hasSuffix(".signExponent") ? (40 + index * 16, 0xFFFF) : (32 + index * 16, .max)
    }
  }

  private static func data(_ test: InstructionTest) -> [String] {
    func bytes(_ values: [UInt8]) -> [String] {
      stride(from: 0, to: values.count, by: 16).map { start in
        "  .byte "
          + values[start..<min(start + 16, values.count)].map { Text.hex($0) }.joined(separator: ", ")
      }
    }
    func little(_ value: UInt64, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
    }
    let input = test.input
    var image = little(UInt64(input.fcw), 2) + little(UInt64(input.fsw), 2) + [input.ftw, 0, 0, 0]
    image += [UInt8](repeating: 0, count: 16) + little(UInt64(input.mxcsr), 4) + [0, 0, 0, 0]
    for index in 0..<8 { image += little(input.st[index * 2], 8) + little(input.st[index * 2 + 1], 8) }
    for index in 0..<16 { image += little(input.ymm[index * 4], 8) + little(input.ymm[index * 4 + 1], 8) }
    image += [UInt8](repeating: 0, count: 512 - image.count)
    var lines = ["test_state:"] + bytes(image) + ["test_window:"] + bytes(window(input)) + ["test_code:"]
    lines += bytes(code(test) + [UInt8](repeating: 0xCC, count: max(16 - Int(test.codeLength), 0)))
    lines += ["test_code_end:"]
    lines += ["test_registers:"]
    for index in 0..<16 { lines.append("  .quad \(Text.hex(input.generalRegisters[index]))") }
    lines += [
      "test_rip: .quad \(Text.hex(input.rip))",
      "test_flags: .quad \(Text.hex(input.rflags & ~0x200))",
    ]
    lines += [
      "test_fs_base: .quad \(Text.hex(input.fsBase))",
      "test_gs_base: .quad \(Text.hex(input.gsBase))",
    ]
    return lines
  }
}
