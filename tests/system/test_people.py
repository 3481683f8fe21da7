"""People: their sessions, and how guessing their passwords is slowed down."""

import sqlite3
import time

import pytest
import requests

from support.deadline import wait_until
from support.live import LiveFeed

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module", name="acme")
def started(fleet):
    acme = fleet.setup("Acme Corp", "acme", "#00ff00", PASSWORD)
    fleet.cli("user", "add", "acme", "vera", "--role", "viewer", "--password-stdin", stdin=PASSWORD + "\n")
    fleet.broker()
    fleet.ingest(acme)
    return acme


def try_login(acme, user="vera", password=PASSWORD, agent="test browser"):
    session = requests.Session()
    session.trust_env = False
    session.headers["User-Agent"] = agent
    return session, session.post(acme.base + "/api/v1/login", json={"user": user, "password": password}, timeout=10)


def login(acme, user="vera"):
    session, answer = try_login(acme, user)
    assert answer.status_code == 200, answer.text
    return session


def status(acme, session, path="/api/v1/me"):
    return session.get(acme.base + path, timeout=10).status_code


def sessions(acme, session):
    return session.get(acme.base + "/api/v1/sessions", timeout=10).json()["sessions"]


def current(acme, session):
    return next(one["id"] for one in sessions(acme, session) if one["current"])


def test_a_person_sees_and_ends_their_own_sessions(acme):
    vera, other, admin = login(acme), login(acme), login(acme, "admin")
    own = sessions(acme, vera)
    assert {one["user"] for one in own} == {"vera"} and len(own) == 2
    assert own[0]["address"] == "127.0.0.1" and own[0]["user_agent"] == "test browser"
    assert abs(own[0]["created"] - time.time() * 1000) < 60_000
    assert own[0]["expires"] - own[0]["created"] == 12 * 3600 * 1000
    assert {one["user"] for one in sessions(acme, admin)} == {"vera", "admin"}
    not_hers = vera.delete(f"{acme.base}/api/v1/sessions/{current(acme, admin)}", timeout=10)
    assert not_hers.status_code == 404
    assert status(acme, admin) == 200
    ended = vera.delete(f"{acme.base}/api/v1/sessions/{current(acme, other)}", timeout=10)
    assert ended.status_code == 204
    assert status(acme, other) == 401 and status(acme, vera) == 200


def test_an_administrator_ends_anyones_and_their_live_feed_closes(acme, fleet):
    for end in ("http", "cli"):
        vera = login(acme)
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in vera.cookies)
        live = LiveFeed(f"ws://127.0.0.1:{acme.port}/api/v1/live", cookie=cookies, seconds=30)
        if end == "http":
            gone = acme.request("DELETE", f"/api/v1/sessions/{current(acme, vera)}", token=acme.token("admin"))
            assert gone.status_code == 204
        else:
            fleet.cli("user", "logout", "acme", "vera")
        assert status(acme, vera) == 401
        wait_until(lambda feed=live: feed.close_code() == 4401, 15, "the live feed is closed with 4401")


def age(fleet, **changes):
    """Moves times of Vera's sessions into the past, as only the clock does."""
    with sqlite3.connect(fleet.root / "tenants" / "acme" / "fleet.db", timeout=10) as store:
        for column, seconds in changes.items():
            store.execute(f"UPDATE sessions SET {column} = {column} - ? WHERE user = 'vera'", (seconds * 1000,))
    store.close()


def test_a_session_ends_when_idle_and_when_old(acme, fleet):
    vera = login(acme)
    age(fleet, seen=2 * 3600 - 30)
    assert status(acme, vera) == 200
    wait_until(lambda: all(time.time() * 1000 - one["last_seen"] < 60_000 for one in sessions(acme, vera)), 10,
               "its use is noted")
    age(fleet, seen=2 * 3600 + 1)
    assert status(acme, vera) == 401
    vera = login(acme)
    age(fleet, expires=12 * 3600)
    assert status(acme, vera) == 401


