"""Alerts fire after their hold time, waver inside the margin without a word, and clear once; hosts are lost, stopped or silent."""

import signal
import time

import pytest

from support.deadline import promised, wait_until
from support.fleet import settle
from support.samples import Publisher, now_ms

HOLD = 1
OFFLINE_AFTER = 3


@pytest.fixture(scope="module", name="world")
def started(fleet):
    org = fleet.setup("Acme Corp", "acme", alerts__cpu_threshold=80, alerts__memory_threshold=80,
                      alerts__disk_threshold=80, alerts__hold_seconds=HOLD, alerts__clear_margin=5,
                      alerts__offline_after=OFFLINE_AFTER)
    for host in ("steady", "wavering", "quiet", "talker", "full", "short"):
        org.add_host(host)
    fleet.up()
    with org.live() as live:
        yield org, live


class Reporter:
    """Publishes a host's samples at the pace of a test."""

    def __init__(self, org, host):
        self.org, self.host = org, host
        self.client = org.client(host)
        self.publisher = Publisher(interval=1)

    def report(self, seconds=0.0, **members):
        """One sample, or one every 0.2 s for `seconds`, by their own time: a busy machine does not make them last longer."""
        first = max(now_ms(), self.publisher.last_ts + 1)
        for after in range(0, int(1000 * seconds) + 1, 200):
            self.client.publish(self.org.topic(self.host), self.publisher.sample(**members, ts=first + after))
            if after + 200 <= 1000 * seconds:
                time.sleep(0.2)
        self.publisher.last_ts = first + after

    def close(self):
        self.client.close()


def firing(org, host):
    rows = org.json("/api/v1/alerts", params={"state": "firing"})["alerts"]
    return {row["rule"]: row for row in rows if row["host"] == host}


def test_a_threshold_crossed_for_the_hold_time_raises_one_alert_that_clears_once(world):
    org, live = world
    host = Reporter(org, "wavering")
    host.report(cpu=50)
    host.report(seconds=HOLD * 0.5, cpu=85)
    assert live.alert_changes("wavering", "cpu") == []

    host.report(seconds=HOLD * 1.2, cpu=85)
    wait_until(lambda: live.alert_changes("wavering", "cpu") == ["firing"], 10, "the alert fires",
               lambda: live.alert_changes("wavering", "cpu"))
    alert = firing(org, "wavering")["cpu"]
    assert alert["threshold"] == 80
    assert alert["value"] == 85
    assert alert["severity"] in ("warning", "critical")
    assert abs(alert["since"] - now_ms()) < 60_000
    assert set(alert) >= {"id", "host", "rule", "instance", "severity", "state", "value", "threshold", "since"}

    for cpu in (78, 82, 75.5, 90, 76, 81, 79.9, 75.1):
        host.report(cpu=cpu)
        settle(0.3)
    assert live.alert_changes("wavering", "cpu") == ["firing"]
    assert "cpu" in firing(org, "wavering")

    host.report(cpu=74.9)
    wait_until(lambda: live.alert_changes("wavering", "cpu") == ["firing", "resolved"], 10, "the alert clears",
               lambda: live.alert_changes("wavering", "cpu"))
    host.report(seconds=0.5, cpu=70)
    host.report(cpu=79)
    settle(0.5)
    assert live.alert_changes("wavering", "cpu") == ["firing", "resolved"]
    assert "cpu" not in firing(org, "wavering")
    host.close()


def test_a_peak_shorter_than_the_hold_time_raises_nothing(world):
    org, live = world
    host = Reporter(org, "short")
    for _ in range(4):
        host.report(seconds=HOLD * 0.4, cpu=99)
        host.report(cpu=50)
    settle(0.5)
    assert live.alert_changes("short", "cpu") == []
    host.close()


def test_memory_and_each_disk_have_alerts_of_their_own(world):
    org, live = world
    host = Reporter(org, "full")
    disks = [{"mount": mount, "device": "/dev/sda", "fs": "ext4", "total": 100, "used": percent, "percent": percent}
             for mount, percent in (("/", 40), ("/var/lib", 91), ("/home", 95))]
    host.report(seconds=HOLD * 1.5, memory=88, disks=disks)
    wait_until(lambda: [live.alert_changes("full", rule) for rule in ("disk", "memory")] == [["firing"] * 2, ["firing"]], 10, "three alerts fire",
               lambda: live.alert_changes("full"))
    rows = org.json("/api/v1/alerts", params={"state": "firing"})["alerts"]
    found = sorted((row["rule"], row["instance"], row["value"]) for row in rows if row["host"] == "full" and row["rule"] != "offline")
    assert found == [("disk", "/home", 95), ("disk", "/var/lib", 91), ("memory", "", 88)]
    host.report(memory=10, disks=disks[:1])
    host.close()


