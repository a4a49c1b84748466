#!/usr/bin/env python3
"""Compares emu with `qemu-system-x86_64 -accel tcg` in turn, by user CPU time, and prints sizes.

  tools/bench.py EMU ROMS CACHE

Each workload runs on both, three times in turn; the smallest time counts and the time of an empty ROM is subtracted.
Outputs (checksums) must be equal. Without QEMU its columns stay empty; without Debian's kernel its row is skipped.
Then the debugger's latencies after 10^8 instructions, memory, size.
"""
import json, os, resource, shutil, socket, subprocess, sys, tempfile, time

emu, roms, cache = sys.argv[1:4]
qemu = shutil.which("qemu-system-x86_64")


def run(command):
    """User CPU seconds, standard output, standard error and peak memory in KiB of one command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    output, errors = process.communicate()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime, output, errors.decode()


def on_emu(image, *options):
    return run([emu, "run", "--stats", "--memory", "128M", *options, image])


def on_qemu(image, *options):
    return run(
        [qemu, "-accel", "tcg", "-cpu", "qemu64", "-m", "128", "-display", "none", "-serial", "stdio", "-no-reboot",
         "-monitor", "none", "-device", "isa-debug-exit,iobase=0xf4,iosize=4", "-kernel", image, *options])


def statistics(errors):
    return json.loads(errors.strip().splitlines()[-1])


print(f"{'workload':12} {'emu s':>8} {'emu MIPS':>9} {'tcg s':>8} {'emu/tcg':>8}")
null = [os.path.join(roms, "bench-null.elf")]
base_emu = min(on_emu(null[0])[0] for _ in range(3))
base_qemu = min(on_qemu(null[0])[0] for _ in range(3)) if qemu else 0
failed = False
for name in ["integer", "memory", "calls", "vector", "strings", "pagetables", "events"]:
    image = os.path.join(roms, f"bench-{name}.elf")
    times, times_qemu, outputs = [], [], set()
    for _ in range(3):
        seconds, output, errors = on_emu(image)
        times.append(seconds)
        outputs.add(output.strip())
        if qemu:
            seconds, output, _ = on_qemu(image)
            times_qemu.append(seconds)
            outputs.add(output.strip())
    if len(outputs) != 1:
        print(f"{name}: checksums differ: {outputs}")
        failed = True
        continue
    ours = max(min(times) - base_emu, 1e-3)
    speed = statistics(errors)["instructions"] / ours / 1e6
    theirs = max(min(times_qemu) - base_qemu, 1e-3) if qemu else None
    print(f"{name:12} {ours:8.2f} {speed:9.1f} " + (f"{theirs:8.2f} {ours / theirs:8.2f}" if qemu else "       -        -"))

kernel = os.path.join(cache, "vmlinuz")
if os.path.exists(kernel):
    script = 'console=ttyS0 emu.script="poweroff -f"'
    seconds, output, errors = on_emu(
        kernel, "--initrd", os.path.join(cache, "initramfs.cpio"), "--append", script)
    speed = statistics(errors)["instructions"] / seconds / 1e6
    line = f"{'linux boot':12} {seconds:8.2f} {speed:9.1f} "
    if qemu:
        theirs, output, _ = on_qemu(kernel, "-initrd", os.path.join(cache, "initramfs.cpio"), "-append", script)
        line += f"{theirs:8.2f} {seconds / theirs:8.2f}"
    print(line)
else:
    print("SKIP linux boot: Debian's kernel was not fetched")


class Debugger:
    """A client of the GDB remote protocol, on a Unix socket of `emu run --gdb`."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        for _ in range(200):
            try:
                self.socket.connect(path)
                break
            except OSError:
                time.sleep(0.02)
        self.bytes = b""
        self.ask("QStartNoAckMode")

    def packet(self):
        while True:
            start = self.bytes.find(b"$")
            end = self.bytes.find(b"#", start)
            if start >= 0 and 0 <= end <= len(self.bytes) - 3:
                content, self.bytes = self.bytes[start + 1:end], self.bytes[end + 3:]
                return content.decode()
            piece = self.socket.recv(65536)
            if not piece:
                raise EOFError("emu has gone")
            self.bytes += piece

    def ask(self, content):
        """Sends a packet; gives the answer, and what is to be printed before it."""
        self.socket.sendall(b"$%s#%02x" % (content.encode(), sum(content.encode()) & 0xFF))
        text, answer = "", self.packet()
        while answer[:1] == "O" and answer != "OK":
            text += bytes.fromhex(answer[1:]).decode()
            answer = self.packet()
        return answer, text

    def monitor(self, command):
        return self.ask("qRcmd," + command.encode().hex())[1]

    def address(self, symbol):
        """A symbol's address, as the second line of `monitor walk` has it."""
        return int(self.monitor("walk " + symbol).split("linear ")[1].split(":")[0], 16)

    def seconds(self, content, wanted):
        """How long a request takes whose answer must begin so."""
        start = time.monotonic()
        answer, _ = self.ask(content)
        passed = time.monotonic() - start
        if not answer.startswith(wanted):
            raise ValueError(f"{content} was answered by {answer}, not {wanted}")
        return passed


