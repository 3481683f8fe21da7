"""Alerts over kill -9 of the service in every state, acknowledged by role, silenced, overridden, and tried on history."""

import json
import time

import pytest

from support import credentials
from support.deadline import wait_until
from support.fleet import settle
from support.mqtt import Client
from support.programs import SLOW
from support.samples import Publisher, now_ms

HOLD = 4


@pytest.fixture(scope="module", name="world")
def started(fleet):
    org = fleet.setup("Acme Corp", "acme", alerts__hold_seconds=HOLD, alerts__offline_after=60,
                      alerts__cpu_critical=97,
                      alerts__overrides=json.dumps([
                          {"match": {"host": "calm-*"}, "values": {"cpu": {"warning": 99, "critical": None}}},
                          {"match": {"mount": "/data*"}, "values": {"disk": {"warning": 60, "hold_seconds": 0}}}]))
    for host in ("fires", "waits", "seen", "hushed", "calm-1", "data", "late"):
        org.add_host(host)
    fleet.broker()
    world = World(fleet, org)
    yield world
    world.close()


class World:
    def __init__(self, fleet, org):
        self.fleet, self.org = fleet, org
        self.service = fleet.ingest(org)
        self.clients, self.publishers = {}, {}

    def report(self, host, cpu, **members):
        if host not in self.clients:
            self.clients[host] = self.org.client(host)
            self.publishers[host] = Publisher(interval=1)
        sample = self.publishers[host].sample(cpu=cpu, **members)
        assert self.clients[host].publish(self.org.topic(host), sample) == 0
        return sample

    def restart(self):
        """kill -9, and a new service."""
        self.service.kill()
        self.service = self.fleet.ingest(self.org)

    def alert(self, alert_id, state=None):
        query = {"params": {"state": state}} if state else {}
        rows = self.org.json("/api/v1/alerts", **query)["alerts"]
        return next((row for row in rows if row["id"] == alert_id), None)

    def wait_state(self, alert_id, state, seconds=10):
        return wait_until(lambda: self.alert(alert_id, state), seconds * SLOW, f"{alert_id} is {state}",
                          self.fleet.tails)

    def stored(self, alert_id):
        rows = json.loads(self.fleet.cli("--json", "alerts", "list", "acme", "--pending").stdout)["alerts"]
        return next((row for row in rows if row["id"] == alert_id), None)

    def wait_stored(self, alert_id, state):
        return wait_until(lambda: (self.stored(alert_id) or {}).get("state") == state, 5 * SLOW,
                          f"{alert_id} is stored as {state}", self.fleet.tails)

    def fire(self, host, cpu=95):
        self.report(host, cpu)
        wait_until(lambda: self.report(host, cpu) and self.alert(f"{host}:cpu", "firing"), 3 * HOLD * SLOW,
                   f"{host} fires", self.fleet.tails)

    def retained(self, host, rule):
        """The alert as the broker retains it. Read with the service's credential, so only while it is away."""
        topic = f"org/{self.org.id}/alerts/{host}/{rule}"
        with Client(self.fleet.broker_address, self.org.id,
                    credentials.ingest_password(self.org.key, self.org.id)) as reader:
            assert reader.subscribe(topic) < 128
            return json.loads(reader.wait_for(topic)[1])

    def logged(self, words):
        return sum(line.count(words) for file in self.fleet.logs.iterdir() if "ingest" in file.name
                   for line in file.read_text(encoding="utf-8", errors="replace").splitlines())

    def close(self):
        for client in self.clients.values():
            client.close()


def test_a_pending_alert_keeps_its_hold_over_kill_9(world):
    world.report("waits", 95)
    began = world.wait_state("waits:cpu", "pending")["since"]
    world.wait_stored("waits:cpu", "pending")
    world.restart()
    assert world.alert("waits:cpu", "pending")["since"] == began
    fired = wait_until(lambda: world.report("waits", 95) and world.alert("waits:cpu", "firing"), 3 * HOLD * SLOW,
                       "the alert fires", world.fleet.tails)
    assert fired["since"] - began >= HOLD * 1000
    assert world.logged("waits: alert cpu at") == 1


