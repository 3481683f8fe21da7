"""A throw-away fleet: state root, organisations, broker, services and agents, all real."""

import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import tempfile
import time

import requests

from . import credentials, secrets
from .deadline import wait_until
from .live import LiveFeed
from .mqtt import Client
from .programs import SLOW, Program, program, run

# Of pytest's parallel workers ("gw1") each has ports that the others do not take.
_WORKERS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


def _ports():
    """Ports in random order, all below those that Linux gives to outgoing connections: thousands of clients take none of them."""
    lowest, first_outgoing = 10_000, int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii").split()[0])
    numbers = list(range(lowest, first_outgoing if first_outgoing > lowest + 1_000 else 32_768))[_WORKER::_WORKERS]
    random.shuffle(numbers)
    yield from numbers


_untried = _ports()


def free_port():
    """A port that is free now and was not handed out before."""
    for port in _untried:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("0.0.0.0", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no port is free")


class Broker:
    """Where the root's broker listens."""

    def __init__(self, host, port, ca_file):
        self.host, self.port, self.ca_file = host, port, ca_file


class Org:
    """One organisation of a fleet."""

    def __init__(self, fleet, slug):
        self.fleet = fleet
        self.slug = slug
        self.read_config()
        self.id = self.config["organization"]["id"]
        self.name = self.config["organization"]["name"]
        self.port = self.config["server"]["port"]
        # Derived once, so that each is looked for: the programs know them too.
        self.key = credentials.key_bytes(self.config["server"]["api_key"])
        credentials.ingest_password(self.key, self.id)
        credentials.canary_password(self.key, self.id)
        self.ca_file = str(fleet.broker_address.ca_file)  # vouches for the service's certificate, when it has one
        self._tokens = {}

    def read_config(self):
        with open(self.fleet.root / "tenants" / self.slug / "tenant.json", encoding="utf-8") as file:
            self.config = json.load(file)

    @property
    def is_encrypted(self):
        """Whether the service speaks TLS, by its configuration."""
        server = self.config["server"]
        mode = server["tls"].get("mode", "auto")
        beyond = server["host"] not in ("127.0.0.1", "localhost", "::1")
        return mode == "on" or mode == "auto" and (beyond or server["tls"]["certificate"] is not None)

    @property
    def base(self):
        return f"https://localhost:{self.port}" if self.is_encrypted else f"http://127.0.0.1:{self.port}"

    def set(self, **values):
        """org set with `alerts__hold_seconds=1` for alerts.hold_seconds; takes effect when the service starts."""
        if values:
            pairs = [word for key, value in values.items() for word in (key.replace("__", "."), value)]
            self.fleet.cli("org", "set", self.slug, *pairs)
            self.read_config()

    def token(self, role="viewer"):
        if role not in self._tokens:
            printed = self.fleet.cli("token", "api", self.slug, "--role", role).stdout.strip()
            self._tokens[role] = secrets.note(printed, "an API token")
        return self._tokens[role]

    def request(self, method, path, token="own", **options):
        headers = options.pop("headers", {})
        if token == "own":
            token = self.token()
        if token:
            headers["Authorization"] = f"Bearer {token}"
        with requests.Session() as session:
            session.trust_env = False
            answer = session.request(method, self.base + path, headers=headers, timeout=10, allow_redirects=False,
                                     verify=self.ca_file, **options)
        if answer.status_code >= 400 or path == "/metrics":
            assert not secrets.found_in(answer.text), f"{method} {path} shows {secrets.found_in(answer.text)}"
        return answer

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def json(self, path, **options):
        answer = self.get(path, **options)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def hosts(self):
        return {host["id"]: host for host in self.json("/api/v1/hosts")["hosts"]}

    def metrics(self):
        """{'name{label="value"}': number} of /metrics."""
        values = {}
        for line in self.get("/metrics").text.splitlines():
            if line and not line.startswith("#"):
                name, value = line.rsplit(" ", 1)
                values[name] = float(value)
        return values

    def rejected(self):
        """Rejected samples by reason."""
        found = {}
        for name, value in self.metrics().items():
            match = re.fullmatch(r'atlas_samples_rejected_total\{reason="([^"]+)"\}', name)
            if match:
                found[match.group(1)] = int(value)
        return found

    def live(self):
        url = self.base.replace("http", "ws", 1) + "/api/v1/live"
        return LiveFeed(url, self.token(), seconds=10 * SLOW, ca_file=self.ca_file if self.is_encrypted else None)

    def topic(self, host, channel="metrics"):
        return f"org/{self.id}/host/{host}/{channel}"

    def add_host(self, host):
        self.fleet.cli("host", "add", self.slug, host)
        return self.user(host), self.password(host)

    def user(self, host):
        return credentials.host_user(self.id, host)

    def password(self, host, generation=1):
        return credentials.host_password(self.key, self.id, host, generation)

    def client(self, host, **options):
        """An MQTT client with a host's credential, derived here and not by the programs under test."""
        return Client(self.fleet.broker_address, self.user(host), self.password(host), **options)

    def ready(self):
        return self.get("/readyz", token=None).status_code == 200


class Fleet:
    """Use as a context manager: on leaving, everything it started is stopped and the root is deleted."""

    def __init__(self, output=None):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="atlas-fleet-test-"))
        self.logs = self.root / "logs"
        self.logs.mkdir()
        self.output = output
        self.broker_port = free_port()
        self.broker_address = Broker("localhost", self.broker_port, self.root / "broker" / "certs" / "ca.crt")
        self.orgs = {}
        self.programs = []

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        for running in reversed(self.programs):
            try:
                if running.alive():
                    running.stop()
            finally:
                running.kill()
        if kind is not None and self.output is not None:
            shutil.copytree(self.logs, self.output, dirs_exist_ok=True)
        shown = secrets.search_files(self.logs)
        shutil.rmtree(self.root, ignore_errors=True)
        assert not shown, f"secrets in the logs: {shown}"

    # the command line

    def cli(self, *arguments, check=True, stdin=None, seconds=30):
        done = run([program("atlas-fleet"), "--root", self.root, *arguments], stdin=stdin, seconds=seconds)
        if check and done.returncode != 0:
            raise AssertionError(f"atlas-fleet {' '.join(map(str, arguments))} exited with {done.returncode}:\n"
                                 f"{done.stdout}{done.stderr}")
        return done

    def setup(self, name, slug, color="#00ff00", password="correct horse battery", **settings):
        secrets.note(password, "an administrator's password")
        self.cli("setup", "--yes", "--name", name, "--slug", slug, "--contact", f"admin@{slug}.example",
                 "--port", free_port(), "--title", f"{name} Fleet", "--primary-color", color,
                 "--broker-url", f"mqtts://localhost:{self.broker_port}", "--report-interval", 1,
                 "--admin-user", "admin", "--admin-password-stdin", stdin=password + "\n")
        org = Org(self, slug)
        org.set(**settings)
        self.orgs[slug] = org
        return org

    # programs

    def start(self, arguments, name=None, **extra):
        running = Program(arguments, name=name, log_dir=self.logs, **extra)
        self.programs.append(running)
        return running

    def up(self, *orgs):
        running = self.start([program("atlas-fleet"), "--root", self.root, "up", *orgs], name="up")
        self.wait_ready()
        return running

    def broker(self):
        running = self.start([program("atlas-fleet"), "--root", self.root, "broker", "run"], name="broker")
        self.wait_broker()
        return running

    def reload_broker(self):
        """As logrotate does: SIGHUP, whatever the files are."""
        os.kill(int((self.root / "broker" / "mosquitto.pid").read_text(encoding="ascii")), signal.SIGHUP)

    def ingest(self, org, ready=True):
        running = self.start([program("atlas-ingest"), "--root", self.root, "--org", org.slug],
                             name=f"ingest-{org.slug}")
        if ready:
            wait_until(org.ready, 15 * SLOW, f"{org.slug} is ready", self.tails)
        return running

    def agent_config(self, org, host):
        file = self.root / f"agent-{org.slug}-{host}.json"
        if not file.exists():
            self.cli("agent-config", org.slug, "--host", host, "-o", file)
        return file

    def agent(self, org, host, *arguments):
        return self.start([program("atlas-agent"), "--config", self.agent_config(org, host), *arguments],
                          name=f"agent-{org.slug}-{host}")

    # waiting

    def wait_broker(self, seconds=15):
        def answers():
            with socket.create_connection(("localhost", self.broker_port), timeout=1):
                return True
        wait_until(answers, seconds * SLOW, "the broker listens", self.tails)

    def wait_ready(self, seconds=20):
        for org in self.orgs.values():
            wait_until(org.ready, seconds * SLOW, f"{org.slug} is ready", self.tails)

    def wait_online(self, org, host, seconds=15):
        """Until the API shows a host online with a sample; that host's row."""
        def online():
            row = org.hosts().get(host, {})
            return row if row.get("state") == "online" and "cpu" in row else None
        return wait_until(online, seconds * SLOW, f"{org.slug}/{host} is online", self.tails)

    def tails(self):
        """The last lines of all programs; nothing once the fleet has been put away."""
        return "\n".join(running.tail() for running in self.programs if os.path.exists(running.log))


def settle(seconds):
    """Time in which something must *not* happen; the only sleep that tests have."""
    time.sleep(seconds)


def is_root():
    return os.geteuid() == 0
