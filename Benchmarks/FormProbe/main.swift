// Runs one loop of ten kinds of instructions by the block loop or by threaded blocks, and prints the guest MIPS.
//
//   FormProbe loop|threaded ITERATIONS
import Glibc
import Interpreter
import MMU
import X86

final class NoBoard: ProcessorBus {
  func readPort(_ port: UInt16, width: Int, processor: Int) -> UInt32 { .max }
  func writePort(_ value: UInt32, _ port: UInt16, width: Int, processor: Int) {}
  func readPhysical(_ address: PhysicalAddress, width: Int, processor: Int) -> UInt64 { .max }
  func writePhysical(_ value: UInt64, _ address: PhysicalAddress, width: Int, processor: Int) {}
  func acknowledgeInterrupt(processor: Int) -> UInt8? { nil }
  func taskPriority(processor: Int) -> UInt8 { 0 }
  func setTaskPriority(_ value: UInt8, processor: Int) {}
  func readAPICRegister(_ msr: UInt32, processor: Int) -> UInt64? { nil }
  func writeAPICRegister(_ msr: UInt32, _ value: UInt64, processor: Int) -> Bool { false }
  func timeStamp(processor: Int) -> UInt64 { 0 }
  func note(_ event: String, processor: Int) { print("event: \(event)") }
}

// outer: mov rcx, 1000; movsb; mov cr3, rbp
// inner: mov rax, [rsi]; add rax, rcx; mov [rsi], rax; shl rax, 3; push rax; call f; add rsp, 8; mov rbx, rax;
//        add rcx, -1; cmp rcx, 0; jne inner; add r8, -1; cmp r8, 0; jne outer; hlt
// f:     add rdx, rax; ret
let code: [UInt8] = [
  0x48, 0xC7, 0xC1, 0xE8, 0x03, 0x00, 0x00, 0xA4, 0x0F, 0x22, 0xDD, 0x48, 0xC7, 0xC6, 0x00, 0x00, 0x20, 0x00, 0x48,
  0xC7, 0xC7, 0x00, 0x10, 0x20, 0x00,
  0x48, 0x8B, 0x06, 0x48, 0x01, 0xC8, 0x48, 0x89, 0x06, 0x48, 0xC1, 0xE0, 0x03, 0x50, 0xE8, 0x1D, 0x00, 0x00, 0x00,
  0x48, 0x83, 0xC4, 0x08, 0x48, 0x89, 0xC3, 0x48, 0x83, 0xC1, 0xFF, 0x48, 0x83, 0xF9, 0x00, 0x75, 0xDC,
  0x49, 0x83, 0xC0, 0xFF, 0x49, 0x83, 0xF8, 0x00, 0x75, 0xB9, 0xF4, 0x90,
  0x48, 0x01, 0xC2, 0xC3,
]

let form = CommandLine.arguments.count > 1 ? CommandLine.arguments[1] : "loop"
let rounds = CommandLine.arguments.count > 2 ? UInt64(CommandLine.arguments[2]) ?? 20_000 : 20_000
let memory = try GuestMemory(byteCount: 16 << 20)
_ = memory.write(code, at: PhysicalAddress(0x100000))
func put(_ value: UInt64, _ address: UInt64) {
  _ = memory.write((0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }, at: PhysicalAddress(address))
}
// 4 KiB pages, identity of the first 4 MiB.
put(0x3003, 0x2000)
put(0x4003, 0x3000)
put(0x5003, 0x4000)
put(0x6003, 0x4008)
for page in 0..<UInt64(1024) { put(page << 12 | 3, 0x5000 + page * 8) }
var state = ArchitecturalState()
state.rip = 0x100000
state.cr0 = 0x8000_0011
state.cr3 = 0x2000
state.cr4 = 0x20
state.efer = 0x500
state.segments[1] = SegmentState(selector: 8, base: 0, limit: 0xFFFF_FFFF, attributes: 0xA09B)
state.segments[2] = SegmentState(selector: 16, base: 0, limit: 0xFFFF_FFFF, attributes: 0xC093)
state.generalRegisters[4] = 0x300000
state.generalRegisters[5] = 0x2000
state.generalRegisters[6] = 0x200000
state.generalRegisters[7] = 0x201000
state.generalRegisters[8] = rounds
let board = NoBoard()
let processor = Processor(
  index: 0, memory: memory, cache: CodeCache(memory), bus: board, model: .amdV1)
processor.restore(state)
func cpuSeconds() -> Double {
  var time = timespec()
  _ = unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
let start = cpuSeconds()
var ticks = 0
while processor.state.activity == .running {
  ticks += form == "threaded" ? processor.runThreaded(ticks: 1 << 30) : processor.run(ticks: 1 << 30)
}
let seconds = cpuSeconds() - start
let final = processor.snapshot()
print(
  "\(form): \(ticks) instructions, \(Double(ticks) / seconds / 1e6) MIPS, RDX \(String(final.generalRegisters[2], radix: 16))"
)
