"""5,000 hosts enrol, half of them are online, the key is rotated and the service killed in the middle."""

import concurrent.futures
import json
import signal
import time

import pytest

from support import credentials
from support.deadline import wait_until
from support.host_swarm import HostSwarm
from support.programs import SLOW, children_named

HOSTS = 5_000 // SLOW


class World:
    def __init__(self, fleet):
        self.fleet = fleet
        self.org = fleet.setup("Acme Corp", "acme")
        self.up = fleet.up()
        names = [f"host-{number}" for number in range(HOSTS)]
        begun = time.monotonic()
        self.enroll(names)
        print(f"\n{HOSTS} hosts enrolled in {time.monotonic() - begun:.1f} s")
        self.online = names[::2]
        self.swarm = HostSwarm(self.org, {name: self.org.password(name) for name in names}, interval=3)
        begun = time.monotonic()
        self.swarm.start(self.online)
        self.wait_connected()
        print(f"{len(self.online)} hosts connected in {time.monotonic() - begun:.1f} s")

    def enroll(self, names):
        tokens = [self.fleet.cli("token", "enroll", self.org.slug).stdout.strip() for _ in range(5)]

        def enroll_share(number):
            for name in names[number::len(tokens)]:
                answer = self.org.request("POST", "/api/v1/enroll", token=None,
                                          json={"token": tokens[number], "host": name})
                assert answer.status_code == 201, answer.text
        with concurrent.futures.ThreadPoolExecutor(len(tokens)) as pool:
            list(pool.map(enroll_share, range(len(tokens))))

    def hosts(self):
        return [self.swarm.hosts[name] for name in self.online]

    def wait_connected(self):
        wait_until(lambda: all(host.connected and host.sent > 0 for host in self.hosts()), 120, "all are connected",
                   lambda: f"{sum(host.connected for host in self.hosts())} are\n{self.fleet.tails()}", every=0.2)

    def status(self):
        return json.loads(self.fleet.cli("--json", "key", "status", self.org.slug).stdout)

    def missing(self):
        """Samples of this run of the service that have a number and have not come."""
        metrics = self.org.metrics()
        return sum(metrics[f'atlas_host_samples_missing{{host="{name}"}}'] for name in self.online)

    def counted(self):
        metrics = self.org.metrics()
        return {name: metrics.get(f'atlas_host_samples_total{{host="{name}"}}', 0) for name in self.online}

    def pause(self):
        """How many samples each host has sent, none of them under way."""
        self.swarm.may_send = False
        wait_until(lambda: all(host.is_idle for host in self.hosts()), 60, "all samples are acknowledged", every=0.2)
        return {host.name: host.sent for host in self.hosts()}


@pytest.fixture(scope="module", name="world")
def started(fleet):
    value = World(fleet)
    try:
        yield value
    finally:
        value.swarm.stop()


def test_all_online_hosts_of_5000_move_without_a_lost_sample(world):
    org, fleet = world.org, world.fleet
    old_key = org.key
    held = world.hosts()[::2]  # these answer only after the kill
    for host in held:
        host.may_answer = False
    begun = time.monotonic()
    fleet.cli("key", "rotate", org.slug, "--grace", "1h")
    quick = len(world.online) - len(held)
    wait_until(lambda: world.status()["moved"] >= quick, 120, "half of them have moved",
               lambda: f"{world.status()['moved']} have\n{fleet.tails()}", every=0.5)
    print(f"\n{quick} hosts moved in {time.monotonic() - begun:.1f} s")
    before = world.pause()
    wait_until(lambda: world.counted() == before and world.missing() == 0, 60, "the service has every sample of before",
               fleet.tails, every=0.5)

    service = children_named(world.up.pid, "atlas-ingest")[0]
    service.send_signal(signal.SIGKILL)
    begun = time.monotonic()
    for host in held:
        host.may_answer = True
    world.swarm.may_send = True
    wait_until(lambda: world.status()["moved"] == len(world.online), 180, "all online ones have moved",
               lambda: f"{world.status()['moved']} have\n{fleet.tails()}", every=0.5)
    print(f"the other {len(held)} within {time.monotonic() - begun:.1f} s of the kill")
    wait_until(lambda: all(len(host.passwords) == 1 for host in world.hosts()), 60, "all have come with the new password",
               fleet.tails, every=0.2)
    world.wait_connected()
    wait_until(lambda: all(host.sent > before[host.name] + 1 for host in world.hosts()), 60, "samples go on coming")

    total = world.pause()
    expected = {name: total[name] - before[name] for name in total}
    wait_until(lambda: world.counted() == expected and world.missing() == 0, 60, "every sample has come",
               fleet.tails, every=0.5)
    print(f"{sum(total.values())} samples, none lost")
    shown = fleet.cli("key", "show", org.slug, "--reveal").stdout.strip()
    new_key = credentials.key_bytes(shown)
    assert new_key != old_key
    for host in world.hosts():
        assert host.passwords == [credentials.host_password(new_key, org.id, host.name, 2)], host.name
    status = world.status()
    assert status["rotating"] and len(status["waiting"]) == HOSTS - len(world.online) and not status["cut_off"]
