"""Any MQTT client with a host's credential is shown on its organisation's dashboard, and nowhere else."""

import json
import statistics
import subprocess
import time

import pytest

from support.deadline import promised, wait_until
from support.fleet import settle
from support.mqtt import NOT_AUTHORIZED
from support.programs import SLOW, environment
from support.samples import Publisher, now_ms


@pytest.fixture(scope="module", name="world")
def started(fleet):
    acme = fleet.setup("Acme Corp", "acme", "#00ff00")
    beta = fleet.setup("Beta Industries", "beta", "#00ffff")
    for org, hosts in ((acme, ("web-1", "db-1")), (beta, ("web-1", "line-9"))):
        for host in hosts:
            org.add_host(host)
    fleet.up()
    with acme.live() as acme_live, beta.live() as beta_live:
        yield acme, beta, acme_live, beta_live


def seen(live, host, ts, seconds=5):
    return wait_until(lambda: live.arrival(host, ts), seconds * SLOW, f"sample {ts} of {host} in the live feed",
                      lambda: live.host(host))


@pytest.mark.parametrize("version", [3, 5])
def test_a_sample_of_a_paho_client_is_on_the_live_feed_within_300_ms(world, version):
    acme, beta, acme_live, beta_live = world
    before = len(beta_live.seen())
    delays = []
    with acme.client("web-1", version=version) as client:
        publisher = Publisher()
        for number in range(5):
            sample = publisher.sample(cpu=20 + number)
            sent = time.monotonic()
            assert client.publish(acme.topic("web-1"), sample) == 0
            delays.append(seen(acme_live, "web-1", sample["ts"]) - sent)
            settle(0.3)  # the feed tells at most 4 times a second; each sample is to be a first change
    assert statistics.median(delays) < 0.3 * SLOW, delays
    assert acme_live.host("web-1")["cpu"]["percent"] == 24
    assert acme_live.host("web-1")["state"] == "online"
    assert acme_live.host_names() == ["db-1", "web-1"]
    assert beta_live.host("web-1").get("cpu") is None
    assert len(beta_live.seen()) == before


@promised
def test_a_burst_of_samples_ends_with_the_newest_within_300_ms(world):
    acme, _, acme_live, _ = world
    with acme.client("db-1") as client:
        publisher = Publisher()
        for number in range(50):
            sample = publisher.sample(cpu=number)
            client.publish(acme.topic("db-1"), sample)
        sent = time.monotonic()
        assert seen(acme_live, "db-1", sample["ts"]) - sent < 0.3 * SLOW + 0.2


def test_mosquitto_pub_with_a_host_credential_is_shown(world, fleet):
    acme, _, acme_live, _ = world
    sample = Publisher().sample(cpu=77)
    # The password goes through a configuration file: argument lists are public.
    config = fleet.root / "mosquitto-clients"
    config.mkdir(exist_ok=True)
    (config / "mosquitto_pub").write_text(f"-P {acme.password('web-1')}\n")
    (config / "mosquitto_pub").chmod(0o600)
    done = subprocess.run(
        ["mosquitto_pub", "-h", "localhost", "-p", str(fleet.broker_port), "--cafile",
         str(fleet.broker_address.ca_file), "-V", "5", "-q", "1", "-u", acme.user("web-1"), "-i", acme.user("web-1"),
         "-t", acme.topic("web-1"), "-s"], input=json.dumps(sample), text=True, capture_output=True, timeout=20,
        env=environment(XDG_CONFIG_HOME=str(config)), check=False)
    assert done.returncode == 0, done.stderr
    seen(acme_live, "web-1", sample["ts"])
    assert acme_live.host("web-1")["cpu"]["percent"] == 77


def test_a_host_cannot_publish_as_another_host(world):
    acme, _, acme_live, _ = world
    before = acme_live.host("db-1")
    with acme.client("web-1") as client:
        for channel, payload in (("metrics", Publisher().sample(cpu=99)),
                                 ("status", {"state": "stopped", "ts": now_ms(), "boot": "x"}),
                                 ("info", {"os": "evil"})):
            assert client.publish(acme.topic("db-1", channel), payload) == NOT_AUTHORIZED
        settle(0.5)
        assert client.connected
    assert acme_live.host("db-1") == before


