"""The service describes its HTTP interface as OpenAPI 3.1, and what the real stack takes and answers is as described."""

import json

import pytest

from support import secrets
from support.deadline import wait_until
from support.openapi import Document
from support.programs import SLOW
from support.receivers import HttpReceiver
from support.samples import Publisher, now_ms

PASSWORD = "correct horse battery"
SOON = 10 * SLOW


class World:
    def __init__(self, fleet, receiver):
        self.fleet = fleet
        self.org = fleet.setup("Acme Corp", "acme", password=PASSWORD, alerts__hold_seconds=0, alerts__offline_after=600)
        for host in ("web-1", "db-1", "new"):
            self.org.add_host(host)
        file = fleet.root / "tenants" / "acme" / "tenant.json"
        self.org.read_config()
        self.org.config["alerts"]["notify"] = [{"type": "webhook", "name": "ops", "url": receiver.url("/ops"), "allow_local": True}]
        self.org.config["alerts"]["overrides"] = [
            {"match": {"host": "nas-*", "mount": "/data"}, "values": {"disk": {"warning": 95, "critical": None, "hold_seconds": 60}}}]
        file.write_text(json.dumps(self.org.config), encoding="utf-8")
        self.enrolment = secrets.note(fleet.cli("token", "enroll", "acme").stdout.strip(), "an enrolment token")
        fleet.broker()
        fleet.ingest(self.org)
        fleet.agent(self.org, "web-1")
        self.publisher = Publisher(interval=1)
        self.client = self.org.client("db-1")
        self.document = Document(self.org.json("/api/v1/openapi.json", token=None))
        self.answered = set()  # (method, path) with a success
        self.tell_of_db()
        fleet.wait_online(self.org, "web-1")

    def report(self, cpu):
        self.client.publish(self.org.topic("db-1"), self.publisher.sample(
            cpu=cpu, temperatures=[{"name": "cpu", "celsius": 51.5}], battery={"percent": 80, "charging": True}))

    def firing(self):
        return [one for one in self.org.json("/api/v1/alerts")["alerts"] if one["id"] == "db-1:cpu"]

    def tell_of_db(self):
        """An inventory, an alert that is over and one that fires."""
        self.client.publish(self.org.topic("db-1", "status"), {"state": "online", "ts": now_ms(), "boot": self.publisher.boot}, retain=True)
        self.client.publish(self.org.topic("db-1", "info"), {"os": "linux", "hostname": "db-1", "cores": 2, "tags": ["db"]}, retain=True)
        for cpu in (99, 1, 98):
            self.report(cpu)
            wait_until(lambda cpu=cpu: bool(self.firing()) == (cpu > 90), SOON, f"the alert follows {cpu} %", self.fleet.tails)
        wait_until(lambda: self.past(), SOON, "the alert has a past", self.fleet.tails)

    def past(self):
        return self.org.json("/api/v1/alerts", params={"state": "resolved"})["alerts"]

    def ask(self, method, path, status, role="viewer", params=None, body=None, headers=None, **names):
        """An answer, which must have this status and be as described."""
        where = f"{method} {path} {params or ''}"
        assert set(params or {}) <= set(self.document.query_parameters(method, path)), where
        if body is not None and status < 300:
            assert self.document.body_mistakes(method, path, body) == [], where
        sent = {} if body is None else {"json": body}
        answer = self.org.request(method, path.format(**names), token=self.org.token(role) if role else None, params=params,
                                  headers=dict(headers or {}), **sent)
        assert answer.status_code == status, f"{where}: {answer.status_code} {answer.text}"
        assert self.document.answer_mistakes(method, path, answer) == [], f"{where}: {answer.text[:2000]}"
        if status < 300:
            self.answered.add((method, path))
        return answer.json() if "json" in answer.headers.get("Content-Type", "") else answer

    def login(self):
        """The cookie of a new session, by the name that the document gives it."""
        answer = self.org.request("POST", "/api/v1/login", token=None, json={"user": "admin", "password": PASSWORD})
        name = self.document.document["components"]["securitySchemes"]["cookie"]["name"]
        return {"Cookie": f"{name}={secrets.note(answer.cookies[name], 'a session')}"}


@pytest.fixture(scope="module", name="world")
def started(fleet):
    with HttpReceiver() as receiver:
        world = World(fleet, receiver)
        yield world
        world.client.close()


