"""The broker's guard: foreign subscriptions are refused, a flood costs nobody else a sample, broken rules close the broker."""

import threading
import time

import pytest

from support import credentials
from support.deadline import wait_until
from support.fleet import settle
from support.mqtt import NOT_AUTHORIZED, Client
from support.raw_mqtt import RawClient, RawPublisher
from support.samples import Publisher

LIMIT = 20  # messages a second of one of Acme's hosts; 100 seconds of them at once
BURST = 100 * LIMIT


@pytest.fixture(scope="module", name="world")
def started(fleet):
    acme = fleet.setup("Acme Corp", "acme", "#00ff00")
    beta = fleet.setup("Beta Industries", "beta", "#00ffff")
    acme.set(broker__limits__host_messages=str(LIMIT))
    for org in (acme, beta):
        org.add_host("h1")
        org.add_host("h2")
    fleet.up()
    wait_until(lambda: all(org.metrics()["atlas_guard_up"] == 1 for org in (acme, beta)), 15, "the guard's reports",
               fleet.tails)
    return acme, beta


def counted(org, name):
    return org.metrics()[name]


def test_readyz_tells_of_the_guard(world):
    acme, _ = world
    checks = {check["name"]: check for check in acme.json("/readyz", token=None)["checks"]}
    assert checks["guard"]["ready"], checks


@pytest.mark.parametrize("version", [3, 5])
@pytest.mark.parametrize("what", ["#", "+/#", "org/#", "org/+/host/+/metrics", "{beta}/#", "{beta}/host/h1/status",
                                  "$share/g/{beta}/#", "$share/g/#", "$share/g/{acme}/host/h1/cmd", "$SYS/#", "$SYS/broker/uptime",
                                  "$CONTROL/#", "{acme}/#", "{acme}/host/+/cmd", "{acme}/host/h2/cmd", "{acme}", "/", "+"])
def test_a_subscription_outside_its_own_topics_is_refused(world, version, what):
    acme, beta = world
    with acme.client("h1", version=version) as spy:
        assert spy.subscribe(what.format(acme=f"org/{acme.id}", beta=f"org/{beta.id}")) >= 128
        assert spy.connected


def test_a_service_cannot_take_another_services_messages(world):
    acme, beta = world

    def thief_in():
        """Beta's service, whose place it takes, comes back at once: that may be before it has asked for anything."""
        thief = Client(acme.fleet.broker_address, beta.id, credentials.ingest_password(beta.key, beta.id), client_id="thief")
        try:
            for pattern in (f"$share/g/org/{acme.id}/#", f"org/{acme.id}/#"):
                assert thief.subscribe(pattern, seconds=2) >= 128
        except Exception:
            thief.close()
            raise
        return thief
    with acme.client("h2") as host, wait_until(thief_in, 20, "the thief is refused what it asks for") as thief:
        before = counted(acme, "atlas_samples_accepted_total")
        publisher = Publisher()
        for _ in range(20):
            assert host.publish(acme.topic("h2"), publisher.sample()) == 0
        wait_until(lambda: counted(acme, "atlas_samples_accepted_total") == before + 20, 5, "every sample of Acme's")
        assert not thief.received()
    wait_until(beta.ready, 15, "Beta's service, whose own place at the broker the thief had taken")


def test_a_flood_is_cut_off_and_costs_nobody_else_a_sample(world):
    acme, beta = world
    accepted = counted(beta, "atlas_samples_accepted_total")
    neighbours = counted(acme, 'atlas_host_samples_total{host="h2"}')
    payload = Publisher().text().encode()
    broker = acme.fleet.broker_address

    def flood():
        raw = RawPublisher(broker.host, broker.port, broker.ca_file, acme.user("h1"), acme.password("h1"))
        try:
            raw.publish_all(acme.topic("h1"), (payload for _ in range(10 * BURST)))
        finally:
            raw.close()

    flooding = threading.Thread(target=flood)
    begun = time.monotonic()
    flooding.start()
    sent = 0
    publisher = Publisher()
    with beta.client("h1") as far, acme.client("h2") as near:
        while flooding.is_alive() or sent < 20:
            assert far.publish(beta.topic("h1"), publisher.sample()) == 0
            assert near.publish(acme.topic("h2"), publisher.sample()) == 0
            sent += 1
    flooding.join()
    allowed = BURST + LIMIT * (time.monotonic() - begun + 1)
    wait_until(lambda: counted(beta, "atlas_samples_accepted_total") == accepted + sent, 10, "every sample of Beta's")
    wait_until(lambda: counted(acme, 'atlas_host_samples_total{host="h2"}') == neighbours + sent, 10,
               "every sample of the flooding host's neighbour")
    # The guard reports every five seconds.
    wait_until(lambda: counted(acme, "atlas_guard_messages_dropped_total") >= 10 * BURST - allowed, 15, "the guard's count",
               lambda: counted(acme, "atlas_guard_messages_dropped_total"))
    assert counted(beta, "atlas_guard_messages_dropped_total") == 0


def broker_pid(fleet):
    return int((fleet.root / "broker" / "mosquitto.pid").read_text(encoding="ascii"))


def test_sessions_of_those_who_are_away_do_not_bring_the_broker_down(world, fleet):
    """Mosquitto 2.0.11 crashes over a session whose client is away when a reload finds that it may no longer log in."""
    acme, beta = world
    hosts = [f"away-{number}" for number in range(5)]

    def session(host, generation=1, **options):
        with RawClient(fleet.broker_address, acme.user(host), acme.password(host, generation), **options) as client:
            return client.refused == 0 and client.subscribe(acme.topic(host, "cmd")) < 128
    for host in hosts:
        acme.add_host(host)
    before = broker_pid(fleet)
    with beta.client("h1") as other:
        for host in hosts:
            wait_until(lambda h=host: session(h, keep_session=8), 10, f"{host} at the broker")
        for host in hosts:
            fleet.cli("host", "revoke", "acme", host)
        wait_until(lambda: not session(hosts[-1], clean=False), 5, "revoked hosts")
        for host in hosts:
            fleet.cli("host", "add", "acme", host)
        for host in hosts:
            wait_until(lambda h=host: session(h, 2, clean=False), 10, f"{host} is back")
        settle(9)  # in which the sessions end
        assert other.connected and other.disconnects == 0
    assert broker_pid(fleet) == before


@pytest.mark.parametrize("broken", ["rubbish\n", "", None])
def test_a_reload_with_broken_rules_closes_the_broker_until_they_are_mended(world, fleet, broken):
    acme, beta = world
    rules = fleet.root / "broker" / "acl"
    with acme.client("h2") as host:
        if broken is None:
            rules.unlink()
        else:
            rules.write_text(broken, encoding="ascii")
        fleet.reload_broker()
        publisher = Publisher()
        wait_until(lambda: host.publish(acme.topic("h2"), publisher.sample()) == NOT_AUTHORIZED, 5, "a closed broker")
        assert host.publish(beta.topic("h2"), publisher.sample()) == NOT_AUTHORIZED
        assert host.subscribe(f"org/{beta.id}/#") >= 128
        assert fleet.cli("broker", "check", check=False).returncode == 1
        fleet.cli("broker", "apply")
        assert host.publish(acme.topic("h2"), publisher.sample()) == 0
        assert host.publish(beta.topic("h2"), publisher.sample()) == NOT_AUTHORIZED
    assert fleet.cli("broker", "check").returncode == 0