def test_a_host_cannot_publish_into_another_organisation(world):
    acme, beta, _, beta_live = world
    before = len(beta_live.seen())
    with acme.client("web-1") as client:
        for host in ("web-1", "line-9", "new-host"):
            for channel in ("metrics", "status", "info", "cmd", "config", "ack"):
                payload = Publisher().sample(cpu=99) if channel == "metrics" else {"state": "stopped", "ts": now_ms()}
                assert client.publish(beta.topic(host, channel), payload) == NOT_AUTHORIZED
        assert client.publish(f"org/{beta.id}/summary", "{}") == NOT_AUTHORIZED
        assert client.publish(f"org/{beta.id}/alerts/web-1/cpu", "{}", retain=True) == NOT_AUTHORIZED
        settle(0.5)
    assert len(beta_live.seen()) == before
    assert sorted(beta.hosts()) == ["line-9", "web-1"]


@pytest.mark.parametrize("version", [3, 5])
def test_a_will_for_another_host_or_organisation_changes_nothing(world, version):
    acme, beta, acme_live, beta_live = world
    with acme.client("db-1") as victim, beta.client("line-9") as foreign:
        victim.publish(acme.topic("db-1", "status"), {"state": "online", "ts": now_ms(), "boot": "b"}, retain=True)
        victim.publish(acme.topic("db-1"), Publisher().sample())
        foreign.publish(beta.topic("line-9", "status"), {"state": "online", "ts": now_ms(), "boot": "b"}, retain=True)
        foreign.publish(beta.topic("line-9"), Publisher().sample())
        acme_live.wait_for_host("db-1", lambda row: row.get("state") == "online", 5, "db-1 is online")
        beta_live.wait_for_host("line-9", lambda row: row.get("state") == "online", 5, "line-9 is online")
        lost = json.dumps({"state": "lost", "ts": now_ms(), "boot": "b"})
        for topic in (acme.topic("db-1", "status"), beta.topic("line-9", "status")):
            acme.client("web-1", version=version, will=(topic, lost, True)).vanish()
        # The proof that wills were handled by now: the last client's own will, which is allowed, arrived.
        acme.client("web-1", version=version, will=(acme.topic("web-1", "status"), lost, True)).vanish()
        acme_live.wait_for_host("web-1", lambda row: row.get("state") == "lost", 5, "web-1 is lost by its own will")
        assert acme_live.host("db-1")["state"] == "online"
        assert beta_live.host("line-9")["state"] == "online"


def test_a_wrong_password_is_refused(world):
    acme, beta, _, _ = world
    from support.mqtt import Client  # pylint: disable=import-outside-toplevel
    broker = acme.fleet.broker_address
    for user, password in ((acme.user("web-1"), acme.password("db-1")),
                           (acme.user("web-1"), beta.password("web-1")),
                           (acme.user("not-added"), acme.password("not-added")),
                           (acme.user("web-1"), "")):
        client = Client(broker, user, password)
        assert client.connect_result in (134, 135), user
        client.close()


def test_a_sample_that_comes_twice_or_late_does_not_change_the_newest(world):
    acme, _, acme_live, _ = world
    with acme.client("web-1") as client:
        publisher = Publisher()
        first, second = publisher.sample(cpu=10), publisher.sample(cpu=20)
        third = publisher.sample(cpu=30)
        client.publish(acme.topic("web-1"), first)
        client.publish(acme.topic("web-1"), third)
        seen(acme_live, "web-1", third["ts"])
        client.publish(acme.topic("web-1"), second)
        client.publish(acme.topic("web-1"), third)
        client.publish(acme.topic("web-1"), [first, second])
        settle(0.5)
        assert acme_live.host("web-1")["cpu"]["percent"] == 30
        assert acme_live.host("web-1")["ts"] == third["ts"]


def test_an_array_of_samples_is_taken_whole(world):
    acme, _, acme_live, _ = world
    with acme.client("web-1") as client:
        publisher = Publisher()
        rows = [publisher.sample(cpu=number) for number in range(20)]
        client.publish(acme.topic("web-1"), rows)
        seen(acme_live, "web-1", rows[-1]["ts"])
    points = acme.json("/api/v1/hosts/web-1/history", params={
        "metric": "cpu.percent", "from": rows[0]["ts"], "to": rows[-1]["ts"], "points": 100})["points"]
    assert [point[0] for point in points] == [row["ts"] for row in rows]
    assert [point[2] for point in points] == pytest.approx([row["cpu"]["percent"] for row in rows])