def test_the_document_is_open_and_openapi_3_1(world):
    answer = world.org.get("/api/v1/openapi.json", token=None)
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/json"
    assert world.document.mistakes() == []
    assert len(list(world.document.operations())) >= 40
    assert answer.json()["info"]["version"] in world.fleet.cli("--version").stdout


@pytest.mark.parametrize("spoil, told", [
    (lambda one: one.pop("info"), "'info' is a required property"),
    (lambda one: one["paths"]["/healthz"]["get"].pop("responses"), "'responses' is a required property"),
    (lambda one: one["paths"]["/healthz"]["get"].update(body={}), "'body' does not match"),
    (lambda one: one["components"]["schemas"]["Role"].update(type="word"), "'word' is not valid"),
    (lambda one: one["components"]["schemas"].pop("Role"), "#/components/schemas/Role leads nowhere"),
    (lambda one: one["components"]["parameters"]["Id"].pop("required"), "'required' is a required property"),
])
def test_a_spoilt_document_is_seen(world, spoil, told):
    spoilt = json.loads(json.dumps(world.document.document))
    spoil(spoilt)
    assert told in "\n".join(Document(spoilt).mistakes())


def ask_the_service(world):
    for path in ("/healthz", "/readyz", "/api/v1/branding", "/api/v1/openapi.json", "/api/v1/agent"):
        world.ask("GET", path, 200, role=None)
    world.ask("GET", "/metrics", 200, params={"hosts": "false"})
    for path in ("/metrics", "/api/v1/isolation", "/api/v1/me"):
        world.ask("GET", path, 200)
    for file in ("install.sh", "SHA256SUMS", world.ask("GET", "/api/v1/agent", 200)["files"][-1]["name"]):
        world.ask("GET", "/api/v1/agent/{file}", 200, role=None, file=file)


def ask_of_hosts(world):
    assert world.ask("GET", "/api/v1/hosts", 200, params={"limit": 1})["next"]
    listed = world.ask("GET", "/api/v1/hosts", 200, params={"state": "online,unknown", "q": "cpu>=0", "sort": "-cpu"})["hosts"]
    assert {one["id"] for one in listed} >= {"web-1", "db-1"} and all("info" in one for one in listed)
    assert world.ask("GET", "/api/v1/hosts/{id}", 200, id="db-1")["alerts"]
    label = {"note": "Rack 3", "tags": ["office"]}
    assert label.items() <= world.ask("PATCH", "/api/v1/hosts/{id}", 200, role="operator", id="db-1", body=label).items()
    assert world.ask("GET", "/api/v1/hosts/{id}", 200, id="web-1")["metrics"]
    for extra in ({}, {"points": 2}, {"format": "csv"}):
        world.ask("GET", "/api/v1/hosts/{id}/history", 200, params={"metric": "cpu.percent", **extra}, id="db-1")
    past = world.ask("GET", "/api/v1/hosts/{id}/events", 200, params={"from": now_ms() - 600_000}, id="db-1")
    assert past["presence"] and past["alerts"]
    assert world.ask("GET", "/api/v1/hosts/{id}/processes", 200, role="operator", id="web-1")["processes"]
    taken = world.ask("POST", "/api/v1/enroll", 201, role=None, body={"token": world.enrolment, "host": "fresh"})
    world.ask("POST", "/api/v1/enroll", 201, role=None,
              body={"token": world.enrolment, "host": "fresh", "password": secrets.note(taken["password"], "a host's password")})
    wait_until(lambda: world.org.get("/api/v1/hosts/fresh").status_code == 200, SOON, "the new host is known")
    world.ask("DELETE", "/api/v1/hosts/{id}", 204, role="admin", id="fresh")