def latencies():
    """Prints how long steps back, and searches back and forth, take after 10^8 instructions of loads and stores."""
    window, untouched = 0x10000000000, 0x900000
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "gdb")
        process = subprocess.Popen(
            [emu, "run", "--memory", "128M", "--gdb", path, os.path.join(roms, "bench-memory.elf")],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            gdb = Debugger(path)
            rows = []

            def back(name, content, wanted, point=None):
                gdb.monitor("seek 100000000")
                if point:
                    gdb.ask("Z" + point)
                rows.append((name, gdb.seconds(content, wanted)))
                if point:
                    gdb.ask("z" + point)

            back("reverse-stepi", "bs", "T05")
            rows.append(("the next one", gdb.seconds("bs", "T05")))
            pc = int.from_bytes(bytes.fromhex(gdb.ask("p10")[0]), "little")
            back("to a breakpoint in the loop", "bc", "T05", f"1,{pc:x},1")
            back("to a breakpoint 10^8 back", "bc", "T05", f"1,{gdb.address('main'):x},1")
            back("to a word's last write", "bc", "T05watch", f"2,{window:x},8")
            back("to a page's last write", "bc", "T05watch", f"2,{window:x},1000")
            back("to no write at all", "bc", "T05replaylog:begin", f"2,{untouched:x},8")
            print("debugger after 10^8 instructions: "
                  + ", ".join(f"{name} {value * 1000:.0f} ms" for name, value in rows))
            # The rest of the way from 10^8, which has some 3 * 10^7.
            gdb.ask(f"Z1,{gdb.address('print_hex'):x},1")
            speeds = []
            for point in [None, f"2,{untouched:x},8", f"4,{window + 0xFFF:x},1"]:
                gdb.monitor("seek 100000000")
                if point:
                    gdb.ask("Z" + point)
                count, passed = int(gdb.monitor("tick").split()[0]), 0
                while True:
                    start = time.monotonic()
                    answer = gdb.ask("c")[0]
                    passed += time.monotonic() - start
                    if "watch" not in answer:
                        break
                speeds.append((int(gdb.monitor("tick").split()[0]) - count) / passed / 1e6)
                if point:
                    gdb.ask("z" + point)
            print("debugger, forward: {:.0f} MIPS with a breakpoint, {:.0f} with a watchpoint too, {:.0f} with one that "
                  "is hit".format(*speeds))
        finally:
            process.kill()
            process.wait()


latencies()

# Memory beyond touched guest RAM: peak resident size less the pages of the guest's memfd that exist.
process = subprocess.Popen(
    [emu, "run", "--memory", "4G", os.path.join(roms, "endless.elf")], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
time.sleep(1)
fields = dict(line.split(":", 1) for line in open(f"/proc/{process.pid}/status") if ":" in line)
own = int(fields["RssAnon"].split()[0]) + int(fields["RssFile"].split()[0])
guest = int(fields["RssShmem"].split()[0])
process.kill()
process.wait()
print(f"memory: {own} KiB beyond {guest} KiB of touched guest RAM (of 4 GiB)")
with tempfile.TemporaryDirectory() as folder:
    stripped = os.path.join(folder, "emu")
    if subprocess.run(["strip", "-o", stripped, emu]).returncode == 0:
        print(f"executable: {os.path.getsize(stripped)} bytes stripped")
starts = []
for _ in range(5):
    start = time.monotonic()
    run([emu, "run", "--memory", "4G", os.path.join(roms, "dead.elf")])
    starts.append(time.monotonic() - start)
print(f"start to end of a guest of one HLT, wall: {min(starts) * 1000:.1f} ms")
sys.exit(1 if failed else 0)
