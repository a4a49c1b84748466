/// Scripts on test ROMs. `detach` lets the ROM go on to its own end, `kill` ends emu with status 0.
let gdbRows: [GDBRow] = [
  GDBRow(
    name: "first instruction", script: ["p/x $pc", "x/2i $pc", "detach"],
    expected: ["$1 = 0x1000", "cli", "cld"]),
  GDBRow(
    name: "break", script: ["break main", "continue", "p $pc == &main", "x/i $pc", "detach"],
    expected: ["Breakpoint 1, 0x", "$1 = 1", "lea "]),
  GDBRow(
    name: "hbreak", script: ["hbreak print", "continue", "bt 1", "detach"], expected: ["Breakpoint 1, 0x", "#0  "]),
  GDBRow(
    name: "break three times, delete, run to the end",
    script: ["break print", "continue", "continue", "continue", "delete", "continue"],
    expected: ["Breakpoint 1,", "Breakpoint 1,", "Breakpoint 1,", "exited normally"]),
  GDBRow(
    name: "a breakpoint is taken again at each pass", script: ["break print", "ignore 1 1", "continue", "info break"],
    expected: ["Breakpoint 1,", "already hit 2 times"]),
  GDBRow(
    name: "memory is not patched", script: ["break main", "stepi", "x/3xb &main", "continue", "x/3xb &main", "detach"],
    expected: ["0x48 0x8d", "Breakpoint 1,", "0x48 0x8d"]),
  GDBRow(
    name: "a conditional breakpoint", guest: ["strings"],
    script: ["break print if $rsp != 0", "continue", "p $rsp != 0", "detach"], expected: ["Breakpoint 1,", "$1 = 1"],
    status: 33),
  GDBRow(
    name: "watch", guest: ["failing"], script: ["watch *(unsigned int *)&boot_eax", "continue", "continue", "detach"],
    expected: ["Hardware watchpoint 1", "Old value = 0", "New value = 732803074"], status: 3),
  GDBRow(
    name: "rwatch", script: ["rwatch *(char *)&ticks", "continue", "p $_exitcode", "x/i $pc", "detach"],
    expected: ["Hardware read watchpoint 1", "Value = "]),
  GDBRow(
    name: "awatch", script: ["awatch *(char *)&ticks", "continue", "continue", "detach"],
    expected: ["Hardware access (read/write) watchpoint 1", "Hardware access (read/write) watchpoint 1"]),
  GDBRow(
    name: "watch a location by its address", script: ["watch -l *(char *)&ticks", "continue", "bt 1", "detach"],
    expected: ["Hardware watchpoint 1", "New value = 1", "#0  "]),
  GDBRow(
    name: "stepi",
    script: ["stepi", "p/d (long) $pc - (long) &rom_entry", "stepi", "p/d (long) $pc - (long) &rom_entry", "detach"],
    expected: ["$1 = 1", "$2 = 2"]),
  GDBRow(
    name: "stepi by the thousand", script: ["stepi 1000", "p/x $cs", "p $pc > 0x100000", "detach"],
    expected: ["= 0x8", "= 1"]),
  GDBRow(
    name: "nexti over a call",
    script: [
      "break main", "continue", "nexti", "x/i $pc", "nexti", "p/d (long) $pc - (long) &main", "detach",
    ], expected: ["Breakpoint 1,", "call", "$1 = 12"]),
  GDBRow(
    name: "advance",
    script: ["break main", "continue", "advance *((long) &main + 12)", "p/d (long) $pc - (long) &main", "detach"],
    expected: ["Breakpoint 1,", "$1 = 12"]),
  GDBRow(
    name: "system registers",
    script: [
      "break main", "continue",
      "info registers cr0 cr3 efer gdtr_base idtr_limit tr_attributes cs_attributes lstar apic_base activity", "detach",
    ],
    expected: [
      "Breakpoint 1,", "cr0 ", "cr3 ", "efer ", "gdtr_base", "idtr_limit", "tr_attributes", "cs_attributes", "lstar",
      "apic_base      0xfee00900", "activity       0x0                 running",
    ]),
  GDBRow(
    name: "bits by name", script: ["break main", "continue", "p $cr0", "p $efer", "p $cr4", "p $eflags", "detach"],
    expected: ["PE MP ET NE WP PG ]", "SCE LME LMA NXE ]", "PAE OSFXSR OSXMMEXCPT ]", "IOPL=0"]),
  GDBRow(
    name: "p $cr3", script: ["break main", "continue", "p/x $cr3 == (long) &pml4", "detach"],
    expected: ["$1 = 0x1"]),
  GDBRow(
    name: "segments", script: ["break main", "continue", "p/x $cs", "p $cs_attributes", "p/x $tr", "detach"],
    expected: ["$1 = 0x8", "type=11 S DPL=0 P L", "$3 = 0x48"]),
  GDBRow(
    name: "XMM registers", guest: ["user-mode"],
    script: [
      "break *(0x8000000000 + (long) &user_work)", "continue", "stepi 5", "p/x $xmm1.v2_int64[0] == $rax", "p $mxcsr",
      "kill",
    ], expected: ["Breakpoint 1,", "$1 = 0x1", "IM DM ZM OM UM PM"], status: 0),
  GDBRow(
    name: "writes to registers and memory",
    script: [
      "break main", "continue", "set $rax = 0x1234", "p/x $rax", "set {int} &ticks = 77", "p {int} &ticks",
      "set $eflags |= 1", "p $eflags & 1", "kill",
    ], expected: ["$1 = 0x1234", "$2 = 77", "$3 = 1"]),
  GDBRow(
    name: "written code is executed",
    script: [
      "break main", "continue", "stepi", "set {char} $pc = 0x90", "set {char} ($pc + 1) = 0xf4", "stepi", "x/i $pc",
      "p/d (long) $pc - (long) &main", "stepi", "p $activity", "stepi", "stepi",
    ], expected: ["hlt", "$1 = 8", "= halted", "received signal SIGSTOP", "exited normally"]),
  GDBRow(
    name: "jump",
    script: [
      "break print", "continue", "p $rsi == (long) &greeting", "jump *((long) &main)", "p $rsi == (long) &greeting",
      "kill",
    ], expected: ["Breakpoint 1,", "$1 = 1", "Breakpoint 1,", "$2 = 1"]),
  GDBRow(
    name: "x of what is not mapped", script: ["break main", "continue", "x/x 0x700000000000", "detach"],
    expected: ["Cannot access memory at address 0x700000000000"]),
  GDBRow(
    name: "an interrupt's handler",
    script: ["break tick", "continue", "p $pc == &tick", "p $eflags & 0x200", "detach"],
    expected: ["Breakpoint 1,", "$1 = 1", "$2 = 0"]),
  GDBRow(
    name: "the handler of an exception", guest: ["user-mode"],
    script: [
      "break trap_stubs", "tbreak *(0x8000000000 + (long) &user_work)", "continue", "p $cs & 3", "info threads", "kill",
    ], expected: ["Temporary breakpoint 2,", "$1 = 3", "64-bit mode, CPL 3"]),
  GDBRow(
    name: "two processors are threads", guest: ["--cpus", "2", "hello"],
    script: ["info threads", "thread 2", "p $activity", "thread 1", "p $activity", "detach"],
    expected: [
      "Thread 1 (processor 0, protected mode, 32-bit code, CPL 0, running)",
      "Thread 2 (processor 1, real mode, CPL 0, waits for SIPI)",
      "Switching to thread 2", "wait_for_SIPI", "Switching to thread 1", "running",
    ]),
  GDBRow(
    name: "the second processor's start", guest: ["--cpus", "4", "smp"],
    script: ["hbreak *0x8000", "continue", "p/x $cs", "p/x $pc", "p/x $rip_in_cs", "x/i $pc", "thread", "kill"],
    expected: ["Switching to Thread 2", "= 0x800", "= 0x8000", "= 0x0", "cli", "Current thread is 2"]),
  GDBRow(
    name: "stepi on the second processor", guest: ["--cpus", "4", "smp"],
    script: ["hbreak *0x8000", "continue", "stepi", "p/x $pc", "thread", "kill"],
    expected: ["= 0x8001", "Current thread is 2"]),
  GDBRow(
    name: "monitor",
    script: [
      "monitor help", "monitor tick", "stepi", "monitor tick", "monitor nothing", "break main", "continue",
      "monitor walk 0x100000", "monitor walk 0x700000000000", "monitor walk x", "monitor events", "detach",
    ],
    expected: [
      "physical on|off", "0 ticks", "1 ticks", "there is no such command", "Breakpoint 1,", "PML4E[0] at 0x",
      "maps to physical 0x100000, RAM, by a 2 MiB page", "is not present", "x is neither an address nor a symbol",
      "none",
    ]),
  GDBRow(
    name: "physical memory",
    script: [
      "break main", "continue", "x/xw 0x10000000000", "monitor physical on", "x/xw &main", "x/xw 0xffffffffffff0000",
      "monitor physical off", "maintenance packet Qqemu.PhyMemMode:1", "maintenance packet qqemu.PhyMemMode", "detach",
    ],
    expected: [
      "Cannot access memory at address 0x10000000000", "guest-physical", "<main>: ",
      "Cannot access memory at address 0xffffffffffff0000", "are now linear", "received: \"OK\"", "received: \"1\"",
    ]),
  GDBRow(
    name: "real mode, shown as x86-64: break and stepi on linear addresses",
    guest: ["--gdb-architecture", "x86-64", "real-mode"], architecture: "i386:x86-64",
    script: [
      "break *0x8000", "continue", "p/x $pc", "stepi", "p/x $pc", "kill",
    ],
    expected: ["Breakpoint 1,", "$1 = 0x8000", "$2 = 0x8003"]),
  GDBRow(
    name: "32-bit code, shown as x86-64", guest: ["--gdb-architecture", "x86-64", "task-switch"],
    architecture: "i386:x86-64",
    script: ["break main", "continue", "p/x $cs_attributes & 0x4000", "stepi", "info threads", "kill"],
    expected: ["Breakpoint 1,", "$1 = 0x4000", "32-bit code, CPL 0"]),
  GDBRow(
    name: "the status of an end", guest: ["failing"], script: ["continue"], expected: ["exited with code 03"],
    status: 3),
  GDBRow(name: "kill", guest: ["endless"], script: ["stepi 10", "kill"], expected: ["killed"], status: 0),
  GDBRow(
    name: "a second debugger is turned away while the first goes on",
    script: [
      "stepi", "shell bash -c 'exec 3<>/dev/tcp/127.0.0.1/PORT; timeout 9 cat <&3; echo second got status $?'",
      "stepi", "monitor tick", "detach",
    ], expected: ["second got status 0", "2 ticks", "detached"], errors: ["a second debugger wanted to connect"]),
  GDBRow(name: "detach", guest: ["strings"], script: ["detach"], expected: ["detached"], status: 33),
  GDBRow(
    name: "a limit ends a guest that GDB has let run", guest: ["--max-ticks", "300000", "endless"],
    script: ["continue"], expected: ["exited with code 0174"], status: 124),
  GDBRow(
    name: "a reboot under GDB", guest: ["--reboot", "reset-cf9"],
    script: ["break rom_entry", "continue", "p/x $rax", "kill"], expected: ["Breakpoint 1,", "$1 = 0x2badb002"]),
]

