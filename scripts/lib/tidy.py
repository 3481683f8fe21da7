"""Runs clang-tidy-19 over our own translation units, those that changed since they last passed.

A unit has passed when clang-tidy was silent about exactly these contents of the unit, of every header of ours
that it includes, of .clang-tidy, and with this compile command. The proof is a file named by their hash.
Units that only instantiate Boost.Beast or rapidcheck take half a minute each and are named in SLOW; their own
headers are seen through the others.
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import re
import subprocess
import sys
import time

ROOMS = ("core", "agent", "broker", "tenants", "web", "ingest")
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def headers_of(path, seen):
    """Every header of ours that `path` includes, directly or not."""
    for name in INCLUDE.findall(read(path)):
        if name not in seen and os.path.exists(name):
            seen.add(name)
            headers_of(name, seen)
    return seen


def stamp_of(entry, unit):
    digest = hashlib.sha256()
    digest.update(entry["command"].replace(os.getcwd(), ".").encode())
    for path in [".clang-tidy", unit, *sorted(headers_of(unit, set()))]:
        digest.update(path.encode() + b"\0" + read(path).encode() + b"\0")
    return digest.hexdigest()


def tidy(build, unit):
    started = time.monotonic()
    done = subprocess.run(
        ["clang-tidy-19", "-p", build, "--quiet", unit],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=600, check=False)
    output = done.stdout
    if done.returncode != 0 and not output.strip():
        output = done.stderr
    return done.returncode, output, time.monotonic() - started


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True)
    parser.add_argument("--stamps", required=True)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--all", action="store_true")
    arguments = parser.parse_args()

    root = os.getcwd()
    with open(os.path.join(arguments.build, "compile_commands.json"), encoding="utf-8") as file:
        database = json.load(file)
    units = {}
    for entry in database:
        unit = os.path.relpath(os.path.join(entry["directory"], entry["file"]), root)
        if unit.split(os.sep)[0] in ROOMS and os.path.exists(unit):
            units[unit] = stamp_of(entry, unit)
    waiting = [unit for unit, stamp in sorted(units.items())
               if arguments.all or not os.path.exists(os.path.join(arguments.stamps, stamp))]

    started = time.monotonic()
    faults = 0
    slowest = ("", 0.0)
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        running = {pool.submit(tidy, arguments.build, unit): unit for unit in waiting}
        for future in concurrent.futures.as_completed(running):
            unit = running[future]
            code, output, seconds = future.result()
            slowest = max(slowest, (unit, seconds), key=lambda pair: pair[1])
            if code == 0 and "warning:" not in output:
                with open(os.path.join(arguments.stamps, units[unit]), "w", encoding="utf-8"):
                    pass
            else:
                faults += 1
                print(output.replace(root + os.sep, "").strip(), flush=True)
    print(f"clang-tidy: {len(units)} units, {len(waiting)} read in {time.monotonic() - started:.0f} s"
          + (f" (slowest {slowest[0]}, {slowest[1]:.0f} s)" if waiting else "")
          + f", {faults} with faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
