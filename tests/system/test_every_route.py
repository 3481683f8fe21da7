"""Every route of the program answers everyone exactly as its row of the table says.

The table is the program's own (`atlas-ingest --routes`): a route without a recipe here fails the test."""

import hashlib
import json
import os
import re
import socket
import sqlite3

import pytest
import requests

from support.deadline import wait_until
from support.mqtt import Client
from support.programs import program, run
from support.samples import Publisher, now_ms

PASSWORD = "correct horse battery"
ROLES = ("viewer", "operator", "admin")


def cookie_name(org):
    return f"atlas_session_{org.id[:8]}"


def cookie(org, secret):
    return {"Cookie": f"{cookie_name(org)}={secret}"}


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def call(org, method, path, headers=None, body=None):
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, org.base + path, headers=headers or {}, json=body, timeout=20,
                               allow_redirects=False)


class World:
    """Two organisations, everyone who may come along, and what routes need to work on."""

    def __init__(self, fleet):
        self.fleet = fleet
        self.acme = fleet.setup("Acme Corp", "acme", "#00ff00", PASSWORD, alerts__hold_seconds=0)
        self.beta = fleet.setup("Beta Industries", "beta", "#00ffff", PASSWORD)
        for org in (self.acme, self.beta):
            for role in ROLES:
                if role != "admin":  # setup has made one
                    fleet.cli("user", "add", org.slug, role, "--role", role, "--password-stdin",
                              stdin=PASSWORD + "\n")
        self.acme.add_host("h1")
        self.enrollment = fleet.cli("token", "enroll", "acme").stdout.strip()
        self.expired = fleet.cli("token", "api", "acme", "--role", "admin", "--expires", "1s").stdout.strip()
        self.revoked = fleet.cli("token", "api", "acme", "--role", "admin", "--label", "revoked").stdout.strip()
        listed = json.loads(fleet.cli("--json", "token", "list", "acme").stdout)["tokens"]
        fleet.cli("token", "revoke", "acme", next(one["id"] for one in listed if one["label"] == "revoked"))
        fleet.broker()
        self.services = [fleet.ingest(org) for org in (self.acme, self.beta)]
        wait_until(lambda: call(self.acme, "GET", "/api/v1/me", bearer(self.expired)).status_code == 401, 10,
                   "the token has expired")
        self.count = 0

    def fresh(self, prefix):
        self.count += 1
        return f"{prefix}-{self.count}"

    def admin(self, method, path, body=None):
        return call(self.acme, method, path, bearer(self.acme.token("admin")), body)

    def login(self, org, user):
        """The secret of a new session."""
        answer = call(org, "POST", "/api/v1/login", body={"user": user, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return answer.cookies[cookie_name(org)]

    def old_session(self, column, hours):
        """A session that has run out: its times are moved, as only the clock does."""
        secret = self.login(self.acme, "admin")
        with sqlite3.connect(self.fleet.root / "tenants" / "acme" / "fleet.db", timeout=10) as store:
            store.execute(f"UPDATE sessions SET {column} = {column} - ? WHERE hash = ?",
                          (hours * 3_600_000, hashlib.sha256(secret.encode()).digest()))
        store.close()
        return secret

    def ended_session(self):
        secret = self.login(self.acme, "admin")
        assert call(self.acme, "POST", "/api/v1/logout", cookie(self.acme, secret)).status_code == 204
        return secret


@pytest.fixture(scope="module", name="world")
def started(fleet):
    return World(fleet)


@pytest.fixture(scope="module", name="routes")
def table():
    listed = run([program("atlas-ingest"), "--routes"])
    assert listed.returncode == 0, listed.stderr
    return [(row["method"], row["pattern"], row["role"]) for row in json.loads(listed.stdout)["routes"]]


class Recipe:
    """What a route needs to succeed. `path` and `body` are made anew for everyone who is let in, since many take
    away what they work on; `token` is what an API token gets where that is another status than a person."""

    def __init__(self, path=None, body=None, success=200, token=None):
        self.path, self.body, self.success, self.token = path, body, success, token


def some_user(world, _):
    name = world.fresh("someone")
    assert world.admin("POST", "/api/v1/users", {"name": name, "role": "viewer", "password": PASSWORD}).ok
    return f"/api/v1/users/{name}"


def some_token(world, _):
    return f"/api/v1/tokens/{world.admin('POST', '/api/v1/tokens', {'role': 'viewer'}).json()['id']}"


def some_host(world, _):
    host = world.fresh("host")
    made = call(world.acme, "POST", "/api/v1/enroll", body={"token": world.enrollment, "host": host})
    assert made.status_code == 201, made.text
    wait_until(lambda: world.admin("GET", f"/api/v1/hosts/{host}").status_code == 200, 10, "the host is known")
    return f"/api/v1/hosts/{host}"


def own_session(world, role):
    secret = world.login(world.acme, role)
    listed = call(world.acme, "GET", "/api/v1/sessions", cookie(world.acme, secret)).json()["sessions"]
    return f"/api/v1/sessions/{next(one['id'] for one in listed if one['current'])}"


def some_asset(world, _):
    page = call(world.acme, "GET", "/dashboard").text
    return re.search(r"/assets/[^\"]+", page).group(0)


def some_alert(world, _):
    """One that fires: an alert is acknowledged once."""
    host = world.fresh("alarmed")
    user, password = world.acme.add_host(host)
    with Client(world.fleet.broker_address, user, password) as client:
        client.publish(world.acme.topic(host), Publisher().sample(cpu=99))
    alert = f"{host}:cpu"
    wait_until(lambda: any(one["id"] == alert for one in world.admin("GET", "/api/v1/alerts").json()["alerts"]), 10,
               "the alert fires")
    return f"/api/v1/alerts/{alert}/ack"


def some_silence(world, _):
    made = world.admin("POST", "/api/v1/silences", {"host": "nobody", "until": now_ms() + 3_600_000})
    assert made.status_code == 201, made.text
    return f"/api/v1/silences/{made.json()['id']}"


def fixed(path):
    return lambda world, role: path


# A new route needs a line here.
RECIPES = {
    ("GET", "/"): Recipe(success=302),
    ("GET", "/dashboard"): Recipe(),
    ("GET", "/dashboard/*"): Recipe(fixed("/dashboard/hosts/h1")),
    ("GET", "/assets/*"): Recipe(some_asset),
    ("GET", "/favicon.ico"): Recipe(),
    ("GET", "/icon.svg"): Recipe(),
    ("GET", "/manifest.webmanifest"): Recipe(),
    ("GET", "/healthz"): Recipe(),
    ("GET", "/readyz"): Recipe(),
    ("GET", "/metrics"): Recipe(),
    ("GET", "/api/v1/branding"): Recipe(),
    ("GET", "/api/v1/openapi.json"): Recipe(),
    ("POST", "/api/v1/login"): Recipe(body=lambda _: {"user": "viewer", "password": PASSWORD}),
    ("POST", "/api/v1/logout"): Recipe(success=204),
    ("GET", "/api/v1/me"): Recipe(),
    ("POST", "/api/v1/me/password"): Recipe(body=lambda _: {"current": PASSWORD, "new": PASSWORD}, success=204,
                                            token=403),
    ("GET", "/api/v1/sessions"): Recipe(),
    # A token that is no administrator's has no session of its own to end.
    ("DELETE", "/api/v1/sessions/{id}"): Recipe(own_session, success=204,
                                                token={"viewer": 404, "operator": 404, "admin": 204}),
    ("GET", "/api/v1/users"): Recipe(),
    ("POST", "/api/v1/users"): Recipe(
        body=lambda world: {"name": world.fresh("new"), "role": "viewer", "password": PASSWORD}, success=201),
    ("PATCH", "/api/v1/users/{name}"): Recipe(some_user, body=lambda _: {"role": "operator"}, success=204),
    ("DELETE", "/api/v1/users/{name}"): Recipe(some_user, success=204),
    ("GET", "/api/v1/tokens"): Recipe(),
    ("POST", "/api/v1/tokens"): Recipe(body=lambda _: {"role": "viewer"}, success=201),
    ("DELETE", "/api/v1/tokens/{id}"): Recipe(some_token, success=204),
    ("GET", "/api/v1/audit"): Recipe(),
    ("GET", "/api/v1/hosts"): Recipe(),
    ("GET", "/api/v1/hosts/{id}"): Recipe(fixed("/api/v1/hosts/h1")),
    ("PATCH", "/api/v1/hosts/{id}"): Recipe(fixed("/api/v1/hosts/h1"), body=lambda world: {"note": world.fresh("Rack")}),
    ("DELETE", "/api/v1/hosts/{id}"): Recipe(some_host, success=204),
    ("GET", "/api/v1/hosts/{id}/history"): Recipe(fixed("/api/v1/hosts/h1/history?metric=cpu.percent")),
    ("GET", "/api/v1/hosts/{id}/events"): Recipe(fixed("/api/v1/hosts/h1/events")),
    # It has never been online.
    ("GET", "/api/v1/hosts/{id}/processes"): Recipe(fixed("/api/v1/hosts/h1/processes"), success=409),
    ("GET", "/api/v1/alerts"): Recipe(),
    ("POST", "/api/v1/alerts/{id}/ack"): Recipe(some_alert),
    ("GET", "/api/v1/silences"): Recipe(),
    ("POST", "/api/v1/silences"): Recipe(body=lambda _: {"host": "nobody", "until": now_ms() + 60_000}, success=201),
    ("DELETE", "/api/v1/silences/{id}"): Recipe(some_silence, success=204),
    ("GET", "/api/v1/settings"): Recipe(),
    ("PATCH", "/api/v1/settings"): Recipe(body=lambda world: {"branding": {"dashboard_title": world.fresh("Acme")}}),
    ("POST", "/api/v1/settings/dry-run"): Recipe(body=lambda _: {"rule": "cpu", "days": 1}),
    ("GET", "/api/v1/settings/notify"): Recipe(),
    # None is configured here: whoever may ask hears of that.
    ("POST", "/api/v1/settings/notify-test"): Recipe(body=lambda _: {}, success=404),
    ("GET", "/api/v1/isolation"): Recipe(),
    ("POST", "/api/v1/enroll"): Recipe(
        body=lambda world: {"token": world.enrollment, "host": world.fresh("enrolled")}, success=201),
    ("GET", "/api/v1/agent"): Recipe(),
    ("GET", "/api/v1/agent/{file}"): Recipe(fixed("/api/v1/agent/install.sh")),
    ("GET", "/api/v1/live"): Recipe(success=426),
}


def strangers(world):
    """Credentials that are worth nothing at Acme."""
    acme, beta = world.acme, world.beta
    beta_session = world.login(beta, "admin")
    return {
        "nobody": {},
        "a made-up token": bearer("afa_" + "A" * 43),
        "a made-up cookie": cookie(acme, "A" * 43),
        "a revoked token": bearer(world.revoked),
        "an expired token": bearer(world.expired),
        "an enrolment token": bearer(world.enrollment),
        "an idle session": cookie(acme, world.old_session("seen", 3)),
        "an expired session": cookie(acme, world.old_session("expires", 13)),
        "an ended session": cookie(acme, world.ended_session()),
        "Beta's token": bearer(beta.token("admin")),
        "Beta's session under Acme's name": cookie(acme, beta_session),
        "Beta's cookie": cookie(beta, beta_session),
    }


def persons(world):
    """(name, role, headers, whether a token): everyone whom Acme knows; a person with a new session each time."""
    for role in ROLES:
        yield f"{role}'s token", role, bearer(world.acme.token(role)), True
        yield f"{role}'s session", role, cookie(world.acme, world.login(world.acme, role)), False


def filled(pattern):
    """A path for those who are turned away at the door."""
    return re.sub(r"\{\w+\}|\*", "x", pattern)


def is_enough(role, least):
    return ROLES.index(role) >= ROLES.index(least)


def test_every_route_has_a_recipe(routes):
    assert {(method, pattern) for method, pattern, _ in routes} == set(RECIPES)
    assert len(routes) > 20 and {role for _, _, role in routes} <= {"open", *ROLES}


def test_strangers_get_401_everywhere_but_at_open_routes(world, routes):
    wrong = []
    for name, headers in strangers(world).items():
        for method, pattern, least in routes:
            if least == "open":
                continue
            verbs = (method, "HEAD") if method == "GET" else (method,)
            for verb in verbs:
                got = call(world.acme, verb, filled(pattern), headers, {} if verb != "HEAD" else None).status_code
                if got != 401:
                    wrong.append((name, verb, pattern, got))
    assert wrong == []


def test_open_routes_answer_everyone_alike(world, routes):
    wrong = []
    everyone = {"nobody": {}, "Beta's token": bearer(world.beta.token("admin")),
                "a viewer": bearer(world.acme.token("viewer"))}
    for method, pattern, least in routes:
        recipe = RECIPES[method, pattern]
        for name, headers in everyone.items() if least == "open" else ():
            path = recipe.path(world, None) if recipe.path else pattern
            got = call(world.acme, method, path, headers, recipe.body(world) if recipe.body else None).status_code
            if got != recipe.success:
                wrong.append((name, method, pattern, got, recipe.success))
    assert wrong == []


def test_each_role_gets_what_its_row_says(world, routes):
    wrong = []
    for method, pattern, least in routes:
        if least == "open":
            continue
        recipe = RECIPES[method, pattern]
        for name, role, headers, is_token in persons(world):
            if is_enough(role, least):
                expected = recipe.success
                if is_token and recipe.token is not None:
                    expected = recipe.token[role] if isinstance(recipe.token, dict) else recipe.token
                path = recipe.path(world, role) if recipe.path else pattern
                body = recipe.body(world) if recipe.body else None
            else:
                expected, path, body = 403, filled(pattern), {}
            got = call(world.acme, method, path, headers, body).status_code
            if got != expected:
                wrong.append((name, method, pattern, got, expected))
    assert wrong == []


def test_there_is_nothing_at_other_paths_and_no_other_method(world):
    for headers in ({}, bearer(world.acme.token("admin"))):
        for path in ("/api/v1/nothing", "/api/v1/users/a/b", "/api", "/metrics/x"):
            assert call(world.acme, "GET", path, headers).status_code == 404, path
        assert call(world.acme, "PUT", "/api/v1/hosts", headers).status_code == 405
        assert call(world.acme, "POST", "/api/v1/audit", headers).status_code == 405


def upgrade(org, headers):
    """The status of a WebSocket handshake."""
    lines = [f"{name}: {value}" for name, value in headers.items()]
    with socket.create_connection(("127.0.0.1", org.port), timeout=10) as plain:
        plain.sendall("\r\n".join([
            "GET /api/v1/live HTTP/1.1", f"Host: 127.0.0.1:{org.port}", "Upgrade: websocket", "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13", *lines, "", ""]).encode())
        return int(plain.recv(4096).split()[1])


def test_the_live_feed_opens_to_acmes_people_only(world):
    assert {name: upgrade(world.acme, headers) for name, headers in strangers(world).items()} == \
           {name: 401 for name in strangers(world)}
    for name, _, headers, _ in persons(world):
        assert upgrade(world.acme, headers) == 101, name


def open_files(service):
    """Paths that a process has open or maps for shared writing, but for devices, sockets and pipes."""
    folder = f"/proc/{service.pid}"
    paths = set()
    for number in os.listdir(f"{folder}/fd"):
        try:
            paths.add(os.readlink(f"{folder}/fd/{number}"))
        except FileNotFoundError:
            pass
    with open(f"{folder}/maps", encoding="utf-8") as maps:
        for line in maps:
            words = line.split(maxsplit=5)
            if len(words) == 6 and words[1][1] == "w" and words[1][3] == "s":
                paths.add(words[5].strip())
    return {path for path in paths if path.startswith("/") and not path.startswith(("/dev/", "/proc/", "/sys/"))}


def test_two_services_share_no_file(world):
    acme, beta = (open_files(service) for service in world.services)
    root = str(world.fleet.root)
    for slug, paths in (("acme", acme), ("beta", beta)):
        assert any(path.startswith(f"{root}/tenants/{slug}/fleet.db") for path in paths), "it looks at the right files"
        own = (f"{root}/tenants/{slug}/", f"{root}/logs/ingest-{slug}")
        assert [path for path in paths if path.startswith(root) and not path.startswith(own)] == []
    assert acme & beta == set()
    assert cookie_name(world.acme) != cookie_name(world.beta)