def ask_of_alerts(world):
    assert world.ask("GET", "/api/v1/alerts", 200)["alerts"]
    for state in ("firing", "acknowledged", "pending"):
        world.ask("GET", "/api/v1/alerts", 200, params={"state": state})
    assert world.ask("GET", "/api/v1/alerts", 200, params={"state": "resolved", "host": "db-*", "rule": "cpu", "limit": 1})["alerts"]
    acknowledged = world.ask("POST", "/api/v1/alerts/{id}/ack", 200, role="operator", id="db-1:cpu")
    listed = world.ask("GET", "/api/v1/alerts", 200, params={"state": "acknowledged"})["alerts"]
    assert acknowledged["state"] == "acknowledged" and listed == [acknowledged]
    world.ask("POST", "/api/v1/alerts/{id}/ack", 409, role="operator", id="db-1:cpu")
    made = [world.ask("POST", "/api/v1/silences", 201, role="operator", body=body) for body in (
        {"host": "nas-*", "rule": "disk", "until": now_ms() + 60_000, "comment": "new disks"},
        {"tag": "office", "from": now_ms(), "until": now_ms() + 60_000, "repeat": "FREQ=DAILY"})]
    assert world.ask("GET", "/api/v1/silences", 200)["silences"]
    for one in made:
        world.ask("DELETE", "/api/v1/silences/{id}", 204, role="operator", id=one["id"])


def ask_of_people(world):
    me = {"user": "admin", "password": PASSWORD}
    world.ask("POST", "/api/v1/login", 200, role=None, body=me)
    cookie = world.login()
    sessions = world.ask("GET", "/api/v1/sessions", 200, role=None, headers=cookie)["sessions"]
    other = next(one["id"] for one in sessions if not one["current"])
    world.ask("DELETE", "/api/v1/sessions/{id}", 204, role=None, headers=cookie, id=other)
    world.ask("POST", "/api/v1/logout", 204, role=None, headers=cookie)
    world.ask("POST", "/api/v1/me/password", 204, role=None, headers=world.login(), body={"current": PASSWORD, "new": PASSWORD})
    world.ask("POST", "/api/v1/users", 201, role="admin", body={"name": "ann", "role": "viewer", "password": PASSWORD})
    world.ask("GET", "/api/v1/users", 200, role="admin")
    world.ask("PATCH", "/api/v1/users/{name}", 204, role="admin", body={"role": "operator", "password": PASSWORD}, name="ann")
    world.ask("DELETE", "/api/v1/users/{name}", 204, role="admin", name="ann")
    made = [world.ask("POST", "/api/v1/tokens", 201, role="admin", body=body) for body in (
        {"role": "viewer"}, {"role": "operator", "label": "ci", "expires": now_ms() + 3_600_000},
        {"kind": "enroll"}, {"kind": "enroll", "uses": 50, "label": "shop", "expires": now_ms() + 3_600_000})]
    assert {one["kind"] for one in world.ask("GET", "/api/v1/tokens", 200, role="admin")["tokens"]} == {"api", "enroll"}
    for one in made:
        secrets.note(one["token"], "a token")
        world.ask("DELETE", "/api/v1/tokens/{id}", 204, role="admin", id=one["id"])
    page = world.ask("GET", "/api/v1/audit", 200, role="admin", params={"limit": 2})
    world.ask("GET", "/api/v1/audit", 200, role="admin", params={"before": page["next"]})


def ask_of_settings(world):
    shown = world.ask("GET", "/api/v1/settings", 200, role="admin")
    assert shown["alerts"]["overrides"]
    for body in ({}, {"branding": {"secondary_color": "#08f", "logo_url": None}, "organization": {"contact": "ops@acme.example"}},
                 {"alerts": {"cpu_critical": 99.5, "load": {"warning": 4, "critical": None}, "group_seconds": None}},
                 {key: shown[key] for key in ("organization", "branding", "agent")}):
        world.ask("PATCH", "/api/v1/settings", 200, role="admin", body=body)
    world.ask("POST", "/api/v1/settings/dry-run", 200, role="admin",
              body={"rule": "cpu", "warning": 80, "critical": None, "hold_seconds": 0, "margin": 5, "host": "db-*", "days": 1})
    assert world.ask("GET", "/api/v1/settings/notify", 200, role="admin")["channels"]
    for body in ({}, {"channel": "ops"}):
        assert world.ask("POST", "/api/v1/settings/notify-test", 200, role="admin", body=body)["results"][0]["delivered"]


def test_every_operation_answers_as_described(world):
    for ask in (ask_the_service, ask_of_hosts, ask_of_alerts, ask_of_people, ask_of_settings):
        ask(world)
    with world.org.live():
        assert "101" in world.document.document["paths"]["/api/v1/live"]["get"]["responses"]
    left = {(method, path) for method, path, _ in world.document.operations()} - world.answered
    assert left == {("GET", "/api/v1/live")}


