"""New machines: enrolment over HTTP, the broker that follows, the installer, and hosts that are revoked."""

import concurrent.futures
import json
import os
import re
import signal
import stat
import subprocess
import time

import pytest

from support import credentials
from support.deadline import promised, wait_until
from support.mqtt import Client
from support.programs import SLOW, environment, program, run
from support.samples import Publisher


@pytest.fixture(scope="module", name="two")
def running(fleet):
    acme, beta = fleet.setup("Acme Corp", "acme"), fleet.setup("Beta Ltd", "beta")
    fleet.up()
    return acme, beta


def new_token(org, *flags):
    done = org.fleet.cli("token", "enroll", org.slug, *flags)
    assert re.fullmatch(r"aft_[A-Za-z0-9_-]{43}\n", done.stdout), done.stdout
    return done.stdout.strip()


def enroll(org, host, token, **members):
    return org.request("POST", "/api/v1/enroll", token=None, json={"token": token, "host": host, **members})


def connects(org, host, **options):
    """A client as soon as the broker takes the host's password."""
    def attempt():
        client = org.client(host, **options)
        if client.connected:
            return client
        client.close()
        return None
    return wait_until(attempt, 10 * SLOW, f"{host} can connect")


QUICK = (f"quick-{number}" for number in range(1, 10))


@promised
def test_an_enrolled_host_connects_within_two_seconds(two):
    acme, _ = two
    host = next(QUICK)
    answer = enroll(acme, host, new_token(acme))
    enrolled_at = time.monotonic()
    assert answer.status_code == 201, answer.text
    given = answer.json()
    assert given["org"] == acme.id and given["host"] == host
    assert given["user"] == acme.user(host)
    assert given["password"] == acme.password(host), "the password is that of the recipe"
    assert given["broker_url"] == acme.config["broker"]["url"]
    assert given["ca"] == acme.fleet.broker_address.ca_file.read_text()
    with connects(acme, host) as client:
        assert time.monotonic() - enrolled_at < 2 * SLOW
        assert client.publish(acme.topic(host), Publisher().sample()) in (0, 16)
    wait_until(lambda: host in acme.hosts(), 5 * SLOW, "the host is on the dashboard")


def test_the_token_is_derived_from_the_key_and_printed_alone(two):
    acme, _ = two
    tokens = json.loads(acme.fleet.cli("--json", "token", "list", "acme").stdout)["tokens"]
    number = sum(token["kind"] == "enroll" for token in tokens) + 1
    token = new_token(acme)
    expected = credentials.enrollment_token(acme.key, acme.id, number)
    assert token == expected
    listed = acme.fleet.cli("token", "list", "acme").stdout
    assert "enrolment" in listed and token not in listed
    assert token.encode() not in (acme.fleet.root / "tenants" / "acme" / "fleet.db").read_bytes()


def test_a_token_is_refused_that_is_not_valid(two):
    acme, beta = two
    assert enroll(acme, "none-1", "aft_" + "A" * 43).status_code == 401
    assert enroll(acme, "none-1", new_token(beta)).status_code == 401, "of another organisation"
    assert enroll(acme, "none-1", acme.token("admin")).status_code == 401, "an API token is none"
    once = new_token(acme, "--uses", "1")
    assert enroll(acme, "once-1", once).status_code == 201
    used_up = enroll(acme, "once-2", once)
    assert used_up.status_code == 401
    assert once not in used_up.text
    brief = new_token(acme, "--expires", "1s")
    wait_until(lambda: enroll(acme, "once-1", brief).status_code == 401, 10, "the token has expired")
    revoked = new_token(acme)
    listed = json.loads(acme.fleet.cli("--json", "token", "list", "acme").stdout)["tokens"]
    acme.fleet.cli("token", "revoke", "acme", listed[-1]["id"])
    assert enroll(acme, "none-1", revoked).status_code == 401
    assert "none-1" not in acme.hosts()


