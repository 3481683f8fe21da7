"""A configuration that cannot be read is its own organisation's trouble only."""

import json

from support.deadline import wait_until
from support.programs import program
from support.samples import Publisher


def test_a_broken_file_costs_the_others_nothing(fleet):
    acme = fleet.setup("Acme Corp", "acme", "#00ff00")
    beta = fleet.setup("Beta Industries", "beta", "#00ffff")
    for org in (acme, beta):
        org.add_host("h1")
    file = fleet.root / "tenants" / "beta" / "tenant.json"
    good = file.read_text(encoding="utf-8")
    file.write_text(json.dumps(json.loads(good) | {"colour": "red"}), encoding="utf-8")

    up = fleet.start([program("atlas-fleet"), "--root", fleet.root, "up"], name="up")
    fleet.wait_broker()
    wait_until(acme.ready, 20, "Acme's service", fleet.tails)
    with beta.client("h1") as known:
        assert known.connected, "the broker keeps what it knew of Beta"
        added = fleet.cli("host", "add", "acme", "h2")
        assert "$.colour" in added.stderr and "keeps what it knows" in added.stderr
        fleet.cli("host", "revoke", "acme", "h1")
        with acme.client("h2") as host:
            host.publish(acme.topic("h2"), Publisher().sample(cpu=7))
            wait_until(lambda: acme.hosts()["h2"].get("cpu"), 5, "the new host's figures")
        assert acme.client("h1").connect_result != 0, "a revoked host of a good organisation is out"
        assert known.connected
    file.write_text(good, encoding="utf-8")
    fleet.cli("broker", "apply")
    up.stop()
