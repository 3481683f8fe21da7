#!/bin/sh
# collect.sh BUILD OUT: what the images are made of: programs, dashboard, scripts, and for each program the Debian packages
# of the shared libraries that it was linked with.
set -eu
build=$1
out=$2
here=$(dirname "$0")
mkdir -p "$out/bin" "$out/packages" "$out/share" "$out/docker"
for program in atlas-fleet atlas-ingest atlas-agent; do
  cp "$build/bin/$program" "$out/bin/"
  strip "$out/bin/$program"
  # Each library by both its names: /lib is a link to /usr/lib, and a package lists one of the two. dpkg-query complains of
  # the other.
  libraries=$(ldd "$build/bin/$program" | sed -n 's|^.* => \(/usr\)\{0,1\}\(/lib/[^ ]*\) .*|\2 /usr\2|p')
  # shellcheck disable=SC2086
  dpkg-query -S $libraries 2>/dev/null | cut -d: -f1 | sort -u >"$out/packages/$program"
  [ -s "$out/packages/$program" ] || { echo "collect.sh: no library of $program was found" >&2; exit 1; }
done
mkdir -p "$out/lib"
cp "$build/lib/atlas-fleet/atlas-guard.so" "$out/lib/"
strip "$out/lib/atlas-guard.so"
cp -r "$build/share/atlas-fleet" "$out/share/"
cp "$here/setup.sh" "$here/service-health.sh" "$here/agent-health.sh" "$out/docker/"
