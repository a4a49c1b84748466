#!/usr/bin/env python3
"""Debian's user space in emu and on the host: the same commands, their outputs line by line.

  tools/userspace.py EMU CACHE short|base|full [OPTION OF EMU RUN]...

CACHE holds vmlinuz and what tools/fetch-userspace.sh made. Status: 0 the outputs agree, 1 they do not, 74 the host
lacks what is needed (the sentence says what).
"""
import os
import subprocess
import sys

if len(sys.argv) < 4 or sys.argv[3] not in ("short", "base", "full"):
    sys.exit(__doc__)
emu, cache, size, *options = sys.argv[1:]
name = "userspace-" + ("full" if size == "full" else "base")
tree, archive, kernel = (os.path.join(cache, file) for file in (name, name + ".cpio", "vmlinuz"))
for path in (tree, archive, kernel):
    if not os.path.exists(path):
        print(f"{path} is missing: make userspace-files fetches it", file=sys.stderr)
        sys.exit(74)

script = f"""
mount --bind /dev {tree}/dev && mount -t proc none {tree}/proc && mount -t tmpfs none {tree}/tmp || exit 74
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp chroot {tree} /bin/bash /commands.sh {size}
"""
spaces = ["-m"] if os.geteuid() == 0 else ["-r", "-m", "-p", "-f"]
native = subprocess.run(["unshare", *spaces, "bash", "-c", script], capture_output=True, text=True)
if native.returncode == 74 or "unshare" in native.stderr:
    print(f"the commands cannot run on the host: {native.stderr.strip()}", file=sys.stderr)
    sys.exit(74)

memory = "2G" if size == "full" else "512M"
guest = subprocess.run(
    [emu, "run", "--quiet", "--memory", memory, "--initrd", archive, *options, "--append",
     f"console=ttyS0 quiet emu.set={size}", kernel],
    stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")


def lines(text):
    """Lines by name, without the kernel's."""
    found = {}
    for line in text.replace("\r", "").split("\n"):
        if not line.startswith("[") and ": " in line:
            key, value = line.split(": ", 1)
            found[key] = value
    return found


expected, seen = lines(native.stdout), lines(guest.stdout)
differences = [key for key in expected if seen.get(key) != expected[key]]
for key in differences:
    print(f"{key}: the host has {expected[key]!r}, the guest {seen.get(key)!r}")
isWhole = "\nend" in native.stdout and "\nend" in guest.stdout.replace("\r", "")
if guest.returncode != 0 or not isWhole or not expected:
    print(f"emu ended with status {guest.returncode}: {guest.stderr.strip()[-500:]}\n{guest.stdout[-1500:]}")
print(f"{len(expected)} commands, {len(differences)} with another output than on the host")
sys.exit(0 if not differences and isWhole and guest.returncode == 0 else 1)
