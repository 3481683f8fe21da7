"""atlas-sim: hosts that do not exist look like hosts, and a recorded series comes out as it was recorded."""

import json
import pathlib
import random
import time

import pytest

from support.deadline import wait_until
from support.programs import REPOSITORY, SLOW, program, run
from support.samples import now_ms

TRACE = REPOSITORY / "tests" / "data" / "cpu-of-a-build.csv"


@pytest.fixture(scope="module", name="acme")
def started(fleet):
    acme = fleet.setup("Acme Corp", "acme")
    fleet.up()
    return acme


def sim(fleet, *arguments, seconds=60):
    return run([program("atlas-sim"), "--root", fleet.root, "--org", "acme", *arguments], seconds=seconds)


def test_its_hosts_are_like_others_and_every_sample_arrives(acme, fleet):
    acme.token()
    before = acme.metrics()["atlas_samples_accepted_total"]
    running = fleet.start([program("atlas-sim"), "--root", fleet.root, "--org", "acme", "--hosts", "60", "--interval", "500ms",
                           "--add", "--json"], name="sim")

    def all_online():
        rows = {name: row for name, row in acme.hosts().items() if name.startswith("sim-") and row["state"] == "online"}
        return rows if len(rows) == 60 and all("cpu" in row for row in rows.values()) else None
    rows = wait_until(all_online, 40 * SLOW, "60 simulated hosts are online", fleet.tails)
    assert len({row["cpu"]["percent"] for row in rows.values()}) > 10, "they differ"
    for row in rows.values():
        assert 0 <= row["cpu"]["percent"] <= 100 and row["memory"]["total"] > 10**9
        assert row["disks"][0]["mount"] == "/" and 0 < row["disks"][0]["percent"] < 100
    assert "simulated" in json.dumps(acme.json("/api/v1/hosts/sim-0001"))
    listed = acme.json("/api/v1/hosts/sim-0001/processes", token=acme.token("operator"))["processes"]
    assert len(listed) > 5 and sum(one["memory"] for one in listed) < rows["sim-0001"]["memory"]["total"]
    wait_until(lambda: acme.metrics()["atlas_samples_accepted_total"] - before > 60, 10 * SLOW, "a second sample of some", fleet.tails)
    assert running.stop() == 0
    summary = json.loads("{" + running.text().split("{", 1)[1])
    assert summary["connected"] == summary["hosts"] == 60
    assert summary["produced"] == summary["delivered"] > 60 and summary["dropped"] == summary["undelivered"] == 0
    wait_until(lambda: acme.metrics()["atlas_samples_accepted_total"] - before == summary["produced"], 10 * SLOW,
               "ingest has accepted what was produced", fleet.tails)
    assert not any(acme.rejected().values())
    wait_until(lambda: {row["state"] for row in acme.hosts().values()} == {"stopped"}, 10 * SLOW, "they said goodbye", fleet.tails)
    print(summary)


def history(acme, host):
    now = now_ms()
    answer = acme.json(f"/api/v1/hosts/{host}/history?metric=cpu.percent&from={now - 600_000}&to={now + 60_000}&points=1000")
    return [point[2] for point in answer["points"]]


def test_a_trace_comes_out_as_it_was_recorded(acme, fleet):
    recorded = [float(line.split(",")[1]) for line in TRACE.read_text(encoding="ascii").splitlines()[1:]]
    assert len(recorded) >= 60
    rows = recorded[:60]  # five minutes in five-second steps
    part = fleet.root / "part.csv"
    part.write_text("".join(f"{1764000000 + 5 * n},{value}\n" for n, value in enumerate(rows)), encoding="ascii")
    done = sim(fleet, "--trace", part, "--speed", 20, "--interval", "250ms", "--prefix", "trace-", "--add", "--json")
    assert done.returncode == 0, done
    summary = json.loads(done.stdout)
    # Five minutes at 20 times the speed are fifteen seconds; a sample each 250 ms is one of each row. What a busy machine sleeps over
    # is not made up for.
    assert 40 <= summary["produced"] == summary["delivered"] <= 62, summary
    shown = wait_until(lambda: len(found := history(acme, "trace-0001")) == summary["produced"] and found, 10 * SLOW,
                       "all is in the history", fleet.tails)
    # As one host's measurements, the mean is the recorded one, and the peaks are there.
    assert abs(sum(shown) / len(shown) - sum(rows) / len(rows)) < 4, (shown, rows)
    assert max(rows) - 20 <= max(shown) <= max(rows) and min(rows) <= min(shown), (shown, rows)
    assert fleet.cli("host", "list", "acme").stdout.count("trace-0001") == 1


def test_the_same_trace_again_at_another_speed_ends_when_it_is_told(acme, fleet):
    assert acme
    began = time.monotonic()
    done = sim(fleet, "--trace", TRACE, "--loop", "--speed", 100_000, "--interval", "200ms", "--duration", "3s",
               "--prefix", "trace-", "--json")
    assert done.returncode == 0 and 2.5 < time.monotonic() - began < 15 * SLOW, done
    assert json.loads(done.stdout)["produced"] >= 5


@pytest.mark.parametrize("arguments, code, what", [
    (["--hosts", "901"], 2, "from 1 to 900"),
    (["--trace", "/nonexistent.csv"], 1, "cannot be read"),
    (["--trace", "BAD", "--add"], 1, "bad.csv:3: 'high' is no percentage"),
    (["--prefix", "unknown-"], 4, "--add"),
    (["--server-url", "http://x"], 2, "--server-url"),
    (["--prefix", "trace-", "--hosts", "1", "--duration", "1s", "--server-url", "mqtts://localhost:1"], 1, "atlas-sim: broker"),
])
def test_a_mistake_says_what_is_wrong(acme, fleet, arguments, code, what):
    assert acme
    bad = fleet.root / "bad.csv"
    bad.write_text("timestamp,value\n1764000000,1\n1764000005,high\n", encoding="ascii")
    done = sim(fleet, *[str(bad) if word == "BAD" else word for word in arguments])
    assert done.returncode == code and what in done.stderr, done
    assert done.stderr.count("\n") == 1, done.stderr


def test_an_organisation_that_is_not_there_is_not_found(fleet):
    done = run([program("atlas-sim"), "--root", fleet.root, "--org", "nobody"])
    assert done.returncode == 3, done


def test_it_comes_back_when_the_broker_does(acme, fleet):
    """Its process goes on, and no sample is lost to a restart of everything."""
    running = fleet.start([program("atlas-sim"), "--root", fleet.root, "--org", "acme", "--hosts", "5", "--interval", "200ms",
                           "--json"], name="sim")
    hosts = [f"sim-000{number}" for number in range(1, 6)]
    for host in hosts:
        fleet.wait_online(acme, host)
    next(one for one in fleet.programs if one.name == "up").stop()
    back = now_ms()
    fleet.up()
    wait_until(lambda: all(acme.hosts()[host]["ts"] > back for host in hosts), 30 * SLOW, "all have come back", fleet.tails)
    assert running.stop() == 0
    summary = json.loads("{" + running.text().split("{", 1)[1])
    assert summary["reconnects"] >= 5 and summary["produced"] == summary["delivered"], summary