/// Scripts on `ToyTarget.looping()`: 1000h `inc rax`, 1003h store at 8000h, 100Ah load, 1011h NOP, 1012h jump.
let reverseRows: [GDBRow] = [
  GDBRow(
    name: "reverse-stepi", script: ["stepi", "stepi", "p/x $pc", "reverse-stepi", "p/x $pc", "p $rax", "kill"],
    expected: ["$1 = 0x100a", "$2 = 0x1003", "$3 = 1"]),
  GDBRow(
    name: "reverse-stepi to the beginning", script: ["stepi", "reverse-stepi", "reverse-stepi", "p/x $pc", "kill"],
    expected: ["No more reverse-execution history", "$1 = 0x1000"]),
  GDBRow(
    name: "reverse-continue to the beginning", script: ["stepi 20", "reverse-continue", "p/x $pc", "p $rax", "kill"],
    expected: ["No more reverse-execution history", "$1 = 0x1000", "$2 = 0"]),
  GDBRow(
    name: "reverse-continue to a breakpoint",
    script: [
      "stepi 12", "p/x $pc", "break *0x1003", "reverse-continue", "p/x $pc", "p $rax", "reverse-continue", "p $rax",
      "kill",
    ],
    expected: ["$1 = 0x100a", "Breakpoint 1, 0x0000000000001003", "$2 = 0x1003", "$3 = 3", "Breakpoint 1,", "$4 = 2"]),
  GDBRow(
    name: "reverse watch",
    script: [
      "stepi 9", "p {int} 0x8000", "watch {int} 0x8000", "reverse-continue", "p {int} 0x8000", "p/x $pc", "kill",
    ], expected: ["$1 = 2", "Hardware watchpoint 1", "Old value = 2", "New value = 1", "$2 = 1", "$3 = 0x1003"]),
  GDBRow(
    name: "set exec-direction reverse",
    script: [
      "stepi 3", "set exec-direction reverse", "stepi", "p/x $pc", "continue", "p/x $pc", "kill",
    ], expected: ["$1 = 0x100a", "No more reverse-execution history", "$2 = 0x1000"]),
  GDBRow(
    name: "watch, forwards", script: ["watch {int} 0x8000", "continue", "continue", "p {int} 0x8000", "kill"],
    expected: ["Old value = 0", "New value = 1", "Old value = 1", "New value = 2", "$1 = 2"]),
  GDBRow(
    name: "rwatch", script: ["rwatch *(int *) 0x8000", "continue", "p/x $pc", "kill"],
    expected: ["Hardware read watchpoint 1", "Value = 1", "$1 = 0x1011"]),
  GDBRow(
    name: "end", script: ["set $pc = 0x2000", "continue"], expected: ["exited with code 07"]),
]
