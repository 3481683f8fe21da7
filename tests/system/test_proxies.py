"""Behind a reverse proxy: a trusted one tells who asks and whether it was encrypted; anyone else's word is nothing."""

import http.client
import json

import pytest

PROXY, STRANGER = "127.0.0.1", "127.0.0.9"
PASSWORD = "correct horse battery"


@pytest.fixture(scope="module", name="acme")
def started(fleet):
    org = fleet.setup("Acme Corp", "acme", password=PASSWORD)
    org.set(server__trusted_proxies=f"{PROXY}, 10.0.0.0/8")
    fleet.up()
    return org


def ask(org, source, method, path, body=None, **headers):
    """(status, headers, body) of a request that comes from that address."""
    connection = http.client.HTTPConnection("127.0.0.1", org.port, timeout=10, source_address=(source, 0))
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            named["Content-Type"] = "application/json"
        connection.request(method, path, json.dumps(body) if body is not None else None, named)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def login(org, source, password=PASSWORD, user="admin", **headers):
    return ask(org, source, "POST", "/api/v1/login", {"user": user, "password": password}, **headers)


def logged(org, user):
    """Where the newest login of that name came from, by the audit log."""
    entries = org.json("/api/v1/audit", token=org.token("admin"))["audit"]
    return next(entry["from"] for entry in entries if "login" in entry["action"] and entry["who"] == user)


def test_a_trusted_proxy_tells_who_asks(acme):
    assert login(acme, PROXY, X_Forwarded_For="203.0.113.9, 192.0.2.7")[0] == 200
    assert logged(acme, "admin") == "192.0.2.7", "what stands before it may be made up"
    assert login(acme, PROXY, X_Forwarded_For="192.0.2.8, 10.1.2.3")[0] == 200
    assert logged(acme, "admin") == "192.0.2.8", "10.1.2.3 is a proxy too"
    assert login(acme, PROXY, X_Forwarded_For="[2001:db8::7]:4711")[0] == 200
    assert logged(acme, "admin") == "2001:db8::7"


def test_a_strangers_word_is_nothing(acme):
    status, headers, _ = login(acme, STRANGER, X_Forwarded_For="192.0.2.7", X_Forwarded_Proto="https")
    assert status == 200
    assert logged(acme, "admin") == STRANGER
    assert "Secure" not in headers["Set-Cookie"] and headers["Strict-Transport-Security"] is None


def test_behind_https_the_browser_is_told_so(acme):
    told = {"X_Forwarded_For": "192.0.2.7", "X_Forwarded_Proto": "https", "Host": "fleet.example.com"}
    status, headers, _ = login(acme, PROXY, Origin="https://fleet.example.com", **told)
    assert status == 200
    assert "; Secure" in headers["Set-Cookie"] and headers["Strict-Transport-Security"].startswith("max-age=")
    for origin in ("http://fleet.example.com", "https://evil.example.com"):
        assert login(acme, PROXY, Origin=origin, **told)[0] == 403, origin


def test_who_guesses_behind_a_proxy_slows_down_nobody_else_there(acme):
    for attempt in range(60):
        status, _, _ = login(acme, PROXY, "wrong", f"nobody-{attempt}", X_Forwarded_For="192.0.2.66")
        if status == 429:
            break
    assert status == 429
    assert login(acme, PROXY, X_Forwarded_For="192.0.2.67")[0] == 200
    # Another address of his own making does not help a stranger.
    for attempt in range(60):
        status, _, _ = login(acme, STRANGER, "wrong", f"none-{attempt}", X_Forwarded_For=f"192.0.2.{attempt + 100}")
        if status == 429:
            break
    assert status == 429


@pytest.mark.parametrize("wrong", ["proxy.example.com", "10.0.0.1/8", "0.0.0.0/0", "10.0.0.0/33"])
def test_what_is_no_network_is_refused(acme, wrong):
    done = acme.fleet.cli("org", "set", "acme", "server.trusted_proxies", wrong, check=False)
    assert done.returncode != 0 and "server.trusted_proxies" in done.stderr
