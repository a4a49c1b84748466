#!/usr/bin/env bash
# A disk with Debian on it: FOLDER/debian.img, a raw image with GRUB in its first track and one ext4 partition, made by
# mmdebstrap of unmodified packages. The kernel has its drivers for IDE and virtio; root has no password. Beside it are its
# kernel, debian.vmlinuz, and initial file system, debian.initrd.
#
#   tools/fetch-disk.sh FOLDER
#
# Without the packages' servers it says so and ends with status 0: the tests then skip visibly.
set -euo pipefail
folder=${1:?folder missing}
mkdir -p "$folder"
if [ -e "$folder/debian.img" ]; then exit 0; fi
scratch=$(mktemp -d)
sudo=$([ "$(id -u)" = 0 ] || echo sudo)
trap '$sudo rm -rf "$scratch"' EXIT
cd "$scratch"
{
  missing=()
  for pair in mmdebstrap:mmdebstrap grub-mkimage:grub-common mke2fs:e2fsprogs sfdisk:fdisk; do
    command -v "${pair%%:*}" || missing+=("${pair##*:}")
  done
  [ -e /usr/lib/grub/i386-pc/kernel.img ] || missing+=(grub-pc-bin)
  [ ${#missing[@]} -eq 0 ] || {
    $sudo apt-get update -qq
    $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}"
  }
  # What of the kernel's drivers this machine has.
  cat >excluded <<'RULES'
path-exclude=/usr/share/doc/*
path-exclude=/usr/share/man/*
path-exclude=/usr/share/locale/*
path-exclude=/lib/modules/*/kernel/drivers/*
path-exclude=/lib/modules/*/kernel/net/*
path-exclude=/lib/modules/*/kernel/sound/*
path-exclude=/boot/System.map-*
path-include=/lib/modules/*/kernel/drivers/ata/*
path-include=/lib/modules/*/kernel/drivers/block/*
path-include=/lib/modules/*/kernel/drivers/scsi/*
path-include=/lib/modules/*/kernel/drivers/cdrom/*
path-include=/lib/modules/*/kernel/drivers/virtio/*
RULES
  cat >before.sh <<'HOOK'
#!/bin/sh
set -e
mkdir -p "$1/etc/initramfs-tools/conf.d" "$1/usr/share/initramfs-tools/modules.d"
echo MODULES=list >"$1/etc/initramfs-tools/conf.d/emu"
printf '%s\n' ata_piix sd_mod virtio_pci virtio_blk ext4 >"$1/usr/share/initramfs-tools/modules.d/emu"
HOOK
  cat >after.sh <<'HOOK'
#!/bin/sh
set -e
chroot "$1" passwd -q -d root
echo emu >"$1/etc/hostname"
echo 'LABEL=debian / ext4 errors=remount-ro 0 1' >"$1/etc/fstab"
mkdir -p "$1/boot/grub"
cat >"$1/boot/grub/grub.cfg" <<'MENU'
set timeout=1
menuentry Debian --hotkey=d {
  linux /vmlinuz root=LABEL=debian ro console=tty0 console=ttyS0
  initrd /initrd.img
}
menuentry "Debian on the screen" --hotkey=s {
  linux /vmlinuz root=LABEL=debian ro console=tty0
  initrd /initrd.img
}
MENU
HOOK
  chmod +x before.sh after.sh
  mapfile -t rules < <(sed 's/^/--dpkgopt=/' excluded)
  $sudo mmdebstrap --quiet --mode=root --variant=apt --include=linux-image-amd64,systemd-sysv,udev "${rules[@]}" \
    --essential-hook="$scratch/before.sh \"\$1\"" --customize-hook="$scratch/after.sh \"\$1\"" bookworm root
} >&2 || {
  echo "SKIP debian.img: the Debian packages cannot be fetched" >&2
  exit 0
}
# The machine's clock begins with 2026; a file system from later than that would be mended at its first mount.
export E2FSPROGS_FAKE_TIME=1767200000
megabytes=$(($($sudo du -sm root | cut -f1) * 5 / 4 + 64))
truncate -s "$((megabytes + 1))M" disk
printf 'label: dos\nstart=2048, type=83, bootable\n' | sfdisk -q disk
$sudo env E2FSPROGS_FAKE_TIME=$E2FSPROGS_FAKE_TIME mke2fs -q -t ext4 -L debian -d root -E offset=1048576 disk "${megabytes}M"
grub-mkimage -O i386-pc -p '(hd0,msdos1)/boot/grub' -o core.img biosdisk part_msdos ext2 normal linux serial terminal echo
# The boot code without the partition table, then the core in the sectors behind it.
dd if=/usr/lib/grub/i386-pc/boot.img of=disk bs=440 count=1 conv=notrunc status=none
dd if=core.img of=disk bs=512 seek=1 conv=notrunc status=none
$sudo cat root/vmlinuz >"$folder/debian.vmlinuz"
$sudo cat root/initrd.img >"$folder/debian.initrd"
mv disk "$folder/debian.img"