def test_guessing_is_slowed_down_and_tells_nothing(acme):
    before = acme.metrics()
    answers = {}
    for name in ("admin", "nobody"):
        tried = [try_login(acme, name, f"guess {i}")[1] for i in range(7)]
        answers[name] = [(one.status_code, one.headers.get("Retry-After"), one.text) for one in tried]
        assert [one.status_code for one in tried[:5]] == [401] * 5
    limited = {name: [one for one in given if one[0] == 429] for name, given in answers.items()}
    for given in limited.values():
        assert given and 1 <= int(given[0][1]) <= 2 and "try again in" in given[0][2]
    assert {text for code, _, text in answers["admin"] if code == 401} == \
           {text for code, _, text in answers["nobody"] if code == 401}
    login(acme)
    after = acme.metrics()
    assert after['atlas_logins_total{result="refused"}'] - before['atlas_logins_total{result="refused"}'] >= 10
    assert after['atlas_logins_total{result="limited"}'] > before['atlas_logins_total{result="limited"}']
    assert after['atlas_logins_total{result="accepted"}'] > before['atlas_logins_total{result="accepted"}']


def test_who_waits_gets_in(acme):
    def waits():
        for i in range(6):
            try_login(acme, "vera", f"guess {i}")
        return try_login(acme)[1].status_code == 429
    # The delay begins with a second, which a busy machine may sleep over.
    wait_until(waits, 30, "the right password waits too")
    wait_until(lambda: try_login(acme)[1].status_code == 200, 20, "the delay is over")


def audit(acme, query=""):
    answer = acme.get("/api/v1/audit" + query, token=acme.token("admin"))
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_changes_and_logins_are_in_the_audit_log(acme, fleet):
    admin = acme.token("admin")
    made = acme.request("POST", "/api/v1/users", token=admin,
                        json={"name": "walt", "role": "viewer", "password": PASSWORD})
    assert made.status_code == 201, made.text
    assert acme.request("PATCH", "/api/v1/users/walt", token=admin, json={"role": "operator"}).status_code == 204
    try_login(acme, "walt", "not it")
    walt = login(acme, "walt")
    fleet.cli("user", "passwd", "acme", "walt", "--password-stdin", stdin=PASSWORD + "\n")
    assert status(acme, walt) == 401, "a new password ends the sessions"
    fleet.cli("org", "set", "acme", "alerts.cpu_threshold", "80")
    fleet.cli("user", "remove", "acme", "walt")
    rows = audit(acme, "?limit=20")["audit"]
    found = {(row["action"], row["object"].split(" ")[0], row["outcome"]): row for row in rows}
    for expected in (("user.add", "walt", "done"), ("user.role", "walt", "done"), ("login", "walt", "refused"),
                     ("login", "session", "done"), ("user.password", "walt", "done"),
                     ("org.set", "alerts.cpu_threshold", "done"), ("user.remove", "walt", "done")):
        assert expected in found, rows
    added, removed = found["user.add", "walt", "done"], found["user.remove", "walt", "done"]
    assert added["who"].startswith("token ") and added["from"] == "127.0.0.1"
    assert removed["from"] == "command line" and removed["who"]
    page = audit(acme, "?limit=3")
    assert [row["id"] for row in audit(acme, f"?limit=1&before={page['next']}")["audit"]][0] < page["audit"][-1]["id"]
    shown = fleet.cli("--json", "audit", "acme", "--limit", "3").stdout
    assert page["audit"][0]["action"] in shown


def test_the_last_administrator_cannot_be_removed_or_demoted(acme, fleet):
    admin = acme.token("admin")
    assert acme.request("DELETE", "/api/v1/users/admin", token=admin).status_code == 409
    assert acme.request("PATCH", "/api/v1/users/admin", token=admin, json={"role": "viewer"}).status_code == 409
    assert fleet.cli("user", "remove", "acme", "admin", check=False).returncode == 4
    assert fleet.cli("user", "role", "acme", "admin", "viewer", check=False).returncode == 4


def test_a_token_is_shown_once_and_can_be_revoked(acme):
    admin = acme.token("admin")
    made = acme.request("POST", "/api/v1/tokens", token=admin, json={"role": "viewer", "label": "ci"}).json()
    assert made["token"].startswith("afa_") and acme.get("/api/v1/me", token=made["token"]).status_code == 200
    listed = acme.get("/api/v1/tokens", token=admin)
    assert made["id"] in listed.text and made["token"] not in listed.text
    assert acme.request("DELETE", f"/api/v1/tokens/{made['id']}", token=admin).status_code == 204
    assert acme.get("/api/v1/me", token=made["token"]).status_code == 401
