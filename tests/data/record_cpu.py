#!/usr/bin/env python3
"""Records CPU load as a trace for atlas-sim: `timestamp,value`, the mean of each step in percent.

usage: record_cpu.py FILE [STEP_SECONDS [ROWS [FOLDER]]]

Without FOLDER it is the load of this machine; with it that of all processes that work below the folder, as a build with its
compilers and tests does, in percent of one core (100 at most).
"""

import os
import sys
import time

TICKS = os.sysconf("SC_CLK_TCK")


def machine():
    """Seconds of one core that the machine has spent, and of which it is a share."""
    with open("/proc/stat", encoding="ascii") as file:
        values = [int(field) for field in file.readline().split()[1:9]]  # user … steal
    return (sum(values) - values[3] - values[4]) / TICKS, sum(values) / TICKS


def below(folder):
    """Seconds of the processes that work below the folder and of the children that they have outlived."""
    spent = 0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.readlink(f"/proc/{pid}/cwd").startswith(folder):
                with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
                    fields = file.read().rpartition(")")[2].split()
                spent += sum(int(field) for field in fields[11:15])
        except OSError:
            continue  # it has ended
    return spent / TICKS, time.monotonic()


def main(path, step=5.0, rows=720, folder=None):
    def read():
        return below(os.path.realpath(folder)) if folder else machine()

    with open(path, "w", encoding="ascii") as file:
        file.write("timestamp,value\n")
        before = read()
        due = time.time()
        for _ in range(rows):
            due += step
            time.sleep(max(0.0, due - time.time()))
            now = read()
            # What ends without a parent here takes its time along: less than before counts as nothing.
            share = 100 * (now[0] - before[0]) / max(now[1] - before[1], 0.001)
            before = now
            stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(due))
            file.write(f"{stamp},{min(max(share, 0.0), 100.0):.1f}\n")
            file.flush()


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 5:
        sys.exit(__doc__)
    main(sys.argv[1], *[kind(word) for kind, word in zip((float, int, str), sys.argv[2:])])
