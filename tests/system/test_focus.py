"""A host reports every second while somebody looks at it, and goes back to its interval when nobody does: also when the browser's
network is gone without a word."""

import time

import pytest

from support.deadline import promised, wait_until
from support.live import LiveFeed
from support.programs import SLOW
from support.proxy import Proxy

INTERVAL = 10
SOON = 3 * SLOW  # seconds until the first point of a second
BACK = 5 * SLOW  # until the agent is back at its interval


@pytest.fixture(scope="module", name="org")
def started(fleet):
    org = fleet.setup("Acme Corp", "acme", agent__report_interval=INTERVAL)
    fleet.broker()
    fleet.ingest(org)
    fleet.agent(org, "web-1")
    fleet.wait_online(org, "web-1")
    return org


def points(feed, since):
    """The samples of the host that have come since."""
    return sorted({row["ts"] for at, frame in feed.seen() if at >= since for row in frame.get("hosts", [])
                   if row["id"] == "web-1" and "ts" in row})


def wait_fast(feed):
    begun = time.monotonic()

    def each_second():
        stamps = points(feed, begun)
        return any(700 <= after - before <= 1500 for before, after in zip(stamps, stamps[1:]))
    wait_until(each_second, SOON, "two points a second apart", lambda: points(feed, begun))


def follow(org, base, feed_kind):
    return LiveFeed(base.replace("http", "ws", 1) + "/api/v1/live" + feed_kind, org.token(), seconds=10 * SLOW,
                    first={"type": "view", "count": 5} if feed_kind else None)


def settled(org, begun, back=BACK):
    """No more samples a second apart: the newest is `back` seconds after `begun` at the latest, and the next one an interval later."""
    stamps = []

    def quiet():
        row = org.json("/api/v1/hosts/web-1")
        if not stamps or stamps[-1][1] != row["ts"]:
            stamps.append((time.monotonic(), row["ts"]))
        return time.monotonic() - stamps[-1][0] > 3

    wait_until(quiet, back + 4, "samples come no more every second", lambda: stamps)
    assert stamps[-1][0] - begun <= back, [at - begun for at, _ in stamps]


@pytest.mark.parametrize("feed_kind", ["", "?feed=view"])
@promised
def test_a_point_each_second_while_somebody_looks(org, feed_kind):
    settled(org, time.monotonic(), 10 * BACK)
    with follow(org, org.base, feed_kind) as feed:
        feed.send({"type": "focus", "host": "web-1"})
        wait_fast(feed)
    settled(org, time.monotonic())


@pytest.mark.parametrize("feed_kind", ["", "?feed=view"])
@promised
def test_a_browser_whose_network_is_gone_looks_no_more(org, feed_kind):
    settled(org, time.monotonic(), 10 * BACK)
    with Proxy(target=org.port) as between:
        feed = follow(org, f"http://127.0.0.1:{between.port}", feed_kind)
        try:
            feed.send({"type": "focus", "host": "web-1"})
            wait_fast(feed)
            between.cut()
            settled(org, time.monotonic())
            between.heal()
            wait_fast(feed)
        finally:
            feed.close()
    settled(org, time.monotonic())
