"""An organisation moves to another server with everything that is its own; its agent notices nothing but a short absence."""

import json
import stat

import pytest
import requests

from support import secrets
from support.deadline import wait_until
from support.fleet import Fleet, Org, free_port
from support.proxy import Proxy
from support.programs import SLOW, program

PASSWORD = "correct horse battery"
PASSPHRASE = "a passphrase that nobody else knows"


@pytest.fixture(scope="module", name="other")
def second(request):
    with Fleet() as value:
        yield value
    assert request


def login(org, user="admin", password=PASSWORD):
    with requests.Session() as session:
        session.trust_env = False
        return session.post(org.base + "/api/v1/login", json={"user": user, "password": password}, timeout=10,
                            verify=org.ca_file).status_code


def actions(fleet, org):
    return [(row["action"], row["object"]) for row in json.loads(fleet.cli("--json", "audit", org).stdout)["audit"]]


def test_an_organisation_moves_and_its_agent_goes_on(fleet, other):
    acme = fleet.setup("Acme Corp", "acme", "#123456", PASSWORD, alerts__cpu_threshold="77")
    fleet.setup("Beta Ltd", "beta", "#00ffff")
    fleet.cli("user", "add", "acme", "vera", "--role", "viewer", "--password-stdin", stdin=PASSWORD + "\n")
    fleet.cli("host", "add", "acme", "gone")
    fleet.cli("host", "revoke", "acme", "gone")
    enrolment = secrets.note(fleet.cli("token", "enroll", "acme", "--uses", 3).stdout.split()[0], "an enrolment token")
    token = acme.token("viewer")
    name = free_port()  # localhost:name is the "DNS name" that the agent knows
    config = fleet.root / "agent.json"
    fleet.cli("agent-config", "acme", "--host", "web-1", "--server-url", f"mqtts://localhost:{name}", "-o", config)
    before = config.read_bytes()
    old = fleet.up()
    with Proxy(name, fleet.broker_port) as dns:
        agent = fleet.start([program("atlas-agent"), "--config", config], name="agent-web-1")
        fleet.wait_online(acme, "web-1")

        # The old server stops, so that nothing comes after the export.
        old.stop()
        passphrase = fleet.root / "passphrase"
        passphrase.write_text(secrets.note(PASSPHRASE, "a passphrase") + "\n", encoding="ascii")
        file = fleet.root / "acme.atlas"
        fleet.cli("org", "export", "acme", file, "--with-ca", "--passphrase-file", passphrase)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert b"tenant.json" not in file.read_bytes()

        # Nothing is taken over by halves.
        refused = other.cli("org", "import", file, check=False)
        assert refused.returncode == 2 and "--passphrase-file" in refused.stderr
        wrong = other.cli("org", "import", file, "--passphrase-file", "-", check=False, stdin="another one\n")
        assert wrong.returncode == 1 and "cannot be decrypted" in wrong.stderr
        assert not (other.root / "tenants").exists()

        # A wizard or two later, on the new server: other slug, other ports.
        port = free_port()
        said = other.cli("org", "import", file, "--slug", "acme-two", "--port", port, "--broker-url",
                         f"mqtts://localhost:{other.broker_port}", "--passphrase-file", passphrase).stdout
        assert f"mqtts://localhost:{fleet.broker_port}" in said  # the name that is to lead here
        moved = Org(other, "acme-two")
        other.orgs["acme-two"] = moved
        assert moved.id == acme.id and moved.port == port
        assert moved.config["branding"] == acme.config["branding"] and moved.config["alerts"] == acme.config["alerts"]
        assert (other.root / "broker/certs/ca.crt").read_bytes() == (fleet.root / "broker/certs/ca.crt").read_bytes()
        other.up()
        dns.lead_to(other.broker_port)

        # The same process, the same file: it comes by itself.
        moved._tokens["viewer"] = token
        other.wait_online(moved, "web-1", 30)
        assert agent.alive() and config.read_bytes() == before
    assert login(moved) == 200 and login(moved, "vera") == 200
    assert login(moved, "vera", "wrong password") == 401
    rows = actions(other, "acme-two")
    assert "org.import" in [action for action, _ in rows]
    for kept in [("org.create", "acme"), ("host.add", "gone"), ("host.revoke", "gone")]:
        assert kept in rows, rows
    assert any(action == "org.export" for action, _ in actions(fleet, "acme"))

    # A revoked host stays so, a host that enrols is the next one, and the old token still opens the door.
    joined = moved.request("POST", "/api/v1/enroll", token=None, json={"token": enrolment, "host": "web-2"})
    assert joined.status_code == 201, joined.text
    secrets.note(joined.json()["password"], "a host's password")
    again = moved.request("POST", "/api/v1/enroll", token=None, json={"token": enrolment, "host": "gone"})
    assert again.status_code == 409, again.text
    agent.stop()


def test_a_second_organisation_follows_without_the_ca_and_a_foreign_root_says_what_to_do(fleet, other):
    file = fleet.root / "beta.atlas"
    fleet.cli("org", "export", "beta", file)
    conflict = other.cli("org", "import", file, "--port", free_port(), check=False)
    assert conflict.returncode == 4 and "--broker-url" in conflict.stderr, conflict
    # The CA is known there by now.
    other.cli("org", "import", file, "--port", free_port(), "--broker-url", f"mqtts://localhost:{other.broker_port}")
    with Fleet() as foreign:
        foreign.setup("Gamma", "gamma")
        before = sorted(path.name for path in (foreign.root / "tenants").iterdir())
        refused = foreign.cli("org", "import", file, "--broker-url", f"mqtts://localhost:{foreign.broker_port}", "--port",
                              free_port(), check=False)
        assert refused.returncode == 4 and "another CA" in refused.stderr and "--new-ca" in refused.stderr, refused
        assert sorted(path.name for path in (foreign.root / "tenants").iterdir()) == before
        foreign.cli("org", "import", file, "--new-ca", "--broker-url", f"mqtts://localhost:{foreign.broker_port}", "--port",
                    free_port())
        assert "Beta Ltd" in foreign.cli("org", "list").stdout


def test_what_moved_is_removed_from_the_old_server(fleet):
    fleet.cli("org", "remove", "acme", "--yes")
    rows = json.loads(fleet.cli("--json", "audit").stdout)["audit"]
    assert rows[0]["action"] == "org.remove" and "acme" in rows[0]["object"]
    wait_until(lambda: not (fleet.root / "tenants" / "acme").exists(), SLOW, "the folder is gone")