def test_a_known_id_needs_its_password_or_an_administrators_word(two):
    acme, _ = two
    token = new_token(acme)
    first = enroll(acme, "mac-1", token).json()
    refused = enroll(acme, "mac-1", token)
    assert refused.status_code == 409
    assert first["password"] not in refused.text
    assert enroll(acme, "mac-1", token, password=acme.password("mac-2")).status_code == 409
    assert enroll(acme, "mac-1", token, password=first["password"]).json()["password"] == first["password"]
    acme.fleet.cli("host", "readmit", "acme", "mac-1")
    again = enroll(acme, "mac-1", token).json()
    assert again["password"] == acme.password("mac-1", generation=2) != first["password"]
    assert enroll(acme, "mac-1", token).status_code == 409, "the word holds once"
    acme.fleet.cli("host", "revoke", "acme", "mac-1")
    assert enroll(acme, "mac-1", token).status_code == 409, "a host that was shut out stays out"


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"token":1,"host":"a"}', b'{"token":"x","host":"a/b"}',
                                  b'{"token":"x","host":"' + b"a" * 65 + b'"}', b'{"token":"x","host":"..'
                                  b'"}', b"\xff", b'{"token":"' + b"x" * 60_000 + b'","host":"a"}', b"[" * 60_000])
def test_a_malformed_request_is_refused_and_changes_nothing(two, body):
    acme, _ = two
    answer = acme.request("POST", "/api/v1/enroll", token=None, data=body,
                          headers={"Content-Type": "application/json"})
    assert answer.status_code == 400, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_the_agent_enrols_and_reports(two):
    acme, _ = two
    config = acme.fleet.root / "agents" / "config.json"
    done = run([program("atlas-agent"), "--enroll", acme.base, "--token-file", "-", "--host-id", "laptop-1",
                "--config", config, "--tag", "berlin"], stdin=new_token(acme) + "\n")
    assert done.returncode == 0, done.stderr
    written = json.loads(config.read_text())
    assert stat.S_IMODE(config.stat().st_mode) == 0o600
    assert written["password"] == acme.password("laptop-1")
    assert acme.config["server"]["api_key"] not in config.read_text()
    assert written["password"] not in done.stderr + done.stdout
    agent = acme.fleet.start([program("atlas-agent"), "--config", config], name="enrolled")
    wait_until(lambda: acme.hosts()["laptop-1"]["state"] == "online", 10 * SLOW, "it reports", agent.tail)
    again = run([program("atlas-agent"), "--enroll", acme.base, "--token-file", "-", "--host-id", "laptop-1",
                 "--config", config], stdin=new_token(acme) + "\n")
    assert again.returncode == 0, again.stderr
    assert json.loads(config.read_text()) == written, "its old password lets it in again"
    agent.stop()


def test_the_agent_says_why_it_cannot_enrol(two):
    acme, _ = two
    config = acme.fleet.root / "agents" / "none.json"

    def attempt(url, token="aft_wrong"):
        done = run([program("atlas-agent"), "--enroll", url, "--token-file", "-", "--host-id", "x", "--config", config],
                   stdin=token + "\n")
        assert done.returncode in (1, 2) and not config.exists()
        assert "aft_" not in done.stderr
        return done.stderr
    assert "enrolment token is not valid" in attempt(acme.base)
    assert "nothing listens there" in attempt("http://127.0.0.1:1")
    assert "use https://" in attempt("http://fleet.example.com:8768")
    assert "does not speak TLS" in attempt(f"https://127.0.0.1:{acme.port}")


def make_token(org, token=None, **terms):
    return org.request("POST", "/api/v1/tokens", token=token or org.token("admin"), json={"kind": "enroll", **terms})


