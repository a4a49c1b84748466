import Glibc
import X86Decoder

// Decodes a range of a file as 64-bit code, again and again: `make budgets` counts the host instructions of it. It
// prints instructions a second of user CPU time.
//
//   DecoderBenchmark FILE OFFSET BYTES ROUNDS

func fail(_ text: String) -> Never {
  let line = Array("DecoderBenchmark: \(text)\n".utf8)
  unsafe line.withUnsafeBytes { _ = unsafe write(2, $0.baseAddress, $0.count) }
  exit(64)
}

func userSeconds() -> Double {
  var usage = rusage()
  unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return Double(usage.ru_utime.tv_sec) + Double(usage.ru_utime.tv_usec) / 1e6
}

/// One round over code with 15 bytes more behind it: how many instructions there are, and how many bytes begin none.
func decodeAll(_ code: UnsafeBufferPointer<UInt8>, _ decoder: Decoder) -> (instructions: Int, failures: Int) {
  var instruction = Instruction()
  var (position, instructions, failures) = (0, 0, 0)
  guard let start = code.baseAddress else { return (0, 0) }
  while position < code.count - 15 {
    if unsafe decoder.decode(start + position, count: 15, mode: .code64, into: &instruction) == nil {
      instructions += 1
      position += Int(instruction.length)
    } else {
      failures += 1
      position += 1
    }
  }
  return (instructions, failures)
}

func measure() {
  let arguments = CommandLine.arguments
  guard arguments.count == 5, let offset = Int(arguments[2]), let byteCount = Int(arguments[3]),
    let rounds = Int(arguments[4]), offset >= 0, byteCount > 0, rounds > 0
  else { fail("usage: DecoderBenchmark FILE OFFSET BYTES ROUNDS") }
  var code = [UInt8](repeating: 0x90, count: byteCount + 15)
  let file = unsafe open(arguments[1], O_RDONLY)
  guard file >= 0,
    unsafe code.withUnsafeMutableBytes({ unsafe pread(file, $0.baseAddress, byteCount, off_t(offset)) }) == byteCount
  else { fail("\(arguments[1]): \(byteCount) bytes cannot be read at offset \(offset)") }
  let decoder = Decoder()
  var total = (instructions: 0, failures: 0)
  let start = userSeconds()
  for _ in 0..<rounds {
    let one = unsafe code.withUnsafeBufferPointer { unsafe decodeAll($0, decoder) }
    total = (total.instructions + one.instructions, total.failures + one.failures)
  }
  let seconds = userSeconds() - start
  let speed = Double(total.instructions) / max(seconds, 1e-6) / 1e6
  print("\(total.instructions) instructions, \(total.failures) bytes that begin none, \(seconds) s of user CPU time")
  print("\((speed * 10).rounded() / 10) million instructions a second")
}

measure()
