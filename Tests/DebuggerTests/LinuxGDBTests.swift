import Foundation
import TestSupport
import Testing

/// Debian's kernel under GDB: its own /proc/kallsyms gives the names.
@Suite("GDB and Debian's kernel", .serialized)
struct LinuxGDBTests {
  @Test(
    "Break at kernel symbols, step back over a system call's entry, find who wrote a variable",
    .enabled(if: !Build.isDebug, "a debug build is too slow"),
    .enabled(if: DebianKernel.isThere, "\(DebianKernel.absence)"))
  func debugs() throws {
    let map = try DebianKernel.systemMap.get()
    let emu = try DebuggedEmu(
      options: ["--timeout", "250", "--symbols", map.path] + DebianKernel.arguments("uname -a; poweroff -f"))
    let text = try GDBRun.script(linuxScript, file: nil, address: emu.address, seconds: 250)
    let (status, errors) = emu.finish()
    #expect(missing(linuxLines, in: text) == [], "\(text)")
    #expect(status == 0, "\(errors)")
  }
}

private let linuxScript = [
  "hbreak start_kernel", "continue", "bt 2", "delete",
  // The first system call of the first program, there and back.
  "break entry_SYSCALL_64", "continue", "p/x $cs & 3", "set $call = $rcx - 2", "set $number = $rax", "reverse-stepi",
  "p/x $cs & 3", "p $pc == $call", "x/i $pc", "p $rax == $number", "stepi", "x/i $pc", "delete",
  // By name into the kernel, and back to where the call came in.
  "break do_sys_openat2", "continue", "x/s $rsi", "delete", "break entry_SYSCALL_64", "reverse-continue", "p $rax",
  "reverse-stepi", "p/x $cs & 3", "delete",
  // Who wrote the count of ticks last.
  "break do_sys_openat2", "continue", "delete", "watch *(unsigned long *)&jiffies_64", "reverse-continue", "bt 1",
  "delete", "detach",
]

private let linuxLines = [
  "Reading symbols from target:/emu/guest.elf", "Breakpoint 1, 0xffffffff", "in start_kernel ()",
  "in secondary_startup_64", "in entry_SYSCALL_64 ()", "$1 = 0x0", "$2 = 0x3", "$3 = 1", "syscall", "$4 = 1",
  "<entry_SYSCALL_64>:", "in do_sys_openat2 ()", "\"/", "in entry_SYSCALL_64 ()", "$5 = 257", "$6 = 0x3",
  "in do_sys_openat2 ()", "Hardware watchpoint", "Old value = ", "New value = ", "in tick_do_update_jiffies64",
  "detached",
]
