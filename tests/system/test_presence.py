"""online, sleeping, stopped, lost and silent are five different things, each with its duration; and clocks that are off."""

import json

import pytest

from support.deadline import wait_until
from support.programs import SLOW
from support.samples import Publisher, now_ms, within

STATES = ["online", "sleeping", "stopped", "lost", "silent"]
OFFLINE_AFTER = 3 * SLOW  # seconds


class Host:
    """Says what it is, and leaves when it is told to."""

    def __init__(self, org, name):
        org.add_host(name)
        self.org, self.name = org, name
        self.source = Publisher(interval=1)
        lost = self.status("lost")
        wait_until(lambda: self._connect(lost), 15 * SLOW, f"the broker knows {name}")
        self.say("online")
        self.report()

    def _connect(self, lost):
        self.client = self.org.client(self.name, will=(self.org.topic(self.name, "status"), json.dumps(lost), True))
        if self.client.connected:
            return True
        self.client.close()
        return False

    def status(self, state):
        return {"state": state, "ts": now_ms(), "boot": self.source.boot}

    def say(self, state):
        assert self.client.publish(self.org.topic(self.name, "status"), self.status(state), retain=True) == 0

    def report(self, **members):
        assert self.client.publish(self.org.topic(self.name), self.source.sample(**members)) == 0


@pytest.fixture(scope="module", name="org")
def started(fleet):
    org = fleet.setup("Acme Corp", "acme", alerts__offline_after=OFFLINE_AFTER)
    org.broker, org.service = fleet.broker(), fleet.ingest(org)
    return org


@pytest.fixture(scope="module", name="hosts")
def reporting(org):
    hosts = {state: Host(org, f"is-{state}") for state in STATES}
    yield hosts
    for state in ("online", "silent"):  # the others have left
        hosts[state].client.close()


def test_five_states_are_told_apart_with_their_durations(org, hosts):
    changed = now_ms()
    for state in ("sleeping", "stopped"):
        hosts[state].say(state)
        hosts[state].client.close()
    hosts["lost"].client.vanish()

    def states():
        hosts["online"].report()
        found = {name[3:]: row for name, row in org.hosts().items()}
        return found if all(found[state]["state"] == state for state in STATES) else None
    rows = wait_until(states, OFFLINE_AFTER + 20 * SLOW, "each host is what it is", lambda: org.hosts(), every=0.2)
    for state in STATES:
        assert within(0 if state == "online" else changed, rows[state]["since"], now_ms()), state
    assert rows["silent"]["since"] >= rows["silent"]["last_seen"] + 1000 * OFFLINE_AFTER
    assert [row["id"] for row in org.json("/api/v1/hosts?state=sleeping")["hosts"]] == ["is-sleeping"]


def test_the_states_that_were_said_outlive_the_service(fleet, org, hosts):
    org.service.kill()
    org.service = fleet.ingest(org)

    def states():
        hosts["online"].report()
        return {name[3:]: row["state"] for name, row in org.hosts().items()}
    wait_until(lambda: all(states()[state] == state for state in ("online", "sleeping", "stopped", "lost")), 15 * SLOW,
               "each host is what it was", states)


@pytest.mark.parametrize("ahead", [-3 * 3600, 3600])
def test_a_clock_that_is_off_is_noticed_shown_and_does_not_spoil_the_charts(org, ahead):
    host = Host(org, f"off-by{ahead}")
    begun = now_ms()

    def noticed():
        host.report(ts=now_ms() + 1000 * ahead)
        return org.hosts()[host.name].get("clock_offset")
    offset = wait_until(noticed, 40 * SLOW, "the clock is noticed", every=1)
    assert abs(offset - 1000 * ahead) < 2000, offset
    right = now_ms()
    host.report(ts=now_ms() + 1000 * ahead, cpu=77.5)
    wait_until(lambda: org.hosts()[host.name]["cpu"]["percent"] == 77.5, 10 * SLOW, "the sample is shown")
    assert abs(org.hosts()[host.name]["ts"] - now_ms()) < 5000

    def in_its_place():
        points = org.json(f"/api/v1/hosts/{host.name}/history",
                          params={"metric": "cpu.percent", "from": begun - 1000, "to": now_ms() + 1000})["points"]
        return [point for point in points if point[3] == 77.5 and abs(point[0] - right) < 5000]
    wait_until(in_its_place, 15 * SLOW, "the sample stands where it belongs", every=0.2)
    host.client.close()
