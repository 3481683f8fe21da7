"""Nothing is shouted twice: flapping, a mass loss, restarts of the service and of the broker."""

import json

import pytest

from support.deadline import wait_until
from support.fleet import settle
from support.host_swarm import HostSwarm
from support.programs import children_named
from support.receivers import HttpReceiver
from support.samples import Publisher

HOSTS = 40
WINDOW = 3
OFFLINE_AFTER = 4


@pytest.fixture(scope="module", name="web")
def http_receiver():
    with HttpReceiver() as receiver:
        yield receiver


@pytest.fixture(scope="module", name="world")
def started(fleet, web):
    org = fleet.setup("Calm Corp", "calm", alerts__hold_seconds=0, alerts__group_seconds=WINDOW,
                      alerts__offline_after=OFFLINE_AFTER)
    file = fleet.root / "tenants" / org.slug / "tenant.json"
    org.read_config()
    org.config["alerts"]["notify"] = [{"type": "webhook", "name": "hook", "url": web.url("/hook"), "allow_local": True}]
    file.write_text(json.dumps(org.config), encoding="utf-8")
    names = [f"host-{number:02}" for number in range(HOSTS)]
    for name in (*names, "steady", "flapper"):
        org.add_host(name)
    broker = fleet.broker()
    service = fleet.ingest(org)
    return {"org": org, "fleet": fleet, "names": names, "broker": broker, "service": service, "swarm": None}


def told(web):
    return [one.json() for one in web.taken("/hook")]


def new_swarm(world):
    org = world["org"]
    swarm = HostSwarm(org, {name: org.password(name) for name in world["names"]}, interval=0.5, wills=True)
    swarm.start(world["names"])
    world["swarm"] = swarm
    wait_until(lambda: sum(host.get("state") == "online" for host in org.hosts().values()) >= HOSTS, 30, "all are online",
               world["fleet"].tails)


def test_a_metric_that_crosses_its_threshold_at_every_sample_is_told_of_three_times_at_most(world, web):
    org = world["org"]
    with org.client("flapper") as client:
        publisher = Publisher(interval=1)
        before = len(told(web))
        for number in range(200):
            client.publish(org.topic("flapper"), publisher.sample(cpu=99 if number % 2 else 1))
            settle(0.1)
        client.publish(org.topic("flapper", "status"), {"state": "stopped", "ts": 1764000000000, "boot": publisher.boot})
        settle(WINDOW + 1)
    new = told(web)[before:]
    print(f"200 crossings in 20 s: {len(new)} notifications: {[one['title'] for one in new]}")
    assert 1 <= len(new) <= 3


def test_forty_hosts_that_are_lost_within_seconds_are_one_notification_and_one_when_they_are_back(world, web):
    new_swarm(world)
    before = len(told(web))
    world["swarm"].stop()
    wait_until(lambda: len(told(web)) > before, OFFLINE_AFTER + WINDOW + 15, "the loss is told of", world["fleet"].tails)
    settle(WINDOW * 3)
    new = told(web)[before:]
    assert [one["kind"] for one in new] == ["opened"], [one["title"] for one in new]
    assert new[0]["mass"] and {alert["host"] for alert in new[0]["alerts"]} == set(world["names"])
    assert new[0]["title"].startswith("40 of 42 hosts lost, ")
    print(new[0]["title"])

    new_swarm(world)
    wait_until(lambda: len(told(web)) > before + 1, WINDOW + 15, "their return is told of", world["fleet"].tails)
    settle(WINDOW * 3)
    new = told(web)[before + 1:]
    assert [one["kind"] for one in new] == ["resolved"], [one["title"] for one in new]
    assert new[0]["title"].startswith("40 hosts are back after ")
    print(new[0]["title"])


def test_twenty_restarts_of_the_service_while_an_alert_fires_are_no_news(world, web):
    org, fleet = world["org"], world["fleet"]
    before = len(told(web))
    with org.client("steady") as client:
        publisher = Publisher(interval=1)
        client.publish(org.topic("steady"), publisher.sample(cpu=99))
        wait_until(lambda: len(told(web)) == before + 1, WINDOW + 10, "the alert is told of", fleet.tails)
        for number in range(20):
            if number % 2:
                world["service"].kill()
            else:
                world["service"].stop()
            world["service"] = fleet.ingest(org)
            client.publish(org.topic("steady"), publisher.sample(cpu=99))
            settle(0.5)
        for _ in range(WINDOW + OFFLINE_AFTER + 2):
            client.publish(org.topic("steady"), publisher.sample(cpu=99))
            settle(1)
        assert len(told(web)) == before + 1, [one["title"] for one in told(web)[before:]]
        print("20 restarts: no notification")
        client.publish(org.topic("steady"), publisher.sample(cpu=1))
        wait_until(lambda: len(told(web)) == before + 2, WINDOW + 10, "the end is told of", fleet.tails)
        client.publish(org.topic("steady", "status"), {"state": "stopped", "ts": 1764000000000, "boot": publisher.boot})
    assert told(web)[-1]["kind"] == "resolved"


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_a_restart_of_the_broker_is_no_news(world, web, how):
    org, fleet = world["org"], world["fleet"]
    before = len(told(web))
    connects = org.metrics()["atlas_broker_connects_total"]
    if how == "stop":
        world["broker"].stop()
    else:
        for child in children_named(world["broker"].pid, "mosquitto"):
            child.kill()
        world["broker"].kill()
    settle(OFFLINE_AFTER * 2)
    world["broker"] = fleet.broker()
    wait_until(lambda: org.metrics()["atlas_broker_connects_total"] > connects, 30, "the service is back at the broker",
               fleet.tails)
    wait_until(lambda: sum(host.get("state") == "online" for host in org.hosts().values()) >= HOSTS, 30, "all are online",
               fleet.tails)
    settle(OFFLINE_AFTER + WINDOW + 12)
    states = {host["id"]: host["state"] for host in org.hosts().values()}
    assert [name for name in world["names"] if states[name] != "online"] == []
    assert len(told(web)) == before, [one["title"] for one in told(web)[before:]]
    print(f"broker {how}: away for {OFFLINE_AFTER * 2} s with {HOSTS} hosts: no notification")


def test_a_host_that_does_not_come_back_from_a_restart_of_the_broker_is_told_of(world, web):
    before = len(told(web))
    world["swarm"].stop()
    wait_until(lambda: len(told(web)) > before, 60, "the loss is told of after all", world["fleet"].tails)
    assert told(web)[before]["mass"]
