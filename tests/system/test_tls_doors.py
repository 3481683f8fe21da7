"""The dashboard under TLS: certificates of the local CA and given ones, renewed without a restart; nothing in the clear
beyond this machine unless told so; enrolment over it."""

import json
import os
import pathlib
import shutil
import socket
import ssl
import stat
import subprocess

import pytest

from support.deadline import wait_until
from support.fleet import settle
from support.programs import SLOW, environment, program, run
from support.samples import Publisher


@pytest.fixture(scope="module", name="acme")
def running(fleet):
    """Acme listens beyond this machine, with the local CA's certificate; Beta is given one; Gamma stays on loopback."""
    acme = fleet.setup("Acme Corp", "acme", server__host="0.0.0.0", server__url="https://localhost:1")
    acme.set(server__url=f"https://localhost:{acme.port}")
    beta = fleet.setup("Beta Ltd", "beta")
    beta.ca_file = str(fleet.root / "trusted.pem")
    given(fleet, "first")
    put(fleet, "first")
    beta.set(server__tls__certificate=fleet.root / "given.pem", server__tls__private_key=fleet.root / "given.key")
    fleet.setup("Gamma", "gamma")
    acme.add_host("web-1")
    beta.add_host("web-1")
    fleet.up()
    return acme


@pytest.fixture(name="beta")
def with_given_certificate(acme):
    return acme.fleet.orgs["beta"]


def given(fleet, name, days=90):
    """A certificate from elsewhere, for localhost, that the tests trust."""
    stem = fleet.root / name
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-days", str(days), "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                    "-keyout", f"{stem}.key", "-out", f"{stem}.pem"], check=True, capture_output=True)
    with open(fleet.root / "trusted.pem", "a", encoding="ascii") as file:
        file.write(pathlib.Path(f"{stem}.pem").read_text(encoding="ascii"))


def put(fleet, name, *extensions):
    """Puts that certificate in use, as a renewal does: each file at once, one after the other."""
    for extension in extensions or ("key", "pem"):
        shutil.copy(fleet.root / f"{name}.{extension}", fleet.root / "beside")
        os.replace(fleet.root / "beside", fleet.root / f"given.{extension}")


def shown(org):
    """The certificate that a new connection is shown, as PEM."""
    return ssl.get_server_certificate(("127.0.0.1", org.port))


def certificate_check(org):
    checks = org.json("/readyz", token=None)["checks"]
    return next(check for check in checks if check["name"] == "certificate")


def test_beyond_this_machine_the_local_ca_vouches_for_the_dashboard(acme):
    ca = ssl.create_default_context(cafile=acme.fleet.broker_address.ca_file)
    for name in ("localhost", "127.0.0.1", socket.gethostname()):
        with socket.create_connection(("127.0.0.1", acme.port), timeout=5) as plain, \
                ca.wrap_socket(plain, server_hostname=name) as secure:
            assert secure.version() in ("TLSv1.2", "TLSv1.3")
    file = acme.fleet.root / "tenants" / "acme" / "server.pem"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert certificate_check(acme) == {"name": "certificate", "ready": True, "detail": ""}


def test_nothing_is_served_in_the_clear(acme):
    with socket.create_connection(("127.0.0.1", acme.port), timeout=5) as plain:
        plain.sendall(b"GET /dashboard HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"HTTP/1.1 200" not in plain.recv(4096)
    old = ssl.create_default_context()
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")
    with socket.create_connection(("127.0.0.1", acme.port), timeout=5) as plain, pytest.raises(OSError):
        old.wrap_socket(plain)


def test_browsers_are_told_to_stay_with_encryption(acme):
    page = acme.get("/dashboard", token=None)
    assert page.status_code == 200
    assert page.headers["Strict-Transport-Security"].startswith("max-age=")
    policy = page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy and "unsafe-inline" not in policy
    answer = acme.request("POST", "/api/v1/login", token=None,
                          json={"user": "admin", "password": "correct horse battery"})
    assert answer.status_code == 200
    assert "; Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Cache-Control"] == "no-store"
    for origin, status in ((acme.base, 204), (acme.base.replace("https", "http"), 403), ("https://evil.example", 403)):
        assert acme.request("POST", "/api/v1/logout", headers={"Origin": origin}).status_code == status, origin


def test_on_loopback_it_stays_as_it_was(acme):
    gamma = acme.fleet.orgs["gamma"]
    assert gamma.base.startswith("http://")
    answer = gamma.get("/dashboard", token=None)
    assert answer.status_code == 200 and "Strict-Transport-Security" not in answer.headers


def test_plain_http_beyond_this_machine_needs_so_many_words(acme):
    fleet = acme.fleet
    gamma = fleet.orgs["gamma"]
    refused = fleet.cli("org", "set", "gamma", "server.host", "0.0.0.0", "server.tls.mode", "off", check=False)
    assert refused.returncode != 0 and "server.allow_plain_http" in refused.stderr
    file = fleet.root / "tenants" / "gamma" / "tenant.json"
    before = file.read_text()
    config = json.loads(before)
    config["server"].update(host="0.0.0.0", tls={"mode": "off"})
    file.write_text(json.dumps(config))
    try:
        done = run([program("atlas-ingest"), "--root", fleet.root, "--org", "gamma"])
        assert done.returncode == 1
        assert "$.server.tls.mode" in done.stderr and "server.allow_plain_http: true" in done.stderr
        config["server"]["allow_plain_http"] = True
        file.write_text(json.dumps(config))
        assert json.loads(fleet.cli("--json", "org", "show", "gamma").stdout)["server"]["allow_plain_http"] is True
        assert "http://" in fleet.cli("token", "enroll", "gamma").stderr
    finally:
        file.write_text(before)
    assert gamma.get("/dashboard", token=None).status_code == 200


