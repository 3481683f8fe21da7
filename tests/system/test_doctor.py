"""atlas-fleet doctor: quiet when all is well; each thing that is broken is named, with its place and what to do."""

import contextlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import time

import pytest

from support import fleet as fleets
from support.deadline import wait_until
from support.programs import SLOW, program, run

MOSQUITTO = shutil.which("mosquitto") or "/usr/sbin/mosquitto"


def examine(fleet, *words, code=None):
    """What is wrong, by check."""
    done = fleet.cli("--json", "doctor", *words, check=False, seconds=60)
    told = json.loads(done.stdout)
    assert done.returncode == (0 if told["ok"] else 1) and code in (None, done.returncode), done.stdout + done.stderr
    wrong = {}
    for finding in told["findings"]:
        assert finding["ok"] or finding["what"] and finding["mend"], finding
        if not finding["ok"]:
            wrong.setdefault(finding["check"], []).append(finding)
    return wrong


def only(wrong, check, *, where="", what="", mend=""):
    """The finding of that check that says so."""
    for finding in wrong.get(check, []):
        if where in finding["where"] and what in finding["what"] and mend in finding["mend"]:
            return finding
    raise AssertionError(f"no {check} with {where!r}, {what!r}, {mend!r} in {json.dumps(wrong, indent=1)}")


@contextlib.contextmanager
def changed(file, change):
    """Lets `change` have the file, and puts it back."""
    file = pathlib.Path(file)
    kept, info = file.read_bytes(), file.stat()
    try:
        change(file)
        yield
    finally:
        file.write_bytes(kept)
        os.chown(file, info.st_uid, info.st_gid)
        file.chmod(info.st_mode & 0o7777)
        os.utime(file, ns=(info.st_atime_ns, info.st_mtime_ns))


@pytest.fixture(scope="module", name="running")
def all_is_well(fleet):
    fleet.setup("Acme Corp", "acme").set(server__tls__mode="on")
    fleet.setup("Beta Ltd", "beta")
    fleet.orgs["acme"].add_host("web-1")
    fleet.up()
    return fleet


@pytest.fixture(scope="module", name="idle")
def nothing_runs():
    """An installation whose broker and services are stopped."""
    with fleets.Fleet() as value:
        value.setup("Acme Corp", "acme").set(server__tls__mode="on")
        value.orgs["acme"].add_host("web-1")
        value.cli("broker", "apply")
        yield value


def test_a_good_installation_is_in_order(running):
    wait_until(lambda: examine(running, code=0) == {}, 90 * SLOW, "all is well", lambda: examine(running))
    shown = running.cli("doctor").stdout
    assert "Everything is in order." in shown and "WRONG" not in shown
    for check in ("configuration", "permissions", "clock", "disk", "programs", "broker files", "broker", "guard",
                  "certificate", "service"):
        assert f"ok     {check} " in shown, check


def test_it_names_what_can_be_read_by_others(running):
    secret = running.root / "tenants" / "acme" / "tenant.json"
    with changed(secret, lambda file: file.chmod(0o644)):
        only(examine(running), "permissions", where=str(secret), mend=f"chmod 600 {secret}")
        assert examine(running, "beta") == {}, "of the other organisation nothing is wrong"
    folder = secret.parent
    folder.chmod(0o755)
    try:
        only(examine(running), "permissions", where=str(folder), mend="chmod 700")
    finally:
        folder.chmod(0o700)
    key = running.root / "broker" / "certs" / "ca.key"
    with changed(key, lambda file: file.chmod(0o640)):
        only(examine(running), "permissions", where=str(key))


def test_it_names_every_mistake_of_a_configuration(running):
    def damage(file):
        config = json.loads(file.read_text())
        config["server"]["port"] = "x"
        config["alerts"]["cpu_treshold"] = 1
        file.write_text(json.dumps(config))
    with changed(running.root / "tenants" / "beta" / "tenant.json", damage):
        wrong = examine(running)
        only(wrong, "configuration", where="beta/tenant.json: $.server.port", what="must be a whole number")
        only(wrong, "configuration", where="$.alerts.cpu_treshold", what="did you mean")


def test_it_names_a_certificate_that_ends_soon(idle):
    file = idle.root / "tenants" / "acme" / "server.pem"

    def brief(target):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-days", "5", "-subj", "/CN=localhost", "-keyout", idle.root / "brief.key",
                        "-out", idle.root / "brief.pem"], check=True, capture_output=True)
        target.write_bytes((idle.root / "brief.pem").read_bytes() + (idle.root / "brief.key").read_bytes())
    with changed(file, brief):
        only(examine(idle), "certificate", where=str(file), what="ends on 20", mend="atlas-fleet broker apply")
    with changed(file, lambda target: target.write_text("rubbish")):
        only(examine(idle), "certificate", where=str(file), what="no certificate")
    assert "certificate" not in examine(idle)


