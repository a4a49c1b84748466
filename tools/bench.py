#!/usr/bin/env python3
"""Compares emu's engines with `qemu-system-x86_64 -accel tcg` by user CPU time, and prints latencies and sizes.

  tools/bench.py EMU ROMS CACHE [--only NAME,...] [--repeat N]

ROMS is the folder of `make testroms`, CACHE has what `make linux-files`, `make test-disks` and `make userspace-test` fetched. The parts are:

  kinds      twelve kinds of workload, each a ROM kind-NAME: threaded engine, reference engine and TCG in turn, N times (3);
             the smallest time counts, less that of a ROM that ends at once; checksums must be equal
  boot       Debian's kernel to power-off: the bzImage, which unpacks itself, and the kernel in it, which does not
  drives     SYSLINUX and GRUB with a ROM, by firmware from a diskette and a disc; Debian's kernel with a disk, to power-off
  userspace  python3, openssl, xz and gcc in Debian's user space, one boot on each; outputs must be equal
  moves      a guest that writes 1,000 pages all the time moves to another process; the CPU time of a primary with a backup
  debugger   how long steps back and searches take after 10^8 instructions, and how fast it goes forward
  size       memory beyond touched guest RAM, size of the executable, start

--only takes parts and names of kinds. Without QEMU its columns are "-"; a part whose files were not fetched is skipped
by a line that begins with SKIP. Status 1: a checksum or an output differs, or a guest did not come to its end.
"""
import argparse, json, math, os, resource, shutil, subprocess, sys, tempfile, threading, time
from debugger_latency import latencies

# Name, rounds of its ROM, processors. The rounds are such that TCG needs 1 to 3 s.
KINDS = [
    ("integer", 1500, 1), ("memory", 160, 1), ("calls", 900, 1), ("vector", 200, 1), ("application", 700, 1),
    ("strings", 10000, 1), ("self-modifying", 30, 1), ("pagetables", 1800, 1), ("exceptions", 10000, 1),
    ("interrupts", 5000, 1),
]
EXTRA_KINDS = [("exits", 2000, 1), ("processors", 500, 2)]
PARTS = ["kinds", "boot", "drives", "userspace", "moves", "debugger", "size"]
JOBS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "userspace-jobs.sh")
DEBUG_EXIT_PASSED = 33  # What both make of 10h at port F4h.
LIMIT = 900  # Seconds of a guest that does not come to its end, as one whose kernel has panicked.


