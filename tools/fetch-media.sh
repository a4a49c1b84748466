#!/usr/bin/env bash
# What boots from a disc, a diskette and a disk: FOLDER/media-grub.iso, a rescue disc with GRUB and ROMs of this
# repository, FOLDER/media-syslinux.img, a diskette with SYSLINUX and one, and the discs of Debian's memtest86+ and iPXE.
#
#   tools/fetch-media.sh FOLDER ROMS
#
# Without the packages' servers it says so and ends with status 0: the tests then skip visibly.
set -euo pipefail
own=$(cd "$(dirname "$0")" && pwd)
folder=${1:?folder missing} roms=$(realpath "${2:?folder of ROMs missing}")
mkdir -p "$folder"
folder=$(realpath "$folder")
"$own/fetch-package.sh" "$folder" media-memtest.iso memtest86+ usr/lib/memtest86+/memtest86+x64.iso
"$own/fetch-package.sh" "$folder" media-ipxe.iso ipxe usr/lib/ipxe/ipxe.iso
# They hold ROMs: older than those they are made anew.
isNew() { [ -e "$1" ] && [ "$1" -nt "$roms/multiboot2.elf" ] && [ "$1" -nt "$roms/hello.elf" ]; }
if isNew "$folder/media-grub.iso" && isNew "$folder/media-syslinux.img"; then exit 0; fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
{
  missing=()
  for pair in grub-mkrescue:grub-common xorriso:xorriso mformat:mtools syslinux:syslinux; do
    command -v "${pair%%:*}" || missing+=("${pair##*:}")
  done
  [ -e /usr/lib/grub/i386-pc/kernel.img ] || missing+=(grub-pc-bin)
  [ -e /usr/lib/syslinux/modules/bios/mboot.c32 ] || missing+=(syslinux-common)
  sudo=$([ "$(id -u)" = 0 ] || echo sudo)
  [ ${#missing[@]} -eq 0 ] || {
    $sudo apt-get update -qq
    $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}"
  }
} >&2 || {
  echo "SKIP media-grub.iso, media-syslinux.img: GRUB and SYSLINUX cannot be installed" >&2
  exit 0
}
mkdir -p disc/boot/grub
cp "$roms/multiboot2.elf" "$roms/hello.elf" disc/boot/
cat >disc/boot/grub/grub.cfg <<'MENU'
set timeout=1
menuentry Multiboot2 --hotkey=2 {
  multiboot2 /boot/multiboot2.elf from GRUB
}
menuentry Multiboot --hotkey=1 {
  multiboot /boot/hello.elf
}
MENU
grub-mkrescue -o grub.iso disc >grub.log 2>&1 || { cat grub.log >&2; exit 1; }
mformat -C -i syslinux.img -f 1440 ::
syslinux -i syslinux.img
printf 'DEFAULT rom\nPROMPT 0\nLABEL rom\n  KERNEL mboot.c32\n  APPEND hello.elf\n' >syslinux.cfg
mcopy -i syslinux.img /usr/lib/syslinux/modules/bios/{libcom32.c32,mboot.c32} "$roms/hello.elf" syslinux.cfg ::
mv grub.iso "$folder/media-grub.iso"
mv syslinux.img "$folder/media-syslinux.img"