def test_an_administrator_makes_a_token_over_http(two):
    acme, _ = two
    made = make_token(acme, label="laptops", uses=2)
    assert made.status_code == 201, made.text
    given = made.json()
    token = given.pop("token")
    tokens = json.loads(acme.fleet.cli("--json", "token", "list", "acme").stdout)["tokens"]
    listed = next(one for one in tokens if one["id"] == given["id"])
    assert token in {credentials.enrollment_token(acme.key, acme.id, number) for number in range(1, 100)}, "by the recipe"
    assert given == {"id": listed["id"], "kind": "enroll", "label": "laptops", "created": listed["added"],
                     "expires": listed["added"] + 7 * 24 * 3600 * 1000, "uses": 2}
    assert (listed["uses"], listed["max_uses"]) == (0, 2)
    answer = enroll(acme, "by-http-1", token)
    assert answer.status_code == 201 and answer.json()["password"] == acme.password("by-http-1")
    connects(acme, "by-http-1").close()
    assert enroll(acme, "by-http-2", token).status_code == 201
    assert enroll(acme, "by-http-3", token).status_code == 401, "used up"
    rows = acme.get("/api/v1/audit", token=acme.token("admin")).json()["audit"]
    noted = next(row for row in rows if row["action"] == "token.create")
    assert noted["object"] == f"{given['id']} (enrolment)" and noted["who"].startswith("token ")
    assert f"by-http-1 (token {given['id']})" in [row["object"] for row in rows if row["action"] == "host.enroll"]
    assert token not in json.dumps(rows) + acme.get("/api/v1/tokens", token=acme.token("admin")).text
    brief = make_token(acme, expires=int(time.time() * 1000) + 1000).json()
    assert brief["uses"] == 1
    wait_until(lambda: enroll(acme, "by-http-1", brief["token"]).status_code == 401, 10, "the token has expired")
    revoked = make_token(acme).json()
    gone = acme.request("DELETE", f"/api/v1/tokens/{revoked['id']}", token=acme.token("admin"))
    assert gone.status_code == 204 and enroll(acme, "by-http-4", revoked["token"]).status_code == 401


def test_tokens_over_http_have_limits(two):
    acme, beta = two
    for terms in ({"uses": 0}, {"uses": 10_001}, {"uses": "2"}, {"expires": 1}, {"role": "admin"},
                  {"expires": int(time.time() * 1000) - 1000}, {"label": "x" * 101}, {"kind": "enrol"}):
        refused = make_token(acme, **terms)
        assert refused.status_code == 400 and refused.json()["parameter"] in terms, refused.text
    for role in ("viewer", "operator"):
        assert make_token(acme, token=acme.token(role)).status_code == 403
    assert make_token(acme, token=beta.token("admin")).status_code == 401
    assert enroll(acme, "foreign", make_token(beta).json()["token"]).status_code == 401
    api = acme.request("POST", "/api/v1/tokens", token=acme.token("admin"), json={"role": "viewer", "uses": 2})
    assert api.status_code == 400 and api.json()["parameter"] == "uses"


def stubs(folder):
    """A PATH whose system commands only note how they were called."""
    folder.mkdir(exist_ok=True)
    for name, body in {"systemctl": "case $* in --version) echo 'systemd 252 (252.1)';; esac; exit 0",
                       "loginctl": "exit 0", "sleep": "exit 0", "sudo": 'exec "$@"',
                       "id": "case $1 in -u) echo 501;; *) echo someone;; esac"}.items():
        file = folder / name
        file.write_text(f"#!/bin/sh\n{body}\n")
        file.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def installed_config(home, org):
    config = home / ".fleet-agent" / org.id / "config.json"
    assert stat.S_IMODE(config.stat().st_mode) == 0o600
    return config, json.loads(config.read_text())


