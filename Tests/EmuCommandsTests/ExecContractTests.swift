import Foundation
import TestSupport
import Testing

/// A line of a batch and what its answer must hold.
struct ExecRow: Sendable, CustomTestStringConvertible {
  var line: String
  var answer: String
  var testDescription: String { String(line.prefix(100)) }
}

private let execRows: [ExecRow] = [
  ExecRow(line: #"{"id":7,"code":"90"}"#, answer: #"{"id":7,"regs""#),
  ExecRow(line: #"{"id":-3,"code":"9"}"#, answer: #"{"id":-3,"error""#),
  ExecRow(
    line: #"{"id":12345678901234567890123,"code":"9"}"#, answer: #"{"id":12345678901234567890123,"error""#),
  ExecRow(line: #"{"id":1.5,"code":"90"}"#, answer: #"{"id":null,"error":"id: 1.5 is not a text or a whole number"}"#),
  ExecRow(
    line: #"{"id":[],"code":"90"}"#, answer: #"{"id":null,"error":"id: is an array and not a text or a whole number"}"#),
  ExecRow(line: #"{"id":"q\"\u00e4","code":"9"}"#, answer: #"{"id":"q\"ä","error""#),
  ExecRow(line: #"{"id":1,"code":"90","step":2}"#, answer: #"{"id":1,"error":"step: is not known; known are id, "#),
  ExecRow(line: #"{"id":1,"code":"90","code":"91"}"#, answer: #"{"id":1,"error":"code: comes twice"}"#),
  ExecRow(
    line: #"{"id":1,"code":"90","regs":{"rax":"1","rax":"2"}}"#, answer: #"{"id":1,"error":"regs.rax: comes twice"}"#),
  ExecRow(
    line: #"{"id":1,"code":"90","map":[{"address":"0","size":"0x1000","access":"r","right":1}]}"#,
    answer: #"{"id":1,"error":"map[0].right: is not known; known are address, size, access"}"#),
  ExecRow(
    line: #"{"id":1,"code":"90","map":[{"address":"0","size":"0x1000"}]}"#,
    answer: #"{"id":1,"error":"map[0].access: is missing"}"#),
  ExecRow(line: #"{"id":1,"code":90}"#, answer: #"{"id":1,"error":"code: 90 is not a text"}"#),
  ExecRow(line: #"{"id":1,"code":"90","steps":1.5}"#, answer: #"{"id":1,"error":"steps: 1.5 is not a whole number"}"#),
  ExecRow(line: #"{"id":1,"code":"90","st":{}}"#, answer: #"{"id":1,"error":"st: is an object and not an array"}"#),
  ExecRow(line: #"{"id":1,"code":"90",}"#, answer: #""error":"the line is not JSON: byte 21: a name in quotes"#),
  ExecRow(line: "[1]", answer: #"{"id":null,"error":"the line is not a JSON object"}"#),
  ExecRow(
    line: #"{"a":"# + String(repeating: "[", count: 100_000),
    answer: #"{"id":null,"error":"the line is not JSON: byte 69: "#),
  ExecRow(line: #"{"id":1,"code":"90","regs":null,"cpl":null}"#, answer: #""exception":null,"retired":1}"#),
  ExecRow(line: #"{"id":1,"code":"90","regs":{"rax":5,"r8":"1fh","r9":"0X10"}}"#, answer: #""r8":"0x1f","r9":"0x10""#),
  ExecRow(
    line: #"{"id":1,"code":"90","regs":{"eax":"0xffffffff","r15d":"7"}}"#, answer: #""r15":"0x7","rip":"0x10000001""#),
  ExecRow(
    line: #"{"id":1,"code":"90","regs":{"eax":"0x100000000"}}"#,
    answer: #"{"id":1,"error":"eax: '0x100000000' is not a number of at most 32 bits"}"#),
  ExecRow(
    line: #"{"id":1,"code":"0f58c1","regs":{"xmm0":"0x3f800000","xmm1":"00000040000000000000000000000000"}}"#,
    answer: #""ymm":{"0":"00004040000000000000000000000000"#),
  ExecRow(line: #"{"id":1,"code":"90","regs":{"xmm16":"0x0"}}"#, answer: #""error":"regs: no register 'xmm16'""#),
  ExecRow(line: #"{"id":1,"code":"90","regs":{"xmm0":"00"}}"#, answer: #""error":"xmm0: 1 bytes, not 16""#),
  // Real mode reaches all of it.
  ExecRow(
    line: #"{"id":1,"mode":"real16","code":"8807","regs":{"rax":"0x41"},"segments":{"ds":"0xb800"},"#
      + #""memory":[{"address":"0xb8000","data":"2007"}]}"#,
    answer: #""memory":[{"address":"0xb8000","data":"4107"}],"exception":null"#),
  ExecRow(
    line: #"{"id":1,"mode":"real16","code":"8807","regs":{"rax":"0x41","rbx":"0x10"},"segments":{"ds":"0xffff"},"#
      + #""memory":[{"address":"0x100000","data":"2007"}]}"#,
    answer: #""memory":[{"address":"0x100000","data":"4107"}],"exception":null"#),
  ExecRow(
    line: #"{"id":1,"mode":"real16","code":"90","memory":[{"address":"0x10ffef","data":"aa"},{"address":"0xa0000","#
      + #""data":"bb"},{"address":"0xbffff","data":"cc"}],"map":[{"address":"0xa0000","size":"0x20000","access":"rw"}]}"#,
    answer: #""data":"aa"},{"address":"0xa0000","data":"bb"},{"address":"0xbffff","data":"cc"}],"exception":null"#),
  ExecRow(
    line: #"{"id":1,"mode":"real16","code":"90","memory":[{"address":"0xa0000","data":"00"}]}"#,
    answer: #""data":"00"}],"exception":null"#),
  ExecRow(
    line: #"{"id":1,"mode":"real16","code":"90","map":[{"address":"0x200000","size":"0x1000","access":"rw"}]}"#,
    answer: #""error":"map: 0x200000 and its size lie beyond 0x10ffef, the last byte of real mode""#),
  ExecRow(
    line: #"{"id":1,"mode":"real16","code":"cd10"}"#,
    answer: #""exception":{"vector":16,"error":"0x0","cr2":"0x0"},"retired":0"#),
  ExecRow(line: #"{"id":1,"mode":"real16","code":"cd10"}"#, answer: #""rip":"0x7c02""#),
  ExecRow(line: #"{"id":1,"mode":"real16","code":"cdff"}"#, answer: #""exception":{"vector":255,"#),
  ExecRow(line: #"{"id":1,"code":"cd80"}"#, answer: #""exception":{"vector":13,"error":"0x402","#),
]

/// Code for newer processors, and what it is called.
private let newerRows: [(code: String, name: String)] = [
  ("c5f458c2", "VADDPS (AVX)"), ("c5f877", "VZEROUPPER (AVX)"), ("c5fdfec1", "VPADDD (AVX2)"),
  ("c5f9fec1", "VPADDD (AVX)"), ("c4e271f7c0", "SHLX (BMI2)"), ("c4e270f2c0", "ANDN (BMI1)"),
  ("c4e2f1a8c2", "VFMADD213PD (FMA)"), ("c4e27d13c0", "VCVTPH2PS (F16C)"), ("c4e3fd00c000", "VPERMQ (AVX2)"),
  ("62f1744858c2", "an instruction of AVX-512"), ("660f3800c1", "PSHUFB (SSSE3)"), ("660f3817c1", "PTEST (SSE4.1)"),
  ("f20f38f1c1", "CRC32 (SSE4.2)"), ("660f38dcc1", "AESENC (AES)"), ("660f3a44c100", "PCLMULQDQ (PCLMULQDQ)"),
  ("0f38c8c1", "SHA1NEXTE (SHA)"), ("f20f7cc1", "HADDPS (SSE3)"), ("0fc7f0", "RDRAND (RDRAND)"),
  ("0fc7f8", "RDSEED (RDSEED)"), ("0f01d0", "XGETBV (XSAVE)"), ("660f38f6c1", "ADCX (ADX)"),
]

@Suite("The contract of emu exec")
struct ExecContractTests {
  @Test("A line and its answer", arguments: execRows)
  func line(_ row: ExecRow) throws {
    let outcome = try runEmu(["exec", "--batch"], input: Array("\(row.line)\n".utf8))
    #expect(outcome.status == 0 && outcome.text.contains(row.answer), "\(outcome.text) \(outcome.errors)")
  }

  @Test("One request leaves nothing to the next")
  func forgets() throws {
    let first =
      #"{"mode":"real16","code":"90","memory":[{"address":"0xb8000","data":"aa"},{"address":"0x100000","data":"bb"}]}"#
    let second = first.replacingOccurrences(of: "aa", with: "00").replacingOccurrences(of: "bb", with: "00")
      .replacingOccurrences(of: #""code":"90""#, with: #""code":"a00100","segments":{"ds":"0xb800"}"#)
    let outcome = try runEmu(["exec", "--batch"], input: Array("\(first)\n\(second)\n".utf8))
    let answers = outcome.text.split(separator: "\n")
    #expect(answers.count == 2 && answers[1].contains(#""rax":"0x0""#), "\(outcome.text)")
  }

  @Test("A line without end is answered, and the batch goes on")
  func longLine() throws {
    var input = [UInt8](repeating: UInt8(ascii: "a"), count: (16 << 20) + 1)
    input += Array("\n{\"id\":1,\"code\":\"zz\"}\n".utf8)
    let outcome = try runEmu(["exec", "--batch"], input: input)
    let sentence = #"{"id":null,"error":"the line has more than 16777216 bytes"}"#
    #expect(outcome.text == "\(sentence)\n{\"id\":1,\"error\":\"code: 'zz' is not hexadecimal\"}\n", "\(outcome.text)")
  }

  @Test("#UD of code for a newer processor names instruction and feature", arguments: newerRows)
  func newer(_ code: String, _ name: String) throws {
    let outcome = try runEmu(["exec", code])
    #expect(outcome.text.contains("the bytes are \(name): the model lacks "), "\(outcome.text)")
  }

  @Test(
    "An error code is printed where the exception has one",
    arguments: [
      ("0f0b", "#UD\n"), ("c5f458c2", "#UD\nthe bytes are VADDPS (AVX): the model lacks AVX\n"),
      ("0f01c8", "#UD\nthe bytes are MONITOR (MONITOR): the model lacks MONITOR\n"), ("f7f1", "#DE\n"),
      ("f4", "#GP, error code 0x0\n"), ("8b03", "#PF, error code 0x4, CR2 0x0\n"),
    ])
  func errorCode(_ code: String, _ lines: String) throws {
    let outcome = try runEmu(["exec", code])
    #expect(outcome.text == lines + "0 retired\n", "\(outcome.text)")
  }

  @Test(
    "YMM registers and PKRU of a batch go in and come out",
    arguments: [
      ("amd-v3", #"{"code":"90","ymm":{"3":"\#(vector)"}}"#, #""3":"\#(vector)""#),
      ("zen4", #"{"code":"90","ymm":{"15":"\#(vector)"},"regs":{"pkru":"0x55555554"}}"#, #""15":"\#(vector)""#),
      ("zen4", #"{"code":"90","regs":{"pkru":"0x55555554"}}"#, #""rflags":"0x202","pkru":"0x55555554"}"#),
      ("zen4", #"{"code":"0f01ef","regs":{"rax":"0x30"}}"#, #""rflags":"0x202","pkru":"0x30"}"#),
      ("amd-v3", #"{"code":"90"}"#, #""rflags":"0x202"},"ymm""#),
    ])
  func vectors(_ model: String, _ line: String, _ answer: String) throws {
    let outcome = try runEmu(["exec", "--batch", "--cpu", model], input: Array((line + "\n").utf8))
    #expect(outcome.text.contains(answer), "\(outcome.text)")
  }

  /// 32 bytes, none twice.
  private static let vector = (1...32).map { $0 < 16 ? "0\(String($0, radix: 16))" : String($0, radix: 16) }.joined()

  @Test("What is no instruction anywhere has no such name", arguments: ["0f0b", "f0", "0fff", "d6"])
  func undefined(_ code: String) throws {
    let outcome = try runEmu(["exec", "--mode", "long64", code, "--cpl", "0"])
    #expect(!outcome.text.contains("the model lacks"), "\(outcome.text)")
  }

  @Test(
    "Registers on the command line",
    arguments: [
      (["90", "rax=1", "rax=2"], "emu: regs: 'rax' comes twice"), (["ffc0", "eax=0fh"], "rax      0xf -> 0x10"),
      (["0f58c1", "xmm0=0x3f800000", "xmm1=0x40000000"], "ymm0[0]  0x3f800000 -> 0x40400000"),
      (["90", "pkru=1"], "emu: regs: pkru is given, and the model amd-v1 lacks PKU"),
      (["--cpu", "zen4", "0f01ef", "rax=4", "pkru=8"], "pkru     0x8 -> 0x4"),
      (["--cpu", "icelake", "0f01ee", "pkru=0xfffffffc"], "rax      0x0 -> 0xfffffffc"),
      (["--cpu", "zen4", "90", "pkru=0x100000000"], "emu: pkru: '0x100000000' is not a number of at most 32 bits"),
      (["--cpu", "amd-v3", "c5f5fcc1", "ymm1=0x1" + String(repeating: "0", count: 32)], "ymm0[2]  0x0 -> 0x2"),
    ])
  func words(_ arguments: [String], _ line: String) throws {
    let outcome = try runEmu(["exec"] + arguments)
    #expect((outcome.text + outcome.errors).split(separator: "\n").contains(Substring(line)), "\(outcome)")
  }
}