def test_twenty_restarts_while_firing_say_nothing_more(world):
    world.fire("fires", 95)
    world.wait_stored("fires:cpu", "firing")
    world.service.kill()
    before = world.retained("fires", "cpu")
    world.service = world.fleet.ingest(world.org)
    for number in range(20):
        world.restart()
        sample = world.report("fires", round(95.1 + number / 100, 2))
        wait_until(lambda: world.alert("fires:cpu")["value"] == sample["cpu"]["percent"], 5 * SLOW,  # pylint: disable=cell-var-from-loop
                   "the sample has come")
    world.service.kill()
    # Had it been published again, it would bear a newer value.
    assert world.retained("fires", "cpu") == before
    world.service = world.fleet.ingest(world.org)
    assert world.logged("fires: alert cpu at") == 1
    assert world.logged("fires: alert cpu has cleared") == 0


def test_an_alert_is_acknowledged_by_operators_and_stays_so_over_kill_9(world):
    world.fire("seen")
    path = "/api/v1/alerts/seen:cpu/ack"
    assert world.org.request("POST", path, token=None).status_code == 401
    assert world.org.request("POST", path, token=world.org.token("viewer")).status_code == 403
    with world.org.live() as live:
        answer = world.org.request("POST", path, token=world.org.token("operator"))
        assert answer.status_code == 200, answer.text
        assert answer.json()["state"] == "acknowledged" and answer.json()["acknowledged_by"].startswith("token ")
        wait_until(lambda: any(alert["state"] == "acknowledged" for _, frame in live.frames
                               for alert in frame.get("alerts", []) if alert["id"] == "seen:cpu"), 3 * SLOW,
                   "the feed tells")
    assert world.org.request("POST", path, token=world.org.token("operator")).status_code == 409
    assert world.org.request("POST", "/api/v1/alerts/seen:memory/ack", token=world.org.token("operator")).status_code == 404
    actions = [row["action"] for row in world.org.json("/api/v1/audit", token=world.org.token("admin"))["audit"]]
    assert actions.count("alert.acknowledge") == 1

    world.wait_stored("seen:cpu", "acknowledged")
    world.restart()
    after = world.alert("seen:cpu", "acknowledged")
    assert after["acknowledged_by"] == answer.json()["acknowledged_by"]
    assert after["acknowledged_at"] == answer.json()["acknowledged_at"]
    world.report("seen", 10)
    wait_until(lambda: world.alert("seen:cpu") is None, 5 * SLOW, "the alert clears")


def test_an_alert_is_acknowledged_at_the_command_line(world):
    world.fire("seen", 96)
    world.wait_stored("seen:cpu", "firing")
    assert world.fleet.cli("alerts", "ack", "acme", "seen:memory", check=False).returncode == 3
    world.fleet.cli("alerts", "ack", "acme", "seen:cpu")
    assert world.wait_state("seen:cpu", "acknowledged")
    world.wait_stored("seen:cpu", "acknowledged")
    assert world.fleet.cli("alerts", "ack", "acme", "seen:cpu", check=False).returncode == 4
    assert "seen:cpu" in world.fleet.cli("alerts", "list", "acme").stdout


