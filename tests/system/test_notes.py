"""What people write about a host: kept, shown to everyone of the organisation at once, and what searches, silences and rules go by."""

import json

import pytest

from support.deadline import wait_until
from support.programs import SLOW
from support.samples import Publisher, now_ms

SOON = 5 * SLOW


class World:
    def __init__(self, fleet):
        self.fleet = fleet
        self.org = fleet.setup("Acme Corp", "acme", alerts__hold_seconds=0)
        overrides = [{"match": {"tag": "lab"}, "values": {"memory": {"enabled": False}}}]
        fleet.cli("org", "set", "acme", "alerts.overrides", json.dumps(overrides))
        self.other = fleet.setup("Beta Industries", "beta")
        for host in ("h1", "h2"):
            self.org.add_host(host)
        self.other.add_host("h1")
        fleet.broker()
        self.service = fleet.ingest(self.org)
        fleet.ingest(self.other)
        self.source = Publisher(interval=1)
        self.report()

    def report(self, **figures):
        with self.org.client("h1") as client:
            client.publish(self.org.topic("h1", "info"), {"os": "linux", "tags": ["prod"]}, retain=True)
            client.publish(self.org.topic("h1"), self.source.sample(**figures))

    def write(self, body, host="h1", role="operator", status=200):
        answer = self.org.request("PATCH", f"/api/v1/hosts/{host}", token=self.org.token(role), json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def found(self, search):
        return {one["id"] for one in self.org.json("/api/v1/hosts", params={"q": search})["hosts"]}


@pytest.fixture(scope="module", name="world")
def started(fleet):
    return World(fleet)


def test_they_are_shown_to_everyone_at_once_and_kept(world):
    with world.org.live() as feed:
        written = world.write({"note": " Rack 3,\nleft <b> ", "tags": ["office", "third floor", "office"]})
        assert written["note"] == "Rack 3,\nleft <b>" and written["tags"] == ["office", "third floor"]
        assert "alerts" in written and "metrics" in written
        def host():
            return feed.hosts.get("h1", {})
        wait_until(lambda: host().get("note") == written["note"] and host().get("tags") == written["tags"], SOON, "the feed has them")
        world.write({"note": None})
        wait_until(lambda: host().get("note") is None and host().get("tags") == written["tags"], SOON, "the note is gone, the tags are not")
    world.write({"note": "Rack 4"})
    world.service.stop()
    world.service = world.fleet.ingest(world.org)
    kept = world.org.json("/api/v1/hosts/h1")
    assert kept["note"] == "Rack 4" and kept["tags"] == ["office", "third floor"]
    assert "note" not in world.other.json("/api/v1/hosts/h1")


def test_the_search_goes_by_them(world):
    world.write({"note": "Rack 9", "tags": ["office"]})
    wait_until(lambda: world.found("tag:prod") == {"h1"}, SOON, "the agent's own tags are known")
    assert world.found("tag:office") == world.found("tag:office tag:prod") == world.found('"rack 9"') == {"h1"}
    assert "h1" not in world.found("-tag:office")
    assert [one["id"] for one in world.org.json("/api/v1/hosts", params={"tag": "office"})["hosts"]] == ["h1"]


def test_silences_and_overrides_go_by_them(world):
    world.write({"tags": ["quiet"]})
    world.org.request("POST", "/api/v1/silences", token=world.org.token("operator"),
                      json={"tag": "quiet", "until": now_ms() + 3_600_000}).raise_for_status()
    def alerts():
        return {one["rule"]: one for one in world.org.json("/api/v1/alerts")["alerts"] if one["host"] == "h1"}
    world.report(cpu=99, memory=99)
    wait_until(lambda: alerts().get("cpu", {}).get("silenced") and "memory" in alerts(), SOON, "both fire, silenced")
    world.write({"tags": ["lab"]})
    wait_until(lambda: "silenced" not in alerts()["cpu"], SOON, "no longer silenced")
    world.report(cpu=99, memory=99)
    wait_until(lambda: "memory" not in alerts(), SOON, "the override of the tag holds")


def test_the_command_line_sets_tags_too(world):
    done = world.fleet.cli("host", "tag", "acme", "h2", "office", "third floor")
    assert "h2 is tagged office, third floor." in done.stdout
    wait_until(lambda: world.org.json("/api/v1/hosts/h2").get("tags") == ["office", "third floor"], SOON, "the service has noticed")
    assert '"third floor"' in world.fleet.cli("--json", "host", "list", "acme").stdout
    world.fleet.cli("host", "tag", "acme", "h2", "--none")
    wait_until(lambda: "tags" not in world.org.json("/api/v1/hosts/h2"), SOON, "none is left")
    actions = [(one["action"], one["object"]) for one in world.org.json("/api/v1/audit", token=world.org.token("admin"))["audit"]]
    assert ("host.tag", "h2") in actions and ("host.note", "h1") in actions


@pytest.mark.parametrize("body, parameter", [
    ({"note": "x" * 4001}, "note"), ({"note": "a\x07b"}, "note"), ({"note": 7}, "note"),
    ({"tags": [""]}, "tags"), ({"tags": ["x" * 65]}, "tags"), ({"tags": [str(n) for n in range(33)]}, "tags"), ({"tags": "a"}, "tags"),
])
def test_what_is_wrong_changes_nothing(world, body, parameter):
    before = world.org.json("/api/v1/hosts/h1")
    assert world.write(body, status=400)["parameter"] == parameter
    after = world.org.json("/api/v1/hosts/h1")
    assert [before.get(name) for name in ("note", "tags")] == [after.get(name) for name in ("note", "tags")]


def test_viewers_read_only_and_a_host_takes_them_along_when_it_goes(world):
    world.write({"note": "x"}, role="viewer", status=403)
    world.write({"note": "x"}, host="nobody", status=404)
    world.write({"note": "old"}, host="h2")
    world.fleet.cli("host", "revoke", "acme", "h2")
    world.fleet.cli("host", "add", "acme", "h2")
    wait_until(lambda: "note" not in world.org.json("/api/v1/hosts/h2"), SOON, "the new one has none")
