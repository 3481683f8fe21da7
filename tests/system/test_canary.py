"""The canary shows that the broker keeps organisations apart, says when it does not, and finds two machines under one name."""

import pytest

from support import credentials
from support.deadline import wait_until
from support.mqtt import Client
from support.programs import SLOW

INTERVAL = 1


@pytest.fixture(scope="module", name="world")
def started(fleet):
    acme = fleet.setup("Acme Corp", "acme", "#00ff00", broker__canary_interval=str(INTERVAL))
    acme.add_host("h1")
    broker = fleet.broker()
    fleet.ingest(acme)
    return acme, broker


def isolation(org):
    return org.json("/api/v1/isolation")


def wait_for_state(fleet, org, state):
    return wait_until(lambda: isolation(org)["state"] == state and isolation(org), 20 * SLOW, f"isolation {state}", fleet.tails)


def checks(org):
    return {check["name"]: check for check in org.get("/readyz", token=None).json()["checks"]}


def test_everything_that_must_fail_is_tried_and_fails(world, fleet):
    acme, _ = world
    found = wait_for_state(fleet, acme, "passed")
    assert len(found["attempts"]) == 12 and all(attempt["refused"] for attempt in found["attempts"])
    assert len({attempt["name"] for attempt in found["attempts"]}) == 12
    assert found["last_passed"] == found["last_tried"] and found["detail"] == ""
    wait_until(lambda: isolation(acme)["last_passed"] > found["last_passed"], 10 * SLOW, "another round")
    metrics = acme.metrics()
    assert metrics["atlas_isolation_ok"] == 1 and metrics["atlas_isolation_breaches"] == 0
    assert metrics['atlas_isolation_rounds_total{result="passed"}'] >= 2
    assert metrics["atlas_isolation_last_passed_timestamp_seconds"] * 1000 >= found["last_passed"]
    assert checks(acme)["isolation"]["ready"]


def test_what_the_canary_tries_counts_as_nobodys_attack(world):
    acme, _ = world
    wait_until(lambda: acme.metrics().get("atlas_guard_up") == 1, 15 * SLOW, "the guard's report")
    metrics = acme.metrics()
    assert metrics['atlas_guard_refused_total{what="write"}'] == 0
    assert metrics['atlas_guard_refused_total{what="subscription"}'] == 0
    assert metrics['atlas_messages_rejected_total{kind="unknown_host"}'] == 0


def test_the_canary_can_do_nothing_else(world, fleet):
    """Its password follows the recipe of topics.md."""
    acme, _ = world
    user = f"{acme.id}/canary"

    def refused():
        """The service's own canary, which has the same name at the broker, may throw this one out."""
        with Client(fleet.broker_address, user, credentials.canary_password(acme.key, acme.id)) as canary:
            assert canary.publish(f"org/{user}/metrics", "x", seconds=2) < 128
            for topic in (acme.topic("h1"), acme.topic("h1", "cmd"), f"org/{acme.id}/summary"):
                assert canary.publish(topic, "x", seconds=2) == 135
                assert canary.subscribe(topic, seconds=2) >= 128
        return True
    with acme.client("h1") as host:
        wait_until(refused, 20 * SLOW, "the canary is refused all else")
        assert host.connected


def test_a_report_is_for_those_who_may_look(world):
    acme, _ = world
    assert acme.get("/api/v1/isolation", token=None).status_code == 401


def broken_conf(fleet):
    """The rendered configuration without its guard: what an update or a careless edit may leave."""
    conf = fleet.root / "broker" / "mosquitto.conf"
    broken = fleet.root / "broker" / "without-guard.conf"
    broken.write_text("".join(line for line in conf.read_text(encoding="utf-8").splitlines(keepends=True)
                              if not line.startswith("plugin")), encoding="utf-8")
    return broken


def test_a_broker_without_its_guard_is_a_critical_alert_until_it_has_it_again(world, fleet):
    acme, broker = world
    wait_for_state(fleet, acme, "passed")
    with acme.live() as live:
        broker.stop()
        without = fleet.start(["mosquitto", "-c", broken_conf(fleet)], name="broker-without-guard")
        found = wait_for_state(fleet, acme, "failed")
        refused = {attempt["name"]: attempt["refused"] for attempt in found["attempts"]}
        assert not refused["read-everything"] and not refused["share-organisation"]
        assert refused["write-metrics"] and refused["evict"]
        assert not checks(acme)["isolation"]["ready"]
        assert acme.metrics()["atlas_isolation_ok"] == 0
        alert = wait_until(lambda: acme.json("/api/v1/alerts")["alerts"], 5, "the alert")[0]
        assert (alert["host"], alert["rule"], alert["severity"], alert["state"]) == ("_", "isolation", "critical", "firing")
        wait_until(lambda: live.alert_changes("_", "isolation") == ["firing"], 5, "the feed tells of it")
        without.stop()
        fleet.broker()
        wait_for_state(fleet, acme, "passed")
        wait_until(lambda: not acme.json("/api/v1/alerts")["alerts"], 5, "an end of the alert")
        wait_until(lambda: live.alert_changes("_", "isolation") == ["firing", "resolved"], 5, "the feed tells of it")


def test_a_broker_that_refuses_everything_is_no_proof(world, fleet):
    acme, _ = world
    rules = fleet.root / "broker" / "acl"
    rules.write_text("rubbish\n", encoding="ascii")
    fleet.reload_broker()
    found = wait_for_state(fleet, acme, "unknown")
    assert "broker apply" in found["detail"]
    assert acme.json("/api/v1/alerts")["alerts"] == []
    fleet.cli("broker", "apply")
    wait_for_state(fleet, acme, "passed")


def test_two_machines_under_one_name_are_an_alert(world, fleet):
    """Two real agents with one configuration, as a cloned machine has."""
    acme, _ = world
    first = fleet.agent(acme, "h1")
    fleet.wait_online(acme, "h1")

    def duplicates():
        return [alert for alert in acme.json("/api/v1/alerts")["alerts"] if alert["rule"] == "duplicate"]
    assert duplicates() == []
    second = fleet.agent(acme, "h1")
    [alert] = wait_until(duplicates, 60 * SLOW, "the alert", fleet.tails)
    assert (alert["host"], alert["severity"]) == ("h1", "warning")
    first.stop()
    second.stop()


def test_a_restarted_agent_is_no_second_machine(world, fleet):
    acme, _ = world
    acme.add_host("h2")
    for _ in range(4):
        agent = fleet.agent(acme, "h2")
        fleet.wait_online(acme, "h2")
        agent.stop()
    assert [alert["host"] for alert in acme.json("/api/v1/alerts")["alerts"] if alert["rule"] == "duplicate"] in ([], ["h1"])
