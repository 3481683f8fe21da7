"""What an agent publishes agrees with the machine: within 2 points or 1 %."""

import shutil
import statistics
import subprocess
import threading
import time

import pytest

from support import machine
from support.deadline import wait_until
from support.fleet import is_root

INTERVAL = 3


@pytest.fixture(scope="module", name="network")
def private_network():
    """An interface of this machine whose other end is in a namespace of its own; carries a known kind of traffic."""
    if not is_root() or shutil.which("ip") is None:
        yield None
        return
    keeper = subprocess.Popen(["unshare", "--net", "sleep", "600"])
    try:
        wait_until(lambda: subprocess.run(["readlink", f"/proc/{keeper.pid}/ns/net"], capture_output=True,
                                          check=True).stdout !=
                   subprocess.run(["readlink", "/proc/self/ns/net"], capture_output=True, check=True).stdout,
                   5, "a network namespace")
        for command in (f"ip link add atlast0 type veth peer name atlast1 netns {keeper.pid}",
                        "ip addr add 198.18.77.1/30 dev atlast0", "ip link set atlast0 up",
                        f"nsenter -t {keeper.pid} -n ip addr add 198.18.77.2/30 dev atlast1",
                        f"nsenter -t {keeper.pid} -n ip link set atlast1 up"):
            if subprocess.run(command.split(), capture_output=True, check=False).returncode != 0:
                yield None
                return
        yield "atlast0"
    finally:
        subprocess.run(["ip", "link", "del", "atlast0"], capture_output=True, check=False)
        keeper.kill()
        keeper.wait()


class Traffic:
    """A steady stream of datagrams to the private network's other end."""

    def __init__(self):
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        import socket  # pylint: disable=import-outside-toplevel
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            while not self._stop.is_set():
                for _ in range(10):
                    sender.sendto(b"x" * 1200, ("198.18.77.2", 9))
                self._stop.wait(0.01)

    def stop(self):
        self._stop.set()
        self._thread.join(5)


@pytest.fixture(scope="module", name="observed")
def observe(fleet, network):
    """Some samples of one agent under load, with the machine's own figures around them."""
    org = fleet.setup("Acme Corp", "acme", agent__report_interval=INTERVAL)
    fleet.up()
    cpu, net = machine.Recorder(lambda: machine.cpu_times()), machine.Recorder(lambda: machine.network_bytes())
    traffic = Traffic() if network else None
    try:
        with machine.Load(core=0), org.live() as live:
            fleet.agent(org, "this-machine")
            seen = {}

            def enough():
                row = live.host("this-machine")
                if "cpu" in row and row["ts"] not in seen:
                    seen[row["ts"]] = (row, machine.free(), machine.df())
                return len(seen) >= 6
            wait_until(enough, 10 * INTERVAL + 10, "six samples", fleet.tails)
            time.sleep(0.1)  # the recorders pass the last sample's time
    finally:
        cpu.stop()
        net.stop()
        if traffic:
            traffic.stop()
    return [seen[ts] for ts in sorted(seen)], cpu, net


def between(recorder, start, end):
    """{name: (difference, …)} between two times in milliseconds."""
    first, last = recorder.at(start / 1000), recorder.at(end / 1000)
    return {name: tuple(b - a for a, b in zip(first[name], last[name])) for name in first if name in last}


def test_cpu_agrees_with_proc_stat_within_2_points(observed):
    """In most of the samples: a busy machine may stop the agent between its clock and its reading, or whoever reads beside it."""
    rows, cpu, _ = observed
    found = []
    for (before, _, _), (row, _, _) in zip(rows[1:], rows[2:]):
        used = {name: 100 * (1 - idle / total)
                for name, (total, idle) in between(cpu, before["ts"], row["ts"]).items()}
        told = {"cpu": row["cpu"]["percent"], **{f"cpu{number}": percent for number, percent in enumerate(row["cpu"]["cores"])}}
        found.append({name: (value, used[name]) for name, value in told.items()})
    agree = [sample for sample in found if all(abs(told - used) <= 2 for told, used in sample.values())]
    assert len(agree) > len(found) / 2, found


def test_a_busy_core_shows_as_busy(observed):
    rows, _, _ = observed
    row = rows[-1][0]
    assert row["cpu"]["cores"][0] > 95
    assert row["cpu"]["percent"] > 95 / len(row["cpu"]["cores"])


