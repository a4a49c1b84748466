/// Scripts about what GDB is shown the processors as: 32-bit ELF files, 16-bit code, and changes of mind.
let architectureRows: [GDBRow] = [
  GDBRow(
    name: "ELF32: first instruction and registers", guest: ["--gdb-registers", "control", "calls32"],
    script: ["show architecture", "x/2i $pc", "info registers", "detach"],
    expected: [
      "currently \"i386\"", "cli", "cld", "eax            0x2badb002", "esp ", "<rom_entry>",
      "eflags ", "gs ", "fs_base ", "cr0            0x11                [ PE ET ]", "cr3 ", "efer ",
    ], absent: ["rax", "rip", "r15", "lstar", "cs_attributes", "warning", "too long", "Truncated"], status: 33),
  GDBRow(
    name: "ELF32: break, stepi, nexti", guest: ["calls32"],
    script: [
      "break *&main", "continue", "p $pc == &main", "x/i $pc", "stepi", "p/d (long) $pc - (long) &main", "stepi 2",
      "nexti", "x/i $pc", "nexti", "p $pc > &main && $pc < &factorial", "detach",
    ],
    expected: ["Breakpoint 1, 0x", "$1 = 1", "push   %ebp", "$2 = 1", "push   $0x5", "$3 = 1"], status: 33),
  GDBRow(
    name: "ELF32: backtrace, up, finish", guest: ["calls32"],
    script: [
      "break factorial if *(int *) ($ebp + 8) == 2", "continue", "bt", "up", "finish", "p $eax", "bt -1", "delete",
      "continue",
    ],
    expected: [
      "Breakpoint 1, ", "#0 ", "#1 ", "#2 ", "#3 ", "in main ()", "#1  0x", "$1 = 6",
      "in main ()",
      "exited with code 041",
    ], status: 33),
  GDBRow(
    name: "ELF32: watch, reverse-stepi, reverse-finish, reverse-continue", guest: ["calls32"],
    script: [
      "watch *(int *) &touched", "continue", "reverse-stepi", "x/i $pc", "bt", "reverse-finish", "x/i $pc", "delete",
      "break factorial", "reverse-continue", "p *(int *) ($ebp + 8)", "reverse-continue", "p *(int *) ($ebp + 8)",
      "bt -1", "delete", "reverse-continue", "p $pc == &rom_entry", "p/x $eax", "continue",
    ],
    expected: [
      "Old value = 0", "New value = 4660", "movl   $0x1234,", "in touch ()", "in main ()", "call ",
      "Breakpoint 2, ", "$1 = 1", "Breakpoint 2, ", "$2 = 2", "in main ()", "No more reverse-execution history",
      "$3 = 1",
      "$4 = 0x2badb002", "exited with code 041",
    ], status: 33),
  GDBRow(
    name: "ELF32: reverse-nexti, set exec-direction", guest: ["calls32"],
    script: [
      "break *&main", "continue", "delete", "stepi 3", "set exec-direction reverse", "stepi", "x/i $pc - 1",
      "set exec-direction forward", "stepi", "nexti", "reverse-nexti", "x/i $pc", "p/d (long) $pc - (long) &main",
      "detach",
    ], expected: ["Breakpoint 1, ", "call ", "= 13"], status: 33),
  GDBRow(
    name: "ELF32: writes", guest: ["calls32"],
    script: [
      "set $eax = 0x12345678", "p/x $eax", "p/x $ax", "set $ebx = -1", "p $ebx", "set {int} &touched = 7",
      "p {int} &touched",
      "set $eip = (long) &main", "p $pc == &main", "set $xmm7.v4_int32[3] = 9", "p $xmm7.v4_int32[3]", "info float",
      "kill",
    ],
    expected: ["= 0x12345678", "= 0x5678", "= -1", "= 7", "= 1", "= 9", "Status Word:"], status: 0),
  GDBRow(
    name: "ELF32: GDB fetches the file", guest: ["calls32"], hasFile: false,
    script: ["break touch", "continue", "bt 1", "info symbol $pc", "kill"],
    expected: ["Reading symbols from target:/emu/guest.elf", "Breakpoint 1, ", "#0 ", "touch + "]),
  GDBRow(
    name: "ELF32: paging", guest: ["corners-paging32"],
    script: ["break main", "continue", "bt 0", "p $cr0", "info threads", "detach"],
    expected: ["Breakpoint 1, ", "[ PE ", "32-bit code, CPL 0"], status: 33),
  GDBRow(
    name: "`set architecture i386` without a file", guest: ["--gdb-architecture", "i386", "task-switch"],
    architecture: "i386", hasFile: false,
    script: ["show architecture", "p/x $eip == (long) &rom_entry", "stepi", "detach"],
    expected: ["set to \"i386\"", "= 0x1", "detached"], status: 33),
  GDBRow(
    name: "16-bit code", guest: ["real-mode"],
    script: [
      "break *0x8000", "continue", "unset tdesc filename", "set architecture i8086", "x/2i $pc", "stepi", "p/x $eip",
      "reverse-stepi", "p/x $eip", "set architecture i386", "x/i $pc", "kill",
    ],
    expected: [
      "Breakpoint 1, 0x00008000", "mov    $0x10,%ax", "mov    %ax,%ds", "$1 = 0x8003", "$2 = 0x8000",
      "mov    $0xd88e0010,%eax",
    ]),
  GDBRow(
    name: "ELF64 starts in 32-bit mode and is x86-64", guest: ["--gdb-registers", "control", "hello"],
    script: [
      "show architecture", "p/x $rip", "info threads", "break main", "continue", "p/x $rsp > 0", "info registers",
      "detach",
    ],
    expected: [
      "currently \"i386:x86-64\"", "= 0x1", "32-bit code, CPL 0", "Breakpoint 1, ", "= 0x1", "rax ", "r15 ", "efer ",
    ],
    absent: ["lstar", "cs_attributes", "activity"]),
  GDBRow(
    name: "from 32-bit to 64-bit while connected",
    guest: ["--gdb-architecture", "i386", "--gdb-registers", "control", "hello"], hasFile: false,
    script: [
      "monitor architecture", "break *0x100020", "p $eip", "monitor architecture x86-64", "p/x $eip",
      "unset tdesc filename",
      "show architecture", "monitor architecture", "p/x $rip", "file ROMS/hello.elf", "tbreak main", "continue",
      "p $cs & 8",
      "monitor architecture auto", "monitor architecture", "reverse-stepi", "detach",
    ],
    expected: [
      "i386", "i386 now; x86-64 after: ", "= 0x1000", "currently \"i386:x86-64\"", "x86-64", "= 0x1000",
      "Temporary breakpoint ", "= 8", "x86-64", "x86-64", "detached",
    ]),
  GDBRow(
    name: "in long mode a second connection is x86-64", guest: ["--gdb-architecture", "i386", "hello"], hasFile: false,
    script: [
      "monitor architecture auto", "stepi 20000", "p $cs", "disconnect", "target remote :PORT", "show architecture",
      "info threads", "kill",
    ], expected: ["$1 = 8", "currently \"i386:x86-64\"", "64-bit mode, CPL 0"]),
  GDBRow(
    name: "a 32-bit file and a 64-bit description", guest: ["--gdb-architecture", "x86-64", "task-switch"],
    script: ["set architecture i386:x86-64", "target remote :PORT", "p/x $rip == (long) &rom_entry", "kill"],
    expected: ["packet reply is too long", "$1 = 0x1"],
    errors: ["say set architecture i386:x86-64 before target remote, or run with --gdb-architecture i386"]),
  GDBRow(
    name: "every system register at any time", guest: ["--gdb-registers", "control", "hello"],
    script: [
      "break main", "continue", "p $lstar", "monitor registers", "monitor registers all", "unset tdesc filename",
      "p $lstar",
      "p $activity", "info registers idtr_limit cs_attributes", "monitor registers control", "unset tdesc filename",
      "p $activity", "p $pc == &main", "monitor registers few", "monitor architecture z80", "detach",
    ],
    expected: [
      "Breakpoint 1, ", "$1 = void", "cr0             0x80010033 [ PE MP ET NE WP PG ]",
      "cs_attributes   0xa09b [ type=11 S P L G ]",
      "lstar           0x0", "GDB learns of them by", "$2 = 0", "$3 = running",
      "idtr_limit     0xfff", "cs_attributes  0xa09b", "$4 = void", "$5 = 1",
      "monitor registers few: is none of all, control", "monitor architecture z80: is none of auto, i386, x86-64",
    ]),
]
