"""atlas-fleet up as a person uses it: stops without a trace, and says plainly what is wrong."""

import os
import re
import signal
import socket
import subprocess

import pytest

from support.deadline import wait_until
from support.fleet import Fleet, free_port
from support.programs import children_named, described, marked_processes, program, run
from support.proxy import Proxy


@pytest.fixture(name="small")
def small_fleet():
    with Fleet() as value:
        value.setup("Acme Corp", "acme", "#00ff00")
        value.setup("Beta Industries", "beta", "#00ffff")
        yield value


def of_root(root):
    """Living processes that have this root in their arguments or environment."""
    return [process for process in marked_processes() if str(root) in " ".join(process.cmdline())]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything_and_leaves_no_process(small, number):
    up = small.up()
    assert len(children_named(up.pid, "atlas-ingest")) == 2
    assert len(children_named(up.pid, "mosquitto")) == 1
    up.signal(number)
    assert up.wait(10) == 0, up.tail()
    wait_until(lambda: not of_root(small.root), 3, "no process is left", lambda: described(of_root(small.root)))


def test_ctrl_c_of_the_whole_group_is_just_as_clean(small):
    up = small.up()
    os.killpg(up.pid, signal.SIGINT)
    assert up.wait(10) == 0, up.tail()
    wait_until(lambda: not of_root(small.root), 3, "no process is left", lambda: described(of_root(small.root)))


def test_a_killed_up_takes_everything_with_it(small):
    up = small.up()
    os.kill(up.pid, signal.SIGKILL)
    wait_until(lambda: not of_root(small.root), 5, "no process is left", lambda: described(of_root(small.root)))
    again = small.up()
    assert again.stop() == 0


def test_each_line_of_the_log_names_its_organisation(small):
    up = small.up()
    text = up.text()
    assert re.search(r"\bacme\b", text) and re.search(r"\bbeta\b", text)
    assert up.stop() == 0


def test_only_the_named_organisation_is_served(small):
    up = small.start([program("atlas-fleet"), "--root", small.root, "up", "acme"], name="up")
    wait_until(small.orgs["acme"].ready, 20, "acme is ready", up.tail)
    assert len(children_named(up.pid, "atlas-ingest")) == 1
    with pytest.raises(Exception):
        small.orgs["beta"].ready()
    assert up.stop() == 0


def test_a_service_says_that_its_port_is_in_use(small):
    acme = small.orgs["acme"]
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", acme.port))
        holder.listen()
        done = run([program("atlas-ingest"), "--root", small.root, "--org", "acme"])
    assert done.returncode == 1
    assert re.search(rf"127\.0\.0\.1:{acme.port}.*in use", done.stderr), done.stderr


def test_up_says_that_the_brokers_port_is_in_use(small):
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("0.0.0.0", small.broker_port))
        holder.listen()
        done = run([program("atlas-fleet"), "--root", small.root, "broker", "run"])
    assert done.returncode == 1
    assert str(small.broker_port) in done.stderr + done.stdout
    assert "in use" in done.stderr + done.stdout


def certificate(directory, days_ago=None):
    """A self-signed certificate for localhost; one that ran out when `days_ago` is given."""
    key, cert = directory / "key.pem", directory / "cert.pem"
    if days_ago is None:
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-keyout", key, "-out", cert, "-subj", "/CN=localhost", "-addext",
                        "subjectAltName=DNS:localhost,IP:127.0.0.1", "-days", "2"], check=True, capture_output=True)
        return cert, key
    (directory / "index.txt").write_text("")
    (directory / "serial").write_text("01\n")
    (directory / "ca.cnf").write_text(f"""
[ca]
default_ca = own
[own]
database = {directory}/index.txt
serial = {directory}/serial
new_certs_dir = {directory}
default_md = sha256
policy = any
[any]
commonName = supplied
""")
    request = directory / "request.pem"
    subprocess.run(["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-keyout", key, "-out", request, "-subj", "/CN=localhost"], check=True, capture_output=True)
    subprocess.run(["openssl", "ca", "-batch", "-config", directory / "ca.cnf", "-selfsign", "-keyfile", key, "-in", request,
                    "-out", cert, "-startdate", "20200101000000Z", "-enddate", "20210101000000Z", "-notext"],
                   check=True, capture_output=True)
    return cert, key


