#!/usr/bin/env bash
# Assembles every ROM of roms.txt into a folder with the Swift toolchain's own clang and ld.lld. NAME.c, if it stands beside
# NAME.s, is a part of the ROM.
#
#   testroms/build.sh FOLDER [NAME...]
#
# EMU_ROM_SOURCES names another folder that the .s files stand in, such as one of `emu fuzz --output`.
set -euo pipefail
own=$(cd "$(dirname "$0")" && pwd)
source=${EMU_ROM_SOURCES:-$own}
output=${1:?folder missing}
shift
tools=$(dirname "$(readlink -f "$(command -v swift)")")
[ -x "$tools/clang" ] && [ -x "$tools/ld.lld" ] || { echo "clang and ld.lld are not beside swift in $tools" >&2; exit 1; }
mkdir -p "$output"
if [ $# -eq 0 ]; then
  set -- $(cd "$source" && ls *.s | sed 's/\.s$//')
fi
for name in "$@"; do
  target=x86_64
  emulation=elf_x86_64
  if grep -q '"rom32.inc"' "$source/$name.s"; then
    target=i386
    emulation=elf_i386
  fi
  new=1
  if [ -e "$output/$name.elf" ]; then
    new=0
    for input in "$source/$name.s" "$source/$name.c" "$own"/*.inc "$own"/rom.ld "$own/build.sh"; do
      [ "$input" -nt "$output/$name.elf" ] && new=1
    done
  fi
  [ $new = 1 ] || continue
  "$tools/clang" -target $target-unknown-none -c -I"$own" "$source/$name.s" -o "$output/$name.o"
  objects=("$output/$name.o")
  if [ -e "$source/$name.c" ]; then
    "$tools/clang" -target $target-unknown-none -std=c11 -O2 -ffreestanding -fno-pic -mno-red-zone -Wall -Wextra -Werror \
      -c "$source/$name.c" -o "$output/$name.c.o"
    objects+=("$output/$name.c.o")
  fi
  "$tools/ld.lld" -m $emulation -T "$own/rom.ld" -z max-page-size=4096 "${objects[@]}" -o "$output/$name.elf"
  rm "${objects[@]}"
done