def test_memory_agrees_with_free_within_1_percent(observed):
    rows, _, _ = observed
    row, free, _ = rows[-1]
    memory, total = row["memory"], free["Mem"]["total"]
    assert memory["total"] == total
    assert memory["used"] == pytest.approx(free["Mem"]["used"], abs=0.01 * total)
    assert memory["available"] == pytest.approx(free["Mem"]["available"], abs=0.01 * total)
    assert memory["percent"] == pytest.approx(100 * free["Mem"]["used"] / total, abs=2)
    assert memory["swap_total"] == free["Swap"]["total"]
    assert memory["swap_used"] == pytest.approx(free["Swap"]["used"], abs=0.01 * max(1, free["Swap"]["total"]))


def test_disks_agree_with_df(observed):
    rows, _, _ = observed
    row, _, df = rows[-1]
    shown = {disk["mount"]: disk for disk in row["disks"]}
    assert "/" in shown
    for mount, disk in shown.items():
        assert disk["total"] == df[mount]["size"], mount
        assert disk["used"] == pytest.approx(df[mount]["used"], abs=0.01 * disk["total"]), mount
        assert disk["percent"] == pytest.approx(df[mount]["percent"], abs=2), mount
        assert disk.get("fs", "-") == df[mount]["fstype"], mount


def test_every_real_filesystem_is_there_once_and_no_other(observed):
    rows, _, _ = observed
    row, _, df = rows[-1]
    devices = [disk["device"] for disk in row["disks"]]
    assert len(devices) == len(set(devices))
    real = {entry["source"] for entry in df.values() if entry["source"].startswith("/dev/") and entry["size"] > 0}
    assert set(devices) >= real
    assert not {disk.get("fs") for disk in row["disks"]} & {"tmpfs", "proc", "sysfs", "devtmpfs", "cgroup", "squashfs"}


def test_network_rates_agree_with_proc_net_dev(observed, network):
    rows, _, net = observed
    before, row = rows[-2][0], rows[-1][0]
    seconds = (row["ts"] - before["ts"]) / 1000
    counted = between(net, before["ts"], row["ts"])
    shown = {link["name"]: link for link in row["network"]}
    if network:
        assert shown[network]["tx_bps"] > 100_000
    for name, link in shown.items():
        received, sent = (value / seconds for value in counted[name])
        # An idle link's few packets may fall just before or after the reading.
        assert link["rx_bps"] == pytest.approx(received, rel=0.02, abs=200), name
        assert link["tx_bps"] == pytest.approx(sent, rel=0.02, abs=200), name


def test_uptime_processes_and_load_are_the_machines(observed):
    rows, _, _ = observed
    row = rows[-1][0]
    with open("/proc/uptime", encoding="ascii") as file:
        assert row["uptime"] == pytest.approx(float(file.read().split()[0]), abs=60)
    with open("/proc/loadavg", encoding="ascii") as file:
        fields = file.read().split()
    assert row["cpu"]["load"] == pytest.approx([float(field) for field in fields[:3]], abs=1.5)
    import psutil  # pylint: disable=import-outside-toplevel
    assert row["processes"] == pytest.approx(len(psutil.pids()), abs=30)


def test_the_inventory_is_the_machines(observed, fleet):
    import platform  # pylint: disable=import-outside-toplevel
    import os  # pylint: disable=import-outside-toplevel
    org = fleet.orgs["acme"]
    info = wait_until(lambda: org.json("/api/v1/hosts/this-machine").get("info"), 5, "the inventory")
    assert info["os"] == "linux"
    assert info["kernel"] == platform.release()
    assert info["arch"] == platform.machine()
    assert info["cores"] == os.cpu_count()
    assert info["memory"] == machine.free()["Mem"]["total"]
    assert info["hostname"].split(".")[0] == platform.node().split(".")[0]


def test_samples_come_at_the_configured_interval(observed):
    rows, _, _ = observed
    gaps = [(after[0]["ts"] - before[0]["ts"]) / 1000 for before, after in zip(rows[1:], rows[2:])]
    assert statistics.median(gaps) == pytest.approx(INTERVAL, abs=0.3), gaps
    assert max(gaps) < 2 * INTERVAL
    assert rows[-1][0]["interval"] == INTERVAL


def test_once_prints_a_sample_without_a_broker(fleet):
    import json  # pylint: disable=import-outside-toplevel
    from support.programs import program, run  # pylint: disable=import-outside-toplevel
    done = run([program("atlas-agent"), "--once"])
    assert done.returncode == 0, done.stderr
    sample = json.loads(done.stdout)
    assert sample["v"] == 1
    assert sample["memory"]["total"] == machine.free()["Mem"]["total"]
