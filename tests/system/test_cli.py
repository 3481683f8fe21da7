"""The atlas-fleet command: exit codes, one-line errors, --json, and the wizard at a real terminal."""

import json
import os
import pty
import re
import select
import subprocess
import time
import uuid

import pytest

from support import credentials
from support.fleet import Fleet, free_port
from support.programs import environment, program, run

DONE, FAILED, USAGE, NOT_FOUND, REFUSED = 0, 1, 2, 3, 4


@pytest.fixture(scope="module", name="acme")
def made(fleet):
    return fleet.setup("Acme Corp", "acme", "#00ff00")


@pytest.mark.parametrize("arguments, code", [
    (["no-such-command"], USAGE),
    (["org", "no-such-verb"], USAGE),
    (["org", "show"], USAGE),
    (["org", "show", "nobody"], NOT_FOUND),
    (["host", "list", "nobody"], NOT_FOUND),
    (["host", "revoke", "acme", "never-added"], NOT_FOUND),
    (["host", "add", "acme", "no spaces"], USAGE),
    (["token", "api", "acme", "--role", "emperor"], USAGE),
    (["org", "set", "acme", "server.prot", "1"], USAGE),
    (["org", "set", "acme", "server.port", "99999"], USAGE),
    (["org", "set", "acme", "alerts.cpu_threshold", "lots"], USAGE),
    (["setup", "--no-such-flag"], USAGE),
])
def test_a_mistake_gives_its_code_and_one_line(acme, fleet, arguments, code):
    assert acme.slug == "acme"
    done = fleet.cli(*arguments, check=False)
    # A value out of range may be told as a usage error or as a failure of the file that it would make.
    assert done.returncode == code or (arguments[:2] == ["org", "set"] and done.returncode in (FAILED, USAGE)), done
    assert done.stdout == ""
    lines = done.stderr.strip().splitlines()
    assert 1 <= len(lines) <= 2, done.stderr
    assert lines[0].startswith("atlas-fleet: ")


@pytest.mark.parametrize("again", [
    {"--name": "Acme Corp", "--slug": "acme-two"}, {"--name": "Other", "--slug": "acme"},
    {"--name": "Other", "--slug": "other", "--port": "own"},
])
def test_setup_refuses_a_taken_name_slug_or_port(acme, fleet, again):
    flags = {"--port": str(free_port()), "--broker-url": f"mqtts://localhost:{fleet.broker_port}", **again}
    if flags["--port"] == "own":
        flags["--port"] = str(acme.port)
    done = fleet.cli("setup", "--yes", *[word for pair in flags.items() for word in pair], check=False)
    assert done.returncode == REFUSED, done
    assert "taken" in done.stderr or "in use" in done.stderr or "exists" in done.stderr, done.stderr
    assert sorted(path.name for path in (fleet.root / "tenants").iterdir()) == ["acme"]


@pytest.mark.parametrize("arguments", [
    [], ["org", "list"], ["org", "show", "acme"], ["host", "list", "acme"], ["token", "list", "acme"],
    ["user", "list", "acme"], ["key", "show", "acme"], ["broker", "check"],
])
def test_json_is_json_and_holds_no_secret(acme, fleet, arguments):
    fleet.cli("host", "add", "acme", "json-" + uuid.uuid4().hex[:8])
    done = fleet.cli("--json", *arguments)
    json.loads(done.stdout)
    assert acme.config["server"]["api_key"] not in done.stdout
    text = fleet.cli(*arguments).stdout
    assert acme.config["server"]["api_key"] not in text


def test_json_may_follow_the_command_too(acme, fleet):
    assert json.loads(fleet.cli("org", "list", "--json").stdout)
    assert acme


def test_an_organisation_is_named_by_slug_name_or_uuid(acme, fleet):
    shown = {fleet.cli("--json", "org", "show", name).stdout for name in ("acme", "Acme Corp", acme.id)}
    assert len(shown) == 1


def test_reveal_prints_the_bare_key_and_nothing_else(acme, fleet):
    output = fleet.cli("key", "show", "acme", "--reveal").stdout
    assert output == acme.config["server"]["api_key"] + "\n"
    assert credentials.key_bytes(output.strip()) == acme.key and len(acme.key) == 32


def test_a_token_is_bare_too(acme, fleet):
    assert re.fullmatch(r"afa_[A-Za-z0-9_-]{43}\n", fleet.cli("token", "api", "acme", "--role", "viewer").stdout)
    assert acme


def test_an_agents_configuration_holds_the_contracts_password_and_nothing_else(acme, fleet, tmp_path):
    file = tmp_path / "agent.json"
    fleet.cli("agent-config", "acme", "--host", "web-7", "-o", file)
    config = json.loads(file.read_text())
    assert file.stat().st_mode & 0o777 == 0o600
    assert config["organization_id"] == acme.id
    assert config["host_id"] == "web-7"
    assert config["password"] == acme.password("web-7")
    assert acme.config["server"]["api_key"] not in file.read_text()