def test_it_names_a_clock_that_is_behind(running):
    file = running.root / "tenants" / "beta" / "tenant.json"
    with changed(file, lambda target: os.utime(target, (time.time() + 86400,) * 2)):
        only(examine(running), "clock", where=str(file), what="in the future", mend="clock")


def test_it_names_what_does_not_run(idle):
    wrong = examine(idle, code=1)
    only(wrong, "broker", where=str(idle.broker_port), what="does not run", mend="atlas-fleet up")
    only(wrong, "service", where="acme", what="does not run", mend="atlas-ingest --org acme")
    assert set(wrong) == {"broker", "service"}


def test_it_changes_nothing(idle):
    def all_files():
        return {file: (file.stat().st_mtime_ns, file.stat().st_mode, file.stat().st_size)
                for file in idle.root.rglob("*") if not file.name.endswith(("-wal", "-shm")) and file.is_file()}
    before = all_files()
    with changed(idle.root / "tenants" / "acme" / "fleet.db", lambda file: file.chmod(0o644)):
        only(examine(idle), "permissions", where="fleet.db")
        assert (idle.root / "tenants" / "acme" / "fleet.db").stat().st_mode & 0o777 == 0o644
    examine(idle)
    assert all_files() == before


def test_it_names_broker_files_that_are_wrong(idle):
    broker = idle.root / "broker"
    with changed(broker / "acl", lambda file: file.write_text("topic readwrite #\n")):
        only(examine(idle), "broker files", where="broker/acl", mend="atlas-fleet broker apply")
    with changed(broker / "passwd", lambda file: file.write_text("".join(
            line for line in file.read_text().splitlines(True) if "/host/web-1:" not in line))):
        only(examine(idle), "broker files", where="broker/passwd", what="not in step", mend="atlas-fleet broker apply")
    with changed(broker / "mosquitto.conf", lambda file: file.write_text(file.read_text() + "allow_anonymous true\n")):
        only(examine(idle), "broker files", where="mosquitto.conf", mend="atlas-fleet broker apply")
    with changed(broker / "certs" / "server.crt", lambda file: file.write_text("rubbish")):
        only(examine(idle), "certificate", where="server.crt", mend="atlas-fleet broker apply")


def test_it_names_a_lost_registry(idle):
    store = idle.root / "tenants" / "acme" / "fleet.db"
    store.rename(store.with_name("kept"))
    try:
        only(examine(idle), "registry", where=str(store), what="is not there", mend="backup")
        assert not store.exists()
    finally:
        store.with_name("kept").rename(store)


@pytest.mark.parametrize("which", ["broker", "service"])
def test_it_names_a_taken_port(idle, which):
    port = idle.broker_port if which == "broker" else idle.orgs["acme"].port
    with socket.create_server(("127.0.0.1", port)):
        if which == "broker":
            only(examine(idle), "broker", what="another program has its port")
        else:
            only(examine(idle), "port", where=f"acme at 127.0.0.1:{port}", mend="server.port")


def test_it_names_a_service_that_is_not_ready(idle):
    service = idle.ingest(idle.orgs["acme"], ready=False)
    wait_until(lambda: idle.orgs["acme"].get("/healthz", token=None).ok, 15 * SLOW, "it listens", service.tail)
    only(examine(idle), "service", where="acme at 127.0.0.1", what="is not ready")
    service.stop()


def test_it_names_a_broker_without_the_guard(idle):
    conf = idle.root / "broker" / "mosquitto.conf"

    def without_guard(file):
        file.write_text("".join(line for line in file.read_text().splitlines(True) if not line.startswith("plugin")))
    with changed(conf, without_guard):
        broker = idle.start([MOSQUITTO, "-c", conf], name="unguarded")
        idle.wait_broker()
        wrong = examine(idle)
        only(wrong, "guard", what="has not loaded atlas-guard.so", mend="atlas-fleet up")
        only(wrong, "broker files", where="mosquitto.conf")
        broker.stop()


def test_it_names_missing_programs(idle):
    alone = idle.root / "alone"
    alone.mkdir()
    shutil.copy(program("atlas-fleet"), alone / "atlas-fleet")
    done = run([alone / "atlas-fleet", "--root", idle.root, "doctor"], seconds=60)
    assert done.returncode == 1
    for missing in ("atlas-guard.so: is not installed", "alone/atlas-ingest: is not there", "has no dashboard",
                    "has no agent to hand out"):
        assert missing in done.stdout, missing
    assert "things are wrong." in done.stdout


def test_whom_it_does_not_know_is_not_found(idle):
    assert idle.cli("doctor", "nobody", check=False).returncode == 3
    nowhere = run([program("atlas-fleet"), "--root", idle.root / "nowhere", "doctor"])
    assert nowhere.returncode == 3 and "atlas-fleet setup" in nowhere.stderr
    assert not (idle.root / "nowhere").exists()