def test_a_silent_host_is_found_after_offline_after_and_comes_back(world):
    org, live = world
    host = Reporter(org, "quiet")
    host.client.publish(org.topic("quiet", "status"), {"state": "online", "ts": now_ms(), "boot": "b"}, retain=True)
    host.report(cpu=10)
    live.wait_for_host("quiet", lambda row: row.get("state") == "online", 10, "quiet is online")
    silent = live.wait_for_host("quiet", lambda row: row.get("state") == "silent", OFFLINE_AFTER + 10,
                                "quiet is silent after offline_after")
    assert OFFLINE_AFTER * 1000 <= silent["since"] - silent["last_seen"] <= OFFLINE_AFTER * 1000 + 10_000
    wait_until(lambda: live.alert_changes("quiet", "offline") == ["firing"], OFFLINE_AFTER + 10, "the offline alert fires")
    host.report(cpu=10)
    live.wait_for_host("quiet", lambda row: row.get("state") == "online", 10, "quiet is online again")
    wait_until(lambda: live.alert_changes("quiet", "offline") == ["firing", "resolved"], 10, "the offline alert clears")
    host.close()


@promised
def test_a_killed_agent_is_lost_within_two_seconds_by_its_will(world, fleet):
    org, live = world
    agent = fleet.agent(org, "doomed")
    live.wait_for_host("doomed", lambda row: row.get("state") == "online" and "cpu" in row, 15, "doomed is online")
    agent.kill()
    live.wait_for_host("doomed", lambda row: row.get("state") == "lost", 2, "the killed agent is lost")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_agent_says_stopped_and_raises_no_alert(world, fleet, number):
    org, live = world
    agent = fleet.agent(org, "tidy")
    live.wait_for_host("tidy", lambda row: row.get("state") == "online" and "cpu" in row, 10, "tidy is online")
    agent.signal(number)
    assert agent.wait(5) == 0
    live.wait_for_host("tidy", lambda row: row.get("state") == "stopped", 10, "the agent stopped")
    settle(OFFLINE_AFTER + 1.5)
    assert live.host("tidy")["state"] == "stopped"
    assert live.alert_changes("tidy", "offline") == []


def test_a_lost_host_raises_the_offline_alert_after_offline_after(world):
    _, live = world
    wait_until(lambda: live.alert_changes("doomed", "offline")[-1:] == ["firing"], OFFLINE_AFTER + 10,
               "the offline alert of the killed agent", lambda: live.alert_changes("doomed"))


def test_a_firing_alert_survives_a_restart_of_the_service_without_firing_again(world, fleet):
    org, _ = world
    host = Reporter(org, "steady")
    host.report(seconds=HOLD * 1.6, cpu=95)
    before = wait_until(lambda: firing(org, "steady").get("cpu"), 10, "the alert fires")
    # The command line reads what is stored.
    wait_until(lambda: "steady:cpu" in fleet.cli("--json", "alerts", "list", org.slug).stdout, 10, "the alert is stored", every=0.2)
    from support.programs import children_named  # pylint: disable=import-outside-toplevel
    up = next(running for running in fleet.programs if running.name == "up")
    service = children_named(up.pid, "atlas-ingest")[0]
    service.kill()
    wait_until(lambda: children_named(up.pid, "atlas-ingest"), 10, "the service is back")
    fleet.wait_ready()
    wait_until(lambda: firing(org, "steady").get("cpu"), 10, "the alert is known after the restart")
    with org.live() as live:
        host.report(seconds=HOLD * 1.6, cpu=95)
        assert firing(org, "steady")["cpu"]["since"] == before["since"]
        assert "firing" not in live.alert_changes("steady", "cpu")
        host.report(cpu=10)
        wait_until(lambda: live.alert_changes("steady", "cpu") == ["resolved"], 10, "the alert clears")
    host.close()