def test_a_silence_marks_an_alert_and_outlives_kill_9(world):
    operator = world.org.token("operator")
    world.fire("hushed")
    wrong = world.org.request("POST", "/api/v1/silences", token=operator,
                              json={"host": "hushed", "until": now_ms() + 60_000, "repeat": "FREQ=OFTEN"})
    assert (wrong.status_code, wrong.json()["parameter"]) == (400, "repeat")
    assert world.org.request("POST", "/api/v1/silences", token=world.org.token("viewer"),
                             json={"host": "x", "until": now_ms() + 60_000}).status_code == 403
    made = world.org.request("POST", "/api/v1/silences", token=operator,
                             json={"host": "hushed", "rule": "cpu", "until": now_ms() + 3_600_000})
    assert made.status_code == 201, made.text
    wait_until(lambda: world.alert("hushed:cpu").get("silenced"), 5 * SLOW, "the alert is silenced", world.fleet.tails)
    world.restart()
    assert world.alert("hushed:cpu")["silenced"] is True
    assert world.org.json("/api/v1/silences")["silences"][0]["active"] is True
    assert made.json()["id"] in world.fleet.cli("silence", "list", "acme").stdout
    assert world.org.request("DELETE", f"/api/v1/silences/{made.json()['id']}", token=operator).status_code == 204
    wait_until(lambda: "silenced" not in world.alert("hushed:cpu"), 5 * SLOW, "the silence is over")
    added = json.loads(world.fleet.cli("--json", "silence", "add", "acme", "--host", "hush*", "--for", "1h",
                                       "--repeat", "FREQ=WEEKLY;BYDAY=SA").stdout)
    wait_until(lambda: world.alert("hushed:cpu").get("silenced"), 5 * SLOW, "the alert is silenced again")
    world.fleet.cli("silence", "remove", "acme", added["id"])
    assert world.fleet.cli("silence", "remove", "acme", added["id"], check=False).returncode == 3


def test_overrides_change_the_levels_of_hosts_and_mounts(world):
    end = time.monotonic() + HOLD * 1.5
    disk = {"mount": "/data/1", "device": "d", "fs": "ext4", "total": 100, "used": 65, "percent": 65}
    while time.monotonic() < end:
        world.report("calm-1", 98)
        world.report("data", 10, disks=[disk, {**disk, "mount": "/"}])
        settle(0.3)
    assert world.alert("calm-1:cpu") is None
    assert world.alert("data:disk:%2Fdata%2F1")["severity"] == "warning"
    assert world.alert("data:disk:%2F") is None


def test_a_sample_older_than_the_run_before_saw_raises_nothing(world):
    world.report("late", 10)
    old = world.publishers["late"].sample(cpu=99, memory=99, disk=99)
    newest = world.report("late", 10)
    store = world.fleet.root / "tenants" / "acme" / "fleet.db"

    def is_noted():
        import sqlite3  # pylint: disable=import-outside-toplevel
        with sqlite3.connect(store, timeout=10) as base:
            found = base.execute("SELECT seq FROM newest_samples WHERE host = 'late'").fetchone()
        base.close()
        return found == (newest["seq"],)
    wait_until(is_noted, 30 * SLOW, "the newest sample is noted", world.fleet.tails)
    world.restart()
    world.clients["late"].publish(world.org.topic("late"), old)
    world.report("late", 11)
    wait_until(lambda: world.org.hosts()["late"].get("cpu", {}).get("percent") == 11, 5 * SLOW, "the newest sample has come")
    assert world.alert("late:disk:%2F", "pending") is None and world.alert("late:cpu", "pending") is None


def test_a_dry_run_says_how_often_a_rule_would_have_fired(world):
    for cpu in (10, 90, 90, 10, 10, 95, 95, 10):
        newest = world.report("data", cpu)
        settle(0.2)
    wait_until(lambda: world.org.hosts()["data"].get("seq") == newest["seq"], 10 * SLOW, "all have come", world.fleet.tails)
    question = {"rule": "cpu", "warning": 80, "critical": None, "hold_seconds": 0, "host": "data", "days": 1}
    assert world.org.request("POST", "/api/v1/settings/dry-run", token=world.org.token("operator"),
                             json=question).status_code == 403
    answer = world.org.request("POST", "/api/v1/settings/dry-run", token=world.org.token("admin"), json=question)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["fired"], found["hosts"]) == (2, 1), found
    assert [one["worst"] for one in found["firings"]] == [90, 95]
    assert world.alert("data:cpu") is None
    told = world.fleet.cli("alerts", "dry-run", "acme", "--rule", "cpu", "--warning", "80", "--hold", "0",
                           "--host", "data", "--days", "1").stdout
    assert "would have fired 2 times in 1 days on 1 hosts" in told
    refused = world.org.request("POST", "/api/v1/settings/dry-run", token=world.org.token("admin"),
                                json={"rule": "offline"})
    assert (refused.status_code, refused.json()["parameter"]) == (400, "rule")
