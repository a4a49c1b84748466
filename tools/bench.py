#!/usr/bin/env python3
"""Compares emu with `qemu-system-x86_64 -accel tcg` in turn, by user CPU time, and prints sizes.

  tools/bench.py EMU ROMS CACHE

Each workload runs on both, three times in turn; the smallest time counts and the time of an empty ROM is subtracted.
Outputs (checksums) must be equal. Without QEMU its columns stay empty; without Debian's kernel its row is skipped.
"""
import json, os, resource, shutil, subprocess, sys, time

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
for name in ["integer", "memory", "calls", "strings", "pagetables", "events"]:
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
stripped = "/tmp/emu-stripped"
if subprocess.run(["strip", "-o", stripped, emu]).returncode == 0:
    print(f"executable: {os.path.getsize(stripped)} bytes stripped")
    os.remove(stripped)
starts = []
for _ in range(5):
    start = time.monotonic()
    run([emu, "run", "--memory", "4G", os.path.join(roms, "dead.elf")])
    starts.append(time.monotonic() - start)
print(f"start to end of a guest of one HLT, wall: {min(starts) * 1000:.1f} ms")
sys.exit(1 if failed else 0)
