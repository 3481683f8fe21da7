"""A host that sends as fast as it can for a minute: another organisation loses no sample, and its dashboard stays as quick."""

import json
import subprocess
import sys
import threading
import time

import pytest

from support.deadline import wait_until
from support.programs import REPOSITORY, environment
from support.samples import Publisher

HOSTS = 20  # of the organisation that is watched, each with a sample a second
QUIET, FLOOD = 20, 60  # seconds


@pytest.fixture(scope="module", name="world")
def started(fleet):
    acme = fleet.setup("Acme Corp", "acme", "#00ff00")
    beta = fleet.setup("Beta Industries", "beta", "#00ffff")
    acme.add_host("flooding")
    for number in range(HOSTS):
        beta.add_host(f"h{number}")
    fleet.up()
    return acme, beta


class Reporting:
    """Beta's hosts report, and a browser looks on."""

    def __init__(self, org):
        self._org = org
        self._clients = [org.client(f"h{number}") for number in range(HOSTS)]
        self._publisher = [Publisher() for _ in range(HOSTS)]
        self.published = 0

    def close(self):
        for client in self._clients:
            client.close()

    def latencies(self, over):
        """Milliseconds from publishing to the browser, sorted, while `over` is not set."""
        sent = {}
        with self._org.live() as feed:
            begin = time.monotonic()
            turn = 0
            while not over.is_set():
                number = turn % HOSTS
                sample = self._publisher[number].sample()
                sent[f"h{number}", sample["ts"]] = time.monotonic()
                assert self._clients[number].publish(self._org.topic(f"h{number}"), sample) == 0
                turn += 1
                over.wait(max(0.0, begin + turn / HOSTS - time.monotonic()))
            self.published += turn
            wait_until(lambda: all(feed.arrival(*key) for key in list(sent)[-HOSTS:]), 10, "the last samples")
            found = []
            for arrival, frame in feed.seen():
                for row in frame.get("hosts", []):
                    begun = sent.pop((row["id"], row.get("ts")), None)
                    if begun is not None:
                        found.append((arrival - begun) * 1000)
        # Of two samples of a host that are there within one tick of the feed, the older one is not told.
        assert len(sent) <= turn / 10, f"{len(sent)} of {turn} samples never came to the browser"
        return sorted(found)


def p95(latencies):
    """One stop of the whole machine, for a second or two, does not show in it."""
    return latencies[int(len(latencies) * 0.95)]


def after(seconds):
    over = threading.Event()
    timer = threading.Timer(seconds, over.set)
    timer.start()
    return over


def test_a_flood_costs_another_organisation_neither_a_sample_nor_its_pace(world):
    acme, beta = world
    reporting = Reporting(beta)
    try:
        before = beta.metrics()["atlas_samples_accepted_total"]
        quiet = reporting.latencies(after(QUIET))
        broker = acme.fleet.broker_address
        order = {"host": broker.host, "port": broker.port, "ca_file": str(broker.ca_file), "user": acme.user("flooding"),
                 "password": acme.password("flooding"), "topic": acme.topic("flooding"), "payload": Publisher().text(),
                 "seconds": FLOOD}
        over = threading.Event()
        with subprocess.Popen([sys.executable, "-m", "support.flood"], cwd=REPOSITORY / "tests", stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True, env=environment()) as flood:
            threading.Thread(target=lambda: (flood.wait(), over.set()), daemon=True).start()
            flood.stdin.write(json.dumps(order))
            flood.stdin.close()
            flooded = reporting.latencies(over)
            assert flood.returncode == 0
            sent = int(flood.stdout.read())
        print(f"{sent / FLOOD:.0f} messages a second for {FLOOD} s; p95 from host to browser {p95(quiet):.0f} ms before, "
              f"{p95(flooded):.0f} ms meanwhile; medians {quiet[len(quiet) // 2]:.0f} and {flooded[len(flooded) // 2]:.0f} ms")
        wait_until(lambda: beta.metrics()["atlas_samples_accepted_total"] == before + reporting.published, 10, "every sample of Beta's")
        assert beta.metrics()["atlas_guard_messages_dropped_total"] == 0
        wait_until(lambda: acme.metrics()["atlas_guard_messages_dropped_total"] > 0, 15, "the guard's count of the flood")
        assert p95(flooded) <= 2 * p95(quiet)
    finally:
        reporting.close()
