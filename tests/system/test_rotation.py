"""An organisation's key is rotated while half of the hosts are away and the parts are killed."""

import json
import signal

import pytest

from support import credentials
from support.deadline import wait_until
from support.mqtt import NOT_AUTHORIZED, Client
from support.programs import SLOW, children_named
from support.scripted_host import ScriptedHost

SCRIPTED = 40
AGENTS = ("agent-1", "agent-2", "agent-3", "agent-4")


class World:
    """One organisation: half of its scripted hosts and of its agents are online."""

    def __init__(self, fleet):
        self.fleet = fleet
        self.org = fleet.setup("Acme Corp", "acme")
        self.scripted = {}
        names = [f"host-{number}" for number in range(SCRIPTED)]
        for name in names:
            self.org.add_host(name)
        self.online, self.away = names[::2], names[1::2]
        self.up = fleet.up()
        self.agents = {name: fleet.agent(self.org, name) for name in AGENTS[:2]}
        for name in AGENTS[2:]:
            fleet.agent_config(self.org, name)
        for name in self.online:
            self.start(name)
        self.wait_online(self.online + list(self.agents))

    def start(self, name):
        host = self.scripted.setdefault(name, ScriptedHost(self.org, name))
        host.start()
        return host

    def stop(self):
        self.go_on()
        for host in self.scripted.values():
            host.stop()

    def wait_online(self, names):
        def all_online():
            rows = self.org.hosts()
            return all(rows[name]["state"] == "online" and "cpu" in rows[name] for name in names)
        wait_until(all_online, 30 * SLOW, f"{len(names)} hosts are online", self.fleet.tails)

    def status(self):
        return json.loads(self.fleet.cli("--json", "key", "status", self.org.slug).stdout)

    def key(self):
        shown = self.fleet.cli("key", "show", self.org.slug, "--reveal")
        return credentials.key_bytes(shown.stdout.strip())

    def password(self, host, generation):
        return credentials.host_password(self.key(), self.org.id, host, generation)

    def hosts(self):
        rows = json.loads(self.fleet.cli("--json", "host", "list", self.org.slug).stdout)["hosts"]
        return {row["id"]: row for row in rows}

    def counted(self, names):
        """By host: how many different samples this run of the service has taken, and the newest number."""
        metrics, rows = self.org.metrics(), self.org.hosts()
        for name in names:
            assert metrics[f'atlas_host_samples_missing{{host="{name}"}}'] == 0, f"{name} has a gap"
        return {name: (metrics[f'atlas_host_samples_total{{host="{name}"}}'], rows[name]["seq"]) for name in names}

    def caught_up(self, names):
        """Three samples without a gap."""
        first = self.counted(names)
        wait_until(lambda: all(row["seq"] >= first[name][1] + 3 for name, row in self.org.hosts().items() if name in first), 30 * SLOW,
                   "three more samples")
        return self.counted(names)

    def kept(self, agent):
        """The passwords that an agent keeps."""
        return json.loads((self.fleet.root / f"passwords-{self.org.id}-{agent}.json").read_text())["passwords"]

    def follower(self):
        """`broker sync --watch`, which `up` runs."""
        return next(child for child in children_named(self.up.pid, "atlas-fleet") if "sync" in child.cmdline())

    def service(self):
        return children_named(self.up.pid, "atlas-ingest")[0]

    def pause(self):
        for name in self.online:
            self.scripted[name].may_send.clear()
        for agent in self.agents.values():
            agent.signal(signal.SIGSTOP)
        for name in self.online:
            assert self.scripted[name].is_idle.wait(20 * SLOW), name

    def go_on(self):
        for agent in self.agents.values():
            agent.signal(signal.SIGCONT)
        for name in self.online:
            self.scripted[name].may_send.set()


@pytest.fixture(scope="module", name="world")
def started(fleet):
    value = World(fleet)
    try:
        yield value
    finally:
        value.stop()


def wait_moved(world, names, generation=2):
    def moved():
        hosts = world.hosts()
        return all(hosts[name]["generation"] == generation and hosts[name]["password"] == "good" for name in names)
    wait_until(moved, 60 * SLOW, f"{len(names)} hosts have moved", lambda: f"{world.status()}\n{world.fleet.tails()}",
               every=0.2)


def refused(world, host, password):
    with Client(world.fleet.broker_address, world.org.user(host), password) as client:
        return client.connect_result == NOT_AUTHORIZED


