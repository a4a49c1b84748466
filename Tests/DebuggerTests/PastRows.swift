private let remember = "python past = gdb.execute('info all-registers', to_string=True)"
private let compare =
  "python print('the same' if gdb.execute('info all-registers', to_string=True) == past else 'another')"

/// Scripts that go back on test ROMs.
let pastRows: [GDBRow] = [
  GDBRow(
    name: "N steps there and back: every register",
    script: [
      "break main", "continue", remember, "stepi 20", compare, "reverse-stepi 20", compare, "p $pc == &main", "detach",
    ], expected: ["Breakpoint 1,", "another", "the same", "$1 = 1"]),
  GDBRow(
    name: "reverse-continue to an earlier breakpoint",
    script: [
      "break main", "break print", "continue", "continue", "delete 2", "reverse-continue", "p $pc == &main", "detach",
    ], expected: ["Breakpoint 1,", "Breakpoint 2,", "Breakpoint 1,", "$1 = 1"]),
  GDBRow(
    name: "reverse-continue to the beginning, and on to the end",
    script: [
      "break main", "continue", "delete", "reverse-continue", "p $pc == &rom_entry", "reverse-stepi", "monitor tick",
      "continue",
    ],
    expected: [
      "Breakpoint 1,", "No more reverse-execution history", "$1 = 1", "No more reverse-execution history", "0 ticks",
      "exited normally",
    ]),
  GDBRow(
    name: "watch there and back",
    script: [
      "watch *(char *)&ticks", "continue", "reverse-continue", "p *(char *)&ticks", "x/i $pc", "continue",
      "reverse-continue", "reverse-continue", "p $pc == &rom_entry", "delete", "continue",
    ],
    expected: [
      "Old value = 0", "New value = 1", "Old value = 1", "New value = 0", "$1 = 0", "inc", "Old value = 0",
      "New value = 1", "Old value = 1", "New value = 0", "No more reverse-execution history", "$2 = 1",
      "exited normally",
    ]),
  GDBRow(
    name: "awatch back",
    script: [
      "awatch *(char *)&ticks", "continue", "continue", "reverse-continue", "x/i $pc", "reverse-continue", "x/i $pc",
      "reverse-continue", "kill",
    ],
    expected: [
      "Hardware access (read/write) watchpoint 1", "Value = 1", "cmp", "Old value = 1", "New value = 0", "inc",
      "No more reverse-execution history",
    ]),
  GDBRow(
    name: "back over SYSCALL", guest: ["corners-privilege"],
    script: [
      "break *&syscall_landing", "continue", "p $cs & 3", remember, "reverse-stepi", "p $cs & 3", "x/i $pc", "stepi",
      "p $pc == &syscall_landing", compare, "kill",
    ],
    expected: ["Breakpoint 1,", "$1 = 0", "$2 = 3", "syscall", "Breakpoint 1,", "$3 = 1", "the same"]),
  GDBRow(
    name: "back over the delivery of an exception to user code", guest: ["user-mode"],
    script: [
      "break *((long) &trap_stubs + 16 * 14)", "continue", "p $cs & 3", "p/x $cr2", remember, "reverse-stepi",
      "p $cs & 3", "x/i $pc", "reverse-stepi", "x/i $pc", "stepi 2", compare, "kill",
    ],
    expected: [
      "Breakpoint 1,", "$1 = 0", "$2 = 0x100000", "$3 = 3", "0x100000,%al", "jne ", "Breakpoint 1,", "the same",
    ]),
  GDBRow(
    name: "back over an interrupt that ended HLT",
    script: [
      "break *((long) &trap_stubs + 16 * 0x30)", "continue", "reverse-stepi", "p $activity", "x/i $pc - 1",
      "reverse-stepi", "p $activity", "x/i $pc", "stepi 2", "p $eflags & 0x200", "detach",
    ],
    expected: ["Breakpoint 1,", "= halted", "hlt", "= running", "hlt", "Breakpoint 1,", "= 0"]),
  GDBRow(
    name: "a processor's last step, then another's", guest: ["--cpus", "4", "smp"],
    script: [
      "hbreak *0x8000", "continue", "stepi 3", remember, "stepi", compare, "reverse-stepi", compare, "thread 1",
      "p $pc > 0x100000", remember, "reverse-stepi", compare, "thread", "delete", "reverse-continue", "thread 2",
      "p $activity", "kill",
    ],
    expected: [
      "Thread 2 hit Breakpoint 1", "another", "the same", "Switching to thread 1", "$1 = 1", "another",
      "Current thread is 1", "No more reverse-execution history", "= wait_for_SIPI",
    ]),
  GDBRow(
    name: "real mode, back", guest: ["--gdb-architecture", "x86-64", "real-mode"], architecture: "i386:x86-64",
    script: [
      "break *0x8000", "continue", "stepi 5", remember, "stepi 3", compare, "reverse-stepi 3", compare,
      "reverse-continue", "p/x $pc", "kill",
    ], expected: ["Breakpoint 1,", "another", "the same", "Breakpoint 1,", "$1 = 0x8000"]),
  GDBRow(
    name: "reverse-nexti over a call",
    script: [
      "break main", "continue", "delete", "nexti 2", "p (long) $pc - (long) &main", "reverse-nexti",
      "p (long) $pc - (long) &main", "detach",
    ], expected: ["Breakpoint 1,", "$1 = 12", "$2 = 7"]),
  GDBRow(
    name: "a changed register in the past is a new future",
    script: [
      "break print", "continue", "reverse-stepi", "stepi", "set $rip = (long) &tick", "reverse-stepi", "p $pc == &tick",
      "kill",
    ], expected: ["Breakpoint 1,", "$1 = 0"]),
  GDBRow(
    name: "back over serial input", guest: ["echo"],
    script: [
      "break received", "continue", "p $al", "continue", "p $al", "reverse-continue", "p $al", "continue", "p $al",
      "p {int} &count", "delete", "continue",
    ],
    expected: [
      "$1 = 97", "$2 = 98", "$3 = 97", "$4 = 98", "$5 = 1", "exited with code 041",
    ], status: 33, input: "abq"),
  GDBRow(
    name: "a triple fault can be looked at and left", guest: ["triple-fault"],
    script: [
      "continue", "x/i $pc", "p $activity", "p/x $idtr_limit", "monitor report", "reverse-stepi", "p $activity",
      "reverse-stepi", "x/i $pc", "stepi", "stepi", "break main", "reverse-continue", "p $pc == &main", "delete",
      "continue", "continue",
    ],
    expected: [
      "triple fault: #UD", "received signal SIGSEGV", "ud2", "= shutdown", "= 0x0", "#UD, invalid opcode",
      "outcome shutdown", "= running", "lidt", "triple fault: #UD", "received signal SIGSEGV", "Breakpoint 1,",
      "= 1", "received signal SIGSEGV", "exited with code 0126",
    ], status: 86, errors: ["triple fault: #UD", "outcome shutdown", "RIP is main+0x7", "triple fault: #UD"]),
  GDBRow(
    name: "halted for good, and back", guest: ["dead"],
    script: ["continue", "p $activity", "reverse-stepi", "p $activity", "x/i $pc", "continue", "continue"],
    expected: [
      "halted for good", "received signal SIGSTOP", "= halted", "= running", "hlt", "received signal SIGSTOP",
      "exited normally",
    ], errors: ["halted for good"]),
  GDBRow(
    name: "a reset, and back", guest: ["reset-port92"],
    script: ["continue", "reverse-stepi", "x/i $pc", "stepi", "continue"],
    expected: [
      "reset by port 92h", "received signal SIGTERM", "out ", "received signal SIGTERM", "exited with code 0130",
    ], status: 88, errors: ["reset by port 92h"]),
  GDBRow(
    name: "stepi from a triple fault ends", guest: ["triple-fault"], script: ["continue", "stepi"],
    expected: ["received signal SIGSEGV", "exited with code 0126"], status: 86,
    errors: ["triple fault: #UD", "outcome shutdown"]),
  GDBRow(
    name: "detach from a triple fault ends", guest: ["triple-fault"], script: ["continue", "detach"],
    expected: ["received signal SIGSEGV", "detached"], status: 86, errors: ["triple fault: #UD", "outcome shutdown"]),
  GDBRow(
    name: "kill at a triple fault", guest: ["triple-fault"], script: ["continue", "kill"],
    expected: ["received signal SIGSEGV", "killed"], errors: ["triple fault: #UD", "outcome shutdown"]),
  GDBRow(
    name: "a triple fault after detach has its report", guest: ["triple-fault"], script: ["detach"],
    expected: ["detached"], status: 86, errors: ["triple fault: #UD", "outcome shutdown", "RIP is main+0x7"]),
  GDBRow(
    name: "monitor tables, info, report, last, seek", guest: ["user-mode"],
    script: [
      "monitor report", "break *((long) &trap_stubs + 16 * 14)", "continue", "monitor tables gdt tss", "monitor info",
      "monitor story", "monitor last 2", "monitor seek 5", "maintenance flush register-cache", "monitor tick",
      "monitor report 3", "monitor report 0", "monitor last x", "monitor seek x", "monitor tables x",
      "monitor walk user_work", "kill",
    ],
    expected: [
      "there was none", "Breakpoint 1,", "processor 0 after ", "GDT at ", "<- CS", "64-bit TSS, TR 0x48",
      "position ", "the past begins at 0: ", "processor 0, 64-bit mode, CPL 0, running, next at 0x1002a0",
      "RAM 256 MiB",
      "local APIC 0 at FEE00000h", "#PF(0x5), page fault", "jne ", "-> #PF 0xe", "position 5;", "5 ticks",
      "monitor report 0: is not a number from 1 to 10000", "monitor last x: is not a number",
      "monitor seek x: is not a position", "x is none of gdt, idt, tss, pages, tree",
      "no paging",
    ]),
]
