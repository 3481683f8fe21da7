"""The past of alerts and hosts on the real stack: incidents over kill -9 of the service, presence, and restarts."""

import sqlite3

import pytest

from support.deadline import wait_until
from support.fleet import Fleet
from support.programs import SLOW
from support.samples import CLOCK_SLACK, Publisher, now_ms, within


@pytest.fixture(scope="module", name="world")
def started(fleet):
    org = fleet.setup("Acme Corp", "acme", alerts__hold_seconds=0, alerts__offline_after=60)
    for host in ("seen", "killed", "away", "moves", "gone"):
        org.add_host(host)
    fleet.broker()
    world = World(fleet, org)
    yield world
    for client in world.clients.values():
        client.close()


class World:
    def __init__(self, fleet, org):
        self.fleet, self.org = fleet, org
        self.service = fleet.ingest(org)
        self.clients, self.publishers = {}, {}

    def report(self, host, cpu):
        if host not in self.clients:
            self.clients[host] = self.org.client(host)
            self.publishers[host] = Publisher(interval=1)
        assert self.clients[host].publish(self.org.topic(host), self.publishers[host].sample(cpu=cpu)) == 0

    def say(self, host, state):
        status = {"state": state, "ts": now_ms(), "boot": self.publishers[host].boot}
        assert self.clients[host].publish(self.org.topic(host, "status"), status, retain=True) == 0

    def firing(self, host):
        return next((row for row in self.org.json("/api/v1/alerts")["alerts"] if row["id"] == f"{host}:cpu"), None)

    def fire(self, host, cpu=95):
        self.report(host, cpu)
        return wait_until(lambda: self.firing(host), 5 * SLOW, f"{host} fires", self.fleet.tails)

    def value_is(self, host, cpu):
        self.report(host, cpu)
        wait_until(lambda: self.firing(host)["value"] == cpu, 5 * SLOW, "the value has come", self.fleet.tails)

    def past(self, host, **query):
        return self.org.json("/api/v1/alerts", params={"state": "resolved", "host": host, **query})["alerts"]

    def calm(self, host):
        self.report(host, 10)
        return wait_until(lambda: self.past(host), 5 * SLOW, f"{host} has a past", self.fleet.tails)

    def events(self, host, since, to=None):
        return self.org.json(f"/api/v1/hosts/{host}/events", params={"from": since, "to": to or now_ms()})

    def restart(self):
        self.service.kill()
        self.service = self.fleet.ingest(self.org)


def test_an_alert_that_is_over_tells_its_times_its_worst_value_and_who_saw_to_it(world):
    began = now_ms()
    fired = world.fire("seen", 95)
    world.value_is("seen", 99)
    world.value_is("seen", 93)
    operator = world.org.token("operator")
    assert world.org.request("POST", "/api/v1/alerts/seen:cpu/ack", token=operator).status_code == 200
    assert world.past("seen") == []
    [over] = world.calm("seen")
    assert (over["id"], over["state"], over["severity"]) == ("seen:cpu", "resolved", "warning")
    assert (over["value"], over["worst"], over["threshold"]) == (95, 99, 90)
    assert over["since"] == fired["since"]
    assert within(began, over["since"], now_ms()) and within(began, over["resolved"], now_ms())
    assert over["since"] < over["acknowledged_at"] <= over["resolved"] + CLOCK_SLACK
    assert over["acknowledged_by"].startswith("token ")


def test_an_alert_that_fires_over_kill_9_is_one_incident(world):
    fired = world.fire("killed", 95)
    wait_until(lambda: world.events("killed", fired["since"])["alerts"], 5 * SLOW, "it is stored")
    world.restart()
    assert world.past("killed") == []
    world.value_is("killed", 97)
    [over] = world.calm("killed")
    assert over["since"] == fired["since"]
    assert over["worst"] == 97


def test_an_alert_that_ended_while_the_service_was_away_is_closed(world):
    fired = world.fire("away", 95)
    wait_until(lambda: world.events("away", fired["since"])["alerts"], 5 * SLOW, "it is stored")
    world.service.kill()
    # No alert may fire in the new run: it ends at the start.
    world.org.set(alerts__enabled="false")
    stopped = now_ms()
    world.service = world.fleet.ingest(world.org)
    [over] = wait_until(lambda: world.past("away"), 10 * SLOW, "it is closed", world.fleet.tails)
    assert over["since"] == fired["since"]
    assert within(stopped, over["resolved"], now_ms())
    world.service.kill()
    world.org.set(alerts__enabled="true")
    world.service = world.fleet.ingest(world.org)
    assert len(world.past("away")) == 1