class Bench:
    """The executables, what is measured of them, and whether all went well."""

    def __init__(self, arguments):
        self.emu, self.roms, self.cache, self.repeat = (
            arguments.emu, arguments.roms, arguments.cache, arguments.repeat)
        self.qemu = shutil.which("qemu-system-x86_64")
        self.engines = ["threaded", "reference"] + (["tcg"] if self.qemu else [])
        self.failed = False

    def command(self, engine, image, append="", memory=128, processors=1, initrd=None, drive=(), exits=True):
        """The command that boots an image on one of the engines; drive has what the engine needs for a drive.

        Without an image firmware boots the drive. A guest that does not exit powers off.
        """
        if engine == "tcg":
            return [
                self.qemu, "-accel", "tcg", "-cpu", "qemu64", "-m", str(memory), "-smp", str(processors), "-display",
                "none", "-serial", "stdio", "-no-reboot", "-monitor", "none",
                *(["-device", "isa-debug-exit,iobase=0xf4,iosize=4"] if exits else []), *drive,
                *(["-kernel", image, "-append", append] if image else []), *(["-initrd", initrd] if initrd else [])]
        return [
            self.emu, "run", "--quiet", "--stats", "--engine", engine, "--memory", f"{memory}M", "--cpus",
            str(processors), *drive, *(["--append", append] if image else []),
            *(["--initrd", initrd] if initrd else []), *([image] if image else [])]

    def run(self, command, status):
        """User CPU seconds, standard output and standard error of a command, which must end with a status."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        done = subprocess.run(
            ["timeout", str(LIMIT), *command], stdin=subprocess.DEVNULL, capture_output=True, check=False)
        seconds = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
        if done.returncode != status:
            self.fail(f"{' '.join(command)} ends with status {done.returncode}: {done.stderr.decode()[-300:]}")
        return seconds, done.stdout.decode(errors="replace").strip(), done.stderr.decode(errors="replace")

    def fail(self, sentence):
        print(f"bench: {sentence}", file=sys.stderr, flush=True)
        self.failed = True

    def rom(self, name):
        path = os.path.join(self.roms, name + ".elf")
        if not os.path.exists(path):
            sys.exit(f"bench: {path} is not there; `make testroms` assembles it")
        return path

    def row(self, name, times, instructions=None):
        """Prints a row of the table; times is a dictionary by engine."""
        cells = [f"{times[engine]:.2f}" if engine in times else "-" for engine in ("threaded", "reference", "tcg")]
        speed = f"{instructions / times['threaded'] / 1e6:.1f}" if instructions else "-"
        ratio = f"{times['threaded'] / times['tcg']:.2f}" if "tcg" in times else "-"
        print(f"| {name:22} | {cells[0]:>14} | {speed:>6} | {cells[1]:>11} | {cells[2]:>6} | {ratio:>12} |", flush=True)

    def kind(self, name, rounds, processors, base):
        """Measures one kind; its ratio, or None."""
        times, outputs, instructions = {}, {}, 0
        for _ in range(self.repeat):
            for engine in self.engines:
                command = self.command(engine, self.rom("kind-" + name), str(rounds), processors=processors)
                seconds, output, errors = self.run(command, DEBUG_EXIT_PASSED)
                times[engine] = min(seconds, times.get(engine, seconds))
                outputs.setdefault(output, set()).add(engine)
                if engine == "threaded":
                    instructions = instructions_of(errors)
        if len(outputs) != 1:
            self.fail(f"kind-{name}: outputs differ: " + ", ".join(
                f"{text!r} of {' and '.join(sorted(engines))}" for text, engines in outputs.items()))
            return None
        times = {engine: max(seconds - base[engine], 1e-3) for engine, seconds in times.items()}
        self.row(name, times, instructions)
        return times["threaded"] / times["tcg"] if "tcg" in times else None

    def kinds(self, wanted):
        """Measures the kinds whose names are wanted."""
        null = self.rom("bench-null")
        base = {engine: min(self.run(self.command(engine, null), DEBUG_EXIT_PASSED)[0] for _ in range(3))
                for engine in self.engines}
        for group in (KINDS, EXTRA_KINDS):
            ratios = [self.kind(*kind, base) for kind in group if kind[0] in wanted]
            known = [ratio for ratio in ratios if ratio]
            if group is KINDS and known:
                mean = math.exp(sum(map(math.log, known)) / len(known))
                print(f"| {f'geometric mean of {len(known)}':22} | {'':14} | {'':6} | {'':11} | {'':6} | {mean:12.2f} |")

    def boot(self):
        """Debian's kernel from its first instruction to power-off."""
        initrd = os.path.join(self.cache, "initramfs.cpio")
        for name, file in (("Debian's bzImage", "vmlinuz"), ("Debian's vmlinux", "vmlinux")):
            kernel = os.path.join(self.cache, file)
            if not os.path.exists(kernel):
                print(f"SKIP {name}: {kernel} was not fetched (make linux-files)")
                continue
            times, instructions = {}, 0
            for engine in self.engines:
                command = self.command(
                    engine, kernel, 'console=ttyS0 emu.script="poweroff -f"', memory=256, initrd=initrd)
                times[engine], output, errors = self.run(command, 0)
                if "Run /init" not in output:
                    self.fail(f"{name} by {engine} does not come to user space: {output[-300:]!r}")
                if engine == "threaded":
                    instructions = instructions_of(errors)
            self.row(name, times, instructions)

    def drives(self):
        """Guests that start from drives, or whose root is on one."""
        root = "root=LABEL=debian ro console=ttyS0 systemd.run=/bin/true"
        for name, file, status, options, drive, engines in (
            ("SYSLINUX, diskette", "media-syslinux.img", 0, ["--floppy", "@,readonly"], "if=floppy", self.engines),
            ("GRUB, disc", "media-grub.iso", DEBUG_EXIT_PASSED, ["--cdrom", "@"], "media=cdrom", self.engines),
            ("Debian, IDE disk", "debian.img", 0, ["--disk", "@,snapshot"], "if=ide", ["threaded", "tcg"]),
            ("Debian, virtio disk", "debian.img", 0, ["--disk", "@,snapshot,virtio"], "if=virtio", ["threaded", "tcg"]),
        ):
            path = os.path.join(self.cache, file)
            if not os.path.exists(path):
                print(f"SKIP {name}: {path} was not fetched (make test-disks)")
                continue
            kernel, initrd = (
                (os.path.join(self.cache, "debian." + part) for part in ("vmlinuz", "initrd"))
                if file == "debian.img" else (None, None))
            times, instructions = {}, 0
            for engine in [engine for engine in engines if engine in self.engines]:
                place = (
                    ["-drive", f"file={path},format=raw,snapshot=on,{drive}"] if engine == "tcg"
                    else [option.replace("@", path) for option in options])
                command = self.command(
                    engine, kernel, root, memory=512, initrd=initrd, drive=place, exits=status != 0)
                times[engine], _, errors = self.run(command, status)
                if engine == "threaded":
                    instructions = instructions_of(errors)
            self.row(name, times, instructions)

    def userspace(self):
        """The jobs of userspace-jobs.sh: CPU time of the process between the lines that begin and end each."""
        archive, kernel = (os.path.join(self.cache, file) for file in ("userspace-full.cpio", "vmlinuz"))
        for path in (archive, kernel):
            if not os.path.exists(path):
                print(f"SKIP userspace: {path} was not fetched (make userspace-test)")
                return
        results = {}
        with tempfile.TemporaryDirectory() as folder:
            initrd = os.path.join(folder, "initrd")
            shutil.copyfile(archive, initrd)
            with open(initrd, "ab") as file, open(JOBS, "rb") as jobs:
                file.write(archived("jobs.sh", jobs.read()))
            for engine in ["threaded"] + (["tcg"] if self.qemu else []):
                results[engine] = self.jobs(self.command(
                    engine, kernel, "console=ttyS0 quiet rdinit=/jobs.sh", memory=2048, initrd=initrd))
        if any(list(result) != list(results["threaded"]) for result in results.values()) or not results["threaded"]:
            self.fail(f"not the same jobs: { {engine: list(result) for engine, result in results.items()} }")
            return
        for job in results["threaded"]:
            if len({result[job][1] for result in results.values()}) != 1:
                self.fail(f"{job}: outputs differ: { {engine: result[job][1] for engine, result in results.items()} }")
            self.row(job, {engine: max(result[job][0], 1e-3) for engine, result in results.items()})

    def control(self, path, *words):
        """The result of a request to a control socket, which may not be there yet."""
        for _ in range(500):
            done = subprocess.run([self.emu, "control", path, *words], capture_output=True, check=False)
            if done.returncode == 0:
                return json.loads(done.stdout)["result"]
            if done.returncode != 66:
                break
            time.sleep(0.01)
        self.fail(f"control {' '.join(words)}: {done.stderr.decode()}")
        return {}

    def moves(self):
        """Downtime and throughput of a migration, and what a backup costs its primary."""
        downtimes, speeds = [], []
        for _ in range(max(self.repeat, 5)):
            with tempfile.TemporaryDirectory() as folder:
                place = {name: os.path.join(folder, name) for name in "abm"}
                target = subprocess.Popen(
                    [self.emu, "run", "--incoming", f"unix:{place['m']}", "--control", f"unix:{place['b']}"],
                    stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                source = subprocess.Popen(
                    [self.emu, "run", "--memory", "64M", "--control", f"unix:{place['a']}", self.rom("moves")],
                    stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                time.sleep(0.5)
                result = self.control(place["a"], "migrate", f"unix:{place['m']}")
                downtimes.append(result.get("downtime_microseconds", 0) / 1000)
                speeds.append(result.get("bytes_per_second", 0) / 1e6)
                self.control(place["b"], "send", "q")
                if [source.wait(), target.wait()] != [0, 0]:
                    self.fail("the guest that moves does not come to its end")
        print(f"migration, a guest that writes 1,000 pages all the time: downtime {sorted(downtimes)[len(downtimes) // 2]:.1f} ms "
              f"(median of {len(downtimes)}; largest {max(downtimes):.1f}), {max(speeds):.0f} MB/s at most")
        for name, rounds in (("memory", 480), ("interrupts", 15000)):
            alone, protected = [], []
            for _ in range(self.repeat):
                command = self.command("threaded", self.rom("kind-" + name), str(rounds))
                # Another run takes the backup's share of the host's caches.
                other = subprocess.Popen(
                    [*command, "--max-ticks", str(1 << 62)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL)
                alone.append(self.measured(command))
                other.kill()
                other.wait()
                protected.append(self.protected(command))
            print(f"protection of kind {name}: {min(protected):.2f} s of the primary with a backup, {min(alone):.2f} s beside "
                  f"a guest of its own: {min(protected) / min(alone):.2f}")

    def measured(self, command):
        """User CPU seconds of one of several processes."""
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != DEBUG_EXIT_PASSED:
            self.fail(f"{' '.join(command)} ends with status {process.returncode}")
        return usage.ru_utime

    def protected(self, command):
        """User CPU seconds of a primary with a backup."""
        with tempfile.TemporaryDirectory() as folder:
            address = f"unix:{os.path.join(folder, 'm')}"
            backup = subprocess.Popen(
                [self.emu, "run", "--backup", address], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL)
            seconds = self.measured([*command, "--protect", address])
            if backup.wait() != 0:
                self.fail("a backup does not end with its primary")
            return seconds

    def jobs(self, command):
        """Seconds and checksum of each job that a guest reports."""
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        alarm = threading.Timer(LIMIT, process.kill)
        alarm.start()
        result, begun = {}, 0
        for line in process.stdout:
            words = line.decode(errors="replace").split()
            if words[:1] == ["job"] and words[2:3] == ["begins"]:
                begun = user_seconds(process.pid)
            elif words[:1] == ["job"] and words[2:3] == ["ends"]:
                result[words[1]] = (user_seconds(process.pid) - begun, words[3])
        process.wait()
        alarm.cancel()
        if process.returncode != 0:
            self.fail(f"{' '.join(command)} ends with status {process.returncode}")
        return result

    def size(self):
        """Memory beyond touched guest RAM, size of the executable, start."""
        # Peak resident size less the pages of the guest's memfd that exist.
        process = subprocess.Popen([self.emu, "run", "--memory", "4G", self.rom("endless")], stdout=subprocess.DEVNULL)
        time.sleep(1)
        with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
            fields = dict(line.split(":", 1) for line in file if ":" in line)
        own = int(fields["RssAnon"].split()[0]) + int(fields["RssFile"].split()[0])
        guest = int(fields["RssShmem"].split()[0])
        process.kill()
        process.wait()
        print(f"memory: {own} KiB beyond {guest} KiB of touched guest RAM (of 4 GiB)")
        with tempfile.TemporaryDirectory() as folder:
            stripped = os.path.join(folder, "emu")
            if subprocess.run(["strip", "-o", stripped, self.emu], check=False).returncode == 0:
                print(f"executable: {os.path.getsize(stripped)} bytes stripped")
        starts = []
        for _ in range(5):
            start = time.monotonic()
            self.run([self.emu, "run", "--quiet", "--memory", "4G", self.rom("dead")], 0)
            starts.append(time.monotonic() - start)
        print(f"start to end of a guest of one HLT, wall: {min(starts) * 1000:.1f} ms")


def instructions_of(errors):
    """The guest's instructions, as --stats has them in its last line."""
    return json.loads(errors.strip().splitlines()[-1])["instructions"]


def user_seconds(process):
    """User CPU seconds of a process so far."""
    with open(f"/proc/{process}/stat", encoding="utf-8", errors="replace") as file:
        return int(file.read().rsplit(")", 1)[1].split()[11]) / os.sysconf("SC_CLK_TCK")


def archived(name, content):
    """An archive (cpio newc) with one executable file, to stand behind another one."""
    def entry(name, mode, content):
        fields = [1, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name) + 1, 0]
        head = b"070701" + b"".join(b"%08X" % field for field in fields) + name.encode() + b"\0"
        return head + bytes(-len(head) % 4) + content + bytes(-len(content) % 4)

    return entry(name, 0o100755, content) + entry("TRAILER!!!", 0, b"")


def main():
    names = [kind[0] for kind in KINDS + EXTRA_KINDS]
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1].strip())
    parser.add_argument("emu")
    parser.add_argument("roms")
    parser.add_argument("cache")
    parser.add_argument("--only", default=",".join(PARTS))
    parser.add_argument("--repeat", type=int, default=3)
    arguments = parser.parse_args()
    only = [name for name in arguments.only.split(",") if name]
    for name in only:
        if name not in PARTS + names:
            parser.error(f"--only {name}: neither a part ({', '.join(PARTS)}) nor a kind ({', '.join(names)})")
    if arguments.repeat < 1:
        parser.error(f"--repeat {arguments.repeat}: at least 1")
    bench = Bench(arguments)
    if not bench.qemu:
        print("QEMU is not installed: its columns stay empty")
    wanted = names if "kinds" in only else [name for name in only if name in names]
    if wanted or not {"boot", "drives", "userspace"}.isdisjoint(only):
        print("| kind                   | emu threaded s |   MIPS | reference s |  tcg s | threaded/tcg |")
        print("|---|---|---|---|---|---|")
    if wanted:
        bench.kinds(wanted)
    if "boot" in only:
        bench.boot()
    if "drives" in only:
        bench.drives()
    if "userspace" in only:
        bench.userspace()
    if "moves" in only:
        bench.moves()
    if "debugger" in only:
        latencies(bench.emu, bench.roms)
    if "size" in only:
        bench.size()
    sys.exit(1 if bench.failed else 0)


if __name__ == "__main__":
    main()
