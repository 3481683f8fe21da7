"""What the machine itself says, read beside the agent and by other means."""

import os
import subprocess
import threading
import time


def cpu_times():
    """(total, idle) jiffies of each line of /proc/stat: "cpu", "cpu0", …"""
    times = {}
    with open("/proc/stat", encoding="ascii") as file:
        for line in file:
            if not line.startswith("cpu"):
                break
            name, *fields = line.split()
            values = [int(field) for field in fields[:8]]  # user … steal; guest time is part of user
            times[name] = (sum(values), values[3] + values[4])
    return times


def network_bytes():
    """(received, sent) of each interface of /proc/net/dev."""
    counts = {}
    with open("/proc/net/dev", encoding="ascii") as file:
        for line in file.readlines()[2:]:
            name, fields = line.split(":")
            fields = fields.split()
            counts[name.strip()] = (int(fields[0]), int(fields[8]))
    return counts


class Recorder:
    """Reads a counter every few milliseconds; gives its value at any moment since, by interpolation."""

    def __init__(self, read, every=0.02):
        self._read = read
        self._every = every
        self._rows = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while not self._stop.is_set():
            self._rows.append((time.time(), self._read()))
            self._stop.wait(self._every)

    def stop(self):
        self._stop.set()
        self._thread.join(5)

    def at(self, when):
        """{name: (value, …)} at the wall clock time `when`, in seconds."""
        rows = list(self._rows)
        for (t0, before), (t1, after) in zip(rows, rows[1:]):
            if t0 <= when <= t1:
                share = (when - t0) / (t1 - t0) if t1 > t0 else 0
                return {name: tuple(a + (b - a) * share for a, b in zip(before[name], after[name]))
                        for name in before if name in after}
        raise LookupError(f"{when} is not within the recorded time")


def free():
    """`free -b`: {"Mem": {"total", "used", "available", …}, "Swap": {…}}"""
    lines = subprocess.run(["free", "-b"], capture_output=True, text=True, check=True,
                           env={**os.environ, "LC_ALL": "C"}).stdout.splitlines()
    names = lines[0].split()
    return {line.split(":")[0]: dict(zip(names, map(int, line.split(":")[1].split()))) for line in lines[1:]}


def df():
    """`df` for every mount and for "/": {mount: {"source", "fstype", "size", "used", "percent"}}"""
    rows = {}
    # In a chroot "/" is no mount of its own, and df shows it only when asked.
    lines = [line for which in (["-a"], ["/"])
             for line in subprocess.run(["df", *which, "-B1", "--output=source,fstype,size,used,pcent,target"],
                                        capture_output=True, text=True, check=False).stdout.splitlines()[1:]]
    for line in lines:
        source, fstype, size, used, percent, target = line.split(None, 5)
        if size.isdigit():
            rows[target] = {"source": source, "fstype": fstype, "size": int(size), "used": int(used),
                            "percent": float(percent.rstrip("%")) if percent != "-" else 0.0}
    return rows


class Load:
    """A process that keeps one CPU busy."""

    def __init__(self, core):
        self._process = subprocess.Popen(
            ["taskset", "-c", str(core), "/usr/bin/python3", "-c", "while True: pass"], env=dict(os.environ))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