def test_an_end_that_a_killed_service_did_not_store_is_stored_at_the_next_start(world):
    [over] = world.past("killed")
    world.service.kill()
    database = sqlite3.connect(world.fleet.root / "tenants/acme/fleet.db")
    with database:
        database.execute("UPDATE incidents SET resolved_at = NULL WHERE host = 'killed'")
        database.execute("INSERT INTO incidents (host, rule, instance, severity, value, worst, threshold, fired_at, "
                         "acknowledged_by, acknowledged_at, flapping) VALUES ('away', 'memory', '', 'warning', 95, 95, "
                         "90, ?, '', 0, 0)", (now_ms(),))
    database.close()
    started_at = now_ms()
    world.service = world.fleet.ingest(world.org)
    # The alert itself remembers when it ended; of the other one nothing is known but that it is over.
    assert wait_until(lambda: world.past("killed"), 10 * SLOW, "it is closed", world.fleet.tails) == [over]
    [other] = world.past("away", rule="memory")
    assert within(started_at, other["resolved"], now_ms())


def test_presence_and_a_restart_of_a_host_are_told_with_their_times(world):
    before = now_ms() - CLOCK_SLACK
    world.report("moves", 10)
    world.say("moves", "online")
    states = lambda since: [state for _, state in world.events("moves", since)["presence"]]
    wait_until(lambda: states(before) == ["unknown", "online"], 5 * SLOW, "it is online", world.fleet.tails)
    world.say("moves", "sleeping")
    wait_until(lambda: states(before)[-1] == "sleeping", 5 * SLOW, "it sleeps", world.fleet.tails)
    world.restart()
    assert states(before) == ["unknown", "online", "sleeping"]
    woke = now_ms()
    world.publishers["moves"] = Publisher(interval=1)
    world.say("moves", "online")
    wait_until(lambda: states(before)[-1] == "online", 5 * SLOW, "it is back", world.fleet.tails)
    story = world.events("moves", before)
    [restarted] = story["restarts"]
    online = story["presence"][-1][0]
    assert within(woke, restarted, now_ms()) and within(woke, online, now_ms())
    # The first one says how it was at the beginning.
    assert world.events("moves", online - 1)["presence"] == [[online - 1, "sleeping"], [online, "online"]]


def test_pages_and_filters_find_every_incident_once(world):
    everything = world.org.json("/api/v1/alerts", params={"state": "resolved"})
    assert everything["next"] is None
    found, before = [], {}
    while True:
        page = world.org.json("/api/v1/alerts", params={"state": "resolved", "limit": 1, **before})
        found += page["alerts"]
        if page["next"] is None:
            break
        before = {"before": page["next"]}
    assert found == everything["alerts"]
    assert len(found) == 4
    assert [row["since"] for row in found] == sorted((row["since"] for row in found), reverse=True)
    assert {row["host"] for row in world.past("*een")} == {"seen"}
    assert [row["host"] for row in world.past("*", rule="memory")] == ["away"]
    assert world.past("*", rule="swap") == []
    newest = found[0]
    assert newest in world.past("*", **{"from": newest["since"], "to": newest["since"]})


def test_a_removed_host_leaves_nothing(world):
    world.fire("gone")
    world.calm("gone")
    admin = world.org.token("admin")
    assert world.org.request("DELETE", "/api/v1/hosts/gone", token=admin).status_code == 204
    wait_until(lambda: world.past("gone") == [], 5 * SLOW, "its past is gone", world.fleet.tails)


def rows(root):
    with sqlite3.connect(root / "tenants/acme/fleet.db") as database:
        found = [database.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()
                 for table in ("incidents", "host_events")]
    database.close()
    return found


def test_a_backup_carries_the_past(world):
    file = world.fleet.root / "acme.backup"
    world.fleet.cli("backup", "acme", file, "--with-ca")
    with Fleet() as other:
        other.cli("restore", file)
        assert all(rows(other.root))
        assert rows(other.root) == rows(world.fleet.root)