def test_problems_are_as_described(world):
    def refused(method, path, status, parameter=None, **options):
        problem = world.ask(method, path, status, **options)
        assert (problem["status"], problem.get("parameter")) == (status, parameter), problem

    refused("GET", "/api/v1/hosts", 400, "limit", params={"limit": 0})
    refused("GET", "/api/v1/alerts", 400, "state", params={"state": "old"})
    refused("GET", "/api/v1/hosts/{id}/history", 400, "metric", id="db-1")
    refused("GET", "/api/v1/me", 401, role=None)
    refused("POST", "/api/v1/login", 401, role=None, body={"user": "admin", "password": "wrong"})
    refused("POST", "/api/v1/enroll", 401, role=None, body={"token": "aft_x", "host": "other"})
    refused("GET", "/api/v1/users", 403)
    refused("POST", "/api/v1/logout", 403, headers={"Origin": "https://elsewhere.example"})
    refused("POST", "/api/v1/me/password", 403, body={"current": PASSWORD, "new": PASSWORD})
    refused("GET", "/api/v1/hosts/{id}", 404, "id", id="nobody")
    refused("POST", "/api/v1/settings/notify-test", 404, role="admin", body={"channel": "nobody"})
    refused("GET", "/api/v1/hosts/{id}/processes", 409, "id", role="operator", id="new")
    refused("POST", "/api/v1/enroll", 409, "host", role=None, body={"token": world.enrolment, "host": "web-1"})
    refused("DELETE", "/api/v1/users/{name}", 409, role="admin", name="admin")
    refused("POST", "/api/v1/silences", 415, role="operator", headers={"Content-Type": "text/plain"})
    refused("POST", "/api/v1/silences", 413, role="operator", body={"comment": "x" * 70_000})
    refused("GET", "/api/v1/live", 426)
    other = world.org.request("PUT", "/api/v1/hosts")
    assert other.status_code == 405 and world.document.schema_mistakes(other.json(), "Problem") == []


@pytest.mark.parametrize("method, path, body", [
    ("POST", "/api/v1/users", {"name": "bert", "role": "owner", "password": PASSWORD}),
    ("POST", "/api/v1/users", {"name": "bert", "role": "viewer", "password": "short"}),
    ("POST", "/api/v1/users", {"name": "a b", "role": "viewer", "password": PASSWORD}),
    ("POST", "/api/v1/tokens", {"label": "ci"}),
    ("POST", "/api/v1/tokens", {"role": "viewer", "label": "x" * 101}),
    ("POST", "/api/v1/tokens", {"kind": "enroll", "uses": 0}),
    ("POST", "/api/v1/tokens", {"kind": "ssh"}),
    ("PATCH", "/api/v1/hosts/{id}", {}),
    ("PATCH", "/api/v1/hosts/{id}", {"tags": [""]}),
    ("PATCH", "/api/v1/hosts/{id}", {"note": 7}),
    ("POST", "/api/v1/enroll", {"token": "aft_x", "host": "a/b"}),
    ("POST", "/api/v1/login", {"user": "admin"}),
    ("POST", "/api/v1/silences", {"host": "db-*"}),
    ("POST", "/api/v1/silences", {"until": 4_000_000_000_000}),
    ("POST", "/api/v1/silences", {"rule": "weather", "until": 4_000_000_000_000}),
    ("POST", "/api/v1/settings/dry-run", {"rule": "offline"}),
    ("POST", "/api/v1/settings/dry-run", {"rule": "cpu", "days": 0}),
    ("POST", "/api/v1/settings/dry-run", {"rule": "cpu", "hold_seconds": 86_401}),
    ("PATCH", "/api/v1/settings", {"alerts": {"cpu_threshold": 101}}),
    ("PATCH", "/api/v1/settings", {"alerts": {"temperature": {"warning": 300}}}),
    ("PATCH", "/api/v1/settings", {"alerts": {"overrides": []}}),
    ("PATCH", "/api/v1/settings", {"branding": {"primary_color": "green"}}),
    ("PATCH", "/api/v1/settings", {"organization": {"name": None}}),
    ("PATCH", "/api/v1/settings", {"server": {"port": 1}}),
])
def test_a_body_that_is_not_as_described_is_refused(world, method, path, body):
    assert world.document.body_mistakes(method, path, body) != []
    world.ask(method, path, 400, role="admin", body=body, id="db-1")
