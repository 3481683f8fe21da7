"""Whatever is killed or cut, afterwards history has every sample that was ever taken, once.

Short outages by default; ATLAS_TEST_OUTAGES=full makes them ten minutes long, with 200 hosts that report every 10 s.
"""

import concurrent.futures
import os
import re
import time

import pytest

from support.deadline import wait_until
from support.keeping_host import KeepingSwarm
from support.programs import SLOW
from support.proxy import Proxy

FULL = os.environ.get("ATLAS_TEST_OUTAGES") == "full"
HOSTS, INTERVAL, OUTAGE = (200, 10, 600) if FULL else (40, 1, 12)
AGENTS = ["agent-1", "agent-2"]
# After an outage everything is stored within this time: what was kept comes in a few messages of each host.
CATCH_UP = 60 * SLOW + 6 * INTERVAL


class World:
    def __init__(self, fleet, proxy):
        self.fleet, self.proxy = fleet, proxy
        self.org = fleet.setup("Acme Corp", "acme", agent__report_interval=INTERVAL)
        self.names = [f"host-{number}" for number in range(HOSTS)]
        for name in AGENTS:
            self.org.add_host(name)
        self.broker = fleet.broker()
        proxy.lead_to(self.fleet.broker_port)
        self.ingest = fleet.ingest(self.org)
        self._enroll()
        self.swarm = KeepingSwarm(self.org, {name: self.org.password(name) for name in self.names}, INTERVAL, proxy.port)
        self.swarm.start(self.names)
        self.agents = {name: self._agent(name) for name in AGENTS}
        self.agent_logs = {name: [self.agents[name]] for name in AGENTS}
        self.begun = int(time.time() * 1000)
        wait_until(lambda: all(host.acks for host in self.hosts()), 60 * SLOW, "every host has heard that it is stored",
                   fleet.tails, every=0.2)

    def _enroll(self):
        token = self.fleet.cli("token", "enroll", self.org.slug, "--uses", HOSTS).stdout.strip()

        def enroll(name):
            answer = self.org.request("POST", "/api/v1/enroll", token=None, json={"token": token, "host": name})
            assert answer.status_code == 201, answer.text
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            list(pool.map(enroll, self.names))

    def _agent(self, name):
        return self.fleet.agent(self.org, name, "--verbose", "--report-interval", INTERVAL, "--server-url",
                                f"mqtts://localhost:{self.proxy.port}")

    def hosts(self):
        return list(self.swarm.hosts.values())

    def restart_agent(self, name):
        self.agents[name].kill()
        self.agents[name] = self._agent(name)
        self.agent_logs[name].append(self.agents[name])

    def let_pass(self, seconds):
        """Until so much has been measured by everybody."""
        before = {host.name: len(host.produced) for host in self.hosts()}
        wait_until(lambda: all(len(host.produced) >= before[host.name] + seconds // INTERVAL for host in self.hosts()),
                   seconds + 30 + 2 * INTERVAL, f"{seconds} s of samples are taken", every=0.2)

    def catch_up(self):
        """Until all that was taken so far is stored, with everybody going on; the seconds that took."""
        begun = time.monotonic()
        last = {host.name: next(reversed(host.produced.values())) for host in self.hosts()}

        def behind():
            return [host.name for host in self.hosts()
                    if any(sample["processes"] <= last[host.name] for sample in list(host.kept.values()))]
        wait_until(lambda: not behind(), CATCH_UP, "all is stored",
                   lambda: f"not of {behind()[:5]}…\n{self.fleet.tails()}", every=0.2)
        return time.monotonic() - begun

    def stored(self, name, metric="processes"):
        answer = self.org.json(f"/api/v1/hosts/{name}/history", params={
            "metric": metric, "from": self.begun - 60_000, "to": int(time.time() * 1000) + 60_000, "points": 5000})
        return answer["points"]

    def stored_of_agent(self, name):
        """What the agent has heard: by boot, the newest number that is stored."""
        newest = {}
        for log in self.agent_logs[name]:
            for boot, seq in re.findall(r"boot (\w+) is stored up to (\d+)", log.text()):
                newest[boot] = max(newest.get(boot, 0), int(seq))
        return newest

    def is_agent_done(self, name):
        """Whether it keeps nothing but what it has just taken."""
        kept = re.findall(r"is stored up to \d+; (\d+) samples are kept", self.agents[name].text())
        return bool(kept) and int(kept[-1]) <= 1


@pytest.fixture(scope="module", name="world")
def started(fleet):
    with Proxy() as proxy:
        value = World(fleet, proxy)
        try:
            yield value
        finally:
            value.swarm.stop()


def test_nothing_is_lost_while_the_service_is_killed(world):
    world.ingest.kill()
    world.let_pass(OUTAGE)
    world.ingest = world.fleet.ingest(world.org)
    print(f"\nall stored {world.catch_up():.1f} s after {OUTAGE} s without the service")


def test_nothing_is_lost_while_the_broker_is_killed(world):
    world.broker.kill()
    world.let_pass(OUTAGE)
    world.broker = world.fleet.broker()
    print(f"\nall stored {world.catch_up():.1f} s after {OUTAGE} s without the broker")


def test_nothing_is_lost_while_the_network_is_cut(world):
    world.proxy.cut()
    world.let_pass(OUTAGE)
    world.proxy.heal()
    print(f"\nall stored {world.catch_up():.1f} s after {OUTAGE} s without a network")


def test_nothing_is_lost_when_everything_is_killed_at_once(world):
    world.broker.kill()
    world.ingest.kill()
    world.let_pass(OUTAGE)
    for name in world.names[::4]:
        world.swarm.restart_host(name)
    for name in AGENTS:
        world.restart_agent(name)
    world.broker = world.fleet.broker()
    world.ingest = world.fleet.ingest(world.org)
    print(f"\nall stored {world.catch_up():.1f} s after {OUTAGE} s without anything")


def test_history_has_every_sample_once(world):
    world.swarm.may_send = False
    wait_until(world.swarm.is_stored, CATCH_UP, "the last ones are stored",
               lambda: [(host.name, list(host.kept)[:3]) for host in world.hosts() if host.kept][:5], every=0.2)
    produced = stored = missing = twice = strange = 0
    for host in world.hosts():
        points = world.stored(host.name)
        there = {}
        for ts, least, _, most in points:
            assert least == most, "a point is one sample"
            twice += ts in there
            there[ts] = most
        produced += len(host.produced)
        stored += len(points)
        missing += sum(1 for ts, number in host.produced.items() if there.get(ts) != number)
        strange += sum(1 for ts in there if ts not in host.produced)
    resent = sum(host.resent for host in world.hosts())
    print(f"\n{HOSTS} hosts: {produced} samples produced, {stored} stored, {missing} missing, {twice} twice; "
          f"{resent} sent again because they were reported as missing")
    assert (missing, twice, strange) == (0, 0, 0)
    assert stored == produced


def test_history_has_every_sample_of_real_agents_that_were_killed(world):
    for name in AGENTS:
        wait_until(lambda name=name: world.is_agent_done(name), CATCH_UP, f"{name} has handed all over", world.fleet.tails)
        world.agents[name].stop()
        # Its last sample may be under way: the service says how many it has.
        expected = world.stored_of_agent(name)
        assert len(expected) == len(world.agent_logs[name]), expected
        points = world.stored(name, "cpu.percent")
        assert len({point[0] for point in points}) == len(points)
        print(f"\n{name}: {sum(expected.values())} samples of {len(expected)} runs acknowledged, {len(points)} stored")
        assert 0 <= len(points) - sum(expected.values()) <= 1 + len(expected)
