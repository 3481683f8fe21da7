"""What an administrator changes of the organisation is felt by the running service at once, and is still so after a restart."""

import concurrent.futures
import hashlib
import json
import stat

import pytest

from support.deadline import wait_until
from support.fleet import settle
from support.live import LiveFeed
from support.programs import SLOW
from support.samples import Publisher
from support.secrets import found_in

SOON = 5 * SLOW


class World:
    def __init__(self, fleet):
        self.fleet = fleet
        self.org = fleet.setup("Acme Corp", "acme", alerts__hold_seconds=0)
        fleet.setup("Beta Industries", "beta")
        self.org.add_host("h1")
        self.org.add_host("h2")
        fleet.broker()
        self.service = fleet.ingest(self.org)
        self.file = fleet.root / "tenants" / "acme" / "tenant.json"

    def get(self):
        return self.org.json("/api/v1/settings", token=self.org.token("admin"))

    def patch(self, body, role="admin"):
        return self.org.request("PATCH", "/api/v1/settings", token=self.org.token(role), json=body)

    def change(self, body):
        answer = self.patch(body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def alerts(self):
        return {one["id"]: one for one in self.org.json("/api/v1/alerts")["alerts"]}


@pytest.fixture(scope="module", name="world")
def started(fleet):
    return World(fleet)


def test_the_settings_are_those_of_the_file_without_secrets(world):
    shown = world.get()
    assert shown["organization"] == {"name": "Acme Corp", "contact": "admin@acme.example"}
    assert shown["branding"] == {"dashboard_title": "Acme Corp Fleet", "primary_color": "#00ff00",
                                 "secondary_color": None, "logo_url": None}
    assert shown["agent"] == {"report_interval": 1}
    alerts = shown["alerts"]
    assert {name: alerts[name] for name in ("enabled", "cpu_threshold", "hold_seconds", "clear_margin", "offline_after")} == \
           {"enabled": True, "cpu_threshold": 90, "hold_seconds": 0, "clear_margin": 5, "offline_after": 30}
    assert set(shown) == {"organization", "branding", "agent", "alerts"} and "notify" not in alerts
    assert not found_in(json.dumps(shown))


def test_a_new_branding_reaches_pages_that_are_open(world):
    org = world.org
    url = org.base.replace("http", "ws", 1) + "/api/v1/live"
    with LiveFeed(url, org.token()) as whole, \
            LiveFeed(url + "?feed=view", org.token(), first={"type": "view", "count": 5}) as view:
        assert whole.org["title"] == view.org["title"] == "Acme Corp Fleet"
        world.change({"branding": {"dashboard_title": "Acme Works", "primary_color": "#F80",
                                   "logo_url": "http://logo.example/acme.png"}})
        branding = org.json("/api/v1/branding", token=None)
        assert (branding["title"], branding["primary_color"]) == ("Acme Works", "#ff8800")
        for feed in (whole, view):
            wait_until(lambda feed=feed: feed.org["title"] == "Acme Works" and feed.org["primary_color"] == "#ff8800",
                       SOON, "the branding in an open feed", lambda feed=feed: feed.org)
    assert "Acme Works" in org.get("/manifest.webmanifest", token=None).text
    assert "http://logo.example" in org.get("/dashboard", token=None).headers["Content-Security-Policy"]
    world.change({"branding": {"logo_url": None}})
    assert "logo.example" not in org.get("/dashboard", token=None).headers["Content-Security-Policy"]


def test_a_threshold_holds_from_the_next_sample(world):
    samples = Publisher()
    with world.org.client("h1") as host:
        def publish():
            host.publish(world.org.topic("h1"), samples.sample(cpu=70))

        publish()
        wait_until(lambda: "cpu" in world.org.hosts().get("h1", {}), SOON, "the sample is there")
        assert "h1:cpu" not in world.alerts()
        world.change({"alerts": {"cpu_threshold": 60}})
        publish()
        fired = wait_until(lambda: world.alerts().get("h1:cpu"), SOON, "the alert fires with one sample")
        assert fired["threshold"] == 60
        world.change({"alerts": {"cpu_threshold": 90}})
        publish()
        wait_until(lambda: "h1:cpu" not in world.alerts(), SOON, "the alert resolves with one sample")


def test_a_host_is_silent_after_the_new_time(world):
    samples = Publisher()
    with world.org.client("h2") as host:
        world.change({"alerts": {"offline_after": 1}})
        host.publish(world.org.topic("h2"), samples.sample(cpu=1))
        wait_until(lambda: world.org.hosts()["h2"]["state"] == "silent", SOON, "the host is silent")
        world.change({"alerts": {"offline_after": None}})


def test_the_installer_goes_by_the_new_name(world):
    world.change({"organization": {"name": "Acme & Daughters"}})
    served = world.org.get("/api/v1/agent/install.sh", token=None).content
    assert b"Acme & Daughters" in served
    told = world.fleet.cli("token", "enroll", "acme")
    assert hashlib.sha256(served).hexdigest() in told.stdout + told.stderr, "the line that lets machines in names this very script"
    world.change({"organization": {"name": "Acme Corp"}})


def test_agents_are_told_of_another_interval(world):
    with world.org.client("h1") as host:
        topic = world.org.topic("h1", "config")
        host.subscribe(topic)
        assert json.loads(host.wait_for(topic)[1]) == {"report_interval": 1}
        host.forget()
        world.change({"agent": {"report_interval": 7}})
        assert json.loads(host.wait_for(topic)[1]) == {"report_interval": 7}
        # Nobody is told again what they know.
        host.forget()
        world.change({"branding": {"dashboard_title": "Acme"}, "agent": {"report_interval": 7}})
        world.change({"agent": {"report_interval": 9}})
        assert json.loads(host.wait_for(topic)[1]) == {"report_interval": 9}
        assert len([one for one in host.received() if one[0] == topic]) == 1
    with world.org.client("h1") as later:
        later.subscribe(topic)
        message = later.wait_for(topic)
        assert message[2] and json.loads(message[1]) == {"report_interval": 9}


def test_a_host_that_somebody_looks_at_goes_on_reporting_every_second(world):
    with world.org.client("h1") as host:
        topic = world.org.topic("h1", "config")

        def told():
            return [json.loads(one[1])["report_interval"] for one in host.received() if one[0] == topic]

        world.change({"agent": {"report_interval": 9}})
        host.subscribe(topic)
        with world.org.live() as feed:
            feed.send({"type": "focus", "host": "h1"})
            wait_until(lambda: told()[-1:] == [1], SOON, "the host is to report every second", told)
            world.change({"agent": {"report_interval": 12}})
            settle(0.5)
            assert told()[-1] == 1
        wait_until(lambda: told()[-1] == 12, SOON, "nobody looks, and the new interval holds", told)


@pytest.mark.parametrize("body, parameter, told", [
    ({"alerts": {"cpu_threshold": 101}}, "alerts.cpu_threshold", []),
    ({"alerts": {"clear_margin": 95}}, "alerts.clear_margin", []),
    ({"alerts": {"overrides": []}}, "alerts.overrides", []),
    ({"alerts": {"notify": []}}, "alerts.notify", []),
    ({"server": {"api_key": "afk_x"}}, "server", []),
    ({"organization": {"id": "x"}}, "organization.id", []),
    ({"organization": {"name": None}}, "organization.name", []),
    ({"organization": {"name": "beta industries"}}, "organization.name", ["another organisation"]),
    ({"branding": "red"}, "branding", []),
    ({"branding": {"primary_color": "red;}"}, "agent": {"interval": 1}, "alerts": {"hold_seconds": 5}}, "agent.interval",
     ["branding.primary_color"]),
    ([], None, ["must be an object"]),
])
def test_what_is_wrong_is_refused_whole(world, body, parameter, told):
    before = world.file.read_bytes()
    answer = world.patch(body)
    assert answer.status_code == 400 and answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem.get("parameter") == parameter, problem
    for words in [parameter or "", *told]:
        assert words in problem["detail"]
    assert "beta" not in problem["detail"].lower(), "nothing is told of another organisation"
    assert world.file.read_bytes() == before


def test_only_administrators_may(world):
    before = world.file.read_bytes()
    for role in ("viewer", "operator"):
        assert world.patch({"alerts": {"cpu_threshold": 50}}, role).status_code == 403
        assert world.org.get("/api/v1/settings", token=world.org.token(role)).status_code == 403
    assert world.file.read_bytes() == before


def test_changes_at_once_are_all_kept(world):
    changes = [{"alerts": {f"{rule}_threshold": 80 + number}} for number, rule in enumerate(("cpu", "memory", "disk"))]
    changes += [{"alerts": {"group_seconds": 44}}, {"organization": {"contact": "ops@acme.example"}}]
    with concurrent.futures.ThreadPoolExecutor(len(changes)) as pool:
        list(pool.map(world.change, changes))
    shown = world.get()
    assert [shown["alerts"][name] for name in ("cpu_threshold", "memory_threshold", "disk_threshold", "group_seconds")] == \
           [80, 81, 82, 44]
    assert shown["organization"]["contact"] == "ops@acme.example"


def test_the_file_stays_private_and_the_audit_log_says_who_changed_what(world):
    world.change({"branding": {"secondary_color": "#112233"}, "alerts": {"cpu_critical": 97, "cpu_threshold": 80}})
    assert stat.S_IMODE(world.file.stat().st_mode) == 0o600
    rows = world.org.json("/api/v1/audit?limit=5", token=world.org.token("admin"))["audit"]
    row = next(one for one in rows if one["action"] == "settings.change")
    assert row["object"] == "branding.secondary_color alerts.cpu_critical", row
    assert "127.0.0.1" in row.values() and any(str(value).startswith("token ") for value in row.values()), row


def test_settings_survive_a_restart(world):
    world.change({"organization": {"name": "Acme Works"}, "alerts": {"temperature": {"warning": 80}}})
    before = world.get()
    world.service.stop()
    world.service = world.fleet.ingest(world.org)
    assert world.get() == before
    assert before["alerts"]["temperature"] == {"warning": 80, "critical": None}
    assert world.org.json("/api/v1/branding", token=None)["name"] == "Acme Works"
