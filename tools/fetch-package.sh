#!/usr/bin/env bash
# fetch-package.sh FOLDER NAME PACKAGE FILE: a file of a Debian package as FOLDER/NAME. Without the packages' servers it
# says so, and the tests that need the file skip visibly.
set -euo pipefail
folder=${1:?folder missing} name=${2:?name missing} package=${3:?package missing} file=${4:?file missing}
mkdir -p "$folder"
[ -e "$folder/$name" ] && exit 0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
apt-get -o APT::Sandbox::User=root download -qq "$package" >&2 || { echo "SKIP $name: Debian's package $package cannot be fetched" >&2; exit 0; }
dpkg-deb -x "$package"_*.deb root
mv "root/$file" "$folder/$name"