def test_every_online_host_moves_without_a_lost_sample_though_service_and_follower_are_killed(world):
    org, fleet = world.org, world.fleet
    steady = world.online + list(world.agents)
    old_key = org.key
    held = world.online[::2]  # these answer only after the kill
    for name in held:
        world.scripted[name].may_answer.clear()
    fleet.cli("key", "rotate", org.slug, "--grace", "1h")
    assert world.key() != old_key
    wait_moved(world, [name for name in steady if name not in held])
    assert set(held) <= set(world.status()["waiting"]), "it is in the middle"

    # An agent that is stopped while it makes up for the time without a connection keeps a gap open.
    for name in world.agents:
        wait_until(lambda host=name: world.kept(host) == [world.password(host, 2)], 30 * SLOW, f"{name} is back with the new password")
    wait_until(lambda: world.caught_up(world.agents), 30 * SLOW, "the agents have sent what they held", fleet.tails, every=0.5)
    world.pause()
    sent = {name: world.scripted[name].sent for name in world.online}

    def all_counted():
        counted = world.counted(steady)
        assert all(counted[name][0] == sent[name] for name in world.online), counted
        assert all(samples == seq for samples, seq in counted.values()), counted
        return counted
    before = wait_until(all_counted, 20 * SLOW, "the service has every sample of before", fleet.tails)
    service, follower = world.service(), world.follower()
    service.send_signal(signal.SIGKILL)
    follower.send_signal(signal.SIGKILL)
    for name in held:
        world.scripted[name].may_answer.set()  # to a service that is not there any more
    world.go_on()

    wait_until(lambda: world.service().pid != service.pid and world.follower().pid != follower.pid, 30 * SLOW,
               "both are back", fleet.tails)
    wait_moved(world, steady)
    world.wait_online(steady)
    newest = {name: row["seq"] for name, row in org.hosts().items() if name in steady}
    wait_until(lambda: all(org.hosts()[name]["seq"] >= newest[name] + 4 for name in steady), 30 * SLOW,
               "samples go on coming", fleet.tails)

    def nothing_lost():
        earlier, counted = org.hosts(), world.counted(steady)
        # What was not acknowledged by the killed service comes once more.
        return all(earlier[name]["seq"] - before[name][1] <= samples <= seq for name, (samples, seq) in counted.items()) and counted
    after = wait_until(nothing_lost, 20 * SLOW, "every sample has come, once or more",
                       lambda: f"{before}\n{world.counted(steady)}\n{fleet.tails()}")
    print(f"{sum(seq for _, seq in after.values()):.0f} samples of {len(steady)} hosts, none lost")

    for name in world.online:
        wait_until(lambda host=name: world.scripted[host].passwords == [world.password(host, 2)], 30 * SLOW,
                   f"the new password of {name} works, by the recipe", fleet.tails)
        wait_until(lambda host=name: refused(world, host, credentials.host_password(old_key, org.id, host)), 30 * SLOW,
                   f"the former password of {name} opens nothing", fleet.tails)
    for name in world.agents:
        wait_until(lambda host=name: world.kept(host) == [world.password(host, 2)], 30 * SLOW, f"{name} has forgotten the former one")
    status = world.status()
    assert status["rotating"] and status["moved"] == len(steady) and status["cut_off"] == []
    assert set(status["waiting"]) == set(world.away) | set(AGENTS[2:])


def test_who_was_away_moves_when_it_comes_back_within_the_grace(world):
    late = world.away[1:]
    for name in late:
        world.start(name)
    for name in AGENTS[2:]:
        world.agents[name] = world.fleet.agent(world.org, name)
    wait_moved(world, late + list(AGENTS[2:]))
    world.wait_online(late + list(world.agents))
    assert world.status()["waiting"] == [world.away[0]]
    # An agent that starts anew comes with what it has been given, not with what is configured.
    world.agents["agent-1"].kill()
    world.agents["agent-1"] = world.fleet.agent(world.org, "agent-1")
    world.wait_online(["agent-1"])


def test_who_never_comes_is_cut_off_at_the_end_of_the_grace_and_named(world):
    org, fleet = world.org, world.fleet
    never = world.away[0]
    again = fleet.cli("key", "rotate", org.slug, check=False)
    assert again.returncode == 4 and "--now" in again.stderr
    present = [name for name in world.hosts() if name != never]
    # Who is still on its way to the second key may come too late for a third within so short a grace.
    wait_moved(world, present)
    gone = present.pop(present.index("agent-4"))
    world.agents.pop(gone).stop()
    fleet.cli("key", "rotate", org.slug, "--now", "--grace", "60s")
    assert world.status()["cut_off"] == [never], "the first rotation ended early"
    wait_moved(world, present, generation=3)
    wait_until(lambda: not world.status()["rotating"], 90 * SLOW, "the grace ends", fleet.tails)
    assert sorted(world.status()["cut_off"]) == sorted([never, gone])
    told = fleet.cli("key", "status", org.slug).stdout
    assert never in told and gone in told and "readmit" in told
    wait_until(lambda: org.metrics()['atlas_rotation_hosts{state="cut_off"}'] == 2, 10 * SLOW, "the service counts them")
    assert not (fleet.root / "tenants" / org.slug / "rotation.json").exists()
    kept = world.kept(gone)[0]
    wait_until(lambda: refused(world, gone, kept), 10 * SLOW, "its password opens nothing any more")
    world.wait_online(present)

    # A token alone does not bring a host back that was cut off; with an administrator's word it does.
    token = fleet.cli("token", "enroll", org.slug).stdout.strip()

    def enroll(**members):
        return org.request("POST", "/api/v1/enroll", token=None, json={"token": token, "host": never, **members})
    former = credentials.host_password(org.key, org.id, never)
    assert enroll().status_code == 409 and enroll(password="").status_code in (400, 409)
    assert enroll(password=former).status_code == 409
    fleet.cli("host", "readmit", org.slug, never)
    given = enroll()
    assert given.status_code == 201 and given.json()["password"] == world.password(never, 2), given.text
    # Or a new configuration.
    config = fleet.agent_config(org, gone)
    config.unlink()
    world.agents[gone] = fleet.agent(org, gone)
    world.wait_online([gone])
    assert world.hosts()[gone]["password"] == "good"


def test_no_secret_of_the_rotation_is_in_a_log(world):
    logs = "\n".join(file.read_text(errors="replace") for file in world.fleet.logs.iterdir())
    secrets = [password for host in world.scripted.values() for password in host.passwords]
    secrets += [world.fleet.cli("key", "show", world.org.slug, "--reveal").stdout.strip()]
    for name in world.agents:
        secrets.append(world.password(name, world.hosts()[name]["generation"]))
    assert not [secret for secret in secrets if secret in logs]
