"""History outlives the service, has every sample exactly once, and says so to the host that sent it."""

import os
import shutil
import subprocess
import time

import pytest

from support.deadline import wait_until
from support.fleet import Fleet, settle
from support.history import SpoolingHost
from support.programs import SLOW


@pytest.fixture(scope="module", name="world")
def started(fleet):
    acme = fleet.setup("Acme Corp", "acme")
    for host in ("web-1", "web-2", "web-3"):
        acme.add_host(host)
    fleet.broker()
    return fleet, acme


@pytest.fixture(name="host")
def connected(world, request):
    _, acme = world
    host = SpoolingHost(acme, request.param)
    yield host
    host.close()


@pytest.mark.parametrize("host", ["web-1"], indirect=True)
def test_samples_are_stored_once_over_kill_9_and_charts_are_there_at_once(world, host):
    fleet, acme = world
    for _ in range(4):
        ingest = fleet.ingest(acme)
        host.send(25)
        host.wait_acknowledged(20 * SLOW)
        host.send(25)  # some of these are stored and some are not
        ingest.kill()
        host.send_held()  # the broker keeps them for the service
    ingest = fleet.ingest(acme)
    host.send_held()
    host.wait_acknowledged(20 * SLOW)
    host.check_exactly_once()
    ingest.kill()
    fleet.ingest(acme)
    host.check_exactly_once()  # without a further sample
    metrics = acme.json("/api/v1/hosts/web-1")["metrics"]
    assert "disks[/].total" in metrics and "cpu.cores[1]" in metrics and "uptime" in metrics


@pytest.mark.parametrize("host", ["web-2"], indirect=True)
def test_an_ack_names_what_is_missing_and_comes_once_an_interval(world, host):
    _, acme = world
    first, second, third = (host.publisher.sample() for _ in range(3))
    for sample in (first, third):
        acme_topic = acme.topic("web-2")
        host.client.publish(acme_topic, sample)
    ack = wait_until(host.acks, 10 * SLOW, "an acknowledgement")[-1]
    ack = wait_until(lambda: [each for each in host.acks() if each["seq"] == 3], 10 * SLOW, "one up to 3")[-1]
    assert ack == {"boot": host.publisher.boot, "seq": 3, "missing": [[0, 0], [2, 2]]}
    host.client.publish(acme.topic("web-2"), [second, first, third])
    wait_until(lambda: host.acks()[-1] == {"boot": host.publisher.boot, "seq": 3, "missing": [[0, 0]]}, 10 * SLOW,
               "an acknowledgement without the gap", host.acks)
    before, begun = len(host.acks()), time.monotonic()
    for _ in range(30):
        host.send()
        settle(0.1)
    assert len(host.acks()) - before <= time.monotonic() - begun + 2  # the report interval is a second
    # The repeats of what is stored are acknowledged again: the first answer may be lost.
    host.wait_acknowledged(10 * SLOW)
    host.client.forget()
    host.client.publish(acme.topic("web-2"), first)
    wait_until(host.acks, 10 * SLOW, "an acknowledgement of a repeat")


@pytest.mark.parametrize("host", ["web-3"], indirect=True)
def test_a_late_sample_goes_to_history_and_not_to_the_live_view(world, host):
    _, acme = world
    host.send(5)
    late = host.publisher.sample(cpu=99)
    late["ts"] -= 3_600_000
    host.client.publish(acme.topic("web-3"), host.publisher.sample(cpu=20))
    host.client.publish(acme.topic("web-3"), late)

    def stored():
        path = f"/api/v1/hosts/web-3/history?metric=cpu.percent&from={late['ts']}&to={late['ts']}"
        return acme.json(path)["points"]
    assert wait_until(stored, 10 * SLOW, "the late sample in history") == [[late["ts"], 99, 99, 99]]
    assert acme.hosts()["web-3"]["cpu"]["percent"] == 20


class SmallDisk:
    """A file system of its own for an organisation's files."""

    def __init__(self, folder, mebibytes):
        self.folder = folder
        self.image = folder.parent / "disk.img"
        kept = folder.parent / "kept"
        shutil.move(folder, kept)
        folder.mkdir(mode=0o700)
        with open(self.image, "wb") as file:
            file.truncate(mebibytes * 1024 * 1024)
        subprocess.run(["mkfs.ext4", "-q", "-m", "0", self.image], check=True)
        subprocess.run(["mount", "-o", "loop", self.image, folder], check=True)
        shutil.copytree(kept, folder, dirs_exist_ok=True)

    def fill(self):
        with open(self.folder / "ballast", "wb", buffering=0) as file:
            for size in (65_536, 4096, 512):
                try:
                    while file.write(b"x" * size) == size:
                        pass
                except OSError:
                    pass
            os.fsync(file.fileno())

    def make_room(self):
        (self.folder / "ballast").unlink()

    def make_read_only(self):
        """As a kernel does after an error of the disk: whatever is open cannot be written any more."""
        subprocess.run(["mount", "-o", "remount,abort", self.folder], check=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", "-l", self.folder], check=True)


@pytest.fixture(name="small")
def on_a_small_disk(request):
    with Fleet() as fleet:
        acme = fleet.setup("Acme Corp", "acme")
        acme.add_host("web-1")
        acme.token()  # it is a row in the database too
        with SmallDisk(fleet.root / "tenants" / "acme", 8) as disk:
            fleet.broker()
            ingest = fleet.ingest(acme)
            host = SpoolingHost(acme, "web-1")
            yield acme, disk, host
            host.close()
            ingest.stop()


def unready(org):
    """What /readyz says of the history when the service is not ready."""
    answer = org.get("/readyz", token=None)
    checks = {check["name"]: check for check in answer.json()["checks"]}
    return answer.status_code == 503 and not checks["history"]["ready"] and checks["history"]["detail"]


def test_a_full_disk_stops_acknowledgements_and_nothing_else(small):
    acme, disk, host = small
    host.send(20)
    host.wait_acknowledged(20 * SLOW)
    disk.fill()

    def refused():
        host.send(50)
        return unready(acme)
    detail = wait_until(refused, 30 * SLOW, "/readyz says that nothing is stored")
    assert "the disk is full" in detail and "fleet.db" in detail
    settle(1.5)  # the acknowledgement of what was stored last may take a report interval
    before = len(host.acks())
    held = len(host.held)
    host.send(10, cpu=77)
    wait_until(lambda: acme.hosts()["web-1"]["cpu"]["percent"] == 77, 10 * SLOW, "the live view goes on")
    settle(2)
    assert len(host.acks()) == before, "acknowledged although nothing can be stored"
    host.read_acks()
    assert len(host.held) >= min(held, 10)
    disk.make_room()
    wait_until(acme.ready, 30 * SLOW, "the service is ready again by itself")
    host.send_held()
    host.wait_acknowledged(30 * SLOW)
    host.check_exactly_once()


def test_a_store_that_has_become_read_only_is_told_and_the_live_view_goes_on(small):
    acme, disk, host = small
    host.send(5)
    host.wait_acknowledged(20 * SLOW)
    disk.make_read_only()

    def refused():
        host.send(1, cpu=33)
        return unready(acme)
    assert "cannot be written" in wait_until(refused, 30 * SLOW, "/readyz says that nothing is stored")
    host.send(1, cpu=66)
    wait_until(lambda: acme.hosts()["web-1"]["cpu"]["percent"] == 66, 10 * SLOW, "the live view goes on")
    assert host.held