def test_one_installer_serves_any_number_of_machines(two):
    acme, _ = two
    acme.fleet.cli("installer", "acme", "-o", acme.fleet.root, "--uses", "3")
    script = acme.fleet.root / f"install-agent-{acme.id[:8]}.sh"
    path = stubs(acme.fleet.root / "stubs")
    for host in ("mdm-1", "mdm-2"):
        home = acme.fleet.root / f"home of {host}"
        home.mkdir()
        done = subprocess.run(["sh", script, "--host-id", host], env=environment(PATH=path, HOME=str(home)), text=True,
                              capture_output=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "fetched atlas-agent-Linux-" in done.stdout
        config, written = installed_config(home, acme)
        assert written["password"] == acme.password(host)
        agent = acme.fleet.start([home / ".fleet-agent" / acme.id / "atlas-agent", "--config", config], name=host)
        wait_until(lambda name=host: acme.hosts()[name]["state"] == "online", 10 * SLOW, f"{host} reports", agent.tail)
        agent.stop()


def test_the_pasted_line_makes_a_machine_a_host(two):
    acme, _ = two
    line, of_macos = (text.strip() for text in acme.fleet.cli("token", "enroll", "acme").stderr.splitlines() if "curl" in text)
    assert of_macos == line.replace("sha256sum", "shasum -a 256").replace("sudo sh", "sh")
    home = acme.fleet.root / "home of pasted"
    home.mkdir()
    line += " --host-id pasted-1"
    done = subprocess.run(["sh"], input=line, cwd=home, text=True, capture_output=True, timeout=60, check=False,
                          env=environment(PATH=stubs(acme.fleet.root / "stubs"), HOME=str(home)))
    assert done.returncode == 0, done.stdout + done.stderr
    assert installed_config(home, acme)[1]["password"] == acme.password("pasted-1")
    damaged = line.replace("  install.sh'", "0  install.sh'")
    assert damaged != line
    done = subprocess.run(["sh"], input=damaged, cwd=home, text=True, capture_output=True, timeout=60, check=False,
                          env=environment(PATH=stubs(acme.fleet.root / "stubs"), HOME=str(home)))
    assert done.returncode != 0


def retained_topics(org, host):
    """What the broker still keeps of a host. The service, whose login this borrows, comes back by itself."""
    with Client(org.fleet.broker_address, org.id, credentials.ingest_password(org.key, org.id)) as service:
        service.subscribe(f"org/{org.id}/host/{host}/info")
        service.subscribe(f"org/{org.id}/host/{host}/status")
        return [topic for topic, payload, retained in service.received() if retained and payload]


def test_a_revoked_host_is_out_at_once_and_nobody_else(two):
    acme, beta = two
    token, other = new_token(acme), new_token(beta)
    for org, name, its in ((acme, "gone", token), (acme, "stays", token), (beta, "gone", other)):
        assert enroll(org, name, its).status_code == 201
    gone = connects(acme, "gone", will=(acme.topic("gone", "status"), '{"state":"lost","ts":1,"boot":"b"}', True))
    stays, foreign = connects(acme, "stays"), connects(beta, "gone")
    assert gone.publish(acme.topic("gone", "info"), {"os": "Linux"}, retain=True) in (0, 16)
    wait_until(lambda: "gone" in acme.hosts(), 5 * SLOW, "it is known")
    acme.fleet.cli("host", "revoke", "acme", "gone")
    wait_until(lambda: gone.disconnects, 5 * SLOW, "the revoked host is thrown out")
    gone.close()
    wait_until(lambda: "gone" not in acme.hosts(), 5 * SLOW, "it is no longer on the dashboard")
    wait_until(lambda: retained_topics(acme, "gone") == [], 10 * SLOW, "its retained topics are gone", every=1)
    assert all(client.connected and client.disconnects == 0 for client in (stays, foreign))
    assert "gone" in beta.hosts()
    for client in (stays, foreign):
        client.close()


def test_what_the_service_removes_is_shut_out_too(two):
    acme, _ = two
    assert enroll(acme, "removed", new_token(acme)).status_code == 201
    client = connects(acme, "removed")
    wait_until(lambda: "removed" in acme.hosts(), 5 * SLOW, "it is known")
    assert acme.request("DELETE", "/api/v1/hosts/removed", token=acme.token("admin")).status_code == 204
    wait_until(lambda: client.disconnects, 10 * SLOW, "the removed host is thrown out")
    client.close()


def test_the_broker_follows_again_after_the_follower_was_killed(two):
    acme, _ = two
    up = acme.fleet.programs[0]
    children = subprocess.run(["pgrep", "-P", str(up.pid), "-f", "broker sync"], capture_output=True, text=True,
                              check=True).stdout.split()
    assert len(children) == 1
    os.kill(int(children[0]), signal.SIGKILL)
    assert enroll(acme, "while-away", new_token(acme)).status_code == 201
    connects(acme, "while-away").close()


def test_many_enrol_at_once_with_several_tokens(two):
    acme, _ = two
    tokens = [new_token(acme) for _ in range(5)]
    hosts = [f"many-{i}" for i in range(200)]
    with concurrent.futures.ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda pair: enroll(acme, *pair), zip(hosts, tokens * 40)))
    assert {answer.status_code for answer in answers} == {201}
    assert {answer.json()["password"] for answer in answers} == {acme.password(host) for host in hosts}
    connects(acme, hosts[-1]).close()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        same = list(pool.map(lambda token: enroll(acme, "same", token).status_code, tokens * 2))
    assert sorted(same) == [201] + [409] * 9, "of those that come at once with one id, one is taken"
