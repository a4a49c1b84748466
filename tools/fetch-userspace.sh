#!/usr/bin/env bash
# Debian's user space as a tree and as an initramfs: FOLDER/userspace-SET/ and FOLDER/userspace-SET.cpio.
#
#   tools/fetch-userspace.sh FOLDER base|full COMMANDS
#
# base has bash, coreutils, perl, openssl, gzip, xz and zstd; full has python3, sqlite3 and gcc too. COMMANDS is the
# script that /init runs. Without the packages' servers it says so and ends with status 0: the tests then skip visibly.
set -euo pipefail
folder=${1:?folder missing} set=${2:?set missing} commands=$(realpath "${3:?commands missing}")
case $set in
base) packages="bash coreutils diffutils grep sed perl-base openssl gzip xz-utils zstd" ;;
full) packages="bash coreutils diffutils grep sed perl python3 openssl sqlite3 gcc libc6-dev gzip xz-utils zstd" ;;
*)
  echo "fetch-userspace.sh: set '$set' is neither base nor full" >&2
  exit 64
  ;;
esac
mkdir -p "$folder"
tree=$folder/userspace-$set archive=$folder/userspace-$set.cpio
if [ -e "$archive" ] && cmp -s "$commands" "$tree/commands.sh"; then exit 0; fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
if [ ! -e "$tree/complete" ]; then
  cd "$scratch"
  sudo=$([ "$(id -u)" = 0 ] || echo sudo)
  {
    command -v cpio >/dev/null || { $sudo apt-get update -qq && $sudo apt-get install -y -qq cpio; }
    # Everything that they depend on; a virtual package stands in angle brackets and its providers follow it.
    needed=$(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces \
      --no-enhances $packages | grep '^[a-z0-9]' | grep -v ':' | sort -u)
    [ -n "$needed" ]
    # Those that exist, but for configuration tools that nothing here runs.
    names=$(apt-cache policy $needed | awk '/^[a-z0-9].*:$/ { name = substr($1, 1, length($1) - 1) }
      $1 == "Candidate:" && $2 != "(none)" { print name }' |
      grep -vxE 'debconf.*|cdebconf.*|dpkg|tar|libdebconf.*|install-info|default-.*|media-types|gawk|original-awk|base-files')
    apt-get -o APT::Sandbox::User=root download -qq $names busybox-static
  } >&2 || {
    echo "SKIP userspace $set: the Debian packages cannot be fetched" >&2
    exit 0
  }
  mkdir root
  for package in ./*.deb; do dpkg-deb -x "$package" root; done
  rm -rf root/usr/share/{doc,man,locale,info,lintian,bug,perl/*/unicore/TestProp.pl,zoneinfo} root/usr/lib/python3*/{test,idlelib,lib2to3}
  mkdir -p root/{proc,sys,dev,tmp}
  cat >root/init <<'SCRIPT'
#!/bin/busybox sh
/bin/busybox mount -t proc none /proc
/bin/busybox mount -t devtmpfs none /dev
exec </dev/console >/dev/console 2>&1
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp
set=$(/bin/busybox sed -n 's/.*emu\.set=\([a-z]*\).*/\1/p' /proc/cmdline)
/bin/bash /commands.sh "$set"
/bin/busybox poweroff -f
SCRIPT
  chmod +x root/init
  [ -e root/bin/sh ] || ln -s bash root/bin/sh
  touch root/complete
  cd - >/dev/null
  rm -rf "$tree"
  mv "$scratch/root" "$tree"
fi
cp "$commands" "$tree/commands.sh"
(cd "$tree" && find . -path ./complete -prune -o -print | LC_ALL=C sort | cpio -o -H newc --quiet -R 0:0) >"$scratch/archive"
mv "$scratch/archive" "$archive"
