"""Backup and restore: taken while the service and others write, brought back on an empty machine, damage refused."""

import json
import os
import random
import sqlite3
import stat
import subprocess
import threading

import pytest
import requests

from support.deadline import wait_until
from support.fleet import Fleet, Org
from support.programs import SLOW, environment, program

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module", name="acme")
def started(fleet):
    acme = fleet.setup("Acme Corp", "acme", "#00ff00", PASSWORD)
    fleet.up()
    return acme


class Writer:
    """Adds two rows of the same number in each of some hundred transactions a second: whatever is of one moment has pairs."""

    def __init__(self, file):
        self.file, self.count = file, 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        with sqlite3.connect(self.file, timeout=10) as database:
            database.execute("CREATE TABLE pairs (n INTEGER NOT NULL, text TEXT NOT NULL)")
            # Some 40 MB, so that the copy takes its time.
            database.executemany("INSERT INTO pairs VALUES (0, ?)",
                                 ((random.randbytes(5_000).hex(),) for _ in range(4_000)))
        database.close()
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()

    def _run(self):
        database = sqlite3.connect(self.file, timeout=10)
        while not self._over.is_set():
            with database:
                database.executemany("INSERT INTO pairs VALUES (?, 'x')", [(self.count + 1,)] * 2)
            self.count += 1
            self._over.wait(0.005)  # the lock is for others too
        database.close()


def rows(file, question):
    database = sqlite3.connect(file)
    try:
        return database.execute(question).fetchall()
    finally:
        database.close()


def logins(org, count):
    for _ in range(count):
        with requests.Session() as session:
            session.trust_env = False
            yield session.post(org.base + "/api/v1/login", json={"user": "admin", "password": PASSWORD}, timeout=10,
                               verify=org.ca_file).status_code


def files_below(root):
    return {str(path.relative_to(root)): path.stat().st_mtime_ns for path in root.rglob("*") if path.is_file()}


def test_a_backup_taken_while_others_write_is_of_one_moment(acme, fleet):
    live = fleet.root / "tenants" / "acme" / "fleet.db"
    file = fleet.root / "busy.atlas"
    with Writer(live) as writer:
        wait_until(lambda: writer.count > 20, 10 * SLOW, "the writer writes", fleet.tails)
        before = writer.count
        done = json.loads(fleet.cli("--json", "backup", "acme", file).stdout)
        after = writer.count
        assert set(logins(acme, 2)) == {200}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert done["bytes"] == file.stat().st_size
    assert after > before, "the writer was held up"
    subprocess.run(["tar", "--zstd", "-xf", file, "-C", fleet.root, "fleet.db"], check=True)
    copy = fleet.root / "fleet.db"
    assert rows(copy, "PRAGMA integrity_check") == [("ok",)]
    pairs = rows(copy, "SELECT n, count(*) FROM pairs WHERE n > 0 GROUP BY n ORDER BY n")
    assert pairs == [(n, 2) for n in range(1, len(pairs) + 1)]
    assert before <= len(pairs) <= after
    print(f"{done['bytes'] / 1e6:.1f} MB; {after - before} transactions while it was taken, {len(pairs)} of {after} in it")
    assert rows(live, "SELECT count(*) FROM audit WHERE action = 'org.backup' AND outcome = 'done'") == [(1,)]


def test_it_comes_back_on_an_empty_machine_and_the_agent_goes_on(acme, fleet):
    fleet.agent(acme, "web-1")
    fleet.wait_online(acme, "web-1")
    token = acme.token("viewer")
    file = fleet.root / "whole.atlas"
    fleet.cli("backup", "acme", file, "--with-ca")
    refused = fleet.cli("restore", file, "--replace", check=False)
    assert refused.returncode == 4 and "its service is running (process " in refused.stderr, refused
    for running in reversed([one for one in fleet.programs if one.name == "up"]):
        running.stop()
    with Fleet(fleet.output) as other:
        other.cli("restore", file)
        other.broker_port = fleet.broker_port
        moved = Org(other, "acme")
        other.orgs["acme"] = moved
        assert moved.config == acme.config
        for path in (other.root / "tenants" / "acme").iterdir():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
        assert stat.S_IMODE((other.root / "broker" / "certs" / "ca.key").stat().st_mode) == 0o600
        other.up()
        # The same agent, which nobody has touched, and the same credentials of people and programs.
        moved._tokens["viewer"] = token
        other.wait_online(moved, "web-1", 30)
        assert list(logins(moved, 1)) == [200]
        actions = [line["action"] for line in json.loads(other.cli("--json", "audit", "acme").stdout)["audit"]]
        assert "org.restore" in actions and "org.create" in actions
        pairs = rows(other.root / "tenants" / "acme" / "fleet.db", "SELECT count(*) % 2, count(*) > 40 FROM pairs WHERE n > 0")
        assert pairs == [(0, 1)]
    fleet.up()


@pytest.mark.parametrize("damage", ["cut", "bit", "empty", "text", "folder"])
def test_a_damaged_file_changes_nothing(acme, fleet, damage):
    file = fleet.root / "good.atlas"
    fleet.cli("backup", "acme", file, "--force")
    data = file.read_bytes()
    bad = fleet.root / f"bad-{damage}.atlas"
    if damage == "folder":
        bad.mkdir()
    else:
        bad.write_bytes({"cut": data[:len(data) * 2 // 3], "bit": data[:-4000] + bytes([data[-4000] ^ 4]) + data[-3999:],
                         "empty": b"", "text": b"{}\n" * 1000}[damage])
    before = files_below(fleet.root / "tenants" / "acme").keys()
    done = fleet.cli("restore", bad, "--replace", check=False)
    assert done.returncode == 1 and done.stdout == "", done
    assert done.stderr.startswith("atlas-fleet: ") and done.stderr.count("\n") == 1, done.stderr
    assert files_below(fleet.root / "tenants" / "acme").keys() == before
    assert [path.name for path in (fleet.root / "tenants").iterdir()] == ["acme"]
    assert acme.ready()


def test_an_archive_of_a_newer_program_says_so(acme, fleet):
    assert acme
    folder = fleet.root / "newer"
    folder.mkdir()
    fleet.cli("backup", "acme", fleet.root / "now.atlas")
    subprocess.run(["tar", "--zstd", "-xf", fleet.root / "now.atlas", "-C", folder], check=True)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    names = ["manifest.json", *[part["name"] for part in manifest["parts"]]]
    for change in ({"schema": 1000}, {"version": 2}):
        (folder / "manifest.json").write_text(json.dumps({**manifest, **change}), encoding="utf-8")
        made = fleet.root / "newer.atlas"
        subprocess.run(["tar", "--zstd", "-cf", made, "-C", folder, *names], check=True)
        done = fleet.cli("restore", made, "--replace", check=False)
        assert done.returncode == 1 and "install the newer programs" in done.stderr, done


def test_an_interrupted_backup_leaves_nothing(acme, fleet):
    assert acme
    folder = fleet.root / "interrupted"
    folder.mkdir()
    # A reader that takes nothing: the backup stands still until it is stopped.
    with subprocess.Popen([program("atlas-fleet"), "--root", fleet.root, "backup", "acme", "-"], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, cwd=folder, env=environment(), start_new_session=True) as process:
        wait_until(lambda: process.stdout.peek(1), 30 * SLOW, "the backup has begun", fleet.tails)
        process.stdout.close()
        assert process.wait(30 * SLOW) != 0
    assert list(folder.iterdir()) == []
    assert not [name for name in os.listdir(fleet.root / "tenants") if name.startswith(".")]
