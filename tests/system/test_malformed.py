"""10,000 payloads of each malformed kind: nothing crashes, each is counted by its reason, the next valid one is shown."""

import itertools
import json

import pytest

from support.deadline import wait_until
from support.programs import SLOW
from support.raw_mqtt import RawPublisher
from support.samples import MALFORMED, Publisher, malformed

COUNT = 10_000
# Each of these is 65 KiB.
COUNTS = {"too_large": 2_000}
BATCH = 1_000


@pytest.fixture(scope="module", name="world")
def started(fleet):
    org = fleet.setup("Acme Corp", "acme")
    org.add_host("h1")
    fleet.broker()
    ingest = fleet.ingest(org)
    with org.live() as live:
        publisher = RawPublisher("localhost", fleet.broker_port, fleet.broker_address.ca_file, org.user("h1"),
                                 org.password("h1"))
        yield org, live, publisher, ingest
        publisher.close()
    # A sanitizer's complaint would be in the exit code.
    assert ingest.stop() == 0, ingest.tail()


@pytest.mark.parametrize("reason", sorted(MALFORMED))
def test_every_payload_is_counted_by_its_reason(world, reason):
    org, live, publisher, ingest = world
    before = org.rejected()
    assert reason in before
    payloads = malformed(reason, COUNTS.get(reason, COUNT), seed=1)
    expected = before[reason]
    # In batches that are waited for: ingest's queue is bounded, and a wrong count shows near its cause.
    while batch := list(itertools.islice(payloads, BATCH)):
        expected += publisher.publish_all(org.topic("h1"), batch)
        wait_until(lambda: sum(org.rejected().values()) >= sum(before.values()) + expected - before[reason],
                   20 * SLOW, f"{BATCH} more payloads counted", org.rejected, every=0.05)
        assert org.rejected() == before | {reason: expected}
    assert ingest.alive()

    good = Publisher().sample(cpu=33)
    publisher.publish_all(org.topic("h1"), [json.dumps(good).encode()])
    live.wait_for_host("h1", lambda row: row.get("ts") == good["ts"], 5 * SLOW, "the next valid sample is shown")
    assert org.rejected() == before | {reason: expected}


def test_no_malformed_payload_left_a_trace(world):
    org, _, _, _ = world
    assert sorted(org.hosts()) == ["h1"]
    assert org.metrics()["atlas_samples_accepted_total"] == len(MALFORMED)
    assert org.metrics()["atlas_inbox_dropped_total"] == 0


def test_a_foreign_or_broken_topic_never_reaches_the_decoder(world, fleet):
    org, _, _, _ = world
    before = org.rejected()
    with org.client("h1") as client:
        for topic in (f"org/{org.id.upper()}/host/h1/metrics", f"org/{org.id}/host/h1/metrics/more",
                      f"org/{org.id}/host/h1/unknown", f"org/{org.id}/host//metrics", "org", "$SYS/broker/uptime"):
            client.publish(topic, "not json")
    assert org.rejected() == before
    ingest = next(running for running in fleet.programs if running.name == "ingest-acme")
    assert " error " not in ingest.text()