def test_a_service_refuses_a_certificate_that_has_run_out(small, tmp_path):
    acme = small.orgs["acme"]
    cert, key = certificate(tmp_path, days_ago=1)
    acme.set(server__tls__certificate=cert, server__tls__private_key=key)
    done = run([program("atlas-ingest"), "--root", small.root, "--org", "acme"])
    assert done.returncode == 1
    assert str(cert) in done.stderr and re.search("expired|ran out|run out", done.stderr), done.stderr
    assert len(done.stderr.strip().splitlines()) <= 2, done.stderr


def test_a_service_with_a_good_certificate_speaks_https(small, tmp_path):
    import requests  # pylint: disable=import-outside-toplevel
    acme = small.orgs["acme"]
    cert, key = certificate(tmp_path)
    acme.set(server__tls__certificate=cert, server__tls__private_key=key)
    small.broker()
    ingest = small.ingest(acme, ready=False)
    with requests.Session() as session:
        session.trust_env = False
        url = f"https://localhost:{acme.port}/healthz"
        answer = wait_until(lambda: session.get(url, verify=str(cert), timeout=5), 10, "HTTPS answers", ingest.tail)
    assert answer.status_code == 200
    assert ingest.stop() == 0


def agent_line(small, config):
    """The first line about a failed connection of an agent that gets no further."""
    agent = small.start([program("atlas-agent"), "--config", config], name="agent")
    line = wait_until(lambda: [line for line in agent.text().splitlines() if re.search(r"error|warn", line, re.I)], 15,
                      "the agent says what is wrong", agent.tail)[0]
    agent.kill()
    return line


def test_an_agent_tells_four_ways_of_not_getting_in_apart(small, tmp_path):
    import json  # pylint: disable=import-outside-toplevel
    acme = small.orgs["acme"]
    config = json.loads(small.agent_config(acme, "web-1").read_text())
    small.up()

    def changed(name, **members):
        file = tmp_path / f"{name}.json"
        file.write_text(json.dumps({**config, **members}))
        file.chmod(0o600)
        return file
    cert, _ = certificate(tmp_path)
    other_ca = {"ca_pem": cert.read_text()} if "ca_pem" in config else {"ca_file": str(cert)}
    with Proxy(target=small.broker_port, address="127.0.0.2") as elsewhere:
        lines = {
            "credentials": agent_line(small, changed("credentials", password="A" * 43)),
            "other CA": agent_line(small, changed("ca", **other_ca)),
            "other name": agent_line(small, changed("name", server_url=f"mqtts://127.0.0.2:{elsewhere.port}")),
            "unreachable": agent_line(small, changed("unreachable", server_url=f"mqtts://localhost:{free_port()}")),
        }
    assert re.search("credential|password|refused", lines["credentials"], re.I), lines
    assert re.search(r"\bCA\b|authority", lines["other CA"]), lines
    assert re.search("name", lines["other name"], re.I), lines
    assert re.search("reach|connect", lines["unreachable"], re.I), lines
    without_time = {re.sub(r"^\S+ \S+ |\d+", "", line) for line in lines.values()}
    assert len(without_time) == 4, lines


def test_no_secret_is_in_an_argument_list_or_a_log(small):
    acme = small.orgs["acme"]
    small.up()
    small.agent(acme, "web-1")
    small.wait_online(acme, "web-1")
    secrets = [acme.config["server"]["api_key"].removeprefix("afk_"), acme.password("web-1"), acme.token(),
               (small.root / "broker" / "canary.secret").read_text().strip()]
    lists = "\n".join(" ".join(process.cmdline()) for process in marked_processes())
    logs = "\n".join(running.text() for running in small.programs)
    for secret in secrets:
        assert len(secret) >= 32
        assert secret not in lists
        assert secret not in logs


def test_secrets_are_readable_by_their_owner_only(small):
    for slug in ("acme", "beta"):
        for name in ("tenant.json", "fleet.db"):
            mode = (small.root / "tenants" / slug / name).stat().st_mode & 0o777
            assert mode == 0o600, (slug, name, oct(mode))
    for name in ("canary.secret", "certs/ca.key"):
        assert (small.root / "broker" / name).stat().st_mode & 0o077 == 0, name
    for name in ("passwd", "certs/server.key"):
        assert (small.root / "broker" / name).stat().st_mode & 0o007 == 0, name
