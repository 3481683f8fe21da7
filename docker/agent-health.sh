#!/bin/sh
# Healthy when an agent has an established TCP connection: its broker's. State 01 in /proc/net/tcp; only sockets that an
# agent of ours holds count, for a container may share the host's processes and network.
set -eu
for process in /proc/[0-9]*; do
  [ "$(cat "$process/comm" 2>/dev/null)" = atlas-agent ] || continue
  for link in "$process"/fd/*; do
    target=$(readlink "$link" 2>/dev/null) || continue
    case $target in
      socket:*)
        inode=${target#socket:[}
        inode=${inode%]}
        awk -v inode="$inode" '$4 == "01" && $10 == inode { found = 1 } END { exit !found }' \
          "$process/net/tcp" "$process/net/tcp6" && exit 0
        ;;
    esac
  done
done
echo "no agent has a connection to the broker" >&2
exit 1