def test_set_changes_one_value_and_keeps_the_rest(acme, fleet):
    before = json.loads((fleet.root / "tenants/acme/tenant.json").read_text())
    fleet.cli("org", "set", "acme", "alerts.cpu_threshold", "77.5")
    after = json.loads((fleet.root / "tenants/acme/tenant.json").read_text())
    assert after["alerts"]["cpu_threshold"] == 77.5
    before["alerts"]["cpu_threshold"] = 77.5
    assert after == before
    assert acme


def test_every_mistake_of_a_file_is_reported_at_once_with_its_path():
    with Fleet() as other:
        org = other.setup("Broken", "broken")
        file = other.root / "tenants/broken/tenant.json"
        config = org.config
        config["server"]["port"] = "eighty"
        config["server"]["prot"] = 1
        config["branding"]["primary_color"] = "green"
        config["alerts"]["cpu_threshold"] = 400
        config["organization"]["id"] = "not-a-uuid"
        file.write_text(json.dumps(config))
        done = other.cli("org", "show", "broken", check=False)
        assert done.returncode == FAILED
        for path in ("$.server.port", "$.server.prot", "$.branding.primary_color", "$.alerts.cpu_threshold",
                     "$.organization.id"):
            assert path in done.stderr, done.stderr
        assert len(done.stderr.strip().splitlines()) == 5, done.stderr


def test_the_seeds_example_loads_with_an_id_and_a_key_put_in():
    with Fleet() as other:
        folder = other.root / "tenants/acme"
        folder.mkdir(parents=True)
        (folder / "tenant.json").write_text(json.dumps({
            "organization": {"name": "Acme Corp", "id": str(uuid.uuid4()), "contact": "admin@acme.com"},
            "server": {"host": "127.0.0.1", "port": 8768, "api_key": "00" * 32, "history_size": 360},
            "branding": {"dashboard_title": "Acme Fleet", "primary_color": "#00ff00"},
        }))
        shown = json.loads(other.cli("--json", "org", "show", "acme").stdout)
        assert shown["organization"]["name"] == "Acme Corp"


@pytest.mark.parametrize("name, words", [
    ("atlas-fleet", ["setup", "host", "up", "--root"]), ("atlas-agent", ["--config", "--once", "example"]),
    ("atlas-ingest", ["--org", "--root", "example"]),
])
def test_help_teaches_and_a_wrong_flag_is_a_usage_error(name, words):
    done = run([program(name), "--help"])
    assert done.returncode == DONE
    for word in words:
        assert word in done.stdout.lower(), word
    done = run([program(name), "--frobnicate"])
    assert done.returncode == USAGE
    assert "--frobnicate" in done.stderr


def test_version_is_told():
    for name in ("atlas-fleet", "atlas-agent", "atlas-ingest"):
        assert re.search(r"\d+\.\d+\.\d+", run([program(name), "--version"]).stdout)


class Terminal:
    """A program at a pseudo-terminal, as a person would see it."""

    def __init__(self, arguments):
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen([str(a) for a in arguments], stdin=slave, stdout=slave, stderr=slave,
                                        env={**environment(TERM="xterm-256color", COLORTERM="truecolor"), "NO_COLOR": ""}, start_new_session=True)
        os.close(slave)
        self.text = ""

    def read(self, seconds):
        """What comes until it is quiet for `seconds`; False at the end."""
        while select.select([self.master], [], [], seconds)[0]:
            try:
                data = os.read(self.master, 65536)
            except OSError:
                return False
            if not data:
                return False
            self.text += data.decode(errors="replace")
        return True

    def answer(self, line):
        os.write(self.master, line.encode() + b"\n")

    def close(self):
        os.close(self.master)
        self.process.kill()
        self.process.wait()


def test_the_wizard_asks_checks_each_answer_and_ends_with_what_to_type_next():
    with Fleet() as other:
        terminal = Terminal([program("atlas-fleet"), "--root", other.root, "setup"])
        # The name first; an empty answer takes the shown default; wrong answers are asked again at once.
        scripted = [(r"name", "Gamma Labs"), (r"port", "99999"), (r"port", str(free_port())),
                    (r"colou?r", "not-a-colour"), (r"colou?r", "#FF00FF"),
                    (r"broker", f"mqtts://localhost:{other.broker_port}")]
        end = time.monotonic() + 30
        answered = 0
        while time.monotonic() < end and terminal.read(0.1):
            if len(terminal.text) == answered or not terminal.text.endswith(": "):
                continue  # it has not asked yet
            question = terminal.text[answered:].strip().splitlines()[-1:] or [""]
            answered = len(terminal.text)
            match = next((pair for pair in scripted if re.search(pair[0], question[0], re.I)), None)
            if match:
                scripted.remove(match)
            terminal.answer(match[1] if match else "")
        terminal.close()
        assert scripted == [], terminal.text
        plain = re.sub(r"\x1b\[[0-9;]*m", "", terminal.text)
        assert "atlas-fleet" in plain and " up" in plain and "agent-config" in plain or "installer" in plain, plain
        assert re.search(r"password", plain, re.I)
        assert "\x1b[48;2;255;0;255m" in terminal.text or "\x1b[38;2;255;0;255m" in terminal.text, "the colour is shown"
        config = json.loads((other.root / "tenants/gamma-labs/tenant.json").read_text())
        assert config["organization"]["name"] == "Gamma Labs"
        assert config["branding"]["primary_color"] == "#ff00ff"