def test_machines_enrol_over_it(acme):
    fleet = acme.fleet
    config = fleet.root / "agents" / "config.json"
    token = fleet.cli("token", "enroll", "acme").stdout

    def enroll(*flags):
        return run([program("atlas-agent"), "--enroll", acme.base, "--token-file", "-", "--host-id", "laptop-1",
                    "--config", config, *flags], stdin=token)
    stranger = enroll()
    assert stranger.returncode != 0 and not config.exists(), "who does not know the CA does not send the token"
    assert "certificate" in stranger.stderr
    done = enroll("--ca-file", fleet.broker_address.ca_file)
    assert done.returncode == 0, done.stderr
    agent = fleet.start([program("atlas-agent"), "--config", config], name="enrolled")
    wait_until(lambda: acme.hosts()["laptop-1"]["state"] == "online", 10 * SLOW, "it reports", agent.tail)
    agent.stop()


def test_the_pasted_line_works_over_it(acme):
    fleet = acme.fleet
    told = fleet.cli("token", "enroll", "acme").stderr.strip().splitlines()
    line = next(text.strip() for text in told if "sudo sh install.sh" in text)
    assert f"{acme.base}/api/v1/agent/install.sh" in line
    assert not any(one.startswith("note:") for one in told), "other machines can reach it"
    tools = fleet.root / "stubs"
    tools.mkdir()
    for name, body in {"systemctl": "case $* in --version) echo 'systemd 252 (252.1)';; esac; exit 0",
                       "loginctl": "exit 0", "sleep": "exit 0", "sudo": 'exec "$@"',
                       "id": "case $1 in -u) echo 501;; *) echo someone;; esac"}.items():
        (tools / name).write_text(f"#!/bin/sh\n{body}\n")
        (tools / name).chmod(0o755)
    home = fleet.root / "home"
    home.mkdir()
    host = "pasted-1"
    done = subprocess.run(["sh", "-c", line + f" --host-id {host}"], cwd=home, text=True, capture_output=True,
                          timeout=60 * SLOW, check=False,
                          env=environment(PATH=f"{tools}:{os.environ['PATH']}", HOME=str(home)))
    assert done.returncode == 0, done.stdout + done.stderr
    config = home / ".fleet-agent" / acme.id / "config.json"
    assert json.loads(config.read_text())["password"] == acme.password(host)


def test_a_renewed_certificate_is_taken_while_a_live_feed_stays_up(acme, beta):
    given(acme.fleet, "second")
    before = shown(beta)
    assert before == (acme.fleet.root / "first.pem").read_text()
    publisher = Publisher()
    with beta.live() as feed, beta.client("web-1") as host:
        host.publish(beta.topic("web-1"), publisher.sample(cpu=10))
        feed.wait_for_host("web-1", lambda row: row.get("cpu", {}).get("percent") == 10, 5 * SLOW, "a first sample")
        put(acme.fleet, "second")
        wait_until(lambda: shown(beta) == (acme.fleet.root / "second.pem").read_text(), 5 * SLOW,
                   "new connections are shown the new certificate")
        host.publish(beta.topic("web-1"), publisher.sample(cpu=20))
        feed.wait_for_host("web-1", lambda row: row.get("cpu", {}).get("percent") == 20, 5 * SLOW,
                           "the live feed goes on")
        assert [frame["type"] for _, frame in feed.seen()].count("snapshot") == 1
        assert feed.problem is None
    assert certificate_check(beta)["ready"]


def test_a_broken_certificate_leaves_the_old_one_in_use(acme, beta):
    before = shown(beta)
    log = acme.fleet.programs[0]
    for name in ("rubbish", "mismatch"):
        if name == "rubbish":
            (acme.fleet.root / "rubbish.pem").write_text("no certificate\n")
            put(acme.fleet, "rubbish", "pem")
        else:
            given(acme.fleet, "third")
            put(acme.fleet, "third", "pem")
        wait_until(lambda: not certificate_check(beta)["ready"], 10 * SLOW, f"{name} is told")
        assert "stays in use" in certificate_check(beta)["detail"]
        assert beta.get("/readyz", token=None).status_code == 200, "it serves all the same"
        assert shown(beta) == before
    wait_until(lambda: log.text().count("stays in use") == 2, 10 * SLOW, "each is logged", log.tail)
    settle(2.5)
    assert log.text().count("stays in use") == 2, "each is logged once"
    put(acme.fleet, "third")
    wait_until(lambda: certificate_check(beta)["ready"], 10 * SLOW, "a good one is taken")
    assert shown(beta) == (acme.fleet.root / "third.pem").read_text()


def test_a_lost_certificate_of_the_local_ca_is_made_anew(acme):
    before = shown(acme)
    file = acme.fleet.root / "tenants" / "acme" / "server.pem"
    file.unlink()
    acme.fleet.cli("broker", "apply")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    wait_until(lambda: shown(acme) != before, 5 * SLOW, "it is taken without a restart")
    assert certificate_check(acme)["ready"]


def test_a_service_without_its_certificate_says_what_to_do(acme):
    fleet = acme.fleet
    file = fleet.root / "tenants" / "acme" / "server.pem"
    kept = file.read_bytes()
    file.unlink()
    try:
        done = run([program("atlas-ingest"), "--root", fleet.root, "--org", "acme"])
        assert done.returncode == 1 and "atlas-fleet broker apply" in done.stderr
    finally:
        file.write_bytes(kept)
        file.chmod(0o600)
