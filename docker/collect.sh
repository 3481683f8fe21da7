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
  ldd "$build/bin/$program" | sed -n 's/^[[:space:]]*\([^ ]*\) => \/.*/\1/p' | while read -r library; do
    # The library's own package, not one that happens to ship a file of that name elsewhere.
    dpkg-query -S "*/$(dpkg-architecture -qDEB_HOST_MULTIARCH)/$library" | cut -d: -f1
  done | sort -u >"$out/packages/$program"
  [ -s "$out/packages/$program" ] || { echo "collect.sh: no library of $program was found" >&2; exit 1; }
done
cp -r "$build/share/atlas-fleet" "$out/share/"
cp "$here/setup.sh" "$here/service-health.sh" "$here/agent-health.sh" "$out/docker/"
