"""Ingest, broker and agent killed with -9 in every order: all heals by itself within 10 seconds of its return."""

import itertools
import signal
import time

import pytest

from support.deadline import promised, wait_until
from support.programs import children_named
from support.samples import now_ms


@pytest.fixture(scope="module", name="world")
def started(fleet):
    org = fleet.setup("Acme Corp", "acme", agent__report_interval=1)
    up = fleet.up()
    agents = {host: fleet.agent(org, host) for host in ("web-1", "db-1")}
    for host in agents:
        fleet.wait_online(org, host)
    return org, up, agents


def victims(up):
    broker = children_named(up.pid, "mosquitto")
    ingest = children_named(up.pid, "atlas-ingest")
    assert len(broker) == 1 and len(ingest) == 1
    return broker[0], ingest[0]


def settled_victims(up):
    """After the five seconds that the supervisor asks of a healthy program: each kill is a first one, not a crash loop. The system
    knows to a second or so when a process began."""
    def old_enough():
        found = victims(up)
        return all(time.time() - process.create_time() > 7 for process in found) and found
    return wait_until(old_enough, 20, "broker and ingest run for a while", up.tail, every=0.1)


@pytest.mark.parametrize("order", list(itertools.permutations(["ingest", "broker", "agent"])), ids="-".join)
@promised
def test_killed_in_this_order_all_heals_within_10_seconds_of_its_return(world, fleet, order):
    org, up, agents = world
    broker, ingest = settled_victims(up)
    for name in order:
        if name == "ingest":
            ingest.send_signal(signal.SIGKILL)
        elif name == "broker":
            broker.send_signal(signal.SIGKILL)
        else:
            agents["web-1"].kill()
            agents["web-1"] = fleet.agent(org, "web-1")
    wait_until(lambda: victims(up) and victims(up)[0].pid != broker.pid and victims(up)[1].pid != ingest.pid, 15,
               "broker and ingest are back", up.tail)
    back = now_ms()

    def healed():
        rows = org.hosts()
        return all(rows[host]["state"] == "online" and rows[host]["ts"] > back for host in agents) and org.ready()
    wait_until(healed, 10, "both hosts are online with new samples", lambda: f"{org.hosts()}\n{fleet.tails()}")


@pytest.mark.parametrize("name", ["mosquitto", "atlas-ingest"])
@promised
def test_a_browser_that_reconnects_sees_the_figures_move_again(world, fleet, name):
    org, up, agents = world
    settled_victims(up)
    victim = children_named(up.pid, name)[0]
    victim.send_signal(signal.SIGKILL)
    wait_until(lambda: [child for child in children_named(up.pid, name) if child.pid != victim.pid], 15,
               f"{name} is back", up.tail)
    back = now_ms()
    wait_until(org.ready, 10, "the service is ready", fleet.tails)
    with org.live() as live:
        for host in agents:
            live.wait_for_host(host, lambda row: row.get("state") == "online" and row.get("ts", 0) > back, 10,
                               "the figures move again")


def test_a_service_that_starts_before_its_broker_waits_for_it(fleet):
    with type(fleet)() as other:
        org = other.setup("Late Broker", "late")
        org.add_host("h1")
        other.cli("broker", "render")
        ingest = other.ingest(org, ready=False)
        wait_until(lambda: org.get("/healthz", token=None).ok, 10, "the service answers", ingest.tail)
        answer = org.get("/readyz", token=None)
        assert answer.status_code == 503
        assert "broker" in answer.text
        other.broker()
        wait_until(org.ready, 15, "the service has found its broker", other.tails)
        assert ingest.alive()
