#!/usr/bin/env bash
# Debian's unmodified linux-image-cloud-amd64 and busybox-static, made into FOLDER/vmlinuz, vmlinux and initramfs.cpio.
#
#   tools/fetch-linux.sh FOLDER
#
# Without the packages' servers it says so and ends with status 0: the tests then skip visibly.
set -euo pipefail
folder=${1:?folder missing}
mkdir -p "$folder"
if [ -e "$folder/vmlinuz" ] && [ -e "$folder/vmlinux" ] && [ -e "$folder/initramfs.cpio" ]; then exit 0; fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
sudo=$([ "$(id -u)" = 0 ] || echo sudo)
missing=()
command -v cpio >/dev/null || missing+=(cpio)
command -v lz4 >/dev/null || missing+=(lz4)
{
  [ ${#missing[@]} -eq 0 ] || { $sudo apt-get update -qq; $sudo apt-get install -y -qq "${missing[@]}"; }
  kernel=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)$/\1/p' | head -1)
  [ -n "$kernel" ] || { $sudo apt-get update -qq; kernel=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)$/\1/p' | head -1); }
  apt-get -o APT::Sandbox::User=root download -qq "$kernel" busybox-static
} >&2 || { echo "SKIP linux: the Debian packages cannot be fetched" >&2; exit 0; }
for package in linux-image-*.deb busybox-static*.deb; do dpkg-deb -x "$package" root; done
cp root/boot/vmlinuz-* "$scratch/vmlinuz"
# The payload of the bzImage is an LZ4 stream (legacy frame) with the ELF kernel in it.
python3 - "$scratch/vmlinuz" "$scratch/payload.lz4" <<'PYTHON'
import struct, sys
image = open(sys.argv[1], "rb").read()
setup = (image[0x1F1] or 4) + 1
offset, length = struct.unpack_from("<II", image, 0x248)
start = setup * 512 + offset
# The last four bytes are the size of the unpacked kernel.
open(sys.argv[2], "wb").write(image[start : start + length - 4])
PYTHON
lz4 -dqf payload.lz4 vmlinux
mkdir -p files/bin files/proc files/sys files/dev
cp root/bin/busybox files/bin/busybox
cat >files/init <<'SCRIPT'
#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /dev /bin /sbin /usr/bin /usr/sbin
/bin/busybox --install -s
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev 2>/dev/null
script=$(sed -n 's/.*emu\.script="\([^"]*\)".*/\1/p' /proc/cmdline)
if [ -n "$script" ]; then
  eval "$script"
fi
exec setsid cttyhack sh
SCRIPT
chmod +x files/init
(cd files && find . | LC_ALL=C sort | cpio -o -H newc --quiet) >initramfs.cpio
mv vmlinuz vmlinux initramfs.cpio "$folder/"
